package store

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

var (
	fileRows = keep("files", func(f *exchange.File) []field {
		return []field{
			at("id", &f.ID), at("dir", (*string)(&f.Dir)), at("party", &f.Party), at("kind", &f.Kind), at("name", &f.Name), at("carrier", &f.Carrier),
			at("sha256", &f.SHA256), at("stored_sha", &f.StoredSHA), at("size", &f.Size), at("sequence", &f.Sequence), at("state", (*string)(&f.State)),
			at("verdict", (*string)(&f.Verdict)), at("code", &f.Code), at("words", &f.Text), at("seen", &f.Seen), at("at", shape.MomentOf(&f.At)), at("sent_at", shape.MomentOf(&f.SentAt)),
			at("resent", &f.Resent), at("records", &f.Records), at("accepted", &f.Accepted), at("held", &f.Held), at("refused", &f.Refused), at("row_count", &f.Rows),
			at("total", (*int64)(&f.Total)), at("worked", &f.Worked), at("spool", &f.Spool), at("receipt", shape.OptionalOf(&f.Receipt)),
			at("dup_of", shape.OptionalOf(&f.DupOf)), at("signature", &f.Signature), at("signer", &f.Signer),
		}
	}, nil)
	insertFile = fileRows.insert + " RETURNING id"
	updateFile = fileRows.update("id = $30 AND state = $31 AND worked = $32")
)

// InsertFile stores a file and gives it its ID.
func (tx *Tx) InsertFile(f *exchange.File) error {
	id, err := tx.number("file "+f.Name, insertFile, fileRows.args(f)...)
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
	return tx.change("file "+after.Name, updateFile, fileRows.args(&after, before.ID, string(before.State), int64(before.Worked))...)
}

// File returns a file by its ID.
func (tx *Tx) File(id int64) (exchange.File, error) {
	return fileRows.one(tx, fmt.Sprintf("file %d", id), "WHERE id = $1", id)
}

// FileByName returns the latest file of a name.
func (tx *Tx) FileByName(dir exchange.Side, party, name string) (exchange.File, error) {
	return fileRows.one(tx, "file "+name, "WHERE "+sqltext.Is("dir", dir)+" AND party = $1 AND name = $2 ORDER BY id DESC LIMIT 1", party, name)
}

// FileBySHA returns the first file of a content that counts: of those that
// came in, one that was worked (a rejected one may come again); of those that
// go out, any.
func (tx *Tx) FileBySHA(dir exchange.Side, party, sha string) (exchange.File, error) {
	return fileRows.one(tx, "file with this content", "WHERE "+sqltext.Is("dir", dir)+
		" AND party = $1 AND sha256 = $2 AND state NOT IN ('fetched', 'rejected', 'duplicate', 'quarantined') ORDER BY id LIMIT 1",
		party, sha)
}

// FileBySequence returns the file of a sequence: the one that counts, as in
// FileBySHA, else the latest.
func (tx *Tx) FileBySequence(dir exchange.Side, party, kind string, sequence int64) (exchange.File, error) {
	return fileRows.one(tx, fmt.Sprintf("%s file %d", kind, sequence), "WHERE "+sqltext.Is("dir", dir)+
		" AND party = $1 AND kind = $2 AND sequence = $3"+
		" ORDER BY CASE WHEN state IN ('fetched', 'rejected', 'duplicate', 'quarantined') THEN 1 ELSE 0 END, id DESC LIMIT 1",
		party, kind, sequence)
}

// workedBefore is the condition of WorkedBefore.
const workedBefore = "WHERE dir = 'in' AND party = $1 AND state = 'worked' AND (sha256 = $2 OR kind = $3 AND sequence = $4)"

// WorkedBefore returns the files of the same sender that were worked and have the
// content of a file that came in, or its kind and sequence; by ID.
func (tx *Tx) WorkedBefore(f exchange.File) ([]exchange.File, error) {
	files, err := fileRows.many(tx, "files before "+f.Name, workedBefore, f.Party, f.SHA256, f.Kind, f.Sequence)
	slices.SortFunc(files, func(a, b exchange.File) int { return cmp.Compare(a.ID, b.ID) })
	return files, err
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
	var c sqltext.Conditions
	if f.Dir != "" {
		c.Parts = append(c.Parts, sqltext.Is("dir", f.Dir))
	}
	c.Add("party =", f.Party)
	c.Add("kind =", f.Kind)
	if len(f.States) > 0 {
		c.Parts = append(c.Parts, sqltext.IsAnyOf("state", f.States))
	}
	if f.Since != 0 {
		c.Args = append(c.Args, f.Since.String(), shape.Micros(f.Since.Time(time.UTC)))
		c.Parts = append(c.Parts, "(dir = 'in' AND seen >= "+sqltext.Arg(len(c.Args)-1)+" OR dir = 'out' AND at >= "+sqltext.Arg(len(c.Args))+")")
	}
	c.After("id", f.AfterID)
	return c.Query("id", f.Limit)
}

// Files lists files.
func (tx *Tx) Files(f FileFilter) ([]exchange.File, error) {
	text, args := f.query()
	return fileRows.many(tx, "files", text, args...)
}

// FilesToWork returns the files that came in and are not worked to the end,
// in the order in which they came.
func (tx *Tx) FilesToWork() ([]exchange.File, error) {
	return fileRows.many(tx, "files to work", "WHERE state = 'fetched' ORDER BY id")
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
			SELECT DISTINCT sequence FROM files WHERE `+sqltext.Is("dir", dir)+` AND party = $1 AND kind = $2 AND sequence > 0) AS seen) AS pairs
		WHERE sequence > before + 1 ORDER BY sequence`+sqltext.AtMost(maxGaps), party, kind)
	if err != nil {
		return nil, fmt.Errorf("gaps of %s %s: %w", party, kind, err)
	}
	return gaps, nil
}

// LastSequence is the highest sequence seen of a party and kind; none: 0.
func (tx *Tx) LastSequence(dir exchange.Side, party, kind string) (int64, error) {
	return tx.number("sequence of "+kind, "SELECT COALESCE(max(sequence), 0) FROM files WHERE "+sqltext.Is("dir", dir)+" AND party = $1 AND kind = $2", party, kind)
}
