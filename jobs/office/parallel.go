package office

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Counts are the figures of a step, by name.
type Counts map[string]int

// Add adds further figures, name by name.
func (c Counts) Add(more Counts) {
	for name, n := range more {
		c[name] += n
	}
}

// Parallel does a piece of work for every item, at most limit at once (less than 1:
// one). The faults of all come back joined; none keeps the others from being done.
func Parallel[T any](limit int, items []T, do func(T) (Counts, error)) (Counts, error) {
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		total  = Counts{}
		faults []error
		slots  = make(chan struct{}, max(1, limit))
	)
	for _, item := range items {
		slots <- struct{}{} // blocks here, so that no more goroutines than slots are started
		wg.Go(func() {
			defer func() { <-slots }()
			counts, err := do(item)
			mu.Lock()
			defer mu.Unlock()
			total.Add(counts)
			faults = append(faults, err)
		})
	}
	wg.Wait()
	return total, errors.Join(faults...)
}

// EachParty runs a unit of a step for every party, Rules.Parallel of them at once. A
// party that cannot be reached does not stop the others: its error is logged where it
// happens, and joined to the others with its code.
func (o *Office) EachParty(ctx context.Context, step string, unit func(context.Context, Party) (Counts, error)) (Counts, error) {
	return Parallel(o.Rules.Parallel, o.Parties, func(p Party) (Counts, error) {
		counts, err := unit(ctx, p)
		if err != nil {
			o.Log.Warn(step+" failed", "party", p.Code, "err", err)
			return counts, fmt.Errorf("%s %s: %w", step, p.Code, err)
		}
		return counts, nil
	})
}
