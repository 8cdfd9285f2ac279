package jobs_test

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/office"
)

// heard are the reports of progress of a pass: how far each piece of work came.
type heard struct {
	tb  testing.TB
	one sync.Mutex
	far map[string]int
}

// tell takes a report; of a file its kind is kept. A piece of work must not go farther
// than a chunk without one.
func (h *heard) tell(what string, done, _ int) {
	h.one.Lock()
	defer h.one.Unlock()
	if kind, rest, file := strings.Cut(what, "_"); file {
		_, how, _ := strings.Cut(rest, ":")
		what = strings.TrimSpace(kind + how)
	}
	if what != "process" && done > office.Chunk && done-h.far[what] > office.Chunk {
		h.tb.Errorf("%s: silent from %d to %d", what, h.far[what], done)
	}
	h.far[what] = max(h.far[what], done)
}

// require holds that pieces of work were reported up to the last chunk of n.
func (h *heard) require(n int, works ...string) {
	h.tb.Helper()
	for _, what := range works {
		if h.far[what] < n/office.Chunk*office.Chunk {
			h.tb.Errorf("%q was heard of up to %d of %d", what, h.far[what], n)
		}
	}
}

// TestLongWorkReports: whatever walks over many things says how far it is, by their
// number.
func TestLongWorkReports(t *testing.T) {
	judgedAndWorked := func(kinds ...string) (all []string) {
		for _, kind := range kinds {
			all = append(all, kind, kind+" judged")
		}
		return all
	}
	t.Run("a night", func(t *testing.T) {
		o := newOffice(t)
		h := &heard{tb: t, far: map[string]int{}}
		o.env.Progress = h.tell
		manyLeave(o, manyRecords, func(o *testOffice, _ int, what string) { o.passInSteps(what, func(_ string, run func()) { run() }) })
		o.reportOf(manyRecords)
		h.require(manyRecords, judgedAndWorked(formats.KindRegistry, formats.KindLetter, formats.KindPostingResult, formats.KindReceipt, formats.KindCompletion)...)
		h.require(manyRecords, formats.KindPosting, formats.KindForm, formats.KindAdvice) // composed
		h.require(manyRecords, "records sent", "cases counted", "sheet applications", "sheet letters", "sheet forms", "sheet remittances")
	})
	t.Run("payments", func(t *testing.T) {
		o := newNight(t, manyRecords)
		h := &heard{tb: t, far: map[string]int{}}
		o.Progress = h.tell
		o.paid(false)
		h.require(manyRecords, "payments ordered", "payments written", "payments read back", "payments prepared", "payments listed", "payments", "cases stated to 310100", "camt054.xml", "camt054.xml: judged")
	})
	t.Run("what waits", func(t *testing.T) {
		o := newOffice(t)
		h := &heard{tb: t, far: map[string]int{}}
		o.env.Progress = h.tell
		var letters, declines []any
		for i, p := range leavers(us, manyRecords) {
			letters = append(letters, o.letter(them, i+1, p))
			declines = append(declines, &formats.Decline{LetterNo: letterNo(us, i+1), LetterVersion: 1, Code: code.DeclineOther, Text: "x", DeclinedOn: firstDay})
		}
		o.put(them, formats.KindLetter, letters...)
		o.putAs(them, formats.KindForm, 2, "", declines...) // the first file, with our letters' forms, is missing
		o.passes(2)
		o.reportOf(manyRecords)
		h.require(manyRecords, "held records", "cases to be decided", "cases past a limit")
	})
	t.Run("the day", func(t *testing.T) {
		o := newOffice(t)
		h := &heard{tb: t, far: map[string]int{}}
		o.env.Progress = h.tell
		people := leavers(us, manyRecords)
		var letters, registry []any
		for i, p := range people {
			registry, letters = append(registry, o.insured(p)), append(letters, o.letter(them, i+1, p))
		}
		o.put(them, formats.KindLetter, letters...)
		o.pass() // they wait for the registry
		o.put(core, formats.KindRegistry, registry...)
		o.passes(2)
		o.leaveStatement(firstDay, opening, o.debits()...)
		o.pass()
		o.reportOf(manyRecords)
		h.require(manyRecords, "cases looked at again", "cases put in order", "cases reconciled", "sheet deadlines", "camt053", "camt053 judged", "bookings of 2026-03-02")
	})
}

// TestProgressInTheLog: a line now and then, however often it is told.
func TestProgressInTheLog(t *testing.T) {
	var to bytes.Buffer
	now := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	tell := office.LogProgress(office.NewLogger(&to, "info", "text"), func() time.Time { return now }, 10*time.Second)
	for done := range 25 {
		tell("letters.csv", done, 30)
		now = now.Add(time.Second)
	}
	var said []string
	for line := range strings.Lines(to.String()) {
		said = append(said, strings.TrimSpace(line[strings.Index(line, "what="):]))
	}
	if want := []string{"what=letters.csv done=10 of=30", "what=letters.csv done=20 of=30"}; !slices.Equal(said, want) {
		t.Errorf("%q", said)
	}
}
