package journal

import (
	"cmp"
	"strings"
	"time"

	"carryover/exchange/money"
)

// Audit names the events by which a store tells what became of its own proofs. The
// schema's index journal_audit lists them.
type Audit string

// What the audit journals, in the agency's chain, with its facts.
const (
	CheckpointLeft  Audit = "checkpoint_left"  // Left
	Found           Audit = "finding"          // Finding
	FindingAccepted Audit = "finding_accepted" // Acceptance

	Restored         Audit = "restored"           // Restoration
	RestoredAccepted Audit = "restored_accepted"  // Acceptance, of the restoration of that number
	PaymentFileFound Audit = "payment_file_found" // FoundFile
)

// Left is a checkpoint that has left the store: countersigned, or seen in a drop on another
// host.
type Left struct {
	Text string `json:"text"` // the file's bytes
	Drop string `json:"drop,omitempty"`
	Signature
}

// By is who keeps it: an officer, or the drop.
func (l Left) By() string { return cmp.Or(l.Officer, l.Drop) }

// Signature is one as it is kept with what it proves; the zero one is none.
type Signature struct {
	Officer string    `json:"officer,omitempty"`
	At      time.Time `json:"at,omitzero"`
	On      string    `json:"on,omitempty"` // the business date
	Armored string    `json:"armored,omitempty"`
}

// Finding is something about the store that is not as it was written, as a night found it.
type Finding struct {
	N int `json:"n"` // from 1
	Fault
}

// Same reports whether findings are of the same kind and place.
func (f Finding) Same(other Fault) bool { return f.Fault == other }

// Restoration is that a store was taken back, or found to lie behind what is around it, and what
// lies between.
type Restoration struct {
	N    int       `json:"n"`              // from 1; those of lost stores count
	From string    `json:"from,omitempty"` // the backup's name; "": the store as it stood
	UpTo time.Time `json:"up_to,omitzero"` // when the last event of the store happened
	File string    `json:"file"`           // the name of the text that says what lies between
	Text string    `json:"text"`           // the file's bytes
	Lost []string  `json:"lost,omitempty"` // checkpoints that left and are not in the store: hashes, lower-case hex
}

// FoundFile is a payment file of ours that a store does not know any more, and that may have been
// paid: where it was found.
type FoundFile struct {
	ID    int64  `json:"id"` // of its row
	Name  string `json:"name"`
	Where string `json:"where"`
	Lumps []Lump `json:"lumps,omitempty"`
}

// Lump is what a lump sum holds, as the advices say that were found.
type Lump struct {
	Ref   string     `json:"ref"`
	Parts []LumpPart `json:"parts"`
}

// LumpPart is a person's share of a lump sum.
type LumpPart struct {
	LetterNo string    `json:"letter_no"`
	Amount   money.Fen `json:"amount"`
}

// Acceptance ends a finding, or lets payments go on after a restoration.
type Acceptance struct {
	Finding  int         `json:"finding"`
	Evidence string      `json:"evidence"`
	Text     string      `json:"text,omitempty"`   // that was signed, the file's bytes
	Signed   []Signature `json:"signed,omitempty"` // by one of 复核 and one of 审计
	By       string      `json:"by,omitempty"`     // where nobody ever signs: who answers for the agency
}

// Who names those who ended it.
func (a Acceptance) Who() string {
	var names []string
	for _, s := range a.Signed {
		names = append(names, s.Officer)
	}
	return cmp.Or(strings.Join(names, " "), a.By)
}
