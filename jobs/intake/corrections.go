package intake

import (
	"context"
	"errors"
	"io"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/jobs/office"
)

// isCorrections reports whether a file is corrections to a workbook of ours, which
// another office that runs this program returned: it is kept for whoever wants to
// look, and gets no receipt and no corrections, or two offices would answer each
// other for ever.
func isCorrections(ctx context.Context, j *office.InBatch) (bool, error) {
	if j.File.Carrier != string(batch.Workbook) {
		return false, nil
	}
	src, err := j.OpenSpool(ctx, j.File.Spool)
	if err != nil {
		return false, err
	}
	defer src.Close()
	return sheet.AreCorrections(io.Reader(src), j.Agency.Code)
}

// takeCorrections records corrections to a workbook of ours as worked; nothing of
// them counts.
func takeCorrections(ctx context.Context, j *office.InBatch) error {
	j.File.Kind, j.File.Sequence, j.File.State, j.File.Verdict = office.KindCorrections, 0, exchange.FileWorked, code.FileAccepted
	return j.Do(ctx, office.By{File: j.File, Actor: j.File.Party}, func(d *office.Desk) error {
		return errors.Join(d.Tx.UpdateFile(j.Stored, j.File), d.Journal(exchange.AgencyChain, "answer_received", code.Text(j.File.Name), nil))
	})
}
