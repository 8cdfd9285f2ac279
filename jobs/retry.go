package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
)

// ErrNothingToRetry is returned by Retry for a file that needs no retry, or
// for which it would be wrong; the text says why.
var ErrNothingToRetry = errors.New("nothing to retry")

// Retry lets the next pass take up a file again, by its name.
//
// A file of ours that was refused, or has no receipt, is sent again, the same
// bytes. A file for us that was rejected or quarantined is judged afresh, from
// the bytes in the spool. A payment file whose upload has an unknown outcome is
// sent again only when the bank's drop shows that it never arrived: it stands
// neither in the folder for the bank nor in the one of files taken.
func (e *Env) Retry(ctx context.Context, name string) (exchange.File, error) {
	f, err := e.fileNamed(ctx, name)
	if err != nil {
		return f, err
	}
	if f.State == exchange.FileSending {
		if err := e.neverArrived(ctx, f); err != nil {
			return f, err
		}
	}
	again, err := retried(f)
	if err != nil {
		return f, err
	}
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.UpdateFile(f, again); err != nil {
			return err
		}
		d := &desk{Env: e, tx: tx, file: again, actor: "operator"}
		if err := d.settleFile(f.Name); err != nil {
			return err
		}
		return d.journal("agency", "file_retried", string(f.State), map[string]string{"file": f.Name, "sha256": f.SHA256})
	})
	return again, err
}

// retried is a file as it stands once it is to be taken up again.
func retried(f exchange.File) (exchange.File, error) {
	again := f
	switch {
	case f.Dir == exchange.In && (f.State == exchange.FileRejected || f.State == exchange.FileQuarantined):
		again.State, again.Receipt = exchange.FileFetched, 0
		again.Records, again.Accepted, again.Held, again.Refused, again.Worked = 0, 0, 0, 0, 0
	case f.State == exchange.FileSending:
		again.State = exchange.FileQueued
		return again, nil
	case f.State == exchange.FileRefused, f.State == exchange.FileSent && receipted(f.Kind):
		again.State, again.Receipt = exchange.FileQueued, 0
		again.Resent++
	case f.State == exchange.FileFetched || f.State == exchange.FileQueued:
		return f, fmt.Errorf("%s is taken up by the next pass anyway: %w", f.Name, ErrNothingToRetry)
	default:
		return f, fmt.Errorf("%s is %s: %w", f.Name, f.State, ErrNothingToRetry)
	}
	again.Verdict, again.Code, again.Text = "", "", ""
	return again, nil
}

// fileNamed finds the latest file of a name, whichever party it was
// exchanged with.
func (e *Env) fileNamed(ctx context.Context, name string) (found exchange.File, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		for _, p := range e.Parties {
			for _, dir := range []exchange.Side{exchange.In, exchange.Out} {
				f, err := tx.FileByName(dir, p.Code, name)
				if err != nil && !notFound(err) {
					return err
				}
				if err == nil && f.ID > found.ID {
					found = f
				}
			}
		}
		if found.ID == 0 {
			return fmt.Errorf("file %s: %w", name, store.ErrNotFound)
		}
		return nil
	})
	return found, err
}

// neverArrived makes sure that a payment file of unknown fate is not in the
// bank's drop. What the bank took and moved out of sight would be paid twice:
// the officer answers for having asked the bank.
func (e *Env) neverArrived(ctx context.Context, f exchange.File) error {
	p, ok := e.party(f.Party)
	if !ok {
		return fmt.Errorf("party %s: %w", f.Party, os.ErrNotExist)
	}
	d, err := p.Open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	for _, folder := range []drop.Folder{drop.Out, drop.Done} {
		_, err := d.Stat(ctx, folder, f.Name)
		if err == nil {
			return fmt.Errorf("%s stands in %s of the bank's drop, the next pass takes note of it: %w", f.Name, folder, ErrNothingToRetry)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// settleFile closes what stood open about a file.
func (d *desk) settleFile(name string) error {
	open, err := d.tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Kind == "file" && x.Subject == name {
			if err := d.tx.CloseDifference(x.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
