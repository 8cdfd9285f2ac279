package config

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"embed"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"carryover/exchange/atomicfile"

	"golang.org/x/crypto/ssh"
)

//go:embed folder/*.tmpl
var folderFiles embed.FS

// InitOptions are what a new agency's folder is made of.
type InitOptions struct {
	// Settings is the configuration. Drops that are not given become local
	// folders drops/core, drops/portal, drops/bank and drops/<partner>;
	// accounts that are not given are left open, to be filled in.
	Settings Settings
	// KnownHosts are lines of known_hosts whose keys were checked.
	KnownHosts []string
	// Program is where carryover is installed, for the systemd unit; "" means
	// /usr/local/bin/carryover. User is whom it runs as; "" means carryover.
	Program, User string
}

// SFTPKey is where Init leaves our key for partners' servers; its public
// half stands beside it, with .pub.
const SFTPKey = "keys/sftp_ed25519"

// AllowedSigners is where Init leaves the file for the officers' public keys.
const AllowedSigners = "allowed_signers"

// ErrCode is returned for an area code that cannot name a folder.
var ErrCode = errors.New("is not six digits")

// ErrExists is returned when Init would have to overwrite something.
var ErrExists = errors.New("is there already")

// Init makes a new agency's folder: config.yaml, keys, known_hosts, drops, a
// systemd unit, a snippet for sshd, a README. Folders have mode 0700, files
// 0600. It overwrites nothing: when one of its files is there, nothing is
// made and the error is ErrExists. It returns the files it made and what must
// be filled in before the configuration loads.
func Init(dir string, o InitOptions) (made []string, open []Fault, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("place of the new folder: %w", err)
	}
	o.Settings = complete(o.Settings)
	if err := o.codes(); err != nil {
		return nil, nil, err
	}
	files, err := o.files(dir)
	if err != nil {
		return nil, nil, err
	}
	if err := free(dir, files); err != nil {
		return nil, nil, err
	}
	for _, d := range o.folders(dir) {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, nil, fmt.Errorf("make folder: %w", err)
		}
	}
	for _, f := range files {
		write := func(w *os.File) error { _, err := w.Write(f.content); return err }
		if err := atomicfile.Create(filepath.Join(dir, f.name), write); err != nil {
			return made, nil, fmt.Errorf("make file: %w", err)
		}
		made = append(made, f.name)
	}
	_, err = Load(filepath.Join(dir, "config.yaml"))
	var faulty *Error
	if errors.As(err, &faulty) {
		return made, faulty.Faults, nil
	}
	return made, nil, err
}

// codes refuses codes that would not do as names of folders.
func (o InitOptions) codes() error {
	list := []string{o.Settings.Agency.Code}
	for _, p := range o.Settings.Partners {
		list = append(list, p.Code)
	}
	for i, code := range list {
		if !areaShape.MatchString(code) && (i > 0 || code != "") {
			return fmt.Errorf("area code %q: %w", code, ErrCode)
		}
	}
	return nil
}

// complete adds what a folder needs and the settings leave out.
func complete(s Settings) Settings {
	for _, p := range []struct {
		name  string
		party *Party
	}{{"core", &s.Core}, {"portal", &s.Portal}, {"bank", &s.Bank}} {
		p.party.Drop = orLocal(p.party.Drop, "drops/"+p.name)
	}
	set(&s.Store.DSN, "store/carryover.db") // in a folder of its own, the only one of its kind that the service writes
	s.Partners = slices.Clone(s.Partners)
	for i := range s.Partners {
		p := &s.Partners[i]
		p.Drop = orLocal(p.Drop, "drops/"+p.Code)
		set(&p.Profile, Profile2021)
		if len(p.Accounts) == 0 {
			p.Accounts = []Account{{}}
		}
	}
	if len(s.Accounts.Own) == 0 {
		s.Accounts.Own = []Account{{}}
	}
	return s
}

func orLocal(d Drop, folder string) Drop {
	if d.Local == "" && d.SFTP == nil {
		d.Local = folder
	}
	return d
}

// folders lists the folders to make, those of local drops included.
func (o InitOptions) folders(dir string) []string {
	s := o.Settings
	s.fill()
	c := Config{Dir: dir, Settings: s}
	list := []string{
		dir, c.Abs("keys"), c.Abs("keys/partners"), c.Abs("secrets"), c.Abs("systemd"), c.Abs("sshd"),
		c.Abs(s.Folders.Spool), c.Abs(s.Folders.Reports), c.Abs(s.Calendar.Notices), c.Abs(s.Staff.Drops),
	}
	if !isPostgres(s.Store.DSN) {
		list = append(list, filepath.Dir(c.Abs(s.Store.DSN)))
	}
	for _, d := range c.Drops() {
		if d.Drop.Local != "" {
			for _, sub := range []string{d.Drop.Paths.In, d.Drop.Paths.Out, d.Drop.Paths.Done, d.Drop.Paths.Bad} {
				list = append(list, filepath.Join(c.Abs(d.Drop.Local), filepath.FromSlash(sub)))
			}
		}
	}
	return list
}

type newFile struct {
	name    string
	content []byte
}

// files lists the files to make.
func (o InitOptions) files(dir string) ([]newFile, error) {
	text, err := Render(o.Settings)
	if err != nil {
		return nil, err
	}
	unit := strings.TrimSuffix("carryover-"+o.Settings.Agency.Code, "-")
	private, public, err := newKey(unit)
	if err != nil {
		return nil, err
	}
	files := []newFile{{"config.yaml", text}, {SFTPKey, private}, {SFTPKey + ".pub", public}}
	facts := o.facts(dir, strings.TrimSpace(string(public)))
	facts.Unit = unit
	sealFiles, line, err := newSeal(o.Settings.Agency.Code, unit)
	if err != nil {
		return nil, err
	}
	files, facts.SealLine = append(files, sealFiles...), line
	for _, f := range []struct{ name, template string }{
		{"known_hosts", "known_hosts.tmpl"},
		{AllowedSigners, "allowed_signers.tmpl"},
		{"systemd/" + unit + ".service", "service.tmpl"},
		{"sshd/" + unit + ".conf", "sshd.tmpl"},
		{"README.md", "README.md.tmpl"},
	} {
		content, err := fillIn(f.template, facts)
		if err != nil {
			return nil, err
		}
		files = append(files, newFile{f.name, content})
	}
	schema, err := Schema()
	if err != nil {
		return nil, err
	}
	return append(files, newFile{"config.schema.json", schema}), nil
}

// folderFacts are what the templates speak of.
type folderFacts struct {
	Dir, Unit, Code, Name, Program, User, PublicKey, SealLine string
	KnownHosts                                                []string
	Writes                                                    []string     // folders that the service writes
	Hosted                                                    []hostedDrop // partners that come to us
}

type hostedDrop struct{ Code, Dir string }

func (o InitOptions) facts(dir, public string) folderFacts {
	f := folderFacts{
		Dir: dir, Code: o.Settings.Agency.Code, Name: o.Settings.Agency.Name,
		Program: cmp.Or(o.Program, "/usr/local/bin/carryover"), User: cmp.Or(o.User, "carryover"),
		PublicKey: public, KnownHosts: o.KnownHosts,
	}
	s := o.Settings
	s.fill()
	c := Config{Dir: dir, Settings: s}
	f.Writes = c.writes()
	for _, p := range o.Settings.Partners {
		if p.Drop.Local != "" {
			f.Hosted = append(f.Hosted, hostedDrop{p.Code, c.Abs(p.Drop.Local)})
		}
	}
	return f
}

// writes lists the folders that the service writes: of the store, where it is a file, the spool, the reports, and
// the drops on this machine.
func (c *Config) writes() []string {
	s := &c.Settings
	list := []string{c.Abs(s.Folders.Spool), c.Abs(s.Folders.Reports)}
	if !isPostgres(s.Store.DSN) {
		list = append(list, filepath.Dir(c.Abs(s.Store.DSN)))
	}
	for _, d := range c.Drops() {
		if d.Drop.Local != "" {
			list = append(list, c.Abs(d.Drop.Local))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func fillIn(name string, facts folderFacts) ([]byte, error) {
	t, err := template.ParseFS(folderFiles, "folder/"+name)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, facts); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return b.Bytes(), nil
}

// newSeal makes the key that seals, and the line of allowed_signers by which
// partners know it.
func newSeal(code, comment string) (files []newFile, line string, err error) {
	private, public, err := newKey(comment)
	if err != nil {
		return nil, "", err
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(public)
	if err != nil {
		return nil, "", fmt.Errorf("make key: %w", err)
	}
	files = []newFile{{SealKey, private}, {SealKey + ".pub", public}}
	if code != "" {
		line = SealLine(code, key)
		files = append(files, newFile{"keys/" + code + ".allowed_signers", []byte(line + "\n")})
	}
	return files, line, nil
}

// newKey makes an ed25519 key pair as OpenSSH writes them.
func newKey(comment string) (private, public []byte, err error) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(key, comment)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	half, err := ssh.NewPublicKey(pub)
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	line := strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(half)), "\n") + " " + comment + "\n"
	return pem.EncodeToMemory(block), []byte(line), nil
}

// free makes sure that none of the files is there.
func free(dir string, files []newFile) error {
	var faults []error
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if _, err := os.Lstat(path); err == nil {
			faults = append(faults, fmt.Errorf("%s %w", path, ErrExists))
		} else if !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, fmt.Errorf("look for %s: %w", f.name, err))
		}
	}
	return errors.Join(faults...)
}

// Partner is the setting of a partner by its code, a new one if need be.
func (s *Settings) Partner(code string) *PartnerSetting {
	for i := range s.Partners {
		if s.Partners[i].Code == code {
			return &s.Partners[i]
		}
	}
	s.Partners = append(s.Partners, PartnerSetting{Code: code})
	return &s.Partners[len(s.Partners)-1]
}

// ParseAccount reads an account that is written HOLDER,BANK,NUMBER,CNAPS.
func ParseAccount(text string) (Account, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return Account{}, fmt.Errorf("%q: write HOLDER,BANK,NUMBER,CNAPS", text)
	}
	return Account{Holder: parts[0], Bank: parts[1], AccountNo: parts[2], CNAPS: parts[3]}, nil
}
