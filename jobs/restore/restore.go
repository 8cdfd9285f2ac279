// Package restore is how far the store lies behind what is around it, and how it is brought up.
//
// It promises that no pass begins on a store that was taken back (Recognise), and that what such a
// store issues, sends and pays afterwards was not issued, sent or paid before (Restore): numbers go
// on behind all that may be lost, and no payment leaves until finance and 复核 have signed what lies
// between. What is found outside counts for more than the store; nothing outside is changed. How a
// list is signed is signing's, how a payment is taken up again is payment's.
package restore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/formats"
	"carryover/jobs/audit"
	"carryover/jobs/courier"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
)

// Done is what a restoration found and did.
type Done struct {
	N        int                // number of the restoration
	File     exchange.File      // the text that finance and 复核 sign
	UpTo     time.Time          // when the last event of the store happened
	Unknown  []exchange.Payment // made unknown, as they were
	Found    []payment.Found    // payment files that the store did not know
	Again    int                // files that are taken in again
	Unseen   []string           // drops that could not be looked at, and why
	SignedBy bool               // officers sign; else who answers for the agency lets payments go on
}

// around is what lies around the store.
type around struct {
	mark       Mark
	left       []courier.Left
	done       map[string][]drop.Entry // by party: in Done, and the store does not know it
	files      []foundFile             // payment files that the store does not know
	lumps      payment.Lumps           // of advices that it does not know
	checkpoint *journal.Checkpoint     // the newest that left; nil: none
	read       map[string]bool         // those that were read
	unseen     []string
}

// foundFile is one, with its bytes where they lie in a drop.
type foundFile struct {
	payment.Found
	spooled *office.SpoolFile // nil: they are in the spool
}

// Restore brings the store up to what is around it, from a backup of that name or, with "", as it
// stands. No pass may be under way. Done again it does all of it again, which harms nothing.
func Restore(ctx context.Context, o *office.Office, from string) (done Done, err error) {
	a, err := lookAround(ctx, o)
	defer a.close()
	if err != nil {
		return done, err
	}
	err = o.Do(ctx, office.By{Actor: office.ActorOperator}, func(d *office.Desk) error {
		done, err = a.bringUp(d, from)
		return err
	})
	if err != nil {
		return done, fmt.Errorf("restore: %w", err)
	}
	if err := courier.TakeAgain(ctx, o); err != nil { // the next pass tries again what it could not
		done.Unseen = append(done.Unseen, err.Error())
	}
	return done, WriteMark(ctx, o)
}

func (a *around) close() {
	for _, f := range a.files {
		f.spooled.Discard()
	}
}

// lookAround looks at the mark, the spool and all drops; one that cannot be looked at is named.
func lookAround(ctx context.Context, o *office.Office) (a *around, err error) {
	a = &around{done: map[string][]drop.Entry{}, lumps: payment.Lumps{}, read: map[string]bool{}}
	if a.mark, err = readMark(o); err != nil {
		a.unseen = append(a.unseen, err.Error())
	}
	err = o.Spool.Names(func(name string) {
		if of, ok := courier.OurFile(strings.TrimPrefix(name, "out-")); ok && strings.HasPrefix(name, "out-") && of.Sender == o.Agency.Code {
			a.left = append(a.left, courier.Left{Entry: drop.Entry{Name: strings.TrimPrefix(name, "out-")}, Of: of})
		}
	})
	if err != nil {
		return a, err
	}
	if err := a.fromSpool(ctx, o); err != nil {
		return a, err
	}
	for _, p := range o.Parties {
		if err := a.lookAt(ctx, o, p); err != nil {
			if ctx.Err() != nil {
				return a, err
			}
			a.unseen = append(a.unseen, fmt.Sprintf("%s: %v", p.Code, err))
		}
	}
	return a, nil
}

// fromSpool finds the payment files and advices in the spool that the store does not know.
func (a *around) fromSpool(ctx context.Context, o *office.Office) error {
	return o.Store.View(ctx, func(tx *store.Tx) error {
		for _, l := range a.left {
			if unknown, err := a.unknown(o, tx, l); err != nil || !unknown {
				if err != nil {
					return err
				}
				continue
			}
			f := fileOf(l)
			if l.Of.Kind == formats.KindAdvice {
				content, err := o.OpenSpoolIn(tx, f.Spool)
				if err != nil {
					return err
				}
				a.readAdvices(o, l, content)
				if err := content.Close(); err != nil {
					return err
				}
				continue
			}
			sha, size, err := o.SpoolSum(tx, f.Spool)
			if err != nil {
				return err
			}
			f.SHA256, f.StoredSHA, f.Size = sha, sha, size
			a.files = append(a.files, foundFile{Found: payment.Found{File: f, Where: "spool"}})
		}
		return nil
	})
}

// readAdvices reads a batch of advices; one that cannot be read is named.
func (a *around) readAdvices(o *office.Office, l courier.Left, content io.Reader) {
	a.read[l.Name] = true
	if err := a.lumps.Read(content); err != nil {
		o.Log.Warn("advices that were found cannot be read", "file", l.Name, "err", err)
		a.unseen = append(a.unseen, fmt.Sprintf("%s: %v", l.Name, err))
	}
}

// unknown reports whether a file is a payment file or a batch of advices that neither the store knows
// nor was found before.
func (a *around) unknown(o *office.Office, tx *store.Tx, l courier.Left) (bool, error) {
	kind := l.Of.Kind == office.KindPayment || l.Of.Kind == formats.KindAdvice
	if !kind || strings.HasSuffix(l.Name, seal.Suffix) || a.read[l.Name] || slices.ContainsFunc(a.files, func(f foundFile) bool { return f.Name == l.Name }) {
		return false, nil
	}
	_, err := tx.FileByName(exchange.Out, l.Of.Receiver, l.Name)
	return office.IsNotFound(err), office.IgnoreNotFound(err)
}

func fileOf(l courier.Left) exchange.File {
	return exchange.File{Name: l.Name, Sequence: l.Of.Last, Spool: "out-" + l.Name}
}

// lookAt looks at a party's drop.
func (a *around) lookAt(ctx context.Context, o *office.Office, p office.Party) error {
	if p.Role == office.RoleAudit {
		c, ok, err := audit.Newest(ctx, p)
		if ok {
			a.checkpoint = &c
		}
		return err
	}
	d, err := p.Open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	left, err := courier.LeftIn(ctx, o, p, d)
	if err != nil {
		return err
	}
	a.left = append(a.left, left...)
	if a.done[p.Code], err = courier.DoneIn(ctx, o, p, d); err != nil {
		return err
	}
	for _, l := range left {
		if err := a.take(ctx, o, d, l); err != nil {
			return fmt.Errorf("%s: %w", l.Name, err)
		}
	}
	return nil
}

// take fetches a payment file or a batch of advices that nothing here knows.
func (a *around) take(ctx context.Context, o *office.Office, d drop.Drop, l courier.Left) error {
	unknown := false
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		unknown, err = a.unknown(o, tx, l)
		return err
	})
	if err != nil || !unknown {
		return err
	}
	s, err := o.NewSpoolFile("found")
	if err != nil {
		return err
	}
	if _, err = d.Get(ctx, l.Folder, l.Entry, s.File); err == nil {
		err = s.Rehash()
	}
	if err != nil || l.Of.Kind == formats.KindAdvice {
		defer s.Discard()
		if err == nil {
			a.readAdvices(o, l, io.NewSectionReader(s.File, 0, s.Size))
		}
		return err
	}
	f := fileOf(l)
	f.SHA256, f.StoredSHA, f.Size = s.SHA256(), s.SHA256(), s.Size
	a.files = append(a.files, foundFile{payment.Found{File: f, Where: l.Folder.String()}, s})
	return nil
}

// bringUp moves numbers on, makes unknown what may have been paid, and writes down what lies between.
func (a *around) bringUp(d *office.Desk, from string) (done Done, err error) {
	now, err := state(d.Office, d.Tx)
	if err != nil {
		return done, err
	}
	last, err := d.Tx.LastEvent()
	if err := office.IgnoreNotFound(err); err != nil {
		return done, err
	}
	done = Done{N: max(now.Restored, a.mark.Restored) + 1, UpTo: last.At, Unseen: a.unseen}
	if err := a.moveOn(d, now, done.N-now.Restored); err != nil {
		return done, err
	}
	if done.Unknown, err = payment.Suspend(d); err != nil {
		return done, err
	}
	for _, f := range a.files {
		if f.spooled != nil {
			if err := f.spooled.Keep(d.Tx, f.Spool); err != nil {
				return done, err
			}
		}
		found, err := payment.KeepFound(d, f.Found, a.lumps)
		if err != nil {
			return done, err
		}
		done.Found = append(done.Found, found)
	}
	if err := payment.NoteLumps(d, a.lumps); err != nil {
		return done, err
	}
	for _, list := range a.done {
		done.Again += len(list)
	}
	if err := payment.Adopt(d); err != nil && !errors.Is(err, payment.ErrLumpUnknown) {
		return done, err
	}
	r := journal.Restoration{N: done.N, From: from, UpTo: done.UpTo}
	if a.checkpoint != nil && a.checkpoint.ID > now.Checkpoint {
		r.Lost = []string{hash(*a.checkpoint)}
	}
	l := list{Desk: d, around: a, now: now, done: done, from: from}
	text, err := l.text()
	if err != nil {
		return done, err
	}
	if done.File, err = signing.KeepRestored(d, r, text); err != nil {
		return done, err
	}
	approved, err := signing.ReadApproved(d.Office, d.Tx)
	done.SignedBy = approved.Ceremony || !d.Rules.AutomaticRelease
	return done, errors.Join(err, l.tellNumbers())
}

// moveOn moves numbers, sequences and checkpoints behind all that was seen, and the numbers behind those of
// each store that was lost.
func (a *around) moveOn(d *office.Desk, now Mark, times int) error {
	if err := d.Tx.MoveNumbers(max(now.On, a.mark.On, d.Today().Date), times); err != nil {
		return err
	}
	for _, s := range a.sequences() {
		if err := d.Tx.MoveSequence(s); err != nil {
			return err
		}
	}
	if err := outbox.Renumber(d); err != nil {
		return err
	}
	seen := max(now.Checkpoint, a.mark.Checkpoint)
	if a.checkpoint != nil {
		seen = max(seen, a.checkpoint.ID)
	}
	if seen == 0 {
		return nil
	}
	return d.Tx.MoveCheckpoints(seen)
}

// sequences are the highest sequences of ours that were seen anywhere, by party and kind.
func (a *around) sequences() (highest []store.Sequence) {
	all := slices.Clone(a.mark.Sequences)
	for _, l := range a.left {
		all = append(all, l.Of)
	}
	for _, s := range all {
		i := slices.IndexFunc(highest, func(h store.Sequence) bool {
			return h.Sender == s.Sender && h.Receiver == s.Receiver && h.Kind == s.Kind
		})
		if i < 0 {
			highest = append(highest, s)
		} else {
			highest[i].Last = max(highest[i].Last, s.Last)
		}
	}
	return highest
}

// tellNumbers leaves core and bank a list of our numbers.
func (l *list) tellNumbers() error {
	for party, text := range map[string]func() (string, error){l.Agency.Core(): l.ofCore, l.Agency.Bank(): l.ofBank} {
		if _, ok := l.Party(party); !ok {
			continue
		}
		words, err := text()
		if err != nil {
			return err
		}
		name := fmt.Sprintf("restored_%s_%s_%s_%d.txt", l.Agency.Code, party, l.Date.Compact(), l.done.N)
		spool := "out-" + name
		sha, size, err := l.WriteSpool(l.Tx, spool, func(w io.Writer) error { _, err := io.WriteString(w, signing.Readable(words)); return err })
		if err != nil {
			return err
		}
		err = l.Tx.InsertFile(&exchange.File{
			Dir: exchange.Out, Party: party, Kind: office.KindRestored, Name: name, Carrier: "txt", SHA256: sha, StoredSHA: sha, Size: size,
			State: exchange.FileQueued, At: l.Now(), Spool: spool,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hash is a checkpoint's, lower-case hex.
func hash(c journal.Checkpoint) string { return hex.EncodeToString(c.Hash) }
