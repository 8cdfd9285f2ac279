package jobs

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
)

// receive books a credit for one part of a case and ties the entry to it.
func (c *casework) receive(e exchange.BankEntry, part int) error {
	if err := c.credit(e, part); err != nil {
		return err
	}
	return c.matched(e, c.No, part)
}

// credit adds money to a part, makes the part if the money came before its
// form, and goes on with the case.
func (c *casework) credit(e exchange.BankEntry, part int) error {
	r, err := c.tx.Remittance(c.No, part)
	if notFound(err) {
		r = exchange.Remittance{CaseNo: c.No, Part: part, Side: exchange.In, LetterNo: c.LetterNo, Track: exchange.MoneyNone, Since: c.Date}
		err = c.tx.InsertRemittance(r)
	}
	if err != nil {
		return err
	}
	total, err := r.Received.Add(e.Amount)
	if err != nil {
		return err
	}
	if r.Track == exchange.MoneyNotDue && r.FormNo == "" && !ended(c.Case) { // paid back before: this is other money
		if err := c.setMoney(&r, exchange.MoneyNone, nil); err != nil {
			return err
		}
	}
	to := exchange.MoneyReceived
	if r.Track != to && !exchange.CanMoney(exchange.In, r.Track, to) {
		to = exchange.MoneyDiffers
	}
	if err := c.setMoney(&r, to, func(r *exchange.Remittance) { r.Received, r.Ref = total, e.EndToEnd }); err != nil {
		return err
	}
	if err := c.note("money_received", e.Key, map[string]any{"part": part, "amount": e.Amount.String()}); err != nil {
		return err
	}
	switch {
	case ended(c.Case):
		err = c.difference("money", c.Partner, c.No, e.Key, string(c.State), "credit "+e.Amount.String())
	case to == exchange.MoneyDiffers:
		err = c.holdAmount(&r, "已办结部分又收到款项 "+e.Amount.String()+" 元")
	case r.FormNo != "":
		err = c.compare(&r)
	}
	if err != nil {
		return err
	}
	if err := c.advance(); err != nil {
		return err
	}
	return c.save()
}

// ended reports whether a case takes no money: what comes for it has to go back.
func ended(c exchange.Case) bool {
	switch c.State {
	case exchange.Refused, exchange.Declined, exchange.Cancelled, exchange.Void:
		return true
	}
	return false
}

// compare judges the money of a part against its form.
func (c *casework) compare(r *exchange.Remittance) error {
	switch {
	case r.Received == 0:
		return nil
	case r.Received != r.Amount:
		if err := c.setMoney(r, exchange.MoneyDiffers, nil); err != nil {
			return err
		}
		return c.holdAmount(r, fmt.Sprintf("信息表金额 %s，到账 %s", r.Amount, r.Received))
	}
	if err := c.owes(r); err != nil {
		return err
	}
	before, err := c.fulfilled(r.Part)
	if err != nil {
		return err
	}
	if err := c.book(ledger.Match(c.head(r.Ref), "", r.Amount-before, r.Received-before)); err != nil {
		return err
	}
	if err := c.setMoney(r, exchange.MoneyMatched, nil); err != nil {
		return err
	}
	c.MoneyOn = c.Date
	if c.Hold == code.HoldAmountDiffers {
		if err := c.release("金额已一致"); err != nil {
			return err
		}
	}
	_, first, err := c.tx.ClaimKey("money-received", c.Agency.Code, fmt.Sprintf("%s|%d|%s", c.No, r.Part, r.Received), 0)
	if err != nil || !first { // matched again, after a correction: it was told
		return err
	}
	return c.notify(code.MilestoneMoneyReceived, news{amount: r.Received, some: true})
}

// fulfilled is what was matched for a part before: one that was posted, and
// then got more, by a corrected form and another credit.
func (c *casework) fulfilled(part int) (sum money.Fen, err error) {
	entries, err := c.tx.LedgerOf(c.No)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		for _, p := range e.Postings {
			if p.Account.Title() == ledger.InFulfilled {
				sum += p.Amount
			}
		}
	}
	parts, err := c.tx.RemittancesByCase(c.No)
	for _, r := range parts {
		if r.Part != part && (r.Track == exchange.MoneyMatched || r.Track == exchange.MoneyPosted) {
			sum -= r.Amount
		}
	}
	return sum, err
}

// advice stores a remittance advice; a lump credit may have waited for it.
func (d *desk) advice(rec *formats.Advice) (outcome, error) {
	c, err := d.caseOf(exchange.In, rec.LetterNo)
	if notFound(err) {
		c, err = d.caseOf(exchange.Out, rec.LetterNo) // a refund to us
	}
	if notFound(err) {
		return d.unknown(code.UnknownLetter, "letter_no")
	}
	if err != nil {
		return outcome{}, err
	}
	if c.Partner != d.file.Party {
		return refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	if identity.Key(rec.PersonID) != c.Person.IDKey {
		return refused(code.PersonDiffers, "person_id", ""), nil
	}
	err = d.tx.InsertAdvice(exchange.Advice{
		Ref: rec.PaymentRef, LetterNo: rec.LetterNo, Side: c.Side, Partner: c.Partner, Purpose: string(rec.Purpose), FormNo: rec.FormNo,
		PersonID: rec.PersonID, Name: rec.Name, Amount: rec.Amount, ValueOn: rec.ValueDate, Reason: rec.Reason,
	})
	if err != nil {
		return outcome{}, err
	}
	if c.Side == exchange.In {
		if err := d.tx.WakeMarked(referenceMark(rec.PaymentRef)); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), c.note("advice_received", rec.PaymentRef, map[string]string{"amount": rec.Amount.String()})
}
