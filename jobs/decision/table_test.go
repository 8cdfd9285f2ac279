package decision

import (
	"testing"

	"carryover/exchange"
)

// TestPlanners: every action of the rules has a planner, and every planner a
// rule that says who may take it about what.
func TestPlanners(t *testing.T) {
	table := planners()
	ruled := map[string]bool{}
	for _, r := range exchange.Rules() {
		ruled[r.Action] = true
		if table[r.Action] == nil {
			t.Errorf("%s has a rule and no planner", r.Action)
		}
	}
	for action := range table {
		if !ruled[action] {
			t.Errorf("%s has a planner and no rule", action)
		}
	}
}
