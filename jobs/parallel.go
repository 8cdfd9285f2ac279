package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Counts are the figures of a step, by name.
type Counts map[string]int

func (c Counts) add(more Counts) {
	for name, n := range more {
		c[name] += n
	}
}

// parallel does a piece of work for every item, at most limit at once. The
// faults of all come back joined; none keeps the others from being done.
func parallel[T any](limit int, items []T, do func(T) (Counts, error)) (Counts, error) {
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		total  = Counts{}
		faults []error
		slots  = make(chan struct{}, max(1, limit))
	)
	for _, item := range items {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			counts, err := do(item)
			mu.Lock()
			defer mu.Unlock()
			total.add(counts)
			faults = append(faults, err)
		})
	}
	wg.Wait()
	return total, errors.Join(faults...)
}

// eachParty runs a unit for every party, several at once.
func (e *Env) eachParty(ctx context.Context, step string, unit func(context.Context, Party) (Counts, error)) (Counts, error) {
	return parallel(e.Rules.Parallel, e.Parties, func(p Party) (Counts, error) {
		counts, err := unit(ctx, p)
		if err != nil {
			e.Log.Warn(step+" failed", "party", p.Code, "err", err)
			return counts, fmt.Errorf("%s %s: %w", step, p.Code, err)
		}
		return counts, nil
	})
}
