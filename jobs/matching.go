package jobs

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// matched ties a bank entry.
func (d *desk) matched(e exchange.BankEntry, caseNo string, part int) error {
	return d.tied(e, exchange.EntryMatched, caseNo, part)
}

func (d *desk) tied(e exchange.BankEntry, state, caseNo string, part int) error {
	before := e
	e.State, e.CaseNo, e.Part = state, caseNo, part
	return d.tx.UpdateBankEntry(before, e)
}

// matchEntry finds the case that a credit belongs to, in the order of SPEC 4:
// letter number in the text; ID and exact amount; lump sum by its advices;
// EndToEndId. What is found is booked; what is not stays unmatched.
func (d *desk) matchEntry(e exchange.BankEntry) (bool, error) {
	letterNo, idNo := iso20022.ParseRemittance(e.Text)
	if letterNo != "" {
		c, err := d.caseOf(exchange.In, letterNo)
		if err == nil {
			if idNo != "" && identity.Key(idNo) != c.Person.IDKey {
				return true, d.wrongPerson(c, e)
			}
			part, err := c.partOf(e)
			if err != nil {
				return false, err
			}
			return true, c.receive(e, part)
		}
		if !notFound(err) {
			return false, err
		}
	}
	if idNo != "" {
		if c, part, err := d.byPersonAndAmount(identity.Key(idNo), e.Amount); err != nil || c != nil {
			if err != nil {
				return false, err
			}
			return true, c.receive(e, part)
		}
	}
	if done, err := d.byLumpSum(e); done || err != nil {
		return done, err
	}
	if letterNo, part, _, ok := splitRef(e.EndToEnd); ok {
		c, err := d.caseOf(exchange.In, letterNo)
		if err == nil {
			return true, c.receive(e, part)
		}
		if !notFound(err) {
			return false, err
		}
	}
	return false, nil
}

// partOf is the part that money for a case is: the one that its EndToEndId
// names; without one (a keyed sheet has none), the one that an advice over
// exactly this amount names, or that a form announced so and that waits; else
// the first.
func (c *casework) partOf(e exchange.BankEntry) (int, error) {
	if no, part, _, ok := splitRef(e.EndToEnd); ok && no == c.LetterNo {
		return part, nil
	}
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return 0, err
	}
	here := map[int]bool{} // parts that have their money
	for _, r := range parts {
		here[r.Part] = r.Track != exchange.MoneyNone
	}
	advices, err := c.tx.AdvicesByLetter(c.LetterNo)
	if err != nil {
		return 0, err
	}
	for _, a := range advices {
		if _, part, _, ok := splitRef(a.Ref); ok && a.Side == exchange.In && a.Amount == e.Amount && !here[part] {
			return part, nil
		}
	}
	for _, r := range parts {
		if !here[r.Part] && r.Amount == e.Amount {
			return r.Part, nil
		}
	}
	return 1, nil
}

func (d *desk) wrongPerson(c *casework, e exchange.BankEntry) error {
	if err := c.hold(code.HoldAmountDiffers, "到账附言中的证件号码与联系函所列参保人不一致"); err != nil {
		return err
	}
	if err := d.difference("money", c.Partner, c.No, e.Key, identity.Mask(c.Person.IDNo), identity.MaskIn(e.Text)); err != nil {
		return err
	}
	return c.save()
}

// byPersonAndAmount finds the one open part of a person with exactly this amount.
func (d *desk) byPersonAndAmount(idKey string, amount money.Fen) (*casework, int, error) {
	cases, err := d.tx.CasesByPerson(idKey)
	if err != nil {
		return nil, 0, err
	}
	var found *casework
	part := 0
	for _, c := range cases {
		if c.Side != exchange.In {
			continue
		}
		parts, err := d.tx.RemittancesByCase(c.No)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range parts {
			if r.Track != exchange.MoneyNone || r.Amount != amount {
				continue
			}
			if found != nil {
				return nil, 0, nil // two would fit: staff decide
			}
			found, part = d.open(c), r.Part
		}
	}
	return found, part, nil
}

// byLumpSum matches one credit for several persons by its advices, which must
// add up to it.
func (d *desk) byLumpSum(e exchange.BankEntry) (bool, error) {
	ref := lumpRef(e)
	if ref == "" {
		return false, nil
	}
	advices, err := d.tx.Advices(ref)
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
	for _, a := range advices {
		c, err := d.caseOf(exchange.In, a.LetterNo)
		if err != nil {
			return false, missing(err) // the advice of a refund is no remittance to us
		}
		part := e
		part.Amount = a.Amount
		of, err := c.partOfForm(a.FormNo)
		if err != nil {
			return false, err
		}
		if err := c.credit(part, of); err != nil {
			return false, err
		}
	}
	return true, d.matched(e, "", 0)
}

// lumpRef finds the reference of a lump sum: L payer receiver date number.
func lumpRef(e exchange.BankEntry) string {
	for _, word := range append([]string{e.EndToEnd}, strings.Fields(e.Text)...) {
		if len(word) == 25 && word[0] == 'L' && strings.Trim(word[1:], "0123456789") == "" {
			return word
		}
	}
	return ""
}

// partOfForm is the part that a form announced; 1 when the form is not here.
func (c *casework) partOfForm(formNo string) (int, error) {
	parts, err := c.tx.RemittancesByCase(c.No)
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
