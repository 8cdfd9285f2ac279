package demo

import (
	"bytes"
	"context"

	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/samples"
)

// exceptions adds everybody to whom something special happens: every one of
// the names that the demo promises.
func (c *cast) exceptions() {
	c.aboutPeople()
	c.aboutPlaces()
	c.aboutMonths()
	c.aboutMoney()
	c.aboutPartners()
	c.aboutFiles()
	c.aboutBanks()
}

func (c *cast) aboutPeople() {
	arrears := c.one("arrears", suzhou, shanghai, 0, nil, applyCertified(step{daysLater(3), payArrears})...)
	m := c.member(suzhou, arrears)
	m.ArrearsMonths, m.ArrearsAmount = batch.Some(2), batch.Some(money.Fen(126_000))
	arrears.proof = provedArrears

	unknown := c.drawRich(shanghai, suzhou)
	unknown.exception, unknown.script, unknown.proof = "unknown person", applyAlone(), provedUnknown
	unknown.want = []ending{
		{suzhou, exchange.In, exchange.Requested},
		{shanghai, exchange.Out, exchange.Held},
	}
	c.enterNew(unknown)

	active := c.one("still participating then stopped and asked again", suzhou, shanghai, 0, nil,
		step{onDay, lodge},
		step{told(code.MilestoneDeclined), atCore(oldPlace, stopParticipation)},
		step{daysLater(1), askCertificate(code.ReasonFirst)},
		step{certified, lodge},
	)
	m = c.member(suzhou, active)
	m.Status, m.StoppedOn = code.RegistryActive, 0
	active.proof = provedAskedAgain

	c.one("rare-character name", shanghai, suzhou, 1, func(p *person) { p.Name, p.proof = "龚䶮𬱖", provedRareName }, applyAlone()...)

	c.one("lost certificate", suzhou, shanghai, 0, func(p *person) { p.proof = provedLostCertificate },
		step{onDay, askCertificate(code.ReasonFirst)},
		step{certified, askCertificate(code.ReasonLost)},
		step{certified, lodge},
	)

	hospital := c.one("cancelled in time", suzhou, shanghai, 1, func(p *person) {
		p.proof = provedCancelled
		p.want = []ending{
			{shanghai, exchange.In, exchange.Cancelled}, {suzhou, exchange.Out, exchange.Cancelled},
		}
	}, step{onDay, lodge}, step{daysLater(2), cancel})
	c.member(suzhou, hospital).Status = code.RegistryInHospital
}

// payArrears brings the missing months in, back-paid.
func payArrears(w *world, p *person) error {
	return atCore(oldPlace, func(_ *world, m *outside.Member) {
		m.ArrearsMonths, m.ArrearsAmount = batch.Some(0), batch.Some(money.Fen(0))
		last := m.Stays[len(m.Stays)-1].To
		m.Stays = append(m.Stays, outside.NewStay(p.from, m.Scheme, last.Add(1), last.Add(2), code.StayBackpaid))
		m.Principal += 42_000
	})(w, p)
}

func stopParticipation(w *world, m *outside.Member) {
	m.Status, m.StoppedOn = code.RegistryStopped, w.today
}

func (c *cast) aboutPlaces() {
	gone := c.one("already transferred", suzhou, shanghai, 1, func(p *person) {
		p.proof = provedAlreadyTransferred
		p.want = declined(p)
	}, applyAlone()...)
	c.member(suzhou, gone).Status = code.RegistryEnded

	c.one("other place first", suzhou, shanghai, 2, func(p *person) {
		p.proof = provedOtherPlaceFirst
		p.want = append(carriedOver(p), ending{suzhou, exchange.Out, exchange.Declined})
	}, applyCertified(step{told(code.MilestoneLetterSent), nothing}, step{aTurnLater, askBy(hangzhou)})...)

	c.one("a third place in the history", suzhou, shanghai, 0, func(p *person) {
		p.Stays = []samples.Stay{
			{Area: "440100", Scheme: code.SchemeEmployee, From: 201603, To: 201812, Kind: code.StayActual},
			p.stayed(201902, p.StoppedOn.Month()),
		}
		p.AccountOpened, p.proof = 201603, provedThirdPlace
	}, applyCertified()...)
}

func declined(p *person) []ending {
	return []ending{
		{p.to, exchange.In, exchange.Declined},
		{p.from, exchange.Out, exchange.Declined},
	}
}

func (c *cast) aboutMonths() {
	c.one("overlapping months", shanghai, suzhou, 1, func(p *person) {
		end := p.StoppedOn.Month()
		p.Stays = []samples.Stay{p.stayed(end.Add(-40), end)}
		p.ownStays = []formats.Stay{outside.NewStay(p.to, p.schemeTo, end.Add(-2), firstDay.Month().Add(-1), code.StayActual)}
		p.proof = provedOverlapping
	}, applyAlone()...)

	c.one("corrected form", suzhou, shanghai, 0, func(p *person) {
		p.Stays = []samples.Stay{p.stayed(201901, p.StoppedOn.Month())}
		p.proof = provedCorrected
	}, applyCertified(step{told(code.MilestoneCompleted), atCore(oldPlace, func(_ *world, m *outside.Member) {
		first := &m.Stays[0]
		*first = outside.NewStay(first.Area, first.Scheme, first.From.Add(1), first.To, first.Kind)
	})})...)

	c.one("supplement", shanghai, suzhou, 0, func(p *person) {
		p.Stays = []samples.Stay{p.stayed(201804, 202106), p.stayed(202108, p.StoppedOn.Month())}
		p.proof = provedSupplement
	}, append(applyAlone(), step{told(code.MilestoneCompleted), atCore(oldPlace, func(_ *world, m *outside.Member) {
		m.Stays = append(m.Stays, outside.NewStay(shanghai, m.Scheme, 202107, 202107, code.StayBackpaid))
		m.Principal += 48_000
	})})...)
}

func (c *cast) aboutMoney() {
	c.one("zero balance", shanghai, suzhou, 0, func(p *person) { p.Principal, p.Interest, p.proof = 0, 0, provedZero }, applyAlone()...)

	c.one("paid to the person", suzhou, shanghai, 0, func(p *person) {
		p.schemeTo, p.proof = code.SchemeResident, provedPaidToPerson
		for i := range p.ownStays {
			p.ownStays[i].Scheme = code.SchemeResident
		}
	}, applyCertified(step{told(code.MilestonePaidToPerson), namePayee})...)

	c.one("payment returned and sent again", suzhou, shanghai, closingDay-1, func(p *person) { p.proof = provedReturned }, applyCertified()...)
	c.w.events = append(c.w.events, event{closingDay, 0, func(_ context.Context, w *world) error {
		w.banks[shanghai].Accounts[samples.PlaceOf(shanghai).AccountNo].Closed = true
		return nil
	}})

	c.one("balance changed between extract and debit", suzhou, shanghai, 1, func(p *person) { p.proof = provedBalanceChanged },
		applyCertified(step{told(code.MilestoneLetterSent), lateContribution})...)

	refused := c.one("posting refused by the core", suzhou, shanghai, 0, func(p *person) { p.proof = provedRefusedByCore },
		applyCertified(step{coreRefused, nothing}, step{daysLater(2), atCore(oldPlace, settleClaims)})...)
	c.member(suzhou, refused).Claims = true
}

// lateContribution arrives after the extract that the agency has; nobody
// tells it.
func lateContribution(w *world, p *person) error {
	w.cores[p.from].Books.People[p.PersonalNo].Principal += 36_500
	return nil
}

// settleClaims pays the person's own share of the claims out of the account,
// which is what the registry shows of it.
func settleClaims(_ *world, m *outside.Member) {
	m.Claims = false
	m.Principal -= min(m.Principal, 4_120)
}

func coreRefused(w *world, p *person) bool { return w.cores[p.from].Books.Refused(p.PersonalNo) }

func nothing(*world, *person) error { return nil }

func (c *cast) aboutPartners() {
	c.one("netted", hangzhou, suzhou, 0, func(p *person) {
		p.proof = provedNetted
		p.want = []ending{{suzhou, exchange.In, exchange.Completed}}
	}, applyAlone()...)
	c.one("", suzhou, hangzhou, 1, func(p *person) {
		p.want = []ending{{suzhou, exchange.Out, exchange.Confirmed}}
	}, step{onDay, askBy(hangzhou)})

	c.one("money before form", chengdu, suzhou, 0, func(p *person) {
		p.proof = provedMoneyFirst
		p.want = []ending{{suzhou, exchange.In, exchange.Completed}}
	}, applyAlone()...)
	c.one("a partner who uses workbooks", suzhou, chengdu, 1, func(p *person) {
		p.proof = provedWorkbooks
		p.want = []ending{{suzhou, exchange.Out, exchange.Confirmed}}
	}, step{onDay, askBy(chengdu)})

	for i := range 2 {
		c.one([]string{"lump sum", ""}[i], shanghai, shenzhen, 1, func(p *person) {
			p.proof = provedLump
			p.want = []ending{{shanghai, exchange.Out, exchange.Confirmed}}
		}, step{onDay, askBy(shenzhen)})
	}
}

func askBy(area string) func(*world, *person) error {
	return func(w *world, p *person) error {
		w.partners[area].Ask(p.arrival(area), w.today)
		return nil
	}
}

// The working days of what happens to files.
const (
	badDay   = 1
	twiceDay = 2
	gapDay   = 3
	downDay  = 6
)

func (c *cast) aboutFiles() {
	for i := range 2 {
		p := c.one([]string{"a file with two bad records", ""}[i], shanghai, suzhou, badDay, func(p *person) { p.proof = provedBadRecords },
			step{onDay, lodgeMistyped(i)}, step{lodgingRefused, lodgeSame})
		_ = p
	}

	c.one("a file delivered twice", shanghai, suzhou, twiceDay, func(p *person) { p.proof = provedTwice }, applyAlone()...)
	c.w.events = append(c.w.events, event{twiceDay + 1, 0, func(ctx context.Context, w *world) error {
		box := w.portals[suzhou].Box
		return box.Put(ctx, box.LastLodged.Name, box.LastLodged.Content)
	}})

	c.one("a sequence gap later filled", shanghai, suzhou, gapDay, func(p *person) { p.proof = provedGap }, applyAlone()...)
	c.one("", shanghai, suzhou, gapDay+1, nil, applyAlone()...)
	c.w.events = append(c.w.events,
		event{gapDay, 0, func(_ context.Context, w *world) error { w.portals[suzhou].Withhold = true; return nil }},
		event{gapDay + 2, 0, func(ctx context.Context, w *world) error { return w.portals[suzhou].CatchUp(ctx) }},
	)

	c.one("a partner down one night", suzhou, shanghai, downDay-1, func(p *person) { p.proof = provedDown }, applyCertified()...)
}

// lodgeMistyped lodges an application that the portal's clerk mistypes: the
// ID number once, the scheme the other time.
func lodgeMistyped(which int) func(*world, *person) error {
	return func(w *world, p *person) error {
		if err := lodge(w, p); err != nil {
			return err
		}
		w.mistyped[p.application.ApplicationNo] = true
		w.portals[p.to].Mistyped[p.application.ApplicationNo] = func(rows []byte) []byte {
			if which == 0 {
				wrong := p.IDNo[:17] + string('0'+(p.IDNo[17]-'0'+1)%10)
				return bytes.Replace(rows, []byte(p.IDNo), []byte(wrong), 1)
			}
			return bytes.Replace(rows, []byte(",310,310,"), []byte(",310,999,"), 1)
		}
		return nil
	}
}

func lodgingRefused(w *world, p *person) bool {
	return w.portals[p.to].Refused(p.application.ApplicationNo)
}

// lodgeSame lodges the refused version again, typed correctly.
func lodgeSame(w *world, p *person) error {
	p.application.Version--
	return lodge(w, p)
}
