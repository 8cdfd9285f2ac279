package notice

import (
	"slices"
	"strings"

	"carryover/exchange/code"
)

// noticeWords are what a milestone's notice says: what happened, and what each
// recipient does next. Where the employer is not to read of amounts, there are
// words for the employer alone. A clause in [brackets], with one placeholder in it, is
// left out when what it names is not known. Placeholders:
//
//	{who}     您 · 贵单位职工某某 · 您代办的某某    {name}     the person's name
//	{here}    our name                          {partner}  the other agency's
//	{date}    the day                           {due}      until when
//	{reason}  why, in words                     {todo}     what to do about it
//	{amount}  yuan                              {months}   months of the form
//	{turn}    whose turn it is                  {account}  what became of the account, a clause
type noticeWords struct {
	milestone code.Milestone
	variant   string // "", or one of the variants below
	what      string
	employer  string // what the employer reads instead; "": the same
	next      nextWords
}

// nextWords are what each recipient does next, addressed to them.
type nextWords struct{ person, employer, proxy string }

// Variants of a milestone's words.
const (
	VariantHeirs   = "heirs"    // paid_to_person: the person has died
	VariantTooLate = "too_late" // delayed: a cancellation came too late
	variantHeld    = "held"     // delayed: of a held case
	variantOut     = "out"      // delayed: at the old place
	variantOutHeld = "out_held" // delayed: of a held case at the old place
	VariantArrears = "hold"     // arrears: the transfer waits for them
)

// Sentences that several milestones share.
const (
	nothingPerson    = "您目前不需要办理任何手续，有进展我们会再通知您。"
	nothingEmployer  = "贵单位目前不需要办理任何手续，有进展我们会再通知。"
	nothingProxy     = "您和本人目前都不需要办理任何手续，有进展我们会再通知您。"
	applyAgain       = "如果仍需转移，请重新提交申请。"
	applyAgainOthers = "如果本人仍需转移，请重新提交申请。"
)

// noticeTable is every milestone's words, one row per variant. A test holds it against the
// milestones of exchange/code.
func noticeTable() []noticeWords {
	nothing := nextWords{nothingPerson, nothingEmployer, nothingProxy}
	again := nextWords{applyAgain, applyAgainOthers, applyAgainOthers}
	todo := nextWords{"{todo}", "{todo}", "{todo}"}
	pay := nextWords{
		"请您或者原用人单位尽快到{here}补缴，缴清后补缴的月份可以随本次转移或者以后补充转移。",
		"请贵单位转告本人或者原用人单位尽快到{here}补缴，缴清后补缴的月份可以随本次转移或者以后补充转移。",
		"请您转告本人或者原用人单位尽快到{here}补缴，缴清后补缴的月份可以随本次转移或者以后补充转移。",
	}
	payFirst := nextWords{
		"请您或者原用人单位尽快到{here}补缴，缴清后转移会自动继续办理。",
		"请贵单位转告本人或者原用人单位尽快到{here}补缴，缴清后转移会自动继续办理。",
		"请您转告本人或者原用人单位尽快到{here}补缴，缴清后转移会自动继续办理。",
	}
	return []noticeWords{
		{code.MilestoneArrears, "", "{who}在{here}尚有欠费[{reason}]。", "{who}在{here}尚有欠费。", pay},
		{code.MilestoneArrears, VariantArrears, "{who}在{here}尚有欠费[{reason}]，转往{partner}的医保关系暂缓办理。", "{who}在{here}尚有欠费，转往{partner}的医保关系暂缓办理。", payFirst},
		{code.MilestoneAccepted, "", "{who}从{partner}转入的医保关系转移申请已于{date}受理，我们将向{partner}发出联系函[，按规定不晚于{due}]。", "", nothing},
		{code.MilestoneReturned, "", "{who}从{partner}转入的医保关系转移申请需要补正[：{reason}]。", "", nextWords{
			"请您[在{due}前]补齐材料后重新提交，可以到经办窗口，也可以在网上办理。",
			"请贵单位[在{due}前]补齐材料后重新提交，可以到经办窗口，也可以在网上办理。",
			"请您[在{due}前]补齐材料后重新提交，可以到经办窗口，也可以在网上办理。",
		}},
		{code.MilestoneRefused, "", "{who}从{partner}转入的医保关系转移申请不予受理，原因是{reason}。", "", todo},
		{code.MilestoneLetterSent, "", "我们已于{date}为{who}向{partner}发出联系函，请对方出具信息表并划转个人账户资金[，按规定对方答复应不晚于{due}]。", "", nothing},
		{code.MilestoneDelayed, "", "{who}从{partner}转入的医保关系转移没有按时办完[（应不晚于{due}）]，给您带来不便，请您谅解。目前需要{turn}。", "{who}从{partner}转入的医保关系转移没有按时办完[（应不晚于{due}）]，请予谅解。目前需要{turn}。", nothing},
		{code.MilestoneDelayed, variantHeld, "{who}从{partner}转入的医保关系转移没有按时办完[（应不晚于{due}）]，给您带来不便，请您谅解。目前暂缓办理，原因是{reason}。", "{who}从{partner}转入的医保关系转移没有按时办完[（应不晚于{due}）]，请予谅解。目前暂缓办理，原因是{reason}。", todo},
		{code.MilestoneDelayed, variantOut, "{who}转往{partner}的医保关系转移没有按时办完[（应不晚于{due}）]，给您带来不便，请您谅解。目前需要{turn}。", "{who}转往{partner}的医保关系转移没有按时办完[（应不晚于{due}）]，请予谅解。目前需要{turn}。", nothing},
		{code.MilestoneDelayed, variantOutHeld, "{who}转往{partner}的医保关系转移没有按时办完[（应不晚于{due}）]，给您带来不便，请您谅解。目前暂缓办理，原因是{reason}。", "{who}转往{partner}的医保关系转移没有按时办完[（应不晚于{due}）]，请予谅解。目前暂缓办理，原因是{reason}。", todo},
		{code.MilestoneDelayed, VariantTooLate, "{partner}已经受理转出，{who}的撤销申请不能办理，医保关系转移将继续进行。", "", nothing},
		{code.MilestoneDeclined, "", "{partner}于{date}答复，暂不能为{who}办理医保关系转出，原因是{reason}。", "", todo},
		{code.MilestoneFormReceived, "", "{partner}的信息表已于{date}收到，其中{who}的缴费年限{months}个月、个人账户资金{amount}元，我们正在核对。", "{partner}为{who}出具的信息表已于{date}收到，我们正在核对。", nothing},
		{code.MilestoneRelationDone, "", "{who}从{partner}转入的医保关系已于{date}接续，转入缴费年限{months}个月，可以在本地正常享受医保待遇；个人账户资金入账后另行通知。", "{who}从{partner}转入的医保关系已于{date}接续，可以在本地正常享受医保待遇。", nothing},
		{code.MilestoneMoneyWaiting, "", "因年终封账，{who}转往{partner}的个人账户资金{amount}元暂停拨付，封账结束后[（{due}起）]拨付。", "因年终封账，{who}转往{partner}的个人账户资金暂停拨付，封账结束后[（{due}起）]拨付。", nothing},
		{code.MilestoneMoneyReceived, "", "{who}的个人账户资金{amount}元已于{date}由{partner}划转到账，我们正在记入个人账户。", "{who}的个人账户资金已于{date}由{partner}划转到账，我们正在记入个人账户。", nothing},
		{code.MilestonePaidToPerson, "", "{who}的个人账户资金{amount}元不再转往{partner}，由我们直接支付给本人。", "{who}的个人账户资金不再转往{partner}，由我们直接支付给本人。", nextWords{
			"请您提供本人的银行账户，可以到经办窗口，也可以在网上办理；已经提供的，不需要再办理。",
			"请贵单位转告本人提供本人的银行账户；已经提供的，不需要再办理。",
			"请您协助本人提供其银行账户，可以到经办窗口，也可以在网上办理；已经提供的，不需要再办理。",
		}},
		{code.MilestonePaidToPerson, VariantHeirs, "{name}的个人账户资金不再转往{partner}，由我们支付给继承人。", "", nextWords{
			"请继承人带上本人身份证件、继承证明和银行账户信息到{here}办理；已经办理的，不需要再来。",
			"请贵单位转告家属，由继承人带上本人身份证件、继承证明和银行账户信息到{here}办理。",
			"请您转告家属，由继承人带上本人身份证件、继承证明和银行账户信息到{here}办理。",
		}},
		{code.MilestoneCompleted, "", "{who}从{partner}转入的医保关系已于{date}全部办结，转入缴费年限{months}个月，{account}。", "{who}从{partner}转入的医保关系已于{date}全部办结。", nextWords{
			"您不需要再办理任何手续，可以在本地正常享受医保待遇。",
			"贵单位不需要再办理任何手续。",
			"您和本人都不需要再办理任何手续。",
		}},
		{code.MilestoneCancelled, "", "{who}从{partner}转入的医保关系转移已于{date}撤销，缴费年限和个人账户资金都没有转移。", "", again},
	}
}

// noticeOf is the row of a milestone and variant. One that is missing is a fault of the
// program and panics.
func noticeOf(m code.Milestone, variant string) noticeWords {
	table := noticeTable()
	i := slices.IndexFunc(table, func(w noticeWords) bool { return w.milestone == m && w.variant == variant })
	return table[i]
}

// whatFor is what happened, as a recipient reads it.
func (w noticeWords) whatFor(r code.Recipient) string {
	if r == code.ToEmployer && w.employer != "" {
		return w.employer
	}
	return w.what
}

// nextFor is what a recipient does next.
func (w noticeWords) nextFor(r code.Recipient) string {
	switch r {
	case code.ToEmployer:
		return w.next.employer
	case code.ToProxy:
		return w.next.proxy
	}
	return w.next.person
}

// whoFor is the person as a recipient knows them.
func whoFor(r code.Recipient, name string) string {
	switch r {
	case code.ToEmployer:
		return "贵单位职工" + name
	case code.ToProxy:
		return "您代办的" + name
	}
	return "您"
}

// addressedTo turns words that ask the person to do something into words that ask a
// recipient to pass them on. It knows the phrases of HoldAdvice and DeclineAdvice; new ones
// there may need a pair here.
func addressedTo(r code.Recipient, text string) string {
	passOn := "请您转告本人"
	switch r {
	case code.ToPerson:
		return text
	case code.ToEmployer:
		passOn = "请贵单位转告本人"
	}
	return strings.NewReplacer(
		"请您或者用人单位先", passOn+"或者原用人单位先", "请您", passOn, "您或者用人单位", "本人或者原用人单位",
		"还没有您的信息，请先", "还没有其信息，"+passOn+"先", "您目前不需要", "目前不需要", "您不需要", "不需要",
		"需要与您联系，请保持电话畅通", "需要与本人联系，"+passOn+"保持电话畅通", "请提供收款人", passOn+"提供收款人", "请家属", "请转告家属",
	).Replace(text)
}
