package story

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Found is what a number, an ID number or a file name names.
type Found struct {
	Cases        []exchange.Case
	Payments     []exchange.Payment // of a payment reference: then no cases
	Files        []exchange.File
	Applications []exchange.Application    // that opened no case here: relayed to the new place
	Certificates []exchange.Certificate    // of a person of whom there is no case
	Registry     []exchange.RegistryPerson // likewise
	Entries      []exchange.BankEntry      // of the bank, that are matched to no case
	Looks        []exchange.Look           // a file of that name lies in a drop and is not taken in yet
}

// Empty reports whether an ID names nothing at all.
func (f Found) Empty() bool {
	return len(f.Cases)+len(f.Payments)+len(f.Files)+len(f.Applications)+len(f.Certificates)+len(f.Registry)+len(f.Looks)+len(f.Entries) == 0
}

// into appends what was read to a list; that it is not there is no error.
func into[T any](list *[]T) func(T, error) error {
	return func(x T, err error) error {
		if err == nil {
			*list = append(*list, x)
		}
		return office.IgnoreNotFound(err)
	}
}

// Find looks for everything that an ID names: case_no, letter_no, ID number,
// personal_no, application_no, form_no, certificate_no, posting_no, query_no,
// payment reference, key of a bank entry, name of a file or its id. Several
// matches are all returned; a payment of ours is returned alone, without the
// cases that it is for. Letters of numbers may be given in lower case.
func Find(o *office.Office, tx *store.Tx, id string) (Found, error) {
	var f Found
	id = strings.TrimSpace(id)
	for _, number := range []string{id, strings.ToUpper(id)} {
		// A payment is asked about for itself; its cases are rows of its story.
		if err := into(&f.Payments)(tx.Payment(number)); err != nil || len(f.Payments) > 0 {
			return f, err
		}
		if err := f.cases(tx, number); err != nil {
			return f, err
		}
		if len(f.Cases) > 0 || strings.ToUpper(id) == id {
			break
		}
	}
	if err := f.files(tx, id); err != nil || len(f.Cases) > 0 {
		return f, err
	}
	if err := entries(o, tx, id, &f); err != nil {
		return f, err
	}
	return f, f.people(tx, id)
}

// entries adds bookings of our accounts by their key or the bank's number, which
// several may have. The key of one that is matched to a case has
// named the case before.
func entries(o *office.Office, tx *store.Tx, id string, f *Found) error {
	if err := into(&f.Entries)(tx.BankEntry(id)); err != nil || len(f.Entries) > 0 {
		return err
	}
	list, err := tx.BankEntriesNumbered(id)
	f.Entries = append(f.Entries, list...)
	return err
}

// MaxSimilar bounds how many cases and files are offered for a part of a number.
const MaxSimilar = 20

// FindSimilar looks for what has a part of a number, or a name, for when nothing is
// called so: at most MaxSimilar cases and files, the newest first. Less than
// four characters of a number name nothing.
func FindSimilar(o *office.Office, tx *store.Tx, part string) (cases []CaseRow, files []ListedFile, err error) {
	part = strings.ToUpper(strings.TrimSpace(part))
	number := part
	if len([]rune(part)) < 4 || strings.ContainsFunc(part, func(r rune) bool { return r > unicode.MaxASCII }) {
		number = ""
	}
	found, err := tx.CasesLike(number, identity.NameKey(part), MaxSimilar)
	if err != nil {
		return nil, nil, err
	}
	for _, no := range found {
		c, err := caseRef(o, tx, no)
		if err != nil {
			return nil, nil, err
		}
		cases = append(cases, c)
	}
	list, err := tx.FilesLike(number, MaxSimilar)
	for _, f := range list {
		if err != nil {
			break
		}
		var l ListedFile
		l, err = listedFile(o, tx, f)
		files = append(files, l)
	}
	return cases, files, err
}

// cases adds the cases that a number of theirs or a person's ID number names.
func (f *Found) cases(tx *store.Tx, id string) error {
	numbers, err := tx.CasesNamed(id, identity.Key(id))
	if err != nil {
		return err
	}
	for _, no := range numbers {
		c, err := tx.Case(no)
		if err != nil {
			return err
		}
		f.Cases = append(f.Cases, c)
	}
	return nil
}

// files adds the files of a name, or of the path of one; else what of that name
// lies in a drop and was seen, not taken in; else a number is the id of a file.
// Longer numbers than twelve digits name people and cases, never a file.
func (f *Found) files(tx *store.Tx, id string) (err error) {
	name := path.Base(id)
	if f.Files, err = tx.FilesNamed(name); err != nil || len(f.Files) > 0 {
		return err
	}
	if f.Looks, err = tx.LooksAt(name); err != nil || len(f.Looks) > 0 {
		return err
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || len(id) > 12 || strconv.FormatInt(n, 10) != id {
		return nil
	}
	return into(&f.Files)(tx.File(n))
}

// FileNamed is the one file that a name or an id names; of several of a name
// the error tells the ids.
func FileNamed(tx *store.Tx, name string) (exchange.File, error) {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		f, err := tx.File(id)
		if errors.Is(err, store.ErrNotFound) {
			err = fmt.Errorf("no file has the id %s: carryover list files --all has them", name)
		}
		return f, err
	}
	found, err := tx.FilesNamed(name)
	switch {
	case err != nil:
		return exchange.File{}, err
	case len(found) == 0:
		return exchange.File{}, fmt.Errorf("no file is called %s: carryover list files --all has them", name)
	case len(found) == 1:
		return found[0], nil
	}
	var ids []string
	for _, x := range found {
		ids = append(ids, fmt.Sprintf("%d (%s %s, %s)", x.ID, x.Dir, x.Party, x.State))
	}
	return exchange.File{}, fmt.Errorf("several files are called %s: name one by its id: %s", name, strings.Join(ids, ", "))
}

// people adds what is known of somebody who has no case: applications that were
// relayed, certificates, and the registry's records.
func (f *Found) people(tx *store.Tx, id string) (err error) {
	if f.Applications, err = tx.LatestApplications(id); err != nil {
		return err
	}
	if err := into(&f.Certificates)(tx.Certificate(strings.ToUpper(id))); err != nil {
		return err
	}
	if f.Registry, err = tx.RegistryByID(identity.Key(id)); err != nil {
		return err
	}
	if err := into(&f.Registry)(tx.RegistryByNo(id)); err != nil {
		return err
	}
	for _, r := range f.Registry {
		if err := into(&f.Certificates)(tx.CertificateByPerson(r.PersonalNo)); err != nil {
			return err
		}
	}
	return nil
}
