package jobs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs"
	"carryover/jobs/office"
)

// night is an agency with dual release that pays everything that is due in one
// night, and its bank, which books what it got the next day.
type night struct {
	testing.TB
	*jobs.Env
	n        int
	bank     string // its drop
	officers map[string]*signer
}

func newNight(tb testing.TB, n int) *night {
	tb.Helper()
	amounts := make([]money.Fen, n)
	for i := range amounts {
		amounts[i] = money.Fen(100_000 + i)
	}
	e := payer(tb, amounts, func(e *jobs.Env) { e.Rules.AutomaticRelease = false })
	o := &night{TB: tb, Env: e, n: n, bank: addBank(tb, e), officers: map[string]*signer{}}
	keys := ""
	signers := []*signer{wang(tb), li(tb)}
	for _, s := range signers {
		e.Agency.Officers = append(e.Agency.Officers, s.Officer)
		keys += s.line + "\n"
		o.officers[addParty(tb, e, exchange.OfficerParty(s.Name), office.RoleOfficer)] = s
	}
	e.AllowedSigners = func() (string, error) { return keys, nil }
	signSettings(tb, e, signers...)
	return o
}

// paid takes the payments from due to settled: one payment file, read back,
// signed by two officers, left with the bank, and booked by one camt.054, each
// transfer for itself or the file as one sum.
func (o *night) paid(asOneSum bool) {
	o.Helper()
	o.does("remit", o.Remit)
	o.does("push", o.Push)
	for root, s := range o.officers {
		o.signs(root, s)
	}
	o.does("pull", o.Pull)
	o.does("process", o.Process)
	o.does("remit", o.Remit)
	o.does("push", o.Push)
	o.books(asOneSum)
	o.does("pull", o.Pull)
	o.does("process", o.Process)
	settled := 0
	err := o.Store.View(context.Background(), func(tx *store.Tx) error {
		return tx.EachRemittance(exchange.Out, exchange.MoneySettled, func(exchange.Remittance) error { settled++; return nil })
	})
	if err != nil || settled != o.n {
		o.Fatalf("%d of %d settled: %v", settled, o.n, err)
	}
}

func (o *night) does(what string, job func(context.Context) (office.Counts, error)) {
	o.Helper()
	if _, err := job(context.Background()); err != nil {
		o.Fatalf("%s: %v", what, err)
	}
}

// left is the one payment file that lies in a drop.
func (o *night) left(root string) *os.File {
	o.Helper()
	names, err := filepath.Glob(filepath.Join(root, "out", "pain.001_*.xml"))
	if err != nil || len(names) != 1 {
		o.Fatalf("payment files in %s: %v, %v", filepath.Base(root), names, err)
	}
	f, err := os.Open(names[0])
	if err != nil {
		o.Fatal(err)
	}
	return f
}

func (o *night) signs(root string, s *signer) {
	o.Helper()
	f := o.left(root)
	defer f.Close()
	sig, err := s.key.Sign(f, seal.NamespaceRelease)
	if err == nil {
		err = os.WriteFile(filepath.Join(root, "in", filepath.Base(f.Name())+"."+s.Name+seal.Suffix), sig, 0o600)
	}
	if err != nil {
		o.Fatal(err)
	}
}

// books leaves what the bank tells of the payment file it got.
func (o *night) books(asOneSum bool) {
	o.Helper()
	f := o.left(o.bank)
	defer f.Close()
	to, err := os.Create(filepath.Join(o.bank, "in", "camt054.xml"))
	if err != nil {
		o.Fatal(err)
	}
	defer to.Close()
	own := receiving(us)
	w, err := iso20022.NewNotificationWriter(to, iso20022.Statement{
		MsgID: "night", Created: o.Now(), ID: "night", Account: iso20022.Account{Name: own.Holder, Number: own.No, Bank: own.Bank, CNAPS: own.CNAPS},
	})
	if err != nil {
		o.Fatal(err)
	}
	head, faults, err := iso20022.ReadPayment(f, iso20022.Limits{}, func(p *iso20022.Payment, t iso20022.Transfer) error {
		if asOneSum {
			return nil
		}
		e := debitEntry(order{file: p.MsgID, Transfer: t})
		e.Booked = o.Date
		return w.Write(e)
	})
	if asOneSum && err == nil {
		err = w.Write(iso20022.Entry{Ref: "S", Part: 1, Parts: 1, Amount: head.Total, Status: iso20022.Booked, MsgID: head.MsgID, Booked: o.Date})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil || faults.Total > 0 || head.Transfers != o.n {
		o.Fatal(head.Transfers, faults.List, err)
	}
}

// TestNightInFlatMemory: three times the payments, no more memory than what may
// grow with them. What is in use is looked at while events are journaled, in
// the midst of whatever walks the payments.
func TestNightInFlatMemory(t *testing.T) {
	const few, many = 550, 1650
	const perPayment, slack = 24, 192 << 10
	most := func(n int) (most int64) {
		o := newNight(t, n)
		before, now := inUse(), o.Now
		var calls int
		var one sync.Mutex
		o.Now = func() time.Time {
			one.Lock()
			defer one.Unlock()
			if calls++; calls%199 == 0 {
				most = max(most, inUse()-before)
			}
			return now()
		}
		o.paid(true)
		return most
	}
	small, large := most(few), most(many)
	t.Logf("%d KiB in use for %d payments, %d KiB for %d", small>>10, few, large>>10, many)
	if grown := large - small; grown > (many-few)*perPayment+slack {
		t.Errorf("%d KiB more for three times the payments", grown>>10)
	}
}

// TestReportInFlatMemory: six times the open cases, no more memory than what may grow
// with them. What is in use is looked at whenever a list of the workbook says how far it
// is.
func TestReportInFlatMemory(t *testing.T) {
	const few, many = 1000, 6000
	const perCase, slack = 100, 192 << 10 // a number of a case and its day
	most := func(n int) (most int64) {
		e := payer(t, slices.Repeat([]money.Fen{100_000}, n), func(e *jobs.Env) { e.Reports = t.TempDir() })
		before := inUse()
		e.Progress = func(string, int, int) { most = max(most, inUse()-before) }
		if _, err := e.Report(t.Context()); err != nil {
			t.Fatal(err)
		}
		return most
	}
	small, large := most(few), most(many)
	t.Logf("%d KiB in use for %d cases, %d KiB for %d", small>>10, few, large>>10, many)
	if grown := large - small; grown > (many-few)*perCase+slack {
		t.Errorf("%d KiB more for six times the cases", grown>>10)
	}
}

// inUse is what of the heap is not garbage.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkNight pays what is due in one night, from due to settled: payment
// file, read back, two signatures, upload, booking by the bank; beside it plain
// inserts and updates of the same rows. CARRYOVER_PAYMENTS says how many (100000 is
// the size that the limits are stated for).
func BenchmarkNight(b *testing.B) {
	n := 2000
	if s := os.Getenv("CARRYOVER_PAYMENTS"); s != "" {
		fmt.Sscan(s, &n)
	}
	for _, c := range []struct {
		name     string
		asOneSum bool
	}{{"each booked", false}, {"booked as one sum", true}} {
		b.Run(c.name, func(b *testing.B) {
			changes := changesOf(b, 200, func(n int) (*jobs.Env, func()) {
				o := newNight(b, n)
				return o.Env, func() { o.paid(c.asOneSum) }
			})
			for b.Loop() {
				o := newNight(b, n)
				m := measure(b, o.Env, n, changes)
				o.paid(c.asOneSum)
				m.report(b, "payment")
			}
		})
	}
}

// measured is work in the process of the benchmark that is compared with plain inserts
// and updates of the same rows.
type measured struct {
	dir     string
	n       int
	changes []rowChanges
	before  map[string]int64 // rows
	peak    func() uint64
	start   time.Time
	cpu     time.Duration
}

func measure(tb testing.TB, e *jobs.Env, n int, changes []rowChanges) *measured {
	tb.Helper()
	m := &measured{dir: filepath.Dir(spoolFolder(e)), n: n, changes: changes}
	m.before = tableRows(tb, m.dir)
	runtime.GC()
	m.peak, m.start, m.cpu = watchHeap(), time.Now(), cpuTime()
	return m
}

// report ends the measurement; the ratio is by the time of the processors.
func (m *measured) report(b *testing.B, what string) {
	b.Helper()
	clock, used, peak := time.Since(m.start), cpuTime()-m.cpu, m.peak()
	plain := rowsLimit(b, filepath.Join(m.dir, "bench.db"), m.before, m.n, m.changes)
	b.ReportMetric(float64(used.Microseconds())/float64(m.n), "cpu-µs/"+what)
	b.ReportMetric(float64(plain.processor.Microseconds())/float64(m.n), "plain-cpu-µs/"+what)
	b.ReportMetric(plain.processor.Seconds()/used.Seconds(), "ratio")
	b.ReportMetric(plain.clock.Seconds()/clock.Seconds(), "ratio-clock")
	b.ReportMetric(float64(peak)/(1<<20), "peak-heap-MiB")
}

// changesOf counts, with few, what some work updates for each.
func changesOf(tb testing.TB, few int, begin func(n int) (*jobs.Env, func())) []rowChanges {
	tb.Helper()
	e, work := begin(few)
	db := openPlain(tb, filepath.Join(filepath.Dir(spoolFolder(e)), "bench.db"))
	defer db.Close()
	countUpdates(tb, db)
	work()
	return updatesIn(tb, db, few)
}

// cpuTime is what the program has used of the processors so far: what others
// do on the machine meanwhile does not count.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
