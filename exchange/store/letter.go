package store

import (
	"cmp"

	"carryover/exchange"
)

var letterRows = keep("letters", func(l *exchange.Letter) []field {
	return []field{
		at("letter_no", &l.No), at("version", &l.Version), at("case_no", &l.CaseNo), at("side", (*string)(&l.Side)), at("letter_date", &l.Date),
		at("id_key", &l.Person.IDKey), at("from_agency", &l.From), at("to_agency", &l.To), at("received_on", &l.ReceivedOn),
	}
}, func(l *exchange.Letter) []field {
	return []field{
		at("accepted_on,omitempty", &l.AcceptedOn), at("certificate_no,omitempty", &l.CertificateNo), at("person", &l.Person), at("name_key", &l.Person.NameKey),
		at("household,omitempty", &l.Household), at("scheme_from", &l.SchemeFrom), at("scheme_to", &l.SchemeTo), at("enrolled_from,omitempty", &l.EnrolledFrom),
		at("old_personal_no,omitempty", &l.OldPersonalNo), at("account_moves", &l.AccountMoves), at("account", &l.Account), at("remark,omitempty", &l.Remark),
		at("echo,omitempty", &l.Echo),
	}
})

var lettersByNo = byKey(letterRows, "letter_no", func(a, b *exchange.Letter) int { return cmp.Compare(a.Version, b.Version) },
	func(l *exchange.Letter) any { return l.No }).kept()

// InsertLetter stores one version of a letter.
func (tx *Tx) InsertLetter(l exchange.Letter) error {
	return letterRows.add(tx, "letter "+l.No, &l)
}

// Letter returns one version of a letter.
func (tx *Tx) Letter(no string, version int) (exchange.Letter, error) {
	all, err := tx.Letters(no)
	return firstOf("letter "+no, only(all, func(l *exchange.Letter) bool { return l.Version == version }), err)
}

// Letters returns all versions of a letter, the first one first.
func (tx *Tx) Letters(no string) ([]exchange.Letter, error) {
	return lettersByNo.of(tx, "letter "+no, no)
}
