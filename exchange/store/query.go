package store

import (
	"carryover/exchange"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

var (
	payeeRows = keep("payees", func(p *exchange.Payee) []field {
		return []field{at("case_no", &p.CaseNo), at("payee_id", &p.PayeeID), at("relation", &p.Relation), at("num", &p.ShareNum), at("den", &p.ShareDen)}
	}, func(p *exchange.Payee) []field {
		return []field{at("letter_no", &p.LetterNo), at("id_no", &p.IDNo), at("name", &p.Name), at("account", &p.Account), at("evidence", &p.Evidence), at("from_core,omitempty", &p.FromCore), at("rival,omitzero", &p.Rival)}
	})
	putPayee  = payeeRows.insert + " ON CONFLICT (case_no, payee_id) DO UPDATE SET " + sqltext.SetExcluded(payeeRows.names)
	queryRows = keep("queries", func(q *exchange.Query) []field {
		return []field{
			at("query_no", &q.No), at("side", &q.Side), at("party", &q.Party), at("case_no", shape.OptionalOf(&q.CaseNo)), at("state", &q.State), at("asked_on", &q.AskedOn),
		}
	}, func(q *exchange.Query) []field {
		return []field{
			at("answers,omitempty", &q.Answers), at("letter_no,omitempty", &q.LetterNo), at("form_no,omitempty", &q.FormNo), at("certificate_no,omitempty", &q.CertNo),
			at("about", &q.About), at("ours,omitempty", &q.Ours), at("theirs,omitempty", &q.Theirs), at("text", &q.Text), at("due_on,omitempty", &q.DueOn), at("echo,omitempty", &q.Echo),
		}
	})
	updateQuery = queryRows.update("query_no = $1")
)

// PutPayee stores who receives money of a case; the same payee again replaces.
func (tx *Tx) PutPayee(p exchange.Payee) error {
	return tx.run("payee of case "+p.CaseNo, putPayee, payeeRows.args(&p)...)
}

// Payees returns who receives money of a case.
func (tx *Tx) Payees(caseNo string) ([]exchange.Payee, error) {
	return payeeRows.many(tx, "payees of case "+caseNo, "WHERE case_no = $1 ORDER BY payee_id", caseNo)
}

// InsertQuery stores a query, sent or received.
func (tx *Tx) InsertQuery(q exchange.Query) error {
	return queryRows.add(tx, "query "+q.No, &q)
}

// Query returns a query by its number.
func (tx *Tx) Query(no string) (exchange.Query, error) {
	return queryRows.one(tx, "query "+no, "WHERE query_no = $1", no)
}

// QueriesOpen returns the open queries that we sent ("sent") or got ("received").
func (tx *Tx) QueriesOpen(side string) ([]exchange.Query, error) {
	return queryRows.many(tx, "open queries", "WHERE side = $1 AND state = 'open' ORDER BY query_no", side)
}

// QueriesByCase returns the queries about a case, as asked.
func (tx *Tx) QueriesByCase(caseNo string) ([]exchange.Query, error) {
	return queryRows.many(tx, "queries of case "+caseNo, "WHERE case_no = $1 ORDER BY asked_on, query_no", caseNo)
}

// UpdateQuery changes a query; ErrStale when it is not there.
func (tx *Tx) UpdateQuery(q exchange.Query) error {
	return tx.change("query "+q.No, updateQuery, queryRows.args(&q)...)
}
