package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats"
	"carryover/jobs/office"
)

// personOf turns a file's person into the domain's, with the keys for comparison.
func personOf(p formats.Person) exchange.Person {
	return exchange.Person{
		IDType: string(p.IDType), IDNo: p.IDNo, Name: p.Name, Sex: string(p.Sex), Birth: p.BirthDate, Phone: p.Phone,
		IDKey: identity.Key(p.IDNo), NameKey: identity.NameKey(p.Name),
	}
}

// personTo is the way back.
func personTo(p exchange.Person) formats.Person {
	return formats.Person{
		IDType: code.IDType(p.IDType), IDNo: p.IDNo, Name: p.Name, Sex: code.Sex(p.Sex), BirthDate: p.Birth, Phone: p.Phone,
	}
}

func staysOf(in []formats.Stay) []exchange.Stay {
	out := make([]exchange.Stay, len(in))
	for i, s := range in {
		out[i] = exchange.Stay{Area: s.Area, Scheme: string(s.Scheme), From: s.From, To: s.To, Kind: string(s.Kind)}
	}
	return out
}

func staysTo(in []exchange.Stay) []formats.Stay {
	out := make([]formats.Stay, len(in))
	for i, s := range in {
		out[i] = formats.Stay{Area: s.Area, Scheme: code.Scheme(s.Scheme), From: s.From, To: s.To, Months: s.Months(), Kind: code.StayKind(s.Kind)}
	}
	return out
}

func agencyBlock(o *office.Office) formats.AgencyBlock {
	a := o.Agency
	return formats.AgencyBlock{Code: a.Code, Name: a.Name, Address: a.Address, PostCode: a.PostCode, Contact: a.Contact, ContactPhone: a.Phone}
}
