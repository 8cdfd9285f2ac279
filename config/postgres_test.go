package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"carryover/exchange/store"
	"carryover/exchange/store/storetest"
)

// TestRoadsToPostgreSQL takes the ways to a server that exchange/store/README.md
// describes, and finds the others closed.
func TestRoadsToPostgreSQL(t *testing.T) {
	s := storetest.NewSecure(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"right": s.Password + "\n", "wrong": "guess\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(dir, "other.crt")
	if err := os.WriteFile(other, storetest.OtherCertificate(t), 0o600); err != nil {
		t.Fatal(err)
	}
	network := fmt.Sprintf("postgres://%s@localhost:%d/postgres?sslmode=", s.User, s.Port)
	for _, road := range []struct {
		what, dsn, password string
		open                bool
	}{
		{"by TLS with the password", network + "verify-full&sslrootcert=" + s.Certificate, "right", true},
		{"by the socket", fmt.Sprintf("postgres:///postgres?host=%s&port=%d&user=%s", s.Socket, s.Port, s.User), "", true},
		{"with another password", network + "verify-full&sslrootcert=" + s.Certificate, "wrong", false},
		{"without a password", network + "verify-full&sslrootcert=" + s.Certificate, "", false},
		{"to a server with another certificate", network + "verify-full&sslrootcert=" + other, "right", false},
		{"without TLS", network + "disable", "right", false},
	} {
		c := &Config{Dir: dir}
		c.Settings.Store.DSN, c.Settings.Store.PasswordFile = road.dsn, road.password
		dsn, err := c.StoreDSN()
		if err == nil {
			err = migrated(t.Context(), dsn)
		}
		if (err == nil) != road.open {
			t.Errorf("%s: %v", road.what, err)
		}
	}
}

func migrated(ctx context.Context, dsn string) error {
	s, err := store.Open(ctx, store.Options{DSN: dsn})
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(ctx), s.Close())
}
