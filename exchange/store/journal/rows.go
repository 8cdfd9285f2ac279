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

// Rows are rows of tables, each by its key with a digest: those that an event was written
// with, or those that stand in the database now.
type Rows struct{ digests map[string]string }

// Add adds a row: the values of its columns, the first of which (keys) are what it is known by. A later
// one of the same key counts.
func (r *Rows) Add(table string, keys int, columns []string, values []any) {
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
			key += " " + strings.ReplaceAll(value[1:], " ", "\u00a0")
		}
	}
	if r.digests == nil {
		r.digests = map[string]string{}
	}
	r.digests[key] = base64.RawStdEncoding.EncodeToString(h.Sum(nil))
}

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
func (r *Rows) String() string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(r.digests)) {
		fmt.Fprintf(&b, "%s %s\n", key, r.digests[key])
	}
	return b.String()
}

// Take takes over the rows of an event behind those of events before it.
func (r *Rows) Take(proves string) {
	if r.digests == nil {
		r.digests = map[string]string{}
	}
	for line := range strings.Lines(proves) {
		line = strings.TrimSuffix(line, "\n")
		if at := strings.LastIndexByte(line, ' '); at > 0 {
			r.digests[line[:at]] = line[at+1:]
		}
	}
}

// Len is how many rows there are.
func (r *Rows) Len() int { return len(r.digests) }

// Differ says by which rows those that stand now are not those that were written, sorted: changed,
// added or deleted.
func (r *Rows) Differ(now *Rows) (faults []string) {
	for key, digest := range r.digests {
		switch found, ok := now.digests[key]; {
		case !ok:
			faults = append(faults, "the row "+key+" was deleted")
		case found != digest:
			faults = append(faults, "the row "+key+" is not the one that was written")
		}
	}
	for key := range now.digests {
		if _, ok := r.digests[key]; !ok {
			faults = append(faults, "the row "+key+" was not written by the program")
		}
	}
	slices.Sort(faults)
	return faults
}
