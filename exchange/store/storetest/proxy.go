package storetest

import (
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy stands before a PostgreSQL server as a network does: what a client sends
// arrives late. It counts how often a client has sent something and waited.
type Proxy struct {
	delay time.Duration
	trips atomic.Int64
	conns sync.WaitGroup
}

// NewProxy puts a network before the server of dsn, which reaches it through a
// socket, and returns the address of the same schema behind it.
func NewProxy(t testing.TB, dsn string, delay time.Duration) (*Proxy, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	const socket = ".s.PGSQL.5432"
	server, dir := filepath.Join(q.Get("host"), socket), t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{delay: delay}
	p.conns.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.conns.Go(func() { p.serve(client, server) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.conns.Wait()
	})
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	return p, u.String()
}

// Trips is how often a client has waited so far.
func (p *Proxy) Trips() int64 { return p.trips.Load() }

// serve passes on both ways until one side ends.
func (p *Proxy) serve(client net.Conn, path string) {
	server, err := net.Dial("unix", path)
	if err != nil {
		_ = client.Close()
		return
	}
	var answered atomic.Bool // since the client last sent something
	answered.Store(true)
	var ways sync.WaitGroup
	ways.Go(func() {
		defer func() { _ = client.Close() }()
		pass(server, client, func([]byte) { answered.Store(true) })
	})
	type packet struct {
		at   time.Time
		text []byte
	}
	late := make(chan packet, 1024)
	ways.Go(func() {
		defer func() { _ = server.Close() }()
		for x := range late {
			time.Sleep(time.Until(x.at))
			if _, err := server.Write(x.text); err != nil {
				for range late { // until the client has ended, too
				}
			}
		}
	})
	pass(client, nil, func(b []byte) {
		if answered.Swap(false) {
			p.trips.Add(1)
		}
		late <- packet{time.Now().Add(p.delay), append([]byte(nil), b...)}
	})
	close(late)
	ways.Wait()
}

// pass reads from one side until it ends, and writes to the other if there is one.
func pass(from, to net.Conn, each func([]byte)) {
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			each(b[:n])
			if to != nil {
				if _, werr := to.Write(b[:n]); werr != nil {
					return
				}
			}
		}
		if err != nil {
			return
		}
	}
}
