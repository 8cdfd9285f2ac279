package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
)

// compose makes a batch of what waits for each party and kind, and a receipt
// for every file that has verdicts to tell. Name, sequence, time and digest
// are fixed in the transaction that queues the file. A batch that cannot be
// made stops no other.
func (e *Env) compose(ctx context.Context) (Counts, error) {
	counts := Counts{}
	faults := []error{e.settleReviews(ctx)}
	var waiting []store.Waiting
	var untold []int64
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		if waiting, err = tx.WaitingOutgoing(); err != nil {
			return err
		}
		untold, err = tx.FilesToAnswer()
		return err
	})
	if err != nil {
		return counts, errors.Join(append(faults, err)...)
	}
	for _, w := range waiting {
		if e.reviewOf(w.Kind) != exchange.ReviewNone {
			continue // the report makes it
		}
		if err := e.Store.Tx(ctx, func(tx *store.Tx) error { return e.composeBatch(tx, w) }); err != nil {
			faults = append(faults, fmt.Errorf("%s for %s: %w", w.Kind, w.Party, err))
			continue
		}
		counts["batches"]++
	}
	for _, id := range untold {
		if err := e.Store.Tx(ctx, func(tx *store.Tx) error { return e.composeReceipt(tx, id) }); err != nil {
			faults = append(faults, fmt.Errorf("receipt for file %d: %w", id, err))
			continue
		}
		counts["receipts"]++
	}
	return counts, errors.Join(faults...)
}

// outFile begins the row of an outgoing batch.
func (e *Env) outFile(tx *store.Tx, party, kind string) (exchange.File, batch.Header, error) {
	seq, err := tx.NextSequence(e.Agency.Code, party, kind)
	if err != nil {
		return exchange.File{}, batch.Header{}, err
	}
	h := e.headerOf(exchange.File{Party: party, Kind: kind, Sequence: seq})
	to, _ := e.party(party)
	carrier := batch.CSV
	if to.Carrier == string(batch.Workbook) {
		carrier = batch.Workbook
	}
	name := h.FileName(carrier)
	return exchange.File{
		Dir: exchange.Out, Party: party, Kind: kind, Name: name, Carrier: string(carrier), Sequence: seq, State: exchange.FileQueued,
		At: e.Now(), Spool: "out-" + name,
	}, h, nil
}

// headerOf is the header of a batch that is written now.
func (e *Env) headerOf(f exchange.File) batch.Header {
	return batch.Header{
		Kind: f.Kind, Sender: e.Agency.Code, Receiver: f.Party, Sequence: int(f.Sequence), Created: e.Now().In(e.Agency.Zone),
		Profile: e.Partners[f.Party].Profile,
	}
}

func (e *Env) composeBatch(tx *store.Tx, w store.Waiting) error {
	before, file, h, err := e.nextOut(tx, w.Party, w.Kind)
	if err != nil || before.State == exchange.FileReview { // one that could not be settled keeps what it holds
		return err
	}
	var upTo int64
	err = e.writeBatch(&file, h, func(out *batch.Writer) error {
		return tx.EachOutgoingFor(w.Party, w.Kind, func(o exchange.Outgoing) error {
			upTo = o.ID
			if o.RowCount == 0 {
				return nil // an empty statement
			}
			file.Records++
			return out.WriteRows(batch.Rows{Bytes: o.Rows, Count: o.RowCount, Amount: o.Amount})
		})
	})
	if err != nil {
		return err
	}
	if err := storeOut(tx, before, &file); err != nil {
		return err
	}
	return tx.AssignOutgoing(w.Party, w.Kind, upTo, file.ID, w.Records)
}

// writeBatch writes a batch into the spool, as the CSV that it is and, for a
// partner who uses workbooks, as the workbook that carries it.
func (e *Env) writeBatch(file *exchange.File, h batch.Header, rows func(*batch.Writer) error) error {
	s, err := e.newSpoolFile("out")
	if err != nil {
		return err
	}
	to, _ := e.party(file.Party)
	encoding := batch.UTF8
	if to.Encoding == string(batch.GB18030) && file.Carrier == string(batch.CSV) {
		encoding = batch.GB18030
	}
	trailer, err := writeAll(s, h, encoding, rows)
	if err != nil {
		s.drop()
		return err
	}
	file.Rows, file.Total, file.SHA256, file.StoredSHA, file.Size = trailer.Rows, trailer.Total, trailer.Identity, s.sum(), s.size
	if file.Carrier != string(batch.Workbook) {
		return s.keep(file.Spool)
	}
	defer s.drop()
	return e.keepWorkbook(s, file)
}

func writeAll(s *spoolFile, h batch.Header, encoding batch.Encoding, rows func(*batch.Writer) error) (batch.Trailer, error) {
	w, err := batch.NewWriter(s, batch.Find(kinds, h.Kind), h, encoding)
	if err != nil {
		return batch.Trailer{}, err
	}
	if err := rows(w); err != nil {
		return batch.Trailer{}, err
	}
	return w.Close()
}

// keepWorkbook turns a written CSV batch into the workbook that carries it.
func (e *Env) keepWorkbook(csv *spoolFile, file *exchange.File) error {
	if err := csv.file.Sync(); err != nil {
		return err
	}
	src, err := os.Open(csv.name)
	if err != nil {
		return err
	}
	defer src.Close()
	s, err := e.newSpoolFile("out")
	if err != nil {
		return err
	}
	if _, err := batch.Convert(s, src, kinds, batch.Options{}, batch.Target{Carrier: batch.Workbook}); err != nil {
		s.drop()
		return err
	}
	file.StoredSHA, file.Size = s.sum(), s.size
	return s.keep(file.Spool)
}

// composeReceipt makes the receipt of a file: the first one with the verdict
// on the file and on every record, later ones with the verdicts on records
// that were held.
func (e *Env) composeReceipt(tx *store.Tx, id int64) error {
	in, err := tx.File(id)
	if err != nil {
		return err
	}
	file, h, err := e.outFile(tx, in.Party, formats.KindReceipt)
	if err != nil {
		return err
	}
	later := in.Receipt != 0
	head, err := e.receiptHead(tx, in)
	if err != nil {
		return err
	}
	err = e.writeBatch(&file, h, func(out *batch.Writer) error {
		if err := out.Write(&head); err != nil {
			return err
		}
		write := func(j exchange.Judgement) error {
			file.Records++
			return out.Write(&formats.ReceiptVerdict{
				Line: j.Line, Row: j.Row, RecordNo: j.RecordNo, Verdict: j.Verdict, Code: string(j.Code), Field: j.Field, Text: plain(j.Text, 500), Echo: j.Echo,
			})
		}
		if !later {
			return tx.JudgementsByFile(id, write)
		}
		verdicts, err := tx.UntoldJudgements(id)
		if err != nil {
			return err
		}
		for _, j := range verdicts {
			if err := write(j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := tx.InsertFile(&file); err != nil {
		return err
	}
	if err := e.composeAnswer(tx, in, later); err != nil {
		return err
	}
	if err := tx.MarkTold(id); err != nil || later {
		return err
	}
	answered := in
	answered.Receipt = file.ID
	return tx.UpdateFile(in, answered)
}

func (e *Env) receiptHead(tx *store.Tx, in exchange.File) (formats.Receipt, error) {
	r := formats.Receipt{
		File: plain(in.Name, 120), SHA256: in.SHA256, Kind: plain(in.Kind, 40), Verdict: in.Verdict, Code: code.Fault(in.Code), Text: plain(in.Text, 500),
	}
	if in.Sequence > 0 {
		r.Sequence = batch.Some(int(in.Sequence))
	}
	if in.Verdict == code.FileRejected {
		return r, nil
	}
	r.Records, r.Accepted, r.Held, r.Refused = batch.Some(in.Records), batch.Some(in.Accepted), batch.Some(in.Held), batch.Some(in.Refused)
	r.ReceivedOn = in.Seen
	if in.Held > 0 {
		r.NextRun = e.nextRun()
	}
	gaps, err := tx.SequenceGaps(exchange.In, in.Party, in.Kind)
	if err != nil {
		return r, err
	}
	if len(gaps) > 0 && (r.Code == "" || r.Code.Class() == code.ClassWarning) {
		r.Code, r.Text = code.SequenceGap, clip(fmt.Sprintf("缺少序号 %v / missing sequences", gaps), 500)
	}
	return r, nil
}

// nextRun is the day of the next pass, as far as it is known.
func (e *Env) nextRun() calendar.Date {
	if e.Rules.NextRun != nil {
		if next := e.Rules.NextRun(e.Now()); !next.IsZero() {
			return calendar.DateOf(next.In(e.Agency.Zone))
		}
	}
	return e.Date.AddDays(1)
}

// plain is what can be told of any text in any encoding: control characters,
// broken ones and those of private use become question marks.
func plain(s string, limit int) string {
	return clip(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Co, r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return '?'
		}
		return r
	}, s), limit)
}

func clip(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}
