package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Options say what a Reader may assume and where its bounds are. The zero
// Options judge the file alone.
type Options struct {
	Encoding Encoding               // Auto: found out
	Name     string                 // base name of the file; checked when it is canonical
	Self     string                 // the party the file must be for; "": any
	From     string                 // the party the file must be from; "": any
	Profile  string                 // the profile we count by; a difference is a warning
	Areas    func(code string) bool // known area codes; nil: any six digits
	Repeats  bool                   // look for the same record twice in the file
	Judge    bool                   // only verdicts are wanted: records come without Value

	MaxBytes   int64 // of a CSV file; 0: 8 GiB
	MaxLine    int   // bytes; 0: 64 KiB, at least 1 KiB
	MaxDetails int   // detail rows of one record; 0: 2,000
	MaxRows    int   // 0: 100 million
	MaxUnzip   int64 // bytes of an unpacked workbook, which formats/sheet opens; 0: 1 GiB
}

func (o Options) withDefaults() Options {
	o.MaxBytes = orDefault(o.MaxBytes, 8<<30)
	o.MaxLine = max(orDefault(o.MaxLine, 64<<10), 1<<10)
	o.MaxDetails = orDefault(o.MaxDetails, 2000)
	o.MaxRows = orDefault(o.MaxRows, 100_000_000)
	return o
}

func orDefault[T int | int64](n, fallback T) T {
	if n <= 0 {
		return fallback
	}
	return n
}

// Reader reads one batch record by record:
//
//	r, err := batch.NewReader(src, formats.Kinds(), batch.Options{})
//	for r.Next() {
//		rec := r.Record()
//	}
//	result, err := r.Result()
//
// Whether the file as a whole stands (count, total, digest) is known only at
// the end; who works records before that must be able to take them back.
type Reader struct {
	options  Options
	env      env
	src      source
	carrier  Carrier
	envelope envelope
	faults   []Fault // of the file
	ahead    *row
	record   Record
	slots    map[*Row]slot
	find     Findings
	seen     *seen
	key      []byte
	rows     int // between H and T
	total    money.Fen
	unsure   bool // an amount could not be read, so the total proves nothing
	result   Result
	err      error
	done     bool
}

// Result is the verdict on a file.
type Result struct {
	Verdict  code.FileVerdict
	Faults   []Fault // of the file as a whole; warnings too
	Records  int
	Refused  int // records with a fault
	Rows     int // between H and T
	Total    money.Fen
	Digest   string // what T states or, in a workbook, would state
	Identity string // SHA-256 of the plain CSV batch
}

// NewReader reads the header of a CSV batch. src may also be an io.ReadSeeker, which lets
// Auto look at the whole file for its encoding instead of at its first
// 64 KiB. A file that cannot be understood is no error but a Result with
// faults; an error means that src could not be read.
func NewReader(src io.Reader, kinds []*Kind, o Options) (*Reader, error) {
	r := newReader(o)
	return r.opened(r.open(src, kinds))
}

func newReader(o Options) *Reader {
	r := &Reader{options: o.withDefaults(), carrier: CSV}
	r.env.area = o.Areas
	if o.Repeats {
		r.seen = newSeen()
	}
	return r
}

// opened makes a fault of the file of an error that is the file's own fault.
func (r *Reader) opened(err error) (*Reader, error) {
	var f *FileFault
	if errors.As(err, &f) {
		r.fileFault(0, "", "", f.Code, f.Text)
		r.done = true
		return r, nil
	}
	return r, err
}

// Refused is the Reader of a file that could not be opened for a fault of its
// own: there is nothing to read, and the Result tells the fault.
func Refused(f *FileFault) *Reader {
	r, _ := newReader(Options{}).opened(f) // no error: f is the file's own
	return r
}

// FileFault is an error of a carrier that is the file's own fault; a Result
// tells it among its Faults.
type FileFault struct {
	Code code.Fault
	Text string // Chinese, then English
}

// Error is the code and what exactly.
func (f *FileFault) Error() string { return string(f.Code) + ": " + f.Text }

func (r *Reader) open(src io.Reader, kinds []*Kind) error {
	encoding := r.options.Encoding
	if s, ok := src.(io.ReadSeeker); ok && encoding == Auto {
		var err error
		if encoding, err = detectSeeking(s); err != nil {
			return err
		}
	}
	b := bufio.NewReaderSize(src, 64<<10)
	head, err := b.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if text := notText(head); text != "" {
		return &FileFault{code.Unreadable, text}
	}
	if encoding == Auto {
		encoding, _ = Detect(&prefix{head[:lastWhole(head)]})
	}
	r.src = newCSVSource(b, encoding, &r.options)
	return r.readHead(kinds)
}

func detectSeeking(s io.ReadSeeker) (Encoding, error) {
	at, err := s.Seek(0, io.SeekCurrent)
	if err != nil {
		return Auto, nil
	}
	encoding, err := Detect(s)
	if err == nil {
		_, err = s.Seek(at, io.SeekStart)
	}
	return encoding, err
}

// prefix is a reader of bytes at hand.
type prefix struct{ left []byte }

func (p *prefix) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}

// notText says why the beginning of a file cannot be a batch, or "".
func notText(head []byte) string {
	switch {
	case len(head) == 0:
		return "空文件 / the file is empty"
	case len(head) >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF):
		return "UTF-16 编码，请用 UTF-8 或 GB18030 / UTF-16; use UTF-8 or GB18030"
	case len(head) >= 4 && string(head[:4]) == "\xD0\xCF\x11\xE0":
		return "加密的或旧版 .xls、.et 工作簿，请另存为 .xlsx / an encrypted workbook or an old one (.xls, .et): save it as .xlsx"
	case len(head) >= 4 && string(head[:4]) == "PK\x03\x04":
		return "是工作簿，不是 CSV / a workbook, not CSV"
	case !bytes.HasPrefix(bytes.TrimPrefix(head, utf8BOM), []byte("H,")) && bytes.IndexByte(head, 0) >= 0:
		return "不是文本文件 / not a text file"
	}
	return ""
}

// readHead reads the envelope.
func (r *Reader) readHead(kinds []*Kind) error {
	first, err := r.fetch()
	if err != nil {
		return err
	}
	if first == nil || first.typ() != "H" || first.fault.code != "" {
		if first != nil && first.anyBad() >= 0 {
			return &FileFault{code.Unreadable, "不是文本文件 / not a text file"}
		}
		return &FileFault{code.WrongEnvelope, "首行应为 H 行 / the first row should be an H row"}
	}
	r.envelope = readHeader(first.texts(), kinds, r.src.draft())
	if i := first.anyBad(); i >= 0 {
		r.envelope.add("", code.WrongEnvelope, first.bad(i).text)
	}
	if h := &r.envelope.Header; isParty(h.Sender) && isParty(h.Receiver) {
		r.find.parties = [2]string{h.Sender[:6], h.Receiver[:6]}
	}
	r.faults = append(r.faults, r.envelope.faults...)
	for _, s := range first.normalised {
		r.fileFault(first.line, "H", s.Field, s.fault(), s.Why)
	}
	r.judgeHead()
	r.ahead, err = r.fetch()
	return err
}

// judgeHead compares the envelope with what is expected.
func (r *Reader) judgeHead() {
	h := &r.envelope.Header
	if r.options.Self != "" && h.Receiver != r.options.Self {
		r.fileFault(1, "H", "receiver", code.NotForUs, Quoted("收方应为 / the receiver should be", r.options.Self))
	}
	if r.options.From != "" && h.Sender != r.options.From {
		r.fileFault(1, "H", "sender", code.NotFromThisParty, Quoted("发方应为 / the sender should be", r.options.From))
	}
	if r.options.Profile != "" && h.Profile != "" && h.Profile != r.options.Profile {
		r.fileFault(1, "H", "profile", code.ProfileDiffers, Quoted("本机构按此规则计算时限 / we count by", r.options.Profile))
	}
	if n, ok := ParseFileName(r.options.Name); ok && len(r.envelope.faults) == 0 {
		want := h.FileName(n.Carrier)
		if h.Sequence == 0 {
			want = FileName{h.Kind, h.Sender, h.Receiver, n.Day, n.Sequence, n.Carrier}.String()
		}
		if n.String() != want {
			r.fileFault(1, "H", "", code.WrongEnvelope, Quoted("文件名与首行不符，应为 / the name disagrees with the header, it should be", want))
		}
	}
}

func (r *Reader) fileFault(line int, row, field string, c code.Fault, text string) {
	r.faults = append(r.faults, Fault{Line: line, Row: row, Field: field, Code: c, Text: text})
}

// Header is the envelope as read; what is wrong with it stands in Faults.
func (r *Reader) Header() Header { return r.envelope.Header }

// Kind is the kind of the batch, nil when it is not known.
func (r *Reader) Kind() *Kind { return r.envelope.kind }

// Carrier is what the batch came in.
func (r *Reader) Carrier() Carrier { return r.carrier }

// Faults are the faults of the file found so far.
func (r *Reader) Faults() []Fault { return r.faults }

// Record is the record that Next read, valid until the following Next.
func (r *Reader) Record() *Record { return &r.record }

// fetch returns the next row, nil at the end of the file.
func (r *Reader) fetch() (*row, error) {
	next, err := r.src.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil
	case errors.Is(err, errTooLarge):
		return nil, &FileFault{code.TooLarge, "文件过大 / the file is too large"}
	case err != nil:
		return nil, err
	}
	return next, nil
}

// Next reads the next record. It returns false at the trailer, at the end of
// the file and on an error of reading, which Result returns.
func (r *Reader) Next() bool {
	for !r.done {
		if r.ahead == nil || r.ahead.typ() == "T" {
			r.finish()
			return false
		}
		if r.rows >= r.options.MaxRows {
			r.stop(&FileFault{code.TooLarge, "行数过多 / too many rows"})
			return false
		}
		if r.envelope.kind != nil {
			r.readRecord()
			return r.err == nil
		}
		r.rows++
		r.advance()
	}
	return false
}

func (r *Reader) advance() {
	next, err := r.fetch()
	if r.ahead = next; err != nil {
		r.stop(err)
	}
}

// stop ends the reading early.
func (r *Reader) stop(err error) {
	r.done, r.ahead = true, nil
	var f *FileFault
	if errors.As(err, &f) {
		r.fileFault(0, "", "", f.Code, f.Text)
		return
	}
	r.err = fmt.Errorf("read batch: %w", err)
}

// finish judges the trailer.
func (r *Reader) finish() {
	r.done = true
	if r.ahead == nil {
		r.fileFault(0, "", "", code.WrongEnvelope, "没有 T 行，文件不完整 / there is no T row: the file is cut off")
		r.identify()
		return
	}
	t := r.ahead
	r.result.Digest = r.src.digest()
	if t.fault.code != "" || len(t.fields) != 4 {
		r.fileFault(t.line, "T", "", code.WrongEnvelope, "T 行应有4个字段 / the T row should have 4 fields")
		r.identify()
		return
	}
	r.judgeTrailer(t.line, t.at(1), t.at(2), t.at(3))
	r.identify()
}

func (r *Reader) judgeTrailer(line int, rows, total, digest string) {
	draft := r.src.draft()
	var n int
	p := readWhole(&n, rows, 0, maxCount)
	switch {
	case draft && (rows == "" || r.envelope.kind == nil):
	case p.code != "":
		r.fileFault(line, "T", "rows", code.WrongEnvelope, textWhole)
	case n != r.rows:
		r.fileFault(line, "T", "rows", code.Count, fmt.Sprintf("T 行为%d行，实有%d行 / T says %d rows, there are %d", n, r.rows, n, r.rows))
	}
	var sum money.Fen
	p = readMoney(&sum, total)
	switch {
	case draft && (total == "" || r.envelope.kind == nil):
	case p.code != "":
		r.fileFault(line, "T", "total", code.WrongEnvelope, textMoney)
	case sum != r.total && !r.unsure:
		r.fileFault(line, "T", "total", code.Total, fmt.Sprintf("T 行为%s元，合计%s元 / T says %s, the sum is %s", sum, r.total, sum, r.total))
	}
	switch {
	case draft && digest == "", r.result.Digest == "":
	case !isHash(digest):
		r.fileFault(line, "T", "digest", code.WrongEnvelope, textHash)
	case digest != r.result.Digest:
		r.fileFault(line, "T", "digest", code.Digest, "文件内容与摘要不符 / the content does not have this digest")
	}
}

// identify reads to the end of the file.
func (r *Reader) identify() {
	identity, more, err := r.src.finish(r.rows, r.total)
	if err != nil {
		if errors.Is(err, errTooLarge) {
			err = &FileFault{code.TooLarge, "文件过大 / the file is too large"}
		}
		r.stop(err)
		return
	}
	if more && r.ahead != nil {
		r.fileFault(r.ahead.line, "T", "", code.WrongEnvelope, "T 行之后还有内容 / there is more behind the T row")
	}
	r.result.Identity = identity
}

// Result is the verdict on the file, once Next has returned false. The error
// is one of reading, not of the file.
func (r *Reader) Result() (Result, error) {
	res := r.result
	res.Faults, res.Rows, res.Total = r.faults, r.rows, r.total
	res.Verdict = code.FileAccepted
	if res.Refused > 0 {
		res.Verdict = code.FilePartly
	}
	for i := range r.faults {
		if !r.faults[i].Warning() {
			res.Verdict = code.FileRejected
		}
	}
	return res, r.err
}

// fieldsExpected says how many fields, the row type included, a row should have.
func fieldsExpected(want, got int) string {
	return "应有" + strconv.Itoa(want) + "个字段，实有" + strconv.Itoa(got) + "个 / " +
		strconv.Itoa(want) + " fields are expected, there are " + strconv.Itoa(got)
}
