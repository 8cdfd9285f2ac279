package transfer

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/office"
)

// Sides and states of a query.
const (
	QuerySent     = "sent"
	QueryReceived = "received"
	QueryOpen     = "open"
	QueryAnswered = "answered"
	QueryClosed   = "closed" // nothing follows from its answer any more
)

// SendQuery stores and queues a query of ours, or an answer to the partner's
// (Answers names it).
func SendQuery(d *office.Desk, q exchange.Query) error {
	if err := d.Tx.InsertQuery(q); err != nil {
		return err
	}
	return d.Send(q.Party, q.CaseNo, &formats.Query{
		QueryNo: q.No, Answers: q.Answers, LetterNo: q.LetterNo, FormNo: q.FormNo, CertificateNo: q.CertNo, About: code.About(q.About),
		Ours: q.Ours, Theirs: q.Theirs, Text: q.Text, AskedOn: q.AskedOn, DueOn: q.DueOn, Echo: q.Echo,
	})
}

// Query works a question of the partner, or the answer to one of ours. A question
// about a letter that is not here is held or refused; one that names no letter
// (about a certificate) needs no case. Ours and theirs change places: the record
// is written from the partner's side.
func Query(d *office.Desk, z *formats.Query) (office.Outcome, error) {
	q := exchange.Query{
		No: z.QueryNo, Answers: z.Answers, Side: QueryReceived, Party: d.File.Party, LetterNo: z.LetterNo, FormNo: z.FormNo,
		CertNo: z.CertificateNo, About: string(z.About), Ours: z.Theirs, Theirs: z.Ours, Text: z.Text, AskedOn: z.AskedOn, DueOn: z.DueOn,
		State: QueryOpen, Echo: z.Echo,
	}
	if _, err := d.Tx.Query(q.No); !office.IsNotFound(err) {
		return office.Refused(code.DuplicateEarlier, "query_no", "查询编号已用过 / this query_no was used before"), err
	}
	if z.Answers != "" {
		return recordAnswer(d, q)
	}
	c, err := d.CaseOfEitherSide(z.LetterNo)
	if err != nil {
		return office.Outcome{}, err
	}
	if z.LetterNo != "" && c == nil {
		return holdOrRefuseUnknown(d, code.UnknownLetter, "letter_no")
	}
	if c != nil {
		if c.Partner != d.File.Party {
			return office.Refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
		}
		q.CaseNo = c.No
	}
	if err := d.Tx.InsertQuery(q); err != nil {
		return office.Outcome{}, err
	}
	if c != nil {
		if err := c.Note("query_received", code.Say("query", q.No, q.About), nil); err != nil {
			return office.Outcome{}, err
		}
	}
	if unsigned(d, q.About) {
		return office.Accepted(), showUnsigned(d, q, q.No)
	}
	return office.Accepted(), replyFromRecords(d, c, q)
}

// unsigned reports whether a query moves an account without a signature that was
// verified: nothing follows from it, whatever was agreed, until finance says that it is
// the partner's (CountQuery).
func unsigned(d *office.Desk, about string) bool {
	return about == string(code.AboutAccount) && d.File.Signer == ""
}

// showUnsigned shows such a query to finance; asked is the question's number.
func showUnsigned(d *office.Desk, q exchange.Query, asked string) error {
	theirs := code.Phrase{}
	if q.Theirs != "" {
		theirs = code.Say("names-account", q.Theirs)
	}
	return d.RecordDifference("money", q.Party, q.CaseNo, code.Text(asked), code.Say("unsigned-query", q.No), theirs)
}

// CountQuery lets a query count that came unsigned, or an answer: an officer has found
// out that it is the partner's.
func CountQuery(d *office.Desk, no string) error {
	q, err := d.Tx.Query(no)
	if err != nil {
		return err
	}
	if q.Answers != "" {
		question, err := d.Tx.Query(q.Answers)
		if err != nil {
			return err
		}
		return answered(d, question, q)
	}
	if err := d.CloseDifference("money", q.Party, code.Text(q.No)); err != nil || q.CaseNo == "" {
		return err
	}
	c, err := d.CaseByNo(q.CaseNo)
	if err != nil {
		return err
	}
	return replyFromRecords(d, c, q)
}

// DismissQuery ends a question of a partner's without an answer.
func DismissQuery(d *office.Desk, no string) error {
	q, err := d.Tx.Query(no)
	if err != nil || q.Side != QueryReceived || q.State != QueryOpen {
		return err
	}
	q.State = QueryClosed
	return d.Tx.UpdateQuery(q)
}

// replyFromRecords answers at once what our own records can tell; other questions
// stay open for an officer.
func replyFromRecords(d *office.Desk, c *office.Case, q exchange.Query) error {
	if q.About == string(code.AboutAccount) && c != nil && c.Side == exchange.In {
		return replyAccount(c, q)
	}
	text, err := replyText(d, c, q)
	if err != nil || text == "" {
		return err
	}
	return sendReply(d, c, q, "", text)
}

// sendReply answers a question and marks it as answered; c may be nil. ours is
// the figure or account that we stand by, "" for none.
func sendReply(d *office.Desk, c *office.Case, q exchange.Query, ours, text string) error {
	no, err := d.Tx.NextNumber("Z", d.Agency.Code, d.Date)
	if err != nil {
		return err
	}
	q.State = QueryAnswered
	if err := d.Tx.UpdateQuery(q); err != nil {
		return err
	}
	if c != nil {
		if err := c.Note("query_answered", code.Text(q.No), nil); err != nil {
			return err
		}
	}
	return SendQuery(d, exchange.Query{
		No: no, Answers: q.No, Side: QuerySent, Party: q.Party, LetterNo: q.LetterNo, FormNo: q.FormNo, CertNo: q.CertNo, About: q.About,
		Ours: ours, Theirs: q.Theirs, Text: text, AskedOn: d.Date, State: QueryAnswered, CaseNo: q.CaseNo, Echo: q.Echo,
	})
}

// replyText is what our records answer about certificate, status, months or
// amount (of the latest form); "" when they do not tell.
func replyText(d *office.Desk, c *office.Case, q exchange.Query) (string, error) {
	if q.About == string(code.AboutCertificate) {
		return certificateText(d, q.CertNo)
	}
	if c == nil {
		return "", nil
	}
	switch code.About(q.About) {
	case code.AboutStatus:
		state := exchange.TermOf(exchange.StateTerms(c.Side), string(c.State))
		return fmt.Sprintf("办件状态：%s（自 %s）。", state.Chinese, c.StateSince), nil
	case code.AboutMonths, code.AboutAmount:
		forms, err := c.Forms()
		if err != nil || len(forms) == 0 {
			return "", err
		}
		f := forms[len(forms)-1]
		return fmt.Sprintf("信息表 %s 第%d版：实际缴费 %d 个月，补缴 %d 个月，视同 %d 个月，金额 %s 元（%s）。",
			f.No, f.Version, f.Actual, f.Backpaid, f.Deemed, f.Amount, f.Money), nil
	}
	return "", nil
}

// certificateText is what we answer about a certificate: never issued, void and
// replaced, or valid.
func certificateText(d *office.Desk, no string) (string, error) {
	cert, err := d.Tx.Certificate(no)
	switch {
	case office.IsNotFound(err):
		return "本机构未出具过该参保凭证。", nil
	case err != nil:
		return "", err
	case cert.ReplacedBy != "":
		return "该参保凭证已作废，补发凭证号 " + cert.ReplacedBy + "。", nil
	}
	return fmt.Sprintf("该参保凭证有效，%s 出具，实际缴费 %d 个月。", cert.IssuedOn, cert.Actual), nil
}

// replyAccount answers from our registered accounts (SPEC 4): still the letter's
// account, or a letter version with the new one. A partner that paid to another
// account than the letter's has not taken its version: it gets the next.
func replyAccount(c *office.Case, q exchange.Query) error {
	letter, err := c.Letter()
	if err != nil {
		return err
	}
	for _, a := range c.Agency.Accounts {
		if a.No == letter.Account.No && a.Valid(c.SchemeTo, c.Days()...) && (q.Theirs == a.No || q.Theirs == "") {
			return sendReply(c.Desk, c, q, a.No, "收款账户无误，请再次划转。")
		}
	}
	account, ok := c.Agency.FindAccount(c.SchemeTo, c.Days()...)
	if !ok {
		return nil // stays open: finance has to register an account first
	}
	letter.Version++
	letter.Date, letter.ReceivedOn, letter.Account = c.Date, c.Date, account
	if err := sendReply(c.Desk, c, q, account.No, "收款账户已变更，详见联系函新版本。"); err != nil {
		return err
	}
	if err := sendLetter(c, letter, code.Say("account-changed")); err != nil {
		return err
	}
	return c.Save()
}

// recordAnswer takes the answer to a question of ours, and refuses one to nothing that we
// asked this partner. One about an account that is not signed leaves the question open.
func recordAnswer(d *office.Desk, z exchange.Query) (office.Outcome, error) {
	question, err := d.Tx.Query(z.Answers)
	if office.IsNotFound(err) || (err == nil && (question.Side != QuerySent || question.Party != d.File.Party)) {
		return office.Refused(code.NotAllowedInState, "answers", "没有这个查询 / no such query"), nil
	}
	if err != nil {
		return office.Outcome{}, err
	}
	z.State, z.CaseNo = QueryAnswered, question.CaseNo
	if err := d.Tx.InsertQuery(z); err != nil {
		return office.Outcome{}, err
	}
	if question.CaseNo != "" {
		c, err := d.CaseByNo(question.CaseNo)
		if err != nil {
			return office.Outcome{}, err
		}
		if err := c.Note("query_answer_received", code.Text(z.No), map[string]string{"text": z.Text}); err != nil {
			return office.Outcome{}, err
		}
	}
	if question.State == QueryOpen && unsigned(d, question.About) {
		return office.Accepted(), showUnsigned(d, z, question.No)
	}
	return office.Accepted(), answered(d, question, z)
}

// answered marks our question as answered. The first answer about a returned payment's
// account that confirms the letter's makes the part due again; a later one must not, as
// the next attempt may have come back too.
func answered(d *office.Desk, question, z exchange.Query) error {
	wasOpen := question.State == QueryOpen
	if err := closeQuery(d, question, QueryAnswered); err != nil {
		return err
	}
	if !wasOpen || question.About != string(code.AboutAccount) || question.CaseNo == "" {
		return nil
	}
	c, err := d.CaseByNo(question.CaseNo)
	if err != nil || c.Side != exchange.Out {
		return err
	}
	letter, err := c.Letter()
	if err != nil || z.Theirs != letter.Account.No { // the answer's own `ours`
		return err
	}
	if err := payAgain(c, letter, code.Say("account-confirmed-by-partner")); err != nil {
		return err
	}
	return c.Save()
}

// closeQuery ends a question of ours, and what finance was shown about its answer.
func closeQuery(d *office.Desk, q exchange.Query, as string) error {
	q.State = as
	if err := d.Tx.UpdateQuery(q); err != nil || q.About != string(code.AboutAccount) {
		return err
	}
	return d.CloseDifference("money", q.Party, code.Text(q.No))
}

// CloseAccountQueries ends our questions about the account of a case whose returned money
// is due again: their answers make nothing due any more.
func CloseAccountQueries(c *office.Case) error {
	list, err := c.Tx.QueriesByCase(c.No)
	for _, q := range list {
		if err == nil && q.Side == QuerySent && q.State == QueryOpen && q.About == string(code.AboutAccount) {
			err = closeQuery(c.Desk, q, QueryClosed)
		}
	}
	return err
}
