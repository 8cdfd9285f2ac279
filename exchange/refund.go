package exchange

import (
	"fmt"
	"strconv"
	"strings"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Refund is money that goes back to where it came from: what a case got too
// much, what came for a case that takes none, or what belongs to nobody. It
// goes along the track of a payment.
type Refund struct {
	ID       int64
	LetterNo string // of the case; of money without a case a number drawn for it
	Part     int    // of the remittance that it pays back; 1 without a case
	CaseNo   string
	EntryKey string // the credit that is paid back
	Partner  string
	Amount   money.Fen
	Track    MoneyTrack
	Attempts int
	Ref      string // EndToEndId of the current attempt
	Payee    Account
	Since    calendar.Date
	Reason   code.Phrase // the officer's, or the bank's when it came back
	Officer  string      // who decided
}

// RefundRef is the EndToEndId of an attempt at a refund: letter_no -R part -
// attempt. The attempts count all refunds of one part.
func RefundRef(letterNo string, part, attempt int) string {
	return fmt.Sprintf("%s-R%d-%d", letterNo, part, attempt)
}

// SplitRefund takes the EndToEndId of a refund apart.
func SplitRefund(ref string) (letterNo string, part int, ok bool) {
	fields := strings.Split(ref, "-")
	if len(fields) != 3 || len(fields[0]) != 20 || !strings.HasPrefix(fields[1], "R") {
		return "", 0, false
	}
	part, err1 := strconv.Atoi(fields[1][1:])
	attempt, err2 := strconv.Atoi(fields[2])
	return fields[0], part, err1 == nil && err2 == nil && part > 0 && attempt > 0
}
