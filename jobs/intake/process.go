// Package intake takes in what the courier fetched: it judges a file as a whole,
// then record by record, hands each to whoever it concerns, and works again
// what waited.
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
// what waited for them: held records, held cases, unmatched money. A file
// that cannot be worked costs its own turn only.
func Process(ctx context.Context, o *office.Office) (office.Counts, error) {
	files, err := filesToWork(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	total := office.Counts{}
	var faults []error
	for i, f := range files {
		o.ShowProgress("process", i, len(files))
		counts, err := processFile(ctx, o, f)
		total.Add(counts)
		if err != nil {
			o.Log.Error("file not worked to its end", "party", f.Party, "file", f.Name, "err", err)
			faults = append(faults, fmt.Errorf("%s from %s: %w", f.Name, f.Party, err))
		}
	}
	counts, err := sweep(ctx, o)
	total.Add(counts)
	return total, errors.Join(append(faults, err)...)
}

// filesToWork lists what was taken in: receipts first, then by kind and sequence.
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
			kind, err := sniff(o, files[i])
			if err != nil { // its own turn will say so; it goes last
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

// sniff finds out what a file with a name of its own holds.
func sniff(o *office.Office, f exchange.File) (string, error) {
	src, err := o.OpenSpool(f.Spool)
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

func processFile(ctx context.Context, o *office.Office, f exchange.File) (office.Counts, error) {
	if _, staff := exchange.OfficerOf(f.Party); staff {
		return processOfficer(ctx, o, f)
	}
	if f.Carrier == "xml" || f.Party == o.Agency.Bank() {
		return bank.ProcessBank(ctx, o, f)
	}
	job := &office.InBatch{Office: o, File: f, Stored: f}
	if f.Worked == 0 {
		if answer, err := isCorrections(job); err != nil || answer {
			return counts(job), errors.Join(err, takeCorrections(ctx, job, answer))
		}
		if done, err := judgeFile(ctx, job); done || err != nil {
			return counts(job), err
		}
	}
	if err := work(ctx, job); err != nil {
		return counts(job), err
	}
	return counts(job), finish(ctx, job)
}

func counts(j *office.InBatch) office.Counts {
	return office.Counts{"files": 1, "records": j.File.Records, "accepted": j.File.Accepted, "held": j.File.Held, "refused": j.File.Refused}
}

// judgeFile reads the whole file before a record of it counts, and judges it
// as a whole; done is true when nothing of it is to be worked.
func judgeFile(ctx context.Context, j *office.InBatch) (done bool, err error) {
	r, src, err := j.Reader(true)
	if err != nil {
		return false, err
	}
	defer src.Close()
	for r.Next() {
		if r.Record().Ordinal%office.Chunk == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
	if j.Result, err = r.Result(); err != nil {
		return false, err
	}
	h := r.Header()
	j.File.Kind, j.File.Sequence, j.File.Records, j.File.Rows, j.File.Total = h.Kind, int64(h.Sequence), j.Result.Records, j.Result.Rows, j.Result.Total
	if j.Result.Identity != "" {
		j.File.SHA256 = j.Result.Identity
	}
	fault, text, err := checkSeal(j, r.Kind())
	switch {
	case err != nil:
		return false, err
	case fault != "":
		return true, unsealed(ctx, j, fault, text)
	}
	for _, fault := range j.Result.Faults {
		if !fault.Warning() {
			return true, reject(ctx, j, fault.Code, fault.Text)
		}
		if fault.Code == code.ProfileDiffers {
			j.File.Code, j.File.Text = string(fault.Code), fault.Text
		}
	}
	return checkDuplicate(ctx, j)
}

// checkDuplicate looks whether the content or the sequence came before.
func checkDuplicate(ctx context.Context, j *office.InBatch) (done bool, err error) {
	var same, sequence exchange.File
	err = j.Store.View(ctx, func(tx *store.Tx) error {
		if same, err = tx.FileBySHA(exchange.In, j.File.Party, j.File.SHA256); err != nil && !office.IsNotFound(err) {
			return err
		}
		if sequence, err = tx.FileBySequence(exchange.In, j.File.Party, j.File.Kind, j.File.Sequence); err != nil && !office.IsNotFound(err) {
			return err
		}
		return nil
	})
	switch {
	case err != nil:
		return false, err
	case same.ID != 0 && same.ID != j.File.ID:
		return true, duplicate(ctx, j, same)
	case sequence.ID != 0 && sequence.ID != j.File.ID && sequence.State == exchange.FileWorked:
		return true, reject(ctx, j, code.SequenceReused, fmt.Sprintf("序号 %d 已用于 %s / already used", j.File.Sequence, sequence.Name))
	case j.File.Sequence == 0:
		return false, j.Store.View(ctx, func(tx *store.Tx) error {
			last, err := tx.LastSequence(exchange.In, j.File.Party, j.File.Kind)
			j.File.Sequence = last + 1 // of a workbook: told in the receipt
			return err
		})
	}
	return false, nil
}

// reject refuses a file whole: it was not received.
func reject(ctx context.Context, j *office.InBatch, c code.Fault, text string) error {
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
		return d.Journal(office.AgencyChain, "file_rejected", string(c)+" "+text, map[string]string{"file": j.File.Name, "sha256": j.File.SHA256, "signer": j.File.Signer})
	})
}

// duplicate answers a file that came before with its first receipt, and a
// workbook with its answers, byte for byte.
func duplicate(ctx context.Context, j *office.InBatch, first exchange.File) error {
	j.File.State, j.File.DupOf, j.File.Verdict = exchange.FileDuplicate, first.ID, first.Verdict
	j.File.Records = 0
	return j.Do(ctx, office.By{File: j.File, Actor: j.File.Party}, func(d *office.Desk) error {
		if err := d.Tx.UpdateFile(j.Stored, j.File); err != nil {
			return err
		}
		if err := d.Journal(office.AgencyChain, "file_duplicate", "of "+first.Name, map[string]string{"file": j.File.Name}); err != nil {
			return err
		}
		if first.Receipt == 0 {
			return nil // not composed yet: it will be
		}
		receipt, err := d.Tx.File(first.Receipt)
		if err != nil {
			return err
		}
		answers, err := outbox.CorrectionsTo(d.Tx, first)
		if err != nil {
			return err
		}
		for _, f := range append(answers, receipt) {
			again := f
			again.State = exchange.FileQueued
			again.Resent++
			if err := d.Tx.UpdateFile(f, again); err != nil {
				return err
			}
		}
		return nil
	})
}

// work reads the file again and works its records, a chunk in a transaction;
// what an earlier run has worked is passed over.
func work(ctx context.Context, j *office.InBatch) error {
	r, src, err := j.Reader(false)
	if err != nil {
		return err
	}
	defer src.Close()
	items := make([]office.Item, 0, office.Chunk)
	for more := true; more; {
		items = items[:0]
		for len(items) < office.Chunk {
			if more = r.Next(); !more {
				break
			}
			it := itemOf(r.Record())
			if it.Ordinal <= j.Stored.Worked {
				j.About.Pass(it.Value)
				continue
			}
			items = append(items, it)
		}
		if err := workChunk(ctx, j, items); err != nil {
			return err
		}
		j.ShowProgress(j.File.Name, j.File.Worked, j.File.Records)
	}
	_, err = r.Result()
	return err
}

func itemOf(rec *batch.Record) office.Item {
	it := office.Item{
		Ordinal: rec.Ordinal, Line: rec.Line, RowType: rec.Row, No: rec.No(), Echo: rec.Echo(), Key: rec.Key(), Value: rec.Value,
	}
	if len(rec.Faults) > 0 {
		it.Faults = append(it.Faults, rec.Faults...)
	}
	return it
}

func workChunk(ctx context.Context, j *office.InBatch, items []office.Item) error {
	if len(items) == 0 {
		return nil
	}
	next, answer := j.File, j.About
	needs := func(err error) bool { return errors.Is(err, errNeedSavepoints) }
	err := j.DoChunk(ctx, office.By{File: j.File, Actor: j.File.Party}, needs, func(d *office.Desk) error {
		next, answer = j.File, j.About
		d.About = &answer
		if err := transfer.ReadAhead(d, items); err != nil {
			return err
		}
		for i := range items {
			verdict, err := judgeItem(d, &items[i])
			if err != nil {
				return fmt.Errorf("record %d, line %d: %w", items[i].Ordinal, items[i].Line, err)
			}
			next.Count(verdict)
		}
		next.Worked = items[len(items)-1].Ordinal
		return d.Tx.UpdateFile(j.Stored, next)
	})
	if err == nil {
		j.File, j.Stored, j.About = next, next, answer
	}
	return err
}

// finish ends a file: inputs = accepted + held + refused.
func finish(ctx context.Context, j *office.InBatch) error {
	next := j.File
	next.Records = next.Worked
	if sum := next.Accepted + next.Held + next.Refused; sum != next.Records {
		return fmt.Errorf("file %s: %d records, but %d accepted, %d held, %d refused", next.Name, next.Records, next.Accepted, next.Held, next.Refused)
	}
	next.State, next.Verdict = exchange.FileWorked, code.FileAccepted
	if next.Refused > 0 {
		next.Verdict = code.FilePartly
	}
	err := j.Do(ctx, office.By{File: next, Actor: next.Party}, func(d *office.Desk) error {
		if err := afterFile(d, j); err != nil {
			return err
		}
		if err := journalSigner(d); err != nil {
			return err
		}
		return d.Tx.UpdateFile(j.Stored, next)
	})
	if err == nil {
		j.File = next
		j.Log.Info("worked", "party", next.Party, "file", next.Name, "records", next.Records, "accepted", next.Accepted, "held", next.Held, "refused", next.Refused)
	}
	return err
}

// afterFile does what follows from a file as a whole.
func afterFile(d *office.Desk, j *office.InBatch) error {
	switch d.File.Kind {
	case formats.KindRegistry:
		r, src, err := j.Reader(false)
		if err != nil {
			return err
		}
		defer src.Close()
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
