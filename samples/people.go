package samples

import (
	"math/rand/v2"
	"slices"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
)

// Person is one made-up person and what an old place knows about them.
type Person struct {
	Index      int // place in the population, from 0
	IDType     code.IDType
	IDNo       string
	Name       string
	Sex        code.Sex
	Birth      calendar.Date
	Phone      string
	Household  code.Household
	PersonalNo string // at the old place
	Scheme     code.Scheme

	Stays         []Stay // in order, not lapping; the last at the old place
	AccountOpened calendar.Month
	StoppedOn     calendar.Date // participation at the old place
	Principal     money.Fen
	Interest      money.Fen
}

// Stay is a span of months in one place.
type Stay struct {
	Area     string
	Scheme   code.Scheme
	From, To calendar.Month
	Kind     code.StayKind
}

// Months is the number of months from From to To.
func (s Stay) Months() int { return s.To.Sub(s.From) + 1 }

// Total is principal and interest.
func (p *Person) Total() money.Fen { return p.Principal + p.Interest }

// Population is a country's worth of made-up people who leave one place. A
// person follows from seed and index alone, so that any of them can be drawn
// at any time, and files about them agree with one another. ID numbers and
// personal numbers are distinct for the first 16,000,000 indexes.
type Population struct {
	seed uint64
	area string
	asOf calendar.Date
}

// NewPopulation returns the people of a seed who stopped participating at an
// area before a date.
func NewPopulation(seed int64, area string, asOf calendar.Date) *Population {
	return &Population{seed: uint64(seed), area: area, asOf: asOf}
}

// People are born on one of these days; with the order number of their ID
// that makes daysOfBirth × 1000 different numbers for one area.
const (
	firstBirth  = calendar.Date(19610101)
	daysOfBirth = 16000
	idsPerArea  = daysOfBirth * 1000
	idStep      = 7_368_787 // shares no factor with idsPerArea: steps through all of them
)

// Of a thousand people so many hold another document than a resident ID.
const (
	residencePermitPerMille = 8
	permanentCardPerMille   = 2
)

// At returns the person of an index.
func (p *Population) At(index int) Person {
	r := rand.New(rand.NewPCG(p.seed, uint64(index)))
	who := Person{Index: index, PersonalNo: p.area + pad(index+1, 9)}
	p.drawIdentity(&who, r)
	who.Phone = "1" + pad(3_000_000_000+r.IntN(7_000_000_000), 10)
	who.Household = []code.Household{
		code.HouseholdNonAgricultural, code.HouseholdAgricultural, code.HouseholdResident, code.HouseholdResident,
	}[r.IntN(4)]
	who.Scheme = code.SchemeEmployee
	p.drawStays(&who, r)
	p.drawBalance(&who, r)
	return who
}

func (p *Population) drawIdentity(who *Person, r *rand.Rand) {
	n := int((p.seed%idsPerArea + uint64(who.Index)*idStep) % idsPerArea)
	who.Birth = firstBirth.AddDays(n / 1000)
	order := pad(n%1000, 3)
	male := (order[2]-'0')%2 == 1
	who.Sex = code.Female
	if male {
		who.Sex = code.Male
	}
	who.IDType = code.IDResident
	prefix := birthAreas[r.IntN(len(birthAreas))]
	switch k := r.IntN(1000); {
	case k < residencePermitPerMille:
		who.IDType = code.IDHMTResidence
		prefix = []string{"810000", "820000", "830000"}[r.IntN(3)]
	case k < residencePermitPerMille+permanentCardPerMille:
		who.IDType = code.IDForeignerPermanent
		prefix = "9" + prefix[:2] + []string{"124", "840", "392"}[r.IntN(3)]
	}
	first := prefix + who.Birth.Compact() + order
	who.IDNo = first + string(identity.IDCheckDigit(first))
	who.Name = drawName(r, male)
}

// drawStays gives a person one to three stays that follow each other, ending
// in the month before the population's date or up to a year earlier.
func (p *Population) drawStays(who *Person, r *rand.Rand) {
	end := p.asOf.Month().Add(-1 - r.IntN(12))
	who.StoppedOn = end.Last()
	oldest := calendar.Month(200001)
	if adult := who.Birth.Month().Add(18 * 12); adult > oldest {
		oldest = adult
	}
	var stays []Stay
	area := p.area
	for n := 1 + r.IntN(3); n > 0 && (len(stays) == 0 || end > oldest); n-- {
		from := max(end.Add(-r.IntN(90)), min(oldest, end))
		kind := code.StayActual
		if n == 1 && len(stays) > 0 && r.IntN(4) == 0 {
			kind = code.StayDeemed
		} else if r.IntN(12) == 0 {
			kind = code.StayBackpaid
		}
		stays = append(stays, Stay{Area: area, Scheme: who.Scheme, From: from, To: end, Kind: kind})
		end = from.Add(-1 - r.IntN(3)*r.IntN(6))
		if r.IntN(3) == 0 {
			area = p.elsewhere(r)
		}
	}
	slices.Reverse(stays)
	who.Stays = stays
	who.AccountOpened = who.Stays[0].From
}

// elsewhere is another city than the population's own.
func (p *Population) elsewhere(r *rand.Rand) string {
	i := r.IntN(len(places))
	if places[i].area == p.area {
		i = (i + 1) % len(places)
	}
	return places[i].area
}

// drawBalance lets an account grow with the months at the old place; some
// were spent to nothing.
func (p *Population) drawBalance(who *Person, r *rand.Rand) {
	if r.IntN(40) == 0 {
		return
	}
	months := 0
	for _, s := range who.Stays {
		months += s.Months()
	}
	who.Principal = money.Fen(months)*money.Fen(6_000+r.IntN(18_000))/2 + money.Fen(r.IntN(10_000))
	who.Interest = who.Principal * money.Fen(r.IntN(450)) / 10_000
}

// pad writes a number with leading zeros.
func pad(n, digits int) string {
	b := make([]byte, digits)
	for i := digits - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}
