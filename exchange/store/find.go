package store

import (
	"strings"

	"carryover/exchange"
)

// casesNamed finds the cases that a number names, whatever kind of number it
// is: our own, the letter's, the person's, a form's, a payment's …
const casesNamed = `SELECT case_no FROM cases WHERE case_no = $1
	UNION SELECT case_no FROM cases WHERE letter_no = $1
	UNION SELECT case_no FROM cases WHERE application_no = $1
	UNION SELECT case_no FROM cases WHERE id_key = $2
	UNION SELECT case_no FROM applications WHERE application_no = $1 AND case_no IS NOT NULL
	UNION SELECT case_no FROM forms WHERE form_no = $1
	UNION SELECT case_no FROM postings WHERE posting_no = $1
	UNION SELECT case_no FROM queries WHERE query_no = $1 AND case_no IS NOT NULL
	UNION SELECT case_no FROM payment_items WHERE ref = $1
	UNION SELECT case_no FROM bank_entries WHERE entry_key = $1 AND case_no IS NOT NULL
	UNION SELECT cases.case_no FROM advices JOIN cases ON cases.letter_no = advices.letter_no WHERE ref = $1
	ORDER BY 1`

// casesOfPersonalNo has no index to go by: it is asked when nothing else was found.
const casesOfPersonalNo = `SELECT case_no FROM cases WHERE personal_no = $1
	UNION SELECT cases.case_no FROM certificates JOIN cases ON cases.personal_no = certificates.personal_no WHERE certificate_no = $1 AND side = 'out'
	UNION SELECT case_no FROM letters WHERE $2 <> '' AND doc LIKE $2
	ORDER BY 1`

// CasesNamed returns the numbers of the cases that a number names: case,
// letter, application, personal, form, posting, query or certificate number,
// payment reference, key of a bank entry, or (idKey, its form for comparison)
// ID number. A personal number, and a certificate, which may be of another
// agency and then stands in the letters, take a reading of whole tables.
func (tx *Tx) CasesNamed(number, idKey string) ([]string, error) {
	if number == "" {
		return nil, nil
	}
	name := func(r row, no *string) error { return r.Scan(no) }
	found, err := many(tx, "cases of "+number, name, casesNamed, number, idKey)
	if err != nil || len(found) > 0 {
		return found, err
	}
	inLetters := ""
	if number[0] == 'C' && !strings.ContainsAny(number, `%_\`) {
		inLetters = `%"certificate_no":"` + number + `"%`
	}
	return many(tx, "cases of "+number, name, casesOfPersonalNo, number, inLetters)
}

// CasesNumbered returns the numbers of the cases that one of our own numbers,
// or a partner's, names: what of CasesNamed is found by an index.
func (tx *Tx) CasesNumbered(number string) ([]string, error) {
	if number == "" {
		return nil, nil
	}
	return many(tx, "cases of "+number, func(r row, no *string) error { return r.Scan(no) }, casesNamed, number, number)
}

// CasesLike returns the numbers of at most limit cases, the newest first, that
// have part in the number of the case, the letter or the application or in the
// ID number, or a name that is name; both compare as they are stored. It reads the
// whole table.
func (tx *Tx) CasesLike(part, nameKey string, limit int) ([]string, error) {
	const text = `SELECT case_no FROM cases WHERE $1 <> '' AND (case_no LIKE $1 OR letter_no LIKE $1 OR application_no LIKE $1 OR id_key LIKE $1)
		OR $2 <> '' AND doc LIKE $2 ORDER BY opened_on DESC, case_no DESC LIMIT $3`
	like, name := "", ""
	if part != "" && !strings.ContainsAny(part, `%_\`) {
		like = "%" + part + "%"
	}
	if nameKey != "" && !strings.ContainsAny(nameKey, `%_\"`) {
		name = `%"name_key":"` + nameKey + `"%`
	}
	return many(tx, "cases like "+part, func(r row, no *string) error { return r.Scan(no) }, text, like, name, int64(limit))
}

// FilesLike returns at most limit files, the newest first, whose name holds
// part, but for the copies that officers sign. It reads the whole table.
func (tx *Tx) FilesLike(part string, limit int) ([]exchange.File, error) {
	if part == "" || strings.ContainsAny(part, `%\`) { // an underscore stands for itself, too
		return nil, nil
	}
	return fileRows.many(tx, "files like "+part, "WHERE name LIKE $1 AND kind <> 'to-sign' ORDER BY id DESC LIMIT $2", "%"+part+"%", int64(limit))
}

// LooksAt returns what was seen of a name in the parties' drops and is not
// taken in, or not yet.
func (tx *Tx) LooksAt(name string) ([]exchange.Look, error) {
	return lookRows.many(tx, "looks at "+name, "WHERE name = $1 AND file_id IS NULL ORDER BY party", name)
}

// FilesNamed returns the files of a name, of either direction and any party,
// but for the copies that officers sign.
func (tx *Tx) FilesNamed(name string) ([]exchange.File, error) {
	return fileRows.many(tx, "files called "+name, "WHERE name = $1 AND kind <> 'to-sign' ORDER BY id", name)
}

// CountFiles counts the files by direction and state.
func (tx *Tx) CountFiles() (map[exchange.Side]map[exchange.FileState]int, error) {
	count := map[exchange.Side]map[exchange.FileState]int{exchange.In: {}, exchange.Out: {}}
	err := tx.each(func(r row) error {
		var dir exchange.Side
		var state exchange.FileState
		var n int
		err := r.Scan((*string)(&dir), (*string)(&state), &n)
		count[dir][state] = n
		return err
	}, "SELECT dir, state, count(*) FROM files GROUP BY dir, state")
	return count, err
}
