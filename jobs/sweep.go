package jobs

import (
	"context"
	"errors"

	"carryover/exchange"
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
	note(e.sweepOverdue(ctx, counts))
	note(e.proposeNotFound(ctx))
	note(e.Statements(ctx))
	return counts, errors.Join(faults...)
}

// sweepRecords works held records again; one whose letter or form has not
// come within the nights allowed is refused.
func (e *Env) sweepRecords(ctx context.Context, counts Counts) error {
	var waiting []exchange.Judgement
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		waiting, err = tx.HeldJudgements(0)
		return err
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, j := range waiting {
		err := e.Store.Tx(ctx, func(tx *store.Tx) error { return e.workHeld(tx, j, counts) })
		faults = append(faults, err)
	}
	return errors.Join(faults...)
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
	o, err := d.try(rec, "") // its key was claimed when it was held
	if err != nil {
		return err
	}
	expired := o.code == string(code.UnknownLetter) || o.code == string(code.UnknownForm)
	switch {
	case o.verdict == code.Held && (!expired || e.Date.Sub(file.Seen) <= e.Rules.HeldNights):
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

// releaseHeld gives back the duplicate key of a held record that is refused
// after all.
func (d *desk) releaseHeld(rec any) error {
	kind, _ := kindOf(rec)
	if key := kind.KeyOf(rec); key != "" {
		return d.tx.ReleaseKey(d.file.Kind, d.file.Party, key, d.file.ID)
	}
	return nil
}

// sweepCases judges again the cases that wait for information.
func (e *Env) sweepCases(ctx context.Context, counts Counts) error {
	var cases []exchange.Case
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		cases, err = tx.Cases(waiting())
		return err
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, c := range cases {
		faults = append(faults, e.Store.Tx(ctx, func(tx *store.Tx) error {
			d := &desk{Env: e, tx: tx, actor: "process"}
			now, err := tx.Case(c.No)
			if err != nil || now.State != exchange.Held {
				return err
			}
			return d.rejudge(now)
		}))
		counts["rejudged"]++
	}
	return errors.Join(faults...)
}

// sweepOverdue tells the person, once for each limit, that it was missed.
func (e *Env) sweepOverdue(ctx context.Context, counts Counts) error {
	var late []exchange.Case
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		late, err = tx.Cases(store.CaseFilter{Side: exchange.In, OpenOnly: true, DueBefore: e.Date})
		return err
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, found := range late {
		if found.DueProvisional {
			continue
		}
		faults = append(faults, e.Store.Tx(ctx, func(tx *store.Tx) error {
			d := &desk{Env: e, tx: tx, actor: "process", file: exchange.File{}}
			_, first, err := tx.ClaimKey("delayed", e.Agency.Code, found.No+"|"+found.DueBasis, 0)
			if err != nil || !first {
				return err
			}
			c, err := d.caseNo(found.No)
			if err != nil {
				return err
			}
			counts["delayed"]++
			if err := c.note("delayed", c.DueBasis, nil); err != nil {
				return err
			}
			return c.notify(code.MilestoneDelayed, "", 0)
		}))
	}
	return errors.Join(faults...)
}
