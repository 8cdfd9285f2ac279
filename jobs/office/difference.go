package office

import (
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats/batch"
)

// RecordDifference records that two things that should agree do not: a figure of ours
// and of a partner, a file and its receipt, what is and what is proposed. It stays
// open until it is closed here or an officer accepts it. The same two sides again are
// no new one; other sides of the same subject take the place of the old.
func (d *Desk) RecordDifference(kind, partner, caseNo, subject, ours, theirs string) error {
	return d.Tx.OpenDifference(exchange.Difference{
		Kind: kind, Partner: partner, CaseNo: caseNo, Subject: subject, Ours: ours, Theirs: theirs, FoundOn: d.Date,
	})
}

// NetSum ends the subject of the difference that lists a month of netting whose net
// sum is not settled yet: "2026-03 net sum". A subject of a line never ends so.
const NetSum = " net sum"

// CloseDifferencesAbout closes the open differences of a kind about a subject, with
// whatever partner; there may be none.
func (d *Desk) CloseDifferencesAbout(kind, subject string) error {
	open, err := d.Tx.DifferencesAbout(kind, subject)
	if err != nil {
		return err
	}
	for _, x := range open {
		if err := d.Tx.CloseDifference(x.ID); err != nil {
			return err
		}
	}
	return nil
}

// CloseDifference closes the open difference of a kind with a partner about a subject,
// if there is one; at most one is open at a time.
func (d *Desk) CloseDifference(kind, partner, subject string) error {
	open, err := d.Tx.DifferencesAbout(kind, subject)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Partner == partner {
			return d.Tx.CloseDifference(x.ID)
		}
	}
	return nil
}

// A difference is kept with the words in which it was found, which name
// amounts, numbers and states: the same two sides again are no new difference,
// whatever language its readers have. What staff read is made from the tables
// here.

// DifferenceWord is a kind of difference as staff read it.
func (o *Office) DifferenceWord(kind string) string { return o.Word(differenceTerms(), kind) }

// differenceTerms lists the kinds of difference.
func differenceTerms() []exchange.Term {
	return []exchange.Term{
		{Code: "reconciliation", Chinese: "对账", English: "reconciliation"},
		{Code: "netting", Chinese: "轧差", English: "netting"},
		{Code: "money", Chinese: "资金", English: "money"},
		{Code: "file", Chinese: "文件", English: "file"},
		{Code: "bank", Chinese: "银行对账", English: "bank"},
		{Code: "proposal", Chinese: "建议", English: "proposal"},
	}
}

// Sides are a difference's subject and its two sides as staff read them,
// persons masked.
func (o *Office) Sides(x exchange.Difference) (subject, ours, theirs string) {
	return identity.MaskIn(o.subjectWord(x.Subject)), identity.MaskIn(o.SideWord(x.Ours)), identity.MaskIn(o.SideWord(x.Theirs))
}

// subjectWord is what a difference is about, in the agency's language.
func (o *Office) subjectWord(text string) string {
	if word, ok := o.translated(subjectTerms(), text, o.subjectWord); ok {
		return word
	}
	if kind, no, ok := strings.Cut(text, " "); ok {
		return o.Word(exchange.FileKindTerms(), kind) + " " + no
	}
	return text
}

// SideWord is what a difference keeps of a side, in the agency's language. What
// the table does not know is a number, a name, or what somebody wrote.
func (o *Office) SideWord(text string) string {
	if text == "" {
		return o.Say("无", "nothing")
	}
	if word, ok := o.translated(SideTerms(), text, o.SideWord); ok {
		return word
	}
	head, rest, _ := strings.Cut(text, " ")
	if word := code.Faults().Word(head, o.CodeLang()); word != head {
		return Join(o.Say("：", ": "), word, o.InWords(rest))
	}
	return o.InWords(text)
}

// translated finds the first term whose pattern fits a text and returns its word,
// with what the text has in the places {}, worded by inner, put into it; false when
// none fits.
func (o *Office) translated(terms []exchange.Term, text string, inner func(string) string) (string, bool) {
	for _, t := range terms {
		named, ok := matchPattern(t.Code, text)
		if !ok {
			continue
		}
		word := t.Word(o.Language())
		for _, n := range named {
			word = strings.Replace(word, "{}", inner(n), 1)
		}
		return word, true
	}
	return "", false
}

// matchPattern reads what a text has in the places {} of a pattern: at least one byte
// each, the shortest that fits; false when the text does not fit. Places do not stand
// beside each other in a pattern.
func matchPattern(pattern, text string) (named []string, ok bool) {
	fixed := strings.Split(pattern, "{}")
	if text, ok = strings.CutPrefix(text, fixed[0]); !ok {
		return nil, false
	}
	for i, next := range fixed[1:] {
		at := strings.Index(text, next)
		if i == len(fixed)-2 { // the last place takes all up to the end
			at = len(text) - len(next)
		}
		if at < 1 || !strings.HasPrefix(text[at:], next) {
			return nil, false
		}
		named, text = append(named, text[:at]), text[at+len(next):]
	}
	return named, text == ""
}

// SideTerms lists what differences say of their sides: the code is how it is
// kept, {} stands for what is named there, in the same order in all three. The
// first one that fits counts.
func SideTerms() []exchange.Term {
	return slices.Concat(moneySides(), fileSides(), stateSides())
}

// subjectTerms lists what differences are about, in the same way.
func subjectTerms() []exchange.Term {
	return []exchange.Term{
		{Code: "{}" + NetSum, Chinese: "{} 净额", English: "{} net sum"},
		{Code: "{} out {}", Chinese: "{} 转出 {}", English: "{} out {}"},
		{Code: "{} in {}", Chinese: "{} 转入 {}", English: "{} in {}"},
		{Code: "refund {}", Chinese: "退款 {}", English: "refund {}"},
		{Code: "registry", Chinese: "参保登记信息", English: "registry"},
	}
}

// moneySides are those about amounts, payments and entries of the bank.
func moneySides() []exchange.Term {
	return []exchange.Term{
		{Code: "received {}, to be sent back", Chinese: "已收 {}，待退回", English: "received {}, to be sent back"},
		{Code: "received {}: they owe {}", Chinese: "实收 {}，对方少付 {}", English: "received {}: they owe {}"},
		{Code: "received {}: we owe {}", Chinese: "实收 {}，对方多付 {}，应退还", English: "received {}: we owe {}"},
		{Code: "form {}", Chinese: "信息表 {}", English: "form {}"},
		{Code: "we owe {} (out {}, in {})", Chinese: "本方应付 {}（转出 {}，转入 {}）", English: "we owe {} (out {}, in {})"},
		{Code: "they owe {} (in {}, out {})", Chinese: "对方应付 {}（转入 {}，转出 {}）", English: "they owe {} (in {}, out {})"},
		{Code: "nothing owed (out {}, in {})", Chinese: "互不欠付（转出 {}，转入 {}）", English: "nothing owed (out {}, in {})"},
		{Code: "we owe {}", Chinese: "本方应退 {}", English: "we owe {}"},
		{Code: "agreed, to be tied (tie-netting)", Chinese: "双方一致，待结算", English: "agreed, to be tied"},
		{Code: "due again", Chinese: "重新待付", English: "due again"},
		{Code: "due", Chinese: "待付", English: "due"},
		{Code: "account {} is not registered any more: confirm-account", Chinese: "账户 {} 已不在登记之列，须先确认账户", English: "account {} is not registered any more: confirm it first"},
		{Code: "{} (allow-cap)", Chinese: "{}，须先允许超过限额", English: "{}: allow it first"},
		{Code: "came back: {}", Chinese: "款项被退回：{}", English: "came back: {}"},
		{Code: "credited {}", Chinese: "对方已入账 {}", English: "credited {}"},
		{Code: "credit {}", Chinese: "进账 {}", English: "credit {}"},
		{Code: "debit {}", Chinese: "扣款 {}", English: "debit {}"},
		{Code: "{} debited before, {}", Chinese: "{} 已扣款，银行流水号 {}", English: "{} debited before, {}"},
		{Code: "{} returned before", Chinese: "{} 已退汇", English: "{} returned before"},
		{Code: "returned: {}", Chinese: "已退汇：{}", English: "returned: {}"},
		{Code: "taken back {}", Chinese: "冲回 {}", English: "taken back {}"},
		{Code: "rejected {}", Chinese: "银行付款失败 {}", English: "rejected {}"},
		{Code: "refused by the bank: {}", Chinese: "银行拒付：{}", English: "refused by the bank: {}"},
		{Code: "refused: {}", Chinese: "银行拒付：{}", English: "refused: {}"},
		{Code: "debited all the same, {}", Chinese: "银行仍已扣款，流水号 {}", English: "debited all the same, {}"},
		{Code: "pain.002 {}", Chinese: "银行回执状态 {}", English: "the bank's report {}"},
		{Code: "letter {}: nothing settled of this amount", Chinese: "联系函 {} 没有已付讫的同额款项", English: "letter {}: nothing settled of this amount"},
		{Code: "refund of {}", Chinese: "对方退款 {}", English: "refund of {}"},
		{Code: "closing {}", Chinese: "期末余额 {}", English: "closing balance {}"},
		{Code: "not matched", Chinese: "未能认领", English: "not matched"},
		{Code: "not booked", Chinese: "未能记账", English: "not booked"},
		{Code: "does not fit: {}", Chinese: "与办件现状不符", English: "does not fit where its case stands: {}"},
		{Code: "name and amount fit {}", Chinese: "姓名和金额相符：{}", English: "name and amount fit {}"},
		{Code: "{}, {} part {}", Chinese: "{}、{} 第 {} 笔", English: "{}, {} part {}"},
		{Code: "{} part {}", Chinese: "{} 第 {} 笔", English: "{} part {}"},
		{Code: "match?", Chinese: "是否认领？", English: "match?"},
		{Code: "{} version {} {}", Chinese: "{} 第 {} 版 {}", English: "{} version {} {}"},
		{Code: "no such form {}", Chinese: "无此信息表 {}", English: "no such form {}"},
		{Code: "no such form", Chinese: "无此信息表", English: "no such form"},
	}
}

// fileSides are those about files, and about people whom the registry lacks.
func fileSides() []exchange.Term {
	return []exchange.Term{
		{Code: "sent {}", Chinese: "{} 已发出", English: "sent {}"},
		{Code: "sent", Chinese: "已发出", English: "sent"},
		{Code: "not sent", Chinese: "未发出", English: "not sent"},
		{Code: "no receipt", Chinese: "没有回执", English: "no receipt"},
		{Code: "quarantined", Chinese: "已隔离", English: "quarantined"},
		{Code: batch.ErrUnencodable.Error(), Chinese: "含有对方编码无法表示的字符", English: "holds a character that the partner's encoding lacks"},
		{Code: "lost or changed: {}", Chinese: "留存的付款文件丢失或被改动", English: "the kept file is lost or was changed: {}"},
		{Code: "other content under this name in {}", Chinese: "目录 {} 中有同名但内容不同的文件", English: "other content under this name in {}"},
		{Code: "{} people not found", Chinese: "查无此人 {} 名", English: "{} people not found"},
		{Code: "the extract is probably broken", Chinese: "登记信息文件可能不完整", English: "the extract is probably broken"},
		{Code: "not-found", Chinese: "查无此人", English: "not found"},
		{Code: "decline?", Chinese: "是否不予转出？", English: "decline?"},
	}
}

// stateSides are the states that both sides of a case, or of a refund, may
// name, with what is added to them.
func stateSides() (list []exchange.Term) {
	for _, e := range code.ReconciliationStates() {
		list = append(list, exchange.Term{Code: e.Code, Chinese: e.Chinese, English: e.English})
	}
	list = append(list, exchange.StateTerms(exchange.In)...)
	list = append(list, exchange.MoneyTerms(exchange.Out)...)
	for _, t := range slices.Clone(list) {
		list = append(list, exchange.Term{Code: t.Code + " {}", Chinese: t.Chinese + " {}", English: t.English + " {}"})
	}
	return list
}
