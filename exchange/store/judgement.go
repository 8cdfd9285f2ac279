package store

import (
	"errors"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

var (
	judgementRows = keep("judgements", func(j *placed) []field {
		return []field{
			at("file_id", &j.FileID), at("ordinal", &j.Ordinal), at("part", &j.part), at("line", &j.Line), at("row_type", &j.Row), at("record_no", &j.RecordNo),
			at("verdict", (*string)(&j.Verdict)), at("code", (*string)(&j.Code)), at("field", &j.Field), at("words", &j.Text), at("echo", &j.Echo), at("raw", &j.Raw),
			at("nights", &j.Nights), at("told", &j.Reported),
		}
	}, nil)
	// updateJudgement: held → accepted or refused, or held one night more; never back.
	updateJudgement = judgementRows.update("file_id = $1 AND ordinal = $2 AND part = $3 AND verdict = 'held'")
)

// judged is the last record judged in a transaction: a record has one row
// per fault, numbered from 0.
type judged struct {
	file    int64
	ordinal int
	part    int
}

// placed is a judgement with its place among those of its record.
type placed struct {
	exchange.Judgement
	part int
}

func (tx *Tx) judgements(what, where string, args ...any) (all []exchange.Judgement, err error) {
	rows, err := judgementRows.many(tx, what, where, args...)
	for _, p := range rows {
		all = append(all, p.Judgement)
	}
	return all, err
}

// InsertJudgement stores a verdict on a record. Further faults of the same
// record are stored by further calls right behind, in the same transaction.
func (tx *Tx) InsertJudgement(j exchange.Judgement) error {
	next := judged{file: j.FileID, ordinal: j.Ordinal}
	if tx.judged.file == j.FileID && tx.judged.ordinal == j.Ordinal {
		next.part = tx.judged.part + 1
	}
	if err := judgementRows.add(tx, "judgement on "+j.RecordNo, &placed{j, next.part}); err != nil {
		return err
	}
	tx.judged = next
	return nil
}

// UpdateJudgement changes the verdict on a record that is still held, else
// ErrStale. A held record has one judgement.
func (tx *Tx) UpdateJudgement(j exchange.Judgement) error {
	return tx.change("judgement on "+j.RecordNo, updateJudgement, judgementRows.args(&placed{Judgement: j})...)
}

const (
	heldJudgements = "WHERE verdict = 'held' AND (file_id, ordinal) > ($1, $2) ORDER BY file_id, ordinal"
	heldRecords    = "WHERE verdict = 'held' AND row_type = $1 AND EXISTS (SELECT 1 FROM files WHERE id = file_id AND dir = 'in' AND party = $2) ORDER BY file_id, ordinal, part"
)

// HeldJudgements returns at most limit records that are still held, those
// behind last by file and place; the zero Judgement is before the first.
func (tx *Tx) HeldJudgements(last exchange.Judgement, limit int) ([]exchange.Judgement, error) {
	return tx.judgements("held records", heldJudgements+sqltext.AtMost(limit), last.FileID, int64(last.Ordinal))
}

// HeldRecords returns the records of a row type that a party sent and that
// are still held, by file and place.
func (tx *Tx) HeldRecords(party, rowType string) ([]exchange.Judgement, error) {
	return tx.judgements("held records of "+party, heldRecords, rowType, party)
}

// UnreportedJudgements returns the verdicts of a file that stand in no receipt yet.
func (tx *Tx) UnreportedJudgements(fileID int64) ([]exchange.Judgement, error) {
	return tx.judgements("untold verdicts", "WHERE told = 0 AND file_id = $1 ORDER BY ordinal, part", fileID)
}

// MarkReported records that all verdicts of a file stand in a queued receipt.
func (tx *Tx) MarkReported(fileID int64) error {
	return tx.any(fmt.Sprintf("verdicts of file %d", fileID), "UPDATE judgements SET told = 1 WHERE file_id = $1 AND told = 0", fileID)
}

// JudgementsByFile calls fn for every verdict of a file, in the order of the
// records, page by page, so that fn may use the transaction.
func (tx *Tx) JudgementsByFile(fileID int64, fn func(exchange.Judgement) error) error {
	return pages(func(last *placed) ([]placed, error) {
		if last.FileID == 0 {
			last.Ordinal = -1 // before the first record
		}
		return judgementRows.many(tx, fmt.Sprintf("verdicts of file %d", fileID),
			"WHERE file_id = $1 AND (ordinal, part) > ($2, $3) ORDER BY ordinal, part"+sqltext.AtMost(pageSize),
			fileID, int64(last.Ordinal), int64(last.part))
	}, singly(func(p placed) error { return fn(p.Judgement) }))
}

const (
	claimant = "SELECT COALESCE(file_id, 0) FROM claims WHERE kind = $1 AND party = $2 AND claim_key = $3"
	// aheadClaims is claimant for a list of keys.
	aheadClaims = "SELECT claim_key, COALESCE(file_id, 0) FROM claims WHERE kind = $1 AND party = $2 AND claim_key IN "
)

var insertClaim = pending.RowInto("claims", "kind, party, claim_key, file_id", " ON CONFLICT (kind, party, claim_key) DO NOTHING")

// errTaken: another transaction has claimed a key since it was read ahead. The
// transaction is run again, and sees that.
var errTaken = errors.New("claimed meanwhile")

// Claim is a record's duplicate key.
type Claim struct{ Kind, Party, Key string }

func (c Claim) asked() asked { return asked{[2]string{c.Kind, c.Party}, c.Key} }

// claims are who has claimed a key, as a pointer: nil, nobody has.
var claims = &remembered{pending.Table("claims")}

// ClaimKey takes a record's duplicate key for a file. ok is false when the
// key is taken; by is the file that has it.
func (tx *Tx) ClaimKey(kind, party, key string, fileID int64) (by int64, ok bool, err error) {
	c := Claim{kind, party, key}.asked()
	ahead := tx.known[claims]
	has, known := ahead[c].(*int64)
	switch {
	case !known:
		n, err := tx.now(insertClaim, []any{kind, party, key, shape.Ref(fileID)})
		if err != nil {
			return 0, false, fmt.Errorf("claim %s: %w", key, err)
		}
		if ahead != nil {
			tx.known[claims] = ahead // this key was not among them
		}
		if n == 1 {
			return fileID, true, nil
		}
		by, err = tx.number("claim "+key, claimant, kind, party, key)
		return by, false, err
	case has != nil:
		return *has, false, nil
	}
	ahead[c] = &fileID
	tx.claimed = append(tx.claimed, c)
	return fileID, true, tx.later(pending.Write{What: "claim " + key, Insert: insertClaim, Args: []any{kind, party, key, shape.Ref(fileID)}, None: errTaken})
}

// claimsAhead reads who has claimed keys.
func (tx *Tx) claimsAhead(keys []Claim) error {
	groups := map[[2]string][]any{}
	for _, c := range keys {
		of := [2]string{c.Kind, c.Party}
		groups[of] = append(groups[of], c.Key)
	}
	for of, keys := range groups {
		known := tx.knownTo(claims)
		for _, key := range keys {
			known[asked{of, key}] = (*int64)(nil)
		}
		err := sqltext.InLists(keys, func(list []any) error {
			return tx.each(func(r row) error {
				var key string
				var by int64
				err := r.Scan(&key, &by)
				known[asked{of, key}] = &by
				return err
			}, aheadClaims+sqltext.ListOf(len(list), 2), slices.Concat([]any{of[0], of[1]}, list)...)
		})
		if err != nil {
			return fmt.Errorf("claims: %w", err)
		}
	}
	return nil
}

// unclaim frees the keys that were claimed behind the first n.
func (tx *Tx) unclaim(n int) {
	for _, c := range tx.claimed[n:] {
		if _, known := tx.known[claims][c]; known {
			tx.known[claims][c] = (*int64)(nil)
		}
	}
	tx.claimed = tx.claimed[:n]
}

// ReleaseKey gives back a key that a file took: its record was refused later.
func (tx *Tx) ReleaseKey(kind, party, key string, fileID int64) error {
	c := Claim{kind, party, key}.asked()
	delete(tx.known[claims], c)
	return tx.later(pending.Write{
		What: "release " + key, Many: true, Args: []any{kind, party, key, fileID},
		Insert: pending.Insert{Into: "DELETE FROM claims WHERE kind = $1 AND party = $2 AND claim_key = $3 AND file_id = $4", Tables: insertClaim.Tables},
	})
}
