package report

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/formats/workbook"
)

// CertificateSheet is a certificate of participation (参保凭证) with the facts
// of the registry that it states.
type CertificateSheet struct {
	Certificate   exchange.Certificate
	Household     string
	Scheme        string
	AccountOpened calendar.Month
}

// CertificatePaper is the certificate; stays that do not fit follow on further pages.
func (o Office) CertificatePaper(s CertificateSheet) []workbook.Paper {
	c, t := s.Certificate, o.titles()
	here, after := split(c.Stays)
	number := "凭证编号：" + c.No
	state := ""
	switch {
	case c.ReplacedBy != "":
		state = "本凭证已作废，由 " + c.ReplacedBy + " 替代"
	case c.Replaces != "":
		state = "补发，原凭证 " + c.Replaces + " 作废"
	case len(after) > 0:
		state = "附续表"
	}
	sign := func() []workbook.Line { return signing(o.Agency.Clerk, o.Agency.Checker, o.Agency.Name, c.IssuedOn) }
	first := paper(
		headed(t.certificate, number, state),
		lay(o.certificateGroups(), s),
		o.stayTable("参保缴费经历", here, 1, len(after) == 0),
		lay([]group[CertificateSheet]{{"经办机构信息", agency(o, "经办", func(CertificateSheet) string { return o.Agency.Code })}}, s),
		sign(),
		[]workbook.Line{whole(workbook.BoxRemark, o.certificateNote(), 40)},
	)
	return append([]workbook.Paper{first}, o.continued(t.certificate, number, c.Person, after, sign)...)
}

// certificateNote says who keeps which part, and what the person does next.
func (o Office) certificateNote() string {
	next := "参保人员在新参保地参保后，凭本凭证向转入地经办机构申请转移接续。凭证遗失的，可向本机构申请补发。"
	if o.Profile.RelationDone() {
		return "说明：" + next
	}
	return "说明：1. 本凭证一式三联：第一联交转入地经办机构，第二联由转出地经办机构存档，第三联交参保人员。\n　　　2. " + next
}

func (o Office) certificateGroups() []group[CertificateSheet] {
	type S = CertificateSheet
	return []group[S]{
		{"参保人员信息", append(
			person(func(s S) exchange.Person { return s.Certificate.Person }, func(s S) string { return s.Household }),
			[]field[S]{
				{"个人编号", 4, func(s S) string { return s.Certificate.PersonalNo }},
				{"医疗保险\n类　　型", 6, func(s S) string { return schemeName(s.Scheme) }},
			},
		)},
		{"参保缴费情况", [][]field[S]{
			{{"参保起始\n年　　月", 4, func(s S) string { return monthOf(exchange.CountMonths(s.Certificate.Stays).First) }}, {"缴费截止\n年　　月", 6, func(s S) string { return monthOf(exchange.CountMonths(s.Certificate.Stays).Last) }}},
			{
				{"实际缴费", 3, func(s S) string { return monthsOf(s.Certificate.Actual) }},
				{"补　　缴", 2, func(s S) string { return monthsOf(s.Certificate.Backpaid) }},
				{"视同缴费", 3, func(s S) string { return monthsOf(s.Certificate.Deemed) }},
			},
			{
				{"累计年限", 4, func(s S) string {
					return inYears(s.Certificate.Actual + s.Certificate.Backpaid + s.Certificate.Deemed)
				}},
				{"欠费金额", 6, func(s S) string { return yuan(s.Certificate.Arrears) }},
			},
			{{"个人账户\n开户年月", 4, func(s S) string { return monthOf(s.AccountOpened) }}, {"账户余额\n（小写）", 6, func(s S) string { return yuan(s.Certificate.Balance) }}},
			{{"账户余额\n（大写）", 12, func(s S) string { return capitals(s.Certificate.Balance) }}},
		}},
	}
}

// inYears is a number of months as offices say it.
func inYears(n int) string {
	if n < 12 {
		return monthsOf(n)
	}
	if n%12 == 0 {
		return fmt.Sprintf("%d个月（%d年）", n, n/12)
	}
	return fmt.Sprintf("%d个月（%d年%d个月）", n, n/12, n%12)
}
