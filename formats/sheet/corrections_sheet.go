package sheet

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// copyBatch copies the envelope and the sheets of a batch.
func (w *correcting) copyBatch(kind *batch.Kind, values map[string]string) error {
	w.kind, w.lists = kind, choices(kind)
	if _, err := w.file.NewSheet(envelopeSheet); err != nil {
		return err
	}
	left := maxSheetRows
	for _, row := range kind.RowTypes() {
		name := w.find(row.Type)
		if name == "" {
			continue
		}
		e := &entry{sheet: row.Type, row: row.Type, title: row.Title, lists: w.listsOf(row.Type)}
		o := original{
			entry: e, name: name, columns: row.Columns,
			find: func(title string) int {
				return slices.IndexFunc(row.Columns, func(c batch.Info) bool { return c.Name == titleName(title) })
			},
			isHead: func(cells []string) bool { return !allBlank(cells) },
			show:   showBatch,
		}
		if err := w.copySheet(&o, &left); err != nil {
			return err
		}
	}
	if err := w.copyEnvelope(values); err != nil {
		return err
	}
	return w.writeCodes()
}

// copyEnvelope writes what the envelope said. Count and total count anew, the
// digest would be that of what is corrected.
func (w *correcting) copyEnvelope(said map[string]string) error {
	values := make([]string, len(envelopeFields))
	for i, e := range envelopeFields {
		values[i] = said[e.Name]
	}
	if w.Taken && w.Verdict != code.FileRejected {
		values[4] = "" // the sequence is used
	}
	return w.envelopeForm(values, func(i int) (style int, why string, err error) {
		var about []*told
		for _, row := range []string{"H", "T"} {
			for _, t := range w.told[rowAt{row, 1}] {
				if t.Field == envelopeFields[i].Name {
					about = append(about, t)
				}
			}
		}
		w.locate(about, envelopeSheet, 1, i+1, &envelopeFields[i].Info, said[envelopeFields[i].Name])
		return w.mark(about, envelopeFields[i].Type), explain(about), w.note(envelopeSheet, "B"+strconv.Itoa(i+1), about)
	})
}

// original is a sheet of the original, and the sheet of the copy that it
// becomes.
type original struct {
	*entry
	name    string
	columns []batch.Info                         // that belong there
	find    func(title string) int               // which of them a title names; -1 for none
	isHead  func(cells []string) bool            // whether a row is the header row
	show    func(c *batch.Info, s string) string // a value as the copy has it
	from    []int                                // where each column of the copy stood
}

// copySheet copies the rows of a sheet to where they stood, at most left.
func (w *correcting) copySheet(o *original, left *int) error {
	rows, err := w.from.Rows(o.name)
	if err != nil {
		return unreadable(o.name)
	}
	return errors.Join(w.copyRows(rows, o, left), rows.Close())
}

func (w *correcting) copyRows(rows *excelize.Rows, o *original, left *int) error {
	var above [][]string
	var out *excelize.StreamWriter
	for n := 1; rows.Next() && *left > 0; n++ {
		cells, err := rows.Columns()
		if err != nil {
			break // told as a fault of the file; what was read is shown
		}
		switch {
		case out == nil && !o.isHead(cells):
			if above = append(above, cells); n > maxFactRows {
				return nil // no header row: nothing that could be shown in place
			}
		case out == nil:
			o.head = n
			o.arrange(cells)
			if out, err = w.addEntry(o.entry); err != nil {
				return err
			}
			if err := w.headOf(o, out, above); err != nil {
				return err
			}
		case !allBlank(cells):
			*left--
			if err := w.copyRow(o, out, n, cells); err != nil {
				return err
			}
		}
	}
	if out == nil {
		return nil
	}
	return out.Flush()
}

// arrange places the columns as they stood, then those that were missing, then
// the one of explanations. The columns of earlier corrections go.
func (o *original) arrange(titles []string) {
	used := make([]bool, len(o.columns))
	for i, title := range titles {
		c := o.find(title)
		switch {
		case c >= 0 && !used[c]:
			used[c] = true
			o.place(o.columns[c], i)
		case titleName(title) != problemColumn && titleName(title) != lineColumn && !batch.Blank(title):
			o.place(batch.Info{Title: title, Type: batch.TypeText}, i)
			o.loose = true
		}
	}
	for c := range o.columns {
		if !used[c] {
			o.place(o.columns[c], -1)
			o.loose = true
		}
	}
	o.place(batch.Info{Name: problemColumn, Title: "问题说明", Type: batch.TypeText}, -1)
}

func (o *original) place(c batch.Info, from int) {
	o.entry.columns, o.from = append(o.entry.columns, c), append(o.from, from)
}

// headOf writes the header row and what stood above it: facts, each beside its
// title.
func (w *correcting) headOf(o *original, out *excelize.StreamWriter, above [][]string) error {
	for i, texts := range above {
		about := w.told[rowAt{o.row, i + 1}]
		cells := make([]any, len(texts))
		for j, text := range texts {
			style := w.open.text
			switch j {
			case 0:
				style = w.head
			case 1:
				style = w.mark(about, batch.TypeText)
				w.locate(about, o.sheet, j, i+1, &batch.Info{Title: texts[0]}, text)
			}
			cells[j] = excelize.Cell{StyleID: style, Value: text}
		}
		if len(texts) > 1 {
			if err := w.note(o.sheet, "B"+strconv.Itoa(i+1), about); err != nil {
				return err
			}
		}
		if err := out.SetRow("A"+strconv.Itoa(i+1), cells, excelize.RowOpts{Height: 33}); err != nil {
			return err
		}
	}
	return w.headRow(out, o.entry)
}

// locate keeps which cell of the copy faults are about.
func (w *correcting) locate(about []*told, sheet string, column, line int, c *batch.Info, text string) {
	for _, t := range about {
		t.name = strings.TrimSpace(title(c.Title, c.Name))
		t.cell, t.text = quotedSheet(sheet)+"!"+letters(column)+strconv.Itoa(line), text
	}
}

// copyRow writes a row with its faulty cells marked, and the explanation of all
// of them at its end.
func (w *correcting) copyRow(o *original, out *excelize.StreamWriter, line int, texts []string) error {
	all := w.told[rowAt{o.row, line}]
	last := len(o.entry.columns) - 1
	cells, no := make([]any, last+1), ""
	for i := range o.entry.columns[:last] {
		c := &o.entry.columns[i]
		text := ""
		if at := o.from[i]; at >= 0 && at < len(texts) {
			text = o.show(c, texts[at])
		}
		if c.Name == o.columns[0].Name {
			no = text // of the record, or of the one that a detail row belongs to
		}
		about := o.about(all, i)
		if len(about) > 0 {
			w.locate(about, o.sheet, i, line, c, text)
			if err := w.note(o.sheet, letters(i)+strconv.Itoa(line), about); err != nil {
				return err
			}
		}
		cells[i] = styled(w.mark(about, c.Type), c.Type, text)
	}
	why := excelize.Cell{StyleID: w.prose, Value: w.said(all, no)}
	cells[last] = why
	return out.SetRow("A"+strconv.Itoa(line), cells, excelize.RowOpts{Height: highest([]excelize.Cell{{}, why}, []float64{1, problemWidth})})
}

// about picks what is told of the i-th column. What is told of the row as a
// whole, or of a column that is not there, stands at the first.
func (o *original) about(all []*told, i int) (some []*told) {
	for _, t := range all {
		at := slices.IndexFunc(o.entry.columns, func(c batch.Info) bool { return c.Name != "" && c.Name == t.Field })
		if max(at, 0) == i && t.Code != "" {
			some = append(some, t)
		}
	}
	return some
}

// showBatch is a value of a batch as the answer has it: put right what was keyed differently,
// lists as their drop-downs offer them.
func showBatch(c *batch.Info, s string) string {
	text, _ := normalise(c, s)
	if e, ok := c.Values().Find(text); ok {
		return choiceText(e)
	}
	return text
}
