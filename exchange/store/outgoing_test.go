package store

import (
	"carryover/exchange"
	"carryover/exchange/store/sqltext"
)

// OutgoingFor returns at most limit (0: all) records of a kind that wait for a
// party, those queued after an ID.
func (tx *Tx) OutgoingFor(party, kind string, afterID int64, limit int) ([]exchange.Outgoing, error) {
	const waiting = "WHERE file_id IS NULL AND party = $1 AND kind = $2 AND id > $3 ORDER BY id"
	if limit == 0 {
		return outgoingRows.many(tx, "waiting records", waiting, party, kind, afterID)
	}
	return outgoingRows.many(tx, "waiting records", waiting+sqltext.AtMost(limit), party, kind, afterID)
}

// OutgoingByFile returns all records of a batch, in its order.
func (tx *Tx) OutgoingByFile(fileID int64) (all []exchange.Outgoing, err error) {
	err = tx.EachOutgoingByFile(fileID, func(o exchange.Outgoing) error {
		all = append(all, o)
		return nil
	})
	return all, err
}
