package store

import (
	"cmp"
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

var (
	paymentRows = keep("payments", func(p *exchange.Payment) []field {
		return []field{
			at("ref", &p.Ref), at("file_id", shape.OptionalOf(&p.FileID)), at("partner", &p.Partner), at("purpose", &p.Purpose), at("lump", &p.Lump),
			at("amount", (*int64)(&p.Amount)), at("track", (*string)(&p.Track)), at("value_on", &p.ValueOn), at("bank_ref", &p.BankRef), at("payee_no", shape.Derived(p.Payee.No)),
		}
	}, func(p *exchange.Payment) []field {
		return []field{
			at("payee", &p.Payee), at("text", &p.Text), at("reason,omitzero", &p.Reason), at("return_ref,omitempty", &p.ReturnRef), at("refused_as,omitempty", &p.RefusedAs), at("refused_on,omitzero", &p.RefusedOn),
		}
	}).prove(proof[exchange.Payment]{keys: 1, chain: func(p *exchange.Payment) string { return ofDay("payments", p.ValueOn) }, kind: "payments", by: "value_on"})
	updatePayment = paymentRows.update("ref = $1 AND track = $12")
	paymentByRef  = byKey(paymentRows, "ref", func(*exchange.Payment, *exchange.Payment) int { return 0 }, func(p *exchange.Payment) any { return p.Ref })

	itemRows = keep("payment_items", func(i *paymentItem) []field {
		return []field{at("ref", &i.Ref), at("ordinal", &i.Ordinal), at("case_no", &i.CaseNo), at("part", &i.Part), at("amount", (*int64)(&i.Amount))}
	}, nil).prove(proof[paymentItem]{keys: 2, chain: func(i *paymentItem) string { return i.CaseNo }, by: "case_no"})
	itemsByRef = byKey(itemRows, "ref", func(a, b *paymentItem) int { return cmp.Compare(a.Ordinal, b.Ordinal) }, func(i *paymentItem) any { return i.Ref })
)

// paymentItem is what a payment carries for a part, in its place.
type paymentItem struct {
	Ref     string
	Ordinal int
	exchange.PaymentItem
}

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
		if err := itemRows.add(tx, "payment "+p.Ref, &paymentItem{p.Ref, i + 1, it}); err != nil {
			return err
		}
	}
	return nil
}

// UpdatePayment changes a payment that is still on before's track, else
// ErrStale. What it carries for which case never changes.
func (tx *Tx) UpdatePayment(before, after exchange.Payment) error {
	return paymentRows.change(tx, "payment "+after.Ref, updatePayment, &before, &after, string(before.Track))
}

func (tx *Tx) payments(what, where string, args ...any) ([]exchange.Payment, error) {
	all, err := paymentRows.many(tx, what, where, args...)
	if err != nil {
		return nil, err
	}
	return tx.withItems(all)
}

// withItems adds to payments what they carry.
func (tx *Tx) withItems(all []exchange.Payment) ([]exchange.Payment, error) {
	if len(all) > 1 {
		refs := make([]any, len(all))
		for i := range all {
			refs[i] = all[i].Ref
		}
		if err := itemsByRef.ahead(tx, refs); err != nil {
			return nil, err
		}
		defer delete(tx.known, source(itemsByRef)) // of one page only
	}
	for i := range all {
		items, err := itemsByRef.of(tx, "items of payment "+all[i].Ref, all[i].Ref)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			all[i].Items = append(all[i].Items, it.PaymentItem)
		}
	}
	return all, nil
}

// paymentsAhead reads payments ahead, with what they carry.
func (tx *Tx) paymentsAhead(refs []any) error {
	return errors.Join(paymentByRef.ahead(tx, refs), itemsByRef.ahead(tx, refs))
}

// Payment returns a payment by its EndToEndId.
func (tx *Tx) Payment(ref string) (exchange.Payment, error) {
	all, err := paymentByRef.of(tx, "payment "+ref, ref)
	if err == nil {
		all, err = tx.withItems(all)
	}
	return firstOf("payment "+ref, all, err)
}

// PaymentsBy says to whom payments went: the column of payments that names it.
type PaymentsBy string

// To a partner by its code, and to an account by its number.
const (
	ByPartner PaymentsBy = "partner"
	ByAccount PaymentsBy = "payee_no"
)

// FirstSettled returns the settled payment of the earliest value date; none: ErrNotFound.
func (tx *Tx) FirstSettled(to PaymentsBy, key string) (exchange.Payment, error) {
	return paymentRows.one(tx, "first payment", "WHERE "+string(to)+" = $1 AND track = 'settled' ORDER BY value_on LIMIT 1", key)
}

// PaidOn is what was ordered to somebody on a business date, by the track on which it is.
func (tx *Tx) PaidOn(to PaymentsBy, key string, on calendar.Date) (map[string]money.Fen, error) {
	return tx.figures("payments on "+on.String(), "track", "amount", "payments WHERE "+string(to)+" = $1 AND value_on = $2", key, on.String())
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
	return tx.UnfiledPages(last, singly(fn))
}

// UnfiledPages is EachUnfiledUpTo with a page at a time.
func (tx *Tx) UnfiledPages(last string, fn func([]exchange.Payment) error) error {
	return tx.paymentPages("WHERE track = 'ordered' AND file_id IS NULL AND ref <= $1", last, fn)
}

// PaymentsIn counts the payments of a file.
func (tx *Tx) PaymentsIn(fileID int64) (int, error) {
	n, err := tx.number("payments of the file", "SELECT count(*) FROM payments WHERE file_id = $1", fileID)
	return int(n), err
}

// EachPaymentOf calls fn for every payment of a payment file, by reference,
// page by page, so that fn may use the transaction.
func (tx *Tx) EachPaymentOf(fileID int64, fn func(exchange.Payment) error) error {
	return tx.PaymentPagesOf(fileID, singly(fn))
}

// PaymentPagesOf is EachPaymentOf with a page at a time.
func (tx *Tx) PaymentPagesOf(fileID int64, fn func([]exchange.Payment) error) error {
	return tx.paymentPages("WHERE file_id = $1", fileID, fn)
}

// paymentPages walks the payments of a condition whose argument is $1.
func (tx *Tx) paymentPages(where string, with any, fn func([]exchange.Payment) error) error {
	return pages(func(last *exchange.Payment) ([]exchange.Payment, error) {
		return tx.payments("payments", where+" AND ref > $2 ORDER BY ref"+sqltext.AtMost(pageSize), with, last.Ref)
	}, fn)
}

// EachPayment calls fn for every payment on a track, by reference, page by
// page, so that fn may use the transaction.
func (tx *Tx) EachPayment(track exchange.MoneyTrack, fn func(exchange.Payment) error) error {
	return tx.paymentPages("WHERE track = $1", string(track), singly(fn))
}
