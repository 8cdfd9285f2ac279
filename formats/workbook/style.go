package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// font exists in Excel and WPS; elsewhere a program takes another one that
// has Chinese characters.
const font = "等线"

// Colours: quiet enough to print in black and white.
const (
	headFill  = "DCE6F1"
	openFill  = "FFFBE6"
	lineColor = "BFBFBF"
	inkGrey   = "595959"
	inkTitle  = "1F3864"
	inkLink   = "0563C1"
)

// look is what a cell looks like; every look that is used becomes a style.
type look struct {
	kind Kind
	role role
	tone Tone
	wrap bool
	open bool    // to be filled in
	box  BoxKind // of a paper; then nothing else counts
}

// role is the part of a sheet that a cell belongs to.
type role int

const (
	body role = iota
	title
	note
	head
	total
	section // title of a block
	link
)

// looks makes a style of the workbook for every look that is used.
type looks struct {
	text func(string) string // Book.Text; nil: as it is
	file *excelize.File
	ids  map[look]int
	err  error // the first that making a style had
}

func newLooks(f *excelize.File, text func(string) string) *looks {
	return &looks{file: f, ids: map[look]int{}, text: text}
}

// style is the number of a look's style.
func (l *looks) style(k look) int {
	id, ok := l.ids[k]
	if !ok {
		var err error
		if id, err = l.file.NewStyle(k.style()); err != nil && l.err == nil {
			l.err = fmt.Errorf("workbook: style: %w", err)
		}
		l.ids[k] = id
	}
	return id
}

// style is the look in excelize's words.
func (k look) style() *excelize.Style {
	if k.box != 0 {
		return k.box.style()
	}
	s := &excelize.Style{
		Font:      &excelize.Font{Family: font, Size: 10.5},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: k.wrap},
	}
	if format := k.kind.format(); format != "" {
		s.CustomNumFmt = &format
	}
	if s.Alignment.Horizontal = k.kind.align(); s.Alignment.Horizontal == "right" {
		s.Alignment.Indent = 1 // or the number touches the next column's text
	}
	switch k.role {
	case title:
		s.Font.Size, s.Font.Bold, s.Font.Color = 15, true, inkTitle
	case note:
		s.Font.Size, s.Font.Color = 9, inkGrey
	case section:
		s.Font.Size, s.Font.Bold, s.Font.Color = 11.5, true, inkTitle
	case head:
		s.Font.Bold, s.Fill, s.Border = true, fill(headFill), borders()
		s.Alignment = &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	case total:
		s.Font.Bold, s.Border = true, borders()
	case link:
		s.Font.Color, s.Font.Underline, s.Border = inkLink, "single", borders()
	case body:
		s.Border = borders()
	}
	k.tone.apply(s)
	if k.open {
		s.Fill, s.Protection = fill(openFill), &excelize.Protection{Locked: false}
	}
	return s
}

func (t Tone) apply(s *excelize.Style) {
	switch t {
	case Good:
		s.Font.Color, s.Fill = "006100", fill("E2F0D9")
	case Warn:
		s.Font.Color, s.Fill = "7F6000", fill("FFF2CC")
	case Bad:
		s.Font.Color, s.Fill = "9C0006", fill("F8D7DA")
	case Strong:
		s.Font.Bold = true
	}
}

func (k Kind) format() string {
	switch k {
	case Text, Middle, Code:
		return "@"
	case Count:
		return "#,##0"
	case Money:
		return "#,##0.00"
	case Date:
		return "yyyy-mm-dd"
	case DateTime:
		return "yyyy-mm-dd hh:mm"
	case Percent:
		return "0.0%"
	}
	return ""
}

func (k Kind) align() string {
	switch k {
	case Count, Money, Percent:
		return "right"
	case Middle, Date, DateTime:
		return "center"
	}
	return "left"
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func borders() []excelize.Border {
	var all []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		all = append(all, excelize.Border{Type: side, Color: lineColor, Style: 1})
	}
	return all
}
