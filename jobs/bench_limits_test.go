package jobs_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/drop/droptest"
)

// stopwatch adds up what pieces of work took: by the clock, and of the processors.
type stopwatch struct {
	name string
	spent
}

func (s *stopwatch) time(work func() error) error {
	start, cpu := time.Now(), cpuTime()
	err := work()
	s.clock, s.processor = s.clock+time.Since(start), s.processor+cpuTime()-cpu
	return err
}

// limitsOf measures the parts of a night bare, with what the night left: its bytes
// through ssh and SHA-256, its rows, the cells of its workbooks, its messages.
func limitsOf(tb testing.TB, w *wholeNight, changes []rowChanges) []*stopwatch {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(w.agencyDir(), "spool", "*"))
	if err != nil || len(files) == 0 {
		tb.Fatal("nothing in the spool", err)
	}
	return []*stopwatch{
		sshLimit(tb, w, files), hashLimit(tb, files), rowsLimit(tb, filepath.Join(w.agencyDir(), "store", "carryover.db"), nil, w.n, changes),
		cellsLimit(tb, w.books), messagesLimit(tb, files),
	}
}

// sshLimit is `ssh cat` of all files, by one connection.
func sshLimit(tb testing.TB, w *wholeNight, files []string) *stopwatch {
	tb.Helper()
	s := &stopwatch{name: "ssh cat"}
	cmd := exec.Command(droptest.Require(tb, "ssh"), "-q", "-F", "none", "-p", w.server.Port, "-i", w.server.KeyFile, "-o", "StrictHostKeyChecking=yes",
		"-o", "UserKnownHostsFile="+w.server.HostFile, w.server.User+"@127.0.0.1", "cat '"+strings.Join(files, "' '")+"'")
	start := time.Now()
	if err := cmd.Run(); err != nil {
		tb.Fatal("ssh cat: ", err)
	}
	s.spent = spent{time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	return s
}

func hashLimit(tb testing.TB, files []string) *stopwatch {
	tb.Helper()
	s := &stopwatch{name: "SHA-256"}
	for _, name := range files {
		err := s.time(func() error {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = io.Copy(sha256.New(), f)
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// rowChanges is how often a row of a table is changed on its way, and which columns
// most of the changes set.
type rowChanges struct {
	table   string
	each    float64 // updates for each of the people
	columns []string
}

// countUpdates has a store count its updates, by table and column.
func countUpdates(tb testing.TB, db *sql.DB) {
	tb.Helper()
	do := func(text string) {
		if _, err := db.Exec(text); err != nil {
			tb.Fatal(err)
		}
	}
	do("CREATE TABLE updates (tab TEXT, col TEXT, n INTEGER, PRIMARY KEY (tab, col))")
	for _, t := range tables(tb, db) {
		for _, c := range append([]string{""}, textRows(tb, db, "SELECT name FROM pragma_table_info('"+t+"') ORDER BY cid")...) {
			of := ""
			if c != "" {
				of = " OF " + c
			}
			do("INSERT INTO updates VALUES ('" + t + "', '" + c + "', 0)")
			do("CREATE TRIGGER count_" + t + "_" + c + " AFTER UPDATE" + of + " ON " + t + " BEGIN UPDATE updates SET n = n + 1 WHERE tab = '" + t + "' AND col = '" + c + "'; END")
		}
	}
}

// updatesIn is what was counted while n people were worked.
func updatesIn(tb testing.TB, db *sql.DB, n int) (all []rowChanges) {
	tb.Helper()
	for _, line := range textRows(tb, db, "SELECT tab || ' ' || n FROM updates WHERE col = '' AND tab <> 'updates' ORDER BY tab") {
		table, count, _ := strings.Cut(line, " ")
		times, err := strconv.Atoi(count)
		if err != nil {
			tb.Fatal(err)
		}
		if 4*times >= n { // else it is no row for each
			columns := textRows(tb, db, fmt.Sprintf("SELECT col FROM updates WHERE tab = '%s' AND col <> '' AND 2 * n >= %d", table, times))
			all = append(all, rowChanges{table, float64(times) / float64(n), columns})
		}
	}
	return all
}

// plainRows is how many rows the plain store writes in a transaction: 500 records
// of five rows each.
const plainRows = 2500

// rowsLimit is plain prepared inserts of the rows of a store into an empty one, without
// those that were there before, and then plain prepared updates of as many rows, by their
// keys, as were made for n people. Same tables, indexes and pragmas; no triggers. What is
// read is not timed.
func rowsLimit(tb testing.TB, path string, before map[string]int64, n int, changes []rowChanges) *stopwatch {
	tb.Helper()
	s := &stopwatch{name: "plain inserts and updates"}
	from := openPlain(tb, path)
	defer from.Close()
	copied := filepath.Join(tb.TempDir(), "plain.db")
	freshStore(tb, copied)
	to := openPlain(tb, copied)
	defer to.Close()
	for _, name := range textRows(tb, to, "SELECT name FROM sqlite_master WHERE type = 'trigger'") {
		if _, err := to.Exec("DROP TRIGGER " + name); err != nil {
			tb.Fatal(err)
		}
	}
	for _, t := range tables(tb, to) {
		columns := textRows(tb, to, "SELECT name FROM pragma_table_info('"+t+"') ORDER BY cid")
		text := "INSERT OR IGNORE INTO " + t + " (" + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
		there := before[t]
		eachPage(tb, from, "SELECT "+strings.Join(columns, ", ")+" FROM "+t, func(page [][]any) error {
			old := min(there, int64(len(page)))
			there -= old
			if err := inOneTx(to, text, page[:old]); err != nil {
				return err
			}
			return s.time(func() error { return inOneTx(to, text, page[old:]) })
		})
	}
	for _, c := range changes {
		keys := textRows(tb, to, "SELECT name FROM pragma_table_info('"+c.table+"') WHERE pk > 0 ORDER BY pk")
		rows := int64(0)
		if err := from.QueryRow("SELECT count(*) FROM " + c.table).Scan(&rows); err != nil {
			tb.Fatal(err)
		}
		text := "UPDATE " + c.table + " SET " + strings.Join(c.columns, " = ?, ") + " = ? WHERE " + strings.Join(keys, " = ? AND ") + " = ?"
		read := "SELECT " + strings.Join(append(c.columns, keys...), ", ") + " FROM " + c.table
		for left := int64(c.each * float64(n)); left > 0 && rows > 0; left -= rows {
			eachPage(tb, from, fmt.Sprintf("%s LIMIT %d", read, left), func(page [][]any) error {
				return s.time(func() error { return inOneTx(to, text, page) })
			})
		}
	}
	return s
}

// eachPage calls work with the rows of a query, as many as belong into a transaction.
func eachPage(tb testing.TB, db *sql.DB, query string, work func(page [][]any) error) {
	tb.Helper()
	rows, err := db.Query(query)
	if err != nil {
		tb.Fatal(query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	var page [][]any
	for more := true; more; {
		if more = rows.Next(); more {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				tb.Fatal(err)
			}
			page = append(page, row)
		}
		if len(page) == plainRows || !more && len(page) > 0 {
			if err := work(page); err != nil {
				tb.Fatal(query, err)
			}
			page = page[:0]
		}
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
}

func inOneTx(db *sql.DB, text string, rows [][]any) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	stmt, err := tx.Prepare(text)
	for i := 0; i < len(rows) && err == nil; i++ {
		_, err = stmt.Exec(rows[i]...)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// cellsLimit is excelize's StreamWriter with the cells of workbooks, and nothing else
// about them.
func cellsLimit(tb testing.TB, books []string) *stopwatch {
	tb.Helper()
	s := &stopwatch{name: "StreamWriter"}
	for _, path := range books {
		from, err := excelize.OpenFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		to := excelize.NewFile()
		for _, sheet := range from.GetSheetList() {
			if err := copyCells(s, from, to, sheet); err != nil {
				tb.Fatal(err)
			}
		}
		if err := errors.Join(s.time(func() error { return to.SaveAs(filepath.Join(tb.TempDir(), "bare.xlsx")) }), to.Close(), from.Close()); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

func copyCells(s *stopwatch, from, to *excelize.File, sheet string) error {
	if _, err := to.NewSheet(sheet); err != nil {
		return err
	}
	w, err := to.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	rows, err := from.Rows(sheet)
	if err != nil {
		return err
	}
	defer rows.Close()
	for n := 1; rows.Next(); n += bareRows {
		page := make([][]any, 0, bareRows)
		for more := true; more; more = len(page) < bareRows && rows.Next() {
			texts, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return err
			}
			page = append(page, cellsOf(texts))
		}
		err := s.time(func() error {
			for i, row := range page {
				if err := w.SetRow("A"+strconv.Itoa(n+i), row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.time(w.Flush)
}

// bareRows is how many rows are timed together.
const bareRows = 1000

// cellsOf makes numbers of what was one.
func cellsOf(texts []string) []any {
	cells := make([]any, len(texts))
	for i, text := range texts {
		if f, err := strconv.ParseFloat(text, 64); err == nil && len(text) < 15 {
			cells[i] = f
		} else if text != "" {
			cells[i] = text
		}
	}
	return cells
}

// messagesLimit is encoding/xml: what the bank left is read, what it got is written.
func messagesLimit(tb testing.TB, files []string) *stopwatch {
	tb.Helper()
	s := &stopwatch{name: "encoding/xml"}
	for _, name := range files {
		if !strings.HasSuffix(name, ".xml") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		if strings.HasPrefix(filepath.Base(name), "out-") {
			err = writeTokens(s, text)
		} else {
			err = s.time(func() error { return readTokens(xml.NewDecoder(bytes.NewReader(text))) })
		}
		if err != nil {
			tb.Fatal(name, err)
		}
	}
	return s
}

func readTokens(d *xml.Decoder) error {
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func writeTokens(s *stopwatch, text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	out := bufio.NewWriter(io.Discard)
	e := xml.NewEncoder(out)
	for more := true; more; {
		var page []xml.Token
		for more && len(page) < 10_000 {
			token, err := d.RawToken()
			if more = err == nil; !more && !errors.Is(err, io.EOF) {
				return err
			}
			if more {
				page = append(page, xml.CopyToken(token))
			}
		}
		err := s.time(func() error {
			for _, token := range page {
				if err := e.EncodeToken(token); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.time(func() error { return errors.Join(e.Close(), out.Flush()) })
}
