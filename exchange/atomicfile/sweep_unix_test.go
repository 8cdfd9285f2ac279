//go:build darwin || freebsd || linux || netbsd || openbsd

package atomicfile_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"carryover/exchange/atomicfile"
)

// diesIn names the folder in which this program, run again, is killed while it writes.
const diesIn = "CARRYOVER_DIES_IN"

// What a killed process left is removed; what this or another process is writing
// stays, as does all else.
func TestSweep(t *testing.T) {
	if dir := os.Getenv(diesIn); dir != "" {
		begin(t, dir, "half")
		me, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = me.Kill()
		}
		t.Fatal(err)
	}
	dir := t.TempDir()
	for range 2 {
		killed := exec.Command(os.Args[0], "-test.run=^TestSweep$")
		killed.Env = append(os.Environ(), diesIn+"="+dir)
		if out, err := killed.CombinedOutput(); err == nil || len(out) > 0 {
			t.Fatalf("it lived: %v, %s", err, out)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Fatalf("the killed left %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".other"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	live := begin(t, dir, "whole")
	if err := atomicfile.Sweep(dir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("swept to %v, %v", left, err)
	}
	if err := live.Keep(filepath.Join(dir, "x")); err != nil {
		t.Error(err)
	}
	if err := atomicfile.Sweep(filepath.Join(dir, "none")); err != nil {
		t.Error(err)
	}
}

// Files that are begun, written and kept while their folder is swept are all kept.
func TestSweepBesideWriters(t *testing.T) {
	dir := t.TempDir()
	done := make(chan struct{})
	var sweeper, writers sync.WaitGroup
	sweeper.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if err := atomicfile.Sweep(dir); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for w := range 4 {
		writers.Go(func() {
			for i := range 100 {
				if err := atomicfile.Create(filepath.Join(dir, fmt.Sprint(w, "-", i)), say("whole", nil)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	sweeper.Wait()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 400 {
		t.Errorf("%d files, %v", len(left), err)
	}
}
