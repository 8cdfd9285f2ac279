// Package jobs is what Carryover does at night and in between: a pass and its
// five steps, the schedule of passes, and the façade behind which the rooms
// lie. Pull, process, remit, report and push are when something is done; what
// is done lies in the rooms: courier, intake, transfer, payment, bank, nightly
// and the others that README.md lists. Nothing is decided here.
//
// Every step can be repeated. What a step takes from outside is recorded
// before it counts; what it sends is queued in the transaction of the data it
// concerns, and sent from there until the other side has answered. After a
// crash anywhere the next run goes on where the last one stood.
package jobs

import (
	"context"
	"io"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/courier"
	"carryover/jobs/decision"
	"carryover/jobs/intake"
	"carryover/jobs/nightly"
	"carryover/jobs/office"
	"carryover/jobs/paper"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
	"carryover/jobs/story"
)

// Env is an agency's office as cmd opens it, and what can be done with it: a
// pass, its steps one by one, and the questions and repairs of the command
// line. It adds nothing of its own; each method is a function of the room that
// it is named after in the call.
type Env struct {
	*office.Office
}

// Content opens what is to be signed, once its bytes in the spool are those that were
// recorded; office.ErrSpool when they are not. The caller closes it.
func (e *Env) Content(ctx context.Context, f exchange.File) (io.ReadCloser, error) {
	return payment.Content(ctx, e.Office, f)
}

// Decide takes a decision that its officer has signed: the text as
// PrepareDecision made it, in the namespace of decisions. The decision, its
// signature and what follows are one transaction. One that was taken before
// changes nothing.
func (e *Env) Decide(ctx context.Context, x exchange.Decision, signature []byte) (decision.Prepared, error) {
	return decision.Decide(ctx, e.Office, x, signature)
}

// EachPayment calls fn for every payment of a file, by reference.
func (e *Env) EachPayment(ctx context.Context, f exchange.File, fn func(exchange.Payment) error) error {
	return payment.EachPayment(ctx, e.Office, f, fn)
}

// Figures reads the figures of the metrics, as of the Env's date.
func (e *Env) Figures(ctx context.Context) (story.Figures, error) {
	return story.Measure(ctx, e.Office)
}

// Find looks for everything that an ID names: case_no, letter_no, ID number,
// personal_no, application_no, form_no, certificate_no, posting_no, query_no,
// payment reference, key of a bank entry, name of a file or its id. Several
// matches are all returned; a payment of ours is returned alone, without the
// cases that it is for. Letters of numbers may be given in lower case.
func (e *Env) Find(tx *store.Tx, id string) (story.Found, error) {
	return story.Find(e.Office, tx, id)
}

// FindSignable finds what is to be signed: by a file's name, or by the EndToEndId
// of a payment in it. A file that waits for nothing is found too: Sign says why
// it takes no signature.
func (e *Env) FindSignable(ctx context.Context, name string) (payment.Signable, error) {
	return payment.FindSignable(ctx, e.Office, name)
}

// KeyOwner is the officer whose key it is, among those who may sign a file
// that waits for signatures, or, with any other file or none, decide.
func (e *Env) KeyOwner(ctx context.Context, f exchange.File, fingerprint string) (exchange.Officer, bool, error) {
	return courier.KeyOwner(ctx, e.Office, f, fingerprint)
}

// MarkSent ends the unknown fate of a payment file by an officer's evidence.
// The signature is the officer's over Text, in the namespace of decisions,
// with the role finance or checker. Sent: its payments are at the bank. Not
// sent: the file is void and what it held is due again, under new numbers;
// that is refused while a file of its name stands in the drop, and once the
// bank has said anything about it. A file that was sent can be lost on its
// way, too.
func (e *Env) MarkSent(ctx context.Context, m courier.Mark, signature []byte) error {
	return courier.MarkSent(ctx, e.Office, m, signature)
}

// PostPath is where the n-th workbook of what is posted to a partner lies.
func (e *Env) PostPath(partner string, day calendar.Date) func(part int) string {
	return paper.PostPath(e.Office, partner, day)
}

// PrepareDecision says which effects a decision would have now, for the officer to
// sign; exchange.ErrDecision when it cannot be taken. It writes nothing.
func (e *Env) PrepareDecision(ctx context.Context, x exchange.Decision) (decision.Prepared, error) {
	return decision.PrepareDecision(ctx, e.Office, x)
}

// Print makes the workbook of a form. Several documents of one case, such as
// a form and its supplement, are pages of one workbook.
func (e *Env) Print(tx *store.Tx, ask paper.Request) (paper.Printed, error) {
	return paper.Print(e.Office, tx, ask)
}

// PrintBatch writes letters, forms and declines that were sent to a partner
// on a day as pages to be posted, with a list of them (移交清单) in front: one
// workbook, or several of at most a hundred documents. path names the n-th,
// from 1; one that exists is an error, and then none of them stays.
func (e *Env) PrintBatch(tx *store.Tx, partner string, day calendar.Date, path func(part int) string) ([]paper.Posted, error) {
	return paper.PrintBatch(e.Office, tx, partner, day, path, false)
}

// Process works every file that was taken in, in the order of FILES.md, then
// what waited for them: held records, held cases, unmatched money. A file
// that cannot be worked does not stop the others; their errors come back joined.
func (e *Env) Process(ctx context.Context) (office.Counts, error) {
	return intake.Process(ctx, e.Office)
}

// Pull looks into every party's drop and takes in the files that are
// complete: fetched, hashed, recorded; then moved, deleted or left.
// A party that cannot be reached does not stop the others; the errors of all
// of them come back joined.
func (e *Env) Pull(ctx context.Context) (office.Counts, error) {
	return courier.Pull(ctx, e.Office)
}

// Push makes batches of what waits and leaves them in the parties' drops; and
// sends again what has had no receipt for too long. A party that cannot be
// reached does not stop the others.
func (e *Env) Push(ctx context.Context) (office.Counts, error) {
	return courier.Push(ctx, e.Office)
}

// Remit makes up what is due: every part becomes a transfer of its own, or
// goes into a partner's lump sum; transfers become payment files. With dual
// release a file waits for two officers' signatures; released, it is queued
// for the bank with an advice to the partner for each transfer.
func (e *Env) Remit(ctx context.Context) (office.Counts, error) {
	return payment.Remit(ctx, e.Office)
}

// Report makes the batches that officers review, writes the nightly workbook
// reports/<date>.xlsx, takes a checkpoint of the journal, puts the decisions
// workbooks into the officers' folders and proves the ledger: a difference that
// held cases do not explain is an error of the run.
func (e *Env) Report(ctx context.Context) (office.Counts, error) {
	return nightly.Report(ctx, e.Office)
}

// Retry works a file again, or sends it again, and says what it did:
//
//   - in, rejected or quarantined: the next pass judges it afresh, and its
//     sender gets another receipt
//   - out, refused or without a receipt: the next pass leaves the same bytes
//     in the drop again
//   - a payment file whose fate is unknown: sent again here and now, the same
//     bytes, if it is neither in the drop's Out nor its Done folder, every
//     transfer in it may still be paid, and reason says why
//
// reason is journaled; for all but payments it may be empty.
func (e *Env) Retry(ctx context.Context, id int64, reason string) (string, error) {
	return courier.Retry(ctx, e.Office, id, reason)
}

// Sign takes an officer's signature on a file and does at once what it
// allows: the payment file is released, or the money settings are approved
// (done). What does not count comes back as a *Refusal; what is signed but
// cannot be released yet as another error.
func (e *Env) Sign(ctx context.Context, officer string, f exchange.File, armored []byte) (signing.Accepted, bool, error) {
	return payment.Sign(ctx, e.Office, officer, f, armored)
}

// Story gathers everything about a case, as of the Env's date.
func (e *Env) Story(tx *store.Tx, c exchange.Case) (*story.Case, error) {
	return story.OfCase(e.Office, tx, c)
}
