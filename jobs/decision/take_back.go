package decision

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/bank"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// takeBackPlan plans to take back the match of a credit, whoever made it, or the last
// decision about a case or credit, until money has left because of it. README.md says
// what cannot be taken back, and why.
func takeBackPlan(d *office.Desk, s subject, x exchange.Decision) (office.Plan, error) {
	if s.c == nil && s.entry.State == exchange.EntryMatched && s.entry.Credit {
		return matchBackPlan(d, s.entry, x)
	}
	if key := x.Args["entry"]; s.c != nil && key != "" {
		e, err := d.Tx.BankEntry(key)
		if office.IsNotFound(err) || err == nil && (e.CaseNo != s.c.No || !e.Credit) {
			return office.Plan{}, office.Undecidable("流水 "+key+" 没有认领到该办件", "the entry is not matched to the case")
		}
		if err != nil {
			return office.Plan{}, err
		}
		return matchBackPlan(d, e, x)
	}
	standing, err := d.Standing(s.no)
	if err != nil {
		return office.Plan{}, err
	}
	if s.kind == exchange.AboutDay && s.day.Gone > s.day.Most {
		return office.Plan{}, office.Undecidable("据此款项已离开本方："+s.day.Gone.String(), "money has left because of it: "+s.day.Gone.String())
	}
	if len(standing) > 0 {
		return decisionBackPlan(d, s, standing[len(standing)-1], x)
	}
	if s.c != nil && s.c.State == exchange.Held && s.c.Hold == code.HoldAmountDiffers {
		e, err := surplus(s.c)
		if err != nil {
			return office.Plan{}, err
		}
		if e != nil {
			return matchBackPlan(d, *e, x)
		}
	}
	return office.Plan{}, office.Undecidable("没有可以撤回的决定；撤回认领须给出流水 entry",
		"nothing was decided about it that can be taken back; to take back a match name its entry")
}

// surplus is the credit of a case that is too much: the only one, or the one without which
// its part has what the form says; nil when nothing says which.
func surplus(c *office.Case) (found *exchange.BankEntry, err error) {
	entries, err := c.Tx.BankEntriesByCase(c.No)
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e exchange.BankEntry) bool { return !e.Credit || e.State != exchange.EntryMatched })
	for i, e := range entries {
		r, err := c.Part(e.Part)
		if err != nil {
			return nil, err
		}
		if len(entries) > 1 && r.Received-e.Amount != r.Amount {
			continue
		}
		if found != nil && found.Amount != e.Amount {
			return nil, nil
		}
		found = &entries[i] // of equal ones the last
	}
	return found, nil
}

// matchBackPlan plans to take a credit from the cases that it was matched to.
func matchBackPlan(d *office.Desk, e exchange.BankEntry, x exchange.Decision) (office.Plan, error) {
	rule, _ := exchange.FindRule(exchange.ActMatch)
	plan := office.Plan{CaseNo: e.CaseNo, Roles: rule.Roles}
	shares, err := sharesOf(d, e)
	if err != nil {
		return plan, err
	}
	for _, s := range shares {
		c, err := d.CaseByNo(s.caseNo)
		if err != nil {
			return plan, err
		}
		why, err := transfer.WhyKept(c, s.part, e.Key, s.amount)
		if err != nil {
			return plan, err
		}
		if !why.IsZero() {
			return plan, office.Undecidable("不能撤回："+c.InChinese(why), "it cannot be taken back: "+why.Words(code.English, exchange.Listed(code.English, nil)))
		}
		plan.Effects = append(plan.Effects, d.Sayf("%s 不再属于 %s 第 %d 笔", "%s leaves %s part %d", s.amount, c.No, s.part))
	}
	plan.Apply = func() error {
		if err := d.Tx.CloseDifferencesAbout("money", code.Text(e.Key)); err != nil {
			return err
		}
		var from []*office.Case
		for _, s := range shares {
			c, err := d.CaseByNo(s.caseNo) // anew for each: two shares may be of one case
			if err != nil {
				return err
			}
			if err := transfer.TakeFromPart(c, s.part, e.Key, s.amount, code.Text(x.Reason)); err != nil {
				return err
			}
			from = append(from, c)
		}
		if err := d.SetEntryState(e, exchange.EntryUnmatched, "", 0); err != nil {
			return err
		}
		return bank.KeepTakenBack(d, e, from)
	}
	return plan, nil
}

// sharesOf is to which parts a matched credit went: the one that it names, or those of
// the officer who split it.
func sharesOf(d *office.Desk, e exchange.BankEntry) ([]share, error) {
	if e.State != exchange.EntryMatched {
		return nil, office.Undecidable("该笔流水没有认领", "the entry is not matched")
	}
	if e.CaseNo != "" {
		return []share{{e.CaseNo, e.Part, e.Amount}}, nil
	}
	standing, err := d.Standing(e.Key)
	if err != nil {
		return nil, err
	}
	if n := len(standing); n > 0 && standing[n-1].Action == exchange.ActSplit {
		return parseShares(d, standing[n-1].Args["to"])
	}
	return nil, office.Undecidable("合并划转按划款通知分摊到各办件，不能整笔撤回：请逐件退款",
		"a lump sum was shared out by its advices and is not taken back as a whole: pay back what is wrong case by case")
}

// decisionBackPlan plans that a decision counts no more: what it allowed and has not left
// is void, and what it released is held again.
func decisionBackPlan(d *office.Desk, s subject, last exchange.Recorded, x exchange.Decision) (office.Plan, error) {
	rule, _ := exchange.RuleOf(last.Decision)
	plan := office.Plan{
		CaseNo: last.CaseNo, Roles: rule.Roles, Apply: func() error { return nil },
		Effects: []string{d.Sayf("撤回 %s 于 %s 所作“%s”：%s", "taken back of %s, %s, %s: %s", last.Officer, last.On, rule.Word(string(d.CodeLang())), last.Reason)},
	}
	if err := refundsHere(d, s); err != nil {
		return plan, err
	}
	if s.c == nil {
		return plan, nil // who pays the refund looks at what stands
	}
	if err := moneyHere(s.c, last); err != nil {
		return plan, err
	}
	plan.Apply = func() error {
		if err := transfer.FreePayments(d, s.c.No); err != nil {
			return err
		}
		c, err := d.CaseByNo(s.c.No)
		if err != nil || !releases(last.Action) || c.State == exchange.Held {
			return err
		}
		if err := c.PutOnHold(code.HoldOfficersDecision, code.Text(x.Reason)); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// releases reports whether an action ends a hold.
func releases(action string) bool {
	return action == exchange.ActReleaseHold || action == exchange.ActSettleAmount
}

// moneyHere is exchange.ErrDecision when money of a case has left, or after the release
// of a hold the core was asked for anything, or the case cannot be held any more.
func moneyHere(c *office.Case, last exchange.Recorded) error {
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for _, r := range parts {
		if at := r.Track.Place(); c.Side == exchange.Out && (at == exchange.PlaceBank || at == exchange.PlaceGone) {
			return office.Undecidable("款项已离开本方："+r.Ref, "money has left: "+r.Ref)
		}
	}
	if !releases(last.Action) {
		return nil
	}
	postings, err := c.Postings()
	if err != nil {
		return err
	}
	for _, p := range postings {
		if p.State != exchange.PostingRefused && p.QueuedOn >= last.On {
			return office.Undecidable("已据此向业务系统提请 "+p.No, "the core was asked because of it: "+p.No)
		}
	}
	if _, err := c.Next(exchange.Hold); err != nil || c.State == exchange.Held {
		return office.Undecidable("办件现为"+stateWord(c)+"，不能再暂缓", "the case cannot be held again where it stands")
	}
	return nil
}

// refundsHere is exchange.ErrDecision when a refund of a case or credit has left.
func refundsHere(d *office.Desk, s subject) error {
	of := d.Tx.RefundsByEntry
	if s.c != nil {
		of = d.Tx.RefundsByCase
	}
	refunds, err := of(s.no)
	if err != nil {
		return err
	}
	left := slices.IndexFunc(refunds, func(f exchange.Refund) bool {
		at := f.Track.Place()
		return at == exchange.PlaceBank || at == exchange.PlaceGone
	})
	if left >= 0 {
		return office.Undecidable("退款已离开本方："+refunds[left].Amount.String(), "a refund has left: "+refunds[left].Amount.String())
	}
	return nil
}
