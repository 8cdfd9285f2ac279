package office

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/store"
)

// What the journal's events about backups are called; story reads the last of each
// back by its name.
const (
	BackupMade    = "backup_made"
	RestoreTested = "restore_tested"
	RestoreFailed = "restore_failed"
)

// ActorOperator is who retries and releases files at the command line.
const ActorOperator = "operator"

// EventTerms lists the events of the journal with the words that staff read. A test
// holds every event that the rooms journal against it.
func EventTerms() []exchange.Term {
	return slices.Concat(exchange.HappeningTerms(), workEvents(), moneyEvents(), decisionEvents())
}

// decisionEvents are the decisions of officers, as they are journaled.
func decisionEvents() (list []exchange.Term) {
	for _, action := range exchange.Actions() {
		r, _ := exchange.FindRule(action)
		list = append(list, exchange.Term{Code: "decided_" + r.Action, Chinese: "决定：" + r.Chinese, English: "decided: " + r.English})
	}
	return list
}

// workEvents are what the rooms journal beside exchange's happenings.
func workEvents() []exchange.Term {
	return []exchange.Term{
		{Code: store.RowsWritten, Chinese: "记录入库", English: "rows written"},
		{Code: store.RowsTakenOver, Chinese: "原有记录纳入核验", English: "rows of before taken over"},
		{Code: "applied", Chinese: "收到申请", English: "application received"},
		{Code: "application_relayed", Chinese: "申请已转交新参保地", English: "application relayed to the new place"},
		{Code: "certificate_issued", Chinese: "出具参保凭证", English: "certificate issued"},
		{Code: "letter_received", Chinese: "收到联系函", English: "contact letter received"},
		{Code: "letter_changed", Chinese: "联系函变更", English: "letter changed"},
		{Code: "form_issued", Chinese: "出具信息表", English: "form issued"},
		{Code: "form_delivered", Chinese: "对方已收信息表", English: "form delivered"},
		{Code: "form_refused", Chinese: "信息表被对方退回", English: "form refused by the partner"},
		{Code: "decline_of_older_letter", Chinese: "对旧版联系函的不予转出，仅作记录", English: "decline of an older letter, recorded only"},
		{Code: "posting_asked", Chinese: "向业务系统提请", English: "posting asked"},
		{Code: "posting_done", Chinese: "业务系统已记账", English: "posting done"},
		{Code: "posting_refused", Chinese: "业务系统拒绝记账", English: "posting refused"},
		{Code: "posting_undone", Chinese: "记账已撤销", English: "posting undone"},
		{Code: "form_reissued", Chinese: "更正信息表：余额改付本人", English: "form corrected: paid to the person"},
		{Code: "signed", Chinese: "签名", English: "signed"},
		{Code: "decisions_worked", Chinese: "决定表已办理", English: "decisions workbook worked"},
		{Code: "decisions_refused", Chinese: "决定表未被接受", English: "decisions workbook refused"},
		{Code: "signature_refused", Chinese: "签名无效", English: "signature refused"},
		{Code: "query_received", Chinese: "收到查询", English: "query received"},
		{Code: "query_answered", Chinese: "已答复查询", English: "query answered"},
		{Code: "query_answer_received", Chinese: "收到查询答复", English: "answer received"},
		{Code: "completion_relation_done", Chinese: "关系已办结通知", English: "reported: relation done"},
		{Code: "completion_completed", Chinese: "已办结通知", English: "reported: completed"},
		{Code: "completion_void", Chinese: "作废通知", English: "reported: void"},
		{Code: "cancellation_asked", Chinese: "申请撤销", English: "cancellation asked"},
		{Code: "cancellation_refused", Chinese: "撤销未获同意", English: "cancellation refused"},
		{Code: "void_propose_void", Chinese: "提议作废", English: "annulment proposed"},
		{Code: "void_agree", Chinese: "同意作废", English: "annulment agreed"},
		{Code: "void_refuse", Chinese: "不同意作废", English: "annulment refused"},
		{Code: "void_refused", Chinese: "作废未获对方受理", English: "annulment not taken by the partner"},
		{Code: "partner_propose_void", Chinese: "对方提议作废", English: "partner proposes annulment"},
		{Code: "partner_agree", Chinese: "对方同意作废", English: "partner agrees to annulment"},
		{Code: "partner_refuse", Chinese: "对方不同意作废", English: "partner refuses annulment"},
		{Code: "reconciliation_differs", Chinese: "对账不一致", English: "reconciliation differs"},
		{Code: "delayed", Chinese: "逾期告知", English: "reported: delayed"},
		{Code: "answer_received", Chinese: "标错答复表已送达", English: "answer with faults marked delivered"},
		{Code: "file_rejected", Chinese: "文件整批退回", English: "file rejected"},
		{Code: "file_duplicate", Chinese: "重复文件", English: "file delivered twice"},
		{Code: "file_quarantined", Chinese: "文件已隔离", English: "file quarantined"},
		{Code: "file_refused_by_partner", Chinese: "文件被对方退回", English: "file refused by the partner"},
		{Code: "file_signed", Chinese: "文件签名", English: "file signed"},
		{Code: "batch_in_review", Chinese: "批次待审核", English: "batch made, waits for review"},
		{Code: "batch_reviewed", Chinese: "批次已审核", English: "batch reviewed"},
		{Code: "batch_returned", Chinese: "批次审核退回", English: "batch sent back"},
		{Code: "file_retried", Chinese: "文件重新处理", English: "file retried"},
		{Code: "checkpoint_left", Chinese: "检查点已留存在外", English: "checkpoint has left"},
		{Code: "finding", Chinese: "核验发现不符", English: "the store is not as it was written"},
		{Code: "finding_accepted", Chinese: "核验发现已核销", English: "finding accepted"},
		{Code: "restored", Chinese: "数据库已恢复或落后，付款待财务、复核签名", English: "store taken back, payments wait for finance and 复核"},
		{Code: "restored_accepted", Chinese: "恢复后付款已放行", English: "payments go on after a restoration"},
		{Code: "payment_file_found", Chinese: "发现本库不认识的付款文件", English: "payment file found that the store did not know"},
		{Code: BackupMade, Chinese: "已备份", English: "backup made"},
		{Code: RestoreTested, Chinese: "恢复演练通过", English: "restore test passed"},
		{Code: RestoreFailed, Chinese: "恢复演练未通过", English: "restore test failed"},
		{Code: "receipt_other_bytes", Chinese: "回执与所发文件内容不符", English: "receipt for other bytes than were sent"},
		{Code: "receipt_unknown", Chinese: "无对应文件的回执", English: "receipt for an unknown file"},
	}
}

// moneyEvents are those of the rooms' events that are about money.
func moneyEvents() []exchange.Term {
	return []exchange.Term{
		{Code: "payment_ordered", Chinese: "付款制单", English: "payment ordered"},
		{Code: "waits_day_cap", Chinese: "超过单日限额，等待次日或放行", English: "waits for a daily cap"},
		{Code: "allowed_day_cap", Chinese: "经放行超过单日限额制单", English: "ordered above a daily cap, as allowed"},
		{Code: "payment_due_again", Chinese: "重新待付", English: "payment due again"},
		{Code: "matched_by_officer", Chinese: "经办人员认领到账", English: "matched by an officer"},
		{Code: "money_taken_back", Chinese: "撤回认领", English: "match taken back"},
		{Code: "payment_file_prepared", Chinese: "付款文件待签名", English: "payment file waits for signatures"},
		{Code: "payment_file_void", Chinese: "付款文件作废", English: "payment file void"},
		{Code: "signable_put_back", Chinese: "待签文件被改动，已放回原件", English: "changed copy to be signed put back"},
		{Code: "payment_marked", Chinese: "认定付款文件去向", English: "payment file's fate stated by an officer"},
		{Code: "money_settings", Chinese: "资金设置", English: "money settings"},
		{Code: "money_settings_first", Chinese: "首次登记资金设置", English: "money settings taken over"},
		{Code: "money_settings_changed", Chinese: "资金设置已变更", English: "money settings changed"},
		{Code: "money_settings_waiting", Chinese: "资金设置待签名", English: "money settings wait for signatures"},
		{Code: "money_settings_ahead", Chinese: "资金设置已签名，待启用", English: "money settings signed for a later day"},
		{Code: "money_settings_adopted", Chinese: "预先签名的资金设置启用", English: "money settings that were signed ahead count now"},
		{Code: "recovery_objected", Chinese: "对恢复提出异议，恢复终止", English: "somebody objected to a recovery, which ended"},
		{Code: "money_settings_approved", Chinese: "资金设置变更已批准", English: "money settings approved"},
		{Code: "money_settings_void", Chinese: "资金设置变更作废", English: "changed money settings void"},
		{Code: "refund_due", Chinese: "待退款", English: "refund due"},
		{Code: "refund_received", Chinese: "收到对方退款", English: "partner's refund received"},
		{Code: "funds_closed", Chinese: "年终封账，待拨款", English: "funds are closed, payment waits"},
		{Code: "payment_file_released", Chinese: "付款文件已复核", English: "payment file released"},
		{Code: "money_due", Chinese: "待付款", English: "payment due"},
		{Code: "money_ordered", Chinese: "已制单", English: "payment ordered"},
		{Code: "money_released", Chinese: "付款已复核", English: "payment released"},
		{Code: "money_unknown", Chinese: "付款文件上传中", English: "payment file on its way"},
		{Code: "money_submitted", Chinese: "付款已提交银行", English: "payment submitted"},
		{Code: "money_settled", Chinese: "银行已付讫", English: "payment settled"},
		{Code: "money_returned", Chinese: "退汇", English: "payment returned"},
		{Code: "money_received", Chinese: "资金到账", English: "money received"},
		{Code: "advice_received", Chinese: "收到划款通知", English: "remittance advice received"},
		{Code: "account_asked", Chinese: "向对方核实收款账户", English: "partner asked about the account"},
		{Code: "payee_registered", Chinese: "登记领款人", English: "payee registered"},
		{Code: "payment_retried", Chinese: "付款文件重新上传", English: "payment file sent again"},
	}
}
