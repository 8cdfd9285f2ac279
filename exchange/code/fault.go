package code

// Fault is what is wrong with a file or a record, as it stands in receipts.
type Fault string

// Faults of a file: it is refused as a whole (R alone), or not worked.
const (
	Unreadable       Fault = "unreadable"
	WrongEnvelope    Fault = "wrong-envelope"
	NotForUs         Fault = "not-for-us"
	NotFromThisParty Fault = "not-from-this-party"
	KindUnknown      Fault = "kind-unknown"
	VersionUnknown   Fault = "version-unknown"
	Count            Fault = "count"
	Total            Fault = "total"
	Digest           Fault = "digest"
	DuplicateFile    Fault = "duplicate-file"
	SequenceReused   Fault = "sequence-reused"
	SignatureMissing Fault = "signature-missing"
	SignatureWrong   Fault = "signature-wrong"
	UnknownSigner    Fault = "unknown-signer"
	NotDecryptable   Fault = "not-decryptable"
	TooLarge         Fault = "too-large"
)

// Warnings: told, and nothing is refused for them.
const (
	SequenceGap    Fault = "sequence-gap"
	ProfileDiffers Fault = "profile-differs"
	Normalised     Fault = "normalised"
	CreditCode     Fault = "credit-code"
)

// Faults of a record.
const (
	Missing           Fault = "missing"
	Malformed         Fault = "malformed"
	TooLong           Fault = "too-long"
	CheckDigit        Fault = "check-digit"
	UnknownCode       Fault = "unknown-code"
	ImpossibleDate    Fault = "impossible-date"
	ContradictsID     Fault = "contradicts-id"
	Amount            Fault = "amount"
	MonthsDoNotAddUp  Fault = "months-do-not-add-up"
	DuplicateInFile   Fault = "duplicate-in-file"
	DuplicateEarlier  Fault = "duplicate-earlier"
	UnknownLetter     Fault = "unknown-letter"
	UnknownForm       Fault = "unknown-form"
	NotAllowedInState Fault = "not-allowed-in-state"
	PersonDiffers     Fault = "person-differs"
	WrongAgency       Fault = "wrong-agency"
	AccountInvalid    Fault = "account-invalid"
)

var faults = List{
	{string(Unreadable), "文件无法读取", "unreadable file", "请确认文件未损坏、未截断、编码正确，重新导出后再报送。", "Check that the file is whole and in the agreed encoding, export it again and send it.", ClassFile},
	{string(WrongEnvelope), "信封不符合规定", "wrong envelope", "请核对首行 H 和末行 T 的各项内容，以及文件名与首行是否一致。", "Check every field of the H and T rows, and that the file name agrees with H.", ClassFile},
	{string(NotForUs), "接收方不是本机构", "not for us", "请核对首行的接收方代码，改送正确的机构。", "Check the receiver in the H row and send the file to that agency.", ClassFile},
	{string(NotFromThisParty), "发送方与交换目录不符", "not from this drop's party", "请核对首行的发送方代码，并从该机构自己的交换目录报送。", "Check the sender in the H row; each party sends through its own drop.", ClassFile},
	{string(KindUnknown), "文件种类不识别", "kind unknown", "请使用接口说明中列出的文件种类。", "Use one of the kinds listed in the partner's manual.", ClassFile},
	{string(VersionUnknown), "文件版本不识别", "version unknown", "请使用版本 1。", "Use version 1.", ClassFile},
	{string(Count), "行数不符", "row count differs", "末行的行数应等于首末行之间的行数，请核对文件是否完整。", "The T row must state the number of rows between H and T; check that none is missing.", ClassFile},
	{string(Total), "合计金额不符", "total differs", "请重新合计各行金额，更正末行的合计。", "Add the amounts up again and correct the total in the T row.", ClassFile},
	{string(Digest), "摘要不符", "digest differs", "文件在生成后被改动或传输不完整，请重新生成后再报送。", "The file was changed or cut after it was written; write it again and send it.", ClassFile},
	{string(DuplicateFile), "文件重复", "duplicate file", "该内容已经收到并处理，无需再报送。", "This content has been received and worked already; do not send it again.", ClassFile},
	{string(SequenceReused), "序号已被其他文件使用", "sequence reused", "请改用下一个序号重新报送。", "Send the content again under the next sequence number.", ClassFile},
	{string(SignatureMissing), "缺少签名文件", "signature missing", "请先放入同名的 .sig 签名文件，再放入批次文件。", "Leave the .sig file of the same name first, then the batch.", ClassFile},
	{string(SignatureWrong), "签名验证不通过", "signature wrong", "请对原始批次文件重新签名（命名空间 carryover）后再报送。", "Sign the plain batch again (namespace carryover) and send both.", ClassFile},
	{string(UnknownSigner), "签名人未登记", "unknown signer", "请联系对方机构登记签名公钥，或改用已登记的密钥签名。", "Have the signing key registered with the receiver, or sign with a registered one.", ClassFile},
	{string(NotDecryptable), "文件无法解密", "not decryptable", "请使用接收方最新的公钥加密后重新报送。", "Encrypt to the receiver's current public key and send it again.", ClassFile},
	{string(TooLarge), "文件过大", "file too large", "请拆分为多个文件后报送。", "Split the batch into several files.", ClassFile},

	{string(SequenceGap), "序号不连续", "sequence gap", "请补送缺少的序号对应的文件。", "Send the files whose sequence numbers are missing.", ClassWarning},
	{string(ProfileDiffers), "办理时限规则不一致", "profile differs", "双方各按本机构配置的规则计算时限，请核对约定。", "Each side counts by its own configuration; check what was agreed.", ClassWarning},
	{string(Normalised), "已自动规范填写内容", "typing slip normalised", "请按规范填写：大写 X、半角字符、前后不留空格、日期按 yyyy-mm-dd。", "Type a capital X, half-width characters, no outer spaces, dates as yyyy-mm-dd.", ClassWarning},
	{string(CreditCode), "统一社会信用代码校验位不符", "credit code's check character differs", "请核对统一社会信用代码；如属早期赋码，可不处理。", "Check the unified social credit code; some early official ones differ and may stay.", ClassWarning},

	{string(Missing), "必填项为空", "missing", "请补填该项。", "Fill in the field.", ClassRecord},
	{string(Malformed), "格式不正确", "malformed", "请按接口说明规定的格式填写该项。", "Write the field as the partner's manual shows it.", ClassRecord},
	{string(TooLong), "内容超长", "too long", "请缩短该项内容。", "Shorten the field.", ClassRecord},
	{string(CheckDigit), "校验位不符", "check digit wrong", "请对照证件或账户资料核对号码，多为录入错误。", "Compare the number with the document; a digit is probably mistyped.", ClassRecord},
	{string(UnknownCode), "代码不在规定范围内", "unknown code", "请使用接口说明列出的代码。", "Use one of the codes listed in the partner's manual.", ClassRecord},
	{string(ImpossibleDate), "日期不存在或不合理", "impossible date", "请核对日期，以及各日期的先后顺序。", "Check the date, and the order of the dates.", ClassRecord},
	{string(ContradictsID), "与证件号码不一致", "contradicts the ID", "请核对性别、出生日期与证件号码。", "Check sex and birth date against the ID number.", ClassRecord},
	{string(Amount), "金额不正确", "amount wrong", "请核对金额：两位小数，不带符号和分隔符，本金加利息等于合计。", "Check the amount: two decimals, no sign or separator; principal and interest make the amount.", ClassRecord},
	{string(MonthsDoNotAddUp), "月数不相符", "months do not add up", "请核对缴费时段与月数合计，同一月份只计一次。", "Check the stays against the totals; a month counts once.", ClassRecord},
	{string(DuplicateInFile), "本文件内记录重复", "duplicate in the file", "请删除重复的记录。", "Remove the second record.", ClassRecord},
	{string(DuplicateEarlier), "与此前报送的记录重复", "duplicate of an earlier record", "该记录已经收到，无需再报；内容有变化的请升版本号。", "The record is known already; if it changed, raise its version.", ClassRecord},
	{string(UnknownLetter), "联系函不存在", "unknown letter", "请核对联系函编号，确认联系函已经送达。", "Check the letter number and that the letter was delivered.", ClassRecord},
	{string(UnknownForm), "信息表不存在", "unknown form", "请核对信息表编号，确认信息表已经送达。", "Check the form number and that the form was delivered.", ClassRecord},
	{string(NotAllowedInState), "当前办理状态不允许", "not allowed in this state", "请查询该业务的办理状态，联系对方机构后再办理。", "Look up where the case stands and speak with the other agency first.", ClassRecord},
	{string(PersonDiffers), "人员信息不一致", "person differs", "请核对姓名、证件类型和证件号码是否为同一人。", "Check name, document type and number: they name another person.", ClassRecord},
	{string(WrongAgency), "机构不符", "wrong agency", "请核对转出地和转入地的区划代码。", "Check the area codes of the old and the new place.", ClassRecord},
	{string(AccountInvalid), "收款账户无效", "account invalid", "请核对户名、账号、开户行和大额支付行号。", "Check holder, account number, bank and CNAPS code.", ClassRecord},
}

// Faults lists all faults: of the file, warnings, of the record.
func Faults() List { return faults.copy() }

// Known reports whether the fault is on the list.
func (f Fault) Known() bool { return faults.Known(string(f)) }

// Word is the fault's fixed word.
func (f Fault) Word(l Lang) string { return faults.Word(string(f), l) }

// Todo is what to do about the fault.
func (f Fault) Todo(l Lang) string { return faults.Todo(string(f), l) }

// Class says what the fault is about; "" when it is not on the list.
func (f Fault) Class() Class {
	e, _ := faults.Find(string(f))
	return e.Class
}
