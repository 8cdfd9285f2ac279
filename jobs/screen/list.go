package screen

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/story"
)

// List is one of the lists: how its rows are gathered, and how they stand on the
// Screen. --json prints the rows as they are.
type List struct {
	Gather func(*office.Desk, story.Filter) (rows any, n int, err error)
	Print  func(s Screen, rows any)
}

// listOf is a list of rows of one type, under a header whose columns cells fills.
func listOf[R any](gather func(*office.Desk, story.Filter) ([]R, error), cells func(Screen, R) []string, chinese, english string) List {
	return List{
		func(d *office.Desk, f story.Filter) (any, int, error) {
			rows, err := gather(d, f)
			return rows, len(rows), err
		},
		func(s Screen, rows any) {
			tabled(s, "", s.heads(chinese, english), rows.([]R), func(r R) []string { return cells(s, r) })
		},
	}
}

// Lists are the lists by their names.
func Lists() map[string]List {
	return map[string]List{
		"cases": listOf(story.ListCases, Screen.caseCells,
			"办件编号|方向|对方|姓名|状态|信息表|资金|轮到|等待|不晚于|原因",
			"case|side|partner|name|state|form|money|whose turn|waits for|until|reason"),
		"deadlines": listOf(story.ListDeadlines, Screen.deadlineCells,
			"剩余|时限|到期|轮到|等待|办件编号|方向|对方|姓名|状态|怎样计算",
			"WD left|limit|due|whose turn|waits for|case|side|partner|name|state|how counted"),
		"files": listOf(story.ListFiles, Screen.fileCells,
			"序号|收发|对方|种类|文件名|状态|记录|接收|待核|退回|时间|原因",
			"id|way|party|kind|name|state|records|accepted|held|refused|when|why"),
		"payments": listOf(story.ListPayments, Screen.paymentCells,
			"付款编号|对方|进度|金额|收款户名|账号|自|办件|文件|原因",
			"reference|partner|track|amount|payee|account|since|cases|file|reason"),
		"todo": listOf(story.ListTodo, Screen.todoCells,
			"紧急程度|事项|编号|当事人或对方|情况|轮到|期限|怎么办",
			"urgency|kind|number|who|what is the matter|whose turn|due|what to do"),
		"runs": listOf(story.ListRuns, Screen.runCells,
			"序号|业务日期|班次|任务|状态|开始|秒|次数|结果", "id|date|window|jobs|state|started|seconds|attempts|result"),
	}
}

func (s Screen) caseCells(r story.ListedCase) []string {
	who, wait, until := "", "", ""
	if r.Turn != nil {
		who, wait, until = s.word("owner", string(r.Turn.Owner)), r.Turn.Wait, r.Turn.Due.String()+s.provisional(r.Turn.Provisional)
	}
	state, form, money := s.tracks(r.Outline)
	return []string{r.No, s.word("direction", string(r.Side)), r.Partner, r.Person.Name, state, form, money, who, wait, until, Short(r.Reason, 24)}
}

func (s Screen) deadlineCells(r story.ListedCase) []string {
	left, limit, due, who, wait, counted := "", "", "", "", "", ""
	if r.Left != nil {
		left = strconv.Itoa(*r.Left)
	}
	if r.Turn != nil {
		who, wait = s.word("owner", string(r.Turn.Owner)), r.Turn.Wait
		counted = s.Sayf("自 %s 起 %d 个工作日", "from %s, %d working days", r.Turn.Since, r.Turn.WD)
	}
	switch r.Decides {
	case story.LimitLegal:
		limit, due, counted = s.Say("法定", "legal"), r.Due.String()+s.provisional(r.Limit.Provisional), r.Limit.Basis
	case story.LimitOwn: // counted is the turn's already
		limit, due = s.Say("本方", "own"), r.Due.String()+s.provisional(r.Turn.Provisional)
	}
	if r.Limit != nil && r.Limit.Stopped {
		counted = s.Sayf("法定时限停计，还剩 %d 个工作日", "the legal limit stands still with %d working days left", r.Limit.Left)
	}
	return []string{left, limit, due, who, wait, r.No, s.word("direction", string(r.Side)), r.Partner, r.Person.Name, r.State.Word, counted}
}

func (s Screen) fileCells(r story.ListedFile) []string {
	return []string{
		strconv.FormatInt(r.ID, 10), s.word("dir", string(r.Dir)), r.Party, s.word("file-kind", r.Kind), r.Name, r.State.Word,
		count(r.Records), count(r.Accepted), count(r.Held), count(r.Refused), s.minute(r.StateAt), Short(office.Join(" ", r.Code, s.InWords(r.Text)), 36),
	}
}

func (s Screen) paymentCells(r story.ListedPayment) []string {
	cases, file := strings.Join(r.Cases, " "), ""
	if len(r.Cases) > 2 { // a lump sum may have hundreds
		cases = fmt.Sprintf("%s … (%d)", r.Cases[0], len(r.Cases))
	}
	if r.FileID != 0 {
		file = strconv.FormatInt(r.FileID, 10)
	}
	return []string{
		r.Ref, r.Partner, s.word("money-out", string(r.Track)), r.Amount.String(), r.Payee.Holder, r.Payee.No, r.Since.String(), cases, file,
		Short(s.Words(r.Reason), 40),
	}
}

func (s Screen) todoCells(r exchange.Todo) []string {
	k, lang := exchange.TodoKindOf(r.Kind), s.Language()
	return []string{
		k.Urgency.Term().Word(lang), k.Word(lang), r.Called(), r.Who, Short(r.What, 60), s.word("owner", string(r.Owner)),
		r.Due.String() + s.provisional(r.Provisional), Short(r.Do, 40),
	}
}

func (s Screen) runCells(r exchange.Run) []string {
	started, seconds := "", ""
	if !r.Started.IsZero() {
		started = r.Started.In(s.Agency.Zone).Format("2006-01-02 15:04:05")
	}
	if !r.Started.IsZero() && r.Ended.After(r.Started) {
		seconds = strconv.FormatFloat(r.Ended.Sub(r.Started).Seconds(), 'f', 1, 64)
	}
	var result []string
	for name, n := range r.Counts {
		result = append(result, fmt.Sprintf("%s %d", report.CounterWord(name, s.Language()), n))
	}
	sort.Strings(result) // a map's order is another each time
	result = append(result, r.Notes...)
	return []string{
		strconv.FormatInt(r.ID, 10), r.Date.String(), r.Window, r.Job, s.word("run-state", r.State), started, seconds, count(r.Attempts), Short(strings.Join(result, ", "), 90),
	}
}
