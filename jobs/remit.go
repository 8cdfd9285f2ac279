package jobs

import (
	"context"
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
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
	ordered, err := e.orderDue(ctx)
	if ordered > 0 {
		counts["ordered"] = ordered
	}
	faults = append(faults, err)
	refunds, err := e.orderRefunds(ctx)
	if refunds > 0 {
		counts["refunds"] = refunds
	}
	faults = append(faults, err)
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
