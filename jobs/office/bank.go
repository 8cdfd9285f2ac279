package office

import (
	"carryover/exchange"
)

func SignedAmount(e exchange.BankEntry) string {
	if e.Credit {
		return "+" + e.Amount.String()
	}
	return "-" + e.Amount.String()
}

func (d *Desk) SetEntryState(e exchange.BankEntry, state, caseNo string, part int) error {
	before := e
	e.State, e.CaseNo, e.Part = state, caseNo, part
	return d.Tx.UpdateBankEntry(before, e)
}

// ConfirmedAccounts are the accounts that officers have confirmed for a subject.
func (d *Desk) ConfirmedAccounts(subject string) (list []exchange.Account, err error) {
	all, err := d.Tx.DecisionsAbout(subject, exchange.ActConfirmAccount)
	for _, x := range all {
		list = append(list, exchange.Account{Holder: x.Args["holder"], Bank: x.Args["bank"], No: x.Args["account"], CNAPS: x.Args["cnaps"], ValidFrom: x.On})
	}
	return list, err
}
