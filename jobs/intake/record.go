package intake

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats/batch"
	"carryover/jobs/netting"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// errRefused takes back what a refused record wrote: it leaves nothing behind,
// no key either.
var errRefused = errors.New("record refused")

// judgeItem works one record of a file and stores the verdict on it: accepted,
// held or refused. Of a held one its rows are stored too, to be tried again by
// sweepRecords. An error is ours, and stops the file at this chunk.
func judgeItem(d *office.Desk, it *office.Item) (code.Verdict, error) {
	if office.Refusing(it.Faults) {
		return code.Refused, storeFaults(d, it)
	}
	o, err := tryRecord(d, it.Value, it.Key)
	if err != nil {
		return "", err
	}
	j := exchange.Judgement{
		FileID: d.File.ID, Ordinal: it.Ordinal, Line: it.Line, Row: it.RowType, RecordNo: it.No, Verdict: o.Verdict, Code: code.Fault(o.Code),
		Field: o.Field, Text: o.Text, Echo: it.Echo,
	}
	if o.Verdict == code.Held {
		kind, _ := office.KindOf(it.Value)
		var rows batch.Rows
		if err := d.Encoder(kind).Append(&rows, it.Value); err != nil {
			return "", err
		}
		j.Raw = rows.Bytes
	}
	return o.Verdict, d.Tx.InsertJudgement(j)
}

// storeFaults stores a verdict for every fault of a record that its own rows
// refuse, so that its sender sees all of them at once.
func storeFaults(d *office.Desk, it *office.Item) error {
	for _, f := range it.Faults {
		if f.Warning() {
			continue
		}
		err := d.Tx.InsertJudgement(exchange.Judgement{
			FileID: d.File.ID, Ordinal: it.Ordinal, Line: f.Line, Row: f.Row, RecordNo: it.No, Verdict: code.Refused,
			Code: f.Code, Field: f.Field, Text: f.Text, Echo: it.Echo,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tryRecord applies a record; when it is refused, or not allowed in its case's
// state, everything that it wrote is undone. An error is returned only where no
// verdict on the record can be given.
func tryRecord(d *office.Desk, rec any, key string) (o office.Outcome, err error) {
	err = d.InSavepoint(func() (err error) { o, err = claimAndApply(d, rec, key); return err })
	switch {
	case errors.Is(err, errRefused):
		return o, nil
	case errors.Is(err, exchange.ErrNotAllowed):
		return office.Refused(code.NotAllowedInState, "", err.Error()), nil
	case errors.Is(err, batch.ErrUnencodable):
		return office.Refused(code.Malformed, "",
			"含有接收方编码无法表示的字符 / a character that cannot be written in the encoding of whom it is meant for"), nil
	case errors.Is(err, exchange.ErrInvariant), errors.Is(err, store.ErrStale), errors.Is(err, store.ErrConstraint):
		// Our own mistake, or another process on the same case: the record is held
		// and worked again in the next pass, the rest of the file goes on.
		d.Log.Error("record not worked, kept for the next pass", "file", d.File.Name, "err", err)
		return office.Held("", "处理未完成，稍后自动重试 / to be worked again"), nil
	}
	return o, err
}

// claimAndApply claims the record's duplicate key and applies the record;
// errRefused when it is a duplicate or refused. The key is claimed first, in the
// record's own transaction: of two equal records only one can be applied.
func claimAndApply(d *office.Desk, rec any, key string) (office.Outcome, error) {
	if key != "" {
		by, ok, err := d.Tx.ClaimKey(d.File.Kind, d.File.Party, key, d.File.ID)
		if err != nil {
			return office.Outcome{}, err
		}
		if !ok {
			return duplicateOf(by, d.File.ID), errRefused
		}
	}
	o, err := apply(d, rec)
	if err == nil && o.Verdict == code.Refused {
		err = errRefused
	}
	return o, err
}

// duplicateOf refuses a record whose key another has claimed: in the same file, or
// in an earlier one.
func duplicateOf(by, file int64) office.Outcome {
	if by == file {
		return office.Refused(code.DuplicateInFile, "", "")
	}
	return office.Refused(code.DuplicateEarlier, "", "")
}

// handler works records of one type; ours is false for a record of another.
type handler func(d *office.Desk, rec any) (o office.Outcome, ours bool, err error)

// handle makes a handler of what works records of one type.
func handle[R any](work func(*office.Desk, *R) (office.Outcome, error)) handler {
	return func(d *office.Desk, rec any) (office.Outcome, bool, error) {
		r, ours := rec.(*R)
		if !ours {
			return office.Outcome{}, false, nil
		}
		o, err := work(d, r)
		return o, true, err
	}
}

// handlers lists what follows from each type of record; their order means nothing.
// A type that is missing is never for us, which the reader has seen to.
var handlers = []handler{
	handle(transfer.Letter),
	handle(transfer.Form),
	handle(transfer.Decline),
	handle(transfer.Registry),
	handle(transfer.PostingResult),
	handle(takeReceipt),
	handle(takeVerdict),
	handle(transfer.Advice),
	handle(transfer.Completion),
	handle(transfer.Application),
	handle(transfer.CertificateRequest),
	handle(transfer.Payee),
	handle(transfer.Cancellation),
	handle(transfer.Query),
	handle(netting.Reconcile),
	handle(netting.StoreLine),
}

// apply hands a record to its handler; an error for a record that has none.
func apply(d *office.Desk, rec any) (office.Outcome, error) {
	for _, work := range handlers {
		if o, ours, err := work(d, rec); ours {
			return o, err
		}
	}
	return office.Outcome{}, fmt.Errorf("%T is never for us", rec)
}
