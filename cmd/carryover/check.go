package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/jobs/audit"
	"carryover/jobs/courier"
	"carryover/jobs/restore"
	"carryover/jobs/signing"
)

func newCheckCommand(a *app) *cobra.Command {
	var connect, limits bool
	var page string
	c := &cobra.Command{
		Use:   "check",
		Short: "What would fail tonight: configuration, calendars, keys, hosts, folders, accounts, clocks",
		Long: `Looks for what would fail tonight, without connecting to anybody; with
--connect each drop is opened and its permissions and abilities are tried out
with small temporary files. Exit code 1: something will fail; 3: somebody
should look at something; 2: the configuration does not load.

--evidence makes one printable page, OUT.xlsx, for whoever approves the
deployment: ports, accounts and who approved them, keys and until when they
count, roles, release and caps, seals off, what is kept, permissions, versions,
limits, the last backup and restore test, and what is open. It is made whatever
was found.`,
		Args: cobra.NoArgs,
		RunE: runs(func(cmd *cobra.Command, _ []string) error { return a.check(cmd.Context(), connect, limits, page) }),
	}
	c.Flags().BoolVar(&connect, "connect", false, "open every drop and try it out")
	c.Flags().StringVar(&page, "evidence", "", "write a page for whoever approves the deployment to this workbook")
	c.Flags().BoolVar(&limits, "limits", true, "print the table of owners and limits")
	return c
}

// checkResult is what check --json prints.
type checkResult struct {
	OK       bool             `json:"ok"` // no faults
	Findings []config.Finding `json:"findings"`
	Limits   []limitRow       `json:"limits"` // also with --limits=false
}

// limitRow is a row of the table of owners and limits.
type limitRow struct {
	Key   string `json:"key"`   // name of the limit in config.yaml
	Owner string `json:"owner"` // whose turn it is, in the agency's language
	WD    int    `json:"wd"`    // working days
	Wait  string `json:"wait"`  // for what
}

// check gathers all findings before it prints any. A fault is exit code 1, a
// warning alone 3; the evidence is written whatever was found.
func (a *app) check(ctx context.Context, connect, limits bool, page string) error {
	c, err := loadConfig(a.config)
	if err != nil {
		return err
	}
	findings := append(config.Check(c, a.now()), checkSeals(c, a.now())...)
	findings = append(findings, checkStore(ctx, c, connect, a.now)...)
	findings = append(findings, checkSigners(c, a.now())...)
	if connect {
		findings = append(findings, probeAll(ctx, c, a.machine)...)
	}
	if page != "" {
		if err := a.writeEvidence(ctx, c, findings, page); err != nil {
			return err
		}
	}
	result := checkResult{OK: true, Findings: findings, Limits: limitRows(c)}
	warned := false
	for _, f := range findings {
		result.OK = result.OK && f.Level != config.LevelFault
		warned = warned || f.Level == config.LevelWarning
	}
	if a.json {
		if err := a.printJSON(result); err != nil {
			return err
		}
	} else {
		printFindings(a.out, findings)
		if limits {
			printLimits(a.out, result.Limits)
		}
	}
	switch {
	case !result.OK:
		return errors.New("check: something will fail, see above")
	case warned:
		return errPerson
	}
	return nil
}

// printFindings prints a line per finding and, below, what to do about it.
func printFindings(w io.Writer, findings []config.Finding) {
	for _, f := range findings {
		fmt.Fprintf(w, "%-7s  %s: %s\n", f.Level, f.Subject, f.Text)
		if f.Todo != "" {
			fmt.Fprintf(w, "         → %s\n", f.Todo)
		}
	}
}

// limitRows are the turns of the configuration in their order.
func limitRows(c *config.Config) (rows []limitRow) {
	lang := c.Settings.Agency.Language
	for _, t := range c.Turns() {
		owner := exchange.TermOf(exchange.OwnerTerms(), string(t.Owner))
		rows = append(rows, limitRow{t.Key, owner.Word(lang), t.WD, t.Wait.Word(lang)})
	}
	return rows
}

// printLimits prints whose turn each state is, and for how many working days.
func printLimits(w io.Writer, rows []limitRow) {
	fmt.Fprintln(w, "\n各状态的责任方与时限（工作日） / whose turn, and within how many working days:")
	for _, r := range rows {
		fmt.Fprintf(w, "  %-22s %3d  %s：%s\n", r.Key, r.WD, r.Owner, r.Wait)
	}
}

// checkStore looks at the schema of a store that is there, and whether it belongs to the
// spool; PostgreSQL is asked only when connecting is allowed, and a SQLite file that is
// missing is not made.
func checkStore(ctx context.Context, c *config.Config, connect bool, now func() time.Time) []config.Finding {
	found := config.Finding{Level: config.LevelFault, Subject: "store"}
	dsn, err := storeDSN(c)
	if err == nil && ((isAddress(dsn) && !connect) || notMadeYet(dsn)) {
		return nil
	}
	have, want := int64(0), int64(0)
	var outside []config.Finding
	if err == nil {
		have, want, outside, err = tryStore(ctx, c, dsn, now)
	}
	var refused *spool.Refused
	switch {
	case errors.As(err, &refused):
		found.Subject, found.Text, found.Todo = "spool", refused.Why, refused.Todo
	case err != nil:
		found.Text = err.Error()
	case have == 0:
		found.Level, found.Text = config.LevelOK, "empty; the first run makes its tables"
	case have != want:
		found.Text, found.Todo = fmt.Sprintf("schema %d, this program needs %d", have, want), "make a backup, then run carryover migrate"
	default:
		found.Level, found.Text = config.LevelOK, fmt.Sprintf("schema %d", have)
	}
	return append([]config.Finding{found}, outside...)
}

// checkAudit says what is known of the store outside the machine.
func checkAudit(ctx context.Context, c *config.Config, s *store.Store, now func() time.Time) (list []config.Finding, err error) {
	o := readingOffice(c, now)
	err = s.View(ctx, func(tx *store.Tx) error {
		stands, err := audit.ReadStanding(o, tx)
		if err != nil {
			return err
		}
		for _, text := range stands.Words(o) {
			list = append(list, config.Finding{Level: config.LevelOK, Subject: "audit", Text: text})
		}
		if len(list) > 0 && stands.Due.Date != 0 && stands.Due.Date < o.Date {
			list[0].Level, list[0].Todo = config.LevelWarning, "an officer with the role audit signs the newest: ssh-keygen -Y sign -n carryover-checkpoint"
		}
		return nil
	})
	return list, err
}

// checkRemoved names what was taken out of the configuration and is needed still.
func checkRemoved(ctx context.Context, c *config.Config, s *store.Store, now func() time.Time) (list []config.Finding, err error) {
	err = s.View(ctx, func(tx *store.Tx) error {
		removed, err := jobs.FindRemoved(readingOffice(c, now), tx)
		for _, r := range removed {
			level := config.LevelWarning
			if r.Lost {
				level = config.LevelFault
			}
			list = append(list, config.Finding{Level: level, Subject: r.Subject, Text: "taken out of the configuration: " + r.Why, Todo: r.Todo})
		}
		return err
	})
	return list, err
}

// checkBehind says whether the store lies behind what is around it, and what of a restoration waits.
func checkBehind(ctx context.Context, c *config.Config, s *store.Store, now func() time.Time) (list []config.Finding) {
	o := readingOffice(c, now)
	o.Store, o.Spool, o.Reports, o.Mark = s, spool.Folder(c.Abs(c.Settings.Folders.Spool)), c.Abs(c.Settings.Folders.Reports), markFile(c)
	if s.Shared() {
		o.Spool = nil
	}
	err := restore.Recognise(ctx, o, false)
	if err != nil {
		list = append(list, config.Finding{Level: config.LevelFault, Subject: "store", Text: err.Error(), Todo: "see carryover restore --help"})
	}
	_ = s.View(ctx, func(tx *store.Tx) error {
		restored, err := signing.ReadRestored(o, tx)
		for _, r := range restored {
			if r.Accepted == nil {
				list = append(list, config.Finding{
					Level: config.LevelWarning, Subject: "store", Text: fmt.Sprintf("restoration %d of %s is not signed: no payment leaves", r.N, r.On),
					Todo: "finance and 复核 sign " + r.File + ": carryover release",
				})
			}
		}
		return err
	})
	return list
}

// tryStore is the schema that a store has, and that this program works with. A store of
// this schema has to belong to the spool: *spool.Refused. What is known of it outside, and what
// it lacks in the configuration, stands in outside.
func tryStore(ctx context.Context, c *config.Config, dsn string, now func() time.Time) (have, want int64, outside []config.Finding, err error) {
	s, err := store.Open(ctx, store.Options{DSN: dsn})
	if err != nil {
		return 0, 0, nil, err
	}
	have, want, err = s.Version(ctx)
	if err == nil && have == want {
		err = spool.Check(ctx, s, owner(c), c.Abs(c.Settings.Folders.Spool))
	}
	if err == nil && have == want {
		outside, err = checkAudit(ctx, c, s, now)
	}
	if err == nil && have == want {
		removed, fault := checkRemoved(ctx, c, s, now)
		outside, err = append(outside, removed...), fault
		outside = append(outside, checkBehind(ctx, c, s, now)...)
	}
	return have, want, outside, errors.Join(err, s.Close())
}

// probeAll tries every drop out, several at once, and keeps their order.
func probeAll(ctx context.Context, c *config.Config, machine func() time.Time) []config.Finding {
	drops := c.Drops()
	found := make([]config.Finding, len(drops))
	slots := make(chan struct{}, c.Settings.Workers.Partners)
	var wait sync.WaitGroup
	for i, d := range drops {
		wait.Go(func() {
			slots <- struct{}{} // as many connections at once as a pass makes
			found[i] = probeDrop(ctx, c, d, machine)
			<-slots
		})
	}
	wait.Wait()
	return found
}

// probeDrop tries one drop out. A server without posix-rename is a warning only:
// with its quirk set it can be worked with.
func probeDrop(ctx context.Context, c *config.Config, p config.PartyDrop, machine func() time.Time) config.Finding {
	tried := courier.Probe(ctx, func(ctx context.Context) (drop.Drop, error) { return openDrop(ctx, c, p.Drop, nil) }, machine)
	f := config.Finding{Level: config.LevelOK, Subject: "connect " + p.Party, Text: "lists, writes, reads, renames, moves"}
	switch {
	case tried.Fault != "":
		f.Level, f.Text, f.Todo = config.LevelFault, tried.Fault, tried.Todo
	case !tried.PosixRename && !p.Drop.Quirks.PlainRename:
		f.Level, f.Text, f.Todo = config.LevelWarning, "the server has no posix-rename", "set quirks.plain_rename: true at "+p.Key
	case tried.Ahead.Abs() > courier.ClockOff:
		f.Level, f.Text = config.LevelWarning, "the clock of its host differs from this machine's by "+tried.Ahead.Abs().Round(time.Second).String()
		f.Todo = "set whichever is wrong by NTP: while this machine's differs from most other hosts, no payment leaves"
	}
	return f
}
