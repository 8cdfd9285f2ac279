package transfer

import (
	"cmp"
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/jobs/attempt"
	"carryover/jobs/office"
)

// PayTo checks a part before a payment is made of it, and returns the account it
// goes to. With wait the part is not to be paid now: the case is on hold already,
// void, or asked to be cancelled or annulled, or it is put on hold here with what
// is missing (payable), and saved. The account is meaningless then.
func PayTo(c *office.Case, r *exchange.Remittance) (account exchange.Account, wait bool, err error) {
	if unpayable(c) {
		return exchange.Account{}, true, nil
	}
	account, why, text, err := payable(c, r)
	if err != nil || why == "" {
		return account, false, err
	}
	if err := c.PutOnHold(why, text); err != nil {
		return exchange.Account{}, true, err
	}
	return exchange.Account{}, true, c.Save()
}

// MayBePaid is PayTo of a part as it is now, with nothing written: ok is false when the
// part has to wait, and the account is meaningless then.
func MayBePaid(c *office.Case, r *exchange.Remittance) (account exchange.Account, ok bool, err error) {
	if unpayable(c) {
		return account, false, nil
	}
	account, why, _, err := payable(c, r)
	return account, why == "", err
}

// unpayable reports whether nothing of a case is paid, whatever its parts are.
func unpayable(c *office.Case) bool {
	return c.State == exchange.Held || c.State == exchange.Void || c.Wish != exchange.WishNone
}

// payable returns the account that a part is paid to, or the hold and its text why it
// cannot be paid now: money that does not agree with what it rests on, above a cap that no
// officer has lifted for the case, no payee yet, an account of the letter that is neither
// registered with the partner nor confirmed outside the drop (SPEC 4), or paid before,
// which no statement shows to have failed.
func payable(c *office.Case, r *exchange.Remittance) (account exchange.Account, why code.Hold, text code.Phrase, err error) {
	if text, err = attempt.Unaccounted(c); err != nil || !text.IsZero() {
		return account, code.HoldAmountDiffers, text, err
	}
	if account, why, text, err = receiver(c, r); err != nil || why != "" || r.Track != exchange.MoneyDue {
		return account, why, text, err
	}
	if text, err = attempt.MissingProof(c, r); err != nil || !text.IsZero() {
		why = code.HoldPaymentReturned
	}
	return account, why, text, err
}

// receiver is payable of a part that was never paid before.
func receiver(c *office.Case, r *exchange.Remittance) (account exchange.Account, why code.Hold, text code.Phrase, err error) {
	if text := aboveCap(c.Office, r.Amount); !text.IsZero() {
		allowed, err := c.AllowedAmount(c.No)
		if err != nil || r.Amount > allowed {
			return account, code.HoldCap, text, err
		}
	}
	if above, err := aboveRecordCap(c, r.Amount); err != nil || above {
		return account, code.HoldCap, code.Say("above-record-cap", r.Amount, c.Agency.CapOfRecord()), err
	}
	if r.To == exchange.ToPerson {
		if r.Payee.No == "" {
			return account, code.HoldPayeeMissing, code.Say("no-payee"), nil
		}
		account, rival, err := payeeAccount(c, r)
		if rival != "" {
			return account, code.HoldAccountNotRegistered, code.Say("payee-contested", r.Payee.No, rival), err
		}
		return account, "", code.Phrase{}, err
	}
	letter, err := c.Letter()
	if err != nil {
		return account, "", code.Phrase{}, err
	}
	// As it is registered: the letter's words for holder and bank are the partner's.
	for _, a := range c.Partners[c.Partner].Accounts {
		if a.Is(letter.Account) && a.Valid(c.SchemeTo, c.Days()...) {
			return exchange.Account{Holder: a.Holder, Bank: a.Bank, No: a.No, CNAPS: a.CNAPS}, "", code.Phrase{}, nil
		}
	}
	confirmed, err := c.ConfirmedAccounts(c.No)
	if err != nil {
		return account, "", code.Phrase{}, err
	}
	for _, a := range confirmed {
		a.Holder, a.Bank = cmp.Or(a.Holder, letter.Account.Holder), cmp.Or(a.Bank, letter.Account.Bank)
		if a.Is(letter.Account) && a.Valid(c.SchemeTo, c.Days()...) {
			return exchange.Account{Holder: a.Holder, Bank: a.Bank, No: a.No, CNAPS: a.CNAPS}, "", code.Phrase{}, nil
		}
	}
	return account, code.HoldAccountNotRegistered, code.Say("account-not-registered", letter.Account.No), nil
}

// aboveCap says which cap an amount is above; "" when none, and 0 is no cap. A
// payment above the cap of a file would be in no file.
func aboveCap(o *office.Office, amount money.Fen) code.Phrase {
	if limit := o.Agency.PaymentCap; limit > 0 && amount > limit {
		return code.Say("above-payment-cap", amount, limit)
	}
	if limit := o.Agency.FileCap; limit > 0 && amount > limit {
		return code.Say("above-file-cap", amount, limit)
	}
	return code.Phrase{}
}

// resumePayable lets a case go on whose payment waited for an account to be
// registered, a cap to be raised or the bank's statement, once nothing of it has to wait
// any more.
func resumePayable(c *office.Case) error {
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for i := range parts {
		if parts[i].Track != exchange.MoneyDue {
			continue
		}
		if _, why, _, err := payable(c, &parts[i]); err != nil || why != "" {
			return err
		}
	}
	if err := c.Resume(code.Say("payable")); err != nil {
		return err
	}
	return c.Save()
}

// StillPayable reports whether a payment may leave, right before its file does
// (SPEC 4): case open, letter version current, account registered, no hold, caps
// kept, its amount that of its parts, and theirs what they rest on. Nothing is written: what follows from false is the caller's. A refund is
// checked by its own rules; one that is gone may not leave.
func StillPayable(d *office.Desk, p exchange.Payment) (bool, error) {
	if p.Purpose == string(code.PurposeRefund) {
		f, err := d.Tx.RefundByRef(p.Ref)
		if err != nil {
			return false, office.IgnoreNotFound(err)
		}
		why, err := RefundObstacle(d, f)
		return why.IsZero() && f.Payee.No == p.Payee.No, err
	}
	sum := money.Fen(0)
	for _, item := range p.Items {
		c, r, err := d.PartOf(item.CaseNo, item.Part)
		if err != nil {
			return false, err
		}
		if sum = money.Clamped(sum, item.Amount); item.Amount != r.Amount {
			return false, nil
		}
		if unpayable(c) || c.State == exchange.Cancelled {
			return false, nil
		}
		account, why, _, err := payable(c, &r)
		if err != nil || why != "" || account.No != p.Payee.No || account.CNAPS != p.Payee.CNAPS || account.Holder != p.Payee.Holder {
			return false, err
		}
	}
	return sum == p.Amount, nil
}

// FundsClosed returns the span of closed funds (年终封账) that the business date or
// the clock's lies in, and whether there is one.
func FundsClosed(o *office.Office) (exchange.Span, bool) {
	for _, s := range o.Agency.FundsClosed {
		if slices.ContainsFunc(o.Days(), s.Holds) {
			return s, true
		}
	}
	return exchange.Span{}, false
}
