package decision

import (
	"errors"
	"slices"

	"carryover/exchange"
	"carryover/jobs/office"
)

// What an officer has to decide is found anew whenever it is asked for: when
// jobs/todo walks over all of it for the workbooks, and when a row of one comes
// back. So what a row offers is always what is possible now. Each walk passes an
// item for every subject of its kind to emit, those without decisions too; an
// error of emit ends the walk and comes back.

// openOf is the item of one subject as it would be made now. One that nothing
// can be decided about has no decisions; a month or difference that is not open
// is the zero item. A case, entry, file or difference that does not exist is an
// error (store.ErrNotFound or exchange.ErrDecision).
func openOf(d *office.Desk, about exchange.Subject, no string) (found exchange.Todo, err error) {
	if about == exchange.AboutMonth {
		err = EachMonth(d, func(t exchange.Todo) error {
			if t.No == no {
				found = t
			}
			return nil
		})
		return found, err
	}
	if about == exchange.AboutDay {
		return openDay(d, no)
	}
	s, err := findSubject(d, exchange.Decision{Subject: no}, exchange.Rule{About: []exchange.Subject{about}})
	switch {
	case err != nil:
		return found, err
	case about == exchange.AboutCase:
		return openCase(d, s.c)
	case about == exchange.AboutEntry:
		return openEntry(d, s.entry)
	case about == exchange.AboutFile:
		return openFile(d, s.file)
	}
	x, err := d.Tx.Difference(s.id)
	if err != nil || x.Closed || !explainable(d, x) {
		return found, err
	}
	return OfDifference(d, x)
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
			plan, err := planFor(d, s, exchange.Decision{Action: r.Action, Subject: s.no, Officer: "?", On: d.Date, Reason: "尚未决定，仅供试算"})
			if errors.Is(err, exchange.ErrDecision) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if plan.Roles != nil {
				r.Roles = plan.Roles
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
