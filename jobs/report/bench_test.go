package report

import (
	"path/filepath"
	"runtime"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
)

const manyCases = 100_000

// BenchmarkNightly makes the workbook of a night with 100,000 open cases, each
// with an application, a certificate, a letter, a form and a remittance, and
// something to do about every tenth.
func BenchmarkNightly(b *testing.B) {
	n := bigNight(b, manyCases)
	var peak uint64
	for b.Loop() {
		if err := Nightly(n).Save(filepath.Join(b.TempDir(), "night.xlsx")); err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.Sys)
	}
	b.ReportMetric(float64(peak>>20), "MiB")
	b.ReportMetric(float64(b.N)*6.1*manyCases/b.Elapsed().Seconds(), "rows/s")
}

// bigNight makes its rows while they are asked for.
func bigNight(t testing.TB, size int) Night {
	n := night(t, code.Chinese)
	open := cases(3)
	each := func(yield func(exchange.Case) bool) {
		for i := range size {
			if !yield(open[i%len(open)]) {
				return
			}
		}
	}
	n.Cases = func(yield func(exchange.Case, error) bool) {
		each(func(c exchange.Case) bool { return yield(c, nil) })
	}
	n.Applications = func(yield func(Application, error) bool) {
		a := applications(cases(4))[0]
		each(func(exchange.Case) bool { return yield(a, nil) })
	}
	n.Certificates = func(yield func(Certificate, error) bool) {
		c := certificates()[1]
		each(func(exchange.Case) bool { return yield(c, nil) })
	}
	todo := todos(cases(4), n.Lang)
	n.Todo = nil
	for i := range size / 10 {
		n.Todo = append(n.Todo, todo[i%len(todo)])
	}
	n.Letters = func(yield func(Letter, error) bool) {
		each(func(c exchange.Case) bool { return yield(letters([]exchange.Case{c})[0], nil) })
	}
	n.Forms = func(yield func(Form, error) bool) {
		each(func(c exchange.Case) bool { return yield(forms([]exchange.Case{c})[0], nil) })
	}
	n.Remittances = func(yield func(Remittance, error) bool) {
		each(func(c exchange.Case) bool { return yield(remittances([]exchange.Case{c})[0], nil) })
	}
	return n
}
