package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

var profileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)

// profiles starts from the built-in ones and adds our own.
func (v *validator) profiles() {
	v.c.profiles = map[string]exchange.Profile{}
	builtIn, err := builtInProfiles()
	if err != nil {
		v.add("profiles", "", "%v", err)
	}
	for _, p := range builtIn {
		v.c.profiles[p.Name] = p.over(exchange.Profile{})
	}
	for i, p := range v.c.Settings.Profiles {
		key := fmt.Sprintf("profiles[%d]", i)
		if _, taken := v.c.profiles[p.Name]; taken {
			v.add(key+".name", "choose another name", "%q is there already", p.Name)
			continue
		}
		if !profileName.MatchString(p.Name) {
			v.add(key+".name", "letters, digits, . _ - and at most 32 of them", "%q is not a name", p.Name)
		}
		base, ok := v.c.profiles[p.BasedOn]
		if !ok {
			v.add(key+".based_on", "2016, 2021, or one of your own above it", "unknown profile %q", p.BasedOn)
			base = v.c.profiles[Profile2021]
		}
		v.c.profiles[p.Name] = v.profile(key, p.over(base))
	}
}

func (v *validator) profile(key string, p exchange.Profile) exchange.Profile {
	v.between(key+".letter_wd", p.LetterWD, 1, 250)
	v.between(key+".answer_wd", p.AnswerWD, 1, 250)
	v.between(key+".close_wd", p.CloseWD, 0, 250)
	if p.CloseWD == 0 {
		v.between(key+".months_wd", p.MonthsWD, 1, 250)
		v.between(key+".account_wd", p.AccountWD, 1, 250)
	}
	v.between(key+".not_found_wd", p.NotFoundWD, 0, 250)
	v.oneOf(key+".arrears", p.Arrears, exchange.ArrearsInform, exchange.ArrearsHold, exchange.ArrearsDecl)
	v.oneOf(key+".no_certificate", p.NoCertificate, exchange.NoCertAccept, exchange.NoCertHold)
	for i, h := range p.StopsClock {
		if !h.Known() {
			v.add(fmt.Sprintf("%s.stops_clock[%d]", key, i), nearest(string(h), code.Holds().Codes()), "%q is not a reason of a hold", h)
		}
	}
	return p
}

// over is the profile with what p says put over a base.
func (p ProfileSetting) over(base exchange.Profile) exchange.Profile {
	base.Name = p.Name
	put(&base.LetterWD, p.LetterWD)
	put(&base.AnswerWD, p.AnswerWD)
	put(&base.CloseWD, p.CloseWD)
	put(&base.MonthsWD, p.MonthsWD)
	put(&base.AccountWD, p.AccountWD)
	put(&base.CountFromNextDay, p.CountFromNextDay)
	put(&base.Retirees, p.Retirees)
	put(&base.NotFoundWD, p.NotFoundWD)
	if p.StopsClock != nil {
		base.StopsClock = nil
		for _, h := range *p.StopsClock {
			base.StopsClock = append(base.StopsClock, code.Hold(h))
		}
	}
	if p.Arrears != "" {
		base.Arrears = p.Arrears
	}
	if p.NoCertificate != "" {
		base.NoCertificate = p.NoCertificate
	}
	return base
}

func put[T any](at *T, value *T) {
	if value != nil {
		*at = *value
	}
}

// The limits that belong to no state of a case: of queries, and of batches
// that wait for review.
const (
	LimitQuery  = "query"
	LimitReview = "review"
)

// limits puts our own owners and limits over the table of the domain.
func (v *validator) limits() {
	v.c.turns, v.c.queryWD, v.c.reviewWD = exchange.Turns(), 5, 2
	at := map[string]*exchange.Turn{}
	keys := []string{LimitQuery, LimitReview}
	for i := range v.c.turns {
		at[v.c.turns[i].Key] = &v.c.turns[i]
		keys = append(keys, v.c.turns[i].Key)
	}
	var owners []string
	for _, t := range exchange.OwnerTerms() {
		owners = append(owners, t.Code)
	}
	for name, l := range v.c.Settings.Limits {
		key := "limits." + name
		if own := map[string]*int{LimitQuery: &v.c.queryWD, LimitReview: &v.c.reviewWD}[name]; own != nil {
			v.between(key+".wd", l.WD, 1, 250)
			*own = l.WD
			continue
		}
		turn, ok := at[name]
		if !ok {
			v.add(key, nearest(name, keys), "unknown limit")
			continue
		}
		v.between(key+".wd", l.WD, 1, 250)
		turn.WD = l.WD
		if l.Owner != "" {
			v.oneOf(key+".owner", l.Owner, owners...)
			turn.Owner = exchange.Owner(l.Owner)
		}
	}
}

// review looks at the kinds that officers review.
func (v *validator) review() {
	v.c.review = map[string]exchange.Review{}
	for kind, how := range v.c.Settings.Review {
		key := "review." + kind
		if !slices.Contains(exchange.Reviewable(), kind) {
			v.add(key, nearest(kind, exchange.Reviewable()), "is no kind that is reviewed; there are %s", strings.Join(exchange.Reviewable(), ", "))
			continue
		}
		v.oneOf(key, how, exchange.Reviews()...)
		v.c.review[kind] = exchange.Review(how)
	}
}

func (v *validator) localDays() {
	seen := map[calendar.Date]bool{}
	for i, d := range v.c.Settings.Calendar.LocalDays {
		key := fmt.Sprintf("calendar.local_days[%d]", i)
		if d.Date == 0 {
			v.add(key+".date", "", "is missing")
		} else if seen[d.Date] {
			v.add(key+".date", "keep one of them", "%s stands twice", d.Date)
		}
		seen[d.Date] = true
		v.text(key+".name", d.Name, 1, 60)
	}
}

func (v *validator) areaCodes() {
	allow := v.c.Settings.Areas.Allow
	whole, err := areasWith(nil)
	if err != nil {
		v.add("areas", "", "%v", err)
		return
	}
	seen := map[string]bool{}
	for i, a := range allow {
		key := fmt.Sprintf("areas.allow[%d]", i)
		if !areaShape.MatchString(a.Code) {
			v.add(key+".code", "", "%q is not six digits", a.Code)
		} else if whole.Valid(a.Code) || seen[a.Code] {
			v.add(key+".code", "leave it out", "%s is there already", a.Code)
		}
		seen[a.Code] = true
		v.text(key+".name", a.Name, 1, 60)
	}
	v.areas = whole
	if areas, err := areasWith(allow); err == nil {
		v.areas = areas
	}
}

var areaShape = regexp.MustCompile(`^[0-9]{6}$`)
