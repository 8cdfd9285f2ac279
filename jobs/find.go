package jobs

import (
	"errors"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/store"
)

// Found is what a number, an ID number or a file name names.
type Found struct {
	Cases        []exchange.Case
	Files        []exchange.File
	Applications []exchange.Application    // that opened no case here: relayed to the new place
	Certificates []exchange.Certificate    // of a person of whom there is no case
	Registry     []exchange.RegistryPerson // likewise
}

// Empty reports whether nothing was found.
func (f Found) Empty() bool {
	return len(f.Cases)+len(f.Files)+len(f.Applications)+len(f.Certificates)+len(f.Registry) == 0
}

// Find looks for everything that an ID names: case_no, letter_no, ID number,
// personal_no, application_no, form_no, certificate_no, posting_no, query_no,
// payment reference, key of a bank entry, name of a file or its id. Several
// matches are all returned. Letters of numbers may be given in lower case.
func (e *Env) Find(tx *store.Tx, id string) (Found, error) {
	var f Found
	id = strings.TrimSpace(id)
	if err := f.cases(tx, id); err != nil {
		return f, err
	}
	if len(f.Cases) == 0 {
		if upper := strings.ToUpper(id); upper != id {
			if err := f.cases(tx, upper); err != nil {
				return f, err
			}
		}
	}
	if err := f.files(tx, id); err != nil || len(f.Cases) > 0 {
		return f, err
	}
	return f, f.people(tx, id)
}

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

// files are those of a name; a short number is the id of one.
func (f *Found) files(tx *store.Tx, id string) (err error) {
	if f.Files, err = tx.FilesNamed(id); err != nil || len(f.Files) > 0 {
		return err
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || len(id) > 12 {
		return nil
	}
	file, err := tx.File(n)
	if err == nil {
		f.Files = append(f.Files, file)
	}
	return missing(err)
}

// people finds what is known of somebody who has no case.
func (f *Found) people(tx *store.Tx, id string) error {
	var err error
	if f.Applications, err = tx.LatestApplications(id); err != nil {
		return err
	}
	cert, err := tx.Certificate(strings.ToUpper(id))
	if err == nil {
		f.Certificates = append(f.Certificates, cert)
	}
	if missing(err) != nil {
		return err
	}
	if f.Registry, err = tx.RegistryByID(identity.Key(id)); err != nil {
		return err
	}
	if r, err := tx.RegistryByNo(id); err == nil {
		f.Registry = append(f.Registry, r)
	} else if missing(err) != nil {
		return err
	}
	for _, r := range f.Registry {
		cert, err := tx.CertificateByPerson(r.PersonalNo)
		if err == nil {
			f.Certificates = append(f.Certificates, cert)
		}
		if missing(err) != nil {
			return err
		}
	}
	return nil
}

// missing makes "not there" no error.
func missing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
