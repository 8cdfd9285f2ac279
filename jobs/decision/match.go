package decision

import (
	"fmt"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// share is what of a credit belongs to a part of a case.
type share struct {
	caseNo string
	part   int
	amount money.Fen
}

// matchPlan plans to match a whole credit to a part of a case (SPEC 4): the
// first part unless the officer names another.
func matchPlan(d *office.Desk, e exchange.BankEntry, x exchange.Decision) (office.Plan, error) {
	part, err := parsePart(x.Args["part"])
	if err != nil {
		return office.Plan{}, err
	}
	c, err := creditedCase(d, x.Args["case"])
	if err != nil {
		return office.Plan{}, err
	}
	if err := takesMoney(d, c.No); err != nil {
		return office.Plan{}, err
	}
	return sharePlan(d, e, []share{{c.No, part, e.Amount}})
}

// splitPlan plans to divide a credit among parts: "letter:part=amount,…", the
// amounts in yuan. They must add up to the credit: what was left over would
// belong to nobody and have no entry of its own.
func splitPlan(d *office.Desk, e exchange.BankEntry, x exchange.Decision) (office.Plan, error) {
	shares, err := parseShares(d, x.Args["to"])
	if err != nil {
		return office.Plan{}, err
	}
	sum := money.Fen(0)
	for _, s := range shares {
		if err := takesMoney(d, s.caseNo); err != nil {
			return office.Plan{}, err
		}
		if sum, err = sum.Add(s.amount); err != nil {
			return office.Plan{}, err
		}
	}
	if sum != e.Amount {
		return office.Plan{}, office.Undecidable(fmt.Sprintf("各笔合计 %s，与流水 %s 不符", sum, e.Amount), "the shares do not add up to the credit")
	}
	return sharePlan(d, e, shares)
}

// parseShares reads the argument of a split.
func parseShares(d *office.Desk, to string) (shares []share, err error) {
	for _, text := range strings.Split(to, ",") {
		where, yuan, ok := strings.Cut(strings.TrimSpace(text), "=")
		letter, no, _ := strings.Cut(where, ":")
		if !ok {
			return nil, office.Undecidable("拆分应写作 联系函号:笔=金额", "write letter:part=amount, not "+text)
		}
		var s share
		if s.part, err = parsePart(no); err != nil {
			return nil, err
		}
		if s.amount, err = office.AmountOf(yuan); err != nil {
			return nil, err
		}
		c, err := creditedCase(d, letter)
		if err != nil {
			return nil, err
		}
		s.caseNo = c.No
		shares = append(shares, s)
	}
	return shares, nil
}

func parsePart(text string) (int, error) {
	if text == "" {
		return 1, nil
	}
	part, err := strconv.Atoi(text)
	if err != nil || part < 1 || part > 999 {
		return 0, office.Undecidable("第几笔 "+text+" 有误", "the part is a number from 1")
	}
	return part, nil
}

// creditedCase reads a case of ours as new place, by its number or its letter's.
func creditedCase(d *office.Desk, text string) (*office.Case, error) {
	c, err := decidedCase(d, text, exchange.Rule{Chinese: "认领", Side: exchange.In})
	if office.IsNotFound(err) {
		err = office.Undecidable("没有办件 "+text, "there is no such case")
	}
	return c, err
}

// takesMoney is exchange.ErrDecision for a case that has ended: its money is refunded.
func takesMoney(d *office.Desk, caseNo string) error {
	c, err := d.CaseByNo(caseNo)
	if err == nil && transfer.Ended(c.Case) {
		err = office.Undecidable("办件 "+c.No+" 不再收款，应予退款", "the case takes no money: pay it back")
	}
	return err
}

// sharePlan plans to credit the shares of an unmatched credit to their cases.
func sharePlan(d *office.Desk, e exchange.BankEntry, shares []share) (office.Plan, error) {
	if !e.Credit || e.State != exchange.EntryUnmatched {
		return office.Plan{}, office.Undecidable("该笔流水不是待认领的来款", "the entry is no credit that waits to be matched")
	}
	plan := office.Plan{}
	if len(shares) == 1 {
		plan.CaseNo = shares[0].caseNo
	}
	for _, s := range shares {
		c, err := d.CaseByNo(s.caseNo)
		if err != nil {
			return plan, err
		}
		plan.Effects = append(plan.Effects, d.Sayf("%s 认领到第 %d 笔：%s（%s %s）",
			"%s to part %d of %s (%s %s)", s.amount, s.part, c.No, c.LetterNo, identity.Mask(c.Person.IDNo)))
	}
	plan.Apply = func() error {
		for _, s := range shares {
			if err := creditShare(d, e, s, len(shares) > 1); err != nil {
				return err
			}
		}
		if err := d.CloseAbout(e); err != nil {
			return err
		}
		if len(shares) > 1 {
			return transfer.MarkMatched(d, e, "", 0) // an entry names one case at most
		}
		return transfer.MarkMatched(d, e, shares[0].caseNo, shares[0].part)
	}
	return plan, nil
}

// creditShare credits a share to its case. The case is read anew for each, for
// two shares may be of one case. Of a split credit the entry names no case, so
// the case's journal says where its money came from.
func creditShare(d *office.Desk, e exchange.BankEntry, s share, split bool) error {
	c, err := d.CaseByNo(s.caseNo)
	if err != nil {
		return err
	}
	if err := endAmountHold(c); err != nil {
		return err
	}
	part := e
	part.Amount = s.amount
	if err := transfer.AddToPart(c, part, s.part); err != nil || !split {
		return err
	}
	return c.Note("matched_by_officer", code.Text(e.Key), map[string]any{"part": s.part, "amount": s.amount.String()})
}

// endAmountHold ends a hold for an amount that differs, now that more money is
// matched; if the amounts still differ, transfer.Credit holds the case again.
func endAmountHold(c *office.Case) error {
	if c.State != exchange.Held || c.Hold != code.HoldAmountDiffers {
		return nil
	}
	if err := c.Resume(code.Say("matched-by-officer")); err != nil {
		return err
	}
	return c.Save()
}
