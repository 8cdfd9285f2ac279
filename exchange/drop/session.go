package drop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// session is one SFTP session over a connection that we own. Neither the SSH nor
// the SFTP library knows deadlines; here every request is a step, and a session
// in which steps wait and none makes progress is ended by closing the
// connection, which wakes everything that waits on it.
type session struct {
	conn   *countedConn
	ssh    ssh.Conn
	wire   *wire
	client *sftp.Client

	waiting atomic.Int64 // steps under way
	answers atomic.Int64 // steps that were answered
	content atomic.Int64 // bytes on the line that files account for
	asking  atomic.Bool  // a keepalive is under way
	alive   atomic.Int64 // keepalives that were answered

	mu    sync.Mutex
	cause error // why the session is over
	over  chan struct{}
	wg    sync.WaitGroup
}

// countedConn counts the bytes that pass, as a sign of life, and reads much at a
// time: the SSH library alone takes two calls for every 32 KiB.
type countedConn struct {
	net.Conn
	buf    *bufio.Reader
	passed atomic.Int64
}

// readBuffer holds several SSH packets.
const readBuffer = 256 << 10

func newCountedConn(c net.Conn) *countedConn {
	return &countedConn{Conn: c, buf: bufio.NewReaderSize(c, readBuffer)}
}

func (c *countedConn) Read(b []byte) (int, error) {
	n, err := c.buf.Read(b)
	c.passed.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.passed.Add(int64(n))
	return n, err
}

// closeWait bounds how long close waits for our own goroutines after the
// connection was closed under them.
const closeWait = 2 * time.Second

// looksPerStep is how often the watchdog looks within one step's time.
const looksPerStep = 4

// progress is a number that grows while the other side does something: answers,
// and bytes beyond what keepalives need.
func (s *session) progress() int64 { return s.answers.Load() + s.conn.passed.Load()>>12 }

// run starts the goroutines that watch over the session.
func (s *session) run(step, keepalive time.Duration) {
	s.wg.Go(func() { s.watch(step) })
	s.wg.Go(func() { s.keepAlive(keepalive) })
	s.wg.Go(func() { s.end(fmt.Errorf("%w: %w", ErrLost, s.ssh.Wait())) })
}

// watch ends the session when steps wait and nothing moved for a step's time; or when
// none does, and one keepalive was not answered for as long. While steps wait, an answer
// to a keepalive is no progress: the server may live while its disk hangs.
func (s *session) watch(step time.Duration) {
	tick := time.NewTicker(max(step/looksPerStep, time.Millisecond))
	defer tick.Stop()
	still, last, answered := 0, s.progress(), s.alive.Load()
	for {
		select {
		case <-s.over:
			return
		case <-tick.C:
		}
		now, alive := s.progress(), s.alive.Load()
		idle := s.waiting.Load() == 0 && (alive != answered || !s.asking.Load())
		if now != last || idle {
			still, last, answered = 0, now, alive
			continue
		}
		if still++; still > looksPerStep {
			s.end(fmt.Errorf("%w: nothing moved for %v", ErrTimeout, step))
			return
		}
	}
}

// keepAlive asks for a sign of life now and then; firewalls forget silent
// connections, and a dead server is found before the next step.
func (s *session) keepAlive(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-s.over:
			return
		case <-tick.C:
		}
		s.asking.Store(true)
		_, _, err := s.ssh.SendRequest("keepalive@openssh.com", true, nil)
		if err != nil {
			return
		}
		s.asking.Store(false)
		s.alive.Add(1)
	}
}

// end ends the session for a reason; the first one counts.
func (s *session) end(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return
	}
	s.cause = cause
	close(s.over)
	_ = s.conn.Close()
}

// reason returns why the session is over, nil while it is not.
func (s *session) reason() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// start sends one request in a goroutine of its own and returns where its outcome
// will stand. The goroutine ends with the answer or with the session.
func (s *session) start(request func() error) <-chan error {
	done := make(chan error, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		done <- s.cause
		return done
	}
	s.waiting.Add(1)
	s.wg.Go(func() {
		err := request()
		s.waiting.Add(-1)
		s.answers.Add(1)
		done <- s.explain(err)
	})
	return done
}

// wait waits for a request, but not longer than ctx. What was asked may happen
// all the same.
func (s *session) wait(ctx context.Context, done <-chan error) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// step is one request within ctx.
func (s *session) step(ctx context.Context, request func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.wait(ctx, s.start(request))
}

// explain tells the server's answers from the end of the session.
func (s *session) explain(err error) error {
	var status *sftp.StatusError
	switch {
	case err == nil, errors.Is(err, errEnd), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return err
	case errors.As(err, &status) && status.FxCode() != sftp.ErrSSHFxConnectionLost && status.FxCode() != sftp.ErrSSHFxNoConnection:
		return err
	case errors.Is(err, fs.ErrClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	s.end(fmt.Errorf("%w: %w", ErrLost, err))
	return s.reason()
}

// close ends the session without waiting for the other side.
func (s *session) close() error {
	s.end(ErrClosed)
	gone := make(chan struct{})
	go func() {
		_ = s.client.Close()
		s.wg.Wait()
		close(gone)
	}()
	t := time.NewTimer(closeWait)
	defer t.Stop()
	select {
	case <-gone:
	case <-t.C:
	}
	return nil
}
