package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

func fileColumns() []column[exchange.File] {
	text, middle, count, money, moment := workbook.Text, workbook.Middle, workbook.Count, workbook.Money, workbook.DateTime
	return []column[exchange.File]{
		{"文件编号", "file id", count, false, func(_ Night, f exchange.File) any { return f.ID }},
		{"文件名", "file", workbook.Code, false, func(_ Night, f exchange.File) any { return f.Name }},
		{"收发", "in or out", middle, false, func(n Night, f exchange.File) any { return n.word(exchange.DirectionTerms(), string(f.Dir)) }},
		{"对方", "party", text, false, func(n Night, f exchange.File) any { return n.partner(f.Party) }},
		{"种类", "kind", middle, false, func(n Night, f exchange.File) any { return n.word(exchange.FileKindTerms(), f.Kind) }},
		{"序号", "sequence", count, false, func(_ Night, f exchange.File) any { return some(f.Sequence) }},
		{"状态", "state", middle, false, func(n Night, f exchange.File) any { return n.fileState(f) }},
		{"结论", "verdict", middle, false, func(n Night, f exchange.File) any { return f.Verdict.Word(n.Lang) }},
		{"原因", "reason", text, false, func(n Night, f exchange.File) any { return n.fault(f) }},
		{"业务日期", "business date", workbook.Date, false, func(_ Night, f exchange.File) any { return f.Seen }},
		{"收到或排队时间", "fetched or queued", moment, false, func(n Night, f exchange.File) any { return n.at(f.At) }},
		{"发送时间", "sent", moment, false, func(n Night, f exchange.File) any { return n.at(f.SentAt) }},
		{"重发次数", "resent", count, false, func(_ Night, f exchange.File) any { return some(int64(f.Resent)) }},
		{"记录数", "records", count, true, func(_ Night, f exchange.File) any { return f.Records }},
		{"接受", "accepted", count, true, func(_ Night, f exchange.File) any { return f.Accepted }},
		{"待核", "held", count, true, func(_ Night, f exchange.File) any { return f.Held }},
		{"退回", "refused", count, true, func(_ Night, f exchange.File) any { return f.Refused }},
		{"合计金额（元）", "total", money, true, func(_ Night, f exchange.File) any { return f.Total }},
		{"重复于", "repeats", count, false, func(_ Night, f exchange.File) any { return some(f.DupOf) }},
		{"签名人密钥", "signed by", text, false, func(_ Night, f exchange.File) any { return f.Signer }},
		{"载体", "carrier", middle, false, func(_ Night, f exchange.File) any { return f.Carrier }},
		{"字节数", "bytes", count, false, func(_ Night, f exchange.File) any { return f.Size }},
		{"SHA-256", "SHA-256", workbook.Code, false, func(_ Night, f exchange.File) any { return f.SHA256 }},
	}
}

// fileState marks what somebody should look at.
func (n Night) fileState(f exchange.File) any {
	word := n.word(exchange.FileStateTerms(), string(f.State))
	switch f.State {
	case exchange.FileRejected, exchange.FileQuarantined, exchange.FileRefused:
		return workbook.Toned{Value: word, Tone: workbook.Bad}
	case exchange.FileDuplicate:
		return workbook.Toned{Value: word, Tone: workbook.Warn}
	}
	return word
}

// fault is why a file was rejected or quarantined, in words.
func (n Night) fault(f exchange.File) string {
	word := code.Faults().Word(f.Code, n.Lang)
	switch {
	case word == "":
		return f.Text
	case f.Text == "":
		return word
	}
	return word + n.say("：", ": ") + f.Text
}

// at is an instant in the agency's zone.
func (n Night) at(t time.Time) time.Time {
	if t.IsZero() || n.Agency.Zone == nil {
		return t
	}
	return t.In(n.Agency.Zone)
}

// some leaves a cell empty instead of showing 0.
func some(v int64) any {
	if v == 0 {
		return nil
	}
	return v
}

func runColumns() []column[exchange.Run] {
	text, middle, count, moment := workbook.Text, workbook.Middle, workbook.Count, workbook.DateTime
	return []column[exchange.Run]{
		{"编号", "run", count, false, func(_ Night, r exchange.Run) any { return r.ID }},
		{"作业", "jobs", text, false, func(n Night, r exchange.Run) any { return n.jobs(r.Job) }},
		{"业务日期", "business date", workbook.Date, false, func(_ Night, r exchange.Run) any { return r.Date }},
		{"窗口", "window", middle, false, func(_ Night, r exchange.Run) any { return r.Window }},
		{"状态", "state", middle, false, func(n Night, r exchange.Run) any { return n.runState(r) }},
		{"开始", "started", moment, false, func(n Night, r exchange.Run) any { return n.at(r.Started) }},
		{"结束", "ended", moment, false, func(n Night, r exchange.Run) any { return n.at(r.Ended) }},
		{"用时（秒）", "seconds", count, false, duration},
		{"当前步骤", "step", text, false, func(n Night, r exchange.Run) any { return n.jobs(r.Step) }},
		{"执行次数", "attempts", count, false, func(_ Night, r exchange.Run) any { return r.Attempts }},
		{"计数", "counts", text, false, func(n Night, r exchange.Run) any { return n.counts(r.Counts) }},
		{"说明", "notes", text, false, func(n Night, r exchange.Run) any { return strings.Join(r.Notes, n.say("；", "; ")) }},
	}
}

// jobs are the words for pull+process+….
func (n Night) jobs(joined string) string {
	names := strings.Split(joined, "+")
	for i, name := range names {
		names[i] = n.word(exchange.JobTerms(), name)
	}
	return strings.Join(names, n.say("、", ", "))
}

func (n Night) runState(r exchange.Run) any {
	word := n.word(exchange.RunStateTerms(), r.State)
	if r.State == exchange.RunFailed || r.State == exchange.RunMissed {
		return workbook.Toned{Value: word, Tone: workbook.Bad}
	}
	return word
}

func duration(_ Night, r exchange.Run) any {
	if r.Started.IsZero() || r.Ended.Before(r.Started) {
		return nil
	}
	return int64(r.Ended.Sub(r.Started) / time.Second)
}

// counts are a run's counters, by name.
func (n Night) counts(c map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		parts = append(parts, fmt.Sprintf("%s %d", CounterWord(name, n.say("zh", "en")), c[name]))
	}
	return strings.Join(parts, n.say("，", ", "))
}
