package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// WhyKept is why a credit cannot be taken back from a part of a case any more: the core
// was asked to credit the part's money, or some of it is paid back, or the part has less.
// The zero phrase when it can.
func WhyKept(c *office.Case, part int, entryKey string, amount money.Fen) (why code.Phrase, err error) {
	r, err := c.Part(part)
	if err != nil {
		return why, err
	}
	postings, err := c.Postings()
	if err != nil {
		return why, err
	}
	for _, p := range postings {
		asked := p.Row == exchange.PostCredit && p.FormNo == r.FormNo && p.State != exchange.PostingRefused && p.State != exchange.PostingUndone
		if asked && (r.Track == exchange.MoneyMatched || r.Received-p.Amount < amount) { // what is left must be what it was asked to credit
			return code.Say("posting-asked", p.No), nil
		}
	}
	refunds, err := c.Tx.RefundsByCase(c.No)
	for _, f := range refunds {
		if f.Part == part && (f.EntryKey == entryKey || f.EntryKey == "") {
			return code.Say("refund-decided", f.Amount), err
		}
	}
	if r.Received < amount {
		return code.Say("part-has", r.Received), err
	}
	return why, err
}

// TakeFromPart takes from a part what AddToPart added (amount, of the credit entryKey),
// which WhyKept allows: what was matched is reversed in the ledger, the rest is compared
// with the form anew, and a hold for the amount ends when nothing is left of it.
func TakeFromPart(c *office.Case, part int, entryKey string, amount money.Fen, why code.Phrase) error {
	r, err := c.Part(part)
	if err != nil {
		return err
	}
	if r.Track == exchange.MoneyMatched {
		matched := ledger.Match(c.LedgerHead(r.Ref), "", r.Amount, r.Received)
		if err := c.Book(ledger.Reverse(matched, int(c.Date), entryKey)); err != nil {
			return err
		}
	}
	if r.Track == exchange.MoneyMatched || r.Track == exchange.MoneyDiffers {
		if err := c.SetMoney(&r, exchange.MoneyReceived, nil); err != nil {
			return err
		}
	}
	if err := c.SetMoney(&r, r.Track, func(r *exchange.Remittance) { r.Received -= amount }); err != nil {
		return err
	}
	if err := c.Note("money_taken_back", why, map[string]any{"part": part, "amount": amount.String(), "entry": entryKey}); err != nil {
		return err
	}
	if err := RecomputeTrack(c, &r); err != nil {
		return err
	}
	if r.Received == 0 {
		if err := waitAgain(c, &r, why); err != nil {
			return err
		}
	}
	if err := Advance(c); err != nil {
		return err
	}
	return c.Save()
}

// RecomputeTrack moves a part to the track that the money left in it calls for, after
// some was paid back or taken back: matched or differing (posted, when the core has
// credited it already), or with nothing left waiting for the form's money, or not
// due without a form.
func RecomputeTrack(c *office.Case, r *exchange.Remittance) error {
	if r.Received > 0 {
		if r.FormNo == "" || Ended(c.Case) {
			return nil
		}
		if err := CompareAmount(c, r); err != nil {
			return err
		}
		return repost(c, r)
	}
	if err := ReportShortfall(c, r); err != nil {
		return err
	}
	if err := c.SetMoney(r, exchange.MoneyNotDue, nil); err != nil {
		return err
	}
	if r.FormNo == "" || r.Amount == 0 || Ended(c.Case) {
		return nil
	}
	return c.SetMoney(r, exchange.MoneyNone, nil) // the form's money is still to come
}

// repost moves a matched part to posted when the core has credited its form
// already: more money had come after the credit, and is gone now. Otherwise
// the part would wait for a posting that was done long ago.
func repost(c *office.Case, r *exchange.Remittance) error {
	facts, err := CreditFacts(c)
	if err != nil || r.Track != exchange.MoneyMatched {
		return err
	}
	for _, f := range facts.Forms {
		if f.Current && f.No == r.FormNo && f.Credited > 0 && facts.AccountPosted(f) {
			return c.SetMoney(r, exchange.MoneyPosted, nil)
		}
	}
	return nil
}

// waitAgain lets a part that nothing is left of wait for its money, and ends the hold for
// an amount that differed.
func waitAgain(c *office.Case, r *exchange.Remittance, why code.Phrase) error {
	if Ended(c.Case) {
		return nil
	}
	to := r.Track
	if r.FormNo == "" {
		to = exchange.MoneyNone
	}
	if err := c.SetMoney(r, to, func(r *exchange.Remittance) { r.Ref = "" }); err != nil {
		return err
	}
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	c.MoneyOn = 0
	for _, p := range parts {
		switch p.Track {
		case exchange.MoneyDiffers:
			return nil // the hold is about that one, too
		case exchange.MoneyMatched, exchange.MoneyPosted:
			c.MoneyOn = p.Since
		}
	}
	if c.State == exchange.Held && c.Hold == code.HoldAmountDiffers && (c.HoldText.Is("received-otherwise") || c.HoldText.Is("received-after-posting")) {
		return c.Resume(why)
	}
	return nil
}

// FreePayments voids what of a case waits to be paid and has not left, and holds the
// case when it may not be paid as things are decided now.
func FreePayments(d *office.Desk, caseNo string) error {
	c, err := d.CaseByNo(caseNo)
	if err != nil {
		return err
	}
	if err := freeUnsent(c); err != nil {
		return err
	}
	if c, err = d.CaseByNo(caseNo); err != nil {
		return err
	}
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for i := range parts {
		if parts[i].Track != exchange.MoneyDue {
			continue
		}
		if _, wait, err := PayTo(c, &parts[i]); err != nil || wait {
			return err
		}
	}
	return nil
}
