package main

import (
	"fmt"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/jobs/story"
)

// maxRows are how many rows of a file's or a payment's tables the first screen
// holds.
const maxRows = 20

// files is a table of files, in the order given.
func (s screen) files(title string, files []story.FileRow) {
	var rows [][]string
	for _, f := range files {
		rows = append(rows, []string{strconv.FormatInt(f.ID, 10), s.dirWord(f.Dir), f.KindWord, f.Name, f.StateWord, minute(f.At)})
	}
	printTable(s.w, title, s.heads("序号|收发|种类|文件名|状态|时间", "id|way|kind|name|state|when"), rows)
}

// dirWord says whether a file came or went.
func (s screen) dirWord(d exchange.Side) string {
	if d == exchange.In {
		return s.say("收", "in")
	}
	return s.say("发", "out")
}

// file is one screen about a file: was it taken in, what became of it, its
// receipt.
func (s screen) file(f *story.File, all bool) {
	fmt.Fprintf(s.w, "%s  %s %s %s\n", f.Name, direction(f.Dir), f.Party, f.PartyName)
	sent := ""
	if f.SentAt != nil {
		sent = labelled(s.say("放入交换目录", "left in the drop"), minute(*f.SentAt))
	}
	s.fact("文件", "file", strconv.FormatInt(f.ID, 10), f.KindWord, labelled(s.say("批次号", "sequence"), count(int(f.Sequence))), s.sayf("%d 字节", "%d bytes", f.Size))
	s.fact("状态", "state", f.StateWord, f.VerdictWord, join(" ", f.Code, f.Text))
	s.fact("时间", "when", labelled(s.say("收到", "received"), day(f.Seen)), labelled(s.say("登记", "recorded"), minute(f.At)), sent,
		labelled(s.say("重发次数", "resent"), count(f.Resent)))
	if f.Records > 0 {
		s.fact("记录", "records", fmt.Sprintf(s.say("%d 条，接收 %d，待核 %d，退回 %d", "%d: %d accepted, %d held, %d refused"), f.Records, f.Accepted, f.Held, f.Refused))
	}
	s.receipt(f)
	s.fact("重复于", "repeats", f.Repeats)
	s.signed(f.Signed)
	for _, r := range f.Reviews {
		s.fact("审核", "review", r.VerdictWord, r.FullName+" "+r.Officer, strings.Join(r.Roles, s.say("、", ", ")), minute(r.At), r.Reason)
	}
	s.fact("处理", "what to do", f.Todo)
	s.fact("签名密钥", "signed by", f.Signer)
	s.fact("SHA-256", "SHA-256", f.SHA256)
	fmt.Fprintln(s.w)
	s.verdicts(f, all)
	s.paid(f, all)
	cases := f.Sent
	if !all && len(cases) > maxRows {
		cases = cases[:maxRows]
	}
	s.cases(s.some(s.say("涉及办件", "Cases"), len(cases), len(f.Sent)), cases)
}

// receipt says whether the file has its receipt.
func (s screen) receipt(f *story.File) {
	switch {
	case f.Receipt != nil:
		s.fact("回执", "receipt", f.Receipt.Name, f.Receipt.StateWord, minute(f.Receipt.At))
	case f.Receipted:
		s.fact("回执", "receipt", s.say("还没有", "none yet"))
	}
}

// signed is a line per signature: who, in which roles, when.
func (s screen) signed(list []story.SignedRow) {
	for _, x := range list {
		s.fact("签名", "signed", x.FullName+" "+x.Officer, strings.Join(x.Roles, s.say("、", ", ")), minute(x.At))
	}
}

// some is a table's title, with how many of its rows are shown.
func (s screen) some(title string, shown, all int) string {
	if shown == all {
		return title
	}
	if shown > maxRows { // --all was given: the story itself holds no more of one file
		return title + s.sayf("（前 %d 条，共 %d 条）", " (the first %d of %d)", shown, all)
	}
	return title + s.sayf("（前 %d 条，共 %d 条，其余见 --all）", " (the first %d of %d, see --all)", shown, all)
}

// verdicts is the table of a file's records: how each was judged when it came, and
// in which state its case is now.
func (s screen) verdicts(f *story.File, all bool) {
	var rows [][]string
	for i, v := range f.Verdicts {
		if !all && i == maxRows {
			break
		}
		rows = append(rows, []string{count(v.Line), v.RecordNo, v.VerdictWord, join(" ", v.Code, v.Field), short(v.Text, 36), v.CaseNo, v.Name, v.StateWord})
	}
	printTable(s.w, s.some(s.say("逐条结果", "Records"), len(rows), len(f.Verdicts)),
		s.heads("行|记录|结果|代码|说明|办件|姓名|现状", "line|record|verdict|code|text|case|name|stands"), rows)
}

// paid is the table of a payment file's payments, of which the story may hold only
// the first; the title has their true number.
func (s screen) paid(f *story.File, all bool) {
	var rows [][]string
	for i, p := range f.Payments {
		if !all && i == maxRows {
			break
		}
		rows = append(rows, []string{p.Ref, p.Amount, p.Payee, strconv.Itoa(p.Persons), p.TrackWord})
	}
	printTable(s.w, s.some(s.say("付款", "Payments"), len(rows), max(f.Records, len(f.Payments))), s.heads("付款编号|金额|收款户名|人数|进度", "reference|amount|payee|persons|track"), rows)
}

// payment is one screen about a payment: where it stands, who gets it, the
// bank's word, who released it, and whom it is for.
func (s screen) payment(p *story.Payment, all bool) {
	kind := s.say("付款", "payment")
	if p.Lump {
		kind = s.say("合并付款", "lump sum")
	}
	fmt.Fprintf(s.w, "%s  %s %s → %s %s\n", p.Ref, p.PurposeWord, kind, p.Partner, p.PartnerName)
	s.fact("状态", "state", p.TrackWord, p.Reason, s.attempt(p))
	s.fact("处理", "what to do", p.Todo)
	s.fact("金额", "amount", s.yuan("", p.Amount), p.Capitals)
	s.fact("收款人", "payee", p.Payee.Holder, p.Payee.No, p.Payee.Bank, p.Payee.CNAPS)
	s.fact("附言", "text", p.Text)
	s.fact("银行", "bank", labelled(s.say("起息", "value date"), day(p.ValueOn)), labelled(s.say("付出", "booked"), day(p.BookedOn)),
		labelled(s.say("流水号", "reference"), p.BankRef), labelled(s.say("退回", "came back"), day(p.ReturnedOn)))
	if p.File == nil {
		s.fact("付款文件", "file", s.say("还没有", "none yet"))
	} else {
		s.fact("付款文件", "file", strconv.FormatInt(p.File.ID, 10), p.File.Name, p.File.StateWord, minute(p.File.At))
	}
	switch {
	case len(p.Signed) > 0:
		s.signed(p.Signed)
	case p.File != nil && p.Automatic:
		s.fact("放行", "released", s.say("自动放行（未设双人签名）", "by itself: no signatures are asked for"))
	case p.File != nil:
		s.fact("放行", "released", s.say("还没有人签名", "nobody has signed yet"))
	}
	fmt.Fprintln(s.w)
	cases := p.Cases
	if !all && len(cases) > maxRows {
		cases = cases[:maxRows]
	}
	s.cases(s.some(s.say("办件", "Cases"), len(cases), len(p.Cases)), cases)
	if len(p.Tries) > 1 {
		var rows [][]string
		for _, x := range p.Tries {
			rows = append(rows, []string{x.Ref, x.TrackWord, day(x.ValueOn), x.Reason})
		}
		printTable(s.w, s.say("历次付款", "Attempts"), s.heads("付款编号|进度|起息日|原因", "reference|track|value date|reason"), rows)
	}
	s.events(p.Events, p.Events) // all: a payment has few
}

// attempt says which attempt a payment is, and which one took its place.
func (s screen) attempt(p *story.Payment) string {
	if p.Superseded != "" {
		return s.say("已由新的付款取代：", "replaced by ") + p.Superseded
	}
	return ""
}

// entry is one screen about a booking of the bank.
func (s screen) entry(b story.Entry) {
	sign := "-"
	if b.Credit {
		sign = "+"
	}
	fmt.Fprintf(s.w, "%s  %s\n", b.Key, s.say("银行流水", "booking of the bank"))
	s.fact("状态", "state", b.StateWord, s.sayf("入账 %d 个工作日", "booked %d working days ago", b.Days))
	s.fact("处理", "what to do", b.Todo)
	s.fact("金额", "amount", sign+s.yuan("", b.Amount), labelled(s.say("记账", "booked"), day(b.BookedOn)), labelled(s.say("首次见到", "first seen"), day(b.SeenOn)))
	s.fact("对方", "counterpart", b.Counterpart, b.CounterAccount)
	s.fact("附言", "text", b.Text)
	s.fact("账户", "account", b.Account, labelled(s.say("流水号", "reference"), b.Ref))
	fmt.Fprintln(s.w)
	if b.Case != nil {
		s.cases(s.say("办件", "Case"), []story.CaseRow{*b.Case})
	}
	s.cases(s.say("应收金额相同的办件（未经核对，仅供查找）", "Cases that expect just that amount (not checked, to look among)"), b.Candidates)
}
