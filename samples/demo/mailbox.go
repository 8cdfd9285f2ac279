package demo

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// mailbox is how a simulated party exchanges batches with an agency: its end
// of the drop, its sequences, the receipts it owes and the ones it waits for.
type mailbox struct {
	self, agency string // parties
	profile      string
	carrier      batch.Carrier
	encoding     batch.Encoding
	dial         func(ctx context.Context) (drop.Drop, error)
	drop         drop.Drop // open session; nil before the first use
	seal         *sealing  // nil: nothing is signed

	sequence map[string]int           // last number used, by kind
	waiting  map[string]string        // identity of a sent batch without receipt → its name
	answered map[string]sentBatch     // identity of a batch we got → our receipt to it
	told     []formats.Receipt        // verdicts on files that we sent, in order
	refusals []formats.ReceiptVerdict // refused records, in order
	lodged   sentBatch                // the last batch of applications
	moved    int                      // files sent and received
}

// sentBatch is a batch as it was put down.
type sentBatch struct {
	name    string
	content []byte
}

// pickedUp is a file taken out of a drop.
type pickedUp struct {
	name    string
	content []byte
	sig     []byte // nil: none
}

// verdict is what a party says about a record it got.
type verdict struct {
	code code.Fault // "" accepted
	text string
}

func newMailbox(self, agency string, dial func(context.Context) (drop.Drop, error)) *mailbox {
	return &mailbox{
		self: self, agency: agency, carrier: batch.CSV, encoding: batch.UTF8, dial: dial,
		sequence: map[string]int{}, waiting: map[string]string{}, answered: map[string]sentBatch{},
	}
}

// session returns the open drop.
func (m *mailbox) session(ctx context.Context) (drop.Drop, error) {
	if m.drop != nil {
		return m.drop, nil
	}
	d, err := m.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.self, err)
	}
	m.drop = d
	return d, nil
}

// close ends the session.
func (m *mailbox) close() error {
	if m.drop == nil {
		return nil
	}
	err := m.drop.Close()
	m.drop = nil
	return err
}

// try does something in the drop; a session that was lost since it was last
// used is opened anew, once.
func (m *mailbox) try(ctx context.Context, do func(drop.Drop) error) error {
	for again := true; ; again = false {
		d, err := m.session(ctx)
		if err != nil {
			return err
		}
		if err = do(d); !again || (!errors.Is(err, drop.ErrLost) && !errors.Is(err, drop.ErrClosed)) {
			return err
		}
		_ = m.close() // lost already
	}
}

// pickUp takes every file that is there and moves it aside.
func (m *mailbox) pickUp(ctx context.Context) ([]pickedUp, error) {
	var list drop.Listing
	err := m.try(ctx, func(d drop.Drop) (err error) {
		list, err = d.List(ctx, drop.In)
		return err
	})
	if err != nil {
		return nil, err
	}
	d := m.drop
	var files []pickedUp
	for _, e := range slices.DeleteFunc(list.Files, isSignature) {
		sig, err := fetchSignature(ctx, d, e.Name)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if _, err := d.Get(ctx, drop.In, e, &b); err != nil {
			return nil, err
		}
		if err := d.Move(ctx, drop.In, e, drop.Done); err != nil {
			return nil, err
		}
		files = append(files, pickedUp{e.Name, b.Bytes(), sig})
	}
	m.moved += len(files)
	return files, nil
}

// put leaves a file.
func (m *mailbox) put(ctx context.Context, name string, content []byte) error {
	m.moved++
	return m.leave(ctx, name, content)
}

// leave is put for what comes every day, whether anything happened or not.
func (m *mailbox) leave(ctx context.Context, name string, content []byte) error {
	return m.try(ctx, func(d drop.Drop) error {
		if err := m.seal.putSignature(ctx, d, name, content); err != nil {
			return err
		}
		return d.Put(ctx, drop.Out, name, bytes.NewReader(content), int64(len(content)), drop.PutOptions{})
	})
}

// receive works every batch in the drop, receipts first, and answers each
// with a receipt.
func (m *mailbox) receive(ctx context.Context, now time.Time, work func(rec any) (verdict, error)) error {
	files, err := m.pickUp(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(files, func(a, b pickedUp) int { return cmp.Compare(orderOf(a.name), orderOf(b.name)) })
	for _, f := range files {
		if err := m.open(ctx, now, f, work); err != nil {
			return fmt.Errorf("%s: %s: %w", m.self, f.name, err)
		}
	}
	return nil
}

// orderOf is the order of working, by the kind in a file's name.
func orderOf(name string) int {
	n, _ := batch.ParseFileName(name)
	if k := batch.Find(kinds, n.Kind); k != nil {
		return k.Order
	}
	return len(kinds)
}

var kinds = formats.Kinds()

// open reads one batch and answers it.
func (m *mailbox) open(ctx context.Context, now time.Time, f pickedUp, work func(rec any) (verdict, error)) error {
	if err := m.seal.check(m.agency, f, now); err != nil {
		return err
	}
	r, err := sheet.NewReader(bytes.NewReader(f.content), kinds, batch.Options{Name: f.name, Self: m.self, From: m.agency})
	if err != nil {
		return err
	}
	var records []batch.Record
	for r.Next() {
		rec := r.Record()
		if !rec.OK() {
			return fmt.Errorf("record %d: %v", rec.Ordinal, rec.Faults)
		}
		records = append(records, *rec)
	}
	res, err := r.Result()
	if err != nil || res.Verdict != code.FileAccepted {
		return fmt.Errorf("%s, %v: %w", res.Verdict, res.Faults, err)
	}
	if first, again := m.answered[res.Identity]; again {
		return m.put(ctx, first.name, first.content)
	}
	answers, err := m.workAll(records, work)
	if err != nil || r.Kind().Name == formats.KindReceipt {
		return err
	}
	return m.answer(ctx, now, f.name, r.Header(), res, answers)
}

// workAll gives every record to whoever works it, receipts to ourselves.
func (m *mailbox) workAll(records []batch.Record, work func(rec any) (verdict, error)) (answers []any, err error) {
	for i := range records {
		switch v := records[i].Value.(type) {
		case *formats.Receipt:
			m.receipted(v)
		case *formats.ReceiptVerdict:
			m.judged(v)
		default:
			said, err := work(v)
			if err != nil {
				return nil, err
			}
			answers = append(answers, answerTo(&records[i], said))
		}
	}
	return answers, nil
}

func answerTo(rec *batch.Record, v verdict) *formats.ReceiptVerdict {
	a := &formats.ReceiptVerdict{
		Line: rec.Line, Row: rec.Row, RecordNo: rec.No(), Verdict: code.Accepted, Code: string(v.code), Text: v.text, Echo: rec.Echo(),
	}
	if v.code != "" {
		a.Verdict = code.Refused
	}
	return a
}

// answer sends the receipt for a batch and keeps it: the same batch again
// gets it again.
func (m *mailbox) answer(ctx context.Context, now time.Time, name string, h batch.Header, res batch.Result, answers []any) error {
	refused := 0
	for _, a := range answers {
		if a.(*formats.ReceiptVerdict).Verdict == code.Refused {
			refused++
		}
	}
	r := &formats.Receipt{
		File: name, SHA256: res.Identity, Kind: h.Kind, Sequence: batch.Some(h.Sequence), Verdict: code.FileAccepted,
		Records: batch.Some(len(answers)), Accepted: batch.Some(len(answers) - refused), Held: batch.Some(0), Refused: batch.Some(refused),
		ReceivedOn: calendar.DateOf(now),
	}
	if refused > 0 {
		r.Verdict = code.FilePartly
	}
	b, err := m.compose(now, formats.KindReceipt, "", append([]any{r}, answers...))
	if err != nil {
		return err
	}
	m.answered[res.Identity] = b
	return m.put(ctx, b.name, b.content)
}

// receipted notes the verdict on a file of ours.
func (m *mailbox) receipted(r *formats.Receipt) {
	delete(m.waiting, r.SHA256)
	m.told = append(m.told, *r)
}

func (m *mailbox) judged(v *formats.ReceiptVerdict) {
	if v.Verdict == code.Refused {
		m.refusals = append(m.refusals, *v)
	}
}

// send writes records as the next batch of their kind and puts it down. No
// records make no batch.
func (m *mailbox) send(ctx context.Context, now time.Time, kind string, extent code.Extent, records []any) error {
	if len(records) == 0 {
		return nil
	}
	b, err := m.prepare(now, kind, extent, records)
	if err != nil {
		return err
	}
	return m.put(ctx, b.name, b.content)
}

// prepare makes the next batch of a kind without putting it down yet.
func (m *mailbox) prepare(now time.Time, kind string, extent code.Extent, records []any) (sentBatch, error) {
	b, err := m.compose(now, kind, extent, records)
	if err != nil {
		return b, err
	}
	id, err := identityOf(b.content)
	if err != nil {
		return b, err
	}
	m.waiting[id] = b.name
	if kind == formats.KindApplication {
		m.lodged = b
	}
	return b, nil
}

// identityOf is the SHA-256 of the plain CSV batch, whatever carries it.
func identityOf(content []byte) (string, error) {
	r, err := sheet.NewReader(bytes.NewReader(content), kinds, batch.Options{})
	if err != nil {
		return "", err
	}
	for r.Next() {
	}
	res, err := r.Result()
	return res.Identity, err
}

// compose writes records as the next batch of a kind.
func (m *mailbox) compose(now time.Time, kind string, extent code.Extent, records []any) (sentBatch, error) {
	m.sequence[kind]++
	h := batch.Header{
		Sender: m.self, Receiver: m.agency, Sequence: m.sequence[kind], Created: now, Profile: m.profile, Extent: extent,
	}
	k := batch.Find(kinds, kind)
	var out bytes.Buffer
	w, err := batch.NewWriter(&out, k, h, m.encoding)
	if err != nil {
		return sentBatch{}, err
	}
	for _, rec := range records {
		if rows, ok := rec.(batch.Rows); ok { // as they are: for records that are at fault
			err = w.WriteRows(rows)
		} else {
			err = w.Write(rec)
		}
		if err != nil {
			return sentBatch{}, fmt.Errorf("%s %d: %w", kind, h.Sequence, err)
		}
	}
	if _, err := w.Close(); err != nil {
		return sentBatch{}, err
	}
	h.Kind = kind
	content := out.Bytes()
	if m.carrier == batch.Workbook {
		if content, err = asWorkbook(content); err != nil {
			return sentBatch{}, fmt.Errorf("%s %d: %w", kind, h.Sequence, err)
		}
	}
	return sentBatch{h.FileName(m.carrier), content}, nil
}

// asWorkbook is a batch as somebody sends it who has nothing but workbooks.
func asWorkbook(csv []byte) ([]byte, error) {
	var out bytes.Buffer
	_, err := sheet.Convert(&out, bytes.NewReader(csv), kinds, batch.Options{}, sheet.Target{Carrier: batch.Workbook})
	return out.Bytes(), err
}
