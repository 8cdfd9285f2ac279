package office

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrLocked: another process of this agency makes a pass.
var ErrLocked = errors.New("another pass of this agency is under way (serve, or run by hand); it ends by itself")

// LockPasses sees to it that one process at a time makes passes for an
// agency. The lock ends with the process, however that ends.
func LockPasses(spool string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(spool, ".pass.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // closing ends the lock
}
