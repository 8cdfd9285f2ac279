package jobs_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/samples"
)

// benchRecords is how many letters the benchmarks process, so many that opening
// the file and preparing statements hardly count; CARRYOVER_LETTERS
// asks for more (300000 is the size that the memory limit is stated for).
func benchRecords() int {
	n := 30000
	if s := os.Getenv("CARRYOVER_LETTERS"); s != "" {
		fmt.Sscan(s, &n)
	}
	return n
}

// oldPlace is an agency with a store of its own and one partner who sends
// letters.
func oldPlace(tb testing.TB, dir string) *jobs.Env {
	tb.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{DSN: filepath.Join(dir, "bench.db")})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	if err := s.Migrate(ctx); err != nil {
		tb.Fatal(err)
	}
	cal := publishedDays(tb)
	var parties []office.Party
	for code, role := range map[string]office.Role{samples.NewPlace: office.RolePartner, samples.OldPlace + "c": office.RoleCore} {
		root := filepath.Join(dir, code)
		if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
			tb.Fatal(err)
		}
		parties = append(parties, office.Party{Code: code, Role: role, After: office.AfterMove, Open: func(context.Context) (drop.Drop, error) {
			return drop.OpenLocal(root, drop.Paths{}, drop.Options{})
		}})
	}
	now := time.Date(2026, 3, 17, 2, 0, 0, 0, time.UTC)
	return &jobs.Env{Office: &office.Office{
		Agency:   exchange.Agency{Code: samples.OldPlace, Name: "苏州市医疗保险基金管理中心", Clerk: "系统自动办理", Checker: "王敏", Zone: time.UTC, RemarkMax: 60},
		Profiles: map[string]exchange.Profile{"2021": {Name: "2021", LetterWD: 1, AnswerWD: 10, MonthsWD: 5, AccountWD: 5, CountFromNextDay: true, Arrears: "inform", NoCertificate: "accept"}},
		Partners: map[string]exchange.Partner{samples.NewPlace: {Code: samples.NewPlace, Name: "上海", Profile: "2021", Settlement: "remitted"}},
		Turns:    exchange.Turns(), Calendar: cal, Parties: parties,
		Rules: office.Rules{HeldNights: 10, QueryWD: 5}, Store: s, Spool: openSpool(tb, s, samples.OldPlace, filepath.Join(dir, "spool")), Now: func() time.Time { return now }, Date: 20260317,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}}
}

func publishedDays(tb testing.TB) *calendar.Calendar {
	tb.Helper()
	var notices []calendar.Notice
	for _, year := range []string{"2025", "2026", "2027"} {
		text, err := os.ReadFile("../config/data/holidays/" + year + ".json")
		if err != nil {
			tb.Fatal(err)
		}
		n, err := calendar.ParseNotice(text)
		if err != nil {
			tb.Fatal(err)
		}
		notices = append(notices, n)
	}
	cal, err := calendar.New(notices, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return cal
}

// leave generates a batch of n records and leaves it in a party's drop. The
// same seed makes the same people in every kind.
func leave(tb testing.TB, dir, kind, sender string, n int) {
	tb.Helper()
	o := samples.Options{Sender: sender, Receiver: samples.OldPlace}
	h, err := samples.Header(kind, o)
	if err != nil {
		tb.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, sender, "in", h.FileName(batch.CSV)))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	if err := samples.Generate(f, kind, n, 7, o); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkProcess processes a batch of contact letters, everybody registered,
// into SQLite, and compares the rows per second with plain prepared inserts
// of the very same rows: same schema, indexes, pragmas, rows per transaction;
// the fastest of three variants counts. The target is a ratio of at least 0.3.
func BenchmarkProcess(b *testing.B) {
	n := benchRecords()
	for b.Loop() {
		dir := b.TempDir()
		e := oldPlace(b, dir)
		ctx := context.Background()
		leave(b, dir, formats.KindRegistry, samples.OldPlace+"c", n)
		pullAndProcess(b, e)
		before := tableRows(b, dir)
		leave(b, dir, formats.KindLetter, samples.NewPlace, n)
		if _, err := e.Pull(ctx); err != nil {
			b.Fatal(err)
		}
		peak := watchHeap()
		start, cpu := time.Now(), cpuTime()
		counts, err := e.Process(ctx)
		if err != nil {
			b.Fatal(err)
		}
		took, used, most := time.Since(start), cpuTime()-cpu, peak()
		if counts["accepted"] != n {
			b.Fatalf("%d letters, but %v", n, counts)
		}
		written := int64(0)
		after := tableRows(b, dir)
		for table, rows := range after {
			written += rows - before[table]
		}
		plain, plainCPU := insertPlainly(b, dir, written/int64(n/500+1))
		mine := float64(written) / took.Seconds()
		b.ReportMetric(mine, "rows/s")
		b.ReportMetric(plain, "plain-rows/s")
		b.ReportMetric(mine/plain, "ratio")
		b.ReportMetric(plainCPU.Seconds()/used.Seconds(), "cpu-ratio")
		b.ReportMetric(float64(used.Microseconds())/float64(n), "cpu-µs/letter")
		b.ReportMetric(float64(n)/took.Seconds(), "letters/s")
		b.ReportMetric(float64(most)/(1<<20), "peak-heap-MiB")
	}
}

func pullAndProcess(tb testing.TB, e *jobs.Env) {
	tb.Helper()
	if _, err := e.Pull(context.Background()); err != nil {
		tb.Fatal(err)
	}
	if _, err := e.Process(context.Background()); err != nil {
		tb.Fatal(err)
	}
}

// watchHeap samples the heap until it is asked for the highest value seen.
func watchHeap() func() uint64 {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var top uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapInuse+m.StackInuse)
			select {
			case <-stop:
				done <- top
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(stop); return <-done }
}

func openPlain(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-65536)&_txlock=immediate")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { db.Close() })
	return db
}

func tables(tb testing.TB, db *sql.DB) []string {
	tb.Helper()
	rows, err := db.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose%' ORDER BY rowid")
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			tb.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return names
}

func tableRows(tb testing.TB, dir string) map[string]int64 {
	tb.Helper()
	db := openPlain(tb, filepath.Join(dir, "bench.db"))
	defer db.Close()
	counts := map[string]int64{}
	for _, t := range tables(tb, db) {
		var n int64
		if err := db.QueryRow("SELECT count(*) FROM " + t).Scan(&n); err != nil {
			tb.Fatal(err)
		}
		counts[t] = n
	}
	return counts
}

// plainly are the variants of plain prepared inserts: a statement for every
// transaction; one for the whole table; one for each table, and the rows of
// all tables in turn, as a program that works letter by letter writes them.
var plainly = map[string]func(testing.TB, *sql.DB, []tableData, int64){
	"prepared in each transaction": func(tb testing.TB, db *sql.DB, all []tableData, perTx int64) {
		for _, t := range all {
			insertRows(tb, db, []tableData{t}, perTx, false)
		}
	},
	"prepared once": func(tb testing.TB, db *sql.DB, all []tableData, perTx int64) {
		for _, t := range all {
			insertRows(tb, db, []tableData{t}, perTx, true)
		}
	},
	"prepared once, tables in turn": func(tb testing.TB, db *sql.DB, all []tableData, perTx int64) {
		insertRows(tb, db, all, perTx, true)
	},
}

// tableData is what one table held.
type tableData struct {
	table string
	rows  [][]any
}

// insertPlainly writes the rows of a processed store, the registry's apart,
// into fresh ones with prepared inserts, perTx rows in a transaction, and
// returns the rows per second of the fastest variant, and the processors' time
// of the one that used least. What is read first is not timed.
func insertPlainly(tb testing.TB, dir string, perTx int64) (fastest float64, least time.Duration) {
	tb.Helper()
	from := openPlain(tb, filepath.Join(dir, "bench.db"))
	var all []tableData
	total := 0
	for _, t := range tables(tb, from) {
		if data := readRows(tb, from, t); len(data) > 0 && t != "registry" {
			all = append(all, tableData{t, data})
			total += len(data)
		}
	}
	for name, insert := range plainly {
		path := filepath.Join(dir, name+".db")
		freshStore(tb, path)
		to := openPlain(tb, path)
		start, cpu := time.Now(), cpuTime()
		insert(tb, to, all, perTx)
		rate, used := float64(total)/time.Since(start).Seconds(), cpuTime()-cpu
		tb.Logf("%s: %.0f rows/s, %.2f s of the processors", name, rate, used.Seconds())
		if fastest = max(fastest, rate); least == 0 || used < least {
			least = used
		}
	}
	return fastest, least
}

func freshStore(tb testing.TB, path string) {
	tb.Helper()
	s, err := store.Open(context.Background(), store.Options{DSN: path})
	if err == nil {
		err = s.Migrate(context.Background())
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
}

func readRows(tb testing.TB, db *sql.DB, table string) [][]any {
	tb.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	var data [][]any
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			tb.Fatal(err)
		}
		data = append(data, row)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return data
}

// insertRows writes the rows of tables in turn, perTx of them in a
// transaction; once says that the statements outlive the transactions.
func insertRows(tb testing.TB, db *sql.DB, all []tableData, perTx int64, once bool) {
	tb.Helper()
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	text := func(t tableData) string {
		return "INSERT OR IGNORE INTO " + t.table + " VALUES (?" + strings.Repeat(", ?", len(t.rows[0])-1) + ")"
	}
	statements := make([]*sql.Stmt, len(all))
	prepare := func(with func(context.Context, string) (*sql.Stmt, error)) {
		for i, t := range all {
			statements[i], err = with(ctx, text(t))
			must(err)
		}
	}
	if once {
		prepare(conn.PrepareContext)
	}
	longest := 0
	for _, t := range all {
		longest = max(longest, len(t.rows))
	}
	var tx *sql.Tx
	left := int64(0)
	for at := range longest {
		for i, t := range all {
			if at >= len(t.rows) {
				continue
			}
			if left == 0 {
				if tx != nil {
					must(tx.Commit())
				}
				tx, err = conn.BeginTx(ctx, nil)
				must(err)
				if left = perTx; !once {
					prepare(tx.PrepareContext)
				}
			}
			_, err = statements[i].ExecContext(ctx, t.rows[at]...)
			must(err)
			left--
		}
	}
	if tx != nil {
		must(tx.Commit())
	}
}
