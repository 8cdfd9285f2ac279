package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"carryover/jobs"
	"carryover/samples/demo"
)

func newDemoCommand(a *app) *cobra.Command {
	o := demo.Options{People: 200, Seed: 1, Open: openRunner}
	c := &cobra.Command{
		Use:   "demo",
		Short: "Two agencies with cores, portals and banks, exchanging over real SFTP until every case is closed",
		Args:  cobra.NoArgs,
		RunE:  runs(func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), o) }),
	}
	c.Flags().StringVar(&o.Dir, "dir", "", "a new or empty folder (default: a temporary one, kept)")
	c.Flags().IntVar(&o.People, "people", o.People, "plain people, besides those of the exceptions")
	c.Flags().Int64Var(&o.Seed, "seed", o.Seed, "the same seed makes the same people")
	return c
}

func (a *app) demo(ctx context.Context, o demo.Options) error {
	if o.People < 1 {
		return usageError{errors.New("--people must be at least 1")}
	}
	if o.Dir == "" {
		dir, err := os.MkdirTemp("", "carryover-demo-")
		if err != nil {
			return err
		}
		o.Dir = dir
	}
	o.Out = a.out
	if a.json { // standard output is for the document alone
		o.Out = a.err
	}
	// The world around the agencies lives in this process too: with 20,000
	// people this keeps it well under 512 MiB.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	result, err := demo.Run(ctx, o)
	if err != nil {
		return err
	}
	if a.json {
		if err := a.printJSON(result); err != nil {
			return err
		}
	}
	if !result.OK {
		return fmt.Errorf("the demo did not end as meant; its folder is %s", o.Dir)
	}
	return nil
}

// runner is an agency that the demo runs: the same code path as `run -c`.
type runner struct{ *agency }

func openRunner(ctx context.Context, path string, now func() time.Time) (demo.Runner, error) {
	a, err := openAgency(ctx, path, now, io.Discard)
	if err != nil {
		return nil, err
	}
	return runner{a}, nil
}

// Pass runs jobs now.
func (r runner) Pass(ctx context.Context, steps []string) error {
	r.env.Office = r.env.Today()
	_, err := r.env.Run(ctx, jobs.Pass{Steps: steps})
	return err
}

// Close closes the store.
func (r runner) Close() error { return r.close() }
