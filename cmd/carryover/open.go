package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/jobs/office"
)

// agency is one agency's Carryover, open: its configuration, its store, and
// what a run needs. Whoever opens it closes it.
type agency struct {
	config  *config.Config
	env     *jobs.Env
	onClose func() error // called after the store is closed; may be nil
}

// openAgency reads a configuration and opens what it names. A store that is
// missing is made; one of another schema version is a usageError (carryover
// migrate). No lock is taken: see openExclusive.
func openAgency(ctx context.Context, path string, now func() time.Time, logs io.Writer) (*agency, error) {
	c, err := loadConfig(path)
	if err != nil {
		return nil, err
	}
	return openConfigured(ctx, c, owner(c), now, logs)
}

// openConfigured is openAgency with a configuration that is read, and whose store it is.
func openConfigured(ctx context.Context, c *config.Config, of spool.Owner, now func() time.Time, logs io.Writer) (*agency, error) {
	dsn, err := storeDSN(c)
	if err != nil {
		return nil, err
	}
	env, err := newEnv(c, now, logs)
	if err != nil {
		return nil, err
	}
	if env.Store, err = store.Open(ctx, store.Options{DSN: dsn}); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err = prepareStore(ctx, env.Store, c.Abs(c.Settings.Folders.Spool), waiting(env.Log)); err == nil {
		env.Spool, err = spool.Open(ctx, env.Store, of, c.Abs(c.Settings.Folders.Spool))
	}
	if err != nil {
		return nil, errors.Join(err, env.Store.Close())
	}
	return &agency{config: c, env: env}, nil
}

// keepsAll is a usageError while something was taken out of the configuration that a pass would lose.
func (a *agency) keepsAll(ctx context.Context) error {
	return a.env.Store.View(ctx, func(tx *store.Tx) error {
		removed, err := jobs.FindRemoved(a.env.Office, tx)
		for _, r := range removed {
			if r.Lost {
				err = errors.Join(err, usageError{fmt.Errorf("%s was taken out of the configuration: %s; %s", r.Subject, r.Why, r.Todo)})
			}
		}
		return err
	})
}

// storeDSN is where the store is, for the user whose it is (config.CheckUser).
func storeDSN(c *config.Config) (string, error) {
	dsn, err := c.StoreDSN()
	if err == nil {
		err = c.CheckUser()
	}
	if err != nil {
		return "", usageError{err}
	}
	return dsn, nil
}

// owner is whose the configuration says that store and spool are.
func owner(c *config.Config) spool.Owner {
	return spool.Owner{Agency: c.Agency().Code, Rehearsal: c.Agency().Rehearsal}
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

// prepareStore makes the schema of a new store, alone, and refuses another version's: there is no way
// back from a migration, so that a person begins it.
func prepareStore(ctx context.Context, s *store.Store, dir string, waits func()) error {
	have, want, err := s.Version(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("store: %w", err)
	case have == want:
		return nil
	case have > want: // nobody makes it older
		return wrongVersion(have, want)
	}
	return spool.Alone(ctx, s, dir, waits, func(ctx context.Context) error {
		have, want, err := s.Version(ctx) // somebody else may have made it meanwhile
		switch {
		case err != nil:
			return fmt.Errorf("store: %w", err)
		case have == 0:
			return s.Migrate(ctx) // nothing to lose yet
		case have != want:
			return wrongVersion(have, want)
		}
		return nil
	})
}

// wrongVersion refuses a store of another version than this program's.
func wrongVersion(have, want int64) error {
	if have > want {
		return usageError{fmt.Errorf("the store has schema %d, this program only knows %d: use the newer program", have, want)}
	}
	return usageError{fmt.Errorf("the store has version %d, this program needs %d: make a backup, then run 'carryover migrate'", have, want)}
}

// waiting says that a store is another process's for the moment.
func waiting(log *slog.Logger) func() {
	return func() { log.Warn("another process makes a pass or changes the store: waiting for it") }
}

// close closes the store first: onClose may remove the folder that it lies in.
func (a *agency) close() error {
	err := a.env.Store.Close()
	if a.onClose != nil {
		err = errors.Join(err, a.onClose())
	}
	return err
}

// openExclusive opens the agency for a command that changes what passes work on:
// no pass is made until closed is called, or held ends. The lock belongs to the spool,
// and ends when the process dies; while another holds it, that is the error.
// The date is as openToDecide takes it.
func (a *app) openExclusive(ctx context.Context, date string) (held context.Context, ag *agency, closed func() error, err error) {
	if ag, err = a.openToDecide(ctx, date); err != nil {
		return nil, nil, nil, err
	}
	held, unlock, err := ag.env.Spool.LockPasses(ctx)
	if err != nil {
		return nil, nil, nil, errors.Join(err, ag.close())
	}
	return held, ag, func() error { return errors.Join(unlock(), ag.close()) }, nil
}

// openToDecide opens the agency for what an officer does now; only in a rehearsal on
// another date, which is the clock then.
func (a *app) openToDecide(ctx context.Context, date string) (*agency, error) {
	ag, err := a.openOn(ctx, date)
	if err == nil && date != "" && !ag.env.Agency.Rehearsal {
		err = usageError{errors.New("--date: officers decide and sign on the day that it is; only a rehearsal (rehearsal: true) chooses it")}
		return nil, errors.Join(err, ag.close())
	}
	return ag, err
}

// newEnv fills a run's environment from the configuration: all but store and spool.
// Folders are made for their owner only, as files in them name people.
func newEnv(c *config.Config, now func() time.Time, logs io.Writer) (*jobs.Env, error) {
	cal, err := c.Calendar()
	if err != nil {
		return nil, usageError{err}
	}
	areas, err := c.Areas()
	if err != nil {
		return nil, usageError{err}
	}
	passes, err := c.Passes(cal)
	if err != nil {
		return nil, usageError{err}
	}
	s := &c.Settings
	ag := c.Agency()
	env := &jobs.Env{Office: &office.Office{
		Agency: ag, Profiles: c.Profiles(), Partners: c.Partners(), Turns: c.Turns(), Calendar: cal, Area: areas.Valid, AreaName: areas.Name,
		Rules: office.Rules{
			ResendAfter: s.Receipts.ResendAfter, EscalateAfter: s.Receipts.EscalateAfter, HeldNights: *s.Intake.HeldNights, StatementWD: *s.Intake.StatementsWD, LargestFile: int64(s.Intake.LargestFile), Companions: *s.Intake.Companions,
			Parallel: s.Workers.Partners, QueryWD: c.QueryWD(), AutomaticRelease: c.AutomaticRelease(),
			Review: c.Review(), ReviewWD: c.ReviewWD(),
			NextRun: func(after time.Time) time.Time {
				next, _ := passes.Next(after) // without a schedule the zero time
				return next.At
			},
		},
		SealKey: sealKey(c), PartnerSigners: signersOf(c), Room: c.Room,
		Reports: c.Abs(s.Folders.Reports), Mark: markFile(c), Lang: s.Agency.Language, MaskIDs: s.Agency.MaskIDs,
		AllowedSigners: allowedSigners(c),
		Now:            now, Date: calendar.DateOf(now().In(ag.Zone)), Log: office.NewLogger(logs, s.Logs.Level, s.Logs.Format),
	}}
	env.Progress = office.LogProgress(env.Log, now, lineEvery)
	for _, dir := range []string{c.Abs(s.Folders.Spool), env.Reports} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	for _, p := range c.Drops() {
		env.Parties = append(env.Parties, party(c, p, env.Log))
	}
	return env, nil
}

// markFile is where a pass says how far the store has come: among the reports, which no backup
// brings back.
func markFile(c *config.Config) string {
	return filepath.Join(c.Abs(c.Settings.Folders.Reports), ".store-"+c.Agency().Code)
}

// party is one drop as the jobs use it. Who is behind it follows from the code:
// the agency's own with c, p or b for core, portal and bank, an
// officer's, or else a partner.
func party(c *config.Config, p config.PartyDrop, log *slog.Logger) office.Party {
	d := p.Drop
	out := office.Party{
		Code: p.Party, Settle: *d.Settle, After: d.After, InFlight: d.Parallel, Flood: p.FilesPerNight, FloodBytes: int64(p.BytesPerNight), Plain: d.Quirks.PlainRename,
		Open: opener(c, p, log), Address: dropAddress(d), Host: d.Host(),
	}
	switch code := c.Agency().Code; p.Party {
	case code + "c":
		out.Role, out.Name = office.RoleCore, "业务系统"
	case code + "p":
		out.Role, out.Name = office.RolePortal, "服务门户"
	case code + "b":
		out.Role, out.Name = office.RoleBank, "银行"
	case code + "a":
		out.Role, out.Name = office.RoleAudit, "异机留存"
	default:
		if name, ok := exchange.OfficerOf(p.Party); ok {
			officer, _ := c.Agency().Officer(name) // there: drops of officers are made from the same list
			out.Role, out.Name = office.RoleOfficer, officer.FullName
			break
		}
		out.Role = office.RolePartner
		partner := c.Partners()[p.Party]
		out.Name, out.Encoding, out.Carrier = partner.Name, partner.Encoding, partner.Carrier
	}
	for _, x := range p.Expected {
		out.Expected = append(out.Expected, office.Expected(x))
	}
	return out
}

// dropAddress is where a drop is, as the configuration says it. The bank's is one
// of the money settings that officers sign: when these words change, so does what
// was approved, and every agency has to sign anew.
func dropAddress(d config.Drop) string {
	if d.SFTP != nil {
		return fmt.Sprintf("sftp %s@%s %s %s", d.SFTP.User, d.SFTP.Addr, d.SFTP.Root, d.Paths.Out)
	}
	return d.Local + " " + d.Paths.Out
}

// allowedSigners reads the officers' public keys, anew each time, as they are
// changed while serve runs; a missing file is one without keys.
func allowedSigners(c *config.Config) func() (string, error) {
	return func() (string, error) {
		text, err := os.ReadFile(c.AllowedSigners())
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		return string(text), err
	}
}

// opener opens a party's drop, again and again. That a server answers short
// (ends a file before its size when blocks are asked for in parallel) is
// remembered from one opening to the next, and until the process ends.
func opener(c *config.Config, p config.PartyDrop, log *slog.Logger) func(context.Context) (drop.Drop, error) {
	var short atomic.Bool
	return func(ctx context.Context) (drop.Drop, error) {
		d := p.Drop
		d.Quirks.Sequential = d.Quirks.Sequential || short.Load()
		return openDrop(ctx, c, d, func() {
			short.Store(true)
			log.Warn("the server ends files early: reading one block after the other", "party", p.Party,
				"hint", "set quirks.sequential: true at "+p.Key)
		})
	}
}

// openDrop opens a drop; onShort, which may be nil, is called when its server is
// found to answer short. A password is read only when the server asks for one.
func openDrop(ctx context.Context, c *config.Config, d config.Drop, onShort func()) (drop.Drop, error) {
	paths := drop.Paths{In: d.Paths.In, Out: d.Paths.Out, Done: d.Paths.Done, Bad: d.Paths.Bad, Taken: d.Paths.OutDone}
	if d.SFTP == nil {
		root := c.Abs(d.Local)
		return drop.OpenLocal(root, paths, drop.Options{Mode: fileMode(filepath.Join(root, filepath.FromSlash(paths.Out)))})
	}
	s := d.SFTP
	conn := drop.SFTP{
		Addr: s.Addr, User: s.User, Root: s.Root, Paths: paths, LegacyAlgorithms: s.Legacy, ConnectTimeout: s.ConnectTimeout,
		StepTimeout: s.StepTimeout, PlainRename: d.Quirks.PlainRename, Sequential: d.Quirks.Sequential, ReadOnce: d.Quirks.ReadOnce,
		OnShortRead: onShort,
	}
	var err error
	if conn.KnownHosts, err = os.ReadFile(c.Abs(s.KnownHosts)); err != nil {
		return nil, fmt.Errorf("known hosts: %w", err)
	}
	if s.Key != "" { // without a passphrase: nobody is there at night to type it
		signer, err := config.ReadKey(c.Abs(s.Key))
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

// fileMode is the mode of files in a local drop: a partner that logs in here
// shares the folder with us by its group and must be able to read them.
func fileMode(out string) fs.FileMode {
	if info, err := os.Stat(out); err == nil && info.Mode()&0o040 != 0 {
		return 0o640
	}
	return 0o600
}
