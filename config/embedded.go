package config

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"go.yaml.in/yaml/v4"

	"carryover/exchange/calendar"
	"carryover/exchange/identity"
)

//go:embed data/holidays/*.json data/divisions/*.csv data/profiles.yaml
var data embed.FS

// builtInProfiles are 2016 and 2021, as data/profiles.yaml states them.
func builtInProfiles() ([]ProfileSetting, error) {
	src, err := data.ReadFile("data/profiles.yaml")
	if err != nil {
		return nil, fmt.Errorf("built-in profiles: %w", err)
	}
	var list []ProfileSetting
	if err := yaml.Load(src, &list, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("built-in profiles: %w", err)
	}
	return list, nil
}

// areasWith is the built-in table of area codes with codes to allow beside them.
func areasWith(allow []Area) (*identity.Areas, error) {
	if len(allow) == 0 {
		return builtInAreas()
	}
	return readAreas(allow)
}

// builtInAreas is the table alone, read once: the settings are judged with it,
// and then files. Nobody can change it.
var builtInAreas = sync.OnceValues(func() (*identity.Areas, error) { return readAreas(nil) })

func readAreas(allow []Area) (*identity.Areas, error) {
	var src [3][]byte
	for i, name := range []string{"provinces", "cities", "areas"} {
		b, err := data.ReadFile("data/divisions/" + name + ".csv")
		if err != nil {
			return nil, fmt.Errorf("built-in areas: %w", err)
		}
		src[i] = b
	}
	var more []identity.Area
	for _, a := range allow {
		more = append(more, identity.Area(a))
	}
	areas, err := identity.NewAreas(identity.Tables{
		Provinces: bytes.NewReader(src[0]), Cities: bytes.NewReader(src[1]), Counties: bytes.NewReader(src[2]),
	}, more)
	if err != nil {
		return nil, fmt.Errorf("area codes: %w", err)
	}
	return areas, nil
}

// builtInNotices are the State Council's notices that came with the program.
func builtInNotices() ([]calendar.Notice, error) {
	sub, err := fs.Sub(data, "data/holidays")
	if err != nil {
		return nil, fmt.Errorf("built-in calendars: %w", err)
	}
	return readNotices(sub)
}

// readNotices reads all <year>.json of a folder.
func readNotices(dir fs.FS) ([]calendar.Notice, error) {
	names, err := fs.Glob(dir, "[0-9][0-9][0-9][0-9].json")
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	var list []calendar.Notice
	for _, name := range names {
		src, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("read notice: %w", err)
		}
		n, err := calendar.ParseNotice(src)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if fmt.Sprintf("%d.json", n.Year) != path.Base(name) {
			return nil, fmt.Errorf("%s: is the notice of %d", name, n.Year)
		}
		list = append(list, n)
	}
	return list, nil
}
