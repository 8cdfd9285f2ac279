package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// walk goes through a YAML tree along a type: it notes the line of every key
// and reports keys that the type does not have, keys that stand twice, and
// anchors, which this file does not use.
func (fs *faults) walk(n *yaml.Node, t reflect.Type, path string) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		fs.list = append(fs.list, Fault{n.Line, path, "anchors and aliases are not understood here", "write the value out"})
		return
	}
	fs.keys[[2]int{n.Line, n.Column}] = path
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for i, item := range n.Content {
			p := fmt.Sprintf("%s[%d]", path, i)
			fs.lines[p] = item.Line
			fs.walk(item, t.Elem(), p)
		}
	case n.Kind == yaml.MappingNode && (t.Kind() == reflect.Struct || t.Kind() == reflect.Map):
		fs.walkKeys(n, t, path)
	}
}

func (fs *faults) walkKeys(n *yaml.Node, t reflect.Type, path string) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		p := strings.TrimPrefix(path+"."+key.Value, ".")
		if first, twice := seen[key.Value]; twice {
			fs.list = append(fs.list, Fault{key.Line, p, fmt.Sprintf("stands twice, first on line %d", first), "keep one of them"})
			continue
		}
		seen[key.Value] = key.Line
		elem, known := keyType(t, key.Value)
		if !known {
			fs.list = append(fs.list, Fault{key.Line, p, "unknown key", nearest(key.Value, keysOf(t))})
			continue
		}
		fs.lines[p] = key.Line
		fs.walk(value, elem, p)
	}
}

// keyType is the type of a key's value.
func keyType(t reflect.Type, key string) (reflect.Type, bool) {
	if t.Kind() == reflect.Map {
		return t.Elem(), true
	}
	for i := range t.NumField() {
		if keyOf(t.Field(i)) == key {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}

// keysOf lists the keys of a struct, in its order.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, keyOf(t.Field(i)))
	}
	return keys
}

func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return key
}

// nearest says which known word was probably meant.
func nearest(word string, known []string) string {
	best, at := 3, ""
	for _, k := range known {
		if len(word) > len(k)+best {
			continue
		}
		d := distance(strings.ToLower(word), k)
		if d < best && d < len(k) {
			best, at = d, k
		}
	}
	if at != "" {
		return fmt.Sprintf("did you mean %q?", at)
	}
	sorted := slices.Sorted(slices.Values(known))
	return "known here: " + strings.Join(sorted, ", ")
}

// distance is the number of letters to insert, delete, change or swap with
// their neighbour to make b of a.
func distance(a, b string) int {
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}
