package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// CreditFacts reads what exchange.PlanCredits decides the next postings of an In
// case by. Together is 2016's rule: months and money are credited in one go.
func CreditFacts(c *office.Case) (f exchange.CreditFacts, err error) {
	f.Together = !c.RuleProfile().RelationDone()
	if f.Forms, err = c.Forms(); err != nil {
		return f, err
	}
	if f.Postings, err = c.Postings(); err != nil {
		return f, err
	}
	f.Remittances, err = c.Parts()
	return f, err
}

// Advance moves an In case on: it asks the core for what can be posted now, and
// when nothing is left reports what was. Everything that may let a case go on
// ends with it (a form, money, a posting, an officer); it is idempotent, as a
// pending posting keeps another from being asked. A case that ended, is being
// annulled, or is ours as the old place, only gets its tracks.
func Advance(c *office.Case) error {
	if c.Side != exchange.In || c.Wish == exchange.WishVoid || Ended(c.Case) {
		return c.Retrack()
	}
	facts, err := CreditFacts(c)
	if err != nil {
		return err
	}
	if err := markPosted(c, facts); err != nil {
		return err
	}
	if err := c.Retrack(); err != nil {
		return err
	}
	if c.State == exchange.Held || len(facts.Forms) == 0 {
		return nil
	}
	if above, err := formAboveCap(c, facts.Forms); err != nil || !above.IsZero() {
		if err != nil {
			return err
		}
		return c.PutOnHold(code.HoldCap, above)
	}
	if planned := exchange.PlanCredits(facts); len(planned) > 0 {
		return requestCredits(c, planned, facts)
	}
	return closeCase(c, facts)
}

// markPosted moves forms whose months the core has credited to posted.
func markPosted(c *office.Case, f exchange.CreditFacts) error {
	for i := range f.Forms {
		form := &f.Forms[i]
		if form.Current && form.Track == exchange.FormChecked && f.MonthsPosted(*form) {
			if err := c.SetForm(form, exchange.FormPosted); err != nil {
				return err
			}
		}
	}
	return nil
}

// requestCredits queues the planned postings for the core. Of a form's stays only
// the months that are not counted yet go into a posting (SPEC 2.8): with two
// forms, what the first one brings counts against the second.
func requestCredits(c *office.Case, planned []exchange.Ask, facts exchange.CreditFacts) error {
	own, err := ownStays(c, facts)
	if err != nil {
		return err
	}
	for _, a := range planned {
		p := exchange.Posting{Row: a.Row, Undoes: a.Undoes, FormNo: a.Form.No, FormVersion: a.Form.Version, Amount: a.Amount}
		var stays []exchange.Stay
		if a.Row == exchange.PostMonths {
			stays, _ = exchange.CreditMonths(a.Form.Stays, own)
			own = append(own, stays...)
		}
		if err := requestPosting(c, p, stays, "转入 "+c.Partner); err != nil {
			return err
		}
	}
	return c.Move(exchange.PostingsAsked, code.Phrase{}, nil)
}

// ownStays are the stays that the new place counts already: its registry's,
// and those of the case's other forms that were credited.
func ownStays(c *office.Case, facts exchange.CreditFacts) ([]exchange.Stay, error) {
	records, err := c.Tx.RegistryByID(c.Person.IDKey)
	if err != nil {
		return nil, err
	}
	// Once months of this case are credited, the registry shows them too:
	// then only what was earned elsewhere than in the form's places counts.
	credited := map[string]bool{}
	for _, p := range facts.Postings {
		for _, f := range facts.Forms {
			for _, s := range f.Stays {
				credited[s.Area] = credited[s.Area] || (p.Row == exchange.PostMonths && p.State != exchange.PostingRefused)
			}
		}
	}
	var own []exchange.Stay
	for _, r := range records {
		for _, s := range r.Stays {
			if s.Area == c.Agency.Code || !credited[s.Area] {
				own = append(own, s)
			}
		}
	}
	for _, p := range facts.Postings {
		if p.Row != exchange.PostMonths || p.State != exchange.PostingDone {
			continue
		}
		for _, f := range facts.Forms {
			if f.No == p.FormNo && f.Version == p.FormVersion && f.Current {
				own = append(own, f.Stays...)
			}
		}
	}
	return own, nil
}

// closeCase reports what has been credited to the old place and the person, and
// completes the case when everything has. Under profile 2021 months alone are
// reported as relation_done while the money is still to come. A pending posting
// keeps back both.
func closeCase(c *office.Case, f exchange.CreditFacts) error {
	months, account := true, true
	for _, form := range f.Forms {
		if !form.Current {
			continue
		}
		months = months && form.Track == exchange.FormPosted && f.MonthsPosted(form)
		account = account && f.AccountPosted(form)
	}
	for _, p := range f.Postings {
		if p.State == exchange.PostingQueued {
			return nil
		}
	}
	state := c.State
	switch {
	case months && account && (state == exchange.Answered || state == exchange.PostingState || state == exchange.RelationDone):
		return reportCredited(c, exchange.AllPosted, code.OutcomeCompleted, code.MilestoneCompleted)
	case months && c.RuleProfile().RelationDone() && (state == exchange.Answered || state == exchange.PostingState):
		return reportCredited(c, exchange.MonthsDone, code.OutcomeRelationDone, code.MilestoneRelationDone)
	}
	return nil
}

// reportCredited moves the case and sends a completion for every form in force
// that has not had this one, or a later one: what is completed does not become
// relation_done again. The form keeps what was reported, by which a correction
// is told from a repetition.
func reportCredited(c *office.Case, on exchange.Happening, out code.Outcome, m code.Milestone) error {
	if err := c.Move(on, code.Phrase{}, nil); err != nil {
		return err
	}
	forms, err := c.Forms()
	if err != nil {
		return err
	}
	postings, err := c.Postings()
	if err != nil {
		return err
	}
	for _, f := range forms {
		if !f.Current || f.LastCompletion == string(out) || f.LastCompletion == string(code.OutcomeCompleted) {
			continue
		}
		before := f
		f.LastCompletion = string(out)
		carryBooked(&f, postings)
		if err := c.Tx.UpdateForm(before, f); err != nil {
			return err
		}
		credited := f.Credited
		if out == code.OutcomeRelationDone {
			credited = money.Fen(0)
		}
		k := formats.Completion{
			LetterNo: f.LetterNo, FormNo: f.No, FormVersion: f.Version, Outcome: out, CompletedOn: c.Date, Credited: credited,
			MonthsCredited: f.MonthsCredited, MonthsOverlapping: f.MonthsOverlapping, Echo: f.Echo,
		}
		if err := c.SendOrHold(c.Partner, c.No, &k); err != nil {
			return err
		}
	}
	more, err := notice.CreditedNews(c)
	if err != nil {
		return err
	}
	return notice.Notify(c, m, more)
}

// carryBooked gives a form version what the core has booked for the form, by
// whichever version: one that corrects only the months keeps the money that was
// credited before, and vice versa.
func carryBooked(f *exchange.Form, postings []exchange.Posting) {
	for _, p := range postings {
		if p.FormNo != f.No || p.State != exchange.PostingDone {
			continue
		}
		switch p.Row {
		case exchange.PostCredit:
			f.Credited = p.Amount
		case exchange.PostMonths:
			f.MonthsCredited = p.Months
			f.MonthsOverlapping = f.Actual + f.Backpaid + f.Deemed - p.Months
		}
	}
}
