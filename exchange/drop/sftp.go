package drop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// SFTP says how to reach a party's server and what it cannot do.
type SFTP struct {
	Addr string // host:port
	User string
	// Root is the drop's folder on the server; relative to where the login
	// lands, or absolute. Empty means where the login lands.
	Root  string
	Paths Paths

	// Signers are our keys, AgentSocket the path of an agent that holds more;
	// together at most maxKeys are offered, these first. Password is asked for at
	// most once per session, when the server wants one.
	Signers     []ssh.Signer
	AgentSocket string
	Password    func() (string, error)

	// KnownHosts is the content of a known_hosts file. A server whose key is not
	// in it is refused.
	KnownHosts []byte
	// Ciphers in order of preference; nil means AES-GCM first, then the
	// others that are not broken.
	Ciphers []string
	// LegacyAlgorithms allows broken algorithms by name (of any kind), for old servers.
	LegacyAlgorithms []string

	// ConnectTimeout bounds the way from nothing to an SFTP session (0: 30 s);
	// StepTimeout how long steps may wait while nothing moves (0: 60 s).
	// Keepalive is the time between signs of life (0: 15 s).
	ConnectTimeout, StepTimeout, Keepalive time.Duration

	// PlainRename: the server has no posix-rename.
	PlainRename bool
	// Sequential: the server ends files early when several blocks are asked for
	// at once. OnShortRead is called when this is found out, at most once; keep it.
	Sequential  bool
	OnShortRead func()
	// ReadOnce: the server hands a file out once; it is not looked at again
	// after it was read.
	ReadOnce bool
}

// maxKeys is how many keys are offered: OpenSSH servers close the connection
// after six attempts, the one without any credentials included.
const maxKeys = 5

// DialSFTP opens a session. Errors to branch on: ErrHostKey (a *HostKeyError with
// the line for known_hosts), ErrAuth (do not try again), ErrAlgorithms, ErrTimeout,
// ErrLost; a refused connection is the error of package net.
func DialSFTP(ctx context.Context, c SFTP, opt Options) (Drop, error) {
	opt = opt.withDefaults()
	c = c.withDefaults()
	h := &remote{conf: c, mode: opt.Mode}
	d, err := newFolders(h, c.Paths, opt)
	if err != nil {
		return nil, fmt.Errorf("sftp %s: %w", c.Addr, err)
	}
	h.session, err = c.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("sftp %s: %w", c.Addr, err)
	}
	h.tune()
	return d, nil
}

func (c SFTP) withDefaults() SFTP {
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, 30*time.Second)
	c.StepTimeout = cmp.Or(c.StepTimeout, 60*time.Second)
	c.Keepalive = cmp.Or(c.Keepalive, 15*time.Second)
	return c
}

// attempt is one try to open a session: what is known about how far it came.
type attempt struct {
	conf    SFTP
	pins    *pins
	stage   string
	refused *HostKeyError // the host key was refused
	trusted bool          // the host key was accepted: what follows is the login
	told    bool          // the password was sent
}

func (c SFTP) dial(ctx context.Context) (*session, error) {
	pins, err := parsePins(c.KnownHosts, c.Addr)
	if err != nil {
		return nil, err
	}
	a := &attempt{conf: c, pins: pins}
	within, cancel := context.WithTimeoutCause(ctx, c.ConnectTimeout, fmt.Errorf("%w: not connected after %v", ErrTimeout, c.ConnectTimeout))
	defer cancel()
	s, err := a.open(within)
	if err == nil {
		return s, nil
	}
	var none *ssh.AlgorithmNegotiationError
	switch {
	case a.refused != nil:
		return nil, a.refused
	case within.Err() != nil:
		return nil, fmt.Errorf("%s: %w", a.stage, context.Cause(within))
	case errors.As(err, &none) && len(pins.keys)+len(pins.authorities) > 0:
		if other := a.otherKey(within); other != nil {
			return nil, other
		}
	}
	return nil, a.explain(err)
}

// explain finds the error callers branch on.
func (a *attempt) explain(err error) error {
	var none *ssh.AlgorithmNegotiationError
	var network net.Error
	broken := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
	switch {
	case a.stage == stageConnect || errors.Is(err, errSetup):
		return fmt.Errorf("%s: %w", a.stage, err)
	case errors.As(err, &none):
		return fmt.Errorf("%w: %w (the server's can be allowed by name)", ErrAlgorithms, err)
	case a.stage == stageLogin && a.trusted && (a.told || !broken):
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	return fmt.Errorf("%s: %w: %w", a.stage, ErrLost, err)
}

// errSetup marks errors on our side, before anything was sent.
var errSetup = errors.New("our own settings")

// The stages of an attempt, for messages.
const (
	stageConnect = "connect"
	stageLogin   = "login"
	stageSFTP    = "start sftp"
)

// open connects, logs in and starts SFTP. When ctx ends, the connection is closed,
// which ends whatever waits.
func (a *attempt) open(ctx context.Context) (*session, error) {
	a.stage = stageConnect
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", a.conf.Addr)
	if err != nil {
		return nil, err
	}
	conn := newCountedConn(raw)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	s, err := a.login(ctx, conn)
	if err == nil && !stop() {
		err = ctx.Err()
	}
	if err != nil {
		stop()
		_ = conn.Close()
		return nil, err
	}
	s.run(a.conf.StepTimeout, a.conf.Keepalive)
	return s, nil
}

func (a *attempt) login(ctx context.Context, conn *countedConn) (*session, error) {
	a.stage = stageLogin
	auth, done, err := a.auth(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	conf, err := a.clientConfig()
	if err != nil {
		return nil, err
	}
	conf.Auth = auth
	sc, chans, reqs, err := ssh.NewClientConn(conn, a.conf.Addr, conf)
	if err != nil {
		return nil, err
	}
	a.stage = stageSFTP
	go ssh.DiscardRequests(reqs)
	go refuseChannels(chans)
	w, err := openWire(sc)
	if err != nil {
		return nil, err
	}
	client, err := sftp.NewClientPipe(w, w)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, ssh: sc, wire: w, client: client, over: make(chan struct{})}, nil
}

// refuseChannels: a server has nothing to open here.
func refuseChannels(chans <-chan ssh.NewChannel) {
	for c := range chans {
		// An error means that the connection ended, and so does this loop.
		_ = c.Reject(ssh.Prohibited, "not here")
	}
}

// auth returns the ways to log in, and what to call when the login is over.
func (a *attempt) auth(ctx context.Context) (methods []ssh.AuthMethod, done func(), err error) {
	done = func() {}
	signers := slices.Clone(a.conf.Signers)
	if a.conf.AgentSocket != "" {
		conn, err := new(net.Dialer).DialContext(ctx, "unix", a.conf.AgentSocket)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: agent: %w", errSetup, err)
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		done = func() { stop(); _ = conn.Close() }
		more, err := agent.NewClient(conn).Signers()
		if err != nil {
			done()
			return nil, nil, fmt.Errorf("%w: agent: %w", errSetup, err)
		}
		signers = append(signers, more...)
	}
	signers = signers[:min(len(signers), maxKeys)]
	for i, s := range signers {
		if signers[i], err = a.modern(s); err != nil {
			done()
			return nil, nil, fmt.Errorf("%w: key: %w", errSetup, err)
		}
	}
	if len(signers) > 0 {
		methods = append(methods, ssh.PublicKeys(signers...))
	}
	if a.conf.Password != nil {
		methods = append(methods, ssh.PasswordCallback(a.password), ssh.KeyboardInteractive(a.answer))
	}
	return methods, done, nil
}

// modern keeps an RSA key from signing with SHA-1, unless that was allowed by name.
func (a *attempt) modern(s ssh.Signer) (ssh.Signer, error) {
	as, ok := s.(ssh.AlgorithmSigner)
	if !ok || s.PublicKey().Type() != ssh.KeyAlgoRSA || slices.Contains(a.conf.LegacyAlgorithms, ssh.KeyAlgoRSA) {
		return s, nil
	}
	return ssh.NewSignerWithAlgorithms(as, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
}

// password is asked for once: a second wrong one brings the partner's lock closer.
func (a *attempt) password() (string, error) {
	if a.told {
		return "", errors.New("the password was refused")
	}
	pw, err := a.conf.Password()
	if err != nil {
		return "", fmt.Errorf("%w: password: %w", errSetup, err)
	}
	a.told = true
	return pw, nil
}

// answer gives the password to a server that asks for it as a question.
func (a *attempt) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	if len(questions) > 1 || echos[0] {
		return nil, errors.New("the server asks for more than a password")
	}
	pw, err := a.password()
	return []string{pw}, err
}
