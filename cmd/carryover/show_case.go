package main

import (
	"fmt"
	"strconv"

	"carryover/jobs/story"
)

// How many events the first screen of a case holds, so that it stays one.
const (
	maxEvents   = 18 // with the line "… more" in their place
	firstEvents = 3  // of them from the beginning; the others are the latest
)

// story is one screen about a case; with all, every version and part follows.
// brief, for one of several cases, leaves the events to --all.
func (s screen) story(c *story.Case, all, brief bool) {
	fmt.Fprintf(s.w, "%s  %s %s %s %s\n", c.CaseNo, c.SideWord, direction(c.Side), c.Partner, c.PartnerName)
	s.fact("参保人", "person", c.Person.Name, c.Person.IDNo, labelled(s.say("个人编号", "personal no."), c.Person.PersonalNo), labelled(s.say("电话", "phone"), c.Person.Phone))
	s.fact("状态", "state", c.StateWord, labelled(s.say("信息表", "form"), c.FormWord), labelled(s.say("资金", "money"), c.MoneyWord), c.WishWord)
	s.fact("原因", "reason", c.Reason)
	s.fact("处理", "what to do", c.Todo)
	s.turn(c.Turn)
	s.limit(c.Limit)
	s.form(c)
	s.money(c)
	for _, q := range c.Queries {
		if q.State == "open" {
			s.fact("查询", "query", q.No, q.SideWord, q.AboutWord, q.StateWord, labelled(s.say("不晚于", "until"), day(q.DueOn)))
		}
	}
	s.fact("编号", "numbers", version(s.say("申请", "application"), c.ApplicationNo, c.ApplicationVersion),
		version(s.say("联系函", "letter"), c.LetterNo, c.LetterVersion), labelled(s.say("凭证", "certificate"), c.CertificateNo))
	s.fact("日期", "dates", labelled(s.say("建档", "opened"), day(c.OpenedOn)), labelled(s.say("受理", "accepted"), day(c.AcceptedOn)),
		labelled(s.say("联系函", "letter"), day(c.LetterOn)), labelled(s.say("信息表", "form"), day(c.FormOn)),
		labelled(s.say("资金", "money"), day(c.MoneyOn)), labelled(s.say("办结", "closed"), day(c.ClosedOn)), labelled(s.say("规则", "profile"), c.Profile))
	fmt.Fprintln(s.w)
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
func (s screen) turn(t *story.Turn) {
	if t == nil {
		s.fact("轮到", "whose turn", s.say("无：业务已终结", "nobody's: it has ended"))
		return
	}
	until, counted, left := "", "", ""
	if t.Due != 0 {
		until = s.say("不晚于 ", "until ") + day(t.Due) + s.provisional(t.Provisional)
		counted = fmt.Sprintf(s.say("自 %s 起 %d 个工作日", "%[2]d working days from %[1]s"), t.Since, t.WD)
		left = s.left(t.Left)
	}
	s.fact("轮到", "whose turn", t.OwnerWord+s.say("：", ": ")+t.Wait, until, left, counted)
}

// limit is the legal limit, and how it was counted; nothing where there is none.
func (s screen) limit(l *story.Due) {
	switch {
	case l == nil:
	case l.Stopped:
		s.fact("法定时限", "legal limit", s.sayf("停计，还剩 %d 个工作日", "stands still with %d working days left", l.Left), l.Basis)
	default:
		s.fact("法定时限", "legal limit", day(l.Due)+s.provisional(l.Provisional), s.left(l.Left), l.Basis)
	}
}

// form tells the form versions that count: months, money, what was credited. A
// case may have several: a supplement stands beside the first.
func (s screen) form(c *story.Case) {
	for _, f := range c.Forms {
		if !f.Current {
			continue
		}
		credited := ""
		if f.MonthsCredited > 0 || zeroless(f.Credited) != "" {
			credited = join(s.say("、", ", "), s.sayf("入账 %d 个月", "credited %d months", f.MonthsCredited), s.yuan("", f.Credited))
			if f.MonthsOverlapping > 0 {
				credited += s.sayf("（重复 %d 个月）", " (%d overlap)", f.MonthsOverlapping)
			}
		}
		s.fact("信息表", "form", version(f.NatureWord, f.No, f.Version), f.TrackWord, s.sayf("%d 个月", "%d months", f.Months), join(" ", f.MoneyWord, s.yuan("", f.Amount)),
			labelled(s.say("出具", "issued"), day(f.IssuedOn)), labelled(s.say("收到", "received"), day(f.ReceivedOn)), credited, labelled(s.say("入账", "posted"), day(f.PostedOn)))
	}
}

// money tells each part of the remittance, and its attempts that came back.
func (s screen) money(c *story.Case) {
	for _, p := range c.Parts {
		part := ""
		if len(c.Parts) > 1 {
			part = s.sayf("第 %d 部分", "part %d", p.Part)
		}
		attempt := ""
		if p.Attempts > 1 {
			attempt = s.sayf("第 %d 次付款", "attempt %d", p.Attempts)
		}
		s.fact("资金", "money", part, s.yuan("", p.Amount), p.TrackWord, labelled(s.say("自", "since"), day(p.Since)), s.yuan(s.say("到账", "received"), p.Received),
			p.ToWord, attempt, p.Ref, p.Reason)
	}
	for _, p := range c.Payments {
		switch { // one that went as planned is in its part's line already
		case p.Track == "returned":
			s.fact("退汇", "came back", p.Ref, s.yuan("", p.Share), p.Reason)
		case p.Persons > 1:
			s.fact("合并付款", "lump sum", p.Ref, s.sayf("%d 人", "%d persons", p.Persons), s.yuan(s.say("整笔", "whole"), p.Amount), p.TrackWord)
		}
	}
	for _, p := range c.Payees {
		s.fact("领款人", "payee", p.Name, p.RelationWord)
	}
}

// notTechnical are the events that a caller may ask about; --all has every one.
func notTechnical(events []story.Event) (list []story.Event) {
	for _, v := range events {
		if !v.Technical {
			list = append(list, v)
		}
	}
	return list
}

// events tells what happened. When list is a selection of every, it is cut to its
// first and last (maxEvents) and has no ids of files; when it is every, all is told.
func (s screen) events(list, every []story.Event) {
	var rows [][]string
	for i, v := range list {
		if len(list) < len(every) && len(list) > maxEvents && i >= firstEvents && i < len(list)-(maxEvents-firstEvents-1) {
			if i == firstEvents {
				rows = append(rows, []string{"…", s.sayf("另有 %d 项", "%d more", len(list)-maxEvents+1), "", "", ""})
			}
			continue
		}
		file := ""
		if v.FileID != 0 && len(list) == len(every) {
			file = strconv.FormatInt(v.FileID, 10)
		}
		rows = append(rows, []string{day(v.On), v.WhatWord, short(v.WhyWord, 56), v.ActorWord, file})
	}
	printTable(s.w, s.say("经过", "What happened"), s.heads("日期|事项|说明|来源|文件", "date|event|why|source|file"), rows)
}

// more says what --all would show.
func (s screen) more(c *story.Case) {
	inner := len(c.Events) - len(notTechnical(c.Events))
	if inner+len(c.Files)+len(c.Letters) == 0 {
		return
	}
	some := func(n int, chinese, english string) string {
		if n == 0 {
			return ""
		}
		return s.sayf(chinese, english, n)
	}
	s.fact("更多", "more", some(inner, "内部步骤 %d 项", "inner steps: %d"), some(len(c.Letters), "联系函 %d 版", "letters: %d"),
		some(len(c.Forms), "信息表 %d 版", "forms: %d"), some(len(c.Payments), "付款 %d 笔", "payments: %d"), some(len(c.Postings), "记账 %d 条", "postings: %d"),
		some(len(c.Files), "文件 %d 个", "files: %d"), "carryover show --all "+c.CaseNo)
	fmt.Fprintln(s.w)
}

// details are all versions, parts, postings, queries and files.
func (s screen) details(c *story.Case) {
	s.letters(c)
	s.forms(c)
	s.remittance(c)
	s.postings(c)
	s.queries(c)
	s.files(s.say("文件", "Files"), c.Files)
}

// letters is the table of the letter's versions, each with the account of its day.
func (s screen) letters(c *story.Case) {
	var rows [][]string
	for _, l := range c.Letters {
		rows = append(rows, []string{l.No, strconv.Itoa(l.Version), day(l.Date), day(l.ReceivedOn), l.Account.Holder, l.Account.No, l.Account.CNAPS})
	}
	printTable(s.w, s.say("联系函", "Letters"), s.heads("编号|版本|日期|收发日|收款户名|账号|联行号", "number|version|dated|issued or received|account holder|account|CNAPS"), rows)
}

// forms is the table of all forms, those too that a later version replaced.
func (s screen) forms(c *story.Case) {
	var rows [][]string
	for _, f := range c.Forms {
		current := ""
		if !f.Current {
			current = s.say("已被替换", "replaced")
		}
		rows = append(rows, []string{
			f.No, strconv.Itoa(f.Version), join(" ", f.NatureWord, current), f.TrackWord, f.MoneyWord, f.Amount, strconv.Itoa(f.Months),
			day(f.IssuedOn), day(f.ReceivedOn), count(f.MonthsCredited), count(f.MonthsOverlapping), zeroless(f.Credited), day(f.PostedOn),
		})
	}
	printTable(s.w, s.say("信息表", "Forms"), s.heads("编号|版本|性质|进度|资金|金额|月数|出具|收到|入账月数|重复月数|入账金额|入账日",
		"number|version|nature|track|money|amount|months|issued|received|months credited|overlapping|credited|posted"), rows)
}

// remittance is the case's money: its parts, the payments that they went in, what
// the bank booked, and to whom an heir's money goes.
func (s screen) remittance(c *story.Case) {
	var rows [][]string
	for _, p := range c.Parts {
		rows = append(rows, []string{strconv.Itoa(p.Part), p.FormNo, p.Amount, zeroless(p.Received), p.TrackWord, count(p.Attempts), p.Ref, day(p.Since), short(p.Reason, 40)})
	}
	printTable(s.w, s.say("资金划转", "Remittance"), s.heads("部分|信息表|金额|到账|进度|次数|付款编号|自|原因", "part|form|amount|received|track|attempts|reference|since|reason"), rows)
	rows = nil
	for _, p := range c.Payments {
		rows = append(rows, []string{p.Ref, p.Share, p.Amount, strconv.Itoa(p.Persons), p.TrackWord, p.Payee.Holder, p.Payee.No, day(p.ValueOn), short(p.Reason, 40)})
	}
	printTable(s.w, s.say("付款", "Payments"), s.heads("付款编号|本笔|整笔|人数|进度|收款户名|账号|起息日|原因", "reference|share|whole|persons|track|payee|account|value date|reason"), rows)
	rows = nil
	for _, b := range c.Entries {
		sign := "-"
		if b.Credit {
			sign = "+"
		}
		rows = append(rows, []string{day(b.BookedOn), sign + b.Amount, b.Counterpart, short(b.Text, 60)})
	}
	printTable(s.w, s.say("银行", "Bank"), s.heads("记账日|金额|对方|附言", "booked|amount|counterpart|text"), rows)
	rows = nil
	for _, p := range c.Payees {
		rows = append(rows, []string{p.Name, p.RelationWord, p.Account.Holder, p.Account.No, p.Account.Bank})
	}
	printTable(s.w, s.say("领款人", "Payees"), s.heads("姓名|关系|户名|账号|开户行", "name|relation|holder|account|bank"), rows)
}

// postings is the table of what the core was asked to post, and what became of it.
func (s screen) postings(c *story.Case) {
	var rows [][]string
	for _, p := range c.Postings {
		rows = append(rows, []string{p.No, p.RowWord, p.StateWord, zeroless(p.Amount), count(p.Months), day(p.QueuedOn), day(p.DoneOn), p.Reason})
	}
	printTable(s.w, s.say("业务系统记账", "Postings"), s.heads("编号|事项|结果|金额|月数|提请|完成|原因", "number|what|result|amount|months|asked|done|reason"), rows)
}

// queries is the table of all queries; the head shows the open ones only.
func (s screen) queries(c *story.Case) {
	var rows [][]string
	for _, q := range c.Queries {
		rows = append(rows, []string{q.No, q.SideWord, q.AboutWord, q.StateWord, day(q.AskedOn), day(q.DueOn), short(q.Text, 60)})
	}
	printTable(s.w, s.say("查询", "Queries"), s.heads("编号|方向|关于|状态|日期|时限|内容", "number|side|about|state|asked|due|text"), rows)
}
