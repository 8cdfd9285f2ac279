// Package attempt says what a payment still lacks. It promises that nothing is paid which
// does not agree with what it rests on (Unaccounted), nor twice because somebody said that
// its payment failed: a further attempt is made once the bank's own statement shows it
// (SPEC 4). After a debit it lists the credit by which the money came back; after a refusal
// it is whole up to that day and has no debit. An officer who has asked the bank can decide
// it sooner (pay-again). It writes nothing.
package attempt

import (
	"cmp"
	"errors"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/jobs/office"
)

// MissingProof says what of the bank's statements a further attempt at a part still waits
// for; nothing when it may be made, or when none was made before.
func MissingProof(c *office.Case, r *exchange.Remittance) (code.Phrase, error) {
	if r.Ref == "" || r.Again == r.Ref {
		return code.Phrase{}, nil
	}
	p, err := c.Tx.Payment(r.Ref)
	switch {
	case err != nil:
		return code.Phrase{}, err
	case p.Track == exchange.MoneyDue:
		return code.Phrase{}, nil // it was void before it left
	case p.ReturnRef != "":
		return returnProof(c.Desk, p)
	case p.BankRef != "":
		return code.Say("return-not-stated", p.Ref), nil // sent back by the partner: an officer decides
	}
	return refusalProof(c.Desk, p, cmp.Or(p.RefusedOn, r.Since))
}

// returnProof says that the credit by which a payment came back stands on no statement of
// the account; nothing when it does: when as many are stated that are like it as were
// booked, or its day is proved.
func returnProof(d *office.Desk, p exchange.Payment) (missing code.Phrase, err error) {
	missing = code.Say("return-not-stated", p.Ref)
	e, err := d.EntryCalled(p.ReturnRef) // a payment of before has the bank's number
	switch {
	case errors.Is(err, exchange.ErrDecision): // which several have
		return missing, nil
	case err != nil:
		return missing, office.IgnoreNotFound(err)
	}
	stated, booked, err := d.Tx.StatedLike(e)
	if err != nil {
		return missing, err
	}
	if stated > 0 && booked <= stated {
		return code.Phrase{}, nil
	}
	days, err := d.Tx.BankDaysOn(e.Account, e.BookedOn)
	if err != nil || len(days) == 0 || slices.ContainsFunc(days, notProved) {
		return missing, err
	}
	return code.Phrase{}, nil
}

// refusalProof says that a payment which the bank refused may have been debited all the
// same; nothing when statements prove every day since it was ordered up to the refusal,
// and no debit of its amount is unexplained.
func refusalProof(d *office.Desk, p exchange.Payment, on calendar.Date) (missing code.Phrase, err error) {
	account := d.Agency.Payer.No
	missing = code.Say("refusal-not-stated", p.Ref)
	debits, err := d.Tx.UnmatchedDebits(account, p.Amount)
	if err != nil {
		return missing, err
	}
	for _, e := range debits {
		open, err := d.Tx.DifferencesAbout("money", code.Text(e.Key)) // none of one that was explained
		if err != nil || len(open) > 0 && e.BookedOn >= p.ValueOn {
			return missing, err
		}
	}
	whole, err := wholeUpTo(d, account, p.ValueOn, on)
	if err != nil || !whole {
		return missing, err
	}
	return code.Phrase{}, nil
}

// wholeUpTo reports whether statements of an account prove every day of a span. A proved
// day opens with what the one before it closed with, so that none is left out between
// them.
func wholeUpTo(d *office.Desk, account string, from, to calendar.Date) (bool, error) {
	days, err := d.Tx.BankDays(account, from)
	if err != nil || len(days) == 0 {
		return false, err
	}
	if days[0].From > from {
		if _, err := d.Tx.BankDayBefore(exchange.BankDay{Account: account, Day: from}); err != nil {
			return false, office.IgnoreNotFound(err)
		}
	}
	for _, day := range days {
		if notProved(day) {
			return false, nil
		}
		// A day's last page is known by what follows it.
		if day.Day > to || day.Day == to && day.Page == 0 {
			return true, nil
		}
	}
	return false, nil
}

func notProved(day exchange.BankDay) bool { return day.State != exchange.DayProved }
