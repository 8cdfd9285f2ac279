package outbox

import (
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/jobs/office"
)

// Corrections are a copy of a workbook that came in, with its faulty cells marked and
// explained: whoever filled it in by hand reads no receipt. They go out beside the
// receipt and end in .answer.xlsx, a name that partners know and that does not change.

// composeCorrections queues the corrections of a batch that came in as a workbook, when
// something of it was refused; with a later receipt, when that refuses more.
func composeCorrections(o *office.Office, tx *store.Tx, in exchange.File, later bool) error {
	if in.Carrier != string(batch.Workbook) {
		return nil
	}
	if later {
		verdicts, err := tx.UnreportedJudgements(in.ID)
		refused := func(j exchange.Judgement) bool { return j.Verdict == code.Refused }
		if err != nil || !slices.ContainsFunc(verdicts, refused) {
			return err
		}
	}
	c := sheet.Corrections{File: in.Name, Verdict: in.Verdict, Taken: true}
	var err error
	if in.Verdict == code.FileRejected {
		err = rejectedFaults(o, tx, in, &c)
	} else {
		err = refusedFaults(tx, in, &c)
	}
	if err != nil || c.Total == 0 {
		return err
	}
	return queueCorrections(o, tx, in, c)
}

// rejectedFaults reads a rejected file again for all that is wrong with it, file first,
// then at most sheet.MaxReported of its records; the store keeps only what it was rejected
// for. Total counts all.
func rejectedFaults(o *office.Office, tx *store.Tx, in exchange.File, c *sheet.Corrections) error {
	src, err := o.OpenSpoolIn(tx, in.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	j := &office.InBatch{Office: o, File: in}
	r, err := j.Reader(src, true)
	if err != nil {
		return err
	}
	var records []batch.Fault
	for r.Next() {
		found := r.Record().Faults
		c.Total += len(found)
		records = append(records, found[:min(len(found), sheet.MaxReported-len(records))]...)
	}
	res, err := r.Result()
	if err != nil {
		return err
	}
	known := false
	for _, f := range res.Faults {
		known = known || string(f.Code) == in.Code
	}
	if !known { // what cannot be seen in the file alone: its seal, its sequence
		c.Faults = append(c.Faults, batch.Fault{Code: code.Fault(in.Code), Text: in.Text})
	}
	c.Faults = append(c.Faults, res.Faults...)
	c.Total += len(c.Faults) // before those of records, which are counted already
	c.Faults = append(c.Faults, records...)
	return nil
}

// refusedFaults adds the verdicts on the records that were refused; those that are held
// are named after them, so that nobody sends them again with the corrected ones. Held
// records do not count into Total: without a refused one there are no corrections.
func refusedFaults(tx *store.Tx, in exchange.File, c *sheet.Corrections) error {
	var held []batch.Fault
	err := tx.JudgementsByFile(in.ID, func(j exchange.Judgement) error {
		f := batch.Fault{Line: j.Line, Row: j.Row, RecordNo: j.RecordNo, Field: j.Field, Code: j.Code, Text: j.Text}
		switch {
		case j.Verdict == code.Refused:
			if c.Total++; len(c.Faults) < sheet.MaxReported {
				c.Faults = append(c.Faults, f)
			}
		case j.Verdict == code.Held && len(held) < sheet.MaxReported:
			f.Code, f.Field, f.Text = "", "", "暂缓，等待相关文件；不要再报，请清空本行 / held until what it refers to is here: do not send it again, clear this row"
			held = append(held, f)
		}
		return nil
	})
	c.Faults = append(c.Faults, held...)
	return err
}

// ComposeSheetCorrections queues the corrections of a bank's statement sheet that was
// quarantined; any other file gets none. why stands first when the sheet itself has no
// fault that refuses it.
func ComposeSheetCorrections(o *office.Office, tx *store.Tx, in exchange.File, why string) error {
	if in.Carrier != string(batch.Workbook) || in.Kind != formats.KindBankStatement {
		return nil
	}
	src, err := o.OpenSpoolIn(tx, in.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	read, err := formats.ReadStatement(src)
	if err != nil {
		return err
	}
	c := sheet.Corrections{File: in.Name, Verdict: code.FileRejected, Faults: read.Faults, Total: read.Total, Taken: true}
	if !read.Refused() {
		c.Faults, c.Total = append([]batch.Fault{{Code: code.Malformed, Text: why}}, c.Faults...), c.Total+1
	}
	return queueCorrections(o, tx, in, c)
}

// queueCorrections writes corrections into the spool, over a copy of the workbook that
// came in, and queues them for whoever sent it. The copy was kept in the spool as it
// came, so the sender finds the own layout again.
func queueCorrections(o *office.Office, tx *store.Tx, in exchange.File, c sheet.Corrections) error {
	name, n, err := correctionsName(tx, in)
	if err != nil {
		return err
	}
	src, err := o.OpenSpoolIn(tx, in.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	spool := fmt.Sprintf("%s%d.xlsx", correctionsSpool(in), n)
	sha, size, err := o.WriteSpool(tx, spool, func(w io.Writer) error { return formats.WriteCorrections(w, src, c) })
	if err != nil {
		return err
	}
	return tx.InsertFile(&exchange.File{
		Dir: exchange.Out, Party: in.Party, Kind: office.KindCorrections, Name: name, Carrier: string(batch.Workbook),
		SHA256: sha, StoredSHA: sha, Size: size, State: exchange.FileQueued, At: o.Now(), Spool: spool,
	})
}

// correctionsSpool begins the names under which the corrections of a file are spooled.
// They hold the file's id, since another file may come under the same name; it is also
// how CorrectionsTo finds them.
func correctionsSpool(in exchange.File) string { return fmt.Sprintf("out-answer-%d-", in.ID) }

// CorrectionsTo are the corrections that were made of a workbook, oldest first; none of a
// file that was no workbook.
func CorrectionsTo(tx *store.Tx, in exchange.File) ([]exchange.File, error) {
	if in.Carrier != string(batch.Workbook) {
		return nil, nil
	}
	all, err := tx.Files(store.FileFilter{Dir: exchange.Out, Party: in.Party, Kind: office.KindCorrections})
	return slices.DeleteFunc(all, func(f exchange.File) bool { return !strings.HasPrefix(f.Spool, correctionsSpool(in)) }), err
}

// correctionsEnding is what a workbook that was corrected in place and sent again has
// before its ending.
var correctionsEnding = regexp.MustCompile(`\.answer(\.\d+)?$`)

// correctionsName names the corrections after the file: x.xlsx → x.answer.xlsx; the next
// ones, of what was corrected and sent again, x.answer.2.xlsx. n is that number, from 1.
func correctionsName(tx *store.Tx, in exchange.File) (name string, n int, err error) {
	stem := correctionsEnding.ReplaceAllString(strings.TrimSuffix(in.Name, path.Ext(in.Name)), "")
	stem = office.CutBytes(stem, office.MaxStem)
	name = stem + ".answer.xlsx"
	for n = 1; ; {
		if _, err := tx.FileByName(exchange.Out, in.Party, name); office.IsNotFound(err) {
			return name, n, nil
		} else if err != nil {
			return "", 0, err
		}
		n++
		name = fmt.Sprintf("%s.answer.%d.xlsx", stem, n)
	}
}
