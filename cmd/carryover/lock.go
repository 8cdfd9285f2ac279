package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errLocked: another process of this agency makes a pass.
var errLocked = errors.New("another pass of this agency is under way (serve, or run by hand); it ends by itself")

// lockPasses sees to it that one process at a time makes passes for an
// agency. The lock ends with the process, however that ends.
func lockPasses(spool string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(spool, ".pass.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // closing ends the lock
}

// openAlone opens the agency for a command that changes what passes work on:
// none is made until closed is called.
func (a *app) openAlone(ctx context.Context) (ag *agency, closed func() error, err error) {
	if ag, err = openAgency(ctx, a.config, a.now, a.err); err != nil {
		return nil, nil, err
	}
	unlock, err := lockPasses(ag.env.Spool)
	if err != nil {
		return nil, nil, errors.Join(err, ag.close())
	}
	return ag, func() error { defer unlock(); return ag.close() }, nil
}
