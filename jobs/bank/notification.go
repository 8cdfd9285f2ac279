package bank

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
)

// readNotification reads a camt.054; with apply set, its booked entries count.
// Pending ones are not booked, they come again when they are: their number and
// sum are noted on the sheet of files.
func readNotification(ctx context.Context, o *office.Office, f exchange.File, told *tellings, apply bool) (res readResult, err error) {
	src, err := o.OpenSpool(ctx, f.Spool)
	if err != nil {
		return res, err
	}
	defer src.Close()
	w := entryWriter{Office: o, ctx: ctx, file: f, apply: apply, told: told}
	others, ours, pending, announced := "", 0, 0, money.Fen(0)
	count := countEntries(o, f, apply)
	_, faults, err := iso20022.ReadNotification(src, iso20022.Limits{}, func(s *iso20022.Statement, entry iso20022.Entry) error {
		count()
		if !isOwnAccount(o, s.Account.Number) {
			others = "不是本机构账户 / not an account of ours: " + s.Account.Number
			return nil
		}
		ours++
		if entry.Status != iso20022.Booked {
			pending++
			var err error
			announced, err = announced.Add(entry.Amount)
			return err
		}
		res.records++
		return w.add(entryOf(s.Account.Number, entry))
	})
	if err == nil {
		err = w.flush()
	}
	if pending > 0 {
		res.note = fmt.Sprintf("%d 笔尚未入账（合计 %s 元），未记 / %d not booked yet, left alone", pending, announced, pending)
	}
	if res.fault = faultsText(faults); res.fault == "" && ours == 0 {
		res.fault = others // all of it
	} else if others != "" {
		res.note = strings.TrimPrefix(res.note+"；"+others, "；")
	}
	res.note = noted(res.note, faults)
	return res, err
}

// entryWriter books the entries of a file, a chunk in a transaction, and takes
// the proof from the days that they are booked on, so that it is made again.
// Without apply it only counts them. Cut short between two chunks, the file is read
// again, and what was booked is known.
type entryWriter struct {
	*office.Office
	ctx     context.Context
	file    exchange.File
	apply   bool
	told    *tellings
	pending []exchange.BankEntry // not booked yet, fewer than a chunk
}

// add takes an entry, and books a chunk once it is full.
func (w *entryWriter) add(e exchange.BankEntry) error {
	if !w.apply {
		w.told.count(e)
		return nil
	}
	if w.pending = append(w.pending, e); len(w.pending) < office.Chunk {
		return nil
	}
	return w.flush()
}

// flush books the pending entries. The account's days from the first to the last
// of them are to be proved again in the same transaction: a crash cannot leave a
// proof that an entry has overtaken.
func (w *entryWriter) flush() error {
	if len(w.pending) == 0 {
		return nil
	}
	err := w.DoChunk(w.ctx, office.By{File: w.file, Actor: w.file.Party}, func(d *office.Desk) error {
		w.told.begin()
		if err := readAhead(d, w.pending); err != nil {
			return err
		}
		type span struct{ from, to calendar.Date }
		days := map[string]span{}
		for _, b := range w.pending {
			if err := takeEntry(d, b, w.told); err != nil {
				return fmt.Errorf("entry %s: %w", b.KnownAs(), err)
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
	w.told.done()
	w.pending = w.pending[:0]
	return err
}
