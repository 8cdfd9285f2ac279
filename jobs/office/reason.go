package office

import (
	"carryover/exchange"
	"carryover/exchange/code"
)

// Words are a phrase in the agency's language; "" of one that says nothing.
func (o *Office) Words(p code.Phrase) string { return o.wordsIn(o.CodeLang(), p) }

// InChinese are a phrase's words for partners and persons, whatever the agency's
// language is.
func (o *Office) InChinese(p code.Phrase) string { return o.wordsIn(code.Chinese, p) }

// InBoth are a phrase's words in both languages, for files that go out and notes in
// folders whose readers' language is not known.
func (o *Office) InBoth(p code.Phrase) string {
	return o.InChinese(p) + " / " + o.wordsIn(code.English, p)
}

func (o *Office) wordsIn(l code.Lang, p code.Phrase) string {
	return p.Words(l, exchange.Listed(l, o.Turns))
}

// InWords is the text of a file or a record in the agency's language (code.Half).
func (o *Office) InWords(text string) string { return code.Half(text, o.CodeLang()) }
