package store

import (
	"cmp"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/shape"
)

var applicationRows = keep("applications", func(a *exchange.Application) []field {
	return []field{
		at("sender", &a.Sender), at("application_no", &a.No), at("version", &a.Version), at("case_no", shape.OptionalOf(&a.CaseNo)),
		at("id_key", &a.Person.IDKey), at("applied_on", &a.AppliedOn), at("received_on", &a.ReceivedOn),
	}
}, func(a *exchange.Application) []field {
	return []field{
		at("lodged_at", &a.LodgedAt), at("applicant", &a.Applicant), at("employer_code,omitempty", &a.EmployerCode), at("employer_name,omitempty", &a.EmployerName),
		at("person", &a.Person), at("name_key", &a.Person.NameKey), at("household,omitempty", &a.Household), at("scheme_from", &a.SchemeFrom), at("scheme_to", &a.SchemeTo),
		at("from_agency", &a.From), at("to_agency", &a.To), at("old_personal_no,omitempty", &a.OldPersonalNo), at("certificate_no,omitempty", &a.CertificateNo),
		at("enrolled_from,omitempty", &a.EnrolledFrom), at("materials,omitempty", &a.Materials), at("proxy_name,omitempty", &a.ProxyName),
		at("proxy_phone,omitempty", &a.ProxyPhone), at("echo,omitempty", &a.Echo),
	}
})

var applicationsByNo = byKey(applicationRows, "application_no", func(a, b *exchange.Application) int {
	return cmp.Or(strings.Compare(a.Sender, b.Sender), cmp.Compare(a.Version, b.Version))
}, func(a *exchange.Application) any { return a.No }).kept()

// InsertApplication stores one version of an application.
func (tx *Tx) InsertApplication(a exchange.Application) error {
	return applicationRows.add(tx, "application "+a.No, &a)
}

// Application returns one version of a sender's application.
func (tx *Tx) Application(sender, no string, version int) (exchange.Application, error) {
	all, err := tx.Applications(sender, no)
	return firstOf("application "+no, only(all, func(a *exchange.Application) bool { return a.Version == version }), err)
}

// LatestApplication returns the latest version of a sender's application.
func (tx *Tx) LatestApplication(sender, no string) (exchange.Application, error) {
	latest, err := tx.LatestApplications(no)
	return firstOf("application "+no, only(latest, func(a *exchange.Application) bool { return a.Sender == sender }), err)
}

// LatestApplications returns the latest version of every sender's application
// of a number, by sender.
func (tx *Tx) LatestApplications(no string) ([]exchange.Application, error) {
	all, err := applicationsByNo.of(tx, "application "+no, no)
	latest := map[string]int{}
	for _, a := range all {
		latest[a.Sender] = a.Version
	}
	return only(all, func(a *exchange.Application) bool { return a.Version == latest[a.Sender] }), err
}

// Applications returns all versions of a sender's application, in order.
func (tx *Tx) Applications(sender, no string) ([]exchange.Application, error) {
	all, err := applicationsByNo.of(tx, "application "+no, no)
	return only(all, func(a *exchange.Application) bool { return a.Sender == sender }), err
}

// RelayedApplications returns the applications that were passed on to the new
// place and received since a date.
func (tx *Tx) RelayedApplications(since calendar.Date) ([]exchange.Application, error) {
	return applicationRows.many(tx, "relayed applications",
		"WHERE case_no IS NULL AND received_on >= $1 ORDER BY received_on, application_no, sender, version", since.String())
}
