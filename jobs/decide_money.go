package jobs

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
)

// confirmCourse registers an account for one case or credit, confirmed
// outside the drop. A letter's account must be named as the letter names it.
func (d *desk) confirmCourse(s subjectOf, x exchange.Decision) (course, error) {
	account, cnaps := x.Args["account"], x.Args["cnaps"]
	if err := identity.CheckCNAPS(cnaps); err != nil {
		return course{}, cannot("行号有误", "the CNAPS is not one: "+err.Error())
	}
	way := course{comesTo: []string{d.sayf("账户 %s（%s）可以付款", "account %s (%s) may be paid", account, cnaps)}, take: func() error { return nil }}
	if s.c == nil {
		return way, nil
	}
	way.caseNo = s.c.No
	if s.c.Side == exchange.In {
		return way, nil
	}
	letter, err := d.tx.Letter(s.c.LetterNo, s.c.LetterVersion)
	if err != nil {
		return way, err
	}
	if letter.Account.No != account || letter.Account.CNAPS != cnaps {
		return way, cannot("联系函所列账户为 "+letter.Account.No, "the letter names the account "+letter.Account.No+" ("+letter.Account.CNAPS+")")
	}
	way.take = func() error { return d.lookAgain(s.c.No) }
	return way, nil
}

// lookAgain judges a held case anew, now that something was decided about it.
func (d *desk) lookAgain(caseNo string) error {
	c, err := d.tx.Case(caseNo)
	if err != nil || c.State != exchange.Held {
		return err
	}
	return d.rejudge(c)
}

// allowCourse lets payments of a case or credit pass the caps up to an amount.
func (d *desk) allowCourse(s subjectOf, x exchange.Decision) (course, error) {
	amount, err := amountOf(x.Args["amount"])
	if err != nil {
		return course{}, err
	}
	way := course{comesTo: []string{d.sayf("每笔 %s 以内可以付款", "payments up to %s each", amount)}, take: func() error { return nil }}
	if s.c != nil {
		way.caseNo = s.c.No
		way.take = func() error { return d.lookAgain(s.c.No) }
	}
	return way, nil
}

// allowed is the amount up to which officers have let payments of a subject
// pass the caps.
func (d *desk) allowed(subject string) (most money.Fen, err error) {
	all, err := d.tx.DecisionsAbout(subject, exchange.ActAllowCap)
	for _, x := range all {
		if amount, err := amountOf(x.Args["amount"]); err == nil {
			most = max(most, amount)
		}
	}
	return most, err
}

// payAgainCourse makes due again what came back: the returned parts of a case,
// to the account of its letter or payee, and returned refunds.
func (d *desk) payAgainCourse(s subjectOf) (course, error) {
	if s.c == nil {
		refunds, err := d.tx.RefundsByEntry(s.no)
		if err != nil {
			return course{}, err
		}
		return d.refundAgain(course{}, refunds)
	}
	way := course{caseNo: s.c.No}
	if s.c.Side == exchange.In {
		refunds, err := d.tx.RefundsByCase(s.c.No)
		if err != nil {
			return way, err
		}
		return d.refundAgain(way, refunds)
	}
	return s.c.partsAgain(way)
}

func (c *casework) partsAgain(way course) (course, error) {
	if c.State == exchange.Void || c.Wish == exchange.WishVoid {
		return way, cannot("办件已作废或正在作废", "the case is annulled")
	}
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return way, err
	}
	var again []exchange.Remittance
	for _, r := range parts {
		if r.Track == exchange.MoneyReturned {
			again = append(again, r)
			way.comesTo = append(way.comesTo, c.sayf("第 %d 笔：%s 付给%s", "part %d: %s to the %s", r.Part, r.Amount, c.word(exchange.ReceiverTerms(), r.To)))
		}
	}
	if len(again) == 0 {
		return way, cannot("没有退回的款项", "nothing of the case has come back")
	}
	way.take = func() error {
		for i := range again {
			if err := c.setMoney(&again[i], exchange.MoneyDue, nil); err != nil {
				return err
			}
			if err := c.note("payment_due_again", "officer", map[string]any{"part": again[i].Part}); err != nil {
				return err
			}
		}
		if err := c.retrack(); err != nil {
			return err
		}
		if c.Hold == code.HoldOfficersDecision || c.Hold == code.HoldPaymentReturned {
			if err := c.release("经办人员决定重新付款"); err != nil {
				return err
			}
		}
		return c.save()
	}
	return way, nil
}

func (d *desk) refundAgain(way course, refunds []exchange.Refund) (course, error) {
	var again []exchange.Refund
	for _, f := range refunds {
		if f.Track == exchange.MoneyReturned {
			again = append(again, f)
			way.comesTo = append(way.comesTo, d.refundLine(f))
		}
	}
	if len(again) == 0 {
		return way, cannot("没有退回的退款", "no refund has come back")
	}
	way.take = func() error {
		for _, f := range again {
			after := f
			after.Track, after.Since = exchange.MoneyDue, d.Date
			if account, err := d.lastConfirmed(f); err != nil {
				return err
			} else if account.No != "" {
				after.Payee = account
			}
			if err := d.tx.UpdateRefund(f, after); err != nil {
				return err
			}
			if err := d.refundOpen(after, "due again"); err != nil {
				return err
			}
		}
		return nil
	}
	return way, nil
}

// lastConfirmed is the account that was confirmed last for a refund, if any:
// a refund that came back goes there.
func (d *desk) lastConfirmed(f exchange.Refund) (exchange.Account, error) {
	subject := f.CaseNo
	if subject == "" {
		subject = f.EntryKey
	}
	list, err := d.confirmed(subject)
	if err != nil || len(list) == 0 {
		return exchange.Account{}, err
	}
	return list[len(list)-1], nil
}

// releaseCourse ends a hold: the case goes on where it stood. What the core
// refused is asked again.
func (c *casework) releaseCourse(x exchange.Decision) (course, error) {
	way := course{caseNo: c.No, comesTo: []string{c.sayf("%s：解除暂缓（%s），恢复为“%s”", "%s: from held (%s) to %s", c.No, c.Hold.Word(c.codeLang()), c.word(exchange.StateTerms(c.Side), string(c.HeldFrom)))}}
	way.take = func() error {
		if c.Hold == code.HoldRefusedByCore {
			if err := c.retryPostings(x.Reason); err != nil {
				return err
			}
			return c.save()
		}
		if err := c.release(x.Reason); err != nil {
			return err
		}
		if err := c.advance(); err != nil {
			return err
		}
		return c.save()
	}
	return way, nil
}

// acceptCourse closes a difference that somebody has explained.
func (d *desk) acceptCourse(id int64) (course, error) {
	open, err := d.tx.Differences(true)
	if err != nil {
		return course{}, err
	}
	for _, x := range open {
		if x.ID == id {
			subject, ours, theirs := d.sides(x)
			line := d.sayf("核销差异 %s %s：本方 %s，对方 %s", "accepted: %s %s: ours %s, theirs %s", d.differenceWord(x.Kind), subject, ours, theirs)
			return course{caseNo: x.CaseNo, comesTo: []string{line}, take: func() error { return d.tx.CloseDifference(id) }}, nil
		}
	}
	return course{}, cannot("该差异不存在或已关闭", "no such difference is open")
}
