package exchange

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"carryover/exchange/calendar"
)

func TestTodoKinds(t *testing.T) {
	seen := map[string]bool{}
	var urgency []Urgency
	for _, k := range TodoKinds() {
		if seen[k.Code] || k.Chinese == "" || k.English == "" || (k.Do == "") != (k.DoE == "") || k.Owner == "" {
			t.Errorf("kind %+v", k)
		}
		if (k.Urgency == Urgent && k.Press != AtOnce) || (k.Urgency == Later) != (k.Press == Never) {
			t.Errorf("%s: urgency %s, press %d", k.Code, k.Urgency.Term().Code, k.Press)
		}
		seen[k.Code] = true
		urgency = append(urgency, k.Urgency)
	}
	if !slices.IsSorted(urgency) {
		t.Error("not the most urgent first")
	}
}

// What is urgent comes before what is due earlier, what is due before what has no
// day, and a kind before those below it in the table.
func TestTodoOrder(t *testing.T) {
	want := []Todo{
		{Kind: TodoBankDay, Since: 20260301},
		{Kind: TodoLegal, Since: 20260101, No: "T1"},
		{Kind: TodoCredit, Due: 20260101},
		{Kind: TodoSign, Due: 20260102},
		{Kind: TodoHeld, Due: 20260102},
		{Kind: TodoCredit, Since: 20260101, No: "2"},
		{Kind: TodoCredit, Since: 20260102, No: "1"},
		{Kind: TodoCredit, Since: 20260102, No: "2"},
		{Kind: "of another version"},
		{Kind: TodoAwaited, Due: 20250101},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, CompareTodos)
	for i := range want {
		if CompareTodos(got[i], want[i]) != 0 {
			t.Errorf("place %d: %s %s, want %s %s", i, got[i].Kind, got[i].No, want[i].Kind, want[i].No)
		}
	}
}

func TestTodoPresses(t *testing.T) {
	const today calendar.Date = 20260302
	difference := []Todo{{Kind: TodoDifference}}
	for _, c := range []struct {
		todo Todo
		want bool
	}{
		{Todo{Kind: TodoHeld, Due: 20261231}, true},
		{Todo{Kind: TodoCredit, Due: 20260301}, true},
		{Todo{Kind: TodoCredit, Due: 20260302}, false},
		{Todo{Kind: TodoCredit, Due: 20260301, Provisional: true}, false},
		{Todo{Kind: TodoCredit, Due: 20261231, Also: difference}, true},
		{Todo{Kind: TodoGap}, true},
		{Todo{Kind: TodoAwaited, Due: 20260301}, false},
		{Todo{Kind: TodoUnsigned}, false},
		{Todo{Kind: "of another version"}, true},
	} {
		if c.todo.Presses(today) != c.want {
			t.Errorf("%+v presses: %v", c.todo, !c.want)
		}
	}
}

func TestTodoJSON(t *testing.T) {
	rule, _ := FindRule(ActResendFile)
	accept, _ := FindRule(ActAcceptDifference)
	b, err := json.Marshal(Todo{
		Kind: TodoFile, About: AboutFile, No: "7", Name: "a.csv", Party: "310100", Who: "上海", What: "没有回执", Do: "重新发送", Amount: 123450,
		Since: 20260302, Owner: OwnerStaff, Stamp: "secret", Decisions: []Rule{rule},
		Also: []Todo{{Kind: TodoDifference, About: AboutDifference, No: "9", Owner: OwnerStaff, Decisions: []Rule{accept}}},
	})
	want := `{"kind":"file","urgency":"soon","owner":"staff","subject":{"about":"file","no":"7","name":"a.csv"},"party":"310100","who":"上海",` +
		`"what":"没有回执","do":"重新发送","amount":"1234.50","since":"2026-03-02","due":"","decidable":["resend-file"],"also":[` +
		`{"kind":"difference","urgency":"soon","owner":"staff","subject":{"about":"difference","no":"9"},"what":"","do":"","since":"","due":"",` +
		`"decidable":["accept-difference"]}]}`
	if err != nil || string(b) != want {
		t.Errorf("%s\nwant %s\n%v", b, want, err)
	}
}

func TestTodoLine(t *testing.T) {
	x := Todo{Kind: TodoFile, No: "7", Name: "a.csv", Who: "上海", What: " 没有回执\n 或 "}
	for lang, want := range map[string]string{"zh": "文件待处理：a.csv 上海 没有回执 或", "en": "file to be decided: a.csv 上海 没有回执 或"} {
		if got := x.Line(lang); got != want || strings.Contains(got, "\n") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
