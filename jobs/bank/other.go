package bank

import (
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
)

// An account need not be ours alone: interest, allocations of the treasury and other
// offices' business stand on it, too. Such an entry is no transfer: it is booked under a
// reason, by a rule of the money settings or an officer's decision, and counts in the
// proof of its day alone.

// NamesOurs reports whether an entry names something of ours: a letter, a person, a
// payment, a payment file. Such an entry is never taken for other business.
func NamesOurs(d *office.Desk, e exchange.BankEntry) (bool, error) {
	if textNamesOurs(e.Said()) || textNamesOurs(e.EndToEnd) {
		return true, nil
	}
	if _, err := d.Tx.Payment(e.EndToEnd); !office.IsNotFound(err) {
		return err == nil, err
	}
	if e.Order == "" {
		return false, nil
	}
	_, err := orderFile(d, e.Order)
	return err == nil, office.IgnoreNotFound(err)
}

// textNamesOurs reports whether a text holds a number as letters, persons and payments
// have them.
func textNamesOurs(text string) bool {
	letterNo, idNo := iso20022.ParseRemittance(text)
	return letterNo+idNo+refIn(text)+lumpRef(exchange.BankEntry{Text: text}) != ""
}

// otherByRule is the reason of the first rule of the settings that an entry fits; ""
// when there is none.
func otherByRule(d *office.Desk, e exchange.BankEntry) (reason string, err error) {
	i := slices.IndexFunc(d.Agency.Others, func(r exchange.OtherRule) bool {
		return (r.Account == "" || r.Account == e.CounterAcct) && strings.Contains(squeezed(e.Said()), squeezed(r.Text))
	})
	if i < 0 {
		return "", nil
	}
	ours, err := NamesOurs(d, e)
	if ours || err != nil {
		return "", err
	}
	return d.Agency.Others[i].Reason, nil
}

// markOther books an entry that nothing in the ledger knows as other business.
func markOther(d *office.Desk, e exchange.BankEntry, reason string) error {
	after := e
	after.State, after.Reason = exchange.EntryOther, reason
	return d.Tx.UpdateBankEntry(e, after)
}

// NotATransfer plans to take an entry that belongs to nobody for other business: a credit
// of it leaves the ledger, where it was received from nobody.
func NotATransfer(d *office.Desk, e exchange.BankEntry, x exchange.Decision) (office.Plan, error) {
	reason := x.Args["code"]
	if e.State != exchange.EntryUnmatched {
		return office.Plan{}, office.Undecidable("该笔流水已有归属", "the entry is not unmatched")
	}
	if !slices.ContainsFunc(exchange.OtherTerms(), func(t exchange.Term) bool { return t.Code == reason }) {
		return office.Plan{}, office.Undecidable("没有原因 "+reason, fmt.Sprintf("%q is none of %s", reason, strings.Join(exchange.OtherReasons(), ", ")))
	}
	ours, err := NamesOurs(d, e)
	if err != nil {
		return office.Plan{}, err
	}
	if ours || e.ReturnCode != "" || e.Reversal {
		return office.Plan{}, office.Undecidable("该笔流水写有联系函号、证件号码或本方付款编号，或为退回款项，不能列为其他业务",
			"the entry names a letter, a person or a payment of ours, or is money that came back: it is no other business")
	}
	word := d.Word(exchange.OtherTerms(), reason)
	return office.Plan{
		Effects: []string{d.Sayf("不属转移业务，列为%s：%s", "no transfer, but %s: %s", word, office.SignedAmount(e))},
		Apply: func() error {
			end := d.CloseAbout // a debit was not booked
			if e.Credit {
				end = func(e exchange.BankEntry) error { return d.Unreceive(e, "no transfer") }
			}
			if err := end(e); err != nil {
				return err
			}
			return markOther(d, e, reason)
		},
	}, nil
}

// sharedOthers takes from the bookings of a day those of others: on an account that is not
// ours alone, what a statement lists, we know nothing of, and names nothing of ours. They
// are one sum with their count.
func sharedOthers(d *office.Desk, day *exchange.BankDay, uneven []exchange.Uneven) ([]exchange.Uneven, error) {
	day.Others, day.OthersSum = 0, 0
	if !slices.Contains(d.Agency.Shared, day.Account) {
		return uneven, nil
	}
	var rest []exchange.Uneven
	for _, u := range uneven {
		if u.Booked != 0 || u.Here == 0 {
			rest = append(rest, u)
			continue
		}
		texts, err := d.Tx.StatedTexts(day.Account, u)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(texts, textNamesOurs) {
			rest = append(rest, u)
			continue
		}
		day.Others += u.Here
		for range u.Here {
			if day.OthersSum, err = day.OthersSum.Add(u.Amount); err != nil {
				return nil, err
			}
		}
	}
	return rest, nil
}
