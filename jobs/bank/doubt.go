package bank

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// settleDoubts ends the doubt about entries of a day, by what its statement lists of
// their kind: as many as are booked, then the doubtful ones are repetitions; as many as
// all of them together, then they are entries of their own; in between those whose text
// the statement lists. What is not ended so, an officer decides.
func settleDoubts(d *office.Desk, day exchange.BankDay) error {
	doubtful, err := d.Tx.DoubtfulEntries(day.Account, day.From, day.Day)
	if err != nil || len(doubtful) == 0 {
		return err
	}
	uneven, err := d.Tx.UnevenBookings(day)
	if err != nil {
		return err
	}
	kindOf := func(e exchange.BankEntry) alike { return alike{e.BookedOn, e.Ref, e.Total} }
	for len(doubtful) > 0 {
		of := kindOf(doubtful[0])
		var list, rest []exchange.BankEntry
		for _, e := range doubtful {
			if kindOf(e) == of {
				list = append(list, e)
			} else {
				rest = append(rest, e)
			}
		}
		doubtful = rest
		lack := money.Fen(0) // what is even is not among the uneven
		for _, u := range uneven {
			if u.BookedOn == of.on && u.Amount == of.amount && (u.Ref == of.ref || of.ref == "") { // the list may have a number
				lack = money.Clamped(lack, u.Sum(), -u.Booked)
			}
		}
		if err := settleKind(d, day, of, lack, list); err != nil {
			return err
		}
	}
	return nil
}

// settleKind ends the doubt about entries of one kind, of which the statements list more
// than is booked by lack.
func settleKind(d *office.Desk, day exchange.BankDay, of alike, lack money.Fen, list []exchange.BankEntry) (err error) {
	news := list
	switch {
	case lack == 0:
		news = nil
	case lack != sumEntries(list):
		if news, err = listed(d, day.Account, of, list); err != nil {
			return err
		}
	}
	if sum := sumEntries(news); abs(sum) > abs(lack) || sum != 0 && sum > 0 != (lack > 0) {
		return nil // not all of them, and nothing says which
	}
	for _, e := range news {
		if err := EndDoubt(d, e); err != nil {
			return err
		}
	}
	if lack != sumEntries(news) || day.Page > 0 || len(day.Other) > 0 { // another page, or statement, may list more of them
		return nil
	}
	for _, e := range list {
		if slices.Contains(news, e) {
			continue
		}
		if err := Repetition(d, e, e.Repeats); err != nil {
			return err
		}
	}
	return nil
}

// sumEntries adds up entries by their sign: credits less debits.
func sumEntries(list []exchange.BankEntry) (sum money.Fen) {
	for _, e := range list {
		sum = money.Clamped(sum, e.Signed())
	}
	return sum
}

// listed are those of some doubtful entries whose text the statements list beside the
// texts of the entries that are booked.
func listed(d *office.Desk, account string, of alike, list []exchange.BankEntry) (found []exchange.BankEntry, err error) {
	texts, err := d.Tx.StatedTexts(account, exchange.Uneven{BookedOn: of.on, Ref: of.ref, Amount: of.amount})
	if err != nil {
		return nil, err
	}
	take := func(e exchange.BankEntry) bool {
		i := slices.IndexFunc(texts, func(text string) bool { return text != "" && e.Text != "" && squeezed(text) == squeezed(e.Text) })
		if i >= 0 {
			texts = slices.Delete(texts, i, i+1)
		}
		return i >= 0
	}
	booked, err := d.Tx.BankEntriesKnownAs(list[0].KnownAs())
	for _, e := range booked {
		if e.State != exchange.EntryDoubtful && e.State != exchange.EntryRepeat {
			take(e)
		}
	}
	for _, e := range list {
		if take(e) {
			found = append(found, e)
		}
	}
	return found, err
}
