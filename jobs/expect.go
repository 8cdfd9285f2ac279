package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
)

// Missing is a file that a party should have left and did not.
type Missing struct {
	Party string
	Kind  string
	On    calendar.Date
	By    string // clock
}

// missing lists the expected files that did not come: today's, once their
// clock has passed, else those of the working day before.
func (e *Env) missing(tx *store.Tx) ([]Missing, error) {
	var out []Missing
	for _, p := range e.Parties {
		for _, x := range p.Expected {
			day, ok := e.expectedDay(x.By)
			if !ok {
				continue
			}
			files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: p.Code, Kind: x.Kind, Since: day, Limit: 1})
			if err != nil {
				return nil, err
			}
			if len(files) == 0 {
				out = append(out, Missing{p.Code, x.Kind, day, x.By})
			}
		}
	}
	return out, nil
}

// warnAhead is how long before its clock an expected file is named that has
// not come: time enough for a telephone call.
const warnAhead = 2 * time.Hour

// awaited lists the files that are expected soon and have not come yet.
func (e *Env) awaited(tx *store.Tx) ([]Missing, error) {
	var out []Missing
	now := e.Now().In(e.Agency.Zone)
	today := calendar.DateOf(now)
	if working, _ := e.Calendar.Working(today); !working {
		return nil, nil
	}
	for _, p := range e.Parties {
		for _, x := range p.Expected {
			clock, err := time.Parse("15:04", x.By)
			if err != nil {
				continue
			}
			left := time.Duration(clock.Hour()-now.Hour())*time.Hour + time.Duration(clock.Minute()-now.Minute())*time.Minute
			if left <= 0 || left > warnAhead {
				continue
			}
			files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: p.Code, Kind: x.Kind, Since: today, Limit: 1})
			if err != nil {
				return nil, err
			}
			if len(files) == 0 {
				out = append(out, Missing{p.Code, x.Kind, today, x.By})
			}
		}
	}
	return out, nil
}

// noteAwaited names in a run's notes, once, what is expected soon.
func (e *Env) noteAwaited(ctx context.Context, run *exchange.Run) error {
	return e.Store.View(ctx, func(tx *store.Tx) error {
		soon, err := e.awaited(tx)
		for _, m := range soon {
			note := fmt.Sprintf("%s: %s is expected by %s and has not come yet", m.Party, m.Kind, m.By)
			if slices.Contains(run.Notes, note) {
				continue
			}
			e.Log.Warn("expected file has not come yet", "party", m.Party, "kind", m.Kind, "by", m.By)
			run.Notes = append(run.Notes, note)
		}
		return err
	})
}

// expectedDay is the latest working day whose clock has passed; ok is false
// when the clock cannot be read or the calendar does not know the days.
func (e *Env) expectedDay(by string) (calendar.Date, bool) {
	clock, err := time.Parse("15:04", by)
	if err != nil {
		return 0, false
	}
	now := e.Now().In(e.Agency.Zone)
	passed := now.Hour()*60+now.Minute() >= clock.Hour()*60+clock.Minute()
	if working, _ := e.Calendar.Working(e.Date); working && (passed || calendar.DateOf(now) > e.Date) {
		return e.Date, true
	}
	for d := e.Date.AddDays(-1); d > e.Date.AddDays(-15); d = d.AddDays(-1) {
		if working, _ := e.Calendar.Working(d); working {
			return d, true
		}
	}
	return 0, false
}

// proposals is how many "not found" declines are proposed in one night at
// most; more means that the extract is probably broken.
const proposals = 20

// proposeNotFound proposes to decline letters about people who are not in the
// registry although it was taken in whole after the letter and the days
// allowed have passed. Nothing is declined by itself. A proposal whose reason
// has gone is closed.
func (e *Env) proposeNotFound(ctx context.Context) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		whole, err := tx.LastWholeRegistry()
		if notFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		var found []exchange.Case
		waits, err := tx.Cases(store.CaseFilter{Side: exchange.Out, States: []exchange.State{exchange.Held}, Holds: []code.Hold{code.HoldAwaitingRegistry}})
		if err != nil {
			return err
		}
		for _, c := range waits {
			p := e.Profiles[c.Profile]
			if whole <= c.LetterOn || e.Calendar.WorkingDays(c.LetterOn, e.Date) < p.NotFoundWD {
				continue
			}
			rejected, err := (&desk{Env: e, tx: tx}).rejectedProposal(c)
			if err != nil {
				return err
			}
			if !rejected {
				found = append(found, c)
			}
		}
		d := &desk{Env: e, tx: tx, actor: "process"}
		limit := proposals
		if e.Agency.NotFoundCap > 0 {
			limit = e.Agency.NotFoundCap
		}
		open, err := openOut(tx)
		if err != nil {
			return err
		}
		if len(found) > limit || (len(found) > 1 && len(found)*20 > open) {
			if err := d.withdrawProposals(map[string]bool{"registry": true}); err != nil {
				return err
			}
			return d.difference("proposal", "", "", "registry", fmt.Sprintf("%d people not found", len(found)), "the extract is probably broken")
		}
		stand := map[string]bool{}
		for _, c := range found {
			stand[c.LetterNo] = true
		}
		if err := d.withdrawProposals(stand); err != nil {
			return err
		}
		for _, c := range found {
			if err := d.difference("proposal", c.Partner, c.No, c.LetterNo, "not-found", "decline?"); err != nil {
				return err
			}
		}
		return nil
	})
}

// withdrawProposals closes the proposals that do not stand any more.
func (d *desk) withdrawProposals(stand map[string]bool) error {
	open, err := d.tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Kind != "proposal" || stand[x.Subject] || (x.CaseNo == "" && x.Subject != "registry") { // one about a credit is another's
			continue
		}
		if err := d.tx.CloseDifference(x.ID); err != nil {
			return err
		}
	}
	return nil
}

// openOut is the number of open cases at the old place; few count as the
// number of proposals that may stand in any case.
func openOut(tx *store.Tx) (int, error) {
	counts, err := tx.CountCases()
	if err != nil {
		return 0, err
	}
	n := 0
	for state, k := range counts[exchange.Out] {
		if !state.Final(exchange.Out) {
			n += k
		}
	}
	return max(n, proposals), nil
}
