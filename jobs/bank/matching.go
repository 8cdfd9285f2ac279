package bank

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// match is what was found for a credit.
type match int

const (
	noMatch match = iota
	heldFor       // a case, which is held because of it: it stays unmatched
	matched
)

// matchEntry finds the case that a credit belongs to, in the order of SPEC 4:
// letter number in the text; ID and exact amount; lump sum by its advices;
// EndToEndId. What is found is booked on the case, or holds it when the person
// differs: then the credit is not tried another way.
func matchEntry(d *office.Desk, e exchange.BankEntry) (match, error) {
	letterNo, idNo := iso20022.ParseRemittance(e.Said())
	if letterNo != "" {
		c, err := d.CaseByLetter(exchange.In, letterNo)
		if err == nil {
			if idNo != "" && identity.Key(idNo) != c.Person.IDKey {
				return heldFor, holdWrongPerson(d, c, e)
			}
			part, err := partFor(c, e)
			if err != nil {
				return noMatch, err
			}
			return matched, transfer.Receive(c, e, part)
		}
		if !office.IsNotFound(err) {
			return noMatch, err
		}
	}
	if idNo != "" {
		if c, part, err := byPersonAndAmount(d, identity.Key(idNo), e.Amount); err != nil || c != nil {
			if err != nil {
				return noMatch, err
			}
			return matched, transfer.Receive(c, e, part)
		}
	}
	if done, err := byLumpSum(d, e); done || err != nil {
		return matched, err
	}
	if letterNo, part, _, ok := transfer.SplitRef(e.EndToEnd); ok {
		c, err := d.CaseByLetter(exchange.In, letterNo)
		if err == nil {
			return matched, transfer.Receive(c, e, part)
		}
		if !office.IsNotFound(err) {
			return noMatch, err
		}
	}
	return noMatch, nil
}

// partFor chooses the part of a case that a credit pays: the one that its
// EndToEndId names; without one (a keyed sheet has none), the one that an advice
// over exactly this amount names, or that a form announced so and that waits;
// else the first.
func partFor(c *office.Case, e exchange.BankEntry) (int, error) {
	if no, part, _, ok := transfer.SplitRef(e.EndToEnd); ok && no == c.LetterNo {
		return part, nil
	}
	parts, err := c.Parts()
	if err != nil {
		return 0, err
	}
	paid := map[int]bool{} // parts that have their money
	for _, r := range parts {
		paid[r.Part] = r.Track != exchange.MoneyNone
	}
	advices, err := c.Tx.AdvicesByLetter(c.LetterNo)
	if err != nil {
		return 0, err
	}
	for _, a := range advices {
		if _, part, _, ok := transfer.SplitRef(a.Ref); ok && a.Side == exchange.In && a.Amount == e.Amount && !paid[part] {
			return part, nil
		}
	}
	for _, r := range parts {
		if !paid[r.Part] && r.Amount == e.Amount {
			return r.Part, nil
		}
	}
	return 1, nil
}

// holdWrongPerson holds a case whose letter number a credit names together with
// the ID number of somebody else, and records a difference; the credit stays
// unmatched. Which of the two numbers is mistyped, an officer has to ask.
func holdWrongPerson(d *office.Desk, c *office.Case, e exchange.BankEntry) error {
	if err := c.PutOnHold(code.HoldAmountDiffers, code.Say("wrong-person-named")); err != nil {
		return err
	}
	if err := d.RecordDifference("money", c.Partner, c.No, code.Text(e.Key), code.Text(identity.Mask(c.Person.IDNo)), code.Text(identity.MaskIn(e.Text))); err != nil {
		return err
	}
	return c.Save()
}

// byPersonAndAmount finds the one part of a person that waits for exactly this
// amount; no case when there is none, or more than one.
func byPersonAndAmount(d *office.Desk, idKey string, amount money.Fen) (*office.Case, int, error) {
	cases, err := d.Tx.CasesByPerson(idKey)
	if err != nil {
		return nil, 0, err
	}
	var found *office.Case
	part := 0
	for _, of := range cases {
		if of.Side != exchange.In {
			continue
		}
		c := d.OpenCase(of)
		parts, err := c.Parts()
		if err != nil {
			return nil, 0, err
		}
		for _, r := range parts {
			if r.Track != exchange.MoneyNone || r.Amount != amount {
				continue
			}
			if found != nil {
				return nil, 0, nil // ambiguous: staff decide
			}
			found, part = c, r.Part
		}
	}
	return found, part, nil
}

// byLumpSum matches one credit for several persons by its advices, which must
// add up to it exactly: a sum that differs cannot be shared out, and waits as a
// whole, as one does without any advice.
func byLumpSum(d *office.Desk, e exchange.BankEntry) (bool, error) {
	ref := lumpRef(e)
	if ref == "" {
		return false, nil
	}
	advices, err := d.Tx.Advices(ref)
	if err != nil || len(advices) == 0 {
		return false, err
	}
	sum := money.Fen(0)
	for _, a := range advices {
		if sum, err = sum.Add(a.Amount); err != nil {
			return false, err
		}
	}
	if sum != e.Amount {
		return false, nil
	}
	cases := make([]*office.Case, len(advices))
	for i, a := range advices { // all of them before anything is booked
		if cases[i], err = d.CaseByLetter(exchange.In, a.LetterNo); err != nil {
			return false, office.IgnoreNotFound(err) // the advice of a refund is no remittance to us
		}
	}
	for i, a := range advices {
		part := e
		part.Amount = a.Amount
		of, err := partOfForm(cases[i], a.FormNo)
		if err != nil {
			return false, err
		}
		if err := transfer.AddToPart(cases[i], part, of); err != nil {
			return false, err
		}
	}
	return true, transfer.MarkMatched(d, e, "", 0)
}

// lumpRef finds the reference of a lump sum in EndToEndId or text: L, payer,
// receiver, date, number, 25 characters in all; empty when there is none.
func lumpRef(e exchange.BankEntry) string {
	for _, word := range append([]string{e.EndToEnd}, strings.Fields(e.Said())...) {
		if len(word) == 25 && word[0] == 'L' && strings.Trim(word[1:], "0123456789") == "" {
			return word
		}
	}
	return ""
}

// partOfForm is the part that a form announced; 1 when the form is not here yet,
// or its money is posted.
func partOfForm(c *office.Case, formNo string) (int, error) {
	parts, err := c.Parts()
	if err != nil {
		return 0, err
	}
	for _, r := range parts {
		if r.FormNo == formNo && formNo != "" && r.Track != exchange.MoneyPosted {
			return r.Part, nil
		}
	}
	return 1, nil
}
