package formats_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats"
	"carryover/formats/batch"
)

// letters writes one batch of n contact letters of people that differ.
func letters(tb testing.TB, to io.Writer, n int) {
	tb.Helper()
	kind := batch.Find(formats.Kinds(), formats.KindLetter)
	header := batch.Header{
		Sender: "320500", Receiver: "310100", Sequence: 17, Profile: "2021",
		Created: time.Date(2026, 3, 2, 8, 30, 0, 0, time.FixedZone("", 8*3600)),
	}
	w, err := batch.NewWriter(to, kind, header, batch.UTF8)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		l := sampleLetter(i)
		if err := w.Write(&l); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		tb.Fatal(err)
	}
}

func sampleLetter(i int) formats.Letter {
	id := fmt.Sprintf("320508%04d%02d%02d%03d", 1950+i%50, 1+i%12, 1+i%28, i/7%1000)
	id += string(identity.IDCheckDigit(id))
	facts := identity.Read("01", id)
	return formats.Letter{
		LetterNo: fmt.Sprintf("32050020260302%06d", i%1000000), Version: 1 + i/1000000,
		LetterDate: 20260302, AcceptedOn: 20260227, CertificateNo: fmt.Sprintf("C31010020260201%06d", i%1000000),
		Person: formats.Person{
			IDType: code.IDResident, IDNo: id, Name: "欧阳" + string(rune('一'+i%5000)), Sex: code.Sex(string(facts.Sex)),
			BirthDate: calendar.Date(facts.Birth), Phone: fmt.Sprintf("138%08d", i),
		},
		Household: code.HouseholdNonAgricultural, SchemeFrom: code.SchemeEmployee, SchemeTo: code.SchemeEmployee,
		EnrolledFrom: 202602, OldPersonalNo: fmt.Sprintf("31%010d", i), FromAgency: "310100",
		To: formats.AgencyBlock{
			Code: "320500", Name: "苏州市医疗保险基金管理中心", Address: "苏州市姑苏区平泷路251号", PostCode: "215002",
			Contact: "王经办", ContactPhone: "0512-12393",
		},
		AccountMoves: true, AccountName: "苏州市社会保险基金财政专户", BankName: "中国工商银行苏州分行营业部",
		AccountNo: "1102020309000012345", CNAPS: "102100099996", Echo: fmt.Sprintf("T32050020260227%06d", i%1000000),
	}
}

// plainly are three ways of merely reading the same bytes with encoding/csv;
// the fastest is the baseline.
var plainly = map[string]func(io.Reader) *csv.Reader{
	"reuse": func(src io.Reader) *csv.Reader {
		r := csv.NewReader(src)
		r.ReuseRecord, r.FieldsPerRecord = true, -1
		return r
	},
	"reuse, buffered": func(src io.Reader) *csv.Reader {
		r := csv.NewReader(bufio.NewReaderSize(src, 256<<10))
		r.ReuseRecord, r.FieldsPerRecord = true, -1
		return r
	},
	"reuse, lazy quotes": func(src io.Reader) *csv.Reader {
		r := csv.NewReader(src)
		r.ReuseRecord, r.FieldsPerRecord, r.LazyQuotes = true, -1, true
		return r
	},
}

func readAll(tb testing.TB, r *csv.Reader) {
	for {
		if _, err := r.Read(); err == io.EOF {
			return
		} else if err != nil {
			tb.Fatal(err)
		}
	}
}

// validate reads a batch to its verdict and expects it to be accepted.
func validate(tb testing.TB, src io.Reader, records int) {
	r, err := batch.NewReader(src, formats.Kinds(), batch.Options{Encoding: batch.UTF8, Repeats: true, Judge: true})
	if err != nil {
		tb.Fatal(err)
	}
	for r.Next() {
		if rec := r.Record(); !rec.OK() {
			tb.Fatalf("line %d: %v", rec.Line, rec.Faults)
		}
	}
	res, err := r.Result()
	if err != nil || res.Verdict != code.FileAccepted || res.Records != records {
		tb.Fatalf("%+v, %v", res, err)
	}
}

// BenchmarkLetters compares parsing and validating contact letters, digest
// and duplicates included, with encoding/csv merely reading the same bytes.
// The target is a ratio of at least 0.5.
func BenchmarkLetters(b *testing.B) {
	const n = 20000
	var file bytes.Buffer
	letters(b, &file, n)
	data := file.Bytes()
	plain := make(map[string]time.Duration)
	var ours time.Duration
	for b.Loop() {
		for name, open := range plainly {
			start := time.Now()
			readAll(b, open(bytes.NewReader(data)))
			plain[name] += time.Since(start)
		}
		start := time.Now()
		validate(b, bytes.NewReader(data), n)
		ours += time.Since(start)
	}
	fastest := slices.Min(slices.Collect(maps.Values(plain)))
	rate := func(d time.Duration) float64 { return float64(len(data)) * float64(b.N) / 1e6 / d.Seconds() }
	b.ReportMetric(rate(fastest), "csv-MB/s")
	b.ReportMetric(rate(ours), "batch-MB/s")
	b.ReportMetric(fastest.Seconds()/ours.Seconds(), "ratio")
}

// BenchmarkMillion validates 100,000 and 1,000,000 contact letters. The
// targets are a peak of at most 256 MiB and at most 11 times the time.
func BenchmarkMillion(b *testing.B) {
	took := make(map[int]time.Duration)
	for _, n := range []int{100_000, 1_000_000} {
		path := filepath.Join(b.TempDir(), "letters.csv")
		file, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		to := bufio.NewWriter(file)
		letters(b, to, n)
		if err := errors.Join(to.Flush(), file.Close()); err != nil {
			b.Fatal(err)
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var peak uint64
			for b.Loop() {
				took[n], peak = timed(b, path, n)
			}
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
			if took[100_000] > 0 {
				b.ReportMetric(took[n].Seconds()/took[100_000].Seconds(), "times-100k")
			}
		})
	}
}

// timed validates a file and returns how long it took and the most memory
// that the program had from the system meanwhile.
func timed(b *testing.B, path string, n int) (took time.Duration, peak uint64) {
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	debug.FreeOSMemory()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.Sys-m.HeapReleased)
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	start := time.Now()
	validate(b, file, n)
	took = time.Since(start)
	close(stop)
	<-done
	return took, peak
}
