package exchange

// Words that several places show: the workbook, the command line and the
// paragraph for the phone say the same of a file, a run or a limit.

// SideTerms are the two sides of a case.
func SideTerms() []Term {
	return []Term{{Code: "in", Chinese: "转入", English: "in"}, {Code: "out", Chinese: "转出", English: "out"}}
}

// DirectionTerms are the two ways of a file, as seen from us.
func DirectionTerms() []Term {
	return []Term{{Code: "in", Chinese: "收", English: "in"}, {Code: "out", Chinese: "发", English: "out"}}
}

// ClockTerms are the legal limits, by the names of Clock.
func ClockTerms() []Term {
	return []Term{
		{Code: "letter", Chinese: "发函", English: "letter"},
		{Code: "answer", Chinese: "答复", English: "answer"},
		{Code: "close", Chinese: "办结", English: "closing"},
		{Code: "months", Chinese: "关系办结", English: "months"},
		{Code: "account", Chinese: "个账到账", English: "account"},
	}
}

// FileStateTerms are the states of files.
func FileStateTerms() []Term {
	return []Term{
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

// RunStateTerms are the states of runs.
func RunStateTerms() []Term {
	return []Term{
		{Code: RunRunning, Chinese: "运行中", English: "running"},
		{Code: RunDone, Chinese: "完成", English: "done"},
		{Code: RunFailed, Chinese: "失败", English: "failed"},
		{Code: RunMissed, Chinese: "错过", English: "missed"},
	}
}

// JobTerms are the jobs of a run.
func JobTerms() []Term {
	return []Term{
		{Code: "pull", Chinese: "收取", English: "pull"},
		{Code: "process", Chinese: "处理", English: "process"},
		{Code: "remit", Chinese: "制单", English: "remit"},
		{Code: "report", Chinese: "报表", English: "report"},
		{Code: "push", Chinese: "发送", English: "push"},
	}
}

// FileKindTerms are the kinds of files: batches, bank messages, and what officers get and leave.
func FileKindTerms() []Term {
	return []Term{
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
		{Code: "checkpoint", Chinese: "检查点", English: "checkpoint"},
		{Code: "finding", Chinese: "核验发现", English: "finding"},
		{Code: "to-sign", Chinese: "待签名材料", English: "paper to be signed"},
		{Code: "to-review", Chinese: "待审核批次", English: "batch to be reviewed"},
		{Code: "signature", Chinese: "签名", English: "signature"},
		{Code: "signature-answer", Chinese: "签名答复", English: "answer to a signature"},
	}
}

// ReceiverTerms are those to whom money goes.
func ReceiverTerms() []Term {
	return []Term{
		{Code: ToPartner, Chinese: "对方经办机构", English: "partner"},
		{Code: ToPerson, Chinese: "参保人或继承人", English: "the person or heirs"},
	}
}
