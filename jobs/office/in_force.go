package office

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"

	"carryover/exchange"
)

// InForce is a digest (lower-case hex) of all that is in force on the office's days and
// not in the store, by which cases are judged and limits counted: settings, calendar,
// the accounts that are valid, the program. Another digest means that every case is to be
// looked at again.
func (o *Office) InForce() (string, error) {
	valid := func(all []exchange.Account) []exchange.Account {
		return slices.DeleteFunc(slices.Clone(all), func(a exchange.Account) bool { return !a.ValidOn(o.Days()...) })
	}
	agency, partners := o.Agency, maps.Clone(o.Partners)
	agency.Accounts, agency.Officers, agency.FundsClosed = valid(agency.Accounts), nil, nil
	for code, p := range partners {
		p.Accounts = valid(p.Accounts)
		partners[code] = p
	}
	build, _ := debug.ReadBuildInfo()
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode([]any{build, agency, partners, o.Profiles, o.Turns, o.Calendar.Digest()}); err != nil {
		return "", fmt.Errorf("settings in force: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
