package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// ordering is what a page of due parts has led to.
type ordering struct {
	ordered int
	lumps   map[string][]exchange.PaymentItem // parts that wait for their lump sum, by partner and account
	faults  []error
	last    exchange.Remittance
	more    bool
}

// orderDue makes payments of what is due, page by page; lump sums last, of
// what all pages hold for them. A part that cannot be ordered stops no other.
func (e *Env) orderDue(ctx context.Context) (ordered int, err error) {
	var faults []error
	lumps := map[string][]exchange.PaymentItem{}
	for page := (ordering{more: true}); page.more; {
		if page, err = e.orderPage(ctx, page.last); err != nil {
			return ordered, errors.Join(append(faults, err)...)
		}
		ordered += page.ordered
		faults = append(faults, page.faults...)
		for key, parts := range page.lumps {
			lumps[key] = append(lumps[key], parts...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(lumps)) {
		for _, parts := range e.underLumpCap(lumps[key]) {
			if err := e.orderLump(ctx, parts); err != nil {
				faults = append(faults, fmt.Errorf("lump sum %s: %w", key, err))
				continue
			}
			ordered++
		}
	}
	return ordered, errors.Join(faults...)
}

// orderPage orders the due parts behind the last one, a chunk of them in one
// transaction.
func (e *Env) orderPage(ctx context.Context, last exchange.Remittance) (page ordering, err error) {
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		page = ordering{lumps: map[string][]exchange.PaymentItem{}}
		due, err := tx.RemittancesAfter(exchange.Out, exchange.MoneyDue, last, chunk)
		if err != nil {
			return err
		}
		d := &desk{Env: e, tx: tx, actor: "remit"}
		for _, r := range due {
			var ordered bool
			var lump string
			err := tx.Part(func() (err error) { ordered, lump, err = d.order(r); return err })
			switch {
			case err != nil:
				page.faults = append(page.faults, fmt.Errorf("case %s part %d: %w", r.CaseNo, r.Part, err))
			case lump != "":
				page.lumps[lump] = append(page.lumps[lump], exchange.PaymentItem{CaseNo: r.CaseNo, Part: r.Part, Amount: r.Amount})
			case ordered:
				page.ordered++
			}
		}
		if page.more = len(due) == chunk; page.more {
			page.last = due[chunk-1]
		}
		return nil
	})
	return page, err
}

// order makes a payment of one part, unless it has to wait (then its case says
// why) or belongs to a lump sum, whose key is returned.
func (d *desk) order(r exchange.Remittance) (ordered bool, lump string, err error) {
	c, err := d.caseNo(r.CaseNo)
	if err != nil {
		return false, "", err
	}
	payee, err := c.payTo(&r)
	if err != nil || payee.No == "" {
		return false, "", err
	}
	if c.Partners[c.Partner].LumpSum && r.To == exchange.ToPartner && r.Attempts == 0 {
		return false, c.Partner + " " + payee.No, nil
	}
	text := iso20022.RemittanceText(c.LetterNo, c.Person.IDNo, c.Person.Name, d.Agency.RemarkMax, iso20022.Charset(d.Agency.RemarkIn))
	p := exchange.Payment{Ref: paymentRef(c.LetterNo, r.Part, r.Attempts+1), Partner: c.Partner, Payee: payee, Text: text}
	return true, "", d.orderOne(p, []exchange.PaymentItem{{CaseNo: r.CaseNo, Part: r.Part, Amount: r.Amount}})
}

// orderOne makes one payment of parts and moves them to ordered.
func (d *desk) orderOne(p exchange.Payment, parts []exchange.PaymentItem) error {
	p.Purpose, p.Track, p.ValueOn, p.Items = string(code.PurposeTransfer), exchange.MoneyOrdered, d.Date, parts
	for _, part := range parts {
		if part.Part > 1 {
			p.Purpose = string(code.PurposeSupplement)
		}
		sum, err := p.Amount.Add(part.Amount)
		if err != nil {
			return err
		}
		p.Amount = sum
	}
	if err := d.tx.InsertPayment(p); err != nil {
		return err
	}
	for _, part := range parts {
		if err := d.orderPart(part, p.Ref); err != nil {
			return err
		}
	}
	return nil
}

// orderPart moves a part, due and of that amount still, into a payment.
func (d *desk) orderPart(part exchange.PaymentItem, ref string) error {
	c, err := d.caseNo(part.CaseNo)
	if err != nil {
		return err
	}
	now, err := d.tx.Remittance(part.CaseNo, part.Part)
	if err != nil {
		return err
	}
	r := &now
	if r.Track != exchange.MoneyDue || r.Amount != part.Amount {
		return fmt.Errorf("case %s part %d is %s, %s: %w", r.CaseNo, r.Part, r.Track, r.Amount, exchange.ErrNotAllowed)
	}
	entry := ledger.Order(c.head(ref), r.Amount)
	back, err := c.cameBack(r)
	if err != nil {
		return err
	}
	if back {
		entry = ledger.OrderAgain(c.head(ref), r.Amount)
	}
	if err := c.book(entry); err != nil {
		return err
	}
	err = d.setMoney(r, exchange.MoneyOrdered, func(r *exchange.Remittance) {
		r.Attempts++
		r.Ref, r.Reason = ref, ""
	})
	if err != nil {
		return err
	}
	if err := c.note("payment_ordered", ref, map[string]any{"part": r.Part, "amount": r.Amount.String()}); err != nil {
		return err
	}
	if err := c.retrack(); err != nil {
		return err
	}
	return c.save()
}

// cameBack reports whether the last payment of a part came back; one that was
// void before it left has not. Of a lump sum a part can come back alone.
func (c *casework) cameBack(r *exchange.Remittance) (bool, error) {
	if r.Ref == "" {
		return false, nil
	}
	p, err := c.tx.Payment(r.Ref)
	if err != nil || !p.Lump || p.Track != exchange.MoneySettled {
		return p.Track == exchange.MoneyReturned, err
	}
	at, err := c.lies()
	return at[ledger.OutReturned] >= r.Amount, err
}

// underLumpCap divides the parts of a lump sum so that each sum stays under the
// caps of a payment and of a file; no part is above them by itself.
func (e *Env) underLumpCap(parts []exchange.PaymentItem) (lumps [][]exchange.PaymentItem) {
	most := money.Max
	for _, limit := range []money.Fen{e.Agency.PaymentCap, e.Agency.FileCap} {
		if limit > 0 {
			most = min(most, limit)
		}
	}
	sum, from := money.Fen(0), 0
	for i, r := range parts {
		next, err := sum.Add(r.Amount)
		if i > from && (err != nil || next > most) {
			lumps = append(lumps, parts[from:i])
			next, from = r.Amount, i
		}
		sum = next
	}
	return append(lumps, parts[from:])
}

// orderLump makes one payment for several cases of a partner and account.
func (e *Env) orderLump(ctx context.Context, parts []exchange.PaymentItem) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		d := &desk{Env: e, tx: tx, actor: "remit"}
		c, err := d.caseNo(parts[0].CaseNo)
		if err != nil {
			return err
		}
		letter, err := tx.Letter(c.LetterNo, c.LetterVersion)
		if err != nil {
			return err
		}
		ref, err := tx.NextLump(e.Agency.Code, c.Partner, e.Date)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("%s %d人", ref, len(parts))
		return d.orderOne(exchange.Payment{Ref: ref, Partner: c.Partner, Lump: true, Payee: letter.Account, Text: text}, parts)
	})
}
