package jobs_test

import (
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/samples"
)

// manyRecords is of how many records the trips are counted, mostTrips how many are
// made for each of them: a chunk is a constant number of trips.
const (
	manyRecords = 1000
	mostTrips   = 0.2
)

// leavers are the first n people whom leaver would name.
func leavers(area string, n int) (all []samples.Person) {
	population := samples.NewPopulation(11, area, 20260302)
	for i := 0; len(all) < n; i++ {
		if p := population.At(i); isLeaver(p) {
			all = append(all, p)
		}
	}
	return all
}

// passOf makes a pass over n records and looks how often each step waits for the
// database.
func (o *testOffice) passOf(n int, what string) {
	o.tb.Helper()
	o.passInSteps(what, func(step string, run func()) {
		before := o.cost.trips.Load()
		run()
		if got := float64(o.cost.trips.Load()-before) / float64(n); got > mostTrips {
			o.tb.Errorf("%s of %s: %.2f trips a record, %.2f at most", step, what, got, mostTrips)
		}
	})
}

// reportOf makes the workbook of n cases and looks how often it waits for the
// database: each of its lists is read page by page. Who released a payment is asked
// for, too.
func (o *testOffice) reportOf(n int) {
	o.tb.Helper()
	o.env.Rules.AutomaticRelease = false
	before := o.cost.trips.Load()
	if _, err := o.env.Report(o.tb.Context()); err != nil {
		o.tb.Fatal(err)
	}
	const empty = 103 // TestCostInStatements
	if got := float64(o.cost.trips.Load()-before-empty) / float64(n); got > mostTrips {
		o.tb.Errorf("report: %.2f trips a case, %.2f at most", got, mostTrips)
	}
}

// TestTripsOfMany holds what a record costs a database that is reached over a network.
func TestTripsOfMany(t *testing.T) {
	t.Run("leave", func(t *testing.T) {
		o := newOffice(t)
		manyLeave(o, manyRecords, (*testOffice).passOf)
		o.reportOf(manyRecords)
	})
	t.Run("arrive", func(t *testing.T) { manyArrive(newOffice(t), manyRecords, (*testOffice).passOf) })
}

// manyLeave takes n people through the old place. pass makes a pass over some records.
func manyLeave(o *testOffice, n int, pass func(o *testOffice, records int, what string)) {
	people := leavers(us, n)
	var registry, letters, completions []any
	for i, p := range people {
		registry = append(registry, o.insured(p))
		letters = append(letters, o.letter(them, i+1, p))
	}
	o.put(core, formats.KindRegistry, registry...)
	pass(o, n, "registry")
	o.put(them, formats.KindLetter, letters...)
	pass(o, n, "letters")
	pass(o, 2*n, "posting results")
	for _, f := range o.got[them+" "+formats.KindForm] {
		completions = append(completions, completion(f.(*formats.Form), code.OutcomeCompleted, 20260302))
	}
	o.acceptAll(them)
	pass(o, 2*n, "receipts")
	o.debitAll()
	pass(o, n, "debits")
	o.put(them, formats.KindCompletion, completions...)
	pass(o, n, "completions")
	pass(o, n, "nothing")
	o.requireClosed(exchange.Out, exchange.Confirmed, n)
}

// manyArrive takes n people through the new place.
func manyArrive(o *testOffice, n int, pass func(o *testOffice, records int, what string)) {
	people := leavers(them, n)
	var registry, applications, forms []any
	var credits []iso20022.Entry
	byID := map[string]samples.Person{}
	for _, p := range people {
		registry = append(registry, o.newcomer(p))
		applications = append(applications, o.application(p))
		byID[p.IDNo] = p
	}
	o.put(core, formats.KindRegistry, registry...)
	pass(o, n, "registry")
	o.put(portal, formats.KindApplication, applications...)
	pass(o, n, "applications")
	for _, l := range take[formats.Letter](o, them, formats.KindLetter) {
		p := byID[l.Person.IDNo]
		forms = append(forms, o.form(p, l))
		o.messages++
		credits = append(credits, creditEntry("C"+l.LetterNo, p.Total(), remittanceText(l, p), l.LetterNo+"-1-1"))
	}
	if len(forms) != n {
		o.tb.Fatalf("%d letters went out", len(forms))
	}
	o.acceptAll(them)
	pass(o, n, "receipts")
	o.put(them, formats.KindForm, forms...)
	pass(o, n, "forms")
	o.leaveNotification(credits...)
	pass(o, n, "credits")
	pass(o, n, "posting results")
	pass(o, n, "nothing")
	o.requireClosed(exchange.In, exchange.Completed, n)
}

// requireClosed holds that n people have gone all the way.
func (o *testOffice) requireClosed(side exchange.Side, as exchange.State, n int) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		count, err := tx.CountCases()
		if count[side][as] != n {
			o.tb.Errorf("of %d: %v", n, count[side])
		}
		return err
	})
}
