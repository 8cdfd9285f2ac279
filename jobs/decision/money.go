package decision

import (
	"errors"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/transfer"
)

// confirmPlan plans to confirm an account for one case or credit, checked outside
// the drop. Nothing but the decision is written: who pays looks for it
// (ConfirmedAccounts). The account of a letter must be given as the letter has it.
func confirmPlan(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	account, cnaps := x.Args["account"], x.Args["cnaps"]
	if err := identity.CheckCNAPS(cnaps); err != nil {
		return office.Plan{}, office.Undecidable("行号有误", "the CNAPS is not one: "+err.Error())
	}
	plan := office.Plan{Effects: []string{d.Sayf("账户 %s（%s）可以付款", "account %s (%s) may be paid", account, cnaps)}, Apply: func() error { return nil }}
	if s.c == nil {
		return plan, nil
	}
	plan.CaseNo = s.c.No
	if s.c.Side == exchange.In {
		return plan, nil // as new place we pay refunds alone, and those go to whatever account was confirmed
	}
	letter, err := s.c.Letter()
	if err != nil {
		return plan, err
	}
	payee, err := transfer.NamesPayee(s.c, account, cnaps)
	if err != nil {
		return plan, err
	}
	if !payee && (letter.Account.No != account || letter.Account.CNAPS != cnaps) {
		return plan, office.Undecidable("联系函所列账户为 "+letter.Account.No, "the letter names the account "+letter.Account.No+" ("+letter.Account.CNAPS+")")
	}
	plan.Apply = func() error { return rejudgeHeld(d, s.c.No) }
	return plan, nil
}

// allowPlan plans to let payments of a case or credit pass the caps up to an
// amount each. Like a confirmed account, the decision itself is what counts
// (AllowedAmount).
func allowPlan(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	if s.kind == exchange.AboutDay {
		return allowDayPlan(d, s.day, x)
	}
	amount, err := office.AmountOf(x.Args["amount"])
	if err != nil {
		return office.Plan{}, err
	}
	plan := office.Plan{Effects: []string{d.Sayf("每笔 %s 以内可以付款", "payments up to %s each", amount)}, Apply: func() error { return nil }}
	if s.c != nil {
		plan.CaseNo = s.c.No
		plan.Apply = func() error { return rejudgeHeld(d, s.c.No) }
	}
	return plan, nil
}

// payAgainPlan plans to make due again what the bank returned: parts of a case,
// to the account of its letter or payee, and refunds. Parts that are due again and wait
// for the bank's statement wait no more.
func payAgainPlan(d *office.Desk, s subject, _ exchange.Decision) (office.Plan, error) {
	if s.c == nil {
		refunds, err := d.Tx.RefundsByEntry(s.no)
		if err != nil {
			return office.Plan{}, err
		}
		return repayRefunds(d, office.Plan{}, refunds)
	}
	plan := office.Plan{CaseNo: s.c.No}
	if s.c.Side == exchange.In {
		refunds, err := d.Tx.RefundsByCase(s.c.No)
		if err != nil {
			return plan, err
		}
		return repayRefunds(d, plan, refunds)
	}
	return repayParts(s.c, plan)
}

// repayParts adds to a plan that the returned parts of a case are due again. Not
// of a case that is annulled: its money is to stay.
func repayParts(c *office.Case, plan office.Plan) (office.Plan, error) {
	if c.State == exchange.Void || c.Wish == exchange.WishVoid {
		return plan, office.Undecidable("办件已作废或正在作废", "the case is annulled")
	}
	parts, err := c.Parts()
	if err != nil {
		return plan, err
	}
	var again []exchange.Remittance
	for _, r := range parts {
		if r.Track == exchange.MoneyReturned || r.Track == exchange.MoneyDue && r.Ref != "" && r.Again != r.Ref && c.Hold == code.HoldPaymentReturned {
			again = append(again, r)
			plan.Effects = append(plan.Effects, c.Sayf("第 %d 笔：%s 付给%s",
				"part %d: %s to the %s", r.Part, r.Amount, c.Word(exchange.ReceiverTerms(), r.To)))
		}
	}
	if len(again) == 0 {
		return plan, office.Undecidable("没有退回的款项", "nothing of the case has come back")
	}
	plan.Apply = func() error {
		for i := range again {
			if err := c.SetMoney(&again[i], exchange.MoneyDue, func(r *exchange.Remittance) { r.Again = r.Ref }); err != nil {
				return err
			}
			if err := c.Note("payment_due_again", code.Say("officer-decided"), map[string]any{"part": again[i].Part}); err != nil {
				return err
			}
		}
		if err := errors.Join(transfer.CloseAccountQueries(c), c.Retrack()); err != nil {
			return err
		}
		// Holds that wait for this decision end with it; any other stays.
		if c.Hold == code.HoldOfficersDecision || c.Hold == code.HoldPaymentReturned {
			if err := c.Resume(code.Say("pay-again-decided")); err != nil {
				return err
			}
		}
		return c.Save()
	}
	return plan, nil
}

// repayRefunds adds to a plan that returned refunds are due again, each to the
// account confirmed since, else to the one that it came back from.
func repayRefunds(d *office.Desk, plan office.Plan, refunds []exchange.Refund) (office.Plan, error) {
	var again []exchange.Refund
	for _, f := range refunds {
		if f.Track == exchange.MoneyReturned {
			again = append(again, f)
			plan.Effects = append(plan.Effects, payment.RefundLine(d, f))
		}
	}
	if len(again) == 0 {
		return plan, office.Undecidable("没有退回的退款", "no refund has come back")
	}
	plan.Apply = func() error {
		for _, f := range again {
			after := f
			after.Track, after.Since = exchange.MoneyDue, d.Date
			if account, err := lastConfirmed(d, f); err != nil {
				return err
			} else if account.No != "" {
				after.Payee = account
			}
			if err := d.Tx.UpdateRefund(f, after); err != nil {
				return err
			}
			if err := transfer.ReportRefund(d, after, code.Say("due-again")); err != nil {
				return err
			}
		}
		return nil
	}
	return plan, nil
}

// lastConfirmed is the account that was confirmed last for a refund, under its
// case or its credit; the zero account when none was.
func lastConfirmed(d *office.Desk, f exchange.Refund) (exchange.Account, error) {
	about := f.CaseNo
	if about == "" {
		about = f.EntryKey
	}
	list, err := d.ConfirmedAccounts(about)
	if err != nil || len(list) == 0 {
		return exchange.Account{}, err
	}
	return list[len(list)-1], nil
}
