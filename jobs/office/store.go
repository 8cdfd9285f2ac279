package office

import (
	"errors"

	"carryover/exchange/store"
)

// IgnoreNotFound makes "not there" no error.
func IgnoreNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// ErrStop ends a walk whose reader wants no more.
var ErrStop = errors.New("enough")
