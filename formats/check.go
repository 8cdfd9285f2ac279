package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// echoColumn is the sender's own reference: openers carry one, answers and
// verdicts repeat it.
func echoColumn[R any](at func(*R) *string) batch.Column[R] {
	return batch.Text("echo", "发送方自用编号", 64, batch.Optional, at).Hinted(hintEcho)
}

// textNotTheSum says that an amount is not made of its parts.
const textNotTheSum = "应等于本金加利息 / principal and interest should make the amount"

// checkSum checks an amount against its parts, when all three are given.
func checkSum(f *batch.Findings, principal, interest, amount batch.Maybe[money.Fen]) {
	given := principal.Given && interest.Given && amount.Given
	if given && f.OK("principal", "interest", "amount") && amount.Value != money.Clamped(principal.Value, interest.Value) {
		f.Add("amount", code.Amount, textNotTheSum)
	}
}

// checkOrder checks that one month does not lie before another, when both
// are given.
func checkOrder(f *batch.Findings, early string, e calendar.Month, late string, l calendar.Month) {
	if e != 0 && l != 0 && l < e && f.OK(early, late) {
		f.Add(late, code.ImpossibleDate, "早于 / lies before "+early)
	}
}
