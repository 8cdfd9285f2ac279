package transfer

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/jobs/office"
)

// RefundAccount is where money goes back to: the partner's registered account
// that it came from (counter), else one that an officer has confirmed outside the
// drop for this subject, a case or a bank entry. An empty counter, of a lump sum
// or a sheet without accounts, takes the first valid one. Neither is
// office.Undecidable (exchange.ErrDecision), and says what to do.
func RefundAccount(d *office.Desk, subject, partner, counter string) (exchange.Account, error) {
	for _, a := range d.Partners[partner].Accounts {
		// An account registered for some schemes only can take back what it paid.
		if a.Schemes = nil; (a.No == counter || counter == "") && a.ValidOn(d.Days()...) {
			return a, nil
		}
	}
	confirmed, err := d.ConfirmedAccounts(subject)
	if err != nil {
		return exchange.Account{}, err
	}
	for _, a := range confirmed {
		if a.No == counter || counter == "" {
			return a, nil
		}
	}
	if counter == "" {
		return exchange.Account{}, office.Undecidable(
			"银行未告知来款账户，请先在交换渠道之外核实并作出“确认账户”决定（confirm-account）",
			"the bank does not say from which account it came: confirm one outside the drop (confirm-account)")
	}
	return exchange.Account{}, office.Undecidable(
		"来款账户 "+counter+" 未登记，请先在交换渠道之外核实并作出“确认账户”决定（confirm-account），或登记该账户",
		"the account that it came from, "+counter+", is not registered: confirm it outside the drop (confirm-account), or register it")
}

// ReportRefund keeps a refund among the open differences until the bank has
// debited it: that we owe it, and how far it got (progress). Called again, it
// replaces what was reported.
func ReportRefund(d *office.Desk, f exchange.Refund, progress code.Phrase) error {
	return d.RecordDifference("money", f.Partner, f.CaseNo, RefundSubject(f), code.Say("we-owe", f.Amount), progress)
}

// RefundSubject names a refund in differences and errors.
func RefundSubject(f exchange.Refund) code.Phrase {
	return code.Say("refund", f.ID, f.LetterNo, f.Part)
}

// NoteRefund journals an event of a refund: with its case, or with the agency for
// money that belongs to none.
func NoteRefund(d *office.Desk, f exchange.Refund, what string, why code.Phrase) error {
	chain := f.CaseNo
	if chain == "" {
		chain = exchange.AgencyChain
	}
	return d.Journal(chain, what, why, map[string]any{"refund": f.ID, "amount": f.Amount.String(), "account_no": f.Payee.No})
}

// RefundObstacle is why a refund cannot be paid now, and the decision that would
// lift it; none when it can. An officer decided about it, but caps and accounts may
// have changed since.
func RefundObstacle(d *office.Desk, f exchange.Refund) (code.Phrase, error) {
	subject := f.CaseNo
	if subject == "" {
		subject = f.EntryKey
	}
	if text := aboveCap(d.Office, f.Amount); !text.IsZero() {
		allowed, err := d.AllowedAmount(subject)
		if err != nil || f.Amount > allowed {
			return code.Say("allow-first", text), err
		}
	}
	if f.EntryKey != "" {
		e, err := d.Tx.BankEntry(f.EntryKey)
		if err != nil {
			return code.Phrase{}, err
		}
		if !e.Credit || f.Amount > e.Amount {
			return code.Say("refund-above-credit", f.Amount, e.Amount), nil
		}
	}
	a, err := RefundAccount(d, subject, f.Partner, f.Payee.No)
	if errors.Is(err, exchange.ErrDecision) || (err == nil && a.CNAPS != f.Payee.CNAPS) {
		return code.Say("account-gone", f.Payee.No), nil
	}
	return code.Phrase{}, err
}

// setRefund moves the refund that a payment pays along its track. Once the
// bank has debited it the money is gone; what comes back is with us again.
func setRefund(d *office.Desk, p exchange.Payment, to exchange.MoneyTrack) error {
	f, err := d.Tx.RefundByRef(p.Ref)
	if err != nil {
		return office.IgnoreNotFound(err) // an earlier attempt: the refund has moved on
	}
	if !exchange.CanMoney(exchange.Out, f.Track, to) {
		return fmt.Errorf("%s: %s to %s: %w", RefundSubject(f), f.Track, to, exchange.ErrNotAllowed)
	}
	after := f
	after.Track, after.Since = to, d.Date
	if to == exchange.MoneyReturned {
		after.Reason = p.Reason
	}
	if err := d.Tx.UpdateRefund(f, after); err != nil {
		return err
	}
	paid := ledger.Refund(ledger.Head{Date: int(d.Date), CaseNo: f.CaseNo, Partner: f.Partner, Memo: p.Ref}, "", f.Amount)
	switch {
	case to == exchange.MoneySettled:
		err = errors.Join(d.Book(paid), d.Tx.CloseDifferencesAbout("money", RefundSubject(f)))
	case to == exchange.MoneyReturned && f.Track == exchange.MoneySettled:
		err = errors.Join(d.Book(ledger.Reverse(paid, int(d.Date), "returned "+p.Ref)), ReportRefund(d, after, code.Say("returned", p.Reason)))
	default:
		err = ReportRefund(d, after, code.Say("money-at", string(to), p.Ref, after.Reason))
	}
	if err != nil {
		return err
	}
	return NoteRefund(d, f, "money_"+string(to), code.Text(p.Ref))
}
