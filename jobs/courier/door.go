package courier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// mostFailures is how many files of one party may fail in a pass beside those that it
// takes in: each costs round trips.
const mostFailures = 1000

// turns of files in a pass, first to last.
const (
	turnFirst    = iota // new, or as it was last seen
	turnChanging        // another size or time than last seen: somebody is writing it
	turnFailed          // could not be taken in, or out of the drop, last time
)

// turnOf is a file's turn by what was last seen of its name.
func turnOf(a arrival, last exchange.Look) int {
	switch {
	case last.Name == "":
		return turnFirst
	case !seenSo(last, a.Entry):
		return turnChanging
	case last.After != "":
		return turnFailed
	}
	return turnFirst
}

// inTurn puts files into the order in which a pass takes them: what failed last time
// goes behind, the longest ago first, so that it keeps nothing else waiting.
func inTurn(files []arrival, looks map[string]exchange.Look) {
	slices.SortStableFunc(files, func(a, b arrival) int {
		last, other := looks[a.Name], looks[b.Name]
		turn := turnOf(a, last)
		if c := cmp.Compare(turn, turnOf(b, other)); c != 0 || turn != turnFailed {
			return c
		}
		return last.SeenAt.Compare(other.SeenAt)
	})
}

// noteFailure remembers that a file failed (exchange.Look.Failed). One that was recorded
// keeps what remains to be done with it.
func noteFailure(ctx context.Context, o *office.Office, party, name string) error {
	return o.Store.Tx(ctx, func(tx *store.Tx) error {
		look, err := tx.Look(party, name)
		if err != nil {
			return office.IgnoreNotFound(err)
		}
		if look.SeenAt = o.Now(); look.FileID == 0 {
			look.After = office.AfterBad
		}
		return tx.PutLook(look)
	})
}

// visit is one pass's way through a party's drop.
type visit struct {
	*office.Office
	party    office.Party
	drop     drop.Drop
	looks    map[string]exchange.Look
	faults   office.Faults
	over     atomic.Bool   // the session is
	fetching *atomic.Int64 // bytes that are being fetched, from all parties
	failed   atomic.Int64

	mu    sync.Mutex
	bytes int64 // that files under way or taken in have
	files int   // the same
}

// pullFiles takes files in, several in flight on the one connection, up to the party's
// limits; the counts are of those that were taken in. One file's error does not stop the
// others, and uses up the limit only where it failed last time too.
func (v *visit) pullFiles(ctx context.Context, files []arrival) (office.Counts, error) {
	inTurn(files, v.looks)
	total := office.Counts{}
	for len(files) > 0 && ctx.Err() == nil && !v.over.Load() && v.failed.Load() < mostFailures {
		now, later := v.portion(files)
		if len(now) == 0 {
			break
		}
		counts, _ := office.Parallel(v.party.InFlight, now, func(a arrival) (office.Counts, error) { return v.pullOne(ctx, a), nil })
		total.Add(counts)
		files = later
	}
	if len(files) > 0 && ctx.Err() == nil && !v.over.Load() { // one party's flood must not keep the pass from the others
		v.Log.Warn("more than the party's limit: the rest waits", "party", v.party.Code, "files", len(files), "failed", v.failed.Load(),
			"limit", v.party.Flood, "limit_bytes", v.party.FloodBytes)
	}
	return total, v.faults.Err()
}

// portion takes from files what the party's limits still allow: all that are small enough.
func (v *visit) portion(files []arrival) (now, later []arrival) {
	for _, a := range files {
		full := v.party.Flood > 0 && v.files >= v.party.Flood || v.party.FloodBytes > 0 && v.bytes+a.Size > v.party.FloodBytes
		if full || len(now) >= mostFailures {
			later = append(later, a)
			continue
		}
		now = append(now, a)
		v.files, v.bytes = v.files+1, v.bytes+a.Size
	}
	return now, later
}

// pullOne takes one file in; what went wrong is among the faults, and remembered.
func (v *visit) pullOne(ctx context.Context, a arrival) office.Counts {
	if v.over.Load() {
		return nil
	}
	leave, err := v.enter(a)
	if err != nil {
		v.faults.Add(a.Name, err)
		return nil
	}
	defer leave()
	taken, err := pullFile(ctx, v.Office, v.party, v.drop, a, v.looks[a.Name])
	if err == nil {
		if taken {
			return office.Counts{"fetched": 1}
		}
		return nil
	}
	if sessionOver(err) {
		v.over.Store(true)
	}
	v.failed.Add(1)
	if turnOf(a, v.looks[a.Name]) != turnFailed {
		v.mu.Lock()
		v.files, v.bytes = v.files-1, v.bytes-a.Size
		v.mu.Unlock()
	}
	if ctx.Err() == nil {
		if noted := noteFailure(ctx, v.Office, v.party.Code, a.Name); noted != nil {
			err = errors.Join(err, noted)
		}
	}
	v.faults.Add(a.Name, err)
	return nil
}

// errNoRoom is why a file is not fetched that there is no room for.
var errNoRoom = errors.New("not fetched: the free space would go below the reserve (folders.reserve)")

// enter lets a file be fetched if there is room for it, until leave is called; errNoRoom.
func (v *visit) enter(a arrival) (leave func(), err error) {
	if v.Room == nil || v.looks[a.Name].FileID != 0 && turnOf(a, v.looks[a.Name]) == turnFailed { // it is here already
		return func() {}, nil
	}
	room, err := v.Room()
	if err != nil {
		return nil, err
	}
	size := a.Size + a.sig.Size
	if v.fetching.Add(size) > room {
		v.fetching.Add(-size)
		return nil, errNoRoom
	}
	return func() { v.fetching.Add(-size) }, nil
}

// fault notes what went wrong with one file, which stops no other; it returns the error of
// a session that is over.
func (v *visit) fault(ctx context.Context, name string, err error) error {
	if err != nil && (ctx.Err() != nil || sessionOver(err)) {
		return fmt.Errorf("%s: %w", name, err)
	}
	v.faults.Add(name, err)
	return nil
}

// sessionOver reports whether a drop's error means that nothing more comes from it.
func sessionOver(err error) bool {
	return errors.Is(err, drop.ErrLost) || errors.Is(err, drop.ErrTimeout) || errors.Is(err, drop.ErrClosed)
}

// noteOdd logs what stands in a drop and is no file to take in, a line for each reason.
func noteOdd(o *office.Office, p office.Party, list drop.Listing) {
	names := map[string][]string{}
	for _, odd := range list.Odd {
		names[odd.Why] = append(names[odd.Why], odd.Name)
	}
	for _, why := range slices.Sorted(maps.Keys(names)) {
		o.Log.Warn("left alone in the drop", "party", p.Code, "why", why, "files", len(names[why]), "names", office.FirstNames(names[why]))
	}
	if list.Truncated {
		o.Log.Warn("more names in the drop than are read: others wait", "party", p.Code, "files", len(list.Files))
	}
}
