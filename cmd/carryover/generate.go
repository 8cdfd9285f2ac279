package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange/atomicfile"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/samples"
)

// generation is what generate was asked for.
type generation struct {
	records  int // of one batch
	people   int // of whole drops
	seed     int64
	dir      string // of whole drops
	agency   string // whose drops: a six-digit area code
	encoding string // of a CSV: utf-8 or gb18030
	options  samples.Options
}

func newGenerateCommand(a *app) *cobra.Command {
	g := generation{}
	c := &cobra.Command{
		Use:   "generate KIND --records N [--seed S] OUT | generate --people N --dir D",
		Short: "Write a valid batch of made-up records, or all that an agency finds in its drops",
		Long: "Write a valid batch of made-up records, or all that an agency finds in its drops.\n\n" +
			"The same seed gives the same bytes. OUT is a file (csv or xlsx) or a folder, in which the\n" +
			"batch gets its canonical name; nothing is written over. Kinds: " + strings.Join(formats.KindNames(), ", ") + ".",
		Args:      cobra.MaximumNArgs(2),
		ValidArgs: formats.KindNames(),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("people") || cmd.Flags().Changed("dir") {
				return a.generatePeople(cmd.Context(), args, g)
			}
			return a.generate(cmd.Context(), args, g)
		}),
	}
	f := c.Flags()
	f.IntVar(&g.records, "records", 100, "number of records")
	f.Int64Var(&g.seed, "seed", 1, "the same seed gives the same people")
	f.IntVar(&g.people, "people", 100, "number of people that move, for --dir")
	f.StringVar(&g.dir, "dir", "", "the agency's drops: files go to D/core/in, D/portal/in, D/<partner>/in")
	f.StringVar(&g.agency, "agency", samples.OldPlace, "whose drops, for --dir")
	f.StringVar(&g.options.Sender, "sender", "", "who sends the batch (default: by its kind)")
	f.StringVar(&g.options.Receiver, "receiver", "", "who receives it (default: by its kind)")
	f.IntVar(&g.options.Sequence, "sequence", 1, "its sequence number")
	f.StringVar(&g.options.Profile, "profile", "", "the rule profile in its header (default 2021)")
	f.StringVar(&g.encoding, "encoding", "utf-8", "utf-8 or gb18030")
	return c
}

func (a *app) generate(ctx context.Context, args []string, g generation) error {
	if len(args) != 2 {
		return usageError{errors.New("generate needs a kind and a file or folder to write to, or --people and --dir")}
	}
	var err error
	if g.options.Encoding, err = parseEncoding(g.encoding); err != nil {
		return err
	}
	kind, out := args[0], args[1]
	if g.records < 0 {
		return usageError{fmt.Errorf("--records %d: at least 0", g.records)}
	}
	h, err := samples.Header(kind, g.options)
	if errors.Is(err, samples.ErrKind) {
		return usageError{fmt.Errorf("%w; the kinds are %s", err, strings.Join(formats.KindNames(), ", "))}
	} else if err != nil {
		return err
	}
	name, carrier, err := target(out, h.FileName(batch.CSV), batch.CSV, batch.Workbook)
	if err != nil {
		return err
	}
	g.options.Carrier = carrier
	err = a.create(ctx, name, func(w io.Writer) error {
		return samples.Generate(w, kind, g.records, g.seed, g.options)
	})
	if err != nil {
		return err
	}
	return a.printFiles([]string{name})
}

// target is the file to write: OUT, or the usual name in it when it is a folder, or
// that name here; and the carrier, of those allowed, that its ending names.
func target(out, usual string, allowed ...batch.Carrier) (string, batch.Carrier, error) {
	if info, err := os.Stat(out); err == nil && info.IsDir() || out == "" {
		out = filepath.Join(out, usual)
	}
	c := batch.Carrier(strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), "."))
	if slices.Contains(allowed, c) {
		return out, c, nil
	}
	var endings []string
	for _, c := range allowed {
		endings = append(endings, "."+string(c))
	}
	return "", "", usageError{fmt.Errorf("%s: the name must end in %s, or be a folder", out, strings.Join(endings, " or "))}
}

// create writes a file that appears whole or not at all, and shows progress.
func (a *app) create(ctx context.Context, name string, write func(io.Writer) error) error {
	p := a.newProgress(name, 0, "")
	defer p.close()
	return atomicfile.Create(name, func(w *os.File) error { return write(&progressWriter{w, ctx, p}) })
}

// generatePeople writes all that an agency finds in its drops.
func (a *app) generatePeople(ctx context.Context, args []string, g generation) error {
	switch {
	case len(args) > 0:
		return usageError{errors.New("--people and --dir write whole drops: name no kind beside them")}
	case g.dir == "":
		return usageError{errors.New("--people needs --dir, the folder to write the drops to")}
	case g.people < 0:
		return usageError{fmt.Errorf("--people %d: at least 0", g.people)}
	}
	p := a.newProgress(g.dir, 0, "")
	defer p.close()
	watch := func(w io.Writer) io.Writer { return &progressWriter{w, ctx, p} }
	files, err := samples.GeneratePeople(g.dir, g.people, g.seed, g.agency, watch)
	if err != nil {
		return err
	}
	return a.printFiles(files)
}

// printFiles prints the names of the files that a command wrote.
func (a *app) printFiles(files []string) error {
	if a.json {
		return a.printJSON(map[string]any{"files": files})
	}
	for _, name := range files {
		fmt.Fprintln(a.out, name)
	}
	return nil
}
