package jobs

import (
	"errors"
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
	Receipt   *StoryFile      `json:"receipt"`            // in: ours; out: theirs; null: none yet
	Receipted bool            `json:"receipted"`          // files of this kind have receipts
	Repeats   string          `json:"repeats,omitempty"`  // name of the file whose content it is
	Verdicts  []StoryVerdict  `json:"verdicts"`           // in: the first 1000: refused and held ones, then accepted ones
	Sent      []StoryCase     `json:"sent"`               // out: whom it tells of, the first 1000 records
	Payments  []StoryFilePaid `json:"payments,omitempty"` // of a payment file, the first 1000 of its records
	Signed    []StorySigned   `json:"signed,omitempty"`   // a payment file's officers
	Reviews   []StoryReviewed `json:"reviews,omitempty"`  // what officers said about a batch before it left
	Todo      string          `json:"todo,omitempty"`
	Reply     string          `json:"reply"` // what to tell the other side on the phone, in Chinese; empty: nothing
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
	// The case that the record led to, and where that stands now.
	CaseNo    string `json:"case_no,omitempty"`
	Name      string `json:"name,omitempty"`
	StateWord string `json:"state_word,omitempty"`
}

// StoryFilePaid is a payment of a payment file.
type StoryFilePaid struct {
	Ref       string `json:"payment_ref"`
	Amount    string `json:"amount"`
	Payee     string `json:"payee"` // holder of the account
	Persons   int    `json:"persons"`
	Track     string `json:"track"`
	TrackWord string `json:"track_word"`
}

// listedOfFile bounds what is told of one file.
const listedOfFile = 1000

// FileStory gathers everything about a file.
func (e *Env) FileStory(tx *store.Tx, f exchange.File) (*FileStory, error) {
	s := &FileStory{
		StoryFile: e.StoryFile(f), PartyName: e.partyName(f.Party), Sequence: f.Sequence, Size: f.Size, SHA256: f.SHA256, Seen: f.Seen,
		Resent: f.Resent, Records: f.Records, Accepted: f.Accepted, Held: f.Held, Refused: f.Refused, Code: f.Code, Text: e.said("", f.Text),
		Verdicts: []StoryVerdict{}, Sent: []StoryCase{}, Todo: e.fileTodo(f),
		Receipted: answered(f),
	}
	if !f.SentAt.IsZero() {
		at := f.SentAt.In(e.Agency.Zone)
		s.SentAt = &at
	}
	for _, part := range []func(*store.Tx, exchange.File, *FileStory) error{e.fileOthers, e.fileVerdicts, e.fileSent, e.filePayments, e.fileReviews} {
		if err := part(tx, f, s); err != nil {
			return nil, err
		}
	}
	s.Reply = e.fileReply(f, s)
	return s, nil
}

// fileOthers are the files that a file is tied to: its receipt, and the one
// whose content it repeats.
func (e *Env) fileOthers(tx *store.Tx, f exchange.File, s *FileStory) error {
	if f.Receipt != 0 {
		r, err := tx.File(f.Receipt)
		if err != nil {
			return err
		}
		story := e.StoryFile(r)
		s.Receipt = &story
	}
	if f.DupOf == 0 {
		return nil
	}
	first, err := tx.File(f.DupOf)
	s.Repeats = first.Name
	return err
}

// filePayments are the payments of a payment file, and who signed it.
func (e *Env) filePayments(tx *store.Tx, f exchange.File, s *FileStory) (err error) {
	if f.Kind != KindPayment {
		return nil
	}
	if s.Signed, err = e.signedBy(tx, f.ID); err != nil {
		return err
	}
	err = tx.EachPaymentOf(f.ID, func(p exchange.Payment) error {
		if len(s.Payments) == listedOfFile {
			return errStop
		}
		s.Payments = append(s.Payments, StoryFilePaid{
			p.Ref, yuan(p.Amount), p.Payee.Holder, max(1, len(p.Items)), string(p.Track), e.word(exchange.MoneyTerms(exchange.Out), string(p.Track)),
		})
		return nil
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// StoryReviewed is what an officer said about a batch that waited for review.
type StoryReviewed struct {
	StorySigned
	Verdict string `json:"verdict"` // approved | returned
	Said    string `json:"verdict_word"`
	Reason  string `json:"reason"`
}

// fileReviews are what officers said about a batch before it left.
func (e *Env) fileReviews(tx *store.Tx, f exchange.File, s *FileStory) error {
	list, err := tx.Reviews(f.ID)
	s.Reviews, err = rows(list, err, func(r exchange.Reviewed) StoryReviewed {
		out := StoryReviewed{StorySigned{r.Officer, r.FullName, []string{}, r.At.In(e.Agency.Zone)}, r.Verdict, e.say("批准", "approved"), r.Reason}
		if r.Verdict == exchange.ReviewReturned {
			out.Said = e.say("退回", "sent back")
		}
		for _, role := range r.Roles {
			out.Roles = append(out.Roles, e.word(exchange.RoleTerms(), string(role)))
		}
		return out
	})
	return err
}

// fileSent are the cases of which a batch of ours tells.
func (e *Env) fileSent(tx *store.Tx, f exchange.File, s *FileStory) error {
	if f.Dir != exchange.Out {
		return nil
	}
	seen := map[string]bool{}
	err := tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error {
		if o.CaseNo == "" || seen[o.CaseNo] {
			return nil
		}
		if seen[o.CaseNo] = true; len(seen) > listedOfFile {
			return errStop
		}
		c, err := e.caseRef(tx, o.CaseNo)
		s.Sent = append(s.Sent, c)
		return err
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// fileVerdicts takes what was found wrong first, then the rest, up to the bound.
func (e *Env) fileVerdicts(tx *store.Tx, f exchange.File, s *FileStory) error {
	var plain []StoryVerdict
	err := tx.JudgementsByFile(f.ID, func(j exchange.Judgement) error {
		v := StoryVerdict{
			Line: j.Line, RecordNo: j.RecordNo, Verdict: string(j.Verdict), Said: j.Verdict.Word(e.codeLang()), Code: string(j.Code), Field: j.Field,
			Text: e.said("", j.Text),
		}
		if v.Verdict == "accepted" {
			if len(plain) < listedOfFile {
				plain = append(plain, v)
			}
			return nil
		}
		if len(s.Verdicts) < listedOfFile {
			s.Verdicts = append(s.Verdicts, v)
		}
		return nil
	})
	if room := listedOfFile - len(s.Verdicts); len(plain) > room {
		plain = plain[:room]
	}
	s.Verdicts = append(s.Verdicts, plain...)
	if err != nil || f.Kind == "registry" {
		return err
	}
	for i := range s.Verdicts {
		if err := e.ledTo(tx, &s.Verdicts[i]); err != nil {
			return err
		}
	}
	return nil
}

// ledTo finds the case that a record led to, and where that stands now.
func (e *Env) ledTo(tx *store.Tx, v *StoryVerdict) error {
	numbers, err := tx.CasesNumbered(v.RecordNo)
	if err != nil || len(numbers) == 0 {
		return err
	}
	c, err := e.caseRef(tx, numbers[0])
	v.CaseNo, v.Name, v.StateWord = c.CaseNo, c.Name, c.StateWord
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
	case exchange.FileReview:
		return e.sayf("在业务决定表中批准发出或退回；或执行 carryover decide %d approve-batch --reason … --key …（退回用 return-batch）",
			"approve it or send it back in the decisions workbook, or carryover decide %d approve-batch --reason … --key … (or return-batch)", f.ID)
	case exchange.FileReturned:
		return e.say("夜间重新成批后再审核", "the night makes it anew; then it is reviewed")
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
	Reply         string        `json:"reply"`
}

// Elsewhere tells of applications that opened no case here.
func (e *Env) Elsewhere(list []exchange.Application) []Elsewhere {
	out := make([]Elsewhere, 0, len(list))
	for _, a := range list {
		reply := fmt.Sprintf("您好，%s的医保关系转移申请我们已于%s收到，并转交给%s办理，请向他们查询进度。", a.Person.Name, spokenDate(a.ReceivedOn), e.partyName(a.To))
		out = append(out, Elsewhere{a.No, a.Version, a.Person.Name, a.To, e.partyName(a.To), a.ReceivedOn, reply})
	}
	return out
}

// StoryLook is a file that lies in a drop and is not taken in yet.
type StoryLook struct {
	Name      string    `json:"name"`
	Party     string    `json:"party"`
	PartyName string    `json:"party_name"`
	Size      int64     `json:"size"`
	SeenAt    time.Time `json:"seen_at"`
	Reply     string    `json:"reply"`
}

// Waiting tells of files that were seen in a drop and are not taken in yet.
func (e *Env) Waiting(list []exchange.Look) []StoryLook {
	out := make([]StoryLook, 0, len(list))
	for _, l := range list {
		reply := "您好，这个文件我们已于" + e.spokenDay(l.SeenAt) + "在交换目录中见到，还没有取回，等它传输完整后由下一班次取回并返回回执，请不必再发。"
		out = append(out, StoryLook{l.Name, l.Party, e.partyName(l.Party), l.Size, l.SeenAt.In(e.Agency.Zone), reply})
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
