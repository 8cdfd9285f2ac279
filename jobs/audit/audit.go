// Package audit proves each night that the store is as it was written, and lets a checkpoint of
// it leave.
//
// It promises that what a night finds is kept before anything else of the night is made, so that
// the payments which it concerns stop in the same pass, and that a checkpoint shows what was proven.
// What is signed, and what a finding stops, is signing's.
package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// mostFindings bounds what a night keeps: a store of which more is wrong is not mended one by one.
const mostFindings = 100

// Verify proves what a night does (store.VerifyNight) against the last checkpoint and the last that
// left, and keeps what it finds: the first fault of each chain.
func Verify(ctx context.Context, o *office.Office) (found int, err error) {
	var faults []journal.Fault
	away := inDrop(ctx, o)
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		left, err := leftFor(o, tx)
		if err != nil {
			return err
		}
		for _, c := range away {
			lost, err := lostFor(o, tx)
			if err != nil {
				return err
			}
			if slices.Contains(lost, hex.EncodeToString(c.Hash)) {
				continue
			}
			if !slices.ContainsFunc(left, func(l journal.Checkpoint) bool { return bytes.Equal(l.Hash, c.Hash) }) {
				left = append(left, c)
			}
		}
		r, err := tx.VerifyNight(left...)
		faults = firstOfEach(r.Faults)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prove the store: %w", err)
	}
	if len(faults) == 0 {
		return 0, nil
	}
	err = o.Do(ctx, office.By{Actor: "report"}, func(d *office.Desk) error {
		found, err = signing.KeepFindings(d, faults)
		return err
	})
	return found, err
}

// lostFor are the checkpoints that left and that the store lost when it was taken back, which the
// list of that restoration names: their hashes, lower-case hex.
func lostFor(o *office.Office, tx *store.Tx) (lost []string, err error) {
	restored, err := signing.ReadRestored(o, tx)
	for _, r := range restored {
		lost = append(lost, r.Lost...)
	}
	return lost, err
}

// firstOfEach are the first fault of each chain and those of checkpoints, at most mostFindings.
func firstOfEach(all []journal.Fault) (faults []journal.Fault) {
	seen := map[string]bool{}
	for _, f := range all {
		if f.Chain != "" && seen[f.Chain] || len(faults) == mostFindings {
			continue
		}
		seen[f.Chain] = true
		faults = append(faults, f)
	}
	return faults
}

// leftFor is the last checkpoint that left; none while none has.
func leftFor(o *office.Office, tx *store.Tx) ([]journal.Checkpoint, error) {
	c, _, err := signing.LastLeft(o, tx)
	if err != nil {
		return nil, office.IgnoreNotFound(err)
	}
	return []journal.Checkpoint{c}, nil
}

// mostText bounds what is read of a checkpoint's text.
const mostText = 64 << 10

// inDrop is the newest checkpoint that lies in the drop on another host, as it is there; none where
// there is no such drop, and while it cannot be read, which the log says.
func inDrop(ctx context.Context, o *office.Office) []journal.Checkpoint {
	p, ok := o.Party(o.Agency.Audit())
	if !ok {
		return nil
	}
	c, found, err := Newest(ctx, p)
	if err != nil {
		o.Log.Warn("the checkpoints on the other host cannot be read", "err", err)
	}
	if err != nil || !found {
		return nil
	}
	return []journal.Checkpoint{c}
}

// Newest is the newest checkpoint that lies in a drop on another host; false where none does.
func Newest(ctx context.Context, p office.Party) (c journal.Checkpoint, found bool, err error) {
	d, err := p.Open(ctx)
	if err != nil {
		return c, false, err
	}
	defer d.Close()
	list, err := d.List(ctx, drop.Out)
	if err != nil {
		return c, false, err
	}
	var newest drop.Entry
	for _, e := range list.Files {
		if id := journal.NumberOf(e.Name); id > c.ID && e.Size <= mostText {
			c.ID, newest = id, e
		}
	}
	if c.ID == 0 {
		return c, false, nil
	}
	var text bytes.Buffer
	if _, err := d.Get(ctx, drop.Out, newest, &text); err != nil {
		return c, false, err
	}
	c, agency, _, err := journal.ParseCheckpoint(text.String())
	if err == nil && agency+"a" != p.Code {
		err = fmt.Errorf("%s is of agency %s", newest.Name, agency)
	}
	return c, err == nil, err
}

// keptToSign is how many checkpoints lie in the auditors' folders to be signed: the last ones.
const keptToSign = 10

// Checkpoint writes a checkpoint of the store, and shows its text to the officers who countersign
// it. Older ones that nobody signed are taken away again.
func Checkpoint(ctx context.Context, o *office.Office) error {
	err := o.Do(ctx, office.By{Actor: "report"}, func(d *office.Desk) error {
		c, err := d.Tx.WriteCheckpoint(d.Now(), d.Date)
		if err != nil {
			return err
		}
		a, err := signing.ReadApproved(d.Office, d.Tx)
		if err != nil || !witnessed(o, a) {
			return err
		}
		if err := voidOld(d); err != nil {
			return err
		}
		return signing.ShowCheckpoint(d, c, a.Signers)
	})
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// witnessed reports whether anybody outside the machine keeps checkpoints.
func witnessed(o *office.Office, a signing.Approved) bool {
	if _, ok := o.Party(o.Agency.Audit()); ok {
		return true
	}
	for _, o := range a.Signers.Officers {
		if o.Has(exchange.Auditing()...) {
			return true
		}
	}
	return false
}

func voidOld(d *office.Desk) error {
	waiting, err := d.Tx.Files(store.FileFilter{Dir: exchange.Out, Party: d.Agency.Code, Kind: office.KindCheckpoint, States: []exchange.FileState{exchange.FilePrepared}})
	if err != nil {
		return err
	}
	for _, f := range waiting[:max(0, len(waiting)-keptToSign+1)] {
		void := f
		void.State, void.At = exchange.FileVoid, d.Now()
		if err := errors.Join(d.Tx.UpdateFile(f, void), signing.WithdrawSignables(d, f, "")); err != nil {
			return err
		}
	}
	return nil
}

// leftWD is for how many working days the last checkpoint that left may be the last: weekly is
// enough.
const leftWD = 5

// Standing is what is known outside the machine of the store.
type Standing struct {
	Witnessed bool                // an officer 审计, or a drop on another host, keeps checkpoints
	Left      *journal.Checkpoint // the last that left; nil: none
	By        string              // who countersigned it, or where it lies
	Since     calendar.Date       // when it left, or the first of those that did not
	Due       calendar.Due        // by when the next should leave; 0: nobody waits for one
	Findings  []signing.Finding
	Restored  []signing.Restored
}

// ReadStanding reads it.
func ReadStanding(o *office.Office, tx *store.Tx) (s Standing, err error) {
	a, err := signing.ReadApproved(o, tx)
	if err != nil {
		return s, err
	}
	if s.Findings, s.Restored, err = signing.ReadStops(o, tx); err != nil {
		return s, err
	}
	s.Witnessed = witnessed(o, a)
	c, left, err := signing.LastLeft(o, tx)
	if err == nil {
		s.Left, s.By = &c, left.By()
	} else if !errors.Is(err, store.ErrNotFound) {
		return s, err
	}
	if !s.Witnessed {
		return s, nil
	}
	if s.Left == nil {
		all, err := tx.Checkpoints()
		if err != nil || len(all) == 0 {
			return s, err
		}
		c = all[0]
	}
	s.Since, s.Due = c.On, o.Calendar.Due(c.On, leftWD, calendar.DueOptions{})
	return s, nil
}

// Words says in the agency's language what is known outside, and for a year what was found and
// accepted.
func (s Standing) Words(o *office.Office) (lines []string) {
	switch {
	case s.Left != nil:
		lines = append(lines, o.Sayf("最近留存在外的检查点：%s（第 %d 号，%s）", "the last checkpoint that left: %s (number %d, %s)", s.Left.On, s.Left.ID, s.By))
	case s.Witnessed:
		lines = append(lines, o.Say("尚无检查点留存在外", "no checkpoint has left yet"))
	}
	if !s.Witnessed {
		lines = append(lines, o.Say("没有审计人员，也没有异机留存：数据库被整体改写时无从发现",
			"there is neither an officer with the role audit nor audit.drop: that the whole store was rewritten would not be noticed"))
	}
	for _, f := range s.Findings {
		switch {
		case f.Accepted == nil:
			lines = append(lines, o.Sayf("核验发现 %d（%s）：%s，%s；未核销", "finding %d of %s: %s, %s; open", f.N, f.On, Where(o, f), What(o, f)))
		case f.AcceptedOn > o.Date.AddDays(-366):
			lines = append(lines, o.Sayf("核验发现 %d（%s）：%s，%s；%s 核销（%s）：%s", "finding %d of %s: %s, %s; accepted on %s (%s): %s",
				f.N, f.On, Where(o, f), What(o, f), f.AcceptedOn, f.Accepted.Who(), f.Accepted.Evidence))
		}
	}
	return lines
}

// Trust is the checkpoint from which a proof starts: that of a text which somebody kept, with the
// signatures beside it by officer, each of which has to be one that counts; with no text the last
// that left, and false when none has.
func Trust(o *office.Office, tx *store.Tx, text string, signatures map[string]string) (c journal.Checkpoint, by string, ok bool, err error) {
	if text == "" {
		c, left, err := signing.LastLeft(o, tx)
		return c, left.By(), err == nil, office.IgnoreNotFound(err)
	}
	c, agency, bound, err := journal.ParseCheckpoint(text)
	if err != nil {
		return c, "", false, err
	}
	if here, err := tx.Binding(); agency != o.Agency.Code || err == nil && here.Spool != bound {
		return c, "", false, errors.Join(office.IgnoreNotFound(err), fmt.Errorf("the checkpoint is of another store: agency %s, store %s", agency, bound))
	}
	by = "not countersigned"
	for officer, armored := range signatures {
		if err := signing.Countersigned(o, tx, officer, text, armored, c.On); err != nil {
			return c, "", false, fmt.Errorf("signature of %s: %w", officer, err)
		}
		by = officer
	}
	return c, by, true, nil
}
