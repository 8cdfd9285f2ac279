package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/courier"
	"carryover/jobs/story"
)

func newRetryCommand(a *app) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "retry FILE",
		Short: "Work a rejected file again, or send a refused or unreceipted one again",
		Long: `FILE is a file's name or its id (carryover list files).

A file that came in and was rejected or quarantined is judged afresh by the
next pass. One of ours that was refused, or has no receipt, is sent again by
the next pass, the same bytes. A payment file whose fate is not known is sent
again at once, but only if it stands in none of the drop's folders, every
payment in it may still be made, and --reason says who found out at the bank
that it never arrived.`,
		Args: cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error { return a.retry(cmd.Context(), args[0], reason, "") }),
	}
	c.Flags().StringVar(&reason, "reason", "", "why; it is journaled, and needed for payment files")
	return c
}

func newQuarantineCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "quarantine list|release FILE",
		Short: "Files quarantined because they could not be worked",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("quarantine: list, or release FILE")}
		},
	}
	c.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "What is quarantined, and why",
		Args:  cobra.NoArgs,
		RunE: runs(func(cmd *cobra.Command, _ []string) error {
			return a.list(cmd.Context(), "files", story.Filter{State: string(exchange.FileQuarantined)}, "")
		}),
	})
	var reason string
	release := &cobra.Command{
		Use:   "release FILE",
		Short: "Let the next pass work a quarantined file",
		Args:  cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			return a.retry(cmd.Context(), args[0], reason, exchange.FileQuarantined)
		}),
	}
	release.Flags().StringVar(&reason, "reason", "", "why; it is journaled")
	c.AddCommand(release)
	return c
}

// retry works or sends a file again; only, when given, is the state it must have.
func (a *app) retry(ctx context.Context, name, reason string, only exchange.FileState) (err error) {
	ctx, ag, closed, err := a.openExclusive(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closed()) }()
	f, err := ag.file(ctx, name)
	if err != nil {
		return err
	}
	if only != "" && f.State != only { // quarantine release must not send anything again
		return fmt.Errorf("%s is not %s but %s", f.Name, only, f.State)
	}
	did, err := ag.env.Retry(ctx, f.ID, reason)
	if errors.Is(err, courier.ErrReason) { // a flag is missing: nothing was tried
		return usageError{err}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	if a.json {
		return a.printJSON(map[string]any{"file": f.Name, "id": f.ID, "did": did})
	}
	fmt.Fprintf(a.out, "%s: %s\n", f.Name, did)
	return nil
}

// file finds the one file that a name or an id names.
func (ag *agency) file(ctx context.Context, name string) (f exchange.File, err error) {
	err = ag.env.Store.View(ctx, func(tx *store.Tx) error {
		f, err = story.FileNamed(tx, name)
		return err
	})
	return f, err
}
