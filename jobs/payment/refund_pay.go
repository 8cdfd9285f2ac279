package payment

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// orderRefunds makes a payment of every refund that is due, each in its own
// transaction, and returns how many; one that fails does not stop the others.
func orderRefunds(ctx context.Context, o *office.Office, caps dayCaps) (n int, err error) {
	var due []exchange.Refund
	err = o.Store.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.RefundsByTrack(exchange.MoneyDue)
		return err
	})
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, f := range due {
		ordered := false
		err := o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) (err error) {
			ordered, err = orderRefund(d, f, caps)
			return err
		})
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", transfer.RefundSubject(f), err))
		}
		if err == nil && ordered {
			n++
			caps.add(exchange.Payment{Partner: f.Partner, Payee: f.Payee, Amount: f.Amount}, o.Date)
		}
	}
	return n, errors.Join(faults...)
}

// orderRefund makes the payment of one refund; false when it has to wait, and
// then its open difference says for what. Account and cap are checked again: an
// officer's decision may be days old.
func orderRefund(d *office.Desk, f exchange.Refund, caps dayCaps) (bool, error) {
	if stands, err := signing.ReadStanding(d.Office, d.Tx); err != nil || stands.Stops(f.Partner) != nil || stands.StopsCase(f.CaseNo) != nil {
		return false, err
	}
	if why, err := transfer.RefundObstacle(d, f); err != nil || !why.IsZero() {
		return false, errors.Join(err, transfer.ReportRefund(d, f, why))
	}
	by, above, err := caps.ask(d, exchange.Payment{Partner: f.Partner, Payee: f.Payee, Amount: f.Amount})
	if err != nil {
		return false, err
	}
	if len(above) > 0 {
		return false, transfer.ReportRefund(d, f, above[0].why(f.Amount))
	}
	// Attempts are counted over all refunds of the part, not of this one: a part
	// can be refunded twice, and no reference may be used again.
	made, err := d.Tx.RefundAttempts(f.LetterNo, f.Part)
	if err != nil {
		return false, err
	}
	text, err := refundText(d, f)
	if err != nil {
		return false, err
	}
	p := exchange.Payment{
		Ref: exchange.RefundRef(f.LetterNo, f.Part, made+1), Partner: f.Partner, Amount: f.Amount, Payee: f.Payee, Text: text,
	}
	if err := insertRefund(d, f, p); err != nil {
		return false, err
	}
	if f.CaseNo != "" { // of a refund without a case the decisions about its day are its own (store.Deciders)
		err = noteAllowed(d, f.CaseNo, p.Ref, by)
	}
	return true, err
}

// insertRefund stores the payment of a refund, which is ordered then.
func insertRefund(d *office.Desk, f exchange.Refund, p exchange.Payment) error {
	p.Purpose, p.Track, p.ValueOn = string(code.PurposeRefund), exchange.MoneyOrdered, d.Date
	if err := d.Tx.InsertPayment(p); err != nil {
		return err
	}
	after := f
	after.Track, after.Ref, after.Attempts, after.Since = exchange.MoneyOrdered, p.Ref, f.Attempts+1, d.Date
	if err := d.Tx.UpdateRefund(f, after); err != nil {
		return err
	}
	return errors.Join(
		transfer.ReportRefund(d, f, code.Say("money-at", string(after.Track), p.Ref, "")),
		transfer.NoteRefund(d, f, "payment_ordered", code.Text(p.Ref)),
	)
}

// refundText is the remittance text of a refund: that of its case, by which the
// old place matches it, or of money without a case the text with which it came,
// which whoever sent it knows.
func refundText(d *office.Desk, f exchange.Refund) (string, error) {
	if f.CaseNo != "" {
		c, err := d.CaseByNo(f.CaseNo)
		if err != nil {
			return "", err
		}
		return iso20022.RemittanceText(c.LetterNo, c.Person.IDNo, c.Person.Name, d.Agency.RemarkMax, iso20022.Charset(d.Agency.RemarkIn)), nil
	}
	e, err := d.Tx.BankEntry(f.EntryKey)
	return shorten("退款 "+e.Text, d.Agency.RemarkMax), err
}

// shorten cuts a text to at most that many bytes, between characters: a bank's
// limit (remark_max) counts bytes. 0 or less means no limit.
func shorten(text string, most int) string {
	if most <= 0 || len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// adviseRefund sends the partner an advice of a refund. There is none for money
// without a case or letter: an advice names a letter.
func adviseRefund(d *office.Desk, p exchange.Payment) error {
	f, err := d.Tx.RefundByRef(p.Ref)
	if err != nil || f.CaseNo == "" {
		return err
	}
	c, err := d.CaseByNo(f.CaseNo)
	if err != nil || c.LetterNo == "" {
		return err
	}
	r, err := c.Part(f.Part)
	if err != nil {
		return err
	}
	return d.Send(c.Partner, c.No, &formats.Advice{
		PaymentRef: p.Ref, Purpose: code.PurposeRefund, LetterNo: c.LetterNo, FormNo: r.FormNo, PersonID: c.Person.IDNo, Name: c.Person.Name,
		Amount: f.Amount, ValueDate: p.ValueOn, Reason: office.Clip(d.InChinese(f.Reason), 200),
	})
}
