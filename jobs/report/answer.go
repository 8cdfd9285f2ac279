package report

import (
	"carryover/exchange"
	"carryover/formats/workbook"
)

// Verdict is what became of one row of a decisions workbook.
type Verdict struct {
	Line   int // in the workbook as it was handed in
	No     string
	Action string // as it stood there
	Result string
	Why    string
}

// Results of a row.
const (
	Accepted  = "accepted"
	Before    = "before"
	Undecided = "undecided"
	Refused   = "refused"
)

func results() []exchange.Term {
	return []exchange.Term{
		{Code: Accepted, Chinese: "已接受", English: "accepted"},
		{Code: Before, Chinese: "此前已作", English: "taken before"},
		{Code: Undecided, Chinese: "未作决定", English: "nothing decided"},
		{Code: Refused, Chinese: "不予接受", English: "refused"},
	}
}

// Answer is the workbook that tells an officer what became of every row of the
// decisions workbook of that name, in the order in which they stood there.
func Answer(n Night, name string, verdicts []Verdict) workbook.Book {
	tones := map[string]workbook.Tone{Accepted: workbook.Good, Before: workbook.Plain, Refused: workbook.Bad}
	columns := []column[Verdict]{
		{"行", "row", workbook.Count, false, func(_ Night, v Verdict) any { return v.Line }},
		{"编号", "number", workbook.Text, false, func(_ Night, v Verdict) any { return v.No }},
		{"所填决定", "decision entered", workbook.Text, false, func(_ Night, v Verdict) any { return v.Action }},
		{"结果", "result", workbook.Middle, false, func(n Night, v Verdict) any {
			return workbook.Toned{Value: n.word(results(), v.Result), Tone: tones[v.Result]}
		}},
		{"说明", "why, and what follows", workbook.Text, false, func(_ Night, v Verdict) any { return v.Why }},
	}
	title := n.say("决定表答复", "Answer to decisions")
	list := sheet(n, n.say("答复", "Answer"), title+"："+name, columns, func(yield func(Verdict, error) bool) {
		for _, v := range verdicts {
			if !yield(v, nil) {
				return
			}
		}
	})
	return n.book(title, list)
}
