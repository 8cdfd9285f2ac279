package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store"
)

// needed are the states of files whose bytes are read again.
var needed = []exchange.FileState{
	exchange.FileFetched, exchange.FileQuarantined, exchange.FilePrepared, exchange.FileReview, exchange.FileQueued, exchange.FileSending, exchange.FileSent,
}

// TakeIn takes the files of a folder into a shared store that was used before it kept
// them itself, and binds it; it returns how many it took. What is there already is left,
// so that it can be done again. The files stay in the folder, which may be deleted when
// it has ended well. When the folder lacks files that the store needs, because they lie
// on another machine, it is *Refused, and done again there. Any other store is left as it
// is.
func TakeIn(ctx context.Context, s *store.Store, of Owner, dir string) (taken int, err error) {
	b, err := look(ctx, s, dir)
	if err != nil || !b.shared || b.row.Spool != "" || !b.used {
		return 0, err
	}
	if of.Rehearsal {
		return 0, notRehearsed()
	}
	if b.mark.Spool != "" {
		return 0, b.notScratch()
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() {
			continue
		}
		fresh, err := takeFile(ctx, s, dir, e.Name())
		if err != nil {
			return taken, fmt.Errorf("take in %s: %w", e.Name(), err)
		}
		if fresh {
			taken++
		}
	}
	return taken, s.Tx(ctx, func(tx *store.Tx) error {
		if err := nothingLacks(tx, dir); err != nil {
			return err
		}
		return tx.Bind(newBinding(of))
	})
}

// takeFile takes one file in, unless it is there.
func takeFile(ctx context.Context, s *store.Store, dir, name string) (fresh bool, err error) {
	err = s.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.SpoolSize(name)
		if fresh = errors.Is(err, store.ErrNotFound); !fresh {
			return err
		}
		from, err := Folder(dir).Open(tx, name)
		if err != nil {
			return err
		}
		defer from.Close()
		return putParts(tx, from.SectionReader, name, func(_ string, do func() error) error { return do() })
	})
	return fresh, err
}

// nothingLacks refuses a store that needs files which it has not.
func nothingLacks(tx *store.Tx, dir string) error {
	files, err := tx.Files(store.FileFilter{States: needed})
	if err != nil {
		return err
	}
	lacking, first := 0, ""
	for _, f := range files {
		for _, name := range []string{f.Spool, f.Signature} {
			if name == "" {
				continue
			}
			if _, err := tx.SpoolSize(name); errors.Is(err, store.ErrNotFound) {
				if lacking++; lacking == 1 {
					first = name
				}
			} else if err != nil {
				return err
			}
		}
	}
	if lacking == 0 {
		return nil
	}
	return &Refused{
		fmt.Sprintf("%d files that the store needs are not in the folder %s, the first %s", lacking, dir, first),
		"run carryover migrate again on the machine that has them, or put them into the folder from a backup",
	}
}
