package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/jobs/signing"
	"carryover/samples"
)

// setMachine puts the drops of some parties on hosts of their own, from whose clocks the machine's
// is that far ahead.
func (o *testOffice) setMachine(ahead time.Duration, parties ...string) {
	o.env.Machine = func() time.Time { return time.Now().Add(ahead) }
	for i := range o.env.Parties {
		if p := &o.env.Parties[i]; slices.Contains(parties, p.Code) {
			p.Host = "10." + p.Code
		}
	}
}

// hostClock is a drop on a host whose clock is that far ahead.
type hostClock struct {
	drop.Drop
	ahead time.Duration
}

func (h hostClock) Clock(ctx context.Context) (time.Time, error) {
	at, err := h.Drop.Clock(ctx)
	return at.Add(h.ahead), err
}

// setHost sets the clock of a party's host.
func (o *testOffice) setHost(party string, ahead time.Duration) {
	for i := range o.env.Parties {
		p := &o.env.Parties[i]
		if open := p.Open; p.Code == party {
			p.Open = func(ctx context.Context) (drop.Drop, error) {
				d, err := open(ctx)
				return hostClock{d, ahead}, err
			}
		}
	}
}

// requireClock requires that the machine's clock keeps payments back, and returns the number of
// the item; with no why, that it does not.
func (o *testOffice) requireClock(p samples.Person, why string) string {
	o.tb.Helper()
	o.pass()
	list := o.pressing(exchange.TodoClock)
	if why == "" {
		if len(list) > 0 {
			o.tb.Fatalf("the clock keeps payments back: %+v", list)
		}
		o.requireState(exchange.Out, p, "answered/sent/submitted")
		return ""
	}
	o.requireState(exchange.Out, p, "answered/sent/due")
	if len(list) != 1 || !strings.Contains(list[0].What, why) {
		o.tb.Fatalf("it says %+v, not %s", list, why)
	}
	return list[0].No
}

// TestClockDiffers: no payment is made while the machine's clock is not that of most other hosts;
// a later look that agrees ends it.
func TestClockDiffers(t *testing.T) {
	for name, c := range map[string]struct {
		ahead time.Duration
		why   string
	}{
		"ahead":  {20 * time.Minute, "快 20 分钟，对比 4 个主机中的 4 个（10.310100, 10.320500b, 10.320500c, 10.440100）"},
		"behind": {-25 * time.Hour, "慢 1500 分钟"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := o.dueOut()
			o.setMachine(c.ahead, bank, core, them, others)
			no := o.requireClock(p, c.why)
			if again := o.requireClock(p, c.why); again != no {
				t.Errorf("the same difference is %s, then %s", no, again)
			}
			o.setHost(them, c.ahead)
			o.requireClock(p, c.why)
			o.setHost(bank, c.ahead) // two of four agree
			o.requireClock(p, c.why)
			o.setHost(core, c.ahead)
			o.requireClock(p, "")
		})
	}
}

// TestClockAccepted: an officer of finance and another of 复核 may say that the machine's clock is right;
// what they accepted is by how much it differs.
func TestClockAccepted(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := o.dueOut()
	o.setMachine(20*time.Minute, bank, them, others)
	no := o.requireClock(p, "快 20 分钟")
	refused := func(officer, action, why string) {
		t.Helper()
		if _, err := o.tryDecide(keys, officer, action, no); !errors.Is(err, exchange.ErrDecision) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s by %s: %v, not %q", action, officer, err, why)
		}
	}
	refused("li.na", exchange.ActAcceptDifference, "accept-clock")
	refused("zhao.lei", exchange.ActAcceptClock, "zhao.lei")
	o.decide(keys, "li.na", exchange.ActAcceptClock, no)
	o.requireClock(p, "快 20 分钟")
	o.now = o.now.Add(24 * time.Hour) // not the same words
	refused("li.na", exchange.ActAcceptClock, "another officer")
	o.decide(keys, "wang.min", exchange.ActAcceptClock, no)
	o.requireClock(p, "")
	o.setMachine(40*time.Minute, bank, them, others)
	o.pass()
	if list := o.pressing(exchange.TodoClock); len(list) != 1 || list[0].No == no {
		t.Errorf("40 minutes are what was accepted of 20: %+v", list)
	}
}

// TestClockBeforeTheUpload: what was released before waits as it is, and what is of unknown fate is not sent again.
func TestClockBeforeTheUpload(t *testing.T) {
	t.Run("released", func(t *testing.T) {
		o := newOffice(t)
		p := leaver(us, 0)
		bringLetterTo(o, p, "released")
		f := o.outgoing(exchange.FileQueued)
		o.setMachine(time.Hour, core, them, others)
		o.pass()
		o.requireState(exchange.Out, p, "answered/sent/released")
		o.setMachine(0)
		o.pass()
		o.requireState(exchange.Out, p, "answered/sent/submitted")
		if sent := o.outgoing(exchange.FileSent); !slices.ContainsFunc(sent, func(x exchange.File) bool { return x.ID == f[0].ID }) {
			t.Errorf("another file was sent: %+v", sent)
		}
	})
	t.Run("of unknown fate", func(t *testing.T) {
		o := newOffice(t)
		_, f := o.paymentOfUnknownFate()
		o.setMachine(time.Hour, core, them, others)
		_ = o.tryPass()
		if _, err := o.env.Retry(t.Context(), f.ID, "asked the bank"); !errors.Is(err, signing.ErrClock) {
			t.Errorf("sent again: %v", err)
		}
	})
}

// TestOneHostsClock: one host that differs alone is only said, though it be the only one; drops on this
// machine are no witnesses, and nobody is asked where the clock is given.
func TestOneHostsClock(t *testing.T) {
	for name, change := range map[string]func(o *testOffice){
		"one of three": func(o *testOffice) { o.setMachine(0, bank, them, others); o.setHost(them, time.Hour) },
		"two of four": func(o *testOffice) {
			o.setMachine(0, bank, them, others, core)
			o.setHost(them, time.Hour)
			o.setHost(core, -time.Hour)
		},
		"the only one": func(o *testOffice) { o.setMachine(time.Hour, them) },
		"this machine": func(o *testOffice) { o.setMachine(time.Hour); o.setHost(them, 0) },
		"a rehearsal":  func(o *testOffice) { o.setMachine(time.Hour, bank, them, others); o.env.Agency.Rehearsal = true },
		"given": func(o *testOffice) {
			o.setMachine(time.Hour, bank, them, others)
			o.env.Machine = nil
		},
		"unseen": func(o *testOffice) {
			o.setMachine(time.Hour, bank, them, others)
			for _, party := range []string{bank, others} {
				withParty(party, func(p *office.Party) {
					open := p.Open
					p.Open = func(ctx context.Context) (drop.Drop, error) {
						d, err := open(ctx)
						return unseen{d}, err
					}
				})(o.env)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			o := newOffice(t, func(e *jobs.Env) { e.Log = slog.New(slog.NewTextHandler(&log, nil)) })
			p := o.dueOut()
			change(o)
			o.requireClock(p, "")
			said := strings.Contains(log.String(), "the clock of the host differs")
			if want := strings.Contains(name, "one") || strings.HasPrefix(name, "two") || name == "unseen"; said != want {
				t.Errorf("said: %t, want %t", said, want)
			}
		})
	}
}

// unseen is a drop whose host shows no clock.
type unseen struct{ drop.Drop }

func (unseen) Clock(context.Context) (time.Time, error) {
	return time.Time{}, errors.New("permission denied")
}
