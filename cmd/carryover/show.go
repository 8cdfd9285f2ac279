package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs/screen"
	"carryover/jobs/story"
)

func newShowCommand(a *app) *cobra.Command {
	var f showFlags
	c := &cobra.Command{
		Use:   "show ID",
		Short: "The whole story of one: case, letter, form, payment, person or file",
		Long: `Shows on one screen where something stands, whose turn it is, until when and
how that was counted, and what happened so far. With --all every version and
part of it follows, what was asked of the core, and the files that carried it.

ID is a case_no, letter_no, ID number, personal_no, application_no, form_no,
certificate_no, posting_no, query_no, payment reference, the bank's number of a
booking, file name or file id.
Several matches (an ID number with several cases) are all shown, one case in
full and of several a list first. When nothing is called so, what has it as a
part of its number (four characters or more), or as its name, is listed; a
single one is shown.

--reply prints, per case, payment or file, one Chinese paragraph to read out on
the phone; it names no ID number and no account.

ID numbers are shown whole, here and with --json: the screen is for the staff
who work the case. Logs and error messages always mask them.`,
		Example: `  carryover show 32050020260316000005
  carryover show --reply 11010519491231002X
  carryover show 000005`,
		Args: cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error { return a.show(cmd.Context(), args[0], f) }),
	}
	c.Flags().BoolVar(&f.reply, "reply", false, "a paragraph to read out on the phone")
	c.Flags().BoolVar(&f.all, "all", false, "every version, posting, query, file and event, too")
	c.Flags().StringVar(&f.date, "date", "", "count working days left from this date, yyyy-mm-dd (default: today)")
	return c
}

type showFlags struct {
	reply, all bool
	date       string // "": today
}

// show prints the story of what id names. Errors mask an ID number: they end in logs.
func (a *app) show(ctx context.Context, id string, f showFlags) (err error) {
	ag, err := a.openOn(ctx, f.date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	var out *story.Stories
	err = ag.env.Store.View(ctx, func(tx *store.Tx) (err error) {
		out, err = story.Gather(ag.env.Office, tx, id)
		return err
	})
	if err != nil {
		return err
	}
	none := out.Empty()
	if none && len(out.Similar.Cases)+len(out.Similar.Files) == 0 {
		return fmt.Errorf("nothing here is called %s: check the number; the person's ID number finds all of a person's cases", identity.MaskIn(id))
	}
	switch {
	case a.json:
		err = a.printJSON(story.Worded{Office: ag.env.Office, Of: out})
	case f.reply && !none: // what is only similar is never read out
		return printReplies(a.out, out)
	default:
		screen.Screen{Out: a.out, Office: ag.env.Office}.Stories(out, f.all)
	}
	if err == nil && none {
		return fmt.Errorf("nothing here is called %s; what has it as a part is listed, at most %d of each", identity.MaskIn(id), story.MaxSimilar)
	}
	return err
}

// openOn opens the agency as of a date, today when none is given.
func (a *app) openOn(ctx context.Context, date string) (*agency, error) {
	on, err := parseDay(date)
	if err != nil {
		return nil, err
	}
	ag, err := openAgency(ctx, a.config, a.now, a.err)
	if err == nil && on != 0 {
		ag.env.Office = ag.env.On(on)
	}
	return ag, err
}

// printReplies prints what to read out; an error when there is nothing.
func printReplies(w io.Writer, out *story.Stories) error {
	if text := strings.Join(out.Replies(), "\n\n"); text != "" {
		_, err := fmt.Fprintln(w, text)
		return err
	}
	return fmt.Errorf("there is nothing to read out about %s: ask for the person's ID number and show that", identity.MaskIn(out.ID))
}
