package decision

import (
	"fmt"

	"carryover/exchange"
	"carryover/jobs/netting"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/transfer"
)

// planner says what an action comes to about its subject. It changes nothing:
// what follows is the plan's Apply.
type planner func(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error)

// planners is the table of decisions: what each action of exchange's rules
// comes to. Who may take it, about what and where, stands in the rule.
func planners() map[string]planner {
	return map[string]planner{
		exchange.ActRefund:            refundPlan,
		exchange.ActConfirmAccount:    confirmPlan,
		exchange.ActAllowCap:          allowPlan,
		exchange.ActPayAgain:          payAgainPlan,
		exchange.ActMatch:             onEntry(matchPlan),
		exchange.ActSplit:             onEntry(splitPlan),
		exchange.ActMatchPayment:      onEntry(paymentPlan),
		exchange.ActAcceptProposal:    onCase(proposalPlan),
		exchange.ActRejectProposal:    onCase(proposalPlan),
		exchange.ActPaidToPerson:      personPlan,
		exchange.ActTieNetting:        tiePlan,
		exchange.ActReleaseHold:       onCase(releasePlan),
		exchange.ActSettleAmount:      onCase(releasePlan),
		exchange.ActAcceptDifference:  acceptPlan,
		exchange.ActApproveBatch:      onFile(reviewPlan),
		exchange.ActReturnBatch:       onFile(reviewPlan),
		exchange.ActMarkSent:          onFile(filePlan),
		exchange.ActMarkNotSent:       onFile(filePlan),
		exchange.ActReleaseFile:       onFile(filePlan),
		exchange.ActDismissFile:       onFile(filePlan),
		exchange.ActResendFile:        onFile(filePlan),
		exchange.ActAcceptLetter:      onCase(acceptLetterPlan),
		exchange.ActDeclineLetter:     onCase(declineLetterPlan),
		exchange.ActReturnApplication: onCase(auditPlan),
		exchange.ActRefuseApplication: onCase(auditPlan),
		exchange.ActWriteAgain:        onCase(writeAgainPlan),
		exchange.ActAgreeVoid:         onCase(annulPlan),
		exchange.ActRefuseVoid:        onCase(annulPlan),
	}
}

// planFor finds what an action comes to.
func planFor(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	of, ok := planners()[x.Action]
	if !ok {
		return office.Plan{}, fmt.Errorf("%w: %s", exchange.ErrDecision, x.Action)
	}
	return of(d, s, x)
}

// onCase, onEntry and onFile are planners of what is about a case, a bank
// entry or a file alone; subject has seen to it that it is there.
func onCase(of func(*office.Case, exchange.Decision) (office.Plan, error)) planner {
	return func(_ *office.Desk, s subject, x exchange.Decision) (office.Plan, error) { return of(s.c, x) }
}

func onEntry(of func(*office.Desk, exchange.BankEntry, exchange.Decision) (office.Plan, error)) planner {
	return func(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) { return of(d, s.entry, x) }
}

func onFile(of func(*office.Desk, exchange.File, exchange.Decision) (office.Plan, error)) planner {
	return func(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) { return of(d, s.file, x) }
}

func refundPlan(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	if s.c != nil {
		return payment.RefundPlan(s.c, x)
	}
	return payment.RefundEntryPlan(d, s.entry, x)
}

func personPlan(_ *office.Desk, s subject, _ exchange.Decision) (office.Plan, error) {
	return transfer.PersonPlan(s.c)
}

func tiePlan(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	return netting.TiePlan(d, s.month, x)
}
