package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"carryover/config"
)

// initFlags are what init is told on the command line.
type initFlags struct {
	from, code, name, checker, release string // "": not given, here and below
	account, payer, knownHosts         string
	program, user                      string
	partners, partnerAccounts          []string // CODE=NAME, CODE=HOLDER,BANK,NUMBER,CNAPS
}

func newInitCommand(a *app) *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init DIR",
		Short: "A new agency's folder: commented config.yaml, key, known_hosts, drops, systemd unit, sshd snippet",
		Long: `Makes a new agency's folder. Nothing is overwritten. What is not given here
stays open in config.yaml; the lines to fill in are listed, with exit code 3.

--from takes a file with the keys of config.yaml, of which any may be missing;
the other flags win over it. Accounts are written HOLDER,BANK,NUMBER,CNAPS.`,
		Example: `  carryover init 320500
  carryover init /srv/320500 --code 320500 --name 苏州市医疗保险基金管理中心 --checker 王敏 \
    --account 苏州市财政专户,工商银行苏州分行,1102020109000123456,102100099996 \
    --payer 苏州市医保支出户,招商银行苏州分行,512900000010203,301290000007 \
    --partner 310100=上海市医疗保险事业管理中心 \
    --partner-account 310100=上海市财政专户,农业银行上海分行,03492300040001234,403100000004`,
		Args: cobra.ExactArgs(1),
		RunE: runs(func(_ *cobra.Command, args []string) error { return a.init(args[0], f) }),
	}
	flags := c.Flags()
	flags.StringVar(&f.from, "from", "", "settings to begin with: a YAML file with keys of config.yaml")
	flags.StringVar(&f.code, "code", "", "our six-digit area code (default: DIR's name when it is one)")
	flags.StringVar(&f.name, "name", "", "our full name")
	flags.StringVar(&f.checker, "checker", "", "the responsible officer (复核)")
	flags.StringVar(&f.account, "account", "", "our receiving account")
	flags.StringVar(&f.payer, "payer", "", "the account we pay from (default: the receiving account)")
	flags.StringVar(&f.release, "release", "", `"automatic", when every drop is on this machine`)
	flags.StringArrayVar(&f.partners, "partner", nil, "a partner, CODE=NAME (repeatable)")
	flags.StringArrayVar(&f.partnerAccounts, "partner-account", nil, "a partner's registered account, CODE=ACCOUNT (repeatable)")
	flags.StringVar(&f.knownHosts, "known-hosts", "", "a file of checked host keys to begin with")
	flags.StringVar(&f.program, "program", "/usr/local/bin/carryover", "where the systemd unit finds carryover")
	flags.StringVar(&f.user, "user", "carryover", "whom the systemd unit runs as")
	return c
}

func (a *app) init(dir string, f initFlags) error {
	o, err := f.options(dir)
	if err != nil {
		return usageError{err}
	}
	made, open, err := config.Init(dir, o)
	if errors.Is(err, config.ErrExists) || errors.Is(err, config.ErrCode) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if a.json {
		if open == nil {
			open = []config.Fault{}
		}
		if err := a.printJSON(map[string]any{"dir": dir, "files": made, "open": open}); err != nil {
			return err
		}
	}
	for _, name := range made {
		fmt.Fprintf(a.err, "made %s\n", filepath.Join(dir, name))
	}
	path := filepath.Join(dir, "config.yaml")
	if len(open) == 0 {
		fmt.Fprintf(a.err, "next: carryover -c %s check --connect; then as root what systemd/ says, and the first signatures (README.md)\n", path)
		return nil
	}
	fmt.Fprintf(a.err, "fill in these lines of %s, then run: carryover -c %s check\n", path, path)
	for _, fault := range open {
		fmt.Fprintf(a.err, "  %s\n", fault)
	}
	return errPerson // somebody has to fill in the rest
}

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)

// options are the folder's settings: those of --from with the flags over them.
func (f initFlags) options(dir string) (o config.InitOptions, err error) {
	o = config.InitOptions{Program: f.program, User: f.user}
	if f.from != "" {
		if o.Settings, err = config.ReadSettings(f.from); err != nil {
			return o, err
		}
	}
	if f.knownHosts != "" {
		text, err := os.ReadFile(f.knownHosts)
		if err != nil {
			return o, err
		}
		o.KnownHosts = strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	}
	s := &o.Settings
	override(&s.Agency.Code, f.code)
	if base := filepath.Base(dir); s.Agency.Code == "" && sixDigits.MatchString(base) {
		s.Agency.Code = base
	}
	override(&s.Agency.Name, f.name)
	override(&s.Agency.Checker, f.checker)
	override(&s.Accounts.Release, f.release)
	return o, errors.Join(f.accountSettings(s), f.partnerSettings(s))
}

// accountSettings puts our own accounts into the settings.
func (f initFlags) accountSettings(s *config.Settings) error {
	if f.account != "" {
		own, err := config.ParseAccount(f.account)
		if err != nil {
			return fmt.Errorf("--account: %w", err)
		}
		s.Accounts.Own = []config.Account{own}
		if s.Accounts.Payer.AccountNo == "" { // --from may name another
			s.Accounts.Payer = own
		}
	}
	if f.payer != "" {
		payer, err := config.ParseAccount(f.payer)
		if err != nil {
			return fmt.Errorf("--payer: %w", err)
		}
		s.Accounts.Payer = payer
	}
	return nil
}

// partnerSettings puts partners and their accounts into the settings.
func (f initFlags) partnerSettings(s *config.Settings) error {
	for _, text := range f.partners {
		code, name, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("--partner %q: write CODE=NAME", text)
		}
		p := s.Partner(code) // added when it is new
		p.Name = name
	}
	for _, text := range f.partnerAccounts {
		code, account, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("--partner-account %q: write CODE=HOLDER,BANK,NUMBER,CNAPS", text)
		}
		acct, err := config.ParseAccount(account)
		if err != nil {
			return fmt.Errorf("--partner-account %s: %w", code, err)
		}
		p := s.Partner(code)
		p.Accounts = append(p.Accounts, acct)
	}
	return nil
}

// override replaces a setting by a flag that was given.
func override(setting *string, flag string) {
	if flag != "" {
		*setting = flag
	}
}
