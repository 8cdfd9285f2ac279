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
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"carryover/config"
	"carryover/exchange/atomicfile"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/jobs/audit"
	"carryover/jobs/office"
	"carryover/jobs/signing"
	"carryover/jobs/story"
)

func newAuditCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "audit verify|accept|export",
		Short: "Prove the journal and the ledger, end a finding, export one of them",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("audit: verify, accept FINDING, or export [FILE]")}
		},
	}
	verify := &cobra.Command{
		Use:   "verify",
		Short: "Prove that journal and ledger are as they were written",
		Long: `Proves the journal: every chain from its first event, every payload against
its digest, every case against its chain, all heads, counters and balances
against the last checkpoint and the last that left (countersigned by an officer
with the role audit); and the ledger: every entry sums to zero, every balance is
the sum of its postings. Exit code 1 when something is not as it was written.

With --checkpoint the proof starts from a checkpoint that somebody kept; its
signatures, FILE.OFFICER.sig, are verified where they lie beside it.`,
		Args: cobra.NoArgs,
	}
	kept := verify.Flags().String("checkpoint", "", "the text of a checkpoint that somebody kept")
	verify.RunE = runs(func(cmd *cobra.Command, _ []string) error { return a.auditVerify(cmd.Context(), *kept) })
	accept := &cobra.Command{
		Use:   "accept FINDING --evidence E",
		Short: "End a finding about the store, which stops payments",
		Long: `FINDING is the number that list todo shows. E says what proves that it is known and
harmless. One officer with the role checker (复核) and one with the role audit (审计)
sign the text that is made of both: carryover release, or ssh-keygen in their
folders; a recovery key stands for either. Where nobody ever signed the money
settings (release: automatic) it ends at once.`,
		Args: cobra.ExactArgs(1),
	}
	evidence := accept.Flags().String("evidence", "", "what proves that it is known")
	accept.RunE = runs(func(cmd *cobra.Command, args []string) error { return a.auditAccept(cmd.Context(), args[0], *evidence) })
	c.AddCommand(verify, accept)
	var ledger bool
	export := &cobra.Command{
		Use:   "export [FILE]",
		Short: "The journal as JSON lines, or with --ledger the ledger in plain-text double entry",
		Long: `Writes the journal as JSON lines: everything that an event's hash is made of,
so that another program can prove it too. With --ledger it writes the ledger
as plain-text double entry instead, for hledger check --strict.

FILE is made anew, readable by its owner only; without it, or with -, the
export goes to standard output. The journal names people: treat it as such.`,
		Args: cobra.MaximumNArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			return a.auditExport(cmd.Context(), append(args, "-")[0], ledger)
		}),
	}
	export.Flags().BoolVar(&ledger, "ledger", false, "the ledger instead of the journal")
	c.AddCommand(export)
	return c
}

// auditVerify proves journal and ledger; it changes nothing, and may run beside serve.
func (a *app) auditVerify(ctx context.Context, kept string) (err error) {
	s, err := a.openCurrentStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	left, by, err := a.trusted(ctx, s, kept)
	if err != nil {
		return err
	}
	p := a.newProgress("audit", 0, "events")
	v, err := story.Verify(ctx, s, p.set, left...)
	p.close()
	if err != nil {
		return err
	}
	if len(left) > 0 {
		v.From = &story.TrustedFrom{Checkpoint: left[0].ID, On: left[0].On, By: by}
	}
	return a.printVerified(v)
}

// trusted is the checkpoint from which a proof starts, and who keeps it; none while none has left.
func (a *app) trusted(ctx context.Context, s *store.Store, kept string) (left []journal.Checkpoint, by string, err error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return nil, "", err
	}
	text, signatures := "", map[string]string{}
	if kept != "" {
		content, err := os.ReadFile(kept)
		if err != nil {
			return nil, "", usageError{err}
		}
		text = string(content)
		beside, _ := filepath.Glob(kept + ".*" + seal.Suffix) // of a bad pattern there are none
		for _, name := range beside {
			armored, err := os.ReadFile(name)
			if err != nil {
				return nil, "", err
			}
			signatures[strings.TrimSuffix(name[len(kept)+1:], seal.Suffix)] = string(armored)
		}
	}
	err = s.View(ctx, func(tx *store.Tx) error {
		from, who, ok, err := audit.Trust(readingOffice(c, a.now), tx, text, signatures)
		if by = who; ok {
			left = []journal.Checkpoint{from}
		}
		return err
	})
	return left, by, err
}

// readingOffice is as much of an agency as proving its store takes; it makes no folders.
func readingOffice(c *config.Config, now func() time.Time) *office.Office {
	cal, _ := c.Calendar() // check and every run name its faults
	o := &office.Office{Agency: c.Agency(), Partners: c.Partners(), Lang: c.Settings.Agency.Language, Calendar: cal, Now: now}
	for _, p := range c.Drops() {
		o.Parties = append(o.Parties, party(c, p, slog.New(slog.DiscardHandler)))
	}
	return o.Today()
}

// auditAccept ends a finding, or begins to.
func (a *app) auditAccept(ctx context.Context, finding, evidence string) (err error) {
	n, err := strconv.Atoi(finding)
	if err != nil {
		return usageError{fmt.Errorf("%s is no number of a finding: see carryover list todo", finding)}
	}
	ag, err := a.openToDecide(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	f, err := signing.Accept(ctx, ag.env.Office, n, evidence)
	if err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(map[string]any{"finding": n, "file": f.Name, "accepted": f.Name == ""})
	} else if f.Name == "" {
		fmt.Fprintf(a.out, "finding %d: accepted / 已核销\n", n)
	} else {
		fmt.Fprintf(a.out, "%s: to be signed by 复核 and 审计 / 待复核、审计签名\n", f.Name)
	}
	if err == nil && f.Name != "" {
		return errPerson
	}
	return err
}

func (a *app) printVerified(v story.Verified) error {
	if a.json {
		if err := a.printJSON(story.Worded{Of: v}); err != nil {
			return err
		}
	} else {
		for _, f := range v.Faults {
			fmt.Fprintf(a.out, "fault: %s: %s\n", f.Where(), f.What)
		}
		for _, f := range v.LedgerFaults {
			fmt.Fprintf(a.out, "fault: ledger: %s\n", f)
		}
		fmt.Fprintf(a.out, "journal: %d events in %d chains, %d cases, %d checkpoints, %d faults; ledger: %d faults\n",
			v.Events, v.Chains, v.Cases, v.Checkpoints, v.FaultsTotal, len(v.LedgerFaults))
	}
	if v.From != nil && !a.json {
		fmt.Fprintf(a.out, "trusted from checkpoint %d of %s (%s)\n", v.From.Checkpoint, v.From.On, v.From.By)
	}
	if !v.OK {
		return errors.New("the store is not as it was written: keep it as it is, compare it with the latest backup, and tell who answers for security")
	}
	return nil
}

// auditExport writes the journal or the ledger to a new file, or with "-" to
// standard output, where there is then no JSON document: the export is the output.
func (a *app) auditExport(ctx context.Context, name string, ledger bool) (err error) {
	s, err := a.openCurrentStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	what, n := "journal", int64(0)
	if ledger {
		what = "ledger"
	}
	write := func(w io.Writer) error {
		return s.View(ctx, func(tx *store.Tx) (err error) {
			if ledger {
				n, err = story.ExportLedger(tx, w)
				return err
			}
			p := a.newProgress("export", 0, "events")
			defer p.close()
			n, err = story.ExportJournal(tx, w, p.set)
			return err
		})
	}
	if name == "-" {
		return write(a.data)
	}
	if err := atomicfile.Create(name, func(f *os.File) error { return write(f) }); errors.Is(err, fs.ErrExist) {
		return usageError{fmt.Errorf("%s is there already; name a new file", name)}
	} else if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"file": name, "what": what, "entries": n})
	}
	fmt.Fprintf(a.out, "%s: %d entries of the %s\n", name, n, what)
	return nil
}
