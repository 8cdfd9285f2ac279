package ledger

import "slices"

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

// role says how a title's balance behaves.
type role int

const (
	source role = iota + 1 // never above zero: what came in
	place                  // never below zero: what lies here
	either                 // may be both
)

// Heading is a row of the chart.
type Heading struct {
	Title            Title
	Chinese, English string
	Meaning          string
	role             role
}

var chart = []Heading{
	{OutLiquidated, "已清算个人账户", "liquidated", "source: what our core debited (its posting result)", source},
	{OutDue, "应付未制单", "due", "to be paid, in no payment file yet", place},
	{OutOrdered, "已制单", "ordered", "in a payment file that has not left", place},
	{OutAtBank, "银行在途", "at the bank, in transit", "in a payment file at the bank, its result not known", place},
	{OutSettled, "已付讫待确认", "settled", "debited by the bank, not confirmed by the new place", place},
	{OutReturned, "退汇待处理", "returned, pending", "came back, to be paid again", place},
	{OutCredited, "对方已入账", "credited by the partner", "the completion says so", place},
	{OutPaidToPerson, "已支付给个人", "paid to the person", "debited by the bank for the person or the heirs", place},
	{OutNetting, "轧差待结算", "netting", "NETTED, no net sum tied to it yet", place},
	{OutNetted, "轧差已结算", "netted", "tied to the bank entry or voucher of a month's net sum", place},
	{OutNotMoved, "不划转", "not moved", "stays here by agreement", place},
	{OutDifference, "差额（转出）", "difference", "what two sources say differently, until somebody has found out why", either},

	{InAnnounced, "信息表列明金额", "announced", "source: what the partners' forms say", source},
	{InReceivable, "应收转入", "receivable", "announced as REMITTED, not here yet", either},
	{InFulfilled, "应收已到账", "fulfilled", "announced, and matched with money", either},
	{InPaidToPerson, "对方已支付给个人", "paid to the person", "announced as PAID_TO_PERSON", place},
	{InNetting, "轧差待结算", "netting", "announced as NETTED, no net sum tied to it yet", place},
	{InNetted, "轧差已结算", "netted", "tied to the bank entry or voucher of a month's net sum", place},
	{InNotMoved, "对方不划转", "not moved", "announced as NOT_MOVED", place},
	{InDifference, "差额（转入）", "difference", "announced less money, until somebody has found out why", either},
	{InReceived, "银行来款", "received", "source: what the bank credited to us", source},
	{InUnmatched, "暂收款", "received, unmatched", "it is not known yet for whom", place},
	{InMatched, "待入账", "matched, not posted", "belongs to a case, not credited by our core yet", place},
	{InCredited, "已入账", "credited", "credited by our core, funded by a bank credit", place},
	{InRefunded, "已退回", "refunded", "sent back to the old place", place},
}

// Chart lists the titles in their fixed order.
func Chart() []Heading { return slices.Clone(chart) }

func (t Title) role() role {
	for i := range chart {
		if chart[i].Title == t {
			return chart[i].role
		}
	}
	return 0
}

func (t Title) known() bool { return t.role() != 0 }
