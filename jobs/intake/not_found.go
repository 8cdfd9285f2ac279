package intake

import (
	"cmp"
	"context"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/decision"
	"carryover/jobs/office"
)

// maxProposals is how many "not found" declines are proposed in one night at
// most, unless the configuration says otherwise; more means that the extract is
// probably broken.
const maxProposals = 20

// registryAlarm is the subject of the difference that names a registry in which too
// many people are not found.
var registryAlarm = code.Say("registry")

// proposeNotFound proposes to decline letters about people who are not in the
// registry although it was taken in whole after the letter and the working days
// allowed have passed. Nothing is declined by itself. A proposal whose reason
// has gone is closed. When too many are not found, at once or of the open cases
// (5 %), nothing is proposed, and the extract is named instead: a registry that
// was cut short must not make staff decline letters by the hundred.
// It is done once a day, and again when a whole registry came or a proposal has lost its
// reason.
func proposeNotFound(ctx context.Context, o *office.Office, waits store.Waits) error {
	if waits.Swept.AbsentOn == o.Date && !waits.Absent {
		return nil
	}
	return o.Do(ctx, office.By{Actor: "process"}, func(d *office.Desk) error {
		now := waits.Swept
		now.AbsentOn = o.Date
		if err := d.Tx.PutSwept(now); err != nil {
			return err
		}
		whole, err := d.Tx.LastWholeRegistry()
		if err != nil || whole == 0 { // absence from a part of the registry shows nothing
			return err
		}
		absent, n, err := absentPeople(d, whole)
		if err != nil {
			return err
		}
		broken, err := tooMany(d, n)
		if err != nil {
			return err
		}
		if broken {
			if err := withdrawProposals(d, map[code.Phrase]bool{registryAlarm: true}); err != nil {
				return err
			}
			return d.RecordDifference("proposal", "", "", registryAlarm, code.Say("not-found-many", n), code.Say("extract-broken"))
		}
		keep := map[code.Phrase]bool{}
		for _, c := range absent {
			keep[code.Text(c.LetterNo)] = true
		}
		if err := withdrawProposals(d, keep); err != nil {
			return err
		}
		for _, c := range absent {
			if err := d.RecordDifference("proposal", c.Partner, c.No, code.Text(c.LetterNo), code.Say("not-found"), code.Say("decline-asked")); err != nil {
				return err
			}
		}
		return nil
	})
}

// absentPeople are the cases about people who are not in the registry of a date, though
// it is later than their letter and the working days allowed have passed: the first of
// them, as many as may be proposed, and the number of all.
func absentPeople(d *office.Desk, whole calendar.Date) (absent []exchange.Case, n int, err error) {
	f := store.CaseFilter{Side: exchange.Out, States: []exchange.State{exchange.Held}, Holds: []code.Hold{code.HoldAwaitingRegistry}}
	err = d.Tx.EachCase(f, func(c exchange.Case) error {
		if whole <= c.LetterOn || d.Calendar.WorkingDays(c.LetterOn, d.Date) < d.Profiles[c.Profile].NotFoundWD {
			return nil
		}
		rejected, err := decision.RejectedProposal(d, c)
		if err != nil || rejected { // an officer who said no is not asked again
			return err
		}
		if n++; n <= mostProposals(d) {
			absent = append(absent, c)
		}
		return nil
	})
	return absent, n, err
}

// mostProposals is how many proposals there may be in one night.
func mostProposals(d *office.Desk) int { return cmp.Or(d.Agency.NotFoundCap, maxProposals) }

// tooMany reports whether so many people not found say more of the extract than of
// the people: more than may be proposed, or, but for a single one, than 5 % of the
// open cases.
func tooMany(d *office.Desk, absent int) (bool, error) {
	limit := mostProposals(d)
	if absent < 2 || absent > limit {
		return absent > limit, nil
	}
	open, err := openOutCases(d.Tx)
	return absent*20 > open, err
}

// openOutCases is the number of open cases at the old place, at least maxProposals.
func openOutCases(tx *store.Tx) (int, error) {
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
	return max(n, maxProposals), nil
}

// withdrawProposals closes the open proposals about letters but for those to
// keep, by their subjects: a letter number, or registryAlarm.
func withdrawProposals(d *office.Desk, keep map[code.Phrase]bool) error {
	open, err := d.Tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Kind != "proposal" || keep[x.Subject] || (x.CaseNo == "" && x.Subject != registryAlarm) {
			continue // one about a credit is bank's
		}
		if err := d.Tx.CloseDifference(x.ID); err != nil {
			return err
		}
	}
	return nil
}
