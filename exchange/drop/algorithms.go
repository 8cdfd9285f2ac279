package drop

import (
	"context"
	"fmt"
	"net"
	"slices"

	"golang.org/x/crypto/ssh"
)

// ciphers are ours in order of preference: AES-GCM is the fastest wherever
// processors have it.
var ciphers = []string{
	ssh.CipherAES128GCM, ssh.CipherAES256GCM, ssh.CipherChaCha20Poly1305,
	ssh.CipherAES128CTR, ssh.CipherAES192CTR, ssh.CipherAES256CTR,
}

// clientConfig sets algorithms and the check of the host key.
func (a *attempt) clientConfig() (*ssh.ClientConfig, error) {
	usual, broken := ssh.SupportedAlgorithms(), ssh.InsecureAlgorithms()
	for _, name := range a.conf.LegacyAlgorithms {
		known := slices.Concat(broken.Ciphers, broken.KeyExchanges, broken.MACs, broken.HostKeys, broken.PublicKeyAuths)
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%w: %q is not a legacy algorithm; known: %v", errSetup, name, known)
		}
	}
	first := a.conf.Ciphers
	if first == nil {
		first = ciphers
	}
	c := &ssh.ClientConfig{
		User:              a.conf.User,
		HostKeyAlgorithms: a.pins.algorithms(a.legacy(broken.HostKeys)),
		HostKeyCallback:   a.checkHostKey,
	}
	c.Ciphers = append(slices.Clone(first), a.legacy(broken.Ciphers)...)
	if allowed := a.legacy(broken.KeyExchanges); len(allowed) > 0 {
		c.KeyExchanges = append(usual.KeyExchanges, allowed...)
	}
	if allowed := a.legacy(broken.MACs); len(allowed) > 0 {
		c.MACs = append(usual.MACs, allowed...)
	}
	return c, nil
}

// legacy returns those of a list that were allowed by name.
func (a *attempt) legacy(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(name string) bool {
		return !slices.Contains(a.conf.LegacyAlgorithms, name)
	})
}

func (a *attempt) checkHostKey(addr string, from net.Addr, key ssh.PublicKey) error {
	if err := a.pins.check(addr, from, key); err != nil {
		a.refused = err
		return err
	}
	a.trusted = true
	return nil
}

// otherKey asks a server that has none of the pinned kinds of key which one it
// has, so that the error can show it. Nothing is sent to that server but the
// handshake.
func (a *attempt) otherKey(ctx context.Context) *HostKeyError {
	conf, err := a.clientConfig()
	if err != nil {
		return nil
	}
	conf.HostKeyAlgorithms = nil
	var seen *HostKeyError
	conf.HostKeyCallback = func(_ string, _ net.Addr, key ssh.PublicKey) error {
		seen = a.pins.refuse(key, has(a.pins.revoked, key), nil)
		return seen
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", a.conf.Addr)
	if err != nil {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	if sc, _, _, err := ssh.NewClientConn(conn, a.conf.Addr, conf); err == nil {
		_ = sc.Close()
	}
	return seen
}
