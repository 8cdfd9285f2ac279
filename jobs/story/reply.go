package story

import (
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// reply is one Chinese paragraph to read out on the phone to the person whom
// a case is about: where it stands, whose turn it is, until when, and what the
// caller must do. It names no ID number and no account.
func reply(o *office.Office, c exchange.Case, s *Case) string {
	parts := []string{greeting(c, s), status(c, s)}
	if step := nextStep(o, c, s); step != "" {
		parts = append(parts, step)
	}
	return strings.Join(append(parts, MustDo(c, s)), "")
}

// greeting names the person, the direction and the state.
func greeting(c exchange.Case, s *Case) string {
	state := phoneWord(exchange.StateTerms(c.Side), string(c.State))
	if c.Side == exchange.In {
		return fmt.Sprintf("您好，%s从%s转入本地的医保关系，目前的进度是“%s”。", c.Person.Name, s.PartnerName, state)
	}
	return fmt.Sprintf("您好，%s由我处转往%s的医保关系，目前的进度是“%s”。", c.Person.Name, s.PartnerName, state)
}

// phoneWord is a code's Chinese word, whatever the agency's language is.
func phoneWord(list []exchange.Term, code string) string { return exchange.TermOf(list, code).Chinese }

// status says in a sentence or two what state the case is in, and since when.
func status(c exchange.Case, s *Case) string {
	switch {
	case c.State == exchange.Held:
		return fmt.Sprintf("从%s开始暂缓，原因是%s。", notice.SpokenDate(c.HeldOn), notice.HoldReason(c.Hold))
	case c.Side == exchange.In:
		return statusIn(c, s)
	}
	return statusOut(c, s)
}

// statusIn is the status of a case as the new place tells it.
func statusIn(c exchange.Case, s *Case) string {
	switch c.State {
	case exchange.Applied:
		return fmt.Sprintf("申请已于%s收到，还没有审核完。", notice.SpokenDate(c.OpenedOn))
	case exchange.Returned:
		return fmt.Sprintf("申请于%s退回补正%s。", notice.SpokenDate(c.StateSince), reasonPhrase(s.Reason))
	case exchange.Refused:
		return fmt.Sprintf("申请不予受理，原因是%s。", declinedBecause(c, s))
	case exchange.Accepted:
		return fmt.Sprintf("申请已于%s受理，联系函还没有发出。", notice.SpokenDate(c.AcceptedOn))
	case exchange.Requested:
		text := fmt.Sprintf("联系函已于%s发往%s，信息表还没有收到", notice.SpokenDate(c.LetterOn), s.PartnerName)
		if c.MoneyTrack != exchange.MoneyNone {
			text += "，资金已先到账"
		}
		return text + "。"
	case exchange.Declined:
		return fmt.Sprintf("%s于%s答复暂不能转出，原因是%s。", s.PartnerName, notice.SpokenDate(c.StateSince), declinedBecause(c, s))
	case exchange.Completed:
		return completed(c, s)
	case exchange.Cancelled, exchange.Void:
		return withdrawn(c)
	}
	text := fmt.Sprintf("%s的信息表已于%s收到%s；%s。", s.PartnerName, notice.SpokenDate(c.FormOn), formPhrase(c.FormTrack), moneyPhraseIn(c.MoneyTrack))
	if c.State == exchange.RelationDone {
		return "缴费年限已经在本地接续，可以正常享受待遇。" + text
	}
	return text
}

// formPhrase is the form's track, as the end of a clause about its coming.
func formPhrase(t exchange.FormTrack) string {
	switch t {
	case exchange.FormDiffers:
		return "，但与我们掌握的情况有出入"
	case exchange.FormChecked:
		return "，核对一致"
	case exchange.FormPosted:
		return "，缴费年限已经入账"
	}
	return "，正在核对"
}

func moneyPhraseIn(t exchange.MoneyTrack) string {
	return map[exchange.MoneyTrack]string{
		exchange.MoneyNone: "个人账户资金还没有到账", exchange.MoneyReceived: "个人账户资金已经到账，正在核对",
		exchange.MoneyMatched: "个人账户资金已经到账并核对一致", exchange.MoneyDiffers: "个人账户到账金额与信息表不一致",
		exchange.MoneyNotDue: "个人账户没有资金需要通过银行划转", exchange.MoneyPosted: "个人账户资金已经入账",
	}[t]
}

// completed says what was carried over, summed over the current version of every
// form: a supplement adds to its form, a correction replaces it.
func completed(c exchange.Case, s *Case) string {
	months, overlap, credited, toPerson := 0, 0, money.Fen(0), false
	for _, f := range s.Forms {
		if !f.Current {
			continue
		}
		months += f.MonthsCredited
		overlap += f.MonthsOverlapping
		toPerson = toPerson || f.Money == exchange.MoneyPAIDTOPERSON
		credited = money.Clamped(credited, f.Credited)
	}
	text := fmt.Sprintf("已于%s全部办结，转入缴费年限%d个月", notice.SpokenDate(c.ClosedOn), months)
	if overlap > 0 {
		text += fmt.Sprintf("（另有%d个月本地已有记录，不重复计算）", overlap)
	}
	switch {
	case credited > 0:
		text += "，个人账户转入" + credited.String() + "元"
	case toPerson:
		text += "，个人账户余额由" + s.PartnerName + "直接支付给本人"
	default:
		text += "，个人账户没有余额转入"
	}
	return text + "。"
}

// statusOut is the status of a case as the old place tells it.
func statusOut(c exchange.Case, s *Case) string {
	switch c.State {
	case exchange.Requested:
		return fmt.Sprintf("%s的联系函已于%s收到，还没有受理。", s.PartnerName, notice.SpokenDate(c.LetterOn))
	case exchange.Declined:
		return fmt.Sprintf("我处已于%s答复不予转出，原因是%s。", notice.SpokenDate(c.StateSince), declinedBecause(c, s))
	case exchange.Accepted:
		return fmt.Sprintf("联系函已于%s受理，正在终止参保关系并清算个人账户。", notice.SpokenDate(c.AcceptedOn))
	case exchange.Ended:
		return "参保关系已经终止，正在清算个人账户。"
	case exchange.Liquidated:
		return fmt.Sprintf("个人账户已经清算，信息表还没有发出，%s。", moneyPhraseOut(c.MoneyTrack))
	case exchange.Answered:
		return fmt.Sprintf("信息表已于%s发往%s，%s。", notice.SpokenDate(c.FormOn), s.PartnerName, moneyPhraseOut(c.MoneyTrack))
	case exchange.Confirmed:
		return fmt.Sprintf("%s已于%s通知办结，%s。", s.PartnerName, notice.SpokenDate(c.ClosedOn), moneyPhraseOut(c.MoneyTrack))
	}
	return withdrawn(c)
}

// withdrawn is what is said of a case that ended without a transfer.
func withdrawn(c exchange.Case) string {
	if c.State == exchange.Void {
		return fmt.Sprintf("经两地协商一致，这次转移已于%s作废，没有转走缴费年限和资金。", notice.SpokenDate(c.StateSince))
	}
	return fmt.Sprintf("这次转移已于%s撤销，没有转走缴费年限和资金。", notice.SpokenDate(c.StateSince))
}

func moneyPhraseOut(t exchange.MoneyTrack) string {
	return map[exchange.MoneyTrack]string{
		exchange.MoneyDue: "个人账户资金正在安排付款", exchange.MoneyOrdered: "个人账户付款已经制单", exchange.MoneyReleased: "个人账户付款已经复核",
		exchange.MoneySubmitted: "个人账户付款已经提交银行", exchange.MoneyUnknown: "个人账户付款的结果正在向银行查询",
		exchange.MoneySettled: "个人账户资金已经付讫", exchange.MoneyReturned: "个人账户资金被银行退回，需要重新付款",
		exchange.MoneyNotDue: "没有个人账户资金需要通过银行划转",
	}[t]
}

// nextStep says whose turn it is and until when; nothing when it is nobody's. The
// legal limit, where one runs, is told by itself: it may be another's.
func nextStep(o *office.Office, c exchange.Case, s *Case) string {
	if s.Turn == nil {
		return ""
	}
	text := "接下来" + strings.ReplaceAll(notice.TurnWords()[s.Turn.Key], "{partner}", s.PartnerName)
	legal := s.Limit != nil && !s.Limit.Stopped
	if !legal && s.Turn.Due != 0 {
		text += "，一般不晚于" + deadline(s.Turn.Due, s.Turn.Left, s.Turn.Provisional, s.Turn.Owner)
	}
	text += "。"
	switch {
	case legal:
		owner := exchange.OwnerStaff
		if c.Side == exchange.In && s.Limit.Clock == notice.ClockAnswer {
			owner = exchange.OwnerPartner
		}
		clock := strings.ReplaceAll(notice.ClockWords(c.Side)[s.Limit.Clock], "{partner}", s.PartnerName)
		text += "按规定，" + clock + "应不晚于" + deadline(s.Limit.Due, s.Limit.Left, s.Limit.Provisional, owner) + "。"
	case s.Limit != nil:
		text += fmt.Sprintf("暂缓期间，规定的办理时限停止计算，恢复办理后还有%d个工作日。", s.Limit.Left)
	}
	return text
}

// deadline is a due date as it is read out, how far away it is, and what we do
// about one that has passed.
func deadline(due calendar.Date, left int, provisional bool, owner exchange.Owner) string {
	text := notice.SpokenDate(due)
	switch {
	case left < 0:
		return text + fmt.Sprintf("，现已超过%d个工作日，%s", -left, overduePhrase(owner))
	case left == 0:
		text += "，也就是今天"
	default:
		text += fmt.Sprintf("，还有%d个工作日", left)
	}
	if provisional {
		text += "（这一年的放假安排尚未公布，日期可能调整）"
	}
	return text
}

// overduePhrase is what we do about a limit that has passed.
func overduePhrase(o exchange.Owner) string {
	switch o {
	case exchange.OwnerPartner, exchange.OwnerBank:
		return "很抱歉让您久等了，我们正在催办"
	case exchange.OwnerPerson:
		return "请尽快办理"
	}
	return "很抱歉让您久等了，我们正在抓紧办理"
}

// MustDo is what the caller must do.
func MustDo(c exchange.Case, s *Case) string {
	text := "您目前不需要办理任何手续，有进展我们会通知您。"
	switch {
	case c.Wish != exchange.WishNone:
		text = "撤销正在与对方确认，您不需要办理其他手续，有结果我们会通知您。"
	case c.State == exchange.Held:
		text = notice.HoldAdvice(c.Side)[c.Hold]
	case c.State == exchange.Returned:
		text = "请您补齐材料后重新提交，可以到经办窗口，也可以在网上办理。"
	case c.State == exchange.Declined, c.State == exchange.Refused:
		text = notice.DeclineAdvice()[c.Decline]
	case c.State == exchange.Completed:
		text = "您不需要再办理任何手续。"
	case c.State == exchange.Confirmed && s.Turn == nil:
		text = "转移已经完成，您不需要再办理任何手续，以后的医保待遇请向新参保地咨询。"
	case c.State == exchange.Cancelled, c.State == exchange.Void:
		text = "如果仍需转移，请重新提交申请。"
	}
	old, again := "原参保地", "重新提交申请"
	if c.Side == exchange.Out {
		old, again = "我处", "请新参保地重新发函"
	}
	return strings.NewReplacer("{partner}", s.PartnerName, "{old}", old, "{again}", again).Replace(text)
}

// declinedBecause is a decline's or refusal's reason, with what was written about
// it when that says more: another place's words are quoted as theirs. Numbers that
// identify people are masked.
func declinedBecause(c exchange.Case, s *Case) string {
	if c.Side == exchange.In && c.State == exchange.Declined {
		return notice.ReasonWith(notice.DeclineReason(c.Decline), notice.PartnerQuote, s.Because)
	}
	return notice.ReasonWith(notice.DeclineReason(c.Decline), "", s.Because)
}

// reasonPhrase is a reason as the end of a clause, numbers masked; empty for none.
func reasonPhrase(reason string) string {
	if reason == "" {
		return ""
	}
	return "，原因是" + strings.TrimRight(identity.MaskIn(reason), "。")
}
