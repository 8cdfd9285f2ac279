package jobs_test

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/samples"
)

// leaver is the n-th person with a balance who stopped at our place, or, with
// them as area, at the partner's. The n-th of both is one and the same.
func leaver(area string, n int) samples.Person {
	population := samples.NewPopulation(11, area, 20260302)
	for i := 0; ; i++ {
		if p := population.At(i); isLeaver(p) {
			if n--; n < 0 {
				return p
			}
		}
	}
}

func isLeaver(p samples.Person) bool {
	return p.Principal > 100_000 && p.IDType == code.IDResident && p.Scheme == code.SchemeEmployee && len(p.Stays) == 1 && p.StoppedOn < 20251201
}

// insured is what a registry says of a person who stopped here.
func (o *testOffice) insured(p samples.Person, change ...func(*formats.RegistryRecord)) *formats.RegistryRecord {
	r := &formats.RegistryRecord{
		PersonalNo: p.PersonalNo, AsOf: calendar.DateOf(o.now), Person: blockOf(p), Household: p.Household, Scheme: p.Scheme, Status: code.RegistryStopped,
		StoppedOn: p.StoppedOn, AccountOpened: p.AccountOpened, Principal: p.Principal, Interest: p.Interest, Stays: rowsOfStays(p.Stays),
	}
	o.balance[p.PersonalNo] = p.Principal + p.Interest
	for _, c := range change {
		c(r)
	}
	r.FirstMonth, r.PaidTo = 0, 0
	for _, s := range r.Stays {
		if r.FirstMonth == 0 || s.From < r.FirstMonth {
			r.FirstMonth = s.From
		}
		r.PaidTo = max(r.PaidTo, s.To)
	}
	return r
}

// rowsOfStays are a person's stays as rows of a record.
func rowsOfStays(stays []samples.Stay) (rows []formats.Stay) {
	for _, s := range stays {
		rows = append(rows, formats.Stay{Area: s.Area, Scheme: s.Scheme, From: s.From, To: s.To, Months: s.Months(), Kind: s.Kind})
	}
	return rows
}

// stay is a stay of employees in an area.
func stay(area string, from, to calendar.Month, kind code.StayKind) formats.Stay {
	return formats.Stay{Area: area, Scheme: code.SchemeEmployee, From: from, To: to, Months: to.Sub(from) + 1, Kind: kind}
}

// letterNo is the n-th letter number of a partner.
func letterNo(partner string, n int) string { return fmt.Sprintf("%s20260302%06d", partner, n) }

// letter asks us for a person.
func (o *testOffice) letter(from string, n int, p samples.Person, change ...func(*formats.Letter)) *formats.Letter {
	place, account := samples.PlaceOf(from), receiving(from)
	l := &formats.Letter{
		LetterNo: letterNo(from, n), Version: 1, LetterDate: calendar.DateOf(o.now), AcceptedOn: calendar.DateOf(o.now), Person: blockOf(p),
		Household: p.Household, SchemeFrom: p.Scheme, SchemeTo: p.Scheme, EnrolledFrom: p.StoppedOn.Month().Add(1), FromAgency: us,
		To:           formats.AgencyBlock{Code: from, Name: place.Name, Address: place.Address, PostCode: place.PostCode, Contact: place.Contact, ContactPhone: place.Phone},
		AccountMoves: true, AccountName: account.Holder, BankName: account.Bank, AccountNo: account.No, CNAPS: account.CNAPS, Echo: fmt.Sprintf("echo-%d", n),
	}
	for _, c := range change {
		c(l)
	}
	return l
}

// withVersion makes a letter the n-th version.
func withVersion(n int) func(*formats.Letter) { return func(l *formats.Letter) { l.Version = n } }

// withAccount makes a letter name another account.
func withAccount(a exchange.Account) func(*formats.Letter) {
	return func(l *formats.Letter) {
		l.AccountName, l.BankName, l.AccountNo, l.CNAPS = a.Holder, a.Bank, a.No, a.CNAPS
	}
}

// secondAccount is another account of a partner or of ours.
func secondAccount(area string) exchange.Account {
	a := receiving(area)
	a.No = "6217" + a.No[4:]
	return a
}

// answerLetter takes a person's letter in and passes until the form is out.
func (o *testOffice) answerLetter(p samples.Person, n int, change ...func(*formats.Letter)) *formats.Form {
	o.tb.Helper()
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, n, p, change...))
	o.pass()
	o.pass()
	return requireOne[formats.Form](o, them, formats.KindForm)
}

// payLetter is answerLetter, with the payment debited and notified.
func (o *testOffice) payLetter(p samples.Person, n int) *formats.Form {
	o.tb.Helper()
	f := o.answerLetter(p, n)
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	return f
}

// newcomer is what our registry says of a person who participates here now.
func (o *testOffice) newcomer(p samples.Person, change ...func(*formats.RegistryRecord)) *formats.RegistryRecord {
	from := p.StoppedOn.Month().Add(1)
	return o.insured(p, append([]func(*formats.RegistryRecord){func(r *formats.RegistryRecord) {
		r.PersonalNo = us + "9" + p.PersonalNo[7:]
		r.Status, r.StoppedOn, r.Principal, r.Interest = code.RegistryActive, 0, 0, 0
		r.AccountOpened, r.Stays = from, []formats.Stay{stay(us, from, 202602, code.StayActual)}
	}}, change...)...)
}

// application is a person's request to come to us.
func (o *testOffice) application(p samples.Person, change ...func(*formats.Application)) *formats.Application {
	a := &formats.Application{
		ApplicationNo: "A-" + p.PersonalNo, Version: 1, LodgedAt: code.LodgedNew, AppliedOn: calendar.DateOf(o.now), Applicant: code.ByPerson,
		Person: blockOf(p), Household: p.Household, SchemeFrom: p.Scheme, SchemeTo: p.Scheme, FromAgency: them, ToAgency: us,
		OldPersonalNo: p.PersonalNo, EnrolledFrom: p.StoppedOn.Month().Add(1), Materials: "id", Echo: "app-" + p.PersonalNo,
	}
	for _, c := range change {
		c(a)
	}
	return a
}

// sendLetter takes a person's application in and returns the letter that goes
// out.
func (o *testOffice) sendLetter(p samples.Person, change ...func(*formats.Application)) *formats.Letter {
	o.tb.Helper()
	o.put(core, formats.KindRegistry, o.newcomer(p))
	o.put(portal, formats.KindApplication, o.application(p, change...))
	o.pass()
	return requireOne[formats.Letter](o, them, formats.KindLetter)
}

// form is the partner's answer to a letter of ours.
func (o *testOffice) form(p samples.Person, l *formats.Letter, change ...func(*formats.Form)) *formats.Form {
	place := samples.PlaceOf(them)
	f := &formats.Form{
		FormNo: formNo(l), Version: 1, Nature: code.NatureOriginal, LetterNo: l.LetterNo, LetterVersion: l.Version, Echo: l.Echo, Person: blockOf(p),
		PersonalNo: p.PersonalNo, Scheme: p.Scheme, EndedOn: calendar.DateOf(o.now), AccountOpened: p.AccountOpened, Money: code.Remitted,
		Principal: p.Principal, Interest: p.Interest, PayerName: place.AccountName, PayerAccount: place.AccountNo, PaymentRef: l.LetterNo + "-1-1",
		Agency: formats.AgencyBlock{Code: them, Name: place.Name}, IssuedOn: calendar.DateOf(o.now), Clerk: "经办", Checker: "复核",
		Stays: rowsOfStays(p.Stays),
	}
	for _, c := range change {
		c(f)
	}
	f.Amount = f.Principal + f.Interest
	if f.Money != code.Remitted {
		f.PayerName, f.PayerAccount, f.PaymentRef = "", "", ""
	}
	stays := make([]exchange.Stay, 0, len(f.Stays))
	for _, s := range f.Stays {
		stays = append(stays, exchange.Stay{Area: s.Area, Scheme: string(s.Scheme), From: s.From, To: s.To, Kind: string(s.Kind)})
	}
	m := exchange.CountMonths(stays)
	f.FirstMonth, f.PaidTo, f.MonthsActual, f.MonthsBackpaid, f.MonthsDeemed = m.First, m.Last, m.Actual, m.Backpaid, m.Deemed
	f.MonthsGap = batch.Some(m.Gap)
	return f
}

// remittanceText is the remittance text of a person's money.
func remittanceText(l *formats.Letter, p samples.Person) string {
	return l.LetterNo + " " + p.IDNo + " " + p.Name
}

// creditArrives lets the partner's money for a letter arrive.
func (o *testOffice) creditArrives(l *formats.Letter, p samples.Person, amount money.Fen) {
	o.tb.Helper()
	o.messages++
	o.leaveNotification(creditEntry(fmt.Sprintf("C%06d", o.messages), amount, remittanceText(l, p), l.LetterNo+"-1-1"))
}

// completion is the partner's word that it has credited a form.
func completion(f *formats.Form, outcome code.Outcome, on calendar.Date) *formats.Completion {
	k := &formats.Completion{
		LetterNo: f.LetterNo, FormNo: f.FormNo, FormVersion: f.Version, Outcome: outcome, CompletedOn: on,
		MonthsCredited: f.MonthsActual + f.MonthsBackpaid + f.MonthsDeemed, Echo: f.Echo,
	}
	if outcome == code.OutcomeCompleted && (f.Money == code.Remitted || f.Money == code.Netted) {
		k.Credited = f.Amount
	}
	return k
}

// blockOf is a person's block of a record.
func blockOf(p samples.Person) formats.Person {
	return formats.Person{IDType: p.IDType, IDNo: p.IDNo, Name: p.Name, Sex: p.Sex, BirthDate: p.Birth, Phone: p.Phone}
}

// formNo is the number of the partner's first form for a letter of ours.
func formNo(l *formats.Letter) string { return "F" + them + l.LetterNo[6:] }
