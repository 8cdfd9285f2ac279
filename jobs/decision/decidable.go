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

// Decidable lists everything that an officer can decide now, a row for each
// subject: cases, bank entries, months of netting, files, differences. It is a
// walk and not a slice, for a backlog may have many thousands of rows, and each
// row costs reads. After an error it ends.
func Decidable(d *office.Desk) iter.Seq2[report.Open, error] {
	return office.Walk(func(visit func(report.Open) error) error {
		offered := func(o report.Open) error {
			if len(o.Offers) == 0 {
				return nil
			}
			return visit(o)
		}
		for _, walk := range []walker{openCases, openEntries, openMonths, openFiles, openDifferences} {
			if err := walk(d, offered); err != nil {
				return err
			}
		}
		return nil
	})
}

// walker passes a row for every subject of its kind to emit, those without
// offers too; an error of emit ends the walk and comes back.
type walker func(d *office.Desk, emit func(report.Open) error) error

// openOf is the row of one subject as it would be made now. One that nothing
// can be decided about has no offers; a month or difference that is not open is
// the zero row. A case, entry or file that does not exist is an error
// (store.ErrNotFound or exchange.ErrDecision).
func openOf(d *office.Desk, about exchange.Subject, no string) (report.Open, error) {
	// Months and differences have no row in the store of their own to open: they
	// are found by the walk that lists them, which is short.
	walk := map[exchange.Subject]walker{exchange.AboutMonth: openMonths, exchange.AboutDifference: openDifferences}[about]
	if walk == nil {
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
	err := walk(d, func(o report.Open) error {
		if o.About == about && o.No == no {
			found = o
		}
		return nil
	})
	return found, err
}

// offers are the rules that can be decided about a subject now, so that a
// drop-down never holds what would be refused. applies says by the subject's
// state whether a rule can come into question. A rule without arguments is then
// planned for trial; one with arguments cannot be, for what they will be is not
// known yet: those are checked when the row comes back.
func offers(d *office.Desk, s subject, applies func(exchange.Rule) bool) (list []exchange.Rule, err error) {
	for _, r := range exchange.Rules() {
		if !slices.Contains(r.About, s.kind) || !applies(r) {
			continue
		}
		if len(r.Needs) == 0 && !mayNeedArgs(r) {
			// "?" is no officer's name: rules that look at who decides let it pass
			// (reviewPlan). The plan is dropped, so nothing is changed.
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

// mayNeedArgs reports whether a rule can be refused for want of an argument that
// it does not always need: to accept a letter of somebody with several records
// in the registry needs the personal number.
func mayNeedArgs(r exchange.Rule) bool { return r.Action == exchange.ActAcceptLetter }
