package samples

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

func TestPeopleInDrops(t *testing.T) {
	dir := t.TempDir()
	files, err := GeneratePeople(dir, 120, 3, OldPlace, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 6 {
		t.Fatalf("%d files: %v", len(files), files)
	}
	registered := map[string]string{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		res := judge(t, f, batch.Options{Name: filepath.Base(name), Self: OldPlace, Areas: areas(t).Valid, Repeats: true})
		f.Close()
		if res.Records == 0 {
			t.Errorf("%s has no records", name)
		}
		who(t, name, registered)
	}
	if len(registered) != 120 {
		t.Errorf("%d people are registered", len(registered))
	}
	if _, err := GeneratePeople(dir, 120, 3, OldPlace, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "in", "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// who notes the people of a registry, which comes first, and finds those of
// every other file in it.
func who(t *testing.T, name string, registered map[string]string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := sheet.NewReader(f, formats.Kinds(), batch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		var p formats.Person
		switch rec := r.Record().Value.(type) {
		case *formats.RegistryRecord:
			if registered[rec.Person.IDNo] != "" {
				t.Errorf("%s stands twice", rec.Person.IDNo)
			}
			registered[rec.Person.IDNo] = rec.Person.Name
			continue
		case *formats.Application:
			p = rec.Person
		case *formats.CertificateRequest:
			p = rec.Person
		case *formats.Letter:
			p = rec.Person
		}
		if registered[p.IDNo] != p.Name {
			t.Errorf("%s: %s %s is not registered", name, p.IDNo, p.Name)
		}
	}
}
