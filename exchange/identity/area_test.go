package identity

import (
	"slices"
	"strings"
	"testing"
)

const (
	someProvinces = "code,name\n31,\"上海市\"\n32,\"江苏省\"\n42,\"湖北省\"\n"
	someCities    = "code,name,provinceCode\n3101,\"市辖区\",31\n3205,\"苏州市\",32\n4290,\"省直辖县级行政区划\",42\n"
	someCounties  = "code,name,cityCode,provinceCode\n310101,\"黄浦区\",3101,31\n320508,\"姑苏区\",3205,32\n429004,\"仙桃市\",4290,42\n"
)

func tables(provinces, cities, counties string) Tables {
	return Tables{strings.NewReader(provinces), strings.NewReader(cities), strings.NewReader(counties)}
}

func TestAreas(t *testing.T) {
	allow, err := ReadAllowed(strings.NewReader("code,name\n320502,江苏省苏州市沧浪区\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewAreas(tables(someProvinces, someCities, someCounties), allow)
	if err != nil {
		t.Fatal(err)
	}
	for code, name := range map[string]string{
		"320000": "江苏省", "320500": "江苏省苏州市", "320508": "江苏省苏州市姑苏区", "310100": "上海市",
		"310101": "上海市黄浦区", "429004": "湖北省仙桃市", "320502": "江苏省苏州市沧浪区",
	} {
		if !a.Valid(code) || a.Name(code) != name {
			t.Errorf("%s is %s, valid %v", code, a.Name(code), a.Valid(code))
		}
	}
	for _, code := range []string{"", "320501", "32050", "3205000", "32050c", "000000"} {
		if a.Valid(code) || a.Name(code) != code {
			t.Errorf("%q is valid", code)
		}
	}
	if all := a.All(); len(all) != 10 || all[0].Code != "310000" {
		t.Errorf("all: %v", all)
	}
}

// The national list repeats cities without counties among the counties. One
// that no city stands for is a county all the same.
func TestCitiesAmongTheCounties(t *testing.T) {
	a, err := NewAreas(tables("code,name\n44,广东省\n46,海南省\n",
		"code,name,provinceCode\n4419,东莞市,44\n4690,省直辖县级行政区划,46\n",
		"code,name,cityCode,provinceCode\n441900,东莞市,4419,44\n469100,某地,4691,46\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Area{{"440000", "广东省"}, {"441900", "广东省东莞市"}, {"460000", "海南省"}, {"469000", "海南省"}, {"469100", "某地"}}
	if !slices.Equal(a.All(), want) {
		t.Errorf("areas %v, want %v", a.All(), want)
	}
}

func TestBrokenAreaTables(t *testing.T) {
	cases := map[string]struct {
		tables Tables
		allow  []Area
		want   []string
	}{
		"header":       {tables("a,b\n31,x\n", someCities, someCounties), nil, []string{"provinces: no header"}},
		"empty":        {tables("", someCities, someCounties), nil, []string{"provinces"}},
		"codes":        {tables("code,name\n3,x\n3x,y\n", someCities, someCounties), nil, []string{"row 2", "row 3"}},
		"quotes":       {tables(someProvinces, "code,name\n3101,\"x", someCounties), nil, []string{"cities"}},
		"twice":        {tables(someProvinces, someCities, someCounties), []Area{{"320508", "x"}}, []string{"320508 stands twice"}},
		"allowed code": {tables(someProvinces, someCities, someCounties), []Area{{"3205", "x"}, {"320599", ""}}, []string{"3205", "320599"}},
	}
	for name, c := range cases {
		_, err := NewAreas(c.tables, c.allow)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v does not say %q", name, err, want)
			}
		}
	}
}
