package store

import (
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store/shape"
)

var (
	signatureRows = keep("signatures", func(s *exchange.Signature) []field {
		return []field{
			at("file_id", &s.FileID), at("officer", &s.Officer), at("roles", shape.ListOf(&s.Roles)), at("at", shape.MomentOf(&s.At)), at("on_date", &s.On),
			at("fingerprint", &s.Fingerprint), at("armored", &s.Armored),
		}
	}, nil).prove(proof[exchange.Signature]{keys: 2, chain: func(*exchange.Signature) string { return exchange.AgencyChain }, kind: exchange.AgencyChain})
	settingsRows = keep("money_settings", func(m *exchange.MoneySettings) []field {
		return []field{
			at("n", &m.N), at("sha256", &m.SHA256), at("state", &m.State), at("since", &m.Since), at("file_id", shape.OptionalOf(&m.FileID)),
		}
	}, func(m *exchange.MoneySettings) []field {
		return []field{
			at("text", &m.Text), at("signers", &m.Signers), at("officers", &m.Officers), at("recovery", &m.Recovery), at("kind", &m.Kind), at("form", &m.Form),
			at("sections", &m.Sections), at("valid_from", &m.ValidFrom), at("order", &m.Order), at("until", &m.Until),
			at("signed", &m.Signed),
		}
	}).prove(proof[exchange.MoneySettings]{keys: 1, chain: func(*exchange.MoneySettings) string { return exchange.AgencyChain }, kind: exchange.AgencyChain})
)

var updateSettings = settingsRows.update("n = $1 AND state = $7")

// InsertSignature stores an officer's signature; a second one of the same
// officer, or with the same key, on the same file is ErrDuplicate.
func (tx *Tx) InsertSignature(s exchange.Signature) error {
	return signatureRows.add(tx, "signature of "+s.Officer, &s)
}

// Signatures returns the signatures on a file in the order in which they came.
func (tx *Tx) Signatures(fileID int64) ([]exchange.Signature, error) {
	return signatureRows.many(tx, fmt.Sprintf("signatures of file %d", fileID), "WHERE file_id = $1 ORDER BY at, officer", fileID)
}

// Deciders returns who decided about the payments of a payment file, or with 0 about the
// ordered ones in none yet, in the order of exchange.CompareDeciders.
func (tx *Tx) Deciders(fileID int64) ([]exchange.Decider, error) {
	which, args := "p.file_id = $1", []any{fileID}
	if fileID == 0 {
		which, args = unfiled, nil
	}
	list, err := many(tx, "deciders", func(r row, d *exchange.Decider) error {
		return r.Scan(&d.Ref, &d.Officer, &d.About, &d.What)
	}, strings.ReplaceAll(deciders, "WHICH", which), args...)
	slices.SortFunc(list, exchange.CompareDeciders)
	return slices.Compact(list), err
}

const unfiled = "p.track = 'ordered' AND p.file_id IS NULL"

const deciders = `SELECT p.ref, substr(j.actor, 9), j.chain, j.what FROM payments p JOIN payment_items i ON i.ref = p.ref JOIN journal j ON j.chain = i.case_no
		WHERE WHICH AND j.actor LIKE 'officer:%'
	UNION ALL SELECT p.ref, substr(j.actor, 9), j.chain, j.what FROM payments p JOIN refunds r ON r.ref = p.ref AND r.ref <> '' JOIN journal j ON j.chain = r.case_no
		WHERE WHICH AND j.actor LIKE 'officer:%'
	UNION ALL SELECT p.ref, d.officer, d.subject, 'decided_' || d.action FROM payments p JOIN refunds r ON r.ref = p.ref AND r.ref <> ''
		JOIN decisions d ON d.subject = r.entry_key OR r.case_no IS NULL AND d.subject IN (p.partner || ' ' || p.value_on, p.payee_no || ' ' || p.value_on) WHERE WHICH`

// InsertMoneySettings stores money settings.
func (tx *Tx) InsertMoneySettings(m exchange.MoneySettings) error {
	return settingsRows.add(tx, fmt.Sprintf("money settings %d", m.N), &m)
}

// MoneySettings returns all of them, by number: every one that was approved, waits or was
// withdrawn.
func (tx *Tx) MoneySettings() ([]exchange.MoneySettings, error) {
	return settingsRows.many(tx, "money settings", "ORDER BY n")
}

// SettingsSignatures returns the signatures on the texts of money settings, in the order in
// which they came.
func (tx *Tx) SettingsSignatures() ([]exchange.Signature, error) {
	return signatureRows.many(tx, "signatures of money settings", "WHERE file_id IN (SELECT file_id FROM money_settings) ORDER BY at, officer")
}

// UpdateMoneySettings writes what became of money settings, else ErrStale: their state was
// not the one before.
func (tx *Tx) UpdateMoneySettings(before, after exchange.MoneySettings) error {
	return settingsRows.change(tx, fmt.Sprintf("money settings %d", before.N), updateSettings, &before, &after, before.State)
}
