package demo

import (
	"context"
	"io"
	"log/slog"
	"os"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs"
)

// wired is a Runner made from a configuration as the commands make it.
type wired struct {
	env *jobs.Env
	now func() time.Time
}

func (r *wired) Pass(ctx context.Context, list []string) error {
	r.env.Date = calendar.DateOf(r.now())
	_, err := r.env.Run(ctx, jobs.Pass{Steps: list})
	return err
}

func (r *wired) Close() error { return r.env.Store.Close() }

func wire(log io.Writer) func(context.Context, string, func() time.Time) (Runner, error) {
	return func(ctx context.Context, path string, now func() time.Time) (Runner, error) {
		c, err := config.Load(path)
		if err != nil {
			return nil, err
		}
		cal, err := c.Calendar()
		if err != nil {
			return nil, err
		}
		areas, err := c.Areas()
		if err != nil {
			return nil, err
		}
		dsn, err := c.StoreDSN()
		if err != nil {
			return nil, err
		}
		s, err := store.Open(ctx, store.Options{DSN: dsn})
		if err != nil {
			return nil, err
		}
		if err := s.Migrate(ctx); err != nil {
			return nil, err
		}
		env := &jobs.Env{
			Agency: c.Agency(), Profiles: c.Profiles(), Partners: c.Partners(), Turns: c.Turns(), Calendar: cal, Area: areas.Valid,
			Rules: jobs.Rules{
				ResendAfter: c.Settings.Receipts.ResendAfter, EscalateAfter: c.Settings.Receipts.EscalateAfter, HeldNights: 5, Parallel: 4, QueryWD: 5,
			},
			Store: s, Spool: c.Abs("spool"), Reports: c.Abs("reports"), Lang: "zh", Now: now,
			Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
		}
		for i, p := range c.Drops() {
			env.Parties = append(env.Parties, jobs.Party{
				Code: p.Party, Role: []jobs.Role{jobs.RoleCore, jobs.RolePortal, jobs.RoleBank, jobs.RolePartner}[min(i, 3)], Open: opener(c, p.Drop),
				After: p.Drop.After, InFlight: p.Drop.Parallel, Carrier: "csv", Encoding: c.Partners()[p.Party].Encoding,
			})
		}
		return &wired{env, now}, nil
	}
}

func opener(c *config.Config, d config.Drop) func(context.Context) (drop.Drop, error) {
	paths := drop.Paths{In: d.Paths.In, Out: d.Paths.Out, Done: d.Paths.Done, Bad: d.Paths.Bad}
	if d.SFTP == nil {
		return func(context.Context) (drop.Drop, error) { return drop.OpenLocal(c.Abs(d.Local), paths, drop.Options{}) }
	}
	return func(ctx context.Context) (drop.Drop, error) {
		text, err := os.ReadFile(c.Abs(d.SFTP.Key))
		if err != nil {
			return nil, err
		}
		key, err := ssh.ParsePrivateKey(text)
		if err != nil {
			return nil, err
		}
		hosts, err := os.ReadFile(c.Abs(d.SFTP.KnownHosts))
		if err != nil {
			return nil, err
		}
		return drop.DialSFTP(ctx, drop.SFTP{
			Addr: d.SFTP.Addr, User: d.SFTP.User, Root: d.SFTP.Root, Paths: paths, Signers: []ssh.Signer{key}, KnownHosts: hosts,
		}, drop.Options{})
	}
}
