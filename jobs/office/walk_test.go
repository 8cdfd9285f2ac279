package office

import (
	"errors"
	"slices"
	"testing"
)

func TestWalkStopsWithItsReaderAndEndsWithTheError(t *testing.T) {
	broken := errors.New("broken")
	visited := 0
	numbers := Walk(func(visit func(int) error) error {
		for n := range 3 {
			visited++
			if err := visit(n); err != nil {
				return err
			}
		}
		return broken
	})
	for n, err := range numbers {
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			break
		}
	}
	if visited != 2 {
		t.Errorf("%d visited before the reader stopped, want 2", visited)
	}
	var got []int
	var last error
	for n, err := range numbers {
		if last = err; err == nil {
			got = append(got, n)
		}
	}
	if !slices.Equal(got, []int{0, 1, 2}) || !errors.Is(last, broken) {
		t.Errorf("read %v, then %v", got, last)
	}
}
