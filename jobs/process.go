package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
)

// chunk is how many records are worked in one transaction.
const chunk = 500

// Process works every file that was taken in, in the order of FILES.md, then
// what waited for them: held records, held cases, unmatched money. A file
// that cannot be worked costs its own turn only.
func (e *Env) Process(ctx context.Context) (Counts, error) {
	files, err := e.filesToWork(ctx)
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	total := Counts{}
	var faults []error
	for i, f := range files {
		e.progress("process", i, len(files))
		counts, err := e.processFile(ctx, f)
		total.add(counts)
		if err != nil {
			e.Log.Error("file not worked to its end", "party", f.Party, "file", f.Name, "err", err)
			faults = append(faults, fmt.Errorf("%s from %s: %w", f.Name, f.Party, err))
		}
	}
	counts, err := e.sweep(ctx)
	total.add(counts)
	return total, errors.Join(append(faults, err)...)
}

// filesToWork lists what was taken in: receipts first, then by kind and sequence.
func (e *Env) filesToWork(ctx context.Context) (files []exchange.File, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		files, err = tx.FilesToWork()
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range files {
		if _, staff := exchange.OfficerOf(files[i].Party); files[i].Kind == "" && !staff {
			kind, err := e.sniff(files[i])
			if err != nil { // its own turn will say so; it goes last
				e.Log.Warn("file cannot be looked into", "party", files[i].Party, "file", files[i].Name, "err", err)
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
	if k := batch.Find(kinds, kind); k != nil {
		return k.Order
	}
	return 1 << 20
}

// sniff finds out what a file with a name of its own holds.
func (e *Env) sniff(f exchange.File) (string, error) {
	src, err := e.openSpool(f.Spool)
	if err != nil {
		return "", err
	}
	defer src.Close()
	if f.Carrier == "xml" {
		name, _, err := iso20022.Name(src)
		return name, err
	}
	if f.Party == e.Agency.Bank() {
		return "", nil
	}
	r, err := batch.NewReader(src, kinds, batch.Options{})
	if err != nil {
		return "", err
	}
	return r.Header().Kind, nil
}

func (e *Env) processFile(ctx context.Context, f exchange.File) (Counts, error) {
	if _, staff := exchange.OfficerOf(f.Party); staff {
		return e.processOfficer(ctx, f)
	}
	if f.Carrier == "xml" || f.Party == e.Agency.Bank() {
		return e.processBank(ctx, f)
	}
	job := &fileJob{Env: e, file: f, stored: f}
	if f.Worked == 0 {
		if answer, err := job.isAnswer(); err != nil || answer {
			return job.counts(), errors.Join(err, job.takeAnswer(ctx, answer))
		}
		if done, err := job.judgeFile(ctx); done || err != nil {
			return job.counts(), err
		}
	}
	if err := job.work(ctx); err != nil {
		return job.counts(), err
	}
	return job.counts(), job.finish(ctx)
}

// fileJob is one batch on its way through.
type fileJob struct {
	*Env
	file   exchange.File // as it will be
	stored exchange.File // as the store has it
	result batch.Result
	answer receiptContext
}

func (j *fileJob) counts() Counts {
	return Counts{"files": 1, "records": j.file.Records, "accepted": j.file.Accepted, "held": j.file.Held, "refused": j.file.Refused}
}

// reader opens the batch for reading with what we know of its sender; to
// judge is to read without keeping the records.
func (j *fileJob) reader(judge bool) (*batch.Reader, io.Closer, error) {
	src, err := j.openSpool(j.file.Spool)
	if err != nil {
		return nil, nil, err
	}
	party, _ := j.party(j.file.Party)
	r, err := batch.NewReader(src, kinds, batch.Options{
		Name: j.file.Name, Self: j.Agency.Code, From: j.file.Party, Profile: j.Partners[j.file.Party].Profile, Areas: j.Area, Repeats: true,
		Encoding: encodingOf(party, src), Judge: judge,
	})
	if err != nil {
		src.Close()
		return nil, nil, err
	}
	return r, src, nil
}

// encodingOf is the encoding agreed with a party, unless a mark says that the
// file is in UTF-8.
func encodingOf(p Party, src io.ReaderAt) batch.Encoding {
	mark := make([]byte, 3)
	if _, err := src.ReadAt(mark, 0); err == nil && string(mark) == "\uFEFF" {
		return batch.Auto
	}
	if p.Encoding == string(batch.GB18030) {
		return batch.GB18030
	}
	return batch.Auto
}

// judgeFile reads the whole file before a record of it counts, and judges it
// as a whole; done is true when nothing of it is to be worked.
func (j *fileJob) judgeFile(ctx context.Context) (done bool, err error) {
	r, src, err := j.reader(true)
	if err != nil {
		return false, err
	}
	defer src.Close()
	for r.Next() {
		if r.Record().Ordinal%chunk == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
	if j.result, err = r.Result(); err != nil {
		return false, err
	}
	h := r.Header()
	j.file.Kind, j.file.Sequence, j.file.Records, j.file.Rows, j.file.Total = h.Kind, int64(h.Sequence), j.result.Records, j.result.Rows, j.result.Total
	if j.result.Identity != "" {
		j.file.SHA256 = j.result.Identity
	}
	fault, text, err := j.checkSeal(r.Kind())
	switch {
	case err != nil:
		return false, err
	case fault != "":
		return true, j.unsealed(ctx, fault, text)
	}
	for _, fault := range j.result.Faults {
		if !fault.Warning() {
			return true, j.reject(ctx, fault.Code, fault.Text)
		}
		if fault.Code == code.ProfileDiffers {
			j.file.Code, j.file.Text = string(fault.Code), fault.Text
		}
	}
	return j.judgeAgain(ctx)
}

// judgeAgain looks whether the content or the sequence came before.
func (j *fileJob) judgeAgain(ctx context.Context) (done bool, err error) {
	var same, sequence exchange.File
	err = j.Store.View(ctx, func(tx *store.Tx) error {
		if same, err = tx.FileBySHA(exchange.In, j.file.Party, j.file.SHA256); err != nil && !notFound(err) {
			return err
		}
		if sequence, err = tx.FileBySequence(exchange.In, j.file.Party, j.file.Kind, j.file.Sequence); err != nil && !notFound(err) {
			return err
		}
		return nil
	})
	switch {
	case err != nil:
		return false, err
	case same.ID != 0 && same.ID != j.file.ID:
		return true, j.duplicate(ctx, same)
	case sequence.ID != 0 && sequence.ID != j.file.ID && sequence.State == exchange.FileWorked:
		return true, j.reject(ctx, code.SequenceReused, fmt.Sprintf("序号 %d 已用于 %s / already used", j.file.Sequence, sequence.Name))
	case j.file.Sequence == 0:
		return false, j.Store.View(ctx, func(tx *store.Tx) error {
			last, err := tx.LastSequence(exchange.In, j.file.Party, j.file.Kind)
			j.file.Sequence = last + 1 // of a workbook: told in the receipt
			return err
		})
	}
	return false, nil
}

// reject refuses a file whole: it was not received.
func (j *fileJob) reject(ctx context.Context, c code.Fault, text string) error {
	j.file.State, j.file.Verdict, j.file.Code, j.file.Text = exchange.FileRejected, code.FileRejected, string(c), text
	j.file.Records, j.file.Accepted, j.file.Held, j.file.Refused = 0, 0, 0, 0
	j.Log.Warn("file rejected", "party", j.file.Party, "file", j.file.Name, "code", c, "text", text)
	return j.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.UpdateFile(j.stored, j.file); err != nil {
			return err
		}
		d := &desk{Env: j.Env, tx: tx, file: j.file, actor: j.file.Party}
		if err := d.toBad(j.file); err != nil {
			return err
		}
		return d.journal("agency", "file_rejected", string(c)+" "+text, map[string]string{"file": j.file.Name, "sha256": j.file.SHA256, "signer": j.file.Signer})
	})
}

// duplicate answers a file that came before with its first receipt, and a
// workbook with its answers, byte for byte.
func (j *fileJob) duplicate(ctx context.Context, first exchange.File) error {
	j.file.State, j.file.DupOf, j.file.Verdict = exchange.FileDuplicate, first.ID, first.Verdict
	j.file.Records = 0
	return j.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.UpdateFile(j.stored, j.file); err != nil {
			return err
		}
		d := &desk{Env: j.Env, tx: tx, file: j.file, actor: j.file.Party}
		if err := d.journal("agency", "file_duplicate", "of "+first.Name, map[string]string{"file": j.file.Name}); err != nil {
			return err
		}
		if first.Receipt == 0 {
			return nil // not composed yet: it will be
		}
		receipt, err := tx.File(first.Receipt)
		if err != nil {
			return err
		}
		answers, err := answersTo(tx, first)
		if err != nil {
			return err
		}
		for _, f := range append(answers, receipt) {
			again := f
			again.State = exchange.FileQueued
			again.Resent++
			if err := tx.UpdateFile(f, again); err != nil {
				return err
			}
		}
		return nil
	})
}

// item is a record read from the file, with everything that the reader does
// not keep for it.
type item struct {
	ordinal, line int
	rowType       string
	no, echo, key string
	value         any
	faults        []batch.Fault
}

// work reads the file again and works its records, a chunk in a transaction;
// what an earlier run has worked is passed over.
func (j *fileJob) work(ctx context.Context) error {
	r, src, err := j.reader(false)
	if err != nil {
		return err
	}
	defer src.Close()
	items := make([]item, 0, chunk)
	for more := true; more; {
		items = items[:0]
		for len(items) < chunk {
			if more = r.Next(); !more {
				break
			}
			it := itemOf(r.Record())
			if it.ordinal <= j.stored.Worked {
				j.answer.pass(it.value)
				continue
			}
			items = append(items, it)
		}
		if err := j.workChunk(ctx, items); err != nil {
			return err
		}
		j.progress(j.file.Name, j.file.Worked, j.file.Records)
	}
	_, err = r.Result()
	return err
}

func itemOf(rec *batch.Record) item {
	it := item{
		ordinal: rec.Ordinal, line: rec.Line, rowType: rec.Row, no: rec.No(), echo: rec.Echo(), key: rec.Key(), value: rec.Value,
	}
	if len(rec.Faults) > 0 {
		it.faults = append(it.faults, rec.Faults...)
	}
	return it
}

func (j *fileJob) workChunk(ctx context.Context, items []item) error {
	if len(items) == 0 {
		return nil
	}
	err := j.workItems(ctx, items, true)
	if errors.Is(err, errAgain) {
		err = j.workItems(ctx, items, false)
	}
	return err
}

// workItems works a chunk in one transaction: hastily, or each record so that
// it can be taken back alone.
func (j *fileJob) workItems(ctx context.Context, items []item, hasty bool) error {
	next, answer := j.file, j.answer
	err := j.Store.Tx(ctx, func(tx *store.Tx) error {
		next, answer = j.file, j.answer
		d := &desk{Env: j.Env, tx: tx, file: j.file, actor: j.file.Party, hasty: hasty, answer: &answer}
		if err := d.readAhead(items); err != nil {
			return err
		}
		for i := range items {
			verdict, err := d.judgeItem(&items[i])
			if err != nil {
				return fmt.Errorf("record %d, line %d: %w", items[i].ordinal, items[i].line, err)
			}
			next.Count(verdict)
		}
		next.Worked = items[len(items)-1].ordinal
		return tx.UpdateFile(j.stored, next)
	})
	if err == nil {
		j.file, j.stored, j.answer = next, next, answer
	}
	return err
}

// finish ends a file: inputs = accepted + held + refused.
func (j *fileJob) finish(ctx context.Context) error {
	next := j.file
	next.Records = next.Worked
	if sum := next.Accepted + next.Held + next.Refused; sum != next.Records {
		return fmt.Errorf("file %s: %d records, but %d accepted, %d held, %d refused", next.Name, next.Records, next.Accepted, next.Held, next.Refused)
	}
	next.State, next.Verdict = exchange.FileWorked, code.FileAccepted
	if next.Refused > 0 {
		next.Verdict = code.FilePartly
	}
	err := j.Store.Tx(ctx, func(tx *store.Tx) error {
		d := &desk{Env: j.Env, tx: tx, file: next, actor: next.Party}
		if err := d.whole(j); err != nil {
			return err
		}
		if err := d.journalSigner(); err != nil {
			return err
		}
		return tx.UpdateFile(j.stored, next)
	})
	if err == nil {
		j.file = next
		j.Log.Info("worked", "party", next.Party, "file", next.Name, "records", next.Records, "accepted", next.Accepted, "held", next.Held, "refused", next.Refused)
	}
	return err
}

// whole does what follows from a file as a whole.
func (d *desk) whole(j *fileJob) error {
	switch d.file.Kind {
	case formats.KindRegistry:
		r, src, err := j.reader(false)
		if err != nil {
			return err
		}
		defer src.Close()
		if r.Header().Extent == code.ExtentFull && d.file.Refused == 0 {
			return d.wholeRegistry(r.Header().Created)
		}
	case formats.KindNetting:
		if d.file.Refused == 0 {
			return d.wholeStatement()
		}
	}
	return nil
}
