package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/jobs/decision"
)

func newDecideCommand(a *app) *cobra.Command {
	var f decideFlags
	args := map[string]*string{}
	c := &cobra.Command{
		Use:   "decide SUBJECT ACTION",
		Short: "Decide about a case, a credit, a month's netting, a day's cap, a difference or a file, and sign it",
		Long: `SUBJECT is the number of a case or of its letter, the key of a bank entry, a
month (2026-03), with --day a partner's code or an account's number, or the number of a
difference or file, as the action needs it. Without
--key what the decision would come to is shown, and nothing changes. The same
decision twice changes nothing. Who decides about a transfer does not release it.

` + rulesText(),
		Args: cobra.ExactArgs(2),
		RunE: runs(func(cmd *cobra.Command, given []string) error {
			x := exchange.Decision{Subject: given[0], Action: given[1], Reason: f.reason, Officer: f.officer, Args: map[string]string{}}
			for name, value := range args {
				if *value != "" {
					x.Args[name] = *value
				}
			}
			return a.decide(cmd.Context(), x, f)
		}),
	}
	c.Flags().StringVar(&f.reason, "reason", "", "why; it is signed and journaled")
	c.Flags().StringVar(&f.key, "key", "", "the officer's private key")
	c.Flags().StringVar(&f.officer, "officer", "", "who decides (default: whose key it is)")
	c.Flags().StringVar(&f.date, "date", "", dateOfRehearsal)
	for _, t := range exchange.Arguments() { // a flag each, whichever action takes it
		args[t.Code] = c.Flags().String(t.Code, "", t.English+" ("+t.Chinese+")")
	}
	return c
}

// decideFlags are the flags that every action has.
type decideFlags struct{ reason, key, officer, date string }

// dateOfRehearsal explains --date of a command by which an officer decides.
const dateOfRehearsal = "in a rehearsal: the day on which it happens, yyyy-mm-dd (default: today)"

// rulesText lists the actions for the help.
func rulesText() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range exchange.Rules() {
		var about, needs []string
		for _, s := range r.About {
			about = append(about, string(s))
		}
		for _, n := range r.Needs {
			needs = append(needs, "--"+n)
		}
		for _, n := range r.May {
			needs = append(needs, "[--"+n+"]")
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", r.Action, strings.Join(about, ", "), strings.Join(needs, " "))
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

// decide shows what a decision comes to and, with a key, takes it, never twice.
func (a *app) decide(ctx context.Context, x exchange.Decision, f decideFlags) (err error) {
	if strings.TrimSpace(x.Reason) == "" {
		return usageError{errors.New("decide needs --reason")}
	}
	if _, ok := exchange.FindRule(x.Action); !ok {
		return usageError{fmt.Errorf("%q is no action: carryover decide --help lists them", x.Action)}
	}
	ctx, ag, closed, err := a.openExclusive(ctx, f.date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closed()) }()
	x.On = ag.env.Date
	p, err := a.decideSigned(ctx, ag, x, f.key)
	if err != nil {
		return err
	}
	taken := f.key != "" && !p.Already
	if a.json {
		return a.printJSON(map[string]any{
			"action": p.Action, "subject": p.Subject, "case_no": p.CaseNo, "officer": p.Officer, "comes_to": append([]string{}, p.Effects...),
			"taken": taken, "already": p.Already,
		})
	}
	fmt.Fprint(a.out, p.Text)
	switch {
	case p.Already:
		fmt.Fprintln(a.out, "已作过同一决定，未作任何改动 / taken before, nothing changed")
	case taken:
		fmt.Fprintln(a.out, "决定已记录 / decided")
	default:
		fmt.Fprintln(a.out, "尚未签名：加 --key 作出决定 / not taken: sign it with --key")
	}
	return nil
}

// decideSigned prepares a decision and, with a key, signs and takes it; without one
// nothing is written. One that was taken before is not signed again.
func (a *app) decideSigned(ctx context.Context, ag *agency, x exchange.Decision, keyFile string) (decision.Prepared, error) {
	if keyFile == "" {
		if x.Officer == "" {
			x.Officer = "?"
		}
		return ag.env.PrepareDecision(ctx, x)
	}
	key, officer, err := a.signer(ctx, ag, exchange.File{}, keyFile, x.Officer)
	if err != nil {
		return decision.Prepared{}, err
	}
	x.Officer = officer
	p, err := ag.env.PrepareDecision(ctx, x) // its text is what is signed
	if err != nil || p.Already {
		return p, err
	}
	sig, err := key.Sign(strings.NewReader(p.Text), seal.NamespaceDecision)
	if err != nil {
		return p, err
	}
	return ag.env.Decide(ctx, x, sig)
}
