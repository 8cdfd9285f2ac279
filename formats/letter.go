package formats

import (
	"errors"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats/batch"
)

// Letter is the contact letter of the new place to the old one (L).
type Letter struct {
	LetterNo      string
	Version       int
	LetterDate    calendar.Date
	AcceptedOn    calendar.Date
	CertificateNo string
	Person        Person
	Household     code.Household
	SchemeFrom    code.Scheme
	SchemeTo      code.Scheme
	EnrolledFrom  calendar.Month
	OldPersonalNo string
	FromAgency    string // the old place
	To            AgencyBlock
	AccountMoves  bool
	AccountName   string
	BankName      string
	AccountNo     string
	CNAPS         string
	Remark        string
	Echo          string
}

// checkLetter: the new place writes to the old one, after it accepted.
func checkLetter(l *Letter, f *batch.Findings) {
	checkPerson(f, &l.Person)
	if f.OK("letter_date", "accepted_on") && l.AcceptedOn > l.LetterDate {
		f.Add("letter_date", code.ImpossibleDate, "发函日期早于受理日期 / letter_date lies before accepted_on")
	}
	checkSender(f, "to_code", l.To.Code)
	if _, receiver, ok := f.Parties(); ok && f.OK("from_agency") && l.FromAgency != receiver {
		f.Add("from_agency", code.WrongAgency, "与收方不符 / not the receiver of the batch")
	}
	checkCNAPS(f, l.CNAPS)
}

// checkCNAPS checks the code of a bank, if one is given.
func checkCNAPS(f *batch.Findings, cnaps string) {
	if cnaps == "" || !f.OK("cnaps") {
		return
	}
	switch err := identity.CheckCNAPS(cnaps); {
	case errors.Is(err, identity.ErrCheckDigit):
		f.Add("cnaps", code.CheckDigit, "行号校验位不符 / the check digit of the bank code is wrong")
	case err != nil:
		f.Add("cnaps", code.Malformed, "应为12位大额支付行号 / a bank code of 12 digits is expected")
	}
}

func letterKind() *batch.Kind {
	type L = Letter
	moving := batch.Words{ZH: "个人账户随同转移（account_moves = Y）", EN: "account_moves = Y"}
	moves := func(l *L) bool { return l.AccountMoves }
	row := batch.Layout[L]{
		Type:  "L",
		Title: batch.Words{ZH: "联系函", EN: "contact letter"},
		Columns: batch.Columns(
			[]batch.Column[L]{
				batch.Number("letter_no", "联系函编号", 32, batch.Required, func(l *L) *string { return &l.LetterNo }).Hinted(hintIssued),
				batch.Int("version", "版本", 1, func(l *L) *int { return &l.Version }).Hinted(hintVersion),
				batch.Date("letter_date", "发函日期", batch.Required, func(l *L) *calendar.Date { return &l.LetterDate }),
				batch.Date("accepted_on", "受理日期", batch.Required, func(l *L) *calendar.Date { return &l.AcceptedOn }),
				batch.Number("certificate_no", "参保凭证编号", 32, batch.Optional, func(l *L) *string { return &l.CertificateNo }),
			},
			personColumns(func(l *L) *Person { return &l.Person }),
			[]batch.Column[L]{
				batch.List("household", "户籍类别", code.Households(), batch.Optional, func(l *L) *string { return (*string)(&l.Household) }),
				batch.List("scheme_from", "转出险种", code.Schemes(), batch.Required, func(l *L) *string { return (*string)(&l.SchemeFrom) }),
				batch.List("scheme_to", "转入险种", code.Schemes(), batch.Required, func(l *L) *string { return (*string)(&l.SchemeTo) }),
				batch.Month("enrolled_from", "转入地参保起始月份", batch.Required, func(l *L) *calendar.Month { return &l.EnrolledFrom }),
				batch.Number("old_personal_no", "转出地个人编号", 20, batch.Optional, func(l *L) *string { return &l.OldPersonalNo }),
				batch.Area("from_agency", "转出地区划代码", batch.Required, func(l *L) *string { return &l.FromAgency }),
			},
			agencyColumns("to_", "转入地", func(l *L) *AgencyBlock { return &l.To }),
			[]batch.Column[L]{
				batch.Bool("account_moves", "个人账户是否转移", func(l *L) *bool { return &l.AccountMoves }),
				batch.Text("account_name", "收款户名", 140, batch.Optional, func(l *L) *string { return &l.AccountName }).When(moving, moves),
				batch.Text("bank_name", "收款开户行", 140, batch.Optional, func(l *L) *string { return &l.BankName }).When(moving, moves),
				batch.Number("account_no", "收款账号", 34, batch.Optional, func(l *L) *string { return &l.AccountNo }).Hinted(hintAccount).When(moving, moves),
				batch.Number("cnaps", "大额支付行号", 12, batch.Optional, func(l *L) *string { return &l.CNAPS }).Hinted(hintCNAPS).When(moving, moves),
				batch.Text("remark", "备注", 200, batch.Optional, func(l *L) *string { return &l.Remark }),
				echoColumn(func(l *L) *string { return &l.Echo }),
			},
		),
		No:    []string{"letter_no"},
		Key:   []string{"letter_no", "version"},
		Check: checkLetter,
	}
	return &batch.Kind{
		Name:      KindLetter,
		Title:     batch.Words{ZH: "联系函", EN: "contact letter"},
		Flow:      batch.Words{ZH: "转入地 → 转出地", EN: "new → old agency"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderLetter,
		Signed:    true,
	}
}
