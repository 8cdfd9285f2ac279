package config

import (
	"fmt"
	"sort"
	"strings"
)

// Fault is one thing wrong in the configuration file.
type Fault struct {
	Line int    `json:"line"`          // from 1; 0: nowhere in particular
	Key  string `json:"key,omitempty"` // partners[0].drop.settle
	Text string `json:"text"`          // what is wrong
	Todo string `json:"todo,omitempty"`
}

// String is "line 12: agency.code: text; what to do".
func (f Fault) String() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", f.Line)
	}
	if f.Key != "" {
		b.WriteString(f.Key + ": ")
	}
	b.WriteString(f.Text)
	if f.Todo != "" {
		b.WriteString("; " + f.Todo)
	}
	return b.String()
}

// Error is everything wrong in a configuration file, in the order of its
// lines. Load and Parse return it whenever the file can be read at all.
type Error struct {
	Path   string
	Faults []Fault
}

// Error lists all faults, each on a line of its own.
func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Faults) == 1 {
		fmt.Fprintf(&b, "%s: 1 fault", e.Path)
	} else {
		fmt.Fprintf(&b, "%s: %d faults", e.Path, len(e.Faults))
	}
	for _, f := range e.Faults {
		b.WriteString("\n  " + f.String())
	}
	return b.String()
}

// faults collects what is wrong; at finds the line of a key's path.
type faults struct {
	lines map[string]int    // of keys and list items
	keys  map[[2]int]string // of the values that begin at a line and column
	list  []Fault
}

func newFaults() *faults {
	return &faults{lines: map[string]int{}, keys: map[[2]int]string{}}
}

// add reports a fault of a key; the line is that of the key, or of the
// nearest parent that stands in the file.
func (fs *faults) add(key, todo, format string, args ...any) {
	fs.list = append(fs.list, Fault{Line: fs.line(key), Key: key, Text: fmt.Sprintf(format, args...), Todo: todo})
}

func (fs *faults) line(key string) int {
	for {
		if n, ok := fs.lines[key]; ok {
			return n
		}
		i := strings.LastIndexAny(key, ".[")
		if i < 0 {
			return 0
		}
		key = key[:i]
	}
}

// at reports whether a line has a fault already.
func (fs *faults) at(line int) bool {
	for _, f := range fs.list {
		if f.Line == line {
			return true
		}
	}
	return false
}

// err is an *Error of all faults in the order of their lines, or nil.
func (fs *faults) err(path string) error {
	if len(fs.list) == 0 {
		return nil
	}
	sort.SliceStable(fs.list, func(i, j int) bool { return fs.list[i].Line < fs.list[j].Line })
	return &Error{Path: path, Faults: fs.list}
}
