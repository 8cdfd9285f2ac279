package story

import (
	"encoding/json"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/batch"
	"carryover/jobs/office"
)

// Paid is an attempt to pay, alone or in a lump sum.
type Paid struct {
	exchange.Payment
	Share   money.Fen // what of it is the case's that is told of; of no case all of it
	Persons int
}

// paid is a payment as a case tells it; of no case, caseNo is empty.
func paid(p exchange.Payment, caseNo string) Paid {
	row := Paid{Payment: p, Persons: len(p.Items)}
	for _, it := range p.Items {
		if it.CaseNo == caseNo {
			row.Share = it.Amount
		}
	}
	if len(p.Items) == 0 || caseNo == "" { // a refund
		row.Share = p.Amount
	}
	return row
}

// caseReader fills a case's story from the store.
type caseReader struct {
	*office.Office
	tx   *store.Tx
	c    exchange.Case
	into *Case
}

// rows makes rows of a story from a list of the store. It takes and returns the
// list's error, so that a read is one line.
func rows[T, R any](list []T, err error, row func(T) R) ([]R, error) {
	out := make([]R, 0, len(list))
	for _, x := range list {
		out = append(out, row(x))
	}
	return out, err
}

// read reads every list of the case.
func (t caseReader) read() error {
	for _, list := range []func() error{
		func() (err error) { t.into.Forms, err = t.tx.FormsByCase(t.c.No); return err },
		func() (err error) { t.into.Parts, err = t.tx.RemittancesByCase(t.c.No); return err },
		func() (err error) { t.into.Entries, err = t.tx.BankEntriesByCase(t.c.No); return err },
		func() (err error) { t.into.Postings, err = t.tx.PostingsByCase(t.c.No); return err },
		func() (err error) { t.into.Queries, err = t.tx.QueriesByCase(t.c.No); return err },
		func() (err error) { t.into.Payees, err = t.tx.Payees(t.c.No); return err },
		t.payments, t.ofLetter, t.events, t.files,
	} {
		if err := list(); err != nil {
			return err
		}
	}
	return nil
}

func (t caseReader) payments() error {
	list, err := t.tx.PaymentsByCase(t.c.No)
	t.into.Payments, err = rows(list, err, func(p exchange.Payment) Paid { return paid(p, t.c.No) })
	return err
}

// ofLetter reads what hangs on the letter's number, once there is one.
func (t caseReader) ofLetter() (err error) {
	if t.c.LetterNo == "" {
		return nil
	}
	if t.into.Letters, err = t.tx.Letters(t.c.LetterNo); err != nil {
		return err
	}
	t.into.Advices, err = t.tx.AdvicesByLetter(t.c.LetterNo)
	return err
}

func (t caseReader) events() error {
	list, err := t.tx.JournalOf(t.c.No)
	t.into.Events, err = rows(list, err, event)
	return err
}

// event is an event as a story tells it.
func event(v exchange.JournalEvent) Event {
	e := Event{JournalEvent: v, Technical: slices.Contains(technicalEvents(), v.What)}
	if json.Valid(v.Payload) {
		e.Facts = v.Payload
	}
	return e
}

// files are those that brought the case's events and those that carried its
// records away. It runs after events, whose files it lists.
func (t caseReader) files() error {
	var ids []int64
	for _, v := range t.into.Events {
		ids = append(ids, v.FileID)
	}
	sent, err := t.tx.OutgoingByCase(t.c.No)
	if err != nil {
		return err
	}
	for _, o := range sent {
		ids = append(ids, o.FileID)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id == 0 {
			continue
		}
		f, err := t.tx.File(id)
		if err != nil {
			return err
		}
		l, err := listedFile(t.Office, t.tx, f)
		if err != nil {
			return err
		}
		t.into.Files = append(t.into.Files, l)
	}
	return nil
}

// ListedFile is a file as lists and other stories name it, with when it came into its
// state: what came when it was fetched, what was sent when it was put into the drop, what
// has its receipt when that came. What is never receipted is just sent.
type ListedFile struct {
	exchange.File
	State   Code
	StateAt time.Time
}

func listedFile(o *office.Office, tx *store.Tx, f exchange.File) (ListedFile, error) {
	state := Code{string(f.State), Word(o, "file-state", string(f.State))}
	if f.State == exchange.FileSent && !expectsReceipt(f) {
		state.Word = o.Say("已发送", "sent")
	}
	l := ListedFile{f, state, f.At}
	switch {
	case f.State == exchange.FileSent:
		l.StateAt = f.SentAt
	case f.Dir == exchange.Out && f.Receipt != 0:
		r, err := tx.File(f.Receipt)
		l.StateAt = r.At
		return l, err
	}
	return l, nil
}

// expectsReceipt reports whether files of this kind and party get a receipt: batches
// between agencies do, what lies in an officer's folder does not.
func expectsReceipt(f exchange.File) bool {
	_, staff := exchange.OfficerOf(f.Party)
	return !staff && office.Receipted(f.Kind) && batch.Find(office.Kinds, f.Kind) != nil
}
