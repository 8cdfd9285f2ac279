package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"

	"carryover/exchange/calendar"
)

// Checkpoint is the state of the whole store at one moment: all heads of the journal, all
// counters and all balances in a hash each.
type Checkpoint struct {
	ID       int64
	At       time.Time // to the microsecond
	On       calendar.Date
	EventID  int64  // the last event covered
	Chains   int64  // chains with at least one event
	Events   int64  // events covered
	Cases    int64  // cases in the store
	Heads    []byte // SHA-256 over all heads, see Heads
	Numbers  int64  // the sum of all counters: how many numbers were issued
	Counters []byte // SHA-256 over all counters, see Values
	EntryID  int64  // the last entry of the ledger that is covered
	Balances []byte // SHA-256 over all balances but those of 0, see Values; nil: of a program that covered none
	Schema   string // of the tables, see Schema; "" of a program that covered none
	Before   []byte // hash of the checkpoint before; nil for the first
	Hash     []byte // SHA-256 over the checkpoint before and this one's fields
}

// hash chains checkpoints like events: the predecessor's hash (32 zero bytes for the
// first), then at, date, last event, chains, events, cases as 8 bytes big-endian each, then
// the heads; where balances are covered then numbers and last entry, the hashes of
// counters and balances, and the number 2, or, where the schema is, its length, its text and the
// number 3.
func (c *Checkpoint) hash() []byte {
	before := c.Before
	if len(before) == 0 {
		before = make([]byte, sha256.Size)
	}
	b := bytes.Clone(before)
	numbers := func(list ...int64) {
		for _, n := range list {
			b = binary.BigEndian.AppendUint64(b, uint64(n))
		}
	}
	numbers(micros(c.At), int64(c.On), c.EventID, c.Chains, c.Events, c.Cases)
	b = append(b, c.Heads...)
	if c.Balances != nil {
		numbers(c.Numbers, c.EntryID)
		b = append(append(b, c.Counters...), c.Balances...)
		if c.Schema == "" {
			numbers(2)
		} else {
			numbers(int64(len(c.Schema)))
			b = append(b, c.Schema...)
			numbers(3)
		}
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// Values hashes named numbers in the byte order of their names: for each, length of the
// name, name, and the number, lengths and numbers as 8 bytes big-endian.
type Values struct {
	hash hash.Hash
	Sum  int64 // of the numbers, which wraps around
}

// NewValues begins with the first.
func NewValues() *Values { return &Values{hash: sha256.New()} }

// Add takes the next.
func (v *Values) Add(name string, n int64) {
	v.Sum += n
	b := binary.BigEndian.AppendUint64(nil, uint64(len(name)))
	v.hash.Write(binary.BigEndian.AppendUint64(append(b, name...), uint64(n)))
}

// Hash is that of all that were added.
func (v *Values) Hash() []byte { return v.hash.Sum(nil) }

// Schema names a schema by its version, how the engine writes texts, and the SHA-256 over name and
// text of each part, each behind its length as 8 bytes big-endian.
type Schema struct {
	hash hash.Hash
	form string
}

// NewSchema begins with the version.
func NewSchema(version int) *Schema {
	return &Schema{hash: sha256.New(), form: strconv.Itoa(version)}
}

// Add takes the next part; one without a name says how the engine writes texts.
func (s *Schema) Add(name, text string) {
	if name == "" {
		s.form += " " + text
		return
	}
	for _, part := range []string{name, text} {
		s.hash.Write(append(binary.BigEndian.AppendUint64(nil, uint64(len(part))), part...))
	}
}

// String is the schema with its hash, in lower-case hex, as the last word.
func (s *Schema) String() string { return s.form + " " + hex.EncodeToString(s.hash.Sum(nil)) }

// changed reports whether a schema is another without a newer version of it or of the engine.
func changed(before, now string) bool {
	b, n := strings.LastIndexByte(before, ' '), strings.LastIndexByte(now, ' ')
	return b > 0 && n > 0 && before[:b] == now[:n] && before != now
}

// checkpointHead is the first line of a checkpoint's text, before the number of its form: 1, or 2 of
// one that covers the schema.
const checkpointHead = "carryover checkpoint "

func (c *Checkpoint) form() string {
	if c.Schema == "" {
		return "1"
	}
	return "2"
}

// Name is how a checkpoint's file is called.
func (c *Checkpoint) Name() string { return fmt.Sprintf("checkpoint-%s-%d.txt", c.On, c.ID) }

// NumberOf is the number in the name of a checkpoint's file; 0 of any other name.
func NumberOf(name string) (id int64) {
	var y, m, d int
	if n, err := fmt.Sscanf(name, "checkpoint-%d-%d-%d-%d.txt", &y, &m, &d, &id); err != nil || n != 4 {
		return 0
	}
	return id
}

// row is a line of a checkpoint's text: its name, and the value as it is written and read.
type row struct {
	name  string
	write string
	read  func(string) error
}

func (c *Checkpoint) rows(form string, agency, store *string) []row {
	text := func(name string, to *string) row {
		return row{name, *to, func(s string) error { *to = s; return nil }}
	}
	number := func(name string, to *int64) row {
		return row{name, strconv.FormatInt(*to, 10), func(s string) (err error) { *to, err = strconv.ParseInt(s, 10, 64); return err }}
	}
	sum := func(name string, to *[]byte) row {
		return row{name, hex.EncodeToString(*to), func(s string) (err error) {
			if *to, err = hex.DecodeString(s); s == "" {
				*to = nil
			} else if len(*to) != sha256.Size {
				err = errors.New("no SHA-256")
			}
			return err
		}}
	}
	date := row{"date", c.On.String(), func(s string) (err error) { c.On, err = calendar.ParseDate(s); return err }}
	const layout = "2006-01-02T15:04:05.000000Z"
	schema := []row{text("schema", &c.Schema)}
	if form == "1" {
		schema = nil
	}
	at := row{"at", c.At.UTC().Format(layout), func(s string) (err error) { c.At, err = time.Parse(layout, s); return err }}
	return slices.Concat([]row{
		text("agency", agency), text("store", store), number("number", &c.ID), date, at,
		number("last event", &c.EventID), number("events", &c.Events), number("chains", &c.Chains), number("cases", &c.Cases), sum("heads", &c.Heads),
		number("numbers issued", &c.Numbers), sum("counters", &c.Counters), number("last entry", &c.EntryID), sum("balances", &c.Balances),
	}, schema, []row{sum("before", &c.Before), sum("hash", &c.Hash)})
}

// Text is a checkpoint as it leaves: a line "name: value" for each field, hashes in
// lower-case hex, with the agency's code and the store's ID.
func (c *Checkpoint) Text(agency, store string) string {
	var b strings.Builder
	b.WriteString(checkpointHead + c.form() + "\n")
	for _, r := range c.rows(c.form(), &agency, &store) {
		fmt.Fprintf(&b, "%s: %s\n", r.name, r.write)
	}
	return b.String()
}

// ParseCheckpoint reads the text of a checkpoint, byte for byte as Text makes it; carriage
// returns and a byte order mark, which a mail may have put in, count for nothing.
func ParseCheckpoint(text string) (c Checkpoint, agency, store string, err error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\uFEFF"), "\r\n", "\n")
	head, rest, _ := strings.Cut(text, "\n")
	form, ok := strings.CutPrefix(head, checkpointHead)
	if !ok || form != "1" && form != "2" {
		return c, "", "", errors.New("this is no checkpoint of a form that this program knows")
	}
	for _, r := range c.rows(form, &agency, &store) {
		line, behind, _ := strings.Cut(rest, "\n")
		value, ok := strings.CutPrefix(line, r.name+": ")
		if !ok {
			return c, "", "", fmt.Errorf("checkpoint: no line %q in its place", r.name)
		}
		if err := r.read(value); err != nil {
			return c, "", "", fmt.Errorf("checkpoint: %s: %w", r.name, err)
		}
		rest = behind
	}
	switch {
	case c.Text(agency, store) != text:
		err = errors.New("checkpoint: not as it is written")
	case !bytes.Equal(c.hash(), c.Hash):
		err = errors.New("checkpoint: its hash is another: the text was changed")
	}
	return c, agency, store, err
}
