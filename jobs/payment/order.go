package payment

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
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
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
func orderDue(ctx context.Context, o *office.Office) (ordered int, err error) {
	var faults []error
	lumps := map[string][]exchange.PaymentItem{}
	for page := (ordering{more: true}); page.more; {
		if page, err = orderPage(ctx, o, page.last); err != nil {
			return ordered, errors.Join(append(faults, err)...)
		}
		ordered += page.ordered
		faults = append(faults, page.faults...)
		for key, parts := range page.lumps {
			lumps[key] = append(lumps[key], parts...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(lumps)) {
		for _, parts := range underLumpCap(o, lumps[key]) {
			if err := orderLump(ctx, o, parts); err != nil {
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
func orderPage(ctx context.Context, o *office.Office, last exchange.Remittance) (page ordering, err error) {
	err = o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) error {
		page = ordering{lumps: map[string][]exchange.PaymentItem{}}
		due, err := d.Tx.RemittancesAfter(exchange.Out, exchange.MoneyDue, last, office.Chunk)
		if err != nil {
			return err
		}
		for _, r := range due {
			var ordered bool
			var lump string
			err := d.Tx.Savepoint(func() (err error) { ordered, lump, err = order(d, r); return err })
			switch {
			case err != nil:
				page.faults = append(page.faults, fmt.Errorf("case %s part %d: %w", r.CaseNo, r.Part, err))
			case lump != "":
				page.lumps[lump] = append(page.lumps[lump], exchange.PaymentItem{CaseNo: r.CaseNo, Part: r.Part, Amount: r.Amount})
			case ordered:
				page.ordered++
			}
		}
		if page.more = len(due) == office.Chunk; page.more {
			page.last = due[office.Chunk-1]
		}
		return nil
	})
	return page, err
}

// order makes a payment of one part, unless it has to wait (then its case says
// why) or belongs to a lump sum, whose key is returned.
func order(d *office.Desk, r exchange.Remittance) (ordered bool, lump string, err error) {
	c, err := d.CaseByNo(r.CaseNo)
	if err != nil {
		return false, "", err
	}
	payee, err := transfer.PayTo(c, &r)
	if err != nil || payee.No == "" {
		return false, "", err
	}
	if c.Partners[c.Partner].LumpSum && r.To == exchange.ToPartner && r.Attempts == 0 {
		return false, c.Partner + " " + payee.No, nil
	}
	text := iso20022.RemittanceText(c.LetterNo, c.Person.IDNo, c.Person.Name, d.Agency.RemarkMax, iso20022.Charset(d.Agency.RemarkIn))
	p := exchange.Payment{Ref: transfer.PaymentRef(c.LetterNo, r.Part, r.Attempts+1), Partner: c.Partner, Payee: payee, Text: text}
	return true, "", orderOne(d, p, []exchange.PaymentItem{{CaseNo: r.CaseNo, Part: r.Part, Amount: r.Amount}})
}

// orderOne makes one payment of parts and moves them to ordered.
func orderOne(d *office.Desk, p exchange.Payment, parts []exchange.PaymentItem) error {
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
	if err := d.Tx.InsertPayment(p); err != nil {
		return err
	}
	for _, part := range parts {
		if err := orderPart(d, part, p.Ref); err != nil {
			return err
		}
	}
	return nil
}

// orderPart moves a part, due and of that amount still, into a payment.
func orderPart(d *office.Desk, part exchange.PaymentItem, ref string) error {
	c, err := d.CaseByNo(part.CaseNo)
	if err != nil {
		return err
	}
	now, err := d.Tx.Remittance(part.CaseNo, part.Part)
	if err != nil {
		return err
	}
	r := &now
	if r.Track != exchange.MoneyDue || r.Amount != part.Amount {
		return fmt.Errorf("case %s part %d is %s, %s: %w", r.CaseNo, r.Part, r.Track, r.Amount, exchange.ErrNotAllowed)
	}
	entry := ledger.Order(c.LedgerHead(ref), r.Amount)
	back, err := cameBack(c, r)
	if err != nil {
		return err
	}
	if back {
		entry = ledger.OrderAgain(c.LedgerHead(ref), r.Amount)
	}
	if err := c.Book(entry); err != nil {
		return err
	}
	err = d.SetMoney(r, exchange.MoneyOrdered, func(r *exchange.Remittance) {
		r.Attempts++
		r.Ref, r.Reason = ref, ""
	})
	if err != nil {
		return err
	}
	if err := c.Note("payment_ordered", ref, map[string]any{"part": r.Part, "amount": r.Amount.String()}); err != nil {
		return err
	}
	if err := c.Retrack(); err != nil {
		return err
	}
	return c.Save()
}

// cameBack reports whether the last payment of a part came back; one that was
// void before it left has not. Of a lump sum a part can come back alone.
func cameBack(c *office.Case, r *exchange.Remittance) (bool, error) {
	if r.Ref == "" {
		return false, nil
	}
	p, err := c.Tx.Payment(r.Ref)
	if err != nil || !p.Lump || p.Track != exchange.MoneySettled {
		return p.Track == exchange.MoneyReturned, err
	}
	at, err := transfer.BalancesOf(c)
	return at[ledger.OutReturned] >= r.Amount, err
}

// underLumpCap divides the parts of a lump sum so that each sum stays under the
// caps of a payment and of a file; no part is above them by itself.
func underLumpCap(o *office.Office, parts []exchange.PaymentItem) (lumps [][]exchange.PaymentItem) {
	most := money.Max
	for _, limit := range []money.Fen{o.Agency.PaymentCap, o.Agency.FileCap} {
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
func orderLump(ctx context.Context, o *office.Office, parts []exchange.PaymentItem) error {
	return o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) error {
		c, err := d.CaseByNo(parts[0].CaseNo)
		if err != nil {
			return err
		}
		letter, err := d.Tx.Letter(c.LetterNo, c.LetterVersion)
		if err != nil {
			return err
		}
		ref, err := d.Tx.NextLump(o.Agency.Code, c.Partner, o.Date)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("%s %d人", ref, len(parts))
		return orderOne(d, exchange.Payment{Ref: ref, Partner: c.Partner, Lump: true, Payee: letter.Account, Text: text}, parts)
	})
}
