package story

import (
	"encoding/json"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats/batch"
	"carryover/jobs/office"
)

// AccountRow is a bank account.
type AccountRow struct {
	Holder string `json:"holder"`
	Bank   string `json:"bank"`
	No     string `json:"account_no"`
	CNAPS  string `json:"cnaps"`
}

// LetterRow is a version of the contact letter.
type LetterRow struct {
	No            string        `json:"letter_no"`
	Version       int           `json:"version"`
	Date          calendar.Date `json:"letter_date"`
	ReceivedOn    calendar.Date `json:"received_on"` // or issued on
	CertificateNo string        `json:"certificate_no,omitempty"`
	AccountMoves  bool          `json:"account_moves"`
	Account       AccountRow    `json:"account"`
}

// FormRow is a version of an information form; amounts in yuan.
type FormRow struct {
	No                string        `json:"form_no"`
	Version           int           `json:"version"`
	Current           bool          `json:"current"`
	Nature            string        `json:"nature"`
	NatureWord        string        `json:"nature_word"`
	Track             string        `json:"track"`
	TrackWord         string        `json:"track_word"`
	Money             string        `json:"money"`
	MoneyWord         string        `json:"money_word"`
	Principal         string        `json:"principal"`
	Interest          string        `json:"interest"`
	Amount            string        `json:"amount"`
	Months            int           `json:"months"` // actual, back-paid and deemed together
	Gap               int           `json:"months_gap"`
	IssuedOn          calendar.Date `json:"issued_on"`
	ReceivedOn        calendar.Date `json:"received_on"`
	Credited          string        `json:"credited"`
	MonthsCredited    int           `json:"months_credited"`
	MonthsOverlapping int           `json:"months_overlapping"`
	PostedOn          calendar.Date `json:"posted_on"`
	LastCompletion    string        `json:"told,omitempty"` // outcome of the last completion sent or received for this version
}

// PartRow is a part of the remittance.
type PartRow struct {
	Part      int           `json:"part"`
	FormNo    string        `json:"form_no,omitempty"`
	Amount    string        `json:"amount"`
	Received  string        `json:"received"`
	Track     string        `json:"track"`
	TrackWord string        `json:"track_word"`
	To        string        `json:"to,omitempty"` // partner | person
	ToWord    string        `json:"to_word,omitempty"`
	Attempts  int           `json:"attempts"`
	Ref       string        `json:"payment_ref,omitempty"`
	Since     calendar.Date `json:"since"`
	Reason    string        `json:"reason,omitempty"`
}

// PaymentRow is an attempt to pay, alone or in a lump sum.
type PaymentRow struct {
	Ref       string        `json:"payment_ref"`
	Amount    string        `json:"amount"` // of the whole payment
	Share     string        `json:"share"`  // what of it is this case's
	Persons   int           `json:"persons"`
	Payee     AccountRow    `json:"payee"`
	Track     string        `json:"track"`
	TrackWord string        `json:"track_word"`
	ValueOn   calendar.Date `json:"value_on"`
	BankRef   string        `json:"bank_ref,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	FileID    int64         `json:"file_id,omitempty"`
}

// AdviceRow is a remittance advice, sent or received.
type AdviceRow struct {
	Ref     string        `json:"payment_ref"`
	Side    exchange.Side `json:"side"`
	Amount  string        `json:"amount"`
	ValueOn calendar.Date `json:"value_on"`
	Reason  string        `json:"reason,omitempty"`
}

// EntryRow is an entry of the bank matched to the case.
type EntryRow struct {
	Key         string        `json:"key"`
	BookedOn    calendar.Date `json:"booked_on"`
	Credit      bool          `json:"credit"`
	Amount      string        `json:"amount"`
	Counterpart string        `json:"counterpart"`
	Text        string        `json:"text"`
	State       string        `json:"state"`
}

// PostingRow is something asked of the core.
type PostingRow struct {
	No        string        `json:"posting_no"`
	Row       string        `json:"row"`
	RowWord   string        `json:"row_word"`
	FormNo    string        `json:"form_no,omitempty"`
	Version   int           `json:"form_version,omitempty"`
	State     string        `json:"state"`
	StateWord string        `json:"state_word"`
	Amount    string        `json:"amount"`
	Months    int           `json:"months"`
	Reason    string        `json:"reason,omitempty"`
	QueuedOn  calendar.Date `json:"queued_on"`
	DoneOn    calendar.Date `json:"done_on"`
}

// QueryRow is a question between the agencies, or its answer.
type QueryRow struct {
	No        string        `json:"query_no"`
	Side      string        `json:"side"` // sent | received
	SideWord  string        `json:"side_word"`
	Answers   string        `json:"answers,omitempty"`
	About     string        `json:"about"`
	AboutWord string        `json:"about_word"`
	Text      string        `json:"text"`
	AskedOn   calendar.Date `json:"asked_on"`
	DueOn     calendar.Date `json:"due_on"`
	State     string        `json:"state"`
	StateWord string        `json:"state_word"`
}

// PayeeRow is who receives money that goes to the person or the heirs.
type PayeeRow struct {
	Name         string     `json:"name"`
	Relation     string     `json:"relation"`
	RelationWord string     `json:"relation_word"`
	Account      AccountRow `json:"account"`
}

// FileRow is a file that carried the case.
type FileRow struct {
	ID          int64         `json:"id"`
	Dir         exchange.Side `json:"dir"`
	Party       string        `json:"party"`
	Kind        string        `json:"kind"`
	KindWord    string        `json:"kind_word"`
	Name        string        `json:"name"`
	State       string        `json:"state"`
	StateWord   string        `json:"state_word"`
	Verdict     string        `json:"verdict,omitempty"`
	VerdictWord string        `json:"verdict_word,omitempty"`
	Signer      string        `json:"signer,omitempty"` // fingerprint of the key that signed it
	At          time.Time     `json:"at"`
}

// caseReader fills a case's story from the store: a method for each list of Case.
// A list without rows is empty, never nil, so that JSON has [] and not null.
type caseReader struct {
	*office.Office
	tx   *store.Tx
	c    exchange.Case
	into *Case
}

func accountRow(a exchange.Account) AccountRow { return AccountRow{a.Holder, a.Bank, a.No, a.CNAPS} }

// rows makes rows of a story from a list of the store; none is an empty list. It
// takes and returns the list's error, so that a read is one line.
func rows[T, R any](list []T, err error, row func(T) R) ([]R, error) {
	out := make([]R, 0, len(list))
	for _, x := range list {
		out = append(out, row(x))
	}
	return out, err
}

func (t caseReader) letters() (err error) {
	var list []exchange.Letter
	if t.c.LetterNo != "" {
		list, err = t.tx.Letters(t.c.LetterNo)
	}
	t.into.Letters, err = rows(list, err, func(l exchange.Letter) LetterRow {
		return LetterRow{l.No, l.Version, l.Date, l.ReceivedOn, l.CertificateNo, l.AccountMoves, accountRow(l.Account)}
	})
	return err
}

func (t caseReader) forms() (err error) {
	list, err := t.tx.FormsByCase(t.c.No)
	t.into.Forms, err = rows(list, err, func(f exchange.Form) FormRow {
		return FormRow{
			No: f.No, Version: f.Version, Current: f.Current, Nature: f.Nature, NatureWord: code.Natures().Word(f.Nature, t.CodeLang()),
			Track: string(f.Track), TrackWord: t.Word(exchange.FormTerms(f.Side), string(f.Track)),
			Money: f.Money, MoneyWord: code.MoneyKinds().Word(f.Money, t.CodeLang()),
			Principal: f.Principal.String(), Interest: f.Interest.String(), Amount: f.Amount.String(), Months: f.Actual + f.Backpaid + f.Deemed, Gap: f.Gap,
			IssuedOn: f.IssuedOn, ReceivedOn: f.ReceivedOn, Credited: f.Credited.String(), MonthsCredited: f.MonthsCredited,
			MonthsOverlapping: f.MonthsOverlapping, PostedOn: f.PostedOn, LastCompletion: f.LastCompletion,
		}
	})
	return err
}

func (t caseReader) parts() (err error) {
	list, err := t.tx.RemittancesByCase(t.c.No)
	t.into.Parts, err = rows(list, err, func(r exchange.Remittance) PartRow {
		return PartRow{
			Part: r.Part, FormNo: r.FormNo, Amount: r.Amount.String(), Received: r.Received.String(), Track: string(r.Track),
			TrackWord: t.Word(exchange.MoneyTerms(r.Side), string(r.Track)), To: r.To, ToWord: t.paidTo(r), Attempts: r.Attempts,
			Ref: r.Ref, Since: r.Since, Reason: t.Words(r.Reason),
		}
	})
	return err
}

// paidTo says that a part goes to the person; to the partner is what everybody expects.
func (t caseReader) paidTo(r exchange.Remittance) string {
	if r.To != exchange.ToPerson {
		return ""
	}
	return t.Say("付给参保人或继承人", "paid to the person or heirs")
}

func (t caseReader) payments() (err error) {
	list, err := t.tx.PaymentsByCase(t.c.No)
	t.into.Payments, err = rows(list, err, func(p exchange.Payment) PaymentRow {
		row := PaymentRow{
			Ref: p.Ref, Amount: p.Amount.String(), Persons: len(p.Items), Payee: accountRow(p.Payee), Track: string(p.Track),
			TrackWord: t.Word(exchange.MoneyTerms(exchange.Out), string(p.Track)), ValueOn: p.ValueOn, BankRef: p.BankRef, Reason: t.Words(p.Reason), FileID: p.FileID,
		}
		for _, it := range p.Items {
			if it.CaseNo == t.c.No {
				row.Share = it.Amount.String()
			}
		}
		if len(p.Items) == 0 { // a refund
			row.Share = row.Amount
		}
		return row
	})
	return err
}

func (t caseReader) advices() (err error) {
	var list []exchange.Advice
	if t.c.LetterNo != "" {
		list, err = t.tx.AdvicesByLetter(t.c.LetterNo)
	}
	t.into.Advices, err = rows(list, err, func(a exchange.Advice) AdviceRow {
		return AdviceRow{a.Ref, a.Side, a.Amount.String(), a.ValueOn, a.Reason}
	})
	return err
}

func (t caseReader) entries() (err error) {
	list, err := t.tx.BankEntriesByCase(t.c.No)
	t.into.Entries, err = rows(list, err, func(b exchange.BankEntry) EntryRow {
		return EntryRow{b.Key, b.BookedOn, b.Credit, b.Amount.String(), b.Counterpart, b.Text, b.State}
	})
	return err
}

func (t caseReader) postings() (err error) {
	list, err := t.tx.PostingsByCase(t.c.No)
	t.into.Postings, err = rows(list, err, func(p exchange.Posting) PostingRow {
		row := PostingRow{
			No: p.No, Row: p.Row, RowWord: code.PostingRows().Word(p.Row, t.CodeLang()), FormNo: p.FormNo, Version: p.FormVersion,
			State: p.State, StateWord: t.Word(postingStates(), p.State), Amount: p.Amount.String(), Months: p.Months, QueuedOn: p.QueuedOn, DoneOn: p.DoneOn,
		}
		if p.State == exchange.PostingRefused {
			row.Reason = p.Code + " " + p.Text
		}
		return row
	})
	return err
}

// postingStates lists the states of postings with their words.
func postingStates() []exchange.Term {
	return []exchange.Term{
		{Code: exchange.PostingQueued, Chinese: "待记账", English: "queued"},
		{Code: exchange.PostingDone, Chinese: "已记账", English: "done"},
		{Code: exchange.PostingRefused, Chinese: "被拒绝", English: "refused"},
		{Code: exchange.PostingUndone, Chinese: "已撤销", English: "undone"},
	}
}

func (t caseReader) queries() (err error) {
	list, err := t.tx.QueriesByCase(t.c.No)
	t.into.Queries, err = rows(list, err, func(q exchange.Query) QueryRow {
		return QueryRow{
			q.No, q.Side, t.Word(queryTerms(), q.Side), q.Answers, q.About, code.Abouts().Word(q.About, t.CodeLang()), q.Text, q.AskedOn, q.DueOn,
			q.State, t.Word(queryTerms(), q.State),
		}
	})
	return err
}

// queryTerms are the ways and states of queries with their words.
func queryTerms() []exchange.Term {
	return []exchange.Term{
		{Code: "sent", Chinese: "发出", English: "sent"},
		{Code: "received", Chinese: "收到", English: "received"},
		{Code: "open", Chinese: "待答复", English: "open"},
		{Code: "answered", Chinese: "已答复", English: "answered"},
		{Code: "closed", Chinese: "已了结", English: "closed"},
	}
}

func (t caseReader) payees() (err error) {
	list, err := t.tx.Payees(t.c.No)
	t.into.Payees, err = rows(list, err, func(p exchange.Payee) PayeeRow {
		return PayeeRow{p.Name, p.Relation, code.Relations().Word(p.Relation, t.CodeLang()), accountRow(p.Account)}
	})
	return err
}

func (t caseReader) events() (err error) {
	list, err := t.tx.JournalOf(t.c.No)
	technical := technicalEvents()
	t.into.Events, err = rows(list, err, func(v exchange.JournalEvent) Event {
		var facts json.RawMessage
		if json.Valid(v.Payload) {
			facts = v.Payload
		}
		return Event{
			N: v.N, On: v.On, At: v.At, Actor: v.Actor, ActorWord: t.ActorWord(v.Actor), What: v.What, WhatWord: t.Word(office.EventTerms(), v.What),
			Why: v.Why, WhyWord: t.Words(v.Why), Technical: slices.Contains(technical, v.What), FileID: v.FileID, Facts: facts,
		}
	})
	return err
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
	t.into.Files = []FileRow{}
	for _, id := range slices.Compact(ids) {
		if id == 0 {
			continue
		}
		f, err := t.tx.File(id)
		if err != nil {
			return err
		}
		t.into.Files = append(t.into.Files, FileRowOf(t.Office, f))
	}
	return nil
}

// FileRowOf is a file as a story names it.
func FileRowOf(o *office.Office, f exchange.File) FileRow {
	return FileRow{
		ID: f.ID, Dir: f.Dir, Party: f.Party, Kind: f.Kind, KindWord: o.Word(exchange.FileKindTerms(), f.Kind), Name: f.Name,
		State: string(f.State), StateWord: fileWord(o, f), Verdict: string(f.Verdict),
		VerdictWord: code.FileVerdicts().Word(string(f.Verdict), o.CodeLang()), Signer: f.Signer, At: f.At.In(o.Agency.Zone),
	}
}

// fileWord is a file's state in words; what is never receipted is just sent.
func fileWord(o *office.Office, f exchange.File) string {
	if f.State == exchange.FileSent && !expectsReceipt(f) {
		return o.Say("已发送", "sent")
	}
	return o.Word(exchange.FileStateTerms(), string(f.State))
}

// expectsReceipt reports whether files of this kind and party get a receipt: batches
// between agencies do, what lies in an officer's folder does not.
func expectsReceipt(f exchange.File) bool {
	_, staff := exchange.OfficerOf(f.Party)
	return !staff && office.Receipted(f.Kind) && batch.Find(office.Kinds, f.Kind) != nil
}
