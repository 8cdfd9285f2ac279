package samples

import (
	"io"
	"runtime"
	"testing"
	"time"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// peak watches the memory that the process holds until stop is called.
func peak() (stop func() (mib float64)) {
	done, result := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-done:
				result <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(done)
		return float64(<-result) / (1 << 20)
	}
}

// stream generates n letters and validates them as they come, duplicates
// looked for, and returns how long the validation took.
func stream(t testing.TB, n int) time.Duration {
	t.Helper()
	r, w := io.Pipe()
	go func() { w.CloseWithError(Generate(w, formats.KindLetter, n, 7, Options{})) }()
	start := time.Now()
	reader, err := batch.NewReader(r, formats.Kinds(), batch.Options{Encoding: batch.UTF8, Repeats: true})
	if err != nil {
		t.Fatal(err)
	}
	for reader.Next() {
		if !reader.Record().OK() {
			t.Fatalf("%+v", reader.Record().Faults)
		}
	}
	res, err := reader.Result()
	if err != nil || res.Verdict != code.FileAccepted || res.Records != n {
		t.Fatalf("%+v, %v", res, err)
	}
	return time.Since(start)
}

// maxPeak is what validating may hold at most, whatever the file: 256 MiB.
const maxPeak = 256

// BenchmarkMillionLetters generates and validates 100,000 and 1,000,000
// letters. Ten times the records may take eleven times the time.
func BenchmarkMillionLetters(b *testing.B) {
	for range b.N {
		small := stream(b, 100_000)
		runtime.GC()
		stop := peak()
		large := stream(b, 1_000_000)
		held, ratio := stop(), float64(large)/float64(small)
		b.ReportMetric(held, "peak-MiB")
		b.ReportMetric(ratio, "time-of-tenfold")
		b.ReportMetric(1_000_000/large.Seconds(), "records/s")
		if held > maxPeak || ratio > 11 {
			b.Errorf("%.0f MiB held, %.2f times the time for ten times the records", held, ratio)
		}
	}
}

// TestMemoryDoesNotGrowWithTheBatch is the same in small, for every run of
// the tests: 20 bytes a record for the duplicates, and nothing else.
func TestMemoryDoesNotGrowWithTheBatch(t *testing.T) {
	stop := peak()
	stream(t, 20_000)
	if held := stop(); held > 64 {
		t.Errorf("%.0f MiB held for 20,000 letters", held)
	}
}
