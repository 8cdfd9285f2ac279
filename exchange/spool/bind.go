package spool

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"carryover/exchange/atomicfile"
	"carryover/exchange/store"
)

// idFile is the file of a folder that says whose spool it is: area code and id.
const idFile = ".spool-id"

// Refused says why a store and a spool do not belong together, and what to do.
type Refused struct{ Why, Todo string }

// Error is both in one line.
func (r *Refused) Error() string { return r.Why + "; " + r.Todo }

// Owner is whose a store and its spool are.
type Owner struct {
	Agency    string // area code
	Rehearsal bool   // it rehearses: what happens in them is not meant
	Restoring bool   // a store that was lost is begun anew beside its folder, or a folder beside its store
}

// Open opens the spool of an owner's store: the folder dir, which must be there, or,
// of a shared store, the store itself. The first time it binds them to each other by an
// id, in a row of the store and a file of the folder, alone; from then on anything else is
// *Refused: the store of another agency, that of a rehearsal or of none as it is not
// said, the folder of another store, a folder that is empty though the store is not.
func Open(ctx context.Context, s *store.Store, of Owner, dir string) (Spool, error) {
	b, err := look(ctx, s, dir)
	if err != nil {
		return nil, err
	}
	if b.row.Spool == "" {
		if b.mark.Spool != "" && b.mark.Agency != of.Agency { // whose passes are not to be waited for
			return nil, b.mayBind(of)
		}
		err := Alone(ctx, s, dir, func() {}, func(ctx context.Context) error {
			if b, err = look(ctx, s, dir); err != nil || b.row.Spool != "" {
				return err
			}
			return b.bind(ctx, s, of)
		})
		if err != nil {
			return nil, err
		}
	}
	if of.Restoring && !b.shared && b.mark.Spool == "" { // the folder was lost
		if b.mark, err = b.writeMark(b.row); err != nil {
			return nil, err
		}
	}
	return b.fit(s, of)
}

// retryLock is for how long Alone waits before it tries again.
const retryLock = 100 * time.Millisecond

// Alone does something to a store, whose spool is the folder dir, while no pass is made of it and nobody else
// does something alone. It waits for them, and says so once, until ctx ends. held ends as that of LockPasses.
func Alone(ctx context.Context, s *store.Store, dir string, waits func(), do func(held context.Context) error) error {
	var passes Spool = folder{dir}
	if s.Shared() {
		passes = database{s, dir}
	}
	for {
		held, unlock, err := passes.LockPasses(ctx)
		switch {
		case err == nil:
			return errors.Join(do(held), unlock())
		case !errors.Is(err, ErrLocked):
			return err
		}
		waits()
		waits = func() {}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(retryLock):
		}
	}
}

// Check reports whether Open would open the spool; it changes nothing.
func Check(ctx context.Context, s *store.Store, of Owner, dir string) error {
	b, err := look(ctx, s, dir)
	if err == nil && b.row.Spool == "" {
		return b.mayBind(of)
	}
	if err == nil {
		if of.Restoring && !b.shared && b.mark.Spool == "" {
			b.mark = b.row
		}
		_, err = b.fit(s, of)
	}
	return err
}

// Owned is *Refused while a store is another agency's, or that of a rehearsal, or of none, as it is not
// said. It looks at no folder, and changes nothing.
func Owned(ctx context.Context, s *store.Store, of Owner) error {
	return s.View(ctx, func(tx *store.Tx) error {
		row, err := tx.Binding()
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			err = owned(row, of)
		}
		return err
	})
}

// both is what a store and a folder say about each other.
type both struct {
	row    store.Binding // of the store; the zero Binding: none yet
	used   bool          // the store knows files
	shared bool          // it keeps them itself
	dir    string
	mark   store.Binding // of the folder, which does not say whether it rehearses; the zero Binding: none
	full   bool          // files lie in it
}

func look(ctx context.Context, s *store.Store, dir string) (b both, err error) {
	b = both{shared: s.Shared(), dir: dir}
	err = s.View(ctx, func(tx *store.Tx) (err error) {
		if b.row, err = tx.Binding(); err == nil || !errors.Is(err, store.ErrNotFound) {
			return err
		}
		files, err := tx.Files(store.FileFilter{Limit: 1})
		b.used = len(files) > 0
		return err
	})
	if err != nil {
		return b, err
	}
	if b.mark, err = readMark(dir); err != nil {
		return b, err
	}
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	for _, e := range list {
		b.full = b.full || !strings.HasPrefix(e.Name(), ".")
	}
	return b, err
}

// readMark reads the id of a folder; the zero Binding when it has none.
func readMark(dir string) (store.Binding, error) {
	text, err := os.ReadFile(filepath.Join(dir, idFile))
	if errors.Is(err, fs.ErrNotExist) {
		return store.Binding{}, nil
	}
	words := strings.Fields(string(text))
	if err == nil && len(words) != 2 {
		err = fmt.Errorf("%s holds no area code and id", filepath.Join(dir, idFile))
	}
	if err != nil {
		return store.Binding{}, fmt.Errorf("spool: %w", err)
	}
	return store.Binding{Agency: words[0], Spool: words[1]}, nil
}

// bind binds what is not bound. The folder comes first: cut short in between, it has an
// id and no store, which the next try takes over.
func (b *both) bind(ctx context.Context, s *store.Store, of Owner) (err error) {
	if err := b.mayBind(of); err != nil {
		return err
	}
	to := b.mark
	if to.Spool == "" {
		to = newBinding(of)
	}
	if !b.shared && b.mark.Spool == "" {
		if b.mark, err = b.writeMark(to); err != nil {
			return err
		}
		to = b.mark
	}
	to.Rehearsal = of.Rehearsal
	return s.Tx(ctx, func(tx *store.Tx) (err error) {
		if err = tx.Bind(to); err != nil {
			return err
		}
		b.row, err = tx.Binding()
		return err
	})
}

// writeMark gives a folder its id, and returns that which it has: another process may be quicker.
func (b *both) writeMark(to store.Binding) (store.Binding, error) {
	err := atomicfile.Create(filepath.Join(b.dir, idFile), func(f *os.File) error {
		_, err := fmt.Fprintln(f, to.Agency, to.Spool)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return store.Binding{}, fmt.Errorf("spool: %w", err)
	}
	return readMark(b.dir)
}

func newBinding(of Owner) store.Binding {
	id := make([]byte, 16)
	rand.Read(id)
	return store.Binding{Agency: of.Agency, Rehearsal: of.Rehearsal, Spool: hex.EncodeToString(id)}
}

// mayBind is why a store that is bound to nothing may not be bound.
func (b *both) mayBind(of Owner) error {
	switch {
	case b.used && of.Rehearsal:
		return notRehearsed()
	case b.shared && b.mark.Spool != "":
		return b.notScratch()
	case b.shared && b.used:
		return &Refused{
			"the store keeps its files itself, and they have not been taken into it yet",
			"run carryover migrate on the machine that has them, with the folder that they lie in as folders.spool",
		}
	case b.mark.Spool != "" && b.mark.Agency != of.Agency:
		return &Refused{
			fmt.Sprintf("the folder %s is the spool %s of agency %s, not of %s", b.dir, b.mark.Spool, b.mark.Agency, of.Agency),
			"name a folder of its own under folders.spool",
		}
	case b.mark.Spool != "" && b.full && !b.used && !of.Restoring:
		return &Refused{
			fmt.Sprintf("the folder %s is the spool %s, which is in use, and the store is empty", b.dir, b.mark.Spool),
			"name the store of this spool under store.dsn, or run carryover restore, with its backup as FILE or without one; for a new store, name an empty folder under folders.spool",
		}
	}
	return nil
}

func (b *both) notScratch() error {
	return &Refused{
		fmt.Sprintf("the folder %s is the spool %s of agency %s, of a store that is a file", b.dir, b.mark.Spool, b.mark.Agency),
		"name that store under store.dsn; or for this one, which keeps its files itself, another folder under folders.spool",
	}
}

// notRehearsed is why a store in which things are meant is none to rehearse in.
func notRehearsed() error {
	return &Refused{
		"the configuration says rehearsal: true, and the store is none of a rehearsal: what it holds is meant",
		"take rehearsal out of the configuration; to rehearse, name a new store under store.dsn, empty folders under folders and empty drops",
	}
}

// owned is why a store that is bound is not the owner's.
func owned(row store.Binding, of Owner) error {
	switch {
	case row.Agency != of.Agency:
		return &Refused{
			fmt.Sprintf("the store is that of agency %s, not of %s", row.Agency, of.Agency),
			"name under store.dsn a store of its own for each agency: a file, or on PostgreSQL a database or schema",
		}
	case !row.Rehearsal && of.Rehearsal:
		return notRehearsed()
	case row.Rehearsal && !of.Rehearsal:
		return &Refused{
			"the store is that of a rehearsal, and the configuration does not say rehearsal: true",
			"say so to go on rehearsing; what was rehearsed never counts: for real work name a new store under store.dsn, empty folders under folders and empty drops",
		}
	}
	return nil
}

// fit is the spool of a store that is bound.
func (b *both) fit(s *store.Store, of Owner) (Spool, error) {
	if err := owned(b.row, of); err != nil {
		return nil, err
	}
	switch {
	case b.shared && b.mark.Spool != "":
		return nil, b.notScratch()
	case b.shared:
		return database{s, b.dir}, nil
	case b.mark.Spool == "":
		return nil, &Refused{
			fmt.Sprintf("the store belongs to the spool %s, and the folder %s is none: it is empty, or the spool was moved", b.row.Spool, b.dir),
			fmt.Sprintf("put the spool back, or name it under folders.spool; if its files are lost for good, write %q into %s there and go on without them",
				b.row.Agency+" "+b.row.Spool, idFile),
		}
	case b.mark.Agency != b.row.Agency || b.mark.Spool != b.row.Spool:
		return nil, &Refused{
			fmt.Sprintf("the store belongs to the spool %s of agency %s, and the folder %s is the spool %s of agency %s",
				b.row.Spool, b.row.Agency, b.dir, b.mark.Spool, b.mark.Agency),
			"name the two that belong together under store.dsn and folders.spool",
		}
	}
	return Folder(b.dir), nil
}
