package intake

import (
	"context"

	"carryover/exchange"
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
func proposeNotFound(ctx context.Context, o *office.Office) error {
	return o.Do(ctx, office.By{Actor: "process"}, func(d *office.Desk) error {
		whole, err := d.Tx.LastWholeRegistry()
		if err != nil || whole == 0 { // absence from a part of the registry shows nothing
			return err
		}
		var absent []exchange.Case
		waiting, err := d.Tx.Cases(store.CaseFilter{Side: exchange.Out, States: []exchange.State{exchange.Held}, Holds: []code.Hold{code.HoldAwaitingRegistry}})
		if err != nil {
			return err
		}
		for _, c := range waiting {
			p := o.Profiles[c.Profile]
			if whole <= c.LetterOn || o.Calendar.WorkingDays(c.LetterOn, o.Date) < p.NotFoundWD {
				continue
			}
			rejected, err := decision.RejectedProposal(d, c)
			if err != nil {
				return err
			}
			if !rejected { // an officer who said no is not asked again
				absent = append(absent, c)
			}
		}
		broken, err := tooMany(d, len(absent))
		if err != nil {
			return err
		}
		if broken {
			if err := withdrawProposals(d, map[code.Phrase]bool{registryAlarm: true}); err != nil {
				return err
			}
			return d.RecordDifference("proposal", "", "", registryAlarm, code.Say("not-found-many", len(absent)), code.Say("extract-broken"))
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

// tooMany reports whether so many people not found say more of the extract than of
// the people: more than may be proposed, or, but for a single one, than 5 % of the
// open cases.
func tooMany(d *office.Desk, absent int) (bool, error) {
	limit := maxProposals
	if d.Agency.NotFoundCap > 0 {
		limit = d.Agency.NotFoundCap
	}
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
