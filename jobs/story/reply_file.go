package story

import (
	"fmt"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// fileReply is what is said on the phone about a file to those who sent it, or
// for whom it is: was it taken in, what became of its records, where is the
// receipt. Of an officer's papers and of payment files nothing is told: who
// calls about money calls about a person's.
func fileReply(o *office.Office, f exchange.File, s *File) string {
	if _, staff := exchange.OfficerOf(f.Party); staff || f.Kind == office.KindPayment || exchange.TermOf(exchange.FileKindTerms(), f.Kind).Chinese == f.Kind {
		return ""
	}
	if f.Dir == exchange.In {
		return "您好，贵方" + filePhrase(f) + receivedPhrase(o, f, s)
	}
	return "您好，我方" + filePhrase(f) + sentPhrase(o, f)
}

// filePhrase names a file as it is read out: its kind, day and number.
func filePhrase(f exchange.File) string {
	text := "的“" + kindWord(f.Kind) + "”文件"
	if f.Sequence > 0 {
		text += fmt.Sprintf("（第%d号）", f.Sequence)
	}
	return text
}

// receivedPhrase says what became of a file that came.
func receivedPhrase(o *office.Office, f exchange.File, s *File) string {
	on := notice.SpokenDate(f.Seen)
	if f.Seen == 0 {
		on = spokenDay(o, f.At)
	}
	switch f.State {
	case exchange.FileFetched:
		return "已于" + on + "收到，还没有处理，下一班次就会处理，请稍后查收回执。"
	case exchange.FileDuplicate:
		return "已于" + on + "收到，内容与此前已经处理过的文件相同，没有重复办理，回执仍以第一次的为准，请不必再发。"
	case exchange.FileRejected:
		return "已于" + on + "收到，但是整批退回了，没有办理其中任何一条。原因写在回执里，请更正后重新发送。"
	case exchange.FileQuarantined:
		return "已于" + on + "收到，但因为需要人工核查而暂时隔离，没有办理其中任何一条。我们查明后与贵方联系。"
	}
	text := "已于" + on + "收到并处理"
	if f.Records > 0 {
		text += fmt.Sprintf("：共%d条记录，接收%d条", f.Records, f.Accepted)
		if f.Held > 0 {
			text += fmt.Sprintf("，待核%d条", f.Held)
		}
		if f.Refused > 0 {
			text += fmt.Sprintf("，退回%d条", f.Refused)
		}
	}
	text += "。"
	switch {
	case f.Kind == "receipt":
		return text + "请不必再发。"
	case s.Receipt == nil:
		return text + "回执下一班次发出。"
	case f.Refused > 0:
		return text + "退回的原因写在回执里，请更正后另行发送。"
	case f.Held > 0:
		return text + "待核的记录有结果后再补发回执，贵方暂时不需要处理。"
	}
	return text + "回执已经发出，贵方不需要处理。"
}

// sentPhrase says where a file of ours is.
func sentPhrase(o *office.Office, f exchange.File) string {
	switch f.State {
	case exchange.FileQueued, exchange.FilePrepared:
		return "已经生成，还没有发出，下一班次就会放到交换目录，请稍后查收。"
	case exchange.FileReview, exchange.FileReturned:
		return "已经生成，正在内部审核，审核通过后放到交换目录，请稍后查收。"
	case exchange.FileReceipted:
		return "已于" + spokenDay(o, f.SentAt) + "放到交换目录，贵方的回执我们也收到了，不需要再处理。"
	case exchange.FileRefused:
		return "已于" + spokenDay(o, f.SentAt) + "放到交换目录，贵方退回了它。我们正在按回执中的原因处理，更正后重新发送。"
	case exchange.FileVoid:
		return "已经作废，没有发出，请不必等待。"
	}
	text := "已于" + spokenDay(o, f.SentAt) + "放到交换目录"
	if f.Kind == "receipt" {
		return text + "，请从那里取走。"
	}
	return text + "，还没有收到贵方的回执，请查收并返回回执；找不到的，我们可以原样重发。"
}

// spokenDay is an instant's day here, as it is read out.
func spokenDay(o *office.Office, at time.Time) string {
	return notice.SpokenDate(calendar.DateOf(at.In(o.Agency.Zone)))
}
