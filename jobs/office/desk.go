package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
)

// Desk is one transaction at work: the store, and whose word is worked.
type Desk struct {
	*Office
	Tx    *store.Tx
	File  exchange.File // that brought what is worked; the zero File in sweeps
	Actor string        // for the journal: the file's party, or the job
	About *AboutFile    // in a receipt: the file it is about

	encoders     map[string]*batch.Encoder
	noSavepoints bool            // in a first try of DoChunk
	Cancels      map[string]bool // letters whose cancellation waits for them
}

// By is on whose behalf a transaction runs.
type By struct {
	File  exchange.File // that brought what is worked; the zero File: none did
	Actor string        // for the journal: the file's party, an officer, or the job
}

// Do runs one transaction at a desk. Whatever work writes is kept when it
// returns nil, and gone when it returns an error. Work may be called again
// when another process held the store: what it leaves outside must be set anew
// each time.
func (o *Office) Do(ctx context.Context, by By, work func(*Desk) error) error {
	return o.Store.Tx(ctx, func(tx *store.Tx) error {
		return work(&Desk{Office: o, Tx: tx, File: by.File, Actor: by.Actor})
	})
}

// DoChunk runs one transaction of many items, each of which work wraps into
// Apart. The first try makes no savepoints: SQLite copies every page that a
// savepoint touches first, which made half of the time. When its error is one
// that needs them, the same work is done once more with a savepoint for each.
func (o *Office) DoChunk(ctx context.Context, by By, needs func(error) bool, work func(*Desk) error) error {
	err := o.Store.Tx(ctx, func(tx *store.Tx) error {
		return work(&Desk{Office: o, Tx: tx, File: by.File, Actor: by.Actor, noSavepoints: true})
	})
	if err == nil || !needs(err) {
		return err
	}
	return o.Do(ctx, by, work)
}

// Apart applies one item so that its writes alone are undone when it fails.
// Alone is false in the first try of a chunk: then they are not, and the error
// must go up.
func (d *Desk) Apart(apply func() error) (alone bool, err error) {
	if d.noSavepoints {
		return false, apply()
	}
	return true, d.Tx.Savepoint(apply)
}

// View reads at a desk; nothing can be written.
func (o *Office) View(ctx context.Context, look func(*Desk) error) error {
	return o.Store.View(ctx, func(tx *store.Tx) error { return look(o.Reading(tx)) })
}

// As is a desk in the same transaction on behalf of somebody else.
func (d *Desk) As(by By) *Desk {
	return &Desk{Office: d.Office, Tx: d.Tx, File: by.File, Actor: by.Actor}
}

// Reading is a desk over a transaction that somebody else opened to read.
func (o *Office) Reading(tx *store.Tx) *Desk { return &Desk{Office: o, Tx: tx} }

// Outcome is the verdict on one record.
type Outcome struct {
	Verdict code.Verdict
	Code    string // a fault, hold or decline code
	Field   string
	Text    string
}

func Accepted() Outcome { return Outcome{Verdict: code.Accepted} }

func Refused(c code.Fault, field, text string) Outcome {
	return Outcome{code.Refused, string(c), field, text}
}

func Held(c string, text string) Outcome { return Outcome{code.Held, c, "", text} }

// Case is a case being worked in a transaction: changed in memory,
// journaled as it changes, stored once by save.
type Case struct {
	*Desk
	exchange.Case
	Before exchange.Case
	Fresh  bool
	later  []func() error        // writes that wait until a fresh case is stored
	Lodged *exchange.Application // the version that is being worked
}

func (d *Desk) OpenCase(c exchange.Case) *Case { return &Case{Desk: d, Case: c, Before: c} }

// NewCase begins a new case.
func (d *Desk) NewCase(c exchange.Case) (*Case, error) {
	no, err := d.Tx.NextNumber("T", d.Agency.Code, d.Date)
	if err != nil {
		return nil, err
	}
	c.No = no
	c.OpenedOn, c.StateSince, c.FormSince, c.MoneySince = d.Date, d.Date, d.Date, d.Date
	c.Profile = d.Partners[c.Partner].Profile
	c.FormTrack = exchange.FormNone
	c.MoneyTrack = exchange.LeastMoney(c.Side, nil)
	return &Case{Desk: d, Case: c, Fresh: true}, nil
}

// CaseByLetter opens the case of a letter on a side.
func (d *Desk) CaseByLetter(side exchange.Side, letterNo string) (*Case, error) {
	c, err := d.Tx.CaseByLetter(side, letterNo)
	if err != nil {
		return nil, err
	}
	return d.OpenCase(c), nil
}

func (d *Desk) CaseByNo(no string) (*Case, error) {
	c, err := d.Tx.Case(no)
	if err != nil {
		return nil, err
	}
	return d.OpenCase(c), nil
}

func (c *Case) RuleProfile() exchange.Profile { return c.Profiles[c.Profile] }

// Move changes the state and journals it.
func (c *Case) Move(on exchange.Happening, why string, facts any) error {
	if err := c.Apply(on, c.Date); err != nil {
		return err
	}
	return c.Note(string(on), why, facts)
}

// PutOnHold holds the case and journals why.
func (c *Case) PutOnHold(reason code.Hold, text string) error {
	if c.State == exchange.Held && c.Hold == reason && c.HoldText == text {
		return nil
	}
	if err := c.Suspend(reason, text, c.RuleProfile(), c.Date); err != nil {
		return err
	}
	return c.Note(string(exchange.Hold), string(reason)+": "+text, nil)
}

// Resume ends a hold and journals it.
func (c *Case) Resume(why string) error {
	if c.State != exchange.Held {
		return nil
	}
	if err := c.Unsuspend(c.Date); err != nil {
		return err
	}
	return c.Note(string(exchange.Resume), why, nil)
}

// Note adds an event to the case's journal.
func (c *Case) Note(what, why string, facts any) error {
	return c.OnceStored(func() error { return c.Journal(c.No, what, why, facts) })
}

// OnceStored writes a row that refers to the case: at once, or for a fresh case when
// save has stored it. The database would take the rows in any order, but a
// row that refers to a case that is not there makes it look through every
// table that might when the case comes.
func (c *Case) OnceStored(write func() error) error {
	if c.Fresh {
		c.later = append(c.later, write)
		return nil
	}
	return write()
}

func (d *Desk) Journal(chain, what, why string, facts any) error {
	var payload []byte
	if facts != nil {
		var err error
		if payload, err = json.Marshal(facts); err != nil {
			return err
		}
	}
	return d.Tx.Journal(exchange.JournalEvent{
		Chain: chain, At: d.Now(), On: d.Date, Actor: d.Actor, What: what, Why: why, FileID: d.File.ID, Payload: payload,
	})
}

// Save stores the case as it is now: one insert, or one conditional update.
func (c *Case) Save() error {
	c.SetDue(c.RuleProfile(), c.Calendar)
	if err := c.Check(); err != nil {
		return err
	}
	if c.Fresh {
		return c.saveFresh()
	}
	if same(c.Before, c.Case) {
		return nil
	}
	if err := c.Tx.UpdateCase(c.Before, &c.Case); err != nil {
		return fmt.Errorf("case %s: %w", c.No, err)
	}
	c.Before = c.Case
	return nil
}

func (c *Case) saveFresh() error {
	if err := c.Tx.InsertCase(&c.Case); err != nil {
		return err
	}
	c.Fresh, c.Before = false, c.Case
	for _, write := range c.later {
		if err := write(); err != nil {
			return err
		}
	}
	c.later = nil
	return nil
}

func same(a, b exchange.Case) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// Retrack gives the case the tracks of its forms and parts.
func (c *Case) Retrack() error {
	forms, err := c.Tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	parts, err := c.Tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	var ft []exchange.FormTrack
	for _, f := range forms {
		if f.Current {
			ft = append(ft, f.Track)
		}
	}
	var mt []exchange.MoneyTrack
	for _, p := range parts {
		mt = append(mt, p.Track)
	}
	c.SetTracks(ft, mt, c.Date)
	return nil
}

// SetForm moves a form along its track.
func (d *Desk) SetForm(f *exchange.Form, to exchange.FormTrack) error {
	if !exchange.CanForm(f.Side, f.Track, to) {
		return fmt.Errorf("form %s: %s to %s: %w", f.No, f.Track, to, exchange.ErrNotAllowed)
	}
	before := *f
	f.Track = to
	return d.Tx.UpdateForm(before, *f)
}

// SetMoney moves a part of a remittance along its track.
func (d *Desk) SetMoney(r *exchange.Remittance, to exchange.MoneyTrack, change func(*exchange.Remittance)) error {
	if r.Track != to && !exchange.CanMoney(r.Side, r.Track, to) {
		return fmt.Errorf("case %s part %d: %s to %s: %w", r.CaseNo, r.Part, r.Track, to, exchange.ErrNotAllowed)
	}
	before := *r
	if r.Track != to {
		r.Track, r.Since = to, d.Date
	}
	if change != nil {
		change(r)
	}
	return d.Tx.UpdateRemittance(before, *r)
}

// Send queues a record for a party.
func (d *Desk) Send(party, caseNo string, rec any) error {
	o, err := d.Encode(party, caseNo, rec)
	if err != nil {
		return err
	}
	return d.Tx.InsertOutgoing(o)
}

// Encode is a record as it waits for a party.
func (d *Desk) Encode(party, caseNo string, rec any) (o exchange.Outgoing, err error) {
	kind, ok := KindOf(rec)
	if !ok {
		return o, fmt.Errorf("no kind of batch has %T", rec)
	}
	var rows batch.Rows
	if err := d.Encoder(kind).Append(&rows, rec); err != nil {
		return o, fmt.Errorf("%s for %s: %w", kind.Name, party, err)
	}
	if to, ok := d.Party(party); ok && to.Encoding == string(batch.GB18030) && to.Carrier != string(batch.Workbook) {
		if err := batch.CanEncode(batch.GB18030, rows.Bytes); err != nil {
			return o, fmt.Errorf("%s for %s: %w", kind.Name, party, err)
		}
	}
	return exchange.Outgoing{
		Party: party, Kind: kind.Name, RecordNo: kind.RecordNo(rec), CaseNo: caseNo,
		Rows: rows.Bytes, RowCount: rows.Count, Amount: rows.Amount,
	}, nil
}

// SendOrHold queues a record of the case. One with a character that the party's
// encoding cannot hold is not sent: the case waits for an officer.
func (c *Case) SendOrHold(party, caseNo string, rec any) error {
	o, err := c.Encode(party, caseNo, rec)
	if err == nil {
		return c.OnceStored(func() error { return c.Tx.InsertOutgoing(o) })
	}
	if !errors.Is(err, batch.ErrUnencodable) {
		return err
	}
	kind, _ := KindOf(rec)
	text := "含有对方编码无法表示的字符，" + kind.Title.ZH + "不能发往 " + party
	if _, err := c.Next(exchange.Hold); err == nil || c.State == exchange.Held {
		if err := c.PutOnHold(code.HoldOfficersDecision, text); err != nil {
			return err
		}
	}
	return c.RecordDifference("file", party, caseNo, kind.Name+" "+kind.RecordNo(rec), "not sent", batch.ErrUnencodable.Error())
}

// Encoder returns the desk's encoder of a kind.
func (d *Desk) Encoder(k *batch.Kind) *batch.Encoder {
	if d.encoders == nil {
		d.encoders = map[string]*batch.Encoder{}
	}
	if d.encoders[k.Name] == nil {
		d.encoders[k.Name] = batch.NewEncoder(k)
	}
	return d.encoders[k.Name]
}

var Kinds = formats.Kinds()

func KindOf(rec any) (*batch.Kind, bool) {
	for _, k := range Kinds {
		if k.RowOf(rec) != nil {
			return k, true
		}
	}
	return nil, false
}

// LedgerHead begins a ledger entry about the case.
func (c *Case) LedgerHead(memo string) ledger.Head {
	return ledger.Head{Date: int(c.Date), CaseNo: c.No, Partner: c.Partner, Memo: memo}
}

// Book adds an entry to the ledger; one that moves nothing is not kept.
func (d *Desk) Book(e ledger.Entry) error {
	if e.Empty() {
		return nil
	}
	return d.Tx.Book(e)
}

func SomeFen(f money.Fen) batch.Maybe[money.Fen] { return batch.Some(f) }
