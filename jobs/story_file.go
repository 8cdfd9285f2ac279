package jobs

import (
	"fmt"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
)

// FileStory is everything known about one file.
type FileStory struct {
	StoryFile
	PartyName string          `json:"party_name"`
	Sequence  int64           `json:"sequence"`
	Size      int64           `json:"size"`
	SHA256    string          `json:"sha256"`
	Seen      calendar.Date   `json:"received_on"` // in: day 0 of every limit
	SentAt    *time.Time      `json:"sent_at"`     // out: first put into the drop; null: not yet
	Resent    int             `json:"resent"`
	Records   int             `json:"records"`
	Accepted  int             `json:"accepted"`
	Held      int             `json:"held"`
	Refused   int             `json:"refused"`
	Code      string          `json:"code,omitempty"`
	Text      string          `json:"text,omitempty"`
	Receipt   string          `json:"receipt,omitempty"` // name of its receipt
	Repeats   string          `json:"repeats,omitempty"` // name of the file whose content it is
	Verdicts  []StoryVerdict  `json:"verdicts"`          // the first 1000: refused and held ones, then accepted ones
	Payments  []StoryFilePaid `json:"payments,omitempty"`
	Todo      string          `json:"todo,omitempty"`
}

// StoryVerdict is the verdict on a record of a file, with the case it led to.
type StoryVerdict struct {
	Line     int    `json:"line"`
	RecordNo string `json:"record_no"`
	Verdict  string `json:"verdict"`
	Said     string `json:"verdict_word"`
	Code     string `json:"code,omitempty"`
	Field    string `json:"field,omitempty"`
	Text     string `json:"text,omitempty"`
}

// StoryFilePaid is a payment of a payment file.
type StoryFilePaid struct {
	Ref       string `json:"payment_ref"`
	Amount    string `json:"amount"`
	Track     string `json:"track"`
	TrackWord string `json:"track_word"`
}

// listedVerdicts bounds what is told of one file.
const listedVerdicts = 1000

// FileStory gathers everything about a file.
func (e *Env) FileStory(tx *store.Tx, f exchange.File) (*FileStory, error) {
	s := &FileStory{
		StoryFile: e.StoryFile(f), PartyName: e.partyName(f.Party), Sequence: f.Sequence, Size: f.Size, SHA256: f.SHA256, Seen: f.Seen,
		Resent: f.Resent, Records: f.Records, Accepted: f.Accepted, Held: f.Held, Refused: f.Refused, Code: f.Code, Text: f.Text,
		Verdicts: []StoryVerdict{}, Todo: e.fileTodo(f),
	}
	if !f.SentAt.IsZero() {
		at := f.SentAt.In(e.Agency.Zone)
		s.SentAt = &at
	}
	for id, name := range map[int64]*string{f.Receipt: &s.Receipt, f.DupOf: &s.Repeats} {
		if id == 0 {
			continue
		}
		other, err := tx.File(id)
		if err != nil {
			return nil, err
		}
		*name = other.Name
	}
	if err := e.fileVerdicts(tx, f, s); err != nil {
		return nil, err
	}
	if f.Kind != KindPayment {
		return s, nil
	}
	payments, err := tx.PaymentsByFile(f.ID)
	s.Payments, err = rows(payments, err, func(p exchange.Payment) StoryFilePaid {
		return StoryFilePaid{p.Ref, yuan(p.Amount), string(p.Track), e.word(exchange.MoneyTerms(exchange.Out), string(p.Track))}
	})
	return s, err
}

// fileVerdicts takes what was found wrong first, then the rest, up to the bound.
func (e *Env) fileVerdicts(tx *store.Tx, f exchange.File, s *FileStory) error {
	var plain []StoryVerdict
	err := tx.JudgementsByFile(f.ID, func(j exchange.Judgement) error {
		v := StoryVerdict{j.Line, j.RecordNo, string(j.Verdict), j.Verdict.Word(e.codeLang()), string(j.Code), j.Field, j.Text}
		if v.Verdict == "accepted" {
			if len(plain) < listedVerdicts {
				plain = append(plain, v)
			}
			return nil
		}
		if len(s.Verdicts) < listedVerdicts {
			s.Verdicts = append(s.Verdicts, v)
		}
		return nil
	})
	if room := listedVerdicts - len(s.Verdicts); len(plain) > room {
		plain = plain[:room]
	}
	s.Verdicts = append(s.Verdicts, plain...)
	return err
}

// fileTodo is what an operator can do about a file.
func (e *Env) fileTodo(f exchange.File) string {
	switch f.State {
	case exchange.FileQuarantined:
		return e.sayf("查明原因后执行 carryover quarantine release %d，或请对方重新发送", "find out why, then carryover quarantine release %d, or ask for the file again", f.ID)
	case exchange.FileRejected:
		return e.sayf("请对方更正后重新发送；若原因在本方配置，改好后执行 carryover retry %d", "ask the sender to mend it; if the cause was our configuration, mend that and carryover retry %d", f.ID)
	case exchange.FileRefused:
		return e.sayf("按对方给出的代码处理；内容无误的执行 carryover retry %d 原样重发", "see the code given; if the file is right, carryover retry %d sends the same bytes again", f.ID)
	case exchange.FilePrepared:
		return e.sayf("两名人员（其中一名复核）签名放行：carryover release %s --key …", "two officers, one of them a checker, sign it: carryover release %s --key …", f.Name)
	case exchange.FileSending:
		return e.sayf("向银行查明是否收到，凭依据执行 carryover mark-sent %d --evidence … --key …（未收到的加 --not-sent）",
			"ask the bank whether it has the file, then carryover mark-sent %d --evidence … --key … (--not-sent if it has not)", f.ID)
	}
	return ""
}

// Elsewhere is an application that was relayed: its case is at another place.
type Elsewhere struct {
	ApplicationNo string        `json:"application_no"`
	Version       int           `json:"version"`
	Name          string        `json:"name"`
	To            string        `json:"to_agency"`
	ToName        string        `json:"to_name"`
	ReceivedOn    calendar.Date `json:"received_on"`
}

// Elsewhere tells of applications that opened no case here.
func (e *Env) Elsewhere(list []exchange.Application) []Elsewhere {
	out := make([]Elsewhere, 0, len(list))
	for _, a := range list {
		out = append(out, Elsewhere{a.No, a.Version, a.Person.Name, a.To, e.partyName(a.To), a.ReceivedOn})
	}
	return out
}

// StoryInsured is somebody who is insured here and has no case.
type StoryInsured struct {
	PersonalNo string             `json:"personal_no"`
	Person     StoryPerson        `json:"person"`
	Status     string             `json:"status"`
	StatusWord string             `json:"status_word"`
	AsOf       calendar.Date      `json:"as_of"`
	Certs      []StoryCertificate `json:"certificates"`
	Reply      string             `json:"reply"`
}

// StoryCertificate is a certificate of participation.
type StoryCertificate struct {
	No         string        `json:"certificate_no"`
	ReplacedBy string        `json:"replaced_by,omitempty"` // void when set
	IssuedOn   calendar.Date `json:"issued_on"`
	Months     int           `json:"months"`
	Balance    string        `json:"balance"`
}

// Insured tells of people without a case: what the registry says of them, and
// their certificates.
func (e *Env) Insured(tx *store.Tx, f Found) ([]StoryInsured, error) {
	people := f.Registry
	for _, c := range f.Certificates {
		if len(people) > 0 {
			break
		}
		r, err := tx.RegistryByNo(c.PersonalNo)
		if missing(err) != nil {
			return nil, err
		}
		if err != nil {
			r = exchange.RegistryPerson{PersonalNo: c.PersonalNo, Person: c.Person}
		}
		people = append(people, r)
	}
	out := make([]StoryInsured, 0, len(people))
	for _, r := range people {
		s := StoryInsured{
			PersonalNo: r.PersonalNo, Person: StoryPerson{r.Person.IDType, r.Person.IDNo, r.Person.Name, r.Person.Phone, r.PersonalNo},
			Status: r.Status, StatusWord: code.RegistryStatuses().Word(r.Status, e.codeLang()), AsOf: r.AsOf, Certs: []StoryCertificate{},
		}
		for _, c := range f.Certificates {
			if c.PersonalNo == r.PersonalNo {
				s.Certs = append(s.Certs, StoryCertificate{c.No, c.ReplacedBy, c.IssuedOn, c.Actual + c.Backpaid + c.Deemed, yuan(c.Balance)})
			}
		}
		s.Reply = insuredReply(r, s.Certs)
		out = append(out, s)
	}
	return out, nil
}

// insuredReply is what is said to somebody of whom there is no case.
func insuredReply(r exchange.RegistryPerson, certs []StoryCertificate) string {
	text := fmt.Sprintf("您好，%s目前没有正在办理的医保关系转移业务。", r.Person.Name)
	for _, c := range certs {
		if c.ReplacedBy == "" {
			text += fmt.Sprintf("参保凭证已于%s出具，请凭它到新参保地申请转移。", spokenDate(c.IssuedOn))
			return text
		}
	}
	if r.Status == exchange.StatusActive {
		return text + "您仍在我处参保；需要转出的，请先办理停保，再到新参保地申请。"
	}
	return text + "需要转移的，请到新参保地提出申请。"
}
