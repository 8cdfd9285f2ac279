package story

import (
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Relayed is an application that was relayed: its case is at another place, and
// all that can be told is when we received it and to whom it went.
type Relayed struct {
	exchange.Application
	Reply string
}

// RelayedOf tells of applications that opened no case here.
func RelayedOf(o *office.Office, list []exchange.Application) (out []Relayed) {
	for _, a := range list {
		out = append(out, Relayed{a, fmt.Sprintf("您好，%s的医保关系转移申请我们已于%s收到，并转交给%s办理，请向他们查询进度。",
			a.Person.Name, notice.SpokenDate(a.ReceivedOn), o.PartyName(a.To))})
	}
	return out
}

// Registered is somebody who is insured here and has no case.
type Registered struct {
	exchange.RegistryPerson
	Certificates []exchange.Certificate
	Reply        string
}

// Insured tells of people without a case: what the registry says of them, and
// their certificates. Somebody whom the registry has lost, but who has a
// certificate, is told of by that.
func Insured(tx *store.Tx, f Found) ([]Registered, error) {
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
	return rows(people, nil, func(r exchange.RegistryPerson) Registered {
		own := slices.DeleteFunc(slices.Clone(f.Certificates), func(c exchange.Certificate) bool { return c.PersonalNo != r.PersonalNo })
		return Registered{r, own, insuredReply(r, own)}
	})
}

// insuredReply is what is said on the phone to somebody of whom there is no case:
// the next step of a transfer, by certificate and registry.
func insuredReply(r exchange.RegistryPerson, certs []exchange.Certificate) string {
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
