package demo

import (
	"fmt"

	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/samples"
)

// cast draws the people of a demo from its seed.
type cast struct {
	w        *world
	seed     int64
	drawn    map[string]int // people drawn so far, by old place
	arrivals int
}

// Populations of the old places must not share numbers: each draws from its
// own range of indexes.
var firstIndex = map[string]int{suzhou: 0, shanghai: 3_000_000, hangzhou: 6_000_000, chengdu: 9_000_000, shenzhen: 12_000_000}

func newCast(w *world, seed int64) *cast { return &cast{w: w, seed: seed, drawn: map[string]int{}} }

// draw returns the next person who leaves a place for another. They are
// nowhere yet: enter does that.
func (c *cast) draw(from, to string) *person {
	index := firstIndex[from] + c.drawn[from]
	c.drawn[from]++
	c.arrivals++
	p := &person{
		Person: samples.NewPopulation(c.seed, from, firstDay).At(index), from: from, to: to, schemeTo: code.SchemeEmployee,
	}
	p.settleIn(c.arrivals, firstDay.Month().Add(-1))
	return p
}

// drawRich is draw until somebody has a balance and stopped some months ago,
// so that nothing but the exception makes the case special.
func (c *cast) drawRich(from, to string) *person {
	for {
		p := c.draw(from, to)
		if p.Principal > 100_000 && p.IDType == code.IDResident && p.StoppedOn.Month() < firstDay.Month().Add(-4) {
			return p
		}
	}
}

// enter puts a person into the books of both places.
func (c *cast) enter(p *person) *person {
	c.w.booksAt(p.from).Enrol(p.oldRecord(firstDay))
	return c.enterNew(p)
}

// enterNew puts a person into the books of the new place alone.
func (c *cast) enterNew(p *person) *person {
	c.w.booksAt(p.to).Enrol(p.newRecord(firstDay))
	c.w.settle(p)
	return p
}

// lodgingDays is over how many working days plain people come forward.
const lodgingDays = 5

// plain adds the people to whom nothing special happens, one half in each direction.
func (c *cast) plain(count int) {
	direct := []step{{onDay, lodge}}
	byCertificate := []step{{onDay, askCertificate(code.ReasonFirst)}, {certified, lodge}}
	for i := range count {
		from, to, script := suzhou, shanghai, byCertificate
		if i%2 == 1 {
			from, to, script = shanghai, suzhou, direct
		}
		p := c.draw(from, to)
		p.lodge, p.script, p.want = i%lodgingDays, script, carriedOver(p)
		c.enter(p)
		c.vary(p, i)
	}
}

// vary lets some apply through their employer, a proxy, or at the old place.
func (c *cast) vary(p *person, i int) {
	a := &p.application
	switch i % 10 {
	case 3, 8:
		first := "913205" + pad(i%1_000_000_000+1, 9) + "MA"
		a.Applicant, a.EmployerName = code.ByEmployer, "苏沪精密机械有限公司第"+fmt.Sprint(i/10+1)+"分公司"
		a.EmployerCode = first + string(identity.CreditCodeCheckCharacter(first))
		a.Materials = "id;employer_letter"
	case 5:
		a.ProxyName, a.ProxyPhone, a.Materials = "王秀英", "13912345678", "id;proxy"
	case 6, 7:
		a.LodgedAt = code.LodgedOld
	}
}

// pad writes a number with leading zeros.
func pad(n, digits int) string { return fmt.Sprintf("%0*d", digits, n) }

// carriedOver is the ending of a case that goes all the way.
func carriedOver(p *person) []ending {
	return []ending{
		{p.to, exchange.In, exchange.Completed},
		{p.from, exchange.Out, exchange.Confirmed},
	}
}

// one adds a person for an exception: drawn, changed, given a script.
func (c *cast) one(exception, from, to string, day int, change func(p *person), script ...step) *person {
	p := c.drawRich(from, to)
	p.exception, p.attentive, p.lodge, p.script = exception, true, day, script
	if change != nil {
		change(p)
	}
	if p.want == nil {
		p.want = carriedOver(p)
	}
	return c.enter(p)
}

// Scripts that several people follow.

func applyAlone() []step { return []step{{onDay, lodge}} }

func applyCertified(more ...step) []step {
	return append([]step{{onDay, askCertificate(code.ReasonFirst)}, {certified, lodge}}, more...)
}

func (c *cast) member(at string, p *person) *outside.Member {
	return c.w.booksAt(at).People[p.noAt(at)]
}

// stays of the months given, at the old place.
func (p *person) stayed(from, to calendar.Month) samples.Stay {
	return samples.Stay{Area: p.from, Scheme: code.SchemeEmployee, From: from, To: to, Kind: code.StayActual}
}
