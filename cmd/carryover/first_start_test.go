package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"carryover/exchange/spool"
	"carryover/exchange/store/storetest"
)

// TestFirstStartsAtOnce: of processes that begin with a new store at once one makes and binds it, and the others wait.
func TestFirstStartsAtOnce(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for engine, dsn := range map[string]func() string{
		"sqlite":   func() string { return "store/carryover.db" },
		"postgres": func() string { return storetest.NewDatabase(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			config := newAgency(t)
			onStore(t, config, dsn())
			var wait sync.WaitGroup
			for _, args := range [][]string{{"list", "cases"}, {"migrate"}, {"list", "files"}, {"list", "cases"}} {
				wait.Go(func() {
					c := exec.Cmd{Path: program, Args: append([]string{"carryover", "-c", config}, args...)}
					if said, err := c.CombinedOutput(); err != nil {
						t.Errorf("%v: %v: %s", args, err, said)
					}
				})
			}
			wait.Wait()
			said(t, exitDone, "-c", config, "list", "runs")
			if _, err := os.Stat(filepath.Join(filepath.Dir(config), "spool", ".spool-id")); (err == nil) != (engine == "sqlite") {
				t.Errorf("the spool's id: %v", err)
			}
		})
	}
}

// TestMigrateWaitsForAPass: no schema changes under a pass that goes on.
func TestMigrateWaitsForAPass(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config := newAgency(t)
	said(t, exitDone, "-c", config, "list", "cases")
	_, unlock, err := spool.Folder(filepath.Join(filepath.Dir(config), "spool")).LockPasses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program)
	c.Args = []string{"carryover", "-c", config, "migrate"}
	said, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if strings.Contains(lines.Text(), "waiting for it") {
			if err := unlock(); err != nil {
				t.Fatal(err)
			}
			unlock = nil
			break
		}
	}
	if err := c.Wait(); err != nil || unlock != nil {
		t.Errorf("%v; it waited: %t", err, unlock == nil)
	}
}
