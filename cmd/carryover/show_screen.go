package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"carryover/exchange/calendar"
	"carryover/jobs"
)

// screen prints stories for people.
type screen struct {
	w    io.Writer
	lang string
}

func (s screen) say(chinese, english string) string { return wordOf(s.lang, chinese, english) }

func (s screen) heads(chinese, english string) []string {
	return strings.Split(s.say(chinese, english), "|")
}

// fact prints a label and what belongs to it; nothing when that is empty.
func (s screen) fact(chinese, english string, parts ...string) {
	if text := join(" · ", parts...); text != "" {
		fmt.Fprintf(s.w, "  %s%s%s\n", s.say(chinese, english), s.say("：", ": "), text)
	}
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// labelled is "label value", or nothing without a value.
func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + value
}

func day(d calendar.Date) string { return d.String() }

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func version(label, no string, n int) string {
	if no == "" {
		return ""
	}
	return fmt.Sprintf("%s %s v%d", label, no, n)
}

func (s screen) story(c *jobs.Story) {
	fmt.Fprintf(s.w, "%s  %s %s %s %s\n", c.CaseNo, c.SideWord, direction(c.Side), c.Partner, c.PartnerName)
	s.fact("参保人", "person", c.Person.Name, c.Person.IDNo, labelled(s.say("个人编号", "personal no."), c.Person.PersonalNo), c.Person.Phone)
	s.fact("状态", "state", c.StateWord, labelled(s.say("信息表", "form"), c.FormWord), labelled(s.say("资金", "money"), c.MoneyWord), c.Wish)
	s.fact("原因", "reason", c.Reason)
	s.fact("处理", "what to do", c.Todo)
	s.turn(c.Turn)
	if l := c.Limit; l != nil {
		s.fact("法定时限", "legal limit", day(l.Due)+s.provisional(l.Provisional), s.left(l.Left), l.Basis)
	}
	s.fact("编号", "numbers", version(s.say("申请", "application"), c.ApplicationNo, c.ApplicationVersion),
		version(s.say("联系函", "letter"), c.LetterNo, c.LetterVersion), labelled(s.say("凭证", "certificate"), c.CertificateNo))
	s.fact("日期", "dates", labelled(s.say("建档", "opened"), day(c.OpenedOn)), labelled(s.say("受理", "accepted"), day(c.AcceptedOn)),
		labelled(s.say("联系函", "letter"), day(c.LetterOn)), labelled(s.say("信息表", "form"), day(c.FormOn)),
		labelled(s.say("资金", "money"), day(c.MoneyOn)), labelled(s.say("办结", "closed"), day(c.ClosedOn)), labelled(s.say("规则", "profile"), c.Profile))
	fmt.Fprintln(s.w)
	s.letters(c)
	s.forms(c)
	s.money(c)
	s.postings(c)
	s.queries(c)
	s.files(c.Files)
	s.events(c)
}

// turn says whose turn it is, for what, until when, and how that was counted.
func (s screen) turn(t *jobs.StoryTurn) {
	if t == nil {
		s.fact("轮到", "whose turn", s.say("无：业务已终结", "nobody's: it has ended"))
		return
	}
	until, counted := "", ""
	if t.Due != 0 {
		until = s.say("不晚于 ", "until ") + day(t.Due) + s.provisional(t.Provisional)
		counted = fmt.Sprintf(s.say("自 %s 起 %d 个工作日", "%[2]d working days from %[1]s"), t.Since, t.WD)
	}
	s.fact("轮到", "whose turn", t.OwnerWord+s.say("：", ": ")+t.Wait, until, s.left(t.Left), counted)
}

func (s screen) provisional(p bool) string {
	if p {
		return s.say("（暂定）", " (provisional)")
	}
	return ""
}

func (s screen) left(n int) string {
	if n < 0 {
		return fmt.Sprintf(s.say("已超 %d 个工作日", "%d working days over"), -n)
	}
	return fmt.Sprintf(s.say("还有 %d 个工作日", "%d working days left"), n)
}

func (s screen) letters(c *jobs.Story) {
	var rows [][]string
	for _, l := range c.Letters {
		rows = append(rows, []string{l.No, strconv.Itoa(l.Version), day(l.Date), day(l.ReceivedOn), l.Account.Holder, l.Account.No, l.Account.CNAPS})
	}
	printTable(s.w, s.say("联系函", "Letters"), s.heads("编号|版本|日期|收发日|收款户名|账号|联行号", "number|version|dated|issued or received|account holder|account|CNAPS"), rows)
}

func (s screen) forms(c *jobs.Story) {
	var rows [][]string
	for _, f := range c.Forms {
		current := ""
		if !f.Current {
			current = s.say("已被替换", "replaced")
		}
		rows = append(rows, []string{
			f.No, strconv.Itoa(f.Version), join(" ", f.NatureWord, current), f.TrackWord, f.MoneyWord, f.Amount, strconv.Itoa(f.Months),
			day(f.IssuedOn), day(f.ReceivedOn), count(f.MonthsDone), count(f.Overlapping), zeroless(f.Credited), day(f.PostedOn),
		})
	}
	printTable(s.w, s.say("信息表", "Forms"), s.heads("编号|版本|性质|进度|资金|金额|月数|出具|收到|入账月数|重复月数|入账金额|入账日",
		"number|version|nature|track|money|amount|months|issued|received|months credited|overlapping|credited|posted"), rows)
}

func zeroless(yuan string) string {
	if yuan == "0.00" {
		return ""
	}
	return yuan
}

func (s screen) money(c *jobs.Story) {
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
		rows = append(rows, []string{day(b.BookedOn), sign + b.Amount, b.Other, short(b.Text, 60)})
	}
	for _, p := range c.Payees {
		rows = append(rows, []string{"", "", p.Name + " " + p.Relation, p.Account.No})
	}
	printTable(s.w, s.say("银行", "Bank"), s.heads("记账日|金额|对方|附言", "booked|amount|counterpart|text"), rows)
}

func (s screen) postings(c *jobs.Story) {
	var rows [][]string
	for _, p := range c.Postings {
		rows = append(rows, []string{p.No, p.RowWord, p.StateWord, zeroless(p.Amount), count(p.Months), day(p.QueuedOn), day(p.DoneOn), p.Reason})
	}
	printTable(s.w, s.say("业务系统记账", "Postings"), s.heads("编号|事项|结果|金额|月数|提请|完成|原因", "number|what|result|amount|months|asked|done|reason"), rows)
}

func (s screen) queries(c *jobs.Story) {
	var rows [][]string
	for _, q := range c.Queries {
		rows = append(rows, []string{q.No, q.Side, q.About, q.State, day(q.AskedOn), day(q.DueOn), q.Text})
	}
	printTable(s.w, s.say("查询", "Queries"), s.heads("编号|方向|关于|状态|日期|时限|内容", "number|side|about|state|asked|due|text"), rows)
}

func (s screen) files(files []jobs.StoryFile) {
	var rows [][]string
	for _, f := range files {
		rows = append(rows, []string{strconv.FormatInt(f.ID, 10), direction(f.Dir), f.KindWord, f.Name, f.StateWord, f.At.Format("2006-01-02 15:04")})
	}
	printTable(s.w, s.say("文件", "Files"), s.heads("序号||种类|文件名|状态|时间", "id||kind|name|state|when"), rows)
}

func (s screen) events(c *jobs.Story) {
	var rows [][]string
	for _, v := range c.Events {
		file := ""
		if v.FileID != 0 {
			file = strconv.FormatInt(v.FileID, 10)
		}
		rows = append(rows, []string{day(v.On), v.WhatWord, short(v.Why, 60), v.ActorWho, file})
	}
	printTable(s.w, s.say("经过", "What happened"), s.heads("日期|事项|说明|经办方|文件", "date|event|why|by|file"), rows)
}

func (s screen) file(f *jobs.FileStory) {
	fmt.Fprintf(s.w, "%s  %s %s %s\n", f.Name, direction(f.Dir), f.Party, f.PartyName)
	sent := ""
	if f.SentAt != nil {
		sent = labelled(s.say("发出", "sent"), f.SentAt.Format("2006-01-02 15:04"))
	}
	s.fact("文件", "file", strconv.FormatInt(f.ID, 10), f.KindWord, labelled(s.say("序号", "sequence"), count(int(f.Sequence))), fmt.Sprintf(s.say("%d 字节", "%d bytes"), f.Size))
	s.fact("状态", "state", f.StateWord, f.Said, join(" ", f.Code, f.Text))
	s.fact("时间", "when", labelled(s.say("登记", "recorded"), f.At.Format("2006-01-02 15:04")), labelled(s.say("收到", "received"), day(f.Seen)), sent,
		labelled(s.say("重发次数", "resent"), count(f.Resent)))
	s.fact("记录", "records", fmt.Sprintf(s.say("%d 条，接收 %d，待核 %d，退回 %d", "%d: %d accepted, %d held, %d refused"), f.Records, f.Accepted, f.Held, f.Refused))
	s.fact("回执", "receipt", f.Receipt)
	s.fact("重复于", "repeats", f.Repeats)
	s.fact("处理", "what to do", f.Todo)
	s.fact("SHA-256", "SHA-256", f.SHA256)
	s.fact("签名密钥", "signed by", f.Signer)
	fmt.Fprintln(s.w)
	var rows [][]string
	for i, v := range f.Verdicts {
		if i == 50 {
			rows = append(rows, []string{"", fmt.Sprintf(s.say("另有 %d 条，见 --json", "and %d more, see --json"), len(f.Verdicts)-i), "", "", "", ""})
			break
		}
		rows = append(rows, []string{count(v.Line), v.RecordNo, v.Said, v.Code, v.Field, short(v.Text, 60)})
	}
	printTable(s.w, s.say("逐条结果", "Verdicts"), s.heads("行|记录|结果|代码|字段|说明", "line|record|verdict|code|field|text"), rows)
	rows = nil
	for _, p := range f.Payments {
		rows = append(rows, []string{p.Ref, p.Amount, p.TrackWord})
	}
	printTable(s.w, s.say("付款", "Payments"), s.heads("付款编号|金额|进度", "reference|amount|track"), rows)
}

// others are people and applications without a case here.
func (s screen) others(out shown) {
	for _, x := range out.Applications {
		fmt.Fprintf(s.w, s.say("申请 %s v%d（%s）于 %s 收到，已转交 %s %s 办理\n", "application %s v%d (%s), received on %s, was relayed to %s %s\n"),
			x.ApplicationNo, x.Version, x.Name, x.ReceivedOn, x.To, x.ToName)
	}
	for _, p := range out.People {
		fmt.Fprintf(s.w, "%s %s\n", p.Person.Name, p.Person.IDNo)
		s.fact("参保登记", "registry", p.PersonalNo, p.StatusWord, labelled(s.say("截至", "as of"), day(p.AsOf)))
		for _, c := range p.Certs {
			s.fact("参保凭证", "certificate", c.No, labelled(s.say("出具", "issued"), day(c.IssuedOn)), labelled(s.say("月数", "months"), strconv.Itoa(c.Months)), c.Balance,
				labelled(s.say("已作废，由其取代：", "void, replaced by"), c.ReplacedBy))
		}
	}
}
