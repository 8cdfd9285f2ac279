package story

import (
	"context"

	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
)

// Verified is what a proof of journal and ledger found.
type Verified struct {
	OK bool
	journal.Report
	LedgerFaults []string
	From         *TrustedFrom // nil: no checkpoint has left
}

// TrustedFrom is the checkpoint from which a proof starts.
type TrustedFrom struct {
	Checkpoint int64
	On         calendar.Date
	By         string // who keeps it
}

// Verify proves that journal and ledger are as they were written. progress is
// told now and then how many events were seen; left are checkpoints that left the store. What is wrong is in Verified and
// no error: err is that the store could not be read to the end.
func Verify(ctx context.Context, s *store.Store, progress func(events int64), left ...journal.Checkpoint) (v Verified, err error) {
	if v.Report, err = s.VerifyJournal(ctx, progress, left...); err != nil {
		return v, err
	}
	err = s.View(ctx, func(tx *store.Tx) error {
		v.LedgerFaults, err = tx.LedgerFaults()
		return err
	})
	v.OK = v.FaultsTotal == 0 && len(v.LedgerFaults) == 0
	return v, err
}
