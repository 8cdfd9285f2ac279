package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats/batch"
)

// Pull looks into every party's drop and takes in the files that are
// complete: fetched, hashed, recorded; then moved, deleted or left.
// A party that cannot be reached costs its own turn only; the faults of all
// of them come back joined.
func (e *Env) Pull(ctx context.Context) (Counts, error) {
	if err := e.sweepSpool(); err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	return e.eachParty(ctx, "pull", e.pullParty)
}

func (e *Env) pullParty(ctx context.Context, p Party) (Counts, error) {
	d, err := p.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	looks, err := e.looks(ctx, p.Code)
	if err != nil {
		return nil, err
	}
	if err := e.setAside(ctx, p, d, looks); err != nil {
		return nil, err
	}
	list, err := d.List(ctx, drop.In)
	if err != nil {
		return nil, err
	}
	for _, odd := range list.Odd {
		e.Log.Warn("left alone in the drop", "party", p.Code, "name", odd.Name, "why", odd.Why)
	}
	files, alone := paired(p, list.Files)
	if alone, err = e.lateSignatures(ctx, p, d, alone, looks); err != nil {
		return nil, err
	}
	if err := e.lonely(ctx, p, alone, looks); err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(a arrival) bool { return a.left(looks) })
	if p.Flood > 0 && len(files) > p.Flood {
		e.Log.Warn("more files than the party's limit: the rest waits", "party", p.Code, "files", len(files), "limit", p.Flood)
		files = files[:p.Flood]
	}
	return e.pullFiles(ctx, p, d, files)
}

// afterBad marks the look of a file that was rejected after it was taken in.
const afterBad = "bad"

// looks are what was last seen of each name in a party's drop.
func (e *Env) looks(ctx context.Context, party string) (map[string]exchange.Look, error) {
	var list []exchange.Look
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Looks(party)
		return err
	})
	looks := make(map[string]exchange.Look, len(list))
	for _, l := range list {
		looks[l.Name] = l
	}
	return looks, err
}

// left reports whether a file was taken in before and stays where it lies.
func left(look exchange.Look, f drop.Entry) bool {
	return look.FileID != 0 && look.After == "" && look.Size == f.Size && look.ModTime.Equal(f.ModTime.Truncate(time.Microsecond))
}

// setAside moves files that were rejected since from done to bad.
func (e *Env) setAside(ctx context.Context, p Party, d drop.Drop, looks map[string]exchange.Look) error {
	for _, name := range slices.Sorted(maps.Keys(looks)) {
		look := looks[name]
		if look.After != afterBad {
			continue
		}
		entry, err := d.Stat(ctx, drop.Done, look.Name)
		if err == nil && entry.Size == look.Size {
			err = setOneAside(ctx, d, entry)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := e.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteLook(p.Code, look.Name) }); err != nil {
			return err
		}
	}
	return nil
}

// setOneAside moves a file to bad, its signature first: as long as the file
// is where it was, the rest is still to be done.
func setOneAside(ctx context.Context, d drop.Drop, entry drop.Entry) error {
	sig, err := d.Stat(ctx, drop.Done, entry.Name+seal.Suffix)
	if err == nil {
		err = d.Move(ctx, drop.Done, sig, drop.Bad)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return d.Move(ctx, drop.Done, entry, drop.Bad)
}

// toBad notes that a file taken in is to be set aside in its drop; a newer
// file of that name keeps its own look.
func (d *desk) toBad(f exchange.File) error {
	p, ok := d.party(f.Party)
	if !ok || p.After != AfterMove {
		return nil
	}
	if _, err := d.tx.Look(f.Party, f.Name); !notFound(err) {
		return err
	}
	return d.tx.PutLook(exchange.Look{
		Party: f.Party, Name: f.Name, Size: f.Size, FirstSeen: f.Seen, SeenAt: f.At, FileID: f.ID, After: afterBad,
	})
}

// pullFiles takes files in, several in flight on the one connection.
func (e *Env) pullFiles(ctx context.Context, p Party, d drop.Drop, files []arrival) (Counts, error) {
	return parallel(p.InFlight, files, func(a arrival) (Counts, error) {
		taken, err := e.pullFile(ctx, p, d, a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		if !taken {
			return nil, nil
		}
		return Counts{"fetched": 1}, nil
	})
}

// pullFile looks at one file: remembers it, takes it in once it is complete,
// with the signature that it must have, and does in the drop what is still to be done.
func (e *Env) pullFile(ctx context.Context, p Party, d drop.Drop, a arrival) (bool, error) {
	look, known, err := e.look(ctx, p, a.Entry)
	if err != nil {
		return false, err
	}
	if look.FileID != 0 && look.After != "" {
		return false, e.finishPull(ctx, p, d, a, look)
	}
	settled := p.Settle == 0 || (known && e.Now().Sub(look.SeenAt) >= p.Settle)
	here, err := e.await(ctx, d, p, &a)
	if err != nil {
		return false, err
	}
	if !settled && (!here || !mayBeComplete(a.Name) || p.Role == RoleOfficer && signsWorkbook(a.Name)) {
		return false, nil // the last: its workbook may be on its way
	}
	return e.fetchBoth(ctx, p, d, a, look, settled)
}

// fetchBoth fetches a signature and its file, and takes them in if both are
// whole, or have had the time to become so.
func (e *Env) fetchBoth(ctx context.Context, p Party, d drop.Drop, a arrival, look exchange.Look, settled bool) (bool, error) {
	sig, whole, err := e.fetchSignature(ctx, d, p, a.sig)
	if err != nil {
		return false, stillWritten(err)
	}
	if !settled && !whole {
		sig.drop()
		return false, nil
	}
	file, err := e.fetch(ctx, d, a.Entry, p.Code)
	if err != nil {
		sig.drop()
		return false, stillWritten(err)
	}
	if !settled && !file.complete {
		sig.drop()
		file.drop()
		return false, nil
	}
	file.sig = sig
	return true, e.take(ctx, p, d, a, look, file)
}

// stillWritten passes over what changed while it was read: the next look sees
// it anew. A signature that is gone is one that changes.
func stillWritten(err error) error {
	if errors.Is(err, drop.ErrChanged) {
		return nil
	}
	return err
}

// look remembers that a name was seen with a size and time; known is whether
// it had been seen just so before.
func (e *Env) look(ctx context.Context, p Party, entry drop.Entry) (look exchange.Look, known bool, err error) {
	modTime := entry.ModTime.Truncate(time.Microsecond) // the store keeps no nanoseconds
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		look, err = tx.Look(p.Code, entry.Name)
		switch {
		case err == nil && look.Size == entry.Size && look.ModTime.Equal(modTime):
			known = true
			return nil
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return err
		}
		look = exchange.Look{
			Party: p.Code, Name: entry.Name, Size: entry.Size, ModTime: modTime,
			FirstSeen: calendar.DateOf(e.Now().In(e.Agency.Zone)), SeenAt: e.Now(),
		}
		return tx.PutLook(look)
	})
	return look, known, err
}

// mayBeComplete reports whether a file's own bytes can show that it is whole.
func mayBeComplete(name string) bool {
	return strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, seal.Suffix)
}

type spooled struct {
	*spoolFile
	sig      *spoolFile // nil: none
	complete bool       // ends with a trailer whose digest agrees
}

func (e *Env) fetch(ctx context.Context, d drop.Drop, entry drop.Entry, party string) (spooled, error) {
	s, err := e.newSpoolFile("in-" + party)
	if err != nil {
		return spooled{}, err
	}
	if _, err := d.Get(ctx, drop.In, entry, s.file); err != nil {
		s.drop()
		return spooled{}, err
	}
	complete, err := s.whole(entry.Name)
	if err != nil {
		s.drop()
		return spooled{}, err
	}
	return spooled{spoolFile: s, complete: complete}, nil
}

// whole hashes the file and reports whether its own bytes show that it is whole.
func (s *spoolFile) whole(name string) (bool, error) {
	if !strings.HasSuffix(name, seal.Suffix) {
		return s.endsWithTrailer()
	}
	if err := s.rehash(); err != nil {
		return false, err
	}
	tail := make([]byte, min(64, s.size))
	if _, err := s.file.ReadAt(tail, s.size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return bytes.HasSuffix(bytes.TrimSpace(tail), []byte("-----END SSH SIGNATURE-----")), nil
}

// endsWithTrailer hashes the file and reports whether its last row is T and
// its digest that of the bytes before it.
func (s *spoolFile) endsWithTrailer() (bool, error) {
	if err := s.rehash(); err != nil {
		return false, err
	}
	const window = 256
	tail := make([]byte, min(window, s.size))
	if _, err := s.file.ReadAt(tail, s.size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	body := bytes.TrimRight(tail, "\r\n")
	start := bytes.LastIndexByte(body, '\n') + 1
	fields := bytes.Split(body[start:], []byte{','})
	if len(fields) != 4 || string(fields[0]) != "T" || len(tail) == len(body) {
		return false, nil
	}
	h := sha256.New()
	before := s.size - int64(len(tail)) + int64(start)
	if _, err := io.Copy(h, io.NewSectionReader(s.file, 0, before)); err != nil {
		return false, err
	}
	return hex.EncodeToString(h.Sum(nil)) == string(fields[3]), nil
}

// take records a fetched file and does the rest in the drop.
func (e *Env) take(ctx context.Context, p Party, d drop.Drop, a arrival, look exchange.Look, s spooled) error {
	sum := s.sum()
	file := exchange.File{
		Dir: exchange.In, Party: p.Code, Name: a.Name, SHA256: sum, StoredSHA: sum, Size: s.size,
		State: exchange.FileFetched, Seen: look.FirstSeen, At: e.Now(),
		Spool: "in-" + p.Code + "-" + sum + path.Ext(a.Name),
	}
	if n, ok := batch.ParseFileName(a.Name); ok {
		file.Kind, file.Sequence = n.Kind, int64(n.Sequence)
	}
	file.Carrier = carrierOf(a.Name)
	signature, err := s.sig.keepSignature(p.Code)
	if err == nil {
		err = s.keep(file.Spool)
	}
	if err != nil {
		s.drop()
		return err
	}
	file.Signature = signature
	if look.After = p.After; p.After == AfterLeave {
		look.After = "" // nothing remains to be done
	}
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.InsertFile(&file); err != nil {
			return err
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
	e.Log.Info("taken in", "party", p.Code, "file", a.Name, "bytes", s.size)
	return e.finishPull(ctx, p, d, a, look)
}

func carrierOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx", ".xlsm":
		return "xlsx"
	case ".xml":
		return "xml"
	case seal.Suffix:
		return "sig"
	case ".txt":
		return "txt"
	}
	return "csv"
}

// finishPull does in the drop what is to be done with a file taken in; its
// signature goes first, so that as long as the file lies there it is known what remains.
func (e *Env) finishPull(ctx context.Context, p Party, d drop.Drop, a arrival, look exchange.Look) error {
	if look.After == "" { // left in place, remembered by its look
		return nil
	}
	for _, entry := range []drop.Entry{a.sig, a.Entry} {
		if entry.Name == "" {
			continue
		}
		var err error
		if look.After == AfterDelete {
			err = d.Remove(ctx, drop.In, entry)
		} else {
			err = d.Move(ctx, drop.In, entry, drop.Done)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteLook(p.Code, a.Name) })
}
