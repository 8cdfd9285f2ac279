package store

import (
	"errors"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
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
	// putRegistry leaves a newer row alone: files may come late.
	putRegistry = insertInto("registry", registryRows.names+", named_in") +
		" ON CONFLICT (personal_no) DO UPDATE SET " + setExcluded(registryRows.names+", named_in") + " WHERE excluded.as_of >= registry.as_of"
	nameRegistry = "UPDATE registry SET named_in = $2 WHERE personal_no = $1"
	// dropRegistry spares what a later file has said, and whom we are carrying
	// over: the core ends their participation before the form is made.
	dropRegistry = "DELETE FROM registry WHERE named_in <> $1 AND file_date <= (SELECT max(file_date) FROM registry WHERE named_in = $1)" +
		" AND personal_no NOT IN (SELECT personal_no FROM cases WHERE side = 'out'" +
		" AND (state IN ('accepted', 'ended', 'liquidated') OR held_from IN ('accepted', 'ended', 'liquidated')))"
)

// PutRegistry replaces what is known of a person, unless something newer
// (AsOf) is known already; either way the file has named the person.
func (tx *Tx) PutRegistry(p exchange.RegistryPerson) error {
	tx.ahead.registry = nil
	n, err := tx.exec(putRegistry, registryRows.args(&p, p.FileID)...)
	if err == nil && n == 0 {
		_, err = tx.exec(nameRegistry, p.PersonalNo, p.FileID)
	}
	if err != nil {
		return fmt.Errorf("registry %s: %w", p.PersonalNo, err)
	}
	return nil
}

// RegistryByID returns what the registry knows under an ID number.
func (tx *Tx) RegistryByID(idKey string) ([]exchange.RegistryPerson, error) {
	if known, ok := tx.ahead.registry[idKey]; ok {
		return slices.Clone(known), nil
	}
	return registryRows.many(tx, "registry by ID", "WHERE id_key = $1 ORDER BY personal_no", idKey)
}

// RegistryByNo returns the person of a personal number.
func (tx *Tx) RegistryByNo(personalNo string) (exchange.RegistryPerson, error) {
	return registryRows.one(tx, "registry "+personalNo, "WHERE personal_no = $1", personalNo)
}

// DropRegistryNotIn removes everybody whom a full file has not named, once
// all of it was put. Who was put by a file of a later date stays, and so does
// who is just being carried over to another place.
func (tx *Tx) DropRegistryNotIn(fileID int64) (dropped int64, err error) {
	tx.ahead.registry = nil
	if dropped, err = tx.exec(dropRegistry, fileID); err != nil {
		return 0, fmt.Errorf("registry: drop who is not in file %d: %w", fileID, err)
	}
	return dropped, nil
}

// MarkWholeRegistry records that a full registry file of a date was taken in whole.
func (tx *Tx) MarkWholeRegistry(fileID int64, on calendar.Date) error {
	_, err := tx.exec("INSERT INTO whole_registries (file_id, as_of) VALUES ($1, $2) ON CONFLICT (file_id) DO NOTHING", fileID, on.String())
	if err != nil {
		return fmt.Errorf("whole registry %d: %w", fileID, err)
	}
	return nil
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
