package exchange

import (
	"slices"

	"carryover/exchange/code"
)

// listNames are the lists of terms that phrases, and fields of this package (their
// tag show), name.
var listNames = map[string][]Term{
	"state-in": StateTerms(In), "form-in": FormTerms(In), "money-in": MoneyTerms(In),
	"state-out": StateTerms(Out), "form-out": FormTerms(Out), "money-out": MoneyTerms(Out),
	"direction": SideTerms(), "dir": DirectionTerms(), "clock": ClockTerms(), "owner": OwnerTerms(), "role": RoleTerms(), "receiver": ReceiverTerms(),
	"file-kind": FileKindTerms(), "file-state": FileStateTerms(), "run-state": RunStateTerms(), "bank-fault": BankFaultTerms(),
}

// Listed is the lookup of lists by their names: those of this package and of
// package code, and the configured turns.
func Listed(l code.Lang, turns []Turn) code.Lookup {
	return func(list, value string) string {
		if terms, ok := listNames[list]; ok {
			return TermOf(terms, value).Word(string(l))
		}
		if list != "turn" {
			return code.ListNamed(list).Word(value, l)
		}
		if i := slices.IndexFunc(turns, func(t Turn) bool { return t.Key == value }); i >= 0 {
			return turns[i].Wait.Word(string(l))
		}
		return value
	}
}
