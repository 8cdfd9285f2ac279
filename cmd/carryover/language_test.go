package main

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// identifiers are what staff read in Latin letters in any language: numbers of
// cases, letters, certificates and forms, names and sums of files, codes of the
// bank and the core, keys, commands that officers type.
var identifiers = regexp.MustCompile(`ssh-keygen -Y sign -n \S+ -f|decisions-\S+|SHA-?256(:\S+)?|\S*\.(csv|xml|xlsx|txt|sig)\b|\b(Excel|WPS|LibreOffice|csv|xml|xlsx|txt|sig|in|out|seal: off|EOF)\b|\S*\d\S*|\b[A-Z]{1,4}\b`)

var latin = regexp.MustCompile(`[A-Za-z]{2,}`)

// written are the texts of a workbook's cells below the header, by the titles of their columns.
// What a program reported about a run stands as it said it, and the hidden key
// of a decision's row is no text.
func written(t *testing.T, path string, each func(sheet, column, text string)) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(path, err)
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(path, err)
		}
		var head []string
		for _, row := range rows {
			if len(row) > 4 && row[0] != "" && row[1] != "" && row[2] != "" && head == nil {
				head = row
			}
			for i, text := range row {
				column := ""
				if i < len(head) {
					column = head[i]
				}
				each(sheet, column, text)
			}
		}
	}
}

// books are the workbooks for staff below a folder.
func books(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".xlsx") && (filepath.Base(filepath.Dir(path)) == "reports" || strings.Contains(path, filepath.Join("drops", "staff"))) {
			list = append(list, path)
		}
		return err
	})
	if err != nil || len(list) == 0 {
		t.Fatal(dir, list, err)
	}
	return list
}

// TestWorkbooksInChinese: what staff got in the whole played demo, nightly
// workbooks, decisions and answers to them, speaks Chinese alone.
func TestWorkbooksInChinese(t *testing.T) {
	answers := 0
	for _, agency := range []string{"320500", "310100"} {
		for _, path := range books(t, ended.copyOf(t, agency)) {
			if strings.HasSuffix(path, ".answer.xlsx") {
				answers++
			}
			written(t, path, func(sheet, column, text string) {
				if column == "行标识（勿改）" || sheet == "运行记录" && column == "说明" {
					return
				}
				text = strings.TrimPrefix(text, "【演练 / REHEARSAL】") // for everybody, whatever they read
				if words := latin.FindAllString(identifiers.ReplaceAllString(text, ""), -1); len(words) > 0 {
					t.Errorf("%s, %s, %s: %q in %q", filepath.Base(path), sheet, column, words, text)
				}
			})
		}
	}
	if answers == 0 {
		t.Error("no answer to decisions among them")
	}
}
