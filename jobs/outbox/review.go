package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// A batch of a kind that officers review is made by report, not by push, so that the
// night's decisions workbooks hold it, and waits under its sequence in the state
// review. Of a party and kind one batch waits at a time: what comes meanwhile goes into
// the next, so that sequences leave in their order and no other party or kind waits
// with it. Its bytes are written once it is approved, with the officers' names on them;
// what it held until then is only shown. A batch that is sent back lets go of its
// records, keeps its sequence, and the next report makes it anew.
//
//	review ──► queued      enough approvals
//	       └─► returned    sent back; made anew under the same sequence

// ReviewOf is how many officers review batches of a kind; ReviewNone when nothing is
// configured.
func ReviewOf(o *office.Office, kind string) exchange.Review {
	if r, ok := o.Rules.Review[kind]; ok {
		return r
	}
	return exchange.ReviewNone
}

// InReview lists outgoing batches in the states given: FileReview, those that wait for
// review; FileReturned, those that were sent back.
func InReview(tx *store.Tx, states ...exchange.FileState) ([]exchange.File, error) {
	return tx.Files(store.FileFilter{Dir: exchange.Out, States: states})
}

// ComposeReviews makes the batches that officers review, and queues a copy of each batch
// that waits for every officer who may review it and has none yet (one may have come
// since). A batch that cannot be made does not stop the others; the errors of all come
// back joined.
func ComposeReviews(ctx context.Context, o *office.Office) error {
	var waiting []store.Waiting
	var inReview []exchange.File
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		if inReview, err = InReview(tx, exchange.FileReview); err == nil {
			waiting, err = tx.WaitingOutgoing()
		}
		return err
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, f := range inReview {
		err := o.Do(ctx, office.By{File: f, Actor: "report"}, func(d *office.Desk) error { return showReview(d, f) })
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.Name, err))
		}
	}
	for _, w := range waiting {
		if ReviewOf(o, w.Kind) == exchange.ReviewNone {
			continue
		}
		err := o.Do(ctx, office.By{Actor: "report"}, func(d *office.Desk) error { return composeReview(d, w) })
		if err != nil {
			faults = append(faults, fmt.Errorf("%s for %s: %w", w.Kind, w.Party, err))
		}
	}
	return errors.Join(faults...)
}

// composeReview makes the batch of a party and kind that waits for review, unless one
// does already, or nothing is ready.
func composeReview(d *office.Desk, w store.Waiting) error {
	party, kind := w.Party, w.Kind
	records, err := d.Tx.CountReady(party, kind)
	if err != nil || records == 0 {
		return err
	}
	before, file, h, err := nextOut(d.Office, d.Tx, w)
	if err != nil || before.State == exchange.FileReview {
		return err
	}
	file.State, file.Records = exchange.FileReview, records
	var upTo int64
	count := d.Counting(file.Name, records)
	err = writeShown(d.Office, d.Tx, &file, h, func(out *batch.Writer) error {
		return d.Tx.EachReadyFor(party, kind, func(o exchange.Outgoing) error {
			count()
			upTo = o.ID
			return out.WriteRows(batch.Rows{Bytes: o.Rows, Count: o.RowCount, Amount: o.Amount})
		})
	})
	if err != nil {
		return err
	}
	if err := storeOut(d.Tx, before, &file); err != nil {
		return err
	}
	if err := d.Tx.AssignReady(party, kind, upTo, file.ID, records); err != nil {
		return err
	}
	d.File = file
	if err := showReview(d, file); err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, "batch_in_review", code.Text(file.Name), map[string]any{
		"file": file.Name, "records": file.Records, "sha256": file.SHA256, "review": ReviewOf(d.Office, kind),
	})
}

// nextOut begins the next batch of a kind for a party: under the next sequence, or under
// that of the batch before it that was sent back, or waits for review (before is its
// row then; else the zero File). A returned number must be used again, or the partner
// would see a gap in the sequences.
func nextOut(o *office.Office, tx *store.Tx, w store.Waiting) (before, file exchange.File, h batch.Header, err error) {
	var open []exchange.File
	if w.Open {
		open, err = tx.Files(store.FileFilter{
			Dir: exchange.Out, Party: w.Party, Kind: w.Kind, States: []exchange.FileState{exchange.FileReview, exchange.FileReturned},
		})
	}
	if err == nil && len(open) == 0 {
		file, h, err = outFile(o, tx, w.Party, w.Kind)
	}
	if err != nil || len(open) == 0 {
		return before, file, h, err
	}
	before, file = open[0], open[0]
	h = headerOf(o, before)
	file.State, file.At, file.Records, file.Text = exchange.FileQueued, o.Now(), 0, ""
	file.Name = h.FileName(batch.Carrier(before.Carrier)) // the date of making stands in it
	file.Spool = "out-" + file.Name
	return before, file, h, nil
}

// storeOut stores a batch that nextOut began: a new row, or the old one changed.
func storeOut(tx *store.Tx, before exchange.File, file *exchange.File) error {
	if before.ID == 0 {
		return tx.InsertFile(file)
	}
	return tx.UpdateFile(before, *file)
}

// writeShown writes what a batch would be as the workbook that officers look at. Its
// name in the spool is its content's, not the batch's: a batch that is made anew must
// not write over a copy that is still being left in folders.
func writeShown(o *office.Office, tx *store.Tx, file *exchange.File, h batch.Header, rows func(*batch.Writer) error) error {
	s, err := o.NewSpoolFile("review")
	if err != nil {
		return err
	}
	defer s.Discard()
	trailer, err := writeAll(s, h, batch.UTF8, rows)
	if err != nil {
		return err
	}
	file.Rows, file.Total, file.SHA256 = trailer.Rows, trailer.Total, trailer.Identity
	file.Spool = "review-" + trailer.Identity[:32] + ".xlsx"
	return keepWorkbook(o, tx, s, file)
}

// releaseReviews releases the batches whose approvals suffice although nobody decided
// anything: the configuration asks for less than it did.
func releaseReviews(ctx context.Context, o *office.Office) error {
	var files []exchange.File
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		files, err = InReview(tx, exchange.FileReview)
		return err
	})
	faults := []error{err}
	for _, f := range files {
		err := o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error { return ReleaseReviewed(d, f) })
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.Name, err))
		}
	}
	return errors.Join(faults...)
}

// ReleaseReviewed writes and queues a batch once enough officers have approved it; before
// that it does nothing. In its transaction, in this order: names on the records, bytes
// into the spool, the row, the copies withdrawn, the journal with the digest that was
// shown beside the one that leaves (names make them differ).
func ReleaseReviewed(d *office.Desk, f exchange.File) error {
	reviews, err := d.Tx.Reviews(f.ID)
	if err != nil {
		return err
	}
	approvals := exchange.Approvals(reviews)
	if !ReviewOf(d.Office, f.Kind).Enough(approvals) {
		return nil
	}
	clerk, checker := d.Agency.Names(approvals)
	if err := nameReviewers(d, f, clerk, checker); err != nil {
		return err
	}
	queued := f
	queued.State, queued.At, queued.Spool = exchange.FileQueued, d.Now(), "out-"+f.Name
	h := headerOf(d.Office, f)
	h.Created = f.At.In(d.Agency.Zone) // its name holds that day, and must not change any more
	count := d.Counting(f.Name, f.Records)
	err = writeBatch(d.Office, d.Tx, &queued, h, func(out *batch.Writer) error {
		return d.Tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error {
			count()
			return out.WriteRows(batch.Rows{Bytes: o.Rows, Count: o.RowCount, Amount: o.Amount})
		})
	})
	if err != nil {
		return err
	}
	if err := d.Tx.UpdateFile(f, queued); err != nil {
		return err
	}
	if err := WithdrawReview(d, f); err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, "batch_reviewed", code.Text(WhoApproved(d, approvals)), map[string]any{
		"file": f.Name, "records": f.Records, "clerk": clerk, "checker": checker, "shown": f.SHA256, "sha256": queued.SHA256,
	})
}

// nameReviewers puts the names of 经办 and 复核 on the records of a batch, where its kind
// has them: forms (and their rows in the store, from which they are printed) and
// certificates. The records are encoded anew.
func nameReviewers(d *office.Desk, f exchange.File, clerk, checker string) error {
	if f.Kind != formats.KindForm && f.Kind != formats.KindCertificate {
		return nil
	}
	count := d.Counting(f.Name+": reviewed", f.Records)
	return d.Tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error {
		count()
		rec, err := office.ParseOutgoing(o)
		if err != nil {
			return err
		}
		switch rec := rec.(type) {
		case *formats.Form:
			rec.Clerk, rec.Checker = clerk, checker
			form, err := d.Tx.Form(rec.FormNo, rec.Version)
			if err != nil {
				return err
			}
			named := form
			named.Clerk, named.Checker = clerk, checker
			if err := d.Tx.UpdateForm(form, named); err != nil {
				return err
			}
		case *formats.Certificate:
			rec.Clerk = clerk
		default:
			return nil // a decline has no names
		}
		named, err := d.Encode(o.Party, o.CaseNo, rec)
		if err != nil {
			return err
		}
		return d.Tx.RewriteOutgoing(o, named)
	})
}

// WhoApproved names the officers of reviews with their roles, in the agency's language.
func WhoApproved(d *office.Desk, list []exchange.Reviewed) string {
	var names []string
	for _, r := range list {
		var roles []string
		for _, role := range r.Roles {
			roles = append(roles, exchange.TermOf(exchange.RoleTerms(), string(role)).Word(d.Language()))
		}
		names = append(names, d.Sayf("%s（%s）", "%s (%s)", r.FullName, strings.Join(roles, d.Sayf("、", ", "))))
	}
	return strings.Join(names, d.Sayf("、", ", "))
}

// showReview queues a copy of a batch that waits for review for every officer who may
// review it and has none. Officers are those of the approved money settings: who was
// added to the configuration reads no records before that was approved.
func showReview(d *office.Desk, f exchange.File) error {
	signers, err := signing.ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return err
	}
	copies, err := reviewCopies(d, f)
	if err != nil {
		return err
	}
	for _, o := range signers.Officers {
		party := exchange.OfficerParty(o.Name)
		_, known := d.Party(party)
		has := slices.ContainsFunc(copies, func(c exchange.File) bool { return c.Party == party })
		if !known || has || !o.Has(exchange.ReviewRoles()...) {
			continue
		}
		stem, _, _ := strings.Cut(f.Name, ".")
		name, err := d.FreeName(party, "review-"+stem, ".xlsx")
		if err != nil {
			return err
		}
		err = d.Tx.InsertFile(&exchange.File{
			Dir: exchange.Out, Party: party, Kind: office.KindToReview, Name: name, Carrier: office.CarrierOf(name),
			SHA256: f.StoredSHA, StoredSHA: f.StoredSHA, Size: f.Size,
			State: exchange.FileQueued, At: d.Now(), Spool: f.Spool, Text: f.Name, // Text: which batch it is a copy of
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reviewCopies are the copies of a batch that lie, or will lie, in officers' folders.
// They are found by the batch's name in Text: their own names are numbered.
func reviewCopies(d *office.Desk, f exchange.File) ([]exchange.File, error) {
	copies, err := d.Tx.Files(store.FileFilter{
		Dir: exchange.Out, Kind: office.KindToReview, States: []exchange.FileState{exchange.FileQueued, exchange.FileSent},
	})
	return slices.DeleteFunc(copies, func(c exchange.File) bool { return c.Text != f.Name }), err
}

// Renumber has every batch that waits for review made anew under the next sequence: under its own,
// other bytes may have left that the store does not know of.
func Renumber(d *office.Desk) error {
	open, err := InReview(d.Tx, exchange.FileReview, exchange.FileReturned)
	for _, f := range open {
		again := f
		again.State, again.Records = exchange.FileReturned, 0
		if f.State == exchange.FileReview {
			err = errors.Join(err, d.Tx.FreeOutgoing(f.ID, f.Records), WithdrawReview(d, f))
		}
		if err == nil {
			again.Sequence, err = d.Tx.NextSequence(d.Agency.Code, f.Party, f.Kind)
		}
		if err == nil {
			err = d.Tx.UpdateFile(f, again)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return err
}

// WithdrawReview voids the officers' copies of a batch; push removes them from the
// folders.
func WithdrawReview(d *office.Desk, f exchange.File) error {
	copies, err := reviewCopies(d, f)
	if err != nil {
		return err
	}
	for _, c := range copies {
		void := c
		void.State, void.At = exchange.FileVoid, d.Now()
		if err := d.Tx.UpdateFile(c, void); err != nil {
			return err
		}
	}
	return nil
}

// ReviewBy is the day by which a batch should be reviewed: Rules.ReviewWD working days
// after it was made; 0 while the calendar has no answer.
func ReviewBy(o *office.Office, f exchange.File) calendar.Date {
	return o.Calendar.Due(signing.MadeOn(o, f), o.Rules.ReviewWD, calendar.DueOptions{}).Date
}
