// Package workbook makes spreadsheets for people: lists of any length, pages
// with key figures and charts, and forms to be printed and stamped. It knows nothing of cases; sheets,
// columns and texts are data that the caller passes in, in any language.
//
// A Book is saved in one pass. Rows are taken from an iterator and written
// to a spool file as they come, so memory does not grow with them; only
// then, when the number of rows and the widths are known, the workbook's
// other parts (styles, tables, page setup, charts) are made by excelize on
// empty sheets, and the rows are put into them while the zip is written to
// a temporary file, which is synced and renamed. A crash leaves the old file
// or the new one.
//
// Every value keeps its type: money, counts, dates and times are numbers
// with a format, everything else is text. Text never becomes a formula,
// whatever it begins with; the only formulas are the subtotals that a list
// shows above its header, and the totals of a page's blocks.
package workbook

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// Book is a workbook to be saved.
type Book struct {
	Title   string // document property, and the footer's left side
	Subject string
	Author  string
	Created time.Time // stands in the properties
	Lang    string    // zh-CN, en-US
	// Pages is the footer's text about pages, in which {page} and {pages}
	// become numbers: 第 {page} 页，共 {pages} 页.
	Pages  string
	Mark   string // what every sheet and printed page says first, in red; "": nothing
	Sheets []Sheet
	// Text, when set, is how a text stands in a cell: with numbers masked. Pages are not asked.
	Text func(string) string

	rowLimit int // rows of a sheet; tests lower it
}

// Excel's own bounds.
const (
	maxRows      = 1_048_576
	maxCellText  = 32_767 // UTF-16 code units
	maxLinks     = 65_530 // of a sheet
	maxSheetName = 31     // UTF-16 code units
)

// Sheet is a list (Columns and Rows), a page (Blocks and Charts), or a form
// to be printed (Paper alone).
type Sheet struct {
	Name  string // at most 31 characters, none of []:*?/\
	Title string // first line
	Note  string // second line, small; may be ""

	Columns []Column
	// Rows yields one value per column and row: nil, string, int, int64,
	// money.Fen, calendar.Date, calendar.Month, time.Time, Ratio, Link, Sum, Toned,
	// Pick, Fill.
	// The slice may be reused for the next row.
	Rows    iter.Seq2[[]any, error]
	Empty   string // stands in place of rows when there are none
	Totals  string // the word before the subtotals, when a column has any
	Rules   []Rule
	Frozen  int  // columns that stay in sight at the left
	Warning bool // colours the sheet's tab
	Protect bool // a list: only its cells with a Pick or Fill can be changed
	// NotAmong is said when something is entered that a drop-down does not offer.
	NotAmong string

	Blocks []Block
	Charts []Chart

	Paper *Paper
}

// Column is a column of a list or of a block.
type Column struct {
	Title string
	Kind  Kind
	// Width in half-width characters; 0: fits title and contents, up to a
	// bound from which on text is wrapped.
	Width float64
	Total bool // Count and Money only: a subtotal above the header
	// Prompt is shown beside an open cell of the column while it is being filled.
	Prompt string
	Hidden bool
}

// Kind is what a column holds; it decides format and alignment of its cells.
type Kind int

// The kinds of columns.
const (
	Text   Kind = iota // names, IDs, accounts, numbers of letters
	Middle             // short text, centred: states, yes and no
	Code               // long text without spaces, such as names of files: wrapped late
	Count
	Money
	Date
	DateTime
	Percent
)

// Sum is a total on a page: the sum of so many cells right above it, as a
// formula and as the value that it comes to now (int, int64 or money.Fen).
type Sum struct {
	Above int
	Value any
}

// Ratio is a share of one, shown in percent.
type Ratio float64

// Link is a text that leads to a cell of this book.
type Link struct {
	Text  string
	Sheet string
	Cell  string // A1, when empty
}

// Tone is how a value is meant to be seen.
type Tone int

// The tones.
const (
	Plain Tone = iota
	Good
	Warn
	Bad
	Strong
)

// Toned is a value with a tone.
type Toned struct {
	Value any
	Tone  Tone
}

// Rule colours rows of a list by a conditional format, so that the colour
// follows the value when somebody changes it.
type Rule struct {
	Column int    // index of the column that decides
	Op     string // < <= = >= > <>
	Value  any    // int, or string with = and <>
	Tone   Tone
	Row    bool // the whole row, not only the cell
}

// Block is a small table on a page.
type Block struct {
	Title string
	// Wide: the block has one column, as wide as the page.
	Wide    bool
	Columns []Column // titles that are all empty: no header line
	Rows    [][]any
}

// ChartKind is how a chart draws its series.
type ChartKind int

// The kinds of charts.
const (
	Lines ChartKind = iota
	Bars
	Stacked
)

// Chart draws columns of one of the page's blocks; column 0 of the block
// names the points. Charts stand to the right of the blocks.
type Chart struct {
	Title  string
	Kind   ChartKind
	Block  int // index of the block
	Series []int
}

// marked is the book with its mark on every sheet.
func (b Book) marked() Book {
	if b.Mark == "" {
		return b
	}
	b.Sheets = slices.Clone(b.Sheets)
	for i := range b.Sheets {
		s := &b.Sheets[i]
		if s.Paper == nil {
			s.Title = "【" + b.Mark + "】" + s.Title
			continue
		}
		mark := Line{Boxes: []Box{{Text: b.Mark, As: BoxMark, Cols: len(s.Paper.Columns)}}}
		s.Paper = &Paper{Columns: s.Paper.Columns, Lines: append([]Line{mark}, s.Paper.Lines...)}
	}
	return b
}

// check finds what would make a workbook that opens with a repair message.
func (b Book) check() error {
	if len(b.Sheets) == 0 {
		return errors.New("workbook: no sheets")
	}
	seen := map[string]bool{}
	for i := range b.Sheets {
		s := &b.Sheets[i]
		if err := sheetName(s.Name); err != nil {
			return fmt.Errorf("workbook: sheet %q: %w", s.Name, err)
		}
		if low := strings.ToLower(s.Name); seen[low] {
			return fmt.Errorf("workbook: sheet %q stands twice", s.Name)
		} else {
			seen[low] = true
		}
		if err := s.check(); err != nil {
			return fmt.Errorf("workbook: sheet %q: %w", s.Name, err)
		}
	}
	return nil
}

func sheetName(name string) error {
	switch {
	case name == "" || len(utf16.Encode([]rune(name))) > maxSheetName:
		return errors.New("a name has 1 to 31 characters")
	case strings.ContainsAny(name, `[]:*?/\`), name[0] == '\'', name[len(name)-1] == '\'':
		return errors.New(`a name holds none of []:*?/\ and no quote at an end`)
	}
	return nil
}

func (s *Sheet) check() error {
	if s.Paper != nil {
		return s.Paper.check()
	}
	if s.list() == (len(s.Blocks) > 0) {
		return errors.New("neither a list nor a page, or both")
	}
	seen := map[string]bool{}
	for _, c := range s.Columns {
		low := strings.ToLower(c.Title)
		if c.Title == "" || seen[low] || c.Title != strings.TrimSpace(c.Title) {
			return fmt.Errorf("column %q: titles are unique, not empty, without outer spaces", c.Title)
		}
		seen[low] = true
		if c.Total && c.Kind != Count && c.Kind != Money {
			return fmt.Errorf("column %q: no subtotal of such values", c.Title)
		}
	}
	if err := s.checkDesk(); err != nil {
		return err
	}
	for _, r := range s.Rules {
		if r.Column < 0 || r.Column >= len(s.Columns) {
			return fmt.Errorf("rule for column %d", r.Column)
		}
	}
	for _, b := range s.Blocks {
		if b.Wide && len(b.Columns) != 1 {
			return fmt.Errorf("block %q: wide, with %d columns", b.Title, len(b.Columns))
		}
	}
	for _, c := range s.Charts {
		if c.Block < 0 || c.Block >= len(s.Blocks) {
			return fmt.Errorf("chart %q of block %d", c.Title, c.Block)
		}
	}
	return nil
}

// list tells a list from a page.
func (s *Sheet) list() bool { return len(s.Columns) > 0 }

// totals tells whether a column has a subtotal.
func (s *Sheet) totals() bool {
	return slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Total })
}

// totalsWord is the column in which the word for the subtotals stands: the
// one before the first of them; -1 when there is none.
func (s *Sheet) totalsWord() int {
	for i, c := range s.Columns {
		if c.Total {
			return i - 1
		}
	}
	return -1
}

// FirstRow is the number of the row in which a list's first value stands.
func (s *Sheet) FirstRow() int { return s.headRow() + 1 }

// headRow is the number of a list's header row: below title, note and
// subtotals.
func (s *Sheet) headRow() int {
	row := 2
	if s.Note != "" {
		row++
	}
	if s.totals() {
		row++
	}
	return row
}
