package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

const registryColumns = "personal_no, as_of, id_key, status, arrears, principal, interest, file_id, file_date, doc"

var (
	// putRegistry leaves a newer row alone: files may come late.
	putRegistry = insertInto("registry", registryColumns+", named_in") +
		" ON CONFLICT (personal_no) DO UPDATE SET " + setExcluded(registryColumns+", named_in") + " WHERE excluded.as_of >= registry.as_of"
	nameRegistry   = "UPDATE registry SET named_in = $2 WHERE personal_no = $1"
	selectRegistry = "SELECT " + registryColumns + " FROM registry "
	// dropRegistry spares what a later file has said, and whom we are carrying
	// over: the core ends their participation before the form is made.
	dropRegistry = "DELETE FROM registry WHERE named_in <> $1 AND file_date <= (SELECT max(file_date) FROM registry WHERE named_in = $1)" +
		" AND personal_no NOT IN (SELECT personal_no FROM cases WHERE side = 'out'" +
		" AND (state IN ('accepted', 'ended', 'liquidated') OR held_from IN ('accepted', 'ended', 'liquidated')))"
)

// registryDoc is what of a registry row is only read together with it.
type registryDoc struct {
	Person        exchange.Person `json:"person"`
	NameKey       string          `json:"name_key"`
	Household     string          `json:"household,omitempty"`
	Scheme        string          `json:"scheme"`
	FirstMonth    calendar.Month  `json:"first_month,omitempty"`
	PaidTo        calendar.Month  `json:"paid_to,omitempty"`
	StoppedOn     calendar.Date   `json:"stopped_on,omitempty"`
	ArrearsMonths int             `json:"arrears_months,omitempty"`
	AccountOpened calendar.Month  `json:"account_opened,omitempty"`
	Stays         []exchange.Stay `json:"stays,omitempty"`
}

func scanRegistry(r row, p *exchange.RegistryPerson) error {
	var doc []byte
	var key string
	if err := r.Scan(&p.PersonalNo, &p.AsOf, &key, &p.Status, (*int64)(&p.Arrears), (*int64)(&p.Principal), (*int64)(&p.Interest), &p.FileID, &p.FileDate, &doc); err != nil {
		return err
	}
	var d registryDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("registry %s: %w", p.PersonalNo, err)
	}
	p.Person = d.Person
	p.Person.IDKey, p.Person.NameKey = key, d.NameKey
	p.Household, p.Scheme, p.FirstMonth, p.PaidTo, p.StoppedOn = d.Household, d.Scheme, d.FirstMonth, d.PaidTo, d.StoppedOn
	p.ArrearsMonths, p.AccountOpened, p.Stays = d.ArrearsMonths, d.AccountOpened, d.Stays
	return nil
}

// PutRegistry replaces what is known of a person, unless something newer
// (AsOf) is known already; either way the file has named the person.
func (tx *Tx) PutRegistry(p exchange.RegistryPerson) error {
	doc, err := json.Marshal(&registryDoc{
		Person: p.Person, NameKey: p.Person.NameKey, Household: p.Household, Scheme: p.Scheme, FirstMonth: p.FirstMonth, PaidTo: p.PaidTo,
		StoppedOn: p.StoppedOn, ArrearsMonths: p.ArrearsMonths, AccountOpened: p.AccountOpened, Stays: p.Stays,
	})
	if err != nil {
		return fmt.Errorf("registry %s: %w", p.PersonalNo, err)
	}
	tx.ahead.registry = nil
	n, err := tx.exec(putRegistry, p.PersonalNo, p.AsOf.String(), p.Person.IDKey, p.Status, int64(p.Arrears), int64(p.Principal),
		int64(p.Interest), p.FileID, p.FileDate.String(), string(doc), p.FileID)
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
	return many(tx, "registry by ID", scanRegistry, selectRegistry+"WHERE id_key = $1 ORDER BY personal_no", idKey)
}

// RegistryByNo returns the person of a personal number.
func (tx *Tx) RegistryByNo(personalNo string) (exchange.RegistryPerson, error) {
	return one(tx, "registry "+personalNo, scanRegistry, selectRegistry+"WHERE personal_no = $1", personalNo)
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
