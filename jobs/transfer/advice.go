package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats"
	"carryover/jobs/office"
)

// Advice stores a remittance advice (M), of money that comes to us for a letter
// of ours, or of a refund of what we paid. It moves no money: only the bank does.
// It requeues credits that name its payment_ref, as a lump sum is matched by the
// advices of its cases alone.
func Advice(d *office.Desk, rec *formats.Advice) (office.Outcome, error) {
	c, err := d.CaseByLetter(exchange.In, rec.LetterNo)
	if office.IsNotFound(err) {
		c, err = d.CaseByLetter(exchange.Out, rec.LetterNo) // a refund to us
	}
	if office.IsNotFound(err) {
		return holdOrRefuseUnknown(d, code.UnknownLetter, "letter_no")
	}
	if err != nil {
		return office.Outcome{}, err
	}
	if c.Partner != d.File.Party {
		return office.Refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	if identity.Key(rec.PersonID) != c.Person.IDKey {
		return office.Refused(code.PersonDiffers, "person_id", ""), nil
	}
	err = d.Tx.InsertAdvice(exchange.Advice{
		Ref: rec.PaymentRef, LetterNo: rec.LetterNo, Side: c.Side, Partner: c.Partner, Purpose: string(rec.Purpose), FormNo: rec.FormNo,
		PersonID: rec.PersonID, Name: rec.Name, Amount: rec.Amount, ValueOn: rec.ValueDate, Reason: rec.Reason,
	})
	if err != nil {
		return office.Outcome{}, err
	}
	if c.Side == exchange.In {
		if err := d.Tx.RequeueMatching(ReferenceKey(rec.PaymentRef)); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), c.Note("advice_received", code.Text(rec.PaymentRef), map[string]string{"amount": rec.Amount.String()})
}
