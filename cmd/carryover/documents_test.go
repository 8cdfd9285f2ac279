package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// documents calls f with the path and text of every document beside the code.
func documents(t *testing.T, f func(name, text string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.IsDir() && strings.HasPrefix(name, ".git/") {
				return fs.SkipDir
			}
			return err
		}
		if path.Base(name) == "README.md" || path.Base(name) == "CONTRIBUTING.md" {
			f(name, readFile(t, name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// widest is how wide a line of prose may be. Tables, code and what a test writes
// (between <!-- x --> and <!-- /x -->) are as wide as they need; so is a Chinese
// sentence, which a line break would part with a blank.
const widest = 120

// columns counts a Chinese character as two.
func columns(line string) (n int) {
	for _, r := range line {
		n++
		if r >= 0x2E80 && r < 0xFE50 || r >= 0xFF00 && r < 0xFF61 {
			n++
		}
	}
	return n
}

func TestDocumentsAreWrapped(t *testing.T) {
	documents(t, func(name, text string) {
		code, written := false, false
		for i, line := range strings.Split(text, "\n") {
			switch {
			case strings.HasPrefix(line, "```"):
				code = !code
			case strings.HasPrefix(line, "<!-- "):
				written = !strings.HasPrefix(line, "<!-- /")
			}
			wide := code || written || columns(line) > len([]rune(line))*3/2 || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "![") ||
				!strings.Contains(strings.TrimLeft(line, " -"), " ") // nowhere to break it
			if !wide && columns(line) > widest {
				t.Errorf("%s:%d has %d columns, %d at most", name, i+1, columns(line), widest)
			}
		}
	})
}

// What the READMEs of jobs name as `room.Function` is declared in that room.
func TestDocumentsOfJobsNameWhatIsThere(t *testing.T) {
	declared := map[string]bool{}
	eachGoFile(t, func(name string) {
		if path.Dir(path.Dir(name)) != "jobs" || strings.HasSuffix(name, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, readFile(t, name), parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				declared[file.Name.Name+"."+d.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if typ, ok := spec.(*ast.TypeSpec); ok {
						declared[file.Name.Name+"."+typ.Name.Name] = true
					}
				}
			}
		}
	})
	named := regexp.MustCompile("`([a-z]+\\.[A-Za-z]+)`")
	found := 0
	documents(t, func(name, text string) {
		if path.Dir(name) != "jobs" && path.Dir(path.Dir(name)) != "jobs" {
			return
		}
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			room, _, _ := strings.Cut(m[1], ".")
			if _, err := os.Stat(path.Join(root, "jobs", room)); err != nil {
				continue // a file or a message, no room
			}
			found++
			if !declared[m[1]] {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
	})
	if found < 20 {
		t.Errorf("only %d names found", found)
	}
}

// The table of rooms in jobs/README.md has every room, below those that it may
// name: no arrow points backwards.
func TestRoomsStandBelowWhatTheyName(t *testing.T) {
	place := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\| \*?([a-z]+)\*? \|`).FindAllStringSubmatch(section(t, "jobs/README.md", "## Rooms"), -1) {
		pkg := "jobs/" + m[1]
		if m[1] == "jobs" {
			pkg = "jobs"
		}
		if m[1] != "room" {
			place[pkg] = len(place) + 1
		}
	}
	for pkg := range imports(t) {
		if pkg != "jobs" && path.Dir(pkg) != "jobs" {
			continue
		}
		if place[pkg] == 0 {
			t.Errorf("%s is not in the table", pkg)
		}
		for _, to := range arrows[pkg] {
			if path.Dir(to) == "jobs" && place[to] >= place[pkg] {
				t.Errorf("%s stands above %s, which it may name", pkg, to)
			}
		}
	}
}

// section is the part of a document below a heading, up to the next one.
func section(t *testing.T, name, heading string) string {
	t.Helper()
	_, text, found := strings.Cut(readFile(t, name), heading+"\n")
	if !found {
		t.Fatalf("%s has no %s", name, heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}
