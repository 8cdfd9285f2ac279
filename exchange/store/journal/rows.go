package journal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rows are rows of tables by table and key: those that events were written with, or those that
// stand in the database now.
type Rows map[string]digests

// digests are what a row is, and, of one that was there before, what it was then.
type digests struct{ is, was string }

// Add adds a row: the values of its columns, the first of which (keys) are what it is known by, and those
// it had before; nil: it is new. A later one of the same key counts.
func (r Rows) Add(table string, keys int, columns []string, values, before []any) {
	key := table
	for _, v := range values[:keys] {
		key += " " + keyText.Replace(written(v)[1:])
	}
	x := digests{is: digestOf(columns, values)}
	if first, again := r[key]; again {
		x.was = first.was
	} else if before != nil {
		x.was = digestOf(columns, before)
	}
	r[key] = x
}

// digestOf is the SHA-256 over name and value of each column, each behind its length as 8 bytes
// big-endian, in base64.
func digestOf(columns []string, values []any) string {
	h := sha256.New()
	for i, name := range columns {
		for _, s := range []string{name, written(values[i])} {
			var n [8]byte
			binary.BigEndian.PutUint64(n[:], uint64(len(s)))
			h.Write(n[:])
			h.Write([]byte(s))
		}
	}
	return base64.RawStdEncoding.EncodeToString(h.Sum(nil))
}

// keyText writes a value of a key as one word of a line.
var keyText = strings.NewReplacer("%", "%25", " ", "%20", "\n", "%0A")

// written is a value as it is hashed: its kind, then its text.
func written(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case []byte:
		return "t" + string(v)
	case string:
		return "t" + v
	case bool:
		if v {
			return "n1"
		}
		return "n0"
	}
	return fmt.Sprintf("n%d", v)
}

// String is a line for each row, sorted: table, key, digest, and behind "<" the digest of before.
func (r Rows) String() string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(r)) {
		b.WriteString(key + " " + r[key].is)
		if was := r[key].was; was != "" {
			b.WriteString("<" + was)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Take takes over the rows of an event behind those of events before it. It returns which of them were
// not, before that event, as the events before had left them.
func (r Rows) Take(proves string) (faults []string) {
	for line := range strings.Lines(proves) {
		line = strings.TrimSuffix(line, "\n")
		at := strings.LastIndexByte(line, ' ')
		if at < 0 {
			continue
		}
		key := line[:at]
		is, was, changed := strings.Cut(line[at+1:], "<")
		if changed && r[key].is != was {
			faults = append(faults, "the row "+key+" was changed before the program wrote it")
		}
		r[key] = digests{is: is}
	}
	return faults
}

// Differ says by which rows those that stand now are not those that were written, sorted: changed,
// added or deleted.
func (r Rows) Differ(now Rows) (faults []string) {
	for key, written := range r {
		switch found, ok := now[key]; {
		case !ok:
			faults = append(faults, "the row "+key+" was deleted")
		case found.is != written.is:
			faults = append(faults, "the row "+key+" is not the one that was written: now "+found.is)
		}
	}
	for key := range now {
		if _, ok := r[key]; !ok {
			faults = append(faults, "the row "+key+" was not written by the program: "+now[key].is)
		}
	}
	slices.Sort(faults)
	return faults
}
