package workbook

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/atomicfile"
)

// Save writes the workbook to a file, in place of an older one; it appears whole or
// not at all, and is readable by its owner alone.
func (b Book) Save(path string) error {
	if err := atomicfile.Replace(path, b.Write); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}

// Write writes the workbook to an empty file, in whose folder it also puts its rows
// meanwhile: they are as private as the file. The rows of every list are taken once,
// in the order of the sheets.
func (b Book) Write(w *os.File) error {
	b = b.marked()
	if err := b.check(); err != nil {
		return err
	}
	out, err := newSpool(filepath.Dir(w.Name()))
	if err != nil {
		return err
	}
	defer out.close()
	f := excelize.NewFile()
	defer f.Close()
	parts, err := b.spoolSheets(out, newLooks(f, b.Text))
	if err != nil {
		return err
	}
	if err := b.dress(f, parts); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return b.splice(w, f, parts, out)
}

func (b Book) spoolSheets(out *spool, l *looks) ([]*part, error) {
	var parts []*part
	for i := range b.Sheets {
		s := &b.Sheets[i]
		if s.Paper != nil {
			p, err := s.spoolPaper(out, l)
			if err != nil {
				return nil, err
			}
			parts = append(parts, p)
			continue
		}
		if !s.list() {
			p, err := b.spoolPage(s, out, l)
			if err != nil {
				return nil, err
			}
			parts = append(parts, p)
			continue
		}
		pieces, err := b.spoolList(s, out, l)
		if err != nil {
			return nil, err
		}
		parts = append(parts, pieces...)
	}
	for _, p := range parts { // styles of the heads are made before the file is
		if p.sheet.list() {
			p.headXML = p.head()
		}
	}
	return parts, l.err
}

// dress makes the empty sheets and everything about them that is not a row.
func (b Book) dress(f *excelize.File, parts []*part) error {
	if err := f.SetDefaultFont(font); err != nil {
		return err
	}
	if err := f.SetSheetName("Sheet1", parts[0].name); err != nil {
		return err
	}
	for _, p := range parts[1:] {
		if _, err := f.NewSheet(p.name); err != nil {
			return err
		}
	}
	for i, p := range parts {
		if p.sheet.Paper != nil {
			if err := p.dressPaper(f); err != nil {
				return fmt.Errorf("sheet %q: %w", p.name, err)
			}
			continue
		}
		if err := b.page(f, p); err != nil {
			return fmt.Errorf("sheet %q: %w", p.name, err)
		}
		dress := func() error { return p.dress(f, i+1) }
		if !p.sheet.list() {
			dress = func() error { return p.dressPage(f) }
		}
		if err := dress(); err != nil {
			return fmt.Errorf("sheet %q: %w", p.name, err)
		}
	}
	f.SetActiveSheet(0)
	return b.properties(f)
}

// page sets how a sheet is printed: A4 landscape, as small as its width
// asks for; a list too wide for that goes on to the right.
func (b Book) page(f *excelize.File, p *part) error {
	a4, landscape, across, down, yes := 9, "landscape", 1, 0, true
	switch {
	case p.sheet.list():
		across = p.across()
	case p.rows <= onePage:
		down = 1
	}
	if err := f.SetPageLayout(p.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &across, FitToHeight: &down}); err != nil {
		return err
	}
	props := &excelize.SheetPropsOptions{FitToPage: &yes}
	if p.sheet.Warning {
		color := "C00000"
		props.TabColorRGB = &color
	}
	if err := f.SetSheetProps(p.name, props); err != nil {
		return err
	}
	side, top, bottom, foot := 0.4, 0.5, 0.6, 0.3
	err := f.SetPageMargins(p.name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &bottom, Header: &foot, Footer: &foot, Horizontally: &yes,
	})
	if err != nil {
		return err
	}
	pages := strings.NewReplacer("&", "&&", "{page}", "&P", "{pages}", "&N").Replace(b.Pages)
	footer := "&L" + strings.ReplaceAll(b.Title, "&", "&&") + "&C" + strings.ReplaceAll(p.name, "&", "&&") + "&R" + pages
	header := ""
	if b.Mark != "" {
		header = "&C&B&12&K" + markRed + strings.ReplaceAll(b.Mark, "&", "&&")
	}
	return f.SetHeaderFooter(p.name, &excelize.HeaderFooterOptions{OddHeader: header, OddFooter: footer})
}

// markRed is the colour of a mark.
const markRed = "C00000"

func (b Book) properties(f *excelize.File) error {
	at := b.Created.UTC().Format(time.RFC3339)
	return f.SetDocProps(&excelize.DocProperties{
		Title: b.Title, Subject: b.Subject, Creator: b.Author, LastModifiedBy: b.Author,
		Created: at, Modified: at, Language: b.Lang,
	})
}

// quoteSheet is a sheet's name inside a formula.
func quoteSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// sheetFile is the name of the n-th sheet's part, from 1.
func sheetFile(n int) string { return "xl/worksheets/sheet" + strconv.Itoa(n) + ".xml" }
