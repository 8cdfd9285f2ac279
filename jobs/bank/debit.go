package bank

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// ourPayment finds the payment of ours that came back with a credit: by its
// EndToEndId, or, of a return that has none, by what its text names.
func ourPayment(d *office.Desk, e exchange.BankEntry) (*exchange.Payment, error) {
	p, err := d.Tx.Payment(e.EndToEnd)
	if err == nil {
		return &p, nil
	}
	if !office.IsNotFound(err) || (e.ReturnCode == "" && !e.Reversal) {
		return nil, office.IgnoreNotFound(err)
	}
	return namedPayment(d, e, func(p exchange.Payment) bool { return p.ReturnRef == "" })
}

// namedPayment finds the payment that an entry's text names: by its reference,
// a lump sum's too, else by the letter number and the exact amount. keep says
// which of several attempts and parts it may be; one that was ordered after the
// bank's day is none of them, an earlier attempt may be. Of equal parts, to two
// heirs, it is the one whose payee has the entry's other account.
func namedPayment(d *office.Desk, e exchange.BankEntry, keep func(exchange.Payment) bool) (named *exchange.Payment, err error) {
	if ref := lumpRef(e); ref != "" {
		p, err := d.Tx.Payment(ref)
		if err != nil || p.Amount != e.Amount || !keep(p) {
			return nil, office.IgnoreNotFound(err)
		}
		return &p, nil
	}
	letterNo, _ := iso20022.ParseRemittance(e.Text)
	if letterNo == "" {
		return nil, nil
	}
	c, err := d.CaseByLetter(exchange.Out, letterNo)
	if office.IsNotFound(err) {
		return namedRefund(d, letterNo, e, keep)
	}
	if err != nil {
		return nil, err
	}
	list, err := d.Tx.PaymentsByCase(c.No)
	if err != nil {
		return nil, err
	}
	for i := range list {
		p := &list[i]
		if p.Lump || p.Amount != e.Amount || p.ValueOn > e.BookedOn || !slices.Contains(atBank(), p.Track) || !keep(*p) {
			continue
		}
		if named == nil || nearer(*p, *named, e) {
			named = p
		}
	}
	return named, nil
}

// atBank are the tracks of a payment that the bank had, one that it refused or
// gave back last.
func atBank() []exchange.MoneyTrack {
	return []exchange.MoneyTrack{exchange.MoneySubmitted, exchange.MoneyUnknown, exchange.MoneySettled, exchange.MoneyReturned}
}

// nearer reports whether an entry is rather about p than about q: by the
// payee's account, then whether it came back already, then the later attempt.
func nearer(p, q exchange.Payment, e exchange.BankEntry) bool {
	if mine, other := p.Payee.No == e.CounterAcct, q.Payee.No == e.CounterAcct; mine != other {
		return mine
	}
	if mine, other := p.Track != exchange.MoneyReturned, q.Track != exchange.MoneyReturned; mine != other {
		return mine
	}
	return p.ValueOn > q.ValueOn
}

// namedRefund is namedPayment for a letter of ours: the only payments about
// one are those that give back what came for it.
func namedRefund(d *office.Desk, letterNo string, e exchange.BankEntry, keep func(exchange.Payment) bool) (*exchange.Payment, error) {
	c, err := d.CaseByLetter(exchange.In, letterNo)
	if err != nil {
		return nil, office.IgnoreNotFound(err)
	}
	list, err := d.Tx.RefundsByCase(c.No)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.Amount != e.Amount || f.Ref == "" {
			continue
		}
		p, err := d.Tx.Payment(f.Ref)
		if err == nil && p.ValueOn <= e.BookedOn && keep(p) {
			return &p, nil
		}
		if office.IgnoreNotFound(err) != nil {
			return nil, err
		}
	}
	return nil, nil
}

// debited settles the payment that a debit names. A debit that comes after the
// same payment's return only completes the picture.
func debited(d *office.Desk, e exchange.BankEntry) error {
	if e.EndToEnd == "" && e.Order != "" {
		done, err := orderBooked(d, e)
		if done || err != nil {
			return err
		}
	}
	p, err := d.Tx.Payment(e.EndToEnd)
	if office.IsNotFound(err) {
		named, err := namedPayment(d, e, func(p exchange.Payment) bool { return p.BankRef == "" })
		if err != nil {
			return err
		}
		if named == nil {
			return transfer.FlagUnmatched(d, e, "", "", "debit "+e.Amount.String())
		}
		p = *named
	} else if err != nil {
		return err
	}
	switch {
	case p.Amount != e.Amount:
		return transfer.FlagUnmatched(d, e, p.Partner, p.Ref+" "+p.Amount.String(), "debit "+e.Amount.String())
	case p.BankRef != "":
		return transfer.FlagUnmatched(d, e, p.Partner, p.Ref+" debited before, "+p.BankRef, "debit "+e.Amount.String())
	}
	if err := Settle(d, p, DebitRef(e)); err != nil {
		return err
	}
	return transfer.MarkMatched(d, e, "", 0)
}

// Settle notes the debit of a payment.
func Settle(d *office.Desk, p exchange.Payment, bankRef string) error {
	noted := p
	noted.BankRef = bankRef
	switch {
	case p.Track == exchange.MoneyReturned && p.ReturnRef != "":
		return d.Tx.UpdatePayment(p, noted)
	case p.Track == exchange.MoneyReturned:
		return paidAfterAll(d, p, noted)
	}
	return transfer.SetPayment(d, p, exchange.MoneySettled, func(p *exchange.Payment) { p.BankRef = bankRef })
}

// paidAfterAll takes the debit of a payment that the bank's report had refused.
// Money moved, so the debit counts; that the bank contradicts itself is named
// until the money comes back, and nothing is paid again before.
func paidAfterAll(d *office.Desk, p, noted exchange.Payment) error {
	for _, item := range p.Items {
		r, err := d.Tx.Remittance(item.CaseNo, item.Part)
		if err != nil {
			return err
		}
		if r.Ref == p.Ref && r.Track == exchange.MoneyReturned {
			continue
		}
		c, err := d.CaseByNo(item.CaseNo)
		if err != nil {
			return err
		}
		if err := c.PutOnHold(code.HoldAmountDiffers, "银行回执称已拒付，却又扣款："+p.Ref); err != nil {
			return err
		}
		if err := c.Save(); err != nil {
			return err
		}
	}
	if err := transfer.SetPayment(d, p, exchange.MoneySettled, func(p *exchange.Payment) { p.BankRef = noted.BankRef }); err != nil {
		return err
	}
	return d.RecordDifference("money", p.Partner, "", p.Ref, "refused by the bank: "+p.Reason, "debited all the same, "+noted.BankRef)
}

// orderBooked settles, or takes back, what is in a payment file that the bank
// booked as one sum: all of it, or all of it but what the bank had refused.
// done is false when the entry names no file of ours, or another sum. The file
// is walked twice, so that nothing of it is kept however much it holds.
func orderBooked(d *office.Desk, e exchange.BankEntry) (done bool, err error) {
	sent, err := orderFile(d, e.Order)
	if err != nil {
		return false, office.IgnoreNotFound(err)
	}
	var all, made money.Fen
	err = d.Tx.EachPaymentOf(sent.ID, func(p exchange.Payment) (err error) {
		if !bookable(p, e) {
			return nil
		}
		if all, err = all.Add(p.Amount); err == nil && !refusedByBank(p) {
			made += p.Amount
		}
		return err
	})
	withRefused := e.Amount != made
	if err != nil || e.Amount == 0 || withRefused && e.Amount != all {
		return false, err
	}
	err = d.Tx.EachPaymentOf(sent.ID, func(p exchange.Payment) error {
		switch {
		case !bookable(p, e) || refusedByBank(p) && !withRefused:
			return nil
		case e.Credit:
			return ComeBack(d, p, e, ReturnWords(e.ReturnCode))
		}
		return Settle(d, p, DebitRef(e))
	})
	if err != nil {
		return false, err
	}
	if e.Credit {
		return true, d.SetEntryState(e, exchange.EntryReturned, "", 0)
	}
	return true, transfer.MarkMatched(d, e, "", 0)
}

// bookable reports whether an entry over a whole payment file can be about a
// payment in it: a debit about what was not debited, a credit about what was.
func bookable(p exchange.Payment, e exchange.BankEntry) bool {
	if e.Credit {
		return p.Track == exchange.MoneySettled
	}
	return p.BankRef == ""
}

// refusedByBank reports whether the bank said that it would not make a payment.
func refusedByBank(p exchange.Payment) bool {
	return p.Track == exchange.MoneyReturned && p.ReturnRef == ""
}

// DebitRef names the debit of a payment; it is never empty.
func DebitRef(e exchange.BankEntry) string {
	if e.Ref != "" {
		return e.Ref
	}
	return e.Key
}

// returned reopens the money track of a payment that came back, and asks the
// partner for its account.
func returned(d *office.Desk, e exchange.BankEntry, p exchange.Payment) error {
	switch {
	case p.ReturnRef != "":
		return transfer.FlagUnmatched(d, e, p.Partner, p.Ref+" returned before", "credit "+e.Amount.String())
	case p.Amount != e.Amount:
		return transfer.FlagUnmatched(d, e, p.Partner, p.Ref+" "+p.Amount.String(), "returned "+e.Amount.String())
	}
	reason := e.ReturnCode
	if e.Reversal {
		reason = "银行冲正"
	}
	if err := ComeBack(d, p, e, reason); err != nil {
		return err
	}
	return d.SetEntryState(e, exchange.EntryReturned, "", 0)
}

// ComeBack takes the credit of a payment. One that the bank had refused before,
// and debited all the same, is whole again: its contradiction is closed.
func ComeBack(d *office.Desk, p exchange.Payment, e exchange.BankEntry, reason string) error {
	noted := p
	noted.ReturnRef = DebitRef(e)
	if err := d.Tx.CloseDifferencesAbout("money", p.Ref); err != nil {
		return err
	}
	if p.Track == exchange.MoneyReturned {
		return d.Tx.UpdatePayment(p, noted)
	}
	p.ReturnRef = noted.ReturnRef
	return transfer.PaymentFailed(d, p, reason, nil)
}

// takenBack is the reversal of a credit: the bank takes money back that it had
// booked to us. Of money that belongs to nobody yet nothing remains; money of a
// case is an officer's matter.
func takenBack(d *office.Desk, e exchange.BankEntry) error {
	credits, err := d.Tx.BankEntriesBooked(e.Account, e.BookedOn.AddDays(-reversalDays), e.BookedOn)
	if err != nil {
		return err
	}
	for _, c := range credits {
		if !takesBack(e, c) || !slices.Contains([]string{exchange.EntryUnmatched, exchange.EntryMatched, exchange.EntryReturned}, c.State) {
			continue
		}
		if c.State == exchange.EntryUnmatched {
			return takeBack(d, e, c)
		}
		if c.CaseNo == "" {
			continue
		}
		held, err := d.CaseByNo(c.CaseNo)
		if err != nil {
			return err
		}
		if err := held.PutOnHold(code.HoldAmountDiffers, "银行冲回已认领的到账款项 "+e.Amount.String()+" 元"); err != nil {
			return err
		}
		if err := held.Save(); err != nil {
			return err
		}
		return transfer.FlagUnmatched(d, e, held.Partner, c.Key+" "+held.No, "taken back "+e.Amount.String())
	}
	return transfer.FlagUnmatched(d, e, "", "", "taken back "+e.Amount.String())
}

// takenBackBefore looks for the reversal of a credit that came before it.
func takenBackBefore(d *office.Desk, e exchange.BankEntry) (bool, error) {
	debits, err := d.Tx.UnmatchedDebits(e.Account, e.Amount)
	if err != nil {
		return false, err
	}
	for _, x := range debits {
		if takesBack(x, e) && e.BookedOn >= x.BookedOn.AddDays(-reversalDays) && e.BookedOn <= x.BookedOn {
			return true, takeBack(d, x, e)
		}
	}
	return false, nil
}

// reversalDays is how long after a credit the bank may take it back.
const reversalDays = 60

// takesBack reports whether a debit is the reversal of a credit.
func takesBack(debit, credit exchange.BankEntry) bool {
	same := debit.EndToEnd == credit.EndToEnd
	if debit.EndToEnd == "" {
		same = debit.Text == credit.Text && debit.CounterAcct == credit.CounterAcct
	}
	return debit.Reversal && !debit.Credit && credit.Credit && debit.Amount == credit.Amount && same
}

// takeBack undoes a credit that belongs to nobody.
func takeBack(d *office.Desk, debit, credit exchange.BankEntry) error {
	received := ledger.Receive(ledger.Head{Date: int(d.Date), Memo: credit.Key}, credit.Amount)
	if err := d.Book(ledger.Reverse(received, int(d.Date), debit.Key)); err != nil {
		return err
	}
	for _, e := range []exchange.BankEntry{debit, credit} {
		after := e
		after.State = exchange.EntryReversed
		if err := d.Tx.UpdateBankEntry(e, after); err != nil {
			return err
		}
	}
	return d.Tx.CloseDifferencesAbout("money", debit.Key)
}
