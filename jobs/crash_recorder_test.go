package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// call is one call of a pass to the outside.
type call struct {
	Step string // pull, process, remit, report, push; "begin" before the first
	Kind string // file (of the spool, a workbook), drop (a local folder), sftp, commit
	Name string // what was called, on what
	Done bool   // it took place; else it failed by itself (a name that is not there)
}

func (c call) String() string { return c.Step + " " + c.Kind + " " + c.Name }

// What a fault does to the n-th call.
const (
	failBefore = "fails"                 // it does not take place
	failAfter  = "loses its answer"      // it takes place, and is reported as failed
	killAfter  = "is the last one alive" // the process is killed between it and the next
)

// errInjected is the fault.
var errInjected = errors.New("injected fault")

// recorder notes every call of a pass to the outside, in order, and lets one
// of them fail. It is the log handler too, because the log tells the step.
type recorder struct {
	mu    sync.Mutex
	step  string
	calls []call
	open  []int // calls under way, the innermost last

	fault string // what happens to call number at; "" nothing
	at    int
	hit   bool
	kill  func()
}

// seam is called at both sides of a call: what ends in ":before" or ":after".
func (r *recorder) seam(kind, what, name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	what, side, _ := strings.Cut(what, ":")
	if side == "before" {
		n := len(r.calls)
		if r.fault == killAfter && n > r.at {
			r.kill()
		}
		r.calls = append(r.calls, call{Step: r.step, Kind: kind, Name: strings.TrimSpace(what + " " + name)})
		if r.fault == failBefore && n == r.at {
			r.hit = true
			return fmt.Errorf("%s: %w", r.calls[n], errInjected)
		}
		r.open = append(r.open, n)
		return nil
	}
	// A call that failed by itself has no other side: it is passed over.
	n := -1
	for len(r.open) > 0 && n < 0 {
		last := r.open[len(r.open)-1]
		r.open = r.open[:len(r.open)-1]
		if c := r.calls[last]; c.Kind == kind && c.Name == strings.TrimSpace(what+" "+name) {
			n = last
		}
	}
	if n >= 0 {
		r.calls[n].Done = true
	}
	if n != r.at || r.hit {
		return nil
	}
	switch r.fault {
	case failAfter:
		r.hit = true
		return fmt.Errorf("%s: answer lost: %w", r.calls[n], errInjected)
	case killAfter:
		r.kill()
	}
	return nil
}

func (r *recorder) file(what, name string) error { return r.seam("file", what, name) }

// drop is a drop's Step. Temporary names differ from run to run.
func (r *recorder) drop(kind string) func(what, path string) error {
	return func(what, path string) error { return r.seam(kind, what, path) }
}

func (r *recorder) beforeCommit() error { return r.seam("commit", "commit:before", "") }
func (r *recorder) afterCommit() error  { return r.seam("commit", "commit:after", "") }

// Enabled, Handle, WithAttrs and WithGroup make it a slog.Handler.
func (r *recorder) Enabled(context.Context, slog.Level) bool { return true }

// Handle takes the step from the message that a run logs at its beginning.
func (r *recorder) Handle(_ context.Context, m slog.Record) error {
	if m.Message != "step" {
		return nil
	}
	m.Attrs(func(a slog.Attr) bool {
		if a.Key == "job" {
			r.mu.Lock()
			r.step = a.Value.String()
			r.mu.Unlock()
		}
		return a.Key != "job"
	})
	return nil
}

func (r *recorder) WithAttrs([]slog.Attr) slog.Handler { return r }
func (r *recorder) WithGroup(string) slog.Handler      { return r }

// points picks calls to let fail: all of them, or the middle one of each step
// and kind; for .ci/run the first and the last as well.
func points(calls []point, all bool) []point {
	if all {
		return calls
	}
	groups := map[string][]point{}
	for _, p := range calls {
		groups[p.Step+" "+p.Kind] = append(groups[p.Step+" "+p.Kind], p)
	}
	var some []point
	for _, list := range groups {
		numbers := []int{0, len(list) / 2, len(list) - 1}
		if testing.Short() || os.Getenv("CARRYOVER_SWEEP") != "1" {
			numbers = numbers[1:2]
		}
		for _, n := range slices.Compact(numbers) {
			some = append(some, list[n])
		}
	}
	slices.SortFunc(some, func(a, b point) int { return a.order() - b.order() })
	return some
}

// point is a call of the clean run: the n-th of a leg.
type point struct {
	call
	leg, n int
}

func (p point) order() int { return p.leg<<20 + p.n }

func (p point) String() string { return fmt.Sprintf("pass %d, call %d: %s", p.leg, p.n, p.call) }
