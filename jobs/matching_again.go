package jobs

import (
	"context"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// A credit that nothing was found for keeps marks: the letter, the person and
// the reference that it names. What makes one of them known (a letter issued, a
// form, an advice) wakes the credits with that mark, and only those are tried
// again: however many wait, a pass looks at none of the others.

func letterMark(letterNo string) string { return "L " + letterNo }
func personMark(idKey string) string    { return "I " + idKey }
func referenceMark(ref string) string   { return "R " + ref }

// marksOf is by what a credit may be found later.
func marksOf(e exchange.BankEntry) (marks []string) {
	letterNo, idNo := iso20022.ParseRemittance(e.Text)
	if letterNo != "" {
		marks = append(marks, letterMark(letterNo))
	}
	if no, _, _, ok := splitRef(e.EndToEnd); ok && no != letterNo {
		marks = append(marks, letterMark(no))
	}
	if idNo != "" {
		marks = append(marks, personMark(identity.Key(idNo)))
	}
	if ref := lumpRef(e); ref != "" {
		marks = append(marks, referenceMark(ref))
	}
	return marks
}

// matchOrKeep matches a credit, or keeps it with its marks until somebody
// knows more.
func (d *desk) matchOrKeep(e exchange.BankEntry) error {
	found, err := d.matchEntry(e)
	if err != nil {
		return err
	}
	if found {
		return d.tx.DropMarks(e.Key)
	}
	if err := d.tx.KeepMarks(e.Key, marksOf(e)); err != nil {
		return err
	}
	return d.proposeByName(e)
}

// proposalsOf bounds the cases that are looked at, and proposed, for a credit.
const proposalsOf = 20

// proposeByName proposes to staff the cases that wait for exactly this amount
// and whose person the credit names: that alone matches nothing.
func (d *desk) proposeByName(e exchange.BankEntry) error {
	parts, err := d.tx.ExpectedParts(e.Amount, proposalsOf)
	if err != nil {
		return err
	}
	text := identity.NameKey(e.Text)
	var fits []string
	for _, r := range parts {
		c, err := d.tx.Case(r.CaseNo)
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
	return d.difference("proposal", "", "", e.Key, "name and amount fit "+strings.Join(fits, ", "), "match?")
}

// matchWaiting tries the credits that were woken: a chunk in a transaction,
// hastily; when one of them does not fit or fails, each by itself.
func (e *Env) matchWaiting(ctx context.Context) error {
	for {
		var awake []exchange.BankEntry
		err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
			awake, err = tx.AwakeEntries(chunk)
			return err
		})
		if err != nil || len(awake) == 0 {
			return err
		}
		if e.matchEach(ctx, awake, true) == nil {
			continue
		}
		for i, entry := range awake {
			if err := e.matchEach(ctx, awake[i:i+1], false); err != nil {
				return fmt.Errorf("bank entry %s: %w", entry.Key, err)
			}
		}
	}
}

// matchEach tries credits in one transaction.
func (e *Env) matchEach(ctx context.Context, awake []exchange.BankEntry, hasty bool) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		d := &desk{Env: e, tx: tx, actor: "process", hasty: hasty}
		for _, entry := range awake {
			if err := d.matchAwake(entry); err != nil {
				return err
			}
		}
		return nil
	})
}

// matchAwake tries one credit again. One that cannot be booked where its case
// stands is named, and waits for somebody or for what wakes it next; in a hurry
// that comes back as an error.
func (d *desk) matchAwake(entry exchange.BankEntry) error {
	if d.hasty {
		return d.matchAgain(entry)
	}
	err := d.tx.Part(func() error { return d.matchAgain(entry) })
	if !doesNotFit(err) {
		return err
	}
	if err := d.difference("money", "", "", entry.Key, "not matched", clip("does not fit: "+err.Error(), 200)); err != nil {
		return err
	}
	return d.tx.KeepMarks(entry.Key, marksOf(entry))
}

func (d *desk) matchAgain(entry exchange.BankEntry) error {
	if err := d.closeAbout("money", entry.Key); err != nil { // what is odd about it now is said anew
		return err
	}
	if err := d.matchOrKeep(entry); err != nil {
		return err
	}
	now, err := d.tx.BankEntry(entry.Key)
	if err != nil || now.State == exchange.EntryUnmatched {
		return err
	}
	return d.closeAbout("proposal", entry.Key)
}

// wake lets the credits that wait for a case be tried again.
func (c *casework) wake() error {
	if c.LetterNo != "" {
		if err := c.tx.WakeMarked(letterMark(c.LetterNo)); err != nil {
			return err
		}
	}
	return c.tx.WakeMarked(personMark(c.Person.IDKey))
}

// owes says of a part whose money differs who owes whom, for the list of what
// is to be done; a part whose money fits is taken off it.
func (c *casework) owes(r *exchange.Remittance) error {
	subject := fmt.Sprintf("%s-%d", c.LetterNo, r.Part)
	switch {
	case r.Received == 0 || r.Received == r.Amount:
		return c.closeDifference("money", c.Partner, subject)
	case r.Received < r.Amount:
		return c.difference("money", c.Partner, c.No, subject, "form "+r.Amount.String(), fmt.Sprintf("received %s: they owe %s", r.Received, r.Amount-r.Received))
	}
	return c.difference("money", c.Partner, c.No, subject, "form "+r.Amount.String(), fmt.Sprintf("received %s: we owe %s", r.Received, r.Received-r.Amount))
}

// holdAmount holds a case whose money differs.
func (c *casework) holdAmount(r *exchange.Remittance, text string) error {
	if err := c.owes(r); err != nil {
		return err
	}
	return c.hold(code.HoldAmountDiffers, text)
}
