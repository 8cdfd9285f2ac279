package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/jobs/office"
	"carryover/jobs/screen"
	"carryover/jobs/story"
)

// The screen of show tells nothing but what --json prints: what is read back
// from the document makes the same screen, of every case of the demo, and of
// payments, files, people and parts of numbers.
func TestShowScreenIsItsJSON(t *testing.T) {
	config := filepath.Join(ended.copyOf(t, "320500"), "config.yaml")
	var cases []story.ListedCase
	readShown(t, "cases", document(t, "-c", config, "--json", "list", "cases", "--all"), reflect.ValueOf(&cases).Elem())
	if len(cases) < 30 {
		t.Fatal(len(cases))
	}
	ids := []string{"31010020260330000001-1-1", "application_320500p_320500_20260317_000002.csv", "3000001"}
	for i, c := range cases {
		if i%4 == 0 || c.Left != nil || c.State.Code != "completed" {
			ids = append(ids, c.No)
		}
	}
	for _, id := range ids {
		for _, flags := range [][]string{{"show", id}, {"show", "--all", id}} {
			_, screenText, _ := call(t, append([]string{"-c", config}, flags...)...)
			var out story.Stories
			readShown(t, "", document(t, append([]string{"-c", config, "--json"}, flags...)...), reflect.ValueOf(&out).Elem())
			var again bytes.Buffer
			screen.Screen{Out: &again, Office: officeOf(t, config)}.Stories(&out, len(flags) == 3)
			if again.String() != screenText {
				t.Fatalf("%v: the screen is\n%s\nbut its document tells\n%s", flags, screenText, again.String())
			}
			if len(flags) == 2 && len(out.Cases) == 1 && strings.Count(screenText, "\n") > 40 {
				t.Errorf("%s takes %d lines:\n%s", id, strings.Count(screenText, "\n"), screenText)
			}
			for line := range strings.Lines(screenText) {
				if n := screen.Columns(strings.TrimSuffix(line, "\n")); len(flags) == 2 && n > 150 {
					t.Errorf("%s: a line takes %d columns: %s", id, n, line)
				}
			}
		}
	}
}

// The lists, too: their cells are made of the rows that --json prints.
func TestListScreenIsItsJSON(t *testing.T) {
	config := filepath.Join(ended.copyOf(t, "310100"), "config.yaml")
	for what, rows := range map[string]any{
		"cases": []story.ListedCase{}, "deadlines": []story.ListedCase{}, "files": []story.ListedFile{}, "payments": []story.ListedPayment{}, "runs": []exchange.Run{},
	} {
		_, screenText, _ := call(t, "-c", config, "list", what, "--all")
		into := reflect.New(reflect.TypeOf(rows)).Elem()
		readShown(t, what, document(t, "-c", config, "--json", "list", what, "--all"), into)
		if into.Len() == 0 {
			t.Errorf("no %s", what)
		}
		var again bytes.Buffer
		screen.Lists()[what].Print(screen.Screen{Out: &again, Office: officeOf(t, config)}, into.Interface())
		if again.String() != screenText {
			t.Errorf("list %s is\n%s\nbut its document tells\n%s", what, screenText, again.String())
		}
	}
}

// officeOf is the office of a configuration, whose lists the screen's words are of.
func officeOf(t *testing.T, config string) *office.Office {
	t.Helper()
	a, err := openAgency(t.Context(), config, time.Now, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	return a.env.Office
}

// document is what a call with --json prints.
func document(t *testing.T, args ...string) any {
	t.Helper()
	_, text, _ := call(t, args...)
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc["schema"] != float64(2) {
		t.Fatalf("%v: schema %v, %v", args, doc["schema"], err)
	}
	return doc
}

// readShown reads a value from what story.Worded made of it, by the same tags; at
// is where it stands in the document. A field that is written and does not stand
// there is a failure, so that no other key is read back as nothing.
func readShown(t *testing.T, at string, doc any, into reflect.Value) {
	t.Helper()
	if fields, ok := doc.(map[string]any); ok && at != "" && fields[at] != nil {
		doc = fields[at]
	}
	if fields, ok := doc.(map[string]any); ok && into.Type() != reflect.TypeFor[story.Code]() && len(fields) == 2 && fields["code"] != nil && fields["word"] != nil {
		doc = fields["code"]
	}
	switch {
	case doc == nil:
	case into.Type() == reflect.TypeFor[money.Fen]():
		amount, err := money.Parse(doc.(string))
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		into.SetInt(int64(amount))
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		readShown(t, "", doc, into.Elem())
	case into.Kind() == reflect.Struct && into.Type() != reflect.TypeFor[time.Time]() && into.Type() != reflect.TypeFor[code.Phrase]():
		for _, f := range reflect.VisibleFields(into.Type()) {
			key := story.Key(f)
			if key == "" {
				continue
			}
			member, ok := doc.(map[string]any)[key]
			if !ok {
				t.Fatalf("%s has no %s", into.Type(), key)
			}
			readShown(t, "", member, into.FieldByIndex(f.Index))
		}
	case into.Kind() == reflect.Slice && into.Type() != reflect.TypeFor[json.RawMessage]():
		for _, member := range doc.([]any) {
			into.Set(reflect.Append(into, reflect.Zero(into.Type().Elem())))
			readShown(t, "", member, into.Index(into.Len()-1))
		}
	default:
		text, err := json.Marshal(doc)
		if err == nil {
			err = json.Unmarshal(text, into.Addr().Interface())
		}
		if err != nil {
			t.Fatalf("%s: %v", into.Type(), err)
		}
	}
}

// Tables align whatever stands in them, in every locale: Chinese takes two
// columns, rare characters too, a middle dot one.
func TestTablesAlign(t *testing.T) {
	text.OverrideRuneWidthEastAsianWidth(true) // as a Chinese locale would have it
	var out bytes.Buffer
	screen.Table(&out, "标题", []string{"姓名", "进度", "说明"}, [][]string{
		{"阿依古丽·买买提", "暂缓办理", "x"}, {"龚䶮𬱖", "held", "x"}, {"Nguyễn Văn A", "已付讫", "x"}, {"李", "“退汇”…", "x"},
	})
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")[2:]
	at := -1
	for _, line := range lines {
		before, _, ok := strings.Cut(line, "x")
		if n := cells(before); !ok || (at >= 0 && n != at) {
			t.Errorf("%d columns before the mark, want %d: %q", n, at, line)
		} else {
			at = n
		}
	}
}

// cells counts what a text takes on a terminal, by its own rule: what lies in
// the CJK blocks and the full-width forms takes two columns, combining marks none.
func cells(s string) (n int) {
	for _, r := range s {
		switch {
		case r >= 0x2E80 && r <= 0xA4CF, r >= 0xF900 && r <= 0xFAFF, r >= 0xFF01 && r <= 0xFF60, r >= 0x20000 && r <= 0x3FFFF:
			n += 2
		case r >= 0x300 && r <= 0x36F:
		default:
			n++
		}
	}
	return n
}
