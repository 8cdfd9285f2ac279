package report

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/formats/workbook"
)

// deadline is an open case with whose turn it is.
type deadline struct {
	exchange.Case
	turn exchange.Turn
	own  calendar.Date // until when, by the table of owners
}

func (n Night) deadlines() workbook.Sheet {
	columns := deadlineColumns()
	open := only(n.Cases, func(c exchange.Case) bool { return Awaits(n.Turns, c) })
	s := sheet(n, n.say("时限", "Deadlines"), n.say("在办业务办理时限", "Deadlines of open cases"), columns,
		func(yield func(deadline, error) bool) {
			if open == nil {
				return
			}
			for c, err := range open {
				if !yield(n.deadline(c), err) {
					return
				}
			}
		})
	for i, c := range columns {
		switch c.en {
		case "WD left":
			s.Rules = append(s.Rules,
				workbook.Rule{Column: i, Op: "<", Value: 0, Tone: workbook.Bad, Row: true},
				workbook.Rule{Column: i, Op: "<=", Value: 2, Tone: workbook.Warn})
		case "owner's WD left":
			s.Rules = append(s.Rules, workbook.Rule{Column: i, Op: "<", Value: 0, Tone: workbook.Warn})
		}
	}
	return s
}

// Awaits tells whether somebody still has something to do about a case.
func Awaits(turns []exchange.Turn, c exchange.Case) bool {
	_, turn := exchange.TurnOf(turns, c)
	return turn || !c.State.Final(c.Side)
}

func (n Night) deadline(c exchange.Case) deadline {
	d := deadline{Case: c}
	turn, ok := exchange.TurnOf(n.Turns, c)
	if !ok {
		return d
	}
	d.turn = turn
	since := map[string]calendar.Date{"state": c.StateSince, "form": c.FormSince, "money": c.MoneySince}[turn.Since]
	if since != 0 && n.Calendar != nil {
		d.own = n.Calendar.Due(since, turn.WD, calendar.DueOptions{}).Date
	}
	return d
}

// left is the number of working days until a date; nothing for no date.
func (n Night) left(due calendar.Date) any {
	if due == 0 || n.Calendar == nil {
		return nil
	}
	return n.Calendar.Left(n.Date, due)
}

// basis says how a due date was counted, in the night's language.
func (n Night) basis(c exchange.Case) string {
	if c.Due == 0 {
		return ""
	}
	clock, ok := c.RunningClock(n.Profiles[c.Profile])
	if !ok {
		return ""
	}
	text := fmt.Sprintf(n.say("%s：自 %s 起 %d 个工作日", "%s: from %s, %d working days"), n.word(exchange.ClockTerms(), clock.Name), clock.From, clock.WD)
	if stops := len(c.Stopped); stops > 0 {
		text += fmt.Sprintf(n.say("，其间停计 %d 次", ", stopped %d times"), stops)
	}
	return text
}

func deadlineColumns() []column[deadline] {
	text, middle, date, count := workbook.Text, workbook.Middle, workbook.Date, workbook.Count
	return []column[deadline]{
		{"办件编号", "case", text, false, func(_ Night, d deadline) any { return d.No }},
		{"方向", "side", middle, false, func(n Night, d deadline) any { return n.word(exchange.SideTerms(), string(d.Side)) }},
		{"对方经办机构", "partner", text, false, func(n Night, d deadline) any { return n.partner(d.Partner) }},
		{"姓名", "name", text, false, func(_ Night, d deadline) any { return d.Person.Name }},
		{"证件号码", "ID number", text, false, func(n Night, d deadline) any { return n.id(d.Person.IDNo) }},
		{"业务状态", "state", middle, false, func(n Night, d deadline) any { return n.state(d.Case) }},
		{"信息表", "form", middle, false, func(n Night, d deadline) any { return formTracks(n, d.Side, d.FormTrack) }},
		{"资金", "money", middle, false, func(n Night, d deadline) any { return moneyTracks(n, d.Side, d.MoneyTrack) }},
		{"法定到期日", "due", date, false, func(_ Night, d deadline) any { return d.Due }},
		{"剩余工作日", "WD left", count, false, func(n Night, d deadline) any { return n.left(d.Due) }},
		{"暂定", "provisional", middle, false, func(n Night, d deadline) any { return n.yes(d.DueProvisional && d.Due != 0) }},
		{"期限依据", "how counted", text, false, func(n Night, d deadline) any { return n.basis(d.Case) }},
		{"待办方", "whose turn", middle, false, func(n Night, d deadline) any { return n.word(exchange.OwnerTerms(), string(d.turn.Owner)) }},
		{"等待事项", "waits for", text, false, func(n Night, d deadline) any { return d.turn.Wait.Word(n.say("zh", "en")) }},
		{"待办期限", "owner's due", date, false, func(_ Night, d deadline) any { return d.own }},
		{"待办剩余工作日", "owner's WD left", count, false, func(n Night, d deadline) any { return n.left(d.own) }},
		{"原因说明", "reason", text, false, func(n Night, d deadline) any { return n.reason(d.Case) }},
	}
}
