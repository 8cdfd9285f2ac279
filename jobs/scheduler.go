package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"carryover/exchange/store"
	"carryover/jobs/courier"
)

// Scheduler makes the passes of a timetable, one after the other, until it is told to
// stop. Its errors are logged and shown by Health: the next waking up tries again. Loop
// runs in one goroutine; Wake, Counts and Health may be called from any.
type Scheduler struct {
	env   *Env
	table Timetable
	wakes chan struct{}

	mu      sync.Mutex // guards what follows
	pass    *Due       // under way; nil: none
	since   time.Time  // when that pass began
	fault   error      // of the last waking up; nil: it went well
	counted map[string]int
}

// NewScheduler is a scheduler of an office that nobody has woken yet.
func NewScheduler(e *Env, table Timetable) *Scheduler {
	return &Scheduler{env: e, table: table, wakes: make(chan struct{}, 1), counted: map[string]int{}}
}

// Wake asks for a look at what is due and returns at once. While one look waits, others
// are dropped: it will see all that is due.
func (s *Scheduler) Wake() {
	select {
	case s.wakes <- struct{}{}:
	default:
	}
}

// Loop works what is due at each waking up, one after the other, until the context ends
// (nil), down says that what serves beside it is down (that error), or the store lies behind
// what is around it (courier.ErrBehind).
func (s *Scheduler) Loop(ctx context.Context, down <-chan error) error {
	var busy Busy
	for {
		select {
		case <-ctx.Done():
			s.env.Log.Info("stopped")
			return nil
		case err := <-down:
			return fmt.Errorf("serve: %w", err)
		case <-s.wakes:
			var err error
			if busy, err = s.work(ctx, busy); errors.Is(err, courier.ErrBehind) {
				return err
			}
		}
	}
}

// work does what is due now, unless another process makes a pass: then Health says so,
// and the next waking up tries again. It returns when its last pass ran.
func (s *Scheduler) work(ctx context.Context, busy Busy) (Busy, error) {
	held, unlock, err := s.env.Spool.LockPasses(ctx)
	if err != nil {
		s.env.Log.Warn("no pass now", "err", err)
		s.end(err)
		return busy, err
	}
	env := Env{s.env.Today()}
	woken, err := env.Wake(held, s.table, busy, s.begin)
	err = errors.Join(err, unlock())
	if ctx.Err() != nil { // told to stop: no fault
		return woken.Busy, nil
	}
	if err != nil {
		s.env.Log.Error("waking up failed", "err", err)
	}
	s.end(err)
	return woken.Busy, err
}

// begin records and counts what is under way.
func (s *Scheduler) begin(d Due) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted[d.Do]++
	s.pass, s.since = &d, s.env.Now()
}

// end records that nothing is under way any more, and how the waking up went.
func (s *Scheduler) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass, s.fault = nil, err
}

// Counts are how often the scheduler did what since it was made, with 0 for what it never
// did, so that the metrics have every series from the start.
func (s *Scheduler) Counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counted := map[string]int{}
	for _, what := range []string{DoStart, DoCatchUp, DoResume, DoMiss, DoGiveUp} {
		counted[what] = s.counted[what]
	}
	return counted
}

// Health says whether the scheduler works.
type Health struct {
	OK    bool       `json:"ok"`
	Why   string     `json:"why,omitempty"`
	Pass  string     `json:"pass,omitempty"` // under way
	Since *time.Time `json:"since,omitempty"`
	Next  *time.Time `json:"next,omitempty"` // start of the next pass
}

// Health reports OK while the store answers, the last waking up went well, and no pass
// takes longer than its window. That a partner could not be reached is no fault of the
// scheduler: runs and metrics show it.
func (s *Scheduler) Health(ctx context.Context) Health {
	s.mu.Lock()
	h, now := Health{OK: true}, s.env.Now()
	if s.pass != nil {
		since := s.since
		h.Pass, h.Since = s.pass.String(), &since
		if length := s.pass.Window.Length; length > 0 && now.Sub(since) > length {
			h.OK, h.Why = false, "the pass takes longer than its window"
		}
	}
	if s.fault != nil {
		h.OK, h.Why = false, s.fault.Error()
	}
	s.mu.Unlock()
	if next, ok := s.table(now); ok {
		h.Next = &next.At
	}
	err := s.env.Store.View(ctx, func(tx *store.Tx) error {
		_, err := tx.Runs(store.RunFilter{Limit: 1})
		return err
	})
	if err != nil {
		h.OK, h.Why = false, fmt.Sprintf("store: %v", err)
	}
	return h
}
