package batch

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

// A workbook holds a sheet "envelope" with a name and a value per row, and a
// sheet for each row type, named by it, with one header row. A title ends in
// the column's name; what stands before it, the Chinese title, is for people.
// A last column "csv_line", which our own workbooks have, keeps the order of the
// rows in the CSV batch; without it rows stand in the order of the kind's row
// types, and detail rows behind the row they name. A column "problems", which
// our answers have, is passed over like the sheets aside.
const (
	envelopeSheet = "envelope"
	codesSheet    = "codes"
	notesSheet    = "填表说明"
	problemsSheet = "问题清单"
	lineColumn    = "csv_line"
	problemColumn = "problems"
)

// aside are the sheets of our workbooks that hold nothing of a batch.
var aside = []string{codesSheet, notesSheet, problemsSheet}

// The bounds of workbooks, which unlike CSV are held in memory.
const (
	MaxWorkbook  = 64 << 20 // bytes of the file
	maxSheetRows = 200_000  // of all sheets
)

// envelopeField is a name on the envelope. What is fixed is not for whoever
// types.
type envelopeField struct {
	Info
	fixed bool
}

// envelopeFields are the names on the envelope, in the order of the H row and
// then of the T row.
var envelopeFields = []envelopeField{
	{Info{Name: "kind", Title: "文件种类", Type: TypeText}, true},
	{Info{Name: "version", Title: "版本", Type: TypeText}, true},
	{Info{Name: "sender", Title: "发方", Type: TypeText, Max: 7, Need: Required, Hint: partyHint}, false},
	{Info{Name: "receiver", Title: "收方", Type: TypeText, Max: 7, Need: Required, Hint: partyHint}, false},
	{Info{Name: "sequence", Title: "序号", Type: TypeCount, Least: 1, Max: MaxSequence, Hint: Hint{Words: Words{
		ZH: "可空，由收方编号并在回执中告知", EN: "may stay empty: the receiver assigns it and tells it in the receipt",
	}}}, false},
	{Info{Name: "created", Title: "生成时间", Type: TypeText, Max: 25, Need: Required, Hint: Hint{Words: Words{
		ZH: "填表时间，写作 2026-03-02 08:30", EN: "when this was filled in, like 2026-03-02 08:30",
	}}}, false},
	{Info{Name: "profile", Title: "时限规则", Type: TypeText, Max: 32, Hint: Hint{Words: Words{
		ZH: "2021 或 2016，仅供对方参考", EN: "2021 or 2016, for information only",
	}}}, false},
	{Info{Name: "extent", Title: "提取范围", Type: TypeList, Codes: code.Extents(), Hint: Hint{Words: Words{
		ZH: "仅参保信息填写：full 全量，delta 增量", EN: "registry only: full or delta",
	}}}, false},
	{Info{Name: "rows", Title: "行数", Type: TypeCount, Hint: countedHint}, true},
	{Info{Name: "total", Title: "金额合计", Type: TypeMoney, Hint: countedHint}, true},
	{Info{Name: "digest", Title: "摘要", Type: TypeHash, Hint: Hint{Words: Words{ZH: "留空", EN: "stays empty"}}}, true},
}

var (
	partyHint = Hint{Rule: "LEN({})>=6", Words: Words{
		ZH: "机构的6位区划代码；业务系统、网厅分别在后面加 c、p", EN: "the agency's 6-digit area code; c or p behind it for its core or portal",
	}}
	countedHint = Hint{Words: Words{ZH: "自动计算，不要改动", EN: "counted by itself; leave it alone"}}
)

// sheetRow is one row of a sheet as the row of a CSV batch.
type sheetRow struct {
	text  string
	line  int // of the sheet
	order int // in the CSV batch; 0: not known
	slips []slip
}

// sheetSource gives the rows of a workbook.
type sheetSource struct {
	envelope map[string]string
	slips    []slip // of the envelope
	rows     []sheetRow
	given    int // rows given: 0 is H, then rows, then T
	row      row
	hash     hash.Hash
	sum      string
}

func newSheetSource(src io.Reader, kinds []*Kind, o *Options) (source, error) {
	file, err := openWorkbook(src, o.MaxUnzip)
	if err != nil {
		return nil, err
	}
	s := &sheetSource{envelope: make(map[string]string), hash: sha256.New()}
	err = s.load(file, kinds)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return s, err
}

// openWorkbook opens a workbook within its bounds.
func openWorkbook(src io.Reader, maxUnzip int64) (*excelize.File, error) {
	data, err := io.ReadAll(io.LimitReader(src, MaxWorkbook+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxWorkbook {
		return nil, &fileFault{code.TooLarge, "工作簿过大，请改用 CSV / the workbook is too large; use CSV"}
	}
	if tooLarge(data, maxUnzip) {
		return nil, &fileFault{code.TooLarge, "工作簿解压后过大 / the workbook unpacks to too much"}
	}
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: min(maxUnzip, 16<<20)})
	if err != nil {
		return nil, &fileFault{code.Unreadable, "不是可读的工作簿 / not a readable workbook"}
	}
	if _, macros := file.Pkg.Load("xl/vbaProject.bin"); macros {
		if err := file.Close(); err != nil {
			return nil, err
		}
		return nil, &fileFault{code.Unreadable, "工作簿含宏 / the workbook has macros"}
	}
	return file, nil
}

// tooLarge reports a zip that says itself that it unpacks to more than limit;
// one that lies is stopped while it unpacks.
func tooLarge(data []byte, limit int64) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false // for the workbook's own reader to say
	}
	sum := uint64(0)
	for _, f := range z.File {
		if f.UncompressedSize64 > uint64(limit) {
			return true
		}
		sum += f.UncompressedSize64
	}
	return sum > uint64(limit)
}

// load reads all sheets.
func (s *sheetSource) load(file *excelize.File, kinds []*Kind) error {
	sheets := make(map[string]string) // name as it should be → as it is
	for _, name := range file.GetSheetList() {
		sheets[strings.ToUpper(strings.TrimSpace(name))] = name
	}
	name, found := sheets[strings.ToUpper(envelopeSheet)]
	if !found {
		return &fileFault{code.WrongEnvelope, "没有 envelope 工作表 / there is no sheet envelope"}
	}
	if err := s.loadEnvelope(file, name); err != nil {
		return err
	}
	delete(sheets, strings.ToUpper(envelopeSheet))
	for _, name := range aside {
		delete(sheets, strings.ToUpper(name))
	}
	kind := Find(kinds, s.envelope["kind"])
	if kind == nil {
		return nil
	}
	parents, details, err := s.loadRows(file, kind, sheets)
	if err != nil {
		return err
	}
	for _, name := range sheets {
		if rows, err := file.GetRows(name); err != nil || len(rows) > 0 {
			return &fileFault{code.WrongEnvelope, quoted("多余的工作表 / a sheet too many", name)}
		}
	}
	s.rows = arrange(parents, details)
	return nil
}

// loadRows reads the sheet of every row type and takes it off sheets.
func (s *sheetSource) loadRows(file *excelize.File, kind *Kind, sheets map[string]string) (parents, details []sheetRow, err error) {
	left := maxSheetRows
	read := func(typ string, columns []Info) ([]sheetRow, error) {
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

// next gives the header, the rows and the trailer.
func (s *sheetSource) next() (*row, error) {
	i := s.given - 1
	s.given++
	switch {
	case i < 0:
		fields := append([]string{"H"}, s.values("kind", "version", "sender", "receiver", "sequence", "created", "profile")...)
		if extent := s.envelope["extent"]; extent != "" {
			fields = append(fields, extent)
		}
		s.give(sheetRow{text: rowText(fields), line: 1, slips: s.slips})
	case i < len(s.rows):
		s.give(s.rows[i])
	case i == len(s.rows):
		s.sum = hex.EncodeToString(s.hash.Sum(nil))
		s.row.line = 1
		s.row.set(rowText(append([]string{"T"}, s.values("rows", "total", "digest")...)))
	default:
		return nil, io.EOF
	}
	return &s.row, nil
}

// give makes a row of a line of the equivalent CSV batch and hashes it.
func (s *sheetSource) give(r sheetRow) {
	s.hash.Write([]byte(r.text))
	s.hash.Write([]byte{'\n'})
	if !s.row.set(r.text) {
		s.row.set(strings.ToValidUTF8(r.text, "\x00"))
	}
	s.row.line, s.row.slips = r.line, r.slips
}

func (s *sheetSource) values(names ...string) []string {
	v := make([]string, len(names))
	for i, name := range names {
		v[i] = s.envelope[name]
	}
	return v
}

func (s *sheetSource) digest() string { return s.sum }
func (s *sheetSource) draft() bool    { return true }

func (s *sheetSource) finish(rows int, total money.Fen) (string, bool, error) {
	s.hash.Write([]byte(rowText([]string{"T", strconv.Itoa(rows), total.String(), s.sum}) + "\n"))
	return hex.EncodeToString(s.hash.Sum(nil)), false, nil
}

// rowText is a row of a CSV batch without its line end.
func rowText(fields []string) string {
	b := appendRow(nil, fields)
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
		of[numberOf(d)] = append(of[numberOf(d)], d)
	}
	var placed []sheetRow
	for _, p := range parents {
		placed = append(placed, p)
		placed = append(placed, of[numberOf(p)]...)
		delete(of, numberOf(p))
	}
	var lost []sheetRow
	for _, d := range details {
		if _, orphan := of[numberOf(d)]; orphan {
			lost = append(lost, d)
		}
	}
	return append(lost, placed...)
}

// numberOf is the second field of a row: a record's own number, or the number
// of the row that a detail row belongs to.
func numberOf(r sheetRow) string {
	var fields row
	if fields.set(r.text); len(fields.fields) < 2 {
		return ""
	}
	return fields.at(1)
}

// titleName is the name at the end of a title: "联系函编号 letter_no".
func titleName(title string) string {
	title = strings.TrimSpace(title)
	i := strings.LastIndexFunc(title, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return title[i+1:]
}

// title is the title of a column: Chinese, then the name.
func title(chinese, name string) string { return fmt.Sprintf("%s %s", chinese, name) }
