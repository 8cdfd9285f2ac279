package office

import (
	"carryover/exchange"
	"carryover/exchange/code"
)

// Language is the language of what staff read: zh unless en is configured.
func (o *Office) Language() string {
	if o.Lang == string(code.English) {
		return o.Lang
	}
	return string(code.Chinese)
}

func (o *Office) CodeLang() code.Lang { return code.Lang(o.Language()) }

// PartyName is the name of a partner or of one of our own parties.
func (e *Office) PartyName(party string) string {
	if p, ok := e.Partners[party]; ok && p.Name != "" {
		return p.Name
	}
	switch party {
	case e.Agency.Core():
		return e.Say("业务系统", "core")
	case e.Agency.Portal():
		return e.Say("服务门户", "portal")
	case e.Agency.Bank():
		return e.Say("银行", "bank")
	}
	if name, ok := exchange.OfficerOf(party); ok {
		if o, known := e.Agency.Officer(name); known {
			return o.FullName
		}
		return name
	}
	return party
}
