package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/atomicfile"
	"carryover/exchange/calendar"
	"carryover/exchange/identity"
)

// Agency is who we are, as the domain wants to know it.
func (c *Config) Agency() exchange.Agency { return c.agency }

// Profiles are the rule profiles by name: the built-in ones and our own.
func (c *Config) Profiles() map[string]exchange.Profile { return maps.Clone(c.profiles) }

// Partners are the other agencies by area code.
func (c *Config) Partners() map[string]exchange.Partner { return maps.Clone(c.partners) }

// Turns is the table of owners and limits with our own limits in it.
func (c *Config) Turns() []exchange.Turn { return slices.Clone(c.turns) }

// QueryWD is the limit of a query's answer, in working days.
func (c *Config) QueryWD() int { return c.queryWD }

// ReviewWD is the limit of a batch's review, in working days.
func (c *Config) ReviewWD() int { return c.reviewWD }

// Review is how many officers review batches, by kind.
func (c *Config) Review() map[string]exchange.Review { return maps.Clone(c.review) }

// AutomaticRelease reports whether payments are released without officers.
func (c *Config) AutomaticRelease() bool { return c.Settings.Accounts.Release == ReleaseAutomatic }

// Abs is a path of the file made absolute: relative ones start at its folder.
func (c *Config) Abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.Dir, path)
}

// PartyDrop is a party and where files are exchanged with it.
type PartyDrop struct {
	Party         string // area code, or ours with a, b, c, p
	Key           string // of the drop in the file: partners[0].drop
	Drop          Drop
	Expected      []Expected
	FilesPerNight int
	BytesPerNight Size
}

// Drops lists all parties' drops: core, portal, bank, the partners, then the
// folders of our own officers.
func (c *Config) Drops() []PartyDrop {
	s := &c.Settings
	list := []PartyDrop{
		{s.Agency.Code + "c", "core.drop", s.Core.Drop, s.Core.Expected, s.Core.FilesPerNight, s.Core.BytesPerNight},
		{s.Agency.Code + "p", "portal.drop", s.Portal.Drop, s.Portal.Expected, s.Portal.FilesPerNight, s.Portal.BytesPerNight},
		{s.Agency.Code + "b", "bank.drop", s.Bank.Drop, s.Bank.Expected, s.Bank.FilesPerNight, s.Bank.BytesPerNight},
	}
	if s.Audit.Drop != nil {
		list = append(list, PartyDrop{s.Agency.Code + "a", "audit.drop", *s.Audit.Drop, nil, staffFiles, bytesPerNight})
	}
	for i, p := range s.Partners {
		list = append(list, PartyDrop{p.Code, fmt.Sprintf("partners[%d].drop", i), p.Drop, p.Expected, p.FilesPerNight, p.BytesPerNight})
	}
	for i, o := range s.Staff.Officers {
		d := Drop{Local: filepath.Join(s.Staff.Drops, o.Name), Settle: s.Staff.Settle}
		d.fill(1)
		list = append(list, PartyDrop{exchange.OfficerParty(o.Name), fmt.Sprintf("staff.officers[%d]", i), d, nil, staffFiles, bytesPerNight})
	}
	return list
}

// staffFiles is how many files of one officer are taken in a pass.
const staffFiles = 200

// Room is how many bytes may be fetched before the free space beside the spool goes below
// the reserve; it has no end on a system that does not say what is free.
func (c *Config) Room() (int64, error) {
	free, err := atomicfile.Free(c.Abs(c.Settings.Folders.Spool))
	if errors.Is(err, errors.ErrUnsupported) || *c.Settings.Folders.Reserve == 0 {
		return math.MaxInt64, nil
	}
	if err != nil {
		return 0, fmt.Errorf("free space of folders.spool: %w", err)
	}
	return free - int64(*c.Settings.Folders.Reserve), nil
}

// AllowedSigners is the place of the file with the officers' public keys.
func (c *Config) AllowedSigners() string { return c.Abs(c.Settings.Staff.AllowedSigners) }

// Calendar is the working-day calendar: the built-in notices, those of the
// notices folder (which win for their year), and the local days.
func (c *Config) Calendar() (*calendar.Calendar, error) {
	notices, err := builtInNotices()
	if err != nil {
		return nil, err
	}
	dir := c.Abs(c.Settings.Calendar.Notices)
	own, err := readNotices(os.DirFS(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("notices in %s: %w", dir, err)
	}
	for _, n := range own {
		notices = slices.DeleteFunc(notices, func(b calendar.Notice) bool { return b.Year == n.Year })
		notices = append(notices, n)
	}
	var local []calendar.Day
	for _, d := range c.Settings.Calendar.LocalDays {
		local = append(local, calendar.Day(d))
	}
	return calendar.New(notices, local)
}

// Areas is the table of valid area codes.
func (c *Config) Areas() (*identity.Areas, error) { return areasWith(c.Settings.Areas.Allow) }

// StoreDSN is where the store is: an absolute file name, or PostgreSQL's
// address with the password from its file or variable put in.
func (c *Config) StoreDSN() (string, error) {
	s := c.Settings.Store
	if !isPostgres(s.DSN) {
		return c.Abs(s.DSN), nil
	}
	u, err := url.Parse(s.DSN)
	if err != nil {
		return "", errors.New("store.dsn: not an address")
	}
	password, err := c.Secret(s.PasswordFile, s.PasswordEnv)
	if err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	if password != "" {
		u.User = url.UserPassword(u.User.Username(), password)
	}
	return u.String(), nil
}

// Secret reads a secret from the file or the environment variable that the
// configuration names; "" when it names neither.
func (c *Config) Secret(file, env string) (string, error) {
	switch {
	case file != "":
		b, err := os.ReadFile(c.Abs(file))
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	case env != "":
		s, ok := os.LookupEnv(env)
		if !ok {
			return "", fmt.Errorf("environment variable %s is not set", env)
		}
		return s, nil
	}
	return "", nil
}
