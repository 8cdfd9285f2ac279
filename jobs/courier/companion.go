package courier

import (
	"context"
	"slices"
	"strings"

	"carryover/jobs/office"
)

// withoutCompanions leaves out the files that only say something of another one, by its name: x.csv.ok,
// x.csv.md5 (Rules.Companions). Those are no files of the exchange: they stay where they are, without
// receipt or row. One whose file is neither there nor was ever is a file of its own.
func (v *visit) withoutCompanions(ctx context.Context, files []arrival) (rest []arrival, err error) {
	names := map[string]bool{}
	for _, a := range files {
		names[a.Name] = true
	}
	for _, a := range files {
		of, is := companionOf(v.Office, a.Name)
		if is && !names[of] {
			if is, err = v.came(ctx, of); err != nil {
				return nil, err
			}
		}
		if !is {
			rest = append(rest, a)
		}
	}
	return rest, nil
}

// companionOf is the file that a name says something of.
func companionOf(o *office.Office, name string) (of string, is bool) {
	i := slices.IndexFunc(o.Rules.Companions, func(suffix string) bool {
		return len(name) > len(suffix) && strings.EqualFold(name[len(name)-len(suffix):], suffix)
	})
	if i < 0 {
		return "", false
	}
	return name[:len(name)-len(o.Rules.Companions[i])], true
}
