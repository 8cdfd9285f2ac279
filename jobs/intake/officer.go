package intake

import (
	"context"
	"errors"
	"strings"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/jobs/bank"
	"carryover/jobs/decision"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// processOfficer works a file that an officer left: a decisions workbook, or the
// signature of what is to be signed. Anything else is quarantined. A signature
// that does not count (a Refusal) is recorded with its reason, and is no error.
func processOfficer(ctx context.Context, o *office.Office, f exchange.File) (office.Counts, error) {
	officer, _ := exchange.OfficerOf(f.Party)
	if f.Carrier == "xlsx" {
		return decision.ProcessDecisions(ctx, o, f)
	}
	if !strings.HasSuffix(f.Name, seal.Suffix) {
		return nil, bank.Quarantine(ctx, o, f, "not a signature / 不是签名文件（<文件>.<姓名目录>.sig）")
	}
	armored, err := signing.ReadSignature(ctx, o, f.Spool)
	if err != nil {
		return nil, err
	}
	err = o.Do(ctx, office.By{File: f, Actor: f.Party}, func(d *office.Desk) error {
		s, verdict := signing.TakeSignature(d, officer, f.Name, armored)
		var refusal *office.Refusal
		if verdict != nil && !errors.As(verdict, &refusal) {
			return verdict
		}
		return signing.EndSignature(d, f, s, refusal)
	})
	return office.Counts{"files": 1}, err
}
