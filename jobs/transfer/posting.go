package transfer

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs/office"
)

// requestEndAndDebit queues the first E (end) and B (debit) of a case, B right
// behind its E: the core works them in this order, and debits nobody who still
// participates.
func requestEndAndDebit(c *office.Case, reason string) error {
	if err := requestPosting(c, exchange.Posting{Row: exchange.PostEnd}, nil, reason); err != nil {
		return err
	}
	return requestPosting(c, exchange.Posting{Row: exchange.PostDebit}, nil, reason)
}

// requestPosting queues one posting for the core, under a new number, by which
// the result is told from those of other attempts. It keeps a digest of what the
// registry says now: retryRefused asks again only when that has changed.
func requestPosting(c *office.Case, p exchange.Posting, stays []exchange.Stay, reason string) error {
	no, err := c.Tx.NextNumber("P", c.Agency.Code, c.Date)
	if err != nil {
		return err
	}
	p.No, p.CaseNo, p.State, p.QueuedOn = no, c.No, exchange.PostingQueued, c.Date
	if p.Registry, err = registryDigest(c); err != nil {
		return err
	}
	if err := c.OnceStored(func() error { return c.Tx.InsertPosting(p) }); err != nil {
		return err
	}
	scheme := c.SchemeFrom
	if c.Side == exchange.In {
		scheme = c.SchemeTo
	}
	rec := formats.Posting{
		Row: code.PostingRow(p.Row), PostingNo: p.No, Undoes: p.Undoes, CaseNo: c.No, PersonalNo: c.PersonalNo,
		IDType: code.IDType(c.Person.IDType), IDNo: c.Person.IDNo, Name: c.Person.Name, Scheme: code.Scheme(scheme), Date: c.Date,
		FormNo: p.FormNo, Reason: reason, Echo: p.No, Stays: stayRecords(stays),
	}
	if p.FormNo != "" {
		rec.FormVersion = batch.Some(p.FormVersion)
	}
	if p.Row == exchange.PostCredit {
		rec.Amount = office.SomeFen(p.Amount)
	}
	if err := c.SendOrHold(c.Agency.Core(), c.No, &rec); err != nil {
		return err
	}
	return c.Note("posting_asked", code.Say("posting", p.Row, p.No), map[string]any{"form_no": p.FormNo, "amount": p.Amount.String()})
}

// PostingResult works what the core says about a posting: done, with the amount
// or months it booked, or refused. A result for a posting that has one already
// (a duplicate) or that does not fit what was asked is refused as a record.
func PostingResult(d *office.Desk, r *formats.PostingResult) (office.Outcome, error) {
	c, err := d.CaseByNo(r.CaseNo)
	var p exchange.Posting
	if err == nil {
		p, err = c.Posting(r.PostingNo)
	}
	if office.IsNotFound(err) {
		return office.Refused(code.NotAllowedInState, "posting_no", "没有这个指令 / no such posting"), nil
	}
	if err != nil {
		return office.Outcome{}, err
	}
	if p.State != exchange.PostingQueued || p.Row != string(r.Row) {
		return office.Refused(code.NotAllowedInState, "posting_no", "该指令已有结果或内容不符 / already answered, or another posting"), nil
	}
	if o, ok := checkResult(r, p); !ok {
		return o, nil
	}
	before := p
	p.DoneOn, p.Code, p.Text = r.DoneOn, r.Code, r.Text
	p.State = exchange.PostingDone
	if r.Result == code.ResultRefused {
		p.State = exchange.PostingRefused
	} else if r.Amount.Given {
		p.Principal, p.Interest, p.Amount = r.Principal.Value, r.Interest.Value, r.Amount.Value
	}
	p.Months = r.Months.Value
	if err := d.Tx.UpdatePosting(before, p); err != nil {
		return office.Outcome{}, err
	}
	if err := c.Note("posting_"+p.State, code.Say("posting-result", p.Row, p.No, r.Code), map[string]any{"amount": p.Amount.String(), "months": p.Months}); err != nil {
		return office.Outcome{}, err
	}
	// An annulment comes first: what the core did meanwhile is only to be undone.
	switch {
	case c.Wish == exchange.WishVoid:
		err = applyPostedInVoid(c, p)
	case p.State == exchange.PostingRefused:
		err = RefusedByCore(c, p)
	default:
		err = applyPosted(c, p)
	}
	if err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), c.Save()
}

// RefusedByCore holds the case with the core's reason, unless the registry has
// changed since the core was asked: an extract is worked before the results
// that came with it, and may hold what the core lacked.
func RefusedByCore(c *office.Case, p exchange.Posting) error {
	if err := c.PutOnHold(code.HoldRefusedByCore, code.Say("posting-refused", p.Row, p.Code, p.Text)); err != nil {
		return err
	}
	return retryRefused(c)
}

// retryRefused asks for what the core refused once more when the registry says
// something else of the person than when the core was asked. An extract that
// repeats what it said before, and be it every night, asks nothing again.
func retryRefused(c *office.Case) error {
	if c.State != exchange.Held || c.Hold != code.HoldRefusedByCore {
		return nil
	}
	digest, err := registryDigest(c)
	if err != nil {
		return err
	}
	postings, err := c.Postings()
	if err != nil {
		return err
	}
	for _, p := range slices.Backward(postings) {
		if p.State == exchange.PostingRefused { // the latest one
			if p.Registry == digest {
				return nil
			}
			break
		}
	}
	return RetryPostings(c, code.Say("registry-changed-since"))
}

// registryDigest is a digest of what the registry says of the person now; equal
// digests mean that nothing about the person has changed.
func registryDigest(c *office.Case) (string, error) {
	of, err := c.Tx.RegistryByID(c.Person.IDKey)
	return exchange.RegistryDigest(of), err
}

// checkResult refuses (false) a result that cannot be booked: a debit that is not
// principal + interest, another credit than was asked for, months without a
// number. A refusal by the core needs none of these.
func checkResult(r *formats.PostingResult, p exchange.Posting) (office.Outcome, bool) {
	if r.Result == code.ResultRefused {
		return office.Outcome{}, true
	}
	switch p.Row {
	case exchange.PostDebit:
		total, err := r.Principal.Value.Add(r.Interest.Value)
		if !r.Amount.Given || err != nil || total != r.Amount.Value {
			return office.Refused(code.Amount, "amount", "应等于本金加利息 / must be principal + interest"), false
		}
	case exchange.PostCredit:
		if !r.Amount.Given || r.Amount.Value != p.Amount {
			return office.Refused(code.Amount, "amount", "入账金额与指令不一致 / not the amount asked for"), false
		}
	case exchange.PostMonths:
		if !r.Months.Given {
			return office.Refused(code.Missing, "months", ""), false
		}
	}
	return office.Outcome{}, true
}

// applyPosted does what follows a posting that the core has done.
func applyPosted(c *office.Case, p exchange.Posting) error {
	switch p.Row {
	case exchange.PostEnd:
		if c.Effective() == exchange.Accepted {
			return c.Move(exchange.EndDone, code.Phrase{}, nil)
		}
		return nil
	case exchange.PostDebit:
		return applyDebit(c, p)
	case exchange.PostUndo:
		return applyUndo(c, p)
	case exchange.PostCredit:
		if err := applyCredit(c, p); err != nil {
			return err
		}
	case exchange.PostMonths:
		if err := applyMonths(c, p); err != nil {
			return err
		}
	}
	return Advance(c)
}

// applyCredit books the core's credit on the form version that was asked, and
// moves the form's matched parts to posted.
func applyCredit(c *office.Case, p exchange.Posting) error {
	f, err := c.Form(p.FormNo, p.FormVersion)
	if err != nil {
		return err
	}
	before := f
	f.Credited, f.PostedOn = p.Amount, p.DoneOn
	if err := c.Tx.UpdateForm(before, f); err != nil {
		return err
	}
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for i := range parts {
		if r := &parts[i]; r.FormNo == p.FormNo && r.Track == exchange.MoneyMatched {
			if err := c.SetMoney(r, exchange.MoneyPosted, nil); err != nil {
				return err
			}
		}
	}
	if f.Money == exchange.MoneyNETTED {
		return nil // its money is settled by the monthly net sum
	}
	return c.Book(ledger.Credit(c.LedgerHead(p.No), p.Amount))
}

// applyMonths notes how many months the core counted; the form's others overlap
// with what the person had here (SPEC 2.8).
func applyMonths(c *office.Case, p exchange.Posting) error {
	f, err := c.Form(p.FormNo, p.FormVersion)
	if err != nil {
		return err
	}
	before := f
	f.MonthsCredited = p.Months
	f.MonthsOverlapping = f.Actual + f.Backpaid + f.Deemed - p.Months
	return c.Tx.UpdateForm(before, f)
}

// applyUndo marks as undone the posting that the core took back by u, and
// reverses what it booked.
func applyUndo(c *office.Case, u exchange.Posting) error {
	p, err := c.Posting(u.Undoes)
	if err != nil {
		return err
	}
	before := p
	p.State = exchange.PostingUndone
	if err := c.Tx.UpdatePosting(before, p); err != nil {
		return err
	}
	if err := reverseBooks(c, p); err != nil {
		return err
	}
	return Advance(c)
}

// reverseBooks reverses in the ledger what an undone posting had booked. Of a
// netted credit nothing was booked (applyCredit), and months are no money.
func reverseBooks(c *office.Case, p exchange.Posting) error {
	switch p.Row {
	case exchange.PostCredit:
		f, err := c.Form(p.FormNo, p.FormVersion)
		if err != nil {
			return err
		}
		if f.Money == exchange.MoneyNETTED {
			return nil
		}
		if err := unpostParts(c, p.FormNo); err != nil {
			return err
		}
		return c.Book(ledger.Reverse(ledger.Credit(c.LedgerHead(p.No), p.Amount), int(c.Date), "undone "+p.No))
	case exchange.PostDebit:
		if err := backToDue(c); err != nil {
			return err
		}
		return c.Book(ledger.Reverse(ledger.Liquidate(c.LedgerHead(p.No), p.Amount), int(c.Date), "undone "+p.No))
	}
	return nil
}

// unpostParts moves the posted parts of a form back to matched.
func unpostParts(c *office.Case, formNo string) error {
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for i := range parts {
		if r := &parts[i]; r.FormNo == formNo && r.Track == exchange.MoneyPosted {
			if err := c.SetMoney(r, exchange.MoneyMatched, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// RetryPostings ends the hold of a case and asks the core again for what it
// refused, under new numbers, because the registry changed or an officer wants
// it. It asks for nothing while a posting is pending, and not to end again what
// has ended.
func RetryPostings(c *office.Case, why code.Phrase) error {
	if err := c.Resume(why); err != nil {
		return err
	}
	if c.Wish == exchange.WishVoid {
		return ContinueVoid(c)
	}
	if c.Side == exchange.In {
		return Advance(c)
	}
	postings, err := c.Postings()
	if err != nil {
		return err
	}
	ended := false
	for _, p := range postings {
		switch {
		case p.State == exchange.PostingQueued:
			return nil
		case p.Row == exchange.PostEnd && p.State == exchange.PostingDone:
			ended = true
		}
	}
	if !ended {
		return requestEndAndDebit(c, "重新记账")
	}
	return requestPosting(c, exchange.Posting{Row: exchange.PostDebit}, nil, "重新记账")
}
