package office

import (
	"errors"

	"carryover/exchange/store"
)

// IsNotFound reports whether an error says that what was asked for is not there.
func IsNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

// IgnoreNotFound makes "not there" no error.
func IgnoreNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
