package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/drop"
)

// AfterBad marks a look whose file was rejected after it was taken in and must
// still be moved to bad; beside AfterMove, AfterDelete, AfterLeave.
const AfterBad = "bad"

// LeaveInBad records that a file that was taken in is to be moved to bad in its
// drop; the next pull does it, and tries again until it has succeeded. Parties
// whose files are deleted or left where they lie have no such folder, and a
// newer file of the same name keeps its own look: nothing is recorded then.
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

// CheckAbsent returns nil when a payment file's name stands in none of the folders in
// which it could have reached the bank: Out, where we left it, and Done and Taken,
// to which the bank moves what it took. Where it does stand in one, sending it
// again could pay twice: ErrNothingToRetry with a *Refusal that says where. A
// drop that does not answer proves nothing, so its error is returned.
func CheckAbsent(ctx context.Context, d drop.Drop, name string) error {
	for _, folder := range []drop.Folder{drop.Out, drop.Done, drop.Taken} {
		switch _, err := d.Stat(ctx, folder, name); {
		case err == nil:
			return fmt.Errorf("%w: %w", ErrNothingToRetry, Refuse("%s 已在交换目录 %s 中：请与留存的原件比对，并向银行查明",
				"%s stands in the drop's folder %s: compare it with the spool, and ask the bank", name, folder))
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}
