package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"carryover/exchange/drop/droptest"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { testscript.Main(cleaned{m}, map[string]func(){"carryover": scripted}) }

// scripted is the program of the stories: the real one, on the day that the
// story's variable NOW names.
func scripted() {
	a := &app{out: os.Stdout, err: os.Stderr, now: time.Now}
	if day := os.Getenv("NOW"); day != "" {
		at, err := time.Parse(time.RFC3339, day)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(99)
		}
		a.now = func() time.Time { return at }
	}
	os.Exit(a.run(context.Background(), os.Args[1:]))
}

// TestStories runs testdata/*.txtar. Beside testscript's own commands there is
//
//	exits CODE carryover ARGS…
//
// which runs the program and compares its exit code, and
//
//	world
//
// which brings the two agencies of a demo that has ended, and
//
//	world waiting
//	cut before|after
//
// which brings one whose payment file waits for signatures, and cuts its line
// to the bank while that is put down, and
//
//	meant AGENCY
//	cutshort AGENCY
//
// of which one makes an agency of the demo, which rehearses, one whose money is
// meant, and the other its last run one that was cut short.
//
// A story is skipped, by name, where a program that it runs is missing, unless
// it says itself where it stops then.
func TestStories(t *testing.T) {
	stories, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(stories) == 0 {
		t.Fatal(stories, err)
	}
	for _, story := range stories {
		programs := programsOf(t, story)
		if slices.ContainsFunc(programs, missing) {
			t.Run(strings.TrimSuffix(filepath.Base(story), ".txtar"), func(t *testing.T) {
				for _, name := range programs {
					droptest.Require(t, name)
				}
			})
			continue
		}
		testscript.Run(t, testscript.Params{
			Files:               []string{story},
			RequireExplicitExec: true,
			Setup: func(env *testscript.Env) error {
				env.Setenv("NOW", "2026-08-20T12:00:00+08:00")
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"exits": exits, "world": ended.world, "cut": cut, "meant": meant, "cutshort": cutShort, "change": change, "rewrite": rewrite, "booked": booked,
			},
		})
	}
}

var execLine = regexp.MustCompile(`(?m)^(?:\[[^]]*\] )?(?:! )?exec (\S+)`)

// programsOf are the programs that a story runs, but our own and, unless
// everything is required, those after whose absence it asks.
func programsOf(t *testing.T, story string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(story)
	if err != nil {
		t.Fatal(err)
	}
	required := os.Getenv("CARRYOVER_REQUIRED") != ""
	for _, m := range execLine.FindAllStringSubmatch(string(text), -1) {
		name := m[1]
		if name != "carryover" && !slices.Contains(names, name) && (required || !strings.Contains(string(text), "[!exec:"+name+"]")) {
			names = append(names, name)
		}
	}
	return names
}

func missing(program string) bool {
	_, err := exec.LookPath(program)
	return err != nil
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("exit code %q: %v", args[0], err)
	}
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		got = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
