package office

import (
	"errors"

	"carryover/exchange/store"
)

// ErrNothingToRetry is returned for a file that needs no retry, or must not
// have one; the error's text says why.
var ErrNothingToRetry = errors.New("nothing to retry")

// IsNotFound reports whether an error is store.ErrNotFound: the row that was
// asked for does not exist. Nil is not one.
func IsNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

// IgnoreNotFound returns nil for store.ErrNotFound, and any other error as it is.
func IgnoreNotFound(err error) error {
	if IsNotFound(err) {
		return nil
	}
	return err
}
