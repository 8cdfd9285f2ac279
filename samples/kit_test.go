package samples

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

const kitProgram = "kit/carryover_batch.py"

// The kit's program knows the kinds as we do: its table is our data.
func TestKitTable(t *testing.T) {
	text, err := os.ReadFile(kitProgram)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n >= 150 {
		t.Errorf("the program has %d lines", n)
	}
	_, table, _ := strings.Cut(string(text), `map(str.split, """`)
	table, _, _ = strings.Cut(table, `"""`)
	var got []string
	for line := range strings.SplitSeq(table, ";") {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	var want []string
	for _, k := range formats.Kinds() {
		want = append(want, kitLine(k))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the program's table is\n%s\nit should be\n%s", strings.Join(got, ";\n"), strings.Join(want, ";\n"))
	}
}

// kitLine is a kind as the program has it.
func kitLine(k *batch.Kind) string {
	roles := func(list []batch.Role) (s string) {
		for _, r := range list {
			s += roleLetter(r)
		}
		return s
	}
	at := func(columns []batch.Info, names ...string) string {
		var places []string
		for _, name := range names {
			if i := slices.IndexFunc(columns, func(c batch.Info) bool { return c.Name == name }); i >= 0 {
				places = append(places, fmt.Sprint(i+1))
			}
		}
		return strings.Join(places, ",")
	}
	line := k.Name + " " + roles(k.Senders) + " " + roles(k.Receivers)
	details := map[string]*batch.DetailRow{}
	for _, r := range k.Rows {
		line += fmt.Sprintf(" %s:%d:%s:%s:%s", r.Type, len(r.Columns)+1, at(r.Columns, r.No...), at(r.Columns, "echo"), at(r.Columns, r.Sum...))
		if r.Detail != nil {
			details[r.Detail.Type] = r.Detail
		}
	}
	for _, d := range details { // one at most
		line += fmt.Sprintf(" %s:%d:::", d.Type, len(d.Columns)+1)
	}
	return line
}

func roleLetter(r batch.Role) string {
	if r == batch.Agency {
		return "a"
	}
	return string(r)
}

// run runs the kit's program and returns what it printed, and whether it said
// that all is in order.
func run(t *testing.T, args ...string) (string, bool) {
	t.Helper()
	python := droptest.Require(t, "python3")
	out, err := exec.Command(python, append([]string{"-X", "utf8", kitProgram}, args...)...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1 || bytes.Contains(out, []byte("Traceback"))) {
		t.Fatalf("%v: %v\n%s", args[0], err, out)
	}
	return string(out), err == nil
}

// The kit's program takes every good batch, and refuses every batch whose
// envelope, count, total or digest is wrong, for that.
func TestKitChecks(t *testing.T) {
	list, err := Vectors()
	if err != nil {
		t.Fatal(err)
	}
	var good, bad []string
	expected := map[string]code.Fault{}
	for _, v := range list {
		name := filepath.Join("vectors", filepath.FromSlash(v.File))
		switch {
		case v.Carrier != batch.CSV || v.Needs != NeedsFile:
		case v.Verdict == code.FileAccepted:
			good = append(good, name)
		case v.Verdict == code.FileRejected:
			bad, expected[name] = append(bad, name), v.Code
		}
	}
	if len(good) < 40 || len(bad) < 80 {
		t.Fatalf("%d good and %d bad examples", len(good), len(bad))
	}
	if out, ok := run(t, append([]string{"check"}, good...)...); !ok {
		t.Errorf("good batches are refused:\n%s", out)
	}
	out, _ := run(t, append([]string{"check"}, bad...)...)
	for _, name := range bad {
		if !strings.Contains(out, name+": "+string(expected[name])+" ") {
			t.Errorf("%s is not refused for %s", name, expected[name])
		}
	}
}

// What the kit's program writes is what we would have written, and its receipts
// are receipts.
func TestKitWrites(t *testing.T) {
	dir, replies := t.TempDir(), 0
	reply := func(name string, verdict code.FileVerdict) {
		replies++
		kitReplies(t, dir, name, replies, verdict)
	}
	for _, k := range kitKinds() {
		name := k.Name + "/good.csv"
		content, err := fs.ReadFile(Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(content), "\n")
		head := strings.Split(strings.TrimSpace(lines[0]), ",")
		rows := filepath.Join(dir, "rows.csv")
		if err := os.WriteFile(rows, []byte(strings.Join(lines[1:len(lines)-2], "")), 0o600); err != nil {
			t.Fatal(err)
		}
		out, ok := run(t, "write", k.Name, head[3], head[4], head[5], rows, "--created", head[6], "--profile", head[7], "--dir", dir)
		written, _, _ := strings.Cut(out, "\n")
		made, err := os.ReadFile(written)
		if err != nil || !ok || !bytes.Equal(made, content) {
			t.Errorf("%s: %v\n%s\nwrote\n%s\nwant\n%s", k.Name, err, out, made, content)
			continue
		}
		if k.Name != formats.KindReceipt {
			reply(name, code.FileAccepted)
		}
	}
	for name, verdict := range map[string]code.FileVerdict{
		"contact-letter/digest-wrong.csv": code.FileRejected, "information-form/row-short.csv": code.FilePartly, "remittance-advice/row-long.csv": code.FilePartly,
	} {
		reply(name, verdict)
	}
}

// kitReplies lets the program write the receipt for an example.
func kitReplies(t *testing.T, dir, name string, sequence int, verdict code.FileVerdict) {
	t.Helper()
	out, ok := run(t, "reply", filepath.Join("vectors", filepath.FromSlash(name)), fmt.Sprint(sequence), "--dir", dir)
	written, _, _ := strings.Cut(out, "\n")
	f, err := os.Open(written)
	if err != nil || !ok {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	defer f.Close()
	r, err := sheet.NewReader(f, formats.Kinds(), batch.Options{Name: filepath.Base(written)})
	if err != nil {
		t.Fatal(err)
	}
	var said []any
	for r.Next() {
		if !r.Record().OK() {
			t.Errorf("receipt for %s: %v", name, r.Record().Faults)
		}
		said = append(said, r.Record().Value)
	}
	if res, err := r.Result(); err != nil || res.Verdict != code.FileAccepted || len(said) == 0 {
		t.Fatalf("receipt for %s: %+v %v", name, res, err)
	}
	answer := said[0].(*formats.Receipt)
	if answer.Verdict != verdict || verdict != code.FileRejected && answer.Records.Value != len(said)-1 {
		t.Errorf("receipt for %s: %+v and %d verdicts", name, answer, len(said)-1)
	}
	for _, v := range said[1:] {
		if v := v.(*formats.ReceiptVerdict); v.RecordNo == "" && v.Verdict == code.Accepted {
			t.Errorf("receipt for %s: %+v names no record", name, v)
		}
	}
}

func TestKit(t *testing.T) {
	dir := t.TempDir()
	agreed := &Agreed{Agency: "320500", AgencyName: "苏州", Partner: "310100", PartnerName: "上海", Facts: []Fact{{"载体 carrier", "xlsx"}}}
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	if err := os.Mkdir(two, 0o700); err != nil { // empty: as good as not there
		t.Fatal(err)
	}
	names, err := WriteKit(one, agreed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := WriteKit(two, agreed); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		a, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(two, strings.TrimPrefix(name, one)))
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s is not the same twice: %v", name, err)
		}
	}
	for _, k := range kitKinds() {
		for _, name := range []string{"templates/" + k.Name + ".xlsx", "samples/" + k.Name + "/good.csv"} {
			if !slices.Contains(names, filepath.Join(one, filepath.FromSlash(name))) {
				t.Errorf("the kit lacks %s", name)
			}
		}
	}
	readme, err := os.ReadFile(filepath.Join(one, "README.md"))
	if err != nil || !strings.Contains(string(readme), "| 我方 we | 320500 苏州 |") || !strings.Contains(string(readme), "| 载体 carrier | xlsx |") {
		t.Errorf("README says nothing of what was agreed: %v", err)
	}
	if _, err := WriteKit(one, nil); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("into a full folder: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".partner-kit-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
