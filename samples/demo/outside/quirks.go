package outside

import (
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// Quirks is what a bank does of its own accord, besides what it is asked.
// What is nil it never does.
type Quirks struct {
	// Refuse says why a transfer of an order is not made, as a code and in
	// words; "" when it is.
	Refuse func(t Transfer) (code, text string)
	// GiveBack says why the bank gives a credit for an account of its own back
	// instead of booking it, and after how many nights.
	GiveBack func(t Transfer) (code, text string, nights int)
	// InBulk lets the bank book all transfers of an order as one debit.
	InBulk func(order string) bool
	// TellLate keeps what was booked on an account from being told this morning.
	TellLate func(account string) bool
	// TellTwice lets what was told about an account this morning be told once
	// more the next time, in another message.
	TellTwice func(account string) bool
	// Number is the bank's number of its n-th booking, on a day of which it is the
	// ofDay-th; nil: one that no other has.
	Number func(n, ofDay int) string
	// Beside is what of others' business is booked on an agency's account at night.
	Beside func(account string) []iso20022.Entry
	// AnswerTwice lets the bank answer an order twice: received, then judged.
	AnswerTwice func(order string) bool
}

func (q Quirks) refuses(t Transfer) (code, text string) {
	if q.Refuse == nil {
		return "", ""
	}
	return q.Refuse(t)
}

func (q Quirks) givesBack(t Transfer) (code, text string, nights int) {
	if q.GiveBack == nil {
		return "", "", 0
	}
	return q.GiveBack(t)
}

// does asks one of the quirks that are about an order or an account.
func does(quirk func(string) bool, about string) bool { return quirk != nil && quirk(about) }

// bulk is one debit for several transfers of an order.
type bulk struct {
	order string
	list  []Transfer
}

// bulks puts transfers of one order and payer together where they are booked
// as one; the others stay alone. Orders keep their order.
func (q Quirks) bulks(tonight []Transfer) (all []bulk) {
	at := map[string]int{}
	for _, t := range tonight {
		key := t.Order + " " + t.Debtor.Number
		if i, ok := at[key]; ok {
			all[i].list = append(all[i].list, t)
			continue
		}
		if does(q.InBulk, t.Order) {
			at[key] = len(all)
		}
		all = append(all, bulk{t.Order, []Transfer{t}})
	}
	return all
}

// debit is a transfer as the debit of its payer's account.
func (t Transfer) debit() iso20022.Entry {
	return iso20022.Entry{Amount: t.Amount, MsgID: t.Order, EndToEndID: t.EndToEnd, Counterparty: t.Creditor, Text: t.Text}
}

// sumOf adds up transfers.
func sumOf(list []Transfer) (sum money.Fen) {
	for _, t := range list {
		sum += t.Amount
	}
	return sum
}
