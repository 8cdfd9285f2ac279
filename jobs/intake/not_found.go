package intake

import (
	"context"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/courier"
	"carryover/jobs/decision"
	"carryover/jobs/office"
)

// proposeNotFound proposes to decline letters about people who are not in the
// registry although it was taken in whole after the letter and the days
// allowed have passed. Nothing is declined by itself. A proposal whose reason
// has gone is closed.
func proposeNotFound(ctx context.Context, o *office.Office) error {
	return o.Do(ctx, office.By{Actor: "process"}, func(d *office.Desk) error {
		whole, err := d.Tx.LastWholeRegistry()
		if office.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		var found []exchange.Case
		waits, err := d.Tx.Cases(store.CaseFilter{Side: exchange.Out, States: []exchange.State{exchange.Held}, Holds: []code.Hold{code.HoldAwaitingRegistry}})
		if err != nil {
			return err
		}
		for _, c := range waits {
			p := o.Profiles[c.Profile]
			if whole <= c.LetterOn || o.Calendar.WorkingDays(c.LetterOn, o.Date) < p.NotFoundWD {
				continue
			}
			rejected, err := decision.RejectedProposal(d, c)
			if err != nil {
				return err
			}
			if !rejected {
				found = append(found, c)
			}
		}
		limit := courier.Proposals
		if o.Agency.NotFoundCap > 0 {
			limit = o.Agency.NotFoundCap
		}
		open, err := courier.OpenOut(d.Tx)
		if err != nil {
			return err
		}
		if len(found) > limit || (len(found) > 1 && len(found)*20 > open) {
			if err := withdrawProposals(d, map[string]bool{"registry": true}); err != nil {
				return err
			}
			return d.RecordDifference("proposal", "", "", "registry", fmt.Sprintf("%d people not found", len(found)), "the extract is probably broken")
		}
		stand := map[string]bool{}
		for _, c := range found {
			stand[c.LetterNo] = true
		}
		if err := withdrawProposals(d, stand); err != nil {
			return err
		}
		for _, c := range found {
			if err := d.RecordDifference("proposal", c.Partner, c.No, c.LetterNo, "not-found", "decline?"); err != nil {
				return err
			}
		}
		return nil
	})
}

// withdrawProposals closes the proposals that do not stand any more.
func withdrawProposals(d *office.Desk, stand map[string]bool) error {
	open, err := d.Tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Kind != "proposal" || stand[x.Subject] || (x.CaseNo == "" && x.Subject != "registry") { // one about a credit is another's
			continue
		}
		if err := d.Tx.CloseDifference(x.ID); err != nil {
			return err
		}
	}
	return nil
}
