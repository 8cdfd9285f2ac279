package journal

import (
	"cmp"
	"strings"
	"time"
)

// Audit names the events by which a store tells what became of its own proofs. The
// schema's index journal_audit lists them.
type Audit string

// What the audit journals, in the agency's chain, with its facts.
const (
	CheckpointLeft  Audit = "checkpoint_left"  // Left
	Found           Audit = "finding"          // Finding
	FindingAccepted Audit = "finding_accepted" // Acceptance
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

// Acceptance ends a finding.
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
