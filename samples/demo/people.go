package demo

import (
	"fmt"

	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/samples"
)

// person is somebody who moves: who they are, from where to where, and what
// they do. They know what the portals tell them and nothing else.
type person struct {
	samples.Person
	exception string // what this person stands for; "" a plain case
	attentive bool   // acts on notices
	from, to  string // area codes
	schemeTo  code.Scheme
	hereNo    string // personal_no at the new place
	ownStays  []formats.Stay
	lodge     int // working day of the demo on which the person comes forward

	script []step
	next   int // step of the script that comes next
	since  int // working day on which the last step was done
	turn   int // and the turn
	heard  map[code.Milestone]bool

	application formats.Application // the last version lodged
	certificate string              // number of the live certificate
	voided      []string
	card        string            // number of the person's own bank card
	caseAt      map[string]string // case_no by agency, as the notices name it
	toldTwice   int               // times that a bank told the person's credit twice

	want  []ending
	proof func(*evidence, *person) (string, error)
}

// step is one thing that a person or somebody on their behalf does, once its
// time has come.
type step struct {
	when func(*world, *person) bool
	do   func(*world, *person) error
}

// ending is how a case is meant to end.
type ending struct {
	agency string
	side   exchange.Side
	state  exchange.State
}

// act does what the person's script has due now.
func (p *person) act(w *world) error {
	for p.next < len(p.script) {
		s := p.script[p.next]
		if !s.when(w, p) {
			return nil
		}
		if err := s.do(w, p); err != nil {
			return fmt.Errorf("%s %s: %w", p.Name, p.exception, err)
		}
		p.next++
		p.since, p.turn = w.day, w.turns
	}
	return nil
}

// hear takes a notice. Only people of the exceptions act on what they hear;
// the others, who may be many, need not remember it.
func (p *person) hear(at string, n *formats.Notice) {
	if !p.attentive {
		return
	}
	if p.heard == nil {
		p.heard, p.caseAt = map[code.Milestone]bool{}, map[string]string{}
	}
	p.heard[n.Milestone] = true
	if n.CaseNo != "" {
		p.caseAt[at] = n.CaseNo
	}
}

// block is the person as files name them.
func (p *person) block() formats.Person {
	return formats.Person{IDType: p.IDType, IDNo: p.IDNo, Name: p.Name, Sex: p.Sex, BirthDate: p.Birth, Phone: p.Phone}
}

// arrival is the person as a small partner meets them, to which they move.
func (p *person) arrival(area string) outside.Arrival {
	return outside.Arrival{
		Person: p.block(), Household: p.Household, CertificateNo: p.certificate, SchemeFrom: p.Scheme, SchemeTo: p.schemeTo,
		OldPersonalNo: p.PersonalNo, PersonalNo: p.noAt(area),
	}
}

// Conditions of steps.

func onDay(w *world, p *person) bool { return w.day >= p.lodge }

func daysLater(n int) func(*world, *person) bool {
	return func(w *world, p *person) bool { return w.day >= p.since+n }
}

// aTurnLater waits for the next turn, so that what was sent has arrived.
func aTurnLater(w *world, p *person) bool { return w.turns > p.turn }

func told(m code.Milestone) func(*world, *person) bool {
	return func(_ *world, p *person) bool { return p.heard[m] }
}

func certified(_ *world, p *person) bool { return p.certificate != "" }

func oldPlace(p *person) string { return p.from }

// noAt is the person's number at an agency.
func (p *person) noAt(agency string) string {
	if agency == p.from {
		return p.PersonalNo
	}
	return p.hereNo
}

// Things that people do.

func lodge(w *world, p *person) error {
	p.application.Version++
	a := p.application
	a.ApplicationNo, a.AppliedOn, a.CertificateNo = w.applicationNo(p), w.today, p.certificate
	p.application = a
	w.portals[w.portalOf(p)].Lodge(formats.KindApplication, &a)
	return nil
}

func askCertificate(reason code.CertificateReason) func(*world, *person) error {
	return func(w *world, p *person) error {
		w.requests++
		w.portals[p.from].Lodge(formats.KindCertificateRequest, &formats.CertificateRequest{
			RequestNo: fmt.Sprintf("%s-G%s%06d", p.from, w.today.Compact(), w.requests), RequestedOn: w.today, Reason: reason,
			Applicant: code.ByPerson, PersonalNo: p.PersonalNo, Person: p.block(),
		})
		p.certificate = ""
		return nil
	}
}

func cancel(w *world, p *person) error {
	w.portals[p.to].Lodge(formats.KindCancellation, &formats.Cancellation{
		ApplicationNo: p.application.ApplicationNo, Phase: code.PhaseCancel, Reason: "本人决定暂不转移", CancelledOn: w.today,
	})
	return nil
}

// namePayee gives the old place's portal the person's own bank card.
func namePayee(w *world, p *person) error {
	b := w.banks[p.from]
	p.card = b.IssueCard(p.Name)
	w.portals[p.from].Lodge(formats.KindPayee, &formats.Payee{
		CaseNo: p.caseAt[p.from], IDNo: p.IDNo, Relation: code.RelationSelf, Name: p.Name, PayeeIDType: p.IDType, PayeeIDNo: p.IDNo,
		AccountName: p.Name, BankName: b.Name, AccountNo: p.card, CNAPS: b.CNAPS, Share: "1/1", Evidence: "身份证和银行卡复印件",
	})
	return nil
}

// atCore changes something in the books of a core by its own clerks.
func atCore(at func(*person) string, change func(w *world, m *outside.Member)) func(*world, *person) error {
	return func(w *world, p *person) error {
		m := w.cores[at(p)].Books.People[p.noAt(at(p))]
		change(w, m)
		m.Changed = true
		return nil
	}
}

// newApplication fills what every application of a person says.
func (p *person) newApplication() formats.Application {
	a := formats.Application{
		LodgedAt: code.LodgedNew, Applicant: code.ByPerson, Person: p.block(), Household: p.Household,
		SchemeFrom: p.Scheme, SchemeTo: p.schemeTo, FromAgency: p.from, ToAgency: p.to, OldPersonalNo: p.PersonalNo, Materials: "id",
	}
	if len(p.ownStays) > 0 {
		a.EnrolledFrom = p.ownStays[0].From
	}
	return a
}

// oldStays are the person's stays as the old place's registry tells them.
func (p *person) oldStays() []formats.Stay {
	rows := make([]formats.Stay, len(p.Stays))
	for i, s := range p.Stays {
		rows[i] = formats.Stay{Area: s.Area, Scheme: s.Scheme, From: s.From, To: s.To, Months: s.Months(), Kind: s.Kind}
	}
	return rows
}

// settleIn gives the person a number and months at the new place: from the month after the
// old stay up to the last whole month.
func (p *person) settleIn(number int, last calendar.Month) {
	p.hereNo = fmt.Sprintf("%s9%08d", p.to, number)
	from := p.StoppedOn.Month().Add(1)
	if from <= last {
		p.ownStays = []formats.Stay{outside.NewStay(p.to, p.schemeTo, from, last, code.StayActual)}
	}
}

// oldRecord is the person in the old place's core, newRecord in the new one's.
func (p *person) oldRecord(on calendar.Date) *outside.Member {
	return &outside.Member{AccruedTo: on, RegistryRecord: formats.RegistryRecord{
		PersonalNo: p.PersonalNo, Person: p.block(), Household: p.Household, Scheme: p.Scheme,
		Status: code.RegistryStopped, StoppedOn: p.StoppedOn, AccountOpened: p.AccountOpened,
		Principal: p.Principal, Interest: p.Interest, Stays: p.oldStays(),
	}}
}

func (p *person) newRecord(on calendar.Date) *outside.Member {
	r := formats.RegistryRecord{
		PersonalNo: p.hereNo, Person: p.block(), Household: p.Household, Scheme: p.schemeTo, Status: code.RegistryActive, Stays: p.ownStays,
	}
	if len(p.ownStays) > 0 && p.schemeTo == code.SchemeEmployee {
		r.AccountOpened = p.ownStays[0].From
		r.Principal = money.Fen(len(p.ownStays)*p.ownStays[0].Months) * 12_600
	}
	return &outside.Member{AccruedTo: on, RegistryRecord: r}
}
