package jobs

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
)

// orderRefunds makes a payment of every refund that is due.
func (e *Env) orderRefunds(ctx context.Context) (n int, err error) {
	var due []exchange.Refund
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.RefundsByTrack(exchange.MoneyDue)
		return err
	})
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, f := range due {
		ordered := false
		err := e.Store.Tx(ctx, func(tx *store.Tx) (err error) {
			ordered, err = (&desk{Env: e, tx: tx, actor: "remit"}).orderRefund(f)
			return err
		})
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", refundSubject(f), err))
		}
		if ordered {
			n++
		}
	}
	return n, errors.Join(faults...)
}

func (d *desk) orderRefund(f exchange.Refund) (bool, error) {
	if why, err := d.refundWaits(f); err != nil || why != "" {
		return false, errors.Join(err, d.refundOpen(f, why))
	}
	made, err := d.tx.RefundAttempts(f.LetterNo, f.Part)
	if err != nil {
		return false, err
	}
	text, err := d.refundText(f)
	if err != nil {
		return false, err
	}
	p := exchange.Payment{
		Ref: exchange.RefundRef(f.LetterNo, f.Part, made+1), Partner: f.Partner, Purpose: string(code.PurposeRefund), Amount: f.Amount, Payee: f.Payee,
		Text: text, Track: exchange.MoneyOrdered, ValueOn: d.Date,
	}
	if err := d.tx.InsertPayment(p); err != nil {
		return false, err
	}
	after := f
	after.Track, after.Ref, after.Attempts, after.Since = exchange.MoneyOrdered, p.Ref, f.Attempts+1, d.Date
	if err := d.tx.UpdateRefund(f, after); err != nil {
		return false, err
	}
	if err := d.refundOpen(f, string(after.Track)+" "+p.Ref); err != nil {
		return false, err
	}
	return true, d.refundNote(f, "payment_ordered", p.Ref)
}

// refundText is the remittance text of a refund: that of its case, or the
// text with which the money came.
func (d *desk) refundText(f exchange.Refund) (string, error) {
	if f.CaseNo != "" {
		c, err := d.caseNo(f.CaseNo)
		if err != nil {
			return "", err
		}
		return iso20022.RemittanceText(c.LetterNo, c.Person.IDNo, c.Person.Name, d.Agency.RemarkMax, iso20022.Charset(d.Agency.RemarkIn)), nil
	}
	e, err := d.tx.BankEntry(f.EntryKey)
	return shorten("退款 "+e.Text, d.Agency.RemarkMax), err
}

// shorten cuts a text to a number of bytes, between characters.
func shorten(text string, most int) string {
	if most <= 0 || len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

func (d *desk) refundNote(f exchange.Refund, what, why string) error {
	chain := f.CaseNo
	if chain == "" {
		chain = "agency"
	}
	return d.journal(chain, what, why, map[string]any{"refund": f.ID, "amount": f.Amount.String(), "account_no": f.Payee.No})
}

// refundWaits is why a refund cannot be paid now; nothing when it can.
func (d *desk) refundWaits(f exchange.Refund) (string, error) {
	subject := f.CaseNo
	if subject == "" {
		subject = f.EntryKey
	}
	if text := d.aboveCap(f.Amount); text != "" {
		allowed, err := d.allowed(subject)
		if err != nil || f.Amount > allowed {
			return text + " (allow-cap)", err
		}
	}
	a, err := d.refundAccount(subject, f.Partner, f.Payee.No)
	if errors.Is(err, exchange.ErrDecision) || (err == nil && a.CNAPS != f.Payee.CNAPS) {
		return "account " + f.Payee.No + " is not registered any more: confirm-account", nil
	}
	return "", err
}

// setRefund moves the refund that a payment pays along its track. Once the
// bank has debited it the money is gone; what comes back is with us again.
func (d *desk) setRefund(p exchange.Payment, to exchange.MoneyTrack) error {
	f, err := d.tx.RefundByRef(p.Ref)
	if err != nil {
		return missing(err) // an earlier attempt
	}
	if !exchange.CanMoney(exchange.Out, f.Track, to) {
		return fmt.Errorf("%s: %s to %s: %w", refundSubject(f), f.Track, to, exchange.ErrNotAllowed)
	}
	after := f
	after.Track, after.Since = to, d.Date
	if to == exchange.MoneyReturned {
		after.Reason = p.Reason
	}
	if err := d.tx.UpdateRefund(f, after); err != nil {
		return err
	}
	paid := ledger.Refund(ledger.Head{Date: int(d.Date), CaseNo: f.CaseNo, Partner: f.Partner, Memo: p.Ref}, "", f.Amount)
	switch {
	case to == exchange.MoneySettled:
		err = errors.Join(d.book(paid), d.closeAbout("money", refundSubject(f)))
	case to == exchange.MoneyReturned && f.Track == exchange.MoneySettled:
		err = errors.Join(d.book(ledger.Reverse(paid, int(d.Date), "returned "+p.Ref)), d.refundOpen(after, "returned: "+p.Reason))
	default:
		err = d.refundOpen(after, string(to)+" "+p.Ref+" "+after.Reason)
	}
	if err != nil {
		return err
	}
	return d.refundNote(f, "money_"+string(to), p.Ref)
}

// adviseRefund tells the partner about a refund; of money without a case
// there is no letter to tell of.
func (d *desk) adviseRefund(p exchange.Payment) error {
	f, err := d.tx.RefundByRef(p.Ref)
	if err != nil || f.CaseNo == "" {
		return err
	}
	c, err := d.caseNo(f.CaseNo)
	if err != nil || c.LetterNo == "" {
		return err
	}
	r, err := d.tx.Remittance(f.CaseNo, f.Part)
	if err != nil {
		return err
	}
	return d.send(c.Partner, c.No, &formats.Advice{
		PaymentRef: p.Ref, Purpose: code.PurposeRefund, LetterNo: c.LetterNo, FormNo: r.FormNo, PersonID: c.Person.IDNo, Name: c.Person.Name,
		Amount: f.Amount, ValueDate: p.ValueOn, Reason: clip(f.Reason, 200),
	})
}
