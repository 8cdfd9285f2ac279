package office

import (
	"carryover/exchange"
	"carryover/exchange/store"
)

// FewestAhead is for how many records something is read ahead: fewer ask for what they
// need, and for no more.
const FewestAhead = 4

// Beside says what of cases is read ahead beside their parts.
type Beside struct {
	Forms, Letters bool
	Payable        bool // letters, and what says whether the case can be paid: forms, postings, ledger
}

// CasesAhead reads cases that are about to be worked, with their parts, and what beside
// says: a few statements instead of several for each. It forgets what was read ahead
// before.
func (d *Desk) CasesAhead(nos []string, beside Beside) error {
	if len(nos) < FewestAhead {
		return nil
	}
	d.Tx.ForgetAhead()
	cases := store.Ahead{Cases: nos, Parts: nos}
	if beside.Forms || beside.Payable {
		cases.Forms = nos
	}
	if beside.Payable {
		cases.Postings, cases.Ledger = nos, nos
	}
	if err := d.Tx.ReadAhead(cases); err != nil || !beside.Letters && !beside.Payable {
		return err
	}
	var letters store.Ahead
	for _, no := range nos {
		c, err := d.Tx.Case(no)
		if err != nil {
			return err
		}
		letters.Letters = append(letters.Letters, c.LetterNo)
	}
	return d.Tx.ReadAhead(letters)
}

// WorkPaymentsOf calls fn for every payment of a payment file, to be worked with its
// cases, by reference.
func (d *Desk) WorkPaymentsOf(fileID int64, beside Beside, fn func(exchange.Payment) error) error {
	return d.Tx.PaymentPagesOf(fileID, d.workPayments(beside, fn))
}

// WorkUnfiled is WorkPaymentsOf for the ordered payments in no payment file yet up to a
// reference.
func (d *Desk) WorkUnfiled(last string, fn func(exchange.Payment) error) error {
	return d.Tx.UnfiledPages(last, d.workPayments(Beside{}, fn))
}

func (d *Desk) workPayments(beside Beside, fn func(exchange.Payment) error) func([]exchange.Payment) error {
	count := d.Counting("payments", 0)
	return func(page []exchange.Payment) error {
		var cases []string
		for i := range page {
			for _, it := range page[i].Items {
				cases = append(cases, it.CaseNo)
			}
		}
		if err := d.CasesAhead(cases, beside); err != nil {
			return err
		}
		for _, p := range page {
			if err := fn(p); err != nil {
				return err
			}
			count()
		}
		return nil
	}
}

// WorkRecordsOf calls fn for every record of a batch that belongs to a case, to be worked
// with it.
func (d *Desk) WorkRecordsOf(fileID int64, fn func(exchange.Outgoing) error) error {
	count := d.Counting("records sent", 0)
	return d.Tx.OutgoingPages(fileID, func(page []exchange.Outgoing) error {
		var cases []string
		for i := range page {
			if page[i].CaseNo != "" {
				cases = append(cases, page[i].CaseNo)
			}
		}
		if err := d.CasesAhead(cases, Beside{Forms: true}); err != nil {
			return err
		}
		for _, o := range page {
			count()
			if o.CaseNo == "" {
				continue
			}
			if err := fn(o); err != nil {
				return err
			}
		}
		return nil
	})
}
