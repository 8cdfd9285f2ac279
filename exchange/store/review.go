package store

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/store/shape"
)

var reviewRows = keep("reviews", func(r *exchange.Reviewed) []field {
	return []field{
		at("file_id", &r.FileID), at("sha256", &r.SHA256), at("officer", &r.Officer), at("full_name", &r.FullName), at("roles", shape.ListOf(&r.Roles)), at("verdict", &r.Verdict),
		at("reason", &r.Reason), at("on_date", &r.On), at("at", shape.MomentOf(&r.At)),
	}
}, nil)

// InsertReview stores what an officer said about a batch; the same about the
// same content again is ErrConstraint.
func (tx *Tx) InsertReview(r exchange.Reviewed) error {
	return reviewRows.add(tx, "review by "+r.Officer, &r)
}

// Reviews returns what officers said about a batch, in the order in which
// they said it.
func (tx *Tx) Reviews(fileID int64) ([]exchange.Reviewed, error) {
	return reviewRows.many(tx, fmt.Sprintf("reviews of file %d", fileID), "WHERE file_id = $1 ORDER BY id", fileID)
}
