package store

import (
	"fmt"

	"carryover/exchange"
)

const lookColumns = "party, name, size, mod_time, first_seen, seen_at, file_id, after"

var (
	putLook    = insertInto("looks", lookColumns) + " ON CONFLICT (party, name) DO UPDATE SET " + setExcluded(lookColumns)
	selectLook = "SELECT " + lookColumns + " FROM looks "
)

func scanLook(r row, l *exchange.Look) error {
	var mod, seen int64
	err := r.Scan(&l.Party, &l.Name, &l.Size, &mod, &l.FirstSeen, &seen, optional[int64]{&l.FileID}, &l.After)
	l.ModTime, l.SeenAt = instant(mod), instant(seen)
	return err
}

// Look returns what was last seen of a name in a party's drop.
func (tx *Tx) Look(party, name string) (exchange.Look, error) {
	return one(tx, "look at "+name, scanLook, selectLook+"WHERE party = $1 AND name = $2", party, name)
}

// PutLook stores what was seen of a name; it replaces the look before.
func (tx *Tx) PutLook(l exchange.Look) error {
	return tx.run("look at "+l.Name, putLook, l.Party, l.Name, l.Size, micros(l.ModTime), l.FirstSeen.String(), micros(l.SeenAt), ref(l.FileID), l.After)
}

// DeleteLook forgets a name that is not in the drop any more.
func (tx *Tx) DeleteLook(party, name string) error {
	if _, err := tx.exec("DELETE FROM looks WHERE party = $1 AND name = $2", party, name); err != nil {
		return fmt.Errorf("look at %s: %w", name, err)
	}
	return nil
}

// Looks returns all looks at a party's drop, by name.
func (tx *Tx) Looks(party string) ([]exchange.Look, error) {
	return many(tx, "looks at "+party, scanLook, selectLook+"WHERE party = $1 ORDER BY name", party)
}
