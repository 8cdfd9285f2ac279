package droptest

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"

	"carryover/exchange/drop"
)

// Fault is what a Proxy does to a connection. Counts are bytes from the
// server to the client; 0 means at once, a negative count never.
type Fault struct {
	CutAfter   int           // close both sides after so many bytes
	StallAfter int           // pass nothing more in either direction after so many bytes
	Slow       time.Duration // by so much each answer of the server comes later
}

// Healthy passes everything.
var Healthy = Fault{CutAfter: -1, StallAfter: -1}

// Proxy stands between a client and a server and behaves as bad networks do.
type Proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	fault Fault
	conns []net.Conn
	wg    sync.WaitGroup
	done  chan struct{}
}

// NewProxy starts a healthy proxy in front of the server that c leads to, and
// returns it with the way through it.
func NewProxy(t testing.TB, c drop.SFTP) (*Proxy, drop.SFTP) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: l, target: c.Addr, fault: Healthy, done: make(chan struct{})}
	p.wg.Go(p.accept)
	t.Cleanup(p.close)
	_, old, _ := net.SplitHostPort(c.Addr)
	_, now, _ := net.SplitHostPort(l.Addr().String())
	c.KnownHosts = bytes.ReplaceAll(c.KnownHosts, []byte("]:"+old), []byte("]:"+now))
	c.Addr = l.Addr().String()
	return p, c
}

// Set changes what happens from now on, to open connections too: the counts go on
// from what has passed on each.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

// linger waits as long as an answer comes later.
func (p *Proxy) linger() {
	p.mu.Lock()
	slow := p.fault.Slow
	p.mu.Unlock()
	time.Sleep(slow)
}

func (p *Proxy) close() {
	close(p.done)
	_ = p.listener.Close()
	p.mu.Lock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.wg.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		l := &link{proxy: p, client: client, server: server}
		p.wg.Go(func() { l.pass(server, client, true) })
		p.wg.Go(func() { l.pass(client, server, false) })
	}
}

// link is one connection through the proxy.
type link struct {
	proxy          *Proxy
	client, server net.Conn
	mu             sync.Mutex
	passed         int // from the server
}

// allowed says how many of n bytes may pass, and what then.
func (l *link) allowed(n int, down bool) (pass int, cut, stall bool) {
	if down {
		l.proxy.linger()
	}
	l.proxy.mu.Lock()
	f := l.proxy.fault
	l.proxy.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	pass = n
	if down {
		for _, limit := range []int{f.CutAfter, f.StallAfter} {
			if limit >= 0 {
				pass = min(pass, max(0, limit-l.passed))
			}
		}
		l.passed += pass
	}
	cut = f.CutAfter >= 0 && l.passed >= f.CutAfter
	stall = f.StallAfter >= 0 && l.passed >= f.StallAfter
	if !down && (cut || stall) {
		pass = 0
	}
	return pass, cut, stall
}

func (l *link) pass(from, to net.Conn, down bool) {
	defer func() { _, _ = l.client.Close(), l.server.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		pass, cut, stall := l.allowed(n, down)
		if _, werr := to.Write(buf[:pass]); werr != nil || cut {
			return
		}
		if stall {
			<-l.proxy.done
			return
		}
		if err != nil {
			return
		}
	}
}
