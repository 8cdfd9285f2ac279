package sheet

import (
	"fmt"
	"io"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Correct writes the corrections of a table, as Corrections.Write does of a batch.
func (t *Table[H, R]) Correct(to io.Writer, src io.Reader, c Corrections) error {
	err := c.write(to, src, func(file *workbook, w *correcting) error {
		name, err := t.sheet(file)
		if err != nil {
			return err
		}
		o := original{entry: t.entry(), name: name, find: t.column, isHead: t.isHeader, show: t.show}
		o.columns, o.entry.columns = o.entry.columns, nil
		left := MaxTableRows
		return w.copySheet(&o, &left)
	})
	if err != nil {
		return fmt.Errorf("answer to %s: %w", c.File, err)
	}
	return nil
}

// show is a value as the copy has it: put right, lists by their words.
func (t *Table[H, R]) show(c *batch.Info, s string) string {
	text, _ := normaliseKeyed(c, s, t.Also[c.Name])
	return c.Codes.Word(text, code.Chinese)
}
