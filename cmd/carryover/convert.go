package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange/atomicfile"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/judge"
	"carryover/formats/sheet"
)

// conversion is what convert was asked for.
type conversion struct {
	template string // a kind: write an empty workbook of it
	encoding string // of a CSV that is written: utf-8 or gb18030
	from     string // encoding of a CSV that is read
	header   batch.Header
}

func newConvertCommand(a *app) *cobra.Command {
	v := conversion{}
	c := &cobra.Command{
		Use:   "convert IN OUT | convert --template KIND OUT",
		Short: "Turn a batch from csv into a workbook or back; write an empty workbook to fill",
		Long: "Turn a batch from csv into a workbook or back; write an empty workbook to fill.\n\n" +
			"OUT is a file, or a folder, in which the batch gets its canonical name in the other carrier.\n" +
			"A batch with faults is not converted: they are told, and the exit code is 3.",
		Args: cobra.RangeArgs(1, 2),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			if v.template != "" {
				return a.template(args, v)
			}
			return a.convert(cmd.Context(), args, v)
		}),
	}
	f := c.Flags()
	f.StringVar(&v.template, "template", "", "kind of which to write an empty workbook")
	f.StringVar(&v.encoding, "encoding", "utf-8", "of the csv that is written: utf-8 or gb18030")
	f.StringVar(&v.from, "from-encoding", "", "of the csv that is read (default: found out)")
	f.IntVar(&v.header.Sequence, "sequence", 0, "sequence number for a workbook that has none yet, or for the template")
	f.StringVar(&v.header.Sender, "sender", "", "sender to write into the template")
	f.StringVar(&v.header.Receiver, "receiver", "", "receiver to write into the template")
	f.StringVar(&v.header.Profile, "profile", "", "rule profile to write into the template")
	return c
}

// template writes an empty workbook of a kind; a bank's sheet has its own.
func (a *app) template(args []string, v conversion) error {
	if len(args) != 1 {
		return usageError{errors.New("convert --template KIND needs one OUT")}
	}
	write := func(w *os.File) error { return formats.StatementTemplate(w, formats.StatementHead{}) }
	if v.template != formats.KindBankStatement {
		kind := batch.Find(formats.Kinds(), v.template)
		if kind == nil {
			return usageError{fmt.Errorf("--template %q: the kinds are %s, %s", v.template, strings.Join(formats.KindNames(), ", "), formats.KindBankStatement)}
		}
		write = func(w *os.File) error { return sheet.Template(w, kind, v.header) }
	}
	name, _, err := target(args[0], v.template+".xlsx", batch.Workbook)
	if err != nil {
		return err
	}
	if err := atomicfile.Create(name, write); err != nil {
		return err
	}
	return a.printFiles([]string{name})
}

// convert writes a batch in the other carrier, or that of OUT's ending, and refuses
// one with faults: the copy would look as if it had been accepted.
func (a *app) convert(ctx context.Context, args []string, v conversion) error {
	if len(args) != 2 {
		return usageError{errors.New("convert needs IN and OUT")}
	}
	to, err := parseEncoding(v.encoding)
	if err != nil {
		return err
	}
	from, err := parseEncoding(v.from)
	if err != nil {
		return err
	}
	in, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer in.Close()
	h, carrier, err := peekHeader(in, from)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if h.Sequence == 0 { // typed by hand: the file's name needs one
		h.Sequence = v.header.Sequence
	}
	name, other, err := target(args[1], h.FileName(opposite(carrier)), batch.CSV, batch.Workbook)
	if err != nil {
		return err
	}
	o := batch.Options{Name: filepath.Base(args[0]), Encoding: from, Repeats: true}
	t := sheet.Target{Carrier: other, Encoding: to, Sequence: v.header.Sequence}
	err = a.create(ctx, name, func(w io.Writer) error {
		_, err := sheet.Convert(w, in, formats.Kinds(), o, t)
		return err
	})
	if errors.Is(err, sheet.ErrFaulty) {
		return a.refuseConversion(args[0], in, from)
	}
	if err != nil {
		return fmt.Errorf("convert %s: %w", args[0], err)
	}
	return a.printFiles([]string{name})
}

// opposite is the other carrier of a batch.
func opposite(c batch.Carrier) batch.Carrier {
	if c == batch.CSV {
		return batch.Workbook
	}
	return batch.CSV
}

// peekHeader reads the header of a file and goes back to its beginning.
func peekHeader(in io.ReadSeeker, e batch.Encoding) (batch.Header, batch.Carrier, error) {
	r, err := sheet.NewReader(in, formats.Kinds(), batch.Options{Encoding: e})
	if err != nil {
		return batch.Header{}, "", err
	}
	_, err = in.Seek(0, io.SeekStart)
	return r.Header(), r.Carrier(), err
}

// refuseConversion tells what is wrong with a batch that cannot be converted.
func (a *app) refuseConversion(name string, in io.ReadSeeker, e batch.Encoding) error {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	j, err := judge.File(name, in, e, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if a.json {
		if err := a.printJSON(map[string]any{"files": []*judge.Judgement{j}}); err != nil {
			return err
		}
	} else {
		printJudgement(a.err, j)
	}
	return errPerson
}
