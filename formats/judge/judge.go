// Package judge says what a file is and everything that is wrong with it, by
// its content alone: a batch of either carrier, a sheet or list of a bank, or a
// message of the bank. What an agency's own rules add (who may send it, under
// which profile, by whose signature) it is told as Rules. It changes nothing,
// and keeps no state between two files.
package judge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/formats/sheet"
)

// ListedFaults are told of one file; the others are counted.
const ListedFaults = 1000

// Judgement is one file with its verdict, as validate --json prints it.
type Judgement struct {
	File     string           `json:"file"`
	Kind     string           `json:"kind"`
	Sender   string           `json:"sender"`
	Receiver string           `json:"receiver"`
	Sequence int              `json:"sequence"`
	Records  int              `json:"records"`
	Verdict  code.FileVerdict `json:"verdict"`
	Faults   []Fault          `json:"faults"`
	Total    int              `json:"faults_total"`
	Notes    []Note           `json:"notes,omitempty"`  // what a bank told and nobody counts
	Signer   string           `json:"signer,omitempty"` // fingerprint of the key that signed it, where a signature lies beside it

	Refused bool `json:"-"` // something is wrong, warnings apart
}

// Fault is one fault of a file.
type Fault struct {
	Line     int        `json:"line"` // from 1; 0: of the file as a whole
	Row      string     `json:"row"`
	RecordNo string     `json:"record_no"`
	Field    string     `json:"field"`
	Code     code.Fault `json:"code"`
	Text     string     `json:"text"`
}

// Note is something in a bank's message that was passed over.
type Note struct {
	Line  int    `json:"line"`
	Field string `json:"field"`
	Text  string `json:"text"` // in plain English
}

func (j *Judgement) add(f Fault) {
	if f.Text == "" {
		f.Text = f.Code.Word(code.Chinese) + " / " + f.Code.Word(code.English)
	}
	if j.Total++; len(j.Faults) < ListedFaults {
		j.Faults = append(j.Faults, f)
	}
	if f.Code.Class() != code.ClassWarning {
		j.Refused = true
	}
}

func (j *Judgement) addAll(faults []batch.Fault) {
	for _, f := range faults {
		j.add(Fault{f.Line, f.Row, f.RecordNo, f.Field, f.Code, f.Text})
	}
}

// Corrections is what is told in a workbook that is written back.
func (j *Judgement) Corrections() sheet.Corrections {
	told := sheet.Corrections{File: filepath.Base(j.File), Verdict: j.Verdict, Total: j.Total}
	for _, f := range j.Faults {
		told.Faults = append(told.Faults, batch.Fault{Line: f.Line, Row: f.Row, RecordNo: f.RecordNo, Field: f.Field, Code: f.Code, Text: f.Text})
	}
	return told
}

// File reads a file to its end and judges it. encoding is that of a CSV
// (batch.Auto: found out); rules are nil where only the file itself is judged.
// The error is one of reading; whatever the file holds is a fault, not an
// error.
func File(name string, src io.ReadSeeker, encoding batch.Encoding, rules *Rules) (*Judgement, error) {
	j := &Judgement{File: name, Verdict: code.FileAccepted, Faults: []Fault{}}
	xml, err := looksLikeXML(name, src)
	if err != nil {
		return nil, err
	}
	if xml {
		return j, j.message(src)
	}
	keyed, err := isKeyed(src)
	if err != nil {
		return nil, err
	}
	if keyed {
		return j, j.statement(src)
	}
	return j, j.batch(src, batch.Options{Name: filepath.Base(name), Encoding: encoding, Repeats: true}, rules)
}

// looksLikeXML looks at the beginning of a file, and at its name when the
// beginning does not tell.
func looksLikeXML(name string, src io.ReadSeeker) (bool, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(src, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xEF\xBB\xBF")), " \t\r\n")
	return bytes.HasPrefix(text, []byte("<")) || filepath.Ext(name) == ".xml", nil
}

// IsWorkbook reports whether a file is a workbook, by its beginning, and
// goes back there.
func IsWorkbook(src io.ReadSeeker) (bool, error) {
	var magic [4]byte
	n, err := io.ReadFull(src, magic[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	_, err = src.Seek(0, io.SeekStart)
	return n == 4 && string(magic[:]) == "PK\x03\x04", err
}

// isKeyed reports whether a file is a workbook that is no batch, and so a
// bank's sheet.
func isKeyed(src io.ReadSeeker) (bool, error) {
	if book, err := IsWorkbook(src); err != nil || !book {
		return false, err
	}
	enveloped, err := sheet.Enveloped(src)
	if err != nil {
		return false, err
	}
	_, err = src.Seek(0, io.SeekStart)
	return !enveloped, err
}

// statement judges a bank's sheet, or a payment list for a bank.
func (j *Judgement) statement(src io.ReadSeeker) error {
	list, err := formats.PaymentTable().Named(src)
	if err != nil {
		return err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if list {
		return judgeTable(j, formats.PaymentTable(), src)
	}
	return judgeTable(j, formats.StatementTable(), src)
}

func judgeTable[H, R any](j *Judgement, t *sheet.Table[H, R], src io.Reader) error {
	k, err := t.Read(src, 0)
	if err != nil {
		return err
	}
	j.Kind, j.Records = t.Name, k.Lines
	j.addAll(k.Faults)
	j.Total += k.Total - len(k.Faults)
	if k.Refused() {
		j.Verdict = code.FileRejected
	}
	return nil
}

func (j *Judgement) batch(src io.ReadSeeker, o batch.Options, rules *Rules) error {
	if rules != nil {
		strange, err := j.configured(src, &o, rules)
		if err != nil {
			return err
		}
		j.addAll(strange)
	}
	r, err := sheet.NewReader(src, formats.Kinds(), o)
	if err != nil {
		return err
	}
	h := r.Header()
	j.Kind, j.Sender, j.Receiver, j.Sequence = h.Kind, h.Sender, h.Receiver, h.Sequence
	for r.Next() {
		j.addAll(r.Record().Faults)
	}
	res, err := r.Result()
	if err != nil {
		return err
	}
	j.addAll(res.Faults)
	j.Records = res.Records
	if j.Verdict != code.FileRejected {
		j.Verdict = res.Verdict
	}
	return j.sealed(src, rules)
}

// message judges one of the bank's messages.
func (j *Judgement) message(src io.ReadSeeker) error {
	name, faults, err := iso20022.Name(src)
	if err != nil {
		return err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	j.Kind = name
	if name != "" {
		if faults, err = j.readMessage(name, src); err != nil {
			return err
		}
	}
	for _, f := range faults.List {
		record := ""
		if f.Record > 0 {
			record = strconv.Itoa(f.Record)
		}
		text := code.Fault(f.Code).Word(code.Chinese) + " / " + f.Text
		j.add(Fault{f.Line, "", record, f.Field, code.Fault(f.Code), text})
	}
	j.Total += faults.Total - len(faults.List)
	if faults.Total > 0 {
		j.Verdict = code.FileRejected
	}
	for _, n := range faults.Notes {
		j.Notes = append(j.Notes, Note{n.Line, n.Field, n.Text})
	}
	return nil
}

func (j *Judgement) readMessage(name string, src io.Reader) (faults iso20022.Faults, err error) {
	limits := iso20022.Limits{}
	switch name {
	case iso20022.PaymentName:
		_, faults, err = iso20022.ReadPayment(src, limits, func(*iso20022.Payment, iso20022.Transfer) error { j.Records++; return nil })
	case iso20022.StatusName:
		_, faults, err = iso20022.ReadStatus(src, limits, func(*iso20022.StatusReport, iso20022.TransferStatus) error { j.Records++; return nil })
	case iso20022.NotificationName:
		_, faults, err = iso20022.ReadNotification(src, limits, func(*iso20022.Statement, iso20022.Entry) error { j.Records++; return nil })
	case iso20022.StatementName:
		_, faults, err = iso20022.ReadStatement(src, limits, func(*iso20022.Statement, iso20022.Entry) error { j.Records++; return nil })
	default:
		c := iso20022.WrongKind
		if knownMessage(name) {
			c = iso20022.WrongVersion
		}
		faults = iso20022.Faults{Total: 1, List: []iso20022.Fault{{
			Line: 2, Code: c,
			Text: fmt.Sprintf("%s; read are %s, %s, %s, %s", name, iso20022.PaymentName, iso20022.StatusName, iso20022.NotificationName, iso20022.StatementName),
		}}}
	}
	return faults, err
}

// knownMessage reports whether a message is one of ours in another version.
func knownMessage(name string) bool {
	for _, ours := range []string{iso20022.PaymentName, iso20022.StatusName, iso20022.NotificationName, iso20022.StatementName} {
		if len(name) > 8 && len(ours) > 8 && name[:8] == ours[:8] {
			return true
		}
	}
	return false
}
