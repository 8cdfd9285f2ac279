package batch

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
)

// Answer answers a table as Answer.Write answers a batch.
func (t *Table[H, R]) Answer(to io.Writer, src io.Reader, a Answer) error {
	err := a.answer(to, src, func(file *excelize.File, w *answering) error {
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
		return fmt.Errorf("answer to %s: %w", a.File, err)
	}
	return nil
}

// show is a value as the answer has it: slips put right, lists by their words.
func (t *Table[H, R]) show(c *Info, s string) string {
	text, _ := tidyKeyed(c, s, t.Also[c.Name])
	return c.Codes.Word(text, code.Chinese)
}
