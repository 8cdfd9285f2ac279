package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/config"
	"carryover/formats/judge"
	"carryover/samples"
)

// call runs one call as the program would.
func call(t *testing.T, args ...string) (exit int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	exit = run(t.Context(), args, &o, &e)
	return exit, o.String(), e.String()
}

// unpacked writes the examples into a folder.
func unpacked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, samples.Files()); err != nil {
		t.Fatal(err)
	}
	return dir
}

type validated struct {
	Files []judge.Judgement `json:"files"`
}

func validateJSON(t *testing.T, args ...string) (int, validated) {
	t.Helper()
	exit, out, errOut := call(t, append([]string{"--json", "validate"}, args...)...)
	var v validated
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, errOut)
	}
	return exit, v
}

// TestValidateEveryExample: each example file shows its one fault, with its
// line, field and code, and the exit code that goes with it.
func TestValidateEveryExample(t *testing.T) {
	dir := unpacked(t)
	vectors, err := samples.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, v := range vectors {
		if v.Needs == samples.NeedsStore {
			continue
		}
		args := []string{filepath.Join(dir, filepath.FromSlash(v.File))}
		if v.Needs == samples.NeedsConfig {
			args = append(args, "-c", configured(t))
		}
		exit, got := validateJSON(t, args...)
		if len(got.Files) != 1 {
			t.Fatalf("%s: %d files", v.File, len(got.Files))
		}
		seen++
		j := got.Files[0]
		want := exitDone
		if v.Code != "" && v.Code.Class() != "warning" {
			want = exitPerson
		}
		if exit != want || j.Verdict != v.Verdict || j.Total != len(j.Faults) || (v.Code == "") != (j.Total == 0) || j.Total > 1 {
			t.Errorf("%s: exit %d (want %d), %s (want %s), %+v", v.File, exit, want, j.Verdict, v.Verdict, j.Faults)
			continue
		}
		if v.Code == "" {
			continue
		}
		if f := j.Faults[0]; f.Line != v.Line || f.Row != v.Row || f.Field != v.Field || f.Code != v.Code || f.Text == "" {
			t.Errorf("%s: %+v, want line %d %s.%s %s", v.File, f, v.Line, v.Row, v.Field, v.Code)
		}
	}
	if seen < 200 {
		t.Errorf("only %d examples", seen)
	}
}

// configured is the path of a configuration of the agency that judges the
// examples which need one.
func configured(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "agency")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, config.Example(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestValidateForPeople(t *testing.T) {
	dir := unpacked(t)
	exit, out, _ := call(t, "validate", filepath.Join(dir, "contact-letter", "id-check-digit.csv"), filepath.Join(dir, "contact-letter", "good.csv"))
	if exit != exitPerson {
		t.Errorf("exit %d", exit)
	}
	for _, want := range []string{"line 2, row L, id_no (record 31010020260303000001)", "[check-digit]", "请对照证件", "partly", "accepted", "310100 → 320500"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "320508198802170029") {
		t.Error("an ID number is told in full")
	}
}

func TestValidateWhatCannotBeOpened(t *testing.T) {
	dir := unpacked(t)
	good := filepath.Join(dir, "contact-letter", "good.csv")
	bad := filepath.Join(dir, "contact-letter", "empty.csv")
	for name, args := range map[string][]string{
		"missing": {"validate", good, filepath.Join(dir, "none.csv"), bad}, "folder": {"validate", dir},
	} {
		if exit, _, errOut := call(t, args...); exit != exitFailed || errOut == "" {
			t.Errorf("%s: exit %d, %s", name, exit, errOut)
		}
	}
	for name, args := range map[string][]string{
		"nothing": {"validate"}, "encoding": {"validate", "--encoding", "latin1", good},
		"configuration": {"-c", filepath.Join(dir, "none.yaml"), "validate", good},
	} {
		if exit, _, _ := call(t, args...); exit == exitDone || exit == exitPerson {
			t.Errorf("%s: exit %d", name, exit)
		}
	}
}

// TestValidateManyFaults: the first thousand are listed, the rest is counted.
func TestValidateManyFaults(t *testing.T) {
	file, err := fs.ReadFile(samples.Files(), "contact-letter/id-check-digit.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(file), "\n")
	name := filepath.Join(t.TempDir(), "many.csv")
	text := lines[0] + strings.Repeat(lines[1], 1500) + lines[len(lines)-2]
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	exit, got := validateJSON(t, name)
	if j := got.Files[0]; exit != exitPerson || len(j.Faults) != judge.ListedFaults || j.Total != 1502 || j.Records != 1500 {
		t.Errorf("exit %d, %d of %d faults, %d records", exit, len(j.Faults), j.Total, j.Records)
	}
}
