//go:build darwin || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"os"
	"syscall"
)

// Owner is the number of the user to whom a file or folder belongs; errors.ErrUnsupported
// where nobody can tell.
func Owner(path string) (uid int, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return int(info.Sys().(*syscall.Stat_t).Uid), nil
}
