package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	. "carryover/exchange"
)

func explore(t *testing.T, side Side) exploration {
	t.Helper()
	x := exploration{newExplorer(), map[string]model{}, map[string]bool{}}
	start := newModel(side)
	queue := []model{start}
	x.seen[start.key()] = start
	broken := map[string]bool{}
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		x.triples[triple(m.c)] = true
		for _, ch := range x.changes(m) {
			if err := ch.to.c.Check(); err != nil {
				if text := fmt.Sprintf("%s, %s: %v", m, ch.what, err); !broken[text] {
					broken[text] = true
					t.Error(text)
				}
				continue
			}
			if k := ch.to.key(); x.seen[k].c.No == "" {
				x.seen[k] = ch.to
				queue = append(queue, ch.to)
			}
		}
	}
	return x
}

func triple(c Case) string {
	return strings.Join([]string{string(c.Side), string(c.State), string(c.FormTrack), string(c.MoneyTrack)}, " ")
}

// TestTablesAndTriples explores everything that can happen to a case: nothing
// natural breaks the allowed triples, every allowed triple comes about, and
// no row of the tables is dead.
func TestTablesAndTriples(t *testing.T) {
	reached, used := map[string]bool{}, map[string]bool{}
	for _, side := range []Side{In, Out} {
		x := explore(t, side)
		t.Logf("%s: %d positions, %d triples", side, len(x.seen), len(x.triples))
		for k := range x.triples {
			reached[k] = true
		}
		for k := range x.used {
			used[k] = true
		}
	}
	allowed := map[string]bool{}
	for _, row := range AllowedTriples() {
		for _, f := range row.Forms {
			for _, m := range row.Monies {
				k := triple(Case{Side: row.Side, State: row.State, FormTrack: f, MoneyTrack: m})
				if allowed[k] {
					t.Errorf("%s is listed twice", k)
				}
				allowed[k] = true
				if !reached[k] {
					t.Errorf("%s is allowed, but nothing leads there", k)
				}
			}
		}
	}
	for k := range reached {
		if !allowed[k] {
			t.Errorf("%s is reached, but not allowed", k)
		}
	}
	for _, k := range tableRows() {
		if !used[k] {
			t.Errorf("row %s of a table is never used", k)
		}
	}
}

// tableRows lists the rows of the three tables as the explorer notes them.
func tableRows() (rows []string) {
	for _, s := range Steps() {
		rows = append(rows, fmt.Sprint(s.Side, s.From, s.On))
	}
	for _, s := range FormSteps() {
		for _, to := range s.To {
			rows = append(rows, fmt.Sprint("form", s.Side, s.From, to))
		}
	}
	for _, s := range MoneySteps() {
		for _, to := range s.To {
			rows = append(rows, fmt.Sprint("money", s.Side, s.From, to))
		}
	}
	return rows
}
