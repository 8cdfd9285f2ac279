package report

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
)

// counters are what a run counts, by the second half of a counter's name; the
// first is the job.
func counters() []exchange.Term {
	return []exchange.Term{
		{Code: "fetched", Chinese: "取回文件", English: "files fetched"},
		{Code: "files", Chinese: "处理文件", English: "files"},
		{Code: "records", Chinese: "记录", English: "records"},
		{Code: "accepted", Chinese: "接收", English: "accepted"},
		{Code: "held", Chinese: "待核", English: "held"},
		{Code: "refused", Chinese: "退回", English: "refused"},
		{Code: "rejudged", Chinese: "重新审核", English: "judged again"},
		{Code: "delayed", Chinese: "逾期告知", English: "told of a delay"},
		{Code: "bank entries", Chinese: "银行流水", English: "bank entries"},
		{Code: "ordered", Chinese: "制单", English: "ordered"},
		{Code: "refunds", Chinese: "退款制单", English: "refunds ordered"},
		{Code: "prepared", Chinese: "付款文件待签名", English: "payment files to be signed"},
		{Code: "released", Chinese: "放行", English: "released"},
		{Code: "batches", Chinese: "生成批次", English: "batches"},
		{Code: "receipts", Chinese: "回执", English: "receipts"},
		{Code: "sent", Chinese: "发送", English: "sent"},
		{Code: "workbooks", Chinese: "日报", English: "workbooks"},
		{Code: "decisions workbooks", Chinese: "决定表", English: "decisions workbooks"},
		{Code: "posted", Chinese: "邮寄文书", English: "documents to post"},
	}
}

// CounterWord is a run's counter, as its row names it, in a language.
func CounterWord(name, lang string) string {
	job, what, _ := strings.Cut(name, " ")
	return exchange.TermOf(exchange.JobTerms(), job).Word(lang) + " " + exchange.TermOf(counters(), what).Word(lang)
}

func formTracks(n Night, side exchange.Side, track exchange.FormTrack) string {
	return n.word(exchange.FormTerms(side), string(track))
}

func moneyTracks(n Night, side exchange.Side, track exchange.MoneyTrack) string {
	return n.word(exchange.MoneyTerms(side), string(track))
}

// state is a case's state in words, with the reason of a hold.
func (n Night) state(c exchange.Case) string {
	return n.word(exchange.StateTerms(c.Side), string(c.State))
}

// reason is why a case is held or was declined.
func (n Night) reason(c exchange.Case) string {
	var word string
	switch {
	case c.State == exchange.Held && c.Hold != "":
		word = code.Holds().Word(string(c.Hold), n.Lang)
	case c.Decline != "":
		word = code.Declines().Word(string(c.Decline), n.Lang)
	}
	switch {
	case c.State != exchange.Held || c.HoldText.IsZero():
		return word
	case word == "":
		return n.words(c.HoldText)
	}
	return word + n.say("：", ": ") + n.words(c.HoldText)
}

// words are a phrase in the night's language.
func (n Night) words(p code.Phrase) string { return p.Words(n.Lang, exchange.Listed(n.Lang, n.Turns)) }

// yes is a flag that draws the eye only when it is set.
func (n Night) yes(b bool) any {
	if b {
		return n.say("是", "yes")
	}
	return nil
}
