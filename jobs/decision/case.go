package decision

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/notice"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// parseDecline reads the code with which a letter is declined or an application
// refused, as code or as word in either language; exchange.ErrDecision for any
// other. That somebody has died is the registry's to say: it starts a payment
// to the heirs.
func parseDecline(text string) (code.Decline, error) {
	for _, e := range code.Declines() {
		if text != e.Code && text != e.Chinese && text != e.English {
			continue
		}
		if e.Code == string(code.DeclineDeceased) {
			return "", office.Undecidable("参保人死亡以参保登记信息为准，不由人工选定", "that the person has died is the registry's to say")
		}
		return code.Decline(e.Code), nil
	}
	return "", office.Undecidable("原因代码 "+text+" 不在清单中", "the code is not one of the list")
}

// acceptLetterPlan accepts a letter in spite of the hold: only what holds it is
// overruled, not what would decline it now, nor what the core would refuse. The
// person is looked up under the number that the officer gives, else under those
// of the letter and its certificate; several records need the officer's number.
func acceptLetterPlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	plan := office.Plan{CaseNo: c.No}
	letter, err := c.Letter()
	if err != nil {
		return plan, err
	}
	facts, err := transfer.LetterFacts(c, letter)
	if err != nil {
		return plan, err
	}
	opinion := exchange.JudgeLetter(letter, facts, c.RuleProfile())
	if opinion.Do == exchange.Refuse {
		return plan, office.Undecidable("现应不予转出："+c.InChinese(opinion.Text), "the letter would be declined now: "+opinion.Decline.Word(code.English))
	}
	numbers := []string{x.Args["personal_no"]}
	if numbers[0] == "" {
		numbers = []string{letter.OldPersonalNo}
		if facts.Certificate != nil {
			numbers = append(numbers, facts.Certificate.PersonalNo)
		}
	}
	record, several, ok := exchange.FindRecord(facts.Registry, letter.SchemeFrom, numbers...)
	switch {
	case !ok:
		return plan, office.Undecidable("参保登记中没有此人", "the registry does not hold the person")
	case x.Args["personal_no"] != "" && record.PersonalNo != x.Args["personal_no"]:
		return plan, office.Undecidable("此人没有个人编号 "+x.Args["personal_no"], "the person has no such personal number here")
	case several:
		return plan, office.Undecidable("此人有多条参保登记，须填写个人编号", "the registry holds the person several times: give the personal number")
	case record.Status != exchange.StatusStopped && record.Status != exchange.StatusRetired:
		return plan, office.Undecidable("该参保登记尚未停保或另有限制，业务系统不能终止",
			"the record's participation is not stopped: the core could not end it")
	}
	plan.Effects = []string{
		c.Sayf("不计“%s”予以受理，个人编号 %s", "accepted in spite of: %s; personal number %s", c.Hold.Word(c.CodeLang()), record.PersonalNo),
	}
	plan.Apply = func() error {
		// Only in the state that it was held in can the case move to accepted.
		if err := c.Resume(code.Text(x.Reason)); err != nil {
			return err
		}
		c.PersonalNo = record.PersonalNo
		if err := transfer.AcceptLetter(c, record); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// declineLetterPlan declines a letter with an officer's code; the reason is
// what the new place reads, cut to the 500 characters of the record's field.
func declineLetterPlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	plan := office.Plan{CaseNo: c.No}
	why, err := parseDecline(x.Args["code"])
	if err != nil {
		return plan, err
	}
	plan.Effects = []string{declineEffect(c, why)}
	plan.Apply = func() error {
		letter, err := c.Letter()
		if err != nil {
			return err
		}
		if err := closeProposal(c); err != nil {
			return err
		}
		if err := c.Resume(code.Text(x.Reason)); err != nil {
			return err
		}
		if err := transfer.DeclineLetter(c, exchange.Opinion{Do: exchange.Refuse, Decline: why, Text: code.Text(office.Clip(x.Reason, 500))}, letter); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

func declineEffect(c *office.Case, why code.Decline) string {
	return c.Sayf("不予转出：%s", "declined: %s", why.Word(c.CodeLang()))
}

// auditPlan ends the audit of an application by an officer: it is returned for
// a supplement, or refused with a code. The applicant is told the reason.
func auditPlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	plan := office.Plan{CaseNo: c.No, Effects: []string{c.Sayf("申请 %s 退回补正", "application %s is returned for a supplement", c.ApplicationNo)}}
	on, milestone, why, news := exchange.AuditReturned, code.MilestoneReturned, code.Decline(""), notice.News{Reason: x.Reason}
	if x.Action == exchange.ActRefuseApplication {
		var err error
		if why, err = parseDecline(x.Args["code"]); err != nil {
			return plan, err
		}
		on, milestone, news = exchange.AuditRefused, code.MilestoneRefused, notice.DeclineNews(why, x.Reason)
		plan.Effects = []string{c.Sayf("申请 %s 不予受理：%s", "application %s is refused: %s", c.ApplicationNo, why.Word(c.CodeLang()))}
	}
	plan.Apply = func() error {
		if err := c.Resume(code.Text(x.Reason)); err != nil {
			return err
		}
		c.Decline = why
		if err := transfer.RejectApplication(c, on, milestone, code.Text(x.Reason), news); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// writeAgainPlan sends the next version of a letter that the old place has
// declined; nothing but the version has changed.
func writeAgainPlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	plan := office.Plan{CaseNo: c.No, Effects: []string{
		c.Sayf("向%[3]s发出联系函 %[1]s 第 %[2]d 版", "letter %s version %d goes to %s", c.LetterNo, c.LetterVersion+1, c.PartyName(c.Partner)),
	}}
	if c.LetterNo == "" || c.Wish != exchange.WishNone {
		return plan, office.Undecidable("该办件没有联系函，或正在撤销", "the case has no letter, or is being cancelled")
	}
	plan.Apply = func() error {
		a, err := c.ApplicationInForce()
		if err != nil {
			return err
		}
		c.Decline = ""
		if err := transfer.IssueLetter(c, a); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// annulPlan answers the partner's proposal to annul a case (SPEC 2.11): agree or
// refuse. To agree needs money that can still be taken back (transfer.Voidable).
func annulPlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	plan := office.Plan{CaseNo: c.No}
	if c.Wish != exchange.WishAsked {
		return plan, office.Undecidable("对方没有待答复的作废提议", "the partner has proposed no annulment that is to be answered")
	}
	phase := code.PhaseRefuse
	if x.Action == exchange.ActAgreeVoid {
		phase = code.PhaseAgree
		if able, err := transfer.Voidable(c); err != nil || !able {
			if err != nil {
				return plan, err
			}
			return plan, office.Undecidable("当前不能作废：款项结果未定，或已付本人",
				"no annulment is possible: a payment's outcome is open, or the person has the money")
		}
	}
	plan.Effects = []string{c.Sayf("联系函 %s 作废：%s", "annulment of %s: %s", c.LetterNo, phase.Word(c.CodeLang()))}
	plan.Apply = func() error {
		// Annul judges an officer's answer as it does a record; a verdict other than
		// accepted is an error here, which undoes the decision with it.
		o, err := transfer.Annul(c.Desk, c, &formats.Cancellation{LetterNo: c.LetterNo, Phase: phase, Reason: office.Clip(x.Reason, 200)})
		if err == nil && o.Verdict != code.Accepted {
			err = office.Undecidable(o.Text, o.Code)
		}
		return err
	}
	return plan, nil
}

// releasePlan ends a hold: the case goes on in the state that it was held in.
// What the core refused is requested again under new numbers (RetryPostings,
// which resumes the case itself).
func releasePlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	to := c.Word(exchange.StateTerms(c.Side), string(c.HeldFrom))
	plan := office.Plan{CaseNo: c.No, Effects: []string{
		c.Sayf("%s：解除暂缓（%s），恢复为“%s”", "%s: from held (%s) to %s", c.No, c.Hold.Word(c.CodeLang()), to),
	}}
	plan.Apply = func() error {
		if c.Hold == code.HoldRefusedByCore {
			if err := transfer.RetryPostings(c, code.Text(x.Reason)); err != nil {
				return err
			}
			return c.Save()
		}
		if err := c.Resume(code.Text(x.Reason)); err != nil {
			return err
		}
		if err := transfer.Advance(c); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// rejudgeHeld judges a held case anew, now that an account was confirmed or a
// cap lifted; a case that is not held (any more) needs none and stays as it is.
// It is opened again, for the plan may be older than a savepoint that was undone.
func rejudgeHeld(d *office.Desk, caseNo string) error {
	c, err := d.CaseByNo(caseNo)
	if err != nil || c.State != exchange.Held {
		return err
	}
	return transfer.Rejudge(c)
}
