package decision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// WorkbookOf is a workbook of the office with nothing in it yet: whose it is, of
// which day, and in which language.
func WorkbookOf(o *office.Office) report.Night {
	return report.Night{
		Agency: o.Agency, Partners: o.Partners, Profiles: o.Profiles, Turns: o.Turns, Calendar: o.Calendar, Date: o.Date,
		Made: o.Now().In(o.Agency.Zone), Lang: o.CodeLang(), Mask: o.MaskIDs,
	}
}

// WriteDecisions puts the decisions workbooks into the folders of the officers
// whose roles may decide what they hold: those of a list of items that can be
// decided. A workbook takes the place of the one
// before; nothing to decide, no workbook. One with the same rows is not made
// again, so that the step can be repeated.
func WriteDecisions(ctx context.Context, o *office.Office, list []exchange.Todo) (n int, err error) {
	for _, which := range report.Workbooks() {
		for _, group := range workbookGroups(o) {
			made, err := writeWorkbook(ctx, o, which, group, list)
			if err != nil {
				return n, fmt.Errorf("decisions (%s): %w", which.Name, err)
			}
			n += made
		}
	}
	return n, nil
}

// workbookGroups are the officers with a folder, those with the same roles
// together: they get the same workbook, which is made once.
func workbookGroups(o *office.Office) (groups [][]exchange.Officer) {
	at := map[string]int{}
	for _, officer := range o.Agency.Officers {
		if _, ok := o.Party(exchange.OfficerParty(officer.Name)); !ok {
			continue
		}
		key := fmt.Sprint(slices.Sorted(slices.Values(officer.Roles)))
		if _, ok := at[key]; !ok {
			at[key] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[key]] = append(groups[at[key]], officer)
	}
	return groups
}

// writeWorkbook makes one workbook and queues it for the officers of a group;
// made is for how many of them it is new.
func writeWorkbook(ctx context.Context, o *office.Office, which report.Workbook, group []exchange.Officer, list []exchange.Todo) (made int, err error) {
	digest := digestOf(o, which, group[0].Roles, list)
	book := spoolOf(digest)
	s, err := saveWorkbook(ctx, o, which, group[0].Roles, list, book)
	if err != nil {
		return 0, err
	}
	defer s.Discard()
	err = o.Do(ctx, office.By{Actor: "report"}, func(d *office.Desk) error {
		made = 0 // the transaction may be tried again
		if s != nil {
			if err := s.Keep(d.Tx, book); err != nil {
				return err
			}
		}
		for _, officer := range group {
			fresh, err := queueWorkbook(d, which, officer, book, digest)
			if err != nil {
				return err
			}
			if fresh {
				made++
			}
		}
		return nil
	})
	return made, err
}

// digestOf is the digest of a workbook's rows and what they offer; empty when there is
// nothing to decide.
func digestOf(o *office.Office, which report.Workbook, roles []exchange.Role, list []exchange.Todo) string {
	h, rows := sha256.New(), 0
	for t := range which.Rows(list, roles) {
		rows++
		fmt.Fprintln(h, report.KeyOf(t, o.Agency.Code, o.Date))
		for _, r := range which.Offers(t, roles) {
			fmt.Fprintln(h, r.Action)
		}
	}
	if rows == 0 {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// spoolOf names a workbook in the spool by its digest; empty without one.
func spoolOf(digest string) string {
	if digest == "" {
		return ""
	}
	return "out-decisions-" + digest[:32] + ".xlsx"
}

// saveWorkbook writes a workbook for the spool. It is nil when there is nothing to
// decide, and when the spool has the same workbook under its name, which may be queued
// for somebody.
func saveWorkbook(
	ctx context.Context, o *office.Office, which report.Workbook, roles []exchange.Role, list []exchange.Todo, book string,
) (s *office.SpoolFile, err error) {
	if book == "" {
		return nil, nil
	}
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		_, err := o.Spool.Size(tx, book)
		return err
	})
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if s, err = o.NewSpoolFile("out"); err != nil {
		return nil, err
	}
	if err = report.Decisions(WorkbookOf(o), which, roles, list).Write(s.File.File); err == nil {
		err = s.Prepare(book)
	}
	if err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// queueWorkbook queues a workbook for an officer in place of the one before, and
// reports whether it did: not when the one before has the same rows, nor when
// there is nothing to decide. The one before becomes void, and push takes it out
// of the folder; its digest is the Text of its file.
func queueWorkbook(d *office.Desk, which report.Workbook, officer exchange.Officer, book, digest string) (bool, error) {
	party := exchange.OfficerParty(officer.Name)
	before, err := d.Tx.Files(store.FileFilter{
		Dir: exchange.Out, Party: party, Kind: office.KindDecisions, States: []exchange.FileState{exchange.FileQueued, exchange.FileSent},
	})
	if err != nil {
		return false, err
	}
	for _, f := range before {
		if !strings.Contains(f.Name, "-"+which.Name+".") {
			continue
		}
		if f.Text == digest {
			return false, nil
		}
		void := f
		void.State, void.At = exchange.FileVoid, d.Now()
		if err := d.Tx.UpdateFile(f, void); err != nil {
			return false, err
		}
	}
	if digest == "" {
		return false, nil
	}
	name, err := d.FreeName(party, fmt.Sprintf("decisions-%s-%s", d.Date, which.Name), ".xlsx")
	if err != nil {
		return false, err
	}
	sha, size, err := d.SpoolSum(d.Tx, book)
	if err != nil {
		return false, err
	}
	return true, d.Tx.InsertFile(&exchange.File{
		Dir: exchange.Out, Party: party, Kind: office.KindDecisions, Name: name, Carrier: office.CarrierOf(name), SHA256: sha, StoredSHA: sha, Size: size,
		State: exchange.FileQueued, At: d.Now(), Spool: book, Text: digest,
	})
}
