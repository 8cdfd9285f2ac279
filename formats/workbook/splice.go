package workbook

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// splice writes the workbook: every part that excelize made, and in each
// sheet our rows in place of its own.
func (b Book) splice(w io.Writer, f *excelize.File, parts []*part, rows *spool) error {
	var empty bytes.Buffer
	if err := f.Write(&empty); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	in, err := zip.NewReader(bytes.NewReader(empty.Bytes()), int64(empty.Len()))
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	// By name, which puts [Content_Types].xml first, as some readers want it.
	slices.SortFunc(in.File, func(a, b *zip.File) int {
		return strings.Compare(a.Name, b.Name)
	})
	sheets := map[string]*part{}
	for i, p := range parts {
		sheets[sheetFile(i+1)] = p
	}
	buffered := bufio.NewWriterSize(w, 256<<10)
	out := zip.NewWriter(buffered)
	for _, file := range in.File {
		if err := b.copyPart(out, file, sheets[file.Name], rows); err != nil {
			return fmt.Errorf("workbook: %s: %w", file.Name, err)
		}
		delete(sheets, file.Name)
	}
	if len(sheets) > 0 {
		return fmt.Errorf("workbook: %d sheets were not made", len(sheets))
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}

func (b Book) copyPart(out *zip.Writer, file *zip.File, p *part, rows *spool) error {
	r, err := file.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := out.CreateHeader(&zip.FileHeader{Name: file.Name, Method: zip.Deflate, Modified: b.Created})
	if err != nil {
		return err
	}
	if p == nil {
		_, err = io.Copy(w, r)
		return err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return p.fill(w, text, rows)
}

// fill writes a sheet: what stands before its rows, the rows, what stands
// behind them, with the links in their place.
func (p *part) fill(w io.Writer, sheet []byte, rows *spool) error {
	before, after, err := cutRows(sheet)
	if err != nil {
		return err
	}
	data, err := rows.section(p.from, p.to)
	if err != nil {
		return err
	}
	links, rest, err := p.placeLinks(after)
	if err != nil {
		return err
	}
	for _, r := range []io.Reader{
		bytes.NewReader(before), strings.NewReader("<sheetData>"), bytes.NewReader(p.headXML), data,
		strings.NewReader("</sheetData>"), bytes.NewReader(links), bytes.NewReader(rest),
	} {
		if _, err := io.Copy(w, r); err != nil {
			return err
		}
	}
	return nil
}

// cutRows takes a sheet's own rows out.
func cutRows(sheet []byte) (before, after []byte, err error) {
	if before, after, ok := bytes.Cut(sheet, []byte("<sheetData/>")); ok {
		return before, after, nil
	}
	before, rest, ok := bytes.Cut(sheet, []byte("<sheetData>"))
	if !ok {
		return nil, nil, fmt.Errorf("no rows in a sheet")
	}
	_, after, ok = bytes.Cut(rest, []byte("</sheetData>"))
	if !ok {
		return nil, nil, fmt.Errorf("no end of rows in a sheet")
	}
	return before, after, nil
}

// placeLinks puts a sheet's links where the schema wants them: behind the
// conditional formats, before everything about printing.
func (p *part) placeLinks(after []byte) (head, rest []byte, err error) {
	if len(p.enc.links) == 0 {
		return nil, after, nil
	}
	at := bytes.Index(after, []byte("<printOptions"))
	if at < 0 {
		at = bytes.Index(after, []byte("<pageMargins"))
	}
	if at < 0 {
		return nil, nil, fmt.Errorf("no place for links")
	}
	var b bytes.Buffer
	b.Write(after[:at])
	b.WriteString("<hyperlinks>")
	for _, l := range p.enc.links {
		cell := l.to.Cell
		if cell == "" {
			cell = "A1"
		}
		fmt.Fprintf(&b, `<hyperlink ref="%s" location="`, l.cell)
		if err := xml.EscapeText(&b, []byte(quoteSheet(l.to.Sheet)+"!"+cell)); err != nil {
			return nil, nil, err
		}
		b.WriteString(`"/>`)
	}
	b.WriteString("</hyperlinks>")
	return b.Bytes(), after[at:], nil
}
