package exchange

import (
	"fmt"
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
	Text    string       // in Chinese, for the journal, the notice and the partner
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
		return Opinion{Do: Refuse, Decline: code.DeclineMilitary, Text: "军人医疗保险关系按军地转移办法办理"}, false
	case SameArea(from, to):
		return Opinion{Do: Refuse, Decline: code.DeclineSameArea, Text: fmt.Sprintf("%s 与 %s 属同一统筹地区，无需转移", from, to)}, false
	case Resident(schemeFrom) && Resident(schemeTo) && since.Year() == moved.Year():
		return Opinion{Do: Refuse, Decline: code.DeclineSameYearResident, Text: "居民医保参保人员同一年度内不办理转移，请于次年申请"}, false
	}
	return Opinion{}, true
}

// AuditApplication judges an application at the new place in the order of
// SPEC 2.2: complete, in scope, enrolled here, eligible. own are our
// registry's records of the person.
func AuditApplication(a Application, own []RegistryPerson, p Profile) Opinion {
	if !slices.Contains(a.Materials, "id") {
		return Opinion{Do: Return, Text: "缺少有效身份证件，请补交后重新申请"}
	}
	if a.ProxyName != "" && !slices.Contains(a.Materials, "proxy") {
		return Opinion{Do: Return, Text: "由他人代办，请补交授权委托书和代办人身份证件"}
	}
	if o, ok := scope(a.Person, a.From, a.To, a.SchemeFrom, a.SchemeTo, a.AppliedOn, a.EnrolledFrom); !ok {
		return o
	}
	here, ok := FindEnrolled(own, a.SchemeTo)
	switch {
	case !ok:
		return Opinion{Do: Wait, Hold: code.HoldAwaitingRegistry, Text: "本地参保登记库中尚无此人在保记录，待登记后办理"}
	case here.Person.NameKey != a.Person.NameKey:
		return Opinion{Do: Return, Text: "申请姓名与本地参保登记不一致，请核对后补正"}
	case here.Status == StatusRetired && !p.Retirees:
		return Opinion{Do: Refuse, Decline: code.DeclineOutOfScope, Text: "已办理退休，不属于转移接续范围"}
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
	Today       calendar.Date
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
		return r, Opinion{Do: Wait, Hold: code.HoldAwaitingRegistry, Text: "参保登记库中查无此人，待核实"}, false
	case several:
		return r, Opinion{Do: Wait, Hold: code.HoldPossibleDuplicate, Text: "参保登记库中有多条此人的记录，待核实个人编号"}, false
	case r.Person.NameKey != l.Person.NameKey:
		return r, Opinion{Do: Refuse, Decline: code.DeclineNameOrIDDiffers, Text: "姓名与本地参保登记不一致，请核对"}, false
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
		return Opinion{Do: Refuse, Decline: code.DeclineOtherPlaceFirst, Text: "已受理 " + first + " 的转移联系函"}
	case gone != "":
		return Opinion{Do: Refuse, Decline: code.DeclineAlreadyTransferred, Text: "关系已转移至 " + gone}
	case r.Status == StatusEnded:
		return Opinion{Do: Refuse, Decline: code.DeclineAlreadyTransferred, Text: "本地参保关系已终止并转出"}
	case waiting != "":
		return Opinion{Do: Wait, Hold: code.HoldPossibleDuplicate, Text: waiting + " 的联系函先到，尚在办理"}
	}
	return Opinion{Do: Accept}
}

func deceased() Opinion {
	return Opinion{Do: Refuse, Decline: code.DeclineDeceased, Text: "参保人已死亡，个人账户余额依法继承"}
}

func judgeStatus(r RegistryPerson, p Profile) Opinion {
	switch r.Status {
	case StatusActive:
		return Opinion{Do: Refuse, Decline: code.DeclineStillParticipating, Text: "仍在本地正常参保，请先办理停保"}
	case StatusInHospital, StatusFrozen:
		return Opinion{Do: Wait, Hold: code.HoldInHospitalOrFrozen, Text: "住院未结算或账户冻结，待解除后办理"}
	case StatusRetired:
		if !p.Retirees {
			return Opinion{Do: Refuse, Decline: code.DeclineOutOfScope, Text: "已在本地退休，不属于转移接续范围"}
		}
	}
	return Opinion{Do: Accept}
}

func judgeArrears(r RegistryPerson, p Profile) Opinion {
	if r.ArrearsMonths == 0 && r.Arrears == 0 {
		return Opinion{Do: Accept}
	}
	text := fmt.Sprintf("欠费 %d 个月，金额 %s 元", r.ArrearsMonths, r.Arrears)
	switch p.Arrears {
	case ArrearsHold:
		return Opinion{Do: Wait, Hold: code.HoldArrears, Text: text}
	case ArrearsDecl:
		return Opinion{Do: Refuse, Decline: code.DeclineArrears, Text: text + "，请补缴后重新申请"}
	}
	return Opinion{Do: Accept}
}

func judgeCertificate(l Letter, c *Certificate, r RegistryPerson, p Profile) Opinion {
	switch {
	case l.CertificateNo == "":
		if p.NoCertificate == NoCertHold {
			return Opinion{Do: Wait, Hold: code.HoldCertificateMissing, Text: "联系函未列参保凭证号"}
		}
	case c == nil, c.ReplacedBy != "", c.PersonalNo != r.PersonalNo:
		return Opinion{Do: Refuse, Decline: code.DeclineCertificateVoid, Text: "参保凭证 " + l.CertificateNo + " 无效或非本人"}
	}
	return Opinion{Do: Accept}
}

func judgeAccount(l Letter, f LetterFacts) Opinion {
	if !l.AccountMoves || f.Confirmed || f.Settlement == SettleNetted || f.Settlement == SettleNotMoved {
		return Opinion{Do: Accept}
	}
	for _, a := range f.Accounts {
		if a.No == l.Account.No && a.CNAPS == l.Account.CNAPS && a.Holder == l.Account.Holder && a.Valid(f.Today, l.SchemeTo) {
			return Opinion{Do: Accept}
		}
	}
	return Opinion{Do: Wait, Hold: code.HoldAccountNotRegistered, Text: "收款账户 " + l.Account.No + " 未经登记，请通过其他途径核实"}
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

// CheckForm compares a form with its letter and with itself, and returns in
// words what differs (none: the form is right).
func CheckForm(f Form, l Letter) []string {
	var differs []string
	add := func(format string, args ...any) { differs = append(differs, fmt.Sprintf(format, args...)) }
	if !f.Person.Same(l.Person) {
		add("姓名或证件号码与联系函不一致")
	}
	m := CountMonths(f.Stays)
	if m.Actual != f.Actual || m.Backpaid != f.Backpaid || m.Deemed != f.Deemed || m.Gap != f.Gap {
		add("月数与明细不符：信息表 %d/%d/%d（中断 %d），明细 %d/%d/%d（中断 %d）", f.Actual, f.Backpaid, f.Deemed, f.Gap, m.Actual, m.Backpaid, m.Deemed, m.Gap)
	}
	if total, err := f.Principal.Add(f.Interest); err != nil || total != f.Amount {
		add("金额 %s 不等于本金 %s 加利息 %s", f.Amount, f.Principal, f.Interest)
	}
	if m.Last != 0 && m.Last > f.EndedOn.Month() {
		add("参保月份 %s 晚于终止日期 %s", m.Last, f.EndedOn)
	}
	if (f.Money == MoneyZERO) != (f.Amount == 0) {
		add("资金处理方式 %s 与金额 %s 不符", f.Money, f.Amount)
	}
	return differs
}

// FindAccount returns our account that receives money for a scheme on a date;
// without one no letter can be issued.
func (a Agency) FindAccount(on calendar.Date, scheme string) (Account, bool) {
	for _, acct := range a.Accounts {
		if acct.Valid(on, scheme) {
			return acct, true
		}
	}
	return Account{}, false
}
