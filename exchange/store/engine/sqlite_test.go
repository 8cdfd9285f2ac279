package engine

import "testing"

// TestMarks: placeholders in their order become plain ones for SQLite.
func TestMarks(t *testing.T) {
	e := &sqliteEngine{}
	for text, want := range map[string]string{
		"SELECT 1":            "SELECT 1",
		"VALUES ($1, $2, $3)": "VALUES (?, ?, ?)",
		"a = $2 AND b = $1":   "a = $2 AND b = $1",
		"a = $1 OR b = $1":    "a = $1 OR b = $1",
		"INSERT INTO t (a, b, c) VALUES ($1, $2, $3)": "INSERT INTO t (a, b, c) VALUES (?, ?, ?)",
	} {
		if got := e.marks(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
