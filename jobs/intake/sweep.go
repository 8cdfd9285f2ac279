package intake

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
	"carryover/jobs/bank"
	"carryover/jobs/netting"
	"carryover/jobs/notice"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// sweep works what waited: held records, held cases, unmatched money; and
// notifies persons of missed limits. Each in a transaction of its own, so that one
// error does not stop the rest; all come back joined. Records come before cases
// and cases before money, since each may be what the next one waited for.
func sweep(ctx context.Context, o *office.Office) (office.Counts, error) {
	counts := office.Counts{}
	var faults []error
	note := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	note(sweepRecords(ctx, o, counts))
	note(sweepCases(ctx, o, counts))
	note(bank.RetryUnmatched(ctx, o))
	note(bank.ProveBankDays(ctx, o))
	note(sweepOverdue(ctx, o, counts))
	note(proposeNotFound(ctx, o))
	note(netting.Statements(ctx, o))
	return counts, errors.Join(faults...)
}

// sweepRecords works held records again, a page of them at a time; one whose letter
// or form has not come within the nights allowed (Rules.HeldNights) is refused.
func sweepRecords(ctx context.Context, o *office.Office, counts office.Counts) error {
	var (
		faults []error
		last   exchange.Judgement
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

// sweepCases judges again the cases that wait for information. The read
// transaction is over before the first of them is worked, and only their numbers
// are kept from it: each is read anew, for it may have moved on.
func sweepCases(ctx context.Context, o *office.Office, counts office.Counts) error {
	var numbers []string
	err := o.Store.View(ctx, func(tx *store.Tx) error {
		return tx.EachCase(transfer.WaitingFilter(), func(c exchange.Case) error {
			numbers = append(numbers, c.No)
			return nil
		})
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, no := range numbers {
		faults = append(faults, o.Do(ctx, office.By{Actor: "process"}, func(d *office.Desk) error {
			c, err := d.CaseByNo(no)
			if err != nil || c.State != exchange.Held {
				return err
			}
			return transfer.Rejudge(c)
		}))
		counts["rejudged"]++
	}
	return errors.Join(faults...)
}

// sweepOverdue notifies the person, once for each limit, that it was missed: the
// legal one, or that of whoever has the turn. A claimed key makes it once.
func sweepOverdue(ctx context.Context, o *office.Office, counts office.Counts) error {
	late := map[string]missed{} // by case
	err := o.Store.View(ctx, func(tx *store.Tx) error {
		return tx.EachCase(store.CaseFilter{OpenOnly: true}, func(c exchange.Case) error {
			if limit := missedLimit(o, c); limit.due != 0 {
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
		faults = append(faults, o.Do(ctx, office.By{Actor: "process"}, func(d *office.Desk) error {
			_, first, err := d.Tx.ClaimKey("delayed", o.Agency.Code, late[no].key, 0)
			if err != nil || !first {
				return err
			}
			c, err := d.CaseByNo(no)
			if err != nil {
				return err
			}
			counts["delayed"]++
			if err := c.Note("delayed", late[no].why, nil); err != nil {
				return err
			}
			return notice.Notify(c, code.MilestoneDelayed, notice.DelayNews(c, late[no].due))
		}))
	}
	return errors.Join(faults...)
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
func missedLimit(o *office.Office, c exchange.Case) missed {
	if c.Due != 0 && !c.DueProvisional && c.Due < o.Date {
		limit := c.Limit(o.Profiles[c.Profile], o.Calendar)
		from := limit.From.String()
		return missed{exchange.LimitKey(c.No, limit.Name, from, limit.Stopped), code.Say("legal-limit", limit.Name, from, limit.WD), c.Due}
	}
	t, ok := exchange.TurnOf(o.Turns, c)
	if !ok || t.Owner == exchange.OwnerPerson || c.Side == exchange.Out && t.Owner == exchange.OwnerPartner {
		return missed{}
	}
	due := o.TurnLimit(c, t)
	if due.Date == 0 || due.Provisional || due.Date >= o.Date {
		return missed{}
	}
	since := office.Since(c, t).String()
	return missed{exchange.LimitKey(c.No, t.Key, since, 0), code.Say("own-limit", t.Key, since), due.Date}
}
