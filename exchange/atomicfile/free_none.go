//go:build !(darwin || linux)

package atomicfile

import "errors"

// Free fails: this system is not asked.
func Free(string) (int64, error) { return 0, errors.ErrUnsupported }
