package screen

import (
	"fmt"
	"slices"
	"strconv"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/story"
)

// How many events the first Screen of a case holds, so that it stays one.
const (
	maxEvents   = 18 // with the line "… more" in their place
	firstEvents = 3  // of them from the beginning; the others are the latest
)

// story is one Screen about a case; with all, every version and part follows.
// brief, for one of several cases, leaves the events to --all.
func (s Screen) story(c *story.Case, all, brief bool) {
	fmt.Fprintf(s.Out, "%s  %s %s %s %s\n", c.No, s.word("direction", string(c.Side)), direction(c.Side), c.Partner, s.PartyName(c.Partner))
	s.fact("参保人", "person", c.Person.Name, c.Person.IDNo, Labelled(s.Say("个人编号", "personal no."), c.PersonalNo), Labelled(s.Say("电话", "phone"), c.Person.Phone))
	state, form, money := s.tracks(c.Outline)
	s.fact("状态", "state", state, Labelled(s.Say("信息表", "form"), form), Labelled(s.Say("资金", "money"), money), s.word("wish", string(c.Wish)))
	s.fact("原因", "reason", c.Reason)
	s.fact("处理", "what to do", c.Todo)
	s.turn(c.Turn)
	s.limit(c.Limit)
	s.form(c)
	s.money(c)
	for _, q := range c.Queries {
		if q.State == "open" {
			s.fact("查询", "query", q.No, s.word("query", q.Side), s.word("about", q.About), s.word("query", q.State), Labelled(s.Say("不晚于", "until"), day(q.DueOn)))
		}
	}
	s.fact("编号", "numbers", version(s.Say("申请", "application"), c.ApplicationNo, c.ApplicationVersion),
		version(s.Say("联系函", "letter"), c.LetterNo, c.LetterVersion), Labelled(s.Say("凭证", "certificate"), c.CertificateNo))
	s.fact("日期", "dates", Labelled(s.Say("建档", "opened"), day(c.OpenedOn)), Labelled(s.Say("受理", "accepted"), day(c.AcceptedOn)),
		Labelled(s.Say("联系函", "letter"), day(c.LetterOn)), Labelled(s.Say("信息表", "form"), day(c.FormOn)),
		Labelled(s.Say("资金", "money"), day(c.MoneyOn)), Labelled(s.Say("办结", "closed"), day(c.ClosedOn)), Labelled(s.Say("规则", "profile"), c.Profile))
	fmt.Fprintln(s.Out)
	switch {
	case all:
		s.events(c.Events, c.Events)
		s.details(c)
	case !brief:
		s.events(notTechnical(c.Events), c.Events)
		s.more(c)
	}
}

// turn says whose turn it is, for what, until when, and how that was counted; nil
// is a case that has ended.
func (s Screen) turn(t *story.Turn) {
	if t == nil {
		s.fact("轮到", "whose turn", s.Say("无：业务已终结", "nobody's: it has ended"))
		return
	}
	until, counted, left := "", "", ""
	if t.Due != 0 {
		until = s.Say("不晚于 ", "until ") + day(t.Due) + s.provisional(t.Provisional)
		counted = s.Sayf("自 %s 起 %d 个工作日", "%[2]d working days from %[1]s", t.Since, t.WD)
		left = s.left(t.Left)
	}
	s.fact("轮到", "whose turn", s.word("owner", string(t.Owner))+s.Say("：", ": ")+t.Wait, until, left, counted)
}

// limit is the legal limit, and how it was counted; nothing where there is none.
func (s Screen) limit(l *story.Due) {
	switch {
	case l == nil:
	case l.Stopped:
		s.fact("法定时限", "legal limit", s.Sayf("停计，还剩 %d 个工作日", "stands still with %d working days left", l.Left), l.Basis)
	default:
		s.fact("法定时限", "legal limit", day(l.Due)+s.provisional(l.Provisional), s.left(l.Left), l.Basis)
	}
}

// form tells the form versions that count: months, money, what was credited. A
// case may have several: a supplement stands beside the first.
func (s Screen) form(c *story.Case) {
	for _, f := range c.Forms {
		if !f.Current {
			continue
		}
		credited := ""
		if f.MonthsCredited > 0 || f.Credited != 0 {
			credited = office.Join(s.Say("、", ", "), s.Sayf("入账 %d 个月", "credited %d months", f.MonthsCredited), s.yuan("", f.Credited))
			if f.MonthsOverlapping > 0 {
				credited += s.Sayf("（重复 %d 个月）", " (%d overlap)", f.MonthsOverlapping)
			}
		}
		s.fact("信息表", "form", version(s.word("nature", f.Nature), f.No, f.Version), s.word("form-"+string(f.Side), string(f.Track)),
			s.Sayf("%d 个月", "%d months", f.Actual+f.Backpaid+f.Deemed), office.Join(" ", s.word("money-kind", f.Money), s.yuan("", f.Amount)),
			Labelled(s.Say("出具", "issued"), day(f.IssuedOn)), Labelled(s.Say("收到", "received"), day(f.ReceivedOn)), credited, Labelled(s.Say("入账", "posted"), day(f.PostedOn)))
	}
}

// money tells each part of the remittance, and its attempts that came back.
func (s Screen) money(c *story.Case) {
	for _, p := range c.Parts {
		part, to, attempt := "", "", ""
		if len(c.Parts) > 1 {
			part = s.Sayf("第 %d 部分", "part %d", p.Part)
		}
		if p.To == exchange.ToPerson { // to the partner is what everybody expects
			to = s.Say("付给参保人或继承人", "paid to the person or heirs")
		}
		if p.Attempts > 1 {
			attempt = s.Sayf("第 %d 次付款", "attempt %d", p.Attempts)
		}
		s.fact("资金", "money", part, s.yuan("", p.Amount), s.word("money-"+string(p.Side), string(p.Track)), Labelled(s.Say("自", "since"), day(p.Since)),
			s.yuan(s.Say("到账", "received"), p.Received), to, attempt, p.Ref, s.Words(p.Reason))
	}
	for _, p := range c.Payments {
		switch { // one that went as planned is in its part's line already
		case p.Track == exchange.MoneyReturned:
			s.fact("退汇", "came back", p.Ref, s.yuan("", p.Share), s.Words(p.Reason))
		case p.Persons > 1:
			s.fact("合并付款", "lump sum", p.Ref, s.Sayf("%d 人", "%d persons", p.Persons), s.yuan(s.Say("整笔", "whole"), p.Amount), s.word("money-out", string(p.Track)))
		}
	}
	for _, p := range c.Payees {
		s.fact("领款人", "payee", p.Name, s.word("relation", p.Relation))
	}
}

// notTechnical are the events that a caller may ask about; --all has every one.
func notTechnical(events []story.Event) []story.Event {
	return slices.DeleteFunc(slices.Clone(events), func(v story.Event) bool { return v.Technical })
}

// events tells what happened. When list is a selection of every, it is cut to its
// first and last (maxEvents) and has no ids of files; when it is every, all is told.
func (s Screen) events(list, every []story.Event) {
	var rows [][]string
	for i, v := range list {
		if len(list) < len(every) && len(list) > maxEvents && i >= firstEvents && i < len(list)-(maxEvents-firstEvents-1) {
			if i == firstEvents {
				rows = append(rows, []string{"…", s.Sayf("另有 %d 项", "%d more", len(list)-maxEvents+1), "", "", ""})
			}
			continue
		}
		file := ""
		if v.FileID != 0 && len(list) == len(every) {
			file = strconv.FormatInt(v.FileID, 10)
		}
		rows = append(rows, []string{day(v.On), s.word("event", v.What), Short(s.Words(v.Why), 56), s.ActorWord(v.Actor), file})
	}
	Table(s.Out, s.Say("经过", "What happened"), s.heads("日期|事项|说明|来源|文件", "date|event|why|source|file"), rows)
}

// more says what --all would show.
func (s Screen) more(c *story.Case) {
	inner := len(c.Events) - len(notTechnical(c.Events))
	if inner+len(c.Files)+len(c.Letters) == 0 {
		return
	}
	some := func(n int, chinese, english string) string {
		if n == 0 {
			return ""
		}
		return s.Sayf(chinese, english, n)
	}
	s.fact("更多", "more", some(inner, "内部步骤 %d 项", "inner steps: %d"), some(len(c.Letters), "联系函 %d 版", "letters: %d"),
		some(len(c.Forms), "信息表 %d 版", "forms: %d"), some(len(c.Payments), "付款 %d 笔", "payments: %d"), some(len(c.Postings), "记账 %d 条", "postings: %d"),
		some(len(c.Files), "文件 %d 个", "files: %d"), "carryover show --all "+c.No)
	fmt.Fprintln(s.Out)
}

// details are all versions, parts, postings, queries and files.
func (s Screen) details(c *story.Case) {
	heads := s.heads("编号|版本|日期|收发日|收款户名|账号|联行号", "number|version|dated|issued or received|account holder|account|CNAPS")
	tabled(s, s.Say("联系函", "Letters"), heads, c.Letters, func(l exchange.Letter) []string {
		return []string{l.No, strconv.Itoa(l.Version), day(l.Date), day(l.ReceivedOn), l.Account.Holder, l.Account.No, l.Account.CNAPS}
	})
	s.forms(c)
	s.remittance(c)
	heads = s.heads("编号|事项|结果|金额|月数|提请|完成|原因", "number|what|result|amount|months|asked|done|reason")
	tabled(s, s.Say("业务系统记账", "Postings"), heads, c.Postings, func(p exchange.Posting) []string {
		reason := ""
		if p.State == exchange.PostingRefused {
			reason = p.Code + " " + p.Text
		}
		return []string{
			p.No, s.word("posting", p.Row), s.word("posting-state", p.State), zeroless(p.Amount), count(p.Months), day(p.QueuedOn), day(p.DoneOn), reason,
		}
	})
	heads = s.heads("编号|方向|关于|状态|日期|时限|内容", "number|side|about|state|asked|due|text")
	tabled(s, s.Say("查询", "Queries"), heads, c.Queries, func(q exchange.Query) []string {
		return []string{q.No, s.word("query", q.Side), s.word("about", q.About), s.word("query", q.State), day(q.AskedOn), day(q.DueOn), Short(q.Text, 60)}
	})
	s.files(s.Say("文件", "Files"), c.Files)
}

// forms is the table of all forms, those too that a later version replaced.
func (s Screen) forms(c *story.Case) {
	heads := s.heads("编号|版本|性质|进度|资金|金额|月数|出具|收到|入账月数|重复月数|入账金额|入账日",
		"number|version|nature|track|money|amount|months|issued|received|months credited|overlapping|credited|posted")
	tabled(s, s.Say("信息表", "Forms"), heads, c.Forms, func(f exchange.Form) []string {
		current := ""
		if !f.Current {
			current = s.Say("已被替换", "replaced")
		}
		return []string{
			f.No, strconv.Itoa(f.Version), office.Join(" ", s.word("nature", f.Nature), current), s.word("form-"+string(f.Side), string(f.Track)),
			s.word("money-kind", f.Money), f.Amount.String(), strconv.Itoa(f.Actual + f.Backpaid + f.Deemed), day(f.IssuedOn), day(f.ReceivedOn),
			count(f.MonthsCredited), count(f.MonthsOverlapping), zeroless(f.Credited), day(f.PostedOn),
		}
	})
}

// remittance is the case's money: its parts, the payments that they went in, what
// the bank booked, and to whom an heir's money goes.
func (s Screen) remittance(c *story.Case) {
	heads := s.heads("部分|信息表|金额|到账|进度|次数|付款编号|自|原因", "part|form|amount|received|track|attempts|reference|since|reason")
	tabled(s, s.Say("资金划转", "Remittance"), heads, c.Parts, func(p exchange.Remittance) []string {
		return []string{
			strconv.Itoa(p.Part), p.FormNo, p.Amount.String(), zeroless(p.Received), s.word("money-"+string(p.Side), string(p.Track)),
			count(p.Attempts), p.Ref, day(p.Since), Short(s.Words(p.Reason), 40),
		}
	})
	heads = s.heads("付款编号|本笔|整笔|人数|进度|收款户名|账号|起息日|原因", "reference|share|whole|persons|track|payee|account|value date|reason")
	tabled(s, s.Say("付款", "Payments"), heads, c.Payments, func(p story.Paid) []string {
		return []string{
			p.Ref, p.Share.String(), p.Amount.String(), strconv.Itoa(p.Persons), s.word("money-out", string(p.Track)), p.Payee.Holder, p.Payee.No,
			day(p.ValueOn), Short(s.Words(p.Reason), 40),
		}
	})
	heads = s.heads("记账日|金额|对方|附言", "booked|amount|counterpart|text")
	tabled(s, s.Say("银行", "Bank"), heads, c.Entries, func(b exchange.BankEntry) []string {
		return []string{day(b.BookedOn), signed(b, b.Amount.String()), b.Counterpart, Short(b.Said(), 60)}
	})
	heads = s.heads("姓名|关系|户名|账号|开户行", "name|relation|holder|account|bank")
	tabled(s, s.Say("领款人", "Payees"), heads, c.Payees, func(p exchange.Payee) []string {
		return []string{p.Name, s.word("relation", p.Relation), p.Account.Holder, p.Account.No, p.Account.Bank}
	})
}
