package jobs

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
)

// completion works what the new place says it has credited.
func (d *desk) completion(k *formats.Completion) (outcome, error) {
	c, err := d.caseOf(exchange.Out, k.LetterNo)
	if notFound(err) {
		return d.unknown(code.UnknownLetter, "letter_no")
	}
	if err != nil {
		return outcome{}, err
	}
	if c.Partner != d.file.Party {
		return refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	f, err := d.tx.Form(k.FormNo, k.FormVersion)
	if notFound(err) || (err == nil && f.CaseNo != c.No) {
		return refused(code.UnknownForm, "form_no", ""), nil
	}
	if err != nil {
		return outcome{}, err
	}
	if o, ok := c.completionFits(k); !ok {
		return o, nil
	}
	if err := c.note("completion_"+string(k.Outcome), f.No, map[string]any{
		"credited": k.Credited.String(), "months_credited": k.MonthsCredited, "months_overlapping": k.MonthsOverlapping,
	}); err != nil {
		return outcome{}, err
	}
	if o, ok, err := c.checkCompletion(k, f); !ok || err != nil {
		return o, err
	}
	if f.Told == string(code.OutcomeCompleted) && k.Outcome == code.OutcomeRelationDone {
		return accepted(), c.save() // it was overtaken by the completion
	}
	versions, err := c.versionsOf(f.No)
	if err != nil {
		return outcome{}, err
	}
	before, said := f, exchange.ConfirmedBy(versions)
	f.Told, f.Credited, f.MonthsCredited, f.MonthsOverlapping = string(k.Outcome), k.Credited, k.MonthsCredited, k.MonthsOverlapping
	f.SentBack = 0
	if err := d.tx.UpdateForm(before, f); err != nil {
		return outcome{}, err
	}
	if err := c.confirm(f.No, said); err != nil {
		return outcome{}, err
	}
	if k.Outcome == code.OutcomeCompleted {
		if err := c.finish(); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), c.save()
}

// completionFits: a case that was annulled is told void, and no other.
func (c *casework) completionFits(k *formats.Completion) (outcome, bool) {
	annulled := c.State == exchange.Void || c.Wish == exchange.WishVoid
	if annulled == (k.Outcome == code.OutcomeVoid) {
		return outcome{}, true
	}
	return refused(code.NotAllowedInState, "outcome", "与办件的作废状态不符 / does not agree with the annulment of the case"), false
}

// checkCompletion compares what was credited with what was liquidated.
func (c *casework) checkCompletion(k *formats.Completion, f exchange.Form) (outcome, bool, error) {
	if k.Outcome == code.OutcomeVoid {
		return outcome{}, true, nil
	}
	if k.MonthsCredited+k.MonthsOverlapping != f.Actual+f.Backpaid+f.Deemed {
		return refused(code.MonthsDoNotAddUp, "months_credited", "入账月数与重复月数之和不等于信息表月数 / credited + overlapping is not the form's months"), false, nil
	}
	if k.Outcome != code.OutcomeCompleted {
		return outcome{}, true, nil
	}
	expected := money.Fen(0)
	if f.NeedsCredit() {
		expected = f.Amount
	}
	if k.Credited == expected {
		return outcome{}, true, nil
	}
	if err := c.hold(code.HoldAmountDiffers, "对方入账 "+k.Credited.String()+"，信息表 "+expected.String()); err != nil {
		return outcome{}, false, err
	}
	if err := c.difference("money", c.Partner, c.No, f.No, expected.String(), k.Credited.String()); err != nil {
		return outcome{}, false, err
	}
	return accepted(), false, c.save()
}

// confirm books what the completions of a form say more, or less, than was
// said before: a case that was annulled says that nothing is credited any more.
func (c *casework) confirm(formNo string, before money.Fen) error {
	versions, err := c.versionsOf(formNo)
	if err != nil {
		return err
	}
	more := exchange.ConfirmedBy(versions) - before
	if more < 0 {
		return c.book(ledger.Reverse(ledger.Confirm(c.head(formNo), -more, -more), int(c.Date), "void"))
	}
	return c.book(ledger.Confirm(c.head(formNo), more, more))
}

// versionsOf are all versions of a form of the case.
func (c *casework) versionsOf(formNo string) ([]exchange.Form, error) {
	forms, err := c.tx.FormsByCase(c.No)
	return slices.DeleteFunc(forms, func(f exchange.Form) bool { return f.No != formNo }), err
}

// finish ends the case once every form is confirmed.
func (c *casework) finish() error {
	forms, err := c.tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	for _, other := range forms {
		if other.Current && other.Told != string(code.OutcomeCompleted) {
			return c.retrack()
		}
	}
	if c.Effective() != exchange.Answered {
		return c.retrack()
	}
	return c.move(exchange.CompletionArrived, "", nil)
}

// difference opens an exception about two figures that should be one.
func (d *desk) difference(kind, partner, caseNo, subject, ours, theirs string) error {
	return d.tx.OpenDifference(exchange.Difference{
		Kind: kind, Partner: partner, CaseNo: caseNo, Subject: subject, Ours: ours, Theirs: theirs, FoundOn: d.Date,
	})
}
