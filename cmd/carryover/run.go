package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"carryover/exchange/calendar"
	"carryover/jobs"
)

func newRunCommand(a *app) *cobra.Command {
	var date string
	c := &cobra.Command{
		Use:       "run [pull|process|remit|report|push]...",
		Short:     "One pass now: all jobs, or those named, in their order",
		ValidArgs: jobs.Steps(),
		Args:      cobra.OnlyValidArgs,
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			return a.runPass(cmd.Context(), args, date)
		}),
	}
	c.Flags().StringVar(&date, "date", "", "business date, yyyy-mm-dd (default: today)")
	return c
}

func (a *app) runPass(ctx context.Context, named []string, date string) error {
	ag, err := openAgency(ctx, a.config, a.now, a.err)
	if err != nil {
		return err
	}
	defer ag.close()
	if date != "" {
		if ag.env.Date, err = calendar.ParseDate(date); err != nil {
			return usageError{fmt.Errorf("--date %q: write 2026-03-02", date)}
		}
	}
	steps := jobs.Steps()
	if len(named) > 0 {
		steps = inOrder(named)
	}
	run, err := ag.env.Run(ctx, jobs.Pass{Steps: steps})
	if err != nil {
		return err
	}
	attention, err := ag.env.Attention(ctx)
	if err != nil {
		return err
	}
	if a.json {
		if err := a.print(map[string]any{"run": run, "attention": attention}); err != nil {
			return err
		}
	} else {
		for _, name := range sortedNames(run.Counts) {
			fmt.Fprintf(a.err, "%-22s %d\n", name, run.Counts[name])
		}
		for _, text := range attention {
			fmt.Fprintf(a.err, "needs a person: %s\n", text)
		}
	}
	if len(attention) > 0 {
		return errPerson
	}
	return nil
}

// inOrder puts named jobs into the order of a pass.
func inOrder(named []string) []string {
	var steps []string
	for _, step := range jobs.Steps() {
		for _, n := range named {
			if n == step {
				steps = append(steps, step)
				break
			}
		}
	}
	return steps
}
