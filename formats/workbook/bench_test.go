package workbook

import (
	"io"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

const manyRows = 100_000

// BenchmarkSave compares a list of 100,000 rows and 12 columns with the same
// values through excelize's bare StreamWriter.
func BenchmarkSave(b *testing.B) {
	b.Run("StreamWriter", func(b *testing.B) {
		for b.Loop() {
			if err := bare(filepath.Join(b.TempDir(), "b.xlsx")); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*manyRows/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("Book", func(b *testing.B) {
		book := Book{Created: noon, Sheets: []Sheet{sampleList(manyRows)}}
		for b.Loop() {
			if err := book.Save(filepath.Join(b.TempDir(), "b.xlsx")); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*manyRows/b.Elapsed().Seconds(), "rows/s")
	})
}

func bare(path string) error {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	for i := range manyRows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := w.SetRow(cell, plainly(sampleRow(i))); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.SaveAs(path)
}

// plainly is a row as excelize takes it.
func plainly(row []any) []any {
	row[0] = row[0].(Link).Text
	row[5] = time.Date(2026, 2, 13, 0, 0, 0, 0, time.UTC)
	row[7], row[10] = 1000.50, 0.5
	return row
}

// Memory does not grow with the rows: ten times the rows, no more of it.
func TestFlatMemory(t *testing.T) {
	book := Book{Created: noon, Sheets: []Sheet{sampleList(50_000)}}
	book.Sheets[0].Columns[0].Title = "长"
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if err := book.Save(filepath.Join(t.TempDir(), "b.xlsx")); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 64<<20 {
		t.Errorf("heap grew by %d MiB", grown>>20)
	}
}

// FuzzCellText: whatever the text, the cell holds no control character and
// not more than a cell may.
func FuzzCellText(f *testing.F) {
	f.Add("=1\x00+1")
	f.Add("张三_x0041_\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := CellText(s)
		units := 0
		for _, r := range got {
			if r < 0x20 || r == 0x7f || r == 0xfffe {
				t.Errorf("%q keeps %U", s, r)
			}
			units++
		}
		if units > maxCellText || columns(got) < 0 {
			t.Errorf("%d characters", units)
		}
		if _, err := io.Discard.Write(appendText(nil, got)); err != nil {
			t.Fatal(err)
		}
	})
}
