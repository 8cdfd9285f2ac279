package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"carryover/exchange/calendar"
	"carryover/jobs/nightly"
)

func newReportCommand(a *app) *cobra.Command {
	var date string
	c := &cobra.Command{
		Use:   "report [--date D]",
		Short: "The workbook again, of now or as of the end of an earlier business date",
		Long: `Without --date, or with today's, the workbook reports/DATE.xlsx is written again,
as the nightly pass does.

With an earlier date, reports/DATE-as-of.xlsx is written: what stood at the end of
that business date, as far as the store can tell. States of cases are followed
through the journal, letters, forms, files and runs have their days, balances are
the sums of the ledger's entries up to then. What is kept only as it is now
(tracks of form and money, limits, to-do, verdicts of files, the bank's days) is
left out whole, and the first sheet says so. That night's own workbook is never
written over; nothing else is changed.

Language and masking of ID numbers are those of the configuration
(agency.language, agency.mask_ids).

The exit code is 3 when a case had to be left out because its journal does not
lead to where it stands: run audit verify.`,
		Example: `  carryover report
  carryover report --date 2026-03-16`,
		Args: cobra.NoArgs,
		RunE: runs(func(cmd *cobra.Command, _ []string) error { return a.reportAgain(cmd.Context(), date) }),
	}
	c.Flags().StringVar(&date, "date", "", "the business date, yyyy-mm-dd (default: today)")
	return c
}

// reported is what report --json prints.
type reported struct {
	Date   string   `json:"date"`             // business date
	File   string   `json:"file"`             // the workbook written now
	Night  string   `json:"night,omitempty"`  // that night's own workbook, when it is still there
	Untold []string `json:"untold,omitempty"` // cases that had to be left out
}

func (a *app) reportAgain(ctx context.Context, date string) (err error) {
	ag, err := openAgency(ctx, a.config, a.now, a.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	e := ag.env
	day := e.Date
	if date != "" {
		if day, err = calendar.ParseDate(date); err != nil {
			return usageError{fmt.Errorf("--date: %w", err)}
		}
	}
	if day > e.Date {
		return usageError{fmt.Errorf("--date: %s has not been yet", day)}
	}
	done := reported{Date: day.String(), File: e.ReportPath()}
	if day == e.Date {
		_, err = e.Report(ctx) // as the nightly pass: also batches to review, a checkpoint, decisions workbooks
	} else {
		done.File, done.Untold, err = e.LookBack(ctx, day)
		night := nightly.ReportPath(e.On(day))
		if _, missing := os.Stat(night); missing == nil {
			done.Night = night
		}
	}
	if err != nil {
		return err
	}
	return a.printReport(done)
}

func (a *app) printReport(done reported) error {
	if a.json {
		if err := a.printJSON(done); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(a.out, done.File)
		if done.Night != "" {
			fmt.Fprintln(a.err, "that night's own workbook:", done.Night)
		}
	}
	for _, no := range done.Untold {
		fmt.Fprintf(a.err, "left out: %s: its journal does not lead to where it stands\n", no)
	}
	if len(done.Untold) > 0 {
		return errPerson
	}
	return nil
}
