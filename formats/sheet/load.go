package sheet

import (
	"cmp"
	"io"
	"strings"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// sheetRow is one row of a sheet as the row of a CSV batch.
type sheetRow struct {
	batch.DraftRow
	order int    // in the CSV batch; 0: not known
	no    string // its second field: a record's own number, or that of the row a detail row belongs to
}

func readDraft(src io.Reader, kinds []*batch.Kind, maxUnzip int64) (*batch.Draft, error) {
	file, err := openWorkbook(src, cmp.Or(maxUnzip, 1<<30))
	if err != nil {
		return nil, err
	}
	d, err := draftOf(file, kinds)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return d, err
}

// draftOf reads all sheets. Of a kind that is not known it is the envelope alone.
func draftOf(file *workbook, kinds []*batch.Kind) (*batch.Draft, error) {
	sheets := make(map[string]string) // name as it should be → as it is
	for _, name := range file.GetSheetList() {
		sheets[strings.ToUpper(strings.TrimSpace(name))] = name
	}
	name, found := sheets[strings.ToUpper(envelopeSheet)]
	if !found {
		return nil, refused(code.WrongEnvelope, "没有 envelope 工作表 / there is no sheet envelope")
	}
	e, err := readEnvelope(file, name)
	if err != nil {
		return nil, err
	}
	delete(sheets, strings.ToUpper(envelopeSheet))
	for _, name := range aside {
		delete(sheets, strings.ToUpper(name))
	}
	d := e.draft()
	kind := batch.Find(kinds, e.values["kind"])
	if kind == nil {
		return d, nil
	}
	parents, details, err := readSheets(file, kind, sheets)
	if err != nil {
		return nil, err
	}
	for _, name := range sheets {
		if rows, err := file.GetRows(name); err != nil || len(rows) > 0 {
			return nil, refused(code.WrongEnvelope, batch.Quoted("多余的工作表 / a sheet too many", name))
		}
	}
	for _, r := range arrange(parents, details) {
		d.Rows = append(d.Rows, r.DraftRow)
	}
	return d, nil
}

// draft is the envelope as header and trailer of a batch without rows.
func (e *envelope) draft() *batch.Draft {
	head := append([]string{"H"}, e.all("kind", "version", "sender", "receiver", "sequence", "created", "profile")...)
	if extent := e.values["extent"]; extent != "" {
		head = append(head, extent)
	}
	return &batch.Draft{
		Carrier: batch.Workbook,
		Header:  batch.DraftRow{Text: rowText(head), Line: 1, Normalised: e.normalised},
		Trailer: batch.DraftRow{Text: rowText(append([]string{"T"}, e.all("rows", "total", "digest")...)), Line: 1},
	}
}

func (e *envelope) all(names ...string) []string {
	v := make([]string, len(names))
	for i, name := range names {
		v[i] = e.values[name]
	}
	return v
}

// readSheets reads the sheet of every row type and takes it off sheets.
func readSheets(file *workbook, kind *batch.Kind, sheets map[string]string) (parents, details []sheetRow, err error) {
	left := maxSheetRows
	read := func(typ string, columns []batch.Info) ([]sheetRow, error) {
		name, found := sheets[typ]
		if !found {
			return nil, nil
		}
		delete(sheets, typ)
		rows, err := readSheet(file, name, typ, columns, left)
		left -= len(rows)
		return rows, err
	}
	for _, row := range kind.Rows {
		rows, err := read(row.Type, row.Columns)
		if err != nil {
			return nil, nil, err
		}
		parents = append(parents, rows...)
	}
	for _, row := range kind.Rows {
		if row.Detail == nil {
			continue
		}
		rows, err := read(row.Detail.Type, row.Detail.Columns)
		if err != nil {
			return nil, nil, err
		}
		details = append(details, rows...)
	}
	return parents, details, nil
}

// rowText is a row of a CSV batch without its line end.
func rowText(fields []string) string {
	b := batch.AppendRow(nil, fields)
	return string(b[:len(b)-1])
}

// arrange puts the rows of all sheets into the order of a CSV batch. Detail
// rows that name no row come first, where a reader finds them misplaced.
func arrange(parents, details []sheetRow) []sheetRow {
	if all, ok := byLine(parents, details); ok {
		return all
	}
	of := make(map[string][]sheetRow)
	for _, d := range details {
		of[d.no] = append(of[d.no], d)
	}
	var placed []sheetRow
	for _, p := range parents {
		placed = append(placed, p)
		placed = append(placed, of[p.no]...)
		delete(of, p.no)
	}
	var lost []sheetRow
	for _, d := range details {
		if _, orphan := of[d.no]; orphan {
			lost = append(lost, d)
		}
	}
	return append(lost, placed...)
}
