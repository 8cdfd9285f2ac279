package sheet

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Corrections are what is told about a workbook that came in, in a copy of it:
// the faulty cells are coloured and explained, the first sheet lists everything.
// The copy is made anew from the values of the cells and holds no macro, link
// or formula of the original; corrected, it can be sent as it is.
type Corrections struct {
	File    string // the workbook's name
	Verdict code.FileVerdict
	// Faults are the faults of the file and of its records. One without a code
	// marks nothing: its text is told beside the row.
	Faults []batch.Fault
	Total  int  // of the faults; those that are not in Faults are counted only
	Taken  bool // the file was worked: what is not refused is not to be sent again
}

// textAccepted stands beside the rows of a worked file that were not refused.
const textAccepted = "已接收；再报前请清空本行 / accepted: clear this row before you send this again"

// MaxReported is how many faults corrections tell.
const MaxReported = 5000

// maxNoted is how many of its cells carry a note.
const maxNoted = 500

// Write writes the corrections of a batch. What cannot be copied is left out:
// the first sheet is always there. The error is one of reading or writing.
func (c Corrections) Write(to io.Writer, src io.Reader, kinds []*batch.Kind) error {
	err := c.write(to, src, func(file *workbook, w *correcting) error {
		e, err := readEnvelope(file, w.find(envelopeSheet))
		if err != nil {
			return err
		}
		kind := batch.Find(kinds, e.values["kind"])
		if kind == nil {
			return nil
		}
		return w.copyBatch(kind, e.values)
	})
	if err != nil {
		return fmt.Errorf("answer to %s: %w", c.File, err)
	}
	return nil
}

// correcting is Corrections while they are written.
type correcting struct {
	*Corrections
	*book
	from       *workbook
	bad        cells             // styles of faulty cells
	normalised cells             // and of those that were put right
	prose      int               // style of explanations
	told       map[rowAt][]*told // by row
	noted      int

	refused map[string]bool // record numbers
}

// rowAt is a row of a sheet of the original.
type rowAt struct {
	sheet string
	line  int
}

// told is a fault and the cell of the copy that it is about.
type told struct {
	*batch.Fault
	cell string // L!H5; "" for none
	text string // of the original's cell
	name string // of its column
}

func (c *Corrections) write(to io.Writer, src io.Reader, copySheets func(*workbook, *correcting) error) error {
	file, err := openWorkbook(src, 1<<30)
	var own *batch.FileFault
	switch {
	case errors.As(err, &own):
		file = nil
	case err != nil:
		return err
	default:
		defer file.Close()
	}
	w := &correcting{Corrections: c, book: &book{file: excelize.NewFile(), sheets: make(map[string]*page)}, from: file, told: make(map[rowAt][]*told), refused: make(map[string]bool)}
	if err := w.begin(); err != nil {
		return err
	}
	if file != nil {
		if err := copySheets(file, w); err != nil && !errors.As(err, &own) {
			return err
		}
	}
	if err := w.list(); err != nil {
		return err
	}
	return w.save(to)
}

// begin makes the styles, and sorts what is to be told by rows.
func (w *correcting) begin() error {
	if err := w.styles(); err != nil {
		return err
	}
	if err := w.file.SetSheetName("Sheet1", problemsSheet); err != nil {
		return err
	}
	var err error
	if w.bad, err = w.filled("FFC7CE"); err != nil {
		return err
	}
	if w.normalised, err = w.filled("FFEB9C"); err != nil {
		return err
	}
	w.prose, err = w.file.NewStyle(&excelize.Style{
		NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}, Protection: &excelize.Protection{Locked: false},
	})
	for i := range w.Faults[:min(len(w.Faults), MaxReported)] {
		f := &w.Faults[i]
		at := rowAt{f.Row, f.Line}
		w.told[at] = append(w.told[at], &told{Fault: f})
		if f.Code != "" && !f.Warning() {
			w.refused[f.RecordNo] = true
		}
	}
	return err
}

// said is what stands beside a row: what is wrong with it, or that it was
// accepted. The details of a refused record are to be sent again with it.
func (w *correcting) said(all []*told, no string) string {
	if len(all) > 0 || !w.Taken || w.Verdict == code.FileRejected || w.refused[no] {
		return explain(all)
	}
	return textAccepted
}

// filled are styles of cells to type into that are coloured.
func (b *book) filled(color string) (cells, error) {
	var ids [3]int
	for i, format := range []int{49, 2, 1} {
		id, err := b.file.NewStyle(&excelize.Style{
			NumFmt: format, Alignment: &excelize.Alignment{Vertical: "center"}, Protection: &excelize.Protection{Locked: false}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}},
		})
		if err != nil {
			return cells{}, err
		}
		ids[i] = id
	}
	return cells{ids[0], ids[1], ids[2]}, nil
}

// find is the name of a sheet of the original as it stands there.
func (w *correcting) find(name string) string {
	for _, n := range w.from.GetSheetList() {
		if strings.EqualFold(strings.TrimSpace(n), name) {
			return n
		}
	}
	return ""
}

// mark is how a cell of a column looks for what is told of it.
func (w *correcting) mark(about []*told, t batch.Type) int {
	look := w.open.of(t)
	for _, f := range about {
		switch {
		case f.Code == "":
		case !f.Warning():
			return w.bad.of(t)
		default:
			look = w.normalised.of(t)
		}
	}
	return look
}

// note explains a faulty cell where it stands. Spreadsheets grow slow with
// thousands of notes, so the first ones have one.
func (w *correcting) note(sheet, cell string, about []*told) error {
	if len(about) == 0 || w.noted == maxNoted {
		return nil
	}
	w.noted++
	return w.file.AddComment(sheet, excelize.Comment{Cell: cell, Author: "Carryover", Text: explain(about), Width: 320, Height: 120})
}

// explain says in words what is wrong and what to do, a line for each.
func explain(about []*told) string {
	var lines []string
	for _, f := range about {
		if f.Code == "" {
			lines = append(lines, f.Text)
			continue
		}
		what := batch.WordsOf(f.Text)
		if what.ZH == "" {
			what = batch.Words{ZH: f.Code.Word(code.Chinese), EN: f.Code.Word(code.English)}
		}
		where := f.name
		if where != "" {
			where = "【" + where + "】"
		}
		lines = append(lines, where+what.ZH+"。"+f.Code.Todo(code.Chinese)+" "+what.EN+".")
	}
	return strings.Join(lines, "\n")
}

// verdict says in both languages what became of the file and what to do.
func (c *Corrections) verdict() []string {
	switch {
	case !c.Taken:
		return []string{
			"有问题的单元格已标红（黄色为已自动规范，请核对），移到单元格上可看说明。在本表上改正后即可报送。",
			"Faulty cells are red (yellow: put right for you, please check); their notes explain. Correct them in this workbook and send it.",
		}
	case c.Verdict == code.FileRejected:
		return []string{
			"整份退回，一条也没有办理。在本表上改正后再次报送即可，序号不变。",
			"The whole file was refused, nothing of it was worked. Correct it in this workbook and send it again; the sequence stays.",
		}
	}
	return []string{
		"标红的行已退回，其余各行已收，不要再报。请在本表上改正退回的行，清空其余各行后报送；序号已留空，由收方重新编号。",
		"Red rows were refused, the others were taken and are not to be sent again. Correct the refused rows, clear the others and send this; the sequence is left to the receiver.",
	}
}

// list writes the first sheet: what became of the file, and everything that is
// wrong, each with a link to its cell.
func (w *correcting) list() error {
	verdict, _ := code.FileVerdicts().Find(string(w.Verdict))
	rows := [][]excelize.Cell{texts(w.name, problemsSheet+" · problems"), texts(w.text, w.File), texts(w.text, verdict.Chinese+" · "+verdict.English)}
	for _, line := range w.verdict() {
		rows = append(rows, texts(w.text, line))
	}
	rows = append(rows, nil, texts(w.head, "位置 where", "记录编号 record", "列 column", "填写内容 typed", "问题 problem", "处理办法", "what to do"))
	n := 0
	for i := range w.Faults[:min(len(w.Faults), MaxReported)] {
		f := &w.Faults[i]
		if f.Code == "" {
			continue
		}
		n++
		t := w.toldOf(f)
		at := "A" + strconv.Itoa(len(rows)+1)
		if t.cell != "" {
			if err := w.file.SetCellHyperLink(problemsSheet, at, t.cell, "Location"); err != nil {
				return err
			}
		}
		rows = append(rows, w.listed(f, t))
	}
	if more := w.Total - n; more > 0 {
		rows = append(rows, texts(w.text, fmt.Sprintf("另有 %d 处 / and %d more", more, more)))
	}
	if err := w.landscape(problemsSheet, batch.Words{ZH: problemsSheet, EN: "problems"}, 1); err != nil {
		return err
	}
	return w.table(problemsSheet, []float64{16, 26, 30, 26, 50, 40, 50}, rows)
}

// toldOf finds what became of a fault while the cells were copied.
func (w *correcting) toldOf(f *batch.Fault) *told {
	for _, t := range w.told[rowAt{f.Row, f.Line}] {
		if t.Fault == f {
			return t
		}
	}
	return &told{Fault: f}
}

// listed is a fault as a row of the first sheet.
func (w *correcting) listed(f *batch.Fault, t *told) []excelize.Cell {
	where := "文件 file"
	if f.Line > 0 {
		where = f.Row + " " + strconv.Itoa(f.Line)
	}
	if sheet, cell, ok := strings.Cut(t.cell, "!"); ok {
		where = strings.Trim(sheet, "'") + "!" + cell
	}
	problem := f.Code.Word(code.Chinese) + " · " + f.Code.Word(code.English)
	if f.Text != "" {
		problem = f.Text
	}
	return texts(w.prose, where, f.RecordNo, cmp.Or(t.name, f.Field), batch.Clip(t.text), problem, f.Code.Todo(code.Chinese), f.Code.Todo(code.English))
}

// AreCorrections reports whether a workbook holds somebody's corrections to one
// of ours: its envelope names us as the sender, or it has none.
func AreCorrections(src io.Reader, us string) (bool, error) {
	file, err := openWorkbook(src, 1<<30)
	var own *batch.FileFault
	if errors.As(err, &own) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	w := correcting{from: file}
	if w.find(problemsSheet) == "" {
		return false, nil
	}
	e, err := readEnvelope(file, w.find(envelopeSheet))
	if err != nil {
		return errors.As(err, &own), nil
	}
	return e.values["sender"] == us, nil
}
