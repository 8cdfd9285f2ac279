package code

// Decline is why the old place does not transfer a person out.
type Decline string

// The reasons of a decline.
const (
	DeclineNotFound                Decline = "not-found"
	DeclineStillParticipating      Decline = "still-participating"
	DeclineArrears                 Decline = "arrears"
	DeclineAlreadyTransferred      Decline = "already-transferred"
	DeclineNameOrIDDiffers         Decline = "name-or-id-differs"
	DeclineAccountFrozen           Decline = "account-frozen"
	DeclineInHospital              Decline = "in-hospital"
	DeclineOtherPlaceFirst         Decline = "other-place-first"
	DeclineSameArea                Decline = "same-area"
	DeclineOutOfScope              Decline = "out-of-scope"
	DeclineDeceased                Decline = "deceased"
	DeclineSameYearResident        Decline = "same-year-resident"
	DeclineCertificateVoid         Decline = "certificate-void"
	DeclineReceivingAccountMissing Decline = "receiving-account-missing"
	DeclineMilitary                Decline = "military"
	DeclineWithdrawn               Decline = "withdrawn"
	DeclineOther                   Decline = "other"
)

var declines = List{
	{Code: string(DeclineNotFound), Chinese: "未查到参保信息", English: "not found", TodoChinese: "请参保人提供原参保地的参保凭证或个人编号，核对后重新发函。", TodoEnglish: "Ask the person for the old place's certificate or personal number, check, and send the letter again."},
	{Code: string(DeclineStillParticipating), Chinese: "尚未终止参保", English: "still participating", TodoChinese: "请参保人先在原参保地办理停保，再重新发函。", TodoEnglish: "The person first stops participating at the old place; then send the letter again."},
	{Code: string(DeclineArrears), Chinese: "存在欠费", English: "arrears", TodoChinese: "请参保人或用人单位先补缴欠费，再重新发函。", TodoEnglish: "The person or employer pays the arrears first; then send the letter again."},
	{Code: string(DeclineAlreadyTransferred), Chinese: "关系已转出", English: "already transferred", TodoChinese: "请向参保人核实此前的转入地，改向该地发函。", TodoEnglish: "Ask where the relationship was transferred to and write to that place."},
	{Code: string(DeclineNameOrIDDiffers), Chinese: "姓名或证件号码不一致", English: "name or ID differs", TodoChinese: "请核对身份信息；曾用名或证件升位的，附证明材料后重新发函。", TodoEnglish: "Check the identity; for a former name or number attach the proof and send the letter again."},
	{Code: string(DeclineAccountFrozen), Chinese: "个人账户已冻结", English: "account frozen", TodoChinese: "请参保人到原参保地了解冻结原因，解除后重新发函。", TodoEnglish: "The person asks the old place why; once released, send the letter again."},
	{Code: string(DeclineInHospital), Chinese: "正在住院或医疗费用未结清", English: "in hospital or claims unsettled", TodoChinese: "请待出院并结清费用后重新发函。", TodoEnglish: "Send the letter again after discharge and settlement."},
	{Code: string(DeclineOtherPlaceFirst), Chinese: "已先受理其他转入地的联系函", English: "another place came first", TodoChinese: "请参保人确认转入地；如须改转，由先受理的转入地先行撤销。", TodoEnglish: "The person decides for one place; the one that came first must cancel before another can proceed."},
	{Code: string(DeclineSameArea), Chinese: "属于同一统筹区", English: "same pooling area", TodoChinese: "同一统筹区内无需转移，请办理区内变更。", TodoEnglish: "Inside one pooling area nothing is transferred; change the registration instead."},
	{Code: string(DeclineOutOfScope), Chinese: "不属于转移接续范围", English: "out of scope", TodoChinese: "请向参保人说明政策规定（如已办理退休的人员不再转移）。", TodoEnglish: "Explain the rule to the person (retirees, for example, are not transferred)."},
	{Code: string(DeclineDeceased), Chinese: "参保人已死亡", English: "deceased", TodoChinese: "个人账户余额由原参保地支付给继承人，请告知家属。", TodoEnglish: "The old place pays the balance to the heirs; tell the family."},
	{Code: string(DeclineSameYearResident), Chinese: "居民医保当年度内不转移", English: "resident to resident within the year", TodoChinese: "请在下一参保年度于新参保地直接参保。", TodoEnglish: "Enrol at the new place for the next year; nothing is transferred within the year."},
	{Code: string(DeclineCertificateVoid), Chinese: "参保凭证已作废或缺失", English: "certificate void or missing", TodoChinese: "请参保人向原参保地申请补发参保凭证后重新发函。", TodoEnglish: "The person asks the old place for a new certificate; then send the letter again."},
	{Code: string(DeclineReceivingAccountMissing), Chinese: "缺少有效的收款账户", English: "receiving account missing", TodoChinese: "请先在对方机构登记收款账户，再发新版联系函。", TodoEnglish: "Have the receiving account registered with the old place and send a new version of the letter."},
	{Code: string(DeclineMilitary), Chinese: "军人按军地规定办理", English: "military", TodoChinese: "请按军人退役医疗保险的规定办理，不走本流程。", TodoEnglish: "Military insurance has its own procedure; this one does not apply."},
	{Code: string(DeclineWithdrawn), Chinese: "申请人已撤回", English: "withdrawn", TodoChinese: "如仍需转移，请参保人重新申请。", TodoEnglish: "If the transfer is still wanted, the person applies again."},
	{Code: string(DeclineOther), Chinese: "其他原因", English: "other", TodoChinese: "请按说明中的原因处理，必要时联系原参保地。", TodoEnglish: "See the explanation given; speak with the old place if needed."},
}

// Declines lists all reasons of a decline.
func Declines() List { return declines.copy() }

// Known reports whether the reason is on the list.
func (d Decline) Known() bool { return declines.Known(string(d)) }

// Word is the reason's fixed word.
func (d Decline) Word(l Lang) string { return declines.Word(string(d), l) }

// Todo is what the new place and the person can do about it.
func (d Decline) Todo(l Lang) string { return declines.Todo(string(d), l) }
