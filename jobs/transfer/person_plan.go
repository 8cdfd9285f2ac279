package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// PersonPlan is the plan of a decision that a remittance goes to the person in
// the end (SPEC 2.7): the form's next version says PAID_TO_PERSON, and what has
// not left, or came back, waits for the payee. office.Undecidable when the case
// or its money does not allow it; nothing is written before Apply.
func PersonPlan(c *office.Case) (office.Plan, error) {
	plan := office.Plan{CaseNo: c.No}
	f, parts, err := partsForPerson(c)
	if err != nil {
		return plan, err
	}
	sum := money.Fen(0)
	for _, r := range parts {
		if err := sum.Increase(r.Amount); err != nil {
			return plan, err
		}
	}
	plan.Effects = []string{c.Sayf("信息表 %s 第 %d 版：%s 改付本人", "form %s version %d: %s is paid to the person", f.No, f.Version+1, sum)}
	plan.Apply = func() error {
		// Before the parts are redirected: a payment that was made goes to the partner.
		if err := freeUnsent(c); err != nil {
			return err
		}
		for _, r := range parts {
			if err := redirectPart(c, r.Part); err != nil {
				return err
			}
		}
		if err := reissueToPerson(c, f); err != nil {
			return err
		}
		if c.Hold == code.HoldOfficersDecision || c.Hold == code.HoldPaymentReturned {
			if err := c.Resume(code.Say("paid-to-person")); err != nil {
				return err
			}
		}
		if err := c.Retrack(); err != nil {
			return err
		}
		if err := assignPayees(c); err != nil { // who receives it may be known already
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// partsForPerson finds the REMITTED form in force and its parts, none of which may
// be with the bank or the partner. Each reason against it is Undecidable and says
// what has to happen first.
func partsForPerson(c *office.Case) (f exchange.Form, parts []exchange.Remittance, err error) {
	if c.Wish != exchange.WishNone || (c.Effective() != exchange.Answered && c.Effective() != exchange.Confirmed) {
		return f, nil, office.Undecidable("办件当前状态不能改付本人", "the case does not stand where that is possible")
	}
	forms, err := c.Forms()
	if err != nil {
		return f, nil, err
	}
	for _, x := range forms {
		if x.Current && x.Money == exchange.MoneyREMITTED {
			if f.No != "" {
				return f, nil, office.Undecidable("有多张信息表，请先作更正", "several forms announce remittances: correct them first")
			}
			f = x
		}
	}
	all, err := c.Parts()
	if err != nil {
		return f, nil, err
	}
	for _, r := range all {
		if at := r.Track.Place(); at == exchange.PlaceBank || at == exchange.PlaceGone {
			return f, nil, office.Undecidable("款项在银行或对方，退回后再改付", "money is at the bank or with the partner: it has to come back first")
		}
		if r.FormNo == f.No && r.To == exchange.ToPartner && r.Track != exchange.MoneyNotDue {
			parts = append(parts, r)
		}
	}
	if f.No == "" || len(parts) == 0 {
		return f, nil, office.Undecidable("没有应划转给对方的款项", "nothing is to be remitted to the partner")
	}
	return f, parts, nil
}

// redirectPart makes a part due to the person; the payee is assigned afterwards.
func redirectPart(c *office.Case, part int) error {
	r, err := c.Part(part)
	if err != nil {
		return err
	}
	return c.SetMoney(&r, exchange.MoneyDue, func(r *exchange.Remittance) {
		r.To, r.Payee, r.PayeeID = exchange.ToPerson, exchange.Account{}, ""
	})
}

// reissueToPerson issues the next version of a form, which says PAID_TO_PERSON
// and is otherwise the same; what was confirmed of the old version starts anew. A
// supplement stays one, as it is not the letter's only form.
func reissueToPerson(c *office.Case, f exchange.Form) error {
	next := f
	next.Version, next.Nature, next.Money, next.PaymentRef = f.Version+1, exchange.NatureCorrected, exchange.MoneyPAIDTOPERSON, ""
	if f.Nature == exchange.NatureSupplement {
		next.Nature = exchange.NatureSupplement
	}
	next.Track, next.IssuedOn, next.LastCompletion, next.Credited, next.SentBack, next.PostedOn = exchange.FormNone, c.Date, "", 0, 0, 0
	old := f
	old.Current = false
	if err := c.Tx.UpdateForm(f, old); err != nil {
		return err
	}
	if err := c.Tx.InsertForm(next); err != nil {
		return err
	}
	if err := c.SetForm(&next, exchange.FormQueued); err != nil {
		return err
	}
	rec := formRecord(next, agencyBlock(c.Office))
	if err := c.SendOrHold(c.Partner, c.No, &rec); err != nil {
		return err
	}
	c.FormOn = c.Date
	if err := c.Note("form_reissued", code.Text(next.No), map[string]any{"version": next.Version, "amount": next.Amount.String()}); err != nil {
		return err
	}
	return notice.Notify(c, code.MilestonePaidToPerson, notice.News{Amount: next.Amount, Some: true})
}
