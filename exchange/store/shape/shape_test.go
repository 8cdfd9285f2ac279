package shape_test

import (
	"database/sql"
	"strings"
	"testing"

	"carryover/exchange/store/shape"
)

// phrase is a field with a JSON of its own.
type phrase struct{ code string }

func (p phrase) MarshalJSON() ([]byte, error) { return []byte(`{"code":"` + p.code + `"}`), nil }

func (p *phrase) UnmarshalJSON(text []byte) error {
	p.code = strings.TrimSuffix(strings.TrimPrefix(string(text), `{"code":"`), `"}`)
	return nil
}

// rowOf is a text and a document as they come from the database.
type rowOf [2]any

func (r rowOf) Scan(dest ...any) error {
	*dest[0].(*string) = r[0].(string)
	return dest[1].(sql.Scanner).Scan(r[1])
}

// TestDocument: a field with JSON methods of its own is kept by them, a document
// that says nothing of a field leaves it empty, and one that is none is an error.
func TestDocument(t *testing.T) {
	type said struct {
		No        string
		Why, Else phrase
	}
	s := shape.Of("said", func(x *said) []shape.Field { return []shape.Field{{Name: "no", To: &x.No}} }, func(x *said) []shape.Field {
		return []shape.Field{{Name: "why", To: &x.Why}, {Name: "else,omitzero", To: &x.Else}}
	})
	x := said{No: "1", Why: phrase{"late"}}
	text, err := s.Document(&x).Value()
	if want := `{"why":{"code":"late"}}`; err != nil || text != want {
		t.Fatalf("%s, %v, want %s", text, err, want)
	}
	read, done := s.Reader()
	defer done()
	for _, row := range []shape.Row{rowOf{"2", `{"why":{"code":"x"},"else":{"code":"y"}}`}, rowOf{"1", text}} {
		if err := read(row, &x); err != nil {
			t.Fatal(err)
		}
	}
	if x != (said{No: "1", Why: phrase{"late"}}) {
		t.Errorf("read %+v", x)
	}
	for _, bad := range []any{`{"why":`, nil, int64(1)} {
		if err := read(rowOf{"3", bad}, &x); err == nil || !strings.HasPrefix(err.Error(), "said 3: ") {
			t.Errorf("%v as a document: %v", bad, err)
		}
	}
}
