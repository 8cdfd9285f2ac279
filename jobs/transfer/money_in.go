package transfer

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Receive adds a bank credit to one part of a case and marks the entry as matched.
func Receive(c *office.Case, e exchange.BankEntry, part int) error {
	if err := AddToPart(c, e, part); err != nil {
		return err
	}
	return MarkMatched(c.Desk, e, c.No, part)
}

// AddToPart adds a credit to a part, makes the part if the money came before its
// form, and advances the case. The entry is left as it is: one credit can be for
// several parts. Nothing is booked before the amount is right (CompareAmount).
// Money for a case that has ended is taken, and reported to be sent back.
func AddToPart(c *office.Case, e exchange.BankEntry, part int) error {
	r, err := c.Part(part)
	if office.IsNotFound(err) {
		r = exchange.Remittance{CaseNo: c.No, Part: part, Side: exchange.In, LetterNo: c.LetterNo, Track: exchange.MoneyNone, Since: c.Date}
		err = c.Tx.InsertRemittance(r)
	}
	if err != nil {
		return err
	}
	total, err := r.Received.Add(e.Amount)
	if err != nil {
		return err
	}
	if r.Track == exchange.MoneyNotDue && r.FormNo == "" && !Ended(c.Case) { // paid back before: this is other money
		if err := c.SetMoney(&r, exchange.MoneyNone, nil); err != nil {
			return err
		}
	}
	to := exchange.MoneyReceived // or, of a part that is posted already, too much
	if r.Track != to && !exchange.CanMoney(exchange.In, r.Track, to) {
		to = exchange.MoneyDiffers
	}
	if err := c.SetMoney(&r, to, func(r *exchange.Remittance) { r.Received, r.Ref = total, e.EndToEnd }); err != nil {
		return err
	}
	if err := c.Note("money_received", code.Text(e.Key), map[string]any{"part": part, "amount": e.Amount.String()}); err != nil {
		return err
	}
	switch {
	case Ended(c.Case):
		err = c.RecordDifference("money", c.Partner, c.No, code.Text(e.Key), code.Say("state-in", string(c.State), ""), code.Say("credit", e.Amount))
	case to == exchange.MoneyDiffers:
		err = holdAmount(c, &r, code.Say("received-after-posting", e.Amount))
	case r.FormNo != "":
		err = CompareAmount(c, &r)
	}
	if err != nil {
		return err
	}
	if err := Advance(c); err != nil {
		return err
	}
	return c.Save()
}

// Ended reports whether a case takes no money: what comes for it has to go back.
func Ended(c exchange.Case) bool {
	switch c.State {
	case exchange.Refused, exchange.Declined, exchange.Cancelled, exchange.Void:
		return true
	}
	return false
}

// CompareAmount compares the money of a part with its form, to the fen: the same
// is matched, and the person notified; another sum holds the case until more
// comes, the form is corrected, or an officer refunds it. No money is no
// difference.
func CompareAmount(c *office.Case, r *exchange.Remittance) error {
	switch {
	case r.Received == 0:
		return nil
	case r.Received != r.Amount:
		if err := c.SetMoney(r, exchange.MoneyDiffers, nil); err != nil {
			return err
		}
		return holdAmount(c, r, code.Say("received-otherwise", r.Amount, r.Received))
	}
	if err := ReportShortfall(c, r); err != nil {
		return err
	}
	before, err := matchedBefore(c, r.Part)
	if err != nil {
		return err
	}
	if err := c.Book(ledger.Match(c.LedgerHead(r.Ref), "", r.Amount-before, r.Received-before)); err != nil {
		return err
	}
	if err := c.SetMoney(r, exchange.MoneyMatched, nil); err != nil {
		return err
	}
	c.MoneyOn = c.Date
	if c.Hold == code.HoldAmountDiffers {
		if err := c.Resume(code.Say("amounts-agree")); err != nil {
			return err
		}
	}
	once := ReceivedOnce(c.Office, &c.Case, *r)
	_, first, err := c.Tx.ClaimKey(once.Kind, once.Party, once.Key, 0)
	if err != nil || !first {
		return err
	}
	return notice.Notify(c, code.MilestoneMoneyReceived, notice.News{Amount: r.Received, Some: true})
}

// ReceivedOnce is claimed by the news that a part's money came. The key holds the sum:
// matched again after a correction is no news.
func ReceivedOnce(o *office.Office, c *exchange.Case, r exchange.Remittance) store.Claim {
	return store.Claim{Kind: "money-received", Party: o.Agency.Code, Key: fmt.Sprintf("%s|%d|%s", c.No, r.Part, r.Received)}
}

// matchedBefore is what the ledger has as matched for a part already, in fen: one
// that was posted, and then got more by a corrected form and another credit. The
// ledger knows cases and no parts, so the case's other matched parts are taken
// off.
func matchedBefore(c *office.Case, part int) (sum money.Fen, err error) {
	entries, err := c.Tx.LedgerOf(c.No)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		for _, p := range e.Postings {
			if p.Account.Title() == ledger.InFulfilled {
				err = errors.Join(err, sum.Increase(p.Amount))
			}
		}
	}
	parts, noParts := c.Parts()
	for _, r := range parts {
		if r.Part != part && (r.Track == exchange.MoneyMatched || r.Track == exchange.MoneyPosted) {
			sum -= r.Amount
		}
	}
	return sum, errors.Join(err, noParts)
}

// ReportShortfall opens a difference about a part whose money is short of or above
// its form: who owes whom how much. It closes the difference when the money fits,
// or when there is none any more.
func ReportShortfall(c *office.Case, r *exchange.Remittance) error {
	subject := code.Say("part", c.LetterNo, r.Part)
	if r.Received == 0 || r.Received == r.Amount {
		return c.CloseDifference("money", c.Partner, subject)
	}
	debt := code.Say("they-owe", r.Received, r.Amount-r.Received)
	if r.Received > r.Amount {
		debt = code.Say("we-owe-rest", r.Received, r.Received-r.Amount)
	}
	return c.RecordDifference("money", c.Partner, c.No, subject, code.Say("form-amount", r.Amount), debt)
}

// holdAmount reports a part whose money differs, and holds its case.
func holdAmount(c *office.Case, r *exchange.Remittance, text code.Phrase) error {
	if err := ReportShortfall(c, r); err != nil {
		return err
	}
	return c.PutOnHold(code.HoldAmountDiffers, text)
}
