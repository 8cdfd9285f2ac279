package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// stated is a bank day with its bookings, as one file states them.
type stated struct {
	exchange.BankDay
	order []string // of the bookings
	lines map[string]exchange.BankLine
}

func newStated() *stated { return &stated{lines: map[string]exchange.BankLine{}} }

// add takes an entry into its booking.
func (s *stated) add(e exchange.BankEntry) error {
	booking := e.Booking()
	l, seen := s.lines[booking]
	if !seen {
		s.order = append(s.order, booking)
		l = exchange.BankLine{Account: e.Account, Booking: booking, Text: e.Text}
		s.Entries++
	}
	var err error
	if l.Amount, err = l.Amount.Add(e.Signed()); err != nil {
		return err
	}
	s.lines[booking] = l
	return nil
}

// finish sums the bookings up.
func (s *stated) finish() error {
	for _, booking := range s.order {
		l := s.lines[booking]
		l.Day, l.Page = s.Day, s.Page
		s.lines[booking] = l
		var err error
		if l.Amount > 0 {
			s.Credits, err = s.Credits.Add(l.Amount)
		} else {
			s.Debits, err = s.Debits.Add(-l.Amount)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// workStatement reads a camt.053: it books nothing; with apply set, what it
// states of each account and day is kept, to prove what was booked.
func (e *Env) workStatement(ctx context.Context, f exchange.File, apply bool) (n notice, err error) {
	src, err := e.openSpool(f.Spool)
	if err != nil {
		return n, err
	}
	defer src.Close()
	byID := map[string]*stated{}
	name := func(s *iso20022.Statement) string { return s.Account.Number + "|" + s.ID }
	ordinals := map[string]int{}
	heads, faults, err := iso20022.ReadStatement(src, iso20022.Limits{}, func(s *iso20022.Statement, entry iso20022.Entry) error {
		n.records++
		if entry.Status != iso20022.Booked {
			return nil
		}
		if byID[name(s)] == nil {
			byID[name(s)] = newStated()
		}
		return byID[name(s)].add(bankEntryOf(s.Account.Number, entry, ordinals))
	})
	if n.fault = faultsText(faults); err != nil || n.fault != "" {
		return n, err
	}
	var days []*stated
	for i := range heads {
		h := &heads[i]
		if !e.ownAccount(h.Account.Number) {
			n.fault = "不是本机构账户 / not an account of ours: " + h.Account.Number
			return n, nil
		}
		s := byID[name(h)]
		if s == nil {
			s = newStated()
		}
		s.Account, s.Day, s.From, s.Page = h.Account.Number, h.Closing.Date, h.From, h.Page
		if s.From == 0 || s.From > s.Day {
			s.From = s.Day
		}
		if h.Last && h.Page == 1 {
			s.Page = 0
		}
		s.Opening, s.Closing = h.Opening.Amount, h.Closing.Amount
		days = append(days, s)
	}
	return n, e.takeDays(ctx, f, days, apply, false)
}

// takeDays keeps what a file states, a day in a transaction.
func (e *Env) takeDays(ctx context.Context, f exchange.File, days []*stated, apply, grows bool) error {
	for _, s := range days {
		if err := s.finish(); err != nil {
			return err
		}
		if !apply {
			continue
		}
		err := e.Store.Tx(ctx, func(tx *store.Tx) error {
			return (&desk{Env: e, tx: tx, file: f, actor: f.Party}).bankDay(s, grows)
		})
		if err != nil {
			return fmt.Errorf("bank day %s %s: %w", s.Account, s.Day, err)
		}
	}
	return nil
}

// bankDay keeps what the bank states of a day. Told again the same, it changes
// nothing; told otherwise, the first stays and the day differs. A keyed sheet
// may grow during its day: one that holds all of the earlier takes its place.
func (d *desk) bankDay(s *stated, grows bool) error {
	s.FileID, s.State = d.file.ID, exchange.DayDiffers // until it is proved
	known, err := d.tx.BankDay(s.Account, s.Day, s.Page)
	switch {
	case notFound(err):
		if err := d.tx.InsertBankDay(s.BankDay); err != nil {
			return err
		}
		if err := d.tx.DoubtBankDays(s.Account, s.From, 99991231); err != nil { // those behind begin where this one ends
			return err
		}
		return d.stateLines(s)
	case err != nil:
		return err
	}
	before, err := d.tx.BankLines(known)
	if err != nil {
		return err
	}
	holdsAll := known.Opening == s.Opening
	for _, l := range before {
		holdsAll = holdsAll && s.lines[l.Booking].Amount == l.Amount
	}
	switch {
	case holdsAll && len(before) == len(s.order) && known.Closing == s.Closing:
		return nil
	case holdsAll && grows:
		if err := d.tx.DeleteBankLines(known); err != nil {
			return err
		}
		if err := d.tx.UpdateBankDay(known, s.BankDay); err != nil {
			return err
		}
		return d.stateLines(s)
	}
	after := known
	after.State = exchange.DayDiffers
	after.Other = append(after.Other, exchange.BankFault{Kind: exchange.FaultRestated, Booking: clip(d.file.Name, 60), Ours: known.Closing, Theirs: s.Closing})
	return d.tx.UpdateBankDay(known, after)
}

func (d *desk) stateLines(s *stated) error {
	for _, booking := range s.order {
		if err := d.tx.InsertBankLine(s.lines[booking]); err != nil {
			return err
		}
	}
	return nil
}

// proveBankDays proves the days that are not proved: the opening balance is the
// closing one before, every booking stated was booked by us, and we booked
// nothing that is not stated.
func (e *Env) proveBankDays(ctx context.Context) error {
	var days []exchange.BankDay
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		days, err = tx.BankDaysToProve()
		return err
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, day := range days {
		faults = append(faults, e.Store.Tx(ctx, func(tx *store.Tx) error {
			return (&desk{Env: e, tx: tx, actor: "process"}).proveDay(day)
		}))
	}
	return errors.Join(faults...)
}

// keptBankFaults bounds what is listed of one day.
const keptBankFaults = 500

func (d *desk) proveDay(day exchange.BankDay) error {
	after := day
	var err error
	if after.Faults, err = d.dayFaults(day); err != nil {
		return err
	}
	subject := day.Account + " " + day.Day.String()
	if day.Page > 0 {
		subject += fmt.Sprintf(" #%d", day.Page)
	}
	if len(after.Faults) == 0 {
		after.State = exchange.DayProved
		if err := d.tx.CloseDifferencesAbout("bank", subject); err != nil {
			return err
		}
		return d.tx.UpdateBankDay(day, after)
	}
	if err := d.difference("bank", "", "", subject, d.faultWords(after.Faults), "closing "+day.Closing.String()); err != nil {
		return err
	}
	return d.tx.UpdateBankDay(day, after)
}

func (d *desk) dayFaults(day exchange.BankDay) ([]exchange.BankFault, error) {
	faults := append([]exchange.BankFault(nil), day.Other...)
	before, err := d.tx.BankDayBefore(day)
	if missing(err) != nil {
		return nil, err
	}
	if err == nil && before.Closing != day.Opening {
		faults = append(faults, exchange.BankFault{Kind: exchange.FaultOpening, Booking: before.Day.String(), Ours: before.Closing, Theirs: day.Opening})
	}
	lines, err := d.tx.UnexplainedLines(day)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if len(faults) == keptBankFaults {
			break
		}
		booked, err := d.tx.BankEntriesByBooking(day.Account, l.Booking)
		if err != nil {
			return nil, err
		}
		faults = append(faults, exchange.BankFault{Kind: exchange.FaultUnexplained, Booking: l.Booking, Ours: sumEntries(booked), Theirs: l.Amount})
	}
	absent, err := d.tx.AbsentEntries(day)
	if err != nil {
		return nil, err
	}
	for _, b := range absent {
		if len(faults) == keptBankFaults {
			break
		}
		faults = append(faults, exchange.BankFault{Kind: exchange.FaultAbsent, Booking: b.Booking(), Ours: b.Signed()})
	}
	return faults, nil
}

func sumEntries(list []exchange.BankEntry) (sum money.Fen) {
	for _, e := range list {
		sum += e.Signed()
	}
	return sum
}

// faultWords says in short how a day differs.
func (e *Env) faultWords(faults []exchange.BankFault) string {
	counts := map[string]int{}
	for _, f := range faults {
		counts[f.Kind]++
	}
	var words []string
	for _, t := range exchange.BankFaultTerms() {
		if n := counts[t.Code]; n > 0 {
			words = append(words, fmt.Sprintf("%s %d", t.Word(e.Lang), n))
		}
	}
	if e.Lang == string(code.English) {
		return strings.Join(words, "; ")
	}
	return strings.Join(words, "；")
}

// missingStatements lists the working days of an account that no statement
// covers, since its first one and before today.
func (e *Env) missingStatements(tx *store.Tx, account string, since calendar.Date) ([]calendar.Date, error) {
	days, err := tx.BankDays(account, since)
	if err != nil || len(days) == 0 {
		return nil, err
	}
	var out []calendar.Date
	i := 0
	for on := days[0].From; on < e.Date; on = on.AddDays(1) {
		for i < len(days) && days[i].Day < on {
			i++
		}
		covered := i < len(days) && days[i].From <= on
		if working, _ := e.Calendar.Working(on); working && !covered {
			out = append(out, on)
		}
	}
	return out, nil
}
