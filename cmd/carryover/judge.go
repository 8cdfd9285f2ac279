package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"carryover/config"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/formats/sheet"
)

// listedFaults are told of one file; the others are counted.
const listedFaults = 1000

// judged is one file as validate --json prints it.
type judged struct {
	File     string           `json:"file"`
	Kind     string           `json:"kind"`
	Sender   string           `json:"sender"`
	Receiver string           `json:"receiver"`
	Sequence int              `json:"sequence"`
	Records  int              `json:"records"`
	Verdict  code.FileVerdict `json:"verdict"`
	Faults   []judgedFault    `json:"faults"`
	Total    int              `json:"faults_total"`
	Signer   string           `json:"signer,omitempty"` // fingerprint of the key that signed it, where a signature lies beside it

	now     time.Time
	refused bool // something is wrong, warnings apart
}

// judgedFault is one fault of a file.
type judgedFault struct {
	Line     int        `json:"line"`
	Row      string     `json:"row"`
	RecordNo string     `json:"record_no"`
	Field    string     `json:"field"`
	Code     code.Fault `json:"code"`
	Text     string     `json:"text"`
}

func (j *judged) add(f judgedFault) {
	if f.Text == "" {
		f.Text = f.Code.Word(code.Chinese) + " / " + f.Code.Word(code.English)
	}
	if j.Total++; len(j.Faults) < listedFaults {
		j.Faults = append(j.Faults, f)
	}
	if f.Code.Class() != code.ClassWarning {
		j.refused = true
	}
}

func (j *judged) addAll(faults []batch.Fault) {
	for _, f := range faults {
		j.add(judgedFault{f.Line, f.Row, f.RecordNo, f.Field, f.Code, f.Text})
	}
}

// judge reads a file to its end: a batch of either carrier, or a message of
// the bank. c is nil where only the file itself is judged. The error is one of
// reading; whatever the file holds is a fault, not an error.
func judge(name string, src io.ReadSeeker, encoding batch.Encoding, c *config.Config, now time.Time) (*judged, error) {
	j := &judged{File: name, now: now, Verdict: code.FileAccepted, Faults: []judgedFault{}}
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
	return j, j.batch(src, batch.Options{Name: filepath.Base(name), Encoding: encoding, Repeats: true}, c)
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

// isBook reports whether a file is a workbook, by its beginning.
func isBook(src io.ReadSeeker) (bool, error) {
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
	if book, err := isBook(src); err != nil || !book {
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
func (j *judged) statement(src io.ReadSeeker) error {
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

func judgeTable[H, R any](j *judged, t *sheet.Table[H, R], src io.Reader) error {
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

func (j *judged) batch(src io.ReadSeeker, o batch.Options, c *config.Config) error {
	if c != nil {
		strange, err := j.configured(src, &o, c)
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
	return j.sealed(src, c)
}

// configured sets what the configuration can tell about a batch, once its
// header is known, and returns what is wrong with its parties.
func (j *judged) configured(src io.ReadSeeker, o *batch.Options, c *config.Config) ([]batch.Fault, error) {
	areas, err := c.Areas()
	if err != nil {
		return nil, err
	}
	o.Areas = areas.Valid
	r, err := sheet.NewReader(src, formats.Kinds(), batch.Options{Encoding: o.Encoding})
	if err != nil {
		return nil, err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	h, us := r.Header(), c.Agency().Code
	if r.Kind() == nil {
		return nil, nil
	}
	other, field, wrong := h.Sender, "sender", code.NotFromThisParty
	if h.Sender == us { // one of our own files
		other, field, wrong = h.Receiver, "receiver", code.NotForUs
	} else {
		o.Self = us
	}
	if partner, known := c.Partners()[other]; known {
		o.Profile = partner.Profile
		return nil, nil
	}
	for _, d := range c.Drops() {
		if d.Party == other {
			return nil, nil
		}
	}
	j.Verdict = code.FileRejected
	return []batch.Fault{{
		Line: 1, Row: "H", Field: field, Code: wrong, Text: "配置中没有此方 / the configuration knows no such party: " + other,
	}}, nil
}

// message judges one of the bank's messages.
func (j *judged) message(src io.ReadSeeker) error {
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
		j.add(judgedFault{f.Line, "", record, f.Field, code.Fault(f.Code), text})
	}
	j.Total += faults.Total - len(faults.List)
	if faults.Total > 0 {
		j.Verdict = code.FileRejected
	}
	return nil
}

func (j *judged) readMessage(name string, src io.Reader) (faults iso20022.Faults, err error) {
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
