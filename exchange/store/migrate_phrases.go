package store

import (
	"context"
	"database/sql"
	"encoding/json"
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
	pattern string
	name    string
	args    []int
}

// subjectProse are the subjects of differences by their kind.
var subjectProse = map[string][]prose{
	"netting": {
		{`(\d{4}-\d\d) net sum`, "net-sum", []int{1}},
		{`(\d{4}-\d\d) (in|out) (\S+)`, "net-line", []int{1, 2, 3}},
	},
	"proposal": {{`registry`, "registry", nil}},
	"file":     {{`([a-z-]+) (\S+)`, "record", []int{1, 2}}},
	"bank": {
		{`(\S+) (\d{4}-\d\d-\d\d) #(\d+)`, "bank-page", []int{1, 2, 3}},
		{`(\S+) (\d{4}-\d\d-\d\d)`, "bank-day", []int{1, 2}},
	},
	"money": {
		{`refund (\d+) (\S*)-R(\d+)`, "refund", []int{1, 2, 3}},
		{`(\S+)\|(\d{4}-\d\d-\d\d)\|([0-9.]+)\|(.*)`, "sheet-row", []int{1, 2, 3, 4}},
		{`(\d{20}-\d+-\d+|L\d{24}) (T\d{20})`, "payment-of-case", []int{1, 2}},
		{`(\d{20})-(\d+)`, "part", []int{1, 2}},
	},
}

// sideProse are the sides of differences; the first that fits counts.
var sideProse = []prose{
	{`received (\S+), to be sent back`, "to-send-back", []int{1}},
	{`received (\S+): they owe (\S+)`, "they-owe", []int{1, 2}},
	{`received (\S+): we owe (\S+)`, "we-owe-rest", []int{1, 2}},
	{`form ([0-9.]+)`, "form-amount", []int{1}},
	{`we owe (\S+) \(out (\S+), in (\S+)\)`, "net-we-owe", []int{1, 2, 3}},
	{`they owe (\S+) \(in (\S+), out (\S+)\)`, "net-they-owe", []int{1, 3, 2}},
	{`nothing owed \(out (\S+), in (\S+)\)`, "net-even", []int{1, 2}},
	{`we owe (\S+)`, "we-owe", []int{1}},
	{`agreed, to be tied \(tie-netting\)`, "net-agreed", nil},
	{`due again`, "due-again", nil},
	{`due`, "due", nil},
	{`account (\S+) is not registered any more: confirm-account`, "account-gone", []int{1}},
	{`(金额 .*) \(allow-cap\)`, "allow-first", []int{-1}},
	{`came back: (.*)`, "came-back", []int{-1}},
	{`credited (\S+)`, "credited", []int{1}},
	{`credit (\S+)`, "credit", []int{1}},
	{`debit (\S+)`, "debit", []int{1}},
	{`(\S+) debited before, (.*)`, "debited-before", []int{1, 2}},
	{`(\S+) returned before`, "returned-before", []int{1}},
	{`returned: (.*)`, "returned", []int{-1}},
	{`returned ([0-9.]+)`, "returned-amount", []int{1}},
	{`taken back (\S+)`, "taken-back", []int{1}},
	{`rejected ([0-9.]+)`, "rejected", []int{1}},
	{`refused(?: by the bank)?: (.*)`, "bank-refused", []int{-1}},
	{`debited all the same, (.*)`, "debited-all-the-same", []int{1}},
	{`pain\.002 (.*)`, "bank-reports", []int{1}},
	{`letter (\S+): nothing settled of this amount`, "nothing-settled", []int{1}},
	{`refund of (\S+)`, "refund-of", []int{1}},
	{`closing (\S+)`, "closing", []int{1}},
	{`not matched`, "not-matched", nil},
	{`not booked`, "not-booked", nil},
	{`does not fit: (.*)`, "does-not-fit", []int{1}},
	{`name and amount fit (.*)`, "name-fits", []int{-1}},
	{`match\?`, "match-asked", nil},
	{`no such form`, "no-such-form", nil},
	{`(\S+) version (\d+) (\S+)`, "form-version", []int{1, 2, 3}},
	{`sent (\d{4}-\d\d-\d\d)`, "sent-on", []int{1}},
	{`sent`, "sent", nil},
	{`not sent`, "not-sent", nil},
	{`no receipt`, "no-receipt", nil},
	{`quarantined`, "quarantined", nil},
	{`character cannot be written in this encoding`, "character-lacks", nil},
	{`sha256 ([0-9a-f]+)`, "sha256", []int{1}},
	{`lost or changed: (.*)`, "lost-or-changed", []int{1}},
	{`other content under this name in (.*)`, "other-content", []int{1}},
	{`(\d+) people not found`, "not-found-many", []int{1}},
	{`the extract is probably broken`, "extract-broken", nil},
	{`not-found`, "not-found", nil},
	{`decline\?`, "decline-asked", nil},
	{`(settled|returned|due|ordered|released|submitted|unknown)(?: (\S+)(?: (.*))?)?`, "money-at", []int{1, 2, -3}},
	{`(requested|held|declined|accepted|answered|relation_done|completed|cancelled|void)(?: (.*))?`, "stated", []int{1, -2}},
	{`([a-z-]+) (.*)`, "coded", []int{1, 2}},
}

// readProse makes a phrase of a sentence: of the first row that fits, else a text.
func readProse(rows []prose, text string) code.Phrase {
	for _, r := range rows {
		groups := regexp.MustCompile(`(?s)^` + r.pattern + `$`).FindStringSubmatch(text)
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

// toPhrases is what schema 2 changes in rows.
func (s *Store) toPhrases(ctx context.Context, tx *sql.Tx) error {
	for _, step := range []func(context.Context, *sql.Tx) error{s.differencesToPhrases, s.holdsToPhrases, s.limitsToPhrases} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// rewrite reads rows of texts, all of them before the first is changed, and runs
// what change makes of each: a statement and its arguments, or none.
func (s *Store) rewrite(ctx context.Context, tx *sql.Tx, query string, columns int, change func([]string) (string, []any, error)) (err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	var all [][]string
	for rows.Next() {
		row := make([]string, columns)
		into := make([]any, columns)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, row := range all {
		text, args, err := change(row)
		if err != nil {
			return err
		}
		if text == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, s.eng.marks(text), args...); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) differencesToPhrases(ctx context.Context, tx *sql.Tx) error {
	const query = "SELECT CAST(id AS TEXT), kind, subject, ours, theirs FROM differences ORDER BY id"
	return s.rewrite(ctx, tx, query, 5, func(row []string) (string, []any, error) {
		return "UPDATE differences SET subject = $1, ours = $2, theirs = $3 WHERE CAST(id AS TEXT) = $4", []any{
			readProse(subjectProse[row[1]], row[2]).String(), readProse(sideProse, row[3]).String(), readProse(sideProse, row[4]).String(), row[0],
		}, nil
	})
}

// formProse began the text of a hold because of a form, by which the program knew
// that the form's correction ends it.
const formProse = "信息表不符："

func (s *Store) holdsToPhrases(ctx context.Context, tx *sql.Tx) error {
	fixed := map[string]code.Phrase{} // so that the first pass finds the same hold, and journals nothing
	for _, t := range code.Phrases() {
		if !strings.Contains(t.Chinese+t.English, "{") {
			fixed[t.Chinese] = code.Say(t.Name)
		}
	}
	const query = "SELECT case_no, doc FROM cases WHERE state = 'held' ORDER BY case_no"
	return s.rewrite(ctx, tx, query, 2, func(row []string) (string, []any, error) {
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

// limitProse are the names of limits in the keys by which a person is told of each
// once: of a legal one how it was counted, of our own the turn and its first day.
var limitProse = regexp.MustCompile(`^([^|]+)\|(?:([a-z]+): \d+ WD from ([0-9-]+)(?:, stopped (\d+) times)?(?:,.*)?|(\S+) since (\S+))$`)

func (s *Store) limitsToPhrases(ctx context.Context, tx *sql.Tx) error {
	const query = "SELECT party, claim_key FROM claims WHERE kind = 'delayed' ORDER BY party, claim_key"
	return s.rewrite(ctx, tx, query, 2, func(row []string) (string, []any, error) {
		m := limitProse.FindStringSubmatch(row[1])
		if m == nil {
			return "", nil, nil
		}
		stopped, _ := strconv.Atoi(m[4]) // no number: never
		key := exchange.LimitKey(m[1], m[2]+m[5], m[3]+m[6], stopped)
		return "UPDATE claims SET claim_key = $1 WHERE kind = 'delayed' AND party = $2 AND claim_key = $3", []any{key, row[0], row[1]}, nil
	})
}
