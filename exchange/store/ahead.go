package store

import (
	"fmt"
	"slices"

	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/sqltext"
)

// Ahead names what the records of a transaction are about to ask for.
type Ahead struct {
	Cases        []string      // Case
	OfLetters    []string      // CaseByLetter
	Applications []string      // CaseByApplication, CasesByApplication, LatestApplication, LatestApplications
	OfPersons    []string      // ID keys: CasesByPerson
	Registry     []string      // ID keys: RegistryByID
	Certificates []string      // Certificate
	Letters      []string      // Letter
	FormNos      []string      // Form
	Forms        []string      // cases: FormsByCase
	Parts        []string      // cases: RemittancesByCase
	Postings     []string      // cases: PostingsByCase
	Refunds      []string      // cases: RefundsByCase
	Proposals    []code.Phrase // subjects: DifferencesAbout proposals
	Ledger       []string      // cases: LedgerOf
	Records      []string      // OutgoingByRecord
	Payments     []string      // Payment
	Advices      []string      // letters: AdvicesByLetter
	Entries      []string      // BankEntriesKnownAs
	Account      string        // of Debits
	Debits       []money.Fen   // UnmatchedDebits
	Claims       []Claim       // ClaimKey
}

// ReadAhead reads what many records are about to ask for, with one statement for
// each list. The methods named in Ahead then answer from memory, until the
// transaction itself writes what could change the answer.
func (tx *Tx) ReadAhead(a Ahead) error {
	amounts := make([]any, len(a.Debits))
	for i, f := range a.Debits {
		amounts[i] = int64(f)
	}
	subjects := make([]any, len(a.Proposals))
	for i, about := range a.Proposals {
		subjects[i] = about.String()
	}
	for _, read := range []func() error{
		func() error { return caseByNo.ahead(tx, sqltext.AnyOf(a.Cases)) },
		func() error { return caseByLetter.ahead(tx, sqltext.AnyOf(a.OfLetters)) },
		func() error { return caseByApplication.ahead(tx, sqltext.AnyOf(a.Applications)) },
		func() error { return applicationsByNo.ahead(tx, sqltext.AnyOf(a.Applications)) },
		func() error { return casesByPerson.ahead(tx, sqltext.AnyOf(a.OfPersons)) },
		func() error { return registryByID.ahead(tx, sqltext.AnyOf(a.Registry)) },
		func() error { return certificateByNo.ahead(tx, sqltext.AnyOf(a.Certificates)) },
		func() error { return lettersByNo.ahead(tx, sqltext.AnyOf(a.Letters)) },
		func() error { return formsByNo.ahead(tx, sqltext.AnyOf(a.FormNos)) },
		func() error { return formsByCase.ahead(tx, sqltext.AnyOf(a.Forms)) },
		func() error { return partsByCase.ahead(tx, sqltext.AnyOf(a.Parts)) },
		func() error { return postingsByCase.ahead(tx, sqltext.AnyOf(a.Postings)) },
		func() error { return refundsByCase.ahead(tx, sqltext.AnyOf(a.Refunds)) },
		func() error { return openAbout.ahead(tx, subjects, "proposal") },
		func() error { return tx.ledgerAhead(sqltext.AnyOf(a.Ledger)) },
		func() error { return outgoingByRecord.ahead(tx, sqltext.AnyOf(a.Records)) },
		func() error { return tx.paymentsAhead(sqltext.AnyOf(a.Payments)) },
		func() error { return advicesByLetter.ahead(tx, sqltext.AnyOf(a.Advices)) },
		func() error { return entriesAs.ahead(tx, sqltext.AnyOf(a.Entries)) },
		func() error { return unmatchedDebits.ahead(tx, amounts, a.Account) },
		func() error { return tx.claimsAhead(a.Claims) },
	} {
		if err := read(); err != nil {
			return fmt.Errorf("read ahead: %w", err)
		}
	}
	return nil
}

// lookup is a question by a key. It can be asked ahead for many keys, with one
// statement for all of them. Once it was asked it is answered from memory, until the
// transaction writes a row that the answer could have, or have had.
type lookup[T any] struct {
	rows  *kept[T]
	where string // a condition that ends with the key's column; $1 … are the scope
	scope int    // how many values it has before the key: an account, say
	order func(a, b *T) int
	work  bool // who reads a row is going to work it: see Engine.LockRow
	keep  bool // what is written is put among what is known: order tells rows apart
	key   func(*T) asked
}

// asked is a key within a scope.
type asked struct{ scope, key any }

// byKey makes a lookup. It stands beside the list of how its rows are kept.
func byKey[T any](k *kept[T], where string, order func(a, b *T) int, key func(*T) any) *lookup[T] {
	return inScope(k, where, 0, order, func(x *T) asked { return asked{nil, key(x)} })
}

// inScope makes a lookup of keys that mean something in a scope alone.
func inScope[T any](k *kept[T], where string, scope int, order func(a, b *T) int, key func(*T) asked) *lookup[T] {
	l := &lookup[T]{rows: k, where: where, scope: scope, order: order, key: key}
	k.lookups = append(k.lookups, l)
	return l
}

// forWork makes a lookup lock what it reads.
func (l *lookup[T]) forWork() *lookup[T] {
	l.work = true
	return l
}

// kept makes a lookup know what is written, instead of forgetting what was known.
func (l *lookup[T]) kept() *lookup[T] {
	l.keep = true
	return l
}

// of reads the rows of a key, in their order.
func (l *lookup[T]) of(tx *Tx, what string, key any, scope ...any) ([]T, error) {
	if key == "" {
		return nil, nil
	}
	if rows, known := tx.known[l][asked{scopeOf(scope), key}]; known {
		return slices.Clone(rows.([]T)), nil
	}
	rows, err := l.rows.many(tx, what, l.condition(0)+l.lock(tx), append(scope, key)...)
	if err != nil {
		return nil, err
	}
	l.sort(rows)
	if known := tx.knownTo(l); len(known) < mostKnown {
		known[asked{scopeOf(scope), key}] = rows
	}
	return slices.Clone(rows), nil
}

// mostKnown bounds what is remembered of a lookup beside what was read ahead: who
// walks all cases keeps no more of them.
const mostKnown = 600

// condition is that of one key (0), or of a list of keys.
func (l *lookup[T]) condition(keys int) string {
	if keys == 0 {
		return "WHERE " + l.where + " = " + sqltext.Arg(l.scope+1)
	}
	return "WHERE " + l.where + " IN " + sqltext.ListOf(keys, l.scope)
}

func scopeOf(scope []any) any {
	if len(scope) == 0 {
		return nil
	}
	return scope[0]
}

func (l *lookup[T]) lock(tx *Tx) string {
	if l.work {
		return tx.lock
	}
	return ""
}

func (l *lookup[T]) sort(rows []T) {
	slices.SortFunc(rows, func(a, b T) int { return l.order(&a, &b) })
}

// ahead reads the rows of all keys. A key without a row is known, too.
func (l *lookup[T]) ahead(tx *Tx, keys []any, scope ...any) error {
	if len(keys) == 0 {
		return nil
	}
	all := make(map[asked][]T, len(keys))
	for _, key := range keys {
		all[asked{scopeOf(scope), key}] = nil
	}
	err := sqltext.InLists(keys, func(list []any) error {
		rows, err := l.rows.many(tx, "read ahead", l.condition(len(list))+l.lock(tx), slices.Concat(scope, list)...)
		for _, row := range rows {
			all[l.key(&row)] = append(all[l.key(&row)], row)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", l.rows.table, err)
	}
	known := tx.knownTo(l)
	for key, rows := range all {
		l.sort(rows)
		known[key] = rows
	}
	return nil
}

// remembered is what else can be read ahead of some tables.
type remembered struct{ of pending.Tables }

func (r *remembered) tables() pending.Tables { return r.of }

// source is a lookup, or something remembered.
type source interface{ tables() pending.Tables }

// ForgetAhead forgets what was read ahead: who walks a long list page by page keeps no
// more of it than a page.
func (tx *Tx) ForgetAhead() { tx.known, tx.kept = nil, nil }

// knownTo is what is known to a source.
func (tx *Tx) knownTo(l source) map[asked]any {
	if tx.known == nil {
		tx.known = map[source]map[asked]any{}
	}
	if tx.known[l] == nil {
		tx.known[l] = map[asked]any{}
	}
	return tx.known[l]
}

// wrote forgets, or knows, what a row that is written changes: before is nil for a new
// one.
func (k *kept[T]) wrote(tx *Tx, before, after *T) {
	if len(tx.known) == 0 {
		return
	}
	for _, l := range k.lookups {
		key := l.key(after)
		if before != nil && l.key(before) != key {
			delete(tx.known[l], l.key(before))
			delete(tx.known[l], key)
			continue
		}
		rows, known := tx.known[l][key]
		if !known {
			continue
		}
		if !l.keep {
			delete(tx.known[l], key)
			continue
		}
		all := slices.Clone(rows.([]T))
		at, there := slices.BinarySearchFunc(all, *after, func(a, b T) int { return l.order(&a, &b) })
		if there {
			all[at] = *after
		} else {
			all = slices.Insert(all, at, *after)
		}
		tx.known[l][key] = all
		tx.kept = append(tx.kept, keptRow{l, key})
	}
}

// keptRow is an answer that holds a row which is not sent yet.
type keptRow struct {
	of  source
	key asked
}

// unkeep forgets the answers that hold rows which may be taken back.
func (tx *Tx) unkeep() {
	for _, x := range tx.kept {
		delete(tx.known[x.of], x.key)
	}
	tx.kept = nil
}

// forgetAll forgets all rows of tables that a statement changes.
func (tx *Tx) forgetAll(changed pending.Tables) {
	for l := range tx.known {
		if l.tables()&changed != 0 {
			delete(tx.known, l)
		}
	}
}

func (l *lookup[T]) tables() pending.Tables { return l.rows.row.Tables }
