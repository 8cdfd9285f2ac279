package demo

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/samples"
	"carryover/samples/demo/outside"
)

// fate is what befalls a person of a seed.
type fate struct {
	name string
	add  func(l *life, c *cast, from, to string, day int) *person
}

// fates are all of them, the likely ones several times.
func fates() []fate {
	alone := func(change func(*person), script ...step) func(*life, *cast, string, string, int) *person {
		return func(_ *life, c *cast, from, to string, day int) *person {
			return c.one("fate", from, to, day, change, applyCertified(script...)...)
		}
	}
	plain := fate{"plain", alone(nil)}
	annulled := fate{"annulled", fateAnnulled}
	return []fate{
		plain, plain, plain, annulled, annulled,
		{"without a certificate", func(_ *life, c *cast, from, to string, day int) *person {
			return c.one("fate", from, to, day, nil, applyAlone()...)
		}},
		{"lodged at the old place", alone(func(p *person) { p.Phone = "" }, step{when: never, do: nothing})},
		{"cancelled", func(l *life, c *cast, from, to string, day int) *person {
			return c.one("fate", from, to, day, nil, applyCertified(step{daysLater(l.rng.IntN(9)), cancel})...)
		}},
		{"corrected", alone(nil, step{told(code.MilestoneCompleted), atCore(oldPlace, lessMonths)})},
		{"corrected early", fateCorrectedEarly},
		{"supplement", alone(func(p *person) {
			end := p.StoppedOn.Month()
			p.Stays = []samples.Stay{p.stayed(end.Add(-50), end.Add(-20)), p.stayed(end.Add(-18), end)}
		}, step{told(code.MilestoneCompleted), atCore(oldPlace, fillGap)})},
		{"zero", alone(func(p *person) { p.Principal, p.Interest = 0, 0 })},
		{"to the person", alone(func(p *person) {
			p.schemeTo = code.SchemeResident
			for i := range p.ownStays {
				p.ownStays[i].Scheme = code.SchemeResident
			}
		}, step{told(code.MilestonePaidToPerson), namePayee})},
		{"late contribution", alone(nil, step{told(code.MilestoneLetterSent), lateContribution})},
		{"arrears", fateArrears},
		{"still participating", fateParticipating},
		{"refused by the core", fateRefused},
		{"deceased", fateDeceased},
		{"deceased", fateDeceased},
		{"already transferred", func(_ *life, c *cast, from, to string, day int) *person {
			p := c.one("fate", from, to, day, nil, applyAlone()...)
			c.member(from, p).Status = code.RegistryEnded
			return p
		}},
	}
}

func never(*world, *person) bool { return false }

// lessMonths is a stay whose first month was wrong.
func lessMonths(_ *world, m *outside.Member) {
	first := &m.Stays[0]
	if first.From < first.To {
		*first = outside.NewStay(first.Area, first.Scheme, first.From.Add(1), first.To, first.Kind)
	}
}

// fillGap is a month that was paid late, with its money.
func fillGap(_ *world, m *outside.Member) {
	month := m.Stays[0].To.Add(1)
	m.Stays = append(m.Stays, outside.NewStay(m.Stays[0].Area, m.Scheme, month, month, code.StayBackpaid))
	m.Principal += 48_000
}

func fateCorrectedEarly(l *life, c *cast, from, to string, day int) *person {
	return c.one("fate", from, to, day, nil, applyCertified(step{daysLater(4 + l.rng.IntN(8)), atCore(oldPlace, lessMonths)})...)
}

func fateArrears(l *life, c *cast, from, to string, day int) *person {
	p := c.one("fate", from, to, day, nil, applyCertified(step{daysLater(1 + l.rng.IntN(5)), payArrears})...)
	m := c.member(from, p)
	m.ArrearsMonths, m.ArrearsAmount = batch.Some(2), batch.Some(money.Fen(126_000))
	return p
}

func fateParticipating(_ *life, c *cast, from, to string, day int) *person {
	p := c.one("fate", from, to, day, nil, step{onDay, lodge},
		step{told(code.MilestoneDeclined), atCore(oldPlace, stopParticipation)},
		step{daysLater(1), askCertificate(code.ReasonFirst)}, step{certified, lodge})
	m := c.member(from, p)
	m.Status, m.StoppedOn = code.RegistryActive, 0
	return p
}

func fateRefused(_ *life, c *cast, from, to string, day int) *person {
	p := c.one("fate", from, to, day, nil, applyCertified(step{coreRefused, nothing},
		step{daysLater(2), atCore(oldPlace, settleClaims)})...)
	c.member(from, p).Claims = true
	return p
}

// fateDeceased is somebody who has died: the balance goes to the heirs, who
// come forward one after the other.
func fateDeceased(l *life, c *cast, from, to string, day int) *person {
	first, second := c.draw(from, to), c.draw(from, to)
	shares := [][2]string{{"1/2", "1/2"}, {"1/3", "2/3"}, {"3/7", "4/7"}}[l.rng.IntN(3)]
	p := c.one("fate", from, to, day, nil, step{onDay, lodge},
		step{told(code.MilestonePaidToPerson), l.nameHeir(first, shares[0])},
		step{daysLater(l.rng.IntN(3)), l.nameHeir(second, shares[1])})
	m := c.member(from, p)
	m.Status = code.RegistryDeceased
	return p
}

// nameHeir gives the old place's portal an heir's own bank card.
func (l *life) nameHeir(heir *person, share string) func(*world, *person) error {
	return func(w *world, p *person) error {
		l.occur("heir named")
		b := w.banks[p.from]
		w.portals[p.from].Lodge(formats.KindPayee, &formats.Payee{
			CaseNo: p.caseAt[p.from], IDNo: p.IDNo, Relation: code.RelationHeir, Name: heir.Name, PayeeIDType: heir.IDType, PayeeIDNo: heir.IDNo,
			AccountName: heir.Name, BankName: b.Name, AccountNo: b.IssueCard(heir.Name), CNAPS: b.CNAPS, Share: share, Evidence: "继承公证书和银行卡复印件",
		})
		return nil
	}
}

// annulment is somebody whose case officers want to annul from some day on.
type annulment struct {
	p    *person
	at   string // the agency that proposes
	day  int
	done bool
}

func fateAnnulled(l *life, c *cast, from, to string, day int) *person {
	p := c.one("fate", from, to, day, nil, applyCertified()...)
	at := from
	if l.rng.IntN(2) == 0 {
		at = to
	}
	l.annuls = append(l.annuls, annulment{p: p, at: at, day: day + 2 + l.rng.IntN(8)})
	return p
}

// people draws those of the seed.
func (l *life) people() {
	c := newCast(l.w, int64(l.seed))
	all := fates()
	for range 3 + l.rng.IntN(6) {
		from, to := suzhou, shanghai
		if l.rng.IntN(2) == 0 {
			from, to = shanghai, suzhou
		}
		f := all[l.rng.IntN(len(all))]
		p := f.add(l, c, from, to, l.rng.IntN(5))
		p.exception = f.name
		if f.name == "lodged at the old place" {
			p.application.LodgedAt = code.LodgedOld
		}
		l.tell("%s moves from %s to %s, comes on day %d: %s", p.PersonalNo, p.from, p.to, p.lodge, f.name)
	}
}

// officers do at the end of a day what only people can.
func (l *life) officers() error {
	for i := range l.annuls {
		if a := &l.annuls[i]; !a.done && l.w.day >= a.day {
			if err := l.proposeAnnulment(a); err != nil {
				return err
			}
		}
	}
	for _, h := range l.houses {
		if err := h.answerAnnulments(); err != nil {
			return err
		}
		if err := h.acceptFindings(); err != nil {
			return err
		}
		if err := h.settleAmounts(); err != nil {
			return err
		}
		if err := h.decideMoney(); err != nil {
			return err
		}
		if err := h.attend(); err != nil {
			return err
		}
		if err := h.tieNetting(); err != nil {
			return err
		}
	}
	return nil
}

func (l *life) proposeAnnulment(a *annulment) error {
	h := l.houseOf(a.at)
	side := exchange.Out
	if a.at == a.p.to {
		side = exchange.In
	}
	return h.view(func(tx *store.Tx) error {
		e := &evidence{w: l.w, tx: map[string]*store.Tx{h.code: tx}}
		cases, err := e.cases(h.code, side, a.p)
		if err != nil || len(cases) == 0 || cases[0].LetterNo == "" {
			return err
		}
		a.done = true
		l.lodge(h.code, cases[0], code.PhaseProposeVoid)
		return nil
	})
}

func (l *life) lodgeAnnulment(agency string, c exchange.Case, agree bool) {
	if agree {
		l.lodge(agency, c, code.PhaseAgree)
		return
	}
	l.lodge(agency, c, code.PhaseRefuse)
}

func (l *life) lodge(agency string, c exchange.Case, phase code.Phase) {
	l.tell("%s: officer, case %s: %s", agency, c.No, phase)
	l.w.portals[agency].Lodge(formats.KindCancellation, &formats.Cancellation{
		LetterNo: c.LetterNo, Phase: phase, Reason: "协商作废", CancelledOn: l.w.today,
	})
}

func (l *life) houseOf(code string) *house {
	for _, h := range l.houses {
		if h.code == code {
			return h
		}
	}
	return nil
}
