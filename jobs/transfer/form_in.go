package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Form works an information form at the new place: the answer to our letter, its
// next version, or a supplement (SPEC 2.10). A next version replaces all of the
// one before, which is no longer current. A form that is well-formed but differs
// from letter or agreement is accepted, and holds the case: the old place is told
// by an officer, not by a refused record.
func Form(d *office.Desk, rec *formats.Form) (office.Outcome, error) {
	c, o, err := caseAnswered(d, rec.LetterNo, rec.LetterVersion)
	if c == nil || err != nil {
		return o, err
	}
	f := formOf(rec)
	f.CaseNo, f.ReceivedOn = c.No, d.File.Seen
	if !f.Person.Same(c.Person) {
		return office.Refused(code.PersonDiffers, "id_no", "与联系函所列参保人不一致 / not the person of the letter"), nil
	}
	forms, err := c.Forms()
	if err != nil {
		return office.Outcome{}, err
	}
	if other, err := d.Tx.Form(f.No, f.Version); !office.IsNotFound(err) {
		if err == nil && other.CaseNo != c.No {
			return office.Refused(code.DuplicateEarlier, "form_no", "信息表编号已用于另一笔业务 / this form_no belongs to another case"), nil
		}
		if err != nil {
			return office.Outcome{}, err
		}
	}
	old, o, ok := predecessor(f, forms)
	if !ok && o.Code == string(code.UnknownForm) {
		o, err = holdOrRefuseUnknown(d, code.UnknownForm, o.Field)
		return o, err
	}
	if !ok {
		return o, nil
	}
	if _, err := c.Next(exchange.FormArrived); err != nil {
		return office.Refused(code.NotAllowedInState, "letter_no", "办件当前状态不接收信息表 / no form is expected now"), nil
	}
	if old != nil {
		before := *old
		old.Current = false
		if err := d.Tx.UpdateForm(before, *old); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), receiveForm(c, f, old)
}

// caseAnswered finds the case that a form or decline answers. Without one the
// case is nil and the outcome says why: a letter that we do not know (held while
// its sender has an open gap, then refused), one to another partner, or a version
// that we never sent.
func caseAnswered(d *office.Desk, letterNo string, version int) (*office.Case, office.Outcome, error) {
	c, err := d.CaseByLetter(exchange.In, letterNo)
	if office.IsNotFound(err) {
		o, err := holdOrRefuseUnknown(d, code.UnknownLetter, "letter_no")
		return nil, o, err
	}
	if err != nil {
		return nil, office.Outcome{}, err
	}
	switch {
	case c.Partner != d.File.Party:
		return nil, office.Refused(code.WrongAgency, "letter_no", "该联系函不是发给贵机构的 / that letter was not sent to you"), nil
	case version > c.LetterVersion:
		return nil, office.Refused(code.UnknownLetter, "letter_version", "没有这个版本 / no such version"), nil
	}
	return c, office.Outcome{}, nil
}

// holdOrRefuseUnknown holds a record about a letter or form that is not here
// while the sender has an open sequence gap, as the missing file may bring it;
// without a gap it refuses the record with that fault. A held record is worked
// again in every pass, until the gap has closed.
func holdOrRefuseUnknown(d *office.Desk, c code.Fault, field string) (office.Outcome, error) {
	gaps, err := d.Tx.OpenGaps(d.File.Party)
	if err != nil {
		return office.Outcome{}, err
	}
	if len(gaps) > 0 {
		return office.Outcome{Verdict: code.Held, Code: string(c), Field: field, Text: "前序文件未到，暂缓 / an earlier file is missing"}, nil
	}
	return office.Refused(c, field, ""), nil
}

// predecessor checks a form's number and version against those received, and
// returns the version it replaces; nil for the first one of its number. False
// comes with the refusal; one as unknown form may be about a file that is missing.
func predecessor(f exchange.Form, forms []exchange.Form) (*exchange.Form, office.Outcome, bool) {
	var same, original *exchange.Form
	for i := range forms {
		if forms[i].No == f.No && forms[i].Current {
			same = &forms[i]
		}
		if forms[i].No == f.OfForm {
			original = &forms[i]
		}
	}
	refuse := func(c code.Fault, field, text string) (*exchange.Form, office.Outcome, bool) {
		return nil, office.Refused(c, field, text), false
	}
	switch {
	case same != nil && f.Version > same.Version+1:
		return refuse(code.UnknownForm, "version", "缺少前一版本 / the version before never came")
	case same != nil && f.Version != same.Version+1:
		return refuse(code.NotAllowedInState, "version", "应为下一版本 / the next version is expected")
	case same != nil && f.Nature == exchange.NatureOriginal:
		return refuse(code.NotAllowedInState, "nature", "更正版不能标为原始 / a later version is not an original")
	case same == nil && f.Version != 1:
		return refuse(code.UnknownForm, "version", "未收到第1版 / version 1 never came")
	case same == nil && f.Nature == exchange.NatureSupplement && original == nil:
		return refuse(code.UnknownForm, "of_form_no", "没有这张信息表 / no such form")
	case same == nil && f.Nature != exchange.NatureSupplement && len(forms) > 0:
		return refuse(code.NotAllowedInState, "form_no", "该联系函已有信息表 / the letter has its form already")
	}
	return same, office.Outcome{}, true
}

// receiveForm stores a form, announces its money and checks it. The money is
// announced even when the form differs: the ledger has to expect what the old
// place says it sends. At last credits that waited for the form are requeued, and
// the case advances.
func receiveForm(c *office.Case, f exchange.Form, old *exchange.Form) error {
	if err := c.Tx.InsertForm(f); err != nil {
		return err
	}
	if err := c.SetForm(&f, exchange.FormReceived); err != nil {
		return err
	}
	if err := c.Move(exchange.FormArrived, code.Say("form", f.Nature, f.No), map[string]any{"version": f.Version, "money": f.Money, "amount": f.Amount.String()}); err != nil {
		return err
	}
	first := c.FormOn == 0
	c.FormOn = f.ReceivedOn
	if err := announce(c, f, old); err != nil {
		return err
	}
	letter, err := c.Letter()
	if err != nil {
		return err
	}
	differs := exchange.CheckForm(f, letter)
	if agreed := c.Partners[c.Partner].Settlement; !fitsSettlement(agreed, f.Money) {
		differs = append(differs, code.Say("form-settlement", f.Money))
	}
	if len(differs) > 0 {
		if err := c.SetForm(&f, exchange.FormDiffers); err != nil {
			return err
		}
		if err := c.PutOnHold(code.HoldOfficersDecision, code.SayAll("form-differs", differs)); err != nil {
			return err
		}
	} else {
		if err := c.SetForm(&f, exchange.FormChecked); err != nil {
			return err
		}
		if err := resumeCorrected(c); err != nil {
			return err
		}
		if err := resumeBelowCap(c); err != nil {
			return err
		}
	}
	if first {
		if err := notice.Notify(c, code.MilestoneFormReceived, notice.News{Amount: f.Amount, Some: true, Months: f.Actual + f.Backpaid + f.Deemed}); err != nil {
			return err
		}
	}
	if err := Requeue(c); err != nil {
		return err
	}
	if err := Advance(c); err != nil {
		return err
	}
	return c.Save()
}

// resumeCorrected ends the hold because of a form once no form in force differs;
// a hold for another reason stays.
func resumeCorrected(c *office.Case) error {
	if c.Hold != code.HoldOfficersDecision || !c.HoldText.Is("form-differs") {
		return nil
	}
	forms, err := c.Forms()
	if err != nil {
		return err
	}
	for _, f := range forms {
		if f.Current && f.Track == exchange.FormDiffers {
			return nil
		}
	}
	return c.Resume(code.Say("corrected-form-agrees"))
}

// announce makes the part of the remittance that a form says is coming, or
// says that none is. A form's amount is a total: what earlier parts of it bring
// is taken off, and of a corrected form only what it added is a new part. A
// correction below what was remitted holds the case: nothing is paid back by
// itself (SPEC 2.10).
func announce(c *office.Case, f exchange.Form, old *exchange.Form) error {
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	if f.Money != exchange.MoneyREMITTED {
		return announceNothingDue(c, f, parts, old)
	}
	earlier := money.Fen(0) // what the other parts of the form bring
	for _, r := range parts {
		if old != nil && r.FormNo == f.No && r.Part != f.Part {
			if earlier, err = earlier.Add(r.Amount); err != nil {
				return err
			}
		}
	}
	amount := f.Amount - earlier
	if amount < 0 {
		return c.PutOnHold(code.HoldAmountDiffers, code.Say("corrected-below-paid"))
	}
	for i := range parts { // its money may have come before the form, and made the part
		if parts[i].Part == f.Part {
			return setExpected(c, &parts[i], f.No, amount)
		}
	}
	if err := c.Book(ledger.Announce(c.LedgerHead(f.No), amount)); err != nil {
		return err
	}
	return c.Tx.InsertRemittance(exchange.Remittance{
		CaseNo: c.No, Part: f.Part, Side: exchange.In, LetterNo: c.LetterNo, FormNo: f.No, Amount: amount, Track: exchange.MoneyNone, Since: c.Date,
	})
}

// setExpected gives a part the amount that a form announces, books the change of
// the receivable, and compares it with what has come. A later version of the form
// that says the same of the part changes nothing. A part that was matched or
// posted keeps its amount, and holds the case: the money was right when it came.
func setExpected(c *office.Case, r *exchange.Remittance, formNo string, amount money.Fen) error {
	if r.FormNo == formNo && r.Amount == amount {
		return nil
	}
	if r.Track == exchange.MoneyMatched || r.Track == exchange.MoneyPosted {
		return c.PutOnHold(code.HoldAmountDiffers, code.Say("corrected-after-money", r.Part, r.Received, amount))
	}
	change := ledger.Announce(c.LedgerHead(formNo), amount-r.Amount)
	if amount < r.Amount { // an entry over less than 0 is none: its opposite is reversed
		change = ledger.Reverse(ledger.Announce(c.LedgerHead(formNo), r.Amount-amount), int(c.Date), "corrected")
	}
	if err := c.Book(change); err != nil {
		return err
	}
	before := *r
	r.FormNo, r.Amount = formNo, amount
	if err := c.Tx.UpdateRemittance(before, *r); err != nil {
		return err
	}
	if r.Track == exchange.MoneyNotDue { // what came before the form was paid back
		return c.SetMoney(r, exchange.MoneyNone, nil)
	}
	return CompareAmount(c, r)
}

// announceNothingDue takes a form whose money does not come by bank: what was
// expected of an earlier version is not due any more, and when there was none a
// part that says so is added, so that the case has a money track (SPEC 4, nothing
// due). Money that has come all the same holds the case.
func announceNothingDue(c *office.Case, f exchange.Form, parts []exchange.Remittance, old *exchange.Form) error {
	if err := bookOtherMoney(c, f, old); err != nil {
		return err
	}
	found := false
	for i := range parts {
		r := &parts[i]
		if r.FormNo != f.No {
			continue
		}
		found = true
		switch r.Track {
		case exchange.MoneyNone:
			if err := c.Book(ledger.Reverse(ledger.Announce(c.LedgerHead(f.No), r.Amount), int(c.Date), "not remitted after all")); err != nil {
				return err
			}
			if err := c.SetMoney(r, exchange.MoneyNotDue, func(r *exchange.Remittance) { r.Amount = 0 }); err != nil {
				return err
			}
		case exchange.MoneyNotDue:
		default:
			return c.PutOnHold(code.HoldAmountDiffers, code.Say("nothing-due-but-paid"))
		}
	}
	if found {
		return nil
	}
	next, err := nextPart(c)
	if err != nil {
		return err
	}
	return c.Tx.InsertRemittance(exchange.Remittance{
		CaseNo: c.No, Part: next, Side: exchange.In, LetterNo: c.LetterNo, FormNo: f.No, Track: exchange.MoneyNotDue, Since: c.Date,
	})
}

// bookOtherMoney books the amount of a form whose money does not come by bank,
// under its kind; of a later version of the same kind only what it added.
func bookOtherMoney(c *office.Case, f exchange.Form, old *exchange.Form) error {
	amount := f.Amount
	if old != nil && old.Money == f.Money {
		amount -= old.Amount
	}
	var e ledger.Entry
	switch f.Money {
	case exchange.MoneyNETTED:
		e = ledger.AnnounceNetted(c.LedgerHead(f.No), amount)
	case exchange.MoneyNOTMOVED:
		e = ledger.AnnounceNotMoved(c.LedgerHead(f.No), amount)
	case exchange.MoneyPAIDTOPERSON:
		e = ledger.AnnouncePaidToPerson(c.LedgerHead(f.No), amount)
	}
	return c.Book(e)
}

// formOf is a form's record in the domain. Its part is the one that payment_ref
// names; a form without one (no money by bank) is about part 1.
func formOf(r *formats.Form) exchange.Form {
	f := exchange.Form{
		No: r.FormNo, Version: r.Version, Side: exchange.In, Nature: string(r.Nature), OfForm: r.OfFormNo, LetterNo: r.LetterNo,
		LetterVersion: r.LetterVersion, Track: exchange.FormNone, Current: true, Person: personOf(r.Person), PersonalNo: r.PersonalNo,
		Scheme: string(r.Scheme), EndedOn: r.EndedOn, FirstMonth: r.FirstMonth, PaidTo: r.PaidTo, AccountOpened: r.AccountOpened,
		Actual: r.MonthsActual, Backpaid: r.MonthsBackpaid, Deemed: r.MonthsDeemed, Gap: r.MonthsGap.Value, Arrears: r.ArrearsAmount,
		Money: string(r.Money), Principal: r.Principal, Interest: r.Interest, Amount: r.Amount, PaymentRef: r.PaymentRef,
		Payer:  exchange.Account{Holder: r.PayerName, No: r.PayerAccount},
		Remark: r.Remark, IssuedOn: r.IssuedOn, Clerk: r.Clerk, Checker: r.Checker, Stays: staysOf(r.Stays), Echo: r.Echo,
	}
	if _, part, _, ok := SplitRef(r.PaymentRef); ok {
		f.Part = part
	} else {
		f.Part = 1
	}
	return f
}

// fitsSettlement reports whether the money of a form is dealt with as was agreed
// with the partner; nothing to pay and paid to the person fit every agreement.
func fitsSettlement(agreed, kind string) bool {
	switch kind {
	case exchange.MoneyREMITTED:
		return agreed == exchange.SettleRemitted
	case exchange.MoneyNETTED:
		return agreed == exchange.SettleNetted
	case exchange.MoneyNOTMOVED:
		return agreed == exchange.SettleNotMoved
	}
	return true
}
