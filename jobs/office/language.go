package office

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
)

// Language is the language of what staff read: zh unless en is configured.
func (o *Office) Language() string {
	if o.Lang == string(code.English) {
		return o.Lang
	}
	return string(code.Chinese)
}

// CodeLang is Language for the tables of exchange/code.
func (o *Office) CodeLang() code.Lang { return code.Lang(o.Language()) }

// Say is a text in the agency's language.
func (o *Office) Say(chinese, english string) string {
	if o.Language() == string(code.English) {
		return english
	}
	return chinese
}

// Sayf is Say of two formats that take the same arguments in the same order.
func (o *Office) Sayf(chinese, english string, args ...any) string {
	return fmt.Sprintf(o.Say(chinese, english), args...)
}

// Word is the word of a code in the agency's language; the code itself when the
// table does not have it.
func (o *Office) Word(list []exchange.Term, value string) string {
	return exchange.TermOf(list, value).Word(o.Language())
}

// ActorWord is who did something, in words: a party, a job, or an officer. An actor
// that no table knows is named as the journal has it.
func (o *Office) ActorWord(a string) string {
	if name := o.PartyName(a); name != a {
		return name
	}
	return o.Word(append(exchange.JobTerms(),
		exchange.Term{Code: ActorOperator, Chinese: "操作人员", English: "operator"},
		exchange.Term{Code: store.Actor, Chinese: "数据库", English: "store"},
		exchange.Term{Code: "release", Chinese: "签名放行", English: "release"}), a)
}
