package code

import "slices"

// phraseTable is what the program says and keeps, by subject.
var phraseTable = slices.Concat(plainPhrases, opinionPhrases, formPhrases, moneyPhrases, bankPhrases, filePhrases, eventPhrases, subjectPhrases)

var phraseIndex = func() map[string]PhraseTerm {
	index := make(map[string]PhraseTerm, len(phraseTable))
	for _, t := range phraseTable {
		index[t.Name] = t
	}
	return index
}()

func phraseNamed(name string) (PhraseTerm, bool) {
	t, ok := phraseIndex[name]
	return t, ok
}

// Phrases lists the table of what the program says and keeps.
func Phrases() []PhraseTerm { return slices.Clone(phraseTable) }

var plainPhrases = []PhraseTerm{
	{textName, "{0}", "{0}"},
	{"both", "{0}", "{1}"},                                 // words in both languages: of a refusal, a fault of a file
	{"written", "{0:both}", "{0:both}"},                    // a text in both languages, of a file
	{"list", "{0...}", "{0...}"},                           // several phrases
	{"noted", "{0} {1}", "{0} {1}"},                        // a code or number, and somebody's words
	{"coded", "{0:fault}：{1:both}", "{0:fault}: {1:both}"}, // a code of faults, and the partner's words
}

// opinionPhrases are why an application or a letter is held, returned or declined.
var opinionPhrases = []PhraseTerm{
	{"id-document-missing", "缺少有效身份证件，请补交后重新申请", "no valid identity document: supply it and apply again"},
	{"proxy-document-missing", "由他人代办，请补交授权委托书和代办人身份证件", "applied by a proxy: supply the authorisation and the proxy's identity document"},
	{"military", "军人医疗保险关系按军地转移办法办理", "the insurance of soldiers is transferred by rules of its own"},
	{"same-area", "{0} 与 {1} 属同一统筹地区，无需转移", "{0} and {1} are one pooling area: nothing is to be transferred"},
	{"same-year", "居民医保参保人员同一年度内不办理转移，请于次年申请", "residents are not transferred within one year: apply next year"},
	{"not-enrolled-yet", "本地参保登记库中尚无此人在保记录，待登记后办理", "the registry here has no current record of the person yet"},
	{"applicant-name-differs", "申请姓名与本地参保登记不一致，请核对后补正", "the name differs from the registry here: correct it and apply again"},
	{"applicant-retired", "已办理退休，不属于转移接续范围", "retired: not transferred"},
	{"person-unknown", "参保登记库中查无此人，待核实", "not in the registry: to be looked into"},
	{"person-not-found", "本机构参保信息中查无此人", "not in the registry here"},
	{"several-records", "参保登记库中有多条此人的记录，待核实个人编号", "several records of the person: the personal number is to be found out"},
	{"name-differs", "姓名与本地参保登记不一致，请核对", "the name differs from the registry here"},
	{"promised-to", "已受理 {0} 的转移联系函", "the letter of {0} was accepted before"},
	{"moved-to", "关系已转移至 {0}", "transferred to {0} already"},
	{"ended-here", "本地参保关系已终止并转出", "the relation here has ended and was transferred"},
	{"earlier-letter", "{0} 的联系函先到，尚在办理", "the letter of {0} came first and is being worked"},
	{"deceased", "参保人已死亡，个人账户余额依法继承", "the person has died: the balance is inherited"},
	{"still-active", "仍在本地正常参保，请先办理停保", "still participates here: stop that first"},
	{"in-hospital", "住院未结算或账户冻结，待解除后办理", "in hospital, or the account is frozen"},
	{"retired-here", "已在本地退休，不属于转移接续范围", "retired here: not transferred"},
	{"arrears", "欠费 {0} 个月，金额 {1} 元", "arrears of {0} months, {1} yuan"},
	{"arrears-declined", "欠费 {0} 个月，金额 {1} 元，请补缴后重新申请", "arrears of {0} months, {1} yuan: pay them and apply again"},
	{"no-certificate", "联系函未列参保凭证号", "the letter names no certificate"},
	{"certificate-invalid", "参保凭证 {0} 无效或非本人", "certificate {0} is not valid, or not this person's"},
	{"account-unregistered", "收款账户 {0} 未经登记，请通过其他途径核实", "account {0} is not registered: confirm it outside the drop"},
	{"no-own-account", "本方没有有效的收款账户，不能发出联系函", "there is no valid account of ours: no letter can be sent"},
}

// formPhrases are why a form or a completion does not fit.
var formPhrases = []PhraseTerm{
	{"form-differs", "信息表不符：{0...}", "the form differs: {0...}"},
	{"form-person", "姓名或证件号码与联系函不一致", "name or ID number are not the letter's"},
	{
		"form-months", "月数与明细不符：信息表 {0}/{1}/{2}（中断 {3}），明细 {4}/{5}/{6}（中断 {7}）",
		"months do not agree: form {0}/{1}/{2} (gap {3}), periods {4}/{5}/{6} (gap {7})",
	},
	{"form-sum", "金额 {0} 不等于本金 {1} 加利息 {2}", "amount {0} is not principal {1} and interest {2}"},
	{"form-after-end", "参保月份 {0} 晚于终止日期 {1}", "month {0} is after the end on {1}"},
	{"form-money", "资金处理方式 {0} 与金额 {1} 不符", "what happens to the money, {0}, does not fit the amount {1}"},
	{"form-settlement", "资金处理方式 {0} 与双方约定不符", "what happens to the money, {0}, is not what was agreed"},
	{"corrected-below-paid", "更正后的金额少于已划转金额，需与对方协商", "the corrected amount is below what was remitted: agree with the partner"},
	{"corrected-after-money", "第 {0} 笔划转已到账 {1}，信息表更正为 {2}", "part {0} has come with {1}, the form now says {2}"},
	{"nothing-due-but-paid", "信息表称无需划转，但资金已到账", "the form says that nothing is remitted, but money has come"},
	{"credited-otherwise", "对方入账 {0}，信息表 {1}", "the partner credited {0}, the form says {1}"},
	{"posting-refused", "{0:posting} {1} {2:both}", "{0:posting} {1} {2:both}"},
	{"record-refused", "{0:file-kind} {1}：{2:fault} {3:both}", "{0:file-kind} {1}: {2:fault} {3:both}"},
	{"review-returned", "审核退回：{0}", "sent back by review: {0}"},
	{"unencodable", "{0:file-kind}含有对方编码无法表示的字符，不能发往 {1}", "{0:file-kind}: holds a character that the encoding of {1} lacks, it cannot be sent"},
}

// moneyPhrases are about amounts, payments and refunds.
var moneyPhrases = []PhraseTerm{
	{"to-send-back", "已收 {0}，待退回", "received {0}, to be sent back"},
	{"they-owe", "实收 {0}，对方少付 {1}", "received {0}: they owe {1}"},
	{"we-owe-rest", "实收 {0}，对方多付 {1}，应退还", "received {0}: we owe {1}"},
	{"form-amount", "信息表 {0}", "form {0}"},
	{"net-we-owe", "本方应付 {0}（转出 {1}，转入 {2}）", "we owe {0} (out {1}, in {2})"},
	{"net-they-owe", "对方应付 {0}（转入 {2}，转出 {1}）", "they owe {0} (in {2}, out {1})"},
	{"net-even", "互不欠付（转出 {0}，转入 {1}）", "nothing owed (out {0}, in {1})"},
	{"net-agreed", "双方一致，待结算", "agreed, to be tied"},
	{"we-owe", "本方应退 {0}", "we owe {0}"},
	{"due", "待付", "due"},
	{"due-again", "重新待付", "due again"},
	{"money-at", "{0:money-out} {1} {2:phrase}", "{0:money-out} {1} {2:phrase}"},
	{"account-gone", "账户 {0} 已不在登记之列，须先确认账户", "account {0} is not registered any more: confirm it first"},
	{"more-than-debited", "各笔合计 {0}，本地系统只清算 {1}", "its parts come to {0}, the core has debited {1}"},
	{"parts-and-form", "各笔合计 {0}，信息表 {1} 为 {2}", "its parts come to {0}, form {1} says {2}"},
	{"parts-and-ledger", "各笔合计 {0}，账上只有 {1}", "its parts come to {0}, the ledger has {1}"},
	{"refund-above-credit", "退款 {0} 多于来款 {1}", "{0} would be sent back, {1} came"},
	{"place-of-case", "账上 {0} 为 {1}，方向有误", "in the ledger {0} stands at {1}, on the wrong side of zero"},
	{"above-payment-cap", "金额 {0} 超过单笔限额 {1}", "{0} is above the cap of a payment, {1}"},
	{"form-above-cap", "信息表 {0} 金额 {1} 超过每人限额 {2}", "form {0} says {1}, above the cap of a person, {2}"},
	{"debit-above-cap", "业务系统清算金额 {1} 超过每人限额 {2}，指令 {0}", "the core debited {1}, above the cap of a person, {2}; posting {0}"},
	{"above-record-cap", "金额 {0} 超过每人限额 {1}", "{0} is above the cap of a person, {1}"},
	{"cap-allowed", "已放行或已更正", "allowed, or corrected"},
	{"above-partner-day", "{0} 付给 {1} 的款项已制单 {2}，加上 {3} 超过对方机构单日限额 {4}", "{2} is ordered to {1} on {0}: with {3} that is above the daily cap of a partner, {4}"},
	{"above-account-day", "{0} 付至新账户 {1} 的款项已制单 {2}，加上 {3} 超过新账户单日限额 {4}", "{2} is ordered to the new account {1} on {0}: with {3} that is above the daily cap of a new account, {4}"},
	{"above-file-cap", "金额 {0} 超过单批限额 {1}", "{0} is above the cap of a file, {1}"},
	{"allow-first", "{0:phrase}，须先允许超过限额", "{0:phrase}: allow it first"},
	{"unsigned-query", "无签名的账户查询 {0}", "query {0} about an account, without a signature"},
	{"names-account", "所称账户 {0}", "it names account {0}"},
	{"payee-contested", "领款账户两处不同：业务系统 {0}，门户 {1}", "the payee's account is {0} by the core, {1} by the portal"},
	{"no-payee", "尚无领款人账户", "there is no payee's account yet"},
	{"bank-named-otherwise", "开户行写作“{0}”，登记的是“{1}”，按登记付款", "the bank is named {0}, it is registered as {1}; paid as registered"},
	{"account-not-registered", "收款账户 {0} 未经登记", "account {0} is not registered"},
	{"refunded-by-partner", "对方退款 {0}", "the partner's refund {0}"},
	{"partner-refunded", "对方退回已付款项：{0:phrase}", "the partner sent back what was paid: {0:phrase}"},
	{"received-otherwise", "信息表金额 {0}，到账 {1}", "the form says {0}, {1} came"},
	{"received-after-posting", "已办结部分又收到款项 {0} 元", "{0} yuan more came for a part that is done"},
	{"wrong-person-named", "到账附言中的证件号码与联系函所列参保人不一致", "the credit names an ID number that is not the letter's"},
	{"nothing-settled", "联系函 {0} 没有已付讫的同额款项", "letter {0}: nothing settled of this amount"},
	{"refund-of", "对方退款 {0}", "refund of {0}"},
	{"void-not-sent", "付款文件未发出即作废", "void: the file was not sent"},
	{"never-sent", "经办人员认定未曾发出", "never sent, says an officer"},
	{"name-fits", "姓名和金额相符：{0...}", "name and amount fit {0...}"},
	{"part-of", "{0} 第 {1} 笔", "{0} part {1}"},
	{"match-asked", "是否认领？", "match?"},
}

// bankPhrases are about what the bank booked and reported.
var bankPhrases = []PhraseTerm{
	{"came-back", "款项被退回：{0:phrase}", "came back: {0:phrase}"},
	{"payment-came-back", "付款被退回：{0:phrase}", "the payment came back: {0:phrase}"},
	{"confirmed-but-returned", "对方已确认入账，银行却退回：{0}", "the partner has confirmed it, and the bank returns it: {0}"},
	{"credited", "对方已入账 {0}", "credited {0}"},
	{"credit", "进账 {0}", "credit {0}"},
	{"debited-before", "{0} 已扣款，银行流水号 {1}", "{0} debited before, {1}"},
	{"returned-before", "{0} 已退汇", "{0} returned before"},
	{"payment-of", "{0} {1}", "{0} {1}"},
	{"no-return-told", "进账 {0}，未注明退汇", "credit {0}, which says of no return"},
	{"return-not-stated", "{0} 的退回尚未见于银行对账单", "the return of {0} stands on no statement yet"},
	{"refusal-not-stated", "{0} 被银行拒付，尚无完整对账单证明未扣款", "the bank refused {0}; no whole statement shows yet that it was not debited"},
	{"no-debit-yet", "{0} 尚未扣款", "{0} was not debited yet"},
	{"returned", "已退汇：{0:phrase}", "returned: {0:phrase}"},
	{"returned-amount", "已退汇 {0}", "returned {0}"},
	{"debit", "扣款 {0}", "debit {0}"},
	{"taken-back", "冲回 {0}", "taken back {0}"},
	{"return-taken-back", "银行撤回付款 {0} 的退汇，款项仍为已付", "the bank took the return of payment {0} back: it is paid as before"},
	{"credit-taken-back", "银行冲回已认领的到账款项 {0} 元", "the bank took back {0} yuan that were matched"},
	{"rejected", "银行付款失败 {0}", "rejected {0}"},
	{"sheet-rejected", "银行付款失败", "rejected by the bank"},
	{"bank-corrected", "银行冲正", "the bank corrected its debit"},
	{"bank-refused", "银行拒付：{0:phrase}", "refused by the bank: {0:phrase}"},
	{"debited-all-the-same", "银行仍已扣款，流水号 {0}", "debited all the same, {0}"},
	{"refused-but-debited", "银行回执称已拒付，却又扣款：{0}", "the bank said that it refused, and debited all the same: {0}"},
	{"bank-reports", "银行回执状态 {0}", "the bank's report {0}"},
	{"closing", "期末余额 {0}", "closing balance {0}"},
	{"day-fault", "{0:bank-fault} {1}", "{0:bank-fault} {1}"},
	{"posting-asked", "已向业务系统提请入账 {0}", "the core was asked to credit it, {0}"},
	{"refund-decided", "其中 {0} 元已决定退款", "{0} of it is being paid back"},
	{"part-has", "该笔现只有 {0} 元", "the part has only {0}"},
	{"not-matched", "未能认领", "not matched"},
	{"not-booked", "未能记账", "not booked"},
	{"does-not-fit", "与办件现状不符", "does not fit where its case stands: {0}"},
}

// filePhrases are about files, and about people whom the registry lacks.
var filePhrases = []PhraseTerm{
	{"sent-on", "{0} 已发出", "sent {0}"},
	{"sent", "已发出", "sent"},
	{"not-sent", "未发出", "not sent"},
	{"receipt-other-bytes", "回执所称的内容不是本方所发（sha256 {0}）", "the receipt is about other bytes than were sent, sha256 {0}"},
	{"no-receipt", "没有回执", "no receipt"},
	{"quarantined", "已隔离", "quarantined"},
	{"files-too-large", "文件过大、未收取", "files too large to be fetched"},
	{"names-too-long", "文件名过长、未收取的文件", "files not fetched, whose names are too long"},
	{"names-alike", "文件名与另一文件看似相同、未收取的文件", "files not fetched, whose names look like another's"},
	{"files-not-moved", "无法移入退件目录的退回文件", "rejected files that cannot be moved to in/bad"},
	{"files-named", "{0} 个：{1}", "{0}: {1}"},
	{"character-lacks", "含有对方编码无法表示的字符", "holds a character that the partner's encoding lacks"},
	{"sha256", "sha256 {0}", "sha256 {0}"},
	{"lost-or-changed", "留存的付款文件丢失或被改动", "the kept file is lost or was changed: {0}"},
	{"other-content", "目录 {0} 中有同名但内容不同的文件", "other content under this name in {0}"},
	{"not-found-many", "查无此人 {0} 名", "{0} people not found"},
	{"extract-broken", "登记信息文件可能不完整", "the extract is probably broken"},
	{"not-found", "查无此人", "not found"},
	{"decline-asked", "是否不予转出？", "decline?"},
	{"state-in", "{0:state-in} {1}", "{0:state-in} {1}"},
	{"stated", "{0:reconciliation} {1:phrase}", "{0:reconciliation} {1:phrase}"},
	{"form-version", "{0} 第 {1} 版 {2}", "{0} version {1} {2}"},
	{"no-such-form", "无此信息表", "no such form"},
}

// eventPhrases are why something happened.
var eventPhrases = []PhraseTerm{
	{"released-automatically", "自动放行", "released by itself"},
	{"officer-decided", "经办人员决定", "an officer decided"},
	{"account-changed", "收款账户变更", "another receiving account"},
	{"next-letter", "收到新版联系函", "next version of the letter"},
	{"next-application", "收到补正后的申请", "supplemented application"},
	{"both-annulled", "双方同意作废", "both sides agreed to annul it"},
	{"registered-now", "登记信息已到", "the registry knows the person now"},
	{"matched-by-officer", "来款已由经办人员认领", "an officer matched the money"},
	{"pay-again-decided", "经办人员决定重新付款", "an officer decided to pay again"},
	{"corrected-form-agrees", "更正后的信息表核对一致", "the corrected form agrees"},
	{"partner-answered", "对方已答复", "the partner answered"},
	{"reason-ended", "暂缓原因已消除", "the reason of the hold has ended"},
	{"amounts-agree", "金额已一致", "the amounts agree"},
	{"payable", "可以付款", "it can be paid"},
	{"payee-known", "领款人账户已提供", "the payee's account is here"},
	{"registry-changed", "终止后登记信息有新增或更正", "the registry changed after the end"},
	{"registry-changed-since", "业务系统已更新登记信息", "the core has changed its registry since"},
	{"account-registered", "收款账户已登记", "the account is registered"},
	{"paid-to-person", "改付本人", "paid to the person instead"},
	{"cancellation-agreed", "对方同意撤销", "the partner agreed to the cancellation"},
	{"account-changed-by-partner", "对方变更收款账户", "the partner changed its account"},
	{"account-confirmed-by-partner", "对方确认账户无误", "the partner confirmed its account"},
	{"declined", "{0:decline}：{1:phrase}", "{0:decline}: {1:phrase}"},
	{"held", "{0:hold}：{1:phrase}", "{0:hold}: {1:phrase}"},
	{"posting", "{0:posting} {1}", "{0:posting} {1}"},
	{"posting-result", "{0:posting} {1} {2}", "{0:posting} {1} {2}"},
	{"form", "{0:nature} {1}", "{0:nature} {1}"},
	{"relayed-to", "转 {0}", "to {0}"},
	{"query", "{0} {1:about}", "{0} {1:about}"},
	{"void-refused", "{0:phase} {1:phrase}", "{0:phase} {1:phrase}"},
	{"differs", "本方 {0:phrase}，对方 {1:phrase}", "ours {0:phrase}, theirs {1:phrase}"},
	{"funds-closed", "{0} 至 {1}", "{0} – {1}"},
	{"signed-by", "签名密钥 {0}", "by {0}"},
	{"duplicate-of", "与 {0} 重复", "of {0}"},
	{"legal-limit", "{0:clock}时限：自 {1} 起 {2} 个工作日", "limit for {0:clock}: from {1}, {2} working days"},
	{"own-limit", "等待{0:turn}，自 {1} 起", "waiting for {0:turn} since {1}"},
	{"file-lost", "留存的付款文件丢失或被改动：{0}", "the kept file is lost or was changed: {0}"},
	{"payment-changed", "付款 {0} 的办件或账户已变更", "the case or account of payment {0} changed"},
	{"release-automatic-now", "放行方式已改为自动，另制新文件", "release is automatic now: a new file is made"},
	{"signature-holds-no-more", "{0} 的签名不再有效：{1:phrase}", "the signature of {0} does not hold any more: {1:phrase}"},
	{"signer-lost-role", "{0} 不再具有签名时的角色", "{0} has the role no more with which it was signed"},
	{"signer-decided", "{0} 签名后对其中办件 {1} 作了决定", "{0} decided about case {1} in it since"},
	{"total-above-cap", "合计 {0} 超过单批限额 {1}", "the sum {0} is above the cap of a file, {1}"},
	{"payment-not-payable", "付款 {0} 的办件、账户或限额已有变化", "the case, account or cap of payment {0} changed"},
	{"payment-found", "付款 {0} 的办件 {1} 有核验发现", "there is a finding about case {1} of payment {0}"},
	{"found", "{0} {1}", "{0} {1}"},
	{"signatures-missing", "签名不全", "signatures are missing"},
	{"funds-close", "年终封账（{0} 至 {1}），付款待拨款", "funds are closed ({0} to {1}): payments wait"},
}

// subjectPhrases are what differences are about, where a number alone does not say it.
var subjectPhrases = []PhraseTerm{
	{"net-sum", "{0} 净额", "{0} net sum"},
	{"net-line", "{0} {1:direction} {2}", "{0} {1:direction} {2}"},
	{"refund", "退款 {0} {1}-R{2}", "refund {0} {1}-R{2}"},
	{"registry", "参保登记信息", "registry"},
	{"record", "{0:file-kind} {1}", "{0:file-kind} {1}"},
	{"bank-day", "{0} {1}", "{0} {1}"},
	{"bank-page", "{0} {1} #{2}", "{0} {1} #{2}"},
	{"part", "{0}-{1}", "{0}-{1}"},
	{"clock", "本机时钟", "the machine's clock"},
	{"clock-ahead", "快 {0} 分钟", "{0} minutes ahead"},
	{"clock-behind", "慢 {0} 分钟", "{0} minutes behind"},
	{"clock-hosts", "{1} 个主机中的 {0} 个（{2}）", "{0} of {1} hosts ({2})"},
	{"payment-of-case", "{0} {1}", "{0} {1}"},
	{"sheet-row", "{0} {1} {2} {3}", "{0} {1} {2} {3}"},
}
