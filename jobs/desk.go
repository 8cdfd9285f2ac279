package jobs

import (
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

// desk is one transaction at work: the store, and whose word is worked.
type desk struct {
	*Env
	tx     *store.Tx
	file   exchange.File   // that brought what is worked; the zero File in sweeps
	actor  string          // for the journal: the file's party, or the job
	hasty  bool            // records are applied without a part of the transaction each
	answer *receiptContext // in a receipt: the file it is about

	encoders map[string]*batch.Encoder
	cancels  map[string]bool // letters whose cancellation waits for them
}

// outcome is the verdict on one record.
type outcome struct {
	verdict code.Verdict
	code    string // a fault, hold or decline code
	field   string
	text    string
}

func accepted() outcome { return outcome{verdict: code.Accepted} }

func refused(c code.Fault, field, text string) outcome {
	return outcome{code.Refused, string(c), field, text}
}

func held(c string, text string) outcome { return outcome{code.Held, c, "", text} }

// casework is a case being worked in a transaction: changed in memory,
// journaled as it changes, stored once by save.
type casework struct {
	*desk
	exchange.Case
	before exchange.Case
	fresh  bool
	later  []func() error        // writes that wait until a fresh case is stored
	lodged *exchange.Application // the version that is being worked
}

func (d *desk) open(c exchange.Case) *casework { return &casework{desk: d, Case: c, before: c} }

// openFresh begins a new case.
func (d *desk) openFresh(c exchange.Case) (*casework, error) {
	no, err := d.tx.NextNumber("T", d.Agency.Code, d.Date)
	if err != nil {
		return nil, err
	}
	c.No = no
	c.OpenedOn, c.StateSince, c.FormSince, c.MoneySince = d.Date, d.Date, d.Date, d.Date
	c.Profile = d.Partners[c.Partner].Profile
	c.FormTrack = exchange.FormNone
	c.MoneyTrack = exchange.LeastMoney(c.Side, nil)
	return &casework{desk: d, Case: c, fresh: true}, nil
}

// caseOf opens the case of a letter on a side.
func (d *desk) caseOf(side exchange.Side, letterNo string) (*casework, error) {
	c, err := d.tx.CaseByLetter(side, letterNo)
	if err != nil {
		return nil, err
	}
	return d.open(c), nil
}

func (d *desk) caseNo(no string) (*casework, error) {
	c, err := d.tx.Case(no)
	if err != nil {
		return nil, err
	}
	return d.open(c), nil
}

func (c *casework) rules() exchange.Profile { return c.Profiles[c.Profile] }

// move changes the state and journals it.
func (c *casework) move(on exchange.Happening, why string, facts any) error {
	if err := c.Apply(on, c.Date); err != nil {
		return err
	}
	return c.note(string(on), why, facts)
}

// hold holds the case and journals why.
func (c *casework) hold(reason code.Hold, text string) error {
	if c.State == exchange.Held && c.Hold == reason && c.HoldText == text {
		return nil
	}
	if err := c.Suspend(reason, text, c.rules(), c.Date); err != nil {
		return err
	}
	return c.note(string(exchange.Hold), string(reason)+": "+text, nil)
}

// release ends a hold and journals it.
func (c *casework) release(why string) error {
	if c.State != exchange.Held {
		return nil
	}
	if err := c.Unsuspend(c.Date); err != nil {
		return err
	}
	return c.note(string(exchange.Resume), why, nil)
}

// note adds an event to the case's journal.
func (c *casework) note(what, why string, facts any) error {
	return c.then(func() error { return c.journal(c.No, what, why, facts) })
}

// then writes a row that refers to the case: at once, or for a fresh case when
// save has stored it. The database would take the rows in any order, but a
// row that refers to a case that is not there makes it look through every
// table that might when the case comes.
func (c *casework) then(write func() error) error {
	if c.fresh {
		c.later = append(c.later, write)
		return nil
	}
	return write()
}

func (d *desk) journal(chain, what, why string, facts any) error {
	var payload []byte
	if facts != nil {
		var err error
		if payload, err = json.Marshal(facts); err != nil {
			return err
		}
	}
	return d.tx.Journal(exchange.JournalEvent{
		Chain: chain, At: d.Now(), On: d.Date, Actor: d.actor, What: what, Why: why, FileID: d.file.ID, Payload: payload,
	})
}

// save stores the case as it is now: one insert, or one conditional update.
func (c *casework) save() error {
	c.SetDue(c.rules(), c.Calendar)
	if err := c.Check(); err != nil {
		return err
	}
	if c.fresh {
		return c.saveFresh()
	}
	if same(c.before, c.Case) {
		return nil
	}
	if err := c.tx.UpdateCase(c.before, &c.Case); err != nil {
		return fmt.Errorf("case %s: %w", c.No, err)
	}
	c.before = c.Case
	return nil
}

func (c *casework) saveFresh() error {
	if err := c.tx.InsertCase(&c.Case); err != nil {
		return err
	}
	c.fresh, c.before = false, c.Case
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

// retrack gives the case the tracks of its forms and parts.
func (c *casework) retrack() error {
	forms, err := c.tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	parts, err := c.tx.RemittancesByCase(c.No)
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

// setForm moves a form along its track.
func (d *desk) setForm(f *exchange.Form, to exchange.FormTrack) error {
	if !exchange.CanForm(f.Side, f.Track, to) {
		return fmt.Errorf("form %s: %s to %s: %w", f.No, f.Track, to, exchange.ErrNotAllowed)
	}
	before := *f
	f.Track = to
	return d.tx.UpdateForm(before, *f)
}

// setMoney moves a part of a remittance along its track.
func (d *desk) setMoney(r *exchange.Remittance, to exchange.MoneyTrack, change func(*exchange.Remittance)) error {
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
	return d.tx.UpdateRemittance(before, *r)
}

// send queues a record for a party.
func (d *desk) send(party, caseNo string, rec any) error {
	o, err := d.encoded(party, caseNo, rec)
	if err != nil {
		return err
	}
	return d.tx.InsertOutgoing(o)
}

// encoded is a record as it waits for a party.
func (d *desk) encoded(party, caseNo string, rec any) (o exchange.Outgoing, err error) {
	kind, ok := kindOf(rec)
	if !ok {
		return o, fmt.Errorf("no kind of batch has %T", rec)
	}
	var rows batch.Rows
	if err := d.encoder(kind).Append(&rows, rec); err != nil {
		return o, fmt.Errorf("%s for %s: %w", kind.Name, party, err)
	}
	if to, ok := d.party(party); ok && to.Encoding == string(batch.GB18030) && to.Carrier != string(batch.Workbook) {
		if err := batch.CanEncode(batch.GB18030, rows.Bytes); err != nil {
			return o, fmt.Errorf("%s for %s: %w", kind.Name, party, err)
		}
	}
	return exchange.Outgoing{
		Party: party, Kind: kind.Name, RecordNo: kind.RecordNo(rec), CaseNo: caseNo,
		Rows: rows.Bytes, RowCount: rows.Count, Amount: rows.Amount,
	}, nil
}

// send queues a record of the case. One with a character that the party's
// encoding cannot hold is not sent: the case waits for an officer.
func (c *casework) send(party, caseNo string, rec any) error {
	o, err := c.encoded(party, caseNo, rec)
	if err == nil {
		return c.then(func() error { return c.tx.InsertOutgoing(o) })
	}
	if !errors.Is(err, batch.ErrUnencodable) {
		return err
	}
	kind, _ := kindOf(rec)
	text := "含有对方编码无法表示的字符，" + kind.Title.ZH + "不能发往 " + party
	if _, err := c.Next(exchange.Hold); err == nil || c.State == exchange.Held {
		if err := c.hold(code.HoldOfficersDecision, text); err != nil {
			return err
		}
	}
	return c.difference("file", party, caseNo, kind.Name+" "+kind.RecordNo(rec), "not sent", batch.ErrUnencodable.Error())
}

// encoder returns the desk's encoder of a kind.
func (d *desk) encoder(k *batch.Kind) *batch.Encoder {
	if d.encoders == nil {
		d.encoders = map[string]*batch.Encoder{}
	}
	if d.encoders[k.Name] == nil {
		d.encoders[k.Name] = batch.NewEncoder(k)
	}
	return d.encoders[k.Name]
}

var kinds = formats.Kinds()

func kindOf(rec any) (*batch.Kind, bool) {
	for _, k := range kinds {
		if k.RowOf(rec) != nil {
			return k, true
		}
	}
	return nil, false
}

// head begins a ledger entry about the case.
func (c *casework) head(memo string) ledger.Head {
	return ledger.Head{Date: int(c.Date), CaseNo: c.No, Partner: c.Partner, Memo: memo}
}

// book adds an entry to the ledger; one that moves nothing is not kept.
func (d *desk) book(e ledger.Entry) error {
	if e.Empty() {
		return nil
	}
	return d.tx.Book(e)
}

// notFound makes an absence a plain no.
func notFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

func some(f money.Fen) batch.Maybe[money.Fen] { return batch.Some(f) }
