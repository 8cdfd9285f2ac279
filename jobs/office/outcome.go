package office

import (
	"carryover/exchange/code"
)

// Outcome is the verdict on one record, as its receipt reports it (FILES.md).
type Outcome struct {
	Verdict code.Verdict
	Code    string // a fault, hold or decline code; "" when accepted
	Field   string // the column at fault; "" when it is the whole record
	Text    string // for people; Chinese, then English
}

// Accepted is the verdict on a record that was applied.
func Accepted() Outcome { return Outcome{Verdict: code.Accepted} }

// Refused is the verdict on a record that changes nothing; its sender must correct
// it and send it again.
func Refused(c code.Fault, field, text string) Outcome {
	return Outcome{code.Refused, string(c), field, text}
}

// Held is the verdict on a record that waits for something that may still come: a
// later receipt reports what became of it, and it must not be sent again.
func Held(c, text string) Outcome { return Outcome{code.Held, c, "", text} }
