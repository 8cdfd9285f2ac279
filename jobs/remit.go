package jobs

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
)

// KindPayment is the kind of a payment file.
const KindPayment = "pain.001"

// Remit makes up what is due: every part becomes a transfer of its own, or
// goes into a partner's lump sum; transfers become payment files. With dual
// release a file waits for two officers' signatures; released, it is queued
// for the bank with an advice to the partner for each transfer.
func (e *Env) Remit(ctx context.Context) (Counts, error) {
	counts := Counts{}
	if err := e.checkSettings(ctx); errors.Is(err, ErrSettings) {
		e.Log.Warn("no payment is made", "why", err)
		return counts, nil // Attention names it; the rest of the pass goes on
	} else if err != nil {
		return counts, fmt.Errorf("remit: no payment is made: %w", err)
	}
	if closed, ok := e.fundsClosed(); ok {
		return counts, e.closeFunds(ctx, closed)
	}
	released, err := e.reviewPrepared(ctx)
	counts["released"] = released
	faults := []error{err}
	due, err := e.dueParts(ctx)
	if err != nil {
		return counts, errors.Join(err, fmt.Errorf("remit: %w", err))
	}
	faults = append(faults, e.orderDue(ctx, due, counts))
	if !e.Rules.AutomaticRelease {
		prepared, err := e.prepareAll(ctx)
		if prepared > 0 {
			counts["prepared"] = prepared
		}
		return counts, errors.Join(append(faults, err)...)
	}
	if err := e.Store.View(ctx, e.closes); err != nil {
		return counts, errors.Join(append(faults, fmt.Errorf("no payment is released: %w", err))...)
	}
	released, err = e.releaseAll(ctx)
	counts["released"] += released
	return counts, errors.Join(append(faults, err)...)
}

// orderDue makes payments of what is due.
func (e *Env) orderDue(ctx context.Context, due []exchange.Remittance, counts Counts) error {
	var faults []error
	lumps := map[string][]exchange.Remittance{}
	for _, r := range due {
		ordered, lump, err := e.order(ctx, r)
		if err != nil {
			faults = append(faults, fmt.Errorf("case %s part %d: %w", r.CaseNo, r.Part, err))
		}
		if lump != "" {
			lumps[lump] = append(lumps[lump], r)
		}
		if ordered {
			counts["ordered"]++
		}
	}
	for _, key := range sortedKeys(lumps) {
		for _, parts := range e.underLumpCap(lumps[key]) {
			if err := e.orderLump(ctx, parts); err != nil {
				faults = append(faults, fmt.Errorf("lump sum %s: %w", key, err))
				continue
			}
			counts["ordered"]++
		}
	}
	refunds, err := e.orderRefunds(ctx)
	if err != nil {
		faults = append(faults, err)
	}
	if refunds > 0 {
		counts["refunds"] = refunds
	}
	return errors.Join(faults...)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func (e *Env) dueParts(ctx context.Context) (due []exchange.Remittance, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.Remittances(exchange.Out, exchange.MoneyDue)
		return err
	})
	return due, err
}

// order makes a payment of one part, unless it has to wait (then its case says
// why) or belongs to a lump sum, whose key is returned.
func (e *Env) order(ctx context.Context, r exchange.Remittance) (ordered bool, lump string, err error) {
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		ordered, lump = false, ""
		d := &desk{Env: e, tx: tx, actor: "remit"}
		c, err := d.caseNo(r.CaseNo)
		if err != nil {
			return err
		}
		payee, err := c.payTo(&r)
		if err != nil || payee.No == "" {
			return err
		}
		if c.Partners[c.Partner].LumpSum && r.To == exchange.ToPartner && r.Attempts == 0 {
			lump = c.Partner + " " + payee.No
			return nil
		}
		ordered = true
		text := iso20022.RemittanceText(c.LetterNo, c.Person.IDNo, c.Person.Name, e.Agency.RemarkMax, iso20022.Charset(e.Agency.RemarkIn))
		return d.orderOne([]exchange.Remittance{r}, c.Partner, paymentRef(c.LetterNo, r.Part, r.Attempts+1), payee, text, false)
	})
	return ordered, lump, err
}

// orderOne makes one payment of parts and moves them to ordered.
func (d *desk) orderOne(parts []exchange.Remittance, partner, ref string, payee exchange.Account, text string, lump bool) error {
	p := exchange.Payment{
		Ref: ref, Partner: partner, Purpose: string(code.PurposeTransfer), Lump: lump, Payee: payee, Text: text, Track: exchange.MoneyOrdered,
		ValueOn: d.Date,
	}
	for i := range parts {
		r := &parts[i]
		if r.Part > 1 {
			p.Purpose = string(code.PurposeSupplement)
		}
		sum, err := p.Amount.Add(r.Amount)
		if err != nil {
			return err
		}
		p.Amount = sum
		p.Items = append(p.Items, exchange.PaymentItem{CaseNo: r.CaseNo, Part: r.Part, Amount: r.Amount})
	}
	if err := d.tx.InsertPayment(p); err != nil {
		return err
	}
	for i := range parts {
		if err := d.orderPart(&parts[i], ref); err != nil {
			return err
		}
	}
	return nil
}

func (d *desk) orderPart(r *exchange.Remittance, ref string) error {
	c, err := d.caseNo(r.CaseNo)
	if err != nil {
		return err
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
func (e *Env) underLumpCap(parts []exchange.Remittance) (lumps [][]exchange.Remittance) {
	most := money.Fen(money.Max)
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
func (e *Env) orderLump(ctx context.Context, parts []exchange.Remittance) error {
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
		return d.orderOne(append([]exchange.Remittance(nil), parts...), c.Partner, ref, letter.Account, fmt.Sprintf("%s %d人", ref, len(parts)), true)
	})
}

// releaseAll puts ordered payments into payment files, each under the cap,
// until none is left. With automatic release a file is released as it is made;
// a file of dual release that still waited was voided before.
func (e *Env) releaseAll(ctx context.Context) (int, error) { return e.fileAll(ctx, e.release) }

// fileAll makes payment files of all ordered payments that are in none, each
// in a transaction of its own, and returns how many payments they hold.
func (e *Env) fileAll(ctx context.Context, file func(*store.Tx, orderPlan) error) (filed int, err error) {
	for {
		var plan orderPlan
		err := e.Store.Tx(ctx, func(tx *store.Tx) (err error) {
			if plan, err = e.planOrder(tx); err != nil || plan.count == 0 {
				return err
			}
			return file(tx, plan)
		})
		if err != nil {
			return filed, fmt.Errorf("payment file: %w", err)
		}
		if plan.count == 0 {
			return filed, nil
		}
		filed += plan.count
	}
}

// release composes a payment file, queues it for the bank and advises the partners.
func (e *Env) release(tx *store.Tx, plan orderPlan) error {
	d := &desk{Env: e, tx: tx, actor: "remit"}
	file, err := d.payFile(plan, exchange.FileQueued)
	if err != nil {
		return err
	}
	err = tx.EachUnfiledUpTo(plan.last, func(p exchange.Payment) error {
		err := d.setPayment(p, exchange.MoneyReleased, func(p *exchange.Payment) { p.FileID = file.ID })
		if err != nil {
			return err
		}
		return d.advise(p)
	})
	if err != nil {
		return err
	}
	return d.journal("agency", "payment_file_released", "automatic", map[string]any{"file": file.Name, "payments": plan.count, "total": file.Total.String(), "sha256": file.SHA256})
}

// advise tells the partner about a payment, person by person.
func (d *desk) advise(p exchange.Payment) error {
	if p.Purpose == string(code.PurposeRefund) {
		return d.adviseRefund(p)
	}
	for _, item := range p.Items {
		c, err := d.caseNo(item.CaseNo)
		if err != nil {
			return err
		}
		r, err := d.tx.Remittance(item.CaseNo, item.Part)
		if err != nil {
			return err
		}
		if r.To != exchange.ToPartner {
			continue
		}
		m := formats.Advice{
			PaymentRef: p.Ref, Purpose: code.Purpose(p.Purpose), LetterNo: c.LetterNo, FormNo: r.FormNo, PersonID: c.Person.IDNo,
			Name: c.Person.Name, Amount: item.Amount, ValueDate: p.ValueOn,
		}
		if err := d.send(c.Partner, c.No, &m); err != nil {
			return err
		}
	}
	return nil
}

// freePayments takes unsent payments of a case back, so that its account may
// change; it reports false, and changes nothing, when what there is to pay is
// with the bank or paid. A part that is still to be paid, or came back, needs
// the account whatever became of the others.
func (c *casework) freePayments() (bool, error) {
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return false, err
	}
	gone, open := false, false
	for _, r := range parts {
		switch r.Track {
		case exchange.MoneySubmitted, exchange.MoneyUnknown, exchange.MoneySettled:
			gone = true
		case exchange.MoneyDue, exchange.MoneyOrdered, exchange.MoneyReleased, exchange.MoneyReturned:
			open = true
		}
	}
	if gone && !open {
		return false, nil
	}
	return true, c.freeUnsent()
}

// freeUnsent takes back every payment of the case that has not left.
func (c *casework) freeUnsent() error {
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	for _, r := range parts {
		if r.Track != exchange.MoneyOrdered && r.Track != exchange.MoneyReleased {
			continue
		}
		p, err := c.tx.Payment(r.Ref)
		if err != nil {
			return err
		}
		if err := c.voidPayment(p); err != nil {
			return err
		}
	}
	fresh, err := c.tx.Case(c.No)
	if err != nil {
		return err
	}
	c.Case, c.before = fresh, fresh
	return nil
}

// voidPayment takes back an unsent payment; a file that was made with it is
// void as a whole, and what else it held is due again.
func (d *desk) voidPayment(p exchange.Payment) error {
	if p.FileID == 0 {
		return d.setPayment(p, exchange.MoneyDue, func(p *exchange.Payment) { p.Reason = "void: the file was not sent" })
	}
	file, err := d.tx.File(p.FileID)
	if err != nil {
		return err
	}
	return d.voidFile(file, "付款 "+p.Ref+" 的办件或账户已变更 / the case or account of payment "+p.Ref+" changed")
}

// payAgain makes returned parts due again, to the letter's current account.
func (c *casework) payAgain(l exchange.Letter, why string) error {
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	for i := range parts {
		r := &parts[i]
		if r.Track != exchange.MoneyReturned || r.To != exchange.ToPartner {
			continue
		}
		if err := c.setMoney(r, exchange.MoneyDue, nil); err != nil {
			return err
		}
		if err := c.note("payment_due_again", why, map[string]any{"part": r.Part, "account_no": l.Account.No}); err != nil {
			return err
		}
	}
	return c.retrack()
}
