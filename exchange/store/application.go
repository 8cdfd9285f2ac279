package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

const applicationColumns = "sender, application_no, version, case_no, id_key, applied_on, received_on, doc"

var (
	insertApplication = insertInto("applications", applicationColumns)
	selectApplication = "SELECT " + applicationColumns + " FROM applications "
)

// applicationDoc is what of an application is only read together with it.
type applicationDoc struct {
	LodgedAt      string          `json:"lodged_at"`
	Applicant     string          `json:"applicant"`
	EmployerCode  string          `json:"employer_code,omitempty"`
	EmployerName  string          `json:"employer_name,omitempty"`
	Person        exchange.Person `json:"person"`
	NameKey       string          `json:"name_key"`
	Household     string          `json:"household,omitempty"`
	SchemeFrom    string          `json:"scheme_from"`
	SchemeTo      string          `json:"scheme_to"`
	From          string          `json:"from_agency"`
	To            string          `json:"to_agency"`
	OldPersonalNo string          `json:"old_personal_no,omitempty"`
	CertificateNo string          `json:"certificate_no,omitempty"`
	EnrolledFrom  calendar.Month  `json:"enrolled_from,omitempty"`
	Materials     []string        `json:"materials,omitempty"`
	ProxyName     string          `json:"proxy_name,omitempty"`
	ProxyPhone    string          `json:"proxy_phone,omitempty"`
	Echo          string          `json:"echo,omitempty"`
}

func scanApplication(r row, a *exchange.Application) error {
	var doc []byte
	var key string
	if err := r.Scan(&a.Sender, &a.No, &a.Version, optional[string]{&a.CaseNo}, &key, &a.AppliedOn, &a.ReceivedOn, &doc); err != nil {
		return err
	}
	var d applicationDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("application %s: %w", a.No, err)
	}
	a.Person = d.Person
	a.Person.IDKey, a.Person.NameKey = key, d.NameKey
	a.LodgedAt, a.Applicant, a.EmployerCode, a.EmployerName = d.LodgedAt, d.Applicant, d.EmployerCode, d.EmployerName
	a.Household, a.SchemeFrom, a.SchemeTo, a.From, a.To = d.Household, d.SchemeFrom, d.SchemeTo, d.From, d.To
	a.OldPersonalNo, a.CertificateNo, a.EnrolledFrom, a.Materials = d.OldPersonalNo, d.CertificateNo, d.EnrolledFrom, d.Materials
	a.ProxyName, a.ProxyPhone, a.Echo = d.ProxyName, d.ProxyPhone, d.Echo
	return nil
}

// InsertApplication stores one version of an application.
func (tx *Tx) InsertApplication(a exchange.Application) error {
	doc, err := json.Marshal(&applicationDoc{
		LodgedAt: a.LodgedAt, Applicant: a.Applicant, EmployerCode: a.EmployerCode, EmployerName: a.EmployerName,
		Person: a.Person, NameKey: a.Person.NameKey, Household: a.Household, SchemeFrom: a.SchemeFrom, SchemeTo: a.SchemeTo,
		From: a.From, To: a.To, OldPersonalNo: a.OldPersonalNo, CertificateNo: a.CertificateNo, EnrolledFrom: a.EnrolledFrom,
		Materials: a.Materials, ProxyName: a.ProxyName, ProxyPhone: a.ProxyPhone, Echo: a.Echo,
	})
	if err != nil {
		return fmt.Errorf("application %s: %w", a.No, err)
	}
	return tx.run("application "+a.No, insertApplication, a.Sender, a.No, int64(a.Version), ref(a.CaseNo), a.Person.IDKey,
		a.AppliedOn.String(), a.ReceivedOn.String(), string(doc))
}

// Application returns one version of a sender's application.
func (tx *Tx) Application(sender, no string, version int) (exchange.Application, error) {
	return one(tx, "application "+no, scanApplication,
		selectApplication+"WHERE application_no = $1 AND sender = $2 AND version = $3", no, sender, int64(version))
}

// LatestApplication returns the latest version of a sender's application.
func (tx *Tx) LatestApplication(sender, no string) (exchange.Application, error) {
	return one(tx, "application "+no, scanApplication,
		selectApplication+"WHERE application_no = $1 AND sender = $2 ORDER BY version DESC LIMIT 1", no, sender)
}

// LatestApplications returns the latest version of every sender's application
// of a number, by sender.
func (tx *Tx) LatestApplications(no string) ([]exchange.Application, error) {
	return many(tx, "applications "+no, scanApplication, selectApplication+`AS a WHERE application_no = $1
		AND version = (SELECT max(version) FROM applications WHERE application_no = a.application_no AND sender = a.sender) ORDER BY sender`, no)
}

// Applications returns all versions of a sender's application, in order.
func (tx *Tx) Applications(sender, no string) ([]exchange.Application, error) {
	return many(tx, "application "+no, scanApplication, selectApplication+"WHERE application_no = $1 AND sender = $2 ORDER BY version", no, sender)
}

// RelayedApplications returns the applications that were passed on to the new
// place and received since a date.
func (tx *Tx) RelayedApplications(since calendar.Date) ([]exchange.Application, error) {
	return many(tx, "relayed applications", scanApplication,
		selectApplication+"WHERE case_no IS NULL AND received_on >= $1 ORDER BY received_on, application_no, sender, version", since.String())
}
