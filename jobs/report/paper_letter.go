package report

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// LetterPaper is the contact letter (联系函), ready to be stamped.
func (o Office) LetterPaper(l exchange.Letter) []workbook.Paper {
	t := o.titles()
	prose := fmt.Sprintf("　　%s（%s：%s）已在我处参加%s。现申请将其在你处的基本医疗保险关系转移至我处，如无不妥，请于收到本函之日起%d个工作日内办理转出手续，出具《%s》%s。",
		l.Person.Name, code.IDType(l.Person.IDType).Word(code.Chinese), l.Person.IDNo, schemeName(l.SchemeTo), o.Profile.AnswerWD, t.form, moneyWish(l.AccountMoves))
	return []workbook.Paper{paper(
		headed(t.letter, "编号："+l.No+versionOf(l.Version), "受理日期："+day(l.AcceptedOn)),
		[]workbook.Line{
			whole(workbook.BoxLetter, o.place(l.From)+"：", 26),
			whole(workbook.BoxLetter, prose, 64),
		},
		lay(o.letterGroups(), l),
		signing(o.signer(l.To, o.Agency.Clerk), o.signer(l.To, o.Agency.Checker), o.place(l.To), l.Date),
	)}
}

// signer is one of our own staff on what we made ourselves; on a partner's
// paper it is left to write.
func (o Office) signer(place, name string) string {
	if place != o.Agency.Code {
		return ""
	}
	return name
}

func moneyWish(moves bool) string {
	if moves {
		return "，并将个人账户余额划转至下列账户"
	}
	return "；个人账户资金不转移"
}

func (o Office) letterGroups() []group[exchange.Letter] {
	type L = exchange.Letter
	account := func(value func(exchange.Account) string) func(L) string {
		return func(l L) string {
			if !l.AccountMoves {
				return "—"
			}
			return orDash(value(l.Account))
		}
	}
	return []group[L]{
		{"参保人员信息", append(
			person(func(l L) exchange.Person { return l.Person }, func(l L) string { return l.Household }),
			[]field[L]{
				{"转出地\n个人编号", 4, func(l L) string { return orDash(l.OldPersonalNo) }},
				{"参保凭证号", 6, func(l L) string { return orDash(l.CertificateNo) }},
			},
		)},
		{"转移信息", [][]field[L]{
			{{"转出地\n机构名称", 6, func(l L) string { return o.place(l.From) }}, {"行政区划\n代码", 4, func(l L) string { return l.From }}},
			{{"转出地医疗\n保险类型", 5, func(l L) string { return schemeName(l.SchemeFrom) }}, {"转入地医疗\n保险类型", 5, func(l L) string { return schemeName(l.SchemeTo) }}},
			{{"转入地参保\n起始年月", 5, func(l L) string { return monthOf(l.EnrolledFrom) }}, {"个人账户\n是否转移", 5, func(l L) string {
				return choice(fmt.Sprint(l.AccountMoves), [2]string{"true", "是"}, [2]string{"false", "否"})
			}}},
		}},
		{"转入地经办机构信息", append(
			agency(o, "转入地", func(l L) string { return l.To }),
			[]field[L]{{"开户全称", 12, account(func(a exchange.Account) string { return a.Holder })}},
			[]field[L]{{"开户银行", 12, account(func(a exchange.Account) string { return a.Bank })}},
			[]field[L]{{"银行账号", 6, account(func(a exchange.Account) string { return a.No })}, {"联 行 号", 4, account(func(a exchange.Account) string { return a.CNAPS })}},
			[]field[L]{{"备　　注", 12, func(l L) string { return orDash(l.Remark) }}},
		)},
	}
}
