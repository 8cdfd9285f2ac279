package jobs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"carryover/exchange/store/storetest"
	"carryover/samples/scratch"
)

// killed is what the process that is to be killed is told: one pass of one
// agency, and after which call it dies.
type killed struct {
	Base   string
	Agency string
	At     time.Time
	After  int
}

// killedVariable tells the test's own program to be that process.
const killedVariable = "CARRYOVER_TEST_KILLED"

// TestMain makes the test's program the process that is killed, when it is
// told to.
func TestMain(m *testing.M) {
	text := os.Getenv(killedVariable)
	if text == "" {
		if err := scratch.InMemory(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		code := m.Run()
		os.RemoveAll(theStory.dir)
		if err := storetest.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop postgres:", err)
		}
		os.Exit(code)
	}
	fmt.Fprintln(os.Stderr, beKilled(text))
	os.Exit(1)
}

// beKilled makes one pass and dies by SIGKILL after a call to the outside; it
// returns only when that call was never made.
func beKilled(text string) error {
	var k killed
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return err
	}
	w, err := joinWorld(k.Base)
	if err != nil {
		return err
	}
	err = w.pass(k.Agency, k.At, &recorder{fault: killAfter, at: k.After, kill: func() {
		me, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = me.Kill() // SIGKILL
		}
		if err != nil {
			panic(err)
		}
		select {} // until the signal is here
	}})
	return fmt.Errorf("alive after the pass: %w", err)
}

// kills is how many times the process is killed when all kills are asked for.
const kills = 200

// TestKilledProcess kills the process of a pass between two calls to the
// outside, and compares with the undisturbed exchange once clean passes have
// followed.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := tellStory(t)
	requireEveryKindOfCall(t, s.calls)
	chosen := points(s.calls, false)
	if long() {
		chosen = nil
		for i := range kills {
			chosen = append(chosen, s.calls[i*len(s.calls)/kills])
		}
	}
	var tries []try
	for _, p := range chosen {
		tries = append(tries, try{p, killAfter})
	}
	s.each(t, tries, func(w *world, l leg, one try) error {
		text, err := json.Marshal(killed{w.base, l.agency, l.at, one.n})
		if err != nil {
			return err
		}
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), killedVariable+"="+string(text))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != -1 { // -1: ended by a signal
			return fmt.Errorf("the process was not killed: %w: %s", err, out)
		}
		return nil
	})
}
