package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// DeclineLetter declines a letter as the old place, with the code of an opinion.
// The case is not over: a next version of the letter reopens it. A person who has
// died is declined too, but the account is liquidated and paid to the heirs (SPEC
// 2.7): once, however many letters ask. Without a personal number there is no
// account to liquidate.
func DeclineLetter(c *office.Case, o exchange.Opinion, letter exchange.Letter) error {
	c.Decline = o.Decline
	if err := c.Move(exchange.LetterDeclined, code.Say("declined", string(o.Decline), o.Text), nil); err != nil {
		return err
	}
	rec := formats.Decline{
		LetterNo: c.LetterNo, LetterVersion: c.LetterVersion, Echo: letter.Echo, Code: o.Decline, Text: c.InChinese(o.Text), DeclinedOn: c.Date,
	}
	if err := c.SendOrHold(c.Partner, c.No, &rec); err != nil {
		return err
	}
	if o.Decline != code.DeclineDeceased || c.PersonalNo == "" {
		return nil
	}
	if done, err := deathLiquidated(c); err != nil || done {
		return err
	}
	if err := requestEndAndDebit(c, "参保人死亡，清算个人账户"); err != nil {
		return err
	}
	return notice.Notify(c, code.MilestonePaidToPerson, notice.News{Variant: notice.VariantHeirs})
}

// deathLiquidated reports whether the core was asked already, for this case or
// another one of the person, to end and debit because of the person's death; what
// it refused does not count.
func deathLiquidated(c *office.Case) (bool, error) {
	cases, err := c.Tx.CasesByPerson(c.Person.IDKey)
	if err != nil {
		return false, err
	}
	for _, other := range cases {
		if other.Side != exchange.Out || other.Decline != code.DeclineDeceased {
			continue
		}
		postings, err := c.OpenCase(other).Postings()
		if err != nil {
			return false, err
		}
		for _, p := range postings {
			if p.State == exchange.PostingQueued || p.State == exchange.PostingDone {
				return true, nil
			}
		}
	}
	return false, nil
}

// Decline works the record of a decline at the new place, and notifies the person
// of the reason. One for an older letter version is journaled and changes nothing:
// the old place answers the newer one too.
func Decline(d *office.Desk, rec *formats.Decline) (office.Outcome, error) {
	c, o, err := caseAnswered(d, rec.LetterNo, rec.LetterVersion)
	if c == nil || err != nil {
		return o, err
	}
	why := code.Say("declined", string(rec.Code), code.Text(rec.Text))
	if rec.LetterVersion < c.LetterVersion {
		return office.Accepted(), c.Note("decline_of_older_letter", why, nil)
	}
	if c.Effective() != exchange.Requested {
		return office.Refused(code.NotAllowedInState, "letter_no", "办件当前状态不接收此通知 / no decline is expected now"), nil
	}
	if err := c.Resume(code.Say("partner-answered")); err != nil {
		return office.Outcome{}, err
	}
	c.Decline = rec.Code
	if err := c.Move(exchange.DeclineArrived, why, nil); err != nil {
		return office.Outcome{}, err
	}
	if err := notice.Notify(c, code.MilestoneDeclined, notice.PartnersNews(rec.Code, rec.Text)); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), c.Save()
}
