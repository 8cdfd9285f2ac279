package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/exchange/store"
)

// staffWithFolders gives the office a clerk, a finance officer and a checker,
// with folders and keys, while payments need nobody.
func staffWithFolders(o *testOffice) (clerk, finance, checker *signer) {
	o.tb.Helper()
	clerk = newSigner(o.tb, "zhao.lei", "赵蕾", exchange.RoleClerk)
	finance = newSigner(o.tb, "li.na", "李娜", exchange.RoleFinance)
	checker = newSigner(o.tb, "wang.min", "王敏", exchange.RoleChecker)
	o.hire(clerk, finance, checker)
	o.env.Rules.AutomaticRelease = true
	o.pass() // takes them over
	return clerk, finance, checker
}

// passAndReport makes a pass, and one with reports, so that the officers have
// their workbooks.
func (o *testOffice) passAndReport() {
	o.tb.Helper()
	o.pass()
	o.env.Date = calendar.DateOf(o.now)
	if _, err := o.env.Report(context.Background()); err != nil {
		o.tb.Fatal(err)
	}
	o.pass()
}

// workbookName is the name of today's decisions workbook: 业务 or 财务.
func (o *testOffice) workbookName(which string) string {
	return fmt.Sprintf("decisions-%s-%s.xlsx", calendar.DateOf(o.now), which)
}

// decisionsForm is a decisions workbook being filled in.
type decisionsForm struct {
	o     *testOffice
	book  *excelize.File
	sheet string
	head  int
	at    map[string]int
}

// openWorkbook opens the workbook that lies in an officer's folder.
func (o *testOffice) openWorkbook(s *signer, name string) *decisionsForm {
	o.tb.Helper()
	content := o.officerFile(s, name)
	if content == nil {
		files, _ := os.ReadDir(o.dropPath(exchange.OfficerParty(s.Name), "out", ""))
		o.tb.Fatalf("%s has no %s, but %v", s.Name, name, files)
	}
	return o.readWorkbook(content)
}

// readWorkbook opens a decisions workbook and finds its columns.
func (o *testOffice) readWorkbook(content []byte) *decisionsForm {
	o.tb.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		o.tb.Fatal(err)
	}
	o.tb.Cleanup(func() { book.Close() })
	f := &decisionsForm{o: o, book: book, sheet: book.GetSheetList()[0], at: map[string]int{}}
	rows, err := book.GetRows(f.sheet)
	if err != nil {
		o.tb.Fatal(err)
	}
	for i, row := range rows {
		if slices.Contains(row, "编号") {
			f.head = i + 1
			for col, title := range row {
				f.at[title] = col + 1
			}
			return f
		}
	}
	o.tb.Fatalf("no header row among %q", rows)
	return nil
}

// rows are the data rows: line and cells.
func (f *decisionsForm) rows() map[int][]string {
	f.o.tb.Helper()
	all, err := f.book.GetRows(f.sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		f.o.tb.Fatal(err)
	}
	list := map[int][]string{}
	for i := f.head; i < len(all); i++ {
		list[i+1] = all[i]
	}
	return list
}

// cell is the text of the cell in a line below a title, "" where there is none.
func (f *decisionsForm) cell(line int, title string) string {
	row := f.rows()[line]
	if col := f.at[title]; col > 0 && col <= len(row) {
		return row[col-1]
	}
	return ""
}

// line finds the row of a subject.
func (f *decisionsForm) line(no string) int {
	f.o.tb.Helper()
	for line := range f.rows() {
		if f.cell(line, "编号") == no {
			return line
		}
	}
	f.o.tb.Fatalf("no row about %s among %v", no, f.rows())
	return 0
}

// set writes a cell.
func (f *decisionsForm) set(line int, title string, value any) {
	f.o.tb.Helper()
	if f.at[title] == 0 {
		f.o.tb.Fatalf("no column %s", title)
	}
	cell, err := excelize.CoordinatesToCellName(f.at[title], line)
	if err == nil {
		err = f.book.SetCellValue(f.sheet, cell, value)
	}
	if err != nil {
		f.o.tb.Fatal(err)
	}
}

// decide fills in a row: the decision's word, and "column=value".
func (f *decisionsForm) decide(no, word string, more ...string) {
	f.o.tb.Helper()
	line := f.line(no)
	f.set(line, "决定", word)
	f.set(line, "理由", "已核实")
	for _, m := range more {
		title, value, _ := strings.Cut(m, "=")
		f.set(line, title, value)
	}
}

// offeredDecisions lists what a row's drop-down offers.
func (f *decisionsForm) offeredDecisions(no string) []string {
	f.o.tb.Helper()
	cell, _ := excelize.CoordinatesToCellName(f.at["决定"], f.line(no))
	all, err := f.book.GetDataValidations(f.sheet)
	if err != nil {
		f.o.tb.Fatal(err)
	}
	for _, v := range all {
		for _, area := range strings.Fields(v.Sqref) {
			if within(area, cell) {
				return strings.Split(strings.Trim(v.Formula1, `"`), ",")
			}
		}
	}
	return nil
}

func within(area, cell string) bool {
	from, to, ok := strings.Cut(area, ":")
	if !ok {
		to = from
	}
	c1, r1, _ := excelize.CellNameToCoordinates(from)
	c2, r2, _ := excelize.CellNameToCoordinates(to)
	c, r, _ := excelize.CellNameToCoordinates(cell)
	return c >= c1 && c <= c2 && r >= r1 && r <= r2
}

// bytes is the workbook as it is saved.
func (f *decisionsForm) bytes() []byte {
	f.o.tb.Helper()
	var b bytes.Buffer
	if err := f.book.Write(&b); err != nil {
		f.o.tb.Fatal(err)
	}
	return b.Bytes()
}

// handIn leaves a workbook in an officer's folder, signed by key if there is
// one, makes a pass, and returns the verdicts of the workbook that comes back:
// for each row "subject result", with why behind it.
func (o *testOffice) handIn(s *signer, name string, content []byte, key *signer) []string {
	o.tb.Helper()
	party := exchange.OfficerParty(s.Name)
	before := o.officerFiles(s)
	o.leaveFile(party, name, content)
	if key != nil {
		sig, err := key.key.Sign(bytes.NewReader(content), seal.NamespaceDecision)
		if err != nil {
			o.tb.Fatal(err)
		}
		o.leaveFile(party, name+seal.Suffix, sig)
	}
	o.pass()
	for _, answer := range o.officerFiles(s) {
		if slices.Contains(before, answer) || !strings.Contains(answer, ".answer") {
			continue
		}
		if strings.HasSuffix(answer, ".txt") {
			return []string{string(o.officerFile(s, answer))}
		}
		return o.verdictsIn(o.officerFile(s, answer))
	}
	o.tb.Fatalf("%s got no answer, but %q", s.Name, o.officerFiles(s))
	return nil
}

// officerFiles are the names in an officer's folder.
func (o *testOffice) officerFiles(s *signer) (names []string) {
	o.tb.Helper()
	files, err := os.ReadDir(filepath.Dir(o.dropPath(exchange.OfficerParty(s.Name), "out", "x")))
	if err != nil {
		o.tb.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

// verdictsIn are the verdicts of a workbook that came back, row by row.
func (o *testOffice) verdictsIn(content []byte) (list []string) {
	o.tb.Helper()
	f := o.readWorkbook(content)
	rows := f.rows()
	for _, line := range slices.Sorted(func(yield func(int) bool) {
		for line := range rows {
			if !yield(line) {
				return
			}
		}
	}) {
		list = append(list, strings.TrimSpace(f.cell(line, "编号")+" "+f.cell(line, "结果")+" "+f.cell(line, "说明")))
	}
	return list
}

// verdict is the verdict about one subject.
func verdict(answers []string, no string) string {
	for _, a := range answers {
		if strings.HasPrefix(a, no+" ") {
			return strings.TrimPrefix(a, no+" ")
		}
	}
	return ""
}

// unmatchedEntryKey is the key of the one credit that belongs to nobody.
func (o *testOffice) unmatchedEntryKey() (key string) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		all, err := unmatchedEntries(tx)
		if err == nil && len(all) == 1 {
			key = all[0].Key
		}
		return err
	})
	return key
}
