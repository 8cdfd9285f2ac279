package bank

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
)

// workNotification reads a camt.054; with apply set, its booked entries count.
// What is announced only is told on the sheet of files.
func workNotification(ctx context.Context, o *office.Office, f exchange.File, apply bool) (n notice, err error) {
	src, err := o.OpenSpool(f.Spool)
	if err != nil {
		return n, err
	}
	defer src.Close()
	w := entryWriter{Office: o, ctx: ctx, file: f, apply: apply, ordinals: map[string]int{}}
	foreign, pending, announced := "", 0, money.Fen(0)
	_, faults, err := iso20022.ReadNotification(src, iso20022.Limits{}, func(s *iso20022.Statement, entry iso20022.Entry) error {
		if !ownAccount(o, s.Account.Number) {
			foreign = "不是本机构账户 / not an account of ours: " + s.Account.Number
		}
		if entry.Status != iso20022.Booked {
			pending++
			var err error
			announced, err = announced.Add(entry.Amount)
			return err
		}
		n.records++
		return w.add(bankEntryOf(s.Account.Number, entry, w.ordinals))
	})
	if err == nil {
		err = w.flush()
	}
	if pending > 0 {
		n.note = fmt.Sprintf("%d 笔尚未入账（合计 %s 元），未记 / %d not booked yet, left alone", pending, announced, pending)
	}
	if n.fault = faultsText(faults); n.fault == "" {
		n.fault = foreign
	}
	return n, err
}

// entryWriter books the entries of a file, a chunk in a transaction, and takes
// the proof from the days that they are booked on, so that it is made again.
type entryWriter struct {
	*office.Office
	ctx      context.Context
	file     exchange.File
	apply    bool
	ordinals map[string]int
	waiting  []exchange.BankEntry
}

func (w *entryWriter) add(e exchange.BankEntry) error {
	if !w.apply {
		return nil
	}
	if w.waiting = append(w.waiting, e); len(w.waiting) < office.Chunk {
		return nil
	}
	return w.flush()
}

// flush books what waits.
func (w *entryWriter) flush() error {
	if len(w.waiting) == 0 {
		return nil
	}
	err := w.DoChunk(w.ctx, office.By{File: w.file, Actor: w.file.Party}, doesNotFit, func(d *office.Desk) error {
		type span struct{ from, to calendar.Date }
		days := map[string]span{}
		for _, b := range w.waiting {
			if err := tryEntry(d, b); err != nil {
				return fmt.Errorf("entry %s: %w", b.Key, err)
			}
			s, seen := days[b.Account]
			if !seen || b.BookedOn < s.from {
				s.from = b.BookedOn
			}
			s.to = max(s.to, b.BookedOn)
			days[b.Account] = s
		}
		for _, account := range slices.Sorted(maps.Keys(days)) {
			if err := d.Tx.DoubtBankDays(account, days[account].from, days[account].to); err != nil {
				return err
			}
		}
		return nil
	})
	w.waiting = w.waiting[:0]
	return err
}
