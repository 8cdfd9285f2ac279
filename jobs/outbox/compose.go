// Package outbox makes batches of the records that wait for a party: receipts
// of what was judged, corrections of workbooks, batches that officers review
// before they leave.
//
// It promises that name, sequence, digest and bytes of a batch are fixed in
// the transaction that takes its records, so that it is the same however often
// it is sent. It writes into the spool and the store; leaving a file in a drop
// is for courier.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/jobs/office"
)

// Compose makes a batch of what waits for each party and kind, and a receipt for every
// file that has verdicts to report. Each is a transaction of its own that fixes name,
// sequence, time and digest and queues the file. A batch that cannot be made does not
// stop the others; the errors of all come back joined. Kinds that officers review are
// left to ComposeReviews.
func Compose(ctx context.Context, o *office.Office) (office.Counts, error) {
	counts := office.Counts{}
	// First, so that what needs no review any more leaves in this pass.
	faults := []error{releaseReviews(ctx, o)}
	var waiting []store.Waiting
	var unreported []exchange.File // whose receipt is due
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		if waiting, err = tx.WaitingOutgoing(); err != nil {
			return err
		}
		unreported, err = tx.FilesToAnswer()
		return err
	})
	if err != nil {
		return counts, errors.Join(append(faults, err)...)
	}
	for _, w := range waiting {
		if ReviewOf(o, w.Kind) != exchange.ReviewNone {
			continue // ComposeReviews makes it, as a step of report
		}
		if err := o.Store.Tx(ctx, func(tx *store.Tx) error { return composeBatch(o, tx, w) }); err != nil {
			faults = append(faults, fmt.Errorf("%s for %s: %w", w.Kind, w.Party, err))
			continue
		}
		counts["batches"]++
	}
	for _, in := range unreported {
		if err := o.Store.Tx(ctx, func(tx *store.Tx) error { return composeReceipt(o, tx, in) }); err != nil {
			faults = append(faults, fmt.Errorf("receipt for file %d: %w", in.ID, err))
			continue
		}
		counts["receipts"]++
	}
	return counts, errors.Join(faults...)
}

// outFile begins the row of an outgoing batch under the next sequence of its party and
// kind. A transaction that fails gives the number back: sequences have no gaps.
func outFile(o *office.Office, tx *store.Tx, party, kind string) (exchange.File, batch.Header, error) {
	seq, err := tx.NextSequence(o.Agency.Code, party, kind)
	if err != nil {
		return exchange.File{}, batch.Header{}, err
	}
	h := headerOf(o, exchange.File{Party: party, Kind: kind, Sequence: seq})
	to, _ := o.Party(party)
	carrier := batch.CSV
	if to.Carrier == string(batch.Workbook) {
		carrier = batch.Workbook
	}
	name := h.FileName(carrier)
	return exchange.File{
		Dir: exchange.Out, Party: party, Kind: kind, Name: name, Carrier: string(carrier), Sequence: seq, State: exchange.FileQueued,
		At: o.Now(), Spool: "out-" + name,
	}, h, nil
}

// headerOf is the header of a batch of that party, kind and sequence, created now.
func headerOf(o *office.Office, f exchange.File) batch.Header {
	return batch.Header{
		Kind: f.Kind, Sender: o.Agency.Code, Receiver: f.Party, Sequence: int(f.Sequence), Created: o.Now().In(o.Agency.Zone),
		Profile: o.Partners[f.Party].Profile,
	}
}

// composeBatch makes the batch of what waits for one party and kind and takes those
// records, so that they are in no other. The bytes are in the spool before the
// transaction ends: after a crash in between they belong to nobody, and the next try
// writes over them under the same sequence.
func composeBatch(o *office.Office, tx *store.Tx, w store.Waiting) error {
	before, file, h, err := nextOut(o, tx, w)
	if err != nil || before.State == exchange.FileReview { // one that could not be released keeps what it holds
		return err
	}
	var upTo int64 // id of the last record taken; later ones go into the next batch
	count := o.Counting(file.Name, w.Records)
	err = writeBatch(o, tx, &file, h, func(out *batch.Writer) error {
		return tx.EachOutgoingFor(w.Party, w.Kind, func(rec exchange.Outgoing) error {
			count()
			upTo = rec.ID
			if rec.RowCount == 0 {
				return nil // an empty netting statement: it makes a batch without rows
			}
			file.Records++
			return out.WriteRows(batch.Rows{Bytes: rec.Rows, Count: rec.RowCount, Amount: rec.Amount})
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

// writeBatch writes a batch into the spool, as the CSV that it is or, for a partner who
// uses workbooks, as the workbook that carries it, and notes rows, total, digests and
// size in file. SHA256 is the digest of the content, the same in either carrier and
// encoding, by which receipts name the batch; StoredSHA that of the bytes in the spool.
func writeBatch(o *office.Office, tx *store.Tx, file *exchange.File, h batch.Header, rows func(*batch.Writer) error) error {
	s, err := o.NewSpoolFile("out")
	if err != nil {
		return err
	}
	defer s.Discard()
	to, _ := o.Party(file.Party)
	encoding := batch.UTF8
	if to.Encoding == string(batch.GB18030) && file.Carrier == string(batch.CSV) {
		encoding = batch.GB18030
	}
	trailer, err := writeAll(s, h, encoding, rows)
	if err != nil {
		return err
	}
	file.Rows, file.Total, file.SHA256, file.StoredSHA, file.Size = trailer.Rows, trailer.Total, trailer.Identity, s.SHA256(), s.Size
	if file.Carrier != string(batch.Workbook) {
		return s.Keep(tx, file.Spool)
	}
	return keepWorkbook(o, tx, s, file)
}

// writeAll writes header, rows and trailer of a batch as CSV.
func writeAll(s *office.SpoolFile, h batch.Header, encoding batch.Encoding, rows func(*batch.Writer) error) (batch.Trailer, error) {
	w, err := batch.NewWriter(s, batch.Find(office.Kinds, h.Kind), h, encoding)
	if err != nil {
		return batch.Trailer{}, err
	}
	if err := rows(w); err != nil {
		return batch.Trailer{}, err
	}
	return w.Close()
}

// keepWorkbook turns a written CSV batch into the workbook that carries it and keeps
// that one; the caller discards the CSV.
func keepWorkbook(o *office.Office, tx *store.Tx, plain *office.SpoolFile, file *exchange.File) error {
	if _, err := plain.File.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var err error
	file.StoredSHA, file.Size, err = o.WriteSpool(tx, file.Spool, func(w io.Writer) error {
		_, err := sheet.Convert(w, plain.File, office.Kinds, batch.Options{}, sheet.Target{Carrier: batch.Workbook})
		return err
	})
	return err
}

// composeReceipt makes the receipt of a file (FILES.md): the first one with the verdict
// on the file and on every record, later ones with the verdicts on records that were
// held. Verdicts are marked as reported in the same transaction, so that each is in a
// receipt once.
func composeReceipt(o *office.Office, tx *store.Tx, in exchange.File) error {
	file, h, err := outFile(o, tx, in.Party, formats.KindReceipt)
	if err != nil {
		return err
	}
	later, count := in.Receipt != 0, o.Counting(file.Name, in.Records)
	head, err := receiptHead(o, tx, in)
	if err != nil {
		return err
	}
	err = writeBatch(o, tx, &file, h, func(out *batch.Writer) error {
		if err := out.Write(&head); err != nil {
			return err
		}
		write := func(j exchange.Judgement) error {
			count()
			file.Records++
			return out.Write(&formats.ReceiptVerdict{
				Line: j.Line, Row: j.Row, RecordNo: j.RecordNo, Verdict: j.Verdict, Code: string(j.Code), Field: j.Field,
				Text: office.OneLine(j.Text, 500), Echo: j.Echo,
			})
		}
		if !later {
			return tx.JudgementsByFile(in.ID, write)
		}
		verdicts, err := tx.UnreportedJudgements(in.ID)
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
	// Before MarkReported: it asks which verdicts are not reported yet.
	if err := composeCorrections(o, tx, in, later); err != nil {
		return err
	}
	if err := tx.MarkReported(in.ID); err != nil || later {
		return err
	}
	receipted := in
	receipted.Receipt = file.ID
	return tx.UpdateFile(in, receipted)
}

// receiptHead is the R row of a receipt: the verdict on the file and, unless it was
// rejected as a whole, how many of its records came to what. A gap in the sender's
// sequences is named when there is no graver code: a file of theirs may be lost.
func receiptHead(o *office.Office, tx *store.Tx, in exchange.File) (formats.Receipt, error) {
	r := formats.Receipt{ // name, kind and text are the sender's: any character may stand in them
		File: office.OneLine(in.Name, 120), SHA256: in.SHA256, Kind: office.OneLine(in.Kind, 40),
		Verdict: in.Verdict, Code: code.Fault(in.Code), Text: office.OneLine(in.Text, 500),
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
		r.NextRun = nextRun(o)
	}
	gaps, err := tx.SequenceGaps(exchange.In, in.Party, in.Kind)
	if err != nil {
		return r, err
	}
	if len(gaps) > 0 && (r.Code == "" || r.Code.Class() == code.ClassWarning) {
		r.Code, r.Text = code.SequenceGap, office.Clip(fmt.Sprintf("缺少序号 %v / missing sequences", gaps), 500)
	}
	return r, nil
}

// nextRun is the day of the next pass, when held records are judged again: by the
// schedule, or tomorrow when there is none.
func nextRun(o *office.Office) calendar.Date {
	if o.Rules.NextRun != nil {
		if next := o.Rules.NextRun(o.Now()); !next.IsZero() {
			return calendar.DateOf(next.In(o.Agency.Zone))
		}
	}
	return o.Date.AddDays(1)
}
