package signing

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/exchange"
	"carryover/exchange/seal"
)

// ReleaseRoles returns the roles with which an officer can release payments at an instant, a
// role for each key that gives it, and when the last of these keys expires; the zero
// time when one of them never does, and when there is no key.
func (s SignerSet) ReleaseRoles(o exchange.Officer, at time.Time) (roles []exchange.Role, ends time.Time) {
	noExpiry := false
	for k, r := range s.granted(o, seal.NamespaceRelease, exchange.Releasing(), at) {
		roles = append(roles, r)
		noExpiry = noExpiry || k.ValidBefore.IsZero()
		if k.ValidBefore.After(ends) {
			ends = k.ValidBefore
		}
	}
	if noExpiry {
		ends = time.Time{}
	}
	return roles, ends
}

// WithKeys are the officers with the roles that their keys give them at an instant.
func (s SignerSet) WithKeys(at time.Time) (list []exchange.Officer) {
	for _, o := range s.Officers {
		o.Roles, _ = s.ReleaseRoles(o, at)
		list = append(list, o)
	}
	return list
}

// SharedKey is a key that is listed for two officers, who are named.
type SharedKey struct{ Fingerprint, One, Other string }

// SharedKeys are the keys of more than one officer, in the order of the file. With
// such a key one person could give both signatures.
func (s SignerSet) SharedKeys() (shared []SharedKey) {
	seen := map[string]string{}
	for _, k := range s.Keys.All() {
		for _, o := range s.Officers {
			if !listedFor(k, o) {
				continue
			}
			if one := seen[k.Fingerprint]; one != "" && one != o.Name {
				shared = append(shared, SharedKey{k.Fingerprint, one, o.Name})
			}
			seen[k.Fingerprint] = o.Name
		}
	}
	return shared
}

// listedFor reports whether a key is listed for an officer with any of the roles.
func listedFor(k seal.Signer, o exchange.Officer) bool {
	return slices.ContainsFunc(o.Roles, func(r exchange.Role) bool { return slices.Contains(k.Principals, o.Principal(r)) })
}

// Bounds of the search for private keys: it is part of carryover check and must end soon
// on a server full of other files. A private key is a few KiB.
const (
	searchedFiles = 20_000   // in all folders together
	searchedSize  = 64 << 10 // bytes of a file
)

// ExposedKeys are the files below some folders that are the private half of a listed
// key and that this process can read: whoever takes over the server could then sign
// payments. Folders of skip are passed over; so is what is beyond the bounds, so an
// empty list proves nothing.
func (s SignerSet) ExposedKeys(folders, skip []string) (found []string) {
	files, seen := 0, map[string]bool{}
	for _, root := range folders {
		// The walk returns no error: fn swallows every one of them.
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // a file that this process cannot read is not exposed to it
			case d.IsDir() && slices.Contains(skip, path):
				return fs.SkipDir
			case !d.Type().IsRegular() || seen[path]:
				return nil
			}
			if files++; files > searchedFiles {
				return fs.SkipAll
			}
			seen[path] = true
			if isPrivateHalf(path, s.Keys) {
				found = append(found, path)
			}
			return nil
		})
	}
	return found
}

// isPrivateHalf reports whether a file is the private half of a listed key, with or
// without a passphrase: OpenSSH's format keeps the public half in the clear. Of a
// locked key in the old PEM format nothing can be said, so it is not reported.
func isPrivateHalf(path string, keys *seal.Signers) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, searchedSize))
	if err != nil || !bytes.Contains(text, []byte("PRIVATE KEY-----")) {
		return false
	}
	var public ssh.PublicKey
	signer, err := ssh.ParsePrivateKey(text)
	var encrypted *ssh.PassphraseMissingError
	switch {
	case err == nil:
		public = signer.PublicKey()
	case errors.As(err, &encrypted):
		public = encrypted.PublicKey
	}
	if public == nil {
		return false
	}
	fingerprint := ssh.FingerprintSHA256(public)
	return slices.ContainsFunc(keys.All(), func(k seal.Signer) bool { return k.Fingerprint == fingerprint })
}
