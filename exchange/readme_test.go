package exchange_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	. "carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
)

var update = flag.Bool("update", false, "write the generated parts of README.md anew")

const readmeFile = "README.md"

// generated are the parts of the README that are made from the tables.
func generated() map[string]string {
	return map[string]string{
		"states in zh":  diagram(In, "zh"),
		"states in en":  diagram(In, "en"),
		"states out zh": diagram(Out, "zh"),
		"states out en": diagram(Out, "en"),
		"tracks":        tracks(),
		"triples":       triplesTable(),
		"turns":         turnsTable(),
		"decisions":     decisionsTable(),
		"todo":          todoTable(),
		"accounts":      accountsTable(),
		"entries":       entriesTable(),
	}
}

var block = regexp.MustCompile(`(?s)<!-- generated: ([a-z ]+) -->\n.*?<!-- end -->`)

// TestReadme proves that the README shows the tables as they are.
func TestReadme(t *testing.T) {
	b, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	parts, found := generated(), map[string]bool{}
	fresh := block.ReplaceAllStringFunc(string(b), func(old string) string {
		name := block.FindStringSubmatch(old)[1]
		found[name] = true
		return "<!-- generated: " + name + " -->\n" + parts[name] + "<!-- end -->"
	})
	for name := range parts {
		if !found[name] {
			t.Errorf("%s has no place for %q", readmeFile, name)
		}
	}
	for name := range found {
		if parts[name] == "" {
			t.Errorf("%s has a place for %q, which is nothing", readmeFile, name)
		}
	}
	switch {
	case fresh == string(b):
	case *update:
		if err := os.WriteFile(readmeFile, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is stale: go test ./exchange -run TestReadme -update", readmeFile)
	}
}

// Every happening of the tables has words in both languages, and no other.
func TestHappeningsHaveWords(t *testing.T) {
	want := append(happenings(), Hold, Resume)
	seen := map[string]bool{}
	for _, term := range HappeningTerms() {
		if seen[term.Code] || term.Chinese == "" || term.English == "" || !slices.Contains(want, Happening(term.Code)) {
			t.Errorf("%+v", term)
		}
		seen[term.Code] = true
	}
	for _, on := range want {
		if !seen[string(on)] {
			t.Errorf("%s has no words", on)
		}
	}
}

// todoTable is the table of what needs a person.
func todoTable() string {
	var b strings.Builder
	b.WriteString("| kind | 事项 | what | urgency | exit code 3 | whose, when it names nobody |\n|---|---|---|---|---|---|\n")
	press := map[Press]string{AtOnce: "at once", PastDue: "when due", Never: "never"}
	for _, k := range TodoKinds() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", k.Code, k.Chinese, k.English, k.Urgency.Term().Code, press[k.Press], k.Owner)
	}
	return b.String()
}

// decisionsTable is the table of decisions.
func decisionsTable() string {
	var b strings.Builder
	b.WriteString("| action | about | roles | signed | told | follows |\n|---|---|---|---|---|---|\n")
	for _, r := range Rules() {
		var about, roles, told []string
		for _, s := range r.About {
			about = append(about, string(s))
		}
		for _, x := range r.Roles {
			roles = append(roles, TermOf(RoleTerms(), string(x)).Chinese)
		}
		for _, n := range r.Needs {
			told = append(told, "`"+n+"`")
		}
		for _, n := range r.May {
			told = append(told, "["+n+"]")
		}
		where := strings.Join(about, " · ")
		if r.Side != "" {
			where += " (" + string(r.Side) + ")"
		}
		for _, x := range r.States {
			where += ", " + string(x)
		}
		for i, h := range r.Holds {
			where += map[bool]string{true: ", held: ", false: " · "}[i == 0] + string(h)
		}
		signed := map[bool]string{true: "yes"}[r.Signed]
		fmt.Fprintf(&b, "| `%s` %s | %s | %s | %s | %s | %s |\n", r.Action, r.Chinese, where, strings.Join(roles, " "), signed, strings.Join(told, " "), r.Follows)
	}
	return b.String()
}

// diagram draws the states of a side; what leads from one to the same other
// is one arrow.
func diagram(side Side, lang string) string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	terms := StateTerms(side)
	for _, term := range terms {
		fmt.Fprintf(&b, "    %s : %s\n", term.Code, term.Word(lang))
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", start(side))
	type arrow struct{ from, to State }
	var order []arrow
	labels := map[arrow][]string{}
	for _, s := range Steps() {
		if s.Side != side {
			continue
		}
		a := arrow{s.From, s.To}
		if labels[a] == nil {
			order = append(order, a)
		}
		labels[a] = append(labels[a], TermOf(HappeningTerms(), string(s.On)).Word(lang))
	}
	for _, a := range order {
		fmt.Fprintf(&b, "    %s --> %s : %s\n", a.from, a.to, strings.Join(labels[a], " / "))
	}
	for _, term := range terms {
		if State(term.Code).Final(side) {
			fmt.Fprintf(&b, "    %s --> [*]\n", term.Code)
		}
	}
	fmt.Fprintf(&b, "    note right of held\n        %s\n    end note\n```\n", holdNote(side, lang))
	return b.String()
}

// holdNote says from where a case is held and where it returns.
func holdNote(side Side, lang string) string {
	var never []string
	for _, term := range StateTerms(side) {
		if _, err := at(side, State(term.Code)).Next(Hold); err != nil && term.Code != string(Held) {
			never = append(never, term.Word(lang))
		}
	}
	if lang == "zh" {
		return "除“" + strings.Join(never, "”“") + "”外均可暂缓，消除后回到原状态"
	}
	return "from every state but " + strings.Join(never, ", ") + ", and back to the state it left"
}

func words(list []Term, code string) string {
	term := TermOf(list, code)
	return "`" + term.Code + "` " + term.Chinese
}

func eachWord[T ~string](list []Term, codes []T) string {
	var out []string
	for _, c := range codes {
		out = append(out, words(list, string(c)))
	}
	return strings.Join(out, " · ")
}

func sideWord(s Side) string {
	if s == In {
		return "转入 in"
	}
	return "转出 out"
}

func tracks() string {
	var b strings.Builder
	b.WriteString("| side | track | from | to |\n|---|---|---|---|\n")
	for _, s := range FormSteps() {
		terms := FormTerms(s.Side)
		fmt.Fprintf(&b, "| %s | form | %s | %s |\n", sideWord(s.Side), words(terms, string(s.From)), eachWord(terms, s.To))
	}
	for _, s := range MoneySteps() {
		terms := MoneyTerms(s.Side)
		fmt.Fprintf(&b, "| %s | money | %s | %s |\n", sideWord(s.Side), words(terms, string(s.From)), eachWord(terms, s.To))
	}
	return b.String()
}

// anyOr writes a list, or "any" when it is all that a side has.
func anyOr[T ~string](all []Term, codes []T) string {
	if len(codes) == len(all) {
		return "any"
	}
	var out []string
	for _, c := range codes {
		out = append(out, string(c))
	}
	return strings.Join(out, " · ")
}

func triplesTable() string {
	var b strings.Builder
	b.WriteString("| side | state | form track | money track |\n|---|---|---|---|\n")
	for _, t := range AllowedTriples() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", sideWord(t.Side), words(StateTerms(t.Side), string(t.State)),
			anyOr(FormTerms(t.Side), t.Forms), anyOr(MoneyTerms(t.Side), t.Monies))
	}
	return b.String()
}

func turnsTable() string {
	var b strings.Builder
	b.WriteString("| limit | where a case stands | whose turn | WD | since | waits for |\n|---|---|---|---|---|---|\n")
	for _, t := range Turns() {
		where := []string{plain(t.States)}
		for _, more := range []string{prefixed("form ", t.Forms), prefixed("money ", t.Monies), prefixed("", t.Holds)} {
			if more != "" {
				where = append(where, more)
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %s | %s · %s |\n", t.Key, strings.Join(where, "; "), words(OwnerTerms(), string(t.Owner)),
			t.WD, t.Since, t.Wait.Chinese, t.Wait.English)
	}
	return b.String()
}

func accountsTable() string {
	var b strings.Builder
	b.WriteString("| title | 科目 | name | what lies there |\n|---|---|---|---|\n")
	for _, h := range ledger.Chart() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", h.Title, h.Chinese, h.English, h.Meaning)
	}
	return b.String()
}

func entriesTable() string {
	var b strings.Builder
	b.WriteString("| event | 事项 | what happened | from | to | besides |\n|---|---|---|---|---|---|\n")
	for _, r := range ledger.Rules() {
		from, to := "`"+string(r.From)+"`", "`"+string(r.To)+"`"
		if r.From == "" {
			from, to = "", ""
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", r.Event, r.Chinese, r.English, from, to, r.More)
	}
	return b.String()
}

func plain[T ~string](list []T) string {
	var out []string
	for _, x := range list {
		out = append(out, string(x))
	}
	return strings.Join(out, " · ")
}

func prefixed[T ~string](prefix string, list []T) string {
	if len(list) == 0 {
		return ""
	}
	if _, holds := any(list).([]code.Hold); holds {
		prefix = "for "
	}
	return prefix + plain(list)
}
