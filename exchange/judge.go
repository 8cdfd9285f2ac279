package exchange

import (
	"fmt"

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
// city, and a municipality (11 12 31 50) is one.
func SameArea(a, b string) bool {
	if len(a) < 4 || len(b) < 4 {
		return a == b
	}
	switch a[:2] {
	case "11", "12", "31", "50":
		return a[:2] == b[:2]
	}
	return a[:4] == b[:4]
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

// scope says what both places check before anything else.
func scope(p Person, from, to, schemeFrom, schemeTo string, moved calendar.Date, since calendar.Month) (Opinion, bool) {
	switch {
	case military(p.IDType):
		return Opinion{Do: Refuse, Decline: code.DeclineMilitary, Text: "军人医疗保险关系按军地转移办法办理"}, false
	case SameArea(from, to):
		return Opinion{Do: Refuse, Decline: code.DeclineSameArea, Text: fmt.Sprintf("%s 与 %s 属同一统筹地区，无需转移", from, to)}, false
	case Resident(schemeFrom) && Resident(schemeTo) && since != 0 && since.Year() == moved.Year():
		return Opinion{Do: Refuse, Decline: code.DeclineSameYearResident, Text: "居民医保参保人员同一年度内不办理转移，请于次年申请"}, false
	}
	return Opinion{}, true
}

// AuditApplication judges an application at the new place: complete, enrolled
// here, eligible. own are our registry's records of the person.
func AuditApplication(a Application, own []RegistryPerson, p Profile) Opinion {
	if !contains(a.Materials, "id") {
		return Opinion{Do: Return, Text: "缺少有效身份证件，请补交后重新申请"}
	}
	if a.ProxyName != "" && !contains(a.Materials, "proxy") {
		return Opinion{Do: Return, Text: "由他人代办，请补交授权委托书和代办人身份证件"}
	}
	if o, ok := scope(a.Person, a.From, a.To, a.SchemeFrom, a.SchemeTo, a.AppliedOn, a.EnrolledFrom); !ok {
		return o
	}
	var here *RegistryPerson
	for i := range own {
		if own[i].Status == StatusActive || own[i].Status == StatusRetired || own[i].Status == StatusInHospital {
			here = &own[i]
		}
	}
	switch {
	case here == nil:
		return Opinion{Do: Wait, Hold: code.HoldAwaitingRegistry, Text: "本地参保登记库中尚无此人在保记录，待登记后办理"}
	case here.Person.NameKey != a.Person.NameKey:
		return Opinion{Do: Return, Text: "申请姓名与本地参保登记不一致，请核对后补正"}
	case here.Status == StatusRetired && !p.Retirees:
		return Opinion{Do: Refuse, Decline: code.DeclineOutOfScope, Text: "已办理退休，不属于转移接续范围"}
	}
	return Opinion{Do: Accept}
}

// LetterFacts is what the old place knows when it judges a letter.
type LetterFacts struct {
	Registry    []RegistryPerson // our records of the person
	Rivals      []Case           // other Out cases of the same person
	Certificate *Certificate     // the one the letter names, if we issued it
	Accounts    []Account        // registered for the partner
	Confirmed   bool             // an officer confirmed the account outside the drop
	Today       calendar.Date
}

// JudgeLetter judges a contact letter at the old place, in the order of SPEC 2.4.
func JudgeLetter(l Letter, f LetterFacts, p Profile) Opinion {
	if o, ok := scope(l.Person, l.From, l.To, l.SchemeFrom, l.SchemeTo, l.Date, l.EnrolledFrom); !ok {
		return o
	}
	r, o := findPerson(l, f)
	if r == nil {
		return o
	}
	if o, ok := judgeRivals(f.Rivals, r); !ok {
		return o
	}
	if o, ok := judgeStatus(r, p); !ok {
		return o
	}
	if r.ArrearsMonths > 0 || r.Arrears > 0 {
		text := fmt.Sprintf("欠费 %d 个月，金额 %s 元", r.ArrearsMonths, r.Arrears)
		switch p.Arrears {
		case ArrearsHold:
			return Opinion{Do: Wait, Hold: code.HoldArrears, Text: text}
		case ArrearsDecl:
			return Opinion{Do: Refuse, Decline: code.DeclineArrears, Text: text + "，请补缴后重新申请"}
		}
	}
	if o, ok := judgeCertificate(l, f.Certificate, r, p); !ok {
		return o
	}
	return judgeAccount(l, f)
}

// findPerson picks the registry record that the letter is about.
func findPerson(l Letter, f LetterFacts) (*RegistryPerson, Opinion) {
	if len(f.Registry) == 0 {
		return nil, Opinion{Do: Wait, Hold: code.HoldAwaitingRegistry, Text: "参保登记库中查无此人，待核实"}
	}
	var best *RegistryPerson
	for i := range f.Registry {
		r := &f.Registry[i]
		if best == nil || (r.Scheme == l.SchemeFrom && best.Scheme != l.SchemeFrom) {
			best = r
		}
	}
	if best.Person.NameKey != l.Person.NameKey {
		return nil, Opinion{Do: Refuse, Decline: code.DeclineNameOrIDDiffers, Text: "姓名与本地参保登记不一致，请核对"}
	}
	if best.Status == StatusDeceased {
		return nil, Opinion{Do: Refuse, Decline: code.DeclineDeceased, Text: "参保人已死亡，个人账户余额依法继承"}
	}
	return best, Opinion{}
}

// judgeRivals: the first valid letter wins.
func judgeRivals(rivals []Case, r *RegistryPerson) (Opinion, bool) {
	for _, c := range rivals {
		switch c.Effective() {
		case Accepted, Ended, Liquidated, Answered:
			if c.MoneyTrack == MoneySettled || c.FormTrack == FormDelivered {
				return Opinion{Do: Refuse, Decline: code.DeclineAlreadyTransferred, Text: "关系已转移至 " + c.Partner}, false
			}
			return Opinion{Do: Refuse, Decline: code.DeclineOtherPlaceFirst, Text: "已受理 " + c.Partner + " 的转移联系函"}, false
		case Confirmed:
			return Opinion{Do: Refuse, Decline: code.DeclineAlreadyTransferred, Text: "关系已转移至 " + c.Partner}, false
		case Requested:
			return Opinion{Do: Wait, Hold: code.HoldPossibleDuplicate, Text: c.Partner + " 的联系函先到，尚在办理"}, false
		}
	}
	if r.Status == StatusEnded {
		return Opinion{Do: Refuse, Decline: code.DeclineAlreadyTransferred, Text: "本地参保关系已终止并转出"}, false
	}
	return Opinion{}, true
}

func judgeStatus(r *RegistryPerson, p Profile) (Opinion, bool) {
	switch r.Status {
	case StatusActive:
		return Opinion{Do: Refuse, Decline: code.DeclineStillParticipating, Text: "仍在本地正常参保，请先办理停保"}, false
	case StatusInHospital, StatusFrozen:
		return Opinion{Do: Wait, Hold: code.HoldInHospitalOrFrozen, Text: "住院未结算或账户冻结，待解除后办理"}, false
	case StatusRetired:
		if !p.Retirees {
			return Opinion{Do: Refuse, Decline: code.DeclineOutOfScope, Text: "已在本地退休，不属于转移接续范围"}, false
		}
	}
	return Opinion{}, true
}

func judgeCertificate(l Letter, c *Certificate, r *RegistryPerson, p Profile) (Opinion, bool) {
	switch {
	case l.CertificateNo == "":
		if p.NoCertificate == NoCertHold {
			return Opinion{Do: Wait, Hold: code.HoldCertificateMissing, Text: "联系函未列参保凭证号"}, false
		}
	case c == nil, c.ReplacedBy != "", c.PersonalNo != r.PersonalNo:
		return Opinion{Do: Refuse, Decline: code.DeclineCertificateVoid, Text: "参保凭证 " + l.CertificateNo + " 无效或非本人"}, false
	}
	return Opinion{}, true
}

func judgeAccount(l Letter, f LetterFacts) Opinion {
	if !l.AccountMoves || f.Confirmed {
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
