package courier

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// ClockOff is by how much the clock of another host may differ from the machine's.
const ClockOff = 10 * time.Minute

// clocks are those of the other hosts as a pass sees them, each once.
type clocks struct {
	one   sync.Mutex // parties are visited at the same time
	asked map[string]bool
	ahead map[string]time.Duration // of the machine's, by host
}

func newClocks() *clocks { return &clocks{asked: map[string]bool{}, ahead: map[string]time.Duration{}} }

// look sees how far the clock of a drop's host is ahead of the machine's. A drop on this machine
// is no witness; where the clock is given, as in a rehearsal, nobody is asked.
func (c *clocks) look(ctx context.Context, o *office.Office, p office.Party, d drop.Drop) {
	if o.Machine == nil || o.Agency.Rehearsal || p.Host == "" || !c.first(p.Host) {
		return
	}
	ahead, err := aheadOf(ctx, o.Machine, d)
	switch {
	case err != nil: // it says nothing about this machine's; another drop on it may
		o.Log.Debug("the clock of the host was not seen", "party", p.Code, "err", err)
		c.one.Lock()
		defer c.one.Unlock()
		delete(c.asked, p.Host)
		return
	case ahead.Abs() > ClockOff:
		o.Log.Warn("the clock of the host differs from this machine's", "party", p.Code, "host", p.Host, "ahead", ahead.Round(time.Second))
	}
	c.one.Lock()
	defer c.one.Unlock()
	c.ahead[p.Host] = ahead
}

// first reports whether nobody has looked at a host's clock before.
func (c *clocks) first(host string) bool {
	c.one.Lock()
	defer c.one.Unlock()
	first := !c.asked[host]
	c.asked[host] = true
	return first
}

// aheadOf is how far the clock of a drop's host is ahead of the machine's; 0 when it may agree,
// however long the look takes.
func aheadOf(ctx context.Context, machine func() time.Time, d drop.Drop) (time.Duration, error) {
	before := machine()
	at, err := d.Clock(ctx)
	switch after := machine(); {
	case err != nil:
		return 0, err
	case at.Before(before):
		return at.Sub(before), nil
	case at.After(after):
		return at.Sub(after), nil
	}
	return 0, nil
}

// judge records that the machine's clock differs from those of most hosts, of two at least, and closes
// that once it agrees with most. Between the two, and where no host was seen, all stays as it is.
func (c *clocks) judge(ctx context.Context, o *office.Office) error {
	var off []time.Duration
	var hosts []string
	for _, host := range slices.Sorted(maps.Keys(c.ahead)) {
		if c.ahead[host].Abs() > ClockOff {
			off, hosts = append(off, c.ahead[host]), append(hosts, host)
		}
	}
	agree := len(c.ahead) - len(off)
	differs := len(off) > 1 && len(off) > agree
	if !differs && agree <= len(off) {
		return nil
	}
	return o.Do(ctx, office.By{Actor: "pull"}, func(d *office.Desk) error {
		if !differs {
			return d.CloseDifference("money", "", signing.AboutClock())
		}
		slices.Sort(off)
		return differ(d, off[len(off)/2], code.Say("clock-hosts", len(off), len(c.ahead), strings.Join(hosts, ", ")))
	})
}

// differ keeps open that the machine's clock differs. Once it differs by something else, that is
// another difference, which nobody has accepted.
func differ(d *office.Desk, ahead time.Duration, theirs code.Phrase) error {
	minutes := int(ahead.Round(time.Minute).Minutes())
	open, err := d.Tx.DifferencesAbout("money", signing.AboutClock())
	if err != nil {
		return err
	}
	if len(open) > 0 {
		known, err := strconv.Atoi(open[0].Ours.Arg(0))
		if open[0].Ours.Is("clock-ahead") {
			known = -known
		}
		if err == nil && (ahead-time.Duration(known)*time.Minute).Abs() <= ClockOff {
			return nil
		}
		if err := d.CloseDifference("money", "", signing.AboutClock()); err != nil {
			return err
		}
	}
	ours := code.Say("clock-behind", minutes)
	if minutes < 0 {
		ours = code.Say("clock-ahead", -minutes)
	}
	d.Log.Error("no payment is made", "err", signing.ErrClock)
	return d.RecordDifference("money", "", "", signing.AboutClock(), ours, theirs)
}
