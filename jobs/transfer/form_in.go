package transfer

import (
	"fmt"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Form works an information form at the new place.
func Form(d *office.Desk, rec *formats.Form) (office.Outcome, error) {
	c, o, err := answerTo(d, rec.LetterNo, rec.LetterVersion)
	if c == nil || err != nil {
		return o, err
	}
	f := formOf(rec)
	f.CaseNo, f.ReceivedOn = c.No, d.File.Seen
	if !f.Person.Same(c.Person) {
		return office.Refused(code.PersonDiffers, "id_no", "与联系函所列参保人不一致 / not the person of the letter"), nil
	}
	forms, err := d.Tx.FormsByCase(c.No)
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

// answerTo finds the case that a form or decline answers. A letter we do not
// know is held while its sender has an open gap, then refused.
func answerTo(d *office.Desk, letterNo string, version int) (*office.Case, office.Outcome, error) {
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

// holdOrRefuseUnknown holds a record whose letter or form may still come, or refuses it.
func holdOrRefuseUnknown(d *office.Desk, c code.Fault, field string) (office.Outcome, error) {
	gaps, err := d.Tx.OpenGaps(d.File.Party)
	if err != nil {
		return office.Outcome{}, err
	}
	if gaps {
		return office.Outcome{Verdict: code.Held, Code: string(c), Field: field, Text: "前序文件未到，暂缓 / an earlier file is missing"}, nil
	}
	return office.Refused(c, field, ""), nil
}

// predecessor checks a form's number and version against those received:
// the version it replaces, or nil.
func predecessor(f exchange.Form, forms []exchange.Form) (*exchange.Form, office.Outcome, bool) {
	var same, of *exchange.Form
	for i := range forms {
		if forms[i].No == f.No && forms[i].Current {
			same = &forms[i]
		}
		if forms[i].No == f.OfForm {
			of = &forms[i]
		}
	}
	no := func(c code.Fault, field, text string) (*exchange.Form, office.Outcome, bool) {
		return nil, office.Refused(c, field, text), false
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
	return same, office.Outcome{}, true
}

// receiveForm stores a form, announces its money and checks it.
func receiveForm(c *office.Case, f exchange.Form, old *exchange.Form) error {
	if err := c.Tx.InsertForm(f); err != nil {
		return err
	}
	if err := c.SetForm(&f, exchange.FormReceived); err != nil {
		return err
	}
	if err := c.Move(exchange.FormArrived, f.Nature+" "+f.No, map[string]any{"version": f.Version, "money": f.Money, "amount": f.Amount.String()}); err != nil {
		return err
	}
	first := c.FormOn == 0
	c.FormOn = f.ReceivedOn
	if err := announce(c, f, old); err != nil {
		return err
	}
	letter, err := c.Tx.Letter(c.LetterNo, c.LetterVersion)
	if err != nil {
		return err
	}
	differs := exchange.CheckForm(f, letter)
	if agreed := c.Partners[c.Partner].Settlement; !settles(agreed, f.Money) {
		differs = append(differs, "资金处理方式 "+f.Money+" 与双方约定不符")
	}
	if len(differs) > 0 {
		if err := c.SetForm(&f, exchange.FormDiffers); err != nil {
			return err
		}
		if err := c.PutOnHold(code.HoldOfficersDecision, formDiffers+strings.Join(differs, "；")); err != nil {
			return err
		}
	} else {
		if err := c.SetForm(&f, exchange.FormChecked); err != nil {
			return err
		}
		if err := formMended(c); err != nil {
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

// formDiffers begins the text of a hold because of a form.
const formDiffers = "信息表不符："

// formMended ends the hold because of a form once no form in force differs.
func formMended(c *office.Case) error {
	if c.Hold != code.HoldOfficersDecision || !strings.HasPrefix(c.HoldText, formDiffers) {
		return nil
	}
	forms, err := c.Tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	for _, f := range forms {
		if f.Current && f.Track == exchange.FormDiffers {
			return nil
		}
	}
	return c.Resume("更正后的信息表核对一致")
}

// announce makes the part of the remittance that a form says is coming, or
// says that none is. Of a corrected form only what it added is a new part.
func announce(c *office.Case, f exchange.Form, old *exchange.Form) error {
	parts, err := c.Tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	if f.Money != exchange.MoneyREMITTED {
		return nothingDue(c, f, parts, old)
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
		return c.PutOnHold(code.HoldAmountDiffers, "更正后的金额少于已划转金额，需与对方协商")
	}
	for i := range parts {
		if parts[i].Part == f.Part {
			return expect(c, &parts[i], f.No, amount)
		}
	}
	if err := c.Book(ledger.Announce(c.LedgerHead(f.No), amount)); err != nil {
		return err
	}
	return c.Tx.InsertRemittance(exchange.Remittance{
		CaseNo: c.No, Part: f.Part, Side: exchange.In, LetterNo: c.LetterNo, FormNo: f.No, Amount: amount, Track: exchange.MoneyNone, Since: c.Date,
	})
}

// expect gives a part its amount, and compares it with what has come. A later
// version of the form that says the same of the part changes nothing.
func expect(c *office.Case, r *exchange.Remittance, formNo string, amount money.Fen) error {
	if r.FormNo == formNo && r.Amount == amount {
		return nil
	}
	if r.Track == exchange.MoneyMatched || r.Track == exchange.MoneyPosted {
		return c.PutOnHold(code.HoldAmountDiffers, fmt.Sprintf("第 %d 笔划转已到账 %s，信息表更正为 %s", r.Part, r.Received, amount))
	}
	change := ledger.Announce(c.LedgerHead(formNo), amount-r.Amount)
	if amount < r.Amount {
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

// nothingDue marks what was expected of a form as not due any more, or adds
// a part that says so.
func nothingDue(c *office.Case, f exchange.Form, parts []exchange.Remittance, old *exchange.Form) error {
	if err := announceOther(c, f, old); err != nil {
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
			return c.PutOnHold(code.HoldAmountDiffers, "信息表称无需划转，但资金已到账")
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

// announceOther books the amount of a form whose money does not come by
// bank; of a later version only what it added.
func announceOther(c *office.Case, f exchange.Form, old *exchange.Form) error {
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

// Decline works a decline at the new place. One for an older letter version
// is recorded and changes nothing.
func Decline(d *office.Desk, rec *formats.Decline) (office.Outcome, error) {
	c, o, err := answerTo(d, rec.LetterNo, rec.LetterVersion)
	if c == nil || err != nil {
		return o, err
	}
	why := string(rec.Code) + ": " + rec.Text
	if rec.LetterVersion < c.LetterVersion {
		return office.Accepted(), c.Note("decline_of_older_letter", why, nil)
	}
	if c.Effective() != exchange.Requested {
		return office.Refused(code.NotAllowedInState, "letter_no", "办件当前状态不接收此通知 / no decline is expected now"), nil
	}
	if err := c.Resume("对方已答复"); err != nil {
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

// SplitRef takes an EndToEndId apart: letter_no, part, attempt.
func SplitRef(ref string) (letterNo string, part, attempt int, ok bool) {
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
