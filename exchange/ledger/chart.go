package ledger

import (
	"slices"

	"carryover/exchange/money"
)

// Title is a title of the chart of accounts.
type Title string

// Titles of the old place.
const (
	OutLiquidated   Title = "out:liquidated"
	OutDue          Title = "out:due"
	OutOrdered      Title = "out:ordered"
	OutAtBank       Title = "out:at_bank"
	OutSettled      Title = "out:settled"
	OutReturned     Title = "out:returned"
	OutCredited     Title = "out:credited"
	OutPaidToPerson Title = "out:paid_to_person"
	OutNetting      Title = "out:netting"
	OutNetted       Title = "out:netted"
	OutNotMoved     Title = "out:not_moved"
	OutDifference   Title = "out:difference"
)

// Titles of the new place: what forms announce, and what the bank brings.
const (
	InAnnounced    Title = "in:announced"
	InReceivable   Title = "in:receivable"
	InFulfilled    Title = "in:fulfilled"
	InPaidToPerson Title = "in:paid_to_person"
	InNetting      Title = "in:netting"
	InNetted       Title = "in:netted"
	InNotMoved     Title = "in:not_moved"
	InDifference   Title = "in:difference"
	InReceived     Title = "in:received"
	InUnmatched    Title = "in:unmatched"
	InMatched      Title = "in:matched"
	InCredited     Title = "in:credited"
	InRefunded     Title = "in:refunded"
)

// Kind says on which side of zero the balance of a title is, with every partner and for
// every case.
type Kind int

// The kinds of titles.
const (
	Source Kind = iota + 1 // never above zero: what came in
	Place                  // never below zero: what lies here
	Free                   // either: what two sources say differently
)

// Word is the kind's word in Chinese or English.
func (k Kind) Word(english bool) string {
	words := map[Kind][2]string{Source: {"来源，不大于零", "source, never above zero"}, Place: {"存放，不小于零", "place, never below zero"}, Free: {"可正可负", "free"}}
	if english {
		return words[k][1]
	}
	return words[k][0]
}

// Fits reports whether a balance is on the title's side of zero.
func (k Kind) Fits(f money.Fen) bool { return k == Free || f == 0 || (f > 0) == (k == Place) }

// Heading is a row of the chart.
type Heading struct {
	Title            Title
	Chinese, English string
	Meaning          string
	Kind             Kind
}

var chart = []Heading{
	{OutLiquidated, "已清算个人账户", "liquidated", "what our core debited (its posting result)", Source},
	{OutDue, "应付未制单", "due", "to be paid, in no payment file yet", Place},
	{OutOrdered, "已制单", "ordered", "in a payment file that has not left", Place},
	{OutAtBank, "银行在途", "at the bank, in transit", "in a payment file at the bank, its result not known", Place},
	{OutSettled, "已付讫待确认", "settled", "debited by the bank, not confirmed by the new place", Place},
	{OutReturned, "退汇待处理", "returned, pending", "came back, to be paid again", Place},
	{OutCredited, "对方已入账", "credited by the partner", "the completion says so", Place},
	{OutPaidToPerson, "已支付给个人", "paid to the person", "debited by the bank for the person or the heirs", Place},
	{OutNetting, "轧差待结算", "netting", "NETTED, no net sum tied to it yet", Place},
	{OutNetted, "轧差已结算", "netted", "tied to the bank entry or voucher of a month's net sum", Place},
	{OutNotMoved, "不划转", "not moved", "stays here by agreement", Place},
	{OutDifference, "差额（转出）", "difference", "what two sources say differently, until somebody has found out why", Free},

	{InAnnounced, "信息表列明金额", "announced", "what the partners' forms say", Source},
	{InReceivable, "应收转入", "receivable", "announced as REMITTED, not here yet", Free},
	{InFulfilled, "应收已到账", "fulfilled", "announced, and matched with money", Free},
	{InPaidToPerson, "对方已支付给个人", "paid to the person", "announced as PAID_TO_PERSON", Place},
	{InNetting, "轧差待结算", "netting", "announced as NETTED, no net sum tied to it yet", Place},
	{InNetted, "轧差已结算", "netted", "tied to the bank entry or voucher of a month's net sum", Place},
	{InNotMoved, "对方不划转", "not moved", "announced as NOT_MOVED", Place},
	{InDifference, "差额（转入）", "difference", "announced less money, until somebody has found out why", Free},
	{InReceived, "银行来款", "received", "what the bank credited to us", Source},
	{InUnmatched, "暂收款", "received, unmatched", "it is not known yet for whom", Place},
	{InMatched, "待入账", "matched, not posted", "belongs to a case, not credited by our core yet", Place},
	{InCredited, "已入账", "credited", "credited by our core, funded by a bank credit", Place},
	{InRefunded, "已退回", "refunded", "sent back to the old place", Place},
}

// Chart lists the titles in their fixed order.
func Chart() []Heading { return slices.Clone(chart) }

// Kind is the title's kind; 0 for one that is not on the chart.
func (t Title) Kind() Kind {
	for i := range chart {
		if chart[i].Title == t {
			return chart[i].Kind
		}
	}
	return 0
}

func (t Title) known() bool { return t.Kind() != 0 }
