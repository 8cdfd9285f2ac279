package notice

import (
	"carryover/exchange"
	"carryover/exchange/code"
)

// TurnWords is, for every row of the table of owners and limits (exchange.Turn.Key), what
// comes next, as it is said on the phone; a test holds the two tables together. {partner}
// stands for the other agency.
func TurnWords() map[string]string {
	return map[string]string{
		"in_held":               "由我们跟进处理",
		"in_held_finance":       "由我们的财务人员核对金额和收款账户",
		"in_held_partner":       "由{partner}答复我们的查询",
		"in_money_to_refund":    "由我们的财务人员退还已到账的资金",
		"in_money_without_form": "由{partner}出具信息表",
		"in_applied":            "由我们审核申请",
		"in_returned":           "需要您补齐材料",
		"in_accepted":           "由我们向{partner}发出联系函",
		"in_requested":          "由{partner}核对参保记录，出具信息表并划转个人账户资金",
		"in_form_differs":       "由我们与{partner}核对信息表",
		"in_money_differs":      "由我们的财务人员与{partner}核对到账金额",
		"in_posting":            "由我们的业务系统登记入账",
		"in_form_received":      "由我们核对信息表",
		"in_form_without_money": "由{partner}划转个人账户资金",
		"in_money_received":     "由我们的财务人员核对到账资金",
		"in_money_matched":      "由我们的业务系统把资金记入个人账户",
		"in_undoing":            "由我们的业务系统撤销入账",
		"in_closing":            "由我们办结",
		"out_held":              "由我们跟进处理",
		"out_held_again":        "由我们向银行核实原款项没有付出，再重新付款",
		"out_payee_missing":     "需要您提供收款账户",
		"out_held_person":       "需要您先办理有关手续",
		"out_held_finance":      "由我们的财务人员核对金额、账户或限额",
		"out_held_partner":      "由{partner}答复我们的查询",
		"out_requested":         "由我们审核{partner}的联系函",
		"out_ended":             "由我们的业务系统清算个人账户",
		"out_returned":          "由{partner}确认收款账户，然后我们重新付款",
		"out_void_returned":     "由我们的财务人员处理退回的款项",
		"out_unknown":           "由我们的财务人员向银行查明付款结果",
		"out_due":               "由我们的财务人员办理付款",
		"out_ordered":           "由我们的财务人员复核并提交付款",
		"out_submitted":         "由银行付款",
		"out_accepted":          "由我们的业务系统终止参保关系并清算个人账户",
		"out_liquidated":        "由我们向{partner}发出信息表",
		"out_form_refused":      "由我们更正被退回的信息表后重新发出",
		"out_form_queued":       "由我们向{partner}发出信息表",
		"out_form_sent":         "由{partner}确认收到信息表",
		"out_settled":           "由{partner}办理入账并通知我们办结",
		"out_completion":        "由{partner}办理入账并通知我们办结",
	}
}

// ClockAnswer is the code of the legal limit for the old place's answer.
const ClockAnswer = "answer"

// ClockWords is, for every legal limit, who has to do what, as it is said on the phone by
// the agency of that side.
func ClockWords(side exchange.Side) map[string]string {
	answer := "{partner}答复"
	if side == exchange.Out {
		answer = "我们出具信息表并提交付款"
	}
	return map[string]string{
		"letter":    "我们发出联系函",
		ClockAnswer: answer,
		"close":     "缴费年限和个人账户资金入账、办结",
		"months":    "缴费年限接续办结",
		"account":   "个人账户资金入账",
	}
}

// HoldReasons are reasons of a hold whose fixed word is not for the public: it names our
// systems, or raises a suspicion.
func HoldReasons() map[code.Hold]string {
	return map[code.Hold]string{
		code.HoldAwaitingRegistry:     "还没有核实到参保登记信息",
		code.HoldAwaitingCore:         "业务系统还没有返回结果",
		code.HoldAccountNotRegistered: "收款账户还没有核实登记",
		code.HoldPossibleDuplicate:    "需要核实身份信息",
		code.HoldCap:                  "付款金额较大，需要审核",
		code.HoldOfficersDecision:     "需要人工审核",
		code.HoldQueryOpen:            "向对方的查询还没有答复",
		code.HoldPayeeMissing:         "还没有领款人的银行账户",
		code.HoldFundsClosed:          "年终封账，暂停拨款",
		code.HoldAmountDiffers:        "两地的金额需要核对",
		code.HoldRefusedByCore:        "业务系统没有受理，需要核实",
		code.HoldRefusedByPartner:     "对方退回了我们的材料",
	}
}

// declineReasons are reasons of a decline whose fixed word does not follow "the
// reason is".
func declineReasons() map[code.Decline]string {
	return map[code.Decline]string{
		code.DeclineOther:    "有关情况需要进一步核实",
		code.DeclineMilitary: "军人医保按军地规定办理",
	}
}

// nothingToDo ends what is said when only we or others have something to do.
const nothingToDo = "您目前不需要办理手续。"

// HoldAdvice is what the caller must do about a hold, in whole sentences. {partner} and {old}
// stand for the other agency and the old place.
func HoldAdvice(side exchange.Side) map[code.Hold]string {
	advice := map[code.Hold]string{
		code.HoldAwaitingRegistry:     "我们正在核实参保登记信息，" + nothingToDo,
		code.HoldAwaitingCore:         "我们的业务系统正在处理，" + nothingToDo,
		code.HoldAccountNotRegistered: "我们正在核实收款账户，" + nothingToDo,
		code.HoldArrears:              "请您或者用人单位先补缴欠费，缴清后会自动继续办理。",
		code.HoldPossibleDuplicate:    "我们正在核对身份信息，可能需要与您联系，请保持电话畅通。",
		code.HoldCap:                  "付款金额较大，需要负责人审核，" + nothingToDo,
		code.HoldOfficersDecision:     "需要经办负责人审核决定，" + nothingToDo,
		code.HoldQueryOpen:            "我们正在等待{partner}答复查询，" + nothingToDo,
		code.HoldPayeeMissing:         "请提供收款人的身份证件和银行账户，收到后我们安排付款。",
		code.HoldFundsClosed:          "年终封账期间暂停付款，开账后自动付款，" + nothingToDo,
		code.HoldAmountDiffers:        "我们正在与{partner}核对金额，" + nothingToDo,
		code.HoldStillParticipating:   "请您先在{old}办理停保手续，停保信息更新后会自动继续办理。",
		code.HoldCertificateMissing:   "请您提供参保凭证；遗失的，可以向{old}申请补发。",
		code.HoldInHospitalOrFrozen:   "请您出院并结清医疗费用，或者先解除账户冻结，之后会自动继续办理。",
		code.HoldRefusedByCore:        "我们正在处理业务系统提示的问题，可能需要与您联系，请保持电话畅通。",
		code.HoldRefusedByPartner:     "我们正在更正{partner}退回的材料，" + nothingToDo,
		code.HoldPaymentReturned:      "前一次付款没有成功，我们正在与银行核对，核对后重新付款，" + nothingToDo,
	}
	if side == exchange.In {
		advice[code.HoldAwaitingRegistry] = "我们的参保登记中还没有您的信息，请先在本地办理参保登记；已经办理的，登记信息更新后会自动继续办理。"
	}
	return advice
}

// DeclineAdvice is what the caller must do about a decline or a refusal, in whole sentences.
// {old} stands for the old place, {again} for how to apply again.
func DeclineAdvice() map[code.Decline]string {
	return map[code.Decline]string{
		code.DeclineNotFound:                "请您提供{old}的参保凭证或者个人编号，核对后{again}。",
		code.DeclineStillParticipating:      "请您先在{old}办理停保，办好后{again}。",
		code.DeclineArrears:                 "请您或者用人单位先在{old}补缴欠费，缴清后{again}。",
		code.DeclineAlreadyTransferred:      "请您核实此前转到了哪里，再向那里申请转移。",
		code.DeclineNameOrIDDiffers:         "请您带上身份证件核对姓名和证件号码；用过其他姓名或号码的，请一并提供证明，然后{again}。",
		code.DeclineAccountFrozen:           "请您向{old}了解账户冻结的原因，解除冻结后{again}。",
		code.DeclineInHospital:              "请您出院并结清医疗费用后{again}。",
		code.DeclineOtherPlaceFirst:         "请您确认要转往哪里；如果要改转，请先在先受理的地方撤销申请。",
		code.DeclineSameArea:                "同一统筹区内不需要转移，请直接办理区内变更。",
		code.DeclineOutOfScope:              "按规定，这种情况不办理转移，您不需要再提交申请。",
		code.DeclineDeceased:                "个人账户余额由{old}支付给继承人，请家属带上证明材料与{old}联系。",
		code.DeclineSameYearResident:        "请在下一年度直接在新参保地参保，不需要办理转移。",
		code.DeclineCertificateVoid:         "请您向{old}申请补发参保凭证，之后{again}。",
		code.DeclineReceivingAccountMissing: "收款账户登记好以后会重新发函，" + nothingToDo,
		code.DeclineMilitary:                "请按军人退役医疗保险的规定办理，可以向退役军人事务部门咨询。",
		code.DeclineWithdrawn:               "如果仍需转移，请{again}。",
		code.DeclineOther:                   "请按说明的情况处理，需要时我们可以协助与对方联系。",
	}
}
