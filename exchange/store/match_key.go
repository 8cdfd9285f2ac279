package store

import "carryover/exchange"

// KeepMatchKeys notes the keys under which an entry that belongs to nobody may be
// matched later.
func (tx *Tx) KeepMatchKeys(entryKey string, marks []string) error {
	for _, m := range marks {
		err := tx.run("mark "+m, "INSERT INTO entry_marks (entry_key, mark, again) VALUES ($1, $2, 0) ON CONFLICT (entry_key, mark) DO UPDATE SET again = 0", entryKey, m)
		if err != nil {
			return err
		}
	}
	return nil
}

// DropMatchKeys forgets the keys of a credit that is matched, or paid back.
func (tx *Tx) DropMatchKeys(entryKey string) error {
	return tx.any("marks of "+entryKey, "DELETE FROM entry_marks WHERE entry_key = $1", entryKey)
}

// RequeueMatching lets every entry with a key be tried again: what the key names
// has become known.
func (tx *Tx) RequeueMatching(mark string) error {
	return tx.any("mark "+mark, "UPDATE entry_marks SET again = 1 WHERE mark = $1", mark)
}

// entriesToRetry looks at no more of those that are to be tried again than are
// asked for, however many there are.
const entriesToRetry = "WHERE entry_key IN (SELECT m.entry_key FROM entry_marks AS m JOIN bank_entries AS e ON e.entry_key = m.entry_key AND e.state = 'unmatched'" +
	" WHERE m.again = 1 ORDER BY m.entry_key LIMIT $1) ORDER BY entry_key"

// EntriesToRetry returns unmatched entries that are to be tried again, at most
// limit (fewer when some have several keys), by key; none when there are none.
func (tx *Tx) EntriesToRetry(limit int) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "bank entries to be matched again", entriesToRetry, int64(limit))
}
