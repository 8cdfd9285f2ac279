// Package sftpserver is a small SFTP server on the loopback interface, for the demo
// and for tests. Each user has a folder and cannot leave it: every access goes
// through an os.Root. There is no shell, no forwarding, no password; links can
// neither be made nor read. Files are made with mode 0600, folders with 0700.
//
// It is no replacement for OpenSSH in front of a real partner. It offers
// posix-rename, but not fsync@openssh.com, which its protocol library does not know.
package sftpserver

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Config says who may come and where they land.
type Config struct {
	HostKey      ssh.Signer
	MoreHostKeys []ssh.Signer // of other types, for servers that have several
	Users        []User
	// Wrap, when set, may replace the handlers of a session: for partners that
	// behave oddly.
	Wrap func(user string, h sftp.Handlers) sftp.Handlers
}

// User is an account.
type User struct {
	Name string
	Root string // an existing folder; "/" of this user
	// AuthorizedKeys is the content of an authorized_keys file. Options in it are
	// not understood and refused.
	AuthorizedKeys []byte
}

// Bounds of the server.
const (
	maxConns   = 64
	loginGrace = 30 * time.Second
)

// Server is a running server.
type Server struct {
	listener net.Listener
	ssh      *ssh.ServerConfig
	users    map[string]account
	wrap     func(user string, h sftp.Handlers) sftp.Handlers
	stop     func() bool

	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	refuse bool
	closed bool
	wg     sync.WaitGroup
}

type account struct {
	root string
	keys []ssh.PublicKey
}

// Start listens on addr, which must be on the loopback interface ("127.0.0.1:0"
// takes a free port). The server runs until Close, or until ctx ends.
func Start(ctx context.Context, c Config, addr string) (*Server, error) {
	s := &Server{wrap: c.Wrap, users: make(map[string]account), conns: make(map[net.Conn]struct{})}
	if err := s.addUsers(c.Users); err != nil {
		return nil, fmt.Errorf("sftp server: %w", err)
	}
	if c.HostKey == nil {
		return nil, errors.New("sftp server: no host key")
	}
	s.ssh = &ssh.ServerConfig{PublicKeyCallback: s.authorize}
	s.ssh.AddHostKey(c.HostKey)
	for _, k := range c.MoreHostKeys {
		s.ssh.AddHostKey(k)
	}
	if err := checkLoopback(addr); err != nil {
		return nil, fmt.Errorf("sftp server: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("sftp server: %w", err)
	}
	s.listener = l
	s.stop = context.AfterFunc(ctx, func() { _ = s.shut() })
	s.wg.Go(s.accept)
	return s, nil
}

func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s is not on the loopback interface", addr)
	}
	return nil
}

func (s *Server) addUsers(users []User) error {
	for _, u := range users {
		a := account{root: u.Root}
		for rest := bytes.TrimSpace(u.AuthorizedKeys); len(rest) > 0; rest = bytes.TrimSpace(rest) {
			key, _, options, more, err := ssh.ParseAuthorizedKey(rest)
			if err != nil {
				return fmt.Errorf("user %s: authorized keys: %w", u.Name, err)
			}
			if len(options) > 0 {
				return fmt.Errorf("user %s: authorized keys: options are not understood: %v", u.Name, options)
			}
			a.keys = append(a.keys, key)
			rest = more
		}
		if len(a.keys) == 0 {
			return fmt.Errorf("user %s: no authorized key", u.Name)
		}
		if _, twice := s.users[u.Name]; twice || u.Name == "" {
			return fmt.Errorf("user %q: name is empty or given twice", u.Name)
		}
		s.users[u.Name] = a
	}
	return nil
}

func (s *Server) authorize(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	for _, k := range s.users[c.User()].keys {
		if subtle.ConstantTimeCompare(k.Marshal(), key.Marshal()) == 1 {
			return &ssh.Permissions{}, nil
		}
	}
	return nil, fmt.Errorf("user %q: key not authorized", c.User())
}

// Addr returns host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// SetRefuse makes the server look down: sessions are cut and new connections
// closed before a banner, until it is called with false.
func (s *Server) SetRefuse(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = down
	if down {
		s.cut()
	}
}

// cut closes all connections; the lock is held.
func (s *Server) cut() {
	for c := range s.conns {
		_ = c.Close()
	}
}

// Close ends all sessions and returns when nothing of the server runs any more.
func (s *Server) Close() error {
	s.stop()
	err := s.shut()
	s.wg.Wait()
	return err
}

func (s *Server) shut() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.cut()
	return s.listener.Close()
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // out of descriptors: others will end
			continue
		}
		if s.admit(c) {
			s.wg.Go(func() {
				s.serve(c)
				s.forget(c)
			})
		}
	}
}

// admit takes a connection into the books, or closes it.
func (s *Server) admit(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.refuse || len(s.conns) >= maxConns {
		_ = c.Close()
		return false
	}
	s.conns[c] = struct{}{}
	return true
}

func (s *Server) forget(c net.Conn) {
	_ = c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}
