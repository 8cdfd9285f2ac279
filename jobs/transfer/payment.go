package transfer

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/jobs/office"
)

// SetPayment moves a payment and the parts it pays along the money track, and
// books and journals each part; change, when not nil, may alter the payment
// besides. A step that the track does not allow is exchange.ErrNotAllowed.
func SetPayment(d *office.Desk, p exchange.Payment, to exchange.MoneyTrack, change func(*exchange.Payment)) error {
	before := p
	p.Track = to
	if change != nil {
		change(&p)
	}
	if err := d.Tx.UpdatePayment(before, p); err != nil {
		return err
	}
	// Whatever the bank says of a payment proves that it has the file.
	if before.Track == exchange.MoneyUnknown && to != exchange.MoneyUnknown && to != exchange.MoneyDue {
		if err := FileArrived(d, p.FileID); err != nil {
			return err
		}
	}
	for _, item := range p.Items {
		if err := movePart(d, p, before.BankRef != "", item, to); err != nil {
			return fmt.Errorf("payment %s: %w", p.Ref, err)
		}
	}
	if p.Purpose == string(code.PurposeRefund) {
		return setRefund(d, p, to)
	}
	return nil
}

// FileArrived marks a payment file whose upload was unknown as sent, because the
// bank speaks of what is in it; any other file is left as it is.
func FileArrived(d *office.Desk, id int64) error {
	if id == 0 { // of no file that the store knows: the bank's debit alone told of it
		return nil
	}
	f := d.File
	if f.ID != id {
		var err error
		if f, err = d.Tx.File(id); err != nil {
			return err
		}
	}
	if f.State != exchange.FileSending {
		return nil
	}
	after := f
	after.State, after.SentAt = exchange.FileSent, d.Now()
	return d.Tx.UpdateFile(f, after)
}

// movePart moves one part with its payment, which was debited before or not. A part that
// has moved on to a later attempt is left alone: late news of the earlier one must not
// touch it.
func movePart(d *office.Desk, p exchange.Payment, debited bool, item exchange.PaymentItem, to exchange.MoneyTrack) error {
	c, r, err := d.PartOf(item.CaseNo, item.Part)
	if err != nil {
		return err
	}
	if r.Ref != p.Ref {
		return nil
	}
	from := r.Track
	if to == exchange.MoneyReturned {
		if err := withdrawConfirmation(c, r, p); err != nil {
			return err
		}
	}
	if err := d.SetMoney(&r, to, func(r *exchange.Remittance) { r.Reason = p.Reason }); err != nil {
		return err
	}
	moved := r
	moved.Amount = item.Amount                                                    // what was ordered leaves a place, whatever stands on the part since
	if from == exchange.MoneyReturned && to == exchange.MoneySettled && debited { // its return is taken back
		if err := c.Book(ledger.Reverse(returned(c, moved, p.Ref), int(c.Date), p.Ref)); err != nil {
			return err
		}
	} else if err := bookMoney(c, from, to, moved, p.Ref); err != nil {
		return err
	}
	switch to {
	case exchange.MoneySubmitted:
		c.MoneyOn = c.Date
	case exchange.MoneySettled:
		if err := reconfirm(c, r); err != nil {
			return err
		}
	}
	if err := c.Note("money_"+string(to), code.Text(p.Ref), map[string]any{"part": r.Part, "amount": item.Amount.String(), "reason": p.Reason}); err != nil {
		return err
	}
	if err := c.RetrackMoney(); err != nil {
		return err
	}
	return c.Save()
}

// bookMoney books a step of the money track. Submit is booked with the first step
// after released, as ledger titles cannot be skipped, whatever the bank reports
// first.
func bookMoney(c *office.Case, from, to exchange.MoneyTrack, r exchange.Remittance, ref string) error {
	head, person := c.LedgerHead(ref), r.To == exchange.ToPerson
	atBank := from.Place() == exchange.PlaceBank || from == exchange.MoneyReleased
	var entries []ledger.Entry
	if atBank && from == exchange.MoneyReleased && to != exchange.MoneyDue {
		entries = append(entries, ledger.Submit(head, r.Amount))
	}
	if from == exchange.MoneyReturned && to == exchange.MoneySettled { // refused, and debited all the same
		entries = append(entries, ledger.Reverse(ledger.RefuseByBank(head, r.Amount), int(c.Date), ref))
	}
	switch {
	case to == exchange.MoneySettled && person:
		entries = append(entries, ledger.SettleToPerson(head, r.Amount, r.Amount))
	case to == exchange.MoneySettled:
		entries = append(entries, ledger.Settle(head, r.Amount, r.Amount))
	case to == exchange.MoneyReturned && atBank:
		entries = append(entries, ledger.RefuseByBank(head, r.Amount))
	case to == exchange.MoneyReturned:
		entries = append(entries, returned(c, r, ref))
	case to == exchange.MoneyDue && from == exchange.MoneyReleased, to == exchange.MoneyDue && from == exchange.MoneyOrdered:
		entries = append(entries, ledger.VoidOrder(head, r.Amount))
	case to == exchange.MoneyDue && from == exchange.MoneyUnknown: // it never reached the bank after all
		entries = append(entries, ledger.RefuseByBank(head, r.Amount), ledger.OrderAgain(head, r.Amount), ledger.VoidOrder(head, r.Amount))
	}
	for _, e := range entries {
		if err := c.Book(e); err != nil {
			return err
		}
	}
	return nil
}

// returned is how money that came back after its debit is booked.
func returned(c *office.Case, r exchange.Remittance, ref string) ledger.Entry {
	if r.To == exchange.ToPerson {
		return ledger.ReturnByPerson(c.LedgerHead(ref), r.Amount)
	}
	return ledger.Return(c.LedgerHead(ref), r.Amount)
}

// PaymentFailed works a return (退汇) or a refusal by the bank: the parts are
// returned with the bank's reason, and the partner is asked for the account
// (SPEC 4). change may alter the payment besides.
func PaymentFailed(d *office.Desk, p exchange.Payment, reason code.Phrase, change func(*exchange.Payment)) error {
	failed := func(p *exchange.Payment) {
		p.Reason = reason
		change(p)
	}
	if err := SetPayment(d, p, exchange.MoneyReturned, failed); err != nil {
		return err
	}
	for _, item := range p.Items {
		if err := queryAccount(d, item, reason); err != nil {
			return err
		}
	}
	return nil
}

// queryAccount sends the partner a query about the account of a returned part,
// whose answer allows the next attempt (recordAnswer). Of a part that goes to the
// person it holds the case for the payee; of an annulled case nothing is paid
// again.
func queryAccount(d *office.Desk, item exchange.PaymentItem, reason code.Phrase) error {
	c, r, err := d.PartOf(item.CaseNo, item.Part)
	if err != nil {
		return err
	}
	if r.To == exchange.ToPerson {
		if err := c.PutOnHold(code.HoldPayeeMissing, code.Say("payment-came-back", reason)); err != nil {
			return err
		}
		return c.Save()
	}
	if c.Wish == exchange.WishVoid { // it is back, which the annulment waited for
		if err := ContinueVoid(c); err != nil {
			return err
		}
		return c.Save()
	}
	letter, err := c.Letter()
	if err != nil {
		return err
	}
	no, err := d.Tx.NextNumber("Z", d.Agency.Code, d.Date)
	if err != nil {
		return err
	}
	q := exchange.Query{
		No: no, Side: QuerySent, Party: c.Partner, LetterNo: c.LetterNo, FormNo: r.FormNo, About: string(code.AboutAccount),
		Ours: letter.Account.No, Text: "划转款项被退回（" + office.OneLine(d.InChinese(reason), 200) + "），请核实收款账户：账户无误请原样回复，如有变更请发新版联系函。",
		AskedOn: d.Date, DueOn: d.Calendar.Due(d.Date, d.Rules.QueryWD, calendar.DueOptions{}).Date, State: QueryOpen, CaseNo: c.No,
		Echo: c.No,
	}
	if err := SendQuery(d, q); err != nil {
		return err
	}
	return c.Note("account_asked", code.Text(q.No), nil)
}
