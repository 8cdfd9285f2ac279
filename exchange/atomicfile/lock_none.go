//go:build !(darwin || freebsd || linux || netbsd || openbsd)

package atomicfile

import (
	"errors"
	"os"
)

// Windows renames no open file and flushes no folder.
const (
	renamesOpen  = false
	syncsFolders = false
)

// TryLock fails: this system has no lock that ends with its process.
func TryLock(*os.File) error { return errors.ErrUnsupported }

func lock(*os.File) {}
