package store

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
)

var (
	signatureRows = keep("signatures", func(s *exchange.Signature) []field {
		return []field{
			at("file_id", &s.FileID), at("officer", &s.Officer), at("roles", roles{&s.Roles}), at("at", moment{&s.At}), at("on_date", &s.On),
			at("fingerprint", &s.Fingerprint), at("armored", &s.Armored),
		}
	}, nil)
	settingsRows = keep("money_settings", func(m *exchange.MoneySettings) []field {
		return []field{
			at("n", &m.N), at("sha256", &m.SHA256), at("state", &m.State), at("since", &m.Since), at("file_id", optional[int64]{&m.FileID}),
		}
	}, func(m *exchange.MoneySettings) []field {
		return []field{at("text", &m.Text), at("signers", &m.Signers), at("officers", &m.Officers)}
	})
)

// roles are those of an officer in a column.
type roles struct{ of *[]exchange.Role }

// Value implements driver.Valuer.
func (r roles) Value() (driver.Value, error) {
	texts := make([]string, len(*r.of))
	for i, role := range *r.of {
		texts[i] = string(role)
	}
	return strings.Join(texts, ","), nil
}

// Scan implements sql.Scanner.
func (r roles) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("cannot read roles from %T", src)
	}
	for _, role := range strings.Split(text, ",") {
		*r.of = append(*r.of, exchange.Role(role))
	}
	return nil
}

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

// MoneySettings returns the newest money settings in a state; none: ErrNotFound.
func (tx *Tx) MoneySettings(state string) (exchange.MoneySettings, error) {
	return settingsRows.one(tx, "money settings "+state, "WHERE state = $1 ORDER BY n DESC LIMIT 1", state)
}

// CurrentMoneySettings are the newest settings that were approved and those that
// wait for signatures; nil for none.
func (tx *Tx) CurrentMoneySettings() (approved, waiting *exchange.MoneySettings, err error) {
	both, err := settingsRows.many(tx, "money settings", "WHERE state = 'waiting' OR n = (SELECT max(n) FROM money_settings WHERE state = 'approved')")
	for i := range both {
		if both[i].State == exchange.SettingsApproved {
			approved = &both[i]
		} else {
			waiting = &both[i]
		}
	}
	return approved, waiting, err
}

// MoneySettingsOf returns the money settings that a file asks to sign.
func (tx *Tx) MoneySettingsOf(fileID int64) (exchange.MoneySettings, error) {
	return settingsRows.one(tx, fmt.Sprintf("money settings of file %d", fileID), "WHERE file_id = $1", fileID)
}

// LastMoneySettings is the highest running number; none: 0.
func (tx *Tx) LastMoneySettings() (int64, error) {
	return tx.number("money settings", "SELECT COALESCE(max(n), 0) FROM money_settings")
}

// EndMoneySettings approves or voids settings that waited, else ErrStale.
func (tx *Tx) EndMoneySettings(n int64, state string) error {
	return tx.change(fmt.Sprintf("money settings %d", n), "UPDATE money_settings SET state = $2 WHERE n = $1 AND state = 'waiting'", n, state)
}
