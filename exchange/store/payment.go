package store

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

var (
	paymentRows = keep("payments", func(p *exchange.Payment) []field {
		return []field{
			at("ref", &p.Ref), at("file_id", optional[int64]{&p.FileID}), at("partner", &p.Partner), at("purpose", &p.Purpose), at("lump", &p.Lump),
			at("amount", (*int64)(&p.Amount)), at("track", (*string)(&p.Track)), at("value_on", &p.ValueOn), at("bank_ref", &p.BankRef),
		}
	}, func(p *exchange.Payment) []field {
		return []field{
			at("payee", &p.Payee), at("text", &p.Text), at("reason,omitzero", &p.Reason), at("return_ref,omitempty", &p.ReturnRef), at("refused_as,omitempty", &p.RefusedAs),
		}
	})
	updatePayment = paymentRows.update("ref = $1 AND track = $11")
	insertItem    = rowInto("payment_items", "ref, ordinal, case_no, part, amount", "")
)

// InsertPayment stores a payment with its items, which must add up to it; a
// refund has none.
func (tx *Tx) InsertPayment(p exchange.Payment) error {
	var sum money.Fen
	for _, it := range p.Items {
		var err error
		if sum, err = sum.Add(it.Amount); err != nil {
			return fmt.Errorf("payment %s: %w", p.Ref, err)
		}
	}
	// A refund carries nothing for a part: its own row names it.
	if sum != p.Amount && p.Purpose != string(code.PurposeRefund) {
		return fmt.Errorf("payment %s: %s, but its items add up to %s", p.Ref, p.Amount, sum)
	}
	if err := paymentRows.add(tx, "payment "+p.Ref, &p); err != nil {
		return err
	}
	for i, it := range p.Items {
		if err := tx.add("payment "+p.Ref, insertItem, p.Ref, int64(i+1), it.CaseNo, int64(it.Part), int64(it.Amount)); err != nil {
			return err
		}
	}
	return nil
}

// UpdatePayment changes a payment that is still on before's track, else
// ErrStale. What it carries for which case never changes.
func (tx *Tx) UpdatePayment(before, after exchange.Payment) error {
	return tx.change("payment "+after.Ref, updatePayment, paymentRows.args(&after, string(before.Track))...)
}

func (tx *Tx) payments(what, where string, args ...any) ([]exchange.Payment, error) {
	all, err := paymentRows.many(tx, what, where, args...)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Items, err = tx.paymentItems(all[i].Ref); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (tx *Tx) paymentItems(ref string) ([]exchange.PaymentItem, error) {
	return many(tx, "items of payment "+ref, func(r row, it *exchange.PaymentItem) error {
		return r.Scan(&it.CaseNo, &it.Part, (*int64)(&it.Amount))
	}, "SELECT case_no, part, amount FROM payment_items WHERE ref = $1 ORDER BY ordinal", ref)
}

// Payment returns a payment by its EndToEndId.
func (tx *Tx) Payment(ref string) (exchange.Payment, error) {
	all, err := tx.payments("payment "+ref, "WHERE ref = $1", ref)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("payment %s: %w", ref, ErrNotFound)
	}
	if err != nil {
		return exchange.Payment{}, err
	}
	return all[0], nil
}

// PaymentsByCase returns the payments that carry something for a case.
func (tx *Tx) PaymentsByCase(caseNo string) ([]exchange.Payment, error) {
	return tx.payments("payments of case "+caseNo,
		"WHERE ref IN (SELECT ref FROM payment_items WHERE case_no = $1) OR ref IN (SELECT ref FROM refunds WHERE case_no = $1) ORDER BY ref", caseNo)
}

// EachUnfiled calls fn for every ordered payment that is in no payment file
// yet, by reference, until fn wants no more. Only reference and amount are
// read; fn must not use the transaction.
func (tx *Tx) EachUnfiled(fn func(ref string, amount money.Fen) (more bool)) error {
	enough := errors.New("enough")
	err := tx.each(func(r row) error {
		var ref string
		var amount int64
		if err := r.Scan(&ref, &amount); err != nil {
			return err
		}
		if !fn(ref, money.Fen(amount)) {
			return enough
		}
		return nil
	}, "SELECT ref, amount FROM payments WHERE track = 'ordered' AND file_id IS NULL ORDER BY ref")
	if err != nil && !errors.Is(err, enough) {
		return fmt.Errorf("payments in no file: %w", err)
	}
	return nil
}

// EachUnfiledUpTo calls fn for every ordered payment in no payment file yet up
// to a reference, page by page, so that fn may put it into one.
func (tx *Tx) EachUnfiledUpTo(last string, fn func(exchange.Payment) error) error {
	return tx.eachPayment("WHERE track = 'ordered' AND file_id IS NULL AND ref <= $1", last, fn)
}

// EachPaymentOf calls fn for every payment of a payment file, by reference,
// page by page, so that fn may use the transaction.
func (tx *Tx) EachPaymentOf(fileID int64, fn func(exchange.Payment) error) error {
	return tx.eachPayment("WHERE file_id = $1", fileID, fn)
}

// eachPayment walks the payments of a condition whose argument is $1.
func (tx *Tx) eachPayment(where string, with any, fn func(exchange.Payment) error) error {
	return pages(func(last *exchange.Payment) ([]exchange.Payment, error) {
		if last == nil {
			last = &exchange.Payment{}
		}
		return tx.payments("payments", where+" AND ref > $2 ORDER BY ref"+atMost(pageSize), with, last.Ref)
	}, fn)
}

// EachPayment calls fn for every payment on a track, by reference, page by
// page, so that fn may use the transaction.
func (tx *Tx) EachPayment(track exchange.MoneyTrack, fn func(exchange.Payment) error) error {
	return tx.eachPayment("WHERE track = $1", string(track), fn)
}
