package jobs

import (
	"fmt"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// Removed is something that the configuration has no more, and that what is under way needs.
type Removed struct {
	Subject string // key and code or number: partners 310100
	Why     string // what needs it
	Todo    string
	Lost    bool // a pass would lose something: it is not made
}

// FindRemoved lists what was taken out of the configuration too early.
func FindRemoved(o *office.Office, tx *store.Tx) (list []Removed, err error) {
	open, err := tx.OpenByPartner()
	if err != nil {
		return nil, err
	}
	for _, partner := range slices.Sorted(maps.Keys(open)) {
		if _, ok := o.Partners[partner]; !ok {
			list = append(list, Removed{
				Subject: "partners " + partner, Lost: true,
				Why:  fmt.Sprintf("cases with it are open: %d; what comes and goes about them would wait for ever, and no limits hold", open[partner]),
				Todo: "put the partner back until they have ended: carryover list cases --partner " + partner,
			})
		}
	}
	accounts, err := removedAccounts(o, tx)
	return append(list, accounts...), err
}

// removedAccounts are accounts of ours that were approved or stated, and are not configured any more.
func removedAccounts(o *office.Office, tx *store.Tx) (list []Removed, err error) {
	configured := o.Agency.AccountNumbers()
	note := func(no string, lost bool, why string, n int) {
		if n == 0 || slices.Contains(configured, no) {
			return
		}
		list = append(list, Removed{
			Subject: "accounts " + no, Why: fmt.Sprintf(why, n), Lost: lost,
			Todo: "put the account back, under accounts.own with valid_to: what the bank says of an account that is not configured is refused",
		})
	}
	a, err := signing.ReadApproved(o, tx)
	if err != nil {
		return nil, err
	}
	if a.Settings != nil {
		payer, own := exchange.SettingsAccounts(a.Settings.Text)
		if !slices.Contains(configured, payer) {
			n, err := atBank(tx)
			if err != nil {
				return nil, err
			}
			note(payer, true, "payments from it are at the bank: %d", n)
		}
		for _, no := range own {
			if slices.Contains(configured, no) {
				continue
			}
			n, err := awaitedOn(tx, no)
			if err != nil {
				return nil, err
			}
			note(no, true, "letters ask for money to it, which has not come: %d", n)
		}
	}
	days, err := tx.BankDaysToProve()
	unproved := map[string]int{}
	for _, d := range days {
		unproved[d.Account]++
	}
	for _, no := range slices.Sorted(maps.Keys(unproved)) {
		note(no, false, "days of it are not proved: %d", unproved[no])
	}
	return list, err
}

// atBank counts the payments that are, or may be, with the bank.
func atBank(tx *store.Tx) (n int, err error) {
	for _, track := range exchange.TracksIn(exchange.PlaceBank) {
		if err := tx.EachPayment(track, func(exchange.Payment) error { n++; return nil }); err != nil {
			return n, err
		}
	}
	return n, nil
}

// awaitedOn counts the open cases whose letter asks for money to an account, of which nothing has come.
func awaitedOn(tx *store.Tx, no string) (n int, err error) {
	err = tx.EachCase(store.CaseFilter{Side: exchange.In, OpenOnly: true, MoneyTracks: []exchange.MoneyTrack{exchange.MoneyNone}}, func(c exchange.Case) error {
		if c.LetterNo == "" {
			return nil
		}
		letter, err := tx.Letter(c.LetterNo, c.LetterVersion)
		if letter.Account.No == no {
			n++
		}
		return office.IgnoreNotFound(err)
	})
	return n, err
}
