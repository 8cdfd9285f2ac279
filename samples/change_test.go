package samples

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

// change makes one example out of a good one. Trailer and digest are worked
// out again behind it, so that the change is the only thing wrong.
type change struct {
	kind, name string
	code       code.Fault // "": still good
	// set lists assignments "L1.id_no=…": the first row of type L; "L*"
	// stands for all of them, H1 for the header, T1 for the trailer. The
	// first one is where the fault must be found, unless at says otherwise.
	set   []string
	about string

	rows  func(rows []string) []string // of the lines between H and T, both included
	bytes func(file []byte) []byte     // of the finished file: nothing is worked out again
	body  func(body []byte) []byte     // of the bytes before T
	at    string                       // "L1.id_no", "L1." for a whole row, "" for the whole file
	line  int                          // where the row counted in at is not in the good file
	needs Needs
	gb    bool // in GB18030
}

// address is a parsed "L1.id_no".
type address struct {
	row   string
	nth   int // 0: all
	field string
}

func parseAddress(t testing.TB, s string) address {
	t.Helper()
	spot, field, ok := strings.Cut(s, ".")
	i := strings.IndexAny(spot, "0123456789*")
	if !ok || i < 0 {
		t.Fatalf("address %q", s)
	}
	n, _ := strconv.Atoi(spot[i:])
	return address{spot[:i], n, field}
}

var headerFields = []string{"kind", "version", "sender", "receiver", "sequence", "created", "profile", "extent"}

// columnsOf names the columns of a row type of a kind, in order.
func columnsOf(k *batch.Kind, row string) []string {
	switch row {
	case "H":
		return headerFields
	case "T":
		return []string{"rows", "total", "digest"}
	}
	var infos []batch.Info
	if r := k.Row(row); r != nil {
		infos = r.Columns
	}
	for _, r := range k.Rows {
		if r.Detail != nil && r.Detail.Type == row {
			infos = r.Detail.Columns
		}
	}
	names := make([]string, len(infos))
	for i := range infos {
		names[i] = infos[i].Name
	}
	return names
}

// build makes the example from the good file of its kind.
func (c *change) build(t testing.TB, good []byte) []byte {
	t.Helper()
	k := batch.Find(formats.Kinds(), c.kind)
	rows := strings.Split(strings.TrimSuffix(string(good), "\n"), "\n")
	trailer := rows[len(rows)-1]
	rows = rows[:len(rows)-1]
	var late []string
	for _, s := range c.set {
		if strings.HasPrefix(s, "T1.") {
			late = append(late, s)
			continue
		}
		assign(t, k, rows, s)
	}
	if c.rows != nil {
		rows = c.rows(rows)
	}
	body := []byte(strings.Join(rows, "\n") + "\n")
	if c.gb {
		var err error
		if body, err = simplifiedchinese.GB18030.NewEncoder().Bytes(body); err != nil {
			t.Fatal(err)
		}
	}
	if c.body != nil {
		body = c.body(body)
	}
	digest := sha256.Sum256(body)
	total := strings.Split(trailer, ",")[2]
	if c.rows != nil || len(c.set) > 0 {
		total = totalOf(t, k, rows, total)
	}
	last := []string{fmt.Sprintf("T,%d,%s,%s", len(rows)-1, total, hex.EncodeToString(digest[:]))}
	for _, s := range late {
		assign(t, k, last, s)
	}
	file := append(body, last[0]+"\n"...)
	if c.bytes != nil {
		file = c.bytes(file)
	}
	return file
}

// assign sets one field of one or all rows of a type.
func assign(t testing.TB, k *batch.Kind, rows []string, assignment string) {
	t.Helper()
	where, value, ok := strings.Cut(assignment, "=")
	at := parseAddress(t, where)
	column := 0
	for i, name := range columnsOf(k, at.row) {
		if name == at.field {
			column = i + 1
		}
	}
	done := false
	for n, i := 0, 0; i < len(rows); i++ {
		if !strings.HasPrefix(rows[i], at.row+",") {
			continue
		}
		if n++; at.nth != 0 && n != at.nth {
			continue
		}
		fields := splitRow(t, rows[i])
		for len(fields) <= column && at.row == "H" {
			fields = append(fields, "")
		}
		fields[column], done = value, true
		rows[i] = joinRow(t, fields)
	}
	if !ok || !done || column == 0 {
		t.Fatalf("%s: nothing at %q", k.Name, assignment)
	}
}

func splitRow(t testing.TB, row string) []string {
	t.Helper()
	fields, err := csv.NewReader(strings.NewReader(row)).Read()
	if err != nil {
		t.Fatalf("%s: %v", row, err)
	}
	return fields
}

func joinRow(t testing.TB, fields []string) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(fields); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// totalOf adds up the columns that count; an amount that is none counts
// nothing, and when the change is not about amounts the total stays.
func totalOf(t testing.TB, k *batch.Kind, rows []string, good string) string {
	t.Helper()
	var sum money.Fen
	for _, row := range rows[1:] {
		typ, _, _ := strings.Cut(row, ",")
		layout := k.Row(typ)
		if layout == nil || len(layout.Sum) == 0 {
			continue
		}
		fields, err := csv.NewReader(strings.NewReader(row)).Read()
		if err != nil {
			return good
		}
		for i, name := range columnsOf(k, typ) {
			for _, counted := range layout.Sum {
				if name == counted && i+1 < len(fields) {
					f, _ := money.Parse(fields[i+1])
					sum += f
				}
			}
		}
	}
	return sum.String()
}

// expected is where the change's fault must be found.
func (c *change) expected(t testing.TB, good []byte) (line int, row, field string) {
	t.Helper()
	where := c.at
	if where == "" && len(c.set) > 0 {
		where, _, _ = strings.Cut(c.set[0], "=")
	}
	if where == "" {
		return 0, "", ""
	}
	at := parseAddress(t, where)
	if c.line > 0 {
		return c.line, at.row, at.field
	}
	n := 0
	for i, r := range strings.Split(string(good), "\n") {
		if strings.HasPrefix(r, at.row+",") {
			if n++; n == max(at.nth, 1) {
				return i + 1, at.row, at.field
			}
		}
	}
	t.Fatalf("%s/%s: no row at %q", c.kind, c.name, where)
	return 0, "", ""
}
