package bank

import (
	"cmp"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// bookReturn takes a credit that names a payment of ours. It is the payment's return
// where nothing speaks against it: its parts become payable again once the partner has
// confirmed or changed the account. Any other stays unmatched, as a difference, until
// the payment's debit is here or an officer decides.
func bookReturn(d *office.Desk, e exchange.BankEntry, p exchange.Payment) error {
	if ours, theirs := notItsReturn(d.Office, e, p); !ours.IsZero() {
		if err := d.Tx.KeepMatchKeys(e.Key, returnKeys(e, p)); err != nil {
			return err
		}
		return transfer.FlagUnmatched(d, e, p.Partner, ours, theirs)
	}
	if err := RecordReturn(d, p, e, returnReason(e)); err != nil {
		return err
	}
	return d.SetEntryState(e, exchange.EntryReturned, "", 0)
}

// notItsReturn says why a credit is not the return of a payment that it names, as what
// we know and what the bank says; nothing when it is (SPEC 4). That it repeats our
// reference proves nothing: whoever pays us can write it, too.
func notItsReturn(o *office.Office, e exchange.BankEntry, p exchange.Payment) (ours, theirs code.Phrase) {
	switch {
	case p.ReturnRef != "":
		return code.Say("returned-before", p.Ref), code.Say("credit", e.Amount)
	case p.Amount != e.Amount:
		return code.Say("payment-of", p.Ref, p.Amount), code.Say("returned-amount", e.Amount)
	case !tellsReturn(o, e):
		return code.Say("payment-of", p.Ref, p.Amount), code.Say("no-return-told", e.Amount)
	case p.BankRef == "":
		return code.Say("no-debit-yet", p.Ref), code.Say("returned-amount", e.Amount)
	}
	return code.Phrase{}, code.Phrase{}
}

// tellsReturn reports whether a credit says of itself that it brings back what we paid:
// by the bank's code or status, as a reversal, or by how its text begins.
func tellsReturn(o *office.Office, e exchange.BankEntry) bool {
	text := squeezed(cmp.Or(e.Text, e.Also))
	return e.Reversal || e.ReturnCode != "" || slices.ContainsFunc(o.Agency.WordsOfReturn(), func(word string) bool {
		return strings.HasPrefix(text, squeezed(word))
	})
}

// WaitsAsReturn reports whether an unmatched credit waits for what proves it to be the
// return of a payment of ours: the payment's debit, or an officer's word.
func WaitsAsReturn(d *office.Desk, e exchange.BankEntry) (bool, error) {
	if !e.Credit || e.State != exchange.EntryUnmatched {
		return false, nil
	}
	w, err := wholeFileOf(d, e)
	if err != nil || w.waitsFor != "" {
		return true, err
	}
	p, err := ourPayment(d, e)
	return p != nil, err
}

func returnReason(e exchange.BankEntry) code.Phrase {
	if e.Reversal {
		return code.Say("bank-corrected") // the bank corrected its own debit, no payee refused it
	}
	return code.Text(ReturnReason(e.ReturnCode))
}

// returnKeys are the match keys of a credit that may be a payment's return: the payment's
// debit makes it due for retry.
func returnKeys(e exchange.BankEntry, p exchange.Payment) []string {
	return append(matchKeys(e), transfer.ReferenceKey(p.Ref))
}

// retryReturn tries once more whether an unmatched credit is the return of the payment
// that it names. done is true for every credit that names one, or that came back without
// saying of what: it is never a remittance to us.
func retryReturn(d *office.Desk, e exchange.BankEntry) (done bool, err error) {
	w, err := wholeFileOf(d, e)
	if err != nil {
		return false, err
	}
	if w.fits {
		if err := d.Unreceive(e, "a payment file of ours"); err != nil {
			return true, err
		}
		return true, w.book(d, e)
	}
	p, err := ourPayment(d, e)
	switch {
	case err == nil && p == nil && w.ID != 0:
		return true, w.keep(d, e)
	case err != nil || p == nil:
		return e.Reversal || e.ReturnCode != "", err
	}
	if ours, theirs := notItsReturn(d.Office, e, *p); !ours.IsZero() {
		if err := d.Tx.KeepMatchKeys(e.Key, returnKeys(e, *p)); err != nil {
			return true, err
		}
		return true, d.RecordDifference("money", p.Partner, "", code.Text(e.Key), ours, theirs)
	}
	return true, TakeReturn(d, e, *p)
}

// TakeReturn takes an unmatched credit as the return of a payment.
func TakeReturn(d *office.Desk, e exchange.BankEntry, p exchange.Payment) error {
	if err := d.Unreceive(e, "a payment of ours"); err != nil {
		return err
	}
	if err := RecordReturn(d, p, e, returnReason(e)); err != nil {
		return err
	}
	return d.SetEntryState(e, exchange.EntryReturned, "", 0)
}

// RecordReturn notes the credit of a payment and reopens its money track. One that
// the bank had refused before, and debited all the same, is whole again: its
// contradiction is closed. One that counts as returned already only gets the
// entry's reference: it was reopened by the bank's refusal.
func RecordReturn(d *office.Desk, p exchange.Payment, e exchange.BankEntry, reason code.Phrase) error {
	if err := d.Tx.CloseDifferencesAbout("money", code.Text(p.Ref)); err != nil {
		return err
	}
	if p.Track == exchange.MoneyReturned {
		noted := p
		noted.ReturnRef = e.Key
		return d.Tx.UpdatePayment(p, noted)
	}
	return transfer.PaymentFailed(d, p, reason, func(p *exchange.Payment) { p.ReturnRef = e.Key })
}
