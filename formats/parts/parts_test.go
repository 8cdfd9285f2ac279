package parts_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"carryover/formats/parts"
)

// archive is a zip of parts, each of some bytes; change may alter a part's header.
func archive(t testing.TB, change func(*zip.FileHeader), names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if change != nil {
			change(h)
		}
		part, err := w.CreateHeader(h)
		if err == nil && !strings.HasSuffix(name, "/") {
			_, err = part.Write(make([]byte, 100))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func many(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("xl/media/%d.png", i))
	}
	return names
}

// before renames a part in the header before its bytes alone.
func before(data []byte, name, other string) []byte {
	return bytes.Replace(data, []byte(name), []byte(other), 1)
}

// extra holds what looks like a header with a name, and ends where the real one ends.
func extra(name string) []byte {
	header := append(make([]byte, 30), name...)
	copy(header, "PK\x03\x04")
	header[26] = byte(len(name))
	return append([]byte{0xEF, 0xBE, byte(len(header)), 0}, header...)
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		data  []byte
		fault string // in English; empty: none
		large bool
	}{
		"as Excel writes it":       {data: archive(t, nil, "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")},
		"with folders":             {data: archive(t, nil, "xl/", "xl/workbook.xml")},
		"slashes of Windows":       {data: archive(t, nil, `xl\workbook.xml`)},
		"as many as may be":        {data: archive(t, nil, many(parts.Most)...)},
		"one more":                 {data: archive(t, nil, many(parts.Most+1)...), fault: "too many parts", large: true},
		"twenty thousand":          {data: archive(t, nil, many(20_000)...), fault: "too many parts", large: true},
		"twice":                    {data: archive(t, nil, "xl/workbook.xml", "xl/workbook.xml"), fault: "stands twice"},
		"twice but for case":       {data: archive(t, nil, "xl/workbook.xml", "XL/Workbook.xml"), fault: "stands twice"},
		"twice but for slashes":    {data: archive(t, nil, "xl/workbook.xml", `xl\workbook.xml`), fault: "stands twice"},
		"a folder and a part":      {data: archive(t, nil, "xl/workbook.xml", "xl/workbook.xml/"), fault: "stands twice"},
		"leads out":                {data: archive(t, nil, "../workbook.xml"), fault: "leads out"},
		"leads out and in":         {data: archive(t, nil, "xl/../xl/workbook.xml"), fault: "leads out"},
		"leads out with the other": {data: archive(t, nil, `xl\..\..\workbook.xml`), fault: "leads out"},
		"absolute":                 {data: archive(t, nil, "/xl/workbook.xml"), fault: "leads out"},
		"in no folder":             {data: archive(t, nil, "xl//workbook.xml"), fault: "leads out"},
		"NUL":                      {data: archive(t, nil, "xl/workbook.xml\x00.png"), fault: "leads out"},
		"encrypted part":           {data: archive(t, func(h *zip.FileHeader) { h.Flags |= 1 }, "xl/workbook.xml"), fault: "is encrypted"},
		"another name before":      {data: before(archive(t, nil, "xl/workbook.xml"), "xl/workbook.xml", "xl/workbooK.xml"), fault: "has two names"},
		"that of another before":   {data: before(archive(t, nil, "xl/a.xml", "xl/b.xml"), "xl/b.xml", "xl/a.xml"), fault: "has two names"},
		"a header in the extra":    {data: archive(t, func(h *zip.FileHeader) { h.Extra = extra("xl/workbook.xml") }, "xl/workbook.xml")},
		"another one in the extra": {data: archive(t, func(h *zip.FileHeader) { h.Extra = extra("xl/workbooK.xml") }, "xl/workbook.xml"), fault: "has two names"},
		"encrypted whole":          {data: []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), fault: "is encrypted"},
		"too much":                 {data: archive(t, nil, "a", "b", "c"), fault: "unpacks to too much", large: true},
		"cut":                      {data: archive(t, nil, "a")[:100], fault: "may be broken"},
		"empty":                    {fault: "may be broken"},
	} {
		t.Run(name, func(t *testing.T) {
			most := int64(100 * len(many(parts.Most)))
			if name == "too much" {
				most = 299
			}
			_, err := parts.Check(c.data, most)
			var fault *parts.Fault
			switch {
			case c.fault == "" && err != nil, c.fault != "" && !errors.As(err, &fault):
				t.Errorf("found %v", err)
			case fault != nil && (!strings.Contains(fault.English, c.fault) || fault.TooLarge != c.large || fault.Chinese == ""):
				t.Errorf("found %v, too large %v", fault, fault.TooLarge)
			}
		})
	}
}
