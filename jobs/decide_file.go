package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"carryover/exchange"
	"carryover/exchange/store"
)

// fileOf finds the file that a decision is about, by its number or its name;
// copies in officers' folders are not meant.
func (d *desk) fileOf(text string) (exchange.File, error) {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		return d.tx.File(id)
	}
	named, err := d.tx.FilesNamed(text)
	if err != nil {
		return exchange.File{}, err
	}
	named = slices.DeleteFunc(named, func(f exchange.File) bool { _, copied := exchange.OfficerOf(f.Party); return copied })
	if len(named) != 1 {
		return exchange.File{}, fmt.Errorf("file %s: %w", text, store.ErrNotFound)
	}
	return named[0], nil
}

// fileCourse is what a decision about a file comes to.
func (d *desk) fileCourse(f exchange.File, x exchange.Decision) (course, error) {
	ruled, _ := exchange.FindRuling(x.Action)
	way := course{comesTo: []string{d.sayf("%s（%s，SHA-256 %s）：%s", "%s (%s, SHA-256 %s): %s", f.Name, d.partyName(f.Party), f.SHA256, ruled.Word(d.lang()))}}
	var err error
	if x.Action == exchange.ActReleaseFile || x.Action == exchange.ActResendFile {
		if err := d.intact(f); errors.Is(err, errSpool) {
			return way, cannot("本机已无该文件的原件", "the file's bytes are not here any more")
		} else if err != nil {
			return way, err
		}
	}
	switch x.Action {
	case exchange.ActApproveBatch, exchange.ActReturnBatch:
		return d.reviewCourse(f, x)
	case exchange.ActMarkSent, exchange.ActMarkNotSent:
		way.take, err = d.markCourse(f, x)
	case exchange.ActReleaseFile, exchange.ActDismissFile:
		if f.Dir != exchange.In || f.State != exchange.FileQuarantined {
			return way, cannot("该文件未被隔离", "the file is not set aside")
		}
		way.take = func() error {
			if x.Action == exchange.ActDismissFile {
				return d.closeFileDifferences(f)
			}
			return d.retryIn(f, x.Reason)
		}
	case exchange.ActResendFile:
		if f.Dir != exchange.Out || f.Kind == KindPayment || (f.State != exchange.FileRefused && f.State != exchange.FileSent) {
			return way, cannot("该文件不在可重发的状态", "the file is not one that can be sent again")
		}
		way.take = func() error { return d.retryOut(f, x.Reason) }
	default:
		return way, fmt.Errorf("%w: %s", exchange.ErrDecision, x.Action)
	}
	return way, err
}

// markCourse ends the unknown fate of a payment file, as mark-sent does: the
// reason is the evidence.
func (d *desk) markCourse(f exchange.File, x exchange.Decision) (take func() error, err error) {
	m := Mark{File: f, Officer: x.Officer, Sent: x.Action == exchange.ActMarkSent, Evidence: x.Reason}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", exchange.ErrDecision, err)
	}
	return func() error { return d.mark(m) }, nil
}

// lookFirst does what a decision needs of the outside before its transaction:
// a payment file that is said never to have been sent must not stand in the
// bank's drop.
func (e *Env) lookFirst(ctx context.Context, x exchange.Decision) error {
	if x.Action != exchange.ActMarkNotSent {
		return nil
	}
	var f exchange.File
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		f, err = (&desk{Env: e, tx: tx}).fileOf(x.Subject)
		return err
	})
	if notFound(err) || err == nil && f.State != exchange.FileSending {
		return nil // the decision itself will say so
	}
	if err == nil {
		err = e.provenAbsent(ctx, f)
	}
	if errors.Is(err, ErrMark) {
		return fmt.Errorf("%w: %w", exchange.ErrDecision, err)
	}
	return err
}
