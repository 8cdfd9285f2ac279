package store

import (
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store/casefilter"
)

// What lists of cases leave out.
type (
	CaseFilter = casefilter.Filter
	Ended      = casefilter.Ended
	Pressing   = casefilter.Pressing
)

// Cases lists cases.
func (tx *Tx) Cases(f CaseFilter) ([]exchange.Case, error) {
	text, args := f.Query()
	return caseRows.many(tx, "cases", text, args...)
}

// EachCase calls fn for every case of a filter, page by page, so that fn may
// use the transaction; f.Limit bounds the whole. A change of fn's to the state
// of a case that is still to come may not be seen.
func (tx *Tx) EachCase(f CaseFilter, fn func(exchange.Case) error) error {
	streams := streamsOf(f)
	size := max(pageSize/max(len(streams), 1), leastPage)
	if f.Limit > 0 {
		size = min(size, f.Limit)
	}
	if err := tx.fillAll(streams, size); err != nil {
		return err
	}
	for n := 0; f.Limit == 0 || n < f.Limit; n++ {
		next, err := tx.nextCase(streams, size)
		if next == nil || err != nil {
			return err
		}
		c := next.page[0]
		next.page, next.After = next.page[1:], c.No
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}

// fillAll fills several streams with one statement: most states have no case, and
// a walk finds that out more often than anything else.
func (tx *Tx) fillAll(streams []*caseStream, size int) error {
	if len(streams) < 2 {
		return nil
	}
	text, args := firstPages(streams, size)
	cases, err := caseRows.many(tx, "cases", text, args...)
	for _, s := range streams {
		for _, c := range cases {
			if c.Side == s.Side && c.State == s.States[0] {
				s.page = append(s.page, c)
			}
		}
		s.ended = len(s.page) < size
	}
	return err
}

// firstPages is the condition for the first cases of every stream, size of each.
func firstPages(streams []*caseStream, size int) (text string, args []any) {
	pages := make([]string, len(streams))
	for i, s := range streams {
		var where string
		s.Limit = size
		where, args = s.Query(args...)
		pages[i] = "SELECT case_no FROM (SELECT case_no FROM cases " + where + ") AS page" + strconv.Itoa(i)
	}
	return "WHERE case_no IN (" + strings.Join(pages, " UNION ALL ") + ") ORDER BY case_no", args
}

// nextCase is the stream whose next case is the first of all, or nil.
func (tx *Tx) nextCase(streams []*caseStream, size int) (next *caseStream, err error) {
	for _, s := range streams {
		if err := s.fill(tx, size); err != nil {
			return nil, err
		}
		if len(s.page) > 0 && (next == nil || s.page[0].No < next.page[0].No) {
			next = s
		}
	}
	return next, nil
}

// leastPage is how many cases a stream reads at a time at least.
const leastPage = 50

// caseStream is the cases of one state, in the order of the index. Several are
// merged: a page of all states at once would be answered by sorting everything
// that fits, again for every page.
type caseStream struct {
	CaseFilter
	page  []exchange.Case // read, and not taken yet
	ended bool
}

// fill reads the page behind the last case that was taken, which was the last of
// all streams then: one that has got this state since is not taken again.
func (s *caseStream) fill(tx *Tx, size int) (err error) {
	if len(s.page) > 0 || s.ended {
		return nil
	}
	s.Limit = size
	s.page, err = tx.Cases(s.CaseFilter)
	s.ended = len(s.page) < size
	return err
}

// streamsOf are the streams of a filter, one for each state that it leaves.
func streamsOf(f CaseFilter) (streams []*caseStream) {
	for _, one := range f.ByState() {
		streams = append(streams, &caseStream{CaseFilter: one})
	}
	return streams
}
