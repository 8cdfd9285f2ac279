package outbox

import (
	"fmt"
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

// composeCorrections queues the answer to a batch that came in as a workbook, when
// something of it was refused; with a later receipt, when that refuses more.
func composeCorrections(o *office.Office, tx *store.Tx, in exchange.File, later bool) error {
	if in.Carrier != string(batch.Workbook) {
		return nil
	}
	if later {
		news, err := tx.UntoldJudgements(in.ID)
		if err != nil || !slices.ContainsFunc(news, func(j exchange.Judgement) bool { return j.Verdict == code.Refused }) {
			return err
		}
	}
	a := sheet.Corrections{File: in.Name, Verdict: in.Verdict, Taken: true}
	var err error
	if in.Verdict == code.FileRejected {
		err = rejectedFaults(o, in, &a)
	} else {
		err = refusedFaults(tx, in, &a)
	}
	if err != nil || a.Total == 0 {
		return err
	}
	return queueCorrections(o, tx, in, a)
}

// rejectedFaults reads a rejected file again for all that is wrong with it; the
// store keeps only what it was rejected for.
func rejectedFaults(o *office.Office, in exchange.File, a *sheet.Corrections) error {
	j := &office.InBatch{Office: o, File: in}
	r, src, err := j.Reader(true)
	if err != nil {
		return err
	}
	defer src.Close()
	var records []batch.Fault
	for r.Next() {
		found := r.Record().Faults
		a.Total += len(found)
		records = append(records, found[:min(len(found), sheet.MaxTold-len(records))]...)
	}
	res, err := r.Result()
	if err != nil {
		return err
	}
	known := false
	for _, f := range res.Faults {
		known = known || string(f.Code) == in.Code
	}
	if !known { // what the file alone does not tell: its seal, its sequence
		a.Faults = append(a.Faults, batch.Fault{Code: code.Fault(in.Code), Text: in.Text})
	}
	a.Faults = append(a.Faults, res.Faults...)
	a.Total += len(a.Faults)
	a.Faults = append(a.Faults, records...)
	return nil
}

// refusedFaults are the verdicts on what was refused; what is held is named,
// so that it is not sent again.
func refusedFaults(tx *store.Tx, in exchange.File, a *sheet.Corrections) error {
	var held []batch.Fault
	err := tx.JudgementsByFile(in.ID, func(j exchange.Judgement) error {
		f := batch.Fault{Line: j.Line, Row: j.Row, RecordNo: j.RecordNo, Field: j.Field, Code: j.Code, Text: j.Text}
		switch {
		case j.Verdict == code.Refused:
			if a.Total++; len(a.Faults) < sheet.MaxTold {
				a.Faults = append(a.Faults, f)
			}
		case j.Verdict == code.Held && len(held) < sheet.MaxTold:
			f.Code, f.Field, f.Text = "", "", "暂缓，等待相关文件；不要再报，请清空本行 / held until what it refers to is here: do not send it again, clear this row"
			held = append(held, f)
		}
		return nil
	})
	a.Faults = append(a.Faults, held...)
	return err
}

// ComposeSheetCorrections queues the answer to a bank's sheet that counts for
// nothing; why is told when the sheet itself has no fault.
func ComposeSheetCorrections(o *office.Office, tx *store.Tx, in exchange.File, why string) error {
	if in.Carrier != string(batch.Workbook) || in.Kind != formats.KindBankStatement {
		return nil
	}
	src, err := o.OpenSpool(in.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	read, err := formats.ReadStatement(src)
	if err != nil {
		return err
	}
	a := sheet.Corrections{File: in.Name, Verdict: code.FileRejected, Faults: read.Faults, Total: read.Total, Taken: true}
	if !read.Refused() {
		a.Faults, a.Total = append([]batch.Fault{{Code: code.Malformed, Text: why}}, a.Faults...), a.Total+1
	}
	return queueCorrections(o, tx, in, a)
}

// queueCorrections writes an answer into the spool and queues it for whoever sent
// the file.
func queueCorrections(o *office.Office, tx *store.Tx, in exchange.File, a sheet.Corrections) error {
	name, n, err := correctionsName(tx, in)
	if err != nil {
		return err
	}
	src, err := o.OpenSpool(in.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	s, err := o.NewSpoolFile("out")
	if err != nil {
		return err
	}
	if err := formats.WriteCorrections(s, src, a); err != nil {
		s.Discard()
		return err
	}
	spool := fmt.Sprintf("%s%d.xlsx", correctionsSpool(in), n)
	sha, size := s.SHA256(), s.Size
	if err := s.Keep(spool); err != nil {
		return err
	}
	return tx.InsertFile(&exchange.File{
		Dir: exchange.Out, Party: in.Party, Kind: office.KindCorrections, Name: name, Carrier: string(batch.Workbook), SHA256: sha, StoredSHA: sha, Size: size,
		State: exchange.FileQueued, At: o.Now(), Spool: spool,
	})
}

// correctionsSpool begins the names under which the answers to a file are spooled.
func correctionsSpool(in exchange.File) string { return fmt.Sprintf("out-answer-%d-", in.ID) }

// CorrectionsTo are the answers that a workbook had.
func CorrectionsTo(tx *store.Tx, in exchange.File) ([]exchange.File, error) {
	if in.Carrier != string(batch.Workbook) {
		return nil, nil
	}
	all, err := tx.Files(store.FileFilter{Dir: exchange.Out, Party: in.Party, Kind: office.KindCorrections})
	return slices.DeleteFunc(all, func(f exchange.File) bool { return !strings.HasPrefix(f.Spool, correctionsSpool(in)) }), err
}

// maxStem keeps the names of answers within what folders take.
const maxStem = 180

var correctionsEnding = regexp.MustCompile(`\.answer(\.\d+)?$`)

// correctionsName names the answer after the file: x.xlsx → x.answer.xlsx; the next
// one, to what was corrected and sent again, x.answer.2.xlsx.
func correctionsName(tx *store.Tx, in exchange.File) (name string, n int, err error) {
	stem := correctionsEnding.ReplaceAllString(strings.TrimSuffix(in.Name, path.Ext(in.Name)), "")
	for len(stem) > maxStem {
		r := []rune(stem)
		stem = string(r[:len(r)-1])
	}
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
