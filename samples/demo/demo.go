// Package demo lets two agencies exchange until every case is closed, in a
// world of simulated systems around them.
//
// The agencies are real: each is a folder as init makes it, and what runs
// there is what `carryover run` runs. Around them, behind their drops, stand
// the systems of samples/demo/outside: cores with books of their own, portals,
// banks that know nothing but payment orders, three small partners with
// programs of their own, and officers. This package is the play around them:
// the people, who know what they are told, what befalls them and on which day,
// the account of each night, and the proofs. The agencies reach each other by
// SFTP on the loopback interface; nothing of one is opened by the other.
//
// Time is simulated, day by day on the working-day calendar. Everything but
// keys and ports follows from the seed. At the end the outcome is proved from
// both stores, the cores' and banks' books and the partners' ledgers; a case
// that did not end as it was meant to is a fault. Nothing here may change what
// a system outside does but by its exported fields and calls.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"carryover/samples/demo/outside"

	"carryover/config"
	"carryover/exchange/code"
	"carryover/formats/batch"
	"carryover/samples"
)

// Runner is one agency's Carryover, open.
type Runner interface {
	// Pass runs jobs, in this order, as of the time that now tells. An error
	// that is a partner's alone (it could not be reached) is returned after all
	// else was done.
	Pass(ctx context.Context, jobs []string) error
	Close() error
}

// Options are what a demo is made of.
type Options struct {
	Dir    string // an empty or new folder
	People int    // plain people, besides those of the exceptions
	Seed   int64
	Out    io.Writer // the account, night by night
	Rounds int       // passes on a day, the nightly one included; 0: 2

	// Open opens an agency by its configuration, as the commands do; now is
	// the clock it reads.
	Open func(ctx context.Context, configPath string, now func() time.Time) (Runner, error)
}

// demo is a run of it.
type demo struct {
	Options
	w      *world
	nights int
	downAs string // how the pass on the night without a partner went
	say    *account
}

// Run plays the demo to its end. The error is one that stopped it; what went
// another way than it was meant to stands in the result's Faults.
func Run(ctx context.Context, o Options) (*Result, error) {
	if o.Rounds == 0 {
		o.Rounds = 2
	}
	if err := fresh(o.Dir); err != nil {
		return nil, err
	}
	d := &demo{Options: o}
	result, err := d.run(ctx)
	if d.w != nil {
		err = errors.Join(err, d.close())
	}
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return result, nil
}

// fresh makes sure that the folder is new or empty.
func fresh(dir string) error {
	names, err := os.ReadDir(dir)
	if err == nil && len(names) > 0 {
		return fmt.Errorf("demo: %s is not empty: give --dir a new folder", dir)
	}
	return os.MkdirAll(dir, 0o700)
}

func (d *demo) run(ctx context.Context) (*Result, error) {
	if err := d.build(ctx); err != nil {
		return nil, err
	}
	d.say = newAccount(d)
	d.say.opening()
	for d.nights < maxNights {
		quiet, err := d.workingDay(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.w.today, err)
		}
		if quiet {
			break
		}
	}
	return d.conclude(ctx)
}

// build makes the agencies, the world around them, and its people.
func (d *demo) build(ctx context.Context) error {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		zone = time.FixedZone("CST", 8*3600)
	}
	old, err := newAgency(d.Dir, suzhou, config.Profile2016)
	if err != nil {
		return err
	}
	old.bankCarrier = config.CarrierWorkbook // its fiscal account gives no files
	young, err := newAgency(d.Dir, shanghai, config.Profile2021)
	if err != nil {
		return err
	}
	if old.officers, err = officersOf(d.Dir); err != nil {
		return err
	}
	if old.recovery, err = outside.NewOfficer(filepath.Join(d.Dir, filepath.FromSlash(Officers)), "head", "单位负责人"); err != nil {
		return err
	}
	if err := settleAgencies(old, young); err != nil {
		return err
	}
	cal, err := old.calendar()
	if err != nil {
		return err
	}
	d.w = newWorld(d.Dir, zone, cal)
	d.w.agencies = []*agency{old, young}
	if err := d.populate(old, young); err != nil {
		return err
	}
	for _, a := range d.w.agencies {
		if err := a.serve(ctx); err != nil {
			return err
		}
		d.w.clock.set(firstDay.Time(zone))
		if a.runner, err = d.Open(ctx, a.config(), d.w.clock.now); err != nil {
			return err
		}
	}
	return nil
}

// settleAgencies writes both folders. The first hosts the drop between the
// two; each hosts the drops of its small partners.
func settleAgencies(old, young *agency) error {
	there, here := samples.PlaceOf(old.code), samples.PlaceOf(young.code)
	closing := receiving(here)
	next := closing
	next.AccountNo = next.AccountNo[:len(next.AccountNo)-2] + "26"
	both := []config.Account{closing, next}
	if err := old.settle([]config.PartnerSetting{
		partnerSetting(here, old.profile, both),
		small(hangzhou, config.Profile2021, func(p *config.PartnerSetting) { p.Settlement = "netted" }),
		small(chengdu, config.Profile2021, func(p *config.PartnerSetting) { p.Carrier = "xlsx" }),
	}, []config.Account{receiving(there)}, nil); err != nil {
		return err
	}
	cal, err := old.calendar()
	if err != nil {
		return err
	}
	ending := closing
	ending.ValidTo = workingDay(cal, closingDay)
	toOld := partnerSetting(there, young.profile, []config.Account{receiving(there)})
	toOld.Drop = config.Drop{
		SFTP:  &config.SFTP{Addr: old.addr, User: "agency" + young.code, Key: config.SFTPKey, KnownHosts: "known_hosts"},
		Paths: config.Paths{In: "out", Out: "in", Done: "out/done", Bad: "out/bad"},
	}
	if err := young.settle([]config.PartnerSetting{
		toOld,
		small(shenzhen, config.Profile2021, func(p *config.PartnerSetting) { p.LumpSum = true }),
	}, []config.Account{ending, next}, []string{old.knownHost()}); err != nil {
		return err
	}
	if err := errors.Join(old.introduce(young), young.introduce(old)); err != nil {
		return err
	}
	key, err := young.publicKey()
	if err != nil {
		return err
	}
	if err := old.admit(young.code, key); err != nil {
		return err
	}
	return errors.Join(old.admitSmall(hangzhou), old.admitSmall(chengdu), young.admitSmall(shenzhen))
}

func partnerSetting(p samples.Place, profile string, accounts []config.Account) config.PartnerSetting {
	return config.PartnerSetting{Code: p.Area, Name: p.Name, Profile: profile, Accounts: accounts}
}

func small(area, profile string, agreed func(*config.PartnerSetting)) config.PartnerSetting {
	place := samples.PlaceOf(area)
	p := partnerSetting(place, profile, []config.Account{receiving(place)})
	agreed(&p)
	return p
}

// populate puts the systems and the people into the world.
func (d *demo) populate(old, young *agency) error {
	for _, a := range d.w.agencies {
		if err := d.w.surround(a); err != nil {
			return err
		}
	}
	for _, small := range []struct {
		area string
		host *agency
	}{{hangzhou, old}, {chengdu, old}, {shenzhen, young}} {
		p, err := d.w.join(small.host, small.area, small.host.dialSmall(small.area))
		if err != nil {
			return err
		}
		agree(p)
	}
	c := newCast(d.w, d.Seed)
	c.exceptions()
	c.plain(d.People)
	return nil
}

// agree sets what was agreed with a small partner, and how late its forms are.
func agree(p *outside.Partner) {
	switch p.Area {
	case hangzhou:
		p.Settlement = code.Netted
	case chengdu:
		p.Box.Carrier, p.FormsLate = batch.Workbook, 3
	}
}

// workingDay plays one working day and its night; quiet is true when nothing
// moved all day and nothing is left to happen.
func (d *demo) workingDay(ctx context.Context) (quiet bool, err error) {
	before := d.w.moved()
	for round := range d.Rounds {
		hour := 9 + 13*round/max(d.Rounds-1, 1) // the last at 22:00
		d.w.clock.set(d.w.today.Time(d.w.zone).Add(time.Duration(hour) * time.Hour))
		if err := d.w.turn(ctx, round); err != nil {
			return false, err
		}
		if err := d.passes(ctx, round == d.Rounds-1); err != nil {
			return false, err
		}
	}
	idle := d.w.idle() && d.w.moved() == before && d.w.today.Month() > firstDay.Month()
	if err := d.w.night(); err != nil {
		return false, err
	}
	d.nights++
	if err := d.say.night(ctx); err != nil {
		return false, err
	}
	d.w.today = d.w.cal.Next(d.w.today)
	d.w.day++
	return idle, nil
}

// passes runs every agency once, as cron would.
func (d *demo) passes(ctx context.Context, nightly bool) error {
	jobs := []string{"pull", "process", "remit", "push"}
	if nightly {
		jobs = []string{"pull", "process", "remit", "report", "push"}
	}
	for _, a := range d.w.agencies {
		down := nightly && d.w.day == downDay && a.code == shanghai
		d.w.agencies[0].server.SetRefuse(down)
		err := a.runner.Pass(ctx, jobs)
		d.w.agencies[0].server.SetRefuse(false)
		switch {
		case down && err == nil:
			return errors.New("the partner was down and nobody noticed")
		case down:
			d.downAs = err.Error()
		case err != nil:
			return fmt.Errorf("%s: %w", a.code, err)
		}
	}
	return nil
}

func (d *demo) close() error {
	faults := []error{d.w.close()}
	for _, a := range d.w.agencies {
		if a.runner != nil {
			faults = append(faults, a.runner.Close())
		}
		if a.server != nil {
			faults = append(faults, a.server.Close())
		}
	}
	return errors.Join(faults...)
}
