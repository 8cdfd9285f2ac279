//go:build darwin || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"errors"
	"os"
	"syscall"
)

const (
	renamesOpen  = true
	syncsFolders = true
)

// TryLock takes a file's lock, which ends when the file is closed and with the
// process; ErrLocked when another has it, errors.ErrUnsupported where there are none.
func TryLock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}

// lock waits for a sweep that looks at the file. Where a file system has no locks,
// TryLock fails too.
func lock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
