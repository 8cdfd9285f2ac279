package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clock is a clock that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func TestProgressInPlainLines(t *testing.T) {
	var to bytes.Buffer
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	a := &app{err: &to, now: c.now}
	p := a.newProgress("letters.csv", 100<<20, "")
	p.add(10 << 20) // at once: nothing is said
	for range 4 {
		c.at = c.at.Add(5 * time.Second)
		p.add(10 << 20)
	}
	p.close()
	want := "letters.csv: 30 %, 30 MiB, 3.0 MiB/s, 23s left\nletters.csv: 50 %, 50 MiB, 2.5 MiB/s, 20s left\n"
	if to.String() != want {
		t.Errorf("%q", to.String())
	}

	to.Reset()
	p = a.newProgress("people", 0, "people")
	c.at = c.at.Add(10 * time.Second)
	p.add(250)
	if to.String() != "people: 250 people, 25 people/s\n" {
		t.Errorf("%q", to.String())
	}
	p.restart()
	if p.done != 0 {
		t.Error("goes on where it was")
	}
}

// TestInterruptEndsWork: an interrupted command fails and leaves no half file.
func TestInterruptEndsWork(t *testing.T) {
	dir := t.TempDir()
	stopped := errors.New("stopped by a signal")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(stopped)
	for _, args := range [][]string{
		{"generate", "contact-letter", "--records", "5", filepath.Join(dir, "a.csv")},
		{"generate", "--people", "5", "--dir", dir},
	} {
		var out, errOut bytes.Buffer
		if exit := run(ctx, args, &out, &errOut); exit != exitFailed || !strings.Contains(errOut.String(), stopped.Error()) {
			t.Errorf("%v: exit %d, %s", args, exit, errOut.String())
		}
	}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("left behind: %s", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestValidateAGigabyteOfNothing: what is no batch is said at once, however
// long it is.
func TestValidateAGigabyteOfNothing(t *testing.T) {
	name := filepath.Join(t.TempDir(), "zero.csv")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	exit, got := validateJSON(t, name)
	if exit != exitPerson || len(got.Files[0].Faults) != 1 || got.Files[0].Faults[0].Code != "unreadable" {
		t.Errorf("exit %d, %+v", exit, got.Files)
	}
}
