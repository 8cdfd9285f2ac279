// Package grid says what a workbook's cells are where their text alone says too little: a number that a
// program wrote as 1.2345678E7 or 12.0, a day kept as one, booleans and errors, which look like digits
// and text. It finds the sheets wherever they lie, and whether formulas stand on them.
package grid

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"carryover/formats/parts"
)

// Cells are the cells of a workbook of which their text alone says too little, by sheet and place.
type Cells map[string]map[Place]Cell

// Place is where a cell stands, from 1.
type Place struct{ Row, Column int }

// Cell is such a cell: a number as a plain decimal, a day as yyyy-mm-dd; or nothing that a person keys.
type Cell struct {
	Text string
	Odd  string // "TRUE", "#N/A": a boolean, an error; "" of a number or a day
}

// Visible is a text without the characters that nobody sees, which programs and pasting leave in cells.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// Right puts the texts of a row's cells right of which they alone say too little, and returns which are
// nothing that a person keys, by column from 0: the cell, what stands there, and that in words.
func (c Cells) Right(sheet string, row int, texts []string) (odd map[int]string) {
	if len(c[sheet]) == 0 {
		return nil
	}
	for i := range texts {
		x, ok := c[sheet][Place{row, i + 1}]
		if ok && x.Odd == "" {
			texts[i] = x.Text
		}
		if x.Odd == "" {
			continue
		}
		if odd == nil {
			odd = map[int]string{}
		}
		texts[i], odd[i] = x.Odd, nameOf(row, i+1)+" "+x.Odd+"：不是填写的值 / is no value that was typed"
	}
	return odd
}

// nameOf is a cell's reference.
func nameOf(row, column int) string {
	letters := ""
	for ; column > 0; column = (column - 1) / 26 {
		letters = string(rune('A'+(column-1)%26)) + letters
	}
	return letters + strconv.Itoa(row)
}

// Sheets are the parts of a workbook's sheets by their names, wherever they lie.
func Sheets(list []*zip.File) (map[string]*zip.File, error) {
	byName := map[string]*zip.File{}
	for _, f := range list {
		byName[parts.Name(f)] = f
	}
	book := "xl/workbook.xml"
	for _, target := range relations(byName, "") {
		if strings.HasSuffix(target.kind, "/officeDocument") {
			book = target.part
		}
	}
	var of struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			Old  string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := decode(byName[book], &of); err != nil {
		return nil, err
	}
	targets := relations(byName, book)
	sheets := map[string]*zip.File{}
	for _, s := range of.Sheets {
		if f := byName[targets[s.ID+s.Old].part]; f != nil {
			sheets[s.Name] = f
		}
	}
	return sheets, nil
}

type relation struct{ kind, part string }

// relations are those of a part, by their IDs.
func relations(byName map[string]*zip.File, of string) map[string]relation {
	dir, base := path.Split(of)
	var list struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:",attr"`
			Target string `xml:",attr"`
		} `xml:"Relationship"`
	}
	if decode(byName[dir+"_rels/"+base+".rels"], &list) != nil {
		return nil
	}
	all := map[string]relation{}
	for _, r := range list.Relations {
		part := strings.ToLower(strings.ReplaceAll(r.Target, `\`, "/"))
		if strings.HasPrefix(part, "/") {
			part = part[1:]
		} else {
			part = path.Join(dir, part)
		}
		all[r.ID] = relation{r.Type, part}
	}
	return all
}

func decode(f *zip.File, to any) error {
	if f == nil {
		return parts.Broken
	}
	r, err := f.Open()
	if err != nil {
		return parts.Broken
	}
	defer r.Close()
	if xml.NewDecoder(io.LimitReader(r, mostXML)).Decode(to) != nil {
		return parts.Broken
	}
	return nil
}

// mostXML bounds what is read of a part that tells of others.
const mostXML = 16 << 20

// Read looks through the sheets of a workbook. The error is a *parts.Fault.
func Read(list []*zip.File) (Cells, error) {
	sheets, err := Sheets(list)
	if err != nil {
		return nil, err
	}
	all := Cells{}
	for name, f := range sheets {
		if all[name], err = cellsOf(f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// cell is one as it stands in a sheet.
type cell struct {
	Ref   string `xml:"r,attr"`
	Type  string `xml:"t,attr"`
	Value string `xml:"v"`
}

func cellsOf(f *zip.File) (map[Place]Cell, error) {
	r, err := f.Open()
	if err != nil {
		return nil, parts.Broken
	}
	defer r.Close()
	cells := map[Place]Cell{}
	var at Place
	last := 0 // column
	dec := xml.NewDecoder(r)
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return cells, nil
		}
		if err != nil {
			return nil, parts.Broken
		}
		start, ok := token.(xml.StartElement)
		switch {
		case ok && start.Name.Local == "row":
			at, last = Place{Row: numbered(start, at.Row+1)}, 0
		case ok && start.Name.Local == "c":
			var c cell
			if err := dec.DecodeElement(&c, &start); err != nil {
				return nil, parts.Broken
			}
			if at.Column = columnOf(c.Ref); at.Column == 0 { // a program that counts on their order
				at.Column = last + 1
			}
			last = at.Column
			if x, ok := c.meant(); ok {
				cells[at] = x
			}
		}
	}
}

// numbered is the number of a row, by default the next.
func numbered(row xml.StartElement, next int) int {
	for _, a := range row.Attr {
		if n, err := strconv.Atoi(a.Value); a.Name.Local == "r" && err == nil {
			return n
		}
	}
	return next
}

// columnOf is the column of a reference, A1 for instance; 0 of none.
func columnOf(ref string) (n int) {
	for _, letter := range strings.ToUpper(strings.TrimRight(ref, "0123456789")) {
		n = n*26 + int(letter-'A') + 1
	}
	return n
}

// Formulas reports whether a formula stands on any of the sheets: what it comes to is not what a person
// has entered. The error is a *parts.Fault.
func Formulas(list []*zip.File) (bool, error) {
	sheets, err := Sheets(list)
	if err != nil {
		return false, err
	}
	for _, f := range sheets {
		if found, err := formulasIn(f); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

func formulasIn(f *zip.File) (bool, error) {
	r, err := f.Open()
	if err != nil {
		return false, parts.Broken
	}
	defer r.Close()
	dec := xml.NewDecoder(r)
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, parts.Broken
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "f" {
			return true, nil
		}
	}
}

// meant is what a cell is whose text says too little.
func (c cell) meant() (Cell, bool) {
	switch c.Type {
	case "b":
		return Cell{Odd: map[string]string{"0": "FALSE", "1": "TRUE"}[c.Value]}, true
	case "e":
		return Cell{Odd: c.Value}, true
	case "d":
		day, _, _ := strings.Cut(c.Value, "T00:00:00")
		return Cell{Text: day}, day != c.Value
	case "", "n":
		text, ok := plain(c.Value)
		return Cell{Text: text}, ok
	}
	return Cell{}, false
}

var (
	written = regexp.MustCompile(`^-?\d+\.0+$|^-?\d+(\.\d+)?[eE][-+]?\d+$`)
	// certain is below what a program keeps of a number without losing digits.
	certain = 1e15
)

// plain is a number as a plain decimal where a program has written it in another way.
func plain(value string) (string, bool) {
	if !written.MatchString(value) {
		return "", false
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || n >= certain || n <= -certain {
		return "", false
	}
	return strconv.FormatFloat(n, 'f', -1, 64), true
}
