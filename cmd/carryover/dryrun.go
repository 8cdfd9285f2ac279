package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/jobs/office"
)

// dryPlan is what a dry run would have done in the drops.
type dryPlan struct {
	Take  []dryFile `json:"take"`  // files that would have been taken in
	Send  []dryFile `json:"send"`  // files that would have been left
	Blind []string  `json:"blind"` // parties that were not looked at
	mu    sync.Mutex
}

// dryFile is one file of the plan.
type dryFile struct {
	Party string `json:"party"`
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

func (p *dryPlan) note(list *[]dryFile, f dryFile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*list = append(*list, f)
}

// tell prints the plan for people; nothing when there is none.
func (p *dryPlan) tell(w io.Writer) {
	if p == nil {
		return
	}
	fmt.Fprintln(w, "dry run: nothing was written")
	for _, f := range p.Take {
		fmt.Fprintf(w, "would take in  %s %s, %d bytes\n", f.Party, f.Name, f.Bytes)
	}
	for _, f := range p.Send {
		fmt.Fprintf(w, "would send     %s %s, %d bytes\n", f.Party, f.Name, f.Bytes)
	}
	for _, party := range p.Blind {
		fmt.Fprintf(w, "not looked at  %s: its server hands a file out only once\n", party)
	}
}

// openDry opens a copy of the agency that can do no harm: its store, spool and
// reports lie in a temporary folder, its drops are only read. close removes
// the copy.
func (a *app) openDry(ctx context.Context) (_ *agency, _ *dryPlan, err error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return nil, nil, err
	}
	dsn, err := c.StoreDSN()
	if err != nil {
		return nil, nil, usageError{err}
	}
	if strings.Contains(dsn, "://") {
		return nil, nil, usageError{errors.New("--dry-run works on a copy of the store, which cannot be made of one on PostgreSQL")}
	}
	env, err := newEnv(c, a.now, a.err)
	if err != nil {
		return nil, nil, err
	}
	env.Log = env.Log.With("dry_run", true)
	dir, err := os.MkdirTemp("", "carryover-dry-")
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if env.Store, err = copyStore(ctx, dsn, filepath.Join(dir, "carryover.db")); err != nil {
		return nil, nil, err
	}
	ag := &agency{config: c, env: env, after: func() error { return os.RemoveAll(dir) }}
	used := env.Spool
	env.Spool, env.Reports = filepath.Join(dir, "spool"), filepath.Join(dir, "reports")
	if err := errors.Join(os.Mkdir(env.Spool, 0o700), os.Mkdir(env.Reports, 0o700), linkSpool(ctx, env, used)); err != nil {
		return nil, nil, errors.Join(err, env.Store.Close())
	}
	plan := &dryPlan{Take: []dryFile{}, Send: []dryFile{}, Blind: []string{}}
	readOnce := map[string]bool{}
	for _, p := range c.Drops() {
		readOnce[p.Party] = p.Drop.Quirks.ReadOnce
	}
	for i := range env.Parties {
		plan.wrap(&env.Parties[i], readOnce[env.Parties[i].Code])
	}
	return ag, plan, nil
}

// copyStore makes and opens a copy of a store; an empty one where there is none.
func copyStore(ctx context.Context, from, to string) (*store.Store, error) {
	if _, err := os.Stat(from); err == nil {
		s, err := store.Open(ctx, store.Options{DSN: from})
		if err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
		if err := errors.Join(s.Backup(ctx, to), s.Close()); err != nil {
			return nil, err
		}
	}
	s, err := store.Open(ctx, store.Options{DSN: to})
	if err != nil {
		return nil, fmt.Errorf("open the copy of the store: %w", err)
	}
	if err := prepareStore(ctx, s); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// linkSpool makes the files that a pass may read seen in the copy's spool.
func linkSpool(ctx context.Context, env *jobs.Env, spool string) error {
	spool, err := filepath.Abs(spool)
	if err != nil {
		return err
	}
	return env.Store.View(ctx, func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{States: []exchange.FileState{
			exchange.FileFetched, exchange.FileQueued, exchange.FileSending, exchange.FileSent,
		}})
		if err != nil {
			return err
		}
		for _, f := range files {
			for _, name := range []string{f.Spool, f.Signature} {
				if name == "" {
					continue
				}
				err := os.Symlink(filepath.Join(spool, name), filepath.Join(env.Spool, name))
				if err != nil && !errors.Is(err, os.ErrExist) {
					return err
				}
			}
		}
		return nil
	})
}

// wrap makes a party's drop one that is only read. A server that hands a file
// out only once is not even read.
func (p *dryPlan) wrap(party *office.Party, readOnce bool) {
	open, code := party.Open, party.Code
	if readOnce {
		p.Blind = append(p.Blind, code)
	}
	party.Open = func(ctx context.Context) (drop.Drop, error) {
		d, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &dryDrop{Drop: d, plan: p, party: code, blind: readOnce}, nil
	}
}

// dryDrop is a drop in which nothing is changed.
type dryDrop struct {
	drop.Drop
	plan  *dryPlan
	party string
	blind bool
}

// List shows nothing of a drop that is not to be read.
func (d *dryDrop) List(ctx context.Context, f drop.Folder) (drop.Listing, error) {
	if d.blind {
		return drop.Listing{}, nil
	}
	return d.Drop.List(ctx, f)
}

// Put notes what would be left.
func (d *dryDrop) Put(_ context.Context, _ drop.Folder, name string, _ io.ReaderAt, size int64, _ drop.PutOptions) error {
	d.plan.note(&d.plan.Send, dryFile{d.party, name, size})
	return nil
}

// Move notes what would be taken in.
func (d *dryDrop) Move(_ context.Context, _ drop.Folder, e drop.Entry, _ drop.Folder) error {
	d.plan.note(&d.plan.Take, dryFile{d.party, e.Name, e.Size})
	return nil
}

// Remove notes what would be taken in.
func (d *dryDrop) Remove(_ context.Context, _ drop.Folder, e drop.Entry) error {
	d.plan.note(&d.plan.Take, dryFile{d.party, e.Name, e.Size})
	return nil
}
