package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs/courier"
)

// printPlan prints the plan for people; nothing when there is none.
func printPlan(w io.Writer, p *courier.DryRun) {
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
func (a *app) openDry(ctx context.Context) (_ *agency, _ *courier.DryRun, err error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return nil, nil, err
	}
	dsn, err := storeDSN(c)
	if err != nil {
		return nil, nil, err
	}
	if isAddress(dsn) {
		return nil, nil, usageError{errors.New("--dry-run works on a copy of the store, which cannot be made of one on PostgreSQL")}
	}
	env, err := newEnv(c, a.now, a.err)
	if err != nil {
		return nil, nil, err
	}
	env.Log = env.Log.With("dry_run", true) // lines that say "sent" must not be believed
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
	ag := &agency{config: c, env: env, onClose: func() error { return os.RemoveAll(dir) }}
	used, written := c.Abs(c.Settings.Folders.Spool), filepath.Join(dir, "spool")
	env.Mark = ""
	env.Spool, env.Reports = spool.Over(written, spool.Folder(used)), filepath.Join(dir, "reports")
	err = errors.Join(os.Mkdir(written, 0o700), os.Mkdir(env.Reports, 0o700), spool.Check(ctx, env.Store, owner(c), used))
	if err != nil {
		return nil, nil, errors.Join(err, env.Store.Close())
	}
	readOnce := map[string]bool{}
	for _, p := range c.Drops() {
		readOnce[p.Party] = p.Drop.Quirks.ReadOnce // even a look would take these files from the real pass
	}
	return ag, courier.ReadOnly(env.Office, func(party string) bool { return readOnce[party] }), nil
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
	if err := prepareStore(ctx, s, filepath.Dir(to), func() {}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
