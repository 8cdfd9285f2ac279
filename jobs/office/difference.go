package office

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
)

// RecordDifference records that two things that should agree do not: a figure of ours
// and of a partner, a file and its receipt, what is and what is proposed. It stays
// open until it is closed here or an officer accepts it. The same two sides again are
// no new one; other sides of the same subject take the place of the old.
func (d *Desk) RecordDifference(kind, partner, caseNo string, subject, ours, theirs code.Phrase) error {
	return d.Tx.OpenDifference(exchange.Difference{
		Kind: kind, Partner: partner, CaseNo: caseNo, Subject: subject, Ours: ours, Theirs: theirs, FoundOn: d.Date,
	})
}

// CloseDifference closes the open difference of a kind with a partner about a subject,
// if there is one; at most one is open at a time.
func (d *Desk) CloseDifference(kind, partner string, subject code.Phrase) error {
	return d.Tx.CloseDifferenceWith(kind, partner, subject)
}

// DifferenceWord is a kind of difference as staff read it.
func (o *Office) DifferenceWord(kind string) string { return o.Word(differenceTerms(), kind) }

// differenceTerms lists the kinds of difference.
func differenceTerms() []exchange.Term {
	return []exchange.Term{
		{Code: "reconciliation", Chinese: "对账", English: "reconciliation"},
		{Code: "netting", Chinese: "轧差", English: "netting"},
		{Code: "money", Chinese: "资金", English: "money"},
		{Code: "file", Chinese: "文件", English: "file"},
		{Code: "bank", Chinese: "银行对账", English: "bank"},
		{Code: "proposal", Chinese: "建议", English: "proposal"},
	}
}

// Sides are a difference's subject and its two sides as staff read them,
// persons masked.
func (o *Office) Sides(x exchange.Difference) (subject, ours, theirs string) {
	return identity.MaskIn(o.Words(x.Subject)), identity.MaskIn(o.SideWord(x.Ours)), identity.MaskIn(o.SideWord(x.Theirs))
}

// SideWord is a side of a difference in the agency's language; nothing where there
// is none.
func (o *Office) SideWord(side code.Phrase) string {
	if side.IsZero() {
		return o.Say("无", "nothing")
	}
	return o.Words(side)
}
