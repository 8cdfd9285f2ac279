package jobs

import (
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
)

// innerEvents are steps of the works: they stand in a case's story, but nobody
// asks about them on the phone.
func innerEvents() []string {
	return []string{
		"posting_asked", "posting_done", "posting_undone", "payment_ordered", "money_due", "money_ordered", "money_released", "money_unknown",
		"form_issued", "form_delivered", "advice_received", "query_answer_received", "decline_of_older_letter",
	}
}

// whyTerms are the fixed reasons of the journal, with the words that staff read.
func whyTerms() []exchange.Term {
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

// wishTerms are the wishes of a case with their words.
func wishTerms() []exchange.Term {
	return []exchange.Term{
		{Code: string(exchange.WishCancel), Chinese: "已申请撤销，待对方答复", English: "cancellation asked, the partner's answer awaited"},
		{Code: string(exchange.WishProposed), Chinese: "已提议作废，待对方答复", English: "annulment proposed, the partner's answer awaited"},
		{Code: string(exchange.WishAsked), Chinese: "对方提议作废，待本方决定", English: "the partner proposes an annulment, ours to decide"},
		{Code: string(exchange.WishVoid), Chinese: "双方同意作废，正在撤销记账", English: "annulment agreed, postings are being undone"},
	}
}

// said is why an event happened, in the words of the agency's language: codes
// have their words, and of what is written in both languages one is taken.
func (e *Env) said(what, why string) string {
	fixed := whyTerms()
	if i := slices.IndexFunc(fixed, func(t exchange.Term) bool { return t.Code == why }); i >= 0 {
		return fixed[i].Word(e.lang())
	}
	if chinese, english, both := strings.Cut(why, " / "); both {
		return e.say(chinese, english)
	}
	head, rest, _ := strings.Cut(why, " ")
	switch what {
	case "posting_asked", "posting_done", "posting_refused", "posting_undone":
		return strings.TrimSpace(code.PostingRows().Word(head, e.codeLang()) + " " + rest)
	case "form_issued", string(exchange.FormArrived):
		return code.Natures().Word(head, e.codeLang()) + " " + rest
	case "applied":
		return rest
	case "query_received":
		return head + " " + code.Abouts().Word(rest, e.codeLang())
	case "delayed":
		return e.missedWords(why)
	}
	name, text, coded := strings.Cut(why, ": ")
	if !coded {
		return why
	}
	for _, word := range []string{code.Hold(name).Word(e.codeLang()), code.Decline(name).Word(e.codeLang())} {
		if word != "" && word != name {
			return join(e.say("：", ": "), word, text)
		}
	}
	return why
}

// InWords is a text that is written in both languages, in the agency's.
func (e *Env) InWords(text string) string { return e.said("", text) }

// missedWords names a limit that was missed, as sweepOverdue journals it: the
// basis of a legal one, or "<limit> since <day>".
func (e *Env) missedWords(why string) string {
	if key, since, own := strings.Cut(why, " since "); own {
		i := slices.IndexFunc(e.Turns, func(t exchange.Turn) bool { return t.Key == key })
		if i < 0 {
			return why
		}
		return e.sayf("等待%s，自 %s 起", "waiting for %s since %s", e.Turns[i].Wait.Word(e.lang()), since)
	}
	clock, rest, _ := strings.Cut(why, ": ")
	days, from, ok := strings.Cut(rest, " WD from ")
	if !ok {
		return why
	}
	from, _, _ = strings.Cut(from, ",")
	return e.sayf("%s时限：自 %s 起 %s 个工作日", "limit for %s: from %s, %s working days", e.word(exchange.ClockTerms(), clock), from, days)
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}

// caseRef is a case as the story of something else names it.
func (e *Env) caseRef(tx *store.Tx, no string) (StoryCase, error) {
	c, err := tx.Case(no)
	if err != nil {
		return StoryCase{}, err
	}
	s := e.Outline(c)
	return StoryCase{
		CaseNo: s.CaseNo, Side: s.Side, SideWord: s.SideWord, Partner: s.Partner, PartnerName: s.PartnerName, LetterNo: s.LetterNo,
		Name: s.Person.Name, IDNo: s.Person.IDNo, State: s.State, StateWord: s.StateWord, FormWord: s.FormWord, MoneyWord: s.MoneyWord, Turn: s.Turn,
	}, nil
}

// StoryCase is a case in the story of something else.
type StoryCase struct {
	CaseNo      string        `json:"case_no"`
	Side        exchange.Side `json:"side"`
	SideWord    string        `json:"side_word"`
	Partner     string        `json:"partner"`
	PartnerName string        `json:"partner_name"`
	LetterNo    string        `json:"letter_no,omitempty"`
	Name        string        `json:"name"`
	IDNo        string        `json:"id_no"`
	State       string        `json:"state"`
	StateWord   string        `json:"state_word"`
	FormWord    string        `json:"form_word"`
	MoneyWord   string        `json:"money_word"`
	Turn        *StoryTurn    `json:"turn"`
	Part        int           `json:"part,omitempty"`   // of a payment: which part of the case's remittance
	Amount      string        `json:"amount,omitempty"` // of a payment: how much of it
}
