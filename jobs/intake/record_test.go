package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carryover/formats/batch"
	"carryover/jobs/office"
)

// TestHandlers: every type of record that a party may send us has one handler,
// what only we send has none, and no handler waits for what never comes.
func TestHandlers(t *testing.T) {
	used := make([]bool, len(handlers))
	for _, kind := range office.Kinds {
		toUs := slices.Contains(kind.Receivers, batch.Agency)
		for _, row := range kind.Rows {
			rec := recordOf(t, kind, row)
			var by []int
			for i, h := range handlers {
				if takes(h, rec) {
					by, used[i] = append(by, i), true
				}
			}
			switch {
			case toUs && len(by) != 1:
				t.Errorf("%s row %s (%T) may come to us, and %d handlers take it", kind.Name, row.Type, rec, len(by))
			case !toUs && len(by) > 0:
				t.Errorf("%s row %s (%T) never comes to us, and handler %d takes it", kind.Name, row.Type, rec, by[0])
			}
		}
	}
	for i, u := range used {
		if !u {
			t.Errorf("handler %d takes no type of record of any kind", i)
		}
	}
}

// recordOf is a record of a row type whose fields are all empty: its type is
// the one that the reader gives to whoever works a file.
func recordOf(t *testing.T, kind *batch.Kind, row *batch.Row) any {
	t.Helper()
	header := fmt.Sprintf("H,%s,%d,320500%s,310100%s,1,2026-03-02T08:30:00+08:00,2016", kind.Name, batch.Version, kind.Senders[0], kind.Receivers[0])
	if kind.Scoped {
		header += ",full"
	}
	text := header + "\n" + row.Type + strings.Repeat(",", len(row.Columns)) + "\n"
	r, err := batch.NewReader(strings.NewReader(text), office.Kinds, batch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Next() || r.Record().Value == nil {
		t.Fatalf("%s: no record of row %s is read from %q", kind.Name, row.Type, text)
	}
	return r.Record().Value
}

// takes reports whether a handler is for a record's type. One that is goes to
// work, and has neither a desk nor anything in the record: it may panic.
func takes(h handler, rec any) (ours bool) {
	defer func() {
		if recover() != nil {
			ours = true
		}
	}()
	_, ours, _ = h(nil, rec)
	return ours
}
