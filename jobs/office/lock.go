package office

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"carryover/exchange/atomicfile"
)

// ErrLocked is returned while another process of this agency makes a pass.
var ErrLocked = errors.New("another pass of this agency is under way (serve, or run by hand); it ends by itself")

// LockPasses takes the lock by which one process at a time makes passes for an
// agency; ErrLocked when another has it: nobody waits, a later pass does the work.
// The lock ends with the process, however that ends, so that none is ever stale; its
// file stays.
func LockPasses(spool string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(spool, ".pass.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	err = atomicfile.TryLock(f)
	if errors.Is(err, atomicfile.ErrLocked) {
		err = ErrLocked
	}
	// Where there are no locks, two passes at once do no harm to cases or money (every
	// change is conditional), but the one that comes late ends with an error.
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, errors.Join(fmt.Errorf("lock: %w", err), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing ends the lock
}
