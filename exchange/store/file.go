package store

import (
	"fmt"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

const fileColumns = "dir, party, kind, name, carrier, sha256, stored_sha, size, sequence, state, verdict, code, words, seen, at, sent_at, resent, records, accepted, held, refused, row_count, total, worked, spool, receipt, dup_of, signature, signer"

var (
	insertFile = insertInto("files", fileColumns) + " RETURNING id"
	updateFile = "UPDATE files SET " + setAll(fileColumns) + " WHERE id = $30 AND state = $31 AND worked = $32"
	selectFile = "SELECT id, " + fileColumns + " FROM files "
)

func fileArgs(f *exchange.File) []any {
	return []any{
		string(f.Dir), f.Party, f.Kind, f.Name, f.Carrier, f.SHA256, f.StoredSHA, f.Size, f.Sequence, string(f.State), string(f.Verdict),
		f.Code, f.Text, f.Seen.String(), micros(f.At), micros(f.SentAt), int64(f.Resent), int64(f.Records), int64(f.Accepted), int64(f.Held),
		int64(f.Refused), int64(f.Rows), int64(f.Total), int64(f.Worked), f.Spool, ref(f.Receipt), ref(f.DupOf), f.Signature, f.Signer,
	}
}

func scanFile(r row, f *exchange.File) error {
	var at, sent int64
	err := r.Scan(
		&f.ID, (*string)(&f.Dir), &f.Party, &f.Kind, &f.Name, &f.Carrier, &f.SHA256, &f.StoredSHA, &f.Size, &f.Sequence, (*string)(&f.State), (*string)(&f.Verdict),
		&f.Code, &f.Text, &f.Seen, &at, &sent, &f.Resent, &f.Records, &f.Accepted, &f.Held,
		&f.Refused, &f.Rows, (*int64)(&f.Total), &f.Worked, &f.Spool, optional[int64]{&f.Receipt}, optional[int64]{&f.DupOf}, &f.Signature, &f.Signer,
	)
	f.At, f.SentAt = instant(at), instant(sent)
	return err
}

// InsertFile stores a file and gives it its ID.
func (tx *Tx) InsertFile(f *exchange.File) error {
	id, err := tx.number("file "+f.Name, insertFile, fileArgs(f)...)
	if err != nil {
		return err
	}
	f.ID = id
	return nil
}

// UpdateFile changes a file that still has before's state and has as many
// records worked as before, else ErrStale: what one node took, another that
// comes back late cannot finish.
func (tx *Tx) UpdateFile(before, after exchange.File) error {
	return tx.change("file "+after.Name, updateFile, append(fileArgs(&after), before.ID, string(before.State), int64(before.Worked))...)
}

// File returns a file by its ID.
func (tx *Tx) File(id int64) (exchange.File, error) {
	return one(tx, fmt.Sprintf("file %d", id), scanFile, selectFile+"WHERE id = $1", id)
}

// FileByName returns the latest file of a name.
func (tx *Tx) FileByName(dir exchange.Side, party, name string) (exchange.File, error) {
	return one(tx, "file "+name, scanFile, selectFile+"WHERE "+is("dir", dir)+" AND party = $1 AND name = $2 ORDER BY id DESC LIMIT 1", party, name)
}

// FileBySHA returns the first file of a content that counts: of those that
// came in, one that was worked (a rejected one may come again); of those that
// go out, any.
func (tx *Tx) FileBySHA(dir exchange.Side, party, sha string) (exchange.File, error) {
	return one(tx, "file with this content", scanFile, selectFile+"WHERE "+is("dir", dir)+
		" AND party = $1 AND sha256 = $2 AND state NOT IN ('fetched', 'rejected', 'duplicate', 'quarantined') ORDER BY id LIMIT 1",
		party, sha)
}

// FileBySequence returns the file of a sequence: the one that counts, as in
// FileBySHA, else the latest.
func (tx *Tx) FileBySequence(dir exchange.Side, party, kind string, sequence int64) (exchange.File, error) {
	return one(tx, fmt.Sprintf("%s file %d", kind, sequence), scanFile, selectFile+"WHERE "+is("dir", dir)+
		" AND party = $1 AND kind = $2 AND sequence = $3"+
		" ORDER BY CASE WHEN state IN ('fetched', 'rejected', 'duplicate', 'quarantined') THEN 1 ELSE 0 END, id DESC LIMIT 1",
		party, kind, sequence)
}

// FileFilter says which files to list; zero fields do not restrict. Files are
// listed by ID, those after AfterID, at most Limit (0: all).
type FileFilter struct {
	Dir     exchange.Side
	Party   string
	Kind    string
	States  []exchange.FileState
	Since   calendar.Date // seen (in) or queued (out, by UTC) on this date or later
	AfterID int64
	Limit   int
}

func (f FileFilter) query() (string, []any) {
	var where []string
	var args []any
	equal := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, column+" = "+arg(len(args)))
		}
	}
	if f.Dir != "" {
		where = append(where, is("dir", f.Dir))
	}
	equal("party", f.Party)
	equal("kind", f.Kind)
	if len(f.States) > 0 {
		where = append(where, isAnyOf("state", f.States))
	}
	if f.Since != 0 {
		args = append(args, f.Since.String(), micros(f.Since.Time(time.UTC)))
		where = append(where, "(dir = 'in' AND seen >= "+arg(len(args)-1)+" OR dir = 'out' AND at >= "+arg(len(args))+")")
	}
	args = append(args, f.AfterID)
	where = append(where, "id > "+arg(len(args)))
	text := selectFile + "WHERE " + strings.Join(where, " AND ") + " ORDER BY id"
	if f.Limit > 0 {
		text += atMost(f.Limit)
	}
	return text, args
}

// Files lists files.
func (tx *Tx) Files(f FileFilter) ([]exchange.File, error) {
	text, args := f.query()
	return many(tx, "files", scanFile, text, args...)
}

// FilesToWork returns the files that came in and are not worked to the end,
// in the order in which they came.
func (tx *Tx) FilesToWork() ([]exchange.File, error) {
	return many(tx, "files to work", scanFile, selectFile+"WHERE state = 'fetched' ORDER BY id")
}

// maxGaps bounds the gaps that are named.
const maxGaps = 1000

// SequenceGaps returns the sequences from 1 to the highest seen that no file
// of a party and kind has, at most 1000 of them. A rejected file has its
// sequence: it is not missing.
func (tx *Tx) SequenceGaps(dir exchange.Side, party, kind string) ([]int64, error) {
	var gaps []int64
	err := tx.each(func(r row) error {
		var before, after int64
		if err := r.Scan(&before, &after); err != nil {
			return err
		}
		for n := before + 1; n < after && len(gaps) < maxGaps; n++ {
			gaps = append(gaps, n)
		}
		return nil
	}, `SELECT before, sequence FROM (
		SELECT sequence, COALESCE(LAG(sequence) OVER (ORDER BY sequence), 0) AS before FROM (
			SELECT DISTINCT sequence FROM files WHERE `+is("dir", dir)+` AND party = $1 AND kind = $2 AND sequence > 0) AS seen) AS pairs
		WHERE sequence > before + 1 ORDER BY sequence`+atMost(maxGaps), party, kind)
	if err != nil {
		return nil, fmt.Errorf("gaps of %s %s: %w", party, kind, err)
	}
	return gaps, nil
}

// LastSequence is the highest sequence seen of a party and kind; none: 0.
func (tx *Tx) LastSequence(dir exchange.Side, party, kind string) (int64, error) {
	return tx.number("sequence of "+kind, "SELECT COALESCE(max(sequence), 0) FROM files WHERE "+is("dir", dir)+" AND party = $1 AND kind = $2", party, kind)
}

// SequenceSeen reports whether any file of a party and kind has a sequence.
func (tx *Tx) SequenceSeen(dir exchange.Side, party, kind string, sequence int64) (bool, error) {
	n, err := tx.number("sequence of "+kind, "SELECT count(*) FROM files WHERE "+is("dir", dir)+" AND party = $1 AND kind = $2 AND sequence = $3", party, kind, sequence)
	return n > 0, err
}
