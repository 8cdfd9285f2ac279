package bank

import (
	"context"
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
)

// statedDay is a bank day with its bookings, as one file states them. All of a day are
// in memory at a time, so there is no more of a booking than its own.
type statedDay struct {
	exchange.BankDay
	bookings []stated // as they stand in the file
}

// alike is what bookings have in common that a statement cannot tell apart.
type alike struct {
	on     calendar.Date
	ref    string
	amount money.Fen
}

type stated struct {
	alike
	text string
}

// add adds the booking of an entry; its further parts add nothing.
func (s *statedDay) add(e exchange.BankEntry) {
	s.bookings = append(s.bookings, stated{alike{e.BookedOn, e.Ref, e.Total}, e.Text})
}

// finish counts the bookings and sums up credits and debits.
func (s *statedDay) finish() (err error) {
	s.Entries = len(s.bookings)
	for _, l := range s.bookings {
		if l.amount > 0 {
			s.Credits, err = s.Credits.Add(l.amount)
		} else {
			s.Debits, err = s.Debits.Add(-l.amount)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lacks reports whether the day states fewer of some bookings than were stated before.
func (s *statedDay) lacks(before []exchange.StatedBooking) bool {
	count := map[alike]int{}
	for _, l := range before {
		count[alike{l.BookedOn, l.Ref, l.Amount}]++
	}
	for _, l := range s.bookings {
		if n := count[l.alike]; n > 1 {
			count[l.alike] = n - 1
		} else {
			delete(count, l.alike)
		}
	}
	return len(count) > 0
}

// readStatement reads a camt.053: it books nothing, entries come with camt.054
// alone, or every booking would be there twice. With apply set, what it states of
// each account and day is kept, to prove what was booked.
func readStatement(ctx context.Context, o *office.Office, f exchange.File, _ *tellings, apply bool) (res readResult, err error) {
	src, err := o.OpenSpool(ctx, f.Spool)
	if err != nil {
		return res, err
	}
	defer src.Close()
	byID := map[string]*statedDay{}
	var credits, debits money.Fen // of all days
	key := func(s *iso20022.Statement) string { return s.Account.Number + "|" + s.ID }
	count := countEntries(o, f, apply)
	heads, faults, err := iso20022.ReadStatement(src, iso20022.Limits{}, func(s *iso20022.Statement, entry iso20022.Entry) error {
		count()
		if !isOwnAccount(o, s.Account.Number) {
			return nil
		}
		res.records++
		if entry.Status != iso20022.Booked {
			return nil // pending: it is no part of the balance
		}
		if !apply { // no booking is held in memory before it counts: sums, and what the head says, show what is wrong
			to := &debits
			if entry.Credit {
				to = &credits
			}
			*to, err = to.Add(entry.Amount)
			return err
		}
		if byID[key(s)] == nil {
			byID[key(s)] = &statedDay{}
		}
		if entry.Part <= 1 {
			byID[key(s)].add(entryOf(s.Account.Number, entry))
		}
		return nil
	})
	if res.fault = faultsText(faults); err != nil || res.fault != "" {
		return res, err
	}
	var days []*statedDay
	others := ""
	for i := range heads {
		h := &heads[i]
		if !isOwnAccount(o, h.Account.Number) {
			others = "不是本机构账户 / not an account of ours: " + h.Account.Number
			continue
		}
		s := byID[key(h)]
		if s == nil {
			s = &statedDay{} // a day without movements is stated, too
		}
		s.Account, s.Day, s.From, s.Page = h.Account.Number, h.Closing.Date, h.From, h.Page
		if s.From == 0 || s.From > s.Day {
			s.From = s.Day
		}
		if h.Last && h.Page == 1 {
			s.Page = 0 // the only page is the day as a whole
		}
		s.Opening, s.Closing = h.Opening.Amount, h.Closing.Amount
		days = append(days, s)
	}
	if len(days) == 0 && others != "" {
		res.fault = others // all of it
		return res, nil
	}
	res.note = noted(others, faults)
	return res, keepDays(ctx, o, f, days, apply, false)
}

// keepDays keeps what a file states, a day in a transaction; without apply it
// only sums up, so that a sum that overflows is found before anything counts.
// grows says that a later file may add to a day, see keepDay.
func keepDays(ctx context.Context, o *office.Office, f exchange.File, days []*statedDay, apply, grows bool) error {
	for _, s := range days {
		if err := s.finish(); err != nil {
			return err
		}
		if !apply {
			continue
		}
		err := o.Do(ctx, office.By{File: f, Actor: f.Party}, func(d *office.Desk) error {
			return keepDay(d, s, grows)
		})
		if err != nil {
			return fmt.Errorf("bank day %s %s: %w", s.Account, s.Day, err)
		}
	}
	return nil
}

// keepDay keeps what the bank states of a day. It is idempotent: stated again the
// same, it changes nothing. Stated otherwise, the first stays and the day differs
// (FaultRestated), which an officer clears up with the bank. A keyed sheet may
// grow during its day (grows): one that holds all of the earlier replaces it.
func keepDay(d *office.Desk, s *statedDay, grows bool) error {
	s.FileID, s.State = d.File.ID, exchange.DayDiffers // until it is proved
	known, err := d.Tx.BankDay(s.Account, s.Day, s.Page)
	switch {
	case office.IsNotFound(err):
		if err := d.Tx.InsertBankDay(s.BankDay); err != nil {
			return err
		}
		// All later days are proved again: their opening balance is this one's closing.
		// And those on which something was booked that stands in this statement.
		from := s.From
		for _, l := range s.bookings {
			from = min(from, l.on)
		}
		if err := d.Tx.DoubtBankDays(s.Account, from, 99991231); err != nil {
			return err
		}
		return insertBookings(d, s)
	case err != nil:
		return err
	}
	before, err := d.Tx.StatedBookings(known)
	if err != nil {
		return err
	}
	holdsAll := known.Opening == s.Opening && !s.lacks(before)
	switch {
	case holdsAll && len(before) == len(s.bookings) && known.Closing == s.Closing:
		return nil
	case holdsAll && grows:
		if err := d.Tx.DeleteStatedBookings(known); err != nil {
			return err
		}
		if err := d.Tx.UpdateBankDay(known, s.BankDay); err != nil {
			return err
		}
		return insertBookings(d, s)
	}
	after := known
	after.State = exchange.DayDiffers
	after.Other = append(after.Other, exchange.BankFault{
		Kind: exchange.FaultRestated, Booking: office.Clip(d.File.Name, 60), Ours: known.Closing, Theirs: s.Closing,
	})
	return d.Tx.UpdateBankDay(known, after)
}

// insertBookings stores the bookings of a day, as they stand in the file.
func insertBookings(d *office.Desk, s *statedDay) error {
	count := d.Counting("bookings of "+s.Day.String(), len(s.bookings))
	for i, l := range s.bookings {
		count()
		of := exchange.StatedBooking{Account: s.Account, Day: s.Day, Page: s.Page, N: i + 1, BookedOn: l.on, Ref: l.ref, Amount: l.amount, Text: l.text}
		if err := d.Tx.InsertStatedBooking(of); err != nil {
			return err
		}
	}
	return nil
}

// ProveBankDays proves the days that are not proved: the opening balance is the
// closing one before, and what was booked on the day is what is stated, one to one. A day that fails the proof is no error: it stays
// unproved, is named as a difference, and is tried again in the next pass. An
// error at one day does not stop the others; all come back joined.
func ProveBankDays(ctx context.Context, o *office.Office) error {
	var days []exchange.BankDay
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		days, err = tx.BankDaysToProve()
		return err
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, day := range days {
		faults = append(faults, o.Do(ctx, office.By{Actor: "process"}, func(d *office.Desk) error {
			return proveDay(d, day)
		}))
	}
	return errors.Join(faults...)
}

// keptDayFaults bounds what is listed of one day: a notification that is missing
// as a whole must not fill the day's row with all of its bookings.
const keptDayFaults = 500

// proveDay compares a day with what we booked, and keeps the outcome: proved, its
// difference closed; or its faults, and a difference.
func proveDay(d *office.Desk, day exchange.BankDay) error {
	after := day
	if err := settleDoubts(d, day); err != nil {
		return err
	}
	// What was paid before is paid again once a statement shows that it failed.
	if err := d.Tx.LookAgain(store.CaseFilter{Side: exchange.Out, States: []exchange.State{exchange.Held}, Holds: []code.Hold{code.HoldPaymentReturned}}); err != nil {
		return err
	}
	var err error
	if after.Faults, err = dayFaults(d, &after); err != nil {
		return err
	}
	subject := DaySubject(day)
	if len(after.Faults) == 0 {
		after.State = exchange.DayProved
		if err := d.Tx.CloseDifferencesAbout("bank", subject); err != nil {
			return err
		}
		return d.Tx.UpdateBankDay(day, after)
	}
	if err := d.RecordDifference("bank", "", "", subject, faultsPhrase(after.Faults), code.Say("closing", day.Closing)); err != nil {
		return err
	}
	return d.Tx.UpdateBankDay(day, after)
}

// DaySubject names a day, or one of its pages, in the difference that is open
// while it differs.
func DaySubject(day exchange.BankDay) code.Phrase {
	if day.Page > 0 {
		return code.Say("bank-page", day.Account, day.Day, day.Page)
	}
	return code.Say("bank-day", day.Account, day.Day)
}

// dayFaults lists how a day differs from the one before it and from what we
// booked, at most keptDayFaults; none means that it is proved. On an account that is not
// ours alone what others booked is noted on the day.
func dayFaults(d *office.Desk, day *exchange.BankDay) ([]exchange.BankFault, error) {
	faults := append([]exchange.BankFault(nil), day.Other...) // those that no proof can clear
	before, err := d.Tx.BankDayBefore(*day)
	if office.IgnoreNotFound(err) != nil {
		return nil, err
	}
	// The account's first day has none before it, and its opening is believed.
	if err == nil && before.Closing != day.Opening {
		faults = append(faults, exchange.BankFault{Kind: exchange.FaultOpening, Booking: before.Day.String(), Ours: before.Closing, Theirs: day.Opening})
	}
	uneven, err := d.Tx.UnevenBookings(*day)
	if err != nil {
		return nil, err
	}
	level(uneven)
	if uneven, err = sharedOthers(d, day, uneven); err != nil {
		return nil, err
	}
	for _, kind := range []string{exchange.FaultUnexplained, exchange.FaultAbsent} {
		for _, u := range uneven {
			booked, stated := abs(u.Booked), abs(u.Sum())
			if len(faults) == keptDayFaults || kind == exchange.FaultUnexplained && (u.Here == 0 || stated <= booked) || kind == exchange.FaultAbsent && booked <= stated {
				continue
			}
			faults = append(faults, exchange.BankFault{Kind: kind, Booking: u.Name(), Ours: u.Booked, Theirs: u.Sum()})
		}
	}
	return faults, nil
}

func abs(f money.Fen) money.Fen { return max(f, -f) }

// level evens out what is stated with a number and was booked without one, or the other
// way round: a bank leaves its number out of one of its messages. It changes Booked.
func level(list []exchange.Uneven) {
	type kind struct {
		on     calendar.Date
		amount money.Fen
	}
	over := map[kind][]*exchange.Uneven{}
	for i := range list {
		if u := &list[i]; abs(u.Booked) > abs(u.Sum()) {
			over[kind{u.BookedOn, u.Amount}] = append(over[kind{u.BookedOn, u.Amount}], u)
		}
	}
	for i := range list {
		under := &list[i]
		for _, o := range over[kind{under.BookedOn, under.Amount}] {
			lack, more := under.Sum()-under.Booked, o.Booked-o.Sum()
			if (under.Ref == "") == (o.Ref == "") || abs(under.Booked) >= abs(under.Sum()) || more == 0 {
				continue
			}
			if abs(more) < abs(lack) {
				lack = more
			}
			under.Booked, o.Booked = money.Clamped(under.Booked, lack), money.Clamped(o.Booked, -lack)
		}
	}
}

// DayWords says in short how a day differs, each kind of fault with its count, and what of
// it is of others, in the office's language; empty where there is nothing to say.
func DayWords(o *office.Office, day *exchange.BankDay) string {
	words := o.Words(faultsPhrase(day.Faults))
	if day.Others == 0 {
		return words
	}
	others := o.Sayf("其他业务 %d 笔，合计 %s", "%d of other business, %s in all", day.Others, day.OthersSum)
	if words == "" {
		return others
	}
	return words + o.Say("；", "; ") + others
}

// faultsPhrase is how a day differs, as its difference keeps it.
func faultsPhrase(faults []exchange.BankFault) code.Phrase {
	counts := map[string]int{}
	for _, f := range faults {
		counts[f.Kind]++
	}
	var kinds []code.Phrase
	for _, t := range exchange.BankFaultTerms() {
		if n := counts[t.Code]; n > 0 {
			kinds = append(kinds, code.Say("day-fault", t.Code, n))
		}
	}
	return code.SayAll("list", kinds)
}

// MissingStatements lists the working days of an account that no statement covers, from
// its first statement since a day up to the day before the office's date; none for an
// account without statements, nor for a bank whose sheet is keyed: that has no rows of a
// day without movements. A statement may cover several days, days off need none, nor do
// days on which nothing moved: the statement after them opens with what the one before
// them closed with.
func MissingStatements(o *office.Office, tx *store.Tx, account string, since calendar.Date) ([]calendar.Date, error) {
	if o.Agency.BankByWorkbook {
		return nil, nil
	}
	days, err := tx.BankDays(account, since)
	if err != nil || len(days) == 0 {
		return nil, err
	}
	var out []calendar.Date
	i := 0
	for on := days[0].From; on < o.Date; on = on.AddDays(1) {
		for i < len(days) && days[i].Day < on {
			i++
		}
		if i < len(days) && (days[i].From <= on || i > 0 && days[i].Opening == days[i-1].Closing) {
			continue
		}
		if working, _ := o.Calendar.Working(on); working {
			out = append(out, on)
		}
	}
	return out, nil
}
