package office

import (
	"errors"
	"iter"

	"carryover/exchange/store"
)

// ErrStop ends a walk whose reader wants no more. It is no fault: whoever
// started the walk swallows it.
var ErrStop = errors.New("enough")

// Walk makes an iterator of a walk that calls visit for each item, as the
// store's Each functions do. When the loop over it breaks, visit returns
// ErrStop, which each has to return too; any other error of each is yielded
// last, with the zero item. Each pass over the iterator walks anew.
func Walk[T any](each func(visit func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := each(func(item T) error {
			if !yield(item, nil) {
				return ErrStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrStop) {
			var none T
			yield(none, err)
		}
	}
}

// InPages visits items a page at a time, behind what ahead reads of the store for the
// page, and forgets what was read ahead before. The first error ends it.
func InPages[T any](tx *store.Tx, items iter.Seq2[T, error], ahead func([]T) error, visit func(T) error) error {
	page := make([]T, 0, Chunk)
	take := func() error {
		tx.ForgetAhead()
		if err := ahead(page); err != nil {
			return err
		}
		for _, x := range page {
			if err := visit(x); err != nil {
				return err
			}
		}
		page = page[:0]
		return nil
	}
	for x, err := range items {
		if err != nil {
			return err
		}
		if page = append(page, x); len(page) == Chunk {
			if err := take(); err != nil {
				return err
			}
		}
	}
	return take()
}
