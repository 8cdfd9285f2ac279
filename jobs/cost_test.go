package jobs_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
)

// cost is what the store was asked.
type cost struct{ reads, writes, trips atomic.Int64 }

func (c *cost) add(n store.Count) {
	c.reads.Add(int64(n.Reads))
	c.writes.Add(int64(n.Writes))
	c.trips.Add(int64(n.Trips))
}

// TestCostInStatements holds what the store is asked on the way of one case. The
// figures may only become smaller; the ends of chains, which are written with their events, and what the
// night proves are for proof.
func TestCostInStatements(t *testing.T) {
	for _, c := range []struct {
		what          string
		work          func(o *testOffice, start func()) // counted from start on
		reads, writes int64
	}{
		{"empty pass", emptyPass, 13, 0},
		{"the first pass of a store", firstPass, 28, 7},
		{"empty pass with report", emptyRun, 119, 12},
		{"a person leaves", personLeaves, 194, 186},
		{"a person leaves, by daily caps", personLeavesCapped, 198, 186},
		{"a person arrives", personArrives, 110, 152},
		{"a credit", creditIsMatched, 30, 36},
		{"a decision by workbook", rowIsDecided, 36, 19},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := newOffice(t)
			o.counting = true
			var reads, writes int64
			c.work(o, func() { reads, writes = o.cost.reads.Load(), o.cost.writes.Load() })
			reads, writes = o.cost.reads.Load()-reads, o.cost.writes.Load()-writes
			t.Logf("%s: %d reads, %d writes", c.what, reads, writes)
			if reads > c.reads || writes > c.writes {
				t.Errorf("%d reads and %d writes, %d and %d at most", reads, writes, c.reads, c.writes)
			}
		})
	}
}

func emptyPass(o *testOffice, start func()) {
	o.pass()
	start()
	o.pass()
}

func firstPass(o *testOffice, start func()) {
	start()
	o.pass()
}

func emptyRun(o *testOffice, start func()) {
	start()
	if _, err := o.env.Run(o.tb.Context(), jobs.Pass{Steps: jobs.Steps()}); err != nil {
		o.tb.Fatal(err)
	}
}

// personLeaves is a case at the old place: letter, form, payment, completion.
func personLeaves(o *testOffice, start func()) {
	p := leaver(us, 0)
	start()
	f := o.answerLetter(p, 1)
	o.debitAll()
	o.pass()
	o.acceptAll(them)
	o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260302))
	o.pass()
}

// personLeavesCapped is personLeaves where there are daily caps: the sums are asked once
// when the payment is ordered, released and sent.
func personLeavesCapped(o *testOffice, start func()) {
	o.env.Agency.PartnerDayCap, o.env.Agency.NewAccountDayCap = 1<<40, 1<<40
	personLeaves(o, start)
}

// personArrives is a case at the new place: application, form, money, postings.
func personArrives(o *testOffice, start func()) {
	p := leaver(them, 0)
	start()
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l))
	o.creditArrives(l, p, p.Total())
	o.passes(2)
}

// creditIsMatched is the pass that finds whose money a credit is.
func creditIsMatched(o *testOffice, start func()) {
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l))
	o.passes(2)
	o.creditArrives(l, p, p.Total())
	start()
	o.pass()
}

// rowIsDecided is the pass that works an officer's workbook with one row filled
// in.
func rowIsDecided(o *testOffice, start func()) {
	p := leaver(us, 0)
	clerk, _, _ := staffWithFolders(o)
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.passAndReport()
	form := o.openWorkbook(clerk, o.workbookName("业务"))
	no := o.caseBy(exchange.Out, p).No
	form.decide(no, "不予转出", "原因代码=未查到参保信息")
	start()
	if v := verdict(o.handIn(clerk, o.workbookName("业务"), form.bytes(), nil), no); !strings.HasPrefix(v, "已接受") {
		o.tb.Fatalf("answer %q", v)
	}
}
