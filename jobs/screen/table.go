package screen

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Table prints rows under a title and a header; a column that is empty
// in every row is left out, a table without rows altogether. Chinese takes two
// Columns of a terminal, which the widths mind.
func Table(w io.Writer, title string, header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	var kept []int
	for i := range header {
		for _, r := range rows {
			if r[i] != "" {
				kept = append(kept, i)
				break
			}
		}
	}
	pick := func(r []string) table.Row {
		out := make(table.Row, len(kept))
		for i, k := range kept {
			out[i] = r[k]
		}
		return out
	}
	SetAmbiguousWidth()
	t := table.NewWriter()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = 0 // as written, not in capitals
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	t.AppendHeader(pick(header))
	for _, r := range rows {
		t.AppendRow(pick(r))
	}
	if title != "" {
		fmt.Fprintln(w, title)
	}
	for line := range strings.Lines(t.Render()) {
		fmt.Fprint(w, "  ", line)
	}
	fmt.Fprint(w, "\n\n")
}

// SetAmbiguousWidth makes characters of ambiguous width, such as the middle dot in a
// name, one column wide, as the C library and nearly all terminals have them
// whatever the locale is. Where the terminal draws them two columns wide,
// RUNEWIDTH_EASTASIAN=1 says so.
func SetAmbiguousWidth() {
	text.OverrideRuneWidthEastAsianWidth(os.Getenv("RUNEWIDTH_EASTASIAN") == "1")
}

// Short cuts a text that would break a table to limit characters, the … among them.
func Short(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}
