package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/store/sqltext"
)

// benchTx is how many records one transaction works in both measurements.
const benchTx = 500

// workLetter stores what a received contact letter leads to: its key, case,
// letter, two postings that wait for the core, two events and the verdict.
func workLetter(tx *Tx, f exchange.File, n int) error {
	no, err := tx.NextNumber("T", "320500", 20260302)
	if err != nil {
		return err
	}
	c := sampleCase(n)
	c.No = no
	l := exchange.Letter{
		No: c.LetterNo, Version: 1, CaseNo: no, Side: c.Side, Date: 20260302, Person: c.Person, SchemeFrom: "310", SchemeTo: "310", From: "320500", To: "310100",
		AccountMoves: true, Account: exchange.Account{Holder: "上海市医疗保险事业管理中心", Bank: "中国工商银行上海市分行", No: "1001244319000000123", CNAPS: "102290024433"}, ReceivedOn: 20260302,
	}
	_, free, err := tx.ClaimKey(f.Kind, f.Party, l.No+"/1", f.ID)
	if err != nil || !free {
		return steps(err, fmt.Errorf("key free: %v", free))
	}
	e := exchange.JournalEvent{Chain: no, At: time.Unix(1772438400, 0), On: 20260302, Actor: "310100", What: "letter_received", FileID: f.ID, Payload: []byte(`{"letter_no":"` + l.No + `","version":1}`)}
	accepted := e
	accepted.What, accepted.Actor = "letter_accepted", "process"
	post := exchange.Posting{CaseNo: no, State: exchange.PostingQueued, QueuedOn: 20260302}
	end, debit := post, post
	end.Row, debit.Row = exchange.PostEnd, exchange.PostDebit
	var nerr, merr error
	end.No, nerr = tx.NextNumber("P", "320500", 20260302)
	debit.No, merr = tx.NextNumber("P", "320500", 20260302)
	row := []byte("E,P32050020260302000001,T32050020260302000001,1234567890,01,11010519491231002X,张三,310,2026-03-02,,,,,,,\n")
	out := exchange.Outgoing{Party: "320500c", Kind: "posting", CaseNo: no, Rows: row, RowCount: 1}
	out1, out2 := out, out
	out1.RecordNo, out2.RecordNo = end.No, debit.No
	return steps(nerr, merr, tx.InsertCase(&c), tx.InsertLetter(l), tx.Journal(e), tx.Journal(accepted), tx.InsertPosting(end), tx.InsertPosting(debit),
		tx.InsertOutgoing(out1), tx.InsertOutgoing(out2),
		tx.InsertJudgement(exchange.Judgement{FileID: f.ID, Ordinal: n, Line: n + 1, RecordNo: l.No, Verdict: "accepted", Reported: true}))
}

func workLetters(b *testing.B, s *Store, n int) {
	f := sampleFile(1)
	write(b, s, func(tx *Tx) error { return tx.InsertFile(&f) })
	for from := 1; from <= n; from += benchTx {
		write(b, s, func(tx *Tx) error {
			for i := from; i < from+benchTx && i <= n; i++ {
				if err := workLetter(tx, f, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// benchTables are the tables that workLetter writes, a row of each per letter
// but two of some.
var benchTables = []string{"claims", "cases", "letters", "journal", "postings", "outgoing", "judgements"}

// tableRows are the rows of a table, as read.
type tableRows struct {
	insert string // for one row
	head   string // insert without values, for several
	width  int
	rows   [][]any
}

func readTable(b *testing.B, s *Store, table string) tableRows {
	b.Helper()
	var t tableRows
	view(b, s, func(tx *Tx) error {
		rows, err := tx.sql.Query("SELECT * FROM " + table)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		t.insert, t.width = sqltext.InsertInto(table, strings.Join(columns, ", ")), len(columns)
		t.head = "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
		for rows.Next() {
			values, to := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				to[i] = &values[i]
			}
			if err := rows.Scan(to...); err != nil {
				return err
			}
			t.rows = append(t.rows, values)
		}
		return rows.Err()
	})
	return t
}

// plain is a way to insert the same rows into the same tables, with the same
// transactions and nothing else; chunk is the part of each table's rows.
type plain struct {
	name string
	run  func(ctx context.Context, conn *sql.Conn, tables []tableRows, chunks int) error
}

func rowByRow(ctx context.Context, conn *sql.Conn, tables []tableRows, chunks int) error {
	stmts := make([]*sql.Stmt, len(tables))
	for i, t := range tables {
		var err error
		if stmts[i], err = conn.PrepareContext(ctx, t.insert); err != nil {
			return err
		}
		defer stmts[i].Close()
	}
	return inChunks(ctx, conn, tables, chunks, func(i int, rows [][]any) error {
		for _, row := range rows {
			if _, err := stmts[i].ExecContext(ctx, row...); err != nil {
				return err
			}
		}
		return nil
	})
}

// severalRows inserts up to 20 rows per statement.
func severalRows(ctx context.Context, conn *sql.Conn, tables []tableRows, chunks int) error {
	const most = 20
	prepared := map[string]*sql.Stmt{}
	return inChunks(ctx, conn, tables, chunks, func(i int, rows [][]any) error {
		for len(rows) > 0 {
			n := min(most, len(rows))
			text := tables[i].head + values(n, tables[i].width)
			s := prepared[text]
			if s == nil {
				var err error
				if s, err = conn.PrepareContext(ctx, text); err != nil {
					return err
				}
				prepared[text] = s
			}
			var args []any
			for _, row := range rows[:n] {
				args = append(args, row...)
			}
			if _, err := s.ExecContext(ctx, args...); err != nil {
				return err
			}
			rows = rows[n:]
		}
		return nil
	})
}

func values(rows, width int) string {
	n := 0
	all := make([]string, rows)
	for i := range all {
		marks := make([]string, width)
		for k := range marks {
			n++
			marks[k] = sqltext.Arg(n)
		}
		all[i] = "(" + strings.Join(marks, ", ") + ")"
	}
	return strings.Join(all, ", ")
}

// inTx prepares in each transaction, as database/sql's own Tx is mostly used.
func inTx(ctx context.Context, conn *sql.Conn, tables []tableRows, chunks int) error {
	for k := range chunks {
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for _, t := range tables {
			s, err := tx.PrepareContext(ctx, t.insert)
			if err != nil {
				return err
			}
			for _, row := range chunkOf(t.rows, k, chunks) {
				if _, err := s.ExecContext(ctx, row...); err != nil {
					return err
				}
			}
			if err := s.Close(); err != nil {
				return err
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func inChunks(ctx context.Context, conn *sql.Conn, tables []tableRows, chunks int, put func(table int, rows [][]any) error) error {
	for k := range chunks {
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for i := range tables {
			if err := put(i, chunkOf(tables[i].rows, k, chunks)); err != nil {
				return steps(err, tx.Rollback())
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func chunkOf(rows [][]any, k, chunks int) [][]any {
	return rows[k*len(rows)/chunks : (k+1)*len(rows)/chunks]
}

// BenchmarkLetters measures the store working contact letters against the
// same rows put by plain prepared inserts: same tables, indexes, pragmas and
// transactions. "ratio" is ours over the fastest of the three ways.
func BenchmarkLetters(b *testing.B) {
	const letters = 5000
	for _, e := range testEngines() {
		b.Run(e.name, func(b *testing.B) {
			for range b.N {
				s := openMigrated(b, Options{DSN: e.dsn(b)})
				start := time.Now()
				workLetters(b, s, letters)
				ours := time.Since(start)
				var tables []tableRows
				rows := 0
				for _, name := range benchTables {
					t := readTable(b, s, name)
					tables, rows = append(tables, t), rows+len(t.rows)
				}
				fastest := time.Duration(0)
				for _, p := range []plain{{"row by row", rowByRow}, {"20 rows a statement", severalRows}, {"prepared in each transaction", inTx}} {
					took := runPlain(b, e, p, tables, letters/benchTx)
					b.Logf("%s: %.0f rows/s", p.name, float64(rows)/took.Seconds())
					if fastest == 0 || took < fastest {
						fastest = took
					}
				}
				b.Logf("store: %.0f rows/s, %d rows", float64(rows)/ours.Seconds(), rows)
				b.ReportMetric(float64(rows)/ours.Seconds(), "rows/s")
				b.ReportMetric(float64(rows)/fastest.Seconds(), "plain-rows/s")
				b.ReportMetric(fastest.Seconds()/ours.Seconds(), "ratio")
			}
		})
	}
}

func runPlain(b *testing.B, e testEngine, p plain, tables []tableRows, chunks int) time.Duration {
	b.Helper()
	ctx := context.Background()
	s := openMigrated(b, Options{DSN: e.dsn(b)})
	f := sampleFile(1)
	write(b, s, func(tx *Tx) error { return tx.InsertFile(&f) })
	conn, err := s.writers.DB().Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	start := time.Now()
	if err := p.run(ctx, conn, tables, chunks); err != nil {
		b.Fatal(p.name, err)
	}
	return time.Since(start)
}

// BenchmarkUpdateCase measures reading and changing a case with its journal
// and ledger entry: the other half of the work.
func BenchmarkUpdateCase(b *testing.B) {
	for _, e := range testEngines() {
		b.Run(e.name, func(b *testing.B) {
			s := openMigrated(b, Options{DSN: e.dsn(b)})
			insertCases(b, s, 1000)
			b.ResetTimer()
			done := 0
			for done < b.N {
				write(b, s, func(tx *Tx) error {
					for range min(benchTx, b.N-done) {
						before, err := tx.Case(sampleCase(done%1000 + 1).No)
						if err != nil {
							return err
						}
						after := before
						after.HoldText = code.Text("answer: 10 WD")
						head := ledger.Head{Date: 20260302, CaseNo: after.No, Partner: after.Partner}
						if err := steps(tx.UpdateCase(before, &after), tx.Journal(event(after.No, "x")), tx.Book(ledger.Liquidate(head, 5))); err != nil {
							return err
						}
						done++
					}
					return nil
				})
			}
		})
	}
}
