package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/jobs/courier"
)

func newMarkSentCommand(a *app) *cobra.Command {
	var m markFlags
	c := &cobra.Command{
		Use:   "mark-sent FILE",
		Short: "End the unknown fate of a payment file by an officer's evidence",
		Long: `FILE is the name or the id of a payment file whose upload was cut, so that it is
not known whether the bank has it (carryover list files --state sending); or,
with --not-sent, of one that was left in the bank's drop and that the bank, asked
why it does not settle, says it never had.

An officer with the role finance or checker says what became of it and signs
that: with --evidence, who at the bank said so and when. The payments are then
at the bank; with --not-sent they are due again, in a new file with new numbers,
which needs new signatures. --not-sent is refused while a file of this name
stands in the bank's drop, and once the bank has answered to it.`,
		Args: cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error { return a.markSent(cmd.Context(), args[0], m) }),
	}
	c.Flags().StringVar(&m.evidence, "evidence", "", "who said so, when, and where it is written down")
	c.Flags().StringVar(&m.key, "key", "", "the officer's private key")
	c.Flags().StringVar(&m.officer, "officer", "", "whose decision it is (default: whose key it is)")
	c.Flags().StringVar(&m.date, "date", "", dateOfRehearsal)
	c.Flags().BoolVar(&m.not, "not-sent", false, "the bank never had it")
	return c
}

// markFlags are the flags of mark-sent.
type markFlags struct {
	evidence, key, officer, date string
	not                          bool
}

// markSent records what became of a payment file whose fate is unknown.
func (a *app) markSent(ctx context.Context, name string, m markFlags) (err error) {
	if m.key == "" || m.evidence == "" { // there is no look without signing, unlike decide
		return usageError{errors.New("mark-sent needs --evidence and --key")}
	}
	ctx, ag, closed, err := a.openExclusive(ctx, m.date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closed()) }()
	f, err := ag.file(ctx, name)
	if err != nil {
		return err
	}
	mark, err := a.signMark(ctx, ag, f, m)
	if err != nil {
		return err
	}
	outcome := "sent"
	if m.not {
		outcome = "not-sent"
	}
	if a.json {
		return a.printJSON(map[string]any{"file": f.Name, "id": f.ID, "officer": mark.Officer, "outcome": outcome})
	}
	fmt.Fprintf(a.out, "%s: %s, says %s\n", f.Name, outcome, mark.Officer)
	return nil
}

// signMark signs an officer's word on a file and records it.
func (a *app) signMark(ctx context.Context, ag *agency, f exchange.File, m markFlags) (courier.Mark, error) {
	mark := courier.Mark{File: f, Officer: m.officer, Sent: !m.not, Evidence: m.evidence}
	if err := mark.Check(); err != nil { // before anybody is asked for a passphrase
		return mark, err
	}
	key, officer, err := a.signer(ctx, ag, f, m.key, m.officer)
	if err != nil {
		return mark, err
	}
	mark.Officer = officer
	sig, err := key.Sign(strings.NewReader(mark.Text(ag.env.Agency.Code)), seal.NamespaceDecision)
	if err != nil {
		return mark, err
	}
	return mark, ag.env.MarkSent(ctx, mark, sig)
}
