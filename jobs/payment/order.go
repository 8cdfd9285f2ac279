package payment

import (
	"cmp"
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
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// pageResult is what a page of due parts has led to.
type pageResult struct {
	ordered int
	caps    dayCaps                            // with what is ordered
	lumps   map[lumpKey][]exchange.PaymentItem // parts that wait for their lump sum
	faults  []error                            // parts that could not be ordered, each rolled back alone
	last    exchange.Remittance                // where the next page begins
	more    bool
}

// lumpKey is what the parts of a lump sum have in common.
type lumpKey struct{ partner, account, deciders string }

func compareLumps(a, b lumpKey) int {
	return cmp.Or(cmp.Compare(a.partner, b.partner), cmp.Compare(a.account, b.account), cmp.Compare(a.deciders, b.deciders))
}

// orderDue makes payments of what is due, page by page, and returns how many;
// lump sums last, of what all pages hold for them. A part that cannot be ordered
// does not stop the others: the errors come back joined, beside the count. A
// crash leaves the rest due, for the next pass.
func orderDue(ctx context.Context, o *office.Office, caps dayCaps) (ordered int, err error) {
	var faults []error
	lumps := map[lumpKey][]exchange.PaymentItem{}
	for page := (pageResult{more: true}); page.more; {
		if page, err = orderPage(ctx, o, page.last, caps); err != nil {
			return ordered, errors.Join(append(faults, err)...)
		}
		ordered += page.ordered
		maps.Copy(caps, page.caps)
		o.ShowProgress("payments ordered", ordered, 0)
		faults = append(faults, page.faults...)
		for key, parts := range page.lumps {
			lumps[key] = append(lumps[key], parts...)
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(lumps), compareLumps) {
		n, err := orderLumps(ctx, o, caps, key, lumps[key])
		ordered += n
		faults = append(faults, err)
	}
	return ordered, errors.Join(faults...)
}

// orderLumps makes lump sums of parts that belong together, each under the caps, and
// returns how many.
func orderLumps(ctx context.Context, o *office.Office, caps dayCaps, key lumpKey, parts []exchange.PaymentItem) (ordered int, err error) {
	shares, err := caps.divide(ctx, o, key, parts)
	faults := []error{err}
	for _, share := range shares {
		for _, parts := range splitUnderCap(o, share.parts) {
			if err := orderLump(ctx, o, parts, share.by); err != nil {
				faults = append(faults, fmt.Errorf("lump sum %s %s: %w", key.partner, key.account, err))
				continue
			}
			ordered++
		}
	}
	return ordered, errors.Join(faults...)
}

// orderPage orders the due parts behind the last one, a chunk of them in one
// transaction. Each part has a savepoint, so that an error undoes that part
// alone. The page begins anew in the transaction, which may be run twice.
func orderPage(ctx context.Context, o *office.Office, last exchange.Remittance, caps dayCaps) (page pageResult, err error) {
	err = o.DoChunk(ctx, office.By{Actor: "remit"}, func(d *office.Desk) error {
		page = pageResult{caps: maps.Clone(caps), lumps: map[lumpKey][]exchange.PaymentItem{}}
		due, cases, err := duePage(d, last)
		if err != nil {
			return err
		}
		deciders, err := decidersOfLumps(d, cases)
		if err != nil {
			return err
		}
		stands, err := signing.ReadStanding(d.Office, d.Tx)
		if err != nil {
			return err
		}
		for _, r := range due {
			var ordered bool
			var lump lumpKey
			err := d.InSavepoint(func() (err error) {
				ordered, lump, err = orderDuePart(d, r, page.caps, stands)
				return err
			})
			switch {
			case err != nil:
				page.faults = append(page.faults, fmt.Errorf("case %s part %d: %w", r.CaseNo, r.Part, err))
			case lump != lumpKey{}:
				lump.deciders = deciders[r.CaseNo] // who decided signs for the others (SPEC 4)
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

// duePage reads the page of parts that are due behind the last one, with their cases ahead.
func duePage(d *office.Desk, last exchange.Remittance) (due []exchange.Remittance, cases []string, err error) {
	due, err = d.Tx.RemittancesAfter(exchange.Out, exchange.MoneyDue, last, office.Chunk)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range due {
		cases = append(cases, r.CaseNo)
	}
	return due, cases, d.CasesAhead(cases, office.Beside{Payable: true})
}

// orderDuePart makes a payment of one part, unless it has to wait (false and no
// lump: its case is on hold and says why, or the settings of its partner are not
// approved) or belongs to a lump sum, whose key is returned, or a daily cap is
// reached, which the journal says. A part that came back of a lump sum goes out alone
// (SPEC 4), hence the look at its attempts. Attempts count lump sums, so that a
// reference is never used twice.
func orderDuePart(d *office.Desk, r exchange.Remittance, caps dayCaps, stands signing.Standing) (ordered bool, lump lumpKey, err error) {
	c, err := d.CaseByNo(r.CaseNo)
	if err != nil || stands.Stops(c.Partner) != nil || stands.StopsCase(c.No) != nil {
		return false, lump, err
	}
	payee, wait, err := transfer.PayTo(c, &r)
	if err != nil || wait {
		return false, lump, err
	}
	if c.Partners[c.Partner].LumpSum && r.To == exchange.ToPartner && r.Attempts == 0 {
		return false, lumpKey{partner: c.Partner, account: payee.No}, nil
	}
	text := iso20022.RemittanceText(c.LetterNo, c.Person.IDNo, c.Person.Name, d.Agency.RemarkMax, iso20022.Charset(d.Agency.RemarkIn))
	p := exchange.Payment{Ref: transfer.PaymentRef(c.LetterNo, r.Part, r.Attempts+1), Partner: c.Partner, Payee: payee, Text: text, Amount: r.Amount}
	by, above, err := caps.ask(d, p)
	if err != nil || len(above) > 0 {
		return false, lump, errors.Join(err, noteCapped(d, c.No, r.Part, r.Amount, above))
	}
	caps.add(p, d.Date)
	return true, lump, insertPayment(d, p, []exchange.PaymentItem{{CaseNo: r.CaseNo, Part: r.Part, Amount: r.Amount}}, by)
}

// insertPayment stores one payment over parts and moves them to ordered; by are the
// decisions without which it would be above a daily cap. The sum is made here;
// money.ErrOverflow when it does not fit.
func insertPayment(d *office.Desk, p exchange.Payment, parts []exchange.PaymentItem, by []exchange.Recorded) error {
	p.Purpose, p.Track, p.ValueOn, p.Items, p.Amount = string(code.PurposeTransfer), exchange.MoneyOrdered, d.Date, parts, 0
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
		if err := markPartOrdered(d, part, p.Ref); err != nil {
			return err
		}
		if err := noteAllowed(d, part.CaseNo, p.Ref, by); err != nil {
			return err
		}
	}
	return nil
}

// markPartOrdered moves a part into a payment and books it: ordered for the
// first time, or again after a return. The part is read anew: one that is not
// due any more, or of another amount than when the page was read, is
// exchange.ErrNotAllowed, and the payment is rolled back with it.
func markPartOrdered(d *office.Desk, part exchange.PaymentItem, ref string) error {
	c, now, err := d.PartOf(part.CaseNo, part.Part)
	if err != nil {
		return err
	}
	r := &now
	if r.Track != exchange.MoneyDue || r.Amount != part.Amount {
		return fmt.Errorf("case %s part %d is %s, %s: %w", r.CaseNo, r.Part, r.Track, r.Amount, exchange.ErrNotAllowed)
	}
	entry := ledger.Order(c.LedgerHead(ref), r.Amount)
	back, err := wasReturned(c, r)
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
		r.Ref, r.Reason = ref, code.Phrase{}
	})
	if err != nil {
		return err
	}
	if err := c.Note("payment_ordered", code.Text(ref), map[string]any{"part": r.Part, "amount": r.Amount.String()}); err != nil {
		return err
	}
	if err := c.RetrackMoney(); err != nil {
		return err
	}
	return c.Save()
}

// wasReturned reports whether the last payment of a part came back; one that was
// void before it left has not. Of a lump sum a part can be refunded alone, while
// the payment stays settled for the others: then the ledger has the part's amount
// among the returned.
func wasReturned(c *office.Case, r *exchange.Remittance) (bool, error) {
	if r.Ref == "" {
		return false, nil
	}
	p, err := c.Tx.Payment(r.Ref)
	if err != nil || !p.Lump || p.Track != exchange.MoneySettled {
		return p.Track == exchange.MoneyReturned, err
	}
	balances, err := c.Balances()
	return balances[ledger.OutReturned] >= r.Amount, err
}

// splitUnderCap divides the parts of a lump sum, in their order, so that each
// sum stays under the caps of a payment and of a file. A part that is above a cap
// by itself (an officer allowed it) makes a lump sum of its own.
func splitUnderCap(o *office.Office, parts []exchange.PaymentItem) (lumps [][]exchange.PaymentItem) {
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

// orderLump makes one payment for several cases of a partner and account, in a
// transaction of its own. All parts have the account of the first one's letter,
// as the account is half of their key. The text is what a partner matches by:
// payment_ref and number of persons (SPEC 4).
func orderLump(ctx context.Context, o *office.Office, parts []exchange.PaymentItem, by []exchange.Recorded) error {
	return o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) error {
		c, err := d.CaseByNo(parts[0].CaseNo)
		if err != nil {
			return err
		}
		_, first, err := d.PartOf(parts[0].CaseNo, parts[0].Part)
		if err != nil {
			return err
		}
		account, wait, err := transfer.PayTo(c, &first)
		if err != nil || wait {
			return err
		}
		ref, err := d.Tx.NextLump(o.Agency.Code, c.Partner, o.Date)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("%s %d人", ref, len(parts))
		return insertPayment(d, exchange.Payment{Ref: ref, Partner: c.Partner, Lump: true, Payee: account, Text: text}, parts, by)
	})
}
