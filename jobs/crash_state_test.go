package jobs_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carryover/exchange/store"
)

// What may differ between a run and one that was disturbed: runs, what only
// chance or the folder's clock decides, the journal's hashes, which follow
// from the salts, and the order in which rows of different cases came into the
// store. Files are named in place of their row numbers.
var (
	apartTables  = []string{"runs", "checkpoints", "ledger_entries"}
	apartColumns = []string{"id", "n", "rev", "salt", "digest", "hash", "mod_time"}
	byName       = map[string]string{
		"file_id":  fileName,
		"receipt":  fileName,
		"dup_of":   fileName,
		"sequence": "CASE WHEN kind = 'receipt' THEN 0 ELSE %s END", // it stands in the name
		"entry_id": "(SELECT entry_date || event || coalesce(case_no, '') || memo FROM ledger_entries WHERE id = t.%s)",
	}
)

const fileName = "(SELECT f.dir || ' ' || f.name FROM files AS f WHERE f.id = t.%s)"

// stageState is everything that a stage holds, a line for each fact: every row of
// both stores, the files of drops and spools with their digests, what the
// outside knows.
func stageState(tb testing.TB, stage string) []string {
	tb.Helper()
	var lines []string
	for _, code := range []string{oldCode, newCode} {
		own := rowsOf(tb, code, filepath.Join(stage, code, "store", "carryover.db"))
		for _, folder := range []string{"drops", "spool", "reports"} {
			own = append(own, filesOf(tb, stage, filepath.Join(code, folder))...)
		}
		lines = append(lines, oneSpool(own)...)
	}
	text, err := os.ReadFile(outsideFile(stage))
	if err != nil {
		tb.Fatal(err)
	}
	return append(lines, strings.Split(string(text), "\n")...)
}

// oneSpool gives the spool of an agency, whose id is chance, the same id in every
// stage: in its folder, and in the store, where it is the same.
func oneSpool(lines []string) []string {
	for _, line := range lines {
		if _, mark, ok := strings.Cut(line, spoolMark+" "); ok {
			return strings.Split(strings.ReplaceAll(strings.Join(lines, "\n"), strings.Fields(mark)[1], "id"), "\n")
		}
	}
	return lines
}

// rowsOf lists the rows of a store.
func rowsOf(tb testing.TB, code, path string) []string {
	tb.Helper()
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=query_only(1)")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	var lines []string
	for _, table := range namesOf(tb, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose%'") {
		if slices.Contains(apartTables, table) {
			continue
		}
		columns := slices.DeleteFunc(namesOf(tb, db, "SELECT name FROM pragma_table_info('"+table+"')"), func(c string) bool {
			return slices.Contains(apartColumns, c)
		})
		for i, c := range columns {
			if name := byName[c]; name != "" {
				columns[i] = fmt.Sprintf(name, c)
			}
		}
		for _, row := range textRows(tb, db, "SELECT "+strings.Join(columns, ", ")+" FROM "+table+" AS t") {
			if table == "journal" && strings.Contains(row, "|money_settings|") {
				continue // one for each run
			}
			lines = append(lines, code+" "+table+" "+row)
		}
	}
	slices.Sort(lines)
	return lines
}

func namesOf(tb testing.TB, db *sql.DB, query string) []string {
	tb.Helper()
	return textRows(tb, db, query)
}

// textRows are the rows of a query as text, fields divided by a bar.
func textRows(tb testing.TB, db *sql.DB, query string) (list []string) {
	tb.Helper()
	rows, err := db.Query(query)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	for rows.Next() {
		fields, at := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
		for i := range fields {
			at[i] = &fields[i]
		}
		if err := rows.Scan(at...); err != nil {
			tb.Fatal(err)
		}
		text := make([]string, len(fields))
		for i, f := range fields {
			text[i] = string(f)
		}
		list = append(list, strings.Join(text, "|"))
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return list
}

// spoolMark is the file that says whose spool a folder is.
const spoolMark = ".spool-id"

// filesOf lists the files under a folder with their digests; of a workbook
// only the name, because the time it was made at stands in it; the mark of a spool as
// it is.
func filesOf(tb testing.TB, stage, folder string) (lines []string) {
	tb.Helper()
	err := filepath.WalkDir(filepath.Join(stage, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(stage, path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".xlsx") {
			lines = append(lines, "file "+rel)
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if d.Name() == spoolMark {
			lines = append(lines, "file "+rel+" "+strings.TrimSpace(string(content)))
			return nil
		}
		lines = append(lines, fmt.Sprintf("file %s %x", rel, sha256.Sum256(content)))
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		tb.Fatal(err)
	}
	return lines
}

// anyReceiptNumber gives receipts a name that tells what they say, in place of
// the one with their number: when one of two files could not be fetched at
// once, their receipts are written in the other order.
func anyReceiptNumber(tb testing.TB, stage string, lines []string) []string {
	tb.Helper()
	var words []string
	err := filepath.WalkDir(stage, func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		if err != nil || d.IsDir() || !strings.HasPrefix(name, "receipt_") || !strings.HasSuffix(name, ".csv") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, body, _ := strings.Cut(string(content), "\n")
		body = body[:strings.LastIndex(body, "\nT,")]
		says := fmt.Sprintf("%x", sha256.Sum256([]byte(body)))
		words = append(words, name, name[:len("receipt_320500_310100")]+" "+says, fmt.Sprintf("%x", sha256.Sum256(content)), says)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	renamed := strings.NewReplacer(words...)
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = renamed.Replace(line)
	}
	return out
}

// diffLines names what one list of facts has and the other lacks; "" when
// they are the same.
func diffLines(want, got []string) string {
	var out strings.Builder
	only := func(mark string, a, b []string) {
		count := map[string]int{}
		for _, line := range b {
			count[line]++
		}
		shown := 0
		for _, line := range a {
			if count[line]--; count[line] < 0 {
				if shown++; shown <= 20 {
					fmt.Fprintf(&out, "%s %.400s\n", mark, line)
				}
			}
		}
	}
	only("-", want, got)
	only("+", got, want)
	return out.String()
}

// outcome is what must be the same however an exchange was disturbed: cases,
// letters, forms, parts, payments, postings, ledger, files by name and
// content, drops, and what cores and banks booked. The papers of officers, which
// show how matters stood when they were made, are not: what they led to is.
func outcome(lines []string) (kept []string) {
	paper := regexp.MustCompile(`^\d+ files \w+\|officer:|^file \d+/(spool/((in|out)-officer:|out-decisions-|review-)|drops/staff/)`)
	tables := []string{"cases", "letters", "forms", "remittances", "payments", "postings", "ledger_balances", "bank_entries", "certificates", "differences", "files"}
	for _, line := range lines {
		words := strings.SplitN(line, " ", 3)
		if len(words) < 3 || words[0] != oldCode && words[0] != newCode || slices.Contains(tables, words[1]) {
			if paper.MatchString(line) {
				continue
			}
			kept = append(kept, line)
		}
	}
	return kept
}

// requireJournal verifies every chain of a store.
func requireJournal(tb testing.TB, path string) {
	tb.Helper()
	s, err := store.Open(context.Background(), store.Options{DSN: path})
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Close()
	report, err := s.VerifyJournal(context.Background(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	if len(report.Faults) > 0 {
		tb.Errorf("journal of %s: %v", path, report.Faults)
	}
}
