package screen

import (
	"fmt"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/story"
)

// maxRows are how many rows of a file's or a payment's tables the first Screen
// holds.
const maxRows = 20

// files is a table of files, in the order given.
func (s Screen) files(title string, files []story.ListedFile) {
	tabled(s, title, s.heads("序号|收发|种类|文件名|状态|时间", "id|way|kind|name|state|when"), files, func(f story.ListedFile) []string {
		return []string{strconv.FormatInt(f.ID, 10), s.word("dir", string(f.Dir)), s.word("file-kind", f.Kind), f.Name, f.State.Word, s.minute(f.StateAt)}
	})
}

// file is one Screen about a file: was it taken in, what became of it, its
// receipt.
func (s Screen) file(f *story.File, all bool) {
	fmt.Fprintf(s.Out, "%s  %s %s %s\n", f.Name, direction(f.Dir), f.Party, s.PartyName(f.Party))
	s.fact("文件", "file", strconv.FormatInt(f.ID, 10), s.word("file-kind", f.Kind), Labelled(s.Say("批次号", "sequence"), count(int(f.Sequence))), s.Sayf("%d 字节", "%d bytes", f.Size))
	s.fact("状态", "state", f.State.Word, s.word("file-verdict", string(f.Verdict)), office.Join(" ", f.Code, s.InWords(f.Text)))
	s.fact("时间", "when", Labelled(s.Say("收到", "received"), day(f.Seen)), Labelled(s.Say("登记", "recorded"), s.minute(f.At)),
		Labelled(s.Say("放入交换目录", "left in the drop"), s.minute(f.SentAt)), Labelled(s.Say("重发次数", "resent"), count(f.Resent)))
	if f.Records > 0 {
		s.fact("记录", "records", s.Sayf("%d 条，接收 %d，待核 %d，退回 %d", "%d: %d accepted, %d held, %d refused", f.Records, f.Accepted, f.Held, f.Refused))
	}
	s.receipt(f)
	s.fact("重复于", "repeats", f.Repeats)
	s.signatures(f.Signed)
	for _, r := range f.Reviews {
		s.fact("审核", "review", s.word("review", r.Verdict), r.FullName+" "+r.Officer, s.roles(r.Roles), s.minute(r.At), r.Reason)
	}
	s.fact("处理", "what to do", f.Todo)
	s.fact("签名密钥", "signed by", f.Signer)
	s.fact("SHA-256", "SHA-256", f.SHA256)
	fmt.Fprintln(s.Out)
	s.verdicts(f, all)
	s.paid(f, all)
	cases := first(f.Sent, all)
	s.cases(s.some(s.Say("涉及办件", "Cases"), len(cases), len(f.Sent)), cases)
}

// receipt says whether the file has its receipt.
func (s Screen) receipt(f *story.File) {
	switch {
	case f.Receipt != nil:
		s.fact("回执", "receipt", f.Receipt.Name, f.Receipt.State.Word, s.minute(f.Receipt.StateAt))
	case f.Receipted:
		s.fact("回执", "receipt", s.Say("还没有", "none yet"))
	}
}

// signatures is a line per signature: who, in which roles, when.
func (s Screen) signatures(list []story.Signed) {
	for _, x := range list {
		s.fact("签名", "signed", x.FullName+" "+x.Officer, s.roles(x.Roles), s.minute(x.At))
	}
}

// roles are an officer's roles in words.
func (s Screen) roles(list []exchange.Role) string {
	var words []string
	for _, r := range list {
		words = append(words, s.word("role", string(r)))
	}
	return strings.Join(words, s.Say("、", ", "))
}

// some is a table's title, with how many of its rows are shown.
func (s Screen) some(title string, shown, all int) string {
	if shown == all {
		return title
	}
	if shown > maxRows { // --all was given: the story itself holds no more of one file
		return title + s.Sayf("（前 %d 条，共 %d 条）", " (the first %d of %d)", shown, all)
	}
	return title + s.Sayf("（前 %d 条，共 %d 条，其余见 --all）", " (the first %d of %d, see --all)", shown, all)
}

// first are the rows that a table of a file or payment holds on the first Screen.
func first[T any](list []T, all bool) []T {
	if all {
		return list
	}
	return list[:min(len(list), maxRows)]
}

// verdicts is the table of a file's records: how each was judged when it came, and
// in which state its case is now.
func (s Screen) verdicts(f *story.File, all bool) {
	rows := first(f.Verdicts, all)
	heads := s.heads("行|记录|结果|代码|说明|办件|姓名|现状", "line|record|verdict|code|text|case|name|stands")
	tabled(s, s.some(s.Say("逐条结果", "Records"), len(rows), len(f.Verdicts)), heads, rows, func(v story.Verdict) []string {
		return []string{
			count(v.Line), v.RecordNo, s.word("verdict", string(v.Verdict)), office.Join(" ", string(v.Code), v.Field), Short(s.InWords(v.Text), 36),
			v.CaseNo, v.Name, v.State.Word,
		}
	})
}

// paid is the table of a payment file's payments, of which the story may hold only
// the first; the title has their true number.
func (s Screen) paid(f *story.File, all bool) {
	rows := first(f.Payments, all)
	heads := s.heads("付款编号|金额|收款户名|人数|进度", "reference|amount|payee|persons|track")
	tabled(s, s.some(s.Say("付款", "Payments"), len(rows), max(f.Records, len(f.Payments))), heads, rows, func(p story.Paid) []string {
		return []string{p.Ref, p.Amount.String(), p.Payee.Holder, strconv.Itoa(max(1, p.Persons)), s.word("money-out", string(p.Track))}
	})
}

// payment is one Screen about a payment: where it stands, who gets it, the
// bank's word, who released it, and whom it is for.
func (s Screen) payment(p *story.Payment, all bool) {
	kind := s.Say("付款", "payment")
	if p.Lump {
		kind = s.Say("合并付款", "lump sum")
	}
	fmt.Fprintf(s.Out, "%s  %s %s → %s %s\n", p.Ref, s.word("purpose", p.Purpose), kind, p.Partner, s.PartyName(p.Partner))
	replaced := ""
	if p.Superseded != "" {
		replaced = s.Say("已由新的付款取代：", "replaced by ") + p.Superseded
	}
	s.fact("状态", "state", s.word("money-out", string(p.Track)), s.Words(p.Reason), replaced)
	s.fact("处理", "what to do", p.Todo)
	s.fact("金额", "amount", s.yuan("", p.Amount), p.Capitals)
	s.fact("收款人", "payee", p.Payee.Holder, p.Payee.No, p.Payee.Bank, p.Payee.CNAPS)
	s.fact("附言", "text", p.Text)
	s.fact("银行", "bank", Labelled(s.Say("起息", "value date"), day(p.ValueOn)), Labelled(s.Say("付出", "booked"), day(p.BookedOn)),
		Labelled(s.Say("流水号", "reference"), exchange.BankNumber(p.BankRef)), Labelled(s.Say("退回", "came back"), day(p.ReturnedOn)))
	if p.File == nil {
		s.fact("付款文件", "file", s.Say("还没有", "none yet"))
	} else {
		s.fact("付款文件", "file", strconv.FormatInt(p.File.ID, 10), p.File.Name, p.File.State.Word, s.minute(p.File.StateAt))
	}
	switch {
	case len(p.Signed) > 0:
		s.signatures(p.Signed)
	case p.File != nil && p.Automatic:
		s.fact("放行", "released", s.Say("自动放行（未设双人签名）", "by itself: no signatures are asked for"))
	case p.File != nil:
		s.fact("放行", "released", s.Say("还没有人签名", "nobody has signed yet"))
	}
	fmt.Fprintln(s.Out)
	cases := first(p.Cases, all)
	s.cases(s.some(s.Say("办件", "Cases"), len(cases), len(p.Cases)), cases)
	if len(p.Tries) > 1 {
		heads := s.heads("付款编号|进度|起息日|原因", "reference|track|value date|reason")
		tabled(s, s.Say("历次付款", "Attempts"), heads, p.Tries, func(x story.Paid) []string {
			return []string{x.Ref, s.word("money-out", string(x.Track)), day(x.ValueOn), s.Words(x.Reason)}
		})
	}
	s.events(p.Events, p.Events) // all: a payment has few
}

// entry is one Screen about a booking of the bank.
func (s Screen) entry(b story.Entry) {
	fmt.Fprintf(s.Out, "%s  %s\n", b.Key, s.Say("银行流水", "booking of the bank"))
	s.fact("状态", "state", s.word("entry", b.State), s.Sayf("入账 %d 个工作日", "booked %d working days ago", b.Days))
	s.fact("处理", "what to do", b.Todo)
	s.fact("金额", "amount", signed(b.BankEntry, s.yuan("", b.Amount)), Labelled(s.Say("记账", "booked"), day(b.BookedOn)), Labelled(s.Say("首次见到", "first seen"), day(b.SeenOn)))
	s.fact("对方", "counterpart", b.Counterpart, b.CounterAcct)
	s.fact("附言", "text", b.Said())
	s.fact("账户", "account", b.Account, Labelled(s.Say("流水号", "reference"), b.Ref))
	fmt.Fprintln(s.Out)
	if b.Case != nil {
		s.cases(s.Say("办件", "Case"), []story.CaseRow{*b.Case})
	}
	s.cases(s.Say("应收金额相同的办件（未经核对，仅供查找）", "Cases that expect just that amount (not checked, to look among)"), b.Candidates)
}
