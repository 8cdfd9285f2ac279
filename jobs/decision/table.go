package decision

import (
	"fmt"

	"carryover/exchange"
	"carryover/jobs/bank"
	"carryover/jobs/netting"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/transfer"
)

// planner plans an action about its subject: whether it can be taken now
// (else exchange.ErrDecision), and its effects. It changes nothing: what follows
// is the plan's Apply, which runs in the same transaction, and not at all when
// a plan was only asked for (offers, PrepareDecision).
type planner func(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error)

// planners is the table of decisions: the planner of each action of exchange's
// rules. Who may take it, about what and in which state, stands in the rule; a
// new action needs a rule there and a line here.
func planners() map[string]planner {
	return map[string]planner{
		exchange.ActRefund:            refundPlan,
		exchange.ActConfirmAccount:    confirmPlan,
		exchange.ActAllowCap:          allowPlan,
		exchange.ActPayAgain:          payAgainPlan,
		exchange.ActMatch:             onEntry(matchPlan),
		exchange.ActSplit:             onEntry(splitPlan),
		exchange.ActMatchPayment:      onEntry(paymentPlan),
		exchange.ActIsReturn:          onEntry(paymentPlan),
		exchange.ActIsNew:             onEntry(isNewPlan),
		exchange.ActIsRepeat:          onEntry(isRepeatPlan),
		exchange.ActNotATransfer:      onEntry(bank.NotATransfer),
		exchange.ActAcceptProposal:    onCase(proposalPlan),
		exchange.ActRejectProposal:    onCase(proposalPlan),
		exchange.ActPaidToPerson:      personPlan,
		exchange.ActTieNetting:        tiePlan,
		exchange.ActReleaseHold:       onCase(releasePlan),
		exchange.ActSettleAmount:      onCase(releasePlan),
		exchange.ActAcceptDifference:  acceptPlan,
		exchange.ActIsGenuine:         genuinePlan,
		exchange.ActAcceptClock:       clockPlan,
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
		exchange.ActTakeBack:          takeBackPlan,
	}
}

// planFor plans a decision by the table; exchange.ErrDecision for an action
// that is not in it.
func planFor(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	of, ok := planners()[x.Action]
	if !ok {
		return office.Plan{}, fmt.Errorf("%w: %s", exchange.ErrDecision, x.Action)
	}
	return of(d, s, x)
}

// onCase, onEntry and onFile make a planner of one that needs the case, the bank
// entry or the file alone; findSubject has read it.
func onCase(of func(*office.Case, exchange.Decision) (office.Plan, error)) planner {
	return func(_ *office.Desk, s subject, x exchange.Decision) (office.Plan, error) { return of(s.c, x) }
}

func onEntry(of func(*office.Desk, exchange.BankEntry, exchange.Decision) (office.Plan, error)) planner {
	return func(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) { return of(d, s.entry, x) }
}

func onFile(of func(*office.Desk, exchange.File, exchange.Decision) (office.Plan, error)) planner {
	return func(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) { return of(d, s.file, x) }
}

// refundPlan pays money of a case, or a credit that belongs to nobody, back to
// where it came from (SPEC 4).
func refundPlan(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	if s.c != nil {
		return payment.RefundPlan(s.c, x)
	}
	return payment.RefundEntryPlan(d, s.entry, x)
}

// personPlan lets a remittance go to the person in the end (SPEC 2.7).
func personPlan(_ *office.Desk, s subject, _ exchange.Decision) (office.Plan, error) {
	return transfer.PersonPlan(s.c)
}

// tiePlan settles a month of netting by a bank entry or a voucher.
func tiePlan(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	return netting.TiePlan(d, s.month, x)
}
