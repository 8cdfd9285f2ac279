package iso20022

import (
	"fmt"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// The status of an entry. Only Booked is money; the others announce.
const (
	Booked        = "BOOK"
	PendingEntry  = "PDNG"
	Information   = "INFO"
	FutureBooking = "FUTR"
)

func entryStatuses() []string { return []string{Booked, PendingEntry, Information, FutureBooking} }

// Statement is the head of what a bank tells about one account: of a
// notification (camt.054, no balances) or of a day's statement (camt.053).
type Statement struct {
	MsgID   string    // of the message
	Created time.Time // of the message
	ID      string    // of this statement or notification
	Account Account   // whose account it is
	// Page of a statement that comes in several messages, and whether it is
	// the last; 0 when it comes whole.
	Page int
	Last bool
	// From is the first day of a camt.053, as its opening balance tells; 0 in
	// a notification and on a page that is not the first.
	From calendar.Date
	// Opening and Closing are the booked balances of a camt.053, negative
	// for a debit balance; on a page that is not the first or last, the
	// interim balances.
	Opening, Closing Balance
	// Entries and Booked sum up what was read: bookings alone, credits
	// positive, debits negative. They are not written.
	Entries int
	Booked  money.Fen
}

// Balance is a booked balance at a day's end or start.
type Balance struct {
	Date   calendar.Date // zero: not told
	Amount money.Fen
}

// Entry is one payment on an account. A bank may book several payments as
// one entry (a batch): each is an Entry of its own then, with the same Ref,
// told apart by Part, where their amounts add up to what was booked; else the
// booking is the only Entry, with all their texts and no EndToEndID.
type Entry struct {
	Ref         string // AcctSvcrRef, the bank's number of the booking; may be ""
	Part, Parts int    // 1 of 1, unless booked as a batch
	Amount      money.Fen
	Total       money.Fen // what the whole booking changes the balance by
	Credit      bool      // money in; else money out
	Reversal    bool      // the bank takes an earlier booking back
	Status      string    // Booked, …
	Booked      calendar.Date
	Value       calendar.Date
	// MsgID names the payment order, EndToEndID the transfer, as far as the
	// bank repeats them. For a returned transfer it is the original's.
	MsgID, EndToEndID string
	// PmtInfID names the list of an order that was booked as one sum, and
	// Transfers how many it held, as far as told.
	PmtInfID  string
	Transfers int
	// Charge is money that the bank takes or gives for itself: charges, fees,
	// commission, interest. Charges included in a booking come as its last part.
	Charge bool
	// Counterparty is the other side. Of a returned transfer: whom it was
	// meant for.
	Counterparty Account
	Text         string // remittance text; several lines stand behind one another
	// Also is what else is said of it in words or structured references, Refs are the numbers that other
	// programs gave it (InstrId, TxId, UETR); several stand behind one another.
	Also, Refs string
	// Returned tells that this is the return (退汇) of an earlier transfer;
	// code and words say why.
	Returned                 bool
	ReturnCode, ReturnReason string
}

// Signed is the amount as it changes the balance.
func (e Entry) Signed() money.Fen {
	if e.Credit {
		return e.Amount
	}
	return -e.Amount
}

// Proves checks the day: opening balance plus booked entries must be the
// closing balance.
func (s Statement) Proves() error {
	sum, err := s.Opening.Amount.Add(s.Booked)
	if err != nil {
		return err
	}
	if sum != s.Closing.Amount {
		return fmt.Errorf("opening %s and entries %s make %s, closing is %s",
			s.Opening.Amount, s.Booked, sum, s.Closing.Amount)
	}
	return nil
}
