package bank

import (
	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// readAhead reads what the entries of a chunk will ask the store, in a few statements
// instead of several for each entry: first by what stands in them, then what belongs
// to the cases and payments that were found so. Nothing depends on it but speed.
func readAhead(d *office.Desk, entries []exchange.BankEntry) error {
	if len(entries) < office.FewestAhead {
		return nil
	}
	var a store.Ahead
	debits := map[string]store.Ahead{} // by account
	for i := range entries {
		e := &entries[i]
		a.Entries = append(a.Entries, e.KnownAs())
		if e.Parts > 1 {
			a.Entries = append(a.Entries, wholeOf(*e).KnownAs())
		}
		if e.EndToEnd != "" {
			a.Payments = append(a.Payments, e.EndToEnd)
		}
		if letterNo := letterOf(e); letterNo != "" {
			a.OfLetters = append(a.OfLetters, letterNo)
		}
		of := debits[e.Account]
		of.Account = e.Account
		if e.Credit {
			of.Debits = append(of.Debits, e.Amount)
		}
		debits[e.Account] = of
	}
	if err := d.Tx.ReadAhead(a); err != nil {
		return err
	}
	for _, of := range debits {
		if err := d.Tx.ReadAhead(of); err != nil {
			return err
		}
	}
	return casesAhead(d, entries)
}

// casesAhead reads what belongs to the cases of entries.
func casesAhead(d *office.Desk, entries []exchange.BankEntry) error {
	var cases, then store.Ahead
	for i := range entries {
		e := &entries[i]
		p, err := d.Tx.Payment(e.EndToEnd)
		if err == nil {
			for _, it := range p.Items {
				cases.Cases = append(cases.Cases, it.CaseNo)
				then.Forms, then.Parts = append(then.Forms, it.CaseNo), append(then.Parts, it.CaseNo)
			}
			continue
		}
		if !office.IsNotFound(err) {
			return err
		}
		c, err := d.Tx.CaseByLetter(exchange.In, letterOf(e))
		if office.IsNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		then.Forms, then.Parts, then.Postings = append(then.Forms, c.No), append(then.Parts, c.No), append(then.Postings, c.No)
		then.Ledger, then.Registry = append(then.Ledger, c.No), append(then.Registry, c.Person.IDKey)
		then.Advices = append(then.Advices, c.LetterNo)
		if c.ApplicationNo != "" {
			then.Applications = append(then.Applications, c.ApplicationNo)
		}
		then.Claims = append(then.Claims, transfer.ReceivedOnce(d.Office, &c, exchange.Remittance{Part: partNamed(e), Received: e.Amount}))
	}
	if err := d.Tx.ReadAhead(cases); err != nil {
		return err
	}
	return d.Tx.ReadAhead(then)
}

// letterOf is the letter number that an entry names; "" when it names none.
func letterOf(e *exchange.BankEntry) string {
	if letterNo, _ := iso20022.ParseRemittance(e.Said()); letterNo != "" {
		return letterNo
	}
	letterNo, _, _, _ := transfer.SplitRef(e.EndToEnd)
	return letterNo
}

// partNamed is the part that an entry names, or the first.
func partNamed(e *exchange.BankEntry) int {
	if _, part, _, ok := transfer.SplitRef(e.EndToEnd); ok {
		return part
	}
	return 1
}
