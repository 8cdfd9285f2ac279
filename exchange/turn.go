package exchange

// Owner says whose turn it is.
type Owner string

// The owners of a turn.
const (
	OwnerStaff   Owner = "staff"   // 经办
	OwnerFinance Owner = "finance" // 财务
	OwnerCore    Owner = "core"    // 业务系统
	OwnerBank    Owner = "bank"    // 银行
	OwnerPartner Owner = "partner" // 对方经办机构
	OwnerPerson  Owner = "person"  // 参保人
)

// OwnerTerms lists the owners with the words that staff see.
func OwnerTerms() []Term {
	return []Term{
		{"staff", "本方经办", "our office"},
		{"finance", "本方财务", "our finance"},
		{"core", "业务系统", "core"},
		{"bank", "银行", "bank"},
		{"partner", "对方经办机构", "the partner"},
		{"person", "参保人", "the person"},
	}
}

// Turn is a row of the table of owners and limits: where a case stands, who
// acts next, within how many working days since it came to stand there. Empty
// lists match every value; the first row that matches is the case's.
type Turn struct {
	Key    string // name of the limit in the configuration
	Side   Side
	States []State
	Forms  []FormTrack
	Monies []MoneyTrack
	Owner  Owner
	WD     int
	Since  string // state | form | money: which column's date the limit counts from
	Wait   Term   // what is waited for
}

// Turns is the table of owners and limits with its default limits; every
// non-final case has a row, which a test proves from the allowed triples.
func Turns() []Turn {
	return append(turnsIn(), turnsOut()...)
}

func turnsIn() []Turn {
	closing := []State{Answered, PostingState, RelationDone}
	return []Turn{
		{"in_held", In, []State{Held}, nil, nil, OwnerStaff, 5, "state", Term{"", "暂缓原因消除", "the reason of the hold to end"}},
		{"in_applied", In, []State{Applied}, nil, nil, OwnerStaff, 5, "state", Term{"", "审核申请", "the application to be audited"}},
		{"in_returned", In, []State{Returned}, nil, nil, OwnerPerson, 20, "state", Term{"", "补正材料", "the supplement"}},
		{"in_accepted", In, []State{Accepted}, nil, nil, OwnerStaff, 5, "state", Term{"", "发出联系函", "the contact letter to be sent"}},
		{"in_requested", In, []State{Requested}, nil, nil, OwnerPartner, 20, "state", Term{"", "对方信息表", "the information form"}},
		{"in_form_differs", In, closing, []FormTrack{FormDiffers}, nil, OwnerStaff, 5, "form", Term{"", "核对信息表差异", "the form's difference to be settled"}},
		{"in_money_differs", In, closing, nil, []MoneyTrack{MoneyDiffers}, OwnerFinance, 5, "money", Term{"", "核对到账差额", "the difference in money to be settled"}},
		{"in_posting", In, []State{PostingState}, nil, nil, OwnerCore, 5, "state", Term{"", "业务系统入账结果", "the core's posting result"}},
		{"in_form_received", In, closing, []FormTrack{FormReceived}, nil, OwnerStaff, 5, "form", Term{"", "核对信息表", "the form to be checked"}},
		{"in_form_without_money", In, closing, nil, []MoneyTrack{MoneyNone}, OwnerPartner, 20, "form", Term{"", "对方划转资金", "the partner's remittance"}},
		{"in_money_received", In, closing, nil, []MoneyTrack{MoneyReceived}, OwnerFinance, 5, "money", Term{"", "核对到账资金", "the money to be matched"}},
		{"in_money_matched", In, closing, nil, []MoneyTrack{MoneyMatched}, OwnerCore, 5, "money", Term{"", "个人账户入账", "the account to be credited"}},
		{"in_closing", In, closing, nil, nil, OwnerStaff, 5, "state", Term{"", "办结", "the case to be closed"}},
	}
}

func turnsOut() []Turn {
	paid := []MoneyTrack{MoneySettled, MoneyNotDue}
	paying := []State{Answered, Confirmed, Liquidated, Accepted, Declined}
	return []Turn{
		{"out_held", Out, []State{Held}, nil, nil, OwnerStaff, 5, "state", Term{"", "暂缓原因消除", "the reason of the hold to end"}},
		{"out_requested", Out, []State{Requested}, nil, nil, OwnerStaff, 5, "state", Term{"", "受理联系函", "the letter to be judged"}},
		{"out_ended", Out, []State{Ended}, nil, nil, OwnerCore, 5, "state", Term{"", "业务系统清算结果", "the core's debit"}},
		{"out_returned", Out, paying, nil, []MoneyTrack{MoneyReturned}, OwnerPartner, 5, "money", Term{"", "对方确认收款账户", "the partner's account"}},
		{"out_unknown", Out, paying, nil, []MoneyTrack{MoneyUnknown}, OwnerFinance, 1, "money", Term{"", "查明付款结果", "the payment's outcome"}},
		{"out_due", Out, paying, nil, []MoneyTrack{MoneyDue}, OwnerFinance, 5, "money", Term{"", "制单", "the payment to be made up"}},
		{"out_ordered", Out, paying, nil, []MoneyTrack{MoneyOrdered, MoneyReleased}, OwnerFinance, 2, "money", Term{"", "复核并提交", "the payment to be released"}},
		{"out_submitted", Out, paying, nil, []MoneyTrack{MoneySubmitted}, OwnerBank, 3, "money", Term{"", "银行付讫", "the bank to settle"}},
		{"out_accepted", Out, []State{Accepted}, nil, nil, OwnerCore, 5, "state", Term{"", "业务系统终止参保和清算", "the core's end and debit"}},
		{"out_liquidated", Out, []State{Liquidated}, nil, nil, OwnerStaff, 2, "state", Term{"", "发出信息表", "the form to be sent"}},
		{"out_form_refused", Out, []State{Answered}, []FormTrack{FormRefused}, nil, OwnerStaff, 5, "form", Term{"", "处理被退回的信息表", "the refused form to be mended"}},
		{"out_form_queued", Out, []State{Answered}, []FormTrack{FormQueued}, nil, OwnerStaff, 2, "form", Term{"", "发出信息表", "the form to be sent"}},
		{"out_form_sent", Out, []State{Answered}, []FormTrack{FormSent}, nil, OwnerPartner, 5, "form", Term{"", "对方回执", "the partner's receipt"}},
		{"out_settled", Out, []State{Answered}, nil, paid, OwnerPartner, 25, "money", Term{"", "对方办结通知", "the partner's completion"}},
	}
}

// TurnOf returns the row of a table that says whose turn a case is; ok is
// false for a final case on which nothing is open.
func TurnOf(table []Turn, c Case) (t Turn, ok bool) {
	for _, t := range table {
		if t.Side == c.Side && (len(t.States) == 0 || contains(t.States, c.State)) &&
			(len(t.Forms) == 0 || contains(t.Forms, c.FormTrack)) &&
			(len(t.Monies) == 0 || contains(t.Monies, c.MoneyTrack)) {
			return t, true
		}
	}
	return Turn{}, false
}
