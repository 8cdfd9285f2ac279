package store

import (
	"cmp"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/shape"
)

var (
	decisionRows = keep("decisions", func(d *exchange.Recorded) []field {
		return []field{
			at("id", &d.ID), at("digest", &d.Digest), at("action", &d.Action), at("subject", &d.Subject), at("case_no", shape.OptionalOf(&d.CaseNo)),
			at("officer", &d.Officer), at("role", (*string)(&d.Role)), at("decided_on", &d.On), at("fingerprint", &d.Fingerprint),
		}
	}, func(d *exchange.Recorded) []field {
		return []field{
			at("args,omitempty", &d.Args), at("reason", &d.Reason), at("text", &d.Text), at("signature,omitempty", &d.Signature), at("row,omitempty", &d.Row),
			at("file_id,omitempty", &d.FileID),
		}
	}).prove(proof[exchange.Recorded]{keys: 1, chain: func(d *exchange.Recorded) string { return cmp.Or(d.CaseNo, exchange.AgencyChain) }, by: "case_no", rest: "case_no IS NULL"})
	insertDecision = decisionRows.insert + " ON CONFLICT (digest) DO NOTHING"
)

// InsertDecision stores a decision; ErrDuplicate when it was taken before.
func (tx *Tx) InsertDecision(d exchange.Recorded) error {
	n, err := tx.exec(insertDecision, decisionRows.args(&d)...)
	if err == nil && n == 0 {
		err = ErrDuplicate
	}
	if err != nil {
		return fmt.Errorf("decision: %w", err)
	}
	return tx.wait(unsent{Write: pending.Write{What: "decision", Args: decisionRows.args(&d)}, row: decisionRows.proved(nil, &d)})
}

// DecisionByDigest returns the decision that was taken with the same words.
func (tx *Tx) DecisionByDigest(digest string) (exchange.Recorded, error) {
	return decisionRows.one(tx, "decision", "WHERE digest = $1", digest)
}

// DecisionsAbout returns what was decided about a subject by an action, oldest first.
func (tx *Tx) DecisionsAbout(subject, action string) ([]exchange.Recorded, error) {
	return decisionRows.many(tx, "decisions about "+subject, "WHERE subject = $1 AND action = $2 ORDER BY id", subject, action)
}

// LastDecision returns the latest decision about a subject.
func (tx *Tx) LastDecision(subject string) (exchange.Recorded, error) {
	return decisionRows.one(tx, "decision about "+subject, "WHERE subject = $1 ORDER BY id DESC LIMIT 1", subject)
}

// DecisionsBy returns everything that an officer decided, oldest first.
func (tx *Tx) DecisionsBy(officer string) ([]exchange.Recorded, error) {
	return decisionRows.many(tx, "decisions of "+officer, "WHERE officer = $1 ORDER BY id", officer)
}
