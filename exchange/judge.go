package exchange

import (
	"slices"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Opinion is what the rules say about an application or a letter.
type Opinion struct {
	Do      Do
	Decline code.Decline // Do is Refuse
	Hold    code.Hold    // Do is Wait
	Text    code.Phrase  // why, for the journal, the notice and the partner
}

// Do is what is to be done.
type Do string

// What an opinion says to do.
const (
	Accept Do = "accept"
	Refuse Do = "refuse" // refused (application) or declined (letter)
	Return Do = "return" // returned for supplement
	Wait   Do = "hold"
)

// SameArea reports whether two agencies lie in one pooling area: the same
// city (the first four digits); a municipality (11 12 31 50) is one, and each
// place that its province governs directly (xx90xx, such as 429004) is one of
// its own.
func SameArea(a, b string) bool {
	if len(a) != 6 || len(b) != 6 || a[:2] != b[:2] {
		return a == b
	}
	switch a[:2] {
	case "11", "12", "31", "50":
		return true
	}
	return a[:4] == b[:4] && (a[2:4] != "90" || a == b)
}

// Resident reports whether a scheme is one of the resident schemes.
func Resident(scheme string) bool {
	switch scheme {
	case "380", "390", "391", "392":
		return true
	}
	return false
}

// HasAccount reports whether a scheme keeps personal accounts (only the
// employees' scheme does).
func HasAccount(scheme string) bool { return scheme == "310" }

// military documents: officer of the army, officer of the armed police.
func military(idType string) bool { return idType == "02" || idType == "03" }

// scope says what both places check before anything else (SPEC 2.9). since is
// the month of enrolment at the new place; where it is not told, that of the
// request.
func scope(p Person, from, to, schemeFrom, schemeTo string, moved calendar.Date, since calendar.Month) (Opinion, bool) {
	if since == 0 {
		since = moved.Month()
	}
	switch {
	case military(p.IDType):
		return Opinion{Do: Refuse, Decline: code.DeclineMilitary, Text: code.Say("military")}, false
	case SameArea(from, to):
		return Opinion{Do: Refuse, Decline: code.DeclineSameArea, Text: code.Say("same-area", from, to)}, false
	case Resident(schemeFrom) && Resident(schemeTo) && since.Year() == moved.Year():
		return Opinion{Do: Refuse, Decline: code.DeclineSameYearResident, Text: code.Say("same-year")}, false
	}
	return Opinion{}, true
}

// AuditApplication judges an application at the new place in the order of
// SPEC 2.2: complete, in scope, enrolled here, eligible. own are our
// registry's records of the person.
func AuditApplication(a Application, own []RegistryPerson, p Profile) Opinion {
	if !slices.Contains(a.Materials, "id") {
		return Opinion{Do: Return, Text: code.Say("id-document-missing")}
	}
	if a.ProxyName != "" && !slices.Contains(a.Materials, "proxy") {
		return Opinion{Do: Return, Text: code.Say("proxy-document-missing")}
	}
	if o, ok := scope(a.Person, a.From, a.To, a.SchemeFrom, a.SchemeTo, a.AppliedOn, a.EnrolledFrom); !ok {
		return o
	}
	here, ok := FindEnrolled(own, a.SchemeTo)
	switch {
	case !ok:
		return Opinion{Do: Wait, Hold: code.HoldAwaitingRegistry, Text: code.Say("not-enrolled-yet")}
	case !here.Person.SameName(a.Person):
		return Opinion{Do: Return, Text: code.Say("applicant-name-differs")}
	case here.Status == StatusRetired && !p.Retirees:
		return Opinion{Do: Refuse, Decline: code.DeclineOutOfScope, Text: code.Say("applicant-retired")}
	}
	return Opinion{Do: Accept}
}

// FindEnrolled picks the registry record under which a person participates
// at the new place, in the scheme named before any other; ok is false when
// there is none.
func FindEnrolled(own []RegistryPerson, scheme string) (r RegistryPerson, ok bool) {
	for _, have := range own {
		switch have.Status {
		case StatusActive, StatusRetired, StatusInHospital:
			if !ok || (have.Scheme == scheme && r.Scheme != scheme) {
				r, ok = have, true
			}
		}
	}
	return r, ok
}

// LetterFacts is what the old place knows when it judges a letter.
type LetterFacts struct {
	Registry    []RegistryPerson // our records of the person
	Rivals      []Case           // other Out cases of the same person that stand before this one
	Certificate *Certificate     // the one the letter names, if we issued it
	Settlement  string           // agreed with the partner: netted and not_moved need no account
	Accounts    []Account        // registered for the partner
	Confirmed   bool             // an officer confirmed the account outside the drop
	Days        []calendar.Date  // by which accounts are judged
}

// JudgeLetter judges a contact letter at the old place. In scope at all (SPEC
// 2.9) and ours; then in the order of SPEC 2.4: the certificate live and this
// person's, participation over, nobody else promised, arrears, the account
// registered. The first reason to decline decides, and only without one the
// first reason to wait: nobody is let wait for a paper that would not help.
// Of somebody who has died only an earlier transfer still matters.
func JudgeLetter(l Letter, f LetterFacts, p Profile) Opinion {
	if o, ok := scope(l.Person, l.From, l.To, l.SchemeFrom, l.SchemeTo, l.Date, l.EnrolledFrom); !ok {
		return o
	}
	r, o, ok := judgePerson(l, f)
	if !ok {
		return o
	}
	opinions := []Opinion{
		judgeCertificate(l, f.Certificate, r, p),
		judgeStatus(r, p),
		judgeRivals(f.Rivals, r),
		judgeArrears(r, p),
		judgeAccount(l, f),
	}
	if r.Status == StatusDeceased {
		opinions = []Opinion{judgeRivals(f.Rivals, r), deceased()}
	}
	for _, do := range []Do{Refuse, Wait} {
		for _, o := range opinions {
			if o.Do == do {
				return o
			}
		}
	}
	return Opinion{Do: Accept}
}

// FindRecord picks the registry record of a person that a letter is about: of
// the personal number it gives, else of its scheme, else any; one that has
// not ended before one that has. ok is false without a record; several says
// that more than one would do, and somebody has to choose.
func FindRecord(records []RegistryPerson, scheme string, personalNos ...string) (r RegistryPerson, several, ok bool) {
	narrow := func(keep func(RegistryPerson) bool) {
		if some := slices.DeleteFunc(slices.Clone(records), func(r RegistryPerson) bool { return !keep(r) }); len(some) > 0 {
			records = some
		}
	}
	narrow(func(r RegistryPerson) bool { return slices.Contains(personalNos, r.PersonalNo) })
	narrow(func(r RegistryPerson) bool { return r.Scheme == scheme })
	narrow(func(r RegistryPerson) bool { return r.Status != StatusEnded })
	if len(records) == 0 {
		return r, false, false
	}
	return records[0], len(records) > 1, true
}

// judgePerson finds the registry record that the letter is about. Somebody
// not in the registry (yet) is held, never declined by itself.
func judgePerson(l Letter, f LetterFacts) (RegistryPerson, Opinion, bool) {
	numbers := []string{l.OldPersonalNo}
	if f.Certificate != nil {
		numbers = append(numbers, f.Certificate.PersonalNo)
	}
	r, several, ok := FindRecord(f.Registry, l.SchemeFrom, numbers...)
	switch {
	case !ok:
		return r, Opinion{Do: Wait, Hold: code.HoldAwaitingRegistry, Text: code.Say("person-unknown")}, false
	case several:
		return r, Opinion{Do: Wait, Hold: code.HoldPossibleDuplicate, Text: code.Say("several-records")}, false
	case !r.Person.SameName(l.Person):
		return r, Opinion{Do: Refuse, Decline: code.DeclineNameOrIDDiffers, Text: code.Say("name-differs")}, false
	}
	return r, Opinion{}, true
}

// judgeRivals: the first valid letter wins. An earlier transfer that is
// confirmed does not count once the registry shows that the person has
// participated here again since.
func judgeRivals(rivals []Case, r RegistryPerson) Opinion {
	first, waiting, gone := "", "", ""
	for _, c := range rivals {
		switch c.Effective() {
		case Requested:
			waiting = c.Partner
		case Accepted, Ended, Liquidated, Answered:
			if c.MoneyTrack == MoneySettled || c.FormTrack == FormDelivered {
				gone = c.Partner
			} else {
				first = c.Partner
			}
		case Confirmed:
			if r.Status == StatusEnded || c.ClosedOn == 0 || r.AsOf <= c.ClosedOn {
				gone = c.Partner
			}
		}
	}
	switch {
	case first != "":
		return Opinion{Do: Refuse, Decline: code.DeclineOtherPlaceFirst, Text: code.Say("promised-to", first)}
	case gone != "":
		return Opinion{Do: Refuse, Decline: code.DeclineAlreadyTransferred, Text: code.Say("moved-to", gone)}
	case r.Status == StatusEnded:
		return Opinion{Do: Refuse, Decline: code.DeclineAlreadyTransferred, Text: code.Say("ended-here")}
	case waiting != "":
		return Opinion{Do: Wait, Hold: code.HoldPossibleDuplicate, Text: code.Say("earlier-letter", waiting)}
	}
	return Opinion{Do: Accept}
}

func deceased() Opinion {
	return Opinion{Do: Refuse, Decline: code.DeclineDeceased, Text: code.Say("deceased")}
}

func judgeStatus(r RegistryPerson, p Profile) Opinion {
	switch r.Status {
	case StatusActive:
		return Opinion{Do: Refuse, Decline: code.DeclineStillParticipating, Text: code.Say("still-active")}
	case StatusInHospital, StatusFrozen:
		return Opinion{Do: Wait, Hold: code.HoldInHospitalOrFrozen, Text: code.Say("in-hospital")}
	case StatusRetired:
		if !p.Retirees {
			return Opinion{Do: Refuse, Decline: code.DeclineOutOfScope, Text: code.Say("retired-here")}
		}
	}
	return Opinion{Do: Accept}
}

func judgeArrears(r RegistryPerson, p Profile) Opinion {
	if r.ArrearsMonths == 0 && r.Arrears == 0 {
		return Opinion{Do: Accept}
	}
	switch p.Arrears {
	case ArrearsHold:
		return Opinion{Do: Wait, Hold: code.HoldArrears, Text: code.Say("arrears", r.ArrearsMonths, r.Arrears)}
	case ArrearsDecl:
		return Opinion{Do: Refuse, Decline: code.DeclineArrears, Text: code.Say("arrears-declined", r.ArrearsMonths, r.Arrears)}
	}
	return Opinion{Do: Accept}
}

func judgeCertificate(l Letter, c *Certificate, r RegistryPerson, p Profile) Opinion {
	switch {
	case l.CertificateNo == "":
		if p.NoCertificate == NoCertHold {
			return Opinion{Do: Wait, Hold: code.HoldCertificateMissing, Text: code.Say("no-certificate")}
		}
	case c == nil, c.ReplacedBy != "", c.PersonalNo != r.PersonalNo:
		return Opinion{Do: Refuse, Decline: code.DeclineCertificateVoid, Text: code.Say("certificate-invalid", l.CertificateNo)}
	}
	return Opinion{Do: Accept}
}

func judgeAccount(l Letter, f LetterFacts) Opinion {
	if !l.AccountMoves || f.Confirmed || f.Settlement == SettleNetted || f.Settlement == SettleNotMoved {
		return Opinion{Do: Accept}
	}
	for _, a := range f.Accounts {
		if a.Is(l.Account) && a.Valid(l.SchemeTo, f.Days...) {
			return Opinion{Do: Accept}
		}
	}
	return Opinion{Do: Wait, Hold: code.HoldAccountNotRegistered, Text: code.Say("account-unregistered", l.Account.No)}
}

// MoneyFacts decide what happens to the balance.
type MoneyFacts struct {
	Deceased     bool
	Amount       money.Fen
	Settlement   string // of the partner
	AccountMoves bool   // the letter's word
	SchemeTo     string
}

// DecideMoney applies SPEC 2.7 in its order and returns the form's word for
// the money and who is paid; an empty form word means no form is issued.
func DecideMoney(f MoneyFacts) (formWord, payTo string) {
	switch {
	case f.Deceased && f.Amount > 0:
		return "", ToPerson
	case f.Deceased:
		return "", ""
	case f.Amount == 0:
		return MoneyZERO, ""
	case f.Settlement == SettleNetted:
		return MoneyNETTED, ""
	case f.Settlement == SettleNotMoved:
		return MoneyNOTMOVED, ""
	case !f.AccountMoves, !HasAccount(f.SchemeTo):
		return MoneyPAIDTOPERSON, ToPerson
	}
	return MoneyREMITTED, ToPartner
}

// CheckForm compares a form with its letter and with itself, and returns
// what differs (none: the form is right).
func CheckForm(f Form, l Letter) (differs []code.Phrase) {
	add := func(name string, args ...any) { differs = append(differs, code.Say(name, args...)) }
	if !f.Person.Same(l.Person) {
		add("form-person")
	}
	m := CountMonths(f.Stays)
	if m.Actual != f.Actual || m.Backpaid != f.Backpaid || m.Deemed != f.Deemed || m.Gap != f.Gap {
		add("form-months", f.Actual, f.Backpaid, f.Deemed, f.Gap, m.Actual, m.Backpaid, m.Deemed, m.Gap)
	}
	if total, err := f.Principal.Add(f.Interest); err != nil || total != f.Amount {
		add("form-sum", f.Amount, f.Principal, f.Interest)
	}
	if m.Last != 0 && m.Last > f.EndedOn.Month() {
		add("form-after-end", m.Last, f.EndedOn)
	}
	if (f.Money == MoneyZERO) != (f.Amount == 0) {
		add("form-money", f.Money, f.Amount)
	}
	return differs
}

// FindAccount returns our account that receives money for a scheme on each of the
// dates; without one no letter can be issued.
func (a Agency) FindAccount(scheme string, days ...calendar.Date) (Account, bool) {
	for _, acct := range a.Accounts {
		if acct.Valid(scheme, days...) {
			return acct, true
		}
	}
	return Account{}, false
}
