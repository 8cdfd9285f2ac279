package office

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"carryover/exchange"
	"carryover/exchange/money"
)

// Plan is what a decision would do, worked out before anything is written: an
// officer reads and signs its effects, then the same transaction applies it.
type Plan struct {
	CaseNo  string          // of the case that the decision changes; "" for none
	Roles   []exchange.Role // who may take it, of those that its rule names; nil: all of them
	Effects []string        // one line each, in the agency's language
	Apply   func() error    // writes the effects, in the transaction that planned them
}

// DigestOf is the SHA-256 of a text, lower-case hex: it tells a decision that
// was recorded before from a new one.
func DigestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// AmountOf reads an amount of yuan that a decision names. What is no amount, or
// not more than 0.00, is Undecidable.
func AmountOf(text string) (money.Fen, error) {
	f, err := money.Parse(text)
	if err != nil || f <= 0 {
		return 0, Undecidable("金额 "+text+" 有误", "the amount is not one")
	}
	return f, nil
}

// Standing are the decisions about a subject that can be taken back and were not, oldest
// first. Each take-back ended the last that stood; one that names an entry was about the
// credit.
func (d *Desk) Standing(subject string) (list []exchange.Recorded, err error) {
	var all []exchange.Recorded
	for _, action := range append(exchange.Revocable(), exchange.ActTakeBack) {
		some, err := d.Tx.DecisionsAbout(subject, action)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b exchange.Recorded) int { return cmp.Compare(a.ID, b.ID) })
	for _, x := range all {
		switch {
		case x.Action != exchange.ActTakeBack:
			list = append(list, x)
		case x.Args["entry"] == "" && len(list) > 0:
			list = list[:len(list)-1]
		}
	}
	return list, nil
}

// standing are those of an action.
func (d *Desk) standing(subject, action string) ([]exchange.Recorded, error) {
	all, err := d.Tx.DecisionsAbout(subject, action)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if back, err := d.Tx.DecisionsAbout(subject, exchange.ActTakeBack); err != nil || len(back) == 0 {
		return all, err
	}
	list, err := d.Standing(subject)
	return slices.DeleteFunc(list, func(x exchange.Recorded) bool { return x.Action != action }), err
}

// Allowances are the decisions by which payments of a subject may pass a cap (allow-cap),
// each up to its amount, which stand. The subject is a case, an entry or a
// exchange.DaySubject.
func (d *Desk) Allowances(subject string) ([]exchange.Recorded, error) {
	return d.standing(subject, exchange.ActAllowCap)
}

// AllowedAmount is the amount up to which officers have let payments of a
// subject pass the caps (allow-cap): the largest of their decisions; 0 when
// there is none.
func (d *Desk) AllowedAmount(subject string) (most money.Fen, err error) {
	all, err := d.Allowances(subject)
	for _, x := range all {
		// Checked when the decision was taken: what is no amount allows nothing, and
		// the error must not stop every later payment.
		if amount, err := AmountOf(x.Args["amount"]); err == nil {
			most = max(most, amount)
		}
	}
	return most, err
}

// ConfirmedAccounts are the accounts that officers have confirmed for a subject
// (confirm-account), in the order of their decisions, each valid from the day of
// its decision.
func (d *Desk) ConfirmedAccounts(subject string) (list []exchange.Account, err error) {
	all, err := d.standing(subject, exchange.ActConfirmAccount)
	for _, x := range all {
		list = append(list, exchange.Account{
			Holder: x.Args["holder"], Bank: x.Args["bank"], No: x.Args["account"], CNAPS: x.Args["cnaps"], ValidFrom: x.On,
		})
	}
	return list, err
}
