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

// Rows are rows of tables, from table and key to digest: those that events were written with, or
// those that stand in the database now.
type Rows map[string]string

// Add adds a row: the values of its columns, the first of which (keys) are what it is known by. A later
// one of the same key counts. A digest is the SHA-256 over name and value of each column, each behind
// its length as 8 bytes big-endian.
func (r Rows) Add(table string, keys int, columns []string, values []any) {
	h := sha256.New()
	key := table
	for i, name := range columns {
		value := written(values[i])
		for _, s := range []string{name, value} {
			var n [8]byte
			binary.BigEndian.PutUint64(n[:], uint64(len(s)))
			h.Write(n[:])
			h.Write([]byte(s))
		}
		if i < keys {
			key += " " + keyText.Replace(value[1:])
		}
	}
	r[key] = base64.RawStdEncoding.EncodeToString(h.Sum(nil))
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

// String is a line for each row, sorted: table, key, digest.
func (r Rows) String() string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(r)) {
		fmt.Fprintf(&b, "%s %s\n", key, r[key])
	}
	return b.String()
}

// Take takes over the rows of an event behind those of events before it.
func (r Rows) Take(proves string) {
	for line := range strings.Lines(proves) {
		line = strings.TrimSuffix(line, "\n")
		if at := strings.LastIndexByte(line, ' '); at > 0 {
			r[line[:at]] = line[at+1:]
		}
	}
}

// Differ says by which rows those that stand now are not those that were written, sorted: changed,
// added or deleted.
func (r Rows) Differ(now Rows) (faults []string) {
	for key, digest := range r {
		switch found, ok := now[key]; {
		case !ok:
			faults = append(faults, "the row "+key+" was deleted")
		case found != digest:
			faults = append(faults, "the row "+key+" is not the one that was written: now "+found)
		}
	}
	for key := range now {
		if _, ok := r[key]; !ok {
			faults = append(faults, "the row "+key+" was not written by the program: "+now[key])
		}
	}
	slices.Sort(faults)
	return faults
}
