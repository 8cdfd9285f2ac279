package jobs

import (
	"context"
	"errors"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats/batch"
)

// sweep works what waited: held records, held cases, unmatched money; and
// tells whom a limit was missed. Each in a transaction of its own.
func (e *Env) sweep(ctx context.Context) (Counts, error) {
	counts := Counts{}
	var faults []error
	note := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	note(e.sweepRecords(ctx, counts))
	note(e.sweepCases(ctx, counts))
	note(e.matchWaiting(ctx))
	note(e.proveBankDays(ctx))
	note(e.sweepOverdue(ctx, counts))
	note(e.proposeNotFound(ctx))
	note(e.Statements(ctx))
	return counts, errors.Join(faults...)
}

// sweepRecords works held records again; one whose letter or form has not
// come within the nights allowed is refused.
func (e *Env) sweepRecords(ctx context.Context, counts Counts) error {
	var (
		faults []error
		last   exchange.Judgement
	)
	for {
		var page []exchange.Judgement
		err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
			page, err = tx.HeldJudgements(last, chunk)
			return err
		})
		if err != nil || len(page) == 0 {
			return errors.Join(append(faults, err)...)
		}
		for _, last = range page {
			faults = append(faults, e.Store.Tx(ctx, func(tx *store.Tx) error { return e.workHeld(tx, last, counts) }))
		}
	}
}

func (e *Env) workHeld(tx *store.Tx, j exchange.Judgement, counts Counts) error {
	file, err := tx.File(j.FileID)
	if err != nil || file.State != exchange.FileWorked {
		return err
	}
	rec, err := batch.Find(kinds, file.Kind).Parse(j.Raw)
	if err != nil {
		return err
	}
	d := &desk{Env: e, tx: tx, file: file, actor: file.Party}
	o, err := d.tryHeld(rec)
	if err != nil {
		return err
	}
	expired := o.code == string(code.UnknownLetter) || o.code == string(code.UnknownForm)
	switch {
	case o.verdict == code.Held && (!expired || e.Date.Sub(file.Seen) < e.Rules.HeldNights):
		return nil
	case o.verdict == code.Held:
		o.verdict = code.Refused
	}
	before := file
	j.Verdict, j.Code, j.Field, j.Text, j.Raw, j.Told = o.verdict, code.Fault(o.code), o.field, o.text, nil, false
	if err := tx.UpdateJudgement(j); err != nil {
		return err
	}
	if o.verdict == code.Refused {
		file.Verdict = code.FilePartly
		if err := d.releaseHeld(rec); err != nil {
			return err
		}
	}
	file.Held--
	file.Count(o.verdict)
	counts["released"]++
	return tx.UpdateFile(before, file)
}

// tryHeld applies a held record again. Its key was claimed when it was held,
// unless a mistake of ours had taken that back too.
func (d *desk) tryHeld(rec any) (outcome, error) {
	kind, _ := kindOf(rec)
	if key := kind.KeyOf(rec); key != "" {
		by, ok, err := d.tx.ClaimKey(d.file.Kind, d.file.Party, key, d.file.ID)
		if err != nil {
			return outcome{}, err
		}
		if !ok && by != d.file.ID {
			return duplicateOf(by, d.file.ID), nil
		}
	}
	return d.try(rec, "")
}

// releaseHeld gives back the duplicate key of a held record that is refused
// after all.
func (d *desk) releaseHeld(rec any) error {
	kind, _ := kindOf(rec)
	if key := kind.KeyOf(rec); key != "" {
		return d.tx.ReleaseKey(d.file.Kind, d.file.Party, key, d.file.ID)
	}
	return nil
}

// sweepCases judges again the cases that wait for information. Their numbers
// are all that is kept of them.
func (e *Env) sweepCases(ctx context.Context, counts Counts) error {
	var numbers []string
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		return tx.EachCase(waiting(), func(c exchange.Case) error {
			numbers = append(numbers, c.No)
			return nil
		})
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, no := range numbers {
		faults = append(faults, e.Store.Tx(ctx, func(tx *store.Tx) error {
			d := &desk{Env: e, tx: tx, actor: "process"}
			now, err := tx.Case(no)
			if err != nil || now.State != exchange.Held {
				return err
			}
			return d.rejudge(now)
		}))
		counts["rejudged"]++
	}
	return errors.Join(faults...)
}

// sweepOverdue tells the person, once for each limit, that it was missed: the
// legal one, or that of whoever has the turn.
func (e *Env) sweepOverdue(ctx context.Context, counts Counts) error {
	late := map[string]missed{} // by case
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		return tx.EachCase(store.CaseFilter{OpenOnly: true}, func(c exchange.Case) error {
			if limit := e.missedLimit(c); limit.name != "" {
				late[c.No] = limit
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, no := range slices.Sorted(maps.Keys(late)) {
		faults = append(faults, e.Store.Tx(ctx, func(tx *store.Tx) error {
			_, first, err := tx.ClaimKey("delayed", e.Agency.Code, no+"|"+late[no].name, 0)
			if err != nil || !first {
				return err
			}
			c, err := (&desk{Env: e, tx: tx, actor: "process"}).caseNo(no)
			if err != nil {
				return err
			}
			counts["delayed"]++
			if err := c.note("delayed", late[no].name, nil); err != nil {
				return err
			}
			return c.notify(code.MilestoneDelayed, c.delayNews(late[no].due))
		}))
	}
	return errors.Join(faults...)
}

// missed is a limit that a case has missed: by what it is known, and its last day.
type missed struct {
	name string
	due  calendar.Date
}

// missedLimit is the limit that a case has missed; none when it is the
// person's own turn, or, at the old place, the new one's, which tells the person.
func (e *Env) missedLimit(c exchange.Case) missed {
	if c.Due != 0 && !c.DueProvisional && c.Due < e.Date {
		return missed{c.DueBasis, c.Due}
	}
	t, ok := exchange.TurnOf(e.Turns, c)
	if !ok || t.Owner == exchange.OwnerPerson || c.Side == exchange.Out && t.Owner == exchange.OwnerPartner {
		return missed{}
	}
	due := e.Calendar.Due(since(c, t), t.WD, calendar.DueOptions{})
	if due.Date == 0 || due.Provisional || due.Date >= e.Date {
		return missed{}
	}
	return missed{t.Key + " since " + since(c, t).String(), due.Date}
}
