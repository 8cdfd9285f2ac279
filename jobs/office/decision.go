package office

import (
	"crypto/sha256"
	"encoding/hex"

	"carryover/exchange"
	"carryover/exchange/money"
)

// Plan is what a decision would do, worked out before anything is written: an
// officer reads and signs its effects, then the same transaction applies it.
type Plan struct {
	CaseNo  string       // of the case that the decision changes; "" for none
	Effects []string     // one line each, in the agency's language
	Apply   func() error // writes the effects, in the transaction that planned them
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

// AllowedAmount is the amount up to which officers have let payments of a
// subject pass the caps (allow-cap): the largest of their decisions; 0 when
// there is none.
func (d *Desk) AllowedAmount(subject string) (most money.Fen, err error) {
	all, err := d.Tx.DecisionsAbout(subject, exchange.ActAllowCap)
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
	all, err := d.Tx.DecisionsAbout(subject, exchange.ActConfirmAccount)
	for _, x := range all {
		list = append(list, exchange.Account{
			Holder: x.Args["holder"], Bank: x.Args["bank"], No: x.Args["account"], CNAPS: x.Args["cnaps"], ValidFrom: x.On,
		})
	}
	return list, err
}
