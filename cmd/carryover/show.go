package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs"
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
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			return a.show(cmd.Context(), args[0], f)
		}),
	}
	c.Flags().BoolVar(&f.reply, "reply", false, "a paragraph to read out on the phone")
	c.Flags().BoolVar(&f.all, "all", false, "every version, posting, query, file and event, too")
	c.Flags().StringVar(&f.date, "date", "", "count working days left from this date, yyyy-mm-dd (default: today)")
	return c
}

type showFlags struct {
	reply, all bool
	date       string
}

// shown is what show --json prints, and all that its screen tells.
type shown struct {
	ID           string             `json:"id"`
	Cases        []*story.Case      `json:"cases"`
	Payments     []*story.Payment   `json:"payments"`
	Files        []*story.File      `json:"files"`
	Applications []story.Elsewhere  `json:"applications"`
	People       []story.InsuredRow `json:"people"`
	Entries      []story.Entry      `json:"bank_entries"`
	Waiting      []story.LookRow    `json:"waiting"` // a file of that name lies in a drop and is not taken in yet
	Like         like               `json:"like"`    // when nothing is called so
}

// like is what has a part of a number, or a name.
type like struct {
	Cases []story.CaseRow `json:"cases"`
	Files []story.FileRow `json:"files"`
}

// found counts what is called so.
func (out *shown) found() int {
	return len(out.Cases) + len(out.Payments) + len(out.Files) + len(out.Applications) + len(out.People) + len(out.Entries) + len(out.Waiting)
}

func (a *app) show(ctx context.Context, id string, f showFlags) (err error) {
	ag, err := a.openOn(ctx, f.date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	out := shown{
		ID: id, Cases: []*story.Case{}, Payments: []*story.Payment{}, Files: []*story.File{}, Waiting: []story.LookRow{},
		Like: like{Cases: []story.CaseRow{}, Files: []story.FileRow{}},
	}
	err = ag.env.Store.View(ctx, func(tx *store.Tx) error { return out.gather(ag.env, tx) })
	if err != nil {
		return err
	}
	none := out.found() == 0
	if none && len(out.Like.Cases)+len(out.Like.Files) == 0 {
		return fmt.Errorf("nothing here is called %s: check the number; the person's ID number finds all of a person's cases", identity.MaskIn(id))
	}
	switch {
	case a.json:
		err = a.print(out)
	case f.reply && !none:
		return out.sayReplies(a.out)
	default:
		newScreen(a.out, ag.env.Lang).shown(&out, f.all)
	}
	if err == nil && none {
		return fmt.Errorf("nothing here is called %s; what has it as a part is listed, at most %d of each", identity.MaskIn(id), story.Likeness)
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
		ag.env.Date = on
	}
	return ag, err
}

func (out *shown) gather(env *jobs.Env, tx *store.Tx) error {
	found, err := env.Find(tx, out.ID)
	if err != nil {
		return err
	}
	for _, c := range found.Cases {
		s, err := env.Story(tx, c)
		if err != nil {
			return err
		}
		out.Cases = append(out.Cases, s)
	}
	for _, p := range found.Payments {
		s, err := env.PaymentStory(tx, p)
		if err != nil {
			return err
		}
		out.Payments = append(out.Payments, s)
	}
	for _, f := range found.Files {
		s, err := env.FileStory(tx, f)
		if err != nil {
			return err
		}
		out.Files = append(out.Files, s)
	}
	out.Applications = env.Elsewhere(found.Applications)
	out.Waiting = env.Waiting(found.Looks)
	if out.Entries, err = env.Entries(tx, found.Entries); err != nil {
		return err
	}
	if out.People, err = env.Insured(tx, found); err != nil || !found.Empty() {
		return err
	}
	if out.Like.Cases, out.Like.Files, err = env.Like(tx, out.ID); err != nil || len(out.Like.Cases) != 1 || len(out.Like.Files) > 0 {
		return err
	}
	return out.only(env, tx)
}

// only tells the whole story of the one case that has what was asked for as a
// part of a number, or as the name.
func (out *shown) only(env *jobs.Env, tx *store.Tx) error {
	c, err := tx.Case(out.Like.Cases[0].CaseNo)
	if err != nil {
		return err
	}
	s, err := env.Story(tx, c)
	out.Cases, out.Like.Cases = append(out.Cases, s), []story.CaseRow{}
	return err
}

// sayReplies prints what to read out: a paragraph per case, person, payment
// and file; of those about which nothing is told, that.
func (out *shown) sayReplies(w io.Writer) error {
	var texts []string
	for _, c := range out.Cases {
		texts = append(texts, c.Reply)
	}
	for _, p := range out.People {
		texts = append(texts, p.Reply)
	}
	for _, x := range out.Applications {
		texts = append(texts, x.Reply)
	}
	for _, p := range out.Payments {
		texts = append(texts, p.Reply)
	}
	for _, f := range out.Files {
		texts = append(texts, f.Reply)
	}
	for _, x := range out.Waiting {
		texts = append(texts, x.Reply)
	}
	if text := join("\n\n", texts...); text != "" {
		_, err := fmt.Fprintln(w, text)
		return err
	}
	return fmt.Errorf("there is nothing to read out about %s: ask for the person's ID number and show that", identity.MaskIn(out.ID))
}

// direction draws a file's or a case's way.
func direction(side exchange.Side) string {
	if side == exchange.In {
		return "←"
	}
	return "→"
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}
