package notice

import (
	"fmt"
	"strings"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
)

// HeldBecause is a hold's reason as it is said to the person.
func HeldBecause(h code.Hold) string {
	if said := HoldReason()[h]; said != "" {
		return said
	}
	return h.Word(code.Chinese)
}

// DeclineWord is a decline's reason as it is said to the person.
func DeclineWord(d code.Decline) string {
	if said := declineReason()[d]; said != "" {
		return said
	}
	return d.Word(code.Chinese)
}

// QuotedFrom stands before a partner's own words: what is "here" to them is not
// here to the person.
const QuotedFrom = "对方说明："

// ReasonWith is a reason's fixed word with what was written about it, by whom.
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

// SpokenDate is a date as it is read out.
func SpokenDate(d calendar.Date) string {
	if d == 0 {
		return "近日"
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.MonthOfYear(), d.Day())
}
