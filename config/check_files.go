package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// files looks at our own folders, the store and local drops.
func (k *checker) files() {
	before := len(k.list)
	s := &k.c.Settings
	k.private("config", k.c.Path, 0o022)
	k.folder("folders.spool", k.c.Abs(s.Folders.Spool), 0o077)
	k.folder("folders.reports", k.c.Abs(s.Folders.Reports), 0o077)
	if !isPostgres(s.Store.DSN) {
		k.database(k.c.Abs(s.Store.DSN))
	}
	for _, d := range k.c.Drops() {
		if d.Drop.After == AfterDelete {
			k.warn(d.Key+".after", "use move, or have the other side keep a copy", "what is taken in is deleted: after a disk was lost nothing of it can be taken in again")
		}
		if d.Drop.Local == "" {
			continue
		}
		for _, sub := range []string{"", d.Drop.Paths.In, d.Drop.Paths.Out, d.Drop.Paths.Done, d.Drop.Paths.Bad} {
			// Partners that log in here share their drop with us by its group.
			k.folder(d.Key, filepath.Join(k.c.Abs(d.Drop.Local), filepath.FromSlash(sub)), 0o007)
		}
	}
	if host, _, err := net.SplitHostPort(s.Serve.Listen); err == nil && !loopback(net.JoinHostPort(host, "0")) {
		k.warn("serve.listen", "use 127.0.0.1 unless a firewall guards it", "%s can be reached from other machines", s.Serve.Listen)
	}
	if len(k.list) == before {
		k.ok("folders", "all there, nobody else may enter")
	}
	k.reserve()
}

// reserve looks whether there is room for what comes.
func (k *checker) reserve() {
	room, err := k.c.Room()
	reserve := *k.c.Settings.Folders.Reserve
	switch {
	case errors.Is(err, fs.ErrNotExist): // the folder is a finding of its own
	case err != nil:
		k.fault("folders.reserve", "", "%v", err)
	case reserve == 0:
		k.warn("folders.reserve", "keep some, such as 512MiB", "no free space is kept in reserve: files are fetched until the disk is full")
	case room <= 0:
		k.fault("folders.reserve", "make room, or lower folders.reserve", "less than %s is free beside the spool: nothing is fetched", reserve)
	default:
		k.ok("folders.reserve", "%s is kept in reserve; %s more may be fetched", reserve, Size(room>>20<<20))
	}
}

func (k *checker) database(path string) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		k.folder("store", filepath.Dir(path), 0o022)
		k.ok("store", "%s is not there yet; the first run makes it", path)
		return
	}
	k.private("store", path, 0o077)
}

// folder looks whether a folder is there, no link, and closed to others, and
// whether we may write in it.
func (k *checker) folder(key, path string, closed fs.FileMode) {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		k.fault(key, "make it: mkdir -p -m 0700 "+path, "no folder %s", path)
		return
	case !info.IsDir():
		k.fault(key, "", "%s is not a folder", path)
		return
	case info.Mode().Perm()&closed != 0:
		k.fault(key, "chmod 0700 "+path, "%s has mode %04o: others may enter", path, info.Mode().Perm())
	}
	probe, err := os.CreateTemp(path, ".carryover-check-*.tmp")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		k.fault(key, "give it to the user that carryover runs as", "cannot write in %s: %v", path, err)
	}
}

// private looks whether a file is there, readable by us and not by others.
func (k *checker) private(key, path string, closed fs.FileMode) bool {
	info, err := os.Stat(path)
	if err == nil {
		var f *os.File
		if f, err = os.Open(path); err == nil {
			err = f.Close()
		}
	}
	if err != nil {
		k.fault(key, "", "cannot read: %v", err)
		return false
	}
	if info.Mode().Perm()&closed != 0 {
		k.fault(key, "chmod 0600 "+path, "%s has mode %04o", path, info.Mode().Perm())
	}
	return true
}

// keys looks at keys, passwords and pinned hosts.
func (k *checker) keys() {
	before, remote := len(k.list), 0
	k.secret("store", k.c.Settings.Store.PasswordFile, k.c.Settings.Store.PasswordEnv)
	for _, d := range k.c.Drops() {
		if s := d.Drop.SFTP; s != nil {
			remote++
			key := d.Key + ".sftp"
			k.secret(key, s.PasswordFile, s.PasswordEnv)
			if s.Key != "" {
				k.key(key+".key", k.c.Abs(s.Key))
			}
			if s.Agent && os.Getenv("SSH_AUTH_SOCK") == "" {
				k.warn(key+".agent", "start ssh-agent for the user that carryover runs as", "no agent in this session")
			}
			k.pinned(key, *s)
		}
	}
	if len(k.list) == before {
		k.ok("keys", "%d servers, each with its key and a pinned host", remote)
	}
}

func (k *checker) secret(key, file, env string) {
	if file != "" {
		k.private(key+".password_file", k.c.Abs(file), 0o077)
	}
	if _, ok := os.LookupEnv(env); env != "" && !ok {
		k.warn(key+".password_env", "set it for the service", "variable %s is not set in this session", env)
	}
}

func (k *checker) key(key, path string) {
	if !k.private(key, path, 0o077) {
		return
	}
	text, err := os.ReadFile(path)
	if err == nil {
		_, err = ssh.ParsePrivateKey(text)
	}
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		k.fault(key, "use a key without one, or an agent", "%s has a passphrase", path)
	case err != nil:
		k.fault(key, "", "%s is not a private key: %v", path, err)
	}
}

// pinned looks whether known_hosts names the server at all.
func (k *checker) pinned(key string, s SFTP) {
	path := k.c.Abs(s.KnownHosts)
	check, err := knownhosts.New(path)
	if err != nil {
		k.fault(key+".known_hosts", "", "%v", err)
		return
	}
	err = check(s.Addr, nowhere{}, noKey{})
	var known *knownhosts.KeyError
	if (!errors.As(err, &known) || len(known.Want) == 0) && !k.authority(path, s.Addr) {
		host, port, _ := net.SplitHostPort(s.Addr)
		todo := fmt.Sprintf("ssh-keyscan -p %s %s, compare the fingerprint by telephone, add the line to %s", port, host, path)
		k.fault(key+".known_hosts", todo, "no key of %s is pinned", s.Addr)
	}
}

// authority reports whether a certificate authority for the address is pinned.
func (k *checker) authority(path, addr string) bool {
	text, err := os.ReadFile(path)
	for err == nil {
		var marker string
		var hosts []string
		marker, hosts, _, _, text, err = ssh.ParseKnownHosts(text)
		for _, h := range hosts {
			match, bad := filepath.Match(h, knownhosts.Normalize(addr))
			if err == nil && bad == nil && match && marker == "cert-authority" {
				return true
			}
		}
	}
	return false
}

// noKey is a key that nobody has: known_hosts answers with those it wants.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }

// nowhere is the address of nobody, which known_hosts wants beside the name.
type nowhere struct{}

func (nowhere) Network() string { return "tcp" }
func (nowhere) String() string  { return "0.0.0.0:1" }
