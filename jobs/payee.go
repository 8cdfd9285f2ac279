package jobs

import (
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/formats"
)

// payee stores who receives money that goes to the person or the heirs.
func (d *desk) payee(b *formats.Payee) (outcome, error) {
	c, err := d.payeeCase(b)
	if notFound(err) {
		return refused(code.UnknownLetter, "letter_no", "没有这个办件 / no such case"), nil
	}
	if err != nil {
		return outcome{}, err
	}
	if c.Side != exchange.Out || identity.Key(b.IDNo) != c.Person.IDKey {
		return refused(code.PersonDiffers, "id_no", ""), nil
	}
	num, den, ok := share(b.Share)
	if !ok {
		return refused(code.Malformed, "share", "应写作 1/1、1/3 / write a fraction"), nil
	}
	p := exchange.Payee{
		CaseNo: c.No, LetterNo: c.LetterNo, IDNo: b.IDNo, Relation: string(b.Relation), Name: b.Name, PayeeID: b.PayeeIDNo,
		Account:  exchange.Account{Holder: b.AccountName, Bank: b.BankName, No: b.AccountNo, CNAPS: b.CNAPS},
		ShareNum: num, ShareDen: den, Evidence: b.Evidence,
	}
	free, err := c.freePayee(p)
	if err != nil {
		return outcome{}, err
	}
	if !free {
		return refused(code.NotAllowedInState, "account_no", "款项已提交银行 / the payment is with the bank"), nil
	}
	if err := d.tx.PutPayee(p); err != nil {
		return outcome{}, err
	}
	if err := c.note("payee_registered", b.Name, map[string]string{"share": b.Share, "relation": string(b.Relation)}); err != nil {
		return outcome{}, err
	}
	if err := c.assignPayees(); err != nil {
		return outcome{}, err
	}
	return accepted(), c.save()
}

// freePayee takes back what has not left for another account of the payee; it
// reports false, and changes nothing, when all of it is with the bank or paid.
func (c *casework) freePayee(p exchange.Payee) (bool, error) {
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return false, err
	}
	gone, open, unsent := false, false, false
	for _, r := range parts {
		if r.To != exchange.ToPerson || r.PayeeID != p.PayeeID || r.Payee.No == p.Account.No {
			continue
		}
		switch r.Track {
		case exchange.MoneySubmitted, exchange.MoneyUnknown, exchange.MoneySettled:
			gone = true
		case exchange.MoneyOrdered, exchange.MoneyReleased:
			open, unsent = true, true
		case exchange.MoneyDue, exchange.MoneyReturned:
			open = true
		}
	}
	if !unsent {
		return open || !gone, nil
	}
	return true, c.freeUnsent()
}

func (d *desk) payeeCase(b *formats.Payee) (*casework, error) {
	if b.CaseNo != "" {
		return d.caseNo(b.CaseNo)
	}
	return d.caseOf(exchange.Out, b.LetterNo)
}

func share(s string) (num, den int, ok bool) {
	a, b, found := strings.Cut(s, "/")
	num, err1 := strconv.Atoi(a)
	den, err2 := strconv.Atoi(b)
	return num, den, found && err1 == nil && err2 == nil && num > 0 && den >= num && den <= 1000
}

// assignPayees divides what is due to the person among the payees, once their
// shares make up the whole.
func (c *casework) assignPayees() error {
	payees, err := c.tx.Payees(c.No)
	if err != nil || !whole(payees) {
		return err
	}
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	for i := range parts {
		r := &parts[i]
		if r.To != exchange.ToPerson || (r.Track != exchange.MoneyDue && r.Track != exchange.MoneyReturned) {
			continue
		}
		if err := c.divide(r, payees); err != nil {
			return err
		}
	}
	if c.Hold == code.HoldPayeeMissing {
		return c.release("领款人账户已提供")
	}
	return nil
}

// whole reports whether shares add up to one.
func whole(payees []exchange.Payee) bool {
	num, den := 0, 1
	for _, p := range payees {
		num, den = num*p.ShareDen+p.ShareNum*den, den*p.ShareDen
		if den > 1_000_000_000 {
			return false
		}
	}
	return num == den
}

// shareOf is a fraction of an amount, rounded down. It does not overflow.
func shareOf(amount money.Fen, num, den int) money.Fen {
	n, d := money.Fen(num), money.Fen(den)
	return amount/d*n + amount%d*n/d
}

// divide gives the part to the first payee and makes parts for the others;
// a fen that cannot be divided stays with the first.
func (c *casework) divide(r *exchange.Remittance, payees []exchange.Payee) error {
	rest := r.Amount
	for _, p := range payees[1:] {
		if r.Payee.No != "" {
			break // divided before: a returned payment gets its payee's new account
		}
		amount := shareOf(r.Amount, p.ShareNum, p.ShareDen)
		rest -= amount
		next, err := c.nextPart()
		if err != nil {
			return err
		}
		err = c.tx.InsertRemittance(exchange.Remittance{
			CaseNo: c.No, Part: next, Side: exchange.Out, LetterNo: r.LetterNo, FormNo: r.FormNo, Amount: amount, Track: exchange.MoneyDue,
			To: exchange.ToPerson, Payee: p.Account, PayeeID: p.PayeeID, Since: c.Date,
		})
		if err != nil {
			return err
		}
	}
	mine := payees[0]
	for _, p := range payees {
		if p.PayeeID == r.PayeeID {
			mine = p
		}
	}
	err := c.setMoney(r, exchange.MoneyDue, func(r *exchange.Remittance) {
		r.Payee, r.PayeeID, r.Amount = mine.Account, mine.PayeeID, rest
	})
	if err != nil {
		return err
	}
	return c.retrack()
}
