package jobs_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
)

// TestExpectedFiles: a file that is expected is named before its clock and,
// when it has not come, reported after; only then does it need a person.
func TestExpectedFiles(t *testing.T) {
	const what = core + ": " + formats.KindRegistry
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, china)
	for _, c := range []struct {
		name            string
		at              time.Time
		came            bool
		noted, attended bool
	}{
		{"long before", monday.Add(8 * time.Hour), false, false, true}, // Friday's did not come
		{"soon", monday.Add(9 * time.Hour), false, true, true},
		{"soon, but here", monday.Add(9 * time.Hour), true, false, false},
		{"past", monday.Add(11*time.Hour + time.Minute), false, false, true},
		{"past, and here", monday.Add(11*time.Hour + time.Minute), true, false, false},
		{"a Saturday", monday.AddDate(0, 0, 5).Add(10 * time.Hour), false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, func(e *jobs.Env) {
				for i := range e.Parties {
					if e.Parties[i].Code == core {
						e.Parties[i].Expected = []office.Expected{{Kind: formats.KindRegistry, By: "11:00"}}
					}
				}
			})
			o.now = c.at
			if c.came {
				o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
			}
			o.env.Date = calendar.DateOf(o.now)
			run, err := o.env.Run(t.Context(), jobs.Pass{Steps: []string{"pull", "process"}})
			if err != nil {
				t.Fatal(err)
			}
			about := func(s string) bool { return strings.HasPrefix(s, what) }
			if got := slices.ContainsFunc(run.Notes, about); got != c.noted {
				t.Errorf("notes %q", run.Notes)
			}
			if got := o.pressing(exchange.TodoMissing); len(got) > 0 != c.attended {
				t.Errorf("needs a person: %+v", got)
			}
		})
	}
}
