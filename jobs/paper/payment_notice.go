package paper

import (
	"errors"
	"slices"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/signing"
)

// paymentNotice is the notice to finance of one payment, by its reference; else
// of the latest attempt to pay for the case.
func (p printer) paymentNotice() ([]document, error) {
	pay, err := p.tx.Payment(p.upper())
	if office.IgnoreNotFound(err) != nil {
		return nil, err
	}
	if err != nil {
		c, err := p.oneCase("payment", func(c exchange.Case) (bool, error) {
			list, err := p.tx.PaymentsByCase(c.No)
			return len(list) > 0, err
		})
		if err != nil {
			return nil, err
		}
		list, err := p.tx.PaymentsByCase(c.No)
		if err != nil {
			return nil, err
		}
		pay = list[len(list)-1]
	}
	return p.noticeFor(pay)
}

// noticeFor lays out the notice of a payment: of a lump sum with the list of the
// persons. It is dated by its payment file, or today while it is in none. A
// payment back to a partner that is for no case has no notice, which is an error.
func (p printer) noticeFor(pay exchange.Payment) ([]document, error) {
	n := report.PaymentNotice{
		No: pay.Ref, Payer: p.Agency.Payer, Payee: pay.Payee, Amount: pay.Amount, Count: 1, Text: pay.Text, On: p.Date, To: pay.Partner,
	}
	if pay.FileID != 0 {
		f, err := p.tx.File(pay.FileID)
		if err != nil {
			return nil, err
		}
		n.On, n.File, n.SHA256 = signing.MadeOn(p.Office, f), f.Name, f.SHA256
		signatures, err := p.tx.Signatures(f.ID)
		if err != nil {
			return nil, err
		}
		n.Signed = p.signed(signatures)
	}
	if len(pay.Items) == 0 {
		return nil, errors.New("a refund to a partner has no case of its own: its payment file is its notice")
	}
	first, err := p.tx.Case(pay.Items[0].CaseNo)
	if err != nil {
		return nil, err
	}
	part, err := p.tx.Remittance(first.No, pay.Items[0].Part)
	if err != nil {
		return nil, err
	}
	n.Person, n.LetterNo, n.FormNo = first.Person, first.LetterNo, part.FormNo
	if part.To == exchange.ToPerson {
		n.To = "" // the form names the person instead of an agency
	}
	if len(pay.Items) > 1 {
		if n.People, err = p.paidPeople(pay); err != nil {
			return nil, err
		}
	}
	o, err := p.letterheadFor(first.Profile)
	if err != nil {
		return nil, err
	}
	doc := document{no: pay.Ref, caseNo: first.No}
	doc.pages, err = o.PaymentPapers(n)
	return []document{doc}, err
}

// signed names who signed a payment file, each once.
func (p printer) signed(signatures []exchange.Signature) (by report.Signed) {
	for _, s := range signatures {
		name := p.PartyName(exchange.OfficerParty(s.Officer))
		switch {
		case slices.Contains(s.Roles, exchange.RoleChecker) && by.Checker == "":
			by.Checker = name
		case slices.Contains(s.Roles, exchange.RoleFinance) && by.Finance == "":
			by.Finance = name
		default:
			by.Clerk = name
		}
	}
	return by
}

// paidPeople are the persons whom a payment is for, in its own order.
func (p printer) paidPeople(pay exchange.Payment) ([]report.PaidPerson, error) {
	var list []report.PaidPerson
	for _, item := range pay.Items {
		c, err := p.tx.Case(item.CaseNo)
		if err != nil {
			return nil, err
		}
		list = append(list, report.PaidPerson{Person: c.Person, LetterNo: c.LetterNo, Amount: item.Amount})
	}
	return list, nil
}
