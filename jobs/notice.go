package jobs

import (
	"regexp"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/formats"
)

// news is what a notice tells besides who, where and when; what is not known is left empty.
type news struct {
	variant string
	reason  string        // why, in words
	plain   string        // why, as the employer reads it: without what was written about the person
	todo    string        // what the person does about it, as it is said to the person
	amount  money.Fen     // of the personal account
	some    bool          // an amount is known, 0.00 too
	months  int           // of contribution
	account string        // what became of the personal account, as a clause
	turn    string        // what is waited for, as a clause
	due     calendar.Date // until when
}

// notify queues a notice for everybody whom the case concerns: the person,
// and for an application also the employer or proxy who lodged it, each in
// words of their own.
func (c *casework) notify(m code.Milestone, more news) error {
	n := formats.Notice{
		Recipient: code.ToPerson, IDNo: c.Person.IDNo, Name: c.Person.Name, Phone: c.Person.Phone,
		ApplicationNo: c.ApplicationNo, CaseNo: c.No, Milestone: m, Date: c.Date,
	}
	if more.due >= c.Date { // else it is a limit that was missed
		n.Due = more.due
	}
	to := func(r code.Recipient) error {
		n.Recipient, n.Text = r, c.noticeText(r, m, c.Person.Name, c.partnerName(), more)
		return c.send(c.Agency.Portal(), c.No, &n)
	}
	if c.ApplicationNo == "" {
		return to(code.ToPerson)
	}
	a, err := c.lodgement()
	if err != nil {
		return err
	}
	n.Echo = a.Echo
	if err := to(code.ToPerson); err != nil {
		return err
	}
	if a.Applicant == string(code.ByEmployer) {
		n.EmployerCode, n.EmployerName = a.EmployerCode, a.EmployerName
		if err := to(code.ToEmployer); err != nil {
			return err
		}
	}
	if a.ProxyName == "" {
		return nil
	}
	n.Phone = a.ProxyPhone
	return to(code.ToProxy)
}

// limitNow is the legal limit that runs for the case as it stands in memory;
// none: 0.
func (c *casework) limitNow() calendar.Date {
	now := c.Case
	now.SetDue(c.rules(), c.Calendar)
	return now.Due
}

func (c *casework) partnerName() string {
	if p, ok := c.Partners[c.Partner]; ok && p.Name != "" {
		return p.Name
	}
	return c.Partner
}

// Bounds of what a notice quotes: the whole is never more than 500 characters.
const (
	noticeBound = 500
	reasonBound = 120
	nameBound   = 40
)

// noticeText is what a recipient reads: what happened, what to do next, and
// where to ask. It names no ID number and no account.
func (e *Env) noticeText(r code.Recipient, m code.Milestone, name, partner string, more news) string {
	words := noticeOf(m, more.variant)
	if len([]rune(partner)) > nameBound {
		partner = "对方经办机构"
	}
	here := e.Agency.Name
	if len([]rune(here)) > nameBound || here == "" {
		here = "我处"
	}
	reason, amount := more.reason, ""
	if r == code.ToEmployer && more.plain != "" {
		reason = more.plain
	}
	if more.some {
		amount = more.amount.String()
	}
	facts := []string{
		"{todo}", askedOf(r, more.todo), "{who}", whoFor(r, name), "{name}", name, "{here}", here, "{partner}", partner,
		"{date}", spokenDate(e.Date), "{due}", dueDay(more.due), "{reason}", quoted(reason), "{amount}", amount,
		"{months}", strconv.Itoa(more.months), "{account}", more.account, "{turn}", more.turn,
	}
	ask := "如有疑问，请到" + here + "窗口咨询。"
	if e.Agency.Phone != "" {
		ask = "如有疑问，请拨打" + here + "咨询电话" + e.Agency.Phone + "。"
	}
	fill := strings.NewReplacer(facts...)
	text := filled(fill, words.whatFor(r)) + filled(fill, words.nextFor(r))
	text = strings.ReplaceAll(strings.ReplaceAll(text, "{partner}", partner), "{old}", "原参保地") + ask
	if long := []rune(text); len(long) > noticeBound {
		text = string(long[:noticeBound-1]) + "…"
	}
	return text
}

// filled fills a template; of a clause in brackets nothing is left when what it
// names is not known.
func filled(fill *strings.Replacer, template string) string {
	var b strings.Builder
	for template != "" {
		before, rest, some := strings.Cut(template, "[")
		b.WriteString(fill.Replace(before))
		if !some {
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

func dueDay(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return spokenDate(d)
}

// longNumber is a run of digits that could be an account's or a person's.
var longNumber = regexp.MustCompile(`[0-9][0-9 ]{7,}[0-9Xx]`)

// quoted is a reason as it stands within a sentence: of a bounded length,
// without its end and without long numbers.
func quoted(reason string) string {
	reason = longNumber.ReplaceAllString(reason, "…")
	if long := []rune(reason); len(long) > reasonBound {
		reason = string(long[:reasonBound-1]) + "…"
	}
	return strings.Trim(reason, " 。．.；;，,：:")
}

// partnersNews is declineNews of a partner's decline, quoting its own words.
func partnersNews(d code.Decline, text string) news {
	more := declineNews(d, "")
	more.reason = reasonWith(more.reason, quotedFrom, text)
	return more
}

// declineNews is what a decline or refusal tells: the reason in words, with
// what was written about it, and what to do.
func declineNews(d code.Decline, text string) news {
	word := declineWord(d)
	todo := strings.NewReplacer("{again}", "重新提交申请").Replace(declineSaid()[d])
	return news{reason: reasonWith(word, "", text), plain: word, todo: todo}
}

// arrearsNews is what is told of arrears.
func arrearsNews(r exchange.RegistryPerson, variant string) news {
	var parts []string
	if r.ArrearsMonths > 0 {
		parts = append(parts, strconv.Itoa(r.ArrearsMonths)+"个月")
	}
	if r.Arrears > 0 {
		parts = append(parts, r.Arrears.String()+"元")
	}
	return news{variant: variant, reason: strings.Join(parts, "、")}
}

// delayNews is what is told when a limit was missed: until when it ran, and
// whose turn it is, or why the case is held.
func (c *casework) delayNews(due calendar.Date) news {
	more, held := news{due: due}, variantHeld
	if c.Side == exchange.Out {
		more.variant, held = variantOut, variantOutHeld
	}
	if c.State == exchange.Held {
		more.variant, more.reason, more.todo = held, heldBecause(c.Hold), holdSaid(c.Side)[c.Hold]
		return more
	}
	more.turn = "由我们继续办理，我们正在抓紧"
	if t, ok := exchange.TurnOf(c.Turns, c.Case); ok {
		more.turn = turnNews(t, c.partnerName())
	}
	return more
}

// turnNews is whose turn it is, and what we do about the delay.
func turnNews(t exchange.Turn, partner string) string {
	doing := "，我们正在抓紧办理"
	if t.Owner == exchange.OwnerPartner || t.Owner == exchange.OwnerBank {
		doing = "，我们正在催办"
	}
	return strings.ReplaceAll(turnSaid()[t.Key], "{partner}", partner) + doing
}

// creditedNews is what was carried over, as the forms that count say it.
func (c *casework) creditedNews() (more news, err error) {
	forms, err := c.tx.FormsByCase(c.No)
	if err != nil {
		return more, err
	}
	toPerson := false
	for _, f := range forms {
		if !f.Current {
			continue
		}
		more.months += f.MonthsCredited
		more.amount += f.Credited
		toPerson = toPerson || f.Money == exchange.MoneyPAIDTOPERSON
	}
	switch {
	case more.amount > 0:
		more.account = "个人账户转入" + more.amount.String() + "元"
	case toPerson:
		more.account = "个人账户资金由对方直接支付给本人"
	default:
		more.account = "个人账户没有资金转入"
	}
	return more, nil
}

// personOf turns a file's person into the domain's, with the keys for comparison.
func personOf(p formats.Person) exchange.Person {
	return exchange.Person{
		IDType: string(p.IDType), IDNo: p.IDNo, Name: p.Name, Sex: string(p.Sex), Birth: p.BirthDate, Phone: p.Phone,
		IDKey: identity.Key(p.IDNo), NameKey: identity.NameKey(p.Name),
	}
}

// personTo is the way back.
func personTo(p exchange.Person) formats.Person {
	return formats.Person{
		IDType: code.IDType(p.IDType), IDNo: p.IDNo, Name: p.Name, Sex: code.Sex(p.Sex), BirthDate: p.Birth, Phone: p.Phone,
	}
}

func staysOf(in []formats.Stay) []exchange.Stay {
	out := make([]exchange.Stay, len(in))
	for i, s := range in {
		out[i] = exchange.Stay{Area: s.Area, Scheme: string(s.Scheme), From: s.From, To: s.To, Kind: string(s.Kind)}
	}
	return out
}

func staysTo(in []exchange.Stay) []formats.Stay {
	out := make([]formats.Stay, len(in))
	for i, s := range in {
		out[i] = formats.Stay{Area: s.Area, Scheme: code.Scheme(s.Scheme), From: s.From, To: s.To, Months: s.Months(), Kind: code.StayKind(s.Kind)}
	}
	return out
}

func (e *Env) agencyBlock() formats.AgencyBlock {
	a := e.Agency
	return formats.AgencyBlock{Code: a.Code, Name: a.Name, Address: a.Address, PostCode: a.PostCode, Contact: a.Contact, ContactPhone: a.Phone}
}
