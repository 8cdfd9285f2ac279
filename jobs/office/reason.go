package office

import (
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
)

// reasonTerms are the fixed reasons of the journal, with the words that staff read. The
// Chinese ones are kept as they were written: they are their own code.
func reasonTerms() []exchange.Term {
	list := []exchange.Term{
		{Code: "account", Chinese: "收款账户变更", English: "another receiving account"},
		{Code: "officer", Chinese: "经办人员决定", English: "an officer decided"},
		{Code: "automatic", Chinese: "自动放行", English: "released by itself"},
		{Code: "never sent", Chinese: "未曾发出", English: "never sent"},
		{Code: "letter version n+1", Chinese: "收到新版联系函", English: "next version of the letter"},
		{Code: "application version n+1", Chinese: "收到补正后的申请", English: "supplemented application"},
	}
	for chinese, english := range map[string]string{
		"双方同意作废": "both sides agreed to annul it", "登记信息已到": "the registry knows the person now",
		"来款已由经办人员认领": "an officer matched the money", "经办人员决定重新付款": "an officer decided to pay again",
		"更正后的信息表核对一致": "the corrected form agrees", "对方已答复": "the partner answered", "暂缓原因已消除": "the reason of the hold has ended",
		"金额已一致": "the amounts agree", "可以付款": "it can be paid", "领款人账户已提供": "the payee's account is here",
		"终止后登记信息有新增或更正": "the registry changed after the end", "收款账户已登记": "the account is registered", "改付本人": "paid to the person instead",
		"对方同意撤销": "the partner agreed to the cancellation", "对方变更收款账户": "the partner changed its account",
	} {
		list = append(list, exchange.Term{Code: chinese, Chinese: chinese, English: english})
	}
	return list
}

// ReasonWords is why an event happened, in the agency's language: codes have their
// words, and of what is written in both languages one is taken. The journal keeps
// codes or fixed sentences so that it reads the same in either language; what is in
// no table was written by a person and is returned as it is.
func (o *Office) ReasonWords(what, why string) string {
	fixed := reasonTerms()
	if i := slices.IndexFunc(fixed, func(t exchange.Term) bool { return t.Code == why }); i >= 0 {
		return fixed[i].Word(o.Language())
	}
	if chinese, english, both := strings.Cut(why, " / "); both {
		return o.Say(chinese, english)
	}
	head, rest, _ := strings.Cut(why, " ")
	switch what {
	case "posting_asked", "posting_done", "posting_refused", "posting_undone":
		return strings.TrimSpace(code.PostingRows().Word(head, o.CodeLang()) + " " + rest)
	case "form_issued", string(exchange.FormArrived):
		return code.Natures().Word(head, o.CodeLang()) + " " + rest
	case "applied":
		return rest
	case "query_received":
		return head + " " + code.Abouts().Word(rest, o.CodeLang())
	case "delayed":
		return o.missedLimitWords(why)
	}
	// What is left may be a code of a hold or decline before its text.
	name, text, coded := strings.Cut(why, ": ")
	if !coded {
		return why
	}
	for _, word := range []string{code.Hold(name).Word(o.CodeLang()), code.Decline(name).Word(o.CodeLang())} {
		if word != "" && word != name {
			return Join(o.Say("：", ": "), word, text)
		}
	}
	return why
}

// InWords is a text that is written in both languages ("中文 / English"), in the
// agency's.
func (o *Office) InWords(text string) string { return o.ReasonWords("", text) }

// missedLimitWords names a limit that was missed, as the journal of the event delayed
// keeps it: the basis of a legal one ("<clock>: <n> WD from <day>, …"), or "<turn>
// since <day>". A text of another shape is returned as it is.
func (o *Office) missedLimitWords(why string) string {
	if key, since, own := strings.Cut(why, " since "); own {
		i := slices.IndexFunc(o.Turns, func(t exchange.Turn) bool { return t.Key == key })
		if i < 0 {
			return why
		}
		return o.Sayf("等待%s，自 %s 起", "waiting for %s since %s", o.Turns[i].Wait.Word(o.Language()), since)
	}
	clock, rest, _ := strings.Cut(why, ": ")
	days, from, ok := strings.Cut(rest, " WD from ")
	if !ok {
		return why
	}
	from, _, _ = strings.Cut(from, ",")
	return o.Sayf("%s时限：自 %s 起 %s 个工作日", "limit for %s: from %s, %s working days", o.Word(exchange.ClockTerms(), clock), from, days)
}
