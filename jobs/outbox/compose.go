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
	"os"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/jobs/office"
)

// Compose makes a batch of what waits for each party and kind, and a receipt
// for every file that has verdicts to tell. Name, sequence, time and digest
// are fixed in the transaction that queues the file. A batch that cannot be
// made stops no other.
func Compose(ctx context.Context, o *office.Office) (office.Counts, error) {
	counts := office.Counts{}
	faults := []error{settleReviews(ctx, o)}
	var waiting []store.Waiting
	var untold []int64
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
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
		if ReviewOf(o, w.Kind) != exchange.ReviewNone {
			continue // the report makes it
		}
		if err := o.Store.Tx(ctx, func(tx *store.Tx) error { return composeBatch(o, tx, w) }); err != nil {
			faults = append(faults, fmt.Errorf("%s for %s: %w", w.Kind, w.Party, err))
			continue
		}
		counts["batches"]++
	}
	for _, id := range untold {
		if err := o.Store.Tx(ctx, func(tx *store.Tx) error { return composeReceipt(o, tx, id) }); err != nil {
			faults = append(faults, fmt.Errorf("receipt for file %d: %w", id, err))
			continue
		}
		counts["receipts"]++
	}
	return counts, errors.Join(faults...)
}

// outFile begins the row of an outgoing batch.
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

// headerOf is the header of a batch that is written now.
func headerOf(o *office.Office, f exchange.File) batch.Header {
	return batch.Header{
		Kind: f.Kind, Sender: o.Agency.Code, Receiver: f.Party, Sequence: int(f.Sequence), Created: o.Now().In(o.Agency.Zone),
		Profile: o.Partners[f.Party].Profile,
	}
}

func composeBatch(e *office.Office, tx *store.Tx, w store.Waiting) error {
	before, file, h, err := nextOut(e, tx, w.Party, w.Kind)
	if err != nil || before.State == exchange.FileReview { // one that could not be settled keeps what it holds
		return err
	}
	var upTo int64
	err = writeBatch(e, &file, h, func(out *batch.Writer) error {
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
func writeBatch(o *office.Office, file *exchange.File, h batch.Header, rows func(*batch.Writer) error) error {
	s, err := o.NewSpoolFile("out")
	if err != nil {
		return err
	}
	to, _ := o.Party(file.Party)
	encoding := batch.UTF8
	if to.Encoding == string(batch.GB18030) && file.Carrier == string(batch.CSV) {
		encoding = batch.GB18030
	}
	trailer, err := writeAll(s, h, encoding, rows)
	if err != nil {
		s.Discard()
		return err
	}
	file.Rows, file.Total, file.SHA256, file.StoredSHA, file.Size = trailer.Rows, trailer.Total, trailer.Identity, s.SHA256(), s.Size
	if file.Carrier != string(batch.Workbook) {
		return s.Keep(file.Spool)
	}
	defer s.Discard()
	return keepWorkbook(o, s, file)
}

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

// keepWorkbook turns a written CSV batch into the workbook that carries it.
func keepWorkbook(o *office.Office, csv *office.SpoolFile, file *exchange.File) error {
	if err := csv.File.Sync(); err != nil {
		return err
	}
	src, err := os.Open(csv.Name)
	if err != nil {
		return err
	}
	defer src.Close()
	s, err := o.NewSpoolFile("out")
	if err != nil {
		return err
	}
	if _, err := sheet.Convert(s, src, office.Kinds, batch.Options{}, sheet.Target{Carrier: batch.Workbook}); err != nil {
		s.Discard()
		return err
	}
	file.StoredSHA, file.Size = s.SHA256(), s.Size
	return s.Keep(file.Spool)
}

// composeReceipt makes the receipt of a file: the first one with the verdict
// on the file and on every record, later ones with the verdicts on records
// that were held.
func composeReceipt(o *office.Office, tx *store.Tx, id int64) error {
	in, err := tx.File(id)
	if err != nil {
		return err
	}
	file, h, err := outFile(o, tx, in.Party, formats.KindReceipt)
	if err != nil {
		return err
	}
	later := in.Receipt != 0
	head, err := receiptHead(o, tx, in)
	if err != nil {
		return err
	}
	err = writeBatch(o, &file, h, func(out *batch.Writer) error {
		if err := out.Write(&head); err != nil {
			return err
		}
		write := func(j exchange.Judgement) error {
			file.Records++
			return out.Write(&formats.ReceiptVerdict{
				Line: j.Line, Row: j.Row, RecordNo: j.RecordNo, Verdict: j.Verdict, Code: string(j.Code), Field: j.Field, Text: office.OneLine(j.Text, 500), Echo: j.Echo,
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
	if err := composeCorrections(o, tx, in, later); err != nil {
		return err
	}
	if err := tx.MarkTold(id); err != nil || later {
		return err
	}
	answered := in
	answered.Receipt = file.ID
	return tx.UpdateFile(in, answered)
}

func receiptHead(o *office.Office, tx *store.Tx, in exchange.File) (formats.Receipt, error) {
	r := formats.Receipt{
		File: office.OneLine(in.Name, 120), SHA256: in.SHA256, Kind: office.OneLine(in.Kind, 40), Verdict: in.Verdict, Code: code.Fault(in.Code), Text: office.OneLine(in.Text, 500),
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

// nextRun is the day of the next pass, as far as it is known.
func nextRun(o *office.Office) calendar.Date {
	if o.Rules.NextRun != nil {
		if next := o.Rules.NextRun(o.Now()); !next.IsZero() {
			return calendar.DateOf(next.In(o.Agency.Zone))
		}
	}
	return o.Date.AddDays(1)
}
