package intake

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
)

// readAhead reads what the records of a chunk will ask the store, in a few statements
// instead of several for each record: first by what stands in them, then what
// belongs to the cases that were found so. Nothing depends on it but speed.
func readAhead(d *office.Desk, items []office.Item) error {
	if len(items) < office.FewestAhead {
		return nil
	}
	var a store.Ahead
	for i := range items {
		if !office.Refusing(items[i].Faults) {
			askFor(d, &items[i], &a)
		}
	}
	if err := d.Tx.ReadAhead(a); err != nil {
		return err
	}
	sent, err := fileOfReceipt(d, items)
	if err != nil {
		return err
	}
	var cases, then store.Ahead
	for i := range items {
		if office.Refusing(items[i].Faults) {
			continue
		}
		of, err := caseOf(d, &items[i], sent, &cases)
		if office.IsNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		askForCase(items[i].Value, of, &then)
	}
	if err := d.Tx.ReadAhead(cases); err != nil {
		return err
	}
	return d.Tx.ReadAhead(then)
}

// askFor names what a record asks for by what stands in it.
func askFor(d *office.Desk, it *office.Item, a *store.Ahead) {
	if it.Key != "" {
		a.Claims = append(a.Claims, store.Claim{Kind: d.File.Kind, Party: d.File.Party, Key: it.Key})
	}
	switch r := it.Value.(type) {
	case *formats.Letter:
		person := identity.Key(r.Person.IDNo)
		a.OfLetters, a.OfPersons, a.Registry = append(a.OfLetters, r.LetterNo), append(a.OfPersons, person), append(a.Registry, person)
		if r.CertificateNo != "" {
			a.Certificates = append(a.Certificates, r.CertificateNo)
		}
	case *formats.RegistryRecord:
		a.OfPersons = append(a.OfPersons, identity.Key(r.Person.IDNo))
	case *formats.Application:
		a.Applications, a.Registry = append(a.Applications, r.ApplicationNo), append(a.Registry, identity.Key(r.Person.IDNo))
	case *formats.PostingResult:
		a.Cases = append(a.Cases, r.CaseNo)
	case *formats.Form:
		a.OfLetters, a.FormNos = append(a.OfLetters, r.LetterNo), append(a.FormNos, r.FormNo)
	case *formats.Completion:
		a.OfLetters = append(a.OfLetters, r.LetterNo)
	case *formats.Advice:
		a.OfLetters = append(a.OfLetters, r.LetterNo)
	case *formats.ReceiptVerdict:
		a.Records = append(a.Records, r.RecordNo)
	}
}

// fileOfReceipt is the file of ours that the records of a receipt are about; 0 when
// they are none, or about none.
func fileOfReceipt(d *office.Desk, items []office.Item) (int64, error) {
	about := *d.About
	for i := range items {
		about.Pass(items[i].Value)
	}
	if about.Sent != 0 || about.Name == "" {
		return about.Sent, nil
	}
	f, ours, err := sentFile(d, about.Name, about.SHA256)
	if !ours {
		return 0, office.IgnoreNotFound(err)
	}
	return f.ID, nil
}

// caseOf is the case that a record is about, as it was read ahead; store.ErrNotFound
// for none. One that a receipt is about is named in cases instead, to be read.
func caseOf(d *office.Desk, it *office.Item, sent int64, cases *store.Ahead) (exchange.Case, error) {
	switch r := it.Value.(type) {
	case *formats.PostingResult:
		return d.Tx.Case(r.CaseNo)
	case *formats.Form:
		return d.Tx.CaseByLetter(exchange.In, r.LetterNo)
	case *formats.Completion:
		return d.Tx.CaseByLetter(exchange.Out, r.LetterNo)
	case *formats.Advice:
		return d.Tx.CaseByLetter(exchange.In, r.LetterNo)
	case *formats.ReceiptVerdict:
		records, err := d.Tx.OutgoingByRecord(sent, r.RecordNo)
		if err != nil {
			return exchange.Case{}, err
		}
		for _, o := range records {
			if o.CaseNo != "" && (o.Kind == formats.KindForm || r.Verdict == code.Refused) {
				cases.Cases = append(cases.Cases, o.CaseNo)
				return exchange.Case{No: o.CaseNo}, nil
			}
		}
	}
	return exchange.Case{}, store.ErrNotFound
}

// askForCase names what a record asks for about its case.
func askForCase(rec any, c exchange.Case, a *store.Ahead) {
	a.Forms, a.Parts = append(a.Forms, c.No), append(a.Parts, c.No)
	switch rec.(type) {
	case *formats.PostingResult:
		a.Registry = append(a.Registry, c.Person.IDKey)
	case *formats.Form:
	default:
		return
	}
	a.Postings, a.Letters = append(a.Postings, c.No), append(a.Letters, c.LetterNo)
	if c.ApplicationNo != "" {
		a.Applications = append(a.Applications, c.ApplicationNo)
	}
}
