package engine

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"regexp"

	"github.com/pressly/goose/v3"
)

// The schema text, one file per version. A version that was ever delivered
// is never edited; the next one changes it.
//
//go:embed schema/00001_exchange.sql
var schema1 string

//go:embed schema/00002_phrases.sql
var schema2 string

//go:embed schema/00003_waits.sql
var schema3 string

//go:embed schema/00004_spool.sql
var schema4 string

//go:embed schema/00005_rehearsal.sql
var schema5 string

//go:embed schema/00006_bank_entries.sql
var schema6 string

//go:embed schema/00007_places.sql
var schema7 string

//go:embed schema/00008_payees.sql
var schema8 string

//go:embed schema/00009_money_settings.sql
var schema9 string

//go:embed schema/00010_checkpoints.sql
var schema10 string

//go:embed schema/00011_proofs.sql
var schema11 string

//go:embed schema/00012_clock_and_tries.sql
var schema12 string

//go:embed schema/00013_restored.sql
var schema13 string

// appendOnly are the tables that only grow.
var appendOnly = []string{"journal", "checkpoints", "ledger_entries", "ledger_postings"}

// purgeOnly is the one change of a journal row that schema 1 allows: payload and
// salt are removed, everything else stays. SAME is the engine's comparison
// that treats NULL as a value.
const purgeOnly = "NEW.payload IS NULL AND NEW.salt IS NULL AND NEW.id SAME OLD.id AND NEW.chain SAME OLD.chain AND NEW.n SAME OLD.n" +
	" AND NEW.at SAME OLD.at AND NEW.on_date SAME OLD.on_date AND NEW.actor SAME OLD.actor AND NEW.what SAME OLD.what AND NEW.why SAME OLD.why" +
	" AND NEW.file_id SAME OLD.file_id AND NEW.digest SAME OLD.digest AND NEW.hash SAME OLD.hash"

// wrongSide is the condition that a balance is on the wrong side of zero. It is asked of
// the row as it is afterwards: a row that is to be added to another looks like a balance
// before.
const wrongSide = "EXISTS (SELECT 1 FROM ledger_titles AS t WHERE t.title || ':' = substr(NEW.account, 1, length(t.title) + 1) AND t.side * NEW.amount < 0)"

// Version is the version of the schema that a database has (0: none), and the newest.
func Version(ctx context.Context, e Engine, db *sql.DB) (have, newest int64, err error) {
	p, newest, err := provider(e, db)
	if err != nil {
		return 0, 0, err
	}
	have, err = p.GetDBVersion(ctx)
	return have, newest, err
}

// Migrate brings the schema of a database to the newest version; nothing when it is
// there already.
func Migrate(ctx context.Context, e Engine, db *sql.DB) error {
	p, _, err := provider(e, db)
	if err != nil {
		return err
	}
	if _, err = p.Up(ctx); errors.Is(err, goose.ErrNoNextVersion) {
		return nil
	}
	return err
}

// Newest is the newest version of the schema.
func Newest(e Engine) int { return len(migrations(e)) }

// provider runs the migrations of the schema on a database; versions is how many there
// are.
func provider(e Engine, db *sql.DB) (p *goose.Provider, versions int64, err error) {
	all := migrations(e)
	p, err = goose.NewProvider(e.dialect(), db, nil, goose.WithGoMigrations(all...), goose.WithDisableGlobalRegistry(true))
	return p, int64(len(all)), err
}

func migrations(e Engine) []*goose.Migration {
	run := func(text string, rows ...func(context.Context, *sql.Tx) error) *goose.GoFunc {
		return &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			statements, lists := rechecks(text)
			_, err := tx.ExecContext(ctx, statements)
			for _, l := range lists {
				if err == nil {
					err = e.recheck(ctx, tx, l)
				}
			}
			for _, change := range rows {
				if err == nil {
					err = change(ctx, tx)
				}
			}
			return err
		}}
	}
	journal := e.guardJournal(purgeOnly + " AND NEW.coded SAME OLD.coded")
	return []*goose.Migration{
		goose.NewGoMigration(1, run(e.fill(schema1)+e.Guards()), nil),
		goose.NewGoMigration(2, run(e.fill(schema2)+journal, differencesToPhrases(e), holdsToPhrases(e), limitsToPhrases(e)), nil),
		goose.NewGoMigration(3, run(e.fill(schema3)), nil),
		goose.NewGoMigration(4, run(e.fill(schema4)), nil),
		goose.NewGoMigration(5, run(e.fill(schema5)), nil),
		goose.NewGoMigration(6, run(e.fill(schema6)), nil),
		goose.NewGoMigration(7, run(e.fill(schema7)+e.guardPlaces()), nil),
		goose.NewGoMigration(8, run(e.fill(schema8)), nil),
		goose.NewGoMigration(9, run(e.fill(schema9)), nil),
		goose.NewGoMigration(10, run(e.fill(schema10)), nil),
		goose.NewGoMigration(11, run(e.fill(schema11)+e.guardJournal(purgeOnly+" AND NEW.coded SAME OLD.coded AND NEW.proves SAME OLD.proves")), nil),
		goose.NewGoMigration(12, run(e.fill(schema12)), nil),
		goose.NewGoMigration(13, run(e.fill(schema13)), nil),
	}
}

// Schema is the text of all versions, which together make the tables.
func Schema() string {
	return schema1 + schema2 + schema3 + schema4 + schema5 + schema6 + schema7 + schema8 + schema9 + schema10 + schema11 + schema12 + schema13
}

// check is a closed list of values that a column of an existing table has from a
// version on, in place of the one before.
type check struct{ table, column, text string }

var recheckText = regexp.MustCompile(`(?m)^RECHECK (\w+)\.(\w+) (CHECK \(.*\));\n?`)

// rechecks takes the lines RECHECK table.column CHECK (…); out of a version's text.
func rechecks(text string) (statements string, lists []check) {
	for _, l := range recheckText.FindAllStringSubmatch(text, -1) {
		lists = append(lists, check{l[1], l[2], l[3]})
	}
	return recheckText.ReplaceAllString(text, ""), lists
}
