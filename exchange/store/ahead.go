package store

import (
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
)

// Ahead names what the records of a transaction are about to ask for.
type Ahead struct {
	Side         exchange.Side // of the cases that are looked for by letter
	Letters      []string      // CaseByLetter
	IDKeys       []string      // CasesByPerson, RegistryByID
	Certificates []string      // Certificate
	Kind, Party  string        // of the keys
	Keys         []string      // ClaimKey
}

// ahead is what ReadAhead has read. A key that is not in a map has to be
// asked for: it was not named, or a write of this transaction may have
// changed the answer.
type ahead struct {
	side         exchange.Side
	letters      map[string][]exchange.Case
	persons      map[string][]exchange.Case
	registry     map[string][]exchange.RegistryPerson
	certificates map[string][]exchange.Certificate
	kind, party  string
	claims       map[string]int64 // 0: free
}

// What ReadAhead asks for, without the lists of keys.
const (
	aheadLetters      = "WHERE letter_no <> '' AND side = $1 AND letter_no IN "
	aheadPersons      = "WHERE id_key IN "
	aheadRegistry     = "WHERE id_key IN "
	aheadCertificates = "WHERE certificate_no IN "
	aheadClaims       = "SELECT claim_key, COALESCE(file_id, 0) FROM claims WHERE kind = $1 AND party = $2 AND claim_key IN "
)

// ReadAhead reads what many records are about to ask for with one statement
// for all of them: CaseByLetter, CasesByPerson, RegistryByID, Certificate and ClaimKey
// then answer from memory, until the transaction itself writes something that
// could change the answer. It replaces what was read ahead before.
func (tx *Tx) ReadAhead(a Ahead) (err error) {
	tx.ahead = ahead{side: a.Side, kind: a.Kind, party: a.Party}
	tx.ahead.letters, err = readAll(tx, caseRows, aheadLetters, a.Letters,
		func(c *exchange.Case) (key, order string) { return c.LetterNo, c.No }, string(a.Side))
	if err != nil {
		return fmt.Errorf("cases of letters: %w", err)
	}
	tx.ahead.persons, err = readAll(tx, caseRows, aheadPersons, a.IDKeys,
		func(c *exchange.Case) (key, order string) { return c.Person.IDKey, c.No })
	if err != nil {
		return fmt.Errorf("cases of persons: %w", err)
	}
	tx.ahead.registry, err = readAll(tx, registryRows, aheadRegistry, a.IDKeys,
		func(p *exchange.RegistryPerson) (key, order string) { return p.Person.IDKey, p.PersonalNo })
	if err != nil {
		return fmt.Errorf("registry by ID: %w", err)
	}
	tx.ahead.certificates, err = readAll(tx, certificateRows, aheadCertificates, a.Certificates,
		func(c *exchange.Certificate) (key, order string) { return c.No, "" })
	if err != nil {
		return fmt.Errorf("certificates: %w", err)
	}
	return tx.claimsAhead(a.Keys)
}

// keysAtOnce are the lengths of the lists that are asked for: few, so that
// few statements have to be prepared. A shorter list repeats its last key.
var keysAtOnce = []int{16, 128, 512}

// inLists calls ask with the keys, as many at once as one of keysAtOnce says.
func inLists(keys []string, ask func(list []any) error) error {
	for len(keys) > 0 {
		size := listSize(len(keys))
		some := keys[:min(size, len(keys))]
		keys = keys[len(some):]
		list := make([]any, size)
		for i := range list {
			list[i] = some[min(i, len(some)-1)]
		}
		if err := ask(list); err != nil {
			return err
		}
	}
	return nil
}

// readAll reads the rows of all keys; those of a key come in the order that
// about tells. A key without a row has an entry, too.
func readAll[T any](tx *Tx, k *kept[T], where string, keys []string, about func(*T) (key, order string), args ...any) (map[string][]T, error) {
	all := make(map[string][]T, len(keys))
	for _, key := range keys {
		all[key] = nil
	}
	err := inLists(keys, func(list []any) error {
		rows, err := k.many(tx, "read ahead", where+listOf(len(list), len(args)), slices.Concat(args, list)...)
		for i := range rows {
			key, _ := about(&rows[i])
			all[key] = append(all[key], rows[i])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, rows := range all {
		slices.SortFunc(rows, func(x, y T) int {
			_, a := about(&x)
			_, b := about(&y)
			return strings.Compare(a, b)
		})
	}
	return all, nil
}

func listSize(keys int) int {
	for _, n := range keysAtOnce {
		if n >= keys {
			return n
		}
	}
	return keysAtOnce[len(keysAtOnce)-1]
}

// listOf is "($n, …)" for size values that follow the first ones.
func listOf(size, first int) string {
	marks := make([]string, size)
	for i := range marks {
		marks[i] = arg(first + i + 1)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

// caseChanged forgets what a case that is written could change. Who writes to
// the registry or to the certificates forgets all of them.
func (a *ahead) caseChanged(c *exchange.Case) {
	delete(a.letters, c.LetterNo)
	delete(a.persons, c.Person.IDKey)
}

// caseByLetter is the answer of CaseByLetter; known says whether it was read ahead.
func (a *ahead) caseByLetter(side exchange.Side, letterNo string) (c exchange.Case, known bool, err error) {
	cases, known := a.letters[letterNo]
	if !known || side != a.side {
		return c, false, nil
	}
	c, err = first("case of letter "+letterNo, cases)
	return c, true, err
}
