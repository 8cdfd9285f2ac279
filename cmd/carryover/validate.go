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
	"time"

	"github.com/spf13/cobra"

	"carryover/config"
	"carryover/exchange/atomicfile"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/judge"
	"carryover/jobs/courier"
)

func newValidateCommand(a *app) *cobra.Command {
	var encoding, corrections string
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check batches (csv, xlsx) and bank messages (xml) off-line",
		Long: "Check batches (csv, xlsx) and bank messages (xml) off-line.\n\n" +
			"Each file is judged alone; with -c also by that configuration: who may send it, to whom,\n" +
			"by which profile, which area codes exist. Exit code 3: a file has a fault; 1: one cannot\n" +
			"be opened; 0: nothing but warnings.\n\n" +
			"With --answer OUT.xlsx one workbook that has faults is written back as a fresh copy: the faulty\n" +
			"cells are coloured and explained, the first sheet lists them. Corrected, it can be sent as it is.",
		Args: cobra.MinimumNArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			e, err := parseEncoding(encoding)
			if err != nil {
				return err
			}
			if corrections != "" && (len(args) != 1 || filepath.Ext(corrections) != ".xlsx") {
				return usageError{errors.New("--answer OUT.xlsx answers one workbook: name one FILE, and an OUT that ends in .xlsx")}
			}
			var conf *config.Config
			if cmd.Flags().Changed("config") { // the default config.yaml must not change a verdict unasked
				if conf, err = config.Load(a.config); err != nil {
					return err
				}
			}
			return a.validate(cmd.Context(), args, e, conf, corrections)
		}),
	}
	c.Flags().StringVar(&corrections, "answer", "", "where to write the workbook back with its faults marked, if it has any")
	c.Flags().StringVar(&encoding, "encoding", "", "utf-8 or gb18030 (default: found out)")
	return c
}

// parseEncoding reads an --encoding; "" is found out from the file (batch.Auto).
func parseEncoding(s string) (batch.Encoding, error) {
	switch e := batch.Encoding(strings.ToLower(s)); e {
	case batch.Auto, batch.UTF8, batch.GB18030:
		return e, nil
	}
	return "", usageError{fmt.Errorf("--encoding %q: utf-8 or gb18030", s)}
}

// validate judges every file, whatever is wrong with the others; corrections,
// unless "", is where the one workbook goes with its faults marked.
func (a *app) validate(ctx context.Context, names []string, encoding batch.Encoding, c *config.Config, corrections string) error {
	list := []*judge.Judgement{} // none is [] in JSON, not null
	var failed []error
	refused := false
	for _, name := range names {
		j, err := a.judgeFile(ctx, name, encoding, c)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			failed = append(failed, err) // wins over faults: exit code 1 before 3
			continue
		}
		refused = refused || j.Refused
		if corrections != "" {
			if err := a.writeCorrections(j, corrections); err != nil {
				failed = append(failed, err)
			}
		}
		if a.json {
			list = append(list, j)
			continue
		}
		printJudgement(a.out, j)
	}
	if a.json {
		if err := a.printJSON(map[string]any{"files": list}); err != nil {
			return err
		}
	}
	if err := errors.Join(failed...); err != nil || !refused {
		return err
	}
	return errPerson
}

// judgeFile judges one file. What is wrong in it is in the Judgement; an error
// is that it cannot be read, or that the context ended.
func (a *app) judgeFile(ctx context.Context, name string, encoding batch.Encoding, c *config.Config) (*judge.Judgement, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; name the files in it", name)
	}
	p := a.newProgress(name, info.Size(), "")
	defer p.close()
	j, err := judge.File(name, &progressReader{f, ctx, p}, encoding, rulesOf(c, a.now()))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return j, nil
}

// printJudgement prints for people what a file is, what is wrong, where, and, once per
// kind of fault, what to do about it.
func printJudgement(to io.Writer, j *judge.Judgement) {
	var about []string
	if j.Kind != "" {
		about = append(about, j.Kind)
	}
	if j.Sender != "" || j.Receiver != "" {
		about = append(about, j.Sender+" → "+j.Receiver)
	}
	if j.Sequence > 0 {
		about = append(about, fmt.Sprintf("no. %d", j.Sequence))
	}
	about = append(about, fmt.Sprintf("%d records", j.Records), "faults: "+fmt.Sprint(j.Total))
	fmt.Fprintf(to, "%s: %s (%s)\n", j.File, verdictWords(j.Verdict), strings.Join(about, ", "))
	if j.Signer != "" {
		fmt.Fprintf(to, "  签名有效 / signed by %s\n", j.Signer)
	}
	explained := map[code.Fault]bool{} // by code: a thousand like faults need one advice
	for _, f := range j.Faults {
		fmt.Fprintf(to, "  %s: %s\n", where(f), f.Text)
		if !explained[f.Code] {
			explained[f.Code] = true
			fmt.Fprintf(to, "      [%s] %s\n      %s\n", f.Code, f.Code.Todo(code.Chinese), f.Code.Todo(code.English))
		}
	}
	for _, n := range j.Notes {
		fmt.Fprintf(to, "  注 / note: line %d, %s: %s\n", n.Line, n.Field, n.Text)
	}
	if more := j.Total - len(j.Faults); more > 0 {
		fmt.Fprintf(to, "  … and %d more\n", more)
	}
}

// verdictWords is a verdict in both languages: whoever validates may be a partner,
// whose language no configuration says.
func verdictWords(v code.FileVerdict) string {
	e, _ := code.FileVerdicts().Find(string(v))
	return e.Chinese + " / " + e.English
}

// where is the place of a fault in words.
func where(f judge.Fault) string {
	if f.Line == 0 {
		return "file"
	}
	s := fmt.Sprintf("line %d", f.Line)
	if f.Row != "" {
		s += ", row " + f.Row
	}
	if f.Field != "" {
		s += ", " + f.Field
	}
	if f.RecordNo != "" {
		s += " (record " + f.RecordNo + ")"
	}
	return s
}

// writeCorrections writes a workbook back with its faults marked, as a fresh
// copy at out; of one without faults nothing is written.
func (a *app) writeCorrections(j *judge.Judgement, out string) error {
	src, err := os.Open(j.File)
	if err != nil {
		return err
	}
	defer src.Close()
	book, err := judge.IsWorkbook(src)
	switch {
	case err != nil:
		return err
	case !book && filepath.Ext(j.File) != ".xlsx": // a broken .xlsx goes on, and fails with its own reason
		return usageError{fmt.Errorf("%s: --answer is for workbooks", j.File)}
	case j.Total == 0:
		return nil
	}
	if err := atomicfile.Create(out, func(w *os.File) error { return formats.WriteCorrections(w, src, j.Corrections()) }); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.err, out)
	return err
}

// rulesOf are what a configuration tells about batches; nil without one.
func rulesOf(c *config.Config, now time.Time) *judge.Rules {
	if c == nil {
		return nil
	}
	return &judge.Rules{
		Self: c.Agency().Code, Now: now, SealFault: courier.SealFault,
		Areas: func() (func(string) bool, error) {
			areas, err := c.Areas()
			if err != nil {
				return nil, err
			}
			return areas.Valid, nil
		},
		Profile: func(party string) (string, bool) {
			if partner, known := c.Partners()[party]; known { // others have a drop but no profile
				return partner.Profile, true
			}
			return "", slices.ContainsFunc(c.Drops(), func(d config.PartyDrop) bool { return d.Party == party })
		},
		Signers: func(sender string) (*seal.Signers, error) { return sendersKeys(c, sender) },
	}
}

// sendersKeys are those who may sign for a file's sender: our own keys, the
// successor's too, for our own files; nil for a party that is no partner:
// its files are not signed for batches.
func sendersKeys(c *config.Config, sender string) (*seal.Signers, error) {
	if _, partner := c.SignersFile(sender); partner {
		return signersOf(c)(sender)
	}
	if sender != c.Agency().Code {
		return nil, nil
	}
	var lines string
	for _, path := range []string{c.Settings.Seal.Key, c.Settings.Seal.NextKey} {
		if path == "" {
			continue
		}
		key, err := readSealKey(c.Abs(path))
		if err != nil {
			return nil, err
		}
		lines += config.SealLine(sender, key.Public()) + "\n"
	}
	return seal.ParseSigners([]byte(lines))
}
