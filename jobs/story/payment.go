package story

import (
	"errors"
	"strings"
	"unicode"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Payment is everything known about one payment: an attempt to pay a part
// of a remittance, a lump sum for several people, or a refund.
type Payment struct {
	exchange.Payment
	Capitals   string
	BookedOn   calendar.Date // by the bank; none: not yet
	ReturnedOn calendar.Date // by the bank; none: it did not come back
	Superseded string        `show:"superseded_by"`     // the attempt that took its place
	Automatic  bool          `show:"automatic_release"` // without signatures
	Signed     []Signed
	File       *ListedFile // nil: in no payment file yet
	Tries      []Paid      `show:"attempts"`
	Cases      []CaseRow
	Events     []Event
	Todo       string
	Reply      string // what to say on the phone, in Chinese; empty: nothing
}

// Signed is an officer's signature on a payment file.
type Signed struct {
	exchange.Signature
	FullName string
}

// maxPaymentCases is how many cases the story of a lump sum lists.
const maxPaymentCases = 200

// OfPayment gathers everything about a payment, as of the office's date.
func OfPayment(o *office.Office, tx *store.Tx, p exchange.Payment) (*Payment, error) {
	s := &Payment{Payment: p, Capitals: p.Amount.Capitals(), Automatic: o.Rules.AutomaticRelease}
	for _, part := range []func(*office.Office, *store.Tx, exchange.Payment, *Payment) error{
		paymentCases, paymentFile, paymentBank,
	} {
		if err := part(o, tx, p, s); err != nil {
			return nil, err
		}
	}
	s.Todo = paymentTodo(o, p, s)
	s.Reply = paymentReply(o, p, s)
	return s, nil
}

// paymentCases are whom the payment is for, and what happened to it.
func paymentCases(o *office.Office, tx *store.Tx, p exchange.Payment, s *Payment) error {
	items := p.Items
	if len(items) == 0 { // a refund carries nothing for a part
		r, err := tx.RefundByRef(p.Ref)
		if err != nil {
			return office.IgnoreNotFound(err)
		}
		if r.CaseNo != "" {
			items = []exchange.PaymentItem{{CaseNo: r.CaseNo, Part: r.Part, Amount: p.Amount}}
		}
	}
	for i, it := range items {
		if i == maxPaymentCases {
			break
		}
		c, err := caseRef(o, tx, it.CaseNo)
		if err != nil {
			return err
		}
		c.Part, c.Amount = it.Part, it.Amount
		s.Cases = append(s.Cases, c)
		if i > 0 {
			continue // what happened to a lump sum happened to all that it carries
		}
		if err := paymentEvents(tx, it.CaseNo, p.Ref, s); err != nil {
			return err
		}
		if err := paymentTries(tx, it, p, s); err != nil {
			return err
		}
	}
	return nil
}

// paymentEvents adds the events of a case's journal that are about the payment:
// their reason is its reference.
func paymentEvents(tx *store.Tx, caseNo, ref string, s *Payment) error {
	events, err := tx.JournalOf(caseNo)
	if err != nil {
		return err
	}
	for _, v := range events {
		if v.Why == code.Text(ref) {
			v.Why = code.Phrase{} // it is the payment that is told of
			s.Events = append(s.Events, event(v))
		}
	}
	return nil
}

// paymentTries are all attempts at the part that a payment is about, and which of
// them took its place: the one whose reference the part has now. A refund has no
// items, so its attempts are told apart from the part's by their purpose.
func paymentTries(tx *store.Tx, it exchange.PaymentItem, p exchange.Payment, s *Payment) error {
	all, err := tx.PaymentsByCase(it.CaseNo)
	if err != nil {
		return err
	}
	for _, x := range all {
		same := (p.Purpose == string(code.PurposeRefund)) == (x.Purpose == string(code.PurposeRefund))
		if len(x.Items) > 0 && len(p.Items) > 0 {
			same = false
			for _, y := range x.Items {
				same = same || (y.CaseNo == it.CaseNo && y.Part == it.Part)
			}
		}
		if same {
			s.Tries = append(s.Tries, paid(x, it.CaseNo))
		}
	}
	if len(p.Items) == 0 {
		return nil
	}
	r, err := tx.Remittance(it.CaseNo, it.Part)
	if err == nil && r.Ref != p.Ref {
		s.Superseded = r.Ref
	}
	return office.IgnoreNotFound(err)
}

// paymentFile is the file that carries the payment, and who released it.
func paymentFile(o *office.Office, tx *store.Tx, p exchange.Payment, s *Payment) error {
	if p.FileID == 0 {
		return nil
	}
	f, err := tx.File(p.FileID)
	if err != nil {
		return err
	}
	file, err := listedFile(o, tx, f)
	if err != nil {
		return err
	}
	s.File = &file
	s.Signed, err = signedBy(o, tx, f.ID)
	return err
}

// signedBy are the officers who signed a file, in the order in which they did.
func signedBy(o *office.Office, tx *store.Tx, fileID int64) ([]Signed, error) {
	list, err := tx.Signatures(fileID)
	return rows(list, err, func(s exchange.Signature) Signed { return Signed{s, o.PartyName(exchange.OfficerParty(s.Officer))} })
}

// paymentBank is when the bank booked the payment and its return.
func paymentBank(_ *office.Office, tx *store.Tx, p exchange.Payment, s *Payment) (err error) {
	if s.BookedOn, err = bookedOn(tx, p.BankRef, false); err == nil {
		s.ReturnedOn, err = bookedOn(tx, p.ReturnRef, true)
	}
	return err
}

// bookedOn is when the entry was booked that a payment names: by its key, a payment of
// before by the bank's number. One that is not there is no error.
func bookedOn(tx *store.Tx, ref string, credit bool) (on calendar.Date, err error) {
	if ref == "" {
		return 0, nil
	}
	e, err := tx.BankEntry(ref)
	if err == nil {
		return e.BookedOn, nil
	}
	list, nerr := tx.BankEntriesNumbered(ref)
	for _, e := range list {
		if e.Credit == credit {
			on = e.BookedOn
		}
	}
	return on, errors.Join(office.IgnoreNotFound(err), nerr)
}

// paymentTodo is what staff can do about a payment; empty when nothing waits for
// them.
func paymentTodo(o *office.Office, p exchange.Payment, s *Payment) string {
	switch {
	case p.Track == exchange.MoneyReturned && s.Superseded != "":
		return o.Sayf("已由 %s 重新付款，无需处理", "%s took its place: nothing to do", s.Superseded)
	case p.Track == exchange.MoneyReturned:
		return o.Say("等待对方确认或更换收款账户，之后重新付款", "the partner confirms or changes its account, then it is paid again")
	case s.File == nil && p.Track == exchange.MoneyOrdered:
		return o.Say("下一班次制作付款文件", "the next pass puts it into a payment file")
	case s.File != nil && s.File.File.State == exchange.FilePrepared:
		return o.Sayf("两名人员（其中一名复核）签名放行：carryover release %s --key …",
			"two officers, one of them a checker, sign its file: carryover release %s --key …", s.File.Name)
	case p.Track == exchange.MoneyUnknown && s.File != nil:
		return o.Sayf("向银行查明是否收到，凭依据执行 carryover mark-sent %d --evidence … --key …",
			"ask the bank whether it has the file, then carryover mark-sent %d --evidence … --key …", s.File.ID)
	case p.Track == exchange.MoneySubmitted:
		return o.Say("等待银行付讫", "the bank is to settle it")
	}
	return ""
}

// paymentReply is what is said on the phone about a payment, to the person
// whom it is for; empty for one that carries the money of several.
func paymentReply(o *office.Office, p exchange.Payment, s *Payment) string {
	if len(s.Cases) != 1 || p.Lump {
		return ""
	}
	c := s.Cases[0]
	name, partner := c.Person.Name, o.PartyName(p.Partner)
	direction := "转往" + partner + "的"
	switch {
	case p.Purpose == string(code.PurposeRefund):
		direction = "退还给" + partner + "的"
	case c.Side == exchange.Out && p.Payee.Holder == name:
		direction = "支付给本人的"
	}
	text := "您好，" + name + direction + "个人账户资金" + p.Amount.String() + "元，" + paymentPhrase(p, s) + "。"
	if s.Superseded != "" {
		return text + "之后我们已经另行付款，您目前不需要办理任何手续。"
	}
	switch p.Track {
	case exchange.MoneySettled:
		if p.Payee.Holder == name {
			return text + "请您留意银行账户的到账情况；还没有收到的，请与开户银行核对。"
		}
		return text + "您不需要办理任何手续，" + "到账和入账由对方办理。"
	case exchange.MoneyReturned:
		if p.Payee.Holder == name {
			return text + "请您核对收款账户，需要更换的请重新提供。"
		}
	}
	return text + "您目前不需要办理任何手续，有进展我们会通知您。"
}

// paymentPhrase is a payment's track as a part of a sentence in Chinese.
func paymentPhrase(p exchange.Payment, s *Payment) string {
	switch p.Track {
	case exchange.MoneyOrdered:
		return "已经制单，正在复核"
	case exchange.MoneyReleased:
		return "已经复核，马上提交银行"
	case exchange.MoneySubmitted:
		return "已经提交银行，银行还没有付讫"
	case exchange.MoneyUnknown:
		return "付款结果正在向银行查询"
	case exchange.MoneySettled:
		if s.BookedOn != 0 {
			return "已由银行于" + notice.SpokenDate(s.BookedOn) + "付出"
		}
		return "已由银行付出"
	case exchange.MoneyReturned:
		text := "被银行退回"
		if s.ReturnedOn != 0 {
			text = "已于" + notice.SpokenDate(s.ReturnedOn) + "被银行退回"
		}
		if reason := spokenReason(p.Reason.Words(code.Chinese, nil)); reason != "" {
			text += "，银行说明的原因是" + reason
		}
		return text
	}
	return "目前是“" + phoneWord(exchange.MoneyTerms(exchange.Out), string(p.Track)) + "”"
}

// spokenReason is what a bank says of a return, as it is read out: without its
// code, and without any number that could be an account's. "" when nothing
// but the fact itself is left.
func spokenReason(reason string) string {
	words := strings.FieldsFunc(reason, func(r rune) bool { return r <= unicode.MaxASCII })
	text := strings.Trim(strings.Join(words, ""), "：，。；、")
	if text == "退汇" {
		return ""
	}
	return text
}

// kindWord is the Chinese word of a kind of file, whatever the agency's language.
func kindWord(kind string) string { return phoneWord(exchange.FileKindTerms(), kind) }
