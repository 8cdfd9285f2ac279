package office

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Faults is what went wrong with some of many things, each by its name. Those that, but
// for the name, say the same are one line, so that one party's hundreds hide nobody else's.
// Its methods may be called from several goroutines.
type Faults struct {
	mu   sync.Mutex
	list []fault
}

type fault struct {
	name string
	err  error
}

func (f fault) Error() string { return f.name + ": " + f.err.Error() }
func (f fault) Unwrap() error { return f.err }

// Add notes what went wrong with a thing; nil is nothing.
func (l *Faults) Add(name string, err error) {
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, fault{name, err})
}

// Err joins the faults, a line for each kind, with how many there are and the first names.
func (l *Faults) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	sorted := slices.SortedStableFunc(slices.Values(l.list), func(a, b fault) int { return strings.Compare(a.name, b.name) })
	kinds := map[string]int{} // place in the list
	var list []alike
	for _, f := range sorted {
		kind := strings.ReplaceAll(f.err.Error(), f.name, "…")
		at, known := kinds[kind]
		if !known {
			at, list = len(list), append(list, nil)
			kinds[kind] = at
		}
		list[at] = append(list[at], f)
	}
	var errs []error
	for _, a := range list {
		errs = append(errs, a)
	}
	return errors.Join(errs...)
}

// alike are faults of one kind, by name; at least one.
type alike []fault

func (a alike) Error() string {
	if len(a) == 1 {
		return a[0].Error()
	}
	var names []string
	for _, f := range a[1:] {
		names = append(names, f.name)
	}
	return fmt.Sprintf("%v (and %d more: %s)", a[0], len(names), FirstNames(names))
}

func (a alike) Unwrap() (list []error) {
	for _, f := range a {
		list = append(list, f)
	}
	return list
}

// mostNamed is how many of many names are said.
const mostNamed = 3

// FirstNames names the first of many; an ellipsis stands for the others.
func FirstNames(names []string) string {
	if len(names) > mostNamed {
		return strings.Join(names[:mostNamed], ", ") + " …"
	}
	return strings.Join(names, ", ")
}
