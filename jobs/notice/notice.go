// Package notice is what people are told and in which words: the notices to
// person, employer and proxy of a milestone, and the words that the paragraph
// for the phone shares with them.
//
// It promises that every text is whole, says what to do and where to ask, and
// names neither an ID number nor an account. It tells what has happened; it
// may not decide anything or change a case, but for the record that it queues.
package notice

import (
	"regexp"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs/office"
)

// News is what a notice says besides who, where and when; what is not known is left empty,
// and its clause is left out of the text.
type News struct {
	Variant string        // of the milestone's words: "", or one of the variants
	Reason  string        // why, in words
	plain   string        // why, as the employer reads it: without what was written about the person
	todo    string        // what the person does about it, addressed to the person
	Amount  money.Fen     // of the personal account; counts when Some is true
	Some    bool          // an amount is known, 0.00 too
	Months  int           // of contribution
	account string        // what became of the personal account, as a clause
	turn    string        // what is waited for, as a clause
	Due     calendar.Date // until when
}

// Notify queues a notice of a milestone for everybody whom the case concerns: the person,
// and for an application also the employer or proxy who lodged it, each in words of
// their own. One that the portal's encoding cannot hold makes the case wait for an
// officer (SendOrHold) and is no error.
func Notify(c *office.Case, m code.Milestone, more News) error {
	n := formats.Notice{
		Recipient: code.ToPerson, IDNo: c.Person.IDNo, Name: c.Person.Name, Phone: c.Person.Phone,
		ApplicationNo: c.ApplicationNo, CaseNo: c.No, Milestone: m, Date: c.Date,
	}
	if more.Due >= c.Date { // else it is a limit that was missed: it stands in the text, not as a date to come
		n.Due = more.Due
	}
	send := func(r code.Recipient) error {
		n.Recipient, n.Text = r, NoticeText(c.Office, r, m, c.Person.Name, partnerName(c), more)
		return c.SendOrHold(c.Agency.Portal(), c.No, &n)
	}
	if c.ApplicationNo == "" {
		return send(code.ToPerson)
	}
	a, err := c.ApplicationInForce()
	if err != nil {
		return err
	}
	n.Echo = a.Echo
	if err := send(code.ToPerson); err != nil {
		return err
	}
	if a.Applicant == string(code.ByEmployer) {
		n.EmployerCode, n.EmployerName = a.EmployerCode, a.EmployerName
		if err := send(code.ToEmployer); err != nil {
			return err
		}
	}
	if a.ProxyName == "" {
		return nil
	}
	n.Phone = a.ProxyPhone
	return send(code.ToProxy)
}

// LimitNow is the legal limit that runs for the case as it stands in memory, before Save
// has computed it; 0 when none runs.
func LimitNow(c *office.Case) calendar.Date {
	now := c.Case
	now.SetDue(c.RuleProfile(), c.Calendar)
	return now.Due
}

// partnerName is the name of the case's partner; its code when the configuration names none.
func partnerName(c *office.Case) string {
	if p, ok := c.Partners[c.Partner]; ok && p.Name != "" {
		return p.Name
	}
	return c.Partner
}

// Bounds of a notice, in characters: the field of FILES.md takes 500, and what is quoted
// must leave room for the rest of it.
const (
	noticeBound = 500
	reasonBound = 120
	nameBound   = 40 // of an agency; a longer one is paraphrased
)

// NoticeText is what a recipient reads: what happened, what to do next, and where to ask,
// in at most 500 characters. It names no ID number and no account, and to the employer
// no amount and nothing that was written about the person.
func NoticeText(o *office.Office, r code.Recipient, m code.Milestone, name, partner string, more News) string {
	words := noticeOf(m, more.Variant)
	if len([]rune(partner)) > nameBound {
		partner = "对方经办机构"
	}
	here := o.Agency.Name
	if len([]rune(here)) > nameBound || here == "" {
		here = "我处"
	}
	reason, amount := more.Reason, ""
	if r == code.ToEmployer && more.plain != "" {
		reason = more.plain
	}
	if more.Some {
		amount = more.Amount.String()
	}
	facts := []string{
		"{todo}", addressedTo(r, more.todo), "{who}", whoFor(r, name), "{name}", name, "{here}", here, "{partner}", partner,
		"{date}", SpokenDate(o.Date), "{due}", dueDay(more.Due), "{reason}", quoted(reason), "{amount}", amount,
		"{months}", strconv.Itoa(more.Months), "{account}", more.account, "{turn}", more.turn,
	}
	ask := "如有疑问，请到" + here + "窗口咨询。"
	if o.Agency.Phone != "" {
		ask = "如有疑问，请拨打" + here + "咨询电话" + o.Agency.Phone + "。"
	}
	fill := strings.NewReplacer(facts...)
	text := filled(fill, words.whatFor(r)) + filled(fill, words.nextFor(r))
	// What a todo or a turn brought in may name {partner} and {old} itself.
	text = strings.ReplaceAll(strings.ReplaceAll(text, "{partner}", partner), "{old}", "原参保地") + ask
	if long := []rune(text); len(long) > noticeBound {
		text = string(long[:noticeBound-1]) + "…"
	}
	return text
}

// filled fills a template of noticeTable. Of a clause in brackets, which has one placeholder,
// nothing is left when what it names is not known.
func filled(fill *strings.Replacer, template string) string {
	var b strings.Builder
	for template != "" {
		before, rest, optional := strings.Cut(template, "[")
		b.WriteString(fill.Replace(before))
		if !optional {
			break
		}
		clause, after, _ := strings.Cut(rest, "]")
		from, to := strings.Index(clause, "{"), strings.Index(clause, "}")
		if fill.Replace(clause[from:to+1]) != "" {
			b.WriteString(fill.Replace(clause))
		}
		template = after
	}
	return b.String()
}

// dueDay is a date as it is read out; "" for none.
func dueDay(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return SpokenDate(d)
}

// longNumber is a run of digits, spaced or not, that could be an account's or a person's.
// What partners and officers write is free text and may hold either.
var longNumber = regexp.MustCompile(`[0-9][0-9 ]{7,}[0-9Xx]`)

// quoted is a reason as it stands within a sentence: of a bounded length, without long
// numbers and without punctuation at its ends.
func quoted(reason string) string {
	reason = longNumber.ReplaceAllString(reason, "…")
	if long := []rune(reason); len(long) > reasonBound {
		reason = string(long[:reasonBound-1]) + "…"
	}
	return strings.Trim(reason, " 。．.；;，,：:")
}

// PartnersNews is DeclineNews of a partner's decline, with its own words quoted as theirs.
func PartnersNews(d code.Decline, text string) News {
	more := DeclineNews(d, "")
	more.Reason = ReasonWith(more.Reason, PartnerQuote, text)
	return more
}

// DeclineNews is what a notice says of a decline or refusal of ours: the reason in words,
// with what was written about it, and what to do.
func DeclineNews(d code.Decline, text string) News {
	word := DeclineReason(d)
	todo := strings.NewReplacer("{again}", "重新提交申请").Replace(DeclineAdvice()[d])
	return News{Reason: ReasonWith(word, "", text), plain: word, todo: todo}
}

// ArrearsNews is what a notice says of arrears: months and yuan, those that are known.
func ArrearsNews(r exchange.RegistryPerson, variant string) News {
	var parts []string
	if r.ArrearsMonths > 0 {
		parts = append(parts, strconv.Itoa(r.ArrearsMonths)+"个月")
	}
	if r.Arrears > 0 {
		parts = append(parts, r.Arrears.String()+"元")
	}
	return News{Variant: variant, Reason: strings.Join(parts, "、")}
}

// DelayNews is what a notice says when a limit was missed: until when it ran, and whose
// turn it is, or why the case is held.
func DelayNews(c *office.Case, due calendar.Date) News {
	more, heldVariant := News{Due: due}, variantHeld
	if c.Side == exchange.Out {
		more.Variant, heldVariant = variantOut, variantOutHeld
	}
	if c.State == exchange.Held {
		more.Variant, more.Reason, more.todo = heldVariant, HoldReason(c.Hold), HoldAdvice(c.Side)[c.Hold]
		return more
	}
	more.turn = "由我们继续办理，我们正在抓紧" // a state that the table of turns does not have
	if t, ok := exchange.TurnOf(c.Turns, c.Case); ok {
		more.turn = turnNews(t, partnerName(c))
	}
	return more
}

// turnNews is whose turn it is, and what we do about the delay, as a clause.
func turnNews(t exchange.Turn, partner string) string {
	doing := "，我们正在抓紧办理"
	if t.Owner == exchange.OwnerPartner || t.Owner == exchange.OwnerBank {
		doing = "，我们正在催办"
	}
	return strings.ReplaceAll(TurnWords()[t.Key], "{partner}", partner) + doing
}

// CreditedNews is what a notice says of what was carried over: months and amount that the
// core has credited for the current forms.
func CreditedNews(c *office.Case) (more News, err error) {
	forms, err := c.Forms()
	if err != nil {
		return more, err
	}
	toPerson := false
	for _, f := range forms {
		if !f.Current {
			continue
		}
		more.Months += f.MonthsCredited
		if err := more.Amount.Increase(f.Credited); err != nil {
			return more, err
		}
		toPerson = toPerson || f.Money == exchange.MoneyPAIDTOPERSON
	}
	switch {
	case more.Amount > 0:
		more.account = "个人账户转入" + more.Amount.String() + "元"
	case toPerson:
		more.account = "个人账户资金由对方直接支付给本人"
	default:
		more.account = "个人账户没有资金转入"
	}
	return more, nil
}
