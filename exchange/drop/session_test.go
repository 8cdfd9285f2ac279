package drop_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"carryover/exchange/drop"
	"carryover/exchange/drop/droptest"
)

// quick gives a session short deadlines.
func quick(c drop.SFTP) drop.SFTP {
	c.ConnectTimeout = 300 * time.Millisecond
	c.StepTimeout = 200 * time.Millisecond
	c.Keepalive = 100 * time.Millisecond
	return c
}

// within fails the test when f takes longer than a bad session may take.
func within(t *testing.T, d time.Duration, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(d):
		t.Fatalf("not back after %v", d)
	}
}

// TestCutOrStalledAnywhere breaks the line after so many bytes from the server, from
// before its banner to the middle of a transfer, in two ways. Whatever is
// hit, the error comes in time and says which way it was.
func TestCutOrStalledAnywhere(t *testing.T) {
	c, root, _ := droptest.Server(t, nil)
	if err := os.WriteFile(filepath.Join(root, "in", "a.csv"), droptest.Content(1<<20, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy, patient := droptest.NewProxy(t, c)
	for _, n := range []int{0, 5, 25, 400, 1100, 1500, 1600, 1700, 1800, 2000, 2300, 2700, 40_000, 700_000} {
		proxy.Set(droptest.Fault{CutAfter: n, StallAfter: -1})
		within(t, 5*time.Second, func() {
			if err := session(t, patient); !errors.Is(err, drop.ErrLost) {
				t.Errorf("cut after %d: %v, want ErrLost", n, err)
			}
		})
		proxy.Set(droptest.Fault{CutAfter: -1, StallAfter: n})
		within(t, 5*time.Second, func() {
			if err := session(t, quick(patient)); !errors.Is(err, drop.ErrTimeout) {
				t.Errorf("stalled after %d: %v, want ErrTimeout", n, err)
			}
		})
	}
	proxy.Set(droptest.Healthy)
	if err := session(t, patient); err != nil {
		t.Errorf("healthy: %v", err)
	}
}

// session connects, lists and gets, and returns the first error.
func session(t *testing.T, c drop.SFTP) error {
	d, err := drop.DialSFTP(t.Context(), c, drop.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	l, err := d.List(t.Context(), drop.In)
	if err != nil {
		return err
	}
	_, err = d.Get(t.Context(), drop.In, l.Files[0], io.Discard)
	return err
}

func TestStalledUploadAndClose(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	c.StepTimeout = time.Hour
	proxy, c := droptest.NewProxy(t, c)
	d := dial(t, c, drop.Options{})
	proxy.Set(droptest.Fault{CutAfter: -1, StallAfter: 0})
	done := make(chan error, 1)
	go func() {
		content := droptest.Content(20<<20, 2)
		done <- d.Put(context.Background(), drop.Out, "a.csv", bytes.NewReader(content), int64(len(content)), drop.PutOptions{})
	}()
	time.Sleep(50 * time.Millisecond)
	within(t, 5*time.Second, func() { d.Close() })
	within(t, 5*time.Second, func() {
		if err := <-done; !errors.Is(err, drop.ErrClosed) {
			t.Errorf("upload in a closed session: %v", err)
		}
	})
}

// TestDeadlineOfOneCall: a call returns when its own context ends; others go on.
func TestDeadlineOfOneCall(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	proxy, c := droptest.NewProxy(t, c)
	d := dial(t, c, drop.Options{})
	proxy.Set(droptest.Fault{CutAfter: -1, StallAfter: 0})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	within(t, 5*time.Second, func() {
		if _, err := d.List(ctx, drop.In); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("list: %v", err)
		}
	})
}

// TestDeadWhileIdle: keepalives find a dead server before the next step does.
func TestDeadWhileIdle(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	c.StepTimeout, c.Keepalive = time.Second, 100*time.Millisecond
	proxy, c := droptest.NewProxy(t, c)
	d := dial(t, c, drop.Options{})
	time.Sleep(1500 * time.Millisecond)
	if _, err := d.List(t.Context(), drop.In); err != nil {
		t.Fatalf("an idle session ended: %v", err)
	}
	proxy.Set(droptest.Fault{CutAfter: -1, StallAfter: 0})
	time.Sleep(2 * time.Second)
	start := make(chan error, 1)
	go func() { _, err := d.List(context.Background(), drop.In); start <- err }()
	select {
	case err := <-start:
		if !errors.Is(err, drop.ErrTimeout) {
			t.Errorf("list: %v", err)
		}
	case <-time.After(500 * time.Millisecond):
		t.Error("the session was not given up while idle")
	}
}

// TestSlowWhileIdle: a server that answers each keepalive is alive, though one is under
// way whenever somebody looks.
func TestSlowWhileIdle(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	c.StepTimeout, c.Keepalive = 400*time.Millisecond, 100*time.Millisecond
	proxy, c := droptest.NewProxy(t, c)
	d := dial(t, c, drop.Options{})
	proxy.Set(droptest.Fault{CutAfter: -1, StallAfter: -1, Slow: 250 * time.Millisecond})
	time.Sleep(2 * time.Second)
	proxy.Set(droptest.Healthy)
	if _, err := d.List(t.Context(), drop.In); err != nil {
		t.Errorf("an idle session ended: %v", err)
	}
}

// TestNothingLeaks: the check for goroutines at the end of all tests looks at
// what a thousand failed connections leave behind.
func TestNothingLeaks(t *testing.T) {
	c, _, s := droptest.Server(t, nil)
	s.SetRefuse(true)
	for range 900 {
		if err := session(t, c); !errors.Is(err, drop.ErrLost) {
			t.Fatal(err)
		}
	}
	s.SetRefuse(false)
	for range 100 {
		bad := c
		bad.KnownHosts = nil
		if err := session(t, bad); !errors.Is(err, drop.ErrHostKey) {
			t.Fatal(err)
		}
	}
	if d, err := os.ReadDir("/proc/self/fd"); err == nil && len(d) > 100 {
		t.Errorf("%d files are open", len(d))
	}
}

func TestNobodyListens(t *testing.T) {
	c, _, s := droptest.Server(t, nil)
	s.Close()
	var refused net.Error
	if err := session(t, c); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

func TestWrongKey(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	for name, signers := range map[string][]ssh.Signer{"none": nil, "other": {droptest.Key(t)}} {
		c.Signers = signers
		if err := session(t, c); !errors.Is(err, drop.ErrAuth) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPasswordOnce: a server that offers every way to give a password gets a wrong
// one once.
func TestPasswordOnce(t *testing.T) {
	const right = "correct horse"
	host := droptest.Key(t)
	tries := 0
	conf := &ssh.ServerConfig{
		PasswordCallback: func(_ ssh.ConnMetadata, pw []byte) (*ssh.Permissions, error) {
			tries++
			return nil, errors.New("no")
		},
		KeyboardInteractiveCallback: func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			if _, err := ask("", "", []string{"Password: "}, []bool{false}); err == nil {
				tries++
			}
			return nil, errors.New("no")
		},
	}
	conf.AddHostKey(host)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if conn, err := l.Accept(); err == nil {
			ssh.NewServerConn(conn, conf)
			conn.Close()
		}
	}()
	asked := 0
	c := drop.SFTP{
		Addr: l.Addr().String(), User: "agency",
		KnownHosts: droptest.KnownHosts(l.Addr().String(), host.PublicKey()),
		Password:   func() (string, error) { asked++; return right + "?", nil },
	}
	if err := session(t, c); !errors.Is(err, drop.ErrAuth) || strings.Contains(err.Error(), right) {
		t.Errorf("got %v", err)
	}
	if tries != 1 || asked != 1 {
		t.Errorf("password asked for %d times, sent %d times", asked, tries)
	}
}

func TestAgent(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	ring := agent.NewKeyring()
	for range 2 {
		addKey(t, ring)
	}
	socket := filepath.Join(t.TempDir(), "agent")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			agent.ServeAgent(ring, conn)
			conn.Close()
		}
	}()
	c.AgentSocket = socket
	if err := list(t, c); err != nil {
		t.Errorf("with our key before the agent's: %v", err)
	}
	c.Signers = nil
	if err := list(t, c); !errors.Is(err, drop.ErrAuth) {
		t.Errorf("with the agent's keys only: %v", err)
	}
	c.AgentSocket = filepath.Join(t.TempDir(), "none")
	if err := list(t, c); err == nil || errors.Is(err, drop.ErrAuth) || errors.Is(err, drop.ErrLost) {
		t.Errorf("without an agent: %v", err)
	}
}

func list(t *testing.T, c drop.SFTP) error {
	d, err := drop.DialSFTP(t.Context(), c, drop.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.List(t.Context(), drop.In)
	return err
}

func addKey(t *testing.T, ring agent.Agent) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
}

// TestDeadAgent: an agent that does not answer costs the time to connect, no more.
func TestDeadAgent(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	c = quick(c)
	c.AgentSocket = filepath.Join(t.TempDir(), "agent")
	l, err := net.Listen("unix", c.AgentSocket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	within(t, 5*time.Second, func() {
		if err := list(t, c); !errors.Is(err, drop.ErrTimeout) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAlgorithms(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	c.Ciphers = []string{ssh.InsecureCipherAES128CBC}
	if err := list(t, c); !errors.Is(err, drop.ErrAlgorithms) {
		t.Errorf("no common cipher: %v", err)
	}
	c.Ciphers = nil
	c.LegacyAlgorithms = []string{"rot13"}
	if err := list(t, c); err == nil || !strings.Contains(err.Error(), "rot13") {
		t.Errorf("unknown legacy algorithm: %v", err)
	}
	c.LegacyAlgorithms = []string{ssh.InsecureCipherAES128CBC, ssh.InsecureKeyExchangeDH1SHA1, ssh.KeyAlgoRSA, ssh.InsecureHMACSHA196}
	if err := list(t, c); err != nil {
		t.Errorf("legacy algorithms allowed by name: %v", err)
	}
}
