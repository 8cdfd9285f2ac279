package samples

import (
	"fmt"
	"strings"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
)

// scene is who writes to whom about whom: people who leave an old place for
// a new one, as a batch of any kind tells of them. Numbers follow from the
// index of a person, so that batches of one scene fit together.
type scene struct {
	leaving *Population
	oldArea string
	newArea string
	at      Place // the old place's particulars
	to      Place // the new place's
	seed    int64
	today   calendar.Date
}

func newScene(seed int64, oldArea, newArea string, created time.Time) *scene {
	today := calendar.DateOf(created)
	return &scene{
		leaving: NewPopulation(seed, oldArea, today),
		oldArea: oldArea, newArea: newArea,
		at: PlaceOf(oldArea), to: PlaceOf(newArea),
		seed: seed, today: today,
	}
}

// perDay is how many numbers one issuer can give on one day.
const perDay = 999_999

// number is the i-th number of an issuer, its area code, a date and six
// digits; when a day's numbers are used up, those of the day before follow.
func (s *scene) number(letter, issuer string, i int) string {
	return letter + issuer + s.day(i).Compact() + pad(i%perDay+1, 6)
}

// day is the date inside the i-th number.
func (s *scene) day(i int) calendar.Date { return s.today.AddDays(-i / perDay) }

func (s *scene) letterNo(i int) string { return s.number("", s.newArea, i) }
func (s *scene) formNo(i int) string   { return s.number("F", s.oldArea, i) }
func (s *scene) caseNo(i int) string   { return s.number("T", s.newArea, i) }
func (s *scene) paymentRef(i int) string {
	return s.letterNo(i) + "-1-1"
}

// certificateNo is dated before every letter that names it.
func (s *scene) certificateNo(i int) string {
	return "C" + s.oldArea + s.day(i).AddDays(-20).Compact() + pad(i%perDay+1, 6)
}

func (s *scene) applicationNo(i int) string {
	return s.newArea + "-" + s.day(i).Compact() + pad(i+1, 8)
}

// enrolledFrom is the first month at the new place: after the old one ended,
// never later than this month.
func (s *scene) enrolledFrom(p *Person) calendar.Month {
	return min(p.StoppedOn.Month().Add(1), s.today.Month())
}

func block(p *Person) formats.Person {
	return formats.Person{IDType: p.IDType, IDNo: p.IDNo, Name: p.Name, Sex: p.Sex, BirthDate: p.Birth, Phone: p.Phone}
}

func agencyBlock(p Place) formats.AgencyBlock {
	return formats.AgencyBlock{
		Code: p.Area, Name: p.Name, Address: p.Address,
		PostCode: p.PostCode, Contact: p.Contact, ContactPhone: p.Phone,
	}
}

func stayRows(p *Person) []formats.Stay {
	rows := make([]formats.Stay, len(p.Stays))
	for i, s := range p.Stays {
		rows[i] = formats.Stay{Area: s.Area, Scheme: s.Scheme, From: s.From, To: s.To, Months: s.Months(), Kind: s.Kind}
	}
	return rows
}

// monthTotals adds up a person's stays, which do not lap.
func monthTotals(p *Person) (actual, backpaid, deemed, gap int, deemedTo calendar.Month) {
	for _, s := range p.Stays {
		switch s.Kind {
		case code.StayActual:
			actual += s.Months()
		case code.StayBackpaid:
			backpaid += s.Months()
		case code.StayDeemed:
			deemed += s.Months()
			deemedTo = s.To
		}
	}
	gap = p.Stays[len(p.Stays)-1].To.Sub(p.Stays[0].From) + 1 - actual - backpaid - deemed
	return actual, backpaid, deemed, gap, deemedTo
}

// moneyKind is what happens to a balance between the two places.
func moneyKind(total money.Fen) code.MoneyKind {
	if total == 0 {
		return code.Zero
	}
	return code.Remitted
}

// echo is a sender's own reference.
func echo(kind string, i int) string { return fmt.Sprintf("%s/%d", kind, i+1) }

// areaOf is the area code of a party.
func areaOf(party string) string { return strings.TrimRight(party, "cpb") }
