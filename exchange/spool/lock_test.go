package spool_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"carryover/exchange/drop/droptest"
	"carryover/exchange/spool"
	"carryover/exchange/store"
)

// dies says where this program, run again, is killed: "lock" once it has the lock,
// "part" between the first two steps of a file that it keeps. Its spool follows.
const dies = "CARRYOVER_DIES_AT"

// die is the program that is killed; it says on its output when it is there.
func die() {
	at := strings.Split(os.Getenv(dies), "\n")
	err := func() error {
		ctx := context.Background()
		s, err := store.Open(ctx, store.Options{DSN: at[1]})
		if err != nil {
			return err
		}
		of, err := spool.Open(ctx, s, owner, at[2])
		if err != nil {
			return err
		}
		here := func() {
			fmt.Println("here")
			time.Sleep(time.Hour)
		}
		if at[0] == "lock" {
			if _, _, err = of.LockPasses(ctx); err == nil {
				here()
			}
			return err
		}
		f, err := of.Create()
		if err != nil {
			return err
		}
		if _, err = f.Write(droptest.Content(3*store.SpoolPart, 1)); err != nil {
			return err
		}
		steps := 0
		f.Around = func(_ string, do func() error) error {
			if steps++; steps == 2 {
				here()
			}
			return do()
		}
		return s.Tx(ctx, func(tx *store.Tx) error { return of.Keep(tx, f, "killed") })
	}()
	fmt.Println(err)
	os.Exit(1)
}

// killedAt runs the program until it is there, calls then, and kills it.
func killedAt(t *testing.T, w *world, at string, then func()) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), dies+"="+at+"\n"+w.dsn+"\n"+w.dir)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "here\n" {
		rest, _ := io.ReadAll(out)
		t.Fatal(line, string(rest), err)
	}
	then()
	if err := c.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = c.Wait() // it was killed
}

// One process makes a pass; when it is killed, another may.
func TestOnePassAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		other := open(t, w.place)
		held, unlock, err := other.LockPasses(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !w.locked(t) || held.Err() != nil {
			t.Error("a second pass began")
		}
		if err := unlock(); err != nil {
			t.Error(err)
		}
		if w.locked(t) {
			t.Error("locked by a pass that is over")
		}
		killedAt(t, w, "lock", func() {
			if !w.locked(t) {
				t.Error("a second process began a pass")
			}
		})
		w.waitUnlocked(t)
	})
}

// locked reports whether somebody makes a pass.
func (w *world) locked(t *testing.T) bool {
	t.Helper()
	_, unlock, err := w.LockPasses(t.Context())
	if errors.Is(err, spool.ErrLocked) {
		return true
	}
	if err == nil {
		err = unlock()
	}
	if err != nil {
		t.Fatal(err)
	}
	return false
}

// waitUnlocked waits for the server to notice, in its own time, that who had the lock is
// gone.
func (w *world) waitUnlocked(t *testing.T) {
	t.Helper()
	for w.locked(t) {
		time.Sleep(10 * time.Millisecond)
	}
}

// A process that is killed while it keeps a file leaves none, and nothing that Sweep does
// not take away.
func TestKilledBetweenSteps(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		killedAt(t, w, "part", func() {})
		w.require(t, "killed", nil)
		if err := w.Sweep(); err != nil {
			t.Error(err)
		}
		w.requireTidy(t)
	})
}

// Agencies with a schema each on one database do not wait for each other. Who loses the
// lock because the server ends the connection is told.
func TestLockOfASchema(t *testing.T) {
	one, two := open(t, engines["database"](t)), open(t, engines["database"](t))
	held, unlock, err := one.LockPasses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, unlockTwo, err := two.LockPasses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := unlockTwo(); err != nil {
		t.Error(err)
	}
	db, err := sql.Open("pgx", one.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"); err != nil {
		t.Fatal(err)
	}
	<-held.Done()
	if cause := context.Cause(held); !strings.Contains(cause.Error(), "the lock of this pass is lost") {
		t.Error(cause)
	}
	if err := unlock(); err == nil || !strings.Contains(err.Error(), "the lock of this pass is lost") {
		t.Errorf("its end: %v", err)
	}
	if err := one.store.Tx(held, func(*store.Tx) error { return nil }); err == nil {
		t.Error("a transaction without the lock")
	}
	one.waitUnlocked(t)
}
