package decision

import (
	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// acceptPlan closes a difference that an officer has explained; the explanation
// is the decision's reason. It moves no money: what differs is corrected by the
// decisions about the case or the entry. exchange.ErrDecision when it is closed
// already.
func acceptPlan(d *office.Desk, s subject, _ exchange.Decision) (office.Plan, error) {
	x, err := openDifference(d, s)
	if err != nil {
		return office.Plan{}, err
	}
	about, ours, theirs := d.Sides(x)
	line := d.Sayf("核销差异 %s %s：本方 %s，对方 %s", "accepted: %s %s: ours %s, theirs %s", d.DifferenceWord(x.Kind), about, ours, theirs)
	return office.Plan{CaseNo: x.CaseNo, Effects: []string{line}, Apply: func() error {
		if err := d.Tx.CloseDifference(x.ID); err != nil || !OfUnsigned(x) {
			return err
		}
		return transfer.DismissQuery(d, x.Ours.Arg(0))
	}}, nil
}

// genuinePlan plans to let an unsigned query about an account count: the officer has
// asked the partner outside the drop.
func genuinePlan(d *office.Desk, s subject, _ exchange.Decision) (office.Plan, error) {
	x, err := openDifference(d, s)
	if err != nil {
		return office.Plan{}, err
	}
	if !OfUnsigned(x) {
		return office.Plan{}, office.Undecidable("该差异不是无签名的查询", "the difference is about no unsigned query")
	}
	line := d.Sayf("%s：确为对方所发，照有签名的办理", "%s: it is the partner's and counts as a signed one", d.Words(x.Ours))
	return office.Plan{CaseNo: x.CaseNo, Effects: []string{line}, Apply: func() error { return transfer.CountQuery(d, x.Ours.Arg(0)) }}, nil
}

// OfUnsigned reports whether a difference shows an unsigned query to finance.
func OfUnsigned(x exchange.Difference) bool { return x.Ours.Is("unsigned-query") }

// openDifference reads a difference; exchange.ErrDecision when it is not open.
func openDifference(d *office.Desk, s subject) (x exchange.Difference, err error) {
	x, err = d.Tx.Difference(s.id)
	if office.IsNotFound(err) || err == nil && x.Closed {
		err = office.Undecidable("该差异不存在或已关闭", "no such difference is open")
	}
	return x, err
}
