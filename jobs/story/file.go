package story

import (
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// File is everything known about one file.
type File struct {
	FileRow
	PartyName string        `json:"party_name"`
	Sequence  int64         `json:"sequence"`
	Size      int64         `json:"size"`
	SHA256    string        `json:"sha256"`
	Seen      calendar.Date `json:"received_on"` // in: day 0 of every limit
	SentAt    *time.Time    `json:"sent_at"`     // out: first put into the drop; null: not yet
	Resent    int           `json:"resent"`
	Records   int           `json:"records"`
	Accepted  int           `json:"accepted"`
	Held      int           `json:"held"`
	Refused   int           `json:"refused"`
	Code      string        `json:"code,omitempty"`
	Text      string        `json:"text,omitempty"`
	Receipt   *FileRow      `json:"receipt"`            // in: ours; out: theirs; null: none yet
	Receipted bool          `json:"receipted"`          // files of this kind have receipts
	Repeats   string        `json:"repeats,omitempty"`  // name of the file whose content it is
	Verdicts  []VerdictRow  `json:"verdicts"`           // in: the first 1000: refused and held ones, then accepted ones
	Sent      []CaseRow     `json:"sent"`               // out: whom it tells of, the first 1000 records
	Payments  []PaidRow     `json:"payments,omitempty"` // of a payment file, the first 1000 of its records
	Signed    []SignedRow   `json:"signed,omitempty"`   // a payment file's officers
	Reviews   []ReviewedRow `json:"reviews,omitempty"`  // what officers said about a batch before it left
	Todo      string        `json:"todo,omitempty"`
	Reply     string        `json:"reply"` // what to tell the other side on the phone, in Chinese; empty: nothing
}

// VerdictRow is the verdict on a record of a file, with the case it led to.
type VerdictRow struct {
	Line        int    `json:"line"`
	RecordNo    string `json:"record_no"`
	Verdict     string `json:"verdict"`
	VerdictWord string `json:"verdict_word"`
	Code        string `json:"code,omitempty"`
	Field       string `json:"field,omitempty"`
	Text        string `json:"text,omitempty"`
	// The case that the record led to, and where that stands now.
	CaseNo    string `json:"case_no,omitempty"`
	Name      string `json:"name,omitempty"`
	StateWord string `json:"state_word,omitempty"`
}

// PaidRow is a payment of a payment file.
type PaidRow struct {
	Ref       string `json:"payment_ref"`
	Amount    string `json:"amount"`
	Payee     string `json:"payee"` // holder of the account
	Persons   int    `json:"persons"`
	Track     string `json:"track"`
	TrackWord string `json:"track_word"`
}

// maxListed is how many verdicts, cases or payments are told of one file: a
// registry extract has hundreds of thousands of records, and nobody reads on.
const maxListed = 1000

// OfFile gathers everything about a file, as of the office's date.
func OfFile(o *office.Office, tx *store.Tx, f exchange.File) (*File, error) {
	s := &File{
		FileRow: FileRowOf(o, f), PartyName: o.PartyName(f.Party), Sequence: f.Sequence, Size: f.Size, SHA256: f.SHA256, Seen: f.Seen,
		Resent: f.Resent, Records: f.Records, Accepted: f.Accepted, Held: f.Held, Refused: f.Refused, Code: f.Code, Text: o.InWords(f.Text),
		Verdicts: []VerdictRow{}, Sent: []CaseRow{}, Todo: fileTodo(o, f),
		Receipted: expectsReceipt(f),
	}
	if !f.SentAt.IsZero() {
		at := f.SentAt.In(o.Agency.Zone)
		s.SentAt = &at
	}
	for _, part := range []func(*office.Office, *store.Tx, exchange.File, *File) error{
		fileOthers, fileVerdicts, fileSent, filePayments, fileReviews,
	} {
		if err := part(o, tx, f, s); err != nil {
			return nil, err
		}
	}
	s.Reply = fileReply(o, f, s)
	return s, nil
}

// fileOthers are the files that belong to a file: its receipt, and the one whose
// content it duplicates.
func fileOthers(o *office.Office, tx *store.Tx, f exchange.File, s *File) error {
	if f.Receipt != 0 {
		r, err := tx.File(f.Receipt)
		if err != nil {
			return err
		}
		row := FileRowOf(o, r)
		s.Receipt = &row
	}
	if f.DupOf == 0 {
		return nil
	}
	first, err := tx.File(f.DupOf)
	s.Repeats = first.Name
	return err
}

// filePayments are the payments of a payment file, and who signed it.
func filePayments(o *office.Office, tx *store.Tx, f exchange.File, s *File) (err error) {
	if f.Kind != office.KindPayment {
		return nil
	}
	if s.Signed, err = signedBy(o, tx, f.ID); err != nil {
		return err
	}
	payments := office.Walk(func(visit func(exchange.Payment) error) error { return tx.EachPaymentOf(f.ID, visit) })
	for p, err := range payments {
		if err != nil {
			return err
		}
		if len(s.Payments) == maxListed {
			break
		}
		s.Payments = append(s.Payments, PaidRow{
			p.Ref, p.Amount.String(), p.Payee.Holder, max(1, len(p.Items)), string(p.Track), o.Word(exchange.MoneyTerms(exchange.Out), string(p.Track)),
		})
	}
	return nil
}

// ReviewedRow is what an officer said about a batch that waited for review.
type ReviewedRow struct {
	SignedRow
	Verdict     string `json:"verdict"` // approved | returned
	VerdictWord string `json:"verdict_word"`
	Reason      string `json:"reason"`
}

// fileReviews are what officers said about a batch before it left.
func fileReviews(o *office.Office, tx *store.Tx, f exchange.File, s *File) error {
	list, err := tx.Reviews(f.ID)
	s.Reviews, err = rows(list, err, func(r exchange.Reviewed) ReviewedRow {
		out := ReviewedRow{SignedRow{r.Officer, r.FullName, []string{}, r.At.In(o.Agency.Zone)}, r.Verdict, o.Say("批准", "approved"), r.Reason}
		if r.Verdict == exchange.ReviewReturned {
			out.VerdictWord = o.Say("退回", "sent back")
		}
		for _, role := range r.Roles {
			out.Roles = append(out.Roles, o.Word(exchange.RoleTerms(), string(role)))
		}
		return out
	})
	return err
}

// fileSent are the cases of which a batch of ours tells, each once.
func fileSent(o *office.Office, tx *store.Tx, f exchange.File, s *File) error {
	if f.Dir != exchange.Out {
		return nil
	}
	seen := map[string]bool{}
	records := office.Walk(func(visit func(exchange.Outgoing) error) error { return tx.EachOutgoingByFile(f.ID, visit) })
	for record, err := range records {
		if err != nil {
			return err
		}
		if record.CaseNo == "" || seen[record.CaseNo] {
			continue
		}
		if seen[record.CaseNo] = true; len(seen) > maxListed {
			break
		}
		c, err := caseRef(o, tx, record.CaseNo)
		if err != nil {
			return err
		}
		s.Sent = append(s.Sent, c)
	}
	return nil
}

// fileVerdicts are the verdicts on a file's records, up to maxListed: those that
// were refused or held first, for they are what is asked about, then the accepted
// ones. Records of the registry lead to no case, and none is looked for.
func fileVerdicts(o *office.Office, tx *store.Tx, f exchange.File, s *File) error {
	var plain []VerdictRow
	err := tx.JudgementsByFile(f.ID, func(j exchange.Judgement) error {
		v := VerdictRow{
			Line: j.Line, RecordNo: j.RecordNo, Verdict: string(j.Verdict), VerdictWord: j.Verdict.Word(o.CodeLang()), Code: string(j.Code), Field: j.Field,
			Text: o.InWords(j.Text),
		}
		if v.Verdict == "accepted" {
			if len(plain) < maxListed {
				plain = append(plain, v)
			}
			return nil
		}
		if len(s.Verdicts) < maxListed {
			s.Verdicts = append(s.Verdicts, v)
		}
		return nil
	})
	if room := maxListed - len(s.Verdicts); len(plain) > room {
		plain = plain[:room]
	}
	s.Verdicts = append(s.Verdicts, plain...)
	if err != nil || f.Kind == "registry" {
		return err
	}
	for i := range s.Verdicts {
		if err := caseOfRecord(o, tx, &s.Verdicts[i]); err != nil {
			return err
		}
	}
	return nil
}

// caseOfRecord adds to a verdict the case that its record led to, and the state
// of that now; nothing when the number names none.
func caseOfRecord(o *office.Office, tx *store.Tx, v *VerdictRow) error {
	numbers, err := tx.CasesNumbered(v.RecordNo)
	if err != nil || len(numbers) == 0 {
		return err
	}
	c, err := caseRef(o, tx, numbers[0])
	v.CaseNo, v.Name, v.StateWord = c.CaseNo, c.Name, c.StateWord
	return err
}

// fileTodo is what an operator can do about a file.
func fileTodo(o *office.Office, f exchange.File) string {
	switch f.State {
	case exchange.FileQuarantined:
		return o.Sayf("查明原因后执行 carryover quarantine release %d，或请对方重新发送",
			"find out why, then carryover quarantine release %d, or ask for the file again", f.ID)
	case exchange.FileRejected:
		return o.Sayf("请对方更正后重新发送；若原因在本方配置，改好后执行 carryover retry %d",
			"ask the sender to mend it; if the cause was our configuration, mend that and carryover retry %d", f.ID)
	case exchange.FileRefused:
		return o.Sayf("按对方给出的代码处理；内容无误的执行 carryover retry %d 原样重发",
			"see the code given; if the file is right, carryover retry %d sends the same bytes again", f.ID)
	case exchange.FilePrepared:
		return o.Sayf("两名人员（其中一名复核）签名放行：carryover release %s --key …",
			"two officers, one of them a checker, sign it: carryover release %s --key …", f.Name)
	case exchange.FileReview:
		return o.Sayf("在业务决定表中批准发出或退回；或执行 carryover decide %d approve-batch --reason … --key …（退回用 return-batch）",
			"approve it or send it back in the decisions workbook, or carryover decide %d approve-batch --reason … --key … (or return-batch)", f.ID)
	case exchange.FileReturned:
		return o.Say("夜间重新成批后再审核", "the night makes it anew; then it is reviewed")
	case exchange.FileSending:
		return o.Sayf("向银行查明是否收到，凭依据执行 carryover mark-sent %d --evidence … --key …（未收到的加 --not-sent）",
			"ask the bank whether it has the file, then carryover mark-sent %d --evidence … --key … (--not-sent if it has not)", f.ID)
	}
	return ""
}

// LookRow is a file that lies in a drop and is not taken in yet.
type LookRow struct {
	Name      string    `json:"name"`
	Party     string    `json:"party"`
	PartyName string    `json:"party_name"`
	Size      int64     `json:"size"`
	SeenAt    time.Time `json:"seen_at"`
	Reply     string    `json:"reply"`
}

// Waiting tells of files that were seen in a drop and are not taken in yet: they
// were still being written, or came after the last pass.
func Waiting(o *office.Office, list []exchange.Look) []LookRow {
	out := make([]LookRow, 0, len(list))
	for _, l := range list {
		reply := "您好，这个文件我们已于" + spokenDay(o, l.SeenAt) + "在交换目录中见到，还没有取回，等它传输完整后由下一班次取回并返回回执，请不必再发。"
		out = append(out, LookRow{l.Name, l.Party, o.PartyName(l.Party), l.Size, l.SeenAt.In(o.Agency.Zone), reply})
	}
	return out
}
