package story

import (
	"cmp"
	"slices"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/todo"
)

// ListTodo lists what needs a person, the most urgent first, as of the office's
// date. A kind that there is
// none of is a *FilterError, and so is any side or state: things to do have none.
func ListTodo(d *office.Desk, f Filter) ([]exchange.Todo, error) {
	var kinds []exchange.Term
	for _, k := range exchange.TodoKinds() {
		kinds = append(kinds, k.Term)
	}
	if err := cmp.Or(known("side", string(f.Side), nil), f.check(nil), known("kind", f.Kind, kinds)); err != nil {
		return nil, err
	}
	list, err := todo.List(d)
	list = slices.DeleteFunc(list, func(t exchange.Todo) bool {
		return f.Kind != "" && t.Kind != f.Kind || f.Turn != "" && string(t.Owner) != f.Turn || f.Partner != "" && t.Party != f.Partner ||
			f.Overdue && !t.Past(d.Date)
	})
	if f.Limit > 0 && len(list) > f.Limit {
		list = list[:f.Limit]
	}
	return list, err
}
