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
)

func newShowCommand(a *app) *cobra.Command {
	var reply bool
	var date string
	c := &cobra.Command{
		Use:   "show ID",
		Short: "The whole story of one: case, letter, form, payment, person or file",
		Long: `Shows where something stands, whose turn it is and until when, every version
and part of it, the files that carried it, and what happened so far.

ID is a case_no, letter_no, ID number, personal_no, application_no, form_no,
certificate_no, posting_no, query_no, payment reference, file name or file id.
Several matches (an ID number with several cases) are all shown.

--reply prints, per case, one Chinese paragraph to read out on the phone.

ID numbers are shown whole, here and with --json: the screen is for the staff
who work the case. Logs and error messages always mask them.`,
		Example: `  carryover show 32050020260316000005
  carryover show --reply 11010519491231002X`,
		Args: cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			return a.show(cmd.Context(), args[0], reply, date)
		}),
	}
	c.Flags().BoolVar(&reply, "reply", false, "a paragraph to read out on the phone")
	c.Flags().StringVar(&date, "date", "", "count working days left from this date, yyyy-mm-dd (default: today)")
	return c
}

// shown is what show --json prints.
type shown struct {
	ID           string              `json:"id"`
	Cases        []*jobs.Story       `json:"cases"`
	Files        []*jobs.FileStory   `json:"files"`
	Applications []jobs.Elsewhere    `json:"applications"`
	People       []jobs.StoryInsured `json:"people"`
}

func (a *app) show(ctx context.Context, id string, reply bool, date string) (err error) {
	ag, err := a.openOn(ctx, date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	out := shown{ID: id, Cases: []*jobs.Story{}, Files: []*jobs.FileStory{}}
	err = ag.env.Store.View(ctx, func(tx *store.Tx) error { return out.gather(ag.env, tx) })
	if err != nil {
		return err
	}
	if len(out.Cases)+len(out.Files)+len(out.Applications)+len(out.People) == 0 {
		return fmt.Errorf("nothing here is called %s: check the number; the person's ID number finds all of a person's cases", identity.MaskIn(id))
	}
	if a.json {
		return a.print(out)
	}
	if reply {
		return out.sayReplies(a.out)
	}
	s := screen{a.out, ag.env.Lang}
	for _, c := range out.Cases {
		s.story(c)
	}
	for _, f := range out.Files {
		s.file(f)
	}
	s.others(out)
	return nil
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
	for _, f := range found.Files {
		s, err := env.FileStory(tx, f)
		if err != nil {
			return err
		}
		out.Files = append(out.Files, s)
	}
	out.Applications = env.Elsewhere(found.Applications)
	out.People, err = env.Insured(tx, found)
	return err
}

// sayReplies prints a paragraph per case.
func (out *shown) sayReplies(w io.Writer) error {
	if len(out.Cases) == 0 && len(out.People) == 0 {
		return fmt.Errorf("%s names no case: there is nothing to read out", identity.MaskIn(out.ID))
	}
	var texts []string
	for _, c := range out.Cases {
		texts = append(texts, c.Reply)
	}
	for _, p := range out.People {
		texts = append(texts, p.Reply)
	}
	_, err := fmt.Fprintln(w, strings.Join(texts, "\n\n"))
	return err
}

// direction draws a file's or a case's way.
func direction(side exchange.Side) string {
	if side == exchange.In {
		return "←"
	}
	return "→"
}
