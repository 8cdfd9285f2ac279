package jobs

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
)

// errRefused takes back what a refused record wrote: it leaves nothing behind,
// no key either.
var errRefused = errors.New("record refused")

// judgeItem works one record of a file and stores the verdict on it.
func (d *desk) judgeItem(it *item) (code.Verdict, error) {
	if refusing(it.faults) {
		return code.Refused, d.storeFaults(it)
	}
	key := it.key
	if d.file.Kind == formats.KindReconciliation {
		key = "" // unique in its batch only, which the reader has seen to
	}
	o, err := d.try(it.value, key)
	if err != nil {
		return "", err
	}
	j := exchange.Judgement{
		FileID: d.file.ID, Ordinal: it.ordinal, Line: it.line, Row: it.rowType, RecordNo: it.no, Verdict: o.verdict, Code: code.Fault(o.code),
		Field: o.field, Text: o.text, Echo: it.echo,
	}
	if o.verdict == code.Held {
		kind, _ := kindOf(it.value)
		var rows batch.Rows
		if err := d.encoder(kind).Append(&rows, it.value); err != nil {
			return "", err
		}
		j.Raw = rows.Bytes
	}
	return o.verdict, d.tx.InsertJudgement(j)
}

func refusing(faults []batch.Fault) bool {
	for _, f := range faults {
		if !f.Warning() {
			return true
		}
	}
	return false
}

// storeFaults stores a verdict for every fault of a record that its own rows
// refuse.
func (d *desk) storeFaults(it *item) error {
	for _, f := range it.faults {
		if f.Warning() {
			continue
		}
		err := d.tx.InsertJudgement(exchange.Judgement{
			FileID: d.file.ID, Ordinal: it.ordinal, Line: f.Line, Row: f.Row, RecordNo: it.no, Verdict: code.Refused,
			Code: f.Code, Field: f.Field, Text: f.Text, Echo: it.echo,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// errAgain asks for a chunk to be worked again, each record in a part of the
// transaction of its own: one of them was refused after it had written.
var errAgain = errors.New("work the records one by one")

// try applies a record; when it is refused, or not allowed where its case
// stands, everything that it wrote is taken back. In a hurry that is possible
// only while it has written nothing but its key.
func (d *desk) try(rec any, key string) (o outcome, err error) {
	if d.hasty {
		o, err = d.applyHastily(rec, key)
	} else {
		err = d.tx.Part(func() (err error) { o, err = d.claimAndApply(rec, key); return err })
	}
	switch {
	case errors.Is(err, errRefused):
		return o, nil
	case errors.Is(err, exchange.ErrNotAllowed):
		return refused(code.NotAllowedInState, "", err.Error()), nil
	case errors.Is(err, batch.ErrUnencodable):
		return refused(code.Malformed, "", "含有接收方编码无法表示的字符 / a character that cannot be written in the encoding of whom it is meant for"), nil
	case errors.Is(err, exchange.ErrInvariant), errors.Is(err, store.ErrStale), errors.Is(err, store.ErrConstraint):
		// Our own mistake, or another hand on the same case: the record is worked
		// again in the next pass, the rest of the file goes on.
		d.Log.Error("record not worked, kept for the next pass", "file", d.file.Name, "err", err)
		return held("", "处理未完成，稍后自动重试 / to be worked again"), nil
	}
	return o, err
}

// claimAndApply takes the record's key and makes the record an event;
// errRefused when it is refused.
func (d *desk) claimAndApply(rec any, key string) (outcome, error) {
	if key != "" {
		by, ok, err := d.tx.ClaimKey(d.file.Kind, d.file.Party, key, d.file.ID)
		if err != nil {
			return outcome{}, err
		}
		if !ok {
			return duplicateOf(by, d.file.ID), errRefused
		}
	}
	o, err := d.apply(rec)
	if err == nil && o.verdict == code.Refused {
		err = errRefused
	}
	return o, err
}

// applyHastily is claimAndApply without a part of the transaction to take
// back: errAgain when the record was refused after it had written more than
// its key.
func (d *desk) applyHastily(rec any, key string) (outcome, error) {
	before := d.tx.Writes()
	o, err := d.claimAndApply(rec, key)
	switch wrote := d.tx.Writes() - before; {
	case errors.Is(err, store.ErrConstraint):
		return o, errAgain // PostgreSQL goes on only from a part that was taken back
	case err == nil || wrote == 0:
		return o, err
	case wrote == 1 && key != "":
		return o, errors.Join(err, d.tx.ReleaseKey(d.file.Kind, d.file.Party, key, d.file.ID))
	}
	return o, errAgain
}

func duplicateOf(by, file int64) outcome {
	if by == file {
		return refused(code.DuplicateInFile, "", "")
	}
	return refused(code.DuplicateEarlier, "", "")
}

// apply makes a record an event of a case.
func (d *desk) apply(rec any) (outcome, error) {
	switch r := rec.(type) {
	case *formats.Application:
		return d.application(r)
	case *formats.RegistryRecord:
		return d.registry(r)
	case *formats.CertificateRequest:
		return d.certificateRequest(r)
	case *formats.Letter:
		return d.letter(r)
	case *formats.Form:
		return d.form(r)
	case *formats.Decline:
		return d.declined(r)
	case *formats.Advice:
		return d.advice(r)
	case *formats.Completion:
		return d.completion(r)
	case *formats.Cancellation:
		return d.cancellation(r)
	case *formats.Query:
		return d.query(r)
	case *formats.PostingResult:
		return d.postingResult(r)
	case *formats.Payee:
		return d.payee(r)
	case *formats.Reconciliation:
		return d.reconcile(r)
	case *formats.Netting:
		return d.netting(r)
	case *formats.Receipt:
		return d.receipt(r)
	case *formats.ReceiptVerdict:
		return d.verdict(r)
	}
	return outcome{}, fmt.Errorf("%T is never for us", rec)
}
