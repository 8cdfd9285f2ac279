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

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/samples"
)

// stage is a pair of agencies that any number of seeds can be played on: their
// configurations, and an empty store.
type stage struct {
	name     string
	agencies [2]*agency
	configs  [2]*config.Config
	empty    []byte
	zone     *time.Location
	cal      *calendar.Calendar
	finance  *finance
}

// setStages makes the pairs: the profiles of the rules, and lump sums.
func setStages(dir string) (all []*stage, err error) {
	empty, err := emptyStore(filepath.Join(dir, "empty.db"))
	if err != nil {
		return nil, err
	}
	officer, err := newFinance()
	if err != nil {
		return nil, err
	}
	for _, kind := range []struct {
		old, young string
		lump       bool
	}{
		{config.Profile2016, config.Profile2016, false},
		{config.Profile2021, config.Profile2021, false},
		{config.Profile2016, config.Profile2021, true},
	} {
		s := &stage{name: fmt.Sprintf("%s-%s lump %v", kind.old, kind.young, kind.lump), empty: empty, finance: officer}
		if err := s.set(filepath.Join(dir, fmt.Sprint(len(all))), kind.old, kind.young, kind.lump); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func emptyStore(path string) ([]byte, error) {
	s, err := store.Open(context.Background(), store.Options{DSN: path})
	if err != nil {
		return nil, err
	}
	backup := path + ".copy"
	err = s.Migrate(context.Background())
	if err == nil {
		err = s.Backup(context.Background(), backup)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(backup)
}

func (s *stage) set(dir, oldProfile, youngProfile string, lump bool) error {
	s.zone = time.FixedZone("CST", 8*3600)
	for i, code := range []string{suzhou, shanghai} {
		s.agencies[i] = &agency{code: code, dir: filepath.Join(dir, code), profile: []string{oldProfile, youngProfile}[i]}
	}
	there, here := samples.PlaceOf(suzhou), samples.PlaceOf(shanghai)
	closing := receiving(here)
	next := closing
	next.AccountNo = next.AccountNo[:len(next.AccountNo)-2] + "26"
	toYoung := partnerSetting(here, oldProfile, []config.Account{closing, next})
	toYoung.LumpSum, toYoung.Seal = lump, exchange.SealOff // signatures get lost apart from their files, which is another test's
	if err := s.agencies[0].settle([]config.PartnerSetting{toYoung}, []config.Account{receiving(there)}, nil); err != nil {
		return err
	}
	var err error
	if s.cal, err = s.agencies[0].calendar(); err != nil {
		return err
	}
	closing.ValidTo = workingDay(s.cal, closingDay)
	toOld := partnerSetting(there, youngProfile, []config.Account{receiving(there)})
	toOld.LumpSum, toOld.Seal = lump, exchange.SealOff
	if err := s.agencies[1].settle([]config.PartnerSetting{toOld}, []config.Account{closing, next}, nil); err != nil {
		return err
	}
	for i, a := range s.agencies {
		if s.configs[i], err = config.Load(a.config()); err != nil {
			return err
		}
	}
	return nil
}

// settle puts the agencies of a stage and the systems around them into a
// folder, and the people of the seed.
func (l *life) settle(dir string, s *stage) error {
	l.w = newWorld(dir, s.zone, s.cal)
	for i, from := range s.agencies {
		a := &agency{code: from.code, dir: filepath.Join(dir, from.code), profile: from.profile, settings: from.settings}
		for _, name := range []string{"core", "portal", "bank"} {
			if err := errors.Join(drop.MakeLocal(a.drop(name), drop.Paths{}), makeOtherEnd(a.drop(name))); err != nil {
				return err
			}
		}
		l.w.agencies = append(l.w.agencies, a)
		if err := l.w.surround(a); err != nil {
			return err
		}
		h, err := l.newHouse(a, s.configs[i], s.finance)
		if err != nil {
			return err
		}
		if err := os.WriteFile(h.dsn, s.empty, 0o600); err != nil {
			return err
		}
		l.houses = append(l.houses, h)
	}
	between := l.between()
	if err := errors.Join(drop.MakeLocal(between, drop.Paths{}), makeOtherEnd(between)); err != nil {
		return err
	}
	l.w.clock.set(l.w.today.Time(l.w.zone).Add(8 * time.Hour))
	l.tell("stage %s", s.name)
	l.temperBanks()
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
}

// errDead is what a process that has died gets from outside: nothing.
var errDead = errors.New("the process is dead")

func (l *life) newHouse(a *agency, c *config.Config, f *finance) (*house, error) {
	h := &house{agency: a, finance: f, l: l, dsn: filepath.Join(a.dir, "carryover.db"), answered: map[string]bool{}, confirmed: map[string]bool{}}
	areas, err := c.Areas()
	if err != nil {
		return nil, err
	}
	h.env = &jobs.Env{
		Agency: c.Agency(), Profiles: c.Profiles(), Partners: c.Partners(), Turns: c.Turns(), Calendar: l.w.cal, Area: areas.Valid,
		Rules: jobs.Rules{
			ResendAfter: 20 * time.Hour, EscalateAfter: 30 * 24 * time.Hour, HeldNights: *c.Settings.Intake.HeldNights,
			Parallel: 1, QueryWD: c.QueryWD(), AutomaticRelease: true,
		},
		Spool: filepath.Join(a.dir, "spool"), Reports: filepath.Join(a.dir, "reports"), Lang: "zh",
		Now: l.w.clock.now, Log: slog.New(diary{l, a.code}), Outside: h.seam,
	}
	h.env.Agency.Officers = []exchange.Officer{f.officer}
	h.env.AllowedSigners = func() (string, error) { return f.signers, nil }
	for _, dir := range []string{h.env.Spool, h.env.Reports} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	for _, p := range c.Drops() {
		h.env.Parties = append(h.env.Parties, h.party(p))
	}
	return h, nil
}

func (h *house) party(p config.PartyDrop) jobs.Party {
	roles := map[string]jobs.Role{"c": jobs.RoleCore, "p": jobs.RolePortal, "b": jobs.RoleBank}
	out := jobs.Party{Code: p.Party, Role: jobs.RolePartner, After: p.Drop.After, InFlight: 1}
	root, paths := h.l.between(), drop.Paths{}
	if role, ok := roles[strings.TrimPrefix(p.Party, h.code)]; ok {
		out.Role, root = role, h.drop(string(role))
	} else if h.code == shanghai {
		paths = otherEnd()
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

// operator does what is left to a person: batches that were rejected are sent
// again, and so is a payment file that never reached the bank.
func (h *house) operator() error {
	var files []exchange.File
	err := h.view(func(tx *store.Tx) (err error) {
		files, err = tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{exchange.FileSending, exchange.FileRefused}})
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Kind == jobs.KindPayment && (h.l.inLimbo(f.Name) || h.l.w.banks[h.code].orders[messageOf(f)]) {
			continue // the bank has it: it will tell
		}
		did, err := h.env.Retry(h.l.ctx, f.ID, "the bank has not had it")
		if errors.Is(err, jobs.ErrNothingToRetry) {
			did, err = err.Error(), nil
		}
		if err != nil {
			return fmt.Errorf("retry %s: %w", f.Name, err)
		}
		h.l.tell("%s: operator, %s: %s", h.code, f.Name, did)
		h.l.occur("operator")
	}
	return nil
}

// messageOf is the MsgId of a payment file, as the bank knows it.
func messageOf(f exchange.File) string { return fmt.Sprintf("%s%012d", f.Party[:6], f.Sequence) }

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
