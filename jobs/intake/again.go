package intake

import (
	"context"
	"errors"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/notice"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// makeDue returns what waits for this pass, once it has listed the cases to be looked at
// again because the day or the settings are others than before: those of which a limit
// has ended since, or, with other settings, all about which anything is open.
func makeDue(ctx context.Context, o *office.Office) (waits store.Waits, err error) {
	settings, err := o.InForce()
	if err != nil {
		return waits, err
	}
	outdated := func(s store.Swept) bool { return s.Settings != settings || s.Date < o.Date }
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		waits, err = tx.Waits()
		return err
	})
	if err != nil || !outdated(waits.Swept) {
		return waits, err
	}
	err = o.Do(ctx, office.By{}, func(d *office.Desk) error {
		if waits, err = d.Tx.Waits(); err != nil || !outdated(waits.Swept) {
			return err
		}
		due := store.CaseFilter{Ended: store.Ended{From: waits.Swept.Date, Before: o.Date}}
		if waits.Swept.Settings != settings {
			due = store.CaseFilter{Unsettled: true}
			waits.Swept.AbsentOn = 0
		}
		if err := d.Tx.LookAgain(due); err != nil {
			return err
		}
		waits.Any = true
		waits.Swept.Settings, waits.Swept.Date = settings, max(waits.Swept.Date, o.Date)
		return d.Tx.PutSwept(waits.Swept)
	})
	return waits, err
}

// again is a walk over the cases that are to be looked at again: they are judged, and
// after that those who miss a limit all the same are told.
type again struct {
	*office.Office
	counts office.Counts
	failed map[string]bool // numbers of cases that could not be judged: for the next pass
}

// each looks at all of them, a chunk in a transaction; when one of a chunk fails, each
// in one of its own. What fails stays listed, and all errors come back joined.
func (a *again) each(ctx context.Context, look func(*office.Case, office.Counts) error) error {
	var faults []error
	done := 0
	for last := ""; ; {
		var page []string
		err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
			page, err = tx.CasesAgain(last, office.Chunk)
			return err
		})
		if err != nil || len(page) == 0 {
			return errors.Join(append(faults, err)...)
		}
		last = page[len(page)-1]
		faults = append(faults, a.chunk(ctx, page, look))
		done += len(page)
		a.ShowProgress("cases looked at again", done, 0)
	}
}

func (a *again) chunk(ctx context.Context, nos []string, look func(*office.Case, office.Counts) error) error {
	nos = slices.DeleteFunc(nos, func(no string) bool { return a.failed[no] })
	var counts office.Counts
	err := a.Do(ctx, office.By{Actor: "process"}, func(d *office.Desk) error {
		counts = office.Counts{} // anew: the work may be done twice
		if err := d.Tx.Looked(nos); err != nil {
			return err
		}
		if err := d.CasesAhead(nos, office.Beside{Forms: true, Letters: true}); err != nil {
			return err
		}
		for _, no := range nos {
			c, err := d.CaseByNo(no)
			if err == nil {
				err = look(c, counts)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err == nil:
		a.counts.Add(counts)
		return nil
	case ctx.Err() != nil:
		return err
	case len(nos) == 1:
		if a.failed == nil {
			a.failed = map[string]bool{}
		}
		a.failed[nos[0]] = true
		return err
	}
	var faults []error
	for _, no := range nos {
		faults = append(faults, a.chunk(ctx, []string{no}, look))
	}
	return errors.Join(faults...)
}

// judgeAgain judges a case anew, and counts its limits anew.
func judgeAgain(c *office.Case, counts office.Counts) error {
	if transfer.Waits(c.Case) {
		counts["rejudged"]++
		if err := transfer.Rejudge(c); err != nil {
			return err
		}
	}
	return c.Save()
}

// judgeFirst is judgeAgain, and lists a case that misses a limit once more, for tellDelay.
func judgeFirst(c *office.Case, counts office.Counts) error {
	if err := judgeAgain(c, counts); err != nil || missedLimit(c).due == 0 {
		return err
	}
	return c.Tx.LookAt(c.No)
}

// tellDelay notifies the person, once for each limit, that it was missed: the legal one, or
// that of whoever has the turn. A claimed key makes it once. It is judged first: what it
// waited for may have come since.
func tellDelay(c *office.Case, counts office.Counts) error {
	if err := judgeAgain(c, counts); err != nil {
		return err
	}
	limit := missedLimit(c)
	if limit.due == 0 {
		return nil
	}
	_, first, err := c.Tx.ClaimKey("delayed", c.Agency.Code, limit.key, 0)
	if err != nil || !first {
		return err
	}
	counts["delayed"]++
	if err := c.Note("delayed", limit.why, nil); err != nil {
		return err
	}
	return notice.Notify(c, code.MilestoneDelayed, notice.DelayNews(c, limit.due))
}

// missed is a limit that a case has missed: its key, what it is, and its last day.
type missed struct {
	key string
	why code.Phrase
	due calendar.Date
}

// missedLimit is the limit that a case has missed; none when it is the person's
// own turn, or, at the old place, the new one's, which notifies the person itself.
// A provisional limit, of days that the calendar does not know yet, is not missed.
func missedLimit(c *office.Case) missed {
	if c.State.Final(c.Side) {
		return missed{}
	}
	if c.Due != 0 && !c.DueProvisional && c.Due < c.Date {
		limit := c.Limit(c.RuleProfile(), c.Calendar)
		from := limit.From.String()
		return missed{exchange.LimitKey(c.No, limit.Name, from, limit.Stopped), code.Say("legal-limit", limit.Name, from, limit.WD), c.Due}
	}
	t, ok := exchange.TurnOf(c.Turns, c.Case)
	if !ok || t.Owner == exchange.OwnerPerson || c.Side == exchange.Out && t.Owner == exchange.OwnerPartner {
		return missed{}
	}
	due := c.TurnLimit(c.Case, t)
	if due.Date == 0 || due.Provisional || due.Date >= c.Date {
		return missed{}
	}
	since := office.Since(c.Case, t).String()
	return missed{exchange.LimitKey(c.No, t.Key, since, 0), code.Say("own-limit", t.Key, since), due.Date}
}
