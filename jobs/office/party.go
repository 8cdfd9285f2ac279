package office

import (
	"context"
	"time"

	"carryover/exchange"
	"carryover/exchange/drop"
)

// Role says what a party is to us: which files it may send, and what follows.
type Role string

// The roles of parties.
const (
	RoleCore    Role = "core"
	RolePortal  Role = "portal"
	RoleBank    Role = "bank"
	RolePartner Role = "partner"
	RoleOfficer Role = "officer" // the folder of one of our own staff
	RoleAudit   Role = "audit"   // where checkpoints are kept on another host; nothing comes from there
)

// Party is one drop and how it is used. Its code is unique among all parties.
type Party struct {
	Code       string
	Role       Role
	Name       string
	Address    string                                       // where the drop is, as the configuration says it
	Host       string                                       // the other machine that it is on; empty: this one
	Open       func(ctx context.Context) (drop.Drop, error) // connects; the caller closes it
	Settle     time.Duration                                // two looks this far apart; 0: files are renamed into place
	After      string                                       // move | delete | leave
	InFlight   int                                          // files fetched or sent at once
	Flood      int                                          // files taken in one pass at most; 0: no limit
	FloodBytes int64                                        // bytes taken in one pass at most; 0: no limit
	Encoding   string                                       // utf-8 | gb18030
	Carrier    string                                       // csv | xlsx
	Plain      bool                                         // the server has no posix-rename: a rename never replaces
	Expected   []Expected
}

// Expected is a kind of file that a party should have left by a clock on every
// working day.
type Expected struct {
	Kind string
	By   string // 15:04, in the agency's zone
}

// Values of Party.After: what is done with a file in the drop once it is taken in.
const (
	AfterMove   = "move"
	AfterDelete = "delete"
	AfterLeave  = "leave"
)

// Party finds a party by its code. A party that was taken out of the configuration
// is not found, although files and records of it remain.
func (o *Office) Party(code string) (Party, bool) {
	for _, p := range o.Parties {
		if p.Code == code {
			return p, true
		}
	}
	return Party{}, false
}

// PartyName is the name of a party in the agency's language (exchange.PartyName).
func (o *Office) PartyName(party string) string {
	return exchange.PartyName(o.Agency, o.Partners, party, o.Language())
}
