package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/samples"
)

// answer writes a workbook back with what was found in it; one without faults
// needs no answer.
func (a *app) answer(j *judged, out string) error {
	src, err := os.Open(j.File)
	if err != nil {
		return err
	}
	defer src.Close()
	book, err := isBook(src)
	switch {
	case err != nil:
		return err
	case !book && filepath.Ext(j.File) != ".xlsx":
		return usageError{fmt.Errorf("%s: --answer is for workbooks", j.File)}
	case j.Total == 0:
		return nil
	}
	if err := samples.Create(out, func(w io.Writer) error { return formats.WriteCorrections(w, src, j.answer()) }); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.err, out)
	return err
}

// answer is what is told in a workbook that is written back.
func (j *judged) answer() sheet.Corrections {
	told := sheet.Corrections{File: filepath.Base(j.File), Verdict: j.Verdict, Total: j.Total}
	for _, f := range j.Faults {
		told.Faults = append(told.Faults, batch.Fault{Line: f.Line, Row: f.Row, RecordNo: f.RecordNo, Field: f.Field, Code: f.Code, Text: f.Text})
	}
	return told
}
