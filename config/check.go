package config

import (
	"fmt"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// Level says how bad a finding is.
type Level string

// Levels of findings.
const (
	LevelFault   Level = "fault"   // something will fail
	LevelWarning Level = "warning" // somebody should look at it
	LevelOK      Level = "ok"
)

// Finding is one result of Check.
type Finding struct {
	Level   Level  `json:"level"`
	Subject string `json:"subject"` // what was looked at: accounts.own[0], calendar
	Text    string `json:"text"`
	Todo    string `json:"todo,omitempty"`
}

// checker collects findings.
type checker struct {
	c    *Config
	now  time.Time
	day  calendar.Date
	list []Finding
}

func (k *checker) fault(subject, todo, format string, args ...any) {
	k.list = append(k.list, Finding{LevelFault, subject, fmt.Sprintf(format, args...), todo})
}

func (k *checker) warn(subject, todo, format string, args ...any) {
	k.list = append(k.list, Finding{LevelWarning, subject, fmt.Sprintf(format, args...), todo})
}

func (k *checker) ok(subject, format string, args ...any) {
	k.list = append(k.list, Finding{LevelOK, subject, fmt.Sprintf(format, args...), ""})
}

// Check finds what would fail tonight, as far as this machine alone can tell:
// it reads files, but connects to nobody. Every area that was looked at has at
// least one finding.
func Check(c *Config, now time.Time) []Finding {
	now = now.In(c.agency.Zone)
	k := &checker{c: c, now: now, day: calendar.DateOf(now)}
	if c.agency.Rehearsal {
		k.ok("rehearsal", "演练：nothing of this is meant; the date of run --date is the clock, and every paper says so")
	}
	k.files()
	k.keys()
	k.seal()
	k.accounts()
	k.reviewers()
	k.owners()
	cal, err := c.Calendar()
	if err != nil {
		k.fault("calendar", "mend or remove the file", "%v", err)
		return k.list
	}
	k.coverage(cal)
	k.clocks(cal)
	k.partners()
	return k.list
}

// coverage looks whether this year and the next are published.
func (k *checker) coverage(cal *calendar.Calendar) {
	first, last := cal.Coverage()
	year := k.day.Year()
	todo := fmt.Sprintf("put the State Council's notice into %s", k.c.Abs(k.c.Settings.Calendar.Notices))
	switch {
	case first == 0 || year < first || year > last:
		k.fault("calendar", fmt.Sprintf("%s as %d.json", todo, year), "no holiday notice for %d: every limit is provisional", year)
	case year+1 > last && k.day.MonthOfYear() == 12:
		k.warn("calendar", fmt.Sprintf("%s as %d.json", todo, year+1), "no holiday notice for %d yet: limits that reach it are provisional", year+1)
	case year+1 > last:
		k.ok("calendar", "notices %d to %d; that of %d comes out in November, limits that reach it are provisional until then", first, last, year+1)
	default:
		k.ok("calendar", "notices %d to %d", first, last)
	}
}

// owners proves that every open case has an owner and a limit.
func (k *checker) owners() {
	before, rows := len(k.list), 0
	for _, t := range exchange.AllowedTriples() {
		if t.State.Final(t.Side) {
			continue
		}
		for _, f := range t.Forms {
			for _, m := range t.Monies {
				rows++
				turn, ok := exchange.TurnOf(k.c.turns, exchange.Case{Side: t.Side, State: t.State, FormTrack: f, MoneyTrack: m})
				if !ok || turn.Owner == "" || turn.WD < 1 {
					k.fault("limits", "", "%s %s/%s/%s has no owner or no limit", t.Side, t.State, f, m)
				}
			}
		}
	}
	if len(k.list) == before {
		k.ok("limits", "%d open positions of a case, each with an owner and a limit (%d rows)", rows, len(k.c.turns))
	}
}

// partners looks at what was agreed with whom.
func (k *checker) partners() {
	s := k.c.Settings
	if len(s.Partners) == 0 {
		k.warn("partners", "add the first one", "no partner: nothing can be exchanged")
	}
	for i, p := range s.Partners {
		key := fmt.Sprintf("partners[%d] %s", i, p.Code)
		valid := slices.ContainsFunc(k.c.partners[p.Code].Accounts, func(a exchange.Account) bool { return k.validNow(a) })
		if !valid && p.Settlement == exchange.SettleRemitted {
			k.fault(key+".accounts", "register its receiving account", "no account that is valid today: every letter would be held")
		} else {
			k.ok(key, "%s, profile %s, %s, %s", p.Name, p.Profile, p.Carrier, p.Settlement)
		}
	}
}

func (k *checker) validNow(a exchange.Account) bool {
	return a.ValidFrom <= k.day && (a.ValidTo == 0 || k.day <= a.ValidTo)
}
