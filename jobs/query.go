package jobs

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
)

// Sides and states of a query.
const (
	QuerySent     = "sent"
	QueryReceived = "received"
	QueryOpen     = "open"
	QueryAnswered = "answered"
)

func dueOptions() calendar.DueOptions { return calendar.DueOptions{} }

// queryWD is the limit for answering a query.
func (e *Env) queryWD() int { return e.Rules.QueryWD }

// ask stores and sends a query of ours, or an answer.
func (d *desk) ask(q exchange.Query) error {
	if err := d.tx.InsertQuery(q); err != nil {
		return err
	}
	return d.send(q.Party, q.CaseNo, &formats.Query{
		QueryNo: q.No, Answers: q.Answers, LetterNo: q.LetterNo, FormNo: q.FormNo, CertificateNo: q.CertNo, About: code.About(q.About),
		Ours: q.Ours, Theirs: q.Theirs, Text: q.Text, AskedOn: q.AskedOn, DueOn: q.DueOn, Echo: q.Echo,
	})
}

// query works a question of the partner, or the answer to one of ours.
func (d *desk) query(z *formats.Query) (outcome, error) {
	q := exchange.Query{
		No: z.QueryNo, Answers: z.Answers, Side: QueryReceived, Party: d.file.Party, LetterNo: z.LetterNo, FormNo: z.FormNo,
		CertNo: z.CertificateNo, About: string(z.About), Ours: z.Theirs, Theirs: z.Ours, Text: z.Text, AskedOn: z.AskedOn, DueOn: z.DueOn,
		State: QueryOpen, Echo: z.Echo,
	}
	if _, err := d.tx.Query(q.No); !notFound(err) {
		return refused(code.DuplicateEarlier, "query_no", "查询编号已用过 / this query_no was used before"), err
	}
	if z.Answers != "" {
		return d.answered(q)
	}
	c, err := d.queried(z.LetterNo)
	if err != nil {
		return outcome{}, err
	}
	if z.LetterNo != "" && c == nil {
		return d.unknown(code.UnknownLetter, "letter_no")
	}
	if c != nil {
		if c.Partner != d.file.Party {
			return refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
		}
		q.CaseNo = c.No
	}
	if err := d.tx.InsertQuery(q); err != nil {
		return outcome{}, err
	}
	if c != nil {
		if err := c.note("query_received", q.No+" "+q.About, nil); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), d.reply(c, q)
}

// queried finds the case of a letter on either side; nil when there is none.
func (d *desk) queried(letterNo string) (*casework, error) {
	if letterNo == "" {
		return nil, nil
	}
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		c, err := d.caseOf(side, letterNo)
		if err == nil {
			return c, nil
		}
		if !notFound(err) {
			return nil, err
		}
	}
	return nil, nil
}

// reply answers what our own records can tell; other questions stay open
// for an officer.
func (d *desk) reply(c *casework, q exchange.Query) error {
	if q.About == string(code.AboutAccount) && c != nil && c.Side == exchange.In {
		return c.replyAccount(q)
	}
	text, err := d.facts(c, q)
	if err != nil || text == "" {
		return err
	}
	return d.sendReply(c, q, "", text)
}

func (d *desk) sendReply(c *casework, q exchange.Query, ours, text string) error {
	no, err := d.tx.NextNumber("Z", d.Agency.Code, d.Date)
	if err != nil {
		return err
	}
	q.State = QueryAnswered
	if err := d.tx.UpdateQuery(q); err != nil {
		return err
	}
	if c != nil {
		if err := c.note("query_answered", q.No, nil); err != nil {
			return err
		}
	}
	return d.ask(exchange.Query{
		No: no, Answers: q.No, Side: QuerySent, Party: q.Party, LetterNo: q.LetterNo, FormNo: q.FormNo, CertNo: q.CertNo, About: q.About,
		Ours: ours, Theirs: q.Theirs, Text: text, AskedOn: d.Date, State: QueryAnswered, CaseNo: q.CaseNo, Echo: q.Echo,
	})
}

// facts answers from the records: certificate, status, months, amount, person.
func (d *desk) facts(c *casework, q exchange.Query) (string, error) {
	if q.About == string(code.AboutCertificate) {
		return d.certificateFacts(q.CertNo)
	}
	if c == nil {
		return "", nil
	}
	switch code.About(q.About) {
	case code.AboutStatus:
		state := exchange.TermOf(exchange.StateTerms(c.Side), string(c.State))
		return fmt.Sprintf("办件状态：%s（自 %s）。", state.Chinese, c.StateSince), nil
	case code.AboutMonths, code.AboutAmount:
		forms, err := d.tx.FormsByCase(c.No)
		if err != nil || len(forms) == 0 {
			return "", err
		}
		f := forms[len(forms)-1]
		return fmt.Sprintf("信息表 %s 第%d版：实际缴费 %d 个月，补缴 %d 个月，视同 %d 个月，金额 %s 元（%s）。",
			f.No, f.Version, f.Actual, f.Backpaid, f.Deemed, f.Amount, f.Money), nil
	}
	return "", nil
}

func (d *desk) certificateFacts(no string) (string, error) {
	cert, err := d.tx.Certificate(no)
	switch {
	case notFound(err):
		return "本机构未出具过该参保凭证。", nil
	case err != nil:
		return "", err
	case cert.ReplacedBy != "":
		return "该参保凭证已作废，补发凭证号 " + cert.ReplacedBy + "。", nil
	}
	return fmt.Sprintf("该参保凭证有效，%s 出具，实际缴费 %d 个月。", cert.IssuedOn, cert.Actual), nil
}

// replyAccount answers from our registered accounts: still the letter's
// account, or a letter version with the new one. A partner that paid to
// another account than the letter's has not taken its version: it gets the next.
func (c *casework) replyAccount(q exchange.Query) error {
	letter, err := c.tx.Letter(c.LetterNo, c.LetterVersion)
	if err != nil {
		return err
	}
	for _, a := range c.Agency.Accounts {
		if a.No == letter.Account.No && a.Valid(c.Date, c.SchemeTo) && (q.Theirs == a.No || q.Theirs == "") {
			return c.sendReply(c, q, a.No, "收款账户无误，请再次划转。")
		}
	}
	account, ok := c.Agency.FindAccount(c.Date, c.SchemeTo)
	if !ok {
		return nil // stays open: finance has to register an account first
	}
	letter.Version++
	letter.Date, letter.ReceivedOn, letter.Account = c.Date, c.Date, account
	if err := c.sendReply(c, q, account.No, "收款账户已变更，详见联系函新版本。"); err != nil {
		return err
	}
	if err := c.sendLetter(letter, "收款账户变更"); err != nil {
		return err
	}
	return c.save()
}

// answered ties an answer to our question; one about a returned payment's
// account that confirms it allows the next attempt.
func (d *desk) answered(z exchange.Query) (outcome, error) {
	asked, err := d.tx.Query(z.Answers)
	if notFound(err) || (err == nil && (asked.Side != QuerySent || asked.Party != d.file.Party)) {
		return refused(code.NotAllowedInState, "answers", "没有这个查询 / no such query"), nil
	}
	if err != nil {
		return outcome{}, err
	}
	first := asked.State == QueryOpen
	z.State, z.CaseNo = QueryAnswered, asked.CaseNo
	if err := d.tx.InsertQuery(z); err != nil {
		return outcome{}, err
	}
	asked.State = QueryAnswered
	if err := d.tx.UpdateQuery(asked); err != nil {
		return outcome{}, err
	}
	if asked.CaseNo == "" {
		return accepted(), nil
	}
	c, err := d.caseNo(asked.CaseNo)
	if err != nil {
		return outcome{}, err
	}
	if err := c.note("query_answer_received", z.No, map[string]string{"text": z.Text}); err != nil {
		return outcome{}, err
	}
	if !first || asked.About != string(code.AboutAccount) || c.Side != exchange.Out {
		return accepted(), c.save()
	}
	letter, err := d.tx.Letter(c.LetterNo, c.LetterVersion)
	if err != nil {
		return outcome{}, err
	}
	if z.Theirs == letter.Account.No { // the answer's own `ours`
		if err := c.payAgain(letter, "对方确认账户无误"); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), c.save()
}
