package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/samples"
)

// passes makes n passes.
func (o *testOffice) passes(n int) {
	o.tb.Helper()
	for range n {
		o.pass()
	}
}

// passUntil makes passes, six at most, until the case of a person stands where
// it is wanted: "void", or "completed/posted/posted" with its tracks. It must
// stand there still after one pass more.
func (o *testOffice) passUntil(side exchange.Side, p samples.Person, want string) exchange.Case {
	o.tb.Helper()
	const most = 6
	reached := false
	for range most {
		o.pass()
		c := o.caseBy(side, p)
		there := string(c.State) == want || standing(c) == want
		if there && reached {
			return c
		}
		if reached && !there {
			o.tb.Fatalf("case went on from %s to %s (%s)", want, standing(c), c.HoldText)
		}
		reached = there
	}
	c := o.caseBy(side, p)
	o.tb.Fatalf("after %d passes the case stands at %s (%s, wish %q), want %s", most, standing(c), c.HoldText, c.Wish, want)
	return c
}

// requireState checks where a case stands: "answered/sent/settled", with the
// reason of a hold behind it.
func (o *testOffice) requireState(side exchange.Side, p samples.Person, want string) {
	o.tb.Helper()
	c := o.caseBy(side, p)
	if got := standing(c); got != want {
		o.tb.Errorf("case stands at %s (%s), want %s", got, c.HoldText, want)
	}
}

// standing is a case's state and tracks, with the reason of a hold.
func standing(c exchange.Case) string {
	s := fmt.Sprintf("%s/%s/%s", c.State, c.FormTrack, c.MoneyTrack)
	if c.State == exchange.Held {
		s += " " + string(c.Hold)
	}
	return s
}

// requireNoDifferences requires that no difference is open.
func (o *testOffice) requireNoDifferences() {
	o.tb.Helper()
	if open := o.openDifferences(); len(open) > 0 {
		o.tb.Errorf("differences: %q", open)
	}
}

// openDifferences lists the open differences: "kind subject: ours / theirs".
func (o *testOffice) openDifferences() (list []string) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		all, err := tx.Differences(true)
		for _, d := range all {
			list = append(list, fmt.Sprintf("%s %s: %s / %s", d.Kind, english(d.Subject), english(d.Ours), english(d.Theirs)))
		}
		return err
	})
	return list
}

// english are a phrase's words in English.
func english(p code.Phrase) string { return p.Words(code.English, exchange.Listed(code.English, nil)) }

// requireJournaled requires an event of a chain whose reason contains a text, as
// it is stored or in the agency's language.
func (o *testOffice) requireJournaled(chain, what, why string) {
	o.tb.Helper()
	var events []exchange.JournalEvent
	err := o.env.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		events, err = tx.JournalOf(chain)
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	for _, e := range events {
		if e.What == what && strings.Contains(e.Why.String()+" "+o.env.Words(e.Why), why) {
			return
		}
	}
	o.tb.Errorf("no event %s %q in the journal of %s", what, why, chain)
}

// requireProofs is what holds after every test: the inputs of every file add
// up, both sides of the ledger close, the ledger and the journal stand.
func (o *testOffice) requireProofs() {
	o.tb.Helper()
	ctx := context.Background()
	err := o.env.Store.View(ctx, func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In})
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.State == exchange.FileWorked && f.Records != f.Accepted+f.Held+f.Refused {
				o.tb.Errorf("%s: %d records, %d accepted, %d held, %d refused", f.Name, f.Records, f.Accepted, f.Held, f.Refused)
			}
			if f.State == exchange.FileFetched {
				o.tb.Errorf("%s was never worked to its end", f.Name)
			}
		}
		if faults, err := tx.LedgerFaults(); err != nil || len(faults) > 0 {
			o.tb.Errorf("ledger: %v %v", faults, err)
		}
		differences, err := tx.Differences(false)
		if err != nil {
			return err
		}
		for _, x := range differences {
			if words := jobs.ForeignWords(x); len(words) > 0 {
				o.tb.Errorf("a difference, as staff read it: %q", words)
			}
		}
		return o.requireLedgerProof(tx)
	})
	if err != nil {
		o.tb.Error(err)
	}
	journal, err := o.env.Store.VerifyJournal(ctx, nil)
	if err != nil || !journal.OK() && !o.forged {
		o.tb.Errorf("journal: %+v %v", journal, err)
	}
}

// requireLedgerProof requires that both sides of the ledger close and no account
// holds less than nothing.
func (o *testOffice) requireLedgerProof(tx *store.Tx) error {
	o.tb.Helper()
	b, err := tx.Balances("")
	if err != nil {
		return err
	}
	liquidated, err := tx.Liquidated()
	if err != nil {
		return err
	}
	announced, err := tx.Announced()
	if err != nil {
		return err
	}
	confirmed, err := tx.Confirmed()
	if err != nil {
		return err
	}
	debited, err := tx.BankDebited()
	if err != nil {
		return err
	}
	out, err := ledger.ProveAllOut(b, sum(liquidated), sum(confirmed), debited)
	if err != nil {
		return err
	}
	credited, err := tx.Credited()
	if err != nil {
		return err
	}
	received, err := tx.BankReceived()
	if err != nil {
		return err
	}
	in, err := ledger.ProveAllIn(b, sum(announced), sum(credited), received)
	if errors.Is(err, money.ErrOverflow) && o.unproved {
		return nil
	}
	if err != nil {
		return err
	}
	if (out.Difference != 0 || in.Difference != 0) && !o.unproved {
		o.tb.Errorf("the ledger does not close:\nout %+v\nin %+v\n%v", out, in, b)
	}
	if over := b.Overdrawn(); len(over) > 0 && !o.unproved {
		o.tb.Errorf("accounts hold less than nothing: %v in %v", over, b)
	}
	return nil
}

func sum(m map[string]money.Fen) (total money.Fen) {
	for _, f := range m {
		total += f
	}
	return total
}

// caseBy is the one case of a person on a side; any other number fails the test.
func (o *testOffice) caseBy(side exchange.Side, p samples.Person) exchange.Case {
	o.tb.Helper()
	all := o.casesBy(side, p)
	if len(all) != 1 {
		o.tb.Fatalf("%d cases of %s on the %s side instead of 1", len(all), p.IDNo, side)
	}
	return all[0]
}

// casesBy are all cases of a person on a side.
func (o *testOffice) casesBy(side exchange.Side, p samples.Person) (list []exchange.Case) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		return tx.EachCase(store.CaseFilter{Side: side}, func(c exchange.Case) error {
			if c.Person.IDNo == p.IDNo {
				list = append(list, c)
			}
			return nil
		})
	})
	return list
}

// view reads the office's store.
func (o *testOffice) view(fn func(*store.Tx) error) {
	o.tb.Helper()
	if err := o.env.Store.View(context.Background(), fn); err != nil {
		o.tb.Fatal(err)
	}
}

// gather lists all rows that a walk over the store visits.
func gather[Of, T any](each func(Of, func(T) error) error, of Of) (all []T, err error) {
	err = each(of, func(row T) error {
		all = append(all, row)
		return nil
	})
	return all, err
}

// unmatchedEntries are the bookings that belong to nobody yet.
func unmatchedEntries(tx *store.Tx) ([]exchange.BankEntry, error) {
	return gather((*store.Tx).EachUnmatchedEntry, tx)
}
