package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

const (
	payeeColumns = "case_no, payee_id, relation, num, den, doc"
	queryColumns = "query_no, side, party, case_no, state, asked_on, doc"
)

var (
	putPayee    = insertInto("payees", payeeColumns) + " ON CONFLICT (case_no, payee_id) DO UPDATE SET " + setExcluded(payeeColumns)
	selectPayee = "SELECT " + payeeColumns + " FROM payees "
	insertQuery = insertInto("queries", queryColumns)
	updateQuery = "UPDATE queries SET " + setAll(queryColumns) + " WHERE query_no = $1"
	selectQuery = "SELECT " + queryColumns + " FROM queries "
)

// payeeDoc is what of a payee is only read together with it.
type payeeDoc struct {
	LetterNo string           `json:"letter_no"`
	IDNo     string           `json:"id_no"`
	Name     string           `json:"name"`
	Account  exchange.Account `json:"account"`
	Evidence string           `json:"evidence"`
}

func scanPayee(r row, p *exchange.Payee) error {
	var doc []byte
	if err := r.Scan(&p.CaseNo, &p.PayeeID, &p.Relation, &p.ShareNum, &p.ShareDen, &doc); err != nil {
		return err
	}
	var d payeeDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("payee of case %s: %w", p.CaseNo, err)
	}
	p.LetterNo, p.IDNo, p.Name, p.Account, p.Evidence = d.LetterNo, d.IDNo, d.Name, d.Account, d.Evidence
	return nil
}

// PutPayee stores who receives money of a case; the same payee again replaces.
func (tx *Tx) PutPayee(p exchange.Payee) error {
	doc, err := json.Marshal(&payeeDoc{LetterNo: p.LetterNo, IDNo: p.IDNo, Name: p.Name, Account: p.Account, Evidence: p.Evidence})
	if err != nil {
		return fmt.Errorf("payee of case %s: %w", p.CaseNo, err)
	}
	return tx.run("payee of case "+p.CaseNo, putPayee, p.CaseNo, p.PayeeID, p.Relation, int64(p.ShareNum), int64(p.ShareDen), string(doc))
}

// Payees returns who receives money of a case.
func (tx *Tx) Payees(caseNo string) ([]exchange.Payee, error) {
	return many(tx, "payees of case "+caseNo, scanPayee, selectPayee+"WHERE case_no = $1 ORDER BY payee_id", caseNo)
}

// queryDoc is what of a query is only read together with it.
type queryDoc struct {
	Answers  string        `json:"answers,omitempty"`
	LetterNo string        `json:"letter_no,omitempty"`
	FormNo   string        `json:"form_no,omitempty"`
	CertNo   string        `json:"certificate_no,omitempty"`
	About    string        `json:"about"`
	Ours     string        `json:"ours,omitempty"`
	Theirs   string        `json:"theirs,omitempty"`
	Text     string        `json:"text"`
	DueOn    calendar.Date `json:"due_on,omitempty"`
	Echo     string        `json:"echo,omitempty"`
}

func queryArgs(q *exchange.Query) ([]any, error) {
	doc, err := json.Marshal(&queryDoc{
		Answers: q.Answers, LetterNo: q.LetterNo, FormNo: q.FormNo, CertNo: q.CertNo, About: q.About,
		Ours: q.Ours, Theirs: q.Theirs, Text: q.Text, DueOn: q.DueOn, Echo: q.Echo,
	})
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", q.No, err)
	}
	return []any{q.No, q.Side, q.Party, ref(q.CaseNo), q.State, q.AskedOn.String(), string(doc)}, nil
}

func scanQuery(r row, q *exchange.Query) error {
	var doc []byte
	if err := r.Scan(&q.No, &q.Side, &q.Party, optional[string]{&q.CaseNo}, &q.State, &q.AskedOn, &doc); err != nil {
		return err
	}
	var d queryDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("query %s: %w", q.No, err)
	}
	q.Answers, q.LetterNo, q.FormNo, q.CertNo, q.About = d.Answers, d.LetterNo, d.FormNo, d.CertNo, d.About
	q.Ours, q.Theirs, q.Text, q.DueOn, q.Echo = d.Ours, d.Theirs, d.Text, d.DueOn, d.Echo
	return nil
}

// InsertQuery stores a query, sent or received.
func (tx *Tx) InsertQuery(q exchange.Query) error {
	args, err := queryArgs(&q)
	if err != nil {
		return err
	}
	return tx.run("query "+q.No, insertQuery, args...)
}

// Query returns a query by its number.
func (tx *Tx) Query(no string) (exchange.Query, error) {
	return one(tx, "query "+no, scanQuery, selectQuery+"WHERE query_no = $1", no)
}

// QueriesOpen returns the open queries that we sent ("sent") or got ("received").
func (tx *Tx) QueriesOpen(side string) ([]exchange.Query, error) {
	return many(tx, "open queries", scanQuery, selectQuery+"WHERE side = $1 AND state = 'open' ORDER BY query_no", side)
}

// QueriesByCase returns the queries about a case, as asked.
func (tx *Tx) QueriesByCase(caseNo string) ([]exchange.Query, error) {
	return many(tx, "queries of case "+caseNo, scanQuery, selectQuery+"WHERE case_no = $1 ORDER BY asked_on, query_no", caseNo)
}

// UpdateQuery changes a query; ErrStale when it is not there.
func (tx *Tx) UpdateQuery(q exchange.Query) error {
	args, err := queryArgs(&q)
	if err != nil {
		return err
	}
	return tx.change("query "+q.No, updateQuery, args...)
}
