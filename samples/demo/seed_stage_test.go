package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"carryover/samples/demo/outside"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/samples"
)

// scene is what two agencies have agreed, and how they work.
type scene struct {
	old, young string // rule profiles
	lump       bool   // one payment for all persons
	netted     bool   // balances are netted, month by month
	signed     bool   // what is promised on both sides is signed
	dual       bool   // two officers release payments
	sheets     bool   // the first agency's bank gives no files
}

// scenes are those that seeds play in.
func scenes() []scene {
	return []scene{
		{old: config.Profile2016, young: config.Profile2016},
		{old: config.Profile2021, young: config.Profile2021, dual: true, signed: true},
		{old: config.Profile2016, young: config.Profile2021, dual: true, signed: true, lump: true},
		{old: config.Profile2016, young: config.Profile2016, dual: true, signed: true, sheets: true},
		{old: config.Profile2016, young: config.Profile2021, dual: true},
		{old: config.Profile2021, young: config.Profile2016, dual: true, signed: true, netted: true},
		{old: config.Profile2021, young: config.Profile2016, signed: true, lump: true, sheets: true},
	}
}

// stage is a pair of agencies that any number of seeds can be played on: their
// configurations, and an empty store.
type stage struct {
	scene
	agencies [2]*agency
	configs  [2]*config.Config
	signers  [2]string // allowed_signers of the officers
	seals    [2]*outside.Sealing
	empty    []byte
	zone     *time.Location
	cal      *calendar.Calendar
	finance  *finance
	stranger *seal.Key // nobody's
}

// setStages makes the pairs, one for each scene.
func setStages(dir string) (all []*stage, err error) {
	empty, err := emptyStore(filepath.Join(dir, "empty.db"))
	if err != nil {
		return nil, err
	}
	officer, err := newFinance()
	if err != nil {
		return nil, err
	}
	stranger, err := outside.NewOfficer(filepath.Join(dir, "outside"), "nobody", "")
	if err != nil {
		return nil, err
	}
	for _, sc := range scenes() {
		s := &stage{scene: sc, empty: empty, finance: officer, stranger: stranger.Key}
		if err := s.set(filepath.Join(dir, fmt.Sprint(len(all)))); err != nil {
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

func (s *stage) set(dir string) (err error) {
	s.zone = time.FixedZone("CST", 8*3600)
	for i, code := range []string{suzhou, shanghai} {
		a := &agency{code: code, dir: filepath.Join(dir, code), profile: []string{s.old, s.young}[i]}
		if s.sheets && code == suzhou {
			a.bankCarrier = config.CarrierWorkbook
		}
		if s.dual {
			if a.officers, err = officersOf(a.dir + "-outside"); err != nil {
				return err
			}
		}
		for _, o := range a.officers {
			s.signers[i] += o.SignersLine()
		}
		s.agencies[i] = a
	}
	there, here := samples.PlaceOf(suzhou), samples.PlaceOf(shanghai)
	closing := receiving(here)
	next := closing
	next.AccountNo = next.AccountNo[:len(next.AccountNo)-2] + "26"
	toYoung := s.agreed(partnerSetting(here, s.old, []config.Account{closing, next}))
	if err := s.agencies[0].settle([]config.PartnerSetting{toYoung}, []config.Account{receiving(there)}, nil); err != nil {
		return err
	}
	if s.cal, err = s.agencies[0].calendar(); err != nil {
		return err
	}
	closing.ValidTo = workingDay(s.cal, closingDay)
	toOld := s.agreed(partnerSetting(there, s.young, []config.Account{receiving(there)}))
	if err := s.agencies[1].settle([]config.PartnerSetting{toOld}, []config.Account{closing, next}, nil); err != nil {
		return err
	}
	for i, a := range s.agencies {
		if s.configs[i], err = config.Load(a.config()); err != nil {
			return err
		}
		if s.seals[i], err = a.sealsTo(s.agencies[1-i]); err != nil {
			return err
		}
	}
	return nil
}

// agreed says in a partner's setting what the two have agreed.
func (s *stage) agreed(p config.PartnerSetting) config.PartnerSetting {
	p.LumpSum, p.Seal = s.lump, exchange.SealOff
	if s.signed {
		p.Seal = exchange.SealSigned
	}
	if s.netted {
		p.Settlement = exchange.SettleNetted
	}
	return p
}

// sealsTo is the key that an agency signs with, and whose signatures it takes.
func (a *agency) sealsTo(partner *agency) (*outside.Sealing, error) {
	text, err := os.ReadFile(filepath.Join(a.dir, config.SealKey))
	if err != nil {
		return nil, err
	}
	line, err := partner.sealLine()
	if err != nil {
		return nil, err
	}
	key, err := seal.ParseKey(text, nil)
	if err != nil {
		return nil, err
	}
	signers, err := seal.ParseSigners(line)
	return outside.NewSealing(key, signers), err
}
