package bank

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// reverseCredit takes the reversal of a credit: the bank takes back money that it
// had booked to us. An unmatched credit is undone with it, and a return of which
// nothing has been paid again: its payment is settled. A matched one has gone on
// with its case, perhaps to the core, so the case is held and an officer decides. A
// reversal of which no credit is found stays unmatched.
func reverseCredit(d *office.Desk, e exchange.BankEntry) error {
	c, err := reversedBy(d, e)
	switch {
	case err != nil:
		return err
	case c == nil:
		return transfer.FlagUnmatched(d, e, "", code.Phrase{}, code.Say("taken-back", e.Amount))
	case c.State == exchange.EntryUnmatched:
		return undoCredit(d, e, *c)
	case c.State == exchange.EntryReturned:
		return reverseReturn(d, e, *c)
	case c.CaseNo == "": // a lump sum: no one case to hold
		return transfer.FlagUnmatched(d, e, "", code.Phrase{}, code.Say("taken-back", e.Amount))
	}
	return holdReversed(d, e, *c, c.CaseNo)
}

// holdReversed holds the cases that a credit went to, which the bank takes back; the
// reversal waits as a difference.
func holdReversed(d *office.Desk, debit, credit exchange.BankEntry, cases ...string) error {
	for _, no := range cases {
		c, err := d.CaseByNo(no)
		if err != nil {
			return err
		}
		if err := c.PutOnHold(code.HoldAmountDiffers, code.Say("credit-taken-back", debit.Amount)); err != nil {
			return err
		}
		if err := c.Save(); err != nil {
			return err
		}
		if err := transfer.FlagUnmatched(d, debit, c.Partner, code.Say("noted", credit.Key, c.No), code.Say("taken-back", debit.Amount)); err != nil {
			return err
		}
	}
	return nil
}

// reversedBy is the credit that a debit takes back: of those with the debit's number, or
// else of all that it may take back, the unmatched one of several that say the same; nil
// when there is none, or they say different things, so that an officer has to look.
func reversedBy(d *office.Desk, debit exchange.BankEntry) (*exchange.BankEntry, error) {
	credits, err := d.Tx.BankEntriesBooked(debit.Account, debit.BookedOn.AddDays(-reversalDays), debit.BookedOn)
	if err != nil {
		return nil, err
	}
	credits = slices.DeleteFunc(credits, func(c exchange.BankEntry) bool {
		return !isReversal(debit, c) || !slices.Contains([]string{exchange.EntryUnmatched, exchange.EntryMatched, exchange.EntryReturned}, c.State)
	})
	// Numbers begin anew each day at some banks: of several it is the one of which the debit
	// repeats the words, and the number tells those apart that say the same.
	for _, like := range []func(exchange.BankEntry) bool{
		func(c exchange.BankEntry) bool { return sameWords(debit, c) },
		func(c exchange.BankEntry) bool { return debit.Ref != "" && c.Ref == debit.Ref },
	} {
		if slices.ContainsFunc(credits, like) {
			credits = slices.DeleteFunc(credits, func(c exchange.BankEntry) bool { return !like(c) })
		}
	}
	var found *exchange.BankEntry
	for i, c := range credits {
		if found != nil && agreement(*found, c) < 0 {
			return nil, nil
		}
		if found == nil || c.State == exchange.EntryUnmatched && found.State != exchange.EntryUnmatched {
			found = &credits[i]
		}
	}
	return found, nil
}

// reversedBefore looks for a reversal that came before the credit that it takes
// back, as messages may: neither was ever there. False when there is none.
func reversedBefore(d *office.Desk, e exchange.BankEntry) (bool, error) {
	debits, err := d.Tx.UnmatchedDebits(e.Account, e.Amount)
	if err != nil {
		return false, err
	}
	for _, x := range debits {
		if isReversal(x, e) && e.BookedOn >= x.BookedOn.AddDays(-reversalDays) && e.BookedOn <= x.BookedOn {
			return true, setReversed(d, x, e)
		}
	}
	return false, nil
}

// reversalDays is for how many calendar days after a credit its reversal is looked for.
const reversalDays = 60

// isReversal reports whether a debit is the reversal of a credit: marked so by the
// bank, of the same amount, and with the same number of the bank's or the payer's, or,
// where the debit names none, the same text and counterparty account.
func isReversal(debit, credit exchange.BankEntry) bool {
	if !debit.Reversal || debit.Credit || !credit.Credit || debit.Amount != credit.Amount {
		return false
	}
	return debit.Ref != "" && debit.Ref == credit.Ref || sameWords(debit, credit)
}

// sameWords reports whether a debit repeats what a credit said: the payer's number, or,
// where it names none, text and counterparty account.
func sameWords(debit, credit exchange.BankEntry) bool {
	if debit.EndToEnd != "" {
		return debit.EndToEnd == credit.EndToEnd
	}
	return debit.Text == credit.Text && debit.CounterAcct == credit.CounterAcct
}

// reverseReturn takes the reversal of a return: its payment is settled again. Where the
// credit was the return of a whole file, or a part of the payment is no longer as the
// return left it, perhaps paid again, an officer decides.
func reverseReturn(d *office.Desk, debit, credit exchange.BankEntry) error {
	p, err := returnedBy(d, credit)
	if err != nil {
		return err
	}
	if p == nil || len(p.Items) == 0 {
		return transfer.FlagUnmatched(d, debit, "", code.Phrase{}, code.Say("taken-back", debit.Amount))
	}
	var cases []string
	asLeft := true
	for _, item := range p.Items {
		c, r, err := d.PartOf(item.CaseNo, item.Part)
		if err != nil {
			return err
		}
		asLeft = asLeft && r.Ref == p.Ref && r.Track == exchange.MoneyReturned && c.Wish != exchange.WishVoid && c.State != exchange.Void
		cases = append(cases, c.No)
	}
	if !asLeft || p.Lump && p.ReturnRef == "" { // of a lump sum the partner refunded one part
		return holdReversed(d, debit, credit, cases...)
	}
	err = transfer.SetPayment(d, *p, exchange.MoneySettled, func(p *exchange.Payment) { p.ReturnRef, p.Reason = "", code.Phrase{} })
	if err != nil {
		return err
	}
	for _, no := range cases {
		if err := resumeReturned(d, no, p.Ref); err != nil {
			return err
		}
	}
	if err := d.Tx.RequeueMatching(transfer.ReferenceKey(p.Ref)); err != nil { // its true return may have come meanwhile
		return err
	}
	return setReversed(d, debit, credit)
}

// resumeReturned ends what holds a case because a payment of its had come back.
func resumeReturned(d *office.Desk, caseNo, ref string) error {
	if err := d.Tx.CloseDifferencesAbout("money", code.Say("payment-of-case", ref, caseNo)); err != nil {
		return err
	}
	c, err := d.CaseByNo(caseNo)
	if err != nil || c.State != exchange.Held || !slices.ContainsFunc([]string{"partner-refunded", "payment-came-back", "confirmed-but-returned"}, c.HoldText.Is) {
		return err
	}
	if err := c.Resume(code.Say("return-taken-back", ref)); err != nil {
		return err
	}
	return c.Save()
}

// returnedBy is the payment of which a credit is the return, or the refund by the
// partner; nil when there is no one payment.
func returnedBy(d *office.Desk, credit exchange.BankEntry) (*exchange.Payment, error) {
	if credit.CaseNo == "" {
		p, err := ourPayment(d, credit)
		if err != nil || p == nil || p.ReturnRef != credit.Key {
			return nil, err
		}
		return p, nil
	}
	_, r, err := d.PartOf(credit.CaseNo, credit.Part)
	if err != nil {
		return nil, err
	}
	p, err := d.Tx.Payment(r.Ref)
	if err != nil {
		return nil, office.IgnoreNotFound(err)
	}
	if p.Lump {
		p.Items = []exchange.PaymentItem{{CaseNo: r.CaseNo, Part: r.Part, Amount: r.Amount}}
	}
	return &p, nil
}

// undoCredit undoes an unmatched credit by its reversal.
func undoCredit(d *office.Desk, debit, credit exchange.BankEntry) error {
	if err := d.Unreceive(credit, debit.Key); err != nil {
		return err
	}
	return setReversed(d, debit, credit)
}

// setReversed marks a credit and the debit that took it back.
func setReversed(d *office.Desk, debit, credit exchange.BankEntry) error {
	for _, e := range []exchange.BankEntry{debit, credit} {
		after := e
		after.State = exchange.EntryReversed
		if err := d.Tx.UpdateBankEntry(e, after); err != nil {
			return err
		}
	}
	return d.CloseAbout(debit)
}
