package decision

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// proposalPlan plans to accept or reject the proposal to decline a letter about
// somebody whom the registry does not hold. Rejected, the case waits on, and the
// decision keeps the proposal from being made again (RejectedProposal).
func proposalPlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	plan := office.Plan{CaseNo: c.No}
	open, err := proposal(c)
	if err != nil {
		return plan, err
	}
	if open == nil {
		return plan, office.Undecidable("该办件没有待决定的“查无此人”建议", "no decline is proposed for the case")
	}
	accept := x.Action == exchange.ActAcceptProposal
	plan.Effects = []string{c.Say("办件继续等待参保登记信息", "the case waits on for the registry")}
	if accept {
		plan.Effects = []string{declineEffect(c, code.DeclineNotFound)}
	}
	plan.Apply = func() error {
		if err := c.Tx.CloseDifference(open.ID); err != nil || !accept {
			return err
		}
		letter, err := c.Letter()
		if err != nil {
			return err
		}
		if err := c.Resume(code.Text(x.Reason)); err != nil {
			return err
		}
		o := exchange.Opinion{Do: exchange.Refuse, Decline: code.DeclineNotFound, Text: code.Say("person-not-found")}
		if err := transfer.DeclineLetter(c, o, letter); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// proposal is the open proposal to decline the case's letter; nil: there is none.
func proposal(c *office.Case) (*exchange.Difference, error) {
	open, err := c.Tx.DifferencesAbout("proposal", code.Text(c.LetterNo))
	for i := range open {
		if open[i].CaseNo == c.No {
			return &open[i], err
		}
	}
	return nil, err
}

// RejectedProposal reports whether an officer has rejected the proposal to
// decline a case's current letter: one of an earlier letter does not count, for
// the registry may have lost the person since.
func RejectedProposal(d *office.Desk, c exchange.Case) (bool, error) {
	all, err := d.Tx.DecisionsAbout(c.No, exchange.ActRejectProposal)
	for _, x := range all {
		if x.On >= c.LetterOn {
			return true, err
		}
	}
	return false, err
}

// closeProposal ends the proposal to decline a case, if there is one.
func closeProposal(c *office.Case) error {
	p, err := proposal(c)
	if err != nil || p == nil {
		return err
	}
	return c.Tx.CloseDifference(p.ID)
}
