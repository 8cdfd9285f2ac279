package signing

import (
	"errors"
	"slices"
	"strconv"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
)

// The machine's clock is a difference while it is not that of most other hosts (courier.Pull looks).
// It keeps all payments back until a later look agrees, or one of 财务 and one of 复核 accept it.

// ErrClock is returned while the machine's clock is not that of most other hosts.
var ErrClock = errors.New("the machine's clock is more than ten minutes from those of most other hosts: mend it, or carryover decide accept-clock")

// AboutClock is what a difference about the machine's clock is about.
func AboutClock() code.Phrase { return code.Say("clock") }

// OfClock reports whether a difference is about the machine's clock.
func OfClock(x exchange.Difference) bool { return x.Kind == "money" && x.Subject.Is("clock") }

// ClockLacks are the roles that have not accepted yet what the clock differs by, and who has.
func ClockLacks(tx *store.Tx, x exchange.Difference) (lack []exchange.Role, by []exchange.Recorded, err error) {
	by, err = tx.DecisionsAbout(strconv.FormatInt(x.ID, 10), exchange.ActAcceptClock)
	lack = slices.DeleteFunc(exchange.Evidencing(), func(r exchange.Role) bool {
		return slices.ContainsFunc(by, func(d exchange.Recorded) bool { return d.Role == r })
	})
	return lack, by, err
}

// clockDiffers reports whether the machine's clock keeps payments back.
func clockDiffers(tx *store.Tx) (bool, error) {
	open, err := tx.DifferencesAbout("money", AboutClock())
	if err != nil || len(open) == 0 {
		return false, err
	}
	lack, _, err := ClockLacks(tx, open[0])
	return len(lack) > 0, err
}
