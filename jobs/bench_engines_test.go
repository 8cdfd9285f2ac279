package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carryover/exchange/store"
	"carryover/exchange/store/storetest"
)

// spent is what a step took.
type spent struct{ clock, processor time.Duration }

// engineRun is what the steps took on an engine, by what they worked.
type engineRun struct {
	name  string
	steps []string
	took  map[string]spent
}

// pass makes a pass and keeps what its steps took.
func (r *engineRun) pass(o *testOffice, _ int, what string) {
	o.passInSteps(what, func(step string, run func()) {
		start, cpu := time.Now(), cpuTime()
		run()
		if step == "pull" { // of a folder beside the store
			return
		}
		key := what + ", " + step
		if _, known := r.took[key]; !known {
			r.steps = append(r.steps, key)
		}
		r.took[key] = spent{time.Since(start), cpuTime() - cpu}
	})
}

// BenchmarkEngines takes people through both places, on SQLite, on PostgreSQL through
// a socket, and on the same with a network of 2 ms before it, and compares what each
// kind of record took. CARRYOVER_RECORDS says how many people (500).
func BenchmarkEngines(b *testing.B) {
	n := 500
	if s := os.Getenv("CARRYOVER_RECORDS"); s != "" {
		fmt.Sscan(s, &n)
	}
	for b.Loop() {
		var runs []*engineRun
		for _, e := range []struct {
			name string
			dsn  func() string
		}{
			{"sqlite", func() string { return filepath.Join(b.TempDir(), "office.db") }},
			{"postgres", func() string { return storetest.NewDatabase(b) }},
			{"postgres, 2 ms", func() string {
				_, dsn := storetest.NewProxy(b, storetest.NewDatabase(b), 2*time.Millisecond)
				return dsn
			}},
		} {
			r := &engineRun{name: e.name, took: map[string]spent{}}
			for _, many := range []func(*testOffice, int, func(*testOffice, int, string)){manyLeave, manyArrive} {
				dsn := e.dsn()
				migrate(b, dsn)
				many(newOfficeOn(b, dsn), n, r.pass)
			}
			runs = append(runs, r)
		}
		compareEngines(b, n, runs)
	}
}

func migrate(tb testing.TB, dsn string) {
	tb.Helper()
	s, err := store.Open(context.Background(), store.Options{DSN: dsn})
	if err == nil {
		err = errors.Join(s.Migrate(context.Background()), s.Close())
	}
	if err != nil {
		tb.Fatal(err)
	}
}

func compareEngines(b *testing.B, n int, runs []*engineRun) {
	b.Helper()
	base, pg, far := runs[0], runs[1], runs[2]
	var all [3]spent
	b.Logf("%-28s %10s %10s | %9s %9s | %9s", "ms for "+fmt.Sprint(n), base.name, "processor", pg.name, "processor", "at 2 ms")
	for _, step := range base.steps {
		x, y, z := base.took[step], pg.took[step], far.took[step]
		for i, s := range []spent{x, y, z} {
			all[i].clock, all[i].processor = all[i].clock+s.clock, all[i].processor+s.processor
		}
		if x.clock < 20*time.Millisecond {
			continue // nothing to do
		}
		b.Logf("%-28s %10d %10d | x %7.2f x %7.2f | x %7.2f", step, x.clock.Milliseconds(), x.processor.Milliseconds(),
			float64(y.clock)/float64(x.clock), float64(y.processor)/float64(x.processor), float64(z.clock)/float64(y.clock))
	}
	b.ReportMetric(float64(all[1].clock)/float64(all[0].clock), "pg/sqlite-clock")
	b.ReportMetric(float64(all[1].processor)/float64(all[0].processor), "pg/sqlite-processor")
	b.ReportMetric(float64(all[2].clock)/float64(all[1].clock), "2ms/pg-clock")
}
