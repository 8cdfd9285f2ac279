package jobs

import (
	"fmt"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
)

// form works an information form at the new place.
func (d *desk) form(rec *formats.Form) (outcome, error) {
	c, o, err := d.answerTo(rec.LetterNo, rec.LetterVersion)
	if c == nil || err != nil {
		return o, err
	}
	f := formOf(rec)
	f.CaseNo, f.ReceivedOn = c.No, d.file.Seen
	if !f.Person.Same(c.Person) {
		return refused(code.PersonDiffers, "id_no", "与联系函所列参保人不一致 / not the person of the letter"), nil
	}
	forms, err := d.tx.FormsByCase(c.No)
	if err != nil {
		return outcome{}, err
	}
	if other, err := d.tx.Form(f.No, f.Version); !notFound(err) {
		if err == nil && other.CaseNo != c.No {
			return refused(code.DuplicateEarlier, "form_no", "信息表编号已用于另一笔业务 / this form_no belongs to another case"), nil
		}
		if err != nil {
			return outcome{}, err
		}
	}
	old, o, ok := predecessor(f, forms)
	if !ok && o.code == string(code.UnknownForm) {
		o, err = d.unknown(code.UnknownForm, o.field)
		return o, err
	}
	if !ok {
		return o, nil
	}
	if _, err := c.Next(exchange.FormArrived); err != nil {
		return refused(code.NotAllowedInState, "letter_no", "办件当前状态不接收信息表 / no form is expected now"), nil
	}
	if old != nil {
		before := *old
		old.Current = false
		if err := d.tx.UpdateForm(before, *old); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), c.receiveForm(f, old)
}

// answerTo finds the case that a form or decline answers. A letter we do not
// know is held while its sender has an open gap, then refused.
func (d *desk) answerTo(letterNo string, version int) (*casework, outcome, error) {
	c, err := d.caseOf(exchange.In, letterNo)
	if notFound(err) {
		o, err := d.unknown(code.UnknownLetter, "letter_no")
		return nil, o, err
	}
	if err != nil {
		return nil, outcome{}, err
	}
	switch {
	case c.Partner != d.file.Party:
		return nil, refused(code.WrongAgency, "letter_no", "该联系函不是发给贵机构的 / that letter was not sent to you"), nil
	case version > c.LetterVersion:
		return nil, refused(code.UnknownLetter, "letter_version", "没有这个版本 / no such version"), nil
	}
	return c, outcome{}, nil
}

// unknown holds a record whose letter or form may still come, or refuses it.
func (d *desk) unknown(c code.Fault, field string) (outcome, error) {
	gaps, err := d.tx.OpenGaps(d.file.Party)
	if err != nil {
		return outcome{}, err
	}
	if gaps {
		return outcome{verdict: code.Held, code: string(c), field: field, text: "前序文件未到，暂缓 / an earlier file is missing"}, nil
	}
	return refused(c, field, ""), nil
}

// predecessor checks a form's number and version against those received:
// the version it replaces, or nil.
func predecessor(f exchange.Form, forms []exchange.Form) (*exchange.Form, outcome, bool) {
	var same, of *exchange.Form
	for i := range forms {
		if forms[i].No == f.No && forms[i].Current {
			same = &forms[i]
		}
		if forms[i].No == f.OfForm {
			of = &forms[i]
		}
	}
	no := func(c code.Fault, field, text string) (*exchange.Form, outcome, bool) {
		return nil, refused(c, field, text), false
	}
	switch {
	case same != nil && f.Version > same.Version+1:
		return no(code.UnknownForm, "version", "缺少前一版本 / the version before never came")
	case same != nil && f.Version != same.Version+1:
		return no(code.NotAllowedInState, "version", "应为下一版本 / the next version is expected")
	case same != nil && f.Nature == exchange.NatureOriginal:
		return no(code.NotAllowedInState, "nature", "更正版不能标为原始 / a later version is not an original")
	case same == nil && f.Version != 1:
		return no(code.UnknownForm, "version", "未收到第1版 / version 1 never came")
	case same == nil && f.Nature == exchange.NatureSupplement && of == nil:
		return no(code.UnknownForm, "of_form_no", "没有这张信息表 / no such form")
	case same == nil && f.Nature != exchange.NatureSupplement && len(forms) > 0:
		return no(code.NotAllowedInState, "form_no", "该联系函已有信息表 / the letter has its form already")
	}
	return same, outcome{}, true
}

// receiveForm stores a form, announces its money and checks it.
func (c *casework) receiveForm(f exchange.Form, old *exchange.Form) error {
	if err := c.tx.InsertForm(f); err != nil {
		return err
	}
	if err := c.setForm(&f, exchange.FormReceived); err != nil {
		return err
	}
	if err := c.move(exchange.FormArrived, f.Nature+" "+f.No, map[string]any{"version": f.Version, "money": f.Money, "amount": f.Amount.String()}); err != nil {
		return err
	}
	first := c.FormOn == 0
	c.FormOn = f.ReceivedOn
	if err := c.announce(f, old); err != nil {
		return err
	}
	letter, err := c.tx.Letter(c.LetterNo, c.LetterVersion)
	if err != nil {
		return err
	}
	differs := exchange.CheckForm(f, letter)
	if agreed := c.Partners[c.Partner].Settlement; !settles(agreed, f.Money) {
		differs = append(differs, "资金处理方式 "+f.Money+" 与双方约定不符")
	}
	if len(differs) > 0 {
		if err := c.setForm(&f, exchange.FormDiffers); err != nil {
			return err
		}
		if err := c.hold(code.HoldOfficersDecision, formDiffers+strings.Join(differs, "；")); err != nil {
			return err
		}
	} else {
		if err := c.setForm(&f, exchange.FormChecked); err != nil {
			return err
		}
		if err := c.formMended(); err != nil {
			return err
		}
	}
	if first {
		if err := c.notify(code.MilestoneFormReceived, news{amount: f.Amount, some: true, months: f.Actual + f.Backpaid + f.Deemed}); err != nil {
			return err
		}
	}
	if err := c.wake(); err != nil {
		return err
	}
	if err := c.advance(); err != nil {
		return err
	}
	return c.save()
}

// formDiffers begins the text of a hold because of a form.
const formDiffers = "信息表不符："

// formMended ends the hold because of a form once no form in force differs.
func (c *casework) formMended() error {
	if c.Hold != code.HoldOfficersDecision || !strings.HasPrefix(c.HoldText, formDiffers) {
		return nil
	}
	forms, err := c.tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	for _, f := range forms {
		if f.Current && f.Track == exchange.FormDiffers {
			return nil
		}
	}
	return c.release("更正后的信息表核对一致")
}

// announce makes the part of the remittance that a form says is coming, or
// says that none is. Of a corrected form only what it added is a new part.
func (c *casework) announce(f exchange.Form, old *exchange.Form) error {
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	if f.Money != exchange.MoneyREMITTED {
		return c.nothingDue(f, parts, old)
	}
	already := money.Fen(0)
	for _, r := range parts {
		if old != nil && r.FormNo == f.No && r.Part != f.Part {
			if already, err = already.Add(r.Amount); err != nil {
				return err
			}
		}
	}
	amount := f.Amount - already
	if amount < 0 {
		return c.hold(code.HoldAmountDiffers, "更正后的金额少于已划转金额，需与对方协商")
	}
	for i := range parts {
		if parts[i].Part == f.Part {
			return c.expect(&parts[i], f.No, amount)
		}
	}
	if err := c.book(ledger.Announce(c.head(f.No), amount)); err != nil {
		return err
	}
	return c.tx.InsertRemittance(exchange.Remittance{
		CaseNo: c.No, Part: f.Part, Side: exchange.In, LetterNo: c.LetterNo, FormNo: f.No, Amount: amount, Track: exchange.MoneyNone, Since: c.Date,
	})
}

// expect gives a part its amount, and compares it with what has come. A later
// version of the form that says the same of the part changes nothing.
func (c *casework) expect(r *exchange.Remittance, formNo string, amount money.Fen) error {
	if r.FormNo == formNo && r.Amount == amount {
		return nil
	}
	if r.Track == exchange.MoneyMatched || r.Track == exchange.MoneyPosted {
		return c.hold(code.HoldAmountDiffers, fmt.Sprintf("第 %d 笔划转已到账 %s，信息表更正为 %s", r.Part, r.Received, amount))
	}
	change := ledger.Announce(c.head(formNo), amount-r.Amount)
	if amount < r.Amount {
		change = ledger.Reverse(ledger.Announce(c.head(formNo), r.Amount-amount), int(c.Date), "corrected")
	}
	if err := c.book(change); err != nil {
		return err
	}
	before := *r
	r.FormNo, r.Amount = formNo, amount
	if err := c.tx.UpdateRemittance(before, *r); err != nil {
		return err
	}
	if r.Track == exchange.MoneyNotDue { // what came before the form was paid back
		return c.setMoney(r, exchange.MoneyNone, nil)
	}
	return c.compare(r)
}

// nothingDue marks what was expected of a form as not due any more, or adds
// a part that says so.
func (c *casework) nothingDue(f exchange.Form, parts []exchange.Remittance, old *exchange.Form) error {
	if err := c.announceOther(f, old); err != nil {
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
			if err := c.book(ledger.Reverse(ledger.Announce(c.head(f.No), r.Amount), int(c.Date), "not remitted after all")); err != nil {
				return err
			}
			if err := c.setMoney(r, exchange.MoneyNotDue, func(r *exchange.Remittance) { r.Amount = 0 }); err != nil {
				return err
			}
		case exchange.MoneyNotDue:
		default:
			return c.hold(code.HoldAmountDiffers, "信息表称无需划转，但资金已到账")
		}
	}
	if found {
		return nil
	}
	next, err := c.nextPart()
	if err != nil {
		return err
	}
	return c.tx.InsertRemittance(exchange.Remittance{
		CaseNo: c.No, Part: next, Side: exchange.In, LetterNo: c.LetterNo, FormNo: f.No, Track: exchange.MoneyNotDue, Since: c.Date,
	})
}

// announceOther books the amount of a form whose money does not come by
// bank; of a later version only what it added.
func (c *casework) announceOther(f exchange.Form, old *exchange.Form) error {
	amount := f.Amount
	if old != nil && old.Money == f.Money {
		amount -= old.Amount
	}
	var e ledger.Entry
	switch f.Money {
	case exchange.MoneyNETTED:
		e = ledger.AnnounceNetted(c.head(f.No), amount)
	case exchange.MoneyNOTMOVED:
		e = ledger.AnnounceNotMoved(c.head(f.No), amount)
	case exchange.MoneyPAIDTOPERSON:
		e = ledger.AnnouncePaidToPerson(c.head(f.No), amount)
	}
	return c.book(e)
}

// declined works a decline at the new place. One for an older letter version
// is recorded and changes nothing.
func (d *desk) declined(rec *formats.Decline) (outcome, error) {
	c, o, err := d.answerTo(rec.LetterNo, rec.LetterVersion)
	if c == nil || err != nil {
		return o, err
	}
	why := string(rec.Code) + ": " + rec.Text
	if rec.LetterVersion < c.LetterVersion {
		return accepted(), c.note("decline_of_older_letter", why, nil)
	}
	if c.Effective() != exchange.Requested {
		return refused(code.NotAllowedInState, "letter_no", "办件当前状态不接收此通知 / no decline is expected now"), nil
	}
	if err := c.release("对方已答复"); err != nil {
		return outcome{}, err
	}
	c.Decline = rec.Code
	if err := c.move(exchange.DeclineArrived, why, nil); err != nil {
		return outcome{}, err
	}
	if err := c.notify(code.MilestoneDeclined, declineNews(rec.Code, rec.Text)); err != nil {
		return outcome{}, err
	}
	return accepted(), c.save()
}

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
	if _, part, _, ok := splitRef(r.PaymentRef); ok {
		f.Part = part
	} else {
		f.Part = 1
	}
	return f
}

// splitRef takes an EndToEndId apart: letter_no, part, attempt.
func splitRef(ref string) (letterNo string, part, attempt int, ok bool) {
	fields := strings.Split(ref, "-")
	if len(fields) != 3 || len(fields[0]) != 20 {
		return "", 0, 0, false
	}
	part, err1 := strconv.Atoi(fields[1])
	attempt, err2 := strconv.Atoi(fields[2])
	return fields[0], part, attempt, err1 == nil && err2 == nil && part > 0 && attempt > 0
}

// settles reports whether the money of a form is dealt with as was agreed
// with the partner; nothing to pay and paid to the person fit every agreement.
func settles(agreed, word string) bool {
	switch word {
	case exchange.MoneyREMITTED:
		return agreed == exchange.SettleRemitted
	case exchange.MoneyNETTED:
		return agreed == exchange.SettleNetted
	case exchange.MoneyNOTMOVED:
		return agreed == exchange.SettleNotMoved
	}
	return true
}
