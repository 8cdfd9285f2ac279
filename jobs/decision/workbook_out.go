package decision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
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
	book, digest, err := saveWorkbook(o, which, group[0].Roles, list)
	if err != nil {
		return 0, err
	}
	err = o.Do(ctx, office.By{Actor: "report"}, func(d *office.Desk) error {
		made = 0 // the transaction may be tried again
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

// saveWorkbook saves a workbook in the spool, named by the digest of its rows and
// what they offer; digest is empty when there is nothing to decide. What is in
// the spool under that name is the same workbook, and is kept: it may be queued
// for somebody.
func saveWorkbook(o *office.Office, which report.Workbook, roles []exchange.Role, list []exchange.Todo) (book, digest string, err error) {
	h, rows := sha256.New(), 0
	for t := range which.Rows(list, roles) {
		rows++
		fmt.Fprintln(h, report.KeyOf(t, o.Agency.Code, o.Date))
		for _, r := range which.Offers(t, roles) {
			fmt.Fprintln(h, r.Action)
		}
	}
	if rows == 0 {
		return "", "", nil
	}
	digest = hex.EncodeToString(h.Sum(nil))
	book = "out-decisions-" + digest[:32] + ".xlsx"
	path := filepath.Join(o.Spool, book)
	if _, err := os.Stat(path); err == nil {
		return book, digest, nil
	}
	err = o.CallOutside("spool.save", book, func() error { return report.Decisions(WorkbookOf(o), which, roles, list).Save(path) })
	return book, digest, err
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
		void.State = exchange.FileVoid
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
	sha, size, err := d.SpoolSum(book)
	if err != nil {
		return false, err
	}
	return true, d.Tx.InsertFile(&exchange.File{
		Dir: exchange.Out, Party: party, Kind: office.KindDecisions, Name: name, Carrier: office.CarrierOf(name), SHA256: sha, StoredSHA: sha, Size: size,
		State: exchange.FileQueued, At: d.Now(), Spool: book, Text: digest,
	})
}
