package report

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// ApplicationSheet is an application (申请表) and how it was decided.
type ApplicationSheet struct {
	Application exchange.Application
	Opinion     string        // 受理意见; "": not decided yet
	On          calendar.Date // of the opinion
}

// ApplicationPaper is the application to be signed by whoever applies.
func (o Office) ApplicationPaper(s ApplicationSheet) []workbook.Paper {
	a := s.Application
	box := func(text string, as workbook.BoxKind, cols int) workbook.Box {
		return workbook.Box{Text: text, As: as, Cols: cols}
	}
	opinion := s.Opinion
	if opinion == "" {
		opinion = "□同意受理　□退回补正　□不予受理"
	}
	return []workbook.Paper{paper(
		headed(o.titles().application, "申请编号："+a.No+versionOf(a.Version), "申请日期："+day(a.AppliedOn)),
		lay(o.applicationGroups(), s),
		[]workbook.Line{
			{Height: 88, Boxes: []workbook.Box{
				box("申请人声明", workbook.BoxLabel, 3),
				box("本人（本单位）承诺以上所填信息及所交材料真实、准确，申请将在原参保地的基本医疗保险关系转移至新参保地。\n\n申请人（签字或盖章）：　　　　　　　　　　　　"+day(0), workbook.BoxFact, paperCols-3),
			}},
			{Height: 60, Boxes: []workbook.Box{box("受理意见", workbook.BoxLabel, 3), box(opinion, workbook.BoxFact, paperCols-3)}},
		},
		signing(o.signer(a.To, o.Agency.Clerk), o.signer(a.To, o.Agency.Checker), o.place(a.To), s.On),
	)}
}

func (o Office) applicationGroups() []group[ApplicationSheet] {
	type S = ApplicationSheet
	return []group[S]{
		{"参保人员信息", append(
			person(func(s S) exchange.Person { return s.Application.Person }, func(s S) string { return s.Application.Household }),
			[]field[S]{
				{"申请方式", 4, func(s S) string {
					return choice(s.Application.Applicant, [2]string{"person", "本人"}, [2]string{"employer", "用人单位"})
				}},
				{"申 请 地", 6, func(s S) string {
					return choice(s.Application.LodgedAt, [2]string{"new", "转入地"}, [2]string{"old", "转出地"})
				}},
			},
		)},
		{"单位及代办人", [][]field[S]{
			{{"单位名称", 12, func(s S) string { return orDash(s.Application.EmployerName) }}},
			{{"统一社会\n信用代码", 12, func(s S) string { return orDash(s.Application.EmployerCode) }}},
			{{"代 办 人", 5, func(s S) string { return orDash(s.Application.ProxyName) }}, {"代 办 人\n电　　话", 5, func(s S) string { return orDash(s.Application.ProxyPhone) }}},
		}},
		{"原参保地信息", [][]field[S]{
			{{"机构名称", 6, func(s S) string { return o.place(s.Application.From) }}, {"行政区划\n代码", 4, func(s S) string { return s.Application.From }}},
			{{"医疗保险\n类　　型", 6, func(s S) string { return schemeName(s.Application.SchemeFrom) }}, {"原个人编号", 4, func(s S) string { return orDash(s.Application.OldPersonalNo) }}},
			{{"参保凭证号", 12, func(s S) string { return orDash(s.Application.CertificateNo) }}},
		}},
		{"新参保地信息", [][]field[S]{
			{{"机构名称", 6, func(s S) string { return o.place(s.Application.To) }}, {"行政区划\n代码", 4, func(s S) string { return s.Application.To }}},
			{{"医疗保险\n类　　型", 6, func(s S) string { return schemeName(s.Application.SchemeTo) }}, {"参保起始\n年　　月", 4, func(s S) string { return monthOf(s.Application.EnrolledFrom) }}},
			{{"所交材料", 12, func(s S) string { return materialsOf(s.Application.Materials) }}},
		}},
	}
}

func materialsOf(list []string) string {
	var words []string
	for _, m := range list {
		if m != "" {
			words = append(words, code.Material(m).Word(code.Chinese))
		}
	}
	return orDash(strings.Join(words, "、"))
}
