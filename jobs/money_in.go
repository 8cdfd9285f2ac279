package jobs

import (
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
)

// bankEntry books one entry of our account, as a camt.054 brings it. One that
// is known already changes nothing.
func (d *desk) bankEntry(e exchange.BankEntry) error {
	e.State, e.SeenOn = exchange.EntryUnmatched, d.Date
	switch err := d.tx.InsertBankEntry(e); {
	case errors.Is(err, store.ErrDuplicate):
		return nil
	case err != nil:
		return err
	}
	if !e.Credit {
		return d.debited(e)
	}
	p, err := d.ourPayment(e)
	if err != nil {
		return err
	}
	if p != nil {
		return d.returned(e, *p)
	}
	if err := d.book(ledger.Receive(ledger.Head{Date: int(d.Date), Memo: e.Key}, e.Amount)); err != nil {
		return err
	}
	_, err = d.matchEntry(e)
	return err
}

// ourPayment finds the payment of ours that came back with a credit.
func (d *desk) ourPayment(e exchange.BankEntry) (*exchange.Payment, error) {
	if e.EndToEnd == "" {
		return nil, nil
	}
	p, err := d.tx.Payment(e.EndToEnd)
	if notFound(err) {
		return nil, nil
	}
	return &p, err
}

// debited settles the payment that a debit names.
func (d *desk) debited(e exchange.BankEntry) error {
	p, err := d.tx.Payment(e.EndToEnd)
	if notFound(err) {
		return nil // stays unmatched: somebody has to look at it
	}
	if err != nil {
		return err
	}
	if p.Amount != e.Amount {
		return d.difference("money", p.Partner, "", p.Ref, p.Amount.String(), e.Amount.String())
	}
	if p.Track == exchange.MoneySettled {
		return nil
	}
	if err := d.setPayment(p, exchange.MoneySettled, func(p *exchange.Payment) { p.BankRef = e.Ref }); err != nil {
		return err
	}
	return d.matched(e, "", 0)
}

// setPayment moves a payment and the parts it pays along the money track.
func (d *desk) setPayment(p exchange.Payment, to exchange.MoneyTrack, change func(*exchange.Payment)) error {
	before := p
	p.Track = to
	if change != nil {
		change(&p)
	}
	if err := d.tx.UpdatePayment(before, p); err != nil {
		return err
	}
	if before.Track == exchange.MoneyUnknown && to != exchange.MoneyUnknown && to != exchange.MoneyDue {
		if err := d.fileArrived(p.FileID); err != nil {
			return err
		}
	}
	for _, item := range p.Items {
		if err := d.setPart(p, item, to); err != nil {
			return fmt.Errorf("payment %s: %w", p.Ref, err)
		}
	}
	return nil
}

// fileArrived ends a payment file's unknown fate: the bank speaks of what is
// in it.
func (d *desk) fileArrived(id int64) error {
	f, err := d.tx.File(id)
	if err != nil || f.State != exchange.FileSending {
		return err
	}
	after := f
	after.State, after.SentAt = exchange.FileSent, d.Now()
	return d.tx.UpdateFile(f, after)
}

func (d *desk) setPart(p exchange.Payment, item exchange.PaymentItem, to exchange.MoneyTrack) error {
	c, err := d.caseNo(item.CaseNo)
	if err != nil {
		return err
	}
	r, err := d.tx.Remittance(item.CaseNo, item.Part)
	if err != nil {
		return err
	}
	if r.Ref != p.Ref {
		return nil // an earlier attempt: the part has moved on
	}
	from := r.Track
	if err := d.setMoney(&r, to, func(r *exchange.Remittance) { r.Reason = p.Reason }); err != nil {
		return err
	}
	if err := c.bookMoney(from, to, r, p.Ref); err != nil {
		return err
	}
	if to == exchange.MoneySubmitted {
		c.MoneyOn = c.Date
	}
	if err := c.note("money_"+string(to), p.Ref, map[string]any{"part": r.Part, "amount": item.Amount.String(), "reason": p.Reason}); err != nil {
		return err
	}
	if err := c.retrack(); err != nil {
		return err
	}
	return c.save()
}

// bookMoney is the ledger's view of a step of the money track.
func (c *casework) bookMoney(from, to exchange.MoneyTrack, r exchange.Remittance, ref string) error {
	head, person := c.head(ref), r.To == exchange.ToPerson
	atBank := from == exchange.MoneySubmitted || from == exchange.MoneyUnknown || from == exchange.MoneyReleased
	var entries []ledger.Entry
	if atBank && from == exchange.MoneyReleased && to != exchange.MoneyDue {
		entries = append(entries, ledger.Submit(head, r.Amount))
	}
	switch {
	case to == exchange.MoneySettled && person:
		entries = append(entries, ledger.SettleToPerson(head, r.Amount, r.Amount))
	case to == exchange.MoneySettled:
		entries = append(entries, ledger.Settle(head, r.Amount, r.Amount))
	case to == exchange.MoneyReturned && atBank:
		entries = append(entries, ledger.RefuseByBank(head, r.Amount))
	case to == exchange.MoneyReturned && person:
		entries = append(entries, ledger.ReturnByPerson(head, r.Amount))
	case to == exchange.MoneyReturned:
		entries = append(entries, ledger.Return(head, r.Amount))
	case to == exchange.MoneyDue && from == exchange.MoneyReleased, to == exchange.MoneyDue && from == exchange.MoneyOrdered:
		entries = append(entries, ledger.VoidOrder(head, r.Amount))
	case to == exchange.MoneyDue && from == exchange.MoneyUnknown: // it never reached the bank after all
		entries = append(entries, ledger.RefuseByBank(head, r.Amount), ledger.OrderAgain(head, r.Amount), ledger.VoidOrder(head, r.Amount))
	}
	for _, e := range entries {
		if err := c.book(e); err != nil {
			return err
		}
	}
	return nil
}

// returned reopens the money track of a payment that came back, and asks the
// partner for its account.
func (d *desk) returned(e exchange.BankEntry, p exchange.Payment) error {
	if p.Track == exchange.MoneyReturned {
		return nil
	}
	if p.Amount != e.Amount {
		return d.difference("money", p.Partner, "", p.Ref, p.Amount.String(), e.Amount.String())
	}
	return d.paymentFailed(p, strings.TrimSpace(e.ReturnCode+" "+e.Text), func() error { return d.matched(e, "", 0) })
}

// paymentFailed is a return, or a refusal by the bank.
func (d *desk) paymentFailed(p exchange.Payment, reason string, after func() error) error {
	if err := d.setPayment(p, exchange.MoneyReturned, func(p *exchange.Payment) { p.Reason = reason }); err != nil {
		return err
	}
	for _, item := range p.Items {
		if err := d.askAccount(item, reason); err != nil {
			return err
		}
	}
	if after != nil {
		return after()
	}
	return nil
}

// askAccount asks the partner for the account of a returned part, or waits
// for the payee of one that goes to the person.
func (d *desk) askAccount(item exchange.PaymentItem, reason string) error {
	c, err := d.caseNo(item.CaseNo)
	if err != nil {
		return err
	}
	r, err := d.tx.Remittance(item.CaseNo, item.Part)
	if err != nil {
		return err
	}
	if r.To == exchange.ToPerson {
		if err := c.hold(code.HoldPayeeMissing, "付款被退回："+reason); err != nil {
			return err
		}
		return c.save()
	}
	letter, err := d.tx.Letter(c.LetterNo, c.LetterVersion)
	if err != nil {
		return err
	}
	no, err := d.tx.NextNumber("Z", d.Agency.Code, d.Date)
	if err != nil {
		return err
	}
	q := exchange.Query{
		No: no, Side: QuerySent, Party: c.Partner, LetterNo: c.LetterNo, FormNo: r.FormNo, About: string(code.AboutAccount),
		Ours: letter.Account.No, Text: "划转款项被退回（" + reason + "），请核实收款账户：账户无误请原样回复，如有变更请发新版联系函。",
		AskedOn: d.Date, DueOn: d.Calendar.Due(d.Date, d.queryWD(), dueOptions()).Date, State: QueryOpen, CaseNo: c.No,
		Echo: c.No,
	}
	if err := d.ask(q); err != nil {
		return err
	}
	return c.note("account_asked", q.No, nil)
}

// matched ties a bank entry.
func (d *desk) matched(e exchange.BankEntry, caseNo string, part int) error {
	before := e
	e.State, e.CaseNo, e.Part = exchange.EntryMatched, caseNo, part
	return d.tx.UpdateBankEntry(before, e)
}

// matchEntry finds the case that a credit belongs to, in the order of SPEC 4:
// letter number in the text; ID and exact amount; lump sum by its advices;
// EndToEndId. What is found is booked; what is not stays unmatched.
func (d *desk) matchEntry(e exchange.BankEntry) (bool, error) {
	letterNo, idNo := iso20022.ParseRemittance(e.Text)
	if letterNo != "" {
		c, err := d.caseOf(exchange.In, letterNo)
		if err == nil {
			if idNo != "" && identity.Key(idNo) != c.Person.IDKey {
				return true, d.wrongPerson(c, e)
			}
			return true, c.receive(e, partOf(e.EndToEnd, letterNo))
		}
		if !notFound(err) {
			return false, err
		}
	}
	if idNo != "" {
		if c, part, err := d.byPersonAndAmount(identity.Key(idNo), e.Amount); err != nil || c != nil {
			if err != nil {
				return false, err
			}
			return true, c.receive(e, part)
		}
	}
	if done, err := d.byLumpSum(e); done || err != nil {
		return done, err
	}
	if letterNo, part, _, ok := splitRef(e.EndToEnd); ok {
		c, err := d.caseOf(exchange.In, letterNo)
		if err == nil {
			return true, c.receive(e, part)
		}
		if !notFound(err) {
			return false, err
		}
	}
	return false, nil
}

// partOf is the part that an EndToEndId names for a letter; the first when it names none.
func partOf(endToEnd, letterNo string) int {
	if no, part, _, ok := splitRef(endToEnd); ok && no == letterNo {
		return part
	}
	return 1
}

func (d *desk) wrongPerson(c *casework, e exchange.BankEntry) error {
	if err := c.hold(code.HoldAmountDiffers, "到账附言中的证件号码与联系函所列参保人不一致"); err != nil {
		return err
	}
	if err := d.difference("money", c.Partner, c.No, e.Key, identity.Mask(c.Person.IDNo), identity.MaskIn(e.Text)); err != nil {
		return err
	}
	return c.save()
}

// byPersonAndAmount finds the one open part of a person with exactly this amount.
func (d *desk) byPersonAndAmount(idKey string, amount money.Fen) (*casework, int, error) {
	cases, err := d.tx.CasesByPerson(idKey)
	if err != nil {
		return nil, 0, err
	}
	var found *casework
	part := 0
	for _, c := range cases {
		if c.Side != exchange.In {
			continue
		}
		parts, err := d.tx.RemittancesByCase(c.No)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range parts {
			if r.Track != exchange.MoneyNone || r.Amount != amount {
				continue
			}
			if found != nil {
				return nil, 0, nil // two would fit: staff decide
			}
			found, part = d.open(c), r.Part
		}
	}
	return found, part, nil
}

// byLumpSum matches one credit for several persons by its advices, which must
// add up to it.
func (d *desk) byLumpSum(e exchange.BankEntry) (bool, error) {
	ref := lumpRef(e)
	if ref == "" {
		return false, nil
	}
	advices, err := d.tx.Advices(ref)
	if err != nil || len(advices) == 0 {
		return false, err
	}
	sum := money.Fen(0)
	for _, a := range advices {
		if sum, err = sum.Add(a.Amount); err != nil {
			return false, err
		}
	}
	if sum != e.Amount {
		return false, nil
	}
	for _, a := range advices {
		c, err := d.caseOf(exchange.In, a.LetterNo)
		if notFound(err) {
			return false, fmt.Errorf("lump sum %s: advice about unknown letter %s", ref, a.LetterNo)
		}
		if err != nil {
			return false, err
		}
		part := e
		part.Amount = a.Amount
		if err := c.credit(part, c.partOfForm(a.FormNo)); err != nil {
			return false, err
		}
	}
	return true, d.matched(e, "", 0)
}

// lumpRef finds the reference of a lump sum: L payer receiver date number.
func lumpRef(e exchange.BankEntry) string {
	for _, word := range append([]string{e.EndToEnd}, strings.Fields(e.Text)...) {
		if len(word) == 25 && word[0] == 'L' && strings.Trim(word[1:], "0123456789") == "" {
			return word
		}
	}
	return ""
}

// partOfForm is the part that a form announced; 1 when the form is not here.
func (c *casework) partOfForm(formNo string) int {
	parts, err := c.tx.RemittancesByCase(c.No)
	if err == nil {
		for _, r := range parts {
			if r.FormNo == formNo && formNo != "" && r.Track != exchange.MoneyPosted {
				return r.Part
			}
		}
	}
	return 1
}

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
	to := exchange.MoneyReceived
	if !exchange.CanMoney(exchange.In, r.Track, to) {
		to = exchange.MoneyDiffers
	}
	if err := c.setMoney(&r, to, func(r *exchange.Remittance) { r.Received, r.Ref = total, e.EndToEnd }); err != nil {
		return err
	}
	if err := c.note("money_received", e.Key, map[string]any{"part": part, "amount": e.Amount.String()}); err != nil {
		return err
	}
	switch {
	case to == exchange.MoneyDiffers:
		err = c.hold(code.HoldAmountDiffers, "已办结部分又收到款项 "+e.Amount.String()+" 元")
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

// compare judges the money of a part against its form.
func (c *casework) compare(r *exchange.Remittance) error {
	switch {
	case r.Received == 0:
		return nil
	case r.Received != r.Amount:
		if err := c.setMoney(r, exchange.MoneyDiffers, nil); err != nil {
			return err
		}
		return c.hold(code.HoldAmountDiffers, fmt.Sprintf("信息表金额 %s，到账 %s", r.Amount, r.Received))
	}
	if err := c.book(ledger.Match(c.head(r.Ref), "", r.Amount, r.Received)); err != nil {
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
	return c.notify(code.MilestoneMoneyReceived, "", 0)
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
	return accepted(), c.note("advice_received", rec.PaymentRef, map[string]string{"amount": rec.Amount.String()})
}

// matchWaiting tries again to match what the bank brought earlier.
func (d *desk) matchWaiting() error {
	entries, err := d.tx.UnmatchedEntries()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Credit {
			continue
		}
		if _, err := d.matchEntry(e); err != nil {
			return err
		}
	}
	return nil
}
