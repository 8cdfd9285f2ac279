package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the time zones, for machines that have none
	"unicode/utf8"

	"carryover/exchange/identity"
	"carryover/exchange/plain"
)

// validator looks at settings whose defaults are filled in, reports what makes
// no sense, and fills the domain's types.
type validator struct {
	*faults
	c     *Config
	areas *identity.Areas
	zone  *time.Location
}

func (v *validator) all() {
	v.areaCodes()
	v.agency()
	v.store()
	v.folders()
	v.accounts()
	v.profiles()
	v.limits()
	v.review()
	v.localDays()
	v.seal()
	v.parties()
	v.partners()
	v.staff()
	v.release()
	v.rehearsal()
	v.schedule()
	v.bounds()
	v.logs()
}

func (v *validator) agency() {
	a := &v.c.Settings.Agency
	v.areaCode("agency.code", a.Code)
	v.text("agency.name", a.Name, 1, 100)
	v.text("agency.address", a.Address, 0, 100)
	if a.PostCode != "" && !regexp.MustCompile(`^[0-9]{6}$`).MatchString(a.PostCode) {
		v.add("agency.post_code", "", "%q is not six digits", a.PostCode)
	}
	v.text("agency.contact", a.Contact, 0, 20)
	v.text("agency.phone", a.Phone, 0, 25)
	v.text("agency.clerk", a.Clerk, 1, 20)
	v.text("agency.checker", a.Checker, 1, 20)
	v.oneOf("agency.language", a.Language, "zh", "en")
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil || a.TimeZone == "Local" {
		v.add("agency.time_zone", "use a name like Asia/Shanghai", "unknown time zone %q", a.TimeZone)
		zone = time.UTC
	}
	v.zone = zone
	v.c.agency.Code, v.c.agency.Name, v.c.agency.Address = a.Code, a.Name, a.Address
	v.c.agency.PostCode, v.c.agency.Contact, v.c.agency.Phone = a.PostCode, a.Contact, a.Phone
	v.c.agency.Clerk, v.c.agency.Checker, v.c.agency.Zone = a.Clerk, a.Checker, zone
	v.c.agency.NotFoundCap = *v.c.Settings.Intake.NotFoundCap
}

func (v *validator) store() {
	s := v.c.Settings.Store
	if s.PasswordFile != "" && s.PasswordEnv != "" {
		v.add("store.password_env", "keep one of them", "password_file is given too")
	}
	if !isPostgres(s.DSN) {
		if strings.ContainsAny(s.DSN, "?#") || strings.Contains(s.DSN, "://") {
			v.add("store.dsn", "give a file name, or postgres://user@host/database", "%q is neither a file nor PostgreSQL", s.DSN)
		}
		if s.PasswordFile != "" || s.PasswordEnv != "" {
			v.add("store", "leave the password out", "a file needs no password")
		}
		return
	}
	u, err := url.Parse(s.DSN)
	if err != nil {
		v.add("store.dsn", "write postgres://user@host:5432/database", "not an address")
		return
	}
	_, inside := u.User.Password()
	if inside || u.Query().Has("password") {
		v.add("store.dsn", "name a file in password_file or a variable in password_env", "a password stands in the configuration")
	}
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

func (v *validator) folders() {
	f := v.c.Settings.Folders
	if v.c.Abs(f.Spool) == v.c.Abs(f.Reports) {
		v.add("folders.reports", "give each its own", "the same folder as spool")
	}
}

const year = 366 * 24 * time.Hour

func (v *validator) bounds() {
	s := &v.c.Settings
	v.between("intake.held_nights", *s.Intake.HeldNights, 0, 366)
	v.size("intake.largest_file", s.Intake.LargestFile, 1<<20, 64<<30)
	for _, suffix := range *s.Intake.Companions {
		if len(suffix) < 2 || suffix[0] != '.' || slices.Contains([]string{".csv", ".xlsx", ".xml", ".sig"}, strings.ToLower(suffix)) {
			v.add("intake.companions", "", "%q is no ending of names beside a file, such as .ok", suffix)
		}
	}
	v.size("folders.reserve", *s.Folders.Reserve, 0, 1<<40)
	v.between("intake.statements_wd", *s.Intake.StatementsWD, 0, 15)
	v.between("intake.not_found_cap", *s.Intake.NotFoundCap, 0, 1_000_000)
	v.length("receipts.resend_after", s.Receipts.ResendAfter, time.Minute, year)
	v.length("receipts.escalate_after", s.Receipts.EscalateAfter, time.Minute, year)
	if s.Receipts.EscalateAfter < s.Receipts.ResendAfter {
		v.add("receipts.escalate_after", "", "is before resend_after")
	}
	v.between("workers.partners", s.Workers.Partners, 1, 64)
	v.between("workers.files", s.Workers.Files, 1, 64)
	v.hostPort("serve.listen", s.Serve.Listen)
}

func (v *validator) logs() {
	v.oneOf("logs.level", v.c.Settings.Logs.Level, "debug", "info", "warn", "error")
	v.oneOf("logs.format", v.c.Settings.Logs.Format, "text", "json")
}

// text checks a text's length in characters and that it is printable.
func (v *validator) text(key, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0 && least > 0:
		v.add(key, "", "is missing")
	case n > most:
		v.add(key, "shorten it", "%d characters, at most %d fit into the files", n, most)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, plain.Hidden):
		v.add(key, "", "holds a control character or line break")
	}
}

func (v *validator) oneOf(key, s string, allowed ...string) {
	if !slices.Contains(allowed, s) {
		v.add(key, nearest(s, allowed), "%q is not allowed", s)
	}
}

func (v *validator) between(key string, n, least, most int) {
	if n < least || n > most {
		v.add(key, "", "%d is not between %d and %d", n, least, most)
	}
}

func (v *validator) areaCode(key, code string) {
	switch {
	case code == "":
		v.add(key, "", "is missing")
	case v.areas != nil && !v.areas.Valid(code):
		v.add(key, "if it was repealed, put it under areas.allow", "%q is not a six-digit area code", code)
	}
}
