package samples

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange/atomicfile"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

//go:embed kit/README.md kit/keys.md kit/carryover_batch.py
var kit embed.FS

// ErrNotEmpty is returned for a folder that a kit would have to be mixed into.
var ErrNotEmpty = errors.New("the folder is not empty")

// Agreed is what an agency has agreed with the partner that a kit is for.
type Agreed struct {
	Agency, AgencyName   string // ours
	Partner, PartnerName string
	Facts                []Fact
}

// Fact is one thing agreed, in both languages.
type Fact struct{ Name, Value string }

// WriteKit writes what a partner needs to exchange with us into a folder that
// is empty or not there: it appears whole or not at all. The same agreement,
// nil for none, gives the same bytes. It returns the names of the files.
func WriteKit(dir string, agreed *Agreed) (names []string, err error) {
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return nil, fmt.Errorf("%s: %w", dir, ErrNotEmpty)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	parts, err := kitParts(agreed)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".partner-kit-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }() // nothing, once it was renamed
	for _, p := range parts {
		name := filepath.Join(temp, filepath.FromSlash(p.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return nil, err
		}
		if err := atomicfile.Create(name, func(f *os.File) error { return p.write(f) }); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		names = append(names, filepath.Join(dir, filepath.FromSlash(p.name)))
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.Rename(temp, dir); err != nil {
		return nil, err
	}
	return names, atomicfile.SyncDir(os.Open, filepath.Dir(filepath.Clean(dir)))
}

// kitPart is a file of a kit.
type kitPart struct {
	name  string
	write func(io.Writer) error
}

func textPart(name string, content []byte) kitPart {
	return kitPart{name, func(w io.Writer) error { _, err := w.Write(content); return err }}
}

func kitParts(agreed *Agreed) ([]kitPart, error) {
	parts := []kitPart{textPart("manual.md", []byte(formats.Manual()))}
	for _, name := range []string{"README.md", "keys.md", "carryover_batch.py"} {
		content, err := kit.ReadFile("kit/" + name)
		if err != nil {
			return nil, err
		}
		if name == "README.md" && agreed != nil {
			content = append(content, agreed.text()...)
		}
		parts = append(parts, textPart(name, content))
	}
	kinds := kitKinds()
	for _, k := range kinds {
		h := batch.Header{}
		if agreed != nil {
			h.Sender, h.Receiver = agreed.Partner, agreed.Agency
		}
		parts = append(parts, kitPart{"templates/" + k.Name + ".xlsx", func(w io.Writer) error {
			var book bytes.Buffer
			if err := sheet.Template(&book, k, h); err != nil {
				return err
			}
			return sortParts(w, book.Bytes())
		}})
	}
	examples, err := kitExamples(kinds)
	return append(parts, examples...), err
}

// kitKinds are the kinds that an agency sends to another.
func kitKinds() (kinds []*batch.Kind) {
	for _, k := range formats.Kinds() {
		if slices.Contains(k.Senders, batch.Agency) && slices.Contains(k.Receivers, batch.Agency) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// kitExamples are the examples of some kinds that can be judged alone, and
// what must be found in them.
func kitExamples(kinds []*batch.Kind) ([]kitPart, error) {
	list, err := Vectors()
	if err != nil {
		return nil, err
	}
	var index bytes.Buffer
	out := csv.NewWriter(&index)
	rows := [][]string{{"file", "kind", "carrier", "encoding", "verdict", "line", "row", "field", "code", "about"}}
	var parts []kitPart
	for _, v := range list {
		if v.Needs != NeedsFile || batch.Find(kinds, v.Kind) == nil {
			continue
		}
		content, err := fs.ReadFile(Files(), v.File)
		if err != nil {
			return nil, err
		}
		parts = append(parts, textPart(path.Join("samples", v.File), content))
		line := ""
		if v.Line > 0 {
			line = strconv.Itoa(v.Line)
		}
		rows = append(rows, []string{v.File, v.Kind, string(v.Carrier), string(v.Encoding), string(v.Verdict), line, v.Row, v.Field, string(v.Code), v.About})
	}
	if err := out.WriteAll(rows); err != nil {
		return nil, err
	}
	return append(parts, textPart("samples/index.csv", index.Bytes())), nil
}

// text is the part of the kit's README that is for this partner alone.
func (a *Agreed) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## 与贵方的约定 · Agreed with you\n\n| | |\n|---|---|\n")
	facts := append([]Fact{
		{"贵方 you", a.Partner + " " + a.PartnerName}, {"我方 we", a.Agency + " " + a.AgencyName},
	}, a.Facts...)
	for _, f := range facts {
		fmt.Fprintf(&b, "| %s | %s |\n", f.Name, strings.NewReplacer("|", `\|`, "\n", " ").Replace(f.Value))
	}
	return b.String()
}
