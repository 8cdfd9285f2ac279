package exchange

// Side says which of the two agencies a case is seen from.
type Side string

// The two sides of a transfer.
const (
	In  Side = "in"  // transfer-in 转入: we are the new place
	Out Side = "out" // transfer-out 转出: we are the old place
)

// State is the first of a case's three columns.
type State string

// The states of SPEC 3. In and Out cases share the words that both use.
const (
	Applied      State = "applied"
	Returned     State = "returned"
	Refused      State = "refused"
	Accepted     State = "accepted"
	Requested    State = "requested"
	Answered     State = "answered"
	PostingState State = "posting"
	RelationDone State = "relation_done"
	Completed    State = "completed"
	Declined     State = "declined"
	Held         State = "held"
	Cancelled    State = "cancelled"
	Void         State = "void"
	Ended        State = "ended"
	Liquidated   State = "liquidated"
	Confirmed    State = "confirmed"
)

// FormTrack is the second column: where the information form is.
type FormTrack string

// The form tracks of SPEC 3; a case shows that of its least advanced form.
const (
	FormNone      FormTrack = "none"
	FormReceived  FormTrack = "received"
	FormDiffers   FormTrack = "differs"
	FormChecked   FormTrack = "checked"
	FormPosted    FormTrack = "posted"
	FormQueued    FormTrack = "queued"
	FormSent      FormTrack = "sent"
	FormRefused   FormTrack = "refused"
	FormDelivered FormTrack = "delivered"
)

// MoneyTrack is the third column: where the remittance is.
type MoneyTrack string

// The money tracks of SPEC 3; a case shows that of its least advanced part.
// An Out case whose account is not liquidated yet has MoneyNotDue: nothing
// is due so far.
const (
	MoneyNone      MoneyTrack = "none"
	MoneyReceived  MoneyTrack = "received"
	MoneyMatched   MoneyTrack = "matched"
	MoneyDiffers   MoneyTrack = "differs"
	MoneyNotDue    MoneyTrack = "not_due"
	MoneyPosted    MoneyTrack = "posted"
	MoneyDue       MoneyTrack = "due"
	MoneyOrdered   MoneyTrack = "ordered"
	MoneyReleased  MoneyTrack = "released"
	MoneySubmitted MoneyTrack = "submitted"
	MoneyUnknown   MoneyTrack = "unknown"
	MoneySettled   MoneyTrack = "settled"
	MoneyReturned  MoneyTrack = "returned"
)

// Term is a word with its two languages, as staff see it.
type Term struct{ Code, Chinese, English string }

// Word returns the term in a language ("zh" or "en").
func (t Term) Word(lang string) string {
	if lang == "en" {
		return t.English
	}
	return t.Chinese
}

// StateTerms lists the states of a side with the words of SPEC 3.
func StateTerms(side Side) []Term {
	if side == In {
		return []Term{
			{"applied", "已申请", "applied"},
			{"returned", "退回补正", "returned for supplement"},
			{"refused", "不予受理", "refused"},
			{"accepted", "已受理", "accepted"},
			{"requested", "联系函已发", "letter sent"},
			{"answered", "信息表已收", "form received"},
			{"posting", "入账中", "posting"},
			{"relation_done", "关系已办结", "relation done"},
			{"completed", "已办结", "completed"},
			{"declined", "对方不予转出", "declined by the old place"},
			{"held", "暂缓办理", "held"},
			{"cancelled", "已撤销", "cancelled"},
			{"void", "已作废", "void"},
		}
	}
	return []Term{
		{"requested", "联系函已收", "letter received"},
		{"held", "暂缓办理", "held"},
		{"declined", "不予转出", "declined"},
		{"accepted", "已受理", "accepted"},
		{"ended", "已终止参保", "participation ended"},
		{"liquidated", "已清算", "liquidated"},
		{"answered", "信息表已发", "form sent"},
		{"confirmed", "对方已办结", "confirmed by the new place"},
		{"cancelled", "已撤销", "cancelled"},
		{"void", "已作废", "void"},
	}
}

// FormTerms lists the form tracks of a side, least advanced first.
func FormTerms(side Side) []Term {
	if side == In {
		return []Term{
			{"none", "未到", "not here"},
			{"received", "已收待核", "received"},
			{"differs", "不符", "differs"},
			{"checked", "核对一致", "checked"},
			{"posted", "已入账", "posted"},
		}
	}
	return []Term{
		{"none", "未出具", "not issued"},
		{"refused", "对方退回", "refused by partner"},
		{"queued", "待发", "queued"},
		{"sent", "已发待回执", "sent"},
		{"delivered", "对方已收", "delivered"},
	}
}

// MoneyTerms lists the money tracks of a side, least advanced first.
func MoneyTerms(side Side) []Term {
	if side == In {
		return []Term{
			{"none", "未到账", "not here"},
			{"differs", "金额不符", "amount differs"},
			{"received", "到账待核", "received"},
			{"matched", "核对一致", "matched"},
			{"posted", "已入账", "posted"},
			{"not_due", "无需划转", "nothing due"},
		}
	}
	return []Term{
		{"returned", "退汇", "returned"},
		{"due", "待制单", "due"},
		{"ordered", "已制单待复核", "ordered"},
		{"released", "已复核", "released"},
		{"unknown", "结果待查", "outcome unknown"},
		{"submitted", "已提交银行", "submitted"},
		{"settled", "已付讫", "settled"},
		{"not_due", "无需划转", "nothing due"},
	}
}

// TermOf finds a code's term in a list; an unknown code is its own word.
func TermOf(list []Term, code string) Term {
	for _, t := range list {
		if t.Code == code {
			return t
		}
	}
	return Term{code, code, code}
}

// Final reports whether a state is one of those in which a side's work ends.
// Declined, completed and confirmed can be reopened by a later letter, form or
// registry record; and a track may still be open (see TurnOf).
func (s State) Final(side Side) bool {
	switch s {
	case Declined, Cancelled, Void:
		return true
	case Refused, Completed:
		return side == In
	case Confirmed:
		return side == Out
	}
	return false
}
