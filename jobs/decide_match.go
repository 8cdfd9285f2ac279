package jobs

import (
	"fmt"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
)

// claim is what of a credit belongs to a part of a case.
type claim struct {
	caseNo string
	part   int
	amount money.Fen
}

// matchCourse ties a credit to a part of a case.
func (d *desk) matchCourse(e exchange.BankEntry, x exchange.Decision) (course, error) {
	part, err := partArg(x.Args["part"])
	if err != nil {
		return course{}, err
	}
	c, err := d.matchable(x.Args["case"])
	if err != nil {
		return course{}, err
	}
	return d.shareCourse(e, []claim{{c.No, part, e.Amount}})
}

// splitCourse divides a credit among parts: "letter:part=amount,…".
func (d *desk) splitCourse(e exchange.BankEntry, x exchange.Decision) (course, error) {
	var shares []claim
	sum := money.Fen(0)
	for _, text := range strings.Split(x.Args["to"], ",") {
		where, yuan, ok := strings.Cut(strings.TrimSpace(text), "=")
		letter, no, _ := strings.Cut(where, ":")
		if !ok {
			return course{}, cannot("拆分应写作 联系函号:笔=金额", "write letter:part=amount, not "+text)
		}
		part, err := partArg(no)
		if err != nil {
			return course{}, err
		}
		amount, err := amountOf(yuan)
		if err != nil {
			return course{}, err
		}
		c, err := d.matchable(letter)
		if err != nil {
			return course{}, err
		}
		if sum, err = sum.Add(amount); err != nil {
			return course{}, err
		}
		shares = append(shares, claim{c.No, part, amount})
	}
	if sum != e.Amount {
		return course{}, cannot(fmt.Sprintf("各笔合计 %s，与流水 %s 不符", sum, e.Amount), "the shares do not add up to the credit")
	}
	return d.shareCourse(e, shares)
}

func partArg(text string) (int, error) {
	if text == "" {
		return 1, nil
	}
	part, err := strconv.Atoi(text)
	if err != nil || part < 1 || part > 999 {
		return 0, cannot("第几笔 "+text+" 有误", "the part is a number from 1")
	}
	return part, nil
}

// matchable finds a case that can take money, by its number or its letter's.
func (d *desk) matchable(text string) (*casework, error) {
	c, err := d.decidedCase(text, exchange.Ruling{Chinese: "认领", Side: exchange.In})
	switch {
	case notFound(err):
		return nil, cannot("没有办件 "+text, "there is no such case")
	case err != nil:
		return nil, err
	case ended(c.Case):
		return nil, cannot("办件 "+c.No+" 不再收款，应予退款", "the case takes no money: pay it back")
	}
	return c, nil
}

func (d *desk) shareCourse(e exchange.BankEntry, shares []claim) (course, error) {
	if !e.Credit || e.State != exchange.EntryUnmatched {
		return course{}, cannot("该笔流水不是待认领的来款", "the entry is no credit that waits to be matched")
	}
	way := course{}
	if len(shares) == 1 {
		way.caseNo = shares[0].caseNo
	}
	for _, s := range shares {
		c, err := d.caseNo(s.caseNo)
		if err != nil {
			return way, err
		}
		way.comesTo = append(way.comesTo, d.sayf("%s 认领到第 %d 笔：%s（%s %s）", "%s to part %d of %s (%s %s)", s.amount, s.part, c.No, c.LetterNo, identity.Mask(c.Person.IDNo)))
	}
	way.take = func() error {
		for _, s := range shares {
			c, err := d.caseNo(s.caseNo)
			if err != nil {
				return err
			}
			if err := d.dropMoneyHold(c); err != nil {
				return err
			}
			one := e
			one.Amount = s.amount
			if err := c.credit(one, s.part); err != nil {
				return err
			}
			if len(shares) > 1 {
				if err := c.note("matched_by_officer", e.Key, map[string]any{"part": s.part, "amount": s.amount.String()}); err != nil {
					return err
				}
			}
		}
		if err := d.closeAbout("money", e.Key); err != nil {
			return err
		}
		if err := d.closeAbout("proposal", e.Key); err != nil {
			return err
		}
		if len(shares) > 1 {
			return d.matched(e, "", 0)
		}
		return d.matched(e, shares[0].caseNo, shares[0].part)
	}
	return way, nil
}

// dropMoneyHold ends a hold because of the credit that is matched now; if the
// amounts still differ, the case is held again.
func (d *desk) dropMoneyHold(c *casework) error {
	if c.State != exchange.Held || c.Hold != code.HoldAmountDiffers {
		return nil
	}
	if err := c.release("来款已由经办人员认领"); err != nil {
		return err
	}
	return c.save()
}

// proposalCourse accepts or rejects the proposal to decline a letter about
// somebody whom the registry does not hold.
func (c *casework) proposalCourse(x exchange.Decision) (course, error) {
	way := course{caseNo: c.No}
	proposal, err := c.proposal()
	if err != nil {
		return way, err
	}
	if proposal == nil {
		return way, cannot("该办件没有待决定的“查无此人”建议", "no decline is proposed for the case")
	}
	accept := x.Action == exchange.ActAcceptProposal
	way.comesTo = []string{c.say("办件继续等待参保登记信息", "the case waits on for the registry")}
	if accept {
		way.comesTo = []string{c.declinedWords(code.DeclineNotFound)}
	}
	way.take = func() error {
		if err := c.tx.CloseDifference(proposal.ID); err != nil || !accept {
			return err
		}
		letter, err := c.tx.Letter(c.LetterNo, c.LetterVersion)
		if err != nil {
			return err
		}
		if err := c.release(x.Reason); err != nil {
			return err
		}
		o := exchange.Opinion{Do: exchange.Refuse, Decline: code.DeclineNotFound, Text: "本机构参保信息中查无此人"}
		if err := c.decline(o, letter); err != nil {
			return err
		}
		return c.save()
	}
	return way, nil
}

// proposal is the open one to decline the case's letter; nil: there is none.
func (c *casework) proposal() (*exchange.Difference, error) {
	open, err := c.tx.DifferencesAbout("proposal", c.LetterNo)
	for i := range open {
		if open[i].CaseNo == c.No {
			return &open[i], err
		}
	}
	return nil, err
}

// rejectedProposal reports whether an officer has rejected the proposal to
// decline a case's current letter.
func (d *desk) rejectedProposal(c exchange.Case) (bool, error) {
	all, err := d.tx.DecisionsAbout(c.No, exchange.ActRejectProposal)
	for _, x := range all {
		if x.On >= c.LetterOn {
			return true, err
		}
	}
	return false, err
}
