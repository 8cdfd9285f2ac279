package office

import (
	"errors"
	"iter"
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
