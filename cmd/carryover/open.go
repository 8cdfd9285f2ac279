package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs"
)

// agency is one agency's Carryover, open: its configuration, its store, and
// what a run needs.
type agency struct {
	config *config.Config
	env    *jobs.Env
}

// openAgency reads a configuration and opens what it names. A store that is
// missing is made; one of an older version is refused (carryover migrate).
func openAgency(ctx context.Context, path string, now func() time.Time, logs io.Writer) (*agency, error) {
	c, err := loadConfig(path)
	if err != nil {
		return nil, err
	}
	env, err := newEnv(c, now, logs)
	if err != nil {
		return nil, err
	}
	dsn, err := c.StoreDSN()
	if err != nil {
		return nil, usageError{err}
	}
	if env.Store, err = store.Open(ctx, store.Options{DSN: dsn}); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := prepareStore(ctx, env.Store); err != nil {
		return nil, errors.Join(err, env.Store.Close())
	}
	return &agency{config: c, env: env}, nil
}

// loadConfig reads a configuration; that it cannot be read is a wrong call.
func loadConfig(path string) (*config.Config, error) {
	c, err := config.Load(path)
	var faults *config.Error
	if err != nil && !errors.As(err, &faults) {
		return nil, usageError{fmt.Errorf("%w; name the agency's configuration with -c", err)}
	}
	return c, err
}

// prepareStore makes the schema of a new store and refuses another version's.
func prepareStore(ctx context.Context, s *store.Store) error {
	have, want, err := s.Version(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("store: %w", err)
	case have == 0:
		return s.Migrate(ctx)
	case have != want:
		return usageError{fmt.Errorf("the store has version %d, this program needs %d: make a backup, then run 'carryover migrate'", have, want)}
	}
	return nil
}

func (a *agency) close() error { return a.env.Store.Close() }

// newEnv fills a run's environment from the configuration.
func newEnv(c *config.Config, now func() time.Time, logs io.Writer) (*jobs.Env, error) {
	cal, err := c.Calendar()
	if err != nil {
		return nil, usageError{err}
	}
	areas, err := c.Areas()
	if err != nil {
		return nil, usageError{err}
	}
	s := &c.Settings
	ag := c.Agency()
	env := &jobs.Env{
		Agency: ag, Profiles: c.Profiles(), Partners: c.Partners(), Turns: c.Turns(), Calendar: cal, Area: areas.Valid,
		Rules: jobs.Rules{
			ResendAfter: s.Receipts.ResendAfter, EscalateAfter: s.Receipts.EscalateAfter, HeldNights: *s.Intake.HeldNights,
			Parallel: s.Workers.Partners, QueryWD: 5, AutomaticRelease: c.AutomaticRelease(),
		},
		Spool: c.Abs(s.Folders.Spool), Reports: c.Abs(s.Folders.Reports), Lang: s.Agency.Language,
		Now: now, Date: calendar.DateOf(now().In(ag.Zone)), Log: newLogger(logs, s.Logs),
	}
	for _, dir := range []string{env.Spool, env.Reports} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	for _, p := range c.Drops() {
		env.Parties = append(env.Parties, party(c, p))
	}
	return env, nil
}

// party is one drop as the jobs use it.
func party(c *config.Config, p config.PartyDrop) jobs.Party {
	d := p.Drop
	out := jobs.Party{
		Code: p.Party, Settle: *d.Settle, After: d.After, InFlight: d.Parallel, Flood: p.FilesPerNight, Plain: d.Quirks.PlainRename,
		Open: func(ctx context.Context) (drop.Drop, error) { return openDrop(ctx, c, d) },
	}
	switch code := c.Agency().Code; p.Party {
	case code + "c":
		out.Role = jobs.RoleCore
	case code + "p":
		out.Role = jobs.RolePortal
	case code + "b":
		out.Role = jobs.RoleBank
	default:
		out.Role = jobs.RolePartner
		partner := c.Partners()[p.Party]
		out.Name, out.Encoding, out.Carrier = partner.Name, partner.Encoding, partner.Carrier
	}
	for _, x := range p.Expected {
		out.Expected = append(out.Expected, jobs.Expected(x))
	}
	return out
}

func openDrop(ctx context.Context, c *config.Config, d config.Drop) (drop.Drop, error) {
	paths := drop.Paths{In: d.Paths.In, Out: d.Paths.Out, Done: d.Paths.Done, Bad: d.Paths.Bad}
	if d.SFTP == nil {
		return drop.OpenLocal(c.Abs(d.Local), paths, drop.Options{})
	}
	s := d.SFTP
	conn := drop.SFTP{
		Addr: s.Addr, User: s.User, Root: s.Root, Paths: paths, LegacyAlgorithms: s.Legacy, ConnectTimeout: s.ConnectTimeout,
		StepTimeout: s.StepTimeout, PlainRename: d.Quirks.PlainRename, Sequential: d.Quirks.Sequential, ReadOnce: d.Quirks.ReadOnce,
	}
	var err error
	if conn.KnownHosts, err = os.ReadFile(c.Abs(s.KnownHosts)); err != nil {
		return nil, fmt.Errorf("known hosts: %w", err)
	}
	if s.Key != "" {
		signer, err := readKey(c.Abs(s.Key))
		if err != nil {
			return nil, err
		}
		conn.Signers = []ssh.Signer{signer}
	}
	if s.Agent {
		conn.AgentSocket = os.Getenv("SSH_AUTH_SOCK")
	}
	if s.PasswordFile != "" || s.PasswordEnv != "" {
		conn.Password = func() (string, error) { return c.Secret(s.PasswordFile, s.PasswordEnv) }
	}
	return drop.DialSFTP(ctx, conn, drop.Options{})
}

func readKey(path string) (ssh.Signer, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	signer, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", path, err)
	}
	return signer, nil
}

// newLogger logs as the configuration says, with ID numbers masked.
func newLogger(w io.Writer, l config.Logs) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch v := a.Value.Any().(type) {
		case string:
			a.Value = slog.StringValue(identity.MaskIn(v))
		case error:
			a.Value = slog.StringValue(identity.MaskIn(v.Error()))
		}
		return a
	}}
	if l.Format == "text" {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}
