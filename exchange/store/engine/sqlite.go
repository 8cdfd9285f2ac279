package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // and the driver "sqlite"

	"carryover/exchange/atomicfile"
)

// sqliteEngine is a file of this machine.
type sqliteEngine struct{ path string }

// sqliteReaders is how many snapshots can be read at a time.
const sqliteReaders = 4

// Pragmas go into the DSN, because database/sql opens connections when it
// likes. WAL lets readers and the one writer go on side by side. synchronous
// is FULL: with NORMAL a power cut takes back the last commits, and a payment
// file that is already with the bank would be forgotten and made again. The
// write lock is taken at BEGIN, because a lock taken halfway fails instead of
// waiting when somebody else has written since.
func (e *sqliteEngine) dsn(writer bool) string {
	q := url.Values{}
	for _, p := range []string{"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"} {
		q.Add("_pragma", p)
	}
	if writer {
		q.Add("_pragma", "cache_size(-32768)") // KiB
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: e.path, RawQuery: q.Encode()}
	return u.String()
}

func (e *sqliteEngine) Open(ctx context.Context) (writers, readers *Pool, err error) {
	if e.path, err = filepath.Abs(e.path); err != nil {
		return nil, nil, err
	}
	// SQLite would make the file readable by others; the log beside it gets the mode of the file.
	f, err := os.OpenFile(e.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, err
	}
	if err = f.Close(); err != nil {
		return nil, nil, err
	}
	w, err := sql.Open("sqlite", e.dsn(true))
	if err != nil {
		return nil, nil, err
	}
	if err = w.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", filepath.Base(e.path), err), w.Close())
	}
	r, err := sql.Open("sqlite", e.dsn(false))
	if err != nil {
		return nil, nil, errors.Join(err, w.Close())
	}
	return newPool(w, 1), newPool(r, sqliteReaders), nil
}

func (e *sqliteEngine) WriteOptions() *sql.TxOptions { return nil }

// ReadOptions are none: the driver refuses read-only transactions, so the
// readers' connections are query_only. A deferred transaction is a snapshot.
func (e *sqliteEngine) ReadOptions() *sql.TxOptions { return nil }

// Statements run without a deadline: the driver starts a goroutine for each
// statement whose context can be cancelled, and none of ours waits for long.
func (e *sqliteEngine) Statements(context.Context) context.Context { return context.Background() }

// Conflict: with the write lock taken at BEGIN there is nothing to repeat.
func (e *sqliteEngine) Conflict(error) bool { return false }

// Violates: the low byte is the kind of an error, the others say more.
func (e *sqliteEngine) Violates(err error) bool {
	var of *sqlite.Error
	return errors.As(err, &of) && of.Code()&0xff == sqliteConstraint
}

// sqliteConstraint is SQLITE_CONSTRAINT.
const sqliteConstraint = 19

// marks: the driver asks SQLite for the name of every placeholder that has
// one, again each time, so those that stand in their order become plain ones.
func (e *sqliteEngine) marks(text string) string {
	var b strings.Builder
	rest := text
	for n := 1; ; n++ {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
		if after[:digits] != strconv.Itoa(n) {
			return text
		}
		b.WriteByte('?')
		rest = after[digits:]
	}
}

// fill: rows in the order of their key without a second tree; an INTEGER
// PRIMARY KEY is numbered by SQLite itself.
func (e *sqliteEngine) fill(schema string) string {
	return strings.NewReplacer(
		"IDENTITY", "INTEGER PRIMARY KEY",
		"CLUSTERED", "WITHOUT ROWID",
		"PAYEE_IN_DOC", "json_extract(doc, '$.payee.No')",
	).Replace(schema)
}

// Guards: SQLite writes triggers without functions.
func (e *sqliteEngine) Guards() string {
	var b strings.Builder
	for _, table := range appendOnly {
		fmt.Fprintf(&b, "CREATE TRIGGER %[1]s_no_delete BEFORE DELETE ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s only grows'); END;\n", table)
		if table != "journal" {
			fmt.Fprintf(&b, "CREATE TRIGGER %[1]s_no_update BEFORE UPDATE ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s only grows'); END;\n", table)
		}
	}
	b.WriteString(e.journalGuard(purgeOnly))
	b.WriteString(`CREATE TRIGGER ledger_entries_balanced BEFORE INSERT ON ledger_entries
	WHEN (SELECT COALESCE(sum(amount), 1) FROM ledger_postings WHERE entry_id = NEW.id) <> 0
	BEGIN SELECT RAISE(ABORT, 'postings do not sum to zero'); END;
CREATE TRIGGER ledger_postings_open BEFORE INSERT ON ledger_postings
	WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE id = NEW.entry_id)
	BEGIN SELECT RAISE(ABORT, 'the ledger entry is closed'); END;
`)
	return b.String()
}

func (e *sqliteEngine) guardJournal(allowed string) string {
	return "DROP TRIGGER journal_no_update;\n" + e.journalGuard(allowed)
}

func (e *sqliteEngine) journalGuard(allowed string) string {
	return "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal WHEN NOT (" + strings.ReplaceAll(allowed, "SAME", "IS") +
		") BEGIN SELECT RAISE(ABORT, 'journal only grows'); END;\n"
}

func (e *sqliteEngine) guardPlaces() string {
	var b strings.Builder
	for _, event := range []string{"INSERT", "UPDATE"} {
		fmt.Fprintf(&b, "CREATE TRIGGER ledger_balances_%s AFTER %s ON ledger_balances WHEN %s BEGIN SELECT RAISE(ABORT, 'a balance on the wrong side of zero'); END;\n",
			strings.ToLower(event), event, wrongSide)
	}
	return b.String()
}

// recheck rewrites the table's text: SQLite cannot alter a constraint, and allows this
// for a change that leaves the rows as they are (sqlite.org/lang_altertable.html, 7).
func (e *sqliteEngine) recheck(ctx context.Context, tx *sql.Tx, c check) error {
	var text string
	if err := tx.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", c.table).Scan(&text); err != nil {
		return err
	}
	column := regexp.MustCompile(`(?m)^(\s+` + c.column + `\s.*?)CHECK \(.*\)(,?)$`)
	after := column.ReplaceAllString(text, "${1}"+c.text+"${2}")
	if after == text {
		return fmt.Errorf("%s.%s has no list of values, or the same one", c.table, c.column)
	}
	if _, err := tx.ExecContext(ctx, "PRAGMA writable_schema = ON"); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", after, c.table)
	_, rerr := tx.ExecContext(ctx, "PRAGMA writable_schema = RESET") // and the schema is read anew
	return errors.Join(err, rerr)
}

func (e *sqliteEngine) LockRow() string                     { return "" } // one transaction writes at a time
func (e *sqliteEngine) LockChains() (before, behind string) { return "", "" }
func (e *sqliteEngine) JoinJournal() string                 { return "" }

// SchemaParts: SQLite keeps the texts.
func (e *sqliteEngine) SchemaParts() string {
	return "SELECT '' AS name, 'sqlite' AS text UNION ALL SELECT type || ' ' || name, sql FROM sqlite_master" +
		" WHERE type IN ('table', 'trigger') AND name NOT LIKE 'sqlite@_%' ESCAPE '@' OR sql LIKE 'CREATE UNIQUE INDEX %' ORDER BY name"
}

func (e *sqliteEngine) LockJournal() string { return "" }

// NextEntries: only one transaction writes, so the next numbers are free.
func (e *sqliteEngine) NextEntries() string {
	return "SELECT last + n FROM (SELECT COALESCE(max(id), 0) AS last FROM ledger_entries)," +
		" (WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < $1) SELECT n FROM up) ORDER BY n"
}

// Send: in this process there is nothing to wait for between statements.
func (e *sqliteEngine) Send(ctx context.Context, c *Conn, list []Statement) (changed []int64, err error) {
	for _, s := range list {
		stmt, err := c.Stmt(ctx, e, s.Text)
		if err != nil {
			return changed, err
		}
		r, err := stmt.ExecContext(ctx, s.Args...)
		if err != nil {
			return changed, err
		}
		n, err := r.RowsAffected()
		if err != nil {
			return changed, err
		}
		changed = append(changed, n)
	}
	return changed, nil
}

func (e *sqliteEngine) dialect() goose.Dialect { return goose.DialectSQLite3 }

func (e *sqliteEngine) Shared() bool { return false }

// LockPasses: a file of one machine is locked by a file beside it.
func (e *sqliteEngine) LockPasses(context.Context) (context.Context, func() error, error) {
	return nil, nil, errors.ErrUnsupported
}

func (e *sqliteEngine) Backup(ctx context.Context, _ *Pool, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), os.ErrExist)
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	// Made first, so that the copy is never readable by others; SQLite accepts an empty file.
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	to := &atomicfile.File{File: f} // not atomicfile.Temp, whose lock can be in the way of SQLite's
	defer to.Discard()
	if err := e.vacuumInto(ctx, part); err != nil {
		return err
	}
	return to.KeepNew(path)
}

// vacuumInto copies through a connection of its own: a query_only one may not.
func (e *sqliteEngine) vacuumInto(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", e.dsn(true))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", path)
	return err
}
