package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"carryover/samples/demo/outside"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/jobs/office"
)

// settle puts the agencies of a stage and the systems around them into a
// folder, and the people of the seed.
func (l *life) settle(dir string, s *stage) error {
	l.w = newWorld(dir, s.zone, s.cal)
	l.stage = s
	for i, from := range s.agencies {
		a := &agency{code: from.code, dir: filepath.Join(dir, from.code), profile: from.profile, settings: from.settings}
		for _, name := range []string{"core", "portal", "bank"} {
			if err := errors.Join(drop.MakeLocal(a.drop(name), drop.Paths{}), outside.MakeOtherEnd(a.drop(name))); err != nil {
				return err
			}
		}
		l.w.agencies = append(l.w.agencies, a)
		if err := l.w.surround(a); err != nil {
			return err
		}
		h, err := l.newHouse(a, s, i)
		if err != nil {
			return err
		}
		if err := h.admit(from.officers); err != nil {
			return err
		}
		if err := os.WriteFile(h.dsn, s.empty, 0o600); err != nil {
			return err
		}
		l.houses = append(l.houses, h)
	}
	between := l.between()
	if err := errors.Join(drop.MakeLocal(between, drop.Paths{}), outside.MakeOtherEnd(between)); err != nil {
		return err
	}
	l.w.clock.set(l.w.today.Time(l.w.zone).Add(8 * time.Hour))
	l.tell("%+v", s.scene)
	if s.netted {
		l.untilDay = nettedDay
	}
	l.drawQuirks()
	l.people()
	return nil
}

// between is the drop that the two agencies share; the first one hosts it.
func (l *life) between() string { return l.w.agencies[0].drop(shanghai) }

// house is an agency's Carryover: its folder, and the process that lives and
// dies in it.
type house struct {
	*agency
	l       *life
	finance *finance
	env     *jobs.Env
	dsn     string
	left    int  // calls to the outside until the process dies; 0: it does not
	dead    bool // since then every call fails
	died    string

	answered  map[string]bool // cases whose annulment an officer has answered
	confirmed map[string]bool // cases whose payer's account finance has confirmed
	paidAgain map[string]bool // payments to persons that came back and were made again
	rows      []changedRow    // changed in the store, and not restored
	touched   map[string]bool // cases whose rows somebody has changed
	settle    []string        // cases whose rows were restored
}

// errDead is what a process that has died gets from outside: nothing.
var errDead = errors.New("the process is dead")

func (l *life) newHouse(a *agency, s *stage, i int) (*house, error) {
	c, f := s.configs[i], s.finance
	h := &house{
		agency: a, finance: f, l: l, dsn: filepath.Join(a.dir, "carryover.db"),
		answered: map[string]bool{}, confirmed: map[string]bool{}, paidAgain: map[string]bool{}, touched: map[string]bool{},
	}
	areas, err := c.Areas()
	if err != nil {
		return nil, err
	}
	h.env = &jobs.Env{Office: &office.Office{
		Agency: c.Agency(), Profiles: c.Profiles(), Partners: c.Partners(), Turns: c.Turns(), Calendar: l.w.cal, Area: areas.Valid,
		Rules: office.Rules{
			ResendAfter: 20 * time.Hour, EscalateAfter: 30 * 24 * time.Hour, HeldNights: *c.Settings.Intake.HeldNights,
			Parallel: 1, QueryWD: c.QueryWD(), AutomaticRelease: c.AutomaticRelease(), StatementWD: *c.Settings.Intake.StatementsWD,
		},
		Spool: spool.Folder(filepath.Join(a.dir, "spool")), Reports: filepath.Join(a.dir, "reports"), Lang: "zh",
		Now: l.w.clock.now, Log: slog.New(diary{l, a.code}), Outside: h.seam,
	}}
	h.env.Agency.Officers = append(h.env.Agency.Officers, f.officer)
	h.env.AllowedSigners = func() (string, error) { return f.signers + s.signers[i], nil }
	h.env.SealKey = func(calendar.Date) (*seal.Key, error) { return s.seals[i].Key, nil }
	h.env.PartnerSigners = func(string) (*seal.Signers, error) { return s.seals[i].Signers, nil }
	for _, dir := range []string{filepath.Join(a.dir, "spool"), h.env.Reports} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	for _, p := range c.Drops() {
		h.env.Parties = append(h.env.Parties, h.party(p))
	}
	return h, nil
}

func (h *house) party(p config.PartyDrop) office.Party {
	roles := map[string]office.Role{"c": office.RoleCore, "p": office.RolePortal, "b": office.RoleBank}
	out := office.Party{Code: p.Party, Role: office.RolePartner, After: p.Drop.After, InFlight: 1}
	root, paths := h.l.between(), drop.Paths{}
	if role, ok := roles[strings.TrimPrefix(p.Party, h.code)]; ok {
		out.Role, root = role, h.drop(string(role))
	} else if name, ok := exchange.OfficerOf(p.Party); ok {
		out.Role, root = office.RoleOfficer, h.staffDrop(name)
	} else if h.code == shanghai {
		paths = outside.OtherEnd()
	}
	out.Open = func(context.Context) (drop.Drop, error) {
		if err := h.seam("open:before", root); err != nil {
			return nil, err
		}
		return drop.OpenLocal(root, paths, drop.Options{Step: h.seam})
	}
	return out
}

// seam is every call of the process to the outside, before it and after it.
func (h *house) seam(call, name string) error {
	if h.dead {
		return errDead
	}
	if h.left > 0 {
		if h.left--; h.left == 0 {
			h.dead, h.died = true, call+" "+filepath.Base(name)
			return errDead
		}
	}
	return nil
}

// start opens the store, as a new process does.
func (h *house) start() (err error) {
	h.dead, h.left = false, 0
	h.env.Store, err = store.Open(h.l.ctx, store.Options{
		DSN:          h.dsn,
		BeforeCommit: func() error { return h.seam("commit:before", "") },
		AfterCommit:  func() error { return h.seam("commit:after", "") },
	})
	return err
}

func (h *house) shut() {
	if h.env.Store != nil {
		_ = h.env.Store.Close()
		h.env.Store = nil
	}
}

// visit is cron's: a pass, and when its process dies, most often another one.
func (h *house) visit(nightly bool) error {
	l := h.l
	if l.chance(10) {
		l.tell("%s: no pass", h.code)
		return nil
	}
	for again := true; again; again = l.rng.IntN(3) > 0 {
		died, err := h.pass(nightly)
		if err != nil || !died {
			return err
		}
		l.tell("%s: died at %s", h.code, h.died)
		l.occur("crash")
	}
	return nil
}

// pass is one pass of one process, which may die on the way.
func (h *house) pass(nightly bool) (died bool, err error) {
	l := h.l
	if h.env.Store == nil {
		if err := h.start(); err != nil {
			return false, err
		}
	}
	if l.chance(20) {
		h.left = 1 + l.rng.IntN(1<<(1+l.rng.IntN(8)))
	}
	steps := []string{"pull", "process", "remit", "push"}
	if nightly && l.rng.IntN(40) == 0 {
		steps = jobs.Steps()
	}
	h.env.Date = calendar.DateOf(h.env.Now())
	l.passes++
	_, err = h.env.Run(l.ctx, jobs.Pass{Steps: steps})
	h.left = 0
	if h.dead {
		h.shut()
		return true, nil
	}
	if err != nil {
		l.tell("%s: %v", h.code, err)
		l.fault("%s on %s: pass: %v", h.code, l.w.today, err)
	}
	return false, nil
}

// view reads the store, opening it where nobody lives just now.
func (h *house) view(fn func(*store.Tx) error) error {
	if h.env.Store == nil {
		if err := h.start(); err != nil {
			return err
		}
	}
	return h.env.Store.View(h.l.ctx, fn)
}

// attend does what is left to people about files that went out: batches that
// were rejected are sent again, payment files are signed, and the bank is asked
// about those of which nothing is heard.
func (h *house) attend() error {
	var files []exchange.File
	err := h.view(func(tx *store.Tx) error {
		for _, f := range []store.FileFilter{
			{Dir: exchange.Out, States: []exchange.FileState{exchange.FileRefused, exchange.FilePrepared}},
			{Dir: exchange.Out, Party: h.code + "b", Kind: office.KindPayment, States: []exchange.FileState{exchange.FileSending, exchange.FileSent}},
		} {
			list, err := tx.Files(f)
			if err != nil {
				return err
			}
			files = append(files, list...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range files {
		switch f.State {
		case exchange.FileRefused:
			err = h.sendAgain(f)
		case exchange.FilePrepared:
			err = h.release(f)
		default:
			err = h.askBank(f)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// sendAgain is the operator's `carryover retry`.
func (h *house) sendAgain(f exchange.File) error {
	did, err := h.env.Retry(h.l.ctx, f.ID, "")
	h.l.tell("%s: operator, %s: %s", h.code, f.Name, did)
	h.l.occur("operator")
	return err
}

// answerAnnulments is the officer who answers a partner's proposal.
func (h *house) answerAnnulments() error {
	var asked []exchange.Case
	err := h.view(func(tx *store.Tx) (err error) {
		return tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error {
			if c.Wish == exchange.WishAsked && !h.answered[c.No] {
				asked = append(asked, c)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, c := range asked {
		if h.l.rng.IntN(3) == 0 {
			continue // another day
		}
		h.answered[c.No] = true
		h.l.lodgeAnnulment(h.code, c, h.l.rng.IntN(4) > 0)
	}
	return nil
}
