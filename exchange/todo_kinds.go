package exchange

// The kinds of what needs a person.
const (
	TodoProof      = "proof"
	TodoSettings   = "settings"
	TodoUnknown    = "unknown"
	TodoBankDay    = "bank-day"
	TodoLegal      = "legal"
	TodoSign       = "sign"
	TodoDay        = "day"
	TodoStatement  = "statement"
	TodoReview     = "review"
	TodoCredit     = "credit"
	TodoDebit      = "debit"
	TodoHeld       = "held"
	TodoCase       = "case"
	TodoFile       = "file"
	TodoMonth      = "month"
	TodoDifference = "difference"
	TodoMissing    = "missing"
	TodoRejected   = "rejected"
	TodoGap        = "gap"
	TodoAlone      = "alone"
	TodoQuery      = "query"
	TodoOverdue    = "overdue"
	TodoAwaited    = "awaited"
	TodoUnsigned   = "unsigned"
	TodoRestored   = "restored"
	TodoFinding    = "finding"
	TodoCheckpoint = "checkpoint"
	TodoClock      = "clock"
)

// TodoKinds is the table of what needs a person, the most urgent first.
func TodoKinds() []TodoKind { return todoKinds }

var todoKinds = []TodoKind{
	{
		Term{TodoProof, "资金不平", "ledger does not close"},
		Urgent, AtOnce, OwnerFinance,
		"查明差额；查明之前不会放行任何付款。", "Find out why. No payment is released until it is explained.",
	},
	{
		Term{TodoSettings, "资金设置待签名", "money settings to be signed"},
		Urgent, AtOnce, OwnerFinance,
		"核对改动，由两名人员（其中一名复核）签名；签名之前不会付款。", "Compare the change; two officers sign it, one of them a checker. No payment leaves before.",
	},
	{
		Term{TodoRestored, "恢复待签名", "restoration to be signed"},
		Urgent, AtOnce, OwnerFinance,
		"向银行索取此后全部付款，与清单核对；由财务、复核各一人签名，签名之前不会付款。",
		"Ask the bank for all payments since, compare them with the list; one of finance and one of 复核 sign it. No payment leaves before.",
	},
	{
		Term{TodoFinding, "核验发现", "the store is not as written"},
		Urgent, AtOnce, OwnerAudit,
		"保留现场，与最近的备份和留存的检查点比对；查明后运行 carryover audit accept，由复核、审计签名。",
		"Keep the store as it is, compare it with the latest backup and the checkpoint that left; then carryover audit accept, signed by 复核 and 审计.",
	},
	{
		Term{TodoClock, "本机时钟不符", "the machine's clock differs"},
		Urgent, AtOnce, OwnerFinance,
		"校准本机时钟；下次核对一致前不会付款。确为其他主机有误的，由财务、复核各一人确认（accept-clock）。",
		"Mend the machine's clock: no payment leaves until a later look agrees. Where the other hosts are wrong, one of finance and one of 复核 accept it (accept-clock).",
	},
	{Term{TodoUnknown, "付款结果待查", "payment's fate unknown"}, Urgent, AtOnce, OwnerFinance, "", ""},
	{
		Term{TodoBankDay, "日对账不符", "bank's day differs"},
		Urgent, AtOnce, OwnerFinance,
		"按“对账”表逐笔核对，与银行查明差异。", "Compare the entries with the bank; see the sheet Reconciliation.",
	},
	{
		Term{TodoLegal, "超过法定时限", "past the legal limit"},
		Urgent, AtOnce, OwnerStaff,
		"立即办理或催办，并告知当事人。", "Deal with it now, or press whoever has the turn.",
	},
	{
		Term{TodoSign, "付款待签名", "payment to be signed"},
		Soon, PastDue, OwnerFinance,
		"核对付款清单后签名放行。", "Compare the list, then sign.",
	},
	{
		Term{TodoDay, "超过单日限额", "above a daily cap"},
		Soon, AtOnce, OwnerChecker,
		"核实款项后放行当日；不放行的，次日按次日限额自动制单。", "Find out whether it is right, then allow the day; else it is ordered on the next, within that day's cap.",
	},
	{
		Term{TodoStatement, "缺银行对账单", "statement missing"},
		Soon, PastDue, OwnerBank,
		"向银行索取当日对账单。", "Ask the bank for the day's statement.",
	},
	{
		Term{TodoCheckpoint, "检查点待会签", "checkpoint to be countersigned"},
		Soon, PastDue, OwnerAudit,
		"核对后以 ssh-keygen -Y sign -n carryover-checkpoint 会签本人目录中最新的检查点，并自行保存一份。",
		"Countersign the newest checkpoint in your folder with ssh-keygen -Y sign -n carryover-checkpoint, and keep a copy of it.",
	},
	{Term{TodoReview, "批次待审核", "batch to be reviewed"}, Soon, PastDue, OwnerStaff, "", ""},
	{Term{TodoCredit, "到账待认领", "credit to be matched"}, Soon, PastDue, OwnerFinance, "", ""},
	{Term{TodoDebit, "扣款待核对", "debit to be matched"}, Soon, PastDue, OwnerFinance, "", ""},
	{
		Term{TodoHeld, "办件待决定", "case to be decided"},
		Soon, AtOnce, OwnerStaff,
		"核实后作出决定。", "Find out, then decide.",
	},
	{
		Term{TodoCase, "办件待处理", "case to be dealt with"},
		Soon, PastDue, OwnerStaff,
		"办理或催办。", "Deal with it, or press whoever has the turn.",
	},
	{Term{TodoFile, "文件待处理", "file to be decided"}, Soon, PastDue, OwnerStaff, "", ""},
	{Term{TodoMonth, "轧差待结算", "netting to be settled"}, Soon, PastDue, OwnerFinance, "", ""},
	{Term{TodoDifference, "差异待核", "difference"}, Soon, PastDue, OwnerStaff, "", ""},
	{
		Term{TodoMissing, "文件逾期未到", "file has not come"},
		Soon, PastDue, OwnerPartner,
		"电话询问对方，请其补送。", "Telephone, and ask for it.",
	},
	{
		Term{TodoRejected, "来文整批退回", "file rejected"},
		Soon, PastDue, OwnerPartner,
		"告知对方退回原因，请其改正后重新发送。", "Tell the sender why; the mended file may come under the same number.",
	},
	{
		Term{TodoGap, "批次缺号", "numbers missing"},
		Soon, PastDue, OwnerPartner,
		"请对方补送缺号的批次。", "Ask the sender for the missing batches.",
	},
	{
		Term{TodoAlone, "有签名无文件", "signature without file"},
		Soon, PastDue, OwnerPartner,
		"请对方补送签名所属的文件。", "Ask the sender for the file.",
	},
	{
		Term{TodoQuery, "查询逾期未复", "query not answered"},
		Soon, PastDue, OwnerPartner,
		"对方发来的请答复；我方发出的请催复。", "Answer it, or press the other side.",
	},
	{
		Term{TodoOverdue, "超过办理期限", "past our own limit"},
		Soon, PastDue, OwnerStaff,
		"办理或催办。", "Deal with it, or press whoever has the turn.",
	},
	{
		Term{TodoAwaited, "文件将到期限", "file due soon"},
		Later, Never, OwnerPartner,
		"届时仍未到的，电话询问对方。", "Telephone if it does not come.",
	},
	{
		Term{TodoUnsigned, "未启用签名", "not signed"},
		Later, Never, OwnerStaff,
		"与对方约定启用签名（seal: signed）。", "Agree with the partner to sign (seal: signed).",
	},
}
