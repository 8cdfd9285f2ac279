package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

const letterColumns = "letter_no, version, case_no, side, letter_date, id_key, from_agency, to_agency, received_on, doc"

var (
	insertLetter = insertInto("letters", letterColumns)
	selectLetter = "SELECT " + letterColumns + " FROM letters "
)

// letterDoc is what of a letter is only read together with it.
type letterDoc struct {
	AcceptedOn    calendar.Date    `json:"accepted_on,omitempty"`
	CertificateNo string           `json:"certificate_no,omitempty"`
	Person        exchange.Person  `json:"person"`
	NameKey       string           `json:"name_key"`
	Household     string           `json:"household,omitempty"`
	SchemeFrom    string           `json:"scheme_from"`
	SchemeTo      string           `json:"scheme_to"`
	EnrolledFrom  calendar.Month   `json:"enrolled_from,omitempty"`
	OldPersonalNo string           `json:"old_personal_no,omitempty"`
	AccountMoves  bool             `json:"account_moves"`
	Account       exchange.Account `json:"account"`
	Remark        string           `json:"remark,omitempty"`
	Echo          string           `json:"echo,omitempty"`
}

func scanLetter(r row, l *exchange.Letter) error {
	var doc []byte
	var key string
	if err := r.Scan(&l.No, &l.Version, &l.CaseNo, (*string)(&l.Side), &l.Date, &key, &l.From, &l.To, &l.ReceivedOn, &doc); err != nil {
		return err
	}
	var d letterDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("letter %s: %w", l.No, err)
	}
	l.Person = d.Person
	l.Person.IDKey, l.Person.NameKey = key, d.NameKey
	l.AcceptedOn, l.CertificateNo, l.Household, l.SchemeFrom, l.SchemeTo = d.AcceptedOn, d.CertificateNo, d.Household, d.SchemeFrom, d.SchemeTo
	l.EnrolledFrom, l.OldPersonalNo, l.AccountMoves, l.Account, l.Remark, l.Echo = d.EnrolledFrom, d.OldPersonalNo, d.AccountMoves, d.Account, d.Remark, d.Echo
	return nil
}

// InsertLetter stores one version of a letter.
func (tx *Tx) InsertLetter(l exchange.Letter) error {
	doc, err := json.Marshal(&letterDoc{
		AcceptedOn: l.AcceptedOn, CertificateNo: l.CertificateNo, Person: l.Person, NameKey: l.Person.NameKey,
		Household: l.Household, SchemeFrom: l.SchemeFrom, SchemeTo: l.SchemeTo, EnrolledFrom: l.EnrolledFrom,
		OldPersonalNo: l.OldPersonalNo, AccountMoves: l.AccountMoves, Account: l.Account, Remark: l.Remark, Echo: l.Echo,
	})
	if err != nil {
		return fmt.Errorf("letter %s: %w", l.No, err)
	}
	return tx.run("letter "+l.No, insertLetter, l.No, int64(l.Version), l.CaseNo, string(l.Side), l.Date.String(),
		l.Person.IDKey, l.From, l.To, l.ReceivedOn.String(), string(doc))
}

// Letter returns one version of a letter.
func (tx *Tx) Letter(no string, version int) (exchange.Letter, error) {
	return one(tx, "letter "+no, scanLetter, selectLetter+"WHERE letter_no = $1 AND version = $2", no, int64(version))
}

// CurrentLetter returns the latest version of a letter.
func (tx *Tx) CurrentLetter(no string) (exchange.Letter, error) {
	return one(tx, "letter "+no, scanLetter, selectLetter+"WHERE letter_no = $1 ORDER BY version DESC LIMIT 1", no)
}

// Letters returns all versions of a letter, the first one first.
func (tx *Tx) Letters(no string) ([]exchange.Letter, error) {
	return many(tx, "letter "+no, scanLetter, selectLetter+"WHERE letter_no = $1 ORDER BY version", no)
}
