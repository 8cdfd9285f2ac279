package nightly

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/bank"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// bankItems lists, account by account, each day since one as the bank states it,
// the working days that it did not state, and the balance reconciliation at the
// last day stated. An account without any statement has no rows.
func bankItems(o *office.Office, tx *store.Tx, since calendar.Date) (items []report.BankItem, err error) {
	for _, account := range o.Agency.AccountNumbers() {
		days, err := tx.BankDays(account, 10000101) // all: the reconciliation begins at the first
		if err != nil {
			return nil, err
		}
		if len(days) == 0 {
			continue
		}
		for i := range days {
			if d := &days[i]; d.Day >= since {
				items = append(items, report.BankItem{Account: account, On: d.Day, Day: d, Text: bank.DayWords(o, d)})
			}
		}
		gaps, err := bank.MissingStatements(o, tx, account, since)
		if err != nil {
			return nil, err
		}
		for _, on := range gaps {
			items = append(items, report.BankItem{Account: account, On: on})
		}
		reconciled, err := reconcileAccount(o, tx, account, days)
		if err != nil {
			return nil, err
		}
		items = append(items, report.BankItem{Account: account, On: days[len(days)-1].Day, Balance: &reconciled})
	}
	return items, nil
}

// reconcileAccount reconciles the bank's balance with ours at its last day. Our
// balance is what the bank's first statement opened with, and what we booked
// since; what is on its way to the bank has left it.
func reconcileAccount(o *office.Office, tx *store.Tx, account string, days []exchange.BankDay) (b report.Balance, err error) {
	last := days[len(days)-1]
	booked, err := tx.BookedSum(account, days[0].From, last.Day)
	if err != nil {
		return b, err
	}
	b.Bank = last.Closing
	for _, d := range days {
		b.Theirs = money.Clamped(b.Theirs, d.OthersSum)
		for _, f := range d.Faults { // by these items the two balances may differ
			switch f.Kind {
			case exchange.FaultUnexplained:
				b.Theirs = money.Clamped(b.Theirs, f.Theirs, -f.Ours)
			case exchange.FaultAbsent:
				b.Ours = money.Clamped(b.Ours, f.Ours, -f.Theirs)
			}
		}
	}
	if account == o.Agency.Payer.No { // payments leave from no other account
		for _, track := range exchange.TracksIn(exchange.PlaceBank) {
			err := tx.EachPayment(track, func(p exchange.Payment) error { b.Transit = money.Clamped(b.Transit, p.Amount); return nil })
			if err != nil {
				return b, err
			}
		}
	}
	b.Books = money.Clamped(days[0].Opening, booked, -b.Transit)
	return b, nil
}
