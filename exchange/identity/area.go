package identity

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Area is a place with a 6-digit code: a county (320508), a city (320500) or
// a province (320000).
type Area struct{ Code, Name string }

// Areas is the table of area codes that are valid.
type Areas struct {
	full   map[string]string // code → province, city and county name
	sorted []Area
}

// Tables are the three lists of the statistical divisions as CSV with a
// header row: provinces (code,name), cities (code,name,provinceCode), areas
// (code,name,cityCode,provinceCode).
type Tables struct{ Provinces, Cities, Counties io.Reader }

// NewAreas builds the table from the divisions and a list of codes to allow
// beside them: repealed ones, which ID numbers and old partners still carry.
// Every broken row is reported, joined in one error.
func NewAreas(t Tables, allow []Area) (*Areas, error) {
	provinces, err1 := readDivision(t.Provinces, "provinces", 2)
	cities, err2 := readDivision(t.Cities, "cities", 4)
	counties, err3 := readDivision(t.Counties, "areas", 6)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	a := &Areas{full: map[string]string{}}
	var faults []error
	add := func(code, prefix, name string) {
		if _, twice := a.full[code]; twice {
			faults = append(faults, fmt.Errorf("area code %s stands twice", code))
		}
		a.full[code] = prefix + name
	}
	for _, p := range provinces {
		add(p.Code+"0000", "", p.Name)
	}
	for _, c := range cities {
		add(c.Code+"00", a.full[c.Code[:2]+"0000"], spoken(c.Name))
	}
	for _, c := range counties {
		// Cities without counties (东莞, 中山, 儋州) stand among them under their own code.
		if !strings.HasSuffix(c.Code, "00") || a.full[c.Code] == "" {
			add(c.Code, a.full[c.Code[:4]+"00"], c.Name)
		}
	}
	for _, r := range allow {
		if len(r.Code) != 6 || !allDigits(r.Code, 0, 6) || r.Name == "" {
			faults = append(faults, fmt.Errorf("allowed area %q %q: %w", r.Code, r.Name, ErrShape))
			continue
		}
		add(r.Code, "", r.Name)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	for code, name := range a.full {
		a.sorted = append(a.sorted, Area{code, name})
	}
	slices.SortFunc(a.sorted, func(x, y Area) int { return strings.Compare(x.Code, y.Code) })
	return a, nil
}

// spoken leaves out the names of levels that only statistics know, so that
// 310101 is 上海市黄浦区.
func spoken(city string) string {
	switch city {
	case "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划":
		return ""
	}
	return city
}

// readDivision reads code and name, the first two columns, of one list.
func readDivision(r io.Reader, list string, digits int) ([]Area, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	if len(rows) < 2 || len(rows[0]) < 2 || rows[0][0] != "code" || rows[0][1] != "name" {
		return nil, fmt.Errorf("%s: no header code,name or no rows", list)
	}
	var areas []Area
	var faults []error
	for i, row := range rows[1:] {
		if len(row[0]) != digits || !allDigits(row[0], 0, digits) || row[1] == "" {
			faults = append(faults, fmt.Errorf("%s row %d: %q %q: %w", list, i+2, row[0], row[1], ErrShape))
		}
		areas = append(areas, Area{row[0], row[1]})
	}
	return areas, errors.Join(faults...)
}

// Valid reports whether a code names a place.
func (a *Areas) Valid(code string) bool { return a.full[code] != "" }

// Name is the place's whole name, 江苏省苏州市; the code itself when it names none.
func (a *Areas) Name(code string) string {
	if name := a.full[code]; name != "" {
		return name
	}
	return code
}

// All lists the valid codes in order. The slice is shared: do not change it.
func (a *Areas) All() []Area { return a.sorted }

// ReadAllowed reads a list of allowed codes, CSV with the header code,name.
func ReadAllowed(r io.Reader) ([]Area, error) { return readDivision(r, "allowed areas", 6) }
