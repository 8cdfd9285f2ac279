package ledger

import (
	"slices"

	"carryover/exchange/money"
)

// Event is the kind of an entry.
type Event string

// Events of the old place, of the new place, and of both.
const (
	Liquidated        Event = "liquidated"
	Ordered           Event = "ordered"
	OrderVoided       Event = "order_voided"
	Submitted         Event = "submitted"
	Settled           Event = "settled"
	SettledToPerson   Event = "settled_to_person"
	RefusedByBank     Event = "refused_by_bank"
	Returned          Event = "returned"
	ReturnedByPerson  Event = "returned_by_person"
	OrderedAgain      Event = "ordered_again"
	Confirmed         Event = "confirmed"
	NettedOut         Event = "netted_out"
	NotMovedOut       Event = "not_moved_out"
	AnnouncedRemitted Event = "announced_remitted"
	AnnouncedNetted   Event = "announced_netted"
	AnnouncedNotMoved Event = "announced_not_moved"
	AnnouncedPaid     Event = "announced_paid_to_person"
	Received          Event = "received"
	Matched           Event = "matched"
	Credited          Event = "credited"
	Refunded          Event = "refunded"
	NettingTied       Event = "netting_tied"
	Reversed          Event = "reversed"
)

// Rule is the entry of an event: the amount leaves From and comes to To.
type Rule struct {
	Event            Event
	Chinese, English string
	From, To         Title
	More             string // what else the entry does
}

var rules = []Rule{
	{Liquidated, "清算", "our core debited the account", OutLiquidated, OutDue, ""},
	{Ordered, "制单", "put into a payment file", OutDue, OutOrdered, ""},
	{OrderVoided, "撤销制单", "the payment file did not leave", OutOrdered, OutDue, ""},
	{Submitted, "提交银行", "the payment file is at the bank", OutOrdered, OutAtBank, ""},
	{Settled, "付讫", "the bank debited it", OutAtBank, OutSettled, "another amount debited than submitted: the rest to `out:difference`"},
	{SettledToPerson, "支付给个人", "the bank debited it for the person", OutAtBank, OutPaidToPerson, "as settled"},
	{RefusedByBank, "银行拒付", "the bank refused it", OutAtBank, OutReturned, ""},
	{Returned, "退汇", "it came back after it was settled", OutSettled, OutReturned, ""},
	{ReturnedByPerson, "个人账户退汇", "the payment to the person came back", OutPaidToPerson, OutReturned, ""},
	{OrderedAgain, "重新制单", "next attempt", OutReturned, OutOrdered, ""},
	{Confirmed, "对方确认入账", "the completion came", OutSettled, OutCredited, "another amount credited than settled: the rest to `out:difference`"},
	{NettedOut, "转入轧差", "settled by netting", OutDue, OutNetting, ""},
	{NotMovedOut, "不划转", "stays here by agreement", OutDue, OutNotMoved, ""},
	{AnnouncedRemitted, "信息表列明划转", "a form announces a remittance", InAnnounced, InReceivable, ""},
	{AnnouncedNetted, "信息表列明轧差", "a form announces netting", InAnnounced, InNetting, ""},
	{AnnouncedNotMoved, "信息表列明不划转", "a form says that nothing moves", InAnnounced, InNotMoved, ""},
	{AnnouncedPaid, "信息表列明支付给个人", "a form says that the person was paid", InAnnounced, InPaidToPerson, ""},
	{Received, "到账", "the bank credited it", InReceived, InUnmatched, ""},
	{Matched, "核对一致", "the money belongs to a case", InUnmatched, InMatched, "the form's amount leaves `in:receivable`: to `in:fulfilled` as far as money came, the rest to `in:difference`; money of an unknown partner becomes the partner's"},
	{Credited, "入账", "our core credited it", InMatched, InCredited, ""},
	{Refunded, "退回", "sent back to the old place", InUnmatched, InRefunded, "money of an unknown partner becomes the partner's"},
	{NettingTied, "轧差结算", "a month's net sum is paid", OutNetting, OutNetted, "the same from `in:netting` to `in:netted`"},
	{Reversed, "冲正", "takes another entry back", "", "", "every posting of the other with its sign changed"},
}

// Rules lists the entry of every event in its fixed order.
func Rules() []Rule { return slices.Clone(rules) }

func (e Event) known() bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.Event == e })
}

// Word is the event's word in Chinese or English; the event itself when it is
// not listed.
func (e Event) Word(english bool) string {
	for _, r := range rules {
		if r.Event == e {
			if english {
				return r.English
			}
			return r.Chinese
		}
	}
	return string(e)
}

// move is the entry of an event as its rule says.
func move(e Event, h Head, amount money.Fen) Entry {
	for _, r := range rules {
		if r.Event == e {
			return entry(e, h, Posting{r.From.Of(h.Partner), -amount}, Posting{r.To.Of(h.Partner), amount})
		}
	}
	return Entry{Head: h, Event: e}
}

// entry leaves out postings of nothing.
func entry(e Event, h Head, postings ...Posting) Entry {
	kept := slices.DeleteFunc(postings, func(p Posting) bool { return p.Amount == 0 })
	return Entry{Head: h, Event: e, Postings: kept}
}

// Liquidate books what the core says it debited, and each supplement's more.
func Liquidate(h Head, amount money.Fen) Entry { return move(Liquidated, h, amount) }

// Order books a payment put into a payment file.
func Order(h Head, amount money.Fen) Entry { return move(Ordered, h, amount) }

// VoidOrder frees a payment whose file did not leave.
func VoidOrder(h Head, amount money.Fen) Entry { return move(OrderVoided, h, amount) }

// OrderAgain books the next attempt after a return or a refusal by the bank.
func OrderAgain(h Head, amount money.Fen) Entry { return move(OrderedAgain, h, amount) }

// Submit books a payment whose file is at the bank.
func Submit(h Head, amount money.Fen) Entry { return move(Submitted, h, amount) }

// Settle books what the bank says it debited for a payment of the submitted
// amount; what differs is a difference.
func Settle(h Head, submitted, debited money.Fen) Entry {
	return withDifference(Settled, h, OutAtBank, submitted, OutSettled, debited)
}

// SettleToPerson is Settle for a payment to the person or the heirs.
func SettleToPerson(h Head, submitted, debited money.Fen) Entry {
	return withDifference(SettledToPerson, h, OutAtBank, submitted, OutPaidToPerson, debited)
}

// RefuseByBank books a payment that the bank did not execute.
func RefuseByBank(h Head, amount money.Fen) Entry { return move(RefusedByBank, h, amount) }

// Return books money that came back after it was settled: returned by the
// bank, or refunded by the new place.
func Return(h Head, amount money.Fen) Entry { return move(Returned, h, amount) }

// ReturnByPerson books a payment to the person that came back.
func ReturnByPerson(h Head, amount money.Fen) Entry { return move(ReturnedByPerson, h, amount) }

// Confirm books what the completion says the new place credited of a settled
// amount; what differs is a difference.
func Confirm(h Head, settled, credited money.Fen) Entry {
	return withDifference(Confirmed, h, OutSettled, settled, OutCredited, credited)
}

// Net books an amount that is settled by netting.
func Net(h Head, amount money.Fen) Entry { return move(NettedOut, h, amount) }

// NotMove books an amount that stays at the old place by agreement.
func NotMove(h Head, amount money.Fen) Entry { return move(NotMovedOut, h, amount) }

// Announce books a form's amount as a receivable (REMITTED).
func Announce(h Head, amount money.Fen) Entry { return move(AnnouncedRemitted, h, amount) }

// AnnounceNetted books the amount of a form that is NETTED.
func AnnounceNetted(h Head, amount money.Fen) Entry { return move(AnnouncedNetted, h, amount) }

// AnnounceNotMoved books the amount of a form that is NOT_MOVED.
func AnnounceNotMoved(h Head, amount money.Fen) Entry { return move(AnnouncedNotMoved, h, amount) }

// AnnouncePaidToPerson books the amount of a form that is PAID_TO_PERSON.
func AnnouncePaidToPerson(h Head, amount money.Fen) Entry { return move(AnnouncedPaid, h, amount) }

// Receive books a bank credit; the partner is empty when it is not known.
func Receive(h Head, amount money.Fen) Entry { return move(Received, h, amount) }

// Match ties received money to a case whose form announced claim. receivedFrom
// is the partner under which Receive booked it, "" for unknown.
func Match(h Head, receivedFrom string, claim, amount money.Fen) Entry {
	postings := []Posting{
		{InUnmatched.Of(receivedFrom), -amount},
		{InMatched.Of(h.Partner), amount},
		{InReceivable.Of(h.Partner), -claim},
		{InFulfilled.Of(h.Partner), amount},
		{InDifference.Of(h.Partner), claim - amount},
	}
	if receivedFrom != h.Partner {
		postings = append(postings, Posting{InReceived.Of(receivedFrom), amount}, Posting{InReceived.Of(h.Partner), -amount})
	}
	return entry(Matched, h, postings...)
}

// Credit books what our core credited of the matched money. A core that
// credits another amount than the form's has not completed the posting: there
// is nothing to book then.
func Credit(h Head, amount money.Fen) Entry { return move(Credited, h, amount) }

// Refund books money sent back to the old place. Matched money is unmatched
// first, by reversing the match. receivedFrom is the partner under which
// Receive booked it, "" for unknown.
func Refund(h Head, receivedFrom string, amount money.Fen) Entry {
	postings := []Posting{{InUnmatched.Of(receivedFrom), -amount}, {InRefunded.Of(h.Partner), amount}}
	if receivedFrom != h.Partner {
		postings = append(postings, Posting{InReceived.Of(receivedFrom), amount}, Posting{InReceived.Of(h.Partner), -amount})
	}
	return entry(Refunded, h, postings...)
}

// TieNetting books a month's netting with a partner as paid: out is what we
// owed, in what was owed to us.
func TieNetting(h Head, out, in money.Fen) Entry {
	return entry(NettingTied, h,
		Posting{OutNetting.Of(h.Partner), -out}, Posting{OutNetted.Of(h.Partner), out},
		Posting{InNetting.Of(h.Partner), -in}, Posting{InNetted.Of(h.Partner), in})
}

func withDifference(e Event, h Head, from Title, expected money.Fen, to Title, actual money.Fen) Entry {
	return entry(e, h, Posting{from.Of(h.Partner), -expected}, Posting{to.Of(h.Partner), actual},
		Posting{OutDifference.Of(h.Partner), expected - actual})
}
