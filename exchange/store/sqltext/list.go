package sqltext

import (
	"cmp"
	"slices"
	"strings"
)

// keysAtOnce are the lengths of the lists that are asked for: few, so that
// few statements have to be prepared. A shorter list repeats its last key.
var keysAtOnce = []int{16, 128, 512}

// InLists calls ask with the keys, each once and in their order, as many at once as
// one of keysAtOnce says.
func InLists(keys []any, ask func(list []any) error) error {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, compareKeys)
	keys = slices.Compact(keys)
	for len(keys) > 0 {
		some := keys[:min(listSize(len(keys)), len(keys))]
		keys = keys[len(some):]
		list := make([]any, listSize(len(some)))
		for i := range list {
			list[i] = some[min(i, len(some)-1)]
		}
		if err := ask(list); err != nil {
			return err
		}
	}
	return nil
}

// compareKeys orders keys of one type: texts, or numbers.
func compareKeys(a, b any) int {
	if x, ok := a.(int64); ok {
		return cmp.Compare(x, b.(int64))
	}
	return strings.Compare(a.(string), b.(string))
}

func listSize(keys int) int {
	for _, n := range keysAtOnce {
		if n >= keys {
			return n
		}
	}
	return keysAtOnce[len(keysAtOnce)-1]
}

// AnyOf are keys as values.
func AnyOf[T any](keys []T) []any {
	list := make([]any, len(keys))
	for i, k := range keys {
		list[i] = k
	}
	return list
}
