package transfer

import (
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs/office"
)

// Payee stores who receives money that goes to the person or the heirs (SPEC
// 2.7), and for which share. A next record of the same payee changes the account
// while anything is still to be paid; it is refused once all is at the bank.
func Payee(d *office.Desk, b *formats.Payee) (office.Outcome, error) {
	c, err := payeeCase(d, b)
	if office.IsNotFound(err) {
		return office.Refused(code.UnknownLetter, "letter_no", "没有这个办件 / no such case"), nil
	}
	if err != nil {
		return office.Outcome{}, err
	}
	if c.Side != exchange.Out || identity.Key(b.IDNo) != c.Person.IDKey {
		return office.Refused(code.PersonDiffers, "id_no", ""), nil
	}
	num, den, ok := share(b.Share)
	if !ok {
		return office.Refused(code.Malformed, "share", "应写作 1/1、1/3 / write a fraction"), nil
	}
	p := exchange.Payee{
		CaseNo: c.No, LetterNo: c.LetterNo, IDNo: b.IDNo, Relation: string(b.Relation), Name: b.Name, PayeeID: b.PayeeIDNo,
		Account:  exchange.Account{Holder: b.AccountName, Bank: b.BankName, No: b.AccountNo, CNAPS: b.CNAPS},
		ShareNum: num, ShareDen: den, Evidence: b.Evidence,
	}
	contested, err := keepCores(c, &p)
	if err != nil {
		return office.Outcome{}, err
	}
	free := true
	if contested {
		err = freeUnsent(c)
	} else {
		free, err = freePayee(c, p)
	}
	if err != nil {
		return office.Outcome{}, err
	}
	if !free {
		return office.Refused(code.NotAllowedInState, "account_no", "款项已提交银行 / the payment is with the bank"), nil
	}
	if err := d.Tx.PutPayee(p); err != nil {
		return office.Outcome{}, err
	}
	if err := c.Note("payee_registered", code.Text(b.Name), map[string]string{"share": b.Share, "relation": string(b.Relation)}); err != nil {
		return office.Outcome{}, err
	}
	if err := assignPayees(c); err != nil {
		return office.Outcome{}, err
	}
	if contested {
		if err := c.PutOnHold(code.HoldAccountNotRegistered, code.Say("payee-contested", p.Account.No, p.Rival.No)); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), c.Save()
}

// keepCores notes who gives the account of a payee. One that the core gave is not replaced
// by the portal, into which the person types: both are kept, contested, until finance
// confirms one of them. What the core says anew replaces its own.
func keepCores(c *office.Case, p *exchange.Payee) (contested bool, err error) {
	p.FromCore = c.File.Party == c.Agency.Core()
	known, err := c.Tx.Payees(c.No)
	i := slices.IndexFunc(known, func(k exchange.Payee) bool { return k.PayeeID == p.PayeeID })
	if err != nil || i < 0 || !known[i].FromCore {
		return false, err
	}
	p.Rival = known[i].Rival
	if !p.FromCore {
		p.FromCore, p.Rival, p.Account = true, p.Account, known[i].Account
	}
	if p.Rival.Is(p.Account) {
		p.Rival = exchange.Account{}
	}
	return p.Rival.No != "", nil
}

// payeeAccount is the account of a part that goes to the person: the payee's, or of two
// that are contested the one that finance confirmed last; "" when it confirmed neither.
func payeeAccount(c *office.Case, r *exchange.Remittance) (account exchange.Account, rival string, err error) {
	known, err := c.Tx.Payees(c.No)
	i := slices.IndexFunc(known, func(k exchange.Payee) bool { return k.PayeeID == r.PayeeID && k.Rival.No != "" })
	if err != nil || i < 0 {
		return r.Payee, "", err
	}
	confirmed, err := c.ConfirmedAccounts(c.No)
	for _, a := range slices.Backward(confirmed) {
		for _, of := range []exchange.Account{r.Payee, known[i].Rival} {
			if names(a, of) {
				return of, "", err
			}
		}
	}
	return exchange.Account{}, known[i].Rival.No, err
}

// NamesPayee reports whether an account is one of those that are contested for a payee of
// a case.
func NamesPayee(c *office.Case, no, cnaps string) (bool, error) {
	known, err := c.Tx.Payees(c.No)
	a := exchange.Account{No: no, CNAPS: cnaps}
	return slices.ContainsFunc(known, func(k exchange.Payee) bool {
		return k.Rival.No != "" && (names(a, k.Rival) || names(a, k.Account))
	}), err
}

// names reports whether an officer's word is about a payee's account, which may come
// without a CNAPS.
func names(confirmed, of exchange.Account) bool {
	return confirmed.No == of.No && (of.CNAPS == "" || confirmed.CNAPS == of.CNAPS)
}

// freePayee voids payments to another account of the payee that have not left; it
// reports false, and changes nothing, when all of it is with the bank or paid.
func freePayee(c *office.Case, p exchange.Payee) (bool, error) {
	parts, err := c.Parts()
	if err != nil {
		return false, err
	}
	gone, open, unsent := false, false, false
	for _, r := range parts {
		if r.To != exchange.ToPerson || r.PayeeID != p.PayeeID || r.Payee.No == p.Account.No {
			continue
		}
		switch r.Track.Place() {
		case exchange.PlaceBank, exchange.PlaceGone:
			gone = true
		case exchange.PlaceHere, exchange.PlaceBack:
			open = true
			unsent = unsent || r.Track == exchange.MoneyOrdered || r.Track == exchange.MoneyReleased
		}
	}
	if !unsent {
		return open || !gone, nil
	}
	return true, freeUnsent(c)
}

// payeeCase finds the case that a payee's record names, by its own number or by
// the letter of the old place's side.
func payeeCase(d *office.Desk, b *formats.Payee) (*office.Case, error) {
	if b.CaseNo != "" {
		return d.CaseByNo(b.CaseNo)
	}
	return d.CaseByLetter(exchange.Out, b.LetterNo)
}

// share reads a fraction such as 1/3, above zero and at most one. The limit of
// 1000 keeps coversAll from overflowing.
func share(s string) (num, den int, ok bool) {
	a, b, found := strings.Cut(s, "/")
	num, err1 := strconv.Atoi(a)
	den, err2 := strconv.Atoi(b)
	return num, den, found && err1 == nil && err2 == nil && num > 0 && den >= num && den <= 1000
}

// assignPayees divides what is due to the person among the payees, once their
// shares make up the whole; until then nothing is assigned, and nobody is paid
// before the last heir is known. It is idempotent.
func assignPayees(c *office.Case) error {
	payees, err := c.Tx.Payees(c.No)
	if err != nil || !coversAll(payees) {
		return err
	}
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for i := range parts {
		r := &parts[i]
		if r.To != exchange.ToPerson || (r.Track != exchange.MoneyDue && r.Track != exchange.MoneyReturned) {
			continue
		}
		if err := divide(c, r, payees); err != nil {
			return err
		}
	}
	if c.Hold == code.HoldPayeeMissing {
		return c.Resume(code.Say("payee-known"))
	}
	return nil
}

// coversAll reports whether shares add up to exactly one. Denominators multiply:
// beyond a billion the sum is given up as no whole, before it can overflow.
func coversAll(payees []exchange.Payee) bool {
	num, den := 0, 1
	for _, p := range payees {
		num, den = num*p.ShareDen+p.ShareNum*den, den*p.ShareDen
		if den > 1_000_000_000 {
			return false
		}
	}
	return num == den
}

// shareOf is a fraction of an amount in fen, rounded down. Dividing before
// multiplying keeps it from overflowing.
func shareOf(amount money.Fen, num, den int) money.Fen {
	n, d := money.Fen(num), money.Fen(den)
	return amount/d*n + amount%d*n/d
}

// divide gives the part to the first payee and makes parts for the others;
// a fen that cannot be divided stays with the first.
func divide(c *office.Case, r *exchange.Remittance, payees []exchange.Payee) error {
	rest := r.Amount
	for _, p := range payees[1:] {
		if r.Payee.No != "" {
			break // divided before: a returned payment gets its payee's new account
		}
		amount := shareOf(r.Amount, p.ShareNum, p.ShareDen)
		rest -= amount
		next, err := nextPart(c)
		if err != nil {
			return err
		}
		err = c.Tx.InsertRemittance(exchange.Remittance{
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
	err := c.SetMoney(r, exchange.MoneyDue, func(r *exchange.Remittance) {
		r.Payee, r.PayeeID, r.Amount = mine.Account, mine.PayeeID, rest
	})
	if err != nil {
		return err
	}
	return c.Retrack()
}
