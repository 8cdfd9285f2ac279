package store

import "carryover/exchange"

const postingColumns = "posting_no, case_no, posting_row, undoes, form_no, form_version, part, state, principal, interest, amount, months, code, words, queued_on, done_on, registry_digest"

var (
	insertPosting = insertInto("postings", postingColumns)
	updatePosting = "UPDATE postings SET " + setAll(postingColumns) + " WHERE posting_no = $1 AND state = $18"
	selectPosting = "SELECT " + postingColumns + " FROM postings "
)

func postingArgs(p *exchange.Posting) []any {
	return []any{
		p.No, p.CaseNo, p.Row, p.Undoes, p.FormNo, int64(p.FormVersion), int64(p.Part), p.State, int64(p.Principal), int64(p.Interest),
		int64(p.Amount), int64(p.Months), p.Code, p.Text, p.QueuedOn.String(), p.DoneOn.String(), p.Registry,
	}
}

func scanPosting(r row, p *exchange.Posting) error {
	return r.Scan(
		&p.No, &p.CaseNo, &p.Row, &p.Undoes, &p.FormNo, &p.FormVersion, &p.Part, &p.State, (*int64)(&p.Principal), (*int64)(&p.Interest),
		(*int64)(&p.Amount), &p.Months, &p.Code, &p.Text, &p.QueuedOn, &p.DoneOn, &p.Registry,
	)
}

// InsertPosting stores a posting.
func (tx *Tx) InsertPosting(p exchange.Posting) error {
	return tx.run("posting "+p.No, insertPosting, postingArgs(&p)...)
}

// Posting returns a posting by its number.
func (tx *Tx) Posting(no string) (exchange.Posting, error) {
	return one(tx, "posting "+no, scanPosting, selectPosting+"WHERE posting_no = $1", no)
}

// PostingsByCase returns the postings of a case, by number.
func (tx *Tx) PostingsByCase(caseNo string) ([]exchange.Posting, error) {
	return many(tx, "postings of case "+caseNo, scanPosting, selectPosting+"WHERE case_no = $1 ORDER BY posting_no", caseNo)
}

// UpdatePosting changes a posting that is still in before's state, else ErrStale.
func (tx *Tx) UpdatePosting(before, after exchange.Posting) error {
	return tx.change("posting "+after.No, updatePosting, append(postingArgs(&after), before.State)...)
}
