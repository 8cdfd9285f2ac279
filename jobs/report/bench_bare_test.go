package report

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// casesOfNight is how many open cases the compared night has; CARRYOVER_CASES changes it.
func casesOfNight() int {
	n, _ := strconv.Atoi(os.Getenv("CARRYOVER_CASES"))
	return cmp.Or(n, manyCases)
}

// BenchmarkNightlyAgainstBare makes the workbook of a night, and then has
// excelize's StreamWriter write the same cells of the same lists, with nothing
// else about them: no widths, tables, formats, page setup. Both read the rows from the
// same source. It fails when the workbook takes more than 1.5 times as long,
// or more than 256 MiB.
func BenchmarkNightlyAgainstBare(b *testing.B) {
	size := casesOfNight()
	var ours, bare time.Duration
	var heap uint64
	for b.Loop() {
		book := Nightly(bigNight(b, size))
		runtime.GC()
		peak := watchHeap()
		start := time.Now()
		if err := book.Save(filepath.Join(b.TempDir(), "night.xlsx")); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		heap = max(heap, peak())
		runtime.GC()
		start = time.Now()
		if err := bareBook(Nightly(bigNight(b, size)), filepath.Join(b.TempDir(), "bare.xlsx")); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(start)
	}
	ratio := ours.Seconds() / bare.Seconds()
	b.ReportMetric(ratio, "×bare")
	b.ReportMetric(float64(heap>>20), "MiB")
	b.Logf("%d open cases: workbook %s, bare StreamWriter %s, ratio %.2f; heap at most %d MiB",
		size, (ours / time.Duration(b.N)).Round(time.Millisecond), (bare / time.Duration(b.N)).Round(time.Millisecond), ratio, heap>>20)
	if heap > 256<<20 || ratio > 1.5 {
		b.Errorf("more than 256 MiB or 1.5 times the bare writer")
	}
}

// watchHeap watches the heap in use until it is asked for the most.
func watchHeap() func() uint64 {
	var most uint64
	var done sync.WaitGroup
	stop := make(chan struct{})
	done.Add(1)
	go func() {
		defer done.Done()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(stop); done.Wait(); return most }
}

// bareBook writes the lists of a book with a StreamWriter each.
func bareBook(book workbook.Book, path string) error {
	f := excelize.NewFile()
	defer f.Close()
	for _, s := range book.Sheets {
		if len(s.Columns) == 0 {
			continue
		}
		if _, err := f.NewSheet(s.Name); err != nil {
			return err
		}
		w, err := f.NewStreamWriter(s.Name)
		if err != nil {
			return err
		}
		n := 0
		cells := make([]any, len(s.Columns))
		for row, err := range s.Rows {
			if err != nil {
				return err
			}
			for i, v := range row {
				cells[i] = bareCell(v)
			}
			n++
			if err := w.SetRow("A"+strconv.Itoa(n), cells); err != nil {
				return err
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return f.SaveAs(path)
}

// bareCell is a value as excelize takes it.
func bareCell(v any) any {
	switch v := v.(type) {
	case workbook.Toned:
		return bareCell(v.Value)
	case workbook.Link:
		return v.Text
	case workbook.Ratio:
		return float64(v)
	case money.Fen:
		return float64(v) / 100
	case calendar.Date:
		if v == 0 {
			return nil
		}
		return v.Sub(18991230)
	case calendar.Month:
		return v.String()
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v
	}
	return v
}

// bareRow is a row whose numbers are written in one way.
func bareRow(cells []string) []string {
	for i, c := range cells {
		if f, err := strconv.ParseFloat(c, 64); err == nil && (len(c) < 15 || strings.Contains(c, ".")) {
			cells[i] = strconv.FormatFloat(f, 'f', 4, 64)
		}
	}
	return cells
}

// The bare book holds the same cells as the workbook, or the comparison says nothing.
func TestBareHoldsTheSameCells(t *testing.T) {
	dir := t.TempDir()
	if err := Nightly(bigNight(t, 5)).Save(filepath.Join(dir, "night.xlsx")); err != nil {
		t.Fatal(err)
	}
	if err := bareBook(Nightly(bigNight(t, 5)), filepath.Join(dir, "bare.xlsx")); err != nil {
		t.Fatal(err)
	}
	ours, err := excelize.OpenFile(filepath.Join(dir, "night.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	bare, err := excelize.OpenFile(filepath.Join(dir, "bare.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	for _, s := range Nightly(night(t, code.Chinese)).Sheets {
		if len(s.Columns) == 0 {
			continue
		}
		have, err := ours.GetRows(s.Name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		want, err := bare.GetRows(s.Name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 || len(have) <= len(want) {
			continue // nothing but the title and "none"
		}
		have = have[len(have)-len(want):]
		for i := range want {
			if a, b := fmt.Sprint(bareRow(have[i])), fmt.Sprint(bareRow(want[i])); a != b {
				t.Errorf("%s, row %d:\n%s\n%s", s.Name, i+1, a, b)
			}
		}
	}
}
