package jobs

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
)

// businessCourse is what a decision about a case comes to that moves no money
// by itself.
func (c *casework) businessCourse(x exchange.Decision) (course, error) {
	switch x.Action {
	case exchange.ActAcceptLetter:
		return c.acceptLetterCourse(x)
	case exchange.ActDeclineLetter:
		return c.declineLetterCourse(x)
	case exchange.ActReturnApplication, exchange.ActRefuseApplication:
		return c.auditCourse(x)
	case exchange.ActWriteAgain:
		return c.writeAgainCourse(x)
	case exchange.ActAgreeVoid, exchange.ActRefuseVoid:
		return c.annulCourse(x)
	}
	return course{}, fmt.Errorf("%w: %s", exchange.ErrDecision, x.Action)
}

// declineArg reads the code with which a letter is declined or an application
// refused, as code or as word. That somebody has died is the registry's to
// say: it starts a payment to the heirs.
func declineArg(text string) (code.Decline, error) {
	for _, e := range code.Declines() {
		if text != e.Code && text != e.Chinese && text != e.English {
			continue
		}
		if e.Code == string(code.DeclineDeceased) {
			return "", cannot("参保人死亡以参保登记信息为准，不由人工选定", "that the person has died is the registry's to say")
		}
		return code.Decline(e.Code), nil
	}
	return "", cannot("原因代码 "+text+" 不在清单中", "the code is not one of the list")
}

// acceptLetterCourse accepts a letter in spite of what it is held for: what
// would decline it now is not overruled, nor what the core would refuse.
func (c *casework) acceptLetterCourse(x exchange.Decision) (course, error) {
	way := course{caseNo: c.No}
	letter, err := c.tx.Letter(c.LetterNo, c.LetterVersion)
	if err != nil {
		return way, err
	}
	facts, err := c.letterFacts(letter)
	if err != nil {
		return way, err
	}
	opinion := exchange.JudgeLetter(letter, facts, c.rules())
	if opinion.Do == exchange.Refuse {
		return way, cannot("现应不予转出："+opinion.Text, "the letter would be declined now: "+opinion.Decline.Word(code.English))
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
		return way, cannot("参保登记中没有此人", "the registry does not hold the person")
	case x.Args["personal_no"] != "" && record.PersonalNo != x.Args["personal_no"]:
		return way, cannot("此人没有个人编号 "+x.Args["personal_no"], "the person has no such personal number here")
	case several:
		return way, cannot("此人有多条参保登记，须填写个人编号", "the registry holds the person several times: give the personal number")
	case record.Status != exchange.StatusStopped && record.Status != exchange.StatusRetired:
		return way, cannot("该参保登记尚未停保或另有限制，业务系统不能终止", "the record's participation is not stopped: the core could not end it")
	}
	way.comesTo = []string{c.sayf("不计“%s”予以受理，个人编号 %s", "accepted in spite of: %s; personal number %s", c.Hold.Word(c.codeLang()), record.PersonalNo)}
	way.take = func() error {
		if err := c.release(x.Reason); err != nil {
			return err
		}
		c.PersonalNo = record.PersonalNo
		if err := c.acceptLetter(record); err != nil {
			return err
		}
		return c.save()
	}
	return way, nil
}

// declineLetterCourse declines a letter with an officer's code; the reason is
// what the new place reads.
func (c *casework) declineLetterCourse(x exchange.Decision) (course, error) {
	way := course{caseNo: c.No}
	why, err := declineArg(x.Args["code"])
	if err != nil {
		return way, err
	}
	way.comesTo = []string{c.declinedWords(why)}
	way.take = func() error {
		letter, err := c.tx.Letter(c.LetterNo, c.LetterVersion)
		if err != nil {
			return err
		}
		if err := c.closeProposal(); err != nil {
			return err
		}
		if err := c.release(x.Reason); err != nil {
			return err
		}
		if err := c.decline(exchange.Opinion{Do: exchange.Refuse, Decline: why, Text: clip(x.Reason, 500)}, letter); err != nil {
			return err
		}
		return c.save()
	}
	return way, nil
}

func (c *casework) declinedWords(why code.Decline) string {
	return c.sayf("不予转出：%s", "declined: %s", why.Word(c.codeLang()))
}

// closeProposal ends the proposal to decline a case, if there is one.
func (c *casework) closeProposal() error {
	p, err := c.proposal()
	if err != nil || p == nil {
		return err
	}
	return c.tx.CloseDifference(p.ID)
}

// auditCourse ends the audit of an application by an officer: it is returned
// for a supplement, or refused.
func (c *casework) auditCourse(x exchange.Decision) (course, error) {
	way := course{caseNo: c.No, comesTo: []string{c.sayf("申请 %s 退回补正", "application %s is returned for a supplement", c.ApplicationNo)}}
	on, milestone, why, told := exchange.AuditReturned, code.MilestoneReturned, code.Decline(""), news{reason: x.Reason}
	if x.Action == exchange.ActRefuseApplication {
		var err error
		if why, err = declineArg(x.Args["code"]); err != nil {
			return way, err
		}
		on, milestone, told = exchange.AuditRefused, code.MilestoneRefused, declineNews(why, x.Reason)
		way.comesTo = []string{c.sayf("申请 %s 不予受理：%s", "application %s is refused: %s", c.ApplicationNo, why.Word(c.codeLang()))}
	}
	way.take = func() error {
		if err := c.release(x.Reason); err != nil {
			return err
		}
		c.Decline = why
		if err := c.end(on, milestone, x.Reason, told); err != nil {
			return err
		}
		return c.save()
	}
	return way, nil
}

// writeAgainCourse sends the next version of a letter that the old place has
// declined; nothing but the version has changed.
func (c *casework) writeAgainCourse(x exchange.Decision) (course, error) {
	way := course{caseNo: c.No, comesTo: []string{c.sayf("向%[3]s发出联系函 %[1]s 第 %[2]d 版", "letter %s version %d goes to %s", c.LetterNo, c.LetterVersion+1, c.partyName(c.Partner))}}
	if c.LetterNo == "" || c.Wish != exchange.WishNone {
		return way, cannot("该办件没有联系函，或正在撤销", "the case has no letter, or is being cancelled")
	}
	way.take = func() error {
		a, err := c.lodgement()
		if err != nil {
			return err
		}
		c.Decline = ""
		if err := c.issueLetter(a); err != nil {
			return err
		}
		return c.save()
	}
	return way, nil
}

// annulCourse answers the partner's proposal to annul a case.
func (c *casework) annulCourse(x exchange.Decision) (course, error) {
	way := course{caseNo: c.No}
	if c.Wish != exchange.WishAsked {
		return way, cannot("对方没有待答复的作废提议", "the partner has proposed no annulment that is to be answered")
	}
	phase := code.PhaseRefuse
	if x.Action == exchange.ActAgreeVoid {
		phase = code.PhaseAgree
		if able, err := c.voidable(); err != nil || !able {
			if err != nil {
				return way, err
			}
			return way, cannot("当前不能作废：款项结果未定，或已付本人", "no annulment is possible: a payment's outcome is open, or the person has the money")
		}
	}
	way.comesTo = []string{c.sayf("联系函 %s 作废：%s", "annulment of %s: %s", c.LetterNo, phase.Word(c.codeLang()))}
	way.take = func() error {
		o, err := c.annul(c, &formats.Cancellation{LetterNo: c.LetterNo, Phase: phase, Reason: clip(x.Reason, 200)})
		if err == nil && o.verdict != code.Accepted {
			err = cannot(o.text, o.code)
		}
		return err
	}
	return way, nil
}
