package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange/atomicfile"
	"carryover/exchange/calendar"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/formats/batch"
	"carryover/jobs/paper"
)

func newPrintCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "print FORM ID | print batch PARTNER",
		Short: "A workbook ready to print, sign and stamp: certificate, letter, information form …",
		Long: `Writes a workbook whose sheets are the pages of a paper form: A4, one page each,
with boxes for signatures and the seal, amounts in figures and Chinese capitals.
The forms are Chinese, as every agency's are, whatever the office's language.

Titles follow the rule profile of the case: those of 人社厅发〔2016〕94号, or of
医保办发〔2021〕43号. A list of stays that is too long goes on on a further page.

ID is the document's own number or whatever names the case, as for show.`,
	}
	for _, k := range paper.Kinds() {
		c.AddCommand(newPrintForm(a, k.Code, k.Chinese, k.English))
	}
	c.AddCommand(newPrintBatch(a))
	return c
}

// printing is what print was asked for.
type printing struct {
	out  string // file or folder; "": here
	date string // of a batch; "": today
	ask  paper.Request
}

// newPrintForm is the command for one kind of form. --version is only of what has
// versions.
func newPrintForm(a *app, kind, chinese, english string) *cobra.Command {
	p := printing{ask: paper.Request{Kind: kind}}
	c := &cobra.Command{
		Use:   kind + " ID",
		Short: english + " (" + chinese + ")",
		Args:  cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			p.ask.ID = args[0]
			return a.printForm(cmd.Context(), p)
		}),
	}
	f := c.Flags()
	f.StringVarP(&p.out, "output", "o", "", "file or folder to write to (default: FORM-NUMBER.xlsx here)")
	f.StringVar(&p.ask.Profile, "profile", "", "titles of this rule profile (default: that of the case)")
	switch kind {
	case "application", "letter", "form", "decline":
		f.IntVar(&p.ask.Version, "version", 0, "version (default: the current one)")
	}
	return c
}

func newPrintBatch(a *app) *cobra.Command {
	p := printing{}
	c := &cobra.Command{
		Use:   "batch PARTNER",
		Short: "all letters, forms and declines sent to a partner on a day, to be posted (移交清单)",
		Long: `Writes one workbook with everything that was sent to a partner on a day: a list
(移交清单) in front, then a sheet per letter, information form and decline. More
than a hundred documents make further workbooks.

With "post: true" at a partner the nightly pass leaves these workbooks in the
folder of reports by itself, for every day that has ended.`,
		Args: cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error { return a.printBatch(cmd.Context(), args[0], p) }),
	}
	c.Flags().StringVarP(&p.out, "output", "o", "", "file or folder to write to (default: post-PARTNER-DATE.xlsx here)")
	c.Flags().StringVar(&p.date, "date", "", "day on which it was sent, yyyy-mm-dd (default: today)")
	return c
}

// printForm writes one form; a file that is there is never written over.
func (a *app) printForm(ctx context.Context, p printing) (err error) {
	ag, err := openAgency(ctx, a.config, a.now, a.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	var made paper.Printed
	err = ag.env.Store.View(ctx, func(tx *store.Tx) (err error) {
		made, err = ag.env.Print(tx, p.ask)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%s %s has no version %d", p.ask.Kind, identity.MaskIn(p.ask.ID), p.ask.Version)
	case err != nil:
		return err
	}
	name, _, err := target(p.out, made.Kind+"-"+made.No+".xlsx", batch.Workbook)
	if err != nil {
		return err
	}
	if err := atomicfile.Create(name, made.Book.Write); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"form": made.Kind, "no": made.No, "case_no": made.Case, "pages": made.Pages, "files": []string{name}})
	}
	return a.printFiles([]string{name})
}

// printBatch writes what was sent to a partner on a day, in as many workbooks as it
// takes; nothing sent is no error.
func (a *app) printBatch(ctx context.Context, partner string, p printing) (err error) {
	ag, err := a.openOn(ctx, p.date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	if _, ok := ag.env.Partners[partner]; !ok {
		return usageError{fmt.Errorf("no partner is called %s: carryover check lists them", partner)}
	}
	day := ag.env.Date
	first, _, err := target(p.out, filepath.Base(ag.env.PostPath(partner, day)(1)), batch.Workbook)
	if err != nil {
		return err
	}
	var made []paper.Posted
	err = ag.env.Store.View(ctx, func(tx *store.Tx) (err error) {
		made, err = ag.env.PrintBatch(tx, partner, day, numbered(first))
		return err
	})
	if err != nil {
		return err
	}
	return a.printPosted(partner, day, made)
}

// numbered names the further workbooks after the first: -2, -3 …
func numbered(first string) func(int) string {
	return func(n int) string {
		if n == 1 {
			return first
		}
		return fmt.Sprintf("%s-%d.xlsx", strings.TrimSuffix(first, ".xlsx"), n)
	}
}

func (a *app) printPosted(partner string, day calendar.Date, made []paper.Posted) error {
	if a.json {
		if made == nil {
			made = []paper.Posted{} // [] in JSON, not null
		}
		return a.printJSON(map[string]any{"partner": partner, "date": day, "workbooks": made})
	}
	if len(made) == 0 {
		fmt.Fprintf(a.err, "nothing was sent to %s on %s\n", partner, day)
		return nil
	}
	for _, m := range made {
		fmt.Fprintf(a.err, "%s: %d documents, %d pages, %s yuan\n", filepath.Base(m.File), m.Documents, m.Pages, m.Total)
		fmt.Fprintln(a.out, m.File)
	}
	return nil
}
