package courier

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// tidySignables looks at the copies in an officer's folder: what is void is removed, and
// what waits for signatures and was changed there is set aside and comes back, to be
// left with the other files. Files that are not ours, or void and not of the size that
// we left, stay. A file that is gone is no error: the officer may tidy up too.
func tidySignables(ctx context.Context, o *office.Office, p office.Party, d drop.Drop) (back []exchange.File, err error) {
	listing, err := d.List(ctx, drop.Out)
	if err != nil {
		return nil, err
	}
	for _, entry := range listing.Files {
		var shown exchange.File
		err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
			shown, err = tx.FileByName(exchange.Out, p.Code, entry.Name)
			return err
		})
		switch {
		case err != nil:
			err = office.IgnoreNotFound(err)
		case shown.State == exchange.FileVoid && shown.Size == entry.Size:
			err = d.Remove(ctx, drop.Out, entry)
		case shown.Kind == office.KindToSign && shown.State != exchange.FileVoid:
			var again exchange.File
			if again, err = putBack(ctx, o, d, entry, shown); err == nil && again.ID != 0 {
				back = append(back, again)
			}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return back, nil
}

// putBack sets aside what stands under the name of a copy that waits for signatures and
// is not its bytes, and returns the copy when it is queued again because of that; else
// none: it is as it was, or queued anyway. The officer is told, who was to sign it.
func putBack(ctx context.Context, o *office.Office, d drop.Drop, entry drop.Entry, shown exchange.File) (again exchange.File, err error) {
	if entry.Size == shown.Size {
		if same, err := sameBytes(ctx, o, d, drop.Out, entry, shown); err != nil || same {
			return again, err
		}
	}
	o.Log.Warn("a copy to be signed was changed in the officer's folder: set aside, the original is put back", "party", shown.Party, "file", shown.Name)
	if shown.State != exchange.FileQueued {
		if again, err = queueAgain(ctx, o, shown); err != nil {
			return exchange.File{}, err
		}
	}
	return again, d.Move(ctx, drop.Out, entry, drop.Bad)
}

// queueAgain queues a copy that was changed, and tells its officer.
func queueAgain(ctx context.Context, o *office.Office, shown exchange.File) (exchange.File, error) {
	again := shown
	again.State = exchange.FileQueued
	return again, o.Do(ctx, office.By{File: shown, Actor: "push"}, func(d *office.Desk) error {
		if err := d.Tx.UpdateFile(shown, again); err != nil {
			return err
		}
		err := d.Journal(exchange.AgencyChain, "signable_put_back", code.Text(shown.Name), map[string]string{"file": shown.Name, "party": shown.Party, "sha256": shown.StoredSHA})
		if err != nil {
			return err
		}
		return signing.TellOfficer(d, shown.Party, shown.Name+".changed.txt", fmt.Sprintf(
			"目录中的 %[1]s 被改动过，已移入 in/bad，原件已重新放回。请勿签改动过的文件，并查明是谁改动的。\n"+
				"%[1]s in this folder had been changed. It was moved to in/bad and the original put back: sign only that one, and find out who changed it.\nSHA-256 %[2]s\n",
			shown.Name, shown.StoredSHA))
	})
}
