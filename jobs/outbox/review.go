package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// A batch of a kind that officers review is made by the report, so that the
// night's decisions workbooks hold it, and waits under its number in the
// state review. Of a party and kind one batch waits at a time: what comes
// meanwhile goes into the next, so that numbers leave in their order and no
// other party or kind waits with it. Its bytes are written once it is
// approved, with the officers' names on them; what it held until then is only
// shown. Sent back it lets go of its records, keeps its number, and the next
// report makes it anew.

// ReviewOf is how many officers review a kind.
func ReviewOf(o *office.Office, kind string) exchange.Review {
	if r, ok := o.Rules.Review[kind]; ok {
		return r
	}
	return exchange.ReviewNone
}

// InReview lists the batches that wait for review, or were sent back.
func InReview(tx *store.Tx, states ...exchange.FileState) ([]exchange.File, error) {
	return tx.Files(store.FileFilter{Dir: exchange.Out, States: states})
}

// ComposeReviews makes the batches that officers review, and shows each batch
// that waits to every officer who may review it and has no copy yet.
func ComposeReviews(ctx context.Context, o *office.Office) error {
	var waiting []store.Waiting
	var shown []exchange.File
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		if shown, err = InReview(tx, exchange.FileReview); err == nil {
			waiting, err = tx.WaitingOutgoing()
		}
		return err
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, f := range shown {
		if err := o.Do(ctx, office.By{File: f, Actor: "report"}, func(d *office.Desk) error {
			return showReview(d, f)
		}); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.Name, err))
		}
	}
	for _, w := range waiting {
		if ReviewOf(o, w.Kind) == exchange.ReviewNone {
			continue
		}
		if err := o.Do(ctx, office.By{Actor: "report"}, func(d *office.Desk) error { return composeReview(d, w.Party, w.Kind) }); err != nil {
			faults = append(faults, fmt.Errorf("%s for %s: %w", w.Kind, w.Party, err))
		}
	}
	return errors.Join(faults...)
}

// composeReview makes a batch that waits for review, unless one does already.
func composeReview(d *office.Desk, party, kind string) error {
	records, err := d.Tx.CountReady(party, kind)
	if err != nil || records == 0 {
		return err
	}
	before, file, h, err := nextOut(d.Office, d.Tx, party, kind)
	if err != nil || before.State == exchange.FileReview {
		return err
	}
	file.State, file.Records = exchange.FileReview, records
	var upTo int64
	err = writeShown(d.Office, &file, h, func(out *batch.Writer) error {
		return d.Tx.EachReadyFor(party, kind, func(o exchange.Outgoing) error {
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
	return d.Journal(office.AgencyChain, "batch_in_review", file.Name, map[string]any{
		"file": file.Name, "records": file.Records, "sha256": file.SHA256, "review": ReviewOf(d.Office, kind),
	})
}

// nextOut begins the next batch of a kind for a party: under a number of its
// own, or under that of the batch before it that was sent back, or waits.
func nextOut(o *office.Office, tx *store.Tx, party, kind string) (before, file exchange.File, h batch.Header, err error) {
	open, err := tx.Files(store.FileFilter{
		Dir: exchange.Out, Party: party, Kind: kind, States: []exchange.FileState{exchange.FileReview, exchange.FileReturned},
	})
	if err != nil {
		return before, file, h, err
	}
	if len(open) == 0 {
		file, h, err = outFile(o, tx, party, kind)
		return before, file, h, err
	}
	before, file = open[0], open[0]
	h = headerOf(o, before)
	file.State, file.At, file.Records, file.Text = exchange.FileQueued, o.Now(), 0, ""
	file.Name = h.FileName(batch.Carrier(before.Carrier)) // the day stands in it
	file.Spool = "out-" + file.Name
	return before, file, h, nil
}

// storeOut stores a batch that nextOut began.
func storeOut(tx *store.Tx, before exchange.File, file *exchange.File) error {
	if before.ID == 0 {
		return tx.InsertFile(file)
	}
	return tx.UpdateFile(before, *file)
}

// writeShown writes what a batch would be as the workbook that officers look
// at, named by its content.
func writeShown(o *office.Office, file *exchange.File, h batch.Header, rows func(*batch.Writer) error) error {
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
	return keepWorkbook(o, s, file)
}

// settleReviews queues the batches for whose review nothing is missing any
// more, because the configuration asks for less than it did.
func settleReviews(ctx context.Context, o *office.Office) error {
	var files []exchange.File
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		files, err = InReview(tx, exchange.FileReview)
		return err
	})
	faults := []error{err}
	for _, f := range files {
		err := o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error {
			return ReleaseReviewed(d, f)
		})
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.Name, err))
		}
	}
	return errors.Join(faults...)
}

// ReleaseReviewed writes and queues a batch once enough officers have approved it.
func ReleaseReviewed(d *office.Desk, f exchange.File) error {
	said, err := d.Tx.Reviews(f.ID)
	if err != nil {
		return err
	}
	approvals := exchange.Approvals(said)
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
	h.Created = f.At.In(d.Agency.Zone) // its name tells the day
	err = writeBatch(d.Office, &queued, h, func(out *batch.Writer) error {
		return d.Tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error {
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
	return d.Journal(office.AgencyChain, "batch_reviewed", WhoApproved(d, approvals), map[string]any{
		"file": f.Name, "records": f.Records, "clerk": clerk, "checker": checker, "shown": f.SHA256, "sha256": queued.SHA256,
	})
}

// nameReviewers puts 经办 and 复核 on the records of a batch, where its kind has them.
func nameReviewers(d *office.Desk, f exchange.File, clerk, checker string) error {
	if f.Kind != formats.KindForm && f.Kind != formats.KindCertificate {
		return nil
	}
	return d.Tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error {
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
			return nil // a decline
		}
		named, err := d.Encode(o.Party, o.CaseNo, rec)
		if err != nil {
			return err
		}
		return d.Tx.RewriteOutgoing(o, named)
	})
}

// WhoApproved names officers with their roles.
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

// showReview queues a copy of a batch that waits for review for every officer
// who may review it and has none.
func showReview(d *office.Desk, f exchange.File) error {
	signers, err := signing.ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return err
	}
	have, err := reviewCopies(d, f)
	if err != nil {
		return err
	}
	for _, o := range signers.Officers {
		party := exchange.OfficerParty(o.Name)
		_, known := d.Party(party)
		has := slices.ContainsFunc(have, func(c exchange.File) bool { return c.Party == party })
		if !known || has || !o.Has(exchange.ReviewRoles()...) {
			continue
		}
		stem, _, _ := strings.Cut(f.Name, ".")
		name, err := d.FreeName(party, "review-"+stem, ".xlsx")
		if err != nil {
			return err
		}
		err = d.Tx.InsertFile(&exchange.File{
			Dir: exchange.Out, Party: party, Kind: office.KindToReview, Name: name, Carrier: office.CarrierOf(name), SHA256: f.StoredSHA, StoredSHA: f.StoredSHA, Size: f.Size,
			State: exchange.FileQueued, At: d.Now(), Spool: f.Spool, Text: f.Name,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reviewCopies are the copies of a batch that lie, or will lie, with officers.
func reviewCopies(d *office.Desk, f exchange.File) ([]exchange.File, error) {
	copies, err := d.Tx.Files(store.FileFilter{
		Dir: exchange.Out, Kind: office.KindToReview, States: []exchange.FileState{exchange.FileQueued, exchange.FileSent},
	})
	return slices.DeleteFunc(copies, func(c exchange.File) bool { return c.Text != f.Name }), err
}

// WithdrawReview voids the officers' copies of a batch: push takes them away.
func WithdrawReview(d *office.Desk, f exchange.File) error {
	copies, err := reviewCopies(d, f)
	if err != nil {
		return err
	}
	for _, c := range copies {
		void := c
		void.State = exchange.FileVoid
		if err := d.Tx.UpdateFile(c, void); err != nil {
			return err
		}
	}
	return nil
}

// ReviewBy is the day by which a batch should be reviewed.
func ReviewBy(o *office.Office, f exchange.File) calendar.Date {
	return o.Calendar.Due(signing.MadeOn(o, f), o.Rules.ReviewWD, calendar.DueOptions{}).Date
}

// AttendReviews names what waits for review for too long.
func AttendReviews(o *office.Office, tx *store.Tx, say func(string, ...any)) error {
	files, err := InReview(tx, exchange.FileReview)
	for _, f := range files {
		if by := ReviewBy(o, f); by != 0 && by < o.Date {
			say("%s with %d records of %s waits for review, due by %s", f.Name, f.Records, signing.MadeOn(o, f), by)
		}
	}
	return err
}
