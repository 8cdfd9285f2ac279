package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/drop"
)

// AfterBad marks the look of a file that was rejected after it was taken in.
const AfterBad = "bad"

// LeaveInBad notes that a file taken in is to be set aside in its drop; a newer
// file of that name keeps its own look.
func (d *Desk) LeaveInBad(f exchange.File) error {
	p, ok := d.Party(f.Party)
	if !ok || p.After != AfterMove {
		return nil
	}
	if _, err := d.Tx.Look(f.Party, f.Name); !IsNotFound(err) {
		return err
	}
	return d.Tx.PutLook(exchange.Look{
		Party: f.Party, Name: f.Name, Size: f.Size, FirstSeen: f.Seen, SeenAt: f.At, FileID: f.ID, After: AfterBad,
	})
}

// ErrNothingToRetry is returned for a file that needs no retry, or must not
// have one; the error's text says why.
var ErrNothingToRetry = errors.New("nothing to retry")

// Absent fails when a name stands in one of the folders in which whoever takes
// a payment file leaves it.
func Absent(ctx context.Context, d drop.Drop, name string) error {
	for _, folder := range []drop.Folder{drop.Out, drop.Done, drop.Taken} {
		switch _, err := d.Stat(ctx, folder, name); {
		case err == nil:
			return fmt.Errorf("%w: %w", ErrNothingToRetry, Refuse("%s 已在交换目录 %s 中：请与留存的原件比对，并向银行查明", "%s stands in the drop's folder %s: compare it with the spool, and ask the bank", name, folder))
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}
