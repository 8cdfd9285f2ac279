package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"carryover/exchange/atomicfile"
	"carryover/exchange/store"
	"carryover/jobs/story"
)

func newAuditCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "audit verify|export",
		Short: "Prove the journal and the ledger, or export one of them",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return usageError{errors.New("audit: verify, or export [FILE]")} },
	}
	c.AddCommand(&cobra.Command{
		Use:   "verify",
		Short: "Prove that journal and ledger are as they were written",
		Long: `Proves the journal: every chain from its first event, every payload against
its digest, every case against its chain, all heads against the last
checkpoint; and the ledger: every entry sums to zero, every balance is the sum
of its postings. Exit code 1 when something is not as it was written.`,
		Args: cobra.NoArgs,
		RunE: runs(func(cmd *cobra.Command, _ []string) error { return a.auditVerify(cmd.Context()) }),
	})
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
func (a *app) auditVerify(ctx context.Context) (err error) {
	s, err := a.openCurrentStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	p := a.newProgress("audit", 0, "events")
	v, err := story.Verify(ctx, s, p.set)
	p.close()
	if err != nil {
		return err
	}
	return a.printVerified(v)
}

func (a *app) printVerified(v story.Verified) error {
	if a.json {
		if err := a.printJSON(story.Worded{Of: v}); err != nil {
			return err
		}
	} else {
		for _, f := range v.Faults {
			where := fmt.Sprintf("%s event %d", f.Chain, f.N)
			if f.Chain == "" { // a checkpoint, over all chains
				where = fmt.Sprintf("checkpoint %d", f.N)
			}
			fmt.Fprintf(a.out, "fault: %s: %s\n", where, f.What)
		}
		for _, f := range v.LedgerFaults {
			fmt.Fprintf(a.out, "fault: ledger: %s\n", f)
		}
		fmt.Fprintf(a.out, "journal: %d events in %d chains, %d cases, %d checkpoints, %d faults; ledger: %d faults\n",
			v.Events, v.Chains, v.Cases, v.Checkpoints, v.FaultsTotal, len(v.LedgerFaults))
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
