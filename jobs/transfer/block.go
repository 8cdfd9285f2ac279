package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats"
	"carryover/jobs/office"
)

// The blocks that several records share: person, stays, agency. Whatever is
// called …Of turns a record of formats into the domain's, …Record(s) the reverse;
// both copy and judge nothing.

// personOf is a record's person in the domain, with the keys by which ID numbers
// and names are compared.
func personOf(p formats.Person) exchange.Person {
	return exchange.Person{
		IDType: string(p.IDType), IDNo: p.IDNo, Name: p.Name, Sex: string(p.Sex), Birth: p.BirthDate, Phone: p.Phone,
		IDKey: identity.Key(p.IDNo), NameKey: identity.NameKey(p.Name),
	}
}

// personRecord is the domain's person as a record shows it; the keys stay here.
func personRecord(p exchange.Person) formats.Person {
	return formats.Person{
		IDType: code.IDType(p.IDType), IDNo: p.IDNo, Name: p.Name, Sex: code.Sex(p.Sex), BirthDate: p.Birth, Phone: p.Phone,
	}
}

// staysOf is a record's stays in the domain, which counts their months itself.
func staysOf(in []formats.Stay) []exchange.Stay {
	out := make([]exchange.Stay, len(in))
	for i, s := range in {
		out[i] = exchange.Stay{Area: s.Area, Scheme: string(s.Scheme), From: s.From, To: s.To, Kind: string(s.Kind)}
	}
	return out
}

// stayRecords is stays as a record lists them, with their months.
func stayRecords(in []exchange.Stay) []formats.Stay {
	out := make([]formats.Stay, len(in))
	for i, s := range in {
		out[i] = formats.Stay{Area: s.Area, Scheme: code.Scheme(s.Scheme), From: s.From, To: s.To, Months: s.Months(), Kind: code.StayKind(s.Kind)}
	}
	return out
}

// agencyBlock is our agency as letters, forms and certificates name it.
func agencyBlock(o *office.Office) formats.AgencyBlock {
	a := o.Agency
	return formats.AgencyBlock{Code: a.Code, Name: a.Name, Address: a.Address, PostCode: a.PostCode, Contact: a.Contact, ContactPhone: a.Phone}
}
