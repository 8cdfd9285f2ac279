// Package ledger keeps the money of transfers by double entry.
//
// An Entry moves amounts between accounts; its postings sum to zero. Entries
// are never changed: a correction is a new entry (Reverse). An account is a
// title of the chart and a partner, "out:due:310100". Titles come in two
// kinds: sources (liquidated, announced, received), whose balance is negative
// and says how much came in, and places, whose balance says how much lies
// there. So every fen that came in lies in exactly one place, and Proof can
// compare the places with what the core, the forms and the bank say.
//
// Titles beginning with out: belong to cases in which we are the old place,
// in: to those in which we are the new one. README.md holds the chart and the
// entry of every event, made from the tables of this package.
package ledger

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/exchange/money"
)

// ErrUnbalanced is returned for an entry whose postings do not sum to zero.
var ErrUnbalanced = errors.New("postings do not sum to zero")

// Account is a title of the chart and a partner: "in:unmatched:310100". The
// partner is empty while it is not known whose money it is.
type Account string

// Of is the title's account with a partner.
func (t Title) Of(partner string) Account { return Account(string(t) + ":" + partner) }

// Title is the account's title.
func (a Account) Title() Title { return Title(a[:max(strings.LastIndexByte(string(a), ':'), 0)]) }

// Partner is the account's partner.
func (a Account) Partner() string { return string(a[strings.LastIndexByte(string(a), ':')+1:]) }

// Posting adds an amount, which may be negative, to an account.
type Posting struct {
	Account Account
	Amount  money.Fen
}

// Head is what an entry says besides its amounts.
type Head struct {
	Date    int    // business date, yyyymmdd
	CaseNo  string // empty for money not matched yet and for netting
	Partner string // area code of the partner
	Memo    string // what it rests on: a file and record, a bank entry, an officer
}

// Entry is one event in the ledger. An event over 0.00 has no postings and
// need not be kept.
type Entry struct {
	Head
	Event    Event
	Postings []Posting
}

// Empty reports whether the entry moves nothing.
func (e Entry) Empty() bool { return len(e.Postings) == 0 }

// Check reports everything that is wrong with an entry: no date, an account
// outside the chart or named twice, a posting of nothing, a sum that is not
// zero or overflows.
func (e Entry) Check() error {
	var faults []error
	if e.Date < 10000101 || e.Date > 99991231 {
		faults = append(faults, fmt.Errorf("date %d", e.Date))
	}
	if !e.Event.known() {
		faults = append(faults, fmt.Errorf("event %q is not listed", e.Event))
	}
	var sum money.Fen
	seen := make(map[Account]bool, len(e.Postings))
	for _, p := range e.Postings {
		switch {
		case !p.Account.Title().known():
			faults = append(faults, fmt.Errorf("account %q is not on the chart", p.Account))
		case seen[p.Account]:
			faults = append(faults, fmt.Errorf("account %s is named twice", p.Account))
		case p.Amount == 0:
			faults = append(faults, fmt.Errorf("account %s gets nothing", p.Account))
		}
		seen[p.Account] = true
		var err error
		if sum, err = sum.Add(p.Amount); err != nil {
			return errors.Join(append(faults, err)...)
		}
	}
	if sum != 0 {
		faults = append(faults, fmt.Errorf("%w but to %s", ErrUnbalanced, sum))
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("ledger entry %s %s: %w", e.Event, e.CaseNo, errors.Join(faults...))
}

// Reverse is the entry that takes another back. The other stays.
func Reverse(e Entry, date int, memo string) Entry {
	r := Entry{Head: e.Head, Event: Reversed, Postings: make([]Posting, len(e.Postings))}
	r.Date, r.Memo = date, memo
	for i, p := range e.Postings {
		r.Postings[i] = Posting{p.Account, -p.Amount}
	}
	return r
}

// Balances is what lies in each account. An account that is not in the map
// holds nothing.
type Balances map[Account]money.Fen

// Apply books an entry that passes Check. On an error nothing is booked.
func (b Balances) Apply(e Entry) error {
	if err := e.Check(); err != nil {
		return err
	}
	after := make([]money.Fen, len(e.Postings))
	for i, p := range e.Postings {
		var err error
		if after[i], err = b[p.Account].Add(p.Amount); err != nil {
			return fmt.Errorf("account %s: %w", p.Account, err)
		}
	}
	for i, p := range e.Postings {
		b[p.Account] = after[i]
	}
	return nil
}

// ErrPlace is returned where a balance would be on the wrong side of zero.
var ErrPlace = errors.New("more would leave a place than lies there")

// Clone is an independent copy.
func (b Balances) Clone() Balances { return maps.Clone(b) }

// All stands for every partner, the unknown one too.
const All = "*"

// Total is what lies under a title, with one partner or with All.
func (b Balances) Total(t Title, partner string) (money.Fen, error) {
	if partner != All {
		return b[t.Of(partner)], nil
	}
	var sum money.Fen
	for account, amount := range b {
		if account.Title() != t {
			continue
		}
		var err error
		if sum, err = sum.Add(amount); err != nil {
			return 0, fmt.Errorf("title %s: %w", t, err)
		}
	}
	return sum, nil
}

// Overdrawn lists the accounts on the wrong side of zero, in their order: places that
// hold less than nothing, since more was taken from them than had come. Differences may be
// negative and are not listed; nor are receivables, which a corrected form may lower below
// what was received.
func (b Balances) Overdrawn() []Account {
	var found []Account
	for _, a := range slices.Sorted(maps.Keys(b)) {
		if !a.Holds(b[a]) {
			found = append(found, a)
		}
	}
	return found
}

// Holds reports whether a balance is on the account's side of zero.
func (a Account) Holds(f money.Fen) bool { return a.Title().Kind().Fits(f) }
