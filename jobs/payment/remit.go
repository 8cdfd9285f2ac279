// Package payment makes due parts of money into payments and payment files,
// has them released, and pays back what came too much.
//
// It promises that a part is paid once: a payment that was given up is followed
// by another under a new reference, every transfer is looked at again before
// its file leaves, and nothing is paid while the ledger does not balance, funds
// are closed (closeFunds, whyUnpayable), the money settings are not approved, our
// account is not valid or the pass was begun for a day that is over (MayPay). What
// the bank says of a payment is for bank, the upload for courier.
package payment

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/proof"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// Remit makes up what is due: every part becomes a transfer of its own, or
// goes into a partner's lump sum; transfers become payment files. With dual
// release a file waits for two officers' signatures; released, it is queued
// for the bank with an advice to the partner for each transfer.
//
// It returns the payments made by what became of them (ordered, refunds,
// prepared, released), also beside an error: a case or file that fails does not
// stop the others. Unapproved money settings are no error, but nothing is paid.
func Remit(ctx context.Context, o *office.Office) (office.Counts, error) {
	counts := office.Counts{}
	if o.MovesMoney() != nil {
		return counts, nil // the run says why
	}
	if err := mayOrder(ctx, o); signing.Stopped(err) || errors.Is(err, ErrLumpUnknown) {
		o.Log.Warn("no payment is made: see the sheet To do", "why", err)
		return counts, nil // jobs/todo names it; the rest of the pass goes on
	} else if err != nil {
		return counts, fmt.Errorf("remit: no payment is made, the money settings could not be checked (see carryover check): %w", err)
	}
	if closed, ok := transfer.FundsClosed(o); ok {
		return counts, closeFunds(ctx, o, closed)
	}
	if pays, err := somethingPays(ctx, o); errors.Is(err, ErrUnknownDebit) {
		o.Log.Warn("no payment is made: see the sheet To do", "why", err)
		return counts, nil
	} else if err != nil || !pays {
		return counts, err
	}
	// What was signed leaves before new files are made: a file that is void now
	// frees payments that the new ones can hold.
	released, err := reviewPrepared(ctx, o)
	counts["released"] = released
	faults := []error{err}
	caps := dayCaps{}
	ordered, err := orderDue(ctx, o, caps)
	if ordered > 0 {
		counts["ordered"] = ordered
	}
	faults = append(faults, err)
	refunds, err := orderRefunds(ctx, o, caps)
	if refunds > 0 {
		counts["refunds"] = refunds
	}
	faults = append(faults, err)
	if !o.Rules.AutomaticRelease {
		prepared, err := prepareAll(ctx, o)
		if prepared > 0 {
			counts["prepared"] = prepared
		}
		return counts, errors.Join(append(faults, err)...)
	}
	released, err = releaseAll(ctx, o)
	counts["released"] += released
	return counts, errors.Join(append(faults, err)...)
}

// mayOrder records money settings that are new and says why nothing is paid. After a restoration it
// takes up what was found, and shows what waits to be signed.
func mayOrder(ctx context.Context, o *office.Office) error {
	stands, err := signing.Check(ctx, o)
	if len(stands.Restored) > 0 {
		var left error
		taken := o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) error {
			if left = Adopt(d); left != nil && !errors.Is(left, ErrLumpUnknown) {
				return left
			}
			return signing.ShowRestored(d)
		})
		err = cmp.Or(taken, err, left)
	}
	return err
}

// somethingPays reports whether there is anything for Remit to do; ErrUnknownDebit while it may be paid.
func somethingPays(ctx context.Context, o *office.Office) (pays bool, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		if pays, err = tx.Pays(); err != nil || !pays {
			return err
		}
		return debitsKnown(o, tx)
	})
	return pays, err
}

// releaseAll puts ordered payments into payment files, each under the cap,
// until none is left. With automatic release a file is released as it is made;
// a file of dual release that still waited was voided before. Nobody looks at the
// files again, so the ledger is proved before the first is made; with dual release
// that is done when the second signature is there.
func releaseAll(ctx context.Context, o *office.Office) (int, error) {
	proved := false
	return fileAll(ctx, o, func(d *office.Desk, plan orderPlan) error {
		if !proved {
			if err := proof.CheckBalanced(o, d.Tx); err != nil {
				return fmt.Errorf("not released%s: %w", whereToLook(err), err)
			}
			proved = true
		}
		return release(d, plan)
	})
}

// fileAll makes payment files of all ordered payments that are in none, each
// in a transaction of its own, and returns how many payments they hold. A crash
// between two files leaves the rest ordered, for the next pass.
func fileAll(ctx context.Context, o *office.Office, file func(*office.Desk, orderPlan) error) (filed int, err error) {
	for {
		var plan orderPlan
		err := o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) (err error) {
			if plan, err = planOrder(o, d.Tx); err != nil || plan.count == 0 {
				return err
			}
			return file(d, plan)
		})
		if err != nil {
			return filed, fmt.Errorf("payment file: %w", err)
		}
		if filed += plan.count; plan.count == 0 || !plan.more {
			return filed, nil
		}
	}
}

// release composes a payment file, queues it for the bank and advises the
// partners, in one transaction: no advice without its payment, no payment
// without its advice.
func release(d *office.Desk, plan orderPlan) error {
	file, err := makeFile(d, plan, exchange.FileQueued)
	if err != nil {
		return err
	}
	err = d.WorkUnfiled(plan.last, func(p exchange.Payment) error {
		err := transfer.SetPayment(d, p, exchange.MoneyReleased, func(p *exchange.Payment) { p.FileID = file.ID })
		if err != nil {
			return err
		}
		return advise(d, p)
	})
	if err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, "payment_file_released", code.Say("released-automatically"), map[string]any{
		"file": file.Name, "payments": plan.count, "total": file.Total.String(), "sha256": file.SHA256,
	})
}

// advise sends the partner an advice (M) of a payment, person by person: that
// of every attempt, as a form names its first reference only, and of each case
// in a lump sum, which the partner cannot match without (SPEC 4). What goes to
// the person needs none.
func advise(d *office.Desk, p exchange.Payment) error {
	if p.Purpose == string(code.PurposeRefund) {
		return adviseRefund(d, p)
	}
	for _, item := range p.Items {
		c, r, err := d.PartOf(item.CaseNo, item.Part)
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
		if err := d.Send(c.Partner, c.No, &m); err != nil {
			return err
		}
	}
	return nil
}
