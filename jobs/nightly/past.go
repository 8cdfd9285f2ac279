package nightly

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// ErrNotPast is returned when a look back is asked for a day that is not over.
var ErrNotPast = errors.New("not a day of the past")

// LookBack writes the workbook as of the end of an earlier business date,
// reports/<date>-as-of.xlsx beside that night's own, and says where, and which
// cases it had to leave out. It changes nothing.
func LookBack(ctx context.Context, o *office.Office, day calendar.Date) (path string, untold []string, err error) {
	if day >= o.Date {
		return "", nil, fmt.Errorf("%s: %w", day, ErrNotPast)
	}
	then := *o
	then.Date = day
	path = filepath.Join(o.Reports, day.String()+"-as-of.xlsx")
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		p, err := past(&then, tx)
		if err != nil {
			return err
		}
		untold = p.Untold
		return report.AsOf(p).Save(path)
	})
	if err != nil {
		return "", nil, fmt.Errorf("report as of %s: %w", day, err)
	}
	return path, untold, nil
}

// past gathers what the store can tell of the end of the Env's date.
func past(o *office.Office, tx *store.Tx) (report.Past, error) {
	since := o.Date.AddDays(-reportDays)
	n := report.Night{
		Agency: o.Agency, Partners: o.Partners, Profiles: o.Profiles, Turns: o.Turns, Calendar: o.Calendar, Date: o.Date,
		Made: o.Now().In(o.Agency.Zone), Lang: o.CodeLang(), Mask: o.MaskIDs,
		Cases: casesThen(o, tx, since),
		Runs:  listed(func() ([]exchange.Run, error) { return tx.Runs(store.RunFilter{From: since, To: o.Date}) }),
	}
	n.Letters = ofCases(n.Cases, func(c exchange.Case) ([]report.Letter, error) {
		if c.LetterVersion == 0 {
			return nil, nil
		}
		list, err := tx.Letters(c.LetterNo)
		list = slices.DeleteFunc(list, func(l exchange.Letter) bool { return l.ReceivedOn > o.Date })
		return withCase(list, func(l exchange.Letter) report.Letter { return report.Letter{Letter: l, Case: c} }), err
	})
	n.Forms = ofCases(n.Cases, func(c exchange.Case) ([]report.Form, error) {
		list, err := tx.FormsByCase(c.No)
		list = slices.DeleteFunc(list, func(f exchange.Form) bool { return formDay(f) > o.Date })
		return withCase(list, func(f exchange.Form) report.Form { return report.Form{Form: f, Case: c} }), err
	})
	n.Files = listed(func() ([]exchange.File, error) {
		list, err := tx.Files(store.FileFilter{Since: since})
		return slices.DeleteFunc(list, func(f exchange.File) bool { return calendar.DateOf(f.At.In(o.Agency.Zone)) > o.Date }), err
	})
	p := report.Past{
		Night: n, Open: map[exchange.Side]int{}, Opened: map[exchange.Side]int{}, Closed: map[exchange.Side]int{},
		States: map[exchange.Side]map[exchange.State]int{exchange.In: {}, exchange.Out: {}},
	}
	if err := countThen(o, tx, &p); err != nil {
		return p, err
	}
	return p, balancesThen(o, tx, &p)
}

// countThen counts the cases as they stood.
func countThen(o *office.Office, tx *store.Tx, p *report.Past) error {
	trend := newTrend(o.Date)
	err := tx.EachCase(store.CaseFilter{}, func(now exchange.Case) error {
		c, ok, err := then(o, tx, now)
		if err != nil || c.No == "" {
			return err
		}
		if !ok {
			p.Untold = append(p.Untold, now.No)
			return nil
		}
		trend.add(c)
		p.States[c.Side][c.State]++
		if c.OpenedOn == o.Date {
			p.Opened[c.Side]++
		}
		switch {
		case !c.State.Final(c.Side):
			p.Open[c.Side]++
		case c.ClosedOn == o.Date:
			p.Closed[c.Side]++
		}
		return nil
	})
	p.Night.Summary.Trend = trend.days()
	return err
}

// casesThen are the cases that were open, or had been closed lately.
func casesThen(o *office.Office, tx *store.Tx, since calendar.Date) iter.Seq2[exchange.Case, error] {
	return func(yield func(exchange.Case, error) bool) {
		err := tx.EachCase(store.CaseFilter{}, func(now exchange.Case) error {
			c, ok, err := then(o, tx, now)
			if err != nil || !ok || c.State.Final(c.Side) && c.StateSince < since {
				return err
			}
			if !yield(c, nil) {
				return office.ErrStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, office.ErrStop) {
			yield(exchange.Case{}, err)
		}
	}
}

// ofCases reads rows for every case of a walk.
func ofCases[T any](cases iter.Seq2[exchange.Case, error], rows func(exchange.Case) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for c, err := range cases {
			var list []T
			if err == nil {
				list, err = rows(c)
			}
			if err != nil {
				yield(none, err)
				return
			}
			for _, x := range list {
				if !yield(x, nil) {
					return
				}
			}
		}
	}
}

// then is a case as it stood at the end of the Env's date, as far as dated
// documents and the journal tell: its state, hold, letter version and last
// form; tracks, limits and what else is kept only as it is now are empty. A
// case that was not there yet has no number; ok is false when the whole
// journal does not lead to where the case stands now.
func then(o *office.Office, tx *store.Tx, now exchange.Case) (c exchange.Case, ok bool, err error) {
	if now.OpenedOn > o.Date {
		return c, false, nil
	}
	events, err := tx.JournalOf(now.No)
	if err != nil {
		return c, false, err
	}
	c = exchange.Case{
		No: now.No, Side: now.Side, Partner: now.Partner, Profile: now.Profile, State: exchange.Applied, Person: now.Person,
		FormTrack: exchange.FormNone, MoneyTrack: exchange.LeastMoney(now.Side, nil), OpenedOn: now.OpenedOn, StateSince: now.OpenedOn,
		ApplicationNo: now.ApplicationNo, LetterNo: now.LetterNo,
	}
	if c.Side == exchange.Out {
		c.State = exchange.Requested
	}
	last := slices.IndexFunc(events, func(j exchange.JournalEvent) bool { return j.On > o.Date })
	if last < 0 {
		last = len(events)
	}
	if !replay(o, &c, events[:last]) {
		return c, false, nil
	}
	end := c
	if !replay(o, &end, events[last:]) || end.State != now.State || end.HeldFrom != now.HeldFrom {
		return c, false, nil
	}
	return c, true, papersThen(o, tx, &c)
}

// replay lets a case go through events; false when one of them cannot follow.
func replay(o *office.Office, c *exchange.Case, events []exchange.JournalEvent) bool {
	for _, j := range events {
		on := exchange.Happening(j.What)
		if _, known := happenings[on]; !known {
			continue
		}
		var err error
		switch on {
		case exchange.Hold:
			why, text, _ := strings.Cut(j.Why, ": ")
			err = c.Suspend(code.Hold(why), text, o.Profiles[c.Profile], j.On)
		case exchange.Resume:
			err = c.Unsuspend(j.On)
		default:
			err = c.Apply(on, j.On)
		}
		if err != nil {
			return false
		}
	}
	return true
}

// happenings are the events that move a state.
var happenings = func() map[exchange.Happening]bool {
	all := map[exchange.Happening]bool{}
	for _, t := range exchange.HappeningTerms() {
		all[exchange.Happening(t.Code)] = true
	}
	return all
}()

// papersThen says which version of the letter was in force, and when the last
// form had come or gone.
func papersThen(o *office.Office, tx *store.Tx, c *exchange.Case) error {
	if c.LetterNo == "" {
		return nil
	}
	letters, err := tx.Letters(c.LetterNo)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if l.CaseNo == c.No && l.ReceivedOn <= o.Date && l.Version > c.LetterVersion {
			c.LetterVersion, c.LetterOn = l.Version, l.ReceivedOn
		}
	}
	forms, err := tx.FormsByCase(c.No)
	for _, f := range forms {
		if on := formDay(f); on <= o.Date {
			c.FormOn = max(c.FormOn, on)
		}
	}
	return err
}

// formDay is when a form came, or was issued.
func formDay(f exchange.Form) calendar.Date {
	if f.Side == exchange.Out {
		return f.IssuedOn
	}
	return f.ReceivedOn
}

// balancesThen sums the ledger's entries up to the day.
func balancesThen(o *office.Office, tx *store.Tx, p *report.Past) error {
	sums := map[ledger.Account]money.Fen{}
	err := tx.EachLedgerEntry(func(entry ledger.Entry) error {
		if entry.Date > int(o.Date) {
			return nil
		}
		for _, x := range entry.Postings {
			sum, err := sums[x.Account].Add(x.Amount)
			if err != nil {
				return err
			}
			sums[x.Account] = sum
		}
		return nil
	})
	for _, a := range slices.Sorted(maps.Keys(sums)) {
		if sums[a] != 0 {
			p.Balances = append(p.Balances, report.LedgerSum{Account: a, Amount: sums[a]})
		}
	}
	return err
}
