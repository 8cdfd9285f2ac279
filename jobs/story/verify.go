package story

import (
	"context"

	"carryover/exchange/store"
)

// Verified is what a proof of journal and ledger found.
type Verified struct {
	OK           bool           `json:"ok"`
	Chains       int64          `json:"chains"`
	Events       int64          `json:"events"`
	Purged       int64          `json:"purged"`
	Cases        int64          `json:"cases"`
	Checkpoints  int64          `json:"checkpoints"`
	Faults       []JournalFault `json:"faults"` // the first 1000
	FaultsTotal  int            `json:"faults_total"`
	LedgerFaults []string       `json:"ledger_faults"`
}

// JournalFault is a place at which the journal is not as it was written.
type JournalFault struct {
	Chain string `json:"chain"` // empty: a checkpoint
	N     int    `json:"n"`
	What  string `json:"what"`
}

// Verify proves that journal and ledger are as they were written. progress is
// told now and then how many events were seen. What is wrong is in Verified and
// no error: err is that the store could not be read to the end.
func Verify(ctx context.Context, s *store.Store, progress func(events int64)) (v Verified, err error) {
	report, err := s.VerifyJournal(ctx, progress)
	if err != nil {
		return v, err
	}
	v = Verified{
		Chains: report.Chains, Events: report.Events, Purged: report.Purged, Cases: report.Cases, Checkpoints: report.Checkpoints,
		Faults: []JournalFault{}, FaultsTotal: report.FaultsTotal, LedgerFaults: []string{},
	}
	for _, f := range report.Faults {
		v.Faults = append(v.Faults, JournalFault(f))
	}
	err = s.View(ctx, func(tx *store.Tx) error {
		found, err := tx.LedgerFaults()
		v.LedgerFaults = append(v.LedgerFaults, found...)
		return err
	})
	v.OK = report.OK() && len(v.LedgerFaults) == 0
	return v, err
}
