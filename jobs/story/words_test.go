package story

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// TestWorded: keys, codes with their words, what is empty, what is hidden, what is
// embedded and what stands in its place.
func TestWorded(t *testing.T) {
	type inner struct {
		Side   exchange.Side  `show:",direction"`
		State  exchange.State `show:",state-"`
		Text   string         `show:",both"`
		Hidden string         `show:"-"`
		Wish   exchange.Wish  `show:"wanted,wish"`
	}
	type outer struct {
		inner
		Text    string
		IDNo    string
		SHA256  string
		On      calendar.Date
		At, No  time.Time
		Amount  money.Fen
		Why     code.Phrase
		Because code.Phrase
		Roles   []exchange.Role `show:",role"`
		None    []inner
		Turn    *Turn
		own     string
	}
	e := phoneEnv(t)
	e.Agency.Zone = time.FixedZone("", 8*3600)
	at := time.Date(2026, 4, 9, 18, 30, 0, 0, time.UTC)
	got, err := json.Marshal(Worded{e, outer{
		inner: inner{Side: exchange.Out, State: exchange.Requested, Hidden: "h"}, Text: "一 / one <", IDNo: "1", SHA256: "2", On: 20260409, At: at,
		Amount: -5, Why: code.Text("x"), Roles: []exchange.Role{exchange.RoleChecker}, own: "o",
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"side":{"code":"out","word":"转出"},"state":{"code":"requested","word":"` + exchange.TermOf(exchange.StateTerms(exchange.Out), "requested").Chinese + `"},` +
		`"wanted":null,"text":"一 / one \u003c","id_no":"1","sha256":"2","on":"2026-04-09","at":"2026-04-10T02:30:00+08:00","no":null,` +
		`"amount":"-0.05","why":{"code":["text","x"],"word":"x"},"because":null,"roles":[{"code":"checker","word":"复核"}],"none":[],"turn":null}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(Worded{e, inner{Text: "一 < / one"}}); err != nil || b.String() != `{"side":null,"state":null,"text":"一 <","wanted":null}`+"\n" {
		t.Errorf("%v: %s", err, b.String())
	}
}

// TestShownListsExist: every list that a field names has words, and no two fields
// of a type have one key.
func TestShownListsExist(t *testing.T) {
	e := phoneEnv(t)
	seen := map[reflect.Type]bool{}
	named := map[string]bool{}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[of] || !strings.HasPrefix(of.PkgPath(), "carryover/") {
			return
		}
		seen[of] = true
		keys := map[string]bool{}
		for _, f := range reflect.VisibleFields(of) {
			key := Key(f)
			if key == "" {
				continue
			}
			if keys[key] {
				t.Errorf("%s has %s twice", of, key)
			}
			keys[key] = true
			if _, list, _ := strings.Cut(f.Tag.Get("show"), ","); list != "" {
				named[list] = true
			}
			walk(f.Type)
		}
	}
	for _, x := range []any{Stories{}, ListedCase{}, ListedPayment{}, exchange.Run{}} {
		walk(reflect.TypeOf(x))
	}
	words := map[string]string{ // a code of each list
		"actor": "pull", "party": "320500b", "state-": "held", "form-": "none", "money-": "posted", "direction": "in", "dir": "in",
	}
	for list := range named {
		if list == "both" {
			continue
		}
		name, value := strings.Replace(list, "-", "-in", 1), words[list]
		if !strings.HasSuffix(list, "-") {
			name = list
		}
		if value == "" {
			value = firstOf(name)
		}
		if value == "" || Word(e, name, value) == value {
			t.Errorf("list %s has no word for %q", name, value)
		}
	}
	if len(seen) < 25 || len(named) < 20 {
		t.Errorf("only %d types and %d lists", len(seen), len(named))
	}
}

// firstOf is the first code of a list.
func firstOf(name string) string {
	if list := code.ListNamed(name); list != nil {
		return list[0].Code
	}
	if len(lists[name]) > 0 {
		return lists[name][0].Code
	}
	return map[string]string{
		"clock": "answer", "owner": "staff", "role": "clerk", "receiver": "person", "file-kind": "query", "file-state": "sent", "run-state": "done", "money-out": "due",
	}[name]
}
