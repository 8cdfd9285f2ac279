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

// FileOf reads the file that a decision is about, by its id or its name; copies
// in officers' folders are not meant. store.ErrNotFound when no file, or more
// than one, is called so: then only the id says which.
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

// filePlan plans a decision about a file: a payment file whose upload is unknown
// is marked, a quarantined one is released or dismissed, one of ours is sent
// again. To release or send again needs the bytes as they were recorded.
func filePlan(d *office.Desk, f exchange.File, x exchange.Decision) (office.Plan, error) {
	rule, _ := exchange.FindRule(x.Action)
	plan := office.Plan{Effects: []string{
		d.Sayf("%s（%s，SHA-256 %s）：%s", "%s (%s, SHA-256 %s): %s", f.Name, d.PartyName(f.Party), f.SHA256, rule.Word(d.Language())),
	}}
	var err error
	if x.Action == exchange.ActReleaseFile || x.Action == exchange.ActResendFile {
		if err := d.Intact(d.Tx, f); errors.Is(err, office.ErrSpool) {
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
			return plan, office.Undecidable("该文件未被隔离", "the file is not quarantined")
		}
		plan.Apply = func() error {
			if x.Action == exchange.ActDismissFile {
				// It stays in quarantine; without an open difference nothing names it.
				return courier.CloseFileDifferences(d, f)
			}
			return courier.RetryIn(d, f, x.Reason)
		}
	case exchange.ActResendFile:
		// Never a payment file: sent twice it may pay twice. It is marked instead.
		if f.Dir != exchange.Out || f.Kind == office.KindPayment || (f.State != exchange.FileRefused && f.State != exchange.FileSent) {
			return plan, office.Undecidable("该文件不在可重发的状态", "the file is not one that can be sent again")
		}
		plan.Apply = func() error { return courier.RetryOut(d, f, x.Reason) }
	default:
		return plan, fmt.Errorf("%w: %s", exchange.ErrDecision, x.Action)
	}
	return plan, err
}

// markPlan plans the end of a payment file's unknown upload, as the command
// mark-sent does: the reason is the evidence. exchange.ErrDecision when the mark
// is refused.
func markPlan(d *office.Desk, f exchange.File, x exchange.Decision) (apply func() error, err error) {
	m := courier.Mark{File: f, Officer: x.Officer, Sent: x.Action == exchange.ActMarkSent, Evidence: x.Reason}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", exchange.ErrDecision, err)
	}
	return func() error { return courier.ApplyMark(d, m) }, nil
}

// checkOutside asks outside the store what a decision depends on, before its
// transaction: a payment file that is said never to have been sent must not lie
// in the bank's drop, or a new one would pay twice. exchange.ErrDecision when it
// does; another error when the drop cannot be looked into, so that nothing is
// decided.
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
		return nil // prepare says so, in the words for officers
	}
	if err == nil {
		err = courier.ProvenAbsent(ctx, o, f)
	}
	if errors.Is(err, courier.ErrMark) {
		return fmt.Errorf("%w: %w", exchange.ErrDecision, err)
	}
	return err
}
