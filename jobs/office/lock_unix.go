//go:build darwin || freebsd || linux || netbsd || openbsd

package office

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFile takes the file's lock without waiting; ErrLocked when another process has
// it.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}
