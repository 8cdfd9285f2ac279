package store

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
)

var update = flag.Bool("update", false, "write the closed lists of the domain into the schema text")

// schemaFiles are the versions of the schema. A list stands where its table is made, or
// in the last RECHECK after it.
func schemaFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("engine/schema/*.sql")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	return files
}

// list is a closed list of the domain that a table's column repeats; only
// names the rows for which it does.
type list struct {
	table, column string
	values        []string
	only          string
}

func terms(t []exchange.Term) []string {
	var values []string
	for _, x := range t {
		values = append(values, x.Code)
	}
	return values
}

func fileStates(dir exchange.Side) (values []string) {
	for _, s := range exchange.FileStates(dir) {
		values = append(values, string(s))
	}
	return values
}

func codes(l code.List) []string { return l.Codes() }

func orNone(values []string) []string { return append([]string{""}, values...) }

func lists() []list {
	var events []string
	for _, r := range ledger.Rules() {
		events = append(events, string(r.Event))
	}
	return []list{
		{"files", "state", fileStates(exchange.In), "dir = 'in'"},
		{"files", "state", fileStates(exchange.Out), "dir = 'out'"},
		{"money_settings", "state", []string{exchange.SettingsWaiting, exchange.SettingsAhead, exchange.SettingsApproved, exchange.SettingsVoid}, ""},
		{"reviews", "verdict", []string{exchange.ReviewApproved, exchange.ReviewReturned}, ""},
		{"files", "verdict", orNone(codes(code.FileVerdicts())), ""},
		{"cases", "hold", orNone(codes(code.Holds())), ""},
		{"cases", "wish", []string{string(exchange.WishNone), string(exchange.WishCancel), string(exchange.WishProposed), string(exchange.WishAsked), string(exchange.WishVoid)}, ""},
		{"forms", "nature", codes(code.Natures()), ""},
		{"forms", "money", codes(code.MoneyKinds()), ""},
		{"forms", "track", terms(exchange.FormTerms(exchange.In)), "side = 'in'"},
		{"forms", "track", terms(exchange.FormTerms(exchange.Out)), "side = 'out'"},
		{"registry", "status", codes(code.RegistryStatuses()), ""},
		{"postings", "posting_row", codes(code.PostingRows()), ""},
		{"postings", "state", []string{exchange.PostingQueued, exchange.PostingDone, exchange.PostingRefused, exchange.PostingUndone}, ""},
		{"remittances", "track", terms(exchange.MoneyTerms(exchange.In)), "side = 'in'"},
		{"remittances", "track", terms(exchange.MoneyTerms(exchange.Out)), "side = 'out'"},
		{"payments", "purpose", codes(code.Purposes()), ""},
		{"payments", "track", terms(exchange.MoneyTerms(exchange.Out)), ""},
		{"advices", "purpose", codes(code.Purposes()), ""},
		{"refunds", "track", terms(exchange.MoneyTerms(exchange.Out)), ""},
		{"decisions", "action", exchange.Actions(), ""},
		{"bank_entries", "state", exchange.EntryStates(), ""},
		{"payees", "relation", codes(code.Relations()), ""},
		{"netting_lines", "direction", codes(code.Directions()), ""},
		{"judgements", "verdict", codes(code.Verdicts()), ""},
		{"judgements", "code", orNone(anyReason()), ""},
		{"runs", "state", []string{exchange.RunRunning, exchange.RunDone, exchange.RunFailed, exchange.RunMissed}, ""},
		{"ledger_entries", "event", events, ""},
	}
}

// among is the condition that a column has one of the values. It is written
// as comparisons: for a list SQLite fills a temporary index at every insert
// (a third of the time of storing a case).
func among[T ~string](column string, values []T) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = column + " = '" + string(v) + "'"
	}
	return strings.Join(list, " OR ")
}

// triplesCheck is the condition that the schema must hold, made from the domain's table.
func triplesCheck() string {
	var rows []string
	for _, t := range exchange.AllowedTriples() {
		rows = append(rows, "        side = '"+string(t.Side)+"' AND state = '"+string(t.State)+"' AND ("+among("form_track", t.Forms)+") AND ("+among("money_track", t.Monies)+")")
	}
	return strings.Join(rows, " OR\n") + "\n"
}

var triplesText = regexp.MustCompile(`(?s)(        -- allowed triples\n)(.*?)(    \))`)

// created is the text that creates a table.
func created(table string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)CREATE TABLE ` + table + ` \(.*?\n\)`)
}

// text is how the schema says it.
func (l list) text() string {
	switch {
	case l.only != "":
		return l.only + " AND (" + among(l.column, l.values) + ")"
	case l.values[0] == "":
		return "CHECK (" + l.column + " = '' OR " + l.column + " IN ('" + strings.Join(l.values[1:], "', '") + "'))"
	default:
		return "CHECK (" + among(l.column, l.values) + ")"
	}
}

// place is where text stands, with whatever list.
func (l list) place() *regexp.Regexp {
	if l.only != "" {
		return regexp.MustCompile(regexp.QuoteMeta(l.only) + ` AND \(` + l.column + ` = [^)]*\)`)
	}
	return regexp.MustCompile(`CHECK \(` + l.column + ` (= '' OR ` + l.column + ` IN \([^)]*\)|[^)]*)\)`)
}

// TestSchemaLists proves that the checks of the schema are the domain's lists.
func TestSchemaLists(t *testing.T) {
	if *update {
		rewriteSchema(t)
	}
	files := schemaFiles(t)
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists() {
		if len(l.values) < 2 || slices.Contains(l.values[1:], "") {
			t.Fatalf("%s.%s: %q is no list", l.table, l.column, l.values)
		}
		stands := created(l.table).FindString(string(text))
		for _, later := range files[1:] {
			text, err := os.ReadFile(later)
			if err != nil {
				t.Fatal(err)
			}
			if again := l.again().FindString(string(text)); again != "" {
				stands = again
			}
		}
		if !strings.Contains(stands, l.text()) {
			t.Errorf("%s: the schema lacks %s (go test -run TestSchemaLists -update)", l.table, l.text())
		}
	}
	found := triplesText.FindStringSubmatch(string(text))
	if found == nil || found[2] != triplesCheck() {
		t.Errorf("the schema's triples are not those of the domain, which are (go test -run TestSchemaLists -update):\n%s", triplesCheck())
	}
}

// TestLedgerTitles: the sides of titles in the schema are those of the chart, and hold.
func TestLedgerTitles(t *testing.T) {
	sides := map[ledger.Kind]string{ledger.Source: "-1", ledger.Place: "1", ledger.Free: "0"}
	onEngines(t, func(t *testing.T, s *Store) {
		var want, got []string
		for _, h := range ledger.Chart() {
			want = append(want, string(h.Title)+" "+sides[h.Kind])
		}
		view(t, s, func(tx *Tx) (err error) {
			got, err = many(tx, "titles", func(r row, s *string) error { return r.Scan(s) }, "SELECT title || ' ' || side FROM ledger_titles")
			return err
		})
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Error(cmp.Diff(want, got))
		}
		head := ledger.Head{Date: 20260302, Partner: "310100"}
		write(t, s, func(tx *Tx) error { return tx.Book(ledger.Liquidate(head, 500)) })
		err := s.Tx(t.Context(), func(tx *Tx) error { return tx.Book(ledger.Order(head, 501)) })
		if !errors.Is(err, ledger.ErrPlace) {
			t.Errorf("more is ordered than lies there: %v", err)
		}
		for what, text := range map[string]string{
			"a place below zero":     "UPDATE ledger_balances SET amount = -1 WHERE account = 'out:due:310100'",
			"a source above zero":    "UPDATE ledger_balances SET amount = 1 WHERE account = 'out:liquidated:310100'",
			"a new one below zero":   "INSERT INTO ledger_balances (account, amount) VALUES ('in:matched:', -1)",
			"by adding more than is": "INSERT INTO ledger_balances (account, amount) VALUES ('out:due:310100', -501) ON CONFLICT (account) DO UPDATE SET amount = ledger_balances.amount + excluded.amount",
		} {
			if err := raw(t, s, text); err == nil {
				t.Errorf("%s is taken", what)
			}
		}
		for what, text := range map[string]string{
			"a difference": "INSERT INTO ledger_balances (account, amount) VALUES ('out:difference:310100', -1)",
			"all of it":    "INSERT INTO ledger_balances (account, amount) VALUES ('out:due:310100', -500) ON CONFLICT (account) DO UPDATE SET amount = ledger_balances.amount + excluded.amount",
		} {
			if err := raw(t, s, text); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func rewriteSchema(t *testing.T) {
	t.Helper()
	files := schemaFiles(t)
	written := map[string]bool{} // lists that stand in a later version
	for i := len(files) - 1; i >= 0; i-- {
		b, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		for _, l := range lists() {
			name := l.table + "." + l.column + l.only
			switch {
			case written[name]:
			case i == 0:
				text = created(l.table).ReplaceAllStringFunc(text, func(table string) string {
					return l.place().ReplaceAllLiteralString(table, l.text())
				})
			case l.again().MatchString(text):
				text, written[name] = l.again().ReplaceAllLiteralString(text, "RECHECK "+l.table+"."+l.column+" "+l.text()+";"), true
			}
		}
		if i == 0 {
			text = triplesText.ReplaceAllString(text, "${1}"+triplesCheck()+"${3}")
		}
		if err := os.WriteFile(files[i], []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// again is the list as a later version has it.
func (l list) again() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^RECHECK ` + l.table + `\.` + l.column + ` .*;$`)
}

// anyReason is what a verdict on a record may give as its reason.
func anyReason() []string {
	var all []string
	seen := map[string]bool{}
	for _, list := range []code.List{code.Faults(), code.Holds(), code.Declines()} {
		for _, c := range codes(list) {
			if !seen[c] {
				seen[c] = true
				all = append(all, c)
			}
		}
	}
	return all
}
