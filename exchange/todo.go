package exchange

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// Todo is something that needs a person. It is never stored: it is found anew
// whenever it is asked for, and gone when its cause is. The sheet To do, the
// decisions workbooks, exit code 3 of a pass and the metrics are views of it.
type Todo struct {
	Kind        string        // of TodoKinds
	About       Subject       // may be one of those about which nothing can be decided
	No          string        // of the subject, as show and decide take it; empty: it has none
	Name        string        // of a file; shown instead of its number
	CaseNo      string        // of the case that it belongs to; empty: to none
	Party       string        // code of the partner or party that it concerns; empty: none
	Who         string        // person, counterparty or party
	What        string        // what is the matter, in the agency's language
	Do          string        // what to do about it, in the agency's language
	Amount      money.Fen     // 0: none
	Since       calendar.Date // may be 0
	Due         calendar.Date // its last day; 0: at once
	Provisional bool          // the calendar does not know all days up to Due yet: it counts as not past
	Owner       Owner
	Stamp       string // the state that a decision about it presumes
	Decisions   []Rule // what can be decided about it now
	Also        []Todo // differences about the same thing: no items of their own, but decided by themselves
}

// Urgency is in which order things are done.
type Urgency int

// The urgencies.
const (
	Urgent Urgency = iota // money is stopped or at risk, or the law's limit is past
	Soon                  // somebody waits for us
	Later                 // to be known, or a partner's turn
)

// UrgencyTerms lists the urgencies, the most urgent first.
func UrgencyTerms() []Term {
	return []Term{{"urgent", "紧急", "urgent"}, {"soon", "尽快", "soon"}, {"later", "提示", "to know"}}
}

// Term is the urgency's code with its words.
func (u Urgency) Term() Term { return UrgencyTerms()[u] }

// Press is from when on a pass that finds an item ends with exit code 3.
type Press int

// When an item presses.
const (
	AtOnce  Press = iota
	PastDue       // once its last day is past; one without a last day at once
	Never         // it is to be known
)

// TodoKind is a row of the table of what needs a person.
type TodoKind struct {
	Term
	Urgency Urgency
	Press   Press
	Owner   Owner  // when the item itself names none
	Do, DoE string // what to do, in both languages; empty: the item says it
}

// Doing is what to do about an item of the kind, in a language.
func (k TodoKind) Doing(lang string) string { return Term{"", k.Do, k.DoE}.Word(lang) }

// TodoKindOf finds a kind; one that is not in the table has its code for words
// and is to be done soon.
func TodoKindOf(code string) TodoKind {
	if i := placeOf(code); i < len(todoKinds) {
		return todoKinds[i]
	}
	return TodoKind{Term: Term{code, code, code}, Urgency: Soon, Press: PastDue, Owner: OwnerStaff}
}

// placeOf is a kind's place in the table; its length for an unknown kind.
func placeOf(code string) int {
	if i := slices.IndexFunc(todoKinds, func(k TodoKind) bool { return k.Code == code }); i >= 0 {
		return i
	}
	return len(todoKinds)
}

// CompareTodos is the one order in which things are done: by urgency, then what
// is due first before what is due later or has no last day, then by the table
// of kinds, since when, and number.
func CompareTodos(a, b Todo) int {
	x, y := placeOf(a.Kind), placeOf(b.Kind)
	return cmp.Or(
		cmp.Compare(TodoKindOf(a.Kind).Urgency, TodoKindOf(b.Kind).Urgency), CompareDue(a.Due, b.Due), cmp.Compare(x, y),
		cmp.Compare(a.Since, b.Since), cmp.Compare(a.No, b.No), cmp.Compare(a.What, b.What))
}

// CompareDue puts the earlier day first and none (0) last.
func CompareDue(a, b calendar.Date) int {
	switch {
	case a == b:
		return 0
	case a == 0:
		return 1
	case b == 0:
		return -1
	}
	return cmp.Compare(a, b)
}

// Past reports whether an item's last day is certainly over on a day.
func (t Todo) Past(on calendar.Date) bool { return t.Due != 0 && t.Due < on && !t.Provisional }

// Presses reports whether a pass of a day that finds the item ends with exit
// code 3: as its kind says, or because a difference about it does.
func (t Todo) Presses(on calendar.Date) bool {
	switch TodoKindOf(t.Kind).Press {
	case AtOnce:
		return true
	case Never:
		return false
	}
	return t.Due == 0 || t.Past(on) || slices.ContainsFunc(t.Also, func(x Todo) bool { return x.Presses(on) })
}

// Called is the name under which people know the item's subject: a file's name,
// else its number.
func (t Todo) Called() string { return cmp.Or(t.Name, t.No) }

// Line is the item as one line of text, for terminals and the mail that cron makes
// of them: of a case it says the number, which names the person to those who may know.
func (t Todo) Line(lang string) string {
	colon, who := Term{"", "：", ": "}.Word(lang), t.Who
	if t.CaseNo != "" {
		who = ""
	}
	return TodoKindOf(t.Kind).Word(lang) + colon + strings.Join(strings.Fields(t.Called()+" "+who+" "+t.What), " ")
}

// Decides reports whether an action can be decided about the item now.
func (t Todo) Decides(action string) bool {
	return slices.ContainsFunc(t.Decisions, func(r Rule) bool { return r.Action == action })
}

// MarshalJSON writes the item as --json prints it: codes, no words but those of
// who, what and do; amount in yuan; decidable are the actions of its decisions,
// and those of the differences in also.
func (t Todo) MarshalJSON() ([]byte, error) {
	type subject struct {
		About Subject `json:"about"`
		No    string  `json:"no"`
		Name  string  `json:"name,omitempty"`
	}
	amount := ""
	if t.Amount != 0 {
		amount = t.Amount.String()
	}
	actions := []string{}
	for _, r := range t.Decisions {
		actions = append(actions, r.Action)
	}
	return json.Marshal(struct {
		Kind        string        `json:"kind"`
		Urgency     string        `json:"urgency"`
		Owner       Owner         `json:"owner"`
		Subject     subject       `json:"subject"`
		CaseNo      string        `json:"case_no,omitempty"`
		Party       string        `json:"party,omitempty"`
		Who         string        `json:"who,omitempty"`
		What        string        `json:"what"`
		Do          string        `json:"do"`
		Amount      string        `json:"amount,omitempty"`
		Since       calendar.Date `json:"since"`
		Due         calendar.Date `json:"due"`
		Provisional bool          `json:"provisional,omitempty"`
		Decidable   []string      `json:"decidable"`
		Also        []Todo        `json:"also,omitempty"`
	}{
		t.Kind, TodoKindOf(t.Kind).Urgency.Term().Code, t.Owner,
		subject{t.About, t.No, t.Name},
		t.CaseNo, t.Party, t.Who, t.What, t.Do, amount,
		t.Since, t.Due, t.Provisional, actions, t.Also,
	})
}
