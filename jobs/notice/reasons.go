package notice

import (
	"fmt"
	"strings"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
)

// HoldReason is a hold's reason as it is said to the person: the fixed word of the code,
// unless that is not for the public.
func HoldReason(h code.Hold) string {
	if reason := HoldReasons()[h]; reason != "" {
		return reason
	}
	return h.Word(code.Chinese)
}

// DeclineReason is a decline's reason as it is said to the person, fit to follow "the reason
// is".
func DeclineReason(d code.Decline) string {
	if reason := declineReasons()[d]; reason != "" {
		return reason
	}
	return d.Word(code.Chinese)
}

// PartnerQuote stands before a partner's own words: what is "here" to them is not
// here to the person.
const PartnerQuote = "对方说明："

// ReasonWith is a reason's fixed word with what was written about it in parentheses, from
// standing before it. Neither is said twice when one holds the other; a partner's text
// never takes the place of our word. ID numbers are masked.
func ReasonWith(word, from, text string) string {
	text = strings.Trim(identity.MaskIn(text), " ：:；;。.，,")
	switch {
	case text == "" || strings.Contains(word, text):
		return word
	case from == "" && strings.Contains(text, word):
		return text
	}
	return word + "（" + from + text + "）"
}

// SpokenDate is a date as it is read out; "lately" when it is not known.
func SpokenDate(d calendar.Date) string {
	if d == 0 {
		return "近日"
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.MonthOfYear(), d.Day())
}
