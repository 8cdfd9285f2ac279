package code

// plain makes a list of values that nothing is to be done about from triples
// of code, Chinese and English.
func plain[T ~string](rows ...[3]T) List {
	list := make(List, len(rows))
	for i, r := range rows {
		list[i] = Entry{Code: string(r[0]), Chinese: string(r[1]), English: string(r[2])}
	}
	return list
}

var (
	fileVerdicts = plain([][3]FileVerdict{
		{FileAccepted, "全部接收", "accepted"},
		{FilePartly, "部分接收", "partly accepted"},
		{FileRejected, "整批退回", "rejected"},
	}...)
	verdicts = plain([][3]Verdict{
		{Accepted, "接收", "accepted"},
		{Held, "待核", "held"},
		{Refused, "退回", "refused"},
	}...)
	// Source: the national medical-insurance list of document types
	// (psn_cert_type). Places differ about 16 and 17; the checks of package
	// identity therefore look at the number's shape for both.
	idTypes = plain([][3]IDType{
		{IDResident, "居民身份证（户口簿）", "resident identity card"},
		{IDOfficer, "中国人民解放军军官证", "military officer's card"},
		{IDPolice, "中国人民武装警察警官证", "armed police officer's card"},
		{IDHongKong, "香港特区护照/港澳居民来往内地通行证", "Hong Kong passport or travel permit"},
		{IDMacao, "澳门特区护照/港澳居民来往内地通行证", "Macao passport or travel permit"},
		{IDTaiwan, "台湾居民来往大陆通行证", "Taiwan travel permit"},
		{IDForeignerPermanent, "外国人永久居留证", "foreigner's permanent residence card"},
		{IDForeignPassport, "外国人护照", "foreign passport"},
		{IDDisability, "残疾人证", "disability card"},
		{IDMartyrsFamily, "军烈属证明", "proof of military or martyr's family"},
		{IDForeignerEmployment, "外国人就业证", "foreigner's employment permit"},
		{IDForeignExpert, "外国专家证", "foreign expert's card"},
		{IDForeignJournalist, "外国人常驻记者证", "resident foreign journalist's card"},
		{IDHMTEmployment, "台港澳人员就业证", "Taiwan, Hong Kong and Macao employment permit"},
		{IDReturnedExpert, "回国（来华）定居专家证", "settled expert's card"},
		{IDChinesePassport, "中国护照", "Chinese passport"},
		{IDHMTResidence, "港澳台居民居住证", "Hong Kong, Macao and Taiwan residence permit"},
		{IDSocialSecurityCard, "社会保障卡", "social security card"},
		{IDClassified, "保密人员证件", "classified personnel's document"},
		{IDOther, "其他身份证件", "other document"},
	}...)
	sexes = plain([][3]Sex{
		{Male, "男", "male"},
		{Female, "女", "female"},
		{SexUnknown, "未知", "unknown"},
		{SexNotStated, "未说明", "not stated"},
	}...)
	// Source: the national medical-insurance list of schemes (insutype).
	schemes = plain([][3]Scheme{
		{SchemeEmployee, "职工基本医疗保险", "basic medical insurance for employees"},
		{SchemeCivilServant, "公务员医疗补助", "civil servants' medical subsidy"},
		{SchemeLargeExpense, "大额医疗费用补助", "large medical expenses subsidy"},
		{SchemeVeteranCadre, "离休人员医疗保障", "medical security of retired veteran cadres"},
		{SchemeRuralCoop, "新型农村合作医疗", "new rural cooperative medical care"},
		{SchemeResident, "城乡居民基本医疗保险", "basic medical insurance for residents"},
		{SchemeUrbanResident, "城镇居民基本医疗保险", "basic medical insurance for urban residents"},
		{SchemeResidentMajor, "城乡居民大病医疗保险", "residents' major illness insurance"},
		{SchemeMaternity, "生育保险", "maternity insurance"},
	}...)
	households = plain([][3]Household{
		{HouseholdNonAgricultural, "非农业户口", "non-agricultural"},
		{HouseholdAgricultural, "农业户口", "agricultural"},
		{HouseholdResident, "居民户口（不分农业与非农业）", "resident, not divided"},
		{HouseholdOther, "其他", "other"},
	}...)
	stayKinds = plain([][3]StayKind{
		{StayActual, "实际缴费", "actual"},
		{StayBackpaid, "补缴", "back-paid"},
		{StayDeemed, "视同缴费", "deemed"},
	}...)
	registryStatuses = plain([][3]RegistryStatus{
		{RegistryActive, "正常参保", "active"},
		{RegistryStopped, "暂停参保", "stopped"},
		{RegistryEnded, "终止参保", "ended"},
		{RegistryRetired, "退休", "retired"},
		{RegistryDeceased, "死亡", "deceased"},
		{RegistryInHospital, "正在住院", "in hospital"},
		{RegistryFrozen, "账户冻结", "frozen"},
	}...)
	moneyKinds = plain([][3]MoneyKind{
		{Remitted, "银行划转", "remitted"},
		{Netted, "轧差结算", "netted"},
		{NotMoved, "个人账户不划转", "not moved"},
		{PaidToPerson, "一次性支付给个人", "paid to the person"},
		{Zero, "余额为零", "zero"},
	}...)
	natures = plain([][3]Nature{
		{NatureOriginal, "首次出具", "original"},
		{NatureCorrected, "更正", "corrected"},
		{NatureSupplement, "补充", "supplement"},
	}...)
	purposes = plain([][3]Purpose{
		{PurposeTransfer, "个人账户划转", "transfer"},
		{PurposeSupplement, "补充划转", "supplement"},
		{PurposeRefund, "退款", "refund"},
	}...)
	phases = plain([][3]Phase{
		{PhaseCancel, "撤销", "cancel"},
		{PhaseProposeVoid, "提议作废", "propose void"},
		{PhaseAgree, "同意作废", "agree"},
		{PhaseRefuse, "不同意作废", "refuse"},
	}...)
	outcomes = plain([][3]Outcome{
		{OutcomeRelationDone, "关系已办结", "relation done"},
		{OutcomeCompleted, "已办结", "completed"},
		{OutcomeVoid, "已作废", "void"},
	}...)
	abouts = plain([][3]About{
		{AboutPerson, "人员信息", "person"},
		{AboutMonths, "缴费月数", "months"},
		{AboutAmount, "金额", "amount"},
		{AboutAccount, "收款账户", "account"},
		{AboutStatus, "办理进度", "status"},
		{AboutCertificate, "参保凭证", "certificate"},
		{AboutOther, "其他", "other"},
	}...)
	postingRows = plain([][3]PostingRow{
		{PostingEnd, "终止参保", "end participation"},
		{PostingDebit, "个人账户清算转出", "debit account"},
		{PostingCredit, "个人账户转入入账", "credit account"},
		{PostingMonths, "缴费月数转入", "credit months"},
		{PostingUndo, "撤销记账", "undo"},
	}...)
	postingResults = plain([][3]PostingResult{
		{ResultDone, "已记账", "done"},
		{ResultRefused, "拒绝记账", "refused"},
	}...)
	relations = plain([][3]Relation{
		{RelationSelf, "本人", "self"},
		{RelationHeir, "继承人", "heir"},
		{RelationGuardian, "监护人", "guardian"},
	}...)
	recipients = plain([][3]Recipient{
		{ToPerson, "参保人", "person"},
		{ToEmployer, "用人单位", "employer"},
		{ToProxy, "代办人", "proxy"},
	}...)
	materials = plain([][3]Material{
		{MaterialID, "身份证件", "identity document"},
		{MaterialCertificate, "参保凭证", "certificate"},
		{MaterialEmployerLetter, "单位证明", "employer's letter"},
		{MaterialProxy, "委托书", "proxy"},
		{MaterialOther, "其他材料", "other"},
	}...)
	lodgings = plain([][3]LodgedAt{
		{LodgedOld, "转出地受理", "at the old place"},
		{LodgedNew, "转入地受理", "at the new place"},
	}...)
	applicants = plain([][3]Applicant{
		{ByPerson, "个人申请", "person"},
		{ByEmployer, "单位申请", "employer"},
	}...)
	directions = plain([][3]Direction{
		{In, "转入", "in"},
		{Out, "转出", "out"},
	}...)
	certificateReasons = plain([][3]CertificateReason{
		{ReasonFirst, "首次开具", "first"},
		{ReasonLost, "遗失补发", "lost"},
	}...)
	extents = plain([][3]Extent{
		{ExtentFull, "全量", "full"},
		{ExtentDelta, "增量", "delta"},
	}...)
	reconciliationStates = plain([][3]ReconciliationState{
		{ReconcileRequested, "联系函已发（已收）", "requested"},
		{ReconcileHeld, "暂缓办理", "held"},
		{ReconcileDeclined, "不予转出", "declined"},
		{ReconcileAccepted, "已受理", "accepted"},
		{ReconcileAnswered, "信息表已发（已收）", "answered"},
		{ReconcileRelationDone, "关系已办结", "relation done"},
		{ReconcileCompleted, "已办结", "completed"},
		{ReconcileCancelled, "已撤销", "cancelled"},
		{ReconcileVoid, "已作废", "void"},
	}...)
	bankSides = plain([][3]BankSide{
		{BankDebit, "借", "debit, money out"},
		{BankCredit, "贷", "credit, money in"},
	}...)
	bankStatuses = plain([][3]BankStatus{
		{BankBooked, "成功", "booked"},
		{BankReturned, "退汇", "returned"},
		{BankRejected, "失败", "rejected, not booked"},
	}...)
)

// milestones also say what the person does next.
var milestones = List{
	{Code: string(MilestoneArrears), Chinese: "存在欠费", English: "arrears", TodoChinese: "请尽快向原参保地补缴欠费，补缴后凭证和转移业务继续办理。", TodoEnglish: "Please pay the arrears at the old place; certificate and transfer then go on."},
	{Code: string(MilestoneAccepted), Chinese: "申请已受理", English: "accepted", TodoChinese: "无需办理其他手续，请等待通知。", TodoEnglish: "Nothing to do; you will be told."},
	{Code: string(MilestoneReturned), Chinese: "申请退回补正", English: "returned for supplement", TodoChinese: "请按说明补齐材料后重新提交。", TodoEnglish: "Please hand in what is named and apply again."},
	{Code: string(MilestoneRefused), Chinese: "申请不予受理", English: "refused", TodoChinese: "如有疑问，请联系经办机构。", TodoEnglish: "If you have questions, speak with the agency."},
	{Code: string(MilestoneLetterSent), Chinese: "联系函已发出", English: "letter sent", TodoChinese: "无需办理其他手续，请等待原参保地办理。", TodoEnglish: "Nothing to do; the old place is working on it."},
	{Code: string(MilestoneDelayed), Chinese: "办理延期", English: "delayed", TodoChinese: "已在催办，如需了解进度请联系经办机构。", TodoEnglish: "We are chasing it; the agency can tell you more."},
	{Code: string(MilestoneDeclined), Chinese: "原参保地不予转出", English: "declined by the old place", TodoChinese: "请按说明处理后重新申请。", TodoEnglish: "Please mend what is named and apply again."},
	{Code: string(MilestoneFormReceived), Chinese: "信息表已收到", English: "form received", TodoChinese: "无需办理其他手续，正在核对缴费月数。", TodoEnglish: "Nothing to do; the months are being checked."},
	{Code: string(MilestoneRelationDone), Chinese: "关系转移已办结", English: "relation done", TodoChinese: "缴费年限已合并计算，个人账户余额到账后另行通知。", TodoEnglish: "The months count here now; the balance follows."},
	{Code: string(MilestoneMoneyWaiting), Chinese: "个人账户资金待划拨", English: "money waiting", TodoChinese: "因年终封账等原因暂缓划拨，开账后自动办理。", TodoEnglish: "The payment waits, for example for the year's closing, and follows by itself."},
	{Code: string(MilestoneMoneyReceived), Chinese: "个人账户资金已到账", English: "money received", TodoChinese: "无需办理其他手续，正在入账。", TodoEnglish: "Nothing to do; it is being credited."},
	{Code: string(MilestonePaidToPerson), Chinese: "个人账户余额已支付", English: "paid to the person", TodoChinese: "请查收银行账户。", TodoEnglish: "Please look at your bank account."},
	{Code: string(MilestoneCompleted), Chinese: "转移接续已办结", English: "completed", TodoChinese: "可在参保地查询缴费年限和个人账户余额。", TodoEnglish: "You can look up months and balance at the new place."},
	{Code: string(MilestoneCancelled), Chinese: "申请已撤销", English: "cancelled", TodoChinese: "如仍需转移，请重新申请。", TodoEnglish: "If you still want the transfer, apply again."},
}
