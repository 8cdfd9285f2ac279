package jobs_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/jobs/todo"
	"carryover/samples"
)

// BenchmarkWaiting is an idle pass of a place where letters wait for a registry that
// does not come, and what it finds to tell staff. CARRYOVER_WAITING says how many
// (100000 is the size that the limit of one second of processor is stated for).
func BenchmarkWaiting(b *testing.B) {
	n := 2000
	if s := os.Getenv("CARRYOVER_WAITING"); s != "" {
		fmt.Sscan(s, &n)
	}
	dir := b.TempDir()
	e := oldPlace(b, dir)
	leave(b, dir, formats.KindLetter, samples.NewPlace, n)
	pass := func() {
		if _, err := e.Run(context.Background(), jobs.Pass{Steps: []string{"pull", "process", "remit", "push"}}); err != nil {
			b.Fatal(err)
		}
		err := e.View(context.Background(), func(d *office.Desk) error { _, err := todo.Pressing(d); return err })
		if err != nil {
			b.Fatal(err)
		}
	}
	for range 2 { // the letters; then the receipt of what was composed of them
		pass()
	}
	start := cpuTime()
	for b.Loop() {
		pass()
	}
	b.ReportMetric(float64((cpuTime()-start).Microseconds())/1000/float64(b.N), "cpu-ms/pass")
	b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/float64(b.N)/float64(n), "cpu-ns/case")
}
