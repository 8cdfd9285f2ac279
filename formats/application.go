package formats

import (
	"errors"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats/batch"
)

// Application is the request of a person or an employer for a transfer (A).
type Application struct {
	ApplicationNo string
	Version       int
	LodgedAt      code.LodgedAt
	AppliedOn     calendar.Date
	Applicant     code.Applicant
	EmployerCode  string
	EmployerName  string
	Person        Person
	Household     code.Household
	SchemeFrom    code.Scheme
	SchemeTo      code.Scheme
	FromAgency    string
	ToAgency      string
	OldPersonalNo string
	CertificateNo string
	EnrolledFrom  calendar.Month
	Materials     string // code.Material values, separated by ";"
	ProxyName     string
	ProxyPhone    string
	Echo          string
}

// checkApplication: an application lies at one of the two places; the old one
// relays to the new one.
func checkApplication(a *Application, f *batch.Findings) {
	checkPerson(f, &a.Person)
	checkEmployer(f, a.EmployerCode)
	if sender, receiver, ok := f.Parties(); ok && f.OK("from_agency", "to_agency") {
		if receiver != a.FromAgency && receiver != a.ToAgency {
			f.Add("to_agency", code.WrongAgency, "收方既非转出地也非转入地 / the receiver is neither the old nor the new place")
		} else if sender != receiver && (sender != a.FromAgency || receiver != a.ToAgency) {
			f.Add("to_agency", code.WrongAgency, "转送应由转出地发往转入地 / relayed from the old to the new place only")
		}
	}
}

// checkEmployer checks a unified social credit code. Some early official
// codes fail the check digit, so that is a warning.
func checkEmployer(f *batch.Findings, creditCode string) {
	if creditCode == "" || !f.OK("employer_code") {
		return
	}
	switch err := identity.CheckCreditCode(creditCode); {
	case errors.Is(err, identity.ErrCheckDigit):
		f.Add("employer_code", code.CreditCode, "")
	case err != nil:
		f.Add("employer_code", code.Malformed, "应为18位统一社会信用代码 / a unified social credit code of 18 characters is expected")
	}
}

func applicationKind() *batch.Kind {
	type A = Application
	employer := batch.Words{ZH: "申请人为用人单位", EN: "applicant is employer"}
	byEmployer := func(a *A) bool { return a.Applicant == code.ByEmployer }
	row := batch.Layout[A]{
		Type:  "A",
		Title: batch.Words{ZH: "申请表", EN: "application"},
		Columns: batch.Columns(
			[]batch.Column[A]{
				batch.Number("application_no", "申请编号", 32, batch.Required, func(a *A) *string { return &a.ApplicationNo }),
				batch.Int("version", "版本", 1, func(a *A) *int { return &a.Version }).Hinted(hintVersion),
				batch.List("lodged_at", "受理地", code.Lodgings(), batch.Required, func(a *A) *string { return (*string)(&a.LodgedAt) }),
				batch.Date("applied_on", "申请日期", batch.Required, func(a *A) *calendar.Date { return &a.AppliedOn }),
				batch.List("applicant", "申请人", code.Applicants(), batch.Required, func(a *A) *string { return (*string)(&a.Applicant) }),
				batch.Number("employer_code", "单位统一社会信用代码", 18, batch.Optional, func(a *A) *string { return &a.EmployerCode }).Hinted(hintCredit).When(employer, byEmployer),
				batch.Text("employer_name", "单位名称", 100, batch.Optional, func(a *A) *string { return &a.EmployerName }).When(employer, byEmployer),
			},
			personColumns(func(a *A) *Person { return &a.Person }),
			[]batch.Column[A]{
				batch.List("household", "户籍类别", code.Households(), batch.Optional, func(a *A) *string { return (*string)(&a.Household) }),
				batch.List("scheme_from", "转出险种", code.Schemes(), batch.Required, func(a *A) *string { return (*string)(&a.SchemeFrom) }),
				batch.List("scheme_to", "转入险种", code.Schemes(), batch.Required, func(a *A) *string { return (*string)(&a.SchemeTo) }),
				batch.Area("from_agency", "转出地区划代码", batch.Required, func(a *A) *string { return &a.FromAgency }),
				batch.Area("to_agency", "转入地区划代码", batch.Required, func(a *A) *string { return &a.ToAgency }),
				batch.Number("old_personal_no", "转出地个人编号", 20, batch.Optional, func(a *A) *string { return &a.OldPersonalNo }),
				batch.Number("certificate_no", "参保凭证编号", 32, batch.Optional, func(a *A) *string { return &a.CertificateNo }),
				batch.Month("enrolled_from", "转入地参保起始月份", batch.Optional, func(a *A) *calendar.Month { return &a.EnrolledFrom }),
				batch.Set("materials", "申请材料", 200, code.Materials(), batch.Required, func(a *A) *string { return &a.Materials }),
				batch.Text("proxy_name", "代办人姓名", 60, batch.Optional, func(a *A) *string { return &a.ProxyName }),
				batch.Text("proxy_phone", "代办人电话", 25, batch.Optional, func(a *A) *string { return &a.ProxyPhone }),
				echoColumn(func(a *A) *string { return &a.Echo }),
			},
		),
		No:    []string{"application_no"},
		Key:   []string{"application_no", "version"},
		Check: checkApplication,
	}
	return &batch.Kind{
		Name:      KindApplication,
		Title:     batch.Words{ZH: "申请表", EN: "application"},
		Flow:      batch.Words{ZH: "业务系统、网厅 → 经办机构；转出地受理的转送转入地", EN: "core or portal → agency; lodged at the old place: old → new agency"},
		Senders:   []batch.Role{batch.Core, batch.Portal, batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOpening,
	}
}
