package transfer

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/jobs/office"
)

// RefundAccount is where money goes back to: the partner's registered account
// that it came from, else an account that an officer has confirmed outside
// the drop for this subject.
func RefundAccount(d *office.Desk, subject, partner, counter string) (exchange.Account, error) {
	for _, a := range d.Partners[partner].Accounts {
		if a.Schemes = nil; (a.No == counter || counter == "") && a.Valid(d.Date, "") {
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
	return exchange.Account{}, office.Undecidable(
		"来款账户 "+counter+" 未登记，请先在交换渠道之外核实并作出“确认账户”决定（confirm-account），或登记该账户",
		"the account that it came from, "+counter+", is not registered: confirm it outside the drop (confirm-account), or register it")
}

// ReportRefund keeps a refund on the list of what is to be done until the bank
// has debited it: who owes whom how much, and where it stands.
func ReportRefund(d *office.Desk, f exchange.Refund, stands string) error {
	return d.RecordDifference("money", f.Partner, f.CaseNo, RefundSubject(f), "we owe "+f.Amount.String(), stands)
}

func RefundSubject(f exchange.Refund) string {
	return fmt.Sprintf("refund %d %s-R%d", f.ID, f.LetterNo, f.Part)
}

func NoteRefund(d *office.Desk, f exchange.Refund, what, why string) error {
	chain := f.CaseNo
	if chain == "" {
		chain = "agency"
	}
	return d.Journal(chain, what, why, map[string]any{"refund": f.ID, "amount": f.Amount.String(), "account_no": f.Payee.No})
}

// RefundObstacle is why a refund cannot be paid now; nothing when it can.
func RefundObstacle(d *office.Desk, f exchange.Refund) (string, error) {
	subject := f.CaseNo
	if subject == "" {
		subject = f.EntryKey
	}
	if text := aboveCap(d.Office, f.Amount); text != "" {
		allowed, err := d.AllowedAmount(subject)
		if err != nil || f.Amount > allowed {
			return text + " (allow-cap)", err
		}
	}
	a, err := RefundAccount(d, subject, f.Partner, f.Payee.No)
	if errors.Is(err, exchange.ErrDecision) || (err == nil && a.CNAPS != f.Payee.CNAPS) {
		return "account " + f.Payee.No + " is not registered any more: confirm-account", nil
	}
	return "", err
}

// setRefund moves the refund that a payment pays along its track. Once the
// bank has debited it the money is gone; what comes back is with us again.
func setRefund(d *office.Desk, p exchange.Payment, to exchange.MoneyTrack) error {
	f, err := d.Tx.RefundByRef(p.Ref)
	if err != nil {
		return office.IgnoreNotFound(err) // an earlier attempt
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
		err = errors.Join(d.Book(paid), d.CloseDifferencesAbout("money", RefundSubject(f)))
	case to == exchange.MoneyReturned && f.Track == exchange.MoneySettled:
		err = errors.Join(d.Book(ledger.Reverse(paid, int(d.Date), "returned "+p.Ref)), ReportRefund(d, after, "returned: "+p.Reason))
	default:
		err = ReportRefund(d, after, string(to)+" "+p.Ref+" "+after.Reason)
	}
	if err != nil {
		return err
	}
	return NoteRefund(d, f, "money_"+string(to), p.Ref)
}
