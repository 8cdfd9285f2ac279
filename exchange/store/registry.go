package store

import (
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/sqltext"
)

var (
	registryRows = keep("registry", func(p *exchange.RegistryPerson) []field {
		return []field{
			at("personal_no", &p.PersonalNo), at("as_of", &p.AsOf), at("id_key", &p.Person.IDKey), at("status", &p.Status), at("arrears", (*int64)(&p.Arrears)),
			at("principal", (*int64)(&p.Principal)), at("interest", (*int64)(&p.Interest)), at("file_id", &p.FileID), at("file_date", &p.FileDate),
		}
	}, func(p *exchange.RegistryPerson) []field {
		return []field{
			at("person", &p.Person), at("name_key", &p.Person.NameKey), at("household,omitempty", &p.Household), at("scheme", &p.Scheme),
			at("first_month,omitempty", &p.FirstMonth), at("paid_to,omitempty", &p.PaidTo), at("stopped_on,omitempty", &p.StoppedOn),
			at("arrears_months,omitempty", &p.ArrearsMonths), at("account_opened,omitempty", &p.AccountOpened), at("stays,omitempty", &p.Stays),
		}
	})
	// putRegistry leaves a newer row alone, but for who has named the person last: files
	// may come late.
	putRegistry = sqltext.InsertInto("registry", registryRows.names+", named_in") + " ON CONFLICT (personal_no) DO UPDATE SET " +
		sqltext.Assign(registryRows.names, func(c string, _ int) string {
			return "CASE WHEN excluded.as_of >= registry.as_of THEN excluded." + c + " ELSE registry." + c + " END"
		}) + ", named_in = excluded.named_in"
	// dropRegistry spares what a later file has said, and whom we are carrying
	// over: the core ends their participation before the form is made.
	dropRegistry = "DELETE FROM registry WHERE named_in <> $1 AND file_date <= (SELECT max(file_date) FROM registry WHERE named_in = $1)" +
		" AND personal_no NOT IN (SELECT personal_no FROM cases WHERE side = 'out'" +
		" AND (state IN ('accepted', 'ended', 'liquidated') OR held_from IN ('accepted', 'ended', 'liquidated')))"
)

var registryByID = byKey(registryRows, "id_key", func(a, b *exchange.RegistryPerson) int { return strings.Compare(a.PersonalNo, b.PersonalNo) },
	func(p *exchange.RegistryPerson) any { return p.Person.IDKey })

// PutRegistry replaces what is known of a person, unless something newer
// (AsOf) is known already; either way the file has named the person.
func (tx *Tx) PutRegistry(p exchange.RegistryPerson) error {
	if err := tx.later(pending.Write{What: "cases of " + p.PersonalNo, Insert: stirPeople, Args: []any{p.Person.IDKey, p.PersonalNo}, Many: true}); err != nil {
		return err
	}
	return tx.run("registry "+p.PersonalNo, putRegistry, registryRows.args(&p, p.FileID)...)
}

// RegistryByID returns what the registry knows under an ID number.
func (tx *Tx) RegistryByID(idKey string) ([]exchange.RegistryPerson, error) {
	return registryByID.of(tx, "registry by ID", idKey)
}

// RegistryByNo returns the person of a personal number.
func (tx *Tx) RegistryByNo(personalNo string) (exchange.RegistryPerson, error) {
	return registryRows.one(tx, "registry "+personalNo, "WHERE personal_no = $1", personalNo)
}

// DropRegistryNotIn removes everybody whom a full file has not named, once
// all of it was put. Who was put by a file of a later date stays, and so does
// who is just being carried over to another place.
func (tx *Tx) DropRegistryNotIn(fileID int64) (dropped int64, err error) {
	if err := tx.LookAgain(CaseFilter{States: []exchange.State{exchange.Held}}); err != nil {
		return 0, err
	}
	if dropped, err = tx.exec(dropRegistry, fileID); err != nil {
		return 0, fmt.Errorf("registry: drop who is not in file %d: %w", fileID, err)
	}
	return dropped, nil
}

// MarkWholeRegistry records that a full registry file of a date was taken in whole.
func (tx *Tx) MarkWholeRegistry(fileID int64, on calendar.Date) error {
	if err := tx.any("swept", "UPDATE swept SET absent_on = ''"); err != nil {
		return err
	}
	return tx.any(fmt.Sprintf("whole registry %d", fileID),
		"INSERT INTO whole_registries (file_id, as_of) VALUES ($1, $2) ON CONFLICT (file_id) DO NOTHING", fileID, on.String())
}

// LastWholeRegistry is the date of the latest full registry file that was
// taken in whole; none: 0.
func (tx *Tx) LastWholeRegistry() (calendar.Date, error) {
	on, err := one(tx, "whole registry", func(r row, d *calendar.Date) error { return r.Scan(d) },
		"SELECT as_of FROM whole_registries ORDER BY as_of DESC LIMIT 1")
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return on, err
}
