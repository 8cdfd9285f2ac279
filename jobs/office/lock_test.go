package office_test

import (
	"errors"
	"testing"

	"carryover/jobs/office"
)

// TestOnePassAtATime: the lock holds off a second process and ends with it.
func TestOnePassAtATime(t *testing.T) {
	dir := t.TempDir()
	unlock, err := office.LockPasses(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := office.LockPasses(dir); !errors.Is(err, office.ErrLocked) {
		t.Errorf("a second pass began: %v", err)
	}
	unlock()
	again, err := office.LockPasses(dir)
	if err != nil {
		t.Fatal(err)
	}
	again()
}
