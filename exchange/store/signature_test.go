package store

import (
	"fmt"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
)

// TestDecidersOfRefunds: of a refund without a case who decided about the credit, or about
// what is paid on its day to its partner or account, is no signer; of one with a case the
// journal of the case says who.
func TestDecidersOfRefunds(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 1)
		no := sampleCase(1).No
		write(t, s, func(tx *Tx) error {
			refund := func(ref, caseNo string) error {
				key := "K" + ref
				f := exchange.Refund{LetterNo: "L" + ref, Part: 1, CaseNo: caseNo, EntryKey: key, Partner: "310100", Amount: 5, Track: exchange.MoneyOrdered, Ref: ref}
				return steps(tx.InsertBankEntry(exchange.BankEntry{Key: key, Credit: true, Amount: 5, State: exchange.EntryRefund}), tx.InsertRefund(&f),
					tx.InsertPayment(exchange.Payment{
						Ref: ref, Partner: "310100", Purpose: string(code.PurposeRefund), Amount: 5, Track: exchange.MoneyOrdered, ValueOn: 20260302,
						Payee: exchange.Account{No: "622"},
					}))
			}
			err := steps(refund("alone", ""), refund("of-case", no), tx.Journal(exchange.JournalEvent{Chain: no, What: "allowed_day_cap", Actor: exchange.OfficerParty("zhao")}))
			for officer, subject := range map[string]string{
				"li": "Kalone", "wang": exchange.DaySubject("310100", 20260302), "sun": exchange.DaySubject("622", 20260302), "qian": exchange.DaySubject("310100", 20260303),
			} {
				err = steps(err, tx.InsertDecision(exchange.Recorded{
					Decision: exchange.Decision{Action: exchange.ActAllowCap, Subject: subject, Officer: officer, On: 20260302}, Digest: officer, Role: exchange.RoleChecker,
				}))
			}
			return err
		})
		view(t, s, func(tx *Tx) error {
			list, err := tx.Deciders(0)
			var got []string
			for _, x := range list {
				got = append(got, x.Ref+" "+x.Officer)
			}
			if want := "[alone li alone sun alone wang of-case zhao]"; fmt.Sprint(got) != want {
				t.Errorf("decided: %v, want %s", got, want)
			}
			return err
		})
	})
}
