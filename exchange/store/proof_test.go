package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/store/journal"
)

// moneyRows fills every table that money depends on, and lets a checkpoint leave.
func moneyRows(t *testing.T, s *Store) (left journal.Checkpoint) {
	t.Helper()
	f, c := fullFile(t), fullCase(t)
	write(t, s, func(tx *Tx) error {
		tx.When(func() (time.Time, calendar.Date) { return time.Unix(1, 0), 20260302 })
		return steps(tx.InsertFile(&f), tx.InsertCase(&c), tx.Journal(event(c.No, "x")), keepPapers(t, tx, f, c), keepMoney(t, tx, f, c),
			keepBank(t, tx, f, c), keepWork(t, tx, f, c))
	})
	write(t, s, func(tx *Tx) (err error) {
		left, err = tx.WriteCheckpoint(time.Unix(2, 0), 20260302)
		return err
	})
	return left
}

// TestChangedBeforeItIsWritten: a row that somebody changed, and the program wrote after that, is found
// by what it was before.
func TestChangedBeforeItIsWritten(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		moneyRows(t, s)
		move := func() {
			write(t, s, func(tx *Tx) error {
				before, err := tx.RemittancesByCase(fullCase(t).No)
				after := before[0]
				after.Attempts++
				return steps(err, tx.UpdateRemittance(before[0], after))
			})
		}
		move()
		if tonight, whole := night(t, s); !tonight.OK() || !whole.OK() {
			t.Fatalf("before: %+v, %+v", tonight.Faults, whole.Faults)
		}
		if err := raw(t, s, "UPDATE remittances SET amount = amount + 1"); err != nil {
			t.Fatal(err)
		}
		move()
		tonight, whole := night(t, s)
		for _, r := range []journal.Report{tonight, whole} {
			if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].What, "was changed before the program wrote it") {
				t.Errorf("found %+v", r.Faults)
			}
		}
	})
}

// TestRowsAreProven: a row that money depends on, changed, deleted or added with plain SQL, is found by
// the whole proof, and by the night where its chain is looked at; and what keeps rows as they should be
// is missed by both.
func TestRowsAreProven(t *testing.T) {
	const gone, changed, added = " was deleted", " is not the one that was written", " was not written by the program"
	tampers := []struct{ sql, says string }{
		{"UPDATE decisions SET officer = 'x'", "the row decisions"},
		{"DELETE FROM decisions", gone},
		{"INSERT INTO decisions (digest, action, subject, case_no, officer, role, decided_on, fingerprint, doc) SELECT 'D9', action, subject, case_no, officer, role, decided_on, fingerprint, doc FROM decisions", "the row decisions D9" + added},
		{"INSERT INTO decisions (digest, action, subject, officer, role, decided_on, fingerprint, doc) SELECT 'D9', action, subject, officer, role, decided_on, fingerprint, doc FROM decisions", "the row decisions D9" + added},
		{"UPDATE decisions SET case_no = NULL", gone},
		{"UPDATE signatures SET armored = 'x'", changed},
		{"DELETE FROM signatures", gone},
		{"INSERT INTO signatures SELECT file_id, 'x', roles, at, on_date, 'x', armored FROM signatures", added},
		{"UPDATE money_settings SET since = '2031-01-01'", changed},
		{"INSERT INTO money_settings SELECT n + 1, sha256, state, since, file_id, doc FROM money_settings", added},
		{"DELETE FROM money_settings", gone},
		{"UPDATE payments SET doc = doc || ' '", changed},
		{"UPDATE payments SET value_on = '2031-01-01'", gone},
		{"UPDATE payment_items SET amount = amount + 1", changed},
		{"DELETE FROM payment_items", gone},
		{"UPDATE remittances SET received = received + 1", changed},
		{"UPDATE bank_entries SET state = 'unmatched'", changed},
		{"DELETE FROM bank_entries", gone},
		{"UPDATE bank_entries SET booked_on = '2031-01-01'", gone},
		{"UPDATE postings SET words = 'x'", changed},
		{"DELETE FROM postings", gone},
		{"UPDATE forms SET doc = doc || ' '", changed},
		{"DELETE FROM forms", gone},
		{"DELETE FROM heads WHERE chain = 'agency'", "the end of the chain"},
		{"UPDATE heads SET n = n + 1 WHERE chain = 'agency'", "events were removed from its end"},
		{"ALTER TABLE payments ADD COLUMN x TEXT", "the tables are not those"},
		{"TRIGGER journal", "the tables are not those"},
		{"TRIGGER ledger_postings", "the tables are not those"},
	}
	for _, e := range testEngines() {
		for _, tamper := range tampers {
			t.Run(e.name+"/"+tamper.sql, func(t *testing.T) {
				s := openMigrated(t, Options{DSN: e.dsn(t)})
				moneyRows(t, s)
				if tonight, whole := night(t, s); !tonight.OK() || !whole.OK() {
					t.Fatalf("before: %+v, %+v", tonight.Faults, whole.Faults)
				}
				if table, ok := strings.CutPrefix(tamper.sql, "TRIGGER "); ok {
					unguard(t, s, e, table)
				} else if err := raw(t, s, tamper.sql); err != nil {
					t.Fatal(err)
				}
				write(t, s, func(tx *Tx) error { return tx.Journal(event(fullCase(t).No, "y")) })
				says := func(f journal.Fault) bool { return strings.Contains(f.What, tamper.says) }
				tonight, whole := night(t, s)
				i := slices.IndexFunc(whole.Faults, says)
				if i < 0 {
					t.Fatalf("not found: %+v", whole.Faults)
				}
				if _, _, ofDay := strings.Cut(whole.Faults[i].Chain, " "); !ofDay && !slices.ContainsFunc(tonight.Faults, says) {
					t.Errorf("not found in the night: %+v", tonight.Faults)
				}
			})
		}
	}
}
