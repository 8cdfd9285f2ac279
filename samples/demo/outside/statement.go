package outside

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// stateDay leaves the statement of the day that ended last night, one for each
// account of the agency, as banks do whether anything was booked or not. One
// that gives no files states it by the balances of its sheet.
func (b *Bank) stateDay(ctx context.Context, now time.Time) error {
	if b.closing == 0 || b.byHand != nil {
		return nil
	}
	for _, number := range slices.Sorted(maps.Keys(b.Accounts)) {
		if !b.Accounts[number].Agency {
			continue
		}
		if err := b.state(ctx, now, number, b.day[number]); err != nil {
			return err
		}
	}
	b.closing = 0
	clear(b.day)
	return nil
}

// state writes one day's statement: opening balance, bookings, closing balance.
func (b *Bank) state(ctx context.Context, now time.Time, number string, list []booked) error {
	a := b.Accounts[number]
	var moved money.Fen
	for _, entries := range list {
		for _, e := range entries {
			moved += e.Signed()
		}
	}
	id := b.nextMessage("D", now)
	var out bytes.Buffer
	w, err := iso20022.NewStatementWriter(&out, iso20022.Statement{
		MsgID: id, Created: now, ID: id,
		Account: iso20022.Account{Name: a.Holder, Number: number, Bank: b.Name, CNAPS: b.CNAPS},
		Opening: iso20022.Balance{Date: b.closing, Amount: a.Balance - moved},
		Closing: iso20022.Balance{Date: b.closing, Amount: a.Balance},
	})
	if err != nil {
		return err
	}
	for _, entries := range list {
		if err := w.WriteBatch(entries); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return b.Box.leave(ctx, "camt053_"+id+".xml", out.Bytes())
}
