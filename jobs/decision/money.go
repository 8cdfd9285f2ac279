package decision

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/transfer"
)

// confirmPlan registers an account for one case or credit, confirmed
// outside the drop. A letter's account must be named as the letter names it.
func confirmPlan(d *office.Desk, s subjectOf, x exchange.Decision) (office.Plan, error) {
	account, cnaps := x.Args["account"], x.Args["cnaps"]
	if err := identity.CheckCNAPS(cnaps); err != nil {
		return office.Plan{}, office.Undecidable("行号有误", "the CNAPS is not one: "+err.Error())
	}
	way := office.Plan{Effects: []string{d.Sayf("账户 %s（%s）可以付款", "account %s (%s) may be paid", account, cnaps)}, Apply: func() error { return nil }}
	if s.c == nil {
		return way, nil
	}
	way.CaseNo = s.c.No
	if s.c.Side == exchange.In {
		return way, nil
	}
	letter, err := d.Tx.Letter(s.c.LetterNo, s.c.LetterVersion)
	if err != nil {
		return way, err
	}
	if letter.Account.No != account || letter.Account.CNAPS != cnaps {
		return way, office.Undecidable("联系函所列账户为 "+letter.Account.No, "the letter names the account "+letter.Account.No+" ("+letter.Account.CNAPS+")")
	}
	way.Apply = func() error { return lookAgain(d, s.c.No) }
	return way, nil
}

// lookAgain judges a held case anew, now that something was decided about it.
func lookAgain(d *office.Desk, caseNo string) error {
	c, err := d.Tx.Case(caseNo)
	if err != nil || c.State != exchange.Held {
		return err
	}
	return transfer.Rejudge(d, c)
}

// allowPlan lets payments of a case or credit pass the caps up to an amount.
func allowPlan(d *office.Desk, s subjectOf, x exchange.Decision) (office.Plan, error) {
	amount, err := office.AmountOf(x.Args["amount"])
	if err != nil {
		return office.Plan{}, err
	}
	way := office.Plan{Effects: []string{d.Sayf("每笔 %s 以内可以付款", "payments up to %s each", amount)}, Apply: func() error { return nil }}
	if s.c != nil {
		way.CaseNo = s.c.No
		way.Apply = func() error { return lookAgain(d, s.c.No) }
	}
	return way, nil
}

// payAgainPlan makes due again what came back: the returned parts of a case,
// to the account of its letter or payee, and returned refunds.
func payAgainPlan(d *office.Desk, s subjectOf, _ exchange.Decision) (office.Plan, error) {
	if s.c == nil {
		refunds, err := d.Tx.RefundsByEntry(s.no)
		if err != nil {
			return office.Plan{}, err
		}
		return refundAgain(d, office.Plan{}, refunds)
	}
	way := office.Plan{CaseNo: s.c.No}
	if s.c.Side == exchange.In {
		refunds, err := d.Tx.RefundsByCase(s.c.No)
		if err != nil {
			return way, err
		}
		return refundAgain(d, way, refunds)
	}
	return partsAgain(s.c, way)
}

func partsAgain(c *office.Case, way office.Plan) (office.Plan, error) {
	if c.State == exchange.Void || c.Wish == exchange.WishVoid {
		return way, office.Undecidable("办件已作废或正在作废", "the case is annulled")
	}
	parts, err := c.Tx.RemittancesByCase(c.No)
	if err != nil {
		return way, err
	}
	var again []exchange.Remittance
	for _, r := range parts {
		if r.Track == exchange.MoneyReturned {
			again = append(again, r)
			way.Effects = append(way.Effects, c.Sayf("第 %d 笔：%s 付给%s", "part %d: %s to the %s", r.Part, r.Amount, c.Word(exchange.ReceiverTerms(), r.To)))
		}
	}
	if len(again) == 0 {
		return way, office.Undecidable("没有退回的款项", "nothing of the case has come back")
	}
	way.Apply = func() error {
		for i := range again {
			if err := c.SetMoney(&again[i], exchange.MoneyDue, nil); err != nil {
				return err
			}
			if err := c.Note("payment_due_again", "officer", map[string]any{"part": again[i].Part}); err != nil {
				return err
			}
		}
		if err := c.Retrack(); err != nil {
			return err
		}
		if c.Hold == code.HoldOfficersDecision || c.Hold == code.HoldPaymentReturned {
			if err := c.Resume("经办人员决定重新付款"); err != nil {
				return err
			}
		}
		return c.Save()
	}
	return way, nil
}

func refundAgain(d *office.Desk, way office.Plan, refunds []exchange.Refund) (office.Plan, error) {
	var again []exchange.Refund
	for _, f := range refunds {
		if f.Track == exchange.MoneyReturned {
			again = append(again, f)
			way.Effects = append(way.Effects, payment.RefundLine(d, f))
		}
	}
	if len(again) == 0 {
		return way, office.Undecidable("没有退回的退款", "no refund has come back")
	}
	way.Apply = func() error {
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
			if err := transfer.RefundOpen(d, after, "due again"); err != nil {
				return err
			}
		}
		return nil
	}
	return way, nil
}

// lastConfirmed is the account that was confirmed last for a refund, if any:
// a refund that came back goes there.
func lastConfirmed(d *office.Desk, f exchange.Refund) (exchange.Account, error) {
	subject := f.CaseNo
	if subject == "" {
		subject = f.EntryKey
	}
	list, err := d.ConfirmedAccounts(subject)
	if err != nil || len(list) == 0 {
		return exchange.Account{}, err
	}
	return list[len(list)-1], nil
}

// releasePlan ends a hold: the case goes on where it stood. What the core
// refused is asked again.
func releasePlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	way := office.Plan{CaseNo: c.No, Effects: []string{c.Sayf("%s：解除暂缓（%s），恢复为“%s”", "%s: from held (%s) to %s", c.No, c.Hold.Word(c.CodeLang()), c.Word(exchange.StateTerms(c.Side), string(c.HeldFrom)))}}
	way.Apply = func() error {
		if c.Hold == code.HoldRefusedByCore {
			if err := transfer.RetryPostings(c, x.Reason); err != nil {
				return err
			}
			return c.Save()
		}
		if err := c.Resume(x.Reason); err != nil {
			return err
		}
		if err := transfer.Advance(c); err != nil {
			return err
		}
		return c.Save()
	}
	return way, nil
}

// acceptPlan closes a difference that somebody has explained.
func acceptPlan(d *office.Desk, s subjectOf, _ exchange.Decision) (office.Plan, error) {
	open, err := d.Tx.Differences(true)
	if err != nil {
		return office.Plan{}, err
	}
	for _, x := range open {
		if x.ID == s.id {
			subject, ours, theirs := d.Sides(x)
			line := d.Sayf("核销差异 %s %s：本方 %s，对方 %s", "accepted: %s %s: ours %s, theirs %s", d.DifferenceWord(x.Kind), subject, ours, theirs)
			return office.Plan{CaseNo: x.CaseNo, Effects: []string{line}, Apply: func() error { return d.Tx.CloseDifference(x.ID) }}, nil
		}
	}
	return office.Plan{}, office.Undecidable("该差异不存在或已关闭", "no such difference is open")
}
