package demo

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
)

// Days of a life: faults occur up to calmDay, and everything must have come
// to rest by lastDay.
const (
	calmDay   = 10
	quietDays = 3 // as long as it takes to send again what has had no receipt
	lastDay   = 75
	nettedDay = 18 // statements of the first month are out by then
)

// life is the small world of one seed.
type life struct {
	seed     uint64
	rng      *rand.Rand
	banking  *rand.Rand // of the banks' own ways, so that the rest of a world stays what it was
	wrong    *rand.Rand // of what is credited by mistake, and changed by hand
	ctx      context.Context
	w        *world
	stage    *stage
	houses   []*house
	delayed  []delayedFile   // files that are on their way longer than they should
	lost     map[string]bool // names of files that were lost once
	annuls   []annulment
	mistakes map[string][]mistake // of the banks, by agency
	netPaid  map[string]bool      // net sums paid at a counter, by month and sum
	untilDay int                  // it goes on until then at least

	passes, debits int
	occurred       map[string]int
	story          []string // what happened, in order
	faults         []string
}

// play lives a seed from its first day to its quiet end.
func play(ctx context.Context, seed uint64, stages []*stage) *life {
	l := &life{
		seed: seed, rng: rand.New(rand.NewPCG(seed, 0x5eed)), banking: rand.New(rand.NewPCG(seed, 0xba2c)),
		wrong: rand.New(rand.NewPCG(seed, 0x3204)), mistakes: map[string][]mistake{}, ctx: ctx, lost: map[string]bool{}, occurred: map[string]int{},
		netPaid: map[string]bool{}, untilDay: closingDay,
	}
	dir, err := os.MkdirTemp(memory(), "carryover-seed-")
	if err != nil {
		l.fault("%v", err)
		return l
	}
	if *keep {
		l.story = append(l.story, "kept in "+dir)
	} else {
		defer os.RemoveAll(dir)
	}
	s := stages[l.rng.IntN(len(stages))]
	if err := l.settle(dir, s); err != nil {
		l.fault("settle: %v", err)
		return l
	}
	defer l.close()
	if err := l.live(); err != nil {
		l.fault("%s: %v", l.w.today, err)
		return l
	}
	if err := l.prove(); err != nil {
		l.fault("proof: %v", err)
	}
	return l
}

// memory is a folder in memory, where there is one: thousands of small stores
// would otherwise wait for the disk.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func (l *life) tell(format string, args ...any) {
	l.story = append(l.story, fmt.Sprintf("%2d %s  ", l.w.day, l.w.today)+fmt.Sprintf(format, args...))
}

func (l *life) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

func (l *life) occur(what string) { l.occurred[what]++ }

// chance is true as often as percent of 100 say, while faults still occur.
func (l *life) chance(percent int) bool { return l.w.day < calmDay && l.rng.IntN(100) < percent }

// live plays day after day until nothing has moved for some.
func (l *life) live() error {
	still, waiting := 0, []string(nil)
	for still < quietDays {
		if l.w.day > lastDay {
			l.fault("no rest after %d working days: %d files late, waiting %q, banks at rest %v", lastDay, len(l.delayed), waiting, l.atRest())
			return nil
		}
		before := l.w.moved()
		if err := l.workingDay(); err != nil {
			return err
		}
		var err error
		if waiting, err = l.unreceipted(); err != nil {
			return err
		}
		if still++; l.w.moved() != before || len(l.delayed) > 0 || len(waiting) > 0 || !l.atRest() || l.w.day <= l.untilDay {
			still = 0
		}
	}
	return nil
}

// unreceipted names the batches of an agency that still wait for a receipt, and
// the payment files that wait for signatures or a word about their fate: when
// everything else is quiet they are sent again, signed, or asked for.
func (l *life) unreceipted() (waiting []string, err error) {
	for _, h := range l.houses {
		err := h.view(func(tx *store.Tx) error {
			files, err := tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{
				exchange.FilePrepared, exchange.FileQueued, exchange.FileSending, exchange.FileSent,
			}})
			for _, f := range files {
				_, staff := exchange.OfficerOf(f.Party)
				sent := f.State == exchange.FileSent && (f.Kind == formats.KindReceipt || f.Kind == office.KindPayment)
				if !staff && !sent && f.Kind != office.KindCheckpoint {
					waiting = append(waiting, fmt.Sprintf("%s %s", f.Name, f.State))
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return waiting, nil
}

// atRest reports whether no bank has anything to book or to tell.
func (l *life) atRest() bool {
	for _, b := range l.w.banks {
		if !b.Idle() {
			return false
		}
	}
	return l.w.clearing.Idle() && !l.mistakesLeft() && !slices.ContainsFunc(l.houses, func(h *house) bool { return len(h.rows)+len(h.settle) > 0 })
}

// workingDay is one or two rounds, and the night.
func (l *life) workingDay() error {
	rounds := 1
	if l.chance(50) {
		rounds = 2
	}
	for round := range rounds {
		l.w.clock.set(l.w.today.Time(l.w.zone).Add(time.Duration(9+9*round) * time.Hour))
		if err := l.outside(round == 0); err != nil {
			return err
		}
		if err := l.mischief(); err != nil {
			return err
		}
		for _, h := range l.houses {
			if round > 0 {
				break
			}
			if err := h.byHand(); err != nil {
				return err
			}
		}
		for _, i := range l.rng.Perm(len(l.houses)) {
			if err := l.houses[i].visit(round == rounds-1); err != nil {
				return err
			}
		}
		if err := l.mischief(); err != nil {
			return err
		}
	}
	if err := l.officers(); err != nil {
		return err
	}
	l.closeAccount()
	if err := l.w.night(); err != nil {
		return err
	}
	l.w.today = l.w.cal.Next(l.w.today)
	l.w.day++
	return nil
}

// outside lets cores, portals, banks and people act in any order; now and
// then somebody is not there.
func (l *life) outside(first bool) error {
	l.w.turns++
	var receive, send []func() error
	for _, a := range l.w.agencies {
		c, p, b := l.w.cores[a.code], l.w.portals[a.code], l.w.banks[a.code]
		receive = append(receive, func() error { return c.Receive(l.ctx, l.w.clock.now()) }, func() error { return p.Receive(l.ctx, l.w.clock.now()) })
		if first || l.chance(30) {
			receive = append(receive, func() error { return b.Morning(l.ctx, l.w.clock.now()) })
		}
		for _, o := range l.houseOf(a.code).officers {
			receive = append(receive, func() error { return l.houseOf(a.code).sign(o) })
		}
		send = append(send, func() error { return c.Send(l.ctx, l.w.clock.now()) }, func() error { return p.Send(l.ctx, l.w.clock.now()) })
	}
	if err := l.inAnyOrder(receive); err != nil {
		return err
	}
	for _, p := range l.w.people {
		was := p.next
		if err := p.act(l.w); err != nil {
			return err
		}
		if p.next > was {
			l.tell("%s: step %d of %q", p.PersonalNo, p.next, p.exception)
		}
	}
	return l.inAnyOrder(send)
}

func (l *life) inAnyOrder(acts []func() error) error {
	for _, i := range l.rng.Perm(len(acts)) {
		if l.chance(15) {
			continue
		}
		if err := acts[i](); err != nil {
			return err
		}
	}
	return nil
}

// closeAccount closes shanghai's first account at its bank on the day on
// which its configuration ends it.
func (l *life) closeAccount() {
	if l.w.day == closingDay {
		a := l.w.agencies[1].settings.Accounts.Own[0]
		l.w.banks[shanghai].Accounts[a.AccountNo].Closed = true
		l.tell("%s: account %s is closed", shanghai, a.AccountNo)
	}
}

func (l *life) close() {
	for _, h := range l.houses {
		h.shut()
	}
	_ = l.w.close()
}

// diary is where an agency's warnings and errors go: into the story.
type diary struct {
	l    *life
	code string
}

func (d diary) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (d diary) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += " " + a.String()
		return true
	})
	d.l.tell("%s: %s", d.code, text)
	return nil
}

func (d diary) WithAttrs([]slog.Attr) slog.Handler { return d }
func (d diary) WithGroup(string) slog.Handler      { return d }
