package decision

import (
	"carryover/exchange"
	"carryover/jobs/office"
)

// acceptPlan closes a difference that an officer has explained; the explanation
// is the decision's reason. It moves no money: what differs is corrected by the
// decisions about the case or the entry. exchange.ErrDecision when it is closed
// already.
func acceptPlan(d *office.Desk, s subject, _ exchange.Decision) (office.Plan, error) {
	x, err := d.Tx.Difference(s.id)
	switch {
	case office.IsNotFound(err) || err == nil && x.Closed:
		return office.Plan{}, office.Undecidable("该差异不存在或已关闭", "no such difference is open")
	case err != nil:
		return office.Plan{}, err
	}
	about, ours, theirs := d.Sides(x)
	line := d.Sayf("核销差异 %s %s：本方 %s，对方 %s", "accepted: %s %s: ours %s, theirs %s", d.DifferenceWord(x.Kind), about, ours, theirs)
	return office.Plan{CaseNo: x.CaseNo, Effects: []string{line}, Apply: func() error { return d.Tx.CloseDifference(x.ID) }}, nil
}
