package decision

import (
	"slices"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/signing"
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
	if signing.OfClock(x) {
		return office.Plan{}, office.Undecidable("本机时钟的差异须以 accept-clock 确认", "of the machine's clock it is said that it is right: accept-clock")
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

// clockPlan plans to say that the machine's clock is right. The decision itself is what counts:
// finance's and that of another officer with the role 复核 (signing.ClockLacks).
func clockPlan(d *office.Desk, s subject, given exchange.Decision) (office.Plan, error) {
	x, err := openDifference(d, s)
	if err != nil {
		return office.Plan{}, err
	}
	if !signing.OfClock(x) {
		return office.Plan{}, office.Undecidable("该差异与本机时钟无关", "the difference is not about the machine's clock")
	}
	lack, by, err := signing.ClockLacks(d.Tx, x)
	switch {
	case err != nil:
		return office.Plan{}, err
	case len(lack) == 0:
		return office.Plan{}, office.Undecidable("已由财务、复核确认", "finance and 复核 have accepted it")
	case slices.ContainsFunc(by, func(r exchange.Recorded) bool { return r.Officer == given.Officer }):
		return office.Plan{}, office.Undecidable("须由另一名人员确认", "another officer has to accept it")
	}
	_, ours, theirs := d.Sides(x)
	line := d.Sayf("本机时钟%s，与 %s 不符：确认本机时钟无误", "this machine's clock is %s, against %s: it is right", ours, theirs)
	return office.Plan{Roles: lack, Effects: []string{line}, Apply: func() error { return nil }}, nil
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
