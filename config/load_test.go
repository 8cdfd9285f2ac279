package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"carryover/exchange"
)

func TestExampleLoads(t *testing.T) {
	c, err := Parse("config.yaml", Example())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Agency(); got.Code != "320500" || got.PaymentCap != 50000000 || len(got.Accounts) != 1 ||
		got.Zone.String() != "Asia/Shanghai" || got.RemarkMax != 60 || got.NotFoundCap != 20 {
		t.Errorf("agency %+v", got)
	}
	own := c.Profiles()["2021-slow"]
	if own.AnswerWD != 12 || own.LetterWD != 3 || !own.CountFromNextDay {
		t.Errorf("profile %+v", own)
	}
	if c.AutomaticRelease() || len(c.Drops()) != 9 || len(c.Agency().Officers) != 3 || len(c.Turns()) != len(exchange.Turns()) {
		t.Errorf("release %v, drops %d, turns %d", c.AutomaticRelease(), len(c.Drops()), len(c.Turns()))
	}
	areas, err := c.Areas()
	if err != nil || !areas.Valid("320503") || areas.Valid("320599") {
		t.Errorf("areas: %v", err)
	}
}

// SPEC 2's table.
func TestBuiltInProfiles(t *testing.T) {
	c, err := Parse("config.yaml", Example())
	if err != nil {
		t.Fatal(err)
	}
	old, now := c.Profiles()["2016"], c.Profiles()["2021"]
	if got := []int{old.LetterWD, old.AnswerWD, old.CloseWD}; !cmp.Equal(got, []int{15, 15, 15}) || old.RelationDone() {
		t.Errorf("2016: %+v", old)
	}
	if got := []int{now.LetterWD, now.AnswerWD, now.CloseWD, now.MonthsWD, now.AccountWD}; !cmp.Equal(got, []int{1, 10, 0, 5, 5}) {
		t.Errorf("2021: %+v", now)
	}
	if now.Retirees || !now.CountFromNextDay || !now.RelationDone() {
		t.Errorf("2021: %+v", now)
	}
	for _, p := range c.Profiles() {
		for _, h := range p.StopsClock {
			if !h.Known() {
				t.Errorf("%s: %s", p.Name, h)
			}
		}
	}
}

// everyKey calls f with the name "Type.key" of every key of the settings.
func everyKey(t reflect.Type, f func(name string)) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeFor[Settings]().PkgPath() {
		return
	}
	for i := range t.NumField() {
		f(t.Name() + "." + keyOf(t.Field(i)))
		everyKey(t.Field(i).Type, f)
	}
}

func TestExampleExplainsEveryKeyInBothLanguages(t *testing.T) {
	words, err := readComments()
	if err != nil {
		t.Fatal(err)
	}
	english := regexp.MustCompile(`[A-Za-z]{2,}.*\.`)
	n := 0
	everyKey(reflect.TypeFor[Settings](), func(name string) {
		n++
		text, ok := words[name]
		switch {
		case !ok:
			t.Errorf("%s does not stand in the example", name)
		case !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
			t.Errorf("%s: no Chinese: %q", name, text)
		case !english.MatchString(text):
			t.Errorf("%s: no English: %q", name, text)
		}
	})
	if n < 100 {
		t.Errorf("only %d keys", n)
	}
}

func TestSwitchedOffKeysOfTheExampleAreKnown(t *testing.T) {
	fs := newFaults()
	var doc yaml.Node
	if err := yaml.Load(switchedOff.ReplaceAll(example, []byte("$1$2")), &doc); err != nil {
		t.Fatal(err)
	}
	fs.walk(doc.Content[0], reflect.TypeFor[Settings](), "")
	for _, f := range fs.list {
		t.Error(f)
	}
}

// Every fault of a file is told at once, each with its line.
func TestFaults(t *testing.T) {
	paths, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(path, src)
			var faulty *Error
			if !errors.As(err, &faulty) {
				t.Fatalf("error %v", err)
			}
			var got, want []string
			for _, f := range faulty.Faults {
				got = append(got, f.String())
			}
			for i, line := range strings.Split(string(src), "\n") {
				for _, text := range strings.Split(line, " #!")[1:] {
					want = append(want, fmt.Sprintf("line %d: %s", i+1, strings.TrimSpace(text)))
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// A slip in any key of the example is found, on its line, with the key that was meant.
func TestEverySlipIsFound(t *testing.T) {
	key := regexp.MustCompile(`^( *(?:- )?)([a-z_]{4,})(:.*)$`)
	lines := strings.Split(string(example), "\n")
	n := 0
	for i, line := range lines {
		m := key.FindStringSubmatch(line)
		if m == nil || m[2] == "in_held" || m[2] == "query" || strings.HasPrefix(lines[i], "  review:") {
			continue
		}
		n++
		k := m[2]
		slip := k[:1] + k[2:3] + k[1:2] + k[3:] // two letters swapped
		if slip == k {
			slip = k + "x"
		}
		bad := append([]string{}, lines...)
		bad[i] = m[1] + slip + m[3]
		_, err := Parse("config.yaml", []byte(strings.Join(bad, "\n")))
		if want := fmt.Sprintf("line %d: ", i+1); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), fmt.Sprintf("unknown key; did you mean %q?", k)) {
			t.Errorf("line %d %q: %v", i+1, bad[i], err)
		}
	}
	if n < 100 {
		t.Errorf("only %d keys tried", n)
	}
}

func TestLoadSaysWhatItCannotRead(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "config.yaml"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	for name, src := range map[string]string{
		"empty": "", "a list": "- a", "binary": "\x00\x01\x02", "two documents": string(example) + "\n---\na: b\n",
		"large": strings.Repeat("#", maxSize+1), "a word": "hello",
	} {
		_, err := Parse("config.yaml", []byte(src))
		var faulty *Error
		if !errors.As(err, &faulty) || len(faulty.Faults) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaDescribesEveryKey(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Defs map[string]struct {
			Properties map[string]struct {
				Description string `json:"description"`
			} `json:"properties"`
			Additional *bool `json:"additionalProperties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	everyKey(reflect.TypeFor[Settings](), func(name string) {
		typ, key, _ := strings.Cut(name, ".")
		if s.Defs[typ].Properties[key].Description == "" {
			t.Errorf("%s is not described", name)
		}
		if a := s.Defs[typ].Additional; a == nil || *a {
			t.Errorf("%s is open", typ)
		}
	})
}

func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pw"), []byte("s@cret:/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &Config{Dir: dir, Settings: Settings{Store: StoreSettings{DSN: "postgres://u@h:5/d?sslmode=verify-full", PasswordFile: "pw"}}}
	dsn, err := c.StoreDSN()
	if err != nil || dsn != "postgres://u:s%40cret%3A%2F@h:5/d?sslmode=verify-full" {
		t.Errorf("%s %v", dsn, err)
	}
	if _, err := c.Secret("", "CARRYOVER_NOT_SET"); err == nil {
		t.Error("a variable that is not set is no password")
	}
	c.Settings.Store.DSN = "x.db"
	if dsn, err := c.StoreDSN(); err != nil || dsn != filepath.Join(dir, "x.db") {
		t.Errorf("%s %v", dsn, err)
	}
}

func TestParseCron(t *testing.T) {
	for spec, ok := range map[string]bool{
		"0 2 * * *": true, "*/30 8-17 * * 1-5": true, "0 0 29 2 *": true,
		"0 0 31 2 *": false, "TZ=0 2 * * *": false, "CRON_TZ=UTC 0 2 * * *": false, "@daily": false,
		"0 2 * *": false, "0 0 2 * * *": false, "": false, "60 2 * * *": false,
	} {
		if _, err := ParseCron(spec, time.UTC); (err == nil) != ok {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Example())
	f.Add([]byte("agency: {code: [1, 2]}\nstore: &a {dsn: *a}\n"))
	f.Add([]byte("partners: [{drop: {sftp: {addr: \"[::1\"}}}]\nschedule: {light: {cron: [\"TZ=0\"]}}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := Parse("config.yaml", src)
		if err != nil {
			var faulty *Error
			if !errors.As(err, &faulty) || len(faulty.Faults) == 0 {
				t.Fatal(err)
			}
			return
		}
		text, err := Render(c.Settings)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("config.yaml", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if d := cmp.Diff(c.Settings, again.Settings); d != "" {
			t.Fatal(d)
		}
	})
}
