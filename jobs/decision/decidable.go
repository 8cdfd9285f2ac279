package decision

import (
	"errors"
	"iter"
	"slices"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// What an officer has to decide is found anew whenever it is asked for: when
// a decisions workbook is made, and when one comes back. So what a row offers
// is always what is possible now.

// Decidable lists everything that an officer can decide now.
func Decidable(d *office.Desk) iter.Seq2[report.Open, error] {
	return office.Walk(func(visit func(report.Open) error) error {
		offered := func(o report.Open) error {
			if len(o.Offers) == 0 {
				return nil
			}
			return visit(o)
		}
		for _, each := range []func(*office.Desk, func(report.Open) error) error{openCases, openEntries, openMonths, openFiles, openDifferences} {
			if err := each(d, offered); err != nil {
				return err
			}
		}
		return nil
	})
}

// openOf is what can be decided about one subject now; what nothing can be
// decided about has no offers.
func openOf(d *office.Desk, about exchange.Subject, no string) (report.Open, error) {
	each := map[exchange.Subject]func(*office.Desk, func(report.Open) error) error{
		exchange.AboutMonth: openMonths, exchange.AboutDifference: openDifferences,
	}[about]
	if each == nil {
		s, err := findSubject(d, no, exchange.Rule{About: []exchange.Subject{about}})
		switch {
		case err != nil:
			return report.Open{}, err
		case about == exchange.AboutCase:
			return openCase(d, s.c)
		case about == exchange.AboutEntry:
			return openEntry(d, s.entry)
		}
		return openFile(d, s.file)
	}
	found := report.Open{}
	err := each(d, func(o report.Open) error {
		if o.About == about && o.No == no {
			found = o
		}
		return nil
	})
	return found, err
}

// offers are the rules that can be decided about a subject now. One that is
// told nothing is tried out; the others fit by where the subject stands.
func offers(d *office.Desk, s subject, fits func(exchange.Rule) bool) (list []exchange.Rule, err error) {
	for _, r := range exchange.Rules() {
		if !slices.Contains(r.About, s.kind) || !fits(r) {
			continue
		}
		if len(r.Needs) == 0 && !needsArgs(r) {
			_, err := planFor(d, s, exchange.Decision{Action: r.Action, Subject: s.no, Officer: "?", On: d.Date, Reason: "尚未决定，仅供试算"})
			if errors.Is(err, exchange.ErrDecision) {
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	return list, nil
}

// needsArgs reports whether a rule may be told what it lacks without.
func needsArgs(r exchange.Rule) bool { return r.Action == exchange.ActAcceptLetter }
