package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// readmeCommands are the lines of README's shell blocks, in order.
func readmeCommands(t *testing.T) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```sh"
		case inside && line != "":
			lines = append(lines, line)
		}
	}
	return lines
}

// TestREADMECommands runs what README tells its reader to type, in its order
// and in one folder, which has the samples beside it as the repository has.
func TestREADMECommands(t *testing.T) {
	lines := readmeCommands(t)
	samples, err := filepath.Abs(filepath.Join("..", "..", "samples"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.Symlink(samples, "samples"); err != nil {
		t.Fatal(err)
	}
	ran := map[string]bool{}
	for _, line := range lines {
		if line == "cp 310100.allowed_signers 320500/keys/partners/" {
			partnersLine(t, "320500", "310100")
			continue
		}
		args, ours := strings.CutPrefix(line, "go run ./cmd/carryover ")
		if !ours {
			args, ours = strings.CutPrefix(line, "carryover ")
		}
		if !ours {
			if line != "go test ./..." && line != "go build -o carryover ./cmd/carryover" {
				t.Errorf("README tells to run %q, which no test tries", line)
			}
			continue
		}
		fields := strings.Fields(args)
		ran[fields[0]] = true
		switch {
		case args == "demo":
			continue // the next line is the same with a folder to look at
		case fields[0] == "demo":
			fields = append(fields, "--people", "1")
		case fields[len(fields)-1] == "serve":
			fields = append(fields, "--help") // it does not end
		}
		var out, errOut bytes.Buffer
		if exit := run(t.Context(), fields, &out, &errOut); exit != exitDone && exit != exitPerson {
			t.Errorf("%s: exit %d: %s", line, exit, errOut.String())
		} else if out.Len()+errOut.Len() == 0 {
			t.Errorf("%s says nothing", line)
		}
	}
	for _, want := range []string{"demo", "init", "validate", "convert"} {
		if !ran[want] {
			t.Errorf("README does not show %s", want)
		}
	}
}

// partnersLine is what a partner hands over: its line of allowed_signers, here
// with our own key.
func partnersLine(t *testing.T, us, partner string) {
	t.Helper()
	line, err := os.ReadFile(filepath.Join(us, "keys", us+".allowed_signers"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(us, "keys", "partners", partner+".allowed_signers"), strings.Replace(string(line), us, partner, 1))
}

// TestREADMENamesEveryCommand: the table has a row for each command, and none
// for one that does not exist.
func TestREADMENamesEveryCommand(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n## Commands\n")
	table, _, _ = strings.Cut(table, "\n## ")
	exists := map[string]bool{}
	for _, c := range commands(&app{}) {
		exists[c.Name()] = true
		if !strings.Contains(table, "`"+c.Name()+" ") && !strings.Contains(table, "`"+c.Name()+"`") {
			t.Errorf("README's table has no row for %s", c.Name())
		}
	}
	for line := range strings.Lines(table) {
		name, row := strings.CutPrefix(line, "| `")
		if !row {
			continue
		}
		if name, _, _ = strings.Cut(strings.Fields(name)[0], "`"); !exists[name] {
			t.Errorf("README's table names %s, which does not exist", name)
		}
	}
}

// TestREADMENamesEveryDependency: every module that our files import has its
// reason in README's table, and the table has no other.
func TestREADMENamesEveryDependency(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "\n## Dependencies\n")
	table, _, _ = strings.Cut(table, "\n## ")
	named := map[string]bool{}
	for line := range strings.Lines(table) {
		if cell, row := strings.CutPrefix(line, "| "); row && strings.Contains(cell, ".") {
			cell, _, _ = strings.Cut(cell, " |")
			for _, module := range strings.Split(cell, ", ") {
				named[module] = false
			}
		}
	}
	for imported := range importedPackages(t) {
		known := false
		for module := range named {
			if imported == module || strings.HasPrefix(imported, module+"/") {
				known, named[module] = true, true
			}
		}
		if !known {
			t.Errorf("README gives no reason for %s", imported)
		}
	}
	for module, used := range named {
		if !used {
			t.Errorf("README gives a reason for %s, which nothing imports", module)
		}
	}
}

// importedPackages are the packages of other modules that our files import.
func importedPackages(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if host, _, ok := strings.Cut(path, "/"); ok && strings.Contains(host, ".") {
				found[path] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
