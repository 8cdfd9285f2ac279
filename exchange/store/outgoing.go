package store

import (
	"cmp"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

var outgoingRows = keep("outgoing", func(o *exchange.Outgoing) []field {
	return []field{
		at("id", &o.ID), at("party", &o.Party), at("kind", &o.Kind), at("record_no", &o.RecordNo), at("case_no", shape.OptionalOf(&o.CaseNo)), at("encoded", &o.Rows),
		at("row_count", &o.RowCount), at("amount", (*int64)(&o.Amount)), at("file_id", shape.OptionalOf(&o.FileID)),
	}
}, nil)

var outgoingByRecord = byKey(outgoingRows, "file_id IS NOT NULL AND record_no", func(a, b *exchange.Outgoing) int { return cmp.Compare(a.ID, b.ID) },
	func(o *exchange.Outgoing) any { return o.RecordNo })

// InsertOutgoing queues a record for a party, in the transaction of what made it.
func (tx *Tx) InsertOutgoing(o exchange.Outgoing) error {
	return outgoingRows.add(tx, "outgoing "+o.RecordNo, &o)
}

// Waiting counts the records of a kind that wait for a party.
type Waiting struct {
	Party, Kind string
	Records     int
	Open        bool // a batch of them waits for review, or was sent back
}

// WaitingOutgoing lists for whom records wait, by party and kind.
func (tx *Tx) WaitingOutgoing() ([]Waiting, error) {
	return many(tx, "waiting records", func(r row, w *Waiting) error {
		return r.Scan(&w.Party, &w.Kind, &w.Records, &w.Open)
	}, `SELECT party, kind, count(*), EXISTS (SELECT 1 FROM files WHERE files.party = outgoing.party AND files.kind = outgoing.kind AND files.state IN ('review', 'returned'))
		FROM outgoing WHERE file_id IS NULL GROUP BY party, kind ORDER BY party, kind`)
}

// EachOutgoingFor calls fn for every record of a kind that waits for a party,
// in the order in which they were queued, page by page.
func (tx *Tx) EachOutgoingFor(party, kind string, fn func(exchange.Outgoing) error) error {
	return pages(func(last *exchange.Outgoing) ([]exchange.Outgoing, error) {
		return outgoingRows.many(tx, "waiting records", "WHERE file_id IS NULL AND party = $1 AND kind = $2 AND id > $3 ORDER BY id"+sqltext.AtMost(pageSize), party, kind, last.ID)
	}, singly(fn))
}

// AssignOutgoing puts the waiting records of a party and kind up to an ID
// into a batch. They must be as many as the batch has records: on PostgreSQL
// one with a smaller ID may have been committed since they were read, and
// then it is ErrStale and the batch must be made again.
func (tx *Tx) AssignOutgoing(party, kind string, upToID, fileID int64, records int) error {
	n, err := tx.exec("UPDATE outgoing SET file_id = $4 WHERE file_id IS NULL AND party = $1 AND kind = $2 AND id <= $3", party, kind, upToID, fileID)
	if err == nil && n != int64(records) {
		err = fmt.Errorf("%d records wait instead of %d: %w", n, records, ErrStale)
	}
	if err != nil {
		return fmt.Errorf("assign %s for %s: %w", kind, party, err)
	}
	return nil
}

// ready are the waiting records of a kind under review that may go into a
// batch: not those of a case that waits for an officer's decision, because a
// batch was sent back for it.
const ready = "WHERE file_id IS NULL AND party = $1 AND kind = $2 AND NOT EXISTS (SELECT 1 FROM cases c" +
	" WHERE c.case_no = outgoing.case_no AND c.state = 'held' AND c.hold = 'officers-decision')"

// CountReady counts the records of a kind under review that may go into a
// batch for a party.
func (tx *Tx) CountReady(party, kind string) (int, error) {
	n, err := tx.number("ready records", "SELECT count(*) FROM outgoing "+ready, party, kind)
	return int(n), err
}

// EachReadyFor is EachOutgoingFor for a kind under review.
func (tx *Tx) EachReadyFor(party, kind string, fn func(exchange.Outgoing) error) error {
	return pages(func(last *exchange.Outgoing) ([]exchange.Outgoing, error) {
		return outgoingRows.many(tx, "ready records", ready+" AND id > $3 ORDER BY id"+sqltext.AtMost(pageSize), party, kind, last.ID)
	}, singly(fn))
}

// AssignReady is AssignOutgoing for a kind under review.
func (tx *Tx) AssignReady(party, kind string, upToID, fileID int64, records int) error {
	n, err := tx.exec("UPDATE outgoing SET file_id = $4 "+ready+" AND id <= $3", party, kind, upToID, fileID)
	if err == nil && n != int64(records) {
		err = fmt.Errorf("%d records are ready instead of %d: %w", n, records, ErrStale)
	}
	if err != nil {
		return fmt.Errorf("assign %s for %s: %w", kind, party, err)
	}
	return nil
}

// FreeOutgoing lets the records of a batch wait again: it was sent back, and
// never left. They must be as many as the batch had, else ErrStale.
func (tx *Tx) FreeOutgoing(fileID int64, records int) error {
	n, err := tx.exec("UPDATE outgoing SET file_id = NULL WHERE file_id = $1", fileID)
	if err == nil && n != int64(records) {
		err = fmt.Errorf("%d records instead of %d: %w", n, records, ErrStale)
	}
	if err != nil {
		return fmt.Errorf("free the records of file %d: %w", fileID, err)
	}
	return nil
}

// RewriteOutgoing gives a record of a batch that has not left other content;
// one whose content or batch is not before's is ErrStale.
func (tx *Tx) RewriteOutgoing(before, after exchange.Outgoing) error {
	return tx.change("outgoing "+after.RecordNo, "UPDATE outgoing SET encoded = $4 WHERE id = $1 AND file_id = $2 AND encoded = $3",
		before.ID, before.FileID, before.Rows, after.Rows)
}

// EachOutgoingByFile calls fn for every record of a batch, in its order, page by page.
func (tx *Tx) EachOutgoingByFile(fileID int64, fn func(exchange.Outgoing) error) error {
	return tx.OutgoingPages(fileID, singly(fn))
}

// OutgoingPages is EachOutgoingByFile with a page at a time.
func (tx *Tx) OutgoingPages(fileID int64, fn func([]exchange.Outgoing) error) error {
	return pages(func(last *exchange.Outgoing) ([]exchange.Outgoing, error) {
		return outgoingRows.many(tx, "records of a batch", "WHERE file_id = $1 AND id > $2 ORDER BY id"+sqltext.AtMost(pageSize), fileID, last.ID)
	}, fn)
}

// OutgoingByCase returns all records that were made for a case, as queued.
func (tx *Tx) OutgoingByCase(caseNo string) ([]exchange.Outgoing, error) {
	return outgoingRows.many(tx, "outgoing records of case "+caseNo, "WHERE case_no = $1 ORDER BY id", caseNo)
}
