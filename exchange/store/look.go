package store

import (
	"carryover/exchange"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

var (
	lookRows = keep("looks", func(l *exchange.Look) []field {
		return []field{
			at("party", &l.Party), at("name", &l.Name), at("size", &l.Size), at("mod_time", shape.MomentOf(&l.ModTime)), at("first_seen", &l.FirstSeen),
			at("seen_at", shape.MomentOf(&l.SeenAt)), at("file_id", shape.OptionalOf(&l.FileID)), at("after", &l.After), at("tries", &l.Tries),
		}
	}, nil)
	putLook = lookRows.insert + " ON CONFLICT (party, name) DO UPDATE SET " + sqltext.SetExcluded(lookRows.names)
)

// Look returns what was last seen of a name in a party's drop.
func (tx *Tx) Look(party, name string) (exchange.Look, error) {
	return lookRows.one(tx, "look at "+name, "WHERE party = $1 AND name = $2", party, name)
}

// PutLook stores what was seen of a name; it replaces the look before.
func (tx *Tx) PutLook(l exchange.Look) error {
	return tx.run("look at "+l.Name, putLook, lookRows.args(&l)...)
}

// DeleteLook forgets a name that is not in the drop any more.
func (tx *Tx) DeleteLook(party, name string) error {
	return tx.any("look at "+name, "DELETE FROM looks WHERE party = $1 AND name = $2", party, name)
}

// Looks returns all looks at all drops, by party and name.
func (tx *Tx) Looks() ([]exchange.Look, error) {
	return lookRows.many(tx, "looks", "ORDER BY party, name")
}
