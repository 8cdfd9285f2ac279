package story

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Relayed is an application that was relayed: its case is at another place, and
// all that can be told is when we received it and to whom it went.
type Relayed struct {
	ApplicationNo string        `json:"application_no"`
	Version       int           `json:"version"`
	Name          string        `json:"name"`
	To            string        `json:"to_agency"`
	ToName        string        `json:"to_name"`
	ReceivedOn    calendar.Date `json:"received_on"`
	Reply         string        `json:"reply"`
}

// RelayedOf tells of applications that opened no case here.
func RelayedOf(o *office.Office, list []exchange.Application) []Relayed {
	out := make([]Relayed, 0, len(list))
	for _, a := range list {
		reply := fmt.Sprintf("您好，%s的医保关系转移申请我们已于%s收到，并转交给%s办理，请向他们查询进度。",
			a.Person.Name, notice.SpokenDate(a.ReceivedOn), o.PartyName(a.To))
		out = append(out, Relayed{a.No, a.Version, a.Person.Name, a.To, o.PartyName(a.To), a.ReceivedOn, reply})
	}
	return out
}

// InsuredRow is somebody who is insured here and has no case.
type InsuredRow struct {
	PersonalNo string           `json:"personal_no"`
	Person     Person           `json:"person"`
	Status     string           `json:"status"`
	StatusWord string           `json:"status_word"`
	AsOf       calendar.Date    `json:"as_of"`
	Certs      []CertificateRow `json:"certificates"`
	Reply      string           `json:"reply"`
}

// CertificateRow is a certificate of participation.
type CertificateRow struct {
	No         string        `json:"certificate_no"`
	ReplacedBy string        `json:"replaced_by,omitempty"` // void when set
	IssuedOn   calendar.Date `json:"issued_on"`
	Months     int           `json:"months"`
	Balance    string        `json:"balance"`
}

// Insured tells of people without a case: what the registry says of them, and
// their certificates. Somebody whom the registry has lost, but who has a
// certificate, is told of by that.
func Insured(o *office.Office, tx *store.Tx, f Found) ([]InsuredRow, error) {
	people := f.Registry
	for _, c := range f.Certificates {
		if len(people) > 0 {
			break
		}
		r, err := tx.RegistryByNo(c.PersonalNo)
		if office.IgnoreNotFound(err) != nil {
			return nil, err
		}
		if err != nil {
			r = exchange.RegistryPerson{PersonalNo: c.PersonalNo, Person: c.Person}
		}
		people = append(people, r)
	}
	out := make([]InsuredRow, 0, len(people))
	for _, r := range people {
		s := InsuredRow{
			PersonalNo: r.PersonalNo, Person: Person{r.Person.IDType, r.Person.IDNo, r.Person.Name, r.Person.Phone, r.PersonalNo},
			Status: r.Status, StatusWord: code.RegistryStatuses().Word(r.Status, o.CodeLang()), AsOf: r.AsOf, Certs: []CertificateRow{},
		}
		for _, c := range f.Certificates {
			if c.PersonalNo == r.PersonalNo {
				s.Certs = append(s.Certs, CertificateRow{c.No, c.ReplacedBy, c.IssuedOn, c.Actual + c.Backpaid + c.Deemed, c.Balance.String()})
			}
		}
		s.Reply = insuredReply(r, s.Certs)
		out = append(out, s)
	}
	return out, nil
}

// insuredReply is what is said on the phone to somebody of whom there is no case:
// the next step of a transfer, by certificate and registry.
func insuredReply(r exchange.RegistryPerson, certs []CertificateRow) string {
	text := fmt.Sprintf("您好，%s目前没有正在办理的医保关系转移业务。", r.Person.Name)
	for _, c := range certs {
		if c.ReplacedBy == "" {
			text += fmt.Sprintf("参保凭证已于%s出具，请凭它到新参保地申请转移。", notice.SpokenDate(c.IssuedOn))
			return text
		}
	}
	if r.Status == exchange.StatusActive {
		return text + "您仍在我处参保；需要转出的，请先办理停保，再到新参保地申请。"
	}
	return text + "需要转移的，请到新参保地提出申请。"
}
