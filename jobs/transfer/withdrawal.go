package transfer

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// moneyIsOut reports whether money of the case is at the bank or with the
// partner: an annulment waits until it is back.
func moneyIsOut(c *office.Case) (bool, error) {
	parts, err := c.Parts()
	for _, r := range parts {
		if at := r.Track.Place(); at == exchange.PlaceBank || at == exchange.PlaceGone {
			return c.Side == exchange.Out, err
		}
	}
	return false, err
}

// VoidFile voids a payment file that has not left (why): what
// it held is due again, under a new number, and needs new signatures, whose
// copies are withdrawn. exchange.ErrNotAllowed for a file that is on its way: a
// payment whose outcome is unknown is never made twice.
func VoidFile(d *office.Desk, f exchange.File, why code.Phrase) error {
	if f.State != exchange.FileQueued && f.State != exchange.FilePrepared {
		return fmt.Errorf("payment file %s is %s: %w", f.Name, f.State, exchange.ErrNotAllowed)
	}
	void := f
	void.State, void.At, void.Text = exchange.FileVoid, d.Now(), office.Clip(d.InBoth(why), 500)
	if err := d.Tx.UpdateFile(f, void); err != nil {
		return err
	}
	err := d.WorkPaymentsOf(f.ID, office.Beside{}, func(p exchange.Payment) error {
		return SetPayment(d, p, exchange.MoneyDue, func(p *exchange.Payment) { p.Reason = code.Say("void-not-sent") })
	})
	if err != nil {
		return err
	}
	note := "付款文件已作废，请勿再签 / the payment file is void: do not sign it\n\n" + f.Name + "\n" + d.InBoth(why) + "\n"
	if err := signing.WithdrawSignables(d, f, note); err != nil {
		return err
	}
	d.Log.Warn("payment file is void", "file", f.Name, "why", why)
	return d.Journal(exchange.AgencyChain, "payment_file_void", why, map[string]any{"file": f.Name, "payments": f.Records, "sha256": f.SHA256})
}

// freePayments voids unsent payments of a case, so that its account may change;
// it reports false, and changes nothing, when all there is to pay is with the
// bank or paid. A part that is still to be paid, or came back, needs the account
// whatever became of the others.
func freePayments(c *office.Case) (bool, error) {
	parts, err := c.Parts()
	if err != nil {
		return false, err
	}
	gone, open := false, false
	for _, r := range parts {
		switch r.Track.Place() {
		case exchange.PlaceBank, exchange.PlaceGone:
			gone = true
		case exchange.PlaceHere, exchange.PlaceBack:
			open = true
		}
	}
	if gone && !open {
		return false, nil
	}
	return true, freeUnsent(c)
}

// freeUnsent voids every payment of the case that has not left, with the file it
// is in. Voiding saves the case by way of its parts, so it is called before
// anything else is changed.
func freeUnsent(c *office.Case) error {
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for _, r := range parts {
		if r.Track != exchange.MoneyOrdered && r.Track != exchange.MoneyReleased {
			continue
		}
		p, err := c.Tx.Payment(r.Ref)
		if err != nil {
			return err
		}
		if err := voidPayment(c.Desk, p); err != nil {
			return err
		}
	}
	return nil
}

// voidPayment voids an unsent payment; a file that was made with it is void as a
// whole, as its signatures are over all of its bytes.
func voidPayment(d *office.Desk, p exchange.Payment) error {
	if p.FileID == 0 {
		return SetPayment(d, p, exchange.MoneyDue, func(p *exchange.Payment) { p.Reason = code.Say("void-not-sent") })
	}
	file, err := d.Tx.File(p.FileID)
	if err != nil {
		return err
	}
	return VoidFile(d, file, code.Say("payment-changed", p.Ref))
}

// payAgain makes returned parts due again, to the letter's current account.
func payAgain(c *office.Case, l exchange.Letter, why code.Phrase) error {
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for i := range parts {
		r := &parts[i]
		if r.Track != exchange.MoneyReturned || r.To != exchange.ToPartner {
			continue
		}
		if err := c.SetMoney(r, exchange.MoneyDue, nil); err != nil {
			return err
		}
		if err := c.Note("payment_due_again", why, map[string]any{"part": r.Part, "account_no": l.Account.No}); err != nil {
			return err
		}
		if err := CloseAccountQueries(c); err != nil {
			return err
		}
	}
	return c.Retrack()
}
