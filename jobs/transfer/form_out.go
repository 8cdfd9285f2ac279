package transfer

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// applyDebit does what follows the core's debit at the old place: the balance is
// booked, and answered unless it is above the cap of a record.
func applyDebit(c *office.Case, p exchange.Posting) error {
	if err := c.Book(ledger.Liquidate(c.LedgerHead(p.No), p.Amount)); err != nil {
		return err
	}
	if above, err := aboveRecordCap(c, p.Amount); err != nil || above {
		if err != nil {
			return err
		}
		return c.PutOnHold(code.HoldCap, code.Say("debit-above-cap", p.No, p.Amount, c.Agency.CapOfRecord()))
	}
	return answerDebit(c, p)
}

// answerDebit issues the form about a debit, and makes the money due. Of a person who has
// died there is no form: the heirs are paid.
func answerDebit(c *office.Case, p exchange.Posting) error {
	if c.Decline == code.DeclineDeceased {
		return addPart(c, p.Amount, exchange.ToPerson, "")
	}
	if err := c.Move(exchange.DebitDone, code.Phrase{}, map[string]string{"amount": p.Amount.String()}); err != nil {
		return err
	}
	f, err := makeForm(c, p)
	if err != nil {
		return err
	}
	return issueForm(c, f, p)
}

// addPart adds the next part of the remittance as due, to the partner or to the
// person; nothing for an amount of zero.
func addPart(c *office.Case, amount money.Fen, to, formNo string) error {
	if amount == 0 {
		return c.Retrack()
	}
	part, err := nextPart(c)
	if err != nil {
		return err
	}
	err = c.Tx.InsertRemittance(exchange.Remittance{
		CaseNo: c.No, Part: part, Side: exchange.Out, LetterNo: c.LetterNo, FormNo: formNo, Amount: amount,
		Track: exchange.MoneyDue, To: to, Since: c.Date,
	})
	if err != nil {
		return err
	}
	if err := c.Retrack(); err != nil || to != exchange.ToPerson {
		return err
	}
	return assignPayees(c) // who receives it may be known already
}

// nextPart is the number of a case's next part, from 1; none is used twice, as
// references and advices name it.
func nextPart(c *office.Case) (int, error) {
	parts, err := c.Parts()
	if err != nil || len(parts) == 0 {
		return 1, err
	}
	return parts[len(parts)-1].Part + 1, nil
}

// makeForm makes the form that the debit p calls for: the original, a
// supplement with what was added, or a corrected version with everything. Stays
// are the registry's of today, as the core's debit was; a record that has gone
// since is an error.
func makeForm(c *office.Case, p exchange.Posting) (exchange.Form, error) {
	records, err := c.Tx.RegistryByID(c.Person.IDKey)
	if err != nil {
		return exchange.Form{}, err
	}
	r, _, ok := exchange.FindRecord(records, c.SchemeFrom, c.PersonalNo)
	if !ok {
		return exchange.Form{}, fmt.Errorf("case %s: the registry lost personal number %s: ask the core for an extract that has it", c.No, c.PersonalNo)
	}
	forms, err := c.Forms()
	if err != nil {
		return exchange.Form{}, err
	}
	f := exchange.Form{
		Version: 1, CaseNo: c.No, Side: exchange.Out, Nature: exchange.NatureOriginal, LetterNo: c.LetterNo, LetterVersion: c.LetterVersion,
		Track: exchange.FormNone, Current: true, Person: c.Person, PersonalNo: r.PersonalNo, Scheme: r.Scheme,
		AccountOpened: r.AccountOpened, Arrears: r.Arrears, Principal: p.Principal, Interest: p.Interest, Amount: p.Amount,
		Stays: r.Stays, IssuedOn: c.Date, Clerk: c.Agency.Clerk, Checker: c.Agency.Checker, Payer: c.Agency.Payer,
	}
	if f.EndedOn, err = endedOn(c); err != nil {
		return f, err
	}
	letter, err := c.Letter()
	if err != nil {
		return f, err
	}
	f.Echo = letter.Echo
	if err := supplementOrCorrect(c, &f, forms); err != nil {
		return f, err
	}
	if f.No == "" {
		if f.No, err = c.Tx.NextNumber("F", c.Agency.Code, c.Date); err != nil {
			return f, err
		}
	}
	m := exchange.CountMonths(f.Stays) // after supplementOrCorrect: a supplement counts only what it adds
	f.Actual, f.Backpaid, f.Deemed, f.Gap, f.FirstMonth, f.PaidTo = m.Actual, m.Backpaid, m.Deemed, m.Gap, m.First, m.Last
	f.Money, _ = exchange.DecideMoney(exchange.MoneyFacts{
		Amount: f.Amount, Settlement: c.Partners[c.Partner].Settlement, AccountMoves: letter.AccountMoves, SchemeTo: c.SchemeTo,
	})
	return f, nil
}

// supplementOrCorrect turns a new form into a supplement or a correction of what
// was issued before (SPEC 2.10). When every stay that was issued is still there,
// a supplement lists the added ones, with this debit's money alone; else the next
// version of the first form replaces it, with the sums of both debits.
func supplementOrCorrect(c *office.Case, f *exchange.Form, forms []exchange.Form) error {
	var original *exchange.Form
	var issued []exchange.Stay
	for i := range forms {
		if forms[i].Current {
			issued = append(issued, forms[i].Stays...)
			if original == nil {
				original = &forms[i]
			}
		}
	}
	if original == nil {
		return nil
	}
	added, kept := exchange.AddedStays(issued, f.Stays)
	if kept {
		f.Nature, f.OfForm, f.Stays = exchange.NatureSupplement, original.No, added
		return nil
	}
	f.Nature, f.No, f.Version = exchange.NatureCorrected, original.No, original.Version+1
	var err error
	if f.Principal, err = f.Principal.Add(original.Principal); err != nil {
		return err
	}
	if f.Interest, err = f.Interest.Add(original.Interest); err != nil {
		return err
	}
	if f.Amount, err = f.Amount.Add(original.Amount); err != nil {
		return err
	}
	f.Part, f.PaymentRef = original.Part, original.PaymentRef
	before := *original
	original.Current = false
	return c.Tx.UpdateForm(before, *original)
}

// endedOn is the day on which the core ended participation; an error when it has
// not, as no debit comes before the end.
func endedOn(c *office.Case) (calendar.Date, error) {
	postings, err := c.Postings()
	if err != nil {
		return 0, err
	}
	for _, p := range postings {
		if p.Row == exchange.PostEnd && p.State == exchange.PostingDone {
			return p.DoneOn, nil
		}
	}
	return 0, fmt.Errorf("case %s: liquidated without an end of participation", c.No)
}

// issueForm stores and queues a form, and makes the money due that it announces.
// p is the debit behind it: of a corrected form only what p added is newly due.
// The part's number is known before the form is stored, since the form names the
// reference of the first attempt (SPEC 4).
func issueForm(c *office.Case, f exchange.Form, p exchange.Posting) error {
	to := ""
	switch f.Money {
	case exchange.MoneyREMITTED:
		to = exchange.ToPartner
	case exchange.MoneyPAIDTOPERSON:
		to = exchange.ToPerson
	}
	if to != "" && p.Amount > 0 {
		part, err := nextPart(c)
		if err != nil {
			return err
		}
		f.Part = part
		if to == exchange.ToPartner {
			f.PaymentRef = PaymentRef(c.LetterNo, part, 1)
		}
	}
	if err := c.Tx.InsertForm(f); err != nil {
		return err
	}
	if err := c.SetForm(&f, exchange.FormQueued); err != nil {
		return err
	}
	rec := formRecord(f, agencyBlock(c.Office))
	if err := c.SendOrHold(c.Partner, c.No, &rec); err != nil {
		return err
	}
	c.FormOn = c.Date
	if err := c.Note("form_issued", code.Say("form", f.Nature, f.No), map[string]any{"version": f.Version, "money": f.Money, "amount": f.Amount.String()}); err != nil {
		return err
	}
	return bookFormMoney(c, f, p, to)
}

// bookFormMoney books what happens to the money of a form: netted and not moved
// leave due at once, what goes to the partner or the person (to) becomes a part.
func bookFormMoney(c *office.Case, f exchange.Form, p exchange.Posting, to string) error {
	switch {
	case p.Amount == 0:
		return c.Retrack()
	case f.Money == exchange.MoneyNETTED:
		if err := c.Book(ledger.Net(c.LedgerHead(f.No), p.Amount)); err != nil {
			return err
		}
	case f.Money == exchange.MoneyNOTMOVED:
		if err := c.Book(ledger.NotMove(c.LedgerHead(f.No), p.Amount)); err != nil {
			return err
		}
	case to == exchange.ToPerson:
		if err := notice.Notify(c, code.MilestonePaidToPerson, notice.News{Amount: p.Amount, Some: true}); err != nil {
			return err
		}
	}
	if to == "" {
		return c.Retrack()
	}
	return addPart(c, p.Amount, to, f.No)
}

// formRecord is a form as the record that goes to the new place. Payer and
// reference stand only on one whose money comes by bank.
func formRecord(f exchange.Form, agency formats.AgencyBlock) formats.Form {
	rec := formats.Form{
		FormNo: f.No, Version: f.Version, Nature: code.Nature(f.Nature), OfFormNo: f.OfForm, LetterNo: f.LetterNo,
		LetterVersion: f.LetterVersion, Echo: f.Echo, Person: personRecord(f.Person), PersonalNo: f.PersonalNo, Scheme: code.Scheme(f.Scheme),
		EndedOn: f.EndedOn, FirstMonth: f.FirstMonth, PaidTo: f.PaidTo, AccountOpened: f.AccountOpened, MonthsActual: f.Actual,
		MonthsBackpaid: f.Backpaid, MonthsDeemed: f.Deemed, MonthsGap: batch.Some(f.Gap), ArrearsAmount: f.Arrears,
		Money: code.MoneyKind(f.Money), Principal: f.Principal, Interest: f.Interest, Amount: f.Amount, Agency: agency, Remark: f.Remark,
		IssuedOn: f.IssuedOn, Clerk: f.Clerk, Checker: f.Checker, Stays: stayRecords(f.Stays),
	}
	if f.Money == exchange.MoneyREMITTED {
		rec.PayerName, rec.PayerAccount, rec.PaymentRef = f.Payer.Holder, f.Payer.No, f.PaymentRef
	}
	for _, s := range f.Stays {
		if s.Kind == exchange.StayDeemed && s.To > rec.DeemedTo {
			rec.DeemedTo = s.To
		}
	}
	return rec
}

// FormSent moves the queued form that a sent record is, and its case, to sent.
// The record of a decline (row D) is no form: nothing follows from it.
func FormSent(d *office.Desk, o exchange.Outgoing) error {
	if office.IsDecline(o) {
		return nil
	}
	c, err := d.CaseByNo(o.CaseNo)
	if err != nil {
		return err
	}
	forms, err := c.Forms()
	if err != nil {
		return err
	}
	for i := range forms {
		f := &forms[i]
		if f.No != o.RecordNo || f.Track != exchange.FormQueued {
			continue
		}
		if err := d.SetForm(f, exchange.FormSent); err != nil {
			return err
		}
	}
	if err := c.Retrack(); err != nil {
		return err
	}
	if c.State != exchange.Void { // annulled while the form waited
		if err := c.Move(exchange.FormSentOut, code.Text(o.RecordNo), nil); err != nil {
			return err
		}
	}
	return c.Save()
}
