package formats

import (
	"strconv"

	"carryover/exchange/money"
	"carryover/formats/batch"
)

// echoColumn is the sender's own reference: openers carry one, answers and
// verdicts repeat it.
func echoColumn[R any](at func(*R) *string) batch.Column[R] {
	return batch.Text("echo", "发送方自用编号", 64, batch.Optional, at)
}

// versionKey is the duplicate key of a numbered record with versions.
func versionKey(b []byte, no string, version int) []byte {
	return strconv.AppendInt(append(append(b, no...), '|'), int64(version), 10)
}

// textKey is a duplicate key of several texts.
func textKey(b []byte, parts ...string) []byte {
	for i, p := range parts {
		if i > 0 {
			b = append(b, '|')
		}
		b = append(b, p...)
	}
	return b
}

// amountKey adds an amount to a duplicate key.
func amountKey(b []byte, amount money.Fen) []byte { return amount.Append(append(b, '|')) }

// firstOf is the first text that is not empty.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
