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

// ErrNotPast is returned when a look back is asked for the business date or a
// later day: such a day is not over.
var ErrNotPast = errors.New("not a day of the past")

// LookBack writes the workbook as of the end of an earlier business date,
// reports/<date>-as-of.xlsx beside that night's own, and returns its path and
// the numbers of the cases that it had to leave out, because their journal does
// not lead to where they stand. It changes nothing in the store; ErrNotPast when
// the day is not over.
func LookBack(ctx context.Context, o *office.Office, day calendar.Date) (path string, untold []string, err error) {
	if day >= o.Date {
		return "", nil, fmt.Errorf("%s: %w", day, ErrNotPast)
	}
	path = filepath.Join(o.Reports, day.String()+"-as-of.xlsx")
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		p, err := past(o.On(day), tx)
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

// past gathers what the store can tell of the end of the office's date. There is
// no list of things to do and no reconciliation in it: what needed a person then
// is not kept.
func past(o *office.Office, tx *store.Tx) (report.Past, error) {
	since := o.Date.AddDays(-reportDays)
	n := report.Night{
		Agency: o.Agency, Partners: o.Partners, Profiles: o.Profiles, Turns: o.Turns, Calendar: o.Calendar, Date: o.Date,
		Made: o.Now().In(o.Agency.Zone), Lang: o.CodeLang(), Mask: o.MaskIDs,
		Cases: casesAsOf(o, tx, since),
		Runs:  listed(func() ([]exchange.Run, error) { return tx.Runs(store.RunFilter{From: since, To: o.Date}) }),
	}
	n.Letters = perCase(n.Cases, func(c exchange.Case) ([]report.Letter, error) {
		if c.LetterVersion == 0 {
			return nil, nil
		}
		list, err := tx.Letters(c.LetterNo)
		list = slices.DeleteFunc(list, func(l exchange.Letter) bool { return l.ReceivedOn > o.Date })
		return mapped(list, func(l exchange.Letter) report.Letter { return report.Letter{Letter: l, Case: c} }), err
	})
	n.Forms = perCase(n.Cases, func(c exchange.Case) ([]report.Form, error) {
		list, err := tx.FormsByCase(c.No)
		list = slices.DeleteFunc(list, func(f exchange.Form) bool { return formDay(f) > o.Date })
		return mapped(list, func(f exchange.Form) report.Form { return report.Form{Form: f, Case: c} }), err
	})
	n.Files = listed(func() ([]exchange.File, error) {
		list, err := tx.Files(store.FileFilter{Since: since})
		return slices.DeleteFunc(list, func(f exchange.File) bool { return calendar.DateOf(f.At.In(o.Agency.Zone)) > o.Date }), err
	})
	p := report.Past{
		Night: n, Open: map[exchange.Side]int{}, Opened: map[exchange.Side]int{}, Closed: map[exchange.Side]int{},
		States: map[exchange.Side]map[exchange.State]int{exchange.In: {}, exchange.Out: {}},
	}
	if err := countAsOf(o, tx, &p); err != nil {
		return p, err
	}
	return p, balancesAsOf(o, tx, &p)
}

// countAsOf counts the cases as they stood at the end of the office's date, and
// lists those of which that cannot be told.
func countAsOf(o *office.Office, tx *store.Tx, p *report.Past) error {
	trend := newTrend(o.Date)
	err := tx.EachCase(store.CaseFilter{}, func(now exchange.Case) error {
		c, ok, err := caseAsOf(o, tx, now)
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

// casesAsOf yields the cases that were open at the end of the office's date, or
// had been closed since a day; those that cannot be told are left out.
func casesAsOf(o *office.Office, tx *store.Tx, since calendar.Date) iter.Seq2[exchange.Case, error] {
	return office.Walk(func(visit func(exchange.Case) error) error {
		return tx.EachCase(store.CaseFilter{}, func(now exchange.Case) error {
			c, ok, err := caseAsOf(o, tx, now)
			if err != nil || !ok || c.State.Final(c.Side) && c.StateSince < since {
				return err
			}
			return visit(c)
		})
	})
}

// caseAsOf rebuilds a case as it stood at the end of the office's date, as far as
// dated documents and the journal tell: its state, hold, letter version and last
// form; tracks, limits and what else is kept only as it is now are empty. A
// case that was not there yet has no number, and ok is false; ok is false too
// when the whole journal does not lead to where the case stands now.
func caseAsOf(o *office.Office, tx *store.Tx, now exchange.Case) (c exchange.Case, ok bool, err error) {
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
	// The rest of the journal is replayed on a copy, as a check: a state that
	// does not lead to the present one was not the state then.
	end := c
	if !replay(o, &end, events[last:]) || end.State != now.State || end.HeldFrom != now.HeldFrom {
		return c, false, nil
	}
	return c, true, documentsAsOf(o, tx, &c)
}

// replay applies a case's journal to it, passing over what moves no state; false
// when an event cannot follow the one before, as after a repair by hand.
func replay(o *office.Office, c *exchange.Case, events []exchange.JournalEvent) bool {
	for _, j := range events {
		on := exchange.Happening(j.What)
		if _, known := happenings[on]; !known {
			continue
		}
		var err error
		switch on {
		case exchange.Hold:
			why, text, _ := strings.Cut(j.Why, ": ") // as Case.PutOnHold journals it
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

// happenings holds the journal's events that move a state.
var happenings = func() map[exchange.Happening]bool {
	all := map[exchange.Happening]bool{}
	for _, t := range exchange.HappeningTerms() {
		all[exchange.Happening(t.Code)] = true
	}
	return all
}()

// documentsAsOf sets which version of the letter was in force, and when the last
// form had come or gone.
func documentsAsOf(o *office.Office, tx *store.Tx, c *exchange.Case) error {
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

// formDay is the day on which a form was received, or, of ours, issued.
func formDay(f exchange.Form) calendar.Date {
	if f.Side == exchange.Out {
		return f.IssuedOn
	}
	return f.ReceivedOn
}

// balancesAsOf sums the ledger's entries up to the office's date, per account; an
// account whose sum is 0 is left out.
func balancesAsOf(o *office.Office, tx *store.Tx, p *report.Past) error {
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
