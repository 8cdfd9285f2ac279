package exchange

import (
	"slices"

	"carryover/exchange/code"
)

// Owner says whose turn it is.
type Owner string

// The owners of a turn.
const (
	OwnerStaff   Owner = "staff"   // 经办
	OwnerFinance Owner = "finance" // 财务
	OwnerChecker Owner = "checker" // 复核
	OwnerAudit   Owner = "audit"   // 审计
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
		{"checker", "本方复核", "our checker"},
		{"audit", "本方审计", "our auditor"},
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
	Key    string // name of the limit in the configuration, unique
	Side   Side
	States []State
	Forms  []FormTrack
	Monies []MoneyTrack
	Holds  []code.Hold // of a held case: why it is held
	Owner  Owner
	WD     int
	Since  string // state | form | money: the column whose last change the limit counts from
	Wait   Term   // what is waited for; its Code is empty
}

// Turns is the table of owners and limits with its default limits; every
// non-final case has a row, and every final one with an open track, which a
// test proves from the allowed triples.
func Turns() []Turn { return append(turnsIn(), turnsOut()...) }

func turnsIn() []Turn {
	held := []State{Held}
	before := []State{Applied, Returned, Accepted, Requested, Completed}
	closing := []State{Answered, PostingState, RelationDone}
	ended := []State{Refused, Declined, Cancelled, Void}
	unexplained := []MoneyTrack{MoneyReceived, MoneyDiffers}
	unposted := []MoneyTrack{MoneyReceived, MoneyDiffers, MoneyMatched}
	finance := []code.Hold{code.HoldAmountDiffers, code.HoldAccountNotRegistered, code.HoldCap}
	partner := []code.Hold{code.HoldQueryOpen, code.HoldPaymentReturned}
	return []Turn{
		{"in_held_finance", In, held, nil, nil, finance, OwnerFinance, 5, "state", Term{"", "核对金额、限额或登记收款账户", "the amount, a cap or our account to be settled"}},
		{"in_held_partner", In, held, nil, nil, partner, OwnerPartner, 5, "state", Term{"", "对方答复", "the partner's answer"}},
		{"in_held", In, held, nil, nil, nil, OwnerStaff, 5, "state", Term{"", "暂缓原因消除", "the reason of the hold to end"}},
		{"in_money_to_refund", In, ended, nil, unposted, nil, OwnerFinance, 10, "money", Term{"", "退还已到账资金", "the money received to be paid back"}},
		{"in_money_without_form", In, before, nil, unexplained, nil, OwnerPartner, 10, "money", Term{"", "对方信息表（资金已到）", "the information form, its money is here"}},
		{"in_applied", In, []State{Applied}, nil, nil, nil, OwnerStaff, 5, "state", Term{"", "审核申请", "the application to be audited"}},
		{"in_returned", In, []State{Returned}, nil, nil, nil, OwnerPerson, 20, "state", Term{"", "补正材料", "the supplement"}},
		{"in_accepted", In, []State{Accepted}, nil, nil, nil, OwnerStaff, 5, "state", Term{"", "发出联系函", "the contact letter to be sent"}},
		{"in_requested", In, []State{Requested}, nil, nil, nil, OwnerPartner, 20, "state", Term{"", "对方信息表", "the information form"}},
		{"in_form_differs", In, closing, []FormTrack{FormDiffers}, nil, nil, OwnerStaff, 5, "form", Term{"", "核对信息表差异", "the form's difference to be settled"}},
		{"in_money_differs", In, closing, nil, []MoneyTrack{MoneyDiffers}, nil, OwnerFinance, 5, "money", Term{"", "核对到账差额", "the difference in money to be settled"}},
		{"in_form_received", In, closing, []FormTrack{FormReceived}, nil, nil, OwnerStaff, 5, "form", Term{"", "核对信息表", "the form to be checked"}},
		{"in_money_received", In, closing, nil, []MoneyTrack{MoneyReceived}, nil, OwnerFinance, 5, "money", Term{"", "核对到账资金", "the money to be matched"}},
		{"in_undoing", In, []State{Completed}, nil, []MoneyTrack{MoneyMatched}, nil, OwnerCore, 5, "money", Term{"", "业务系统撤销入账", "the core to undo the credit"}},
		{"in_posting", In, []State{PostingState}, nil, nil, nil, OwnerCore, 5, "state", Term{"", "业务系统入账结果", "the core's posting result"}},
		{"in_form_without_money", In, closing, nil, []MoneyTrack{MoneyNone}, nil, OwnerPartner, 20, "form", Term{"", "对方划转资金", "the partner's remittance"}},
		{"in_money_matched", In, closing, nil, []MoneyTrack{MoneyMatched}, nil, OwnerCore, 5, "money", Term{"", "个人账户入账", "the account to be credited"}},
		{"in_closing", In, closing, nil, nil, nil, OwnerStaff, 5, "state", Term{"", "办结", "the case to be closed"}},
	}
}

func turnsOut() []Turn {
	held := []State{Held}
	paying := []State{Declined, Accepted, Liquidated, Answered, Confirmed}
	form := []State{Answered, Confirmed}
	payee := []code.Hold{code.HoldPayeeMissing}
	person := []code.Hold{code.HoldStillParticipating, code.HoldArrears, code.HoldCertificateMissing, code.HoldInHospitalOrFrozen}
	finance := []code.Hold{code.HoldAmountDiffers, code.HoldAccountNotRegistered, code.HoldCap, code.HoldFundsClosed}
	partner := []code.Hold{code.HoldQueryOpen}
	again := []code.Hold{code.HoldPaymentReturned}
	return []Turn{
		{"out_payee_missing", Out, held, nil, nil, payee, OwnerPerson, 20, "state", Term{"", "领款人账户", "the payee's account"}},
		{"out_held_person", Out, held, nil, nil, person, OwnerPerson, 5, "state", Term{"", "参保人办理停保、补缴等事项", "the person to stop, pay up or bring what is missing"}},
		{"out_held_finance", Out, held, nil, nil, finance, OwnerFinance, 5, "state", Term{"", "核对金额、账户或限额", "the amount, account or cap to be settled"}},
		{"out_held_again", Out, held, nil, nil, again, OwnerFinance, 3, "state", Term{"", "银行对账单证明前次付款未成", "the bank's statement to show that the payment failed"}},
		{"out_held_partner", Out, held, nil, nil, partner, OwnerPartner, 5, "state", Term{"", "对方答复", "the partner's answer"}},
		{"out_held", Out, held, nil, nil, nil, OwnerStaff, 5, "state", Term{"", "暂缓原因消除", "the reason of the hold to end"}},
		{"out_requested", Out, []State{Requested}, nil, nil, nil, OwnerStaff, 5, "state", Term{"", "受理联系函", "the letter to be judged"}},
		{"out_ended", Out, []State{Ended}, nil, nil, nil, OwnerCore, 5, "state", Term{"", "业务系统清算结果", "the core's debit"}},
		{"out_unknown", Out, paying, nil, []MoneyTrack{MoneyUnknown}, nil, OwnerFinance, 1, "money", Term{"", "查明付款结果", "the payment's outcome"}},
		{"out_void_returned", Out, []State{Void}, nil, []MoneyTrack{MoneyReturned}, nil, OwnerFinance, 5, "money", Term{"", "处理作废办件的退汇", "the payment that came back, of an annulled case"}},
		{"out_returned", Out, paying, nil, []MoneyTrack{MoneyReturned}, nil, OwnerPartner, 5, "money", Term{"", "对方确认收款账户", "the partner's account"}},
		{"out_due", Out, paying, nil, []MoneyTrack{MoneyDue}, nil, OwnerFinance, 5, "money", Term{"", "制单", "the payment to be made up"}},
		{"out_ordered", Out, paying, nil, []MoneyTrack{MoneyOrdered, MoneyReleased}, nil, OwnerFinance, 2, "money", Term{"", "复核并提交", "the payment to be released"}},
		{"out_submitted", Out, paying, nil, []MoneyTrack{MoneySubmitted}, nil, OwnerBank, 3, "money", Term{"", "银行付讫", "the bank to settle"}},
		{"out_accepted", Out, []State{Accepted}, nil, nil, nil, OwnerCore, 5, "state", Term{"", "业务系统终止参保和清算", "the core's end and debit"}},
		{"out_liquidated", Out, []State{Liquidated}, nil, nil, nil, OwnerStaff, 2, "state", Term{"", "发出信息表", "the form to be sent"}},
		{"out_form_refused", Out, form, []FormTrack{FormRefused}, nil, nil, OwnerStaff, 5, "form", Term{"", "处理被退回的信息表", "the refused form to be mended"}},
		{"out_form_queued", Out, form, []FormTrack{FormQueued}, nil, nil, OwnerStaff, 2, "form", Term{"", "发出信息表", "the form to be sent"}},
		{"out_form_sent", Out, form, []FormTrack{FormSent}, nil, nil, OwnerPartner, 5, "form", Term{"", "对方回执", "the partner's receipt"}},
		{"out_settled", Out, []State{Answered}, nil, []MoneyTrack{MoneySettled}, nil, OwnerPartner, 25, "money", Term{"", "对方办结通知", "the partner's completion"}},
		{"out_completion", Out, []State{Answered}, nil, []MoneyTrack{MoneyNotDue}, nil, OwnerPartner, 25, "state", Term{"", "对方办结通知", "the partner's completion"}},
	}
}

// TurnOf returns the row of a table that says whose turn a case is; ok is
// false for a final case on which nothing is open.
func TurnOf(table []Turn, c Case) (t Turn, ok bool) {
	for _, t := range table {
		if t.Side == c.Side && matches(t.States, c.State) && matches(t.Forms, c.FormTrack) &&
			matches(t.Monies, c.MoneyTrack) && matches(t.Holds, c.Hold) {
			return t, true
		}
	}
	return Turn{}, false
}

func matches[T comparable](list []T, x T) bool { return len(list) == 0 || slices.Contains(list, x) }
