package story

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// File is everything known about one file.
type File struct {
	ListedFile
	Receipt   *ListedFile // in: ours; out: theirs; nil: none yet
	Receipted bool        // files of this kind have receipts
	Repeats   string      // name of the file whose content it is
	Verdicts  []Verdict   // in: the first 1000: refused and held ones, then accepted ones
	Sent      []CaseRow   // out: whom it tells of, the first 1000 records
	Payments  []Paid      // of a payment file, the first 1000 of its records
	Signed    []Signed    // a payment file's officers
	Reviews   []exchange.Reviewed
	Todo      string
	Reply     string // what to tell the other side on the phone, in Chinese; empty: nothing
}

// Verdict is the verdict on a record of a file, with the case that the record led
// to, and where that stands now.
type Verdict struct {
	exchange.Judgement
	CaseNo, Name string
	State        Code
}

// maxListed is how many verdicts, cases or payments are told of one file: a
// registry extract has hundreds of thousands of records, and nobody reads on.
const maxListed = 1000

// OfFile gathers everything about a file, as of the office's date.
func OfFile(o *office.Office, tx *store.Tx, f exchange.File) (*File, error) {
	l, err := listedFile(o, tx, f)
	if err != nil {
		return nil, err
	}
	s := &File{ListedFile: l, Receipted: expectsReceipt(f), Todo: fileTodo(o, f)}
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
		row, err := listedFile(o, tx, r)
		if err != nil {
			return err
		}
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
		s.Payments = append(s.Payments, paid(p, ""))
	}
	return nil
}

// fileReviews are what officers said about a batch before it left.
func fileReviews(_ *office.Office, tx *store.Tx, f exchange.File, s *File) (err error) {
	s.Reviews, err = tx.Reviews(f.ID)
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
	var plain []Verdict
	err := tx.JudgementsByFile(f.ID, func(j exchange.Judgement) error {
		into := &s.Verdicts
		if j.Verdict == code.Accepted {
			into = &plain
		}
		if len(*into) < maxListed {
			*into = append(*into, Verdict{Judgement: j})
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
func caseOfRecord(o *office.Office, tx *store.Tx, v *Verdict) error {
	numbers, err := tx.CasesNumbered(v.RecordNo)
	if err != nil || len(numbers) == 0 {
		return err
	}
	c, err := caseRef(o, tx, numbers[0])
	v.CaseNo, v.Name, v.State = c.No, c.Person.Name, c.State
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

// Look is a file that lies in a drop and is not taken in yet.
type Look struct {
	exchange.Look
	Reply string
}

// Waiting tells of files that were seen in a drop and are not taken in yet: they
// were still being written, or came after the last pass.
func Waiting(o *office.Office, list []exchange.Look) (out []Look) {
	for _, l := range list {
		out = append(out, Look{l, "您好，这个文件我们已于" + spokenDay(o, l.SeenAt) + "在交换目录中见到，还没有取回，等它传输完整后由下一班次取回并返回回执，请不必再发。"})
	}
	return out
}
