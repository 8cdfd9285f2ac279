package jobs_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/jobs/todo"
)

// todoRow is a row of the sheet To do.
type todoRow struct{ urgency, kind, no, who, rest string }

// todoRows makes the night's workbook and reads its sheet To do.
func (o *testOffice) todoRows() (rows []todoRow) {
	o.tb.Helper()
	o.env.Date = calendar.DateOf(o.now)
	if _, err := o.env.Report(o.tb.Context()); err != nil && !o.unproved {
		o.tb.Fatal(err)
	}
	f, err := excelize.OpenFile(filepath.Join(o.env.Reports, o.env.Date.String()+".xlsx"))
	if err != nil {
		o.tb.Fatal(err)
	}
	defer f.Close()
	all, err := f.GetRows("待办")
	if err != nil || len(all) < 4 {
		o.tb.Fatalf("%q: %v", all, err)
	}
	for _, r := range all[3:] {
		rows = append(rows, todoRow{r[0], r[1], r[2], r[3], strings.Join(r[4:], " ")})
	}
	return rows
}

// TestTodoNamesCauses: whatever stands still is on the sheet To do under its
// own kind, the most urgent first, and no case stands there twice.
func TestTodoNamesCauses(t *testing.T) {
	o := newOffice(t, func(e *jobs.Env) {
		for i := range e.Parties {
			if e.Parties[i].Code == portal {
				e.Parties[i].Expected = []office.Expected{{Kind: formats.KindApplication, By: "09:00"}}
			}
		}
	})
	w, l := wang(t), li(t)
	o.setDualRelease(w, l)
	late, held := leaver(us, 1), leaver(us, 2)
	o.put(core, formats.KindRegistry, o.insured(late), o.insured(held))
	o.put(them, formats.KindLetter, o.letter(them, 2, late, withAccount(secondAccount(them))))
	o.pass()
	o.skipDays(60) // the law's limit passes
	o.put(them, formats.KindLetter, o.letter(them, 3, held, withAccount(secondAccount(them))))
	o.sequence[them+formats.KindLetter]++ // a number is left out
	o.answerLetter(leaver(us, 0), 1)
	payment := o.waitingFile()
	o.leaveNotification(creditEntry("K1", 12_345, "no words", ""))
	o.pass()
	rows := o.todoRows()
	lateNo, heldNo := o.caseBy("out", late).No, o.caseBy("out", held).No
	for _, want := range []todoRow{
		{urgency: "紧急", kind: "超过法定时限", no: lateNo},
		{urgency: "尽快", kind: "付款待签名", no: payment.Name},
		{urgency: "尽快", kind: "到账待认领"},
		{urgency: "尽快", kind: "办件待决定", no: heldNo},
		{urgency: "尽快", kind: "文件逾期未到"},
		{urgency: "尽快", kind: "批次缺号"},
	} {
		n := 0
		for _, r := range rows {
			if r.kind == want.kind && r.urgency == want.urgency && (want.no == "" || r.no == want.no) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%+v stands there %d times", want, n)
		}
	}
	if !slices.ContainsFunc(rows, func(r todoRow) bool { return r.no == them && strings.Contains(r.kind, "签名") }) {
		t.Error("nobody is told that nothing is signed with " + them)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if strings.HasPrefix(r.no, "T") && seen[r.no] {
			t.Errorf("%s stands there twice", r.no)
		}
		seen[r.no] = true
	}
	order := []string{"紧急", "尽快", "提示"}
	if !slices.IsSortedFunc(rows, func(a, b todoRow) int {
		return slices.Index(order, a.urgency) - slices.Index(order, b.urgency)
	}) {
		t.Error("not the most urgent first")
	}
	if t.Failed() {
		t.Logf("%q", rows)
	}
}

// TestTodoOfARejectedFile: a file that was rejected whole stands on the sheet,
// once however often it came, until its number has come right.
func TestTodoOfARejectedFile(t *testing.T) {
	o := newOffice(t)
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	broken := bytes.Replace(content, []byte("echo-1"), []byte("echo-2"), 1)
	for range 2 {
		o.leaveFile(them, name, broken)
		o.pass()
		if got := o.todoNumbers("来文整批退回"); !slices.Equal(got, []string{name}) {
			t.Errorf("after it was rejected: %q", got)
		}
	}
	o.leaveFile(them, name, content)
	o.pass()
	if got := o.todoNumbers("来文整批退回"); got != nil {
		t.Errorf("after it came right: %q", got)
	}
}

// todoNumbers are the numbers of the rows of a kind.
func (o *testOffice) todoNumbers(kind string) (numbers []string) {
	o.tb.Helper()
	for _, r := range o.todoRows() {
		if r.kind == kind {
			numbers = append(numbers, r.no)
		}
	}
	return numbers
}

// pressing is what of a kind makes a pass of the day end with exit code 3.
func (o *testOffice) pressing(kind string) []exchange.Todo {
	o.tb.Helper()
	return slices.DeleteFunc(o.todoList(), func(t exchange.Todo) bool { return t.Kind != kind || !t.Presses(o.env.Date) })
}

// todoList is all that needs a person on the day.
func (o *testOffice) todoList() (list []exchange.Todo) {
	o.tb.Helper()
	o.env.Date = calendar.DateOf(o.now)
	err := o.env.View(o.tb.Context(), func(d *office.Desk) (err error) {
		list, err = todo.List(d)
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	return list
}
