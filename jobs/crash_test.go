package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
)

// leg is one pass of one agency in the story: who, and when.
type leg struct {
	agency string
	at     time.Time
}

// undisturbed is an undisturbed exchange: how a person is carried over and
// another one declined, pass by pass, with a copy of the stage before every
// pass.
type undisturbed struct {
	snaps  string // folder of the copies, by number of the leg
	legs   []leg
	states [][]string // after each leg
	calls  []point    // all calls to the outside, in order
	end    string     // the stage as it was left
	staff  *staffOut  // officers of the old place; nil: it has none
}

// maxMoments bounds a story.
const maxMoments = 30

// theStory is told once for all tests of the package; TestMain removes it.
var theStory struct {
	sync.Mutex
	dir string
	*undisturbed
}

// tellStory returns the story in which nobody decides anything.
func tellStory(tb testing.TB) *undisturbed {
	tb.Helper()
	theStory.Lock()
	defer theStory.Unlock()
	if theStory.undisturbed == nil {
		dir, err := os.MkdirTemp("", "carryover-story-")
		if err != nil {
			tb.Fatal(err)
		}
		theStory.dir = dir
		theStory.undisturbed = tellStoryIn(tb, dir, nil)
	}
	return theStory.undisturbed
}

// tellStoryIn plays a story, undisturbed.
func tellStoryIn(tb testing.TB, dir string, staff *staffOut) *undisturbed {
	tb.Helper()
	base := filepath.Join(dir, "world")
	if err := os.MkdirAll(base, 0o700); err != nil {
		tb.Fatal(err)
	}
	s := &undisturbed{snaps: filepath.Join(dir, "snaps"), staff: staff}
	w := s.newWorld(tb, base)
	cal := calendarOf(tb, w)
	day := firstDay
	for range maxMoments {
		for _, agency := range []string{oldCode, newCode} {
			l := legOn(day, agency)
			s.before(tb, w, l)
			copyTree(tb, w.stage(), s.snap(len(s.legs)))
			r := &recorder{}
			if err := w.pass(agency, l.at, r); err != nil {
				tb.Fatalf("%s on %s, undisturbed: %v", agency, day, err)
			}
			for n, c := range r.calls {
				s.calls = append(s.calls, point{c, len(s.legs), n})
			}
			s.legs, s.states = append(s.legs, l), append(s.states, stageState(tb, w.stage()))
		}
		if s.isQuiet(readOutside(tb, w.stage())) {
			requireStoryEnd(tb, w.stage())
			s.end = w.stage()
			return s
		}
		day = cal.Next(day)
	}
	tb.Fatalf("the exchange has not ended after %d days", maxMoments)
	return nil
}

// newWorld makes a world with the story's people in it.
func (s *undisturbed) newWorld(tb testing.TB, base string) *world {
	tb.Helper()
	if s.staff == nil {
		return newWorld(tb, base)
	}
	w := newWorld(tb, base, s.staff.settings)
	s.staff.hired(tb, w.stage())
	return w
}

// before lets everybody outside act, and the officers, before a pass.
func (s *undisturbed) before(tb testing.TB, w *world, l leg) {
	tb.Helper()
	if l.agency != oldCode {
		return
	}
	readOutside(tb, w.stage()).turn(l.at.Add(-time.Hour))
	if s.staff != nil {
		s.staff.act(tb, w.stage())
	}
}

func (s *undisturbed) snap(n int) string { return filepath.Join(s.snaps, strconv.Itoa(n)) }

// legOn is the pass of an agency on a day: ten o'clock, the new place half an
// hour later.
func legOn(day calendar.Date, agency string) leg {
	at := day.Time(time.FixedZone("CST", 8*3600)).Add(10 * time.Hour)
	if agency == newCode {
		at = at.Add(30 * time.Minute)
	}
	return leg{agency, at}
}

func calendarOf(tb testing.TB, w *world) *calendar.Calendar {
	tb.Helper()
	c, err := w.config(oldCode)
	if err != nil {
		tb.Fatal(err)
	}
	cal, err := c.Calendar()
	if err != nil {
		tb.Fatal(err)
	}
	return cal
}

// isQuiet reports whether nothing but the number of turns and the workbooks
// changed in the last two passes, and nobody outside has anything left to do.
func (s *undisturbed) isQuiet(o *outside) bool {
	n := len(s.states)
	return o.idle() && n > 2 && diffLines(withoutDays(s.states[n-3]), withoutDays(s.states[n-1])) == ""
}

func withoutDays(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return strings.Contains(line, `"Turns"`) || strings.Contains(line, "/reports/") || strings.Contains(line, " swept ")
	})
}

// requireStoryEnd makes sure that the story is the one that is meant: one case
// carried over with its money, one declined, both on both sides.
func requireStoryEnd(tb testing.TB, stage string) {
	tb.Helper()
	requireAgencyEnd(tb, filepath.Join(stage, oldCode), "out confirmed", "out declined")
	requireAgencyEnd(tb, filepath.Join(stage, newCode), "in completed", "in declined")
	requireOutsideEnd(tb, readOutside(tb, stage))
}

// requireAgencyEnd compares how an agency's cases ended, and makes sure that
// nothing is open: no difference, no file without its receipt, no broken journal.
func requireAgencyEnd(tb testing.TB, dir string, want ...string) {
	tb.Helper()
	path := filepath.Join(dir, "store", "carryover.db")
	db := openPlain(tb, path)
	if got := textRows(tb, db, "SELECT side || ' ' || state FROM cases ORDER BY side, state"); !slices.Equal(got, want) {
		tb.Errorf("cases of %s ended %q, want %q", filepath.Base(dir), got, want)
	}
	for _, line := range textRows(tb, db, "SELECT kind, subject, ours, theirs FROM differences") {
		tb.Errorf("%s: difference: %s", filepath.Base(dir), line)
	}
	for _, line := range textRows(tb, db, "SELECT name, state FROM files WHERE dir = 'out' AND state <> 'receipted' AND kind NOT IN ('receipt', 'pain.001', 'money-settings') AND party NOT LIKE 'officer:%'") {
		tb.Errorf("%s: not receipted: %s", filepath.Base(dir), line)
	}
	for _, line := range textRows(tb, db, "SELECT dir, name FROM files WHERE kind IN ('contact-letter', 'information-form', 'remittance-advice', 'completion') AND signer = ''") {
		tb.Errorf("%s: not signed: %s", filepath.Base(dir), line)
	}
	if n := textRows(tb, db, "SELECT name FROM files WHERE dir = 'in' AND signer <> ''"); len(n) == 0 {
		tb.Errorf("%s: no signed file came in", filepath.Base(dir))
	}
	requireJournal(tb, path)
}

// requireOutsideEnd makes sure that everything was booked once.
func requireOutsideEnd(tb testing.TB, o *outside) {
	tb.Helper()
	if want := len(o.People) / 2 * 5; len(o.Booked) != want { // E, B, the transfer, Y, N
		tb.Errorf("%d bookings outside, want %d: %q", len(o.Booked), want, o.Booked)
	}
	for party, refused := range o.Receipts {
		tb.Errorf("records of %s were refused: %v", party, refused)
	}
}

// disturb plays the story from the pass in which a call is to fail, lets it
// fail, and makes clean passes until the stage is as it was after that pass
// undisturbed: what follows is then the same too. Where it stays different,
// the story is played to its end, whose outcome must be the same. The result
// says how it went, or what differs.
func (s *undisturbed) disturb(tb testing.TB, w *world, p point, first func(l leg) error) (how string, err error) {
	if err := os.RemoveAll(w.stage()); err != nil {
		return "", err
	}
	copyTree(tb, s.snap(p.leg), w.stage())
	l := s.legs[p.leg]
	if err := first(l); err != nil {
		return "", err
	}
	retried, early := false, ""
	for again := 1; again <= 3; again++ {
		if err := w.pass(l.agency, l.at, &recorder{}); err != nil {
			return "", fmt.Errorf("rerun %d: %w", again, err)
		}
		if early = diffLines(s.states[p.leg], stageState(tb, w.stage())); early == "" {
			return fmt.Sprintf("as undisturbed after %d", again), nil
		}
		if !retried {
			if retried, err = operator(w, l); err != nil {
				return "", err
			}
		}
	}
	if how, err = s.playOn(tb, w, p); err != nil {
		return "", fmt.Errorf("%w\nafter the reruns:\n%s", err, early)
	}
	if retried {
		how += ", payment sent again by the operator"
	}
	return how, nil
}

// playOn plays the story from the pass after a call to its end, and compares
// the outcome.
func (s *undisturbed) playOn(tb testing.TB, w *world, p point) (how string, err error) {
	for n := p.leg + 1; n < len(s.legs); n++ {
		l := s.legs[n]
		s.before(tb, w, l)
		if err := w.pass(l.agency, l.at, &recorder{}); err != nil {
			return "", fmt.Errorf("pass %d after it: %w", n, err)
		}
	}
	want, got := outcome(s.states[len(s.states)-1]), outcome(stageState(tb, w.stage()))
	if diffLines(want, got) == "" {
		return "same end", nil
	}
	d := diffLines(anyReceiptNumber(tb, s.end, want), anyReceiptNumber(tb, w.stage(), got))
	if d != "" {
		return "", fmt.Errorf("another end:\n%s", d)
	}
	return "same end, receipts in another order", nil
}

// operator does what is left to a person: a payment file that never reached
// the bank's drop is sent again.
func operator(w *world, l leg) (retried bool, err error) {
	ctx := context.Background()
	e, err := w.env(l.agency, l.at, &recorder{})
	if err != nil {
		return false, err
	}
	defer e.Store.Close()
	var lost []exchange.File
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		lost, err = tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{exchange.FileSending}})
		return err
	})
	for _, f := range lost {
		if err == nil {
			_, err = e.Retry(ctx, f.ID, "not in the drop, and the bank has not had it")
		}
	}
	return len(lost) > 0, err
}

// requireEveryKindOfCall counts calls by step and kind, and fails for a kind
// that a step should have and has not.
func requireEveryKindOfCall(t *testing.T, calls []point) {
	t.Helper()
	count := map[string]int{}
	for _, p := range calls {
		count[p.Step+" "+p.Kind]++
	}
	kinds := map[string][]string{
		"begin": {"commit"}, "pull": {"file", "drop", "sftp", "commit"}, "process": {"file", "commit"}, "remit": {"file", "commit"},
		"report": {"file", "commit"}, "push": {"file", "drop", "sftp", "commit"},
	}
	for _, step := range []string{"begin", "pull", "process", "remit", "report", "push"} {
		text := ""
		for _, kind := range kinds[step] {
			n := count[step+" "+kind]
			text += fmt.Sprintf("  %s %d", kind, n)
			if n == 0 {
				t.Errorf("%s makes no call of kind %s", step, kind)
			}
		}
		t.Logf("%-8s%s", step, text)
	}
}

// long reports whether every call is to fail, not only some.
func long() bool { return os.Getenv("CARRYOVER_LONG") == "1" && !testing.Short() }

// TestEveryOutsideCallFails lets calls to the outside fail, one in each try,
// before and after they take place, and compares with the undisturbed
// exchange once clean passes have followed.
func TestEveryOutsideCallFails(t *testing.T) {
	t.Parallel()
	s := tellStory(t)
	requireEveryKindOfCall(t, s.calls)
	s.everyCallFails(t, s.calls)
}

// everyCallFails lets these calls of a story fail, or some of each sort.
func (s *undisturbed) everyCallFails(t *testing.T, calls []point) {
	t.Helper()
	t.Logf("%d passes, %d of %d calls to the outside", len(s.legs), len(calls), len(s.calls))
	var tries []try
	for _, p := range points(calls, long()) {
		tries = append(tries, try{p, failBefore})
		if p.Done { // else there is no answer to lose
			tries = append(tries, try{p, failAfter})
		}
	}
	s.each(t, tries, func(w *world, l leg, one try) error {
		r := &recorder{fault: one.fault, at: one.n}
		if err := w.pass(l.agency, l.at, r); err != nil && !errors.Is(err, errInjected) {
			return fmt.Errorf("not only the injected fault: %w", err)
		}
		if !r.hit {
			return errors.New("the call was not made this time")
		}
		return nil
	})
}

// try is one fault.
type try struct {
	point
	fault string
}

// each makes every try, in two worlds at once, and logs how they went.
func (s *undisturbed) each(t *testing.T, tries []try, disturb func(w *world, l leg, one try) error) {
	t.Helper()
	var (
		next = make(chan try)
		wg   sync.WaitGroup
		mu   sync.Mutex
		ways = map[string]int{}
	)
	for range 2 {
		w := s.newWorld(t, t.TempDir())
		wg.Go(func() {
			for one := range next {
				how, err := s.disturb(t, w, one.point, func(l leg) error { return disturb(w, l, one) })
				if err != nil {
					t.Errorf("%s %s: %v", one.point, one.fault, err)
					continue
				}
				mu.Lock()
				ways[how]++
				mu.Unlock()
			}
		})
	}
	start := time.Now()
	for _, one := range tries {
		next <- one
	}
	close(next)
	wg.Wait()
	t.Logf("%d faults in %s: %v", len(tries), time.Since(start).Round(time.Second), ways)
}
