package main

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/jobs/report"
	"carryover/jobs/story"
)

// listed is a row of a list as --json prints it; the screen's cells are made of
// nothing else.
type listed interface {
	cells(s screen) []string
}

// The rows of the lists, and how each stands on the screen.
type (
	caseRow     struct{ story.ListedCase }
	deadlineRow struct{ story.ListedCase }
	fileRow     struct{ story.ListedFile }
	paymentRow  struct{ story.ListedPayment }
	runRow      struct{ story.ListedRun }
	todoRow     struct{ exchange.Todo }
)

// listHeads are the headers of the lists, Chinese and English, as cells fills them.
func listHeads() map[string][2]string {
	return map[string][2]string{
		"cases": {
			"办件编号|方向|对方|姓名|状态|信息表|资金|轮到|等待|不晚于|原因",
			"case|side|partner|name|state|form|money|whose turn|waits for|until|reason",
		},
		"deadlines": {
			"剩余|时限|到期|轮到|等待|办件编号|方向|对方|姓名|状态|怎样计算",
			"WD left|limit|due|whose turn|waits for|case|side|partner|name|state|how counted",
		},
		"files": {
			"序号|收发|对方|种类|文件名|状态|记录|接收|待核|退回|时间|原因",
			"id|way|party|kind|name|state|records|accepted|held|refused|when|why",
		},
		"payments": {
			"付款编号|对方|进度|金额|收款户名|账号|日期|办件|文件|原因",
			"reference|partner|track|amount|payee|account|date|cases|file|reason",
		},
		"todo": {"紧急程度|事项|编号|当事人或对方|情况|轮到|期限|怎么办", "urgency|kind|number|who|what is the matter|whose turn|due|what to do"},
		"runs": {"序号|业务日期|班次|任务|状态|开始|秒|次数|结果", "id|date|window|jobs|state|started|seconds|attempts|result"},
	}
}

// list prints a list for people.
func (s screen) list(what string, list []listed) {
	var rows [][]string
	for _, r := range list {
		rows = append(rows, r.cells(s))
	}
	head := listHeads()[what]
	printTable(s.w, "", s.heads(head[0], head[1]), rows)
}

func (r caseRow) cells(s screen) []string {
	who, wait, until := "", "", ""
	if r.Turn != nil {
		who, wait, until = r.Turn.OwnerWord, r.Turn.Wait, r.Turn.Due.String()+s.provisional(r.Turn.Provisional)
	}
	return []string{r.CaseNo, r.SideWord, r.Partner, r.Name, r.StateWord, r.FormWord, r.MoneyWord, who, wait, until, short(r.Reason, 24)}
}

func (r deadlineRow) cells(s screen) []string {
	left, limit, due, who, wait, counted := "", "", "", "", "", ""
	if r.Left != nil {
		left = strconv.Itoa(*r.Left)
	}
	if r.Turn != nil {
		who, wait = r.Turn.OwnerWord, r.Turn.Wait
		counted = s.sayf("自 %s 起 %d 个工作日", "from %s, %d working days", r.Turn.Since, r.Turn.WD)
	}
	switch r.Decides {
	case story.LimitLegal:
		limit, due, counted = s.say("法定", "legal"), r.Due.String()+s.provisional(r.Limit.Provisional), r.Limit.Basis
	case story.LimitOwn: // counted is the turn's already
		limit, due = s.say("本方", "own"), r.Due.String()+s.provisional(r.Turn.Provisional)
	}
	if r.Limit != nil && r.Limit.Stopped {
		counted = s.sayf("法定时限停计，还剩 %d 个工作日", "the legal limit stands still with %d working days left", r.Limit.Left)
	}
	return []string{left, limit, due, who, wait, r.CaseNo, r.SideWord, r.Partner, r.Name, r.StateWord, counted}
}

func (r fileRow) cells(s screen) []string {
	return []string{
		strconv.FormatInt(r.ID, 10), s.dirWord(r.Dir), r.Party, r.KindWord, r.Name, r.StateWord,
		count(r.Records), count(r.Accepted), count(r.Held), count(r.Refused), minute(r.At), short(join(" ", r.Code, r.Text), 36),
	}
}

func (r paymentRow) cells(screen) []string {
	cases, file := strings.Join(r.Cases, " "), ""
	if len(r.Cases) > 2 { // a lump sum may have hundreds
		cases = fmt.Sprintf("%s … (%d)", r.Cases[0], len(r.Cases))
	}
	if r.FileID != 0 {
		file = strconv.FormatInt(r.FileID, 10)
	}
	return []string{r.Ref, r.Partner, r.TrackWord, r.Amount, r.Payee, r.Account, r.Since.String(), cases, file, short(r.Reason, 40)}
}

func (r todoRow) cells(s screen) []string {
	k, owner := exchange.TodoKindOf(r.Kind), exchange.TermOf(exchange.OwnerTerms(), string(r.Owner))
	return []string{
		k.Urgency.Term().Word(s.lang), k.Word(s.lang), r.Called(), r.Who, short(r.What, 60), owner.Word(s.lang),
		r.Due.String() + s.provisional(r.Provisional), short(r.Do, 40),
	}
}

func (r runRow) cells(s screen) []string {
	started, seconds := "", ""
	if r.Started != nil {
		started = r.Started.Format("2006-01-02 15:04:05")
	}
	if r.Seconds > 0 {
		seconds = strconv.FormatFloat(r.Seconds, 'f', 1, 64)
	}
	var result []string
	for name, n := range r.Counts {
		result = append(result, fmt.Sprintf("%s %d", report.CounterWord(name, s.lang), n))
	}
	sort.Strings(result) // a map's order is another each time
	result = append(result, r.Notes...)
	return []string{
		strconv.FormatInt(r.ID, 10), r.Date.String(), r.Window, r.Jobs, r.StateWord, started, seconds, count(r.Attempts), short(strings.Join(result, ", "), 90),
	}
}
