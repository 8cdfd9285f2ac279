package decision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/courier"
	"carryover/jobs/office"
)

// FileOf finds the file that a decision is about, by its number or its name;
// copies in officers' folders are not meant.
func FileOf(d *office.Desk, text string) (exchange.File, error) {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		return d.Tx.File(id)
	}
	named, err := d.Tx.FilesNamed(text)
	if err != nil {
		return exchange.File{}, err
	}
	named = slices.DeleteFunc(named, func(f exchange.File) bool { _, copied := exchange.OfficerOf(f.Party); return copied })
	if len(named) != 1 {
		return exchange.File{}, fmt.Errorf("file %s: %w", text, store.ErrNotFound)
	}
	return named[0], nil
}

// filePlan is what a decision about a file comes to.
func filePlan(d *office.Desk, f exchange.File, x exchange.Decision) (office.Plan, error) {
	rule, _ := exchange.FindRule(x.Action)
	plan := office.Plan{Effects: []string{d.Sayf("%s（%s，SHA-256 %s）：%s", "%s (%s, SHA-256 %s): %s", f.Name, d.PartyName(f.Party), f.SHA256, rule.Word(d.Language()))}}
	var err error
	if x.Action == exchange.ActReleaseFile || x.Action == exchange.ActResendFile {
		if err := d.Intact(f); errors.Is(err, office.ErrSpool) {
			return plan, office.Undecidable("本机已无该文件的原件", "the file's bytes are not here any more")
		} else if err != nil {
			return plan, err
		}
	}
	switch x.Action {
	case exchange.ActMarkSent, exchange.ActMarkNotSent:
		plan.Apply, err = markPlan(d, f, x)
	case exchange.ActReleaseFile, exchange.ActDismissFile:
		if f.Dir != exchange.In || f.State != exchange.FileQuarantined {
			return plan, office.Undecidable("该文件未被隔离", "the file is not set aside")
		}
		plan.Apply = func() error {
			if x.Action == exchange.ActDismissFile {
				return courier.CloseFileDifferences(d, f)
			}
			return courier.RetryIn(d, f, x.Reason)
		}
	case exchange.ActResendFile:
		if f.Dir != exchange.Out || f.Kind == office.KindPayment || (f.State != exchange.FileRefused && f.State != exchange.FileSent) {
			return plan, office.Undecidable("该文件不在可重发的状态", "the file is not one that can be sent again")
		}
		plan.Apply = func() error { return courier.RetryOut(d, f, x.Reason) }
	default:
		return plan, fmt.Errorf("%w: %s", exchange.ErrDecision, x.Action)
	}
	return plan, err
}

// markPlan ends the unknown fate of a payment file, as mark-sent does: the
// reason is the evidence.
func markPlan(d *office.Desk, f exchange.File, x exchange.Decision) (apply func() error, err error) {
	m := courier.Mark{File: f, Officer: x.Officer, Sent: x.Action == exchange.ActMarkSent, Evidence: x.Reason}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", exchange.ErrDecision, err)
	}
	return func() error { return courier.ApplyMark(d, m) }, nil
}

// checkOutside does what a decision needs of the outside before its transaction:
// a payment file that is said never to have been sent must not stand in the
// bank's drop.
func checkOutside(ctx context.Context, o *office.Office, x exchange.Decision) error {
	if x.Action != exchange.ActMarkNotSent {
		return nil
	}
	var f exchange.File
	err := o.View(ctx, func(d *office.Desk) (err error) {
		f, err = FileOf(d, x.Subject)
		return err
	})
	if office.IsNotFound(err) || err == nil && f.State != exchange.FileSending {
		return nil // the decision itself will say so
	}
	if err == nil {
		err = courier.ProvenAbsent(ctx, o, f)
	}
	if errors.Is(err, courier.ErrMark) {
		return fmt.Errorf("%w: %w", exchange.ErrDecision, err)
	}
	return err
}
