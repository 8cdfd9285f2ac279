package exchange

import (
	"slices"

	"carryover/exchange/code"
)

// Listed is the lookup of the lists that phrases name and package code does not
// know: states, limits, kinds of files, and the configured turns.
func Listed(l code.Lang, turns []Turn) code.Lookup {
	return func(list, value string) string {
		switch list {
		case "state-in":
			return TermOf(StateTerms(In), value).Word(string(l))
		case "money-out":
			return TermOf(MoneyTerms(Out), value).Word(string(l))
		case "direction":
			return TermOf(SideTerms(), value).Word(string(l))
		case "clock":
			return TermOf(ClockTerms(), value).Word(string(l))
		case "file-kind":
			return TermOf(FileKindTerms(), value).Word(string(l))
		case "bank-fault":
			return TermOf(BankFaultTerms(), value).Word(string(l))
		case "turn":
			if i := slices.IndexFunc(turns, func(t Turn) bool { return t.Key == value }); i >= 0 {
				return turns[i].Wait.Word(string(l))
			}
		}
		return value
	}
}
