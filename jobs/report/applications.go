package report

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// Application is a version of an application with its case; one that was
// relayed to the new place has none.
type Application struct {
	exchange.Application
	Case exchange.Case
}

func applicationColumns() []column[Application] {
	text, middle, date, count := workbook.Text, workbook.Middle, workbook.Date, workbook.Count
	return []column[Application]{
		{"申请编号", "application", text, false, func(_ Night, a Application) any { return a.No }},
		{"版本", "version", count, false, func(_ Night, a Application) any { return a.Version }},
		{"来源", "sent by", text, false, func(n Night, a Application) any { return n.partner(a.Sender) }},
		{"提出地", "lodged at", middle, false, func(n Night, a Application) any { return code.LodgedAt(a.LodgedAt).Word(n.Lang) }},
		{"申请人", "applicant", middle, false, func(n Night, a Application) any { return code.Applicant(a.Applicant).Word(n.Lang) }},
		{"姓名", "name", text, false, func(_ Night, a Application) any { return a.Person.Name }},
		{"证件号码", "ID number", text, false, func(n Night, a Application) any { return n.id(a.Person.IDNo) }},
		{"申请日期", "applied", date, false, func(_ Night, a Application) any { return a.AppliedOn }},
		{"收到日期", "received", date, false, func(_ Night, a Application) any { return a.ReceivedOn }},
		{"转出地", "from", text, false, func(n Night, a Application) any { return n.partner(a.From) }},
		{"转入地", "to", text, false, func(n Night, a Application) any { return n.partner(a.To) }},
		{"转出险种", "scheme from", middle, false, func(n Night, a Application) any { return code.Scheme(a.SchemeFrom).Word(n.Lang) }},
		{"转入险种", "scheme to", middle, false, func(n Night, a Application) any { return code.Scheme(a.SchemeTo).Word(n.Lang) }},
		{"结果", "outcome", middle, false, applied},
		{"原因说明", "reason", text, false, func(n Night, a Application) any {
			if a.Version != a.Case.ApplicationVersion {
				return nil
			}
			return n.reason(a.Case)
		}},
		{"受理日期", "accepted", date, false, func(_ Night, a Application) any {
			if a.Version != a.Case.ApplicationVersion {
				return nil
			}
			return a.Case.AcceptedOn
		}},
		{"用人单位", "employer", text, false, func(_ Night, a Application) any { return a.EmployerName }},
		{"代办人", "proxy", text, false, func(_ Night, a Application) any { return a.ProxyName }},
		{"材料", "materials", text, false, func(n Night, a Application) any {
			var words []string
			for _, m := range a.Materials {
				words = append(words, code.Material(m).Word(n.Lang))
			}
			return strings.Join(words, n.say("、", ", "))
		}},
		{"参保凭证号", "certificate", text, false, func(_ Night, a Application) any { return a.CertificateNo }},
		{"联系函号", "letter", text, false, func(_ Night, a Application) any { return a.Case.LetterNo }},
		{"办件编号", "case", text, false, func(_ Night, a Application) any { return a.CaseNo }},
	}
}

// applied is what became of a version: of the current one, where its case stands.
func applied(n Night, a Application) any {
	switch {
	case a.Case.No == "":
		return n.say("已转送转入地", "relayed")
	case a.Version != a.Case.ApplicationVersion:
		return n.say("已由新版本补正", "replaced by the next version")
	}
	return n.state(a.Case)
}
