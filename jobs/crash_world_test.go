package jobs_test

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/drop/sftpserver"
	"carryover/exchange/seal"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/samples"
)

// The two agencies of a world, and its first day. Nothing in it reaches the
// next month, so that no statements are exchanged.
const (
	oldCode  = samples.OldPlace
	newCode  = samples.NewPlace
	firstDay = calendar.Date(20260302)
)

// world is two agencies, each a folder as init makes it, with cores, portals
// and banks around them. What the agencies and the outside know stands in
// the folder stage, which can be copied away and back at any time between two
// passes. The old place's bank, and the drop between the two agencies, are
// reached by SFTP; every other drop is a local folder.
type world struct {
	base  string // stage, and what is needed to connect
	addr  string
	key   ssh.Signer
	known []byte
	confs map[string]*config.Config
}

func (w *world) stage() string { return filepath.Join(w.base, "stage") }

// newWorld makes a world in an empty folder and serves its drops. A change is
// made to the settings of both agencies.
func newWorld(tb testing.TB, base string, change ...func(*config.Settings)) *world {
	tb.Helper()
	w := &world{base: base}
	w.serve(tb)
	for _, agency := range []string{oldCode, newCode} {
		partner := newCode
		if agency == newCode {
			partner = oldCode
		}
		found(tb, w.stage(), agency, partner, change...)
	}
	introduce(tb, w.stage(), oldCode, newCode)
	introduce(tb, w.stage(), newCode, oldCode)
	newOutside(tb, w.stage(), oldCode).save()
	return w
}

// joinWorld is for another process: the world is served by the one that made it.
func joinWorld(base string) (*world, error) {
	w := &world{base: base}
	addr, err := os.ReadFile(filepath.Join(base, "addr"))
	if err != nil {
		return nil, err
	}
	w.addr = string(addr)
	if w.known, err = os.ReadFile(filepath.Join(base, "known_hosts")); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(base, "key"))
	if err != nil {
		return nil, err
	}
	w.key, err = ssh.ParsePrivateKey(text)
	return w, err
}

// serve starts the SFTP server and leaves beside the stage what it takes to
// connect.
func (w *world) serve(tb testing.TB) {
	tb.Helper()
	var pems [2][]byte
	var signers [2]ssh.Signer
	for i := range signers {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			tb.Fatal(err)
		}
		if signers[i], err = ssh.NewSignerFromKey(key); err != nil {
			tb.Fatal(err)
		}
		block, err := ssh.MarshalPrivateKey(key, "")
		if err != nil {
			tb.Fatal(err)
		}
		pems[i] = pem.EncodeToMemory(block)
	}
	authorized := ssh.MarshalAuthorizedKey(signers[1].PublicKey())
	s, err := sftpserver.Start(context.Background(), sftpserver.Config{HostKey: signers[0], Users: []sftpserver.User{
		{Name: "bank", Root: filepath.Join(w.stage(), oldCode, "drops", "bank"), AuthorizedKeys: authorized},
		{Name: "partner", Root: filepath.Join(w.stage(), oldCode, "drops", newCode), AuthorizedKeys: authorized},
	}}, "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	w.addr, w.key = s.Addr(), signers[1]
	w.known = []byte(knownhosts.Line([]string{knownhosts.Normalize(w.addr)}, signers[0].PublicKey()) + "\n")
	for name, content := range map[string][]byte{"addr": []byte(w.addr), "known_hosts": w.known, "key": pems[1]} {
		if err := os.WriteFile(filepath.Join(w.base, name), content, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

// found makes an agency's folder and the folders of its parties' other ends.
func found(tb testing.TB, stage, code, partner string, change ...func(*config.Settings)) {
	tb.Helper()
	here, there := samples.PlaceOf(code), samples.PlaceOf(partner)
	settle := time.Duration(0)
	party := config.Party{Drop: config.Drop{Settle: &settle}}
	profile := config.Profile2016
	settings := config.Settings{
		Agency: config.AgencySettings{
			Code: code, Name: here.Name, Address: here.Address, PostCode: here.PostCode, Contact: here.Contact, Phone: here.Phone, Checker: "周建平",
		},
		Accounts: config.AccountSettings{Own: []config.Account{accountOf(here)}, Payer: accountOf(here), Release: config.ReleaseAutomatic},
		Core:     party, Portal: party, Bank: party,
		Partners: []config.PartnerSetting{{
			Code: partner, Name: there.Name, Profile: profile, Accounts: []config.Account{accountOf(there)}, Drop: config.Drop{Settle: &settle},
		}},
	}
	for _, c := range change {
		c(&settings)
	}
	_, open, err := config.Init(filepath.Join(stage, code), config.InitOptions{Settings: settings})
	if err != nil || len(open) > 0 {
		tb.Fatal(open, err)
	}
	for _, name := range []string{"core", "portal", "bank", partner} {
		if err := drop.MakeLocal(filepath.Join(stage, code, "drops", name), otherEnd); err != nil {
			tb.Fatal(err)
		}
	}
}

// introduce hands an agency's line of allowed_signers to its partner.
func introduce(tb testing.TB, stage, code, partner string) {
	tb.Helper()
	line, err := os.ReadFile(filepath.Join(stage, code, "keys", code+".allowed_signers"))
	if err == nil {
		err = os.WriteFile(filepath.Join(stage, partner, "keys", "partners", code+".allowed_signers"), line, 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

func accountOf(p samples.Place) config.Account {
	return config.Account{Holder: p.AccountName, Bank: p.BankName, AccountNo: p.AccountNo, CNAPS: p.CNAPS, ValidFrom: 20200101}
}

// otherEnd is a drop as its guest sees it.
var otherEnd = drop.Paths{In: "out", Out: "in", Done: "out/done", Bad: "out/bad"}

func (w *world) config(code string) (*config.Config, error) {
	if c := w.confs[code]; c != nil {
		return c, nil
	}
	c, err := config.Load(filepath.Join(w.stage(), code, "config.yaml"))
	if err != nil {
		return nil, err
	}
	if w.confs == nil {
		w.confs = map[string]*config.Config{}
	}
	w.confs[code] = c
	return c, nil
}

// env opens an agency as the command does, at an instant that does not pass,
// with every call to the outside under the recorder's eyes.
func (w *world) env(code string, at time.Time, r *recorder) (*jobs.Env, error) {
	c, err := w.config(code)
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
	dir := filepath.Join(w.stage(), code)
	s := &c.Settings
	e := &jobs.Env{Office: &office.Office{
		Agency: c.Agency(), Profiles: c.Profiles(), Partners: c.Partners(), Turns: c.Turns(), Calendar: cal, Area: areas.Valid,
		Rules: office.Rules{
			HeldNights: *s.Intake.HeldNights, QueryWD: c.QueryWD(), AutomaticRelease: c.AutomaticRelease(),
			Review: c.Review(), ReviewWD: c.ReviewWD(),
			Parallel: 1, // one call after the other, so that they can be counted
			// Nothing is sent again for want of a receipt: where one could not be
			// worked in time, the file would just be in the drop twice.
			ResendAfter: 0, EscalateAfter: s.Receipts.EscalateAfter,
		},
		SealKey: func(on calendar.Date) (*seal.Key, error) {
			text, err := os.ReadFile(c.SealKeyFile(on))
			if err != nil {
				return nil, err
			}
			return seal.ParseKey(text, nil)
		},
		PartnerSigners: func(partner string) (*seal.Signers, error) {
			path, _ := c.SignersFile(partner)
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			return seal.ParseSigners(text)
		},
		Reports: filepath.Join(dir, s.Folders.Reports), Lang: s.Agency.Language,
		AllowedSigners: func() (string, error) {
			text, err := os.ReadFile(c.AllowedSigners())
			return string(text), err
		},
		Now: func() time.Time { return at }, Date: calendar.DateOf(at), Log: slog.New(r), Outside: r.file,
	}}
	for _, p := range c.Drops() {
		e.Parties = append(e.Parties, w.party(code, p, r))
	}
	for _, folder := range []string{filepath.Join(dir, s.Folders.Spool), e.Reports} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	dsn, err := c.StoreDSN()
	if err != nil {
		return nil, err
	}
	if e.Store, err = store.Open(context.Background(), store.Options{DSN: dsn, BeforeCommit: r.beforeCommit, AfterCommit: r.afterCommit}); err != nil {
		return nil, err
	}
	if err := e.Store.Migrate(context.Background()); err != nil {
		return nil, err
	}
	e.Spool, err = spool.Open(context.Background(), e.Store, spool.Owner{Agency: code}, filepath.Join(dir, s.Folders.Spool))
	return e, err
}

func (w *world) party(code string, p config.PartyDrop, r *recorder) office.Party {
	out := office.Party{Code: p.Party, Role: office.RolePartner, After: p.Drop.After, InFlight: 1}
	switch p.Party {
	case code + "c":
		out.Role = office.RoleCore
	case code + "p":
		out.Role = office.RolePortal
	case code + "b":
		out.Role = office.RoleBank
	}
	root := filepath.Join(w.stage(), code, "drops", filepath.Base(p.Drop.Local))
	if name, ok := exchange.OfficerOf(p.Party); ok {
		out.Role, root = office.RoleOfficer, filepath.Join(w.stage(), code, "drops", "staff", name)
	}
	out.Open = func(context.Context) (drop.Drop, error) {
		return drop.OpenLocal(root, drop.Paths{}, drop.Options{Step: r.drop("drop")})
	}
	switch {
	case p.Party == oldCode+"b":
		out.Open = w.dial("bank", drop.Paths{}, r)
	case code == newCode && p.Party == oldCode:
		out.Open = w.dial("partner", otherEnd, r)
	}
	return out
}

func (w *world) dial(user string, paths drop.Paths, r *recorder) func(context.Context) (drop.Drop, error) {
	return func(ctx context.Context) (drop.Drop, error) {
		if err := r.seam("sftp", "dial:before", user); err != nil {
			return nil, err
		}
		d, err := drop.DialSFTP(ctx, drop.SFTP{Addr: w.addr, User: user, Paths: paths, Signers: []ssh.Signer{w.key}, KnownHosts: w.known},
			drop.Options{Step: r.drop("sftp")})
		if err != nil {
			return nil, err
		}
		if err := r.seam("sftp", "dial:after", user); err != nil {
			d.Close()
			return nil, err
		}
		return d, nil
	}
}

// pass makes one pass of an agency, as `run` does.
func (w *world) pass(code string, at time.Time, r *recorder) error {
	r.step = "begin"
	e, err := w.env(code, at, r)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	_, err = e.Run(context.Background(), jobs.Pass{Steps: jobs.Steps()})
	if err == nil {
		err = overlooked(e.Office)
	}
	if cerr := e.Store.Close(); err == nil {
		err = cerr
	}
	return err
}

// copyTree copies a folder to a new place, with the times of its files. Files
// that are never written to in place are only linked.
func copyTree(tb testing.TB, from, to string) {
	tb.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, info.Mode().Perm())
		}
		inPlace := strings.Contains(d.Name(), ".db") || d.Name() == "outside.json"
		if !inPlace && os.Link(path, target) == nil {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(target, content, info.Mode().Perm()); err != nil {
			return err
		}
		return os.Chtimes(target, info.ModTime(), info.ModTime())
	})
	if err != nil {
		tb.Fatal(err)
	}
}
