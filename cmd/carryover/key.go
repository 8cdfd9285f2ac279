package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"carryover/exchange"
	"carryover/exchange/seal"
)

// passphraseEnv names the variable that may hold the passphrase of an
// officer's key, where nobody can be asked.
const passphraseEnv = "CARRYOVER_KEY_PASSPHRASE"

// officerKey reads an officer's private key. One with a passphrase is opened
// with that of the variable, or the terminal is asked.
func (a *app) officerKey(path string) (*seal.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError{fmt.Errorf("--key: %w", err)}
	}
	key, err := seal.ParseKey(text, []byte(os.Getenv(passphraseEnv)))
	if errors.Is(err, seal.ErrPassphrase) && os.Getenv(passphraseEnv) == "" { // a wrong one in the variable is an error
		phrase, askErr := a.askPassphrase(path)
		if askErr != nil {
			return nil, askErr
		}
		key, err = seal.ParseKey(text, phrase)
	}
	if err != nil {
		return nil, usageError{fmt.Errorf("--key %s: %w", path, err)}
	}
	return key, nil
}

// askPassphrase asks on the terminal, never in a pipe, where it would wait for ever.
func (a *app) askPassphrase(path string) ([]byte, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return nil, usageError{fmt.Errorf("--key %s has a passphrase: set %s, or use a terminal", path, passphraseEnv)}
	}
	fmt.Fprintf(a.err, "passphrase of %s: ", path)
	phrase, err := term.ReadPassword(in)
	fmt.Fprintln(a.err) // the terminal did not echo the line's end
	if err != nil {
		return nil, fmt.Errorf("read the passphrase: %w", err)
	}
	return phrase, nil
}

// signer reads an officer's key for signing f, and whose it is: named, or else found
// out. The zero File is for anything that is no file.
func (a *app) signer(ctx context.Context, ag *agency, f exchange.File, path, named string) (*seal.Key, string, error) {
	key, err := a.officerKey(path)
	if err != nil || named != "" {
		return key, named, err
	}
	o, ok, err := ag.env.KeyOwner(ctx, f, key.Fingerprint())
	if err == nil && !ok {
		err = fmt.Errorf("key %s is no officer's: compare allowed_signers and staff.officers; changes of them count once they are approved", key.Fingerprint())
	}
	return key, o.Name, err
}
