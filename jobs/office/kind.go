package office

import (
	"slices"

	"carryover/formats"
	"carryover/formats/batch"
)

// Kinds are the kinds of batch that agencies exchange, in the order of FILES.md.
// Nobody changes them after the start.
var Kinds = formats.Kinds()

// KindOf finds the kind of batch that has a record's type among its rows.
func KindOf(rec any) (*batch.Kind, bool) {
	for _, k := range Kinds {
		if k.RowOf(rec) != nil {
			return k, true
		}
	}
	return nil, false
}

// Kinds of our files that are no batches: they have no header, no sequence and no
// records. The names are stored with every file.
const (
	// KindPayment is a payment file for the bank.
	KindPayment = "pain.001"
	// KindDecisions is a decisions workbook: put into an officer's folder, and
	// coming back from it filled in.
	KindDecisions = "decisions"
	// KindCorrections is a workbook that goes back to whoever sent it, beside the
	// receipt, with its faulty cells marked and explained.
	KindCorrections = "answer"
	// KindToSign is a copy of what is to be signed, or the list that explains it,
	// in an officer's folder.
	KindToSign = "to-sign"
	// KindToReview is a copy of a batch that waits for review, in an officer's folder.
	KindToReview = "to-review"
	// KindSignature is a signature that an officer left.
	KindSignature = "signature"
	// KindSignatureAnswer is a note to an officer: what became of a signature.
	KindSignatureAnswer = "signature-answer"
	// KindMoneySettings is the text of changed money settings that officers sign.
	KindMoneySettings = "money-settings"
	// KindCheckpoint is the text of a checkpoint of the store, which officers with the role 审计
	// countersign.
	KindCheckpoint = "checkpoint"
	// KindFinding is the text by which a finding about the store is accepted.
	KindFinding = "finding"
	// KindRestored is the text that says what lies between a store that was taken back and what is
	// around it.
	KindRestored = "restored"
)

// PlainKind is a kind of file of ours that is no batch.
type PlainKind struct {
	Name      string
	Receipted bool // its receiver owes a receipt: without one it is sent again
}

// PlainKinds lists them. None has a receipt: a receipt names records, and these
// have none. What the bank says of a payment file are messages of its own
// (pain.002, camt.05x), and a payment file must never be sent again by itself;
// officers answer by signing or deciding; nobody answers a correction but by
// sending a better workbook; signatures and settings stay with us.
func PlainKinds() []PlainKind {
	return []PlainKind{
		{Name: KindPayment, Receipted: false},
		{Name: KindDecisions, Receipted: false},
		{Name: KindCorrections, Receipted: false},
		{Name: KindToSign, Receipted: false},
		{Name: KindToReview, Receipted: false},
		{Name: KindSignature, Receipted: false},
		{Name: KindSignatureAnswer, Receipted: false},
		{Name: KindMoneySettings, Receipted: false},
		{Name: KindCheckpoint, Receipted: false},
		{Name: KindFinding, Receipted: false},
		{Name: KindRestored, Receipted: false},
	}
}

// Receipted reports whether a kind of file is answered by a receipt: every batch
// but the receipt itself, and the plain kinds that say so.
func Receipted(kind string) bool {
	plain := PlainKinds()
	if i := slices.IndexFunc(plain, func(p PlainKind) bool { return p.Name == kind }); i >= 0 {
		return plain[i].Receipted
	}
	return kind != formats.KindReceipt
}
