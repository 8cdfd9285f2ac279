package office_test

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"carryover/jobs/office"
)

// Faults of one kind are one line, whatever order they come in; each is still found in it.
func TestFaultsOfOneKindAreOneLine(t *testing.T) {
	var faults office.Faults
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 250 {
		wait.Go(func() {
			name := fmt.Sprintf("%03d.csv", i)
			faults.Add(name, fmt.Errorf("get in/%s: %w", name, fs.ErrPermission))
		})
	}
	wait.Wait()
	faults.Add("b.csv", errors.New("bytes are missing"))
	faults.Add("c.csv", nil)
	err := faults.Err()
	const want = "000.csv: get in/000.csv: permission denied (and 249 more: 001.csv, 002.csv, 003.csv …)\nb.csv: bytes are missing"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if !errors.Is(err, fs.ErrPermission) {
		t.Error("permission denied is not found in it")
	}
}
