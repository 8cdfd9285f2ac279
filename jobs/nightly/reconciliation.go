package nightly

import (
	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/todo"
)

// reconciliation gathers the sheet of what is open with each partner: forms and
// money that have not met, lump sums that the bank has not booked, credits that
// match nothing, the month's netting, and the balances of our accounts.
func reconciliation(o *office.Office, tx *store.Tx) (r report.Reconciliation, err error) {
	count := o.Counting("cases reconciled", 0)
	open := office.Walk(func(visit func(exchange.Case) error) error {
		return todo.EachOpenCase(tx, func(c exchange.Case) error {
			count()
			if c.MoneyTrack == exchange.MoneyNotDue || c.Side == exchange.Out && c.MoneyTrack == exchange.MoneyDue {
				return nil // no money has moved or been announced: nothing can differ
			}
			return visit(c)
		})
	})
	ahead := func(page []exchange.Case) error { return tx.ReadAhead(store.Ahead{Parts: mapped(page, caseNo)}) }
	err = office.InPages(tx, open, ahead, func(c exchange.Case) error {
		parts, err := tx.RemittancesByCase(c.No)
		for _, p := range parts {
			addOpenPart(o, &r, c, p)
		}
		return err
	})
	if err != nil {
		return r, err
	}
	if err := addOpenLumps(o, tx, &r); err != nil {
		return r, err
	}
	err = tx.EachUnmatchedEntry(func(b exchange.BankEntry) error {
		if b.Credit { // an unmatched debit is an item of To do
			r.Add(report.OpenUnmatched, report.Item{No: b.Key, Who: b.Counterpart, Arrived: b.Amount, Since: b.BookedOn, Text: office.OneLine(b.Said(), 200)}, b.Amount)
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	for code := range o.Partners {
		b, err := tx.Balances(code)
		if err != nil {
			return r, err
		}
		r.Netting(code, b[ledger.OutNetting.Of(code)], b[ledger.InNetting.Of(code)])
	}
	r.Bank, err = bankItems(o, tx, o.Date.AddDays(-reportDays))
	return r, err
}

// addOpenPart adds a part whose form and money have not met: money without a
// form, a form without money, an amount that differs, or money that came back.
func addOpenPart(o *office.Office, r *report.Reconciliation, c exchange.Case, p exchange.Remittance) {
	i := report.Item{Partner: c.Partner, Case: c, No: p.Ref, Expected: p.Amount, Arrived: p.Received, Since: p.Since, Text: o.Words(p.Reason)}
	if i.No == "" {
		i.No = p.LetterNo
	}
	switch {
	case p.Side == exchange.Out && p.Track == exchange.MoneyReturned:
		i.Arrived = p.Amount // it came back
		r.Add(report.OpenReturned, i, p.Amount)
	case p.Side == exchange.Out: // on its way, or with the bank: the bank's day proves it
	case p.Track == exchange.MoneyNone && c.FormTrack != exchange.FormNone:
		i.Since = c.FormOn
		r.Add(report.OpenNoMoney, i, p.Amount)
	case p.Track == exchange.MoneyReceived && p.FormNo == "":
		i.Expected = p.Received // nothing says yet that it is not
		r.Add(report.OpenNoForm, i, p.Received)
	case p.Track == exchange.MoneyDiffers:
		r.Add(report.OpenDiffers, i, p.Received-p.Amount)
	}
}

// addOpenLumps adds the payments of lump sums that the bank has not booked, from
// the order on.
func addOpenLumps(o *office.Office, tx *store.Tx, r *report.Reconciliation) error {
	for _, t := range []exchange.MoneyTrack{
		exchange.MoneyOrdered, exchange.MoneyReleased, exchange.MoneySubmitted, exchange.MoneyUnknown,
	} {
		err := tx.EachPayment(t, func(p exchange.Payment) error {
			if p.Lump {
				r.Add(report.OpenLump, report.Item{
					Partner: p.Partner, No: p.Ref, Who: p.Payee.Holder, Expected: p.Amount, Since: p.ValueOn,
					Text: o.Sayf("%d 人，%s", "%d persons, %s", len(p.Items), o.Word(exchange.MoneyTerms(exchange.Out), string(p.Track))),
				}, p.Amount)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
