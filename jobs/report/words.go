package report

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
)

func sides() []exchange.Term {
	return []exchange.Term{{Code: "in", Chinese: "转入", English: "in"}, {Code: "out", Chinese: "转出", English: "out"}}
}

// directions of files, as seen from us.
func directions() []exchange.Term {
	return []exchange.Term{{Code: "in", Chinese: "收", English: "in"}, {Code: "out", Chinese: "发", English: "out"}}
}

// clocks are the legal limits by the names of exchange.Clock.
func clocks() []exchange.Term {
	return []exchange.Term{
		{Code: "letter", Chinese: "发函", English: "letter"},
		{Code: "answer", Chinese: "答复", English: "answer"},
		{Code: "close", Chinese: "办结", English: "closing"},
		{Code: "months", Chinese: "关系办结", English: "months"},
		{Code: "account", Chinese: "个账到账", English: "account"},
	}
}

func fileStates() []exchange.Term {
	return []exchange.Term{
		{Code: "fetched", Chinese: "已取回待处理", English: "fetched"},
		{Code: "worked", Chinese: "已处理", English: "worked"},
		{Code: "rejected", Chinese: "整批退回", English: "rejected"},
		{Code: "duplicate", Chinese: "重复文件", English: "duplicate"},
		{Code: "quarantined", Chinese: "已隔离", English: "quarantined"},
		{Code: "prepared", Chinese: "待签名放行", English: "waits for signatures"},
		{Code: "approved", Chinese: "已签名批准", English: "approved"},
		{Code: "review", Chinese: "待审核", English: "waits for review"},
		{Code: "returned", Chinese: "审核退回", English: "sent back by review"},
		{Code: "queued", Chinese: "待发送", English: "queued"},
		{Code: "sent", Chinese: "已发送待回执", English: "sent"},
		{Code: "receipted", Chinese: "已回执", English: "receipted"},
		{Code: "refused", Chinese: "被对方退回", English: "refused"},
		{Code: "sending", Chinese: "上传结果待查", English: "outcome unknown"},
		{Code: "void", Chinese: "已作废", English: "void"},
	}
}

func runStates() []exchange.Term {
	return []exchange.Term{
		{Code: exchange.RunRunning, Chinese: "运行中", English: "running"},
		{Code: exchange.RunDone, Chinese: "完成", English: "done"},
		{Code: exchange.RunFailed, Chinese: "失败", English: "failed"},
		{Code: exchange.RunMissed, Chinese: "错过", English: "missed"},
	}
}

func jobNames() []exchange.Term {
	return []exchange.Term{
		{Code: "pull", Chinese: "收取", English: "pull"},
		{Code: "process", Chinese: "处理", English: "process"},
		{Code: "remit", Chinese: "制单", English: "remit"},
		{Code: "report", Chinese: "报表", English: "report"},
		{Code: "push", Chinese: "发送", English: "push"},
	}
}

// kinds are the kinds of files, batches and bank messages alike.
func kinds() []exchange.Term {
	return []exchange.Term{
		{Code: "application", Chinese: "转移申请", English: "application"},
		{Code: "registry", Chinese: "参保登记信息", English: "registry"},
		{Code: "certificate-request", Chinese: "参保凭证申请", English: "certificate request"},
		{Code: "certificate", Chinese: "参保凭证", English: "certificate"},
		{Code: "contact-letter", Chinese: "联系函", English: "contact letter"},
		{Code: "information-form", Chinese: "信息表", English: "information form"},
		{Code: "remittance-advice", Chinese: "划款通知", English: "remittance advice"},
		{Code: "completion", Chinese: "办结通知", English: "completion"},
		{Code: "cancellation", Chinese: "撤销", English: "cancellation"},
		{Code: "query", Chinese: "查询", English: "query"},
		{Code: "posting", Chinese: "入账指令", English: "posting"},
		{Code: "posting-result", Chinese: "入账结果", English: "posting result"},
		{Code: "payee", Chinese: "收款人信息", English: "payee"},
		{Code: "notice", Chinese: "告知", English: "notice"},
		{Code: "reconciliation", Chinese: "对账", English: "reconciliation"},
		{Code: "netting", Chinese: "轧差清单", English: "netting"},
		{Code: "receipt", Chinese: "回执", English: "receipt"},
		{Code: "answer", Chinese: "标错答复表", English: "answer with faults marked"},
		{Code: "pain.001", Chinese: "付款指令", English: "payment order"},
		{Code: "pain.002", Chinese: "付款状态", English: "payment status"},
		{Code: "camt.054", Chinese: "到账与扣款通知", English: "debit and credit notice"},
		{Code: "camt.053", Chinese: "银行对账单", English: "bank statement"},
		{Code: "bank-statement", Chinese: "银行流水", English: "bank's movements"},
		{Code: "decisions", Chinese: "决定表", English: "decisions workbook"},
		{Code: "money-settings", Chinese: "资金设置", English: "money settings"},
		{Code: "to-sign", Chinese: "待签名材料", English: "paper to be signed"},
		{Code: "to-review", Chinese: "待审核批次", English: "batch to be reviewed"},
		{Code: "signature", Chinese: "签名", English: "signature"},
		{Code: "signature-answer", Chinese: "签名答复", English: "answer to a signature"},
	}
}

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
	return exchange.TermOf(jobNames(), job).Word(lang) + " " + exchange.TermOf(counters(), what).Word(lang)
}

func formTracks(n Night, side exchange.Side, track exchange.FormTrack) string {
	return n.word(exchange.FormTerms(side), string(track))
}

func moneyTracks(n Night, side exchange.Side, track exchange.MoneyTrack) string {
	return n.word(exchange.MoneyTerms(side), string(track))
}

func receivers() []exchange.Term {
	return []exchange.Term{
		{Code: exchange.ToPartner, Chinese: "对方经办机构", English: "partner"},
		{Code: exchange.ToPerson, Chinese: "参保人或继承人", English: "the person or heirs"},
	}
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
	case c.State != exchange.Held || c.HoldText == "":
		return word
	case word == "":
		return c.HoldText
	}
	return word + n.say("：", ": ") + c.HoldText
}

// yes is a flag that draws the eye only when it is set.
func (n Night) yes(b bool) any {
	if b {
		return n.say("是", "yes")
	}
	return nil
}
