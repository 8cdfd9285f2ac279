package demo

import (
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// temper is what a bank does of its own accord, besides what it is asked.
// What is nil it never does.
type temper struct {
	// refuse says why a transfer of an order is not made, as a code and in
	// words; "" when it is.
	refuse func(t transfer) (code, text string)
	// giveBack says why the bank gives a credit for an account of its own back
	// instead of booking it, and after how many nights.
	giveBack func(t transfer) (code, text string, nights int)
	// inBulk lets the bank book all transfers of an order as one debit.
	inBulk func(order string) bool
	// late keeps what was booked on an account from being told this morning.
	late func(account string) bool
	// again lets what was told about an account this morning be told once more
	// the next time, in another message.
	again func(account string) bool
	// thinkAgain reports that a bank answers an order a second time.
	thinkAgain func(order string) bool
}

func (m temper) refuses(t transfer) (code, text string) {
	if m.refuse == nil {
		return "", ""
	}
	return m.refuse(t)
}

func (m temper) givesBack(t transfer) (code, text string, nights int) {
	if m.giveBack == nil {
		return "", "", 0
	}
	return m.giveBack(t)
}

// does asks one of the tempers that are about an order or an account.
func does(temper func(string) bool, about string) bool { return temper != nil && temper(about) }

// bulk is one debit for several transfers of an order.
type bulk struct {
	order string
	list  []transfer
}

// bulks puts transfers of one order and payer together where they are booked
// as one; the others stay alone. Orders keep their order.
func (m temper) bulks(tonight []transfer) (all []bulk) {
	at := map[string]int{}
	for _, t := range tonight {
		key := t.Order + " " + t.Debtor.Number
		if i, ok := at[key]; ok {
			all[i].list = append(all[i].list, t)
			continue
		}
		if does(m.inBulk, t.Order) {
			at[key] = len(all)
		}
		all = append(all, bulk{t.Order, []transfer{t}})
	}
	return all
}

// debit is a transfer as the debit of its payer's account.
func (t transfer) debit() iso20022.Entry {
	return iso20022.Entry{Amount: t.Amount, MsgID: t.Order, EndToEndID: t.EndToEnd, Counterparty: t.Creditor, Text: t.Text}
}

// sumOf adds up transfers.
func sumOf(list []transfer) (sum money.Fen) {
	for _, t := range list {
		sum += t.Amount
	}
	return sum
}
