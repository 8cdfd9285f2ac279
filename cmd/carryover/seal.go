package main

import (
	"fmt"
	"os"

	"carryover/config"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
)

// sealKey reads the key that seals on a date, anew each time: a key that was
// changed is the changed one from then on.
func sealKey(c *config.Config) func(calendar.Date) (*seal.Key, error) {
	return func(on calendar.Date) (*seal.Key, error) { return readSealKey(c.SealKeyFile(on)) }
}

// readSealKey reads a key without a passphrase: files are sealed when nobody is there.
func readSealKey(path string) (*seal.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	key, err := seal.ParseKey(text, nil)
	if err != nil {
		return nil, fmt.Errorf("seal key %s: %w", path, err)
	}
	return key, nil
}

// signersOf reads who may sign for a partner, anew each time, as sealKey.
func signersOf(c *config.Config) func(string) (*seal.Signers, error) {
	return func(partner string) (*seal.Signers, error) {
		path, ok := c.SignersFile(partner)
		if !ok {
			return nil, fmt.Errorf("%s is no partner", partner)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("signers of %s: %w", partner, err)
		}
		signers, err := seal.ParseSigners(text)
		if err != nil {
			return nil, fmt.Errorf("signers of %s, %s: %w", partner, path, err)
		}
		return signers, nil
	}
}
