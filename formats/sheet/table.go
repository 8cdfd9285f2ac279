package sheet

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Table is a sheet that people key and that is no batch: facts on top, each a
// title with its value beside it, then one header row, then the rows. It has
// no envelope, sequence or digest. H keeps the facts, R a row; both are
// described by columns as in batches.
//
// What is keyed is forgiven more than in a batch (normaliseKeyed), each time with a
// warning; what cannot be understood is a fault with row, column and code, and
// all of them are told.
type Table[H, R any] struct {
	Name    string // of the kind: bank-statement
	Title   batch.Words
	Sheet   string // name of the sheet; any name will do where it is the only one
	Rows    int    // at most; 0: MaxTableRows
	Head    []batch.Column[H]
	Columns []batch.Column[R]
	// Also lists further words for the values of a closed list, by column; the
	// list's own words are understood without.
	Also map[string]map[string]string
	// Check is what no single column can tell. It sees the rows in their order,
	// with the facts; ok is false for a row with a fault. It may be nil.
	Check func(h *H, r *R, ok bool, f *batch.Findings)
}

// MaxTableRows bounds a table: what people key is short.
const MaxTableRows = 20_000

// maxTableFaults bounds the faults that are kept of a table.
const maxTableFaults = 1000

// TableRow is a row of a table and where it stands on the sheet.
type TableRow[R any] struct {
	Line  int
	Value R
}

// Keyed is a table as it was read.
type Keyed[H, R any] struct {
	Head   H
	Rows   []TableRow[R] // those without a fault
	Faults []batch.Fault // Row names the sheet; Field the column
	Total  int           // of the faults; the first thousand are listed
	Lines  int           // rows found
}

// Refused reports whether anything but warnings was found.
func (k *Keyed[H, R]) Refused() bool {
	return faulty(k.Faults)
}

// Read reads a table from a workbook. maxUnzip bounds the unpacked workbook; 0
// is 64 MiB. The error is for what is not the file's fault.
func (t *Table[H, R]) Read(src io.Reader, maxUnzip int64) (*Keyed[H, R], error) {
	k := &Keyed[H, R]{}
	file, err := openWorkbook(src, cmp.Or(max(maxUnzip, 0), 64<<20))
	if err == nil {
		err = errors.Join(t.readFile(file, k), file.Close())
	}
	var own *batch.FileFault
	if errors.As(err, &own) {
		k.add(batch.Fault{Code: own.Code, Text: own.Text})
		return k, nil
	}
	return k, err
}

func (k *Keyed[H, R]) add(faults ...batch.Fault) {
	for _, f := range faults {
		if k.Total++; len(k.Faults) < maxTableFaults {
			k.Faults = append(k.Faults, f)
		}
	}
}

func (t *Table[H, R]) readFile(file *workbook, k *Keyed[H, R]) error {
	name, err := t.sheet(file)
	if err != nil {
		return err
	}
	rows, err := file.Rows(name)
	if err != nil {
		return unreadable(name)
	}
	return errors.Join(t.readRows(file, rows, name, k), rows.Close())
}

// sheet finds the table's sheet: by its name, else the only one with anything
// on it, instructions and lists apart.
func (t *Table[H, R]) sheet(file *workbook) (string, error) {
	var others []string
	for _, name := range file.GetSheetList() {
		if strings.TrimSpace(name) == t.Sheet {
			return name, nil
		}
		rows, err := file.Rows(name)
		if err != nil {
			return "", unreadable(name)
		}
		if rows.Next() && !slices.Contains(aside, strings.TrimSpace(name)) {
			others = append(others, name)
		}
		if err := rows.Close(); err != nil {
			return "", err
		}
	}
	if len(others) == 1 {
		return others[0], nil
	}
	return "", refused(code.WrongEnvelope, batch.Quoted("没有工作表 / there is no sheet", t.Sheet))
}

// maxFactRows is how far down the header row is looked for.
const maxFactRows = 30

func (t *Table[H, R]) readRows(b *workbook, rows *excelize.Rows, name string, k *Keyed[H, R]) error {
	facts, head := map[string]placed{}, []int(nil)
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return unreadable(name)
		}
		odd := b.cells.Right(name, n, cells)
		switch {
		case allBlank(cells):
		case head == nil && t.isHeader(cells):
			if head, err = t.header(name, cells); err != nil {
				return err
			}
			t.readHead(b, facts, k)
		case head == nil && n > maxFactRows:
			return t.headless(name)
		case head == nil:
			t.fact(facts, cells, n)
		case k.Lines == cmp.Or(t.Rows, MaxTableRows):
			return refused(code.TooLarge, fmt.Sprintf("最多 %d 行，请分成几个文件 / at most %d rows; divide the file", k.Lines, k.Lines))
		default:
			t.readRow(b, head, cells, odd, n, k)
		}
	}
	if rows.Error() != nil {
		return unreadable(name)
	}
	if head == nil {
		return t.headless(name)
	}
	return nil
}

func (t *Table[H, R]) headless(sheet string) error {
	return refused(code.WrongEnvelope, batch.Quoted("找不到表头行（各列名称）/ the row with the columns' titles is not there", sheet))
}

// placed is a fact as it was found.
type placed struct {
	text string
	line int
}

// fact takes the title and value of a line above the header row.
func (t *Table[H, R]) fact(facts map[string]placed, cells []string, n int) {
	for i, c := range cells {
		at := slices.IndexFunc(t.Head, func(h batch.Column[H]) bool { return titled(&h.Info, c) })
		if at < 0 {
			continue
		}
		value := ""
		for _, next := range cells[i+1:] {
			if value = next; !batch.Blank(value) {
				break
			}
		}
		facts[t.Head[at].Name] = placed{value, n}
		return
	}
}

// titled reports whether a title names the column: 金额 amount, 金额, amount.
func titled(c *batch.Info, title string) bool {
	title = strings.TrimRight(strings.TrimSpace(title), "：: ")
	chinese, _, _ := strings.Cut(title, "（")
	return title != "" && (titleName(title) == c.Name || strings.TrimSpace(chinese) == c.Title)
}

func (t *Table[H, R]) column(title string) int {
	return slices.IndexFunc(t.Columns, func(c batch.Column[R]) bool { return titled(&c.Info, title) })
}

// isHeader tells the header row by at least three of its columns.
func (t *Table[H, R]) isHeader(cells []string) bool {
	known := 0
	for _, c := range cells {
		if t.column(c) >= 0 {
			known++
		}
	}
	return known >= min(3, len(t.Columns))
}

// header says in which cell each column stands. All must be there, none twice,
// and no other: a column that we do not know might change what a row means.
func (t *Table[H, R]) header(sheet string, titles []string) ([]int, error) {
	at := make([]int, len(t.Columns), len(t.Columns)+1)
	for i := range at {
		at[i] = -1
	}
	for i, title := range titles {
		switch c := t.column(title); {
		case c >= 0 && at[c] < 0:
			at[c] = i
		case !batch.Blank(title) && titleName(title) != problemColumn:
			return nil, refused(code.WrongEnvelope, batch.Quoted(fmt.Sprintf("工作表 %s 有多余的列 / sheet %s has a column too many", sheet, sheet), title))
		}
	}
	for i, c := range at {
		if c < 0 {
			return nil, refused(code.WrongEnvelope, batch.Quoted(fmt.Sprintf("工作表 %s 缺少列 / sheet %s lacks the column", sheet, sheet), title(t.Columns[i].Title, t.Columns[i].Name)))
		}
	}
	return append(at, len(titles)), nil
}

// readHead reads the facts.
func (t *Table[H, R]) readHead(b *workbook, facts map[string]placed, k *Keyed[H, R]) {
	for i, c := range batch.Bind(t.Head, &k.Head) {
		found := facts[c.Name]
		f := batch.NewFindings(max(found.line, 1), t.Sheet)
		t.keyed(&c, t.Head[i].Name, b.dated(c.Info, found.text), f)
		k.add(f.Faults()...)
	}
}

// keyed reads one cell as people key it.
func (t *Table[H, R]) keyed(c *batch.Cell, name, text string, f *batch.Findings) {
	text, why := normaliseKeyed(c.Info, text, t.Also[name])
	if why != "" {
		f.Add(name, code.Normalised, why)
	}
	if fault, what := c.Set(text); fault != "" {
		f.Add(name, fault, what)
	}
}

func (t *Table[H, R]) readRow(b *workbook, at []int, cells []string, odd map[int]string, n int, k *Keyed[H, R]) {
	k.Lines++
	row := TableRow[R]{Line: n}
	f := batch.NewFindings(n, t.Sheet)
	for i, c := range batch.Bind(t.Columns, &row.Value) {
		text := ""
		if at[i] < len(cells) {
			text = cells[at[i]]
		}
		if what := odd[at[i]]; what != "" {
			f.Add(t.Columns[i].Name, code.Malformed, what)
			continue
		}
		t.keyed(&c, t.Columns[i].Name, b.dated(c.Info, text), f)
	}
	for i := at[len(t.Columns)]; i < len(cells); i++ {
		if !batch.Blank(cells[i]) {
			f.Add("", code.Malformed, "表头以外的单元格有内容 / something stands beside the titled columns")
			break
		}
	}
	sound := !slices.ContainsFunc(f.Faults(), func(x batch.Fault) bool { return !x.Warning() })
	if t.Check != nil {
		t.Check(&k.Head, &row.Value, sound, f)
		sound = sound && !slices.ContainsFunc(f.Faults(), func(x batch.Fault) bool { return !x.Warning() })
	}
	k.add(f.Faults()...)
	if sound {
		k.Rows = append(k.Rows, row)
	}
}

// Enveloped reports whether a workbook is a batch, with an envelope; what
// cannot be opened counts as one, for the batch's reader to say why.
func Enveloped(src io.Reader) (bool, error) {
	names, err := sheetNames(src)
	return err == nil && (names == nil || slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, envelopeSheet) })), err
}

// Named reports whether a workbook has a sheet with the table's name.
func (t *Table[H, R]) Named(src io.Reader) (bool, error) {
	names, err := sheetNames(src)
	return slices.Contains(names, t.Sheet), err
}

// sheetNames lists a workbook's sheets; nil when it cannot be opened.
func sheetNames(src io.Reader) ([]string, error) {
	file, _, err := openFile(src, 64<<20)
	var own *batch.FileFault
	if errors.As(err, &own) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := file.GetSheetList()
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names, file.Close()
}
