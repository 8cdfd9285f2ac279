package courier

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats/batch"
	"carryover/jobs/office"
)

// arrival is a file in a drop, with its signature where one lies beside it.
type arrival struct {
	drop.Entry
	sig  drop.Entry // no name: none
	from drop.Folder
}

// pairSignatures puts files and signatures together; orphans are the signatures
// whose file is not there. Partners sign files; an officer signs a decisions
// workbook. What else an officer signs lies in our out folder, and that signature
// is a file of its own.
func pairSignatures(p office.Party, entries []drop.Entry) (files []arrival, orphans []drop.Entry) {
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name] = true
	}
	signatures := map[string]drop.Entry{}
	for _, e := range entries {
		of, is := strings.CutSuffix(e.Name, seal.Suffix)
		if is && (p.Role == office.RolePartner || p.Role == office.RoleOfficer && signsWorkbook(e.Name) && names[of]) {
			signatures[e.Name] = e
			continue
		}
		files = append(files, arrival{Entry: e, from: drop.In})
	}
	for i := range files {
		name := files[i].Name + seal.Suffix
		files[i].sig = signatures[name]
		delete(signatures, name)
	}
	for _, name := range slices.Sorted(maps.Keys(signatures)) {
		orphans = append(orphans, signatures[name])
	}
	return files, orphans
}

// signsWorkbook reports whether a name is that of the signature of a workbook,
// as ssh-keygen names it.
func signsWorkbook(name string) bool { return strings.HasSuffix(name, ".xlsx"+seal.Suffix) }

// leftInPlace reports whether a file was taken in before and stays where it lies;
// one that got another signature since is taken in once more.
func (a arrival) leftInPlace(looks map[string]exchange.Look) bool {
	return leftInPlace(looks[a.Name], a.Entry) && (a.sig.Name == "" || leftInPlace(looks[a.sig.Name], a.sig))
}

// sigLook makes, of the look of a file that is left in place, that of its signature.
func (a arrival) sigLook(look exchange.Look) exchange.Look {
	look.Name, look.Size, look.ModTime = a.sig.Name, a.sig.Size, a.sig.ModTime.Truncate(time.Microsecond)
	return look
}

// mustBeSigned reports whether a file, as far as its name tells, must have a
// signature. A name of the sender's own tells no kind: then a party that signs at
// all is waited for, and intake decides once it knows the kind.
func mustBeSigned(o *office.Office, party, name string) bool {
	n, ok := batch.ParseFileName(name)
	if kind := batch.Find(office.Kinds, n.Kind); ok && kind != nil {
		return Sealed(o, party, kind)
	}
	return Agreed(o, party)
}

// mayBeSigned reports whether a partner's file may have a signature that it need not have.
func mayBeSigned(p office.Party, name string) bool {
	n, ok := batch.ParseFileName(name)
	kind := batch.Find(office.Kinds, n.Kind)
	return ok && kind != nil && kind.Signable && p.Role == office.RolePartner
}

// findSignature looks once more for a signature that must or may be there and was not
// listed: it is put down before its file, but a listing may have passed its place
// by then. It sets a.sig; found is true, too, when none is needed.
func findSignature(ctx context.Context, o *office.Office, d drop.Drop, p office.Party, a *arrival) (found bool, err error) {
	must := mustBeSigned(o, p.Code, a.Name)
	if a.sig.Name != "" || !must && !mayBeSigned(p, a.Name) {
		return true, nil
	}
	sig, err := d.Stat(ctx, drop.In, a.Name+seal.Suffix)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return !must, nil
	case err != nil:
		return false, err
	}
	a.sig = sig
	return true, nil
}

// fetchSignature fetches the signature of a file into the spool; s is nil when
// there is none, whole is false for one that may still be written. What is too
// large to be a signature is not fetched: a line that says so stands in for it and
// verifies nothing, so that the file is rejected with a reason.
func fetchSignature(ctx context.Context, o *office.Office, d drop.Drop, p office.Party, a arrival) (s *office.SpoolFile, whole bool, err error) {
	sig := a.sig
	if sig.Name == "" {
		return nil, true, nil
	}
	if s, err = o.NewSpoolFile("in-" + p.Code); err != nil {
		return nil, false, err
	}
	if sig.Size > seal.MaxSignature {
		_, err = fmt.Fprintf(s, "%d bytes: not fetched\n", sig.Size)
		whole = true
	} else if _, err = d.Get(ctx, a.from, sig, s.File); err == nil {
		whole, err = isWholeSignature(s)
	}
	if err != nil {
		s.Discard()
		return nil, false, err
	}
	return s, whole, nil
}

// isWholeSignature hashes a fetched signature and reports whether it has its end.
func isWholeSignature(s *office.SpoolFile) (bool, error) {
	if err := s.Rehash(); err != nil {
		return false, err
	}
	text := make([]byte, s.Size)
	if _, err := s.File.ReadAt(text, 0); err != nil {
		return false, err
	}
	return seal.Whole(text), nil
}

// signatureName is the name of a fetched signature in the spool, by its hash; empty when
// there is no signature.
func signatureName(s *office.SpoolFile, party string) string {
	if s == nil {
		return ""
	}
	return "in-" + party + "-" + s.SHA256() + seal.Suffix
}

// rememberOrphans remembers the orphan signatures, which lie in a drop without
// their file, and forgets those that are gone. They are left where they are: the
// file may be on its way. The nightly workbook names those that stay.
func rememberOrphans(ctx context.Context, o *office.Office, p office.Party, orphans []drop.Entry, looks map[string]exchange.Look) error {
	if p.Role != office.RolePartner {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(looks)) {
		gone := !slices.ContainsFunc(orphans, func(s drop.Entry) bool { return s.Name == name })
		if !gone || looks[name].FileID != 0 || !strings.HasSuffix(name, seal.Suffix) {
			continue
		}
		if err := o.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteLook(p.Code, name) }); err != nil {
			return err
		}
	}
	for _, s := range orphans {
		look, known := looks[s.Name]
		switch {
		case known && look.FileID == 0:
			if waited := o.Now().Sub(look.SeenAt); waited >= orphanAfter(p) {
				o.Log.Warn("a signature without its file", "party", p.Code, "name", s.Name, "since", look.FirstSeen)
			}
			continue
		case known: // of a file that was left in place, and is gone
			continue
		}
		err := o.Store.Tx(ctx, func(tx *store.Tx) error {
			return tx.PutLook(exchange.Look{
				Party: p.Code, Name: s.Name, Size: s.Size, ModTime: s.ModTime.Truncate(time.Microsecond),
				FirstSeen: calendar.DateOf(o.Now().In(o.Agency.Zone)), SeenAt: o.Now(),
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// orphanAfter is how long a file may follow its signature before that is named.
func orphanAfter(p office.Party) time.Duration { return max(p.Settle, time.Minute) }

// OrphanSignatures lists, by party, the names of the signatures in partners'
// drops, as the last pull saw them, whose file has not come within orphanAfter.
func OrphanSignatures(o *office.Office, tx *store.Tx) (map[string][]string, error) {
	looks, err := tx.Looks()
	names := map[string][]string{}
	for _, l := range looks {
		p, _ := o.Party(l.Party)
		if p.Role == office.RolePartner && l.FileID == 0 && strings.HasSuffix(l.Name, seal.Suffix) && o.Now().Sub(l.SeenAt) >= orphanAfter(p) {
			names[p.Code] = append(names[p.Code], l.Name)
		}
	}
	return names, err
}
