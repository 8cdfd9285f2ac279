package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
)

const decisionColumns = "digest, action, subject, case_no, officer, role, decided_on, fingerprint, doc"

var (
	insertDecision = insertInto("decisions", decisionColumns) + " ON CONFLICT (digest) DO NOTHING"
	selectDecision = "SELECT id, " + decisionColumns + " FROM decisions "
)

// decisionDoc is what of a decision is only read together with it.
type decisionDoc struct {
	Args      map[string]string `json:"args,omitempty"`
	Reason    string            `json:"reason"`
	Text      string            `json:"text"`
	Signature string            `json:"signature,omitempty"`
	Row       string            `json:"row,omitempty"`
	FileID    int64             `json:"file_id,omitempty"`
}

func scanDecision(r row, d *exchange.Recorded) error {
	var doc []byte
	if err := r.Scan(&d.ID, &d.Digest, &d.Action, &d.Subject, optional[string]{&d.CaseNo}, &d.Officer, (*string)(&d.Role), &d.On, &d.Fingerprint, &doc); err != nil {
		return err
	}
	var x decisionDoc
	if err := json.Unmarshal(doc, &x); err != nil {
		return fmt.Errorf("decision %d: %w", d.ID, err)
	}
	d.Args, d.Reason, d.Text, d.Signature, d.Row, d.FileID = x.Args, x.Reason, x.Text, x.Signature, x.Row, x.FileID
	return nil
}

// InsertDecision stores a decision; ErrDuplicate when it was taken before.
func (tx *Tx) InsertDecision(d exchange.Recorded) error {
	doc, err := json.Marshal(&decisionDoc{Args: d.Args, Reason: d.Reason, Text: d.Text, Signature: d.Signature, Row: d.Row, FileID: d.FileID})
	if err != nil {
		return fmt.Errorf("decision: %w", err)
	}
	n, err := tx.exec(insertDecision, d.Digest, d.Action, d.Subject, ref(d.CaseNo), d.Officer, string(d.Role), d.On.String(), d.Fingerprint, string(doc))
	if err == nil && n == 0 {
		err = ErrDuplicate
	}
	if err != nil {
		return fmt.Errorf("decision: %w", err)
	}
	return nil
}

// DecisionByDigest returns the decision that was taken with the same words.
func (tx *Tx) DecisionByDigest(digest string) (exchange.Recorded, error) {
	return one(tx, "decision", scanDecision, selectDecision+"WHERE digest = $1", digest)
}

// DecisionsAbout returns what was decided about a subject by an action, oldest first.
func (tx *Tx) DecisionsAbout(subject, action string) ([]exchange.Recorded, error) {
	return many(tx, "decisions about "+subject, scanDecision, selectDecision+"WHERE subject = $1 AND action = $2 ORDER BY id", subject, action)
}

// LastDecision returns the latest decision about a subject.
func (tx *Tx) LastDecision(subject string) (exchange.Recorded, error) {
	return one(tx, "decision about "+subject, scanDecision, selectDecision+"WHERE subject = $1 ORDER BY id DESC LIMIT 1", subject)
}

// DecisionsByCase returns everything that was decided about a case, oldest first.
func (tx *Tx) DecisionsByCase(caseNo string) ([]exchange.Recorded, error) {
	return many(tx, "decisions of case "+caseNo, scanDecision, selectDecision+"WHERE case_no = $1 ORDER BY id", caseNo)
}

// DecisionsBy returns everything that an officer decided, oldest first.
func (tx *Tx) DecisionsBy(officer string) ([]exchange.Recorded, error) {
	return many(tx, "decisions of "+officer, scanDecision, selectDecision+"WHERE officer = $1 ORDER BY id", officer)
}
