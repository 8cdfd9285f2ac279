package exchange

import (
	"slices"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// Subject is what a decision, or what needs a person, is about.
type Subject string

// What is decided about.
const (
	AboutCase       Subject = "case"
	AboutEntry      Subject = "entry"
	AboutMonth      Subject = "month"
	AboutDifference Subject = "difference"
	AboutFile       Subject = "file"
	AboutDay        Subject = "day" // what is ordered to a partner or a new account on a day
)

// What else needs a person; nothing is decided about it.
const (
	AboutLedger  Subject = "ledger"  // its equation with a partner
	AboutAccount Subject = "account" // of ours, as its bank states it
	AboutParty   Subject = "party"   // what it should send, or sign
	AboutQuery   Subject = "query"
	AboutStore   Subject = "store" // findings about it, checkpoints of it
)

// SubjectTerms lists what is decided about with the words that staff see.
func SubjectTerms() []Term {
	return []Term{
		{"case", "办件", "case"},
		{"entry", "银行流水", "bank entry"},
		{"month", "轧差月份", "month of netting"},
		{"difference", "差异", "difference"},
		{"file", "文件", "file"},
		{"day", "单日付款", "day's payments"},
	}
}

// DaySubject is how a decision names what is ordered on a day to a partner (its code) or
// to an account (its number).
func DaySubject(key string, on calendar.Date) string { return key + " " + on.String() }

// The actions that an officer can take.
const (
	ActRefund            = "refund"
	ActMatch             = "match"
	ActSplit             = "split"
	ActConfirmAccount    = "confirm-account"
	ActAllowCap          = "allow-cap"
	ActPayAgain          = "pay-again"
	ActPaidToPerson      = "paid-to-person"
	ActMatchPayment      = "match-payment"
	ActTieNetting        = "tie-netting"
	ActSettleAmount      = "settle-amount"
	ActAcceptDifference  = "accept-difference"
	ActMarkSent          = "mark-sent"
	ActMarkNotSent       = "mark-not-sent"
	ActReleaseFile       = "release-file"
	ActDismissFile       = "dismiss-file"
	ActResendFile        = "resend-file"
	ActApproveBatch      = "approve-batch"
	ActReturnBatch       = "return-batch"
	ActAcceptProposal    = "accept-proposal"
	ActRejectProposal    = "reject-proposal"
	ActReleaseHold       = "release-hold"
	ActAcceptLetter      = "accept-letter"
	ActDeclineLetter     = "decline-letter"
	ActReturnApplication = "return-application"
	ActRefuseApplication = "refuse-application"
	ActWriteAgain        = "write-again"
	ActAgreeVoid         = "agree-void"
	ActRefuseVoid        = "refuse-void"
	ActIsNew             = "is-new"
	ActIsRepeat          = "is-repeat"
	ActNotATransfer      = "not-a-transfer"
	ActTakeBack          = "take-back"
	ActIsReturn          = "is-return"
	ActIsGenuine         = "is-genuine"
	ActAcceptClock       = "accept-clock"
)

// Rule is a row of the table of decisions: who may take an action about
// what, what it must be told, and what follows. On the command line every
// decision is signed; one by workbook is when Signed says so, else the
// officer's own folder is enough.
type Rule struct {
	Action           string
	Chinese, English string
	About            []Subject
	Side             Side        // of a case; empty: both
	States           []State     // of a case, a held one's being that which it left; nil: any
	Holds            []code.Hold // the case is held for one of them; nil: however it stands
	Roles            []Role
	Signed           bool
	Needs            []string // arguments that must be given
	May              []string // arguments that may be given
	Follows          string
}

var (
	aboutCase    = []Subject{AboutCase}
	aboutEntry   = []Subject{AboutEntry}
	aboutFile    = []Subject{AboutFile}
	aboutDay     = []Subject{AboutDay}
	caseAndEntry = []Subject{AboutCase, AboutEntry}
	revocable    = []Subject{AboutDay, AboutCase, AboutEntry}
	financial    = []Role{RoleFinance, RoleChecker}
	business     = []Role{RoleClerk, RoleChecker}
	anybody      = []Role{RoleClerk, RoleFinance, RoleChecker}
	letterHere   = []State{Requested}
	toAudit      = []State{Applied}
)

var rules = []Rule{
	{
		Action: ActRefund, Chinese: "退款", English: "pay back", About: caseAndEntry, Side: In, Roles: financial, Signed: true, May: []string{"part"},
		Follows: "what came too much, or for a case that takes no money, is paid back to the account that it came from, by a payment of its own",
	},
	{
		Action: ActMatch, Chinese: "认领到账", English: "match", About: aboutEntry, Roles: financial, Signed: true, Needs: []string{"case"}, May: []string{"part"},
		Follows: "the credit belongs to that part of the case",
	},
	{
		Action: ActSplit, Chinese: "拆分认领", English: "split", About: aboutEntry, Roles: financial, Signed: true, Needs: []string{"to"},
		Follows: "the credit belongs to several parts, which add up to it",
	},
	{
		Action: ActMatchPayment, Chinese: "对应本方付款", English: "match a payment of ours", About: aboutEntry, Roles: financial, Signed: true, Needs: []string{"payment"},
		Follows: "the debit is that payment's, which is settled by it",
	},
	{
		Action: ActIsReturn, Chinese: "确认为退汇", English: "a payment of ours came back", About: aboutEntry, Roles: financial, Signed: true, Needs: []string{"payment"},
		Follows: "the credit is that payment come back, although nothing in it says so",
	},
	{
		Action: ActConfirmAccount, Chinese: "确认账户", English: "confirm an account", About: caseAndEntry, Roles: financial, Signed: true,
		Needs: []string{"account", "cnaps"}, May: []string{"holder", "bank"},
		Follows: "money about this case or credit may be paid to the account, which was confirmed outside the drop",
	},
	{
		Action: ActAllowCap, Chinese: "超限放行", English: "allow above a cap", About: caseAndEntry, Roles: []Role{RoleChecker}, Signed: true, Needs: []string{"amount"},
		Follows: "balances and payments of the case up to the amount are taken although they are above a cap",
	},
	{
		Action: ActAllowCap, Chinese: "单日超限放行", English: "allow above a daily cap", About: aboutDay, Roles: []Role{RoleChecker}, Signed: true,
		Needs: []string{"day"}, May: []string{"amount"},
		Follows: "on that day up to the amount is ordered to the partner or new account; without one what is ordered and waits now",
	},
	{
		Action: ActPayAgain, Chinese: "重新付款", English: "pay again", About: caseAndEntry, Roles: financial, Signed: true,
		Follows: "what came back is due again",
	},
	{
		Action: ActPaidToPerson, Chinese: "改付本人", English: "pay to the person", About: aboutCase, Side: Out, Roles: financial, Signed: true,
		Follows: "the form's next version says PAID_TO_PERSON, and the payee is paid",
	},
	{
		Action: ActIsNew, Chinese: "确认为新入账", English: "it is another one", About: aboutEntry, Roles: financial, Signed: true,
		Follows: "the doubtful entry is booked",
	},
	{
		Action: ActIsRepeat, Chinese: "确认为重复通知", English: "it is a repetition", About: aboutEntry, Roles: financial, Signed: true, Needs: []string{"entry"},
		Follows: "the doubtful entry tells that other one again, and is never booked",
	},
	{
		Action: ActNotATransfer, Chinese: "不属转移业务", English: "no transfer", About: aboutEntry, Roles: financial, Signed: true, Needs: []string{"code"},
		Follows: "the entry is of another business, for the reason that the code names, and counts in the proof of its day alone",
	},
	{
		Action: ActTieNetting, Chinese: "轧差结算", English: "tie a month's netting", About: []Subject{AboutMonth}, Roles: financial, Signed: true,
		Needs: []string{"partner"}, May: []string{"entry", "voucher"},
		Follows: "the month's net sum is settled by a bank entry or a voucher",
	},
	{
		Action: ActSettleAmount, Chinese: "金额已核实，继续办理", English: "amount settled, go on", About: aboutCase,
		Holds: []code.Hold{code.HoldAmountDiffers}, Roles: financial, Signed: true,
		Follows: "the case goes on from the state that it left; it moves no money",
	},
	{
		Action: ActAcceptDifference, Chinese: "核销差异", English: "accept the difference", About: []Subject{AboutDifference}, Roles: financial, Signed: true,
		Follows: "the difference is explained and closed; it moves no money",
	},
	{
		Action: ActIsGenuine, Chinese: "确认为对方所发", English: "it is the partner's", About: []Subject{AboutDifference}, Roles: financial, Signed: true,
		Follows: "the query about an account, which came unsigned, counts as a signed one: ours is answered, or theirs is",
	},
	{
		Action: ActAcceptClock, Chinese: "确认本机时钟无误", English: "the machine's clock is right", About: []Subject{AboutDifference}, Roles: Evidencing(), Signed: true,
		Follows: "once an officer of finance and another of 复核 have said so, payments go on although the machine's clock is not that of most other hosts",
	},
	{
		Action: ActMarkSent, Chinese: "认定已送达银行", English: "the bank has it", About: aboutFile, Roles: Evidencing(), Signed: true,
		Follows: "the payment file whose fate is not known counts as sent; the reason is the evidence",
	},
	{
		Action: ActMarkNotSent, Chinese: "认定未送达银行", English: "the bank never had it", About: aboutFile, Roles: Evidencing(), Signed: true,
		Follows: "the payment file is void and what it held is due again; refused while a file of its name stands in the drop",
	},
	{
		Action: ActReleaseFile, Chinese: "解除隔离，重新处理", English: "work it again", About: aboutFile, Roles: anybody, Signed: true,
		Follows: "the quarantined file is judged afresh by the next pass",
	},
	{
		Action: ActDismissFile, Chinese: "不予处理", English: "dismiss", About: aboutFile, Roles: anybody, Signed: true,
		Follows: "the file stays quarantined and is named no more",
	},
	{
		Action: ActResendFile, Chinese: "重新发送", English: "send again", About: aboutFile, Roles: business,
		Follows: "the same bytes are left in the partner's drop again",
	},
	{
		Action: ActApproveBatch, Chinese: "批准发出", English: "approve", About: aboutFile, Roles: business,
		Follows: "the batch leaves once as many officers have approved it as its kind asks for; they stand on it as clerk and checker",
	},
	{
		Action: ActReturnBatch, Chinese: "退回", English: "send back", About: aboutFile, Roles: business, May: []string{"case"},
		Follows: "the batch does not leave: the next night makes it anew, with what waits then; a case that is named is held and stays out until its hold is released",
	},
	{
		Action: ActAcceptProposal, Chinese: "同意不予转出", English: "accept the proposal", About: aboutCase, Side: Out,
		Holds: []code.Hold{code.HoldAwaitingRegistry}, Roles: business,
		Follows: "the letter is declined: nobody of that name is registered here",
	},
	{
		Action: ActRejectProposal, Chinese: "不同意不予转出", English: "reject the proposal", About: aboutCase, Side: Out,
		Holds: []code.Hold{code.HoldAwaitingRegistry}, Roles: business,
		Follows: "the case waits on for the registry, and is not proposed again",
	},
	{
		Action: ActReleaseHold, Chinese: "解除暂缓", English: "release the hold", About: aboutCase, Holds: Releasable(), Roles: anybody,
		Follows: "the case goes on from the state that it left; what the core refused is asked again",
	},
	{
		Action: ActAcceptLetter, Chinese: "同意受理", English: "accept the letter", About: aboutCase, Side: Out, States: letterHere,
		Holds: []code.Hold{code.HoldArrears, code.HoldPossibleDuplicate, code.HoldCertificateMissing}, Roles: business, May: []string{"personal_no"},
		Follows: "the letter is accepted in spite of what it was held for; nothing that would decline it is overruled",
	},
	{
		Action: ActDeclineLetter, Chinese: "不予转出", English: "decline the letter", About: aboutCase, Side: Out, States: letterHere, Roles: business,
		Needs: []string{"code"}, Follows: "the letter is declined with the code; the reason is told to the new place",
	},
	{
		Action: ActReturnApplication, Chinese: "退回补正", English: "return for supplement", About: aboutCase, Side: In, States: toAudit, Roles: business,
		Follows: "the application goes back for a supplement; the reason is told to the applicant",
	},
	{
		Action: ActRefuseApplication, Chinese: "不予受理", English: "refuse the application", About: aboutCase, Side: In, States: toAudit, Roles: business,
		Needs: []string{"code"}, Follows: "the application is refused with the code; the reason is told to the applicant",
	},
	{
		Action: ActWriteAgain, Chinese: "重新发函", English: "write again", About: aboutCase, Side: In, States: []State{Declined}, Roles: business,
		Follows: "the letter's next version goes out, which reopens the declined case at the old place",
	},
	{
		Action: ActAgreeVoid, Chinese: "同意作废", English: "agree to the annulment", About: aboutCase, Roles: business,
		Follows: "the partner is told, and every accepted posting is taken back",
	},
	{
		Action: ActRefuseVoid, Chinese: "不同意作废", English: "refuse the annulment", About: aboutCase, Roles: business,
		Follows: "the partner is told, and the case goes on",
	},
	{
		Action: ActTakeBack, Chinese: "撤回", English: "take back", About: revocable, Roles: anybody, Signed: true, May: []string{"entry", "day"},
		Follows: "until money has left because of it, a matched credit (entry) or the last decision is taken back, by a role that may decide it; " +
			"the credit belongs to nobody again, the case stands as it did or is held",
	},
}

// Revocable are the actions that can be taken back.
func Revocable() []string {
	return []string{ActMatch, ActSplit, ActConfirmAccount, ActAllowCap, ActReleaseHold, ActSettleAmount}
}

// Releasable are the reasons of a hold that an officer may end without money
// being settled: the others end by a decision of their own, or when what they
// wait for is here.
func Releasable() []code.Hold {
	return []code.Hold{code.HoldOfficersDecision, code.HoldRefusedByCore, code.HoldRefusedByPartner, code.HoldQueryOpen}
}

// Rules is the table of decisions.
func Rules() []Rule { return slices.Clone(rules) }

// Arguments lists what an action can be told, in the order of a decision's text.
func Arguments() []Term {
	return []Term{
		{"partner", "对方机构", "the partner's area code"},
		{"case", "办件", "number of the case, or of its letter"},
		{"part", "第几笔", "part of the remittance"},
		{"payment", "划款编号", "reference of a payment of ours"},
		{"to", "拆分", "letter:part=amount, several with commas"},
		{"day", "日期", "business date of payments, yyyy-mm-dd"},
		{"amount", "金额", "yuan"},
		{"entry", "银行流水", "key of a bank entry"},
		{"voucher", "凭证号", "number of a voucher"},
		{"account", "账号", "account number"},
		{"holder", "户名", "account holder"},
		{"bank", "开户行", "name of the bank"},
		{"cnaps", "行号", "bank's CNAPS"},
		{"code", "原因代码", "code of the reason"},
		{"personal_no", "个人编号", "personal number in our registry"},
	}
}

// Actions lists the actions, each once.
func Actions() (list []string) {
	for _, r := range rules {
		if !slices.Contains(list, r.Action) {
			list = append(list, r.Action)
		}
	}
	return list
}

// Word is the action's word in a language ("zh" or "en").
func (r Rule) Word(lang string) string { return Term{r.Action, r.Chinese, r.English}.Word(lang) }

// Tells lists what the action can be told, what it must be told first.
func (r Rule) Tells() []string { return append(slices.Clone(r.Needs), r.May...) }

// FindRule finds the rule on an action: of several, about different things, the first.
func FindRule(action string) (Rule, bool) { return RuleOf(Decision{Action: action}) }

// RuleOf finds the rule on a decision, by its action and by whether it names a day.
func RuleOf(d Decision) (Rule, bool) {
	for _, r := range rules {
		if r.Action == d.Action && (d.Args["day"] == "" || slices.Contains(r.About, AboutDay)) {
			return r, true
		}
	}
	return Rule{}, false
}

// Fits reports whether a case stands where the rule is allowed.
func (r Rule) Fits(c Case) bool {
	return (r.Side == "" || c.Side == r.Side) &&
		(r.States == nil || slices.Contains(r.States, c.Effective())) &&
		(r.Holds == nil || c.State == Held && slices.Contains(r.Holds, c.Hold))
}
