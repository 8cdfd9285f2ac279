package bank

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// matchKeys lists by what an unmatched credit may be found later: letter numbers,
// the person, a lump sum's reference. What comes with one of them (a letter, a
// form, an advice) makes the credit due for retry.
func matchKeys(e exchange.BankEntry) (keys []string) {
	letterNo, idNo := iso20022.ParseRemittance(e.Said())
	if letterNo != "" {
		keys = append(keys, transfer.LetterKey(letterNo))
	}
	if no, _, _, ok := transfer.SplitRef(e.EndToEnd); ok && no != letterNo {
		keys = append(keys, transfer.LetterKey(no))
	}
	if idNo != "" {
		keys = append(keys, transfer.PersonKey(identity.Key(idNo)))
	}
	if ref := lumpRef(e); ref != "" {
		keys = append(keys, transfer.ReferenceKey(ref))
	}
	return keys
}

// matchOrKeep matches a credit, or keeps it with its match keys until one of them
// comes, and proposes cases by name and amount.
func matchOrKeep(d *office.Desk, e exchange.BankEntry) (match, error) {
	found, err := matchEntry(d, e)
	if err != nil {
		return found, err
	}
	if found != noMatch {
		return found, d.Tx.DropMatchKeys(e.Key)
	}
	if err := d.Tx.KeepMatchKeys(e.Key, matchKeys(e)); err != nil {
		return found, err
	}
	return found, proposeByName(d, e)
}

// MaxProposals bounds the parts that are looked at for a credit, and so the cases
// that are proposed for it: round amounts are common, and a list of more helps
// nobody.
const MaxProposals = 20

// proposeByName proposes to staff the cases that wait for exactly this amount
// and whose person the credit names. It matches nothing by itself: names repeat,
// and money booked on the wrong person's case reaches the core.
func proposeByName(d *office.Desk, e exchange.BankEntry) error {
	parts, err := d.Tx.ExpectedParts(e.Amount, MaxProposals)
	if err != nil {
		return err
	}
	text := identity.NameKey(e.Said())
	var candidates []code.Phrase
	for _, r := range parts {
		c, err := d.CaseByNo(r.CaseNo)
		if err != nil {
			return err
		}
		if c.Side == exchange.In && c.Person.NameKey != "" && strings.Contains(text, identity.NameKey(c.Person.NameKey)) {
			candidates = append(candidates, code.Say("part-of", c.No, r.Part))
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	return d.RecordDifference("proposal", "", "", code.Text(e.Key), code.SayAll("name-fits", candidates), code.Say("match-asked"))
}

// RetryUnmatched tries to match the unmatched credits that are due for retry, a
// chunk in a transaction; when one of them fails, each of the chunk in its own. It
// ends when none is due: each try matches a credit, or keeps it with its match
// keys, which takes it from those due. An error ends it at once, since the same
// credit would be the first one due again.
func RetryUnmatched(ctx context.Context, o *office.Office) error {
	for {
		var due []exchange.BankEntry
		err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
			due, err = tx.EntriesToRetry(office.Chunk)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		by := office.By{Actor: "process"}
		err = o.DoChunk(ctx, by, func(d *office.Desk) error {
			if err := readAhead(d, due); err != nil {
				return err
			}
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
		for _, entry := range due { // those before the faulty one are kept
			if err := o.Do(ctx, by, func(d *office.Desk) error { return retryEntry(d, entry) }); err != nil {
				return fmt.Errorf("bank entry %s: %w", entry.Key, err)
			}
		}
	}
}

// retryEntry tries one credit again. One that is not allowed in its case's state
// is recorded as a difference, and waits for an officer, or for what makes it due
// next.
func retryEntry(d *office.Desk, entry exchange.BankEntry) error {
	err := d.InSavepoint(func() error { return rematch(d, entry) })
	if !isNotAllowed(err) {
		return err
	}
	if err := d.RecordDifference("money", "", "", code.Text(entry.Key), code.Say("not-matched"), code.Say("does-not-fit", office.Clip(err.Error(), 200))); err != nil {
		return err
	}
	return d.Tx.KeepMatchKeys(entry.Key, matchKeys(entry))
}

// rematch matches a credit, or a debit of a payment that was not known, anew. Its differences are closed first: those that are
// still there are recorded again. A proposal ends when the credit is matched.
func rematch(d *office.Desk, entry exchange.BankEntry) error {
	if err := d.Tx.CloseDifferencesAbout("money", code.Text(entry.Key)); err != nil {
		return err
	}
	if !entry.Credit {
		return errors.Join(d.Tx.DropMatchKeys(entry.Key), bookDebit(d, entry))
	}
	if done, err := retryReturn(d, entry); done || err != nil {
		return err
	}
	if found, err := matchOrKeep(d, entry); err != nil || found != matched {
		return err
	}
	return d.Tx.CloseDifferencesAbout("proposal", code.Text(entry.Key))
}
