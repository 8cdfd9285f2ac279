package jobs_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/drop/droptest"
	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/jobs"
	"carryover/jobs/office"
)

// wholeNight is the old place on the day on which n people leave it: an agency as
// init makes it, worked by the program itself, all its drops behind an OpenSSH
// server. testOffice is everybody around it. The process that is measured is the
// program's, so nothing that the world generates or keeps counts.
type wholeNight struct {
	*opensshWorld
	*testOffice
	n        int
	timer    string // GNU time
	partner  *seal.Key
	stations []station
	books    []string // the workbooks, as they were made
}

// station is one pass of the program: what it took.
type station struct {
	name string
	spent
	steps  []string      // each with its time by the clock
	rss    int64         // KiB at most
	silent time.Duration // the longest without a line
}

func newWholeNight(tb testing.TB, n int) *wholeNight {
	tb.Helper()
	w := &wholeNight{opensshWorld: newOpenSSHWorld(tb, "2021"), n: n, timer: droptest.Require(tb, "time")}
	w.testOffice = &testOffice{
		tb: tb, root: tb.TempDir(), now: firstDay.Time(china).Add(10 * time.Hour), sequence: map[string]int{}, got: map[string][]any{},
		balance: map[string]money.Fen{}, refuse: map[string]string{},
		env: &jobs.Env{Office: &office.Office{Partners: map[string]exchange.Partner{them: partnerOf(them, "2021")}, Log: slog.New(slog.DiscardHandler)}},
	}
	for code, at := range map[string]string{core: "core", bank: "bank", them: newCode} {
		w.env.Parties = append(w.env.Parties, office.Party{Code: code})
		if err := os.Symlink(filepath.Join(w.drops, oldCode, at), filepath.Join(w.root, code)); err != nil {
			tb.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(w.dir, newCode, "keys", "seal_ed25519"))
	if err == nil {
		w.partner, err = seal.ParseKey(text, nil)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// agencyDir is the folder of the agency that is measured.
func (w *wholeNight) agencyDir() string { return filepath.Join(w.dir, oldCode) }

// play takes everybody through the night: letters; what the core and the partner
// answer, and the officers sign; the bank's debits; the day's proof.
func (w *wholeNight) play() {
	w.Helper()
	people := leavers(us, w.n)
	all := func(record func(i int) any) []any {
		list := make([]any, w.n)
		for i := range list {
			list[i] = record(i)
		}
		return list
	}
	w.put(core, formats.KindRegistry, all(func(i int) any { return w.insured(people[i]) })...)
	w.worked("registry", "pull", "process", "push")
	w.put(them, formats.KindLetter, all(func(i int) any { return w.letter(them, i+1, people[i]) })...)
	w.worked("letters", jobs.Steps()...)
	w.worked("answers of the core", "pull", "process", "remit", "push")
	w.acceptAll(them)
	if w.sign() != len(staffOf) {
		w.Fatal("there is not one payment file to sign")
	}
	w.worked("signatures and receipts", "pull", "process", "remit", "push")
	w.acceptAll(them)
	entries := w.debits()
	w.leaveNotification(entries...)
	w.worked("debits", "pull", "process", "remit", "push")
	w.leaveStatement(firstDay, opening, entries...)
	w.worked("the day", jobs.Steps()...)
	w.requireNight()
}

// opening is what lay in the account that morning.
const opening money.Fen = 1_000_000_000_000

// debits are the bank's entries for all that was ordered.
func (o *testOffice) debits() (entries []iso20022.Entry) {
	for _, t := range o.orders {
		e := debitEntry(t)
		e.Booked, e.Value = firstDay, firstDay
		entries = append(entries, e)
	}
	o.orders = nil
	return entries
}

// worked has the program make a pass of some steps, then everybody around it takes what
// was left for them. The core answers postings.
func (w *wholeNight) worked(what string, steps ...string) {
	w.Helper()
	w.seal()
	w.pass(what, steps)
	if slices.Contains(steps, "report") {
		w.keepBook()
	}
	w.collect()
}

// keepBook keeps the workbook of the day, which the next report replaces.
func (w *wholeNight) keepBook() {
	w.Helper()
	book := filepath.Join(w.root, fmt.Sprintf("book%d.xlsx", len(w.books)))
	if err := os.Link(filepath.Join(w.agencyDir(), "reports", firstDay.String()+".xlsx"), book); err != nil {
		w.Fatal(err)
	}
	w.books = append(w.books, book)
}

// seal signs for the partner what it has left.
func (w *wholeNight) seal() {
	w.Helper()
	for _, name := range plainFiles(w, w.dropPath(them, "in", "")) {
		f, err := os.Open(w.dropPath(them, "in", name))
		if err != nil {
			w.Fatal(err)
		}
		sig, err := w.partner.Sign(f, seal.NamespaceBatch)
		if err = errors.Join(err, f.Close()); err != nil {
			w.Fatal(err)
		}
		w.leaveFile(them, name+seal.Suffix, sig)
	}
}

// pass runs the program for a pass and keeps what it took. Exit code 3 is a pass after
// which something needs a person.
func (w *wholeNight) pass(name string, steps []string) {
	w.Helper()
	peak := filepath.Join(w.agencyDir(), "peak")
	cmd := exec.Command(w.timer, slices.Concat([]string{
		"-q", "-f", "%M", "-o", peak, w.program, "-c", filepath.Join(w.agencyDir(), "config.yaml"), "run", "--date", firstDay.String(),
	}, steps)...)
	out, err := cmd.StderrPipe()
	if err != nil {
		w.Fatal(err)
	}
	s := station{name: name}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	var said bytes.Buffer
	s.listen(io.TeeReader(out, &said))
	err = cmd.Wait()
	if exit := cmd.ProcessState.ExitCode(); exit != 0 && exit != 3 {
		w.Fatalf("%s: %v: %s", name, err, &said)
	}
	s.clock, s.processor = time.Since(start), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	text, err := os.ReadFile(peak)
	if err == nil {
		s.rss, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	}
	if err != nil {
		w.Fatal(err)
	}
	w.stations = append(w.stations, s)
}

// listen reads what the program says to its end: how long it was silent, and when a
// step began.
func (s *station) listen(r io.Reader) {
	last, step, begun := time.Now(), "", time.Time{}
	for lines := bufio.NewScanner(r); ; last = time.Now() {
		more := lines.Scan()
		s.silent = max(s.silent, time.Since(last))
		_, next, begins := strings.Cut(lines.Text(), "msg=step job=")
		if step != "" && (begins || !more) {
			s.steps = append(s.steps, fmt.Sprintf("%s %.1f", step, time.Since(begun).Seconds()))
		}
		if begins {
			step, _, _ = strings.Cut(next, " ")
			begun = time.Now()
		}
		if !more {
			return
		}
	}
}

// requireNight holds that everybody's money has arrived, and that the day is proved.
func (w *wholeNight) requireNight() {
	w.Helper()
	db := openPlain(w, filepath.Join(w.agencyDir(), "store", "carryover.db"))
	defer db.Close()
	for query, want := range map[string]string{
		"SELECT state || ' ' || form_track || ' ' || money_track || ' ' || count(*) FROM cases GROUP BY state, form_track, money_track": fmt.Sprintf("answered delivered settled %d", w.n),
		"SELECT state FROM bank_days": exchange.DayProved,
	} {
		if got := textRows(w, db, query); !slices.Equal(got, []string{want}) {
			w.Fatalf("%q, want %q", got, want)
		}
	}
}

// BenchmarkWholeNight takes people through the old place, and measures beside it the
// limits of its parts. CARRYOVER_LETTERS says how many (10000 and 100000 are the sizes
// that the ratio is stated for, 300000 that of the memory).
func BenchmarkWholeNight(b *testing.B) {
	n := 1000
	if s := os.Getenv("CARRYOVER_LETTERS"); s != "" {
		fmt.Sscan(s, &n)
	}
	changes := changesOfNight(b)
	for b.Loop() {
		w := newWholeNight(b, n)
		w.play()
		all := w.took(b)
		all.beside(b, w.n, limitsOf(b, w, changes))
	}
}

// changesOfNight counts, in a night of few people, what is updated for each of them.
func changesOfNight(tb testing.TB) []rowChanges {
	tb.Helper()
	const few = 200
	w := newWholeNight(tb, few)
	path := filepath.Join(w.agencyDir(), "store", "carryover.db")
	freshStore(tb, path)
	db := openPlain(tb, path)
	countUpdates(tb, db)
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
	w.play()
	db = openPlain(tb, path)
	defer db.Close()
	return updatesIn(tb, db, few)
}

// took tells what each pass took, and returns the sum.
func (w *wholeNight) took(b *testing.B) (all station) {
	b.Helper()
	for _, s := range w.stations {
		b.Logf("%-26s %8.2f s %8.2f s of the processors %5d MiB %6.1f s silent: %s s", s.name, s.clock.Seconds(), s.processor.Seconds(), s.rss>>10, s.silent.Seconds(), strings.Join(s.steps, ", "))
		all.clock, all.processor = all.clock+s.clock, all.processor+s.processor
		all.rss, all.silent = max(all.rss, s.rss), max(all.silent, s.silent)
	}
	return all
}

// beside tells the limits, and the night beside their sum.
func (s station) beside(b *testing.B, n int, limits []*stopwatch) {
	b.Helper()
	var bare spent
	for _, l := range limits {
		b.Logf("%-26s %8.2f s %8.2f s of the processors", l.name, l.clock.Seconds(), l.processor.Seconds())
		bare.clock, bare.processor = bare.clock+l.clock, bare.processor+l.processor
	}
	b.ReportMetric(s.clock.Seconds(), "s")
	b.ReportMetric(s.clock.Seconds()/bare.clock.Seconds(), "×limits")
	b.ReportMetric(s.processor.Seconds()/bare.processor.Seconds(), "×limits-processors")
	b.ReportMetric(float64(s.processor.Microseconds())/float64(n), "cpu-µs/letter")
	b.ReportMetric(float64(s.rss>>10), "peak-RSS-MiB")
	b.ReportMetric(s.silent.Seconds(), "silent-s")
}
