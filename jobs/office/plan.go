package office

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/money"
)

func DigestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Plan is what a decision comes to, and how it is carried out.
type Plan struct {
	CaseNo  string
	Effects []string
	Apply   func() error
}

// Undecidable is the reason why a decision is not taken.
func Undecidable(chinese, english string) error {
	return fmt.Errorf("%w: %w", exchange.ErrDecision, &Refusal{chinese, english})
}

// AmountOf reads an amount of yuan that a decision names.
func AmountOf(text string) (money.Fen, error) {
	f, err := money.Parse(text)
	if err != nil || f <= 0 {
		return 0, Undecidable("金额 "+text+" 有误", "the amount is not one")
	}
	return f, nil
}

// AllowedAmount is the amount up to which officers have let payments of a subject
// pass the caps.
func (d *Desk) AllowedAmount(subject string) (most money.Fen, err error) {
	all, err := d.Tx.DecisionsAbout(subject, exchange.ActAllowCap)
	for _, x := range all {
		if amount, err := AmountOf(x.Args["amount"]); err == nil {
			most = max(most, amount)
		}
	}
	return most, err
}
