// Package intake takes in what the courier fetched: it judges a file as a whole,
// then record by record, hands each to whoever it concerns, and works again
// what waited. A file is rejected whole for its envelope, count, total, digest,
// seal or sequence (judgeFile); a record is refused for its own fields, as a
// duplicate, or by its handler (judgeItem). Both are stored with code and text.
//
// It promises that the records of a file are accepted, held or refused, and
// that those three add up; that a record which is refused leaves nothing
// behind; and that a file which is cut short is gone on with behind its last
// chunk. What a record means for a case is for the room of its handler.
package intake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/formats/sheet"
	"carryover/jobs/bank"
	"carryover/jobs/netting"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/transfer"
)

// Process works every file that was taken in, in the order of FILES.md, then
// what waited for them: held records, held cases, unmatched money. A file that
// cannot be worked does not stop the others; all errors come back joined, and the
// next pass tries it again.
func Process(ctx context.Context, o *office.Office) (office.Counts, error) {
	files, err := filesToWork(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	total := office.Counts{}
	faults := map[string]*office.Faults{} // by party
	for i, f := range files {
		o.ShowProgress("process", i, len(files))
		counts, err := processFile(ctx, o, f)
		total.Add(counts)
		if faults[f.Party] == nil {
			faults[f.Party] = &office.Faults{}
		}
		faults[f.Party].Add(f.Name, err)
	}
	var errs []error
	for _, party := range slices.Sorted(maps.Keys(faults)) {
		if err := faults[party].Err(); err != nil {
			o.Log.Error("not worked to the end", "party", party, "err", err)
			errs = append(errs, fmt.Errorf("from %s: %w", party, err))
		}
	}
	counts, err := sweep(ctx, o)
	total.Add(counts)
	return total, errors.Join(append(errs, err)...)
}

// filesToWork lists what was taken in: receipts first, then by kind and sequence.
// The order spares held records: a form that is read before its letter waits a
// whole pass for it.
func filesToWork(ctx context.Context, o *office.Office) (files []exchange.File, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		files, err = tx.FilesToWork()
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range files {
		if _, staff := exchange.OfficerOf(files[i].Party); files[i].Kind == "" && !staff {
			kind, err := sniffKind(ctx, o, files[i])
			if err != nil { // no error here: it goes last, and is judged in its own turn
				o.Log.Warn("file cannot be looked into", "party", files[i].Party, "file", files[i].Name, "err", err)
			}
			files[i].Kind = kind
		}
	}
	sort.SliceStable(files, func(i, j int) bool {
		a, b := files[i], files[j]
		if x, y := orderOf(a.Kind), orderOf(b.Kind); x != y {
			return x < y
		}
		return a.Sequence < b.Sequence
	})
	return files, nil
}

// orderOf places the bank's messages among the kinds of batches, last.
func orderOf(kind string) int {
	if k := batch.Find(office.Kinds, kind); k != nil {
		return k.Order
	}
	return 1 << 20
}

// sniffKind finds out what a file with a name of its sender's own holds: the name
// of a message, or the kind of a batch; empty for the bank's workbooks.
func sniffKind(ctx context.Context, o *office.Office, f exchange.File) (string, error) {
	src, err := o.OpenSpool(ctx, f.Spool)
	if err != nil {
		return "", err
	}
	defer src.Close()
	if f.Carrier == "xml" {
		name, _, err := iso20022.Name(src)
		return name, err
	}
	if f.Party == o.Agency.Bank() {
		return "", nil
	}
	r, err := sheet.NewReader(src, office.Kinds, batch.Options{})
	if err != nil {
		return "", err
	}
	return r.Header().Kind, nil
}

// processFile hands a file to whoever works its sort: officers', the bank's, or a
// batch of a partner, the core or the portal. A batch of which records were worked
// (Worked > 0) was judged as a whole before, and is gone on with.
func processFile(ctx context.Context, o *office.Office, f exchange.File) (office.Counts, error) {
	if _, staff := exchange.OfficerOf(f.Party); staff {
		return processOfficer(ctx, o, f)
	}
	if f.Carrier == "xml" || f.Party == o.Agency.Bank() {
		return bank.ProcessBank(ctx, o, f)
	}
	job := &office.InBatch{Office: o, File: f, Stored: f}
	if f.Worked == 0 {
		corrections, err := isCorrections(ctx, job)
		if err != nil {
			return countsOf(job), err
		}
		if corrections {
			err = takeCorrections(ctx, job)
			return countsOf(job), err
		}
		if done, err := judgeFile(ctx, job); done || err != nil {
			return countsOf(job), err
		}
	}
	err := workRecords(ctx, job)
	return countsOf(job), err
}

// countsOf is what a batch adds to the run's counts, as far as it was worked.
func countsOf(j *office.InBatch) office.Counts {
	return office.Counts{"files": 1, "records": j.File.Records, "accepted": j.File.Accepted, "held": j.File.Held, "refused": j.File.Refused}
}

// judgeFile reads the whole file before a record of it counts, and judges it
// as a whole: its structure, its seal, whether it is a duplicate. done is true when
// nothing of it is to be worked: it was rejected, or answered as a duplicate.
func judgeFile(ctx context.Context, j *office.InBatch) (done bool, err error) {
	src, err := j.OpenSpool(ctx, j.File.Spool)
	if err != nil {
		return false, err
	}
	defer src.Close()
	r, err := j.Reader(src, true)
	if err != nil {
		return false, err
	}
	count := j.Counting(j.File.Name+": judged", 0)
	for r.Next() {
		count()
		if r.Record().Ordinal%office.Chunk == 0 && ctx.Err() != nil { // a large file must not hold up a stop
			return false, ctx.Err()
		}
	}
	if j.Result, err = r.Result(); err != nil {
		return false, err
	}
	h := r.Header()
	j.File.Kind, j.File.Sequence, j.File.Records, j.File.Rows, j.File.Total = h.Kind, int64(h.Sequence), j.Result.Records, j.Result.Rows, j.Result.Total
	if j.Result.Identity != "" { // a workbook is known by its cells: saved anew, its bytes differ
		j.File.SHA256 = j.Result.Identity
	}
	// The seal comes before all faults: what is not the sender's is not judged.
	fault, text, err := checkSeal(ctx, j, r.Kind())
	switch {
	case err != nil:
		return false, err
	case fault != "":
		return true, rejectUnsealed(ctx, j, fault, text)
	}
	for _, fault := range j.Result.Faults {
		if !fault.Warning() {
			return true, rejectFile(ctx, j, fault.Code, fault.Text)
		}
		if fault.Code == code.ProfileDiffers {
			j.File.Code, j.File.Text = string(fault.Code), fault.Text
		}
	}
	return checkDuplicate(ctx, j)
}

// checkDuplicate looks whether the content or the sequence came before: the same
// content is answered again, another under the same sequence is rejected. A
// workbook without a sequence gets the next one.
func checkDuplicate(ctx context.Context, j *office.InBatch) (done bool, err error) {
	var before []exchange.File
	err = j.Store.View(ctx, func(tx *store.Tx) (err error) {
		before, err = tx.WorkedBefore(j.File)
		return err
	})
	same := slices.IndexFunc(before, func(f exchange.File) bool { return f.SHA256 == j.File.SHA256 })
	switch {
	case err != nil:
		return false, err
	case same >= 0:
		return true, answerDuplicate(ctx, j, before[same])
	case len(before) > 0:
		name := before[len(before)-1].Name
		return true, rejectFile(ctx, j, code.SequenceReused, fmt.Sprintf("序号 %d 已用于 %s / already used", j.File.Sequence, name))
	case j.File.Sequence == 0:
		return false, j.Store.View(ctx, func(tx *store.Tx) error {
			last, err := tx.LastSequence(exchange.In, j.File.Party, j.File.Kind)
			j.File.Sequence = last + 1 // of a workbook: reported in the receipt
			return err
		})
	}
	return false, nil
}

// rejectFile refuses a file whole: it counts as not received, its sequence stays
// free, and no record of it has a verdict. The receipt names code and text.
func rejectFile(ctx context.Context, j *office.InBatch, c code.Fault, text string) error {
	j.File.State, j.File.Verdict, j.File.Code, j.File.Text = exchange.FileRejected, code.FileRejected, string(c), text
	j.File.Records, j.File.Accepted, j.File.Held, j.File.Refused = 0, 0, 0, 0
	j.Log.Warn("file rejected", "party", j.File.Party, "file", j.File.Name, "code", c, "text", text)
	return j.Do(ctx, office.By{File: j.File, Actor: j.File.Party}, func(d *office.Desk) error {
		if err := d.Tx.UpdateFile(j.Stored, j.File); err != nil {
			return err
		}
		if err := d.LeaveInBad(j.File); err != nil {
			return err
		}
		return d.Journal(exchange.AgencyChain, "file_rejected", code.Say("coded", string(c), text), map[string]string{
			"file": j.File.Name, "sha256": j.File.SHA256, "signer": j.File.Signer,
		})
	})
}

// answerDuplicate answers a file that came before with its first receipt, and a
// workbook with its corrections, byte for byte: whoever sends again has not had
// them. It is idempotent for the sender, nothing is judged twice.
func answerDuplicate(ctx context.Context, j *office.InBatch, first exchange.File) error {
	j.File.State, j.File.DupOf, j.File.Verdict = exchange.FileDuplicate, first.ID, first.Verdict
	j.File.Records = 0
	return j.Do(ctx, office.By{File: j.File, Actor: j.File.Party}, func(d *office.Desk) error {
		if err := d.Tx.UpdateFile(j.Stored, j.File); err != nil {
			return err
		}
		if err := d.Journal(exchange.AgencyChain, "file_duplicate", code.Say("duplicate-of", first.Name), map[string]string{"file": j.File.Name}); err != nil {
			return err
		}
		if first.Receipt == 0 {
			return nil // not composed yet: this pass's push will do it
		}
		receipt, err := d.Tx.File(first.Receipt)
		if err != nil {
			return err
		}
		again, err := outbox.CorrectionsTo(d.Tx, first)
		if err != nil {
			return err
		}
		for _, f := range append(again, receipt) {
			queued := f
			queued.State = exchange.FileQueued
			queued.Resent++
			if err := d.Tx.UpdateFile(f, queued); err != nil {
				return err
			}
		}
		return nil
	})
}

// workRecords reads the file again and works its records, a chunk in a
// transaction. The place behind the chunk (Worked) is stored in the same
// transaction, so that a run that was cut short is gone on with there: what an
// earlier run has worked is passed over. The last chunk ends the file.
func workRecords(ctx context.Context, j *office.InBatch) error {
	src, err := j.OpenSpool(ctx, j.File.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	r, err := j.Reader(src, false)
	if err != nil {
		return err
	}
	items := make([]office.Item, 0, office.Chunk)
	for more := true; more; {
		items = items[:0]
		for len(items) < office.Chunk {
			if more = r.Next(); !more {
				break
			}
			it := newItem(r.Record())
			if it.Ordinal <= j.Stored.Worked {
				j.About.Pass(it.Value) // verdicts behind it need the R row of their receipt
				continue
			}
			if j.File.Kind == formats.KindReconciliation {
				it.Key = "" // unique in its batch only, which the reader has seen to
			}
			items = append(items, it)
		}
		if !more {
			if _, err := r.Result(); err != nil {
				return err
			}
		}
		if err := workChunk(ctx, j, items, !more); err != nil {
			return err
		}
		j.ShowProgress(j.File.Name, j.File.Worked, j.File.Records)
	}
	j.Log.Info("worked", "party", j.File.Party, "file", j.File.Name, "records", j.File.Records, "accepted", j.File.Accepted, "held", j.File.Held, "refused", j.File.Refused)
	return nil
}

// newItem keeps what judging needs of a record, which the reader uses again.
func newItem(rec *batch.Record) office.Item {
	it := office.Item{
		Ordinal: rec.Ordinal, Line: rec.Line, RowType: rec.Row, No: rec.No(), Echo: rec.Echo(), Key: rec.Key(), Value: rec.Value,
	}
	if len(rec.Faults) > 0 {
		it.Faults = append(it.Faults, rec.Faults...)
	}
	return it
}

// workChunk works some records in one transaction: all of them with their
// verdicts and the file's counts, or none. The last chunk (end) may have none.
func workChunk(ctx context.Context, j *office.InBatch, items []office.Item, end bool) error {
	next, about := j.File, j.About
	err := j.DoChunk(ctx, office.By{File: j.File, Actor: j.File.Party}, func(d *office.Desk) error {
		next, about = j.File, j.About // anew: the work may be done twice
		d.About = &about
		if err := readAhead(d, items); err != nil {
			return err
		}
		for i := range items {
			verdict, err := judgeItem(d, &items[i])
			if err != nil {
				return fmt.Errorf("record %d, line %d: %w", items[i].Ordinal, items[i].Line, err)
			}
			next.Count(verdict)
			next.Worked = items[i].Ordinal
		}
		if end {
			if err := endFile(d, j, &next); err != nil {
				return err
			}
		}
		return d.Tx.UpdateFile(j.Stored, next)
	})
	if err == nil {
		j.File, j.Stored, j.About = next, next, about
	}
	return err
}

// endFile ends a file: records = accepted + held + refused, or an error of ours, and
// the file stays to be worked.
func endFile(d *office.Desk, j *office.InBatch, f *exchange.File) error {
	f.Records = f.Worked
	if sum := f.Accepted + f.Held + f.Refused; sum != f.Records {
		return fmt.Errorf("file %s: %d records, but %d accepted, %d held, %d refused", f.Name, f.Records, f.Accepted, f.Held, f.Refused)
	}
	f.State, f.Verdict = exchange.FileWorked, code.FileAccepted
	if f.Refused > 0 {
		f.Verdict = code.FilePartly
	}
	d.File = *f
	if err := afterFile(d, j); err != nil {
		return err
	}
	return journalSigner(d)
}

// afterFile does what follows from a file as a whole: a full registry extract
// shows who is not in it, a statement is compared when all its lines are there. A
// refused record makes either incomplete, and nothing follows.
func afterFile(d *office.Desk, j *office.InBatch) error {
	switch d.File.Kind {
	case formats.KindRegistry:
		src, err := d.OpenSpoolIn(d.Tx, d.File.Spool)
		if err != nil {
			return err
		}
		defer src.Close()
		r, err := j.Reader(src, false)
		if err != nil {
			return err
		}
		if r.Header().Extent == code.ExtentFull && d.File.Refused == 0 {
			return transfer.TakeFullRegistry(d, r.Header().Created)
		}
	case formats.KindNetting:
		if d.File.Refused == 0 {
			return netting.WholeStatement(d)
		}
	}
	return nil
}
