package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs/office"
)

// Completion works what the new place says it has credited (SPEC 2.5), form by
// form; the last one that is missing completes the case. One whose money differs
// is taken and holds the case: the figures are the partner's to say, and ours to
// question. A relation_done after the completion was overtaken, and is ignored.
func Completion(d *office.Desk, k *formats.Completion) (office.Outcome, error) {
	c, err := d.CaseByLetter(exchange.Out, k.LetterNo)
	if office.IsNotFound(err) {
		return holdOrRefuseUnknown(d, code.UnknownLetter, "letter_no")
	}
	if err != nil {
		return office.Outcome{}, err
	}
	if c.Partner != d.File.Party {
		return office.Refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	f, err := c.Form(k.FormNo, k.FormVersion)
	if office.IsNotFound(err) {
		return office.Refused(code.UnknownForm, "form_no", ""), nil
	}
	if err != nil {
		return office.Outcome{}, err
	}
	if o, ok := checkAnnulled(c, k); !ok {
		return o, nil
	}
	if err := c.Note("completion_"+string(k.Outcome), code.Text(f.No), map[string]any{
		"credited": k.Credited.String(), "months_credited": k.MonthsCredited, "months_overlapping": k.MonthsOverlapping,
	}); err != nil {
		return office.Outcome{}, err
	}
	if o, ok, err := checkCompletion(c, k, f); !ok || err != nil {
		return o, err
	}
	if f.LastCompletion == string(code.OutcomeCompleted) && k.Outcome == code.OutcomeRelationDone {
		return office.Accepted(), c.Save()
	}
	versions, err := versionsOf(c, f.No)
	if err != nil {
		return office.Outcome{}, err
	}
	before, confirmedBefore := f, exchange.ConfirmedBy(versions) // before the form changes: confirm books what is new
	f.LastCompletion, f.Credited, f.MonthsCredited, f.MonthsOverlapping = string(k.Outcome), k.Credited, k.MonthsCredited, k.MonthsOverlapping
	f.SentBack = 0
	if err := d.Tx.UpdateForm(before, f); err != nil {
		return office.Outcome{}, err
	}
	if err := confirm(c, f.No, confirmedBefore); err != nil {
		return office.Outcome{}, err
	}
	if k.Outcome == code.OutcomeCompleted {
		if err := completeCase(c); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), c.Save()
}

// checkAnnulled refuses (false) a completion `void` of a case that is not being
// annulled, and any other of one that is.
func checkAnnulled(c *office.Case, k *formats.Completion) (office.Outcome, bool) {
	annulled := c.State == exchange.Void || c.Wish == exchange.WishVoid
	if annulled == (k.Outcome == code.OutcomeVoid) {
		return office.Outcome{}, true
	}
	return office.Refused(code.NotAllowedInState, "outcome", "与办件的作废状态不符 / does not agree with the annulment of the case"), false
}

// checkCompletion compares what was credited with the form: months credited and
// overlapping must be its months (SPEC 2.8), or the record is refused; the money
// must be what was liquidated, or the case is held with a difference. False means
// that the outcome is final and the form stays as it is.
func checkCompletion(c *office.Case, k *formats.Completion, f exchange.Form) (office.Outcome, bool, error) {
	if k.Outcome == code.OutcomeVoid {
		return office.Outcome{}, true, nil
	}
	if k.MonthsCredited+k.MonthsOverlapping != f.Actual+f.Backpaid+f.Deemed {
		return office.Refused(code.MonthsDoNotAddUp, "months_credited", "入账月数与重复月数之和不等于信息表月数 / credited + overlapping is not the form's months"), false, nil
	}
	if k.Outcome != code.OutcomeCompleted {
		return office.Outcome{}, true, nil
	}
	expected := money.Fen(0)
	if f.NeedsCredit() {
		expected = f.Amount
	}
	if k.Credited == expected {
		return office.Outcome{}, true, nil
	}
	if err := c.PutOnHold(code.HoldAmountDiffers, code.Say("credited-otherwise", k.Credited, expected)); err != nil {
		return office.Outcome{}, false, err
	}
	if err := c.RecordDifference("money", c.Partner, c.No, code.Text(f.No), code.Text(expected.String()), code.Text(k.Credited.String())); err != nil {
		return office.Outcome{}, false, err
	}
	return office.Accepted(), false, c.Save()
}

// completeCase ends the case once every form in force is completed; a case that
// waits for a supplement's debit is not answered, and goes on.
func completeCase(c *office.Case) error {
	forms, err := c.Forms()
	if err != nil {
		return err
	}
	for _, other := range forms {
		if other.Current && other.LastCompletion != string(code.OutcomeCompleted) {
			return c.Retrack()
		}
	}
	if c.Effective() != exchange.Answered {
		return c.Retrack()
	}
	return c.Move(exchange.CompletionArrived, code.Phrase{}, nil)
}
