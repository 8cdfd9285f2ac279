package samples

import (
	"strings"

	"carryover/exchange/code"
	"carryover/formats"
)

// recordChanges are what can be wrong with single records, beyond the slips
// that every kind shares.
func recordChanges() []change {
	list := append(personChanges(), textChanges()...)
	list = append(list, letterChanges()...)
	list = append(list, monthChanges()...)
	list = append(list, moneyChanges()...)
	return append(list, otherChanges()...)
}

// personChanges are about who a letter names; LI's number is
// 320508198802170028.
func personChanges() []change {
	return []change{
		letter("id-check-digit", code.CheckDigit, "证件号码校验位不对 / the last digit of the ID number does not fit", "L1.id_no=320508198802170029"),
		letter("id-lower-case-x", code.Malformed, "校验位 x 应为大写 / a small x", "L1.id_no=11010519491231002x"),
		letter("id-short", code.Malformed, "证件号码少一位 / an ID number of 17 digits", "L1.id_no=32050819880217002"),
		letter("id-full-width", code.Malformed, "证件号码用全角数字 / an ID number in full-width digits", "L1.id_no=３２０５０８198802170028"),
		letter("id-birth-impossible", code.ImpossibleDate, "号码中的出生日期不存在 / 30 February inside the number", "L1.id_no=320508198802300028"),
		letter("id-fifteen-digits", "", "15位旧号码，可接受 / an old number of 15 digits is accepted", "L1.id_no=320508880217002"),
		letter("id-residence-permit-check-digit", code.CheckDigit, "港澳台居住证校验位不对 / a residence permit whose last digit does not fit", "L1.id_type=17", "L1.id_no=810000199408230022", "L1.birth_date=1994-08-23").toSpot("L1.id_no"),
		letter("id-foreigner-old-card", "", "外国人旧版永居证，可接受 / an older foreigner's card is accepted", "L1.id_type=07", "L1.id_no=FRA110080010155"),
		letter("sex-contradicts-id", code.ContradictsID, "性别与证件号码不符 / the number says another sex", "L1.sex=1"),
		letter("sex-unknown-resident", code.ContradictsID, "居民身份证不能填未知性别 / unknown sex beside a resident ID", "L1.sex=0"),
		letter("birth-contradicts-id", code.ContradictsID, "出生日期与证件号码不符 / the number says another day", "L1.birth_date=1988-02-18"),
		letter("name-blank", code.Missing, "姓名只有空格 / a name of spaces", "L1.name=  "),
		letter("name-too-long", code.TooLong, "姓名61个字 / a name of 61 characters", "L1.name="+strings.Repeat("长", 61)),
		letter("name-rare", "", "扩展区汉字，可接受 / characters outside the basic plane are accepted", "L1.name=𠅤𬀩䶮"),
		letter("name-middle-dot", "", "姓名中的间隔号，可接受 / any of the middle dots is accepted", "L1.name=阿依古丽•卡德尔"),
		of(formats.KindApplication, "employer-code-check-digit", code.CreditCode, "信用代码校验位不符（提示） / a credit code's last character does not fit; a warning only", "A2.employer_code=91310000MA1FL00009"),
		of(formats.KindApplication, "employer-code-malformed", code.Malformed, "信用代码含不用的字母 / a letter that credit codes do not have", "A2.employer_code=91310000MA1FL0000I"),
		of(formats.KindApplication, "employer-missing", code.Missing, "单位申请须填单位名称 / an employer applies without its name", "A2.employer_name="),
		of(formats.KindPayee, "payee-id-check-digit", code.CheckDigit, "领款人证件号码校验位不对 / the payee's number does not fit", "B1.payee_id_no=320508198802170029"),
		of(formats.KindPayee, "card-check-digit", code.CheckDigit, "银行卡号校验位不对 / a card number whose last digit does not fit", "B1.account_no=6217001234567890120"),
		of(formats.KindPayee, "share-above-one", code.Malformed, "份额超过1 / a share of more than all", "B1.share=3/2"),
		of(formats.KindPayee, "share-decimal", code.Malformed, "份额应写作分数 / a share that is no fraction", "B1.share=0.5"),
		of(formats.KindPayee, "nothing-named", code.Missing, "未填办件编号和联系函编号 / names neither case nor letter", "B1.case_no="),
		of(formats.KindPosting, "id-check-digit", code.CheckDigit, "证件号码校验位不对 / the last digit of the ID number does not fit", "E1.id_no=320508198802170029"),
	}
}

func (c change) toSpot(at string) change {
	c.at = at
	return c
}

// textChanges are about bytes and quotes.
func textChanges() []change {
	return []change{
		letter("quote-bare", code.Malformed, "字段中有未转义的引号 / a quote inside a field without quotes").toRows(edit(`单位申请`, `单位"申请`), "L2."),
		letter("quote-open", code.Malformed, "引号未闭合 / a quote that never ends").toRows(edit(`"单位申请,请尽快办理"`, `"单位申请,请尽快办理`), "L2."),
		letter("quote-closed-early", code.Malformed, "引号之后还有文字 / text behind a closing quote").toRows(edit(`"单位申请,请尽快办理"`, `"单位申请",请尽快办理"`), "L2."),
		letter("quote-inside", "", "转义的引号，可接受 / doubled quotes are accepted", `L2.remark=他说"尽快"`),
		letter("quotes-unneeded", "", "不必要的引号，可接受 / quotes that were not needed are accepted").toRows(edit("李娜", `"李娜"`), ""),
		letter("nul-character", code.Malformed, "含 NUL 字符 / a NUL in a field", "L1.bank_name=中国\x00银行"),
		letter("tab", code.Malformed, "含制表符 / a tab in a field", "L1.bank_name=中国\t银行"),
		letter("line-separator", code.Malformed, "含 Unicode 行分隔符 / a Unicode line separator in a field", "L1.bank_name=中国\u2028银行"),
		letter("utf-8-broken", code.Malformed, "UTF-8 字节损坏 / a broken byte in UTF-8").toBody(func(b []byte) []byte {
			return append([]byte("\xEF\xBB\xBF"), replaceFirst("李娜", "李\xE5\xA8")(b)...)
		}, "L1.name", 2),
		letter("gb18030-broken", code.Malformed, "GB18030 字节损坏 / a broken byte in GB18030").inGB().toBody(replaceFirst(",\xC0\xEE\xC4\xC8,", ",\xC0\xEE\xFF,"), "L1.name", 2),
		letter("gb18030-truncated-character", code.Malformed, "GB18030 汉字被截断 / a character cut in half").inGB().toBody(replaceFirst(",\xC0\xEE\xC4\xC8,", ",\xC0\xEE\xC4,"), "L1.name", 2),
		letter("gb18030-private-use", code.Malformed, "自造字 / a private-use character").inGB().toBody(replaceFirst(",\xC0\xEE\xC4\xC8,", ",\xC0\xEE\xAA\xA1,"), "L1.name", 2),
		letter("line-too-long", code.TooLong, "一行超过64KiB / a line beyond 64 KiB").toRows(func(r []string) []string {
			r[1] += strings.Repeat("长", 30000)
			return r
		}, "L1."),
		letter("line-empty", code.UnknownCode, "空行 / an empty line").toRows(func(r []string) []string { return append(r, "") }, "1.row").atLine(5),
		letter("row-type-lower-case", code.UnknownCode, "行类型应为大写 / a row type in small letters").toRows(func(r []string) []string {
			r[1] = "l" + r[1][1:]
			return r
		}, "l1.row").atLine(2),
		letter("fields-too-many", code.Malformed, "字段过多 / far too many fields").toRows(func(r []string) []string {
			r[1] += strings.Repeat(",", 200)
			return r
		}, "L1."),
	}
}

func (c change) atLine(n int) change {
	c.line = n
	return c
}

// edit replaces a text in every row.
func edit(old, with string) func([]string) []string {
	return func(rows []string) []string {
		for i := range rows {
			rows[i] = strings.Replace(rows[i], old, with, 1)
		}
		return rows
	}
}

func letterChanges() []change {
	return []change{
		letter("account-missing", code.Missing, "随转个人账户却无收款账号 / the account moves, but to no account", "L1.account_no="),
		letter("account-name-missing", code.Missing, "随转个人账户却无收款户名 / the account moves, but to no holder", "L1.account_name="),
		letter("cnaps-check-digit", code.CheckDigit, "大额支付行号校验位不对 / the last digit of the CNAPS code does not fit", "L1.cnaps=102100099997"),
		letter("cnaps-short", code.Malformed, "大额支付行号少一位 / a CNAPS code of 11 digits", "L1.cnaps=10210009999"),
		letter("letter-before-acceptance", code.ImpossibleDate, "发函日期早于受理日期 / dated before it was accepted", "L1.letter_date=2026-03-01"),
		letter("to-agency-differs", code.WrongAgency, "转入地与发送方不符 / the new place is not the sender", "L1.to_code=330100"),
		letter("from-agency-differs", code.WrongAgency, "转出地与接收方不符 / the old place is not the receiver", "L1.from_agency=330100"),
		letter("version-zero", code.Malformed, "版本从1开始 / versions begin with 1", "L1.version=0"),
		letter("version-two", "", "新版本与旧版本同在，可接受 / another version of the same letter is another record", "L2.letter_no=31010020260303000001", "L2.version=2"),
		letter("date-29-february", code.ImpossibleDate, "2026年没有2月29日 / there is no 29 February in 2026", "L1.accepted_on=2026-02-29"),
		letter("date-full-width", code.Malformed, "日期用全角数字 / a date in full-width digits", "L1.accepted_on=２０２６-03-02"),
		of(formats.KindApplication, "materials-unknown", code.UnknownCode, "材料代码不在代码表内 / a material that is not on the list", "A1.materials=id;photo"),
		of(formats.KindApplication, "materials-empty-item", code.UnknownCode, "材料清单多一个分号 / a list that ends in a separator", "A1.materials=id;"),
		of(formats.KindApplication, "neither-place-is-receiver", code.WrongAgency, "接收方既非转出地也非转入地 / the receiver is neither place", "A1.to_agency=330100"),
		of(formats.KindCancellation, "nothing-named", code.Missing, "未填申请编号和联系函编号 / names neither application nor letter", "X1.letter_no="),
		of(formats.KindCancellation, "void-without-letter", code.Missing, "提议作废须填联系函编号 / a voiding names no letter", "X2.letter_no=", "X2.application_no=SH20260302-00018"),
		of(formats.KindNotice, "case-missing", code.Missing, "涉及申请的通知须填办件编号 / about an application, without its case", "N1.case_no="),
	}
}

func monthChanges() []change {
	const form, certificate = formats.KindForm, formats.KindCertificate
	return []change{
		of(form, "months-of-stay", code.MonthsDoNotAddUp, "时段月数与起止不符 / a stay's months are not those from its first to its last", "S2.months=129"),
		of(form, "months-actual", code.MonthsDoNotAddUp, "实际缴费月数与时段不符 / the stays make other months", "F1.months_actual=131"),
		of(form, "months-backpaid", code.MonthsDoNotAddUp, "补缴月数与时段不符 / the stays make other back-paid months", "F1.months_backpaid=0"),
		of(form, "months-deemed", code.MonthsDoNotAddUp, "视同缴费月数与时段不符 / the stays make other deemed months", "F1.months_deemed=55"),
		of(form, "months-gap", code.MonthsDoNotAddUp, "中断月数与时段不符 / the stays leave another gap", "F1.months_gap=0"),
		of(form, "months-counted-twice", code.MonthsDoNotAddUp, "重叠月份被重复计数 / a month in two stays was counted twice", "S2.to_month=2026-01", "S2.months=131", "F1.months_actual=131").toSpot("F1.months_backpaid"),
		of(form, "stay-ends-before-it-begins", code.ImpossibleDate, "终止月份早于起始月份 / a stay that ends before it begins", "S2.to_month=2015-02"),
		of(form, "stay-of-other-parent", code.Malformed, "时段的上级编号不符 / a stay that names another form", "S2.parent=F32050020260312000099"),
		of(form, "stay-kind-unknown", code.UnknownCode, "缴费性质不在代码表内 / a kind of stay that is not on the list", "S1.kind=paid"),
		of(form, "stay-before-any-form", code.Malformed, "时段之前没有信息表 / a stay in front of any form").toRows(func(r []string) []string {
			return append([]string{r[0], r[2]}, r[1:]...)
		}, "S1.").atLine(2),
		of(form, "paid-to-before-first", code.ImpossibleDate, "缴费至月份早于首次缴费月份 / paid to a month before the first", "F1.paid_to=2010-06"),
		of(certificate, "months-actual", code.MonthsDoNotAddUp, "实际缴费月数与时段不符 / the stays make other months", "C1.months_actual=131"),
		of(certificate, "last-before-first", code.ImpossibleDate, "最后缴费月份早于首次 / the last month lies before the first", "C1.last_month=2010-06"),
		of(formats.KindRegistry, "months-of-stay", code.MonthsDoNotAddUp, "时段月数与起止不符 / a stay's months are not those from its first to its last", "S1.months=53"),
		of(formats.KindRegistry, "stopped-without-date", code.Missing, "已停保却无停保日期 / stopped, but not since when", "R1.stopped_on="),
		of(formats.KindPosting, "months-of-stay", code.MonthsDoNotAddUp, "时段月数与起止不符 / a stay's months are not those from its first to its last", "S1.months=53"),
	}
}

func moneyChanges() []change {
	const form = formats.KindForm
	return []change{
		of(form, "amount-not-the-sum", code.Amount, "合计不等于本金加利息 / principal and interest make another amount", "F1.amount=18565.41"),
		of(form, "remitted-nothing", code.Amount, "划转金额为零 / nothing is remitted", "F2.money=REMITTED", "F2.payer_name=财政专户", "F2.payer_account=1", "F2.payment_ref=1").toSpot("F2.amount"),
		of(form, "zero-with-money", code.Amount, "ZERO 却有金额 / ZERO, but there is money", "F1.money=ZERO").toSpot("F1.amount"),
		of(form, "payer-missing", code.Missing, "划转却无付款户名 / remitted by nobody", "F1.payer_name="),
		of(form, "payment-ref-missing", code.Missing, "划转却无付款编号 / remitted without a reference", "F1.payment_ref="),
		of(form, "supplement-of-nothing", code.Missing, "补充信息表未写所补充的表号 / a supplement to no form", "F1.nature=supplement").toSpot("F1.of_form_no"),
		of(form, "agency-differs", code.WrongAgency, "转出地与发送方不符 / the old place is not the sender", "F1.agency_code=330100"),
		of(form, "decline-code-unknown", code.UnknownCode, "不予转出原因不在代码表内 / a reason that is not on the list", "D1.decline_code=no-reason"),
		of(form, "amount-negative", code.Amount, "金额带负号 / an amount with a sign", "F1.amount=-18565.40"),
		of(form, "amount-separated", code.Amount, "金额带千分位 / an amount with a separator", "F1.amount=18,565.40"),
		of(form, "amount-exponent", code.Amount, "金额用科学计数法 / an amount with an exponent", "F1.amount=1e3"),
		of(form, "amount-full-width", code.Amount, "金额用全角数字 / an amount in full-width digits", "F1.amount=１８５６５.40"),
		of(form, "amount-overflow", code.Amount, "金额超出范围 / an amount beyond the largest one", "F1.amount=100000000000000.00"),
		of(form, "amount-padded", code.Amount, "金额前补零，如 00000123A5 / an amount padded and mistyped", "F1.amount=00000123A5"),
		of(formats.KindCertificate, "agency-differs", code.WrongAgency, "经办机构与发送方不符 / another agency than the sender", "C1.agency_code=330100"),
		of(formats.KindCompletion, "relation-done-with-money", code.Amount, "关系办结时不应有入账金额 / relation_done credits no money", "K2.credited=0.01"),
		of(formats.KindPosting, "credit-without-amount", code.Missing, "账户收入未写金额 / a credit without its amount", "N1.amount="),
		of(formats.KindPosting, "credit-not-the-sum", code.Amount, "合计不等于本金加利息 / principal and interest make another amount", "N1.amount=18565.41"),
		of(formats.KindPosting, "credit-without-form", code.Missing, "账户收入未写信息表编号 / a credit for no form", "N1.form_no="),
		of(formats.KindPosting, "undo-of-nothing", code.Missing, "冲销未写原指令编号 / undoes nothing", "U1.undoes="),
		of(formats.KindPosting, "stays-below-a-debit", code.Malformed, "账户支出之下不能有时段 / stays below a debit").toRows(moveStay, "S1.").atLine(4),
		of(formats.KindPostingResult, "debit-without-amount", code.Missing, "账户支出成功却无金额 / a debit done, of how much?", "P2.amount="),
		of(formats.KindPostingResult, "amount-not-the-sum", code.Amount, "合计不等于本金加利息 / principal and interest make another amount", "P2.amount=18565.41"),
	}
}

// moveStay puts a stay behind the debit of the good postings.
func moveStay(rows []string) []string {
	for i, r := range rows {
		if strings.HasPrefix(r, "S,") {
			stay := strings.Replace(rows[i], "P31010020260313000002", "P31010020260305000002", 1)
			rows = append(append(append([]string{}, rows[:i]...), rows[i+1:]...), "")
			copy(rows[4:], rows[3:])
			rows[3] = stay
			return rows
		}
	}
	return rows
}

func otherChanges() []change {
	return []change{
		of(formats.KindReceipt, "verdict-first", code.Malformed, "首条记录应为 R / a V in front of the R").toRows(func(r []string) []string {
			r[1], r[2] = r[2], r[1]
			return r
		}, "V1.row").atLine(2),
		of(formats.KindReceipt, "digest-malformed", code.Malformed, "摘要不是64位小写十六进制 / no digest of 64 small hexadecimal digits", "R1.sha256=ABCDEF"),
		of(formats.KindReceipt, "received-on-missing", code.Missing, "接收的文件须写收到日期 / worked, but received on no day", "R1.received_on="),
		of(formats.KindReceipt, "verdict-code-unknown", code.UnknownCode, "原因代码不在代码表内 / a code that is not on the list", "V3.code=wrong"),
		of(formats.KindReceipt, "good-rejected", "", "整体拒收的回执只有 R / a receipt that rejects has its R alone", "R1.verdict=rejected", "R1.code=digest", "R1.received_on=", "R1.next_run=").toRows(func(r []string) []string { return r[:2] }, ""),
		of(formats.KindNetting, "good-empty", "", "无业务也要报送 / an empty statement is sent too").toRows(func(r []string) []string { return r[:1] }, ""),
		of(formats.KindRegistry, "good-delta", "", "增量 / a delta", "H1.extent=delta"),
		letter("gb18030-good-bytes", "", "GB18030 四字节字符，可接受 / characters of four bytes are accepted", "L1.name=𠅤𬀩䶮").inGB(),
	}
}
