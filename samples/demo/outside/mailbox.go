package outside

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

// Mailbox is how a simulated party exchanges batches with an agency: its end
// of the drop, its sequences, the receipts it owes and the ones it waits for.
type Mailbox struct {
	Self, Agency string // parties
	Profile      string // of rules, as it stands in the heads of batches
	Carrier      batch.Carrier
	encoding     batch.Encoding
	dial         func(ctx context.Context) (drop.Drop, error)
	drop         drop.Drop // open session; nil before the first use
	Seal         *Sealing  // nil: nothing is signed

	sequence    map[string]int           // last number used, by kind
	Unreceipted map[string]string        // identity of a sent batch without receipt → its name
	answered    map[string]SentBatch     // identity of a batch we got → our receipt to it
	Receipts    []formats.Receipt        // verdicts on files that we sent, in order
	Refusals    []formats.ReceiptVerdict // refused records, in order
	LastLodged  SentBatch                // the last batch of applications
	Moved       int                      // files sent and received
}

// SentBatch is a batch as it was put down.
type SentBatch struct {
	Name    string
	Content []byte
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

// NewMailbox is the end of a party (an agency's code, or that with c, p or b
// behind it) of the drop that it shares with an agency. The drop is dialled
// when it is first used, and again when a session was lost.
func NewMailbox(self, agency string, dial func(context.Context) (drop.Drop, error)) *Mailbox {
	return &Mailbox{
		Self: self, Agency: agency, Carrier: batch.CSV, encoding: batch.UTF8, dial: dial,
		sequence: map[string]int{}, Unreceipted: map[string]string{}, answered: map[string]SentBatch{},
	}
}

// session returns the open drop.
func (m *Mailbox) session(ctx context.Context) (drop.Drop, error) {
	if m.drop != nil {
		return m.drop, nil
	}
	d, err := m.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Self, err)
	}
	m.drop = d
	return d, nil
}

// Close ends the session.
func (m *Mailbox) Close() error {
	if m.drop == nil {
		return nil
	}
	err := m.drop.Close()
	m.drop = nil
	return err
}

// try does something in the drop; a session that was lost since it was last
// used is opened anew, once.
func (m *Mailbox) try(ctx context.Context, do func(drop.Drop) error) error {
	for again := true; ; again = false {
		d, err := m.session(ctx)
		if err != nil {
			return err
		}
		if err = do(d); !again || (!errors.Is(err, drop.ErrLost) && !errors.Is(err, drop.ErrClosed)) {
			return err
		}
		_ = m.Close() // lost already
	}
}

// pickUp takes every file that is there and moves it aside.
func (m *Mailbox) pickUp(ctx context.Context) ([]pickedUp, error) {
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
	m.Moved += len(files)
	return files, nil
}

// Put leaves a file.
func (m *Mailbox) Put(ctx context.Context, name string, content []byte) error {
	m.Moved++
	return m.leave(ctx, name, content)
}

// leave is put for what comes every day, whether anything happened or not.
func (m *Mailbox) leave(ctx context.Context, name string, content []byte) error {
	return m.try(ctx, func(d drop.Drop) error {
		if err := m.Seal.putSignature(ctx, d, name, content); err != nil {
			return err
		}
		return d.Put(ctx, drop.Out, name, bytes.NewReader(content), int64(len(content)), drop.PutOptions{})
	})
}

// receive works every batch in the drop, receipts first, and answers each
// with a receipt.
func (m *Mailbox) receive(ctx context.Context, now time.Time, work func(rec any) (verdict, error)) error {
	files, err := m.pickUp(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(files, func(a, b pickedUp) int { return cmp.Compare(orderOf(a.name), orderOf(b.name)) })
	for _, f := range files {
		if err := m.open(ctx, now, f, work); err != nil {
			return fmt.Errorf("%s: %s: %w", m.Self, f.name, err)
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
func (m *Mailbox) open(ctx context.Context, now time.Time, f pickedUp, work func(rec any) (verdict, error)) error {
	if err := m.Seal.check(m.Agency, f, now); err != nil {
		return err
	}
	r, err := sheet.NewReader(bytes.NewReader(f.content), kinds, batch.Options{Name: f.name, Self: m.Self, From: m.Agency})
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
		return m.Put(ctx, first.Name, first.Content)
	}
	answers, err := m.workAll(records, work)
	if err != nil || r.Kind().Name == formats.KindReceipt {
		return err
	}
	return m.answer(ctx, now, f.name, r.Header(), res, answers)
}

// workAll gives every record to whoever works it, receipts to ourselves.
func (m *Mailbox) workAll(records []batch.Record, work func(rec any) (verdict, error)) (answers []any, err error) {
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
func (m *Mailbox) answer(ctx context.Context, now time.Time, name string, h batch.Header, res batch.Result, answers []any) error {
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
	return m.Put(ctx, b.Name, b.Content)
}

// receipted notes the verdict on a file of ours.
func (m *Mailbox) receipted(r *formats.Receipt) {
	delete(m.Unreceipted, r.SHA256)
	m.Receipts = append(m.Receipts, *r)
}

func (m *Mailbox) judged(v *formats.ReceiptVerdict) {
	if v.Verdict == code.Refused {
		m.Refusals = append(m.Refusals, *v)
	}
}

// send writes records as the next batch of their kind and puts it down. No
// records make no batch.
func (m *Mailbox) send(ctx context.Context, now time.Time, kind string, extent code.Extent, records []any) error {
	if len(records) == 0 {
		return nil
	}
	b, err := m.prepare(now, kind, extent, records)
	if err != nil {
		return err
	}
	return m.Put(ctx, b.Name, b.Content)
}

// prepare makes the next batch of a kind without putting it down yet.
func (m *Mailbox) prepare(now time.Time, kind string, extent code.Extent, records []any) (SentBatch, error) {
	b, err := m.compose(now, kind, extent, records)
	if err != nil {
		return b, err
	}
	id, err := identityOf(b.Content)
	if err != nil {
		return b, err
	}
	m.Unreceipted[id] = b.Name
	if kind == formats.KindApplication {
		m.LastLodged = b
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
func (m *Mailbox) compose(now time.Time, kind string, extent code.Extent, records []any) (SentBatch, error) {
	m.sequence[kind]++
	h := batch.Header{
		Sender: m.Self, Receiver: m.Agency, Sequence: m.sequence[kind], Created: now, Profile: m.Profile, Extent: extent,
	}
	k := batch.Find(kinds, kind)
	var out bytes.Buffer
	w, err := batch.NewWriter(&out, k, h, m.encoding)
	if err != nil {
		return SentBatch{}, err
	}
	for _, rec := range records {
		if rows, ok := rec.(batch.Rows); ok { // as they are: for records that are at fault
			err = w.WriteRows(rows)
		} else {
			err = w.Write(rec)
		}
		if err != nil {
			return SentBatch{}, fmt.Errorf("%s %d: %w", kind, h.Sequence, err)
		}
	}
	if _, err := w.Close(); err != nil {
		return SentBatch{}, err
	}
	h.Kind = kind
	content := out.Bytes()
	if m.Carrier == batch.Workbook {
		if content, err = asWorkbook(content); err != nil {
			return SentBatch{}, fmt.Errorf("%s %d: %w", kind, h.Sequence, err)
		}
	}
	return SentBatch{h.FileName(m.Carrier), content}, nil
}

// asWorkbook is a batch as somebody sends it who has nothing but workbooks.
func asWorkbook(csv []byte) ([]byte, error) {
	var out bytes.Buffer
	_, err := sheet.Convert(&out, bytes.NewReader(csv), kinds, batch.Options{}, sheet.Target{Carrier: batch.Workbook})
	return out.Bytes(), err
}
