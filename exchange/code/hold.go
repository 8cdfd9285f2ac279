package code

// Hold is why a case waits.
type Hold string

// The reasons of a hold.
const (
	HoldAwaitingRegistry     Hold = "awaiting-registry"
	HoldAwaitingCore         Hold = "awaiting-core"
	HoldAccountNotRegistered Hold = "account-not-registered"
	HoldArrears              Hold = "arrears"
	HoldPossibleDuplicate    Hold = "possible-duplicate"
	HoldCap                  Hold = "cap"
	HoldOfficersDecision     Hold = "officers-decision"
	HoldQueryOpen            Hold = "query-open"
	HoldPayeeMissing         Hold = "payee-missing"
	HoldFundsClosed          Hold = "funds-closed"
	HoldAmountDiffers        Hold = "amount-differs"
	HoldStillParticipating   Hold = "still-participating"
	HoldCertificateMissing   Hold = "certificate-missing"
	HoldInHospitalOrFrozen   Hold = "in-hospital-or-frozen"
	HoldRefusedByCore        Hold = "refused-by-core"
	HoldRefusedByPartner     Hold = "refused-by-partner"
	HoldPaymentReturned      Hold = "payment-returned"
)

var holds = List{
	{Code: string(HoldAwaitingRegistry), Chinese: "等待参保信息", English: "awaiting the registry", TodoChinese: "业务系统的参保信息中尚无此人，请等待下次提取或人工核查。", TodoEnglish: "The registry does not hold this person yet: wait for the next extract, or look the person up."},
	{Code: string(HoldAwaitingCore), Chinese: "等待业务系统回盘", English: "awaiting the core", TodoChinese: "请确认业务系统已处理记账文件并返回结果。", TodoEnglish: "See that the core works the posting file and returns its results."},
	{Code: string(HoldAccountNotRegistered), Chinese: "收款账户未登记", English: "account not registered with us", TodoChinese: "请另行通过电话或公函向对方核实账户，由经办人员确认登记。", TodoEnglish: "Confirm the account with the partner outside the drop, then register it."},
	{Code: string(HoldArrears), Chinese: "存在欠费", English: "arrears", TodoChinese: "请告知参保人或用人单位补缴欠费。", TodoEnglish: "Tell the person or employer to pay the arrears."},
	{Code: string(HoldPossibleDuplicate), Chinese: "疑似重复参保人员", English: "possible duplicate person", TodoChinese: "请核对是否同一人，在决定表中选择处理方式。", TodoEnglish: "Find out whether it is the same person and decide."},
	{Code: string(HoldCap), Chinese: "超过单笔或单批限额", English: "above a cap", TodoChinese: "请经办负责人审核后放行。", TodoEnglish: "An officer reviews and releases it."},
	{Code: string(HoldOfficersDecision), Chinese: "等待人工决定", English: "officer's decision", TodoChinese: "请在决定表中作出决定。", TodoEnglish: "Decide in the decisions workbook."},
	{Code: string(HoldQueryOpen), Chinese: "查询尚未答复", English: "query open", TodoChinese: "请催办对方答复查询。", TodoEnglish: "Remind the other side to answer the query."},
	{Code: string(HoldPayeeMissing), Chinese: "缺少领款人账户", English: "payee missing", TodoChinese: "请联系参保人或继承人提供领款账户。", TodoEnglish: "Ask the person or the heirs for the account to pay to."},
	{Code: string(HoldFundsClosed), Chinese: "封账期待拨款", English: "funds closed", TodoChinese: "年终封账，开账后自动付款，无需处理。", TodoEnglish: "The year's accounts are closed; the payment follows when they open."},
	{Code: string(HoldAmountDiffers), Chinese: "金额不符", English: "amount differs", TodoChinese: "请核对信息表、划款通知、账目与银行流水，必要时向对方或银行查询，核实后继续办理。", TodoEnglish: "Compare form, advice, ledger and bank entries; ask the partner or the bank if needed, then let it go on."},
	{Code: string(HoldStillParticipating), Chinese: "尚未终止参保", English: "still participating", TodoChinese: "请参保人办理停保；停保信息提取后自动继续。", TodoEnglish: "The person stops participating; the case goes on when the registry says so."},
	{Code: string(HoldCertificateMissing), Chinese: "缺少参保凭证", English: "certificate missing", TodoChinese: "请参保人提供或申请补发参保凭证。", TodoEnglish: "The person hands in the certificate or asks for a new one."},
	{Code: string(HoldInHospitalOrFrozen), Chinese: "正在住院或账户冻结", English: "in hospital or account frozen", TodoChinese: "待出院结算或解除冻结后自动继续。", TodoEnglish: "The case goes on after discharge and settlement, or when the account is released."},
	{Code: string(HoldRefusedByCore), Chinese: "业务系统拒绝记账", English: "refused by the core", TodoChinese: "请按业务系统给出的原因处理后重新记账。", TodoEnglish: "Mend what the core names, then post again."},
	{Code: string(HoldRefusedByPartner), Chinese: "对方机构退回", English: "refused by the partner", TodoChinese: "请按对方给出的代码更正后重新发送。", TodoEnglish: "Correct what the partner's code names and send it again."},
	{Code: string(HoldPaymentReturned), Chinese: "款项被退回", English: "payment returned", TodoChinese: "对账单载明退回（或证明未扣款）后自动重新付款；急用时向银行查明，再决定重新付款。", TodoEnglish: "It is paid again once the bank's statement shows the return, or no debit; or ask the bank and decide to pay again."},
}

// Holds lists all reasons of a hold.
func Holds() List { return holds.copy() }

// Known reports whether the reason is on the list.
func (h Hold) Known() bool { return holds.Known(string(h)) }

// Word is the reason's fixed word.
func (h Hold) Word(l Lang) string { return holds.Word(string(h), l) }

// Todo is what staff can do so that the case goes on.
func (h Hold) Todo(l Lang) string { return holds.Todo(string(h), l) }
