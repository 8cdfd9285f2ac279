package store

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/sqltext"
)

var (
	postingRows = keep("postings", func(p *exchange.Posting) []field {
		return []field{
			at("posting_no", &p.No), at("case_no", &p.CaseNo), at("posting_row", &p.Row), at("undoes", &p.Undoes), at("form_no", &p.FormNo), at("form_version", &p.FormVersion),
			at("part", &p.Part), at("state", &p.State), at("principal", (*int64)(&p.Principal)), at("interest", (*int64)(&p.Interest)), at("amount", (*int64)(&p.Amount)),
			at("months", &p.Months), at("code", &p.Code), at("words", &p.Text), at("queued_on", &p.QueuedOn), at("done_on", &p.DoneOn), at("registry_digest", &p.Registry),
		}
	}, nil).prove(proof[exchange.Posting]{keys: 1, chain: func(p *exchange.Posting) string { return p.CaseNo }, by: "case_no"})
	updatePosting  = postingRows.update("posting_no = $1 AND state = $18")
	postingsByCase = byKey(postingRows, "case_no", func(a, b *exchange.Posting) int { return strings.Compare(a.No, b.No) },
		func(p *exchange.Posting) any { return p.CaseNo }).kept()
)

// InsertPosting stores a posting.
func (tx *Tx) InsertPosting(p exchange.Posting) error {
	return postingRows.add(tx, "posting "+p.No, &p)
}

// Posting returns a posting by its number.
func (tx *Tx) Posting(no string) (exchange.Posting, error) {
	return postingRows.one(tx, "posting "+no, "WHERE posting_no = $1", no)
}

// EachPostingFrom calls fn for the postings of an area that were numbered on a day or later, by number.
func (tx *Tx) EachPostingFrom(area string, on calendar.Date, fn func(exchange.Posting) error) error {
	return pages(func(last *exchange.Posting) ([]exchange.Posting, error) {
		return postingRows.many(tx, "postings", "WHERE posting_no > $1 AND posting_no >= $2 AND posting_no < $3 ORDER BY posting_no"+sqltext.AtMost(pageSize),
			last.No, "P"+area+on.Compact(), "P"+area+":")
	}, singly(fn))
}

// PostingsByCase returns the postings of a case, by number.
func (tx *Tx) PostingsByCase(caseNo string) ([]exchange.Posting, error) {
	return postingsByCase.of(tx, "postings of case "+caseNo, caseNo)
}

// UpdatePosting changes a posting that is still in before's state, else ErrStale.
func (tx *Tx) UpdatePosting(before, after exchange.Posting) error {
	return postingRows.change(tx, "posting "+after.No, updatePosting, &before, &after, before.State)
}
