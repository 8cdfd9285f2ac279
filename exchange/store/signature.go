package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"carryover/exchange"
)

const (
	signatureColumns = "file_id, officer, roles, at, on_date, fingerprint, armored"
	settingsColumns  = "n, sha256, state, since, file_id, doc"
)

var (
	insertSignature = insertInto("signatures", signatureColumns)
	selectSignature = "SELECT " + signatureColumns + " FROM signatures "
	insertSettings  = insertInto("money_settings", settingsColumns)
	selectSettings  = "SELECT " + settingsColumns + " FROM money_settings "
)

// InsertSignature stores an officer's signature; a second one of the same
// officer, or with the same key, on the same file is ErrDuplicate.
func (tx *Tx) InsertSignature(s exchange.Signature) error {
	return tx.run("signature of "+s.Officer, insertSignature, s.FileID, s.Officer, rolesText(s.Roles), micros(s.At), s.On.String(), s.Fingerprint, s.Armored)
}

func scanSignature(r row, s *exchange.Signature) error {
	var at int64
	var roles string
	err := r.Scan(&s.FileID, &s.Officer, &roles, &at, &s.On, &s.Fingerprint, &s.Armored)
	s.At, s.Roles = instant(at), rolesIn(roles)
	return err
}

// rolesText is how the roles of an officer are stored.
func rolesText(roles []exchange.Role) string {
	texts := make([]string, len(roles))
	for i, r := range roles {
		texts[i] = string(r)
	}
	return strings.Join(texts, ",")
}

func rolesIn(text string) (roles []exchange.Role) {
	for _, role := range strings.Split(text, ",") {
		roles = append(roles, exchange.Role(role))
	}
	return roles
}

// Signatures returns the signatures on a file in the order in which they came.
func (tx *Tx) Signatures(fileID int64) ([]exchange.Signature, error) {
	return many(tx, fmt.Sprintf("signatures of file %d", fileID), scanSignature, selectSignature+"WHERE file_id = $1 ORDER BY at, officer", fileID)
}

// SignaturesOfPayment returns the signatures on the file of a payment.
func (tx *Tx) SignaturesOfPayment(ref string) ([]exchange.Signature, error) {
	return many(tx, "signatures of payment "+ref, scanSignature,
		selectSignature+"WHERE file_id = (SELECT file_id FROM payments WHERE ref = $1) ORDER BY at, officer", ref)
}

// DecidedIn returns what an officer has decided of a payment file: a case that
// it carries money of, and in whose journal the officer stands as the actor,
// or the credit that a refund in it pays back; none: ErrNotFound.
func (tx *Tx) DecidedIn(fileID int64, officer string) (string, error) {
	return one(tx, "decision of "+officer, func(r row, what *string) error { return r.Scan(what) },
		`SELECT i.case_no AS what FROM payments p JOIN payment_items i ON i.ref = p.ref JOIN journal j ON j.chain = i.case_no
			WHERE p.file_id = $1 AND j.actor = $2
		UNION SELECT r.case_no FROM payments p JOIN refunds r ON r.ref = p.ref JOIN journal j ON j.chain = r.case_no
			WHERE p.file_id = $1 AND j.actor = $2
		UNION SELECT d.subject FROM payments p JOIN refunds r ON r.ref = p.ref JOIN decisions d ON d.subject = r.entry_key
			WHERE p.file_id = $1 AND d.officer = $3
		ORDER BY 1 LIMIT 1`, fileID, exchange.OfficerParty(officer), officer)
}

// settingsDoc is what of money settings is only read together with them.
type settingsDoc struct {
	Text     string             `json:"text"`
	Signers  string             `json:"signers"`
	Officers []exchange.Officer `json:"officers"`
}

// InsertMoneySettings stores money settings.
func (tx *Tx) InsertMoneySettings(m exchange.MoneySettings) error {
	doc, err := json.Marshal(&settingsDoc{m.Text, m.Signers, m.Officers})
	if err != nil {
		return fmt.Errorf("money settings %d: %w", m.N, err)
	}
	return tx.run(fmt.Sprintf("money settings %d", m.N), insertSettings, m.N, m.SHA256, m.State, m.Since.String(), ref(m.FileID), string(doc))
}

func scanSettings(r row, m *exchange.MoneySettings) error {
	var doc []byte
	if err := r.Scan(&m.N, &m.SHA256, &m.State, &m.Since, optional[int64]{&m.FileID}, &doc); err != nil {
		return err
	}
	var d settingsDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("money settings %d: %w", m.N, err)
	}
	m.Text, m.Signers, m.Officers = d.Text, d.Signers, d.Officers
	return nil
}

// MoneySettings returns the newest money settings in a state; none: ErrNotFound.
func (tx *Tx) MoneySettings(state string) (exchange.MoneySettings, error) {
	return one(tx, "money settings "+state, scanSettings, selectSettings+"WHERE state = $1 ORDER BY n DESC LIMIT 1", state)
}

// MoneySettingsOf returns the money settings that a file asks to sign.
func (tx *Tx) MoneySettingsOf(fileID int64) (exchange.MoneySettings, error) {
	return one(tx, fmt.Sprintf("money settings of file %d", fileID), scanSettings, selectSettings+"WHERE file_id = $1", fileID)
}

// LastMoneySettings is the highest running number; none: 0.
func (tx *Tx) LastMoneySettings() (int64, error) {
	return tx.number("money settings", "SELECT COALESCE(max(n), 0) FROM money_settings")
}

// EndMoneySettings approves or voids settings that waited, else ErrStale.
func (tx *Tx) EndMoneySettings(n int64, state string) error {
	return tx.change(fmt.Sprintf("money settings %d", n), "UPDATE money_settings SET state = $2 WHERE n = $1 AND state = 'waiting'", n, state)
}
