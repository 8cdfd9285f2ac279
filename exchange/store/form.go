package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

const formColumns = "form_no, version, case_no, side, nature, letter_no, track, is_current, money, principal, interest, amount, credited, months_credited, months_overlapping, issued_on, received_on, posted_on, told, sent_back, doc"

var (
	insertForm = insertInto("forms", formColumns)
	updateForm = "UPDATE forms SET " + setAll(formColumns) + " WHERE form_no = $1 AND version = $2 AND track = $22 AND is_current = $23"
	selectForm = "SELECT " + formColumns + " FROM forms "
)

// formDoc is what of a form is only read together with it.
type formDoc struct {
	OfForm        string           `json:"of_form,omitempty"`
	LetterVersion int              `json:"letter_version"`
	Person        exchange.Person  `json:"person"`
	IDKey         string           `json:"id_key"`
	NameKey       string           `json:"name_key"`
	PersonalNo    string           `json:"personal_no,omitempty"`
	Scheme        string           `json:"scheme,omitempty"`
	EndedOn       calendar.Date    `json:"ended_on,omitempty"`
	FirstMonth    calendar.Month   `json:"first_month,omitempty"`
	PaidTo        calendar.Month   `json:"paid_to,omitempty"`
	AccountOpened calendar.Month   `json:"account_opened,omitempty"`
	Actual        int              `json:"actual"`
	Backpaid      int              `json:"backpaid"`
	Deemed        int              `json:"deemed"`
	Gap           int              `json:"gap"`
	Arrears       money.Fen        `json:"arrears,omitempty"`
	Part          int              `json:"part"`
	PaymentRef    string           `json:"payment_ref,omitempty"`
	Payer         exchange.Account `json:"payer"`
	Remark        string           `json:"remark,omitempty"`
	Clerk         string           `json:"clerk,omitempty"`
	Checker       string           `json:"checker,omitempty"`
	Stays         []exchange.Stay  `json:"stays,omitempty"`
	Echo          string           `json:"echo,omitempty"`
}

func formArgs(f *exchange.Form) ([]any, error) {
	doc, err := json.Marshal(&formDoc{
		OfForm: f.OfForm, LetterVersion: f.LetterVersion, Person: f.Person, IDKey: f.Person.IDKey, NameKey: f.Person.NameKey,
		PersonalNo: f.PersonalNo, Scheme: f.Scheme, EndedOn: f.EndedOn, FirstMonth: f.FirstMonth, PaidTo: f.PaidTo, AccountOpened: f.AccountOpened,
		Actual: f.Actual, Backpaid: f.Backpaid, Deemed: f.Deemed, Gap: f.Gap, Arrears: f.Arrears, Part: f.Part, PaymentRef: f.PaymentRef,
		Payer: f.Payer, Remark: f.Remark, Clerk: f.Clerk, Checker: f.Checker, Stays: f.Stays, Echo: f.Echo,
	})
	if err != nil {
		return nil, fmt.Errorf("form %s: %w", f.No, err)
	}
	return []any{
		f.No, int64(f.Version), f.CaseNo, string(f.Side), f.Nature, f.LetterNo, string(f.Track), bit(f.Current), f.Money,
		int64(f.Principal), int64(f.Interest), int64(f.Amount), int64(f.Credited), int64(f.MonthsCredited), int64(f.MonthsOverlapping),
		f.IssuedOn.String(), f.ReceivedOn.String(), f.PostedOn.String(), f.LastCompletion, int64(f.SentBack), string(doc),
	}, nil
}

func scanForm(r row, f *exchange.Form) error {
	var doc []byte
	var current int64
	if err := r.Scan(
		&f.No, &f.Version, &f.CaseNo, (*string)(&f.Side), &f.Nature, &f.LetterNo, (*string)(&f.Track), &current, &f.Money,
		(*int64)(&f.Principal), (*int64)(&f.Interest), (*int64)(&f.Amount), (*int64)(&f.Credited), &f.MonthsCredited, &f.MonthsOverlapping,
		&f.IssuedOn, &f.ReceivedOn, &f.PostedOn, &f.LastCompletion, (*int64)(&f.SentBack), &doc,
	); err != nil {
		return err
	}
	var d formDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("form %s: %w", f.No, err)
	}
	f.Current = current == 1
	f.Person = d.Person
	f.Person.IDKey, f.Person.NameKey = d.IDKey, d.NameKey
	f.OfForm, f.LetterVersion, f.PersonalNo, f.Scheme = d.OfForm, d.LetterVersion, d.PersonalNo, d.Scheme
	f.EndedOn, f.FirstMonth, f.PaidTo, f.AccountOpened = d.EndedOn, d.FirstMonth, d.PaidTo, d.AccountOpened
	f.Actual, f.Backpaid, f.Deemed, f.Gap, f.Arrears = d.Actual, d.Backpaid, d.Deemed, d.Gap, d.Arrears
	f.Part, f.PaymentRef, f.Payer, f.Remark = d.Part, d.PaymentRef, d.Payer, d.Remark
	f.Clerk, f.Checker, f.Stays, f.Echo = d.Clerk, d.Checker, d.Stays, d.Echo
	return nil
}

// InsertForm stores one version of a form. Only one version of a form_no may
// be current: the one before is taken back first.
func (tx *Tx) InsertForm(f exchange.Form) error {
	args, err := formArgs(&f)
	if err != nil {
		return err
	}
	return tx.run("form "+f.No, insertForm, args...)
}

// UpdateForm changes a version of a form that still has before's track and
// is, or is not, current as before; else ErrStale.
func (tx *Tx) UpdateForm(before, after exchange.Form) error {
	args, err := formArgs(&after)
	if err != nil {
		return err
	}
	return tx.change("form "+after.No, updateForm, append(args, string(before.Track), bit(before.Current))...)
}

// Form returns one version of a form.
func (tx *Tx) Form(no string, version int) (exchange.Form, error) {
	return one(tx, "form "+no, scanForm, selectForm+"WHERE form_no = $1 AND version = $2", no, int64(version))
}

// FormsByCase returns all versions of all forms of a case, by form and version.
func (tx *Tx) FormsByCase(caseNo string) ([]exchange.Form, error) {
	return many(tx, "forms of case "+caseNo, scanForm, selectForm+"WHERE case_no = $1 ORDER BY form_no, version", caseNo)
}

// FormsByLetter returns all versions of all forms that answer a letter.
func (tx *Tx) FormsByLetter(letterNo string) ([]exchange.Form, error) {
	return many(tx, "forms of letter "+letterNo, scanForm,
		selectForm+"WHERE case_no IN (SELECT case_no FROM letters WHERE letter_no = $1) AND letter_no = $1 ORDER BY form_no, version", letterNo)
}
