package demo

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"carryover/samples/demo/outside"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"carryover/config"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/drop/sftpserver"
	"carryover/exchange/store"
	"carryover/samples"
)

// agency is one of the two: a folder as init makes it, and the Carryover that
// runs there.
type agency struct {
	code, dir, profile string
	bankCarrier        string // of the configuration; "" for messages
	settings           config.Settings
	runner             Runner
	server             *sftpserver.Server // where its partners leave and fetch files
	host               ssh.Signer
	addr               string
	guests             []sftpserver.User
	keys               map[string]ssh.Signer // of the small partners that come here
	officers           []*outside.Officer    // who sign its payments; none: automatic
	recovery           *outside.Officer      // who keeps the recovery key; nil: nobody
}

// config is the path of the agency's configuration.
func (a *agency) config() string { return filepath.Join(a.dir, "config.yaml") }

// drop is the folder of one of its local drops.
func (a *agency) drop(name string) string { return filepath.Join(a.dir, "drops", name) }

// accounts lists the agency's own accounts, the paying one last.
func (a *agency) accounts() []config.Account {
	return append(append([]config.Account(nil), a.settings.Accounts.Own...), a.settings.Accounts.Payer)
}

func newAgency(dir, code, profile string) (*agency, error) {
	host, err := newSigner()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	return &agency{
		code: code, dir: filepath.Join(dir, code), profile: profile, host: host, addr: addr, keys: map[string]ssh.Signer{},
	}, nil
}

func newSigner() (ssh.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return ssh.NewSignerFromKey(key)
}

// freeAddress finds a free port on the loopback interface: it has to stand in
// the partners' configuration before the server runs.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// knownHost is the line by which others recognise the agency's server.
func (a *agency) knownHost() string {
	return knownhosts.Line([]string{knownhosts.Normalize(a.addr)}, a.host.PublicKey())
}

// settle writes the agency's folder.
func (a *agency) settle(partners []config.PartnerSetting, own []config.Account, hosts []string) error {
	place := samples.PlaceOf(a.code)
	seconds := time.Duration(0)
	party := func() config.Party { return config.Party{Drop: config.Drop{Settle: &seconds}} }
	a.settings = config.Settings{
		Rehearsal: true,
		Agency: config.AgencySettings{
			Code: a.code, Name: place.Name, Address: place.Address, PostCode: place.PostCode, Contact: place.Contact, Phone: place.Phone,
			Checker: "周建平",
		},
		Accounts: config.AccountSettings{
			Own: own, Payer: payerOf(place), Release: config.ReleaseAutomatic,
			Others: []config.Other{{Text: "门诊统筹", Reason: "other"}},
		},
		Core: party(), Portal: party(), Bank: party(), Partners: partners,
	}
	a.settings.Bank.Carrier = a.bankCarrier
	for i := range a.settings.Partners {
		a.settings.Partners[i].Drop.Settle = &seconds
	}
	a.staff()
	_, open, err := config.Init(a.dir, config.InitOptions{Settings: a.settings, KnownHosts: hosts})
	if err != nil {
		return err
	}
	if len(open) > 0 {
		return fmt.Errorf("%s: configuration: %v", a.code, open)
	}
	for _, name := range []string{"core", "portal", "bank"} {
		if err := outside.MakeOtherEnd(a.drop(name)); err != nil {
			return err
		}
	}
	return a.admitOfficers()
}

// staff puts the agency's officers into its settings: then its payments wait
// for their signatures.
func (a *agency) staff() {
	if len(a.officers) == 0 {
		return
	}
	seconds := time.Duration(0)
	a.settings.Accounts.Release = config.ReleaseDual
	a.settings.Staff.Settle = &seconds
	if a.recovery != nil {
		a.settings.Staff.RecoveryKeys = []string{strings.TrimSpace(string(ssh.MarshalAuthorizedKey(a.recovery.Key.Public())))}
	}
	for _, o := range a.officers {
		a.settings.Staff.Officers = append(a.settings.Staff.Officers, settingOf(o))
	}
}

// admitOfficers makes the officers' ends of their folders, and their keys known.
func (a *agency) admitOfficers() error {
	if len(a.officers) == 0 {
		return nil
	}
	lines := ""
	for _, o := range a.officers {
		root := a.drop(filepath.Join("staff", o.Name))
		if err := outside.MakeOtherEnd(root); err != nil {
			return err
		}
		o.Dial = outside.LocalDrop(root)
		lines += o.SignersLine()
	}
	f, err := os.OpenFile(filepath.Join(a.dir, config.AllowedSigners), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(lines)
	return errors.Join(err, f.Close())
}

// receiving is the account into which an agency's partners pay.
func receiving(place samples.Place) config.Account {
	return config.Account{
		Holder: place.AccountName, Bank: place.BankName, AccountNo: place.AccountNo, CNAPS: place.CNAPS, ValidFrom: calendar.Date(20200101),
	}
}

// payerOf is the account from which an agency pays.
func payerOf(place samples.Place) config.Account {
	a := receiving(place)
	a.AccountNo = a.AccountNo[:len(a.AccountNo)-2] + "91"
	return a
}

// admit lets a partner log in to its drop on the agency's server.
func (a *agency) admit(area string, key ssh.PublicKey) error {
	root := a.drop(area)
	if err := outside.MakeOtherEnd(root); err != nil {
		return err
	}
	a.guests = append(a.guests, sftpserver.User{Name: "agency" + area, Root: root, AuthorizedKeys: ssh.MarshalAuthorizedKey(key)})
	return nil
}

// admitSmall lets a small partner in with a key of its own.
func (a *agency) admitSmall(area string) error {
	key, err := newSigner()
	if err != nil {
		return err
	}
	a.keys[area] = key
	return a.admit(area, key.PublicKey())
}

// publicKey is the agency's own key as init left it.
func (a *agency) publicKey() (ssh.PublicKey, error) {
	text, err := os.ReadFile(filepath.Join(a.dir, config.SFTPKey+".pub"))
	if err != nil {
		return nil, err
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(text)
	return key, err
}

// serve opens the agency's server for its partners.
func (a *agency) serve(ctx context.Context) (err error) {
	a.server, err = sftpserver.Start(ctx, sftpserver.Config{HostKey: a.host, Users: a.guests}, a.addr)
	return err
}

// dialSmall is how a small partner reaches the agency's server.
func (a *agency) dialSmall(area string) func(context.Context) (drop.Drop, error) {
	return func(ctx context.Context) (drop.Drop, error) {
		return drop.DialSFTP(ctx, drop.SFTP{
			Addr: a.addr, User: "agency" + area, Paths: outside.OtherEnd(), Signers: []ssh.Signer{a.keys[area]}, KnownHosts: []byte(a.knownHost() + "\n"),
		}, drop.Options{})
	}
}

// calendar is the working-day calendar of the agency's configuration.
func (a *agency) calendar() (*calendar.Calendar, error) {
	c, err := config.Load(a.config())
	if err != nil {
		return nil, err
	}
	return c.Calendar()
}

// workingDay is the n-th working day of the demo, from 0.
func workingDay(cal *calendar.Calendar, n int) calendar.Date {
	day := firstDay
	for range n {
		day = cal.Next(day)
	}
	return day
}

// openStore opens the agency's store, for those who prove what it holds.
func (a *agency) openStore(ctx context.Context) (*store.Store, error) {
	c, err := config.Load(a.config())
	if err != nil {
		return nil, err
	}
	dsn, err := c.StoreDSN()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{DSN: dsn})
}
