package store

import (
	"fmt"

	"carryover/exchange"
)

const reviewColumns = "file_id, sha256, officer, full_name, roles, verdict, reason, on_date, at"

var (
	insertReview = insertInto("reviews", reviewColumns)
	selectReview = "SELECT " + reviewColumns + " FROM reviews "
)

// InsertReview stores what an officer said about a batch; the same about the
// same content again is ErrConstraint.
func (tx *Tx) InsertReview(r exchange.Reviewed) error {
	return tx.run("review by "+r.Officer, insertReview, r.FileID, r.SHA256, r.Officer, r.FullName, rolesText(r.Roles), r.Verdict, r.Reason,
		r.On.String(), micros(r.At))
}

// Reviews returns what officers said about a batch, in the order in which
// they said it.
func (tx *Tx) Reviews(fileID int64) ([]exchange.Reviewed, error) {
	return many(tx, fmt.Sprintf("reviews of file %d", fileID), func(r row, x *exchange.Reviewed) error {
		var at int64
		var roles string
		err := r.Scan(&x.FileID, &x.SHA256, &x.Officer, &x.FullName, &roles, &x.Verdict, &x.Reason, &x.On, &at)
		x.At, x.Roles = instant(at), rolesIn(roles)
		return err
	}, selectReview+"WHERE file_id = $1 ORDER BY id", fileID)
}
