package journal

// Audit names the events by which a store tells what became of its own proofs. The
// schema's index journal_audit lists them.
type Audit string

// What the audit journals, in the agency's chain.
const (
	CheckpointLeft  Audit = "checkpoint_left"  // Left
	Found           Audit = "finding"          // Finding
	FindingAccepted Audit = "finding_accepted" // Acceptance
)

// Left is what is journaled of a checkpoint that left: countersigned, or seen in a drop on
// another host.
type Left struct {
	Checkpoint int64  `json:"checkpoint"`
	Text       string `json:"text"`
	SHA256     string `json:"sha256"` // of the file's bytes
	Officer    string `json:"officer,omitempty"`
	Signature  string `json:"signature,omitempty"`
	Drop       string `json:"drop,omitempty"`
}
