package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"carryover/exchange/store"
	"carryover/jobs/nightly"
)

func newReportCommand(a *app) *cobra.Command {
	var date string
	c := &cobra.Command{
		Use:   "report [--date D]",
		Short: "The workbook again, of now; of an earlier date, that night's own kept workbooks",
		Long: `Without --date, or with today's, the workbook reports/DATE.xlsx is written again,
with all else that the nightly pass does in its step report. No pass may be under
way.

With an earlier date nothing is made: the workbooks that are kept of that date are
listed, as they were made then. These are the nightly one, what was sent that
day by post, and the decisions workbooks for officers, copied beside them. The exit
code is 1 when none is kept.

Language and masking of ID numbers are those of the configuration
(agency.language, agency.mask_ids) when the workbook was made.`,
		Example: `  carryover report
  carryover report --date 2026-03-16`,
		Args: cobra.NoArgs,
		RunE: runs(func(cmd *cobra.Command, _ []string) error { return a.reportOf(cmd.Context(), date) }),
	}
	c.Flags().StringVar(&date, "date", "", "the business date, yyyy-mm-dd (default: today)")
	return c
}

// reportOf makes today's workbooks again, or finds those of an earlier date.
func (a *app) reportOf(ctx context.Context, date string) (err error) {
	day, err := parseDay(date)
	if err != nil {
		return err
	}
	ag, err := openAgency(ctx, a.config, a.now, a.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	switch today := ag.env.Date; {
	case day > today:
		return usageError{fmt.Errorf("--date: %s has not been yet", day)}
	case day == 0 || day == today:
		day = today
		held, unlock, err := ag.env.Spool.LockPasses(ctx)
		if err != nil {
			return err
		}
		_, err = ag.env.Report(held)
		if err = errors.Join(err, unlock()); err != nil {
			return err
		}
	}
	var kept []nightly.Kept
	err = ag.env.Store.View(ctx, func(tx *store.Tx) (err error) {
		kept, err = nightly.KeptOf(ag.env.Office, tx, day)
		return err
	})
	switch {
	case err != nil:
		return err
	case len(kept) == 0:
		return fmt.Errorf("no workbook of %s is kept in %s", day, ag.env.Reports)
	case a.json:
		return a.printJSON(map[string]any{"date": day, "files": kept})
	}
	for _, f := range kept {
		fmt.Fprintln(a.err, f.Name)
		fmt.Fprintln(a.out, f.Path)
	}
	return nil
}
