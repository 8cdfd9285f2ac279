package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats/batch"
	"carryover/formats/grid"
	"carryover/formats/parts"
)

// NewReader reads the header of a batch of either carrier, which the first
// bytes of src tell. A workbook is read whole; a CSV batch is left to
// batch.NewReader, which also says what src may be and what an error means.
func NewReader(src io.Reader, kinds []*batch.Kind, o batch.Options) (*batch.Reader, error) {
	book, src, err := isWorkbook(src)
	if err != nil {
		return nil, err
	}
	if !book {
		return batch.NewReader(src, kinds, o)
	}
	d, err := readDraft(src, kinds, max(o.MaxUnzip, 0))
	var own *batch.FileFault
	if errors.As(err, &own) {
		return batch.Refused(own), nil
	}
	if err != nil {
		return nil, err
	}
	return batch.NewDraftReader(d, kinds, o)
}

// refused is the error of a workbook for a fault of its own.
func refused(c code.Fault, text string) error { return &batch.FileFault{Code: c, Text: text} }

// magic begins a workbook, which is a zip.
const magic = "PK\x03\x04"

// isWorkbook looks at the first bytes of src and returns a reader that has
// them still: src itself where it can be wound back.
func isWorkbook(src io.Reader) (bool, io.Reader, error) {
	if s, ok := src.(io.Seeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			var head [len(magic)]byte
			n, err := io.ReadFull(src, head[:])
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return false, nil, err
			}
			_, err = s.Seek(at, io.SeekStart)
			return string(head[:n]) == magic, src, err
		}
	}
	b := bufio.NewReaderSize(src, 64<<10) // as large as batch.NewReader's, which then takes it as it is
	head, err := b.Peek(len(magic))
	if err != nil && !errors.Is(err, io.EOF) {
		return false, nil, err
	}
	return string(head) == magic, b, nil
}

// workbook is an open one.
type workbook struct {
	*excelize.File
	cells grid.Cells
	since int // days from 1899-12-30 to what its dates are counted from
}

// days1904 is how far the other system of dates begins behind the usual one.
const days1904 = 1462

// dated is the text of a date cell as if days were counted from 1899-12-30.
func (b *workbook) dated(c *batch.Info, text string) string {
	if b.since == 0 || c.Type != batch.TypeDate && c.Type != batch.TypeMonth {
		return text
	}
	days, rest, point := strings.Cut(text, ".")
	n, err := strconv.Atoi(days)
	if err != nil || n >= lastSerial-days1904 || len(days) < 5 {
		return text
	}
	if text = strconv.Itoa(n + b.since); point {
		text += "." + rest
	}
	return text
}

// openWorkbook opens a workbook within its bounds, and looks through its cells.
func openWorkbook(src io.Reader, maxUnzip int64) (*workbook, error) {
	file, list, err := openFile(src, maxUnzip)
	if err != nil {
		return nil, err
	}
	b := &workbook{File: file}
	if b.cells, err = grid.Read(list); err != nil {
		return nil, errors.Join(unfit(err), file.Close())
	}
	if p, err := file.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		b.since = days1904
	}
	return b, nil
}

// openFile opens a workbook within its bounds.
func openFile(src io.Reader, maxUnzip int64) (*excelize.File, []*zip.File, error) {
	data, err := io.ReadAll(io.LimitReader(src, MaxWorkbook+1))
	if err != nil {
		return nil, nil, err
	}
	if len(data) > MaxWorkbook {
		return nil, nil, refused(code.TooLarge, "工作簿过大，请改用 CSV / the workbook is too large; use CSV")
	}
	list, err := parts.Check(data, maxUnzip)
	if err != nil {
		return nil, nil, unfit(err)
	}
	if parts.Macros(list) {
		return nil, nil, refused(code.Unreadable, "工作簿含宏 / the workbook has macros")
	}
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: min(maxUnzip, 16<<20)})
	if err != nil {
		return nil, nil, refused(code.Unreadable, "不是可读的工作簿 / not a readable workbook")
	}
	return file, list, nil
}

// unfit is the error of a workbook of which parts.Check says that it is not to be read.
func unfit(err error) error {
	var fault *parts.Fault
	if errors.As(err, &fault) && fault.TooLarge {
		return refused(code.TooLarge, fault.Error())
	}
	return refused(code.Unreadable, err.Error())
}
