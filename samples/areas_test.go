package samples

import (
	"os"
	"path/filepath"
	"testing"

	"carryover/exchange/identity"
)

// areas is the table of area codes, read from where it is embedded.
func areas(t testing.TB) *identity.Areas {
	t.Helper()
	open := func(name string) *os.File {
		f, err := os.Open(filepath.Join("..", "config", "data", "divisions", name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	a, err := identity.NewAreas(identity.Tables{
		Provinces: open("provinces.csv"), Cities: open("cities.csv"), Counties: open("areas.csv"),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAreasOfPeopleExist(t *testing.T) {
	a := areas(t)
	for _, p := range places {
		if !a.Valid(p.area) {
			t.Errorf("%s %s is no area", p.area, p.city)
		}
	}
	for _, code := range birthAreas {
		if !a.Valid(code) {
			t.Errorf("%s is no area", code)
		}
	}
}
