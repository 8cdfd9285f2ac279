package intake

import (
	"context"
	"errors"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats/batch"
	"carryover/jobs/bank"
	"carryover/jobs/netting"
	"carryover/jobs/office"
)

// sweep works what waited: held records, cases of which something has changed, unmatched
// money; and notifies persons of missed limits. Each in a transaction of its own, so that
// one error does not stop the rest; all come back joined. Records come before cases and
// cases before money, since each may be what the next one waited for; of a limit that was
// met at last nobody is told.
func sweep(ctx context.Context, o *office.Office) (office.Counts, error) {
	waits, err := makeDue(ctx, o)
	if err != nil {
		return nil, err
	}
	counts := office.Counts{}
	var faults []error
	note := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	if waits.Any {
		again := &again{Office: o, counts: counts}
		note(sweepRecords(ctx, o, counts))
		note(bank.ProveBankDays(ctx, o)) // first: a payment that failed may wait for it
		note(again.each(ctx, judgeFirst))
		note(bank.RetryUnmatched(ctx, o))
		note(again.each(ctx, tellDelay))
	}
	note(proposeNotFound(ctx, o, waits))
	note(netting.Statements(ctx, o))
	return counts, errors.Join(faults...)
}

// sweepRecords works held records again, a page of them at a time; one whose letter
// or form has not come within the nights allowed (Rules.HeldNights) is refused.
func sweepRecords(ctx context.Context, o *office.Office, counts office.Counts) error {
	var (
		faults []error
		last   exchange.Judgement
		count  = o.Counting("held records", 0)
	)
	for {
		var page []exchange.Judgement
		err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
			page, err = tx.HeldJudgements(last, office.Chunk)
			return err
		})
		if err != nil || len(page) == 0 {
			return errors.Join(append(faults, err)...)
		}
		for _, last = range page {
			count()
			faults = append(faults, o.Do(ctx, office.By{}, func(d *office.Desk) error { return workHeld(d, last, counts) }))
		}
	}
}

// workHeld works a held record again, on behalf of whoever sent it. When it has a
// verdict at last, that is stored as not reported, so that the sender gets another
// receipt for it. Nothing is done while its file is still being worked.
func workHeld(d *office.Desk, j exchange.Judgement, counts office.Counts) error {
	file, err := d.Tx.File(j.FileID)
	if err != nil || file.State != exchange.FileWorked {
		return err
	}
	rec, err := batch.Find(office.Kinds, file.Kind).Parse(j.Raw)
	if err != nil {
		return err
	}
	d.File, d.Actor = file, file.Party
	o, err := tryHeld(d, rec)
	if err != nil {
		return err
	}
	expired := o.Code == string(code.UnknownLetter) || o.Code == string(code.UnknownForm)
	switch {
	case o.Verdict == code.Held && (!expired || d.Date.Sub(file.Seen) < d.Rules.HeldNights):
		return nil
	case o.Verdict == code.Held: // expired
		o.Verdict = code.Refused
	}
	before := file
	j.Verdict, j.Code, j.Field, j.Text, j.Raw, j.Reported = o.Verdict, code.Fault(o.Code), o.Field, o.Text, nil, false
	if err := d.Tx.UpdateJudgement(j); err != nil {
		return err
	}
	if o.Verdict == code.Refused {
		file.Verdict = code.FilePartly
		if err := releaseHeld(d, rec); err != nil {
			return err
		}
	}
	file.Held--
	file.Count(o.Verdict)
	counts["released"]++
	return d.Tx.UpdateFile(before, file)
}

// tryHeld applies a held record again. Its key was claimed when it was held,
// unless a mistake of ours had taken that back too.
func tryHeld(d *office.Desk, rec any) (office.Outcome, error) {
	kind, _ := office.KindOf(rec)
	if key := kind.KeyOf(rec); key != "" {
		by, ok, err := d.Tx.ClaimKey(d.File.Kind, d.File.Party, key, d.File.ID)
		if err != nil {
			return office.Outcome{}, err
		}
		if !ok && by != d.File.ID {
			return duplicateOf(by, d.File.ID), nil
		}
	}
	return tryRecord(d, rec, "")
}

// releaseHeld gives back the duplicate key of a held record that is refused
// after all: its sender may send it again, once what it needs has come.
func releaseHeld(d *office.Desk, rec any) error {
	kind, _ := office.KindOf(rec)
	if key := kind.KeyOf(rec); key != "" {
		return d.Tx.ReleaseKey(d.File.Kind, d.File.Party, key, d.File.ID)
	}
	return nil
}
