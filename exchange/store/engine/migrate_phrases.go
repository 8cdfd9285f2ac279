package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
)

// Schema 2: what the program says is kept as phrases. Three things that it reads
// back stood in sentences before, and are read here for the last time: what
// differences are about and what their sides are, the hold of a case whose form
// differs, and which missed limits a person has been told. Everything else of
// before is read as a text wherever it is met.

// prose is a sentence of a store of schema 1: a pattern, and the phrase that its
// groups are the arguments of, in the order of args (from 1; a negative one is an
// argument that is itself a phrase).
type prose struct {
	pattern *regexp.Regexp
	name    string
	args    []int
}

// sentence is a row of the tables: the pattern is of a whole sentence.
func sentence(pattern, name string, args ...int) prose {
	return prose{regexp.MustCompile(`(?s)^` + pattern + `$`), name, args}
}

// subjectProse are the subjects of differences by their kind.
var subjectProse = map[string][]prose{
	"netting": {
		sentence(`(\d{4}-\d\d) net sum`, "net-sum", 1),
		sentence(`(\d{4}-\d\d) (in|out) (\S+)`, "net-line", 1, 2, 3),
	},
	"proposal": {sentence(`registry`, "registry")},
	"file":     {sentence(`([a-z-]+) (\S+)`, "record", 1, 2)},
	"bank": {
		sentence(`(\S+) (\d{4}-\d\d-\d\d) #(\d+)`, "bank-page", 1, 2, 3),
		sentence(`(\S+) (\d{4}-\d\d-\d\d)`, "bank-day", 1, 2),
	},
	"money": {
		sentence(`refund (\d+) (\S*)-R(\d+)`, "refund", 1, 2, 3),
		sentence(`(\S+)\|(\d{4}-\d\d-\d\d)\|([0-9.]+)\|(.*)`, "sheet-row", 1, 2, 3, 4),
		sentence(`(\d{20}-\d+-\d+|L\d{24}) (T\d{20})`, "payment-of-case", 1, 2),
		sentence(`(\d{20})-(\d+)`, "part", 1, 2),
	},
}

// sideProse are the sides of differences; the first that fits counts.
var sideProse = []prose{
	sentence(`received (\S+), to be sent back`, "to-send-back", 1),
	sentence(`received (\S+): they owe (\S+)`, "they-owe", 1, 2),
	sentence(`received (\S+): we owe (\S+)`, "we-owe-rest", 1, 2),
	sentence(`form ([0-9.]+)`, "form-amount", 1),
	sentence(`we owe (\S+) \(out (\S+), in (\S+)\)`, "net-we-owe", 1, 2, 3),
	sentence(`they owe (\S+) \(in (\S+), out (\S+)\)`, "net-they-owe", 1, 3, 2),
	sentence(`nothing owed \(out (\S+), in (\S+)\)`, "net-even", 1, 2),
	sentence(`we owe (\S+)`, "we-owe", 1),
	sentence(`agreed, to be tied \(tie-netting\)`, "net-agreed"),
	sentence(`due again`, "due-again"),
	sentence(`due`, "due"),
	sentence(`account (\S+) is not registered any more: confirm-account`, "account-gone", 1),
	sentence(`(金额 .*) \(allow-cap\)`, "allow-first", -1),
	sentence(`came back: (.*)`, "came-back", -1),
	sentence(`credited (\S+)`, "credited", 1),
	sentence(`credit (\S+)`, "credit", 1),
	sentence(`debit (\S+)`, "debit", 1),
	sentence(`(\S+) debited before, (.*)`, "debited-before", 1, 2),
	sentence(`(\S+) returned before`, "returned-before", 1),
	sentence(`returned: (.*)`, "returned", -1),
	sentence(`returned ([0-9.]+)`, "returned-amount", 1),
	sentence(`taken back (\S+)`, "taken-back", 1),
	sentence(`rejected ([0-9.]+)`, "rejected", 1),
	sentence(`refused(?: by the bank)?: (.*)`, "bank-refused", -1),
	sentence(`debited all the same, (.*)`, "debited-all-the-same", 1),
	sentence(`pain\.002 (.*)`, "bank-reports", 1),
	sentence(`letter (\S+): nothing settled of this amount`, "nothing-settled", 1),
	sentence(`refund of (\S+)`, "refund-of", 1),
	sentence(`closing (\S+)`, "closing", 1),
	sentence(`not matched`, "not-matched"),
	sentence(`not booked`, "not-booked"),
	sentence(`does not fit: (.*)`, "does-not-fit", 1),
	sentence(`name and amount fit (.*)`, "name-fits", -1),
	sentence(`match\?`, "match-asked"),
	sentence(`no such form`, "no-such-form"),
	sentence(`(\S+) version (\d+) (\S+)`, "form-version", 1, 2, 3),
	sentence(`sent (\d{4}-\d\d-\d\d)`, "sent-on", 1),
	sentence(`sent`, "sent"),
	sentence(`not sent`, "not-sent"),
	sentence(`no receipt`, "no-receipt"),
	sentence(`quarantined`, "quarantined"),
	sentence(`character cannot be written in this encoding`, "character-lacks"),
	sentence(`sha256 ([0-9a-f]+)`, "sha256", 1),
	sentence(`lost or changed: (.*)`, "lost-or-changed", 1),
	sentence(`other content under this name in (.*)`, "other-content", 1),
	sentence(`(\d+) people not found`, "not-found-many", 1),
	sentence(`the extract is probably broken`, "extract-broken"),
	sentence(`not-found`, "not-found"),
	sentence(`decline\?`, "decline-asked"),
	sentence(`(settled|returned|due|ordered|released|submitted|unknown)(?: (\S+)(?: (.*))?)?`, "money-at", 1, 2, -3),
	sentence(`(requested|held|declined|accepted|answered|relation_done|completed|cancelled|void)(?: (.*))?`, "stated", 1, -2),
	sentence(`([a-z-]+) (.*)`, "coded", 1, 2),
}

// readProse makes a phrase of a sentence: of the first row that fits, else a text.
func readProse(rows []prose, text string) code.Phrase {
	for _, r := range rows {
		groups := r.pattern.FindStringSubmatch(text)
		if groups == nil || r.name == "coded" && !code.Faults().Known(groups[1]) {
			continue
		}
		args := make([]any, len(r.args))
		for i, n := range r.args {
			if n < 0 {
				args[i] = code.Text(groups[-n])
				continue
			}
			args[i] = groups[n]
		}
		return code.Say(r.name, args...)
	}
	return code.Text(text)
}

// rewrite reads the rows of a table page by page, by a key that is a text, and runs
// what change makes of each, the key first: an update of that row, or none.
func rewrite(ctx context.Context, e Engine, tx *sql.Tx, key, columns, from string, change func([]string) (string, []any, error)) error {
	query := e.marks("SELECT " + columns + " FROM " + from + " AND " + key + " > $1 ORDER BY " + key + " LIMIT 500")
	width := 1 + strings.Count(columns, ",")
	for last := ""; ; {
		page, err := readTexts(ctx, tx, width, query, last)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, row := range page {
			if err := rewriteRow(ctx, e, tx, row, change); err != nil {
				return err
			}
		}
		last = page[len(page)-1][0]
	}
}

// rewriteRow changes one row, which must be there.
func rewriteRow(ctx context.Context, e Engine, tx *sql.Tx, row []string, change func([]string) (string, []any, error)) error {
	text, args, err := change(row)
	if err != nil || text == "" {
		return err
	}
	done, err := tx.ExecContext(ctx, e.marks(text), args...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); n != 1 || err != nil {
		return errors.Join(fmt.Errorf("%s: %d rows changed", row[0], n), err)
	}
	return nil
}

// readTexts reads rows of so many texts.
func readTexts(ctx context.Context, tx *sql.Tx, width int, query string, args ...any) (all [][]string, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		row, into := make([]string, width), make([]any, width)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func differencesToPhrases(e Engine) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		return rewrite(ctx, e, tx, "CAST(id AS TEXT)", "CAST(id AS TEXT), kind, subject, ours, theirs", "differences WHERE 1 = 1", func(row []string) (string, []any, error) {
			return "UPDATE differences SET subject = $1, ours = $2, theirs = $3 WHERE CAST(id AS TEXT) = $4", []any{
				readProse(subjectProse[row[1]], row[2]).String(), readProse(sideProse, row[3]).String(), readProse(sideProse, row[4]).String(), row[0],
			}, nil
		})
	}
}

// formProse began the text of a hold because of a form, by which the program knew
// that the form's correction ends it.
const formProse = "信息表不符："

func holdsToPhrases(e Engine) func(context.Context, *sql.Tx) error {
	fixed := map[string]code.Phrase{} // so that the first pass finds the same hold, and journals nothing
	for _, t := range code.Phrases() {
		if !strings.Contains(t.Chinese+t.English, "{") {
			fixed[t.Chinese] = code.Say(t.Name)
		}
	}
	return func(ctx context.Context, tx *sql.Tx) error {
		return rewrite(ctx, e, tx, "case_no", "case_no, doc", "cases WHERE state = 'held'", func(row []string) (string, []any, error) {
			var doc map[string]json.RawMessage
			if err := json.Unmarshal([]byte(row[1]), &doc); err != nil {
				return "", nil, fmt.Errorf("case %s: %w", row[0], err)
			}
			var text string
			if err := json.Unmarshal(doc["hold_text"], &text); err != nil {
				return "", nil, nil // it has none
			}
			said, known := fixed[text]
			if differs, ok := strings.CutPrefix(text, formProse); ok {
				said, known = code.Say("form-differs", code.Text(differs)), true
			}
			if !known {
				return "", nil, nil
			}
			doc["hold_text"] = json.RawMessage(said.String())
			after, err := json.Marshal(doc)
			return "UPDATE cases SET doc = $1 WHERE case_no = $2", []any{string(after), row[0]}, err
		})
	}
}

// limitProse are the names of limits in the keys by which a person is told of each
// once: of a legal one how it was counted, of our own the turn and its first day.
var limitProse = regexp.MustCompile(`^([^|]+)\|(?:([a-z]+): \d+ WD from ([0-9-]+)(?:, stopped (\d+) times)?(?:,.*)?|(\S+) since (\S+))$`)

func limitsToPhrases(e Engine) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		return rewrite(ctx, e, tx, "claim_key", "claim_key, party", "claims WHERE kind = 'delayed'", func(row []string) (string, []any, error) {
			m := limitProse.FindStringSubmatch(row[0])
			if m == nil {
				return "", nil, nil
			}
			stopped, _ := strconv.Atoi(m[4]) // no number: never
			key := exchange.LimitKey(m[1], m[2]+m[5], m[3]+m[6], stopped)
			return "UPDATE claims SET claim_key = $1 WHERE kind = 'delayed' AND party = $2 AND claim_key = $3", []any{key, row[1], row[0]}, nil
		})
	}
}
