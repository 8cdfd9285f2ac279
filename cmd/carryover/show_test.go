package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"carryover/jobs/story"
)

// The screen of show tells nothing but what --json prints: what is read back
// from the document makes the same screen, of every case of the demo, and of
// payments, files, people and parts of numbers.
func TestShowScreenIsItsJSON(t *testing.T) {
	config := filepath.Join(ended.copyOf(t, "320500"), "config.yaml")
	_, list, _ := call(t, "-c", config, "--json", "list", "cases", "--all")
	var cases struct{ Cases []caseRow }
	if err := json.Unmarshal([]byte(list), &cases); err != nil || len(cases.Cases) < 30 {
		t.Fatal(len(cases.Cases), err)
	}
	ids := []string{"31010020260330000001-1-1", "application_320500p_320500_20260317_000002.csv", "3000001"}
	for i, c := range cases.Cases {
		if i%4 == 0 || c.Left != nil || c.State != "completed" {
			ids = append(ids, c.CaseNo)
		}
	}
	for _, id := range ids {
		for _, flags := range [][]string{{"show", id}, {"show", "--all", id}} {
			_, screenText, _ := call(t, append([]string{"-c", config}, flags...)...)
			_, doc, _ := call(t, append([]string{"-c", config, "--json"}, flags...)...)
			var out story.Stories
			if err := json.Unmarshal([]byte(doc), &out); err != nil {
				t.Fatal(id, err)
			}
			var again bytes.Buffer
			newScreen(&again, "zh").stories(&out, len(flags) == 3)
			if again.String() != screenText {
				t.Fatalf("%v: the screen is\n%s\nbut its document tells\n%s", flags, screenText, again.String())
			}
			if len(flags) == 2 && len(out.Cases) == 1 && strings.Count(screenText, "\n") > 40 {
				t.Errorf("%s takes %d lines:\n%s", id, strings.Count(screenText, "\n"), screenText)
			}
			for line := range strings.Lines(screenText) {
				if n := columns(strings.TrimSuffix(line, "\n")); len(flags) == 2 && n > 150 {
					t.Errorf("%s: a line takes %d columns: %s", id, n, line)
				}
			}
		}
	}
}

// The lists, too: their cells are made of the rows that --json prints.
func TestListScreenIsItsJSON(t *testing.T) {
	config := filepath.Join(ended.copyOf(t, "310100"), "config.yaml")
	for what, kind := range map[string]listed{
		"cases": caseRow{}, "deadlines": deadlineRow{}, "files": fileRow{}, "payments": paymentRow{}, "runs": runRow{},
	} {
		_, screenText, _ := call(t, "-c", config, "list", what, "--all")
		_, doc, _ := call(t, "-c", config, "--json", "list", what, "--all")
		var whole map[string]json.RawMessage
		var raw []json.RawMessage
		if err := errors.Join(json.Unmarshal([]byte(doc), &whole), json.Unmarshal(whole[what], &raw)); err != nil || len(raw) == 0 || string(whole["schema"]) != "2" {
			t.Fatalf("%s of schema %s: %d, %v", what, whole["schema"], len(raw), err)
		}
		var rows []listed
		for _, r := range raw {
			into := reflect.New(reflect.TypeOf(kind))
			if err := json.Unmarshal(r, into.Interface()); err != nil {
				t.Fatal(what, err)
			}
			rows = append(rows, into.Elem().Interface().(listed))
		}
		var again bytes.Buffer
		newScreen(&again, "zh").list(what, rows)
		if again.String() != screenText {
			t.Errorf("list %s is\n%s\nbut its document tells\n%s", what, screenText, again.String())
		}
	}
}

// Tables align whatever stands in them, in every locale: Chinese takes two
// columns, rare characters too, a middle dot one.
func TestTablesAlign(t *testing.T) {
	text.OverrideRuneWidthEastAsianWidth(true) // as a Chinese locale would have it
	var out bytes.Buffer
	printTable(&out, "标题", []string{"姓名", "进度", "说明"}, [][]string{
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
