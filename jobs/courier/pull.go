// Package courier goes to the drops: it looks, fetches, signs, leaves and sends
// again, and knows which files should have come.
//
// It promises that what is fetched lies flushed in the spool before anything is
// taken away from a drop, that what leaves is recorded before, and that a batch
// without its receipt is sent again as the same bytes under the same name
// (resend). A payment file is never sent a second time by itself: its fate is
// looked for in the drop, or an officer states it (MarkSent). It does not read what a batch
// says; that is for intake.
package courier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats/batch"
	"carryover/jobs/office"
)

// Pull looks into every party's drop and takes in the files that are
// complete: fetched, hashed, recorded; then moved, deleted or left.
// A party that cannot be reached does not stop the others; the faults of all
// of them come back joined.
func Pull(ctx context.Context, o *office.Office) (office.Counts, error) {
	if err := o.Sweep(); err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	looks, err := readLooks(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	behind, err := readBehind(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	var fetching atomic.Int64
	clocks := newClocks()
	counts, err := o.EachParty(ctx, "pull", func(ctx context.Context, p office.Party) (office.Counts, error) {
		if p.Role == office.RoleAudit {
			return nil, nil
		}
		return pullParty(ctx, o, p, looks[p.Code], &fetching, clocks, behind)
	})
	if wrong := clocks.judge(ctx, o); wrong != nil {
		err = errors.Join(err, fmt.Errorf("pull: %w", wrong))
	}
	return counts, err
}

// pullParty goes once through a party's drop; looks is what was last seen of each
// name there, fetching what is being fetched from all parties. What an earlier pass left undone comes first: rejected files that
// still lie in done.
func pullParty(ctx context.Context, o *office.Office, p office.Party, looks map[string]exchange.Look, fetching *atomic.Int64, clocks *clocks, behind behind) (office.Counts, error) {
	d, err := p.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	clocks.look(ctx, o, p, d)
	v := &visit{Office: o, party: p, drop: d, looks: looks, fetching: fetching}
	if err := behind.look(ctx, v); err != nil {
		return nil, err
	}
	if err := v.moveRejected(ctx); err != nil {
		return nil, err
	}
	list, err := d.List(ctx, drop.In)
	if err != nil {
		return nil, err
	}
	noteOdd(o, p, list)
	files, orphans := pairSignatures(p, list.Files)
	if orphans, err = v.lateSignatures(ctx, orphans); err != nil {
		return nil, err
	}
	if err := rememberOrphans(ctx, o, p, orphans, looks); err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(a arrival) bool { return a.leftInPlace(looks) })
	if files, err = v.withoutCompanions(ctx, files); err != nil {
		return nil, err
	}
	if files, err = v.setAside(ctx, files); err != nil {
		return nil, err
	}
	return v.pullFiles(ctx, files)
}

// readLooks returns what was last seen of each name, by party and name.
func readLooks(ctx context.Context, o *office.Office) (map[string]map[string]exchange.Look, error) {
	looks := map[string]map[string]exchange.Look{}
	err := o.Store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.Looks()
		for _, l := range list {
			if looks[l.Party] == nil {
				looks[l.Party] = map[string]exchange.Look{}
			}
			looks[l.Party][l.Name] = l
		}
		return err
	})
	return looks, err
}

// leftInPlace reports whether a file was taken in before and stays where it lies
// (after: leave). Another size or time under its name is a new file.
func leftInPlace(look exchange.Look, f drop.Entry) bool {
	return look.FileID != 0 && look.After == "" && seenSo(look, f)
}

// seenSo reports whether a file has the size and time that its name was last seen with.
func seenSo(look exchange.Look, f drop.Entry) bool {
	return look.Size == f.Size && look.ModTime.Equal(f.ModTime.Truncate(time.Microsecond)) // the store keeps no nanoseconds
}

// pullFile looks at one file, of which look is what was last seen: remembers it, takes it in once it is complete, and
// does in the drop what is still to be done. It is taken at once when its own
// bytes, and its signature's, show that both are whole; else once it has kept its
// size and time for the party's settle time, even without its signature: intake
// rejects it for that.
func pullFile(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, a arrival, look exchange.Look) (bool, error) {
	look, known, err := noteLook(ctx, o, p, a.Entry, look)
	if err != nil {
		return false, err
	}
	if look.FileID != 0 && look.After != "" { // taken in by a pass that was cut short before the drop was done
		return false, finishPull(ctx, o, p, d, a, look)
	}
	settled := p.Settle == 0 || (known && o.Now().Sub(look.SeenAt) >= p.Settle)
	found, err := findSignature(ctx, o, d, p, &a)
	if err != nil {
		return false, err
	}
	if !settled && (!found || !mayBeComplete(a.Name) || p.Role == office.RoleOfficer && signsWorkbook(a.Name)) {
		return false, nil // the last: its workbook may be on its way
	}
	return fetchWithSignature(ctx, o, p, d, a, look, settled)
}

// fetchWithSignature fetches a signature and its file, and takes them in if both
// are whole, or have had the time to become so.
func fetchWithSignature(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, a arrival, look exchange.Look, settled bool) (bool, error) {
	sig, whole, err := fetchSignature(ctx, o, d, p, a)
	if err != nil {
		return false, ignoreChanged(err)
	}
	defer sig.Discard()
	if !settled && !whole {
		return false, nil
	}
	file, err := fetch(ctx, o, d, a, p.Code)
	if err != nil {
		return false, ignoreChanged(err)
	}
	defer file.Discard()
	if !settled && !file.complete {
		return false, nil
	}
	file.sig = sig
	return true, takeIn(ctx, o, p, d, a, look, file)
}

// ignoreChanged swallows drop.ErrChanged, of what changed or went while it was
// read: it is still being written, and the next pass looks at it anew.
func ignoreChanged(err error) error {
	if errors.Is(err, drop.ErrChanged) {
		return nil
	}
	return err
}

// noteLook remembers that a name was seen with a size and time; known is whether
// it had been seen just so before (last). A change begins the settle time anew and
// forgets which file was taken in under the name.
func noteLook(ctx context.Context, o *office.Office, p office.Party, entry drop.Entry, last exchange.Look) (look exchange.Look, known bool, err error) {
	if last.Name != "" && seenSo(last, entry) {
		return last, true, nil
	}
	look = exchange.Look{
		Party: p.Code, Name: entry.Name, Size: entry.Size, ModTime: entry.ModTime.Truncate(time.Microsecond),
		FirstSeen: calendar.DateOf(o.Now().In(o.Agency.Zone)), SeenAt: o.Now(),
	}
	return look, false, o.Store.Tx(ctx, func(tx *store.Tx) error { return tx.PutLook(look) })
}

// mayBeComplete reports whether a file's own bytes can show that it is whole: a
// batch by its trailer, a signature by its last line. XML and workbooks settle.
func mayBeComplete(name string) bool {
	return strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, seal.Suffix)
}

// spooled is a file that was fetched into the spool, under a temporary name still.
type spooled struct {
	*office.SpoolFile
	sig      *office.SpoolFile // nil: none
	complete bool              // its own bytes show that it is whole
}

// each does something with the signature, if there is one, and the file, under their
// names. These are those of their hashes: fetched again, they replace themselves.
func (s spooled) each(f exchange.File, do func(s *office.SpoolFile, name string) error) error {
	if s.sig != nil {
		if err := do(s.sig, f.Signature); err != nil {
			return err
		}
	}
	return do(s.SpoolFile, f.Spool)
}

// fetch copies a file into the spool, hashed; whoever gets it discards it.
func fetch(ctx context.Context, o *office.Office, d drop.Drop, a arrival, party string) (spooled, error) {
	s, err := o.NewSpoolFile("in-" + party)
	if err != nil {
		return spooled{}, err
	}
	if _, err := d.Get(ctx, a.from, a.Entry, s.File); err != nil {
		s.Discard()
		return spooled{}, err
	}
	complete, err := isWhole(s, a.Name)
	if err != nil {
		s.Discard()
		return spooled{}, err
	}
	return spooled{SpoolFile: s, complete: complete}, nil
}

// isWhole hashes the file and reports whether its own bytes show that it is whole.
func isWhole(s *office.SpoolFile, name string) (bool, error) {
	if !strings.HasSuffix(name, seal.Suffix) {
		return endsWithTrailer(s)
	}
	if err := s.Rehash(); err != nil {
		return false, err
	}
	tail := make([]byte, min(64, s.Size))
	if _, err := s.File.ReadAt(tail, s.Size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return bytes.HasSuffix(bytes.TrimSpace(tail), []byte("-----END SSH SIGNATURE-----")), nil
}

// endsWithTrailer hashes the file and reports whether its last row is T and
// its digest that of the bytes before it (FILES.md).
func endsWithTrailer(s *office.SpoolFile) (bool, error) {
	if err := s.Rehash(); err != nil {
		return false, err
	}
	const window = 256
	tail := make([]byte, min(window, s.Size))
	if _, err := s.File.ReadAt(tail, s.Size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	body := bytes.TrimRight(tail, "\r\n")
	start := bytes.LastIndexByte(body, '\n') + 1
	fields := bytes.Split(body[start:], []byte{','})
	if len(fields) != 4 || string(fields[0]) != "T" || len(tail) == len(body) {
		return false, nil
	}
	h := sha256.New()
	before := s.Size - int64(len(tail)) + int64(start)
	if _, err := io.Copy(h, io.NewSectionReader(s.File, 0, before)); err != nil {
		return false, err
	}
	return hex.EncodeToString(h.Sum(nil)) == string(fields[3]), nil
}

// takeIn records a fetched file and does the rest in the drop. The order is what
// makes a crash harmless: the bytes have their name in the spool, in the transaction
// that records them together with what remains to be done in the drop, then the drop
// is changed. Cut short before the record, the file is fetched again; after it,
// finishPull goes on.
func takeIn(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, a arrival, look exchange.Look, s spooled) error {
	sum := s.SHA256()
	file := exchange.File{
		Dir: exchange.In, Party: p.Code, Name: a.Name, SHA256: sum, StoredSHA: sum, Size: s.Size,
		State: exchange.FileFetched, Seen: look.FirstSeen, At: o.Now(),
		Spool: "in-" + p.Code + "-" + sum + spoolExt(a.Name),
	}
	if n, ok := batch.ParseFileName(a.Name); ok {
		file.Kind, file.Sequence = n.Kind, int64(n.Sequence)
	}
	file.Carrier = office.CarrierOf(a.Name)
	file.Signature = signatureName(s.sig, p.Code)
	if look.After = p.After; p.After == office.AfterLeave || a.from == drop.Done {
		look.After = "" // nothing remains to be done; the look itself keeps it from being taken again
	}
	if err := s.each(file, (*office.SpoolFile).Prepare); err != nil {
		return err
	}
	err := o.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := s.each(file, func(s *office.SpoolFile, name string) error { return s.Keep(tx, name) }); err != nil {
			return err
		}
		if err := tx.InsertFile(&file); err != nil {
			return err
		}
		if a.from == drop.Done { // it lies where it belongs, and no look remembers it
			return nil
		}
		look.FileID = file.ID
		if look.After == "" && a.sig.Name != "" {
			if err := tx.PutLook(a.sigLook(look)); err != nil {
				return err
			}
		}
		return tx.PutLook(look)
	})
	if err != nil {
		return err
	}
	o.Log.Info("taken in", "party", p.Code, "file", a.Name, "bytes", s.Size)
	return finishPull(ctx, o, p, d, a, look)
}

// spoolExt is the ending of a file's name in the spool: that of its own name, where it is a
// short one.
func spoolExt(name string) string {
	if ext := path.Ext(name); len(ext) <= len(".xlsx") {
		return ext
	}
	return ""
}

// finishPull does in the drop what is to be done with a file taken in, and
// forgets its look. Its signature goes first: as long as the file lies there, the
// next pass finds it and does what remains. What is gone already is no error.
func finishPull(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, a arrival, look exchange.Look) error {
	if look.After == "" { // left in place, remembered by its look
		return nil
	}
	for _, entry := range []drop.Entry{a.sig, a.Entry} {
		if entry.Name == "" {
			continue
		}
		var err error
		if look.After == office.AfterDelete {
			err = d.Remove(ctx, drop.In, entry)
		} else {
			err = d.Move(ctx, drop.In, entry, drop.Done)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return o.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteLook(p.Code, a.Name) })
}
