package bank

import (
	"context"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// matchKeys is by what a credit may be found later.
func matchKeys(e exchange.BankEntry) (marks []string) {
	letterNo, idNo := iso20022.ParseRemittance(e.Text)
	if letterNo != "" {
		marks = append(marks, transfer.LetterKey(letterNo))
	}
	if no, _, _, ok := transfer.SplitRef(e.EndToEnd); ok && no != letterNo {
		marks = append(marks, transfer.LetterKey(no))
	}
	if idNo != "" {
		marks = append(marks, transfer.PersonKey(identity.Key(idNo)))
	}
	if ref := lumpRef(e); ref != "" {
		marks = append(marks, transfer.ReferenceKey(ref))
	}
	return marks
}

// matchOrKeep matches a credit, or keeps it with its marks until somebody
// knows more.
func matchOrKeep(d *office.Desk, e exchange.BankEntry) error {
	found, err := matchEntry(d, e)
	if err != nil {
		return err
	}
	if found {
		return d.Tx.DropMarks(e.Key)
	}
	if err := d.Tx.KeepMarks(e.Key, matchKeys(e)); err != nil {
		return err
	}
	return proposeByName(d, e)
}

// ProposalsOf bounds the cases that are looked at, and proposed, for a credit.
const ProposalsOf = 20

// proposeByName proposes to staff the cases that wait for exactly this amount
// and whose person the credit names: that alone matches nothing.
func proposeByName(d *office.Desk, e exchange.BankEntry) error {
	parts, err := d.Tx.ExpectedParts(e.Amount, ProposalsOf)
	if err != nil {
		return err
	}
	text := identity.NameKey(e.Text)
	var fits []string
	for _, r := range parts {
		c, err := d.Tx.Case(r.CaseNo)
		if err != nil {
			return err
		}
		if c.Side == exchange.In && c.Person.NameKey != "" && strings.Contains(text, c.Person.NameKey) {
			fits = append(fits, fmt.Sprintf("%s part %d", c.No, r.Part))
		}
	}
	if len(fits) == 0 {
		return nil
	}
	return d.RecordDifference("proposal", "", "", e.Key, "name and amount fit "+strings.Join(fits, ", "), "match?")
}

// RetryUnmatched tries the credits that are due for it: a chunk in a
// transaction; when one of them does not fit or fails, each in its own.
func RetryUnmatched(ctx context.Context, o *office.Office) error {
	for {
		var due []exchange.BankEntry
		err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
			due, err = tx.AwakeEntries(office.Chunk)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		by := office.By{Actor: "process"}
		never := func(error) bool { return false }
		err = o.DoChunk(ctx, by, never, func(d *office.Desk) error {
			for _, entry := range due {
				if err := retryEntry(d, entry); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			continue
		}
		for _, entry := range due {
			if err := o.Do(ctx, by, func(d *office.Desk) error { return retryEntry(d, entry) }); err != nil {
				return fmt.Errorf("bank entry %s: %w", entry.Key, err)
			}
		}
	}
}

// retryEntry tries one credit again. One that cannot be booked where its case
// stands is named, and waits for somebody or for what makes it due next.
func retryEntry(d *office.Desk, entry exchange.BankEntry) error {
	alone, err := d.Apart(func() error { return matchAgain(d, entry) })
	if !alone || !doesNotFit(err) {
		return err
	}
	if err := d.RecordDifference("money", "", "", entry.Key, "not matched", office.Clip("does not fit: "+err.Error(), 200)); err != nil {
		return err
	}
	return d.Tx.KeepMarks(entry.Key, matchKeys(entry))
}

func matchAgain(d *office.Desk, entry exchange.BankEntry) error {
	if err := d.CloseDifferencesAbout("money", entry.Key); err != nil { // what is odd about it now is said anew
		return err
	}
	if err := matchOrKeep(d, entry); err != nil {
		return err
	}
	now, err := d.Tx.BankEntry(entry.Key)
	if err != nil || now.State == exchange.EntryUnmatched {
		return err
	}
	return d.CloseDifferencesAbout("proposal", entry.Key)
}
