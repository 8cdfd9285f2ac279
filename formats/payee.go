package formats

import (
	"errors"
	"strconv"
	"strings"

	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats/batch"
)

// Payee says to whom a balance is paid that goes to the person or, after a
// death, to the heirs (B).
type Payee struct {
	CaseNo      string
	LetterNo    string
	IDNo        string // of the insured person
	Relation    code.Relation
	Name        string
	PayeeIDType code.IDType
	PayeeIDNo   string
	AccountName string
	BankName    string
	AccountNo   string
	CNAPS       string
	Share       string // a fraction: 1/1, 1/3
	Evidence    string
	Echo        string
}

// checkPayee checks the payee's own document and account. Cards of 16 to 19
// digits carry a Luhn digit.
func checkPayee(p *Payee, f *batch.Findings) {
	if f.OK("case_no", "letter_no") && p.CaseNo == "" && p.LetterNo == "" {
		f.Add("case_no", code.Missing, "办件编号与联系函编号至少填一项 / case_no or letter_no")
	}
	if f.OK("payee_id_type", "payee_id_no") {
		checkID(f, "payee_id_no", p.PayeeIDType, p.PayeeIDNo)
	}
	if err := identity.CheckPersonalCard(p.AccountNo); f.OK("account_no") && errors.Is(err, identity.ErrCheckDigit) {
		f.Add("account_no", code.CheckDigit, "卡号校验位不符 / the check digit of the card number is wrong")
	}
	checkCNAPS(f, p.CNAPS)
	if f.OK("share") && !isShare(p.Share) {
		f.Add("share", code.Malformed, "份额应写作 1/3 / write shares like 1/3")
	}
}

// isShare reports whether s is a fraction of at most 1: 1/1, 2/3.
func isShare(s string) bool {
	above, below, found := strings.Cut(s, "/")
	n, err1 := strconv.ParseUint(above, 10, 16)
	d, err2 := strconv.ParseUint(below, 10, 16)
	plain := above == strconv.FormatUint(n, 10) && below == strconv.FormatUint(d, 10)
	return found && err1 == nil && err2 == nil && plain && n >= 1 && n <= d
}

func payeeKind() *batch.Kind {
	type B = Payee
	row := batch.Layout[B]{
		Type:  "B",
		Title: batch.Words{ZH: "领款人", EN: "payee"},
		Columns: []batch.Column[B]{
			batch.Number("case_no", "办件编号", 32, batch.Optional, func(p *B) *string { return &p.CaseNo }),
			batch.Number("letter_no", "联系函编号", 32, batch.Optional, func(p *B) *string { return &p.LetterNo }).Hinted(hintLetterNo),
			batch.Number("id_no", "参保人证件号码", 18, batch.Required, func(p *B) *string { return &p.IDNo }).Hinted(hintID),
			batch.List("relation", "与参保人关系", code.Relations(), batch.Required, func(p *B) *string { return (*string)(&p.Relation) }),
			batch.Text("name", "领款人姓名", 60, batch.Required, func(p *B) *string { return &p.Name }),
			batch.List("payee_id_type", "领款人证件类型", code.IDTypes(), batch.Required, func(p *B) *string { return (*string)(&p.PayeeIDType) }),
			batch.Number("payee_id_no", "领款人证件号码", 18, batch.Required, func(p *B) *string { return &p.PayeeIDNo }).Hinted(hintID),
			batch.Text("account_name", "收款户名", 140, batch.Required, func(p *B) *string { return &p.AccountName }),
			batch.Text("bank_name", "收款开户行", 140, batch.Required, func(p *B) *string { return &p.BankName }),
			batch.Number("account_no", "收款账号", 34, batch.Required, func(p *B) *string { return &p.AccountNo }).Hinted(hintAccount),
			batch.Number("cnaps", "大额支付行号", 12, batch.Optional, func(p *B) *string { return &p.CNAPS }).Hinted(hintCNAPS),
			batch.Text("share", "份额", 9, batch.Required, func(p *B) *string { return &p.Share }).Hinted(hintShare),
			batch.Text("evidence", "依据材料", 200, batch.Required, func(p *B) *string { return &p.Evidence }).Hinted(hintEvidence),
			echoColumn(func(p *B) *string { return &p.Echo }),
		},
		No:       []string{"case_no", "letter_no"},
		Key:      []string{"case_no", "letter_no", "id_no", "payee_id_no"},
		PerBatch: true,
		Check:    checkPayee,
	}
	return &batch.Kind{
		Name:      KindPayee,
		Title:     batch.Words{ZH: "领款人登记", EN: "payee"},
		Flow:      batch.Words{ZH: "业务系统、网厅 → 经办机构", EN: "core or portal → agency"},
		Senders:   []batch.Role{batch.Core, batch.Portal},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOther,
	}
}
