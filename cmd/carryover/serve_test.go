package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"carryover/exchange/spool"
	"carryover/jobs"
)

// newAgency makes an agency's folder that may run at once and returns its
// configuration.
func newAgency(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "320500")
	var out, errOut bytes.Buffer
	exit := run(t.Context(), []string{
		"init", dir, "--name", "苏州市医疗保险基金管理中心", "--checker", "王敏", "--release", "automatic",
		"--account", "苏州市财政专户,工商银行苏州分行,1102020109000123456,102100099996",
		"--partner", "310100=上海市医疗保险事业管理中心", "--partner-account", "310100=上海市财政专户,农业银行上海分行,03492300040001234,403100000004",
	}, &out, &errOut)
	if exit != exitDone {
		t.Fatalf("init: exit %d: %s", exit, errOut.String())
	}
	return filepath.Join(dir, "config.yaml")
}

// listenOn sets where an agency's scheduler listens.
func listenOn(t *testing.T, config, addr string) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ = bytes.Cut(text, []byte("\nserve:"))
	if err := os.WriteFile(config, append(text, "\nserve:\n  listen: "+addr+"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// serving is a scheduler at work in this process.
type serving struct {
	addr string
	stop context.CancelFunc
	exit chan int
}

// startServe starts `carryover serve` on a day and waits until it listens.
func startServe(t *testing.T, config string, now time.Time) serving {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	said, errOut := io.Pipe()
	s := serving{stop: stop, exit: make(chan int, 1)}
	a := &app{out: io.Discard, err: errOut, now: func() time.Time { return now }}
	go func() { s.exit <- a.run(ctx, []string{"-c", config, "serve"}) }()
	lines := bufio.NewScanner(said)
	if !lines.Scan() {
		t.Fatal("serve said nothing")
	}
	found := regexp.MustCompile(`http://(\S+)`).FindStringSubmatch(lines.Text())
	if found == nil {
		t.Fatalf("serve said %q", lines.Text())
	}
	s.addr = found[1]
	go func() {
		for lines.Scan() {
			continue // the log
		}
	}()
	return s
}

// get asks the scheduler until the answer holds a text.
func (s serving) get(t *testing.T, path, until string) (status int, body string) {
	t.Helper()
	for range 100 {
		answer, err := http.Get("http://" + s.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if status, body = answer.StatusCode, string(text); strings.Contains(body, until) {
			return status, body
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s never said %q: %s", path, until, body)
	return 0, ""
}

// end stops the scheduler, which must end well and soon.
func (s serving) end(t *testing.T) {
	t.Helper()
	s.stop()
	select {
	case exit := <-s.exit:
		if exit != exitDone {
			t.Errorf("exit %d", exit)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("serve does not stop")
	}
}

// TestServe: started within a window it makes the pass, says so, says nothing
// personal, and stops when it is told to; started again it has nothing to do.
func TestServe(t *testing.T) {
	config := newAgency(t)
	listenOn(t, config, "127.0.0.1:0")
	// 12:10 in Shanghai, a Thursday. The second time the pass was made already.
	noon := time.Date(2026, 8, 20, 4, 10, 0, 0, time.UTC)
	for i, passes := range []string{"1", "0"} {
		s := startServe(t, config, noon)
		_, metrics := s.get(t, "/metrics", `carryover_passes_total{what="start"} `+passes)
		for _, want := range []string{`carryover_runs{state="done"} 1`, "carryover_differences_open 0", `carryover_todo{kind="proof",urgency="urgent"} 0`, "carryover_last_run_age_seconds 0"} {
			// The first time the figures may be those from before the pass.
			if i > 0 && !strings.Contains(metrics, want) {
				t.Errorf("metrics lack %s:\n%s", want, metrics)
			}
		}
		status, text := s.get(t, "/healthz", `{"ok":true,"next"`) // no pass is under way
		var h jobs.Health
		if err := json.Unmarshal([]byte(text), &h); err != nil || status != http.StatusOK {
			t.Errorf("health %d %s: %v", status, text, err)
		}
		if h.Next == nil || !h.Next.Equal(noon.Truncate(30*time.Minute).Add(30*time.Minute)) {
			t.Errorf("next pass: %s", text)
		}
		s.end(t)
	}
	var out, errOut bytes.Buffer
	exit := run(t.Context(), []string{"-c", config, "list", "runs"}, &out, &errOut)
	if exit != exitDone || strings.Count(out.String(), "12:00") < 1 || !strings.Contains(errOut.String(), "1 runs") {
		t.Errorf("exit %d: %s%s", exit, out.String(), errOut.String())
	}
}

// TestServeLeavesPassesByHandAlone: while another process makes a pass the
// scheduler waits, and says so.
func TestServeLeavesPassesByHandAlone(t *testing.T) {
	config := newAgency(t)
	listenOn(t, config, "127.0.0.1:0")
	said(t, exitDone, "-c", config, "list", "cases") // the store is there: a first start waits
	_, unlock, err := spool.Folder(filepath.Join(filepath.Dir(config), "spool")).LockPasses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unlock() }()
	s := startServe(t, config, time.Date(2026, 8, 20, 4, 10, 0, 0, time.UTC))
	status, _ := s.get(t, "/healthz", "another pass of this agency is under way")
	if status != http.StatusServiceUnavailable {
		t.Errorf("status %d", status)
	}
	s.end(t)
	var out, errOut bytes.Buffer
	if exit := run(t.Context(), []string{"-c", config, "run"}, &out, &errOut); exit != exitFailed || !strings.Contains(errOut.String(), "another pass") {
		t.Errorf("run by hand: exit %d: %s", exit, errOut.String())
	}
}

// TestServeNeedsItsAddress: a second scheduler of the same configuration is a
// wrong call, not a silent one.
func TestServeNeedsItsAddress(t *testing.T) {
	config := newAgency(t)
	listenOn(t, config, "127.0.0.1:0")
	s := startServe(t, config, time.Date(2026, 8, 20, 4, 10, 0, 0, time.UTC))
	defer s.end(t)
	listenOn(t, config, s.addr)
	var out, errOut bytes.Buffer
	if exit := run(t.Context(), []string{"-c", config, "serve"}, &out, &errOut); exit != exitUsage || !strings.Contains(errOut.String(), "serve.listen") {
		t.Errorf("exit %d: %s", exit, errOut.String())
	}
}
