package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/ledger"
)

// furnished is a store with one row in most tables.
func furnished(t *testing.T, s *Store) (exchange.File, exchange.Case) {
	t.Helper()
	f, c := sampleFile(1), sampleCase(1)
	form := exchange.Form{No: "F1", Version: 1, Side: exchange.Out, Nature: "original", Track: exchange.FormQueued, Money: "REMITTED", Principal: 900, Interest: 100, Amount: 1000, Current: true}
	form.CaseNo, form.LetterNo = c.No, c.LetterNo
	m := exchange.Remittance{CaseNo: c.No, Part: 1, Side: exchange.Out, Amount: 1000, Track: exchange.MoneyDue}
	write(t, s, func(tx *Tx) error {
		return steps(
			tx.InsertFile(&f), tx.InsertCase(&c), tx.InsertForm(form), tx.InsertRemittance(m),
			tx.InsertPayment(exchange.Payment{Ref: "R1", Purpose: "transfer", Amount: 1000, Track: exchange.MoneyOrdered, Items: []exchange.PaymentItem{{CaseNo: c.No, Part: 1, Amount: 1000}}}),
			tx.InsertPosting(exchange.Posting{No: "P1", CaseNo: c.No, Row: "B", State: exchange.PostingQueued}),
			tx.InsertCertificate(exchange.Certificate{No: "C1", PersonalNo: "7"}),
			tx.Journal(event(c.No, "x")), tx.Book(ledger.Liquidate(ledger.Head{Date: 20260302, CaseNo: c.No, Partner: "310100"}, 1000)),
			tx.InsertJudgement(exchange.Judgement{FileID: f.ID, Ordinal: 1, Verdict: "held", Code: "unknown-letter"}),
			tx.InsertOutgoing(exchange.Outgoing{Party: "310100", Kind: "receipt", Rows: []byte("x"), RowCount: 1}),
		)
	})
	write(t, s, func(tx *Tx) error {
		_, err := tx.WriteCheckpoint(time.Unix(1, 0), 20260302)
		return err
	})
	return f, c
}

// TestConstraints: what must never stand in the store is refused by the
// database itself, whoever writes it.
func TestConstraints(t *testing.T) {
	refused := map[string]string{
		"journal changed":           "UPDATE journal SET why = 'other'",
		"journal purged in part":    "UPDATE journal SET payload = NULL",
		"journal purged and more":   "UPDATE journal SET payload = NULL, salt = NULL, why = 'other'",
		"journal row removed":       "DELETE FROM journal",
		"checkpoint changed":        "UPDATE checkpoints SET cases = 9",
		"checkpoint removed":        "DELETE FROM checkpoints",
		"ledger entry changed":      "UPDATE ledger_entries SET memo = 'other'",
		"ledger entry removed":      "DELETE FROM ledger_entries",
		"posting changed":           "UPDATE ledger_postings SET amount = amount + 1",
		"posting removed":           "DELETE FROM ledger_postings",
		"entry without postings":    "INSERT INTO ledger_entries (id, entry_date, event, partner, memo) VALUES (99, '2026-03-02', 'settled', '310100', '')",
		"posting without entry":     "INSERT INTO ledger_postings (entry_id, account, amount) VALUES (99, 'out:due:310100', 5)",
		"posting added to an entry": "INSERT INTO ledger_postings (entry_id, account, amount) SELECT id, 'out:settled:310100', 5 FROM ledger_entries",
		"unknown state":             "UPDATE cases SET state = 'lost'",
		"triple not allowed":        "UPDATE cases SET state = 'ended', money_track = 'due'",
		"state of the other side":   "UPDATE cases SET state = 'applied'",
		"held from nowhere":         "UPDATE cases SET state = 'held'",
		"unknown hold":              "UPDATE cases SET hold = 'because'",
		"case removed":              "DELETE FROM cases",
		"two cases of a letter":     "INSERT INTO cases SELECT 'T2', side, partner, state, form_track, money_track, held_from, hold, wish, id_key, personal_no, application_no, application_sender, letter_no, opened_on, closed_on, due, rev, doc FROM cases",
		"form amount":               "UPDATE forms SET amount = amount + 1",
		"form below zero":           "UPDATE forms SET principal = -100, interest = 1100",
		"two current versions":      "INSERT INTO forms SELECT form_no, version + 1, case_no, side, nature, letter_no, track, is_current, money, principal, interest, amount, credited, months_credited, months_overlapping, issued_on, received_on, posted_on, told, sent_back, doc FROM forms",
		"form track of other side":  "UPDATE forms SET track = 'checked'",
		"remittance below zero":     "UPDATE remittances SET received = -1",
		"money track of other side": "UPDATE remittances SET track = 'matched'",
		"payment of nothing":        "UPDATE payments SET amount = 0",
		"item of no remittance":     "UPDATE payment_items SET part = 2",
		"unknown posting row":       "UPDATE postings SET posting_row = 'X'",
		"undo of nothing":           "UPDATE postings SET posting_row = 'U'",
		"two live certificates":     "INSERT INTO certificates SELECT 'C2', replaces, replaced_by, request_no, personal_no, issued_on, balance, arrears, doc FROM certificates",
		"inputs not accounted for":  "UPDATE files SET state = 'worked', records = 3, accepted = 1, held = 1, refused = 0",
		"state of files that go":    "UPDATE files SET state = 'sent'",
		"unknown file":              "UPDATE judgements SET file_id = 99",
		"unknown verdict":           "UPDATE judgements SET verdict = 'maybe'",
		"record below zero":         "UPDATE outgoing SET amount = -1",
		"unknown case":              "UPDATE outgoing SET case_no = 'T9'",
	}
	onEngines(t, func(t *testing.T, s *Store) {
		furnished(t, s)
		for name, text := range refused {
			if err := raw(t, s, text); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		// Nothing of all that has left a trace, and the store works.
		r, err := s.VerifyJournal(t.Context(), nil)
		if err != nil || !r.OK() {
			t.Errorf("%+v, %v", r, err)
		}
		insertOne := sampleCase(2)
		write(t, s, func(tx *Tx) error { return tx.InsertCase(&insertOne) })
	})
}

// TestFailedCommit: a transaction that breaks a reference fails at its
// commit, as a whole, and the next one finds a sound store.
func TestFailedCommit(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		c := sampleCase(1)
		err := s.Tx(t.Context(), func(tx *Tx) error {
			return steps(tx.InsertCase(&c), tx.InsertLetter(exchange.Letter{No: "L", Version: 1, CaseNo: "T9", Side: exchange.Out}))
		})
		if err == nil || !strings.Contains(err.Error(), "commit") {
			t.Errorf("got %v, want an error of the commit", err)
		}
		write(t, s, func(tx *Tx) error { return tx.InsertCase(&c) })
	})
}

// TestPart: what a failed part wrote is undone, what stood around it stays.
func TestPart(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		failed := errors.New("failed")
		head := ledger.Head{Date: 20260302, Partner: "310100"}
		write(t, s, func(tx *Tx) error {
			one, two, three := sampleCase(1), sampleCase(2), sampleCase(3)
			f := sampleFile(1)
			err := steps(tx.InsertFile(&f), tx.InsertCase(&one), tx.Journal(event(one.No, "a")), tx.Book(ledger.Liquidate(head, 100)))
			perr := tx.Savepoint(func() error {
				return steps(tx.InsertCase(&two), tx.Journal(event(one.No, "b")), tx.Journal(event(two.No, "a")), tx.Book(ledger.Liquidate(head, 7)),
					tx.InsertJudgement(exchange.Judgement{FileID: f.ID, Ordinal: 1, Verdict: "accepted"}), tx.Savepoint(func() error { return failed }))
			})
			if !errors.Is(perr, failed) {
				t.Errorf("got %v", perr)
			}
			return steps(err, tx.InsertCase(&three), tx.Journal(event(one.No, "c")), tx.Savepoint(func() error { return tx.Book(ledger.Liquidate(head, 20)) }),
				tx.InsertJudgement(exchange.Judgement{FileID: f.ID, Ordinal: 1, Verdict: "refused"}))
		})
		view(t, s, func(tx *Tx) error {
			cases, err := tx.Cases(CaseFilter{})
			events, jerr := tx.JournalOf(sampleCase(1).No)
			balances, berr := tx.Balances("")
			faults, lerr := tx.LedgerFaults()
			if len(cases) != 2 || len(events) != 2 || events[1].What != "c" || balances[ledger.OutDue.Of("310100")] != 120 || len(faults) != 0 {
				t.Errorf("%d cases, events %+v, balances %v, faults %v", len(cases), events, balances, faults)
			}
			return steps(err, jerr, berr, lerr)
		})
	})
}

// TestPanic: a panic rolls back and does not take the store with it.
func TestPanic(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		c := sampleCase(1)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is lost")
				}
			}()
			err := s.Tx(context.Background(), func(tx *Tx) error {
				if err := tx.InsertCase(&c); err != nil {
					return err
				}
				panic("a bug")
			})
			t.Error("came back with", err)
		}()
		write(t, s, func(tx *Tx) error { return tx.InsertCase(&c) })
	})
}

// TestSeam: an error before the commit undoes, one after it does not.
func TestSeam(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			var before, after error
			s := openMigrated(t, Options{DSN: e.dsn(t), BeforeCommit: func() error { return before }, AfterCommit: func() error { return after }})
			put := func(n int) error {
				c := sampleCase(n)
				return s.Tx(t.Context(), func(tx *Tx) error { return tx.InsertCase(&c) })
			}
			before = errors.New("before")
			if err := put(1); !errors.Is(err, before) {
				t.Errorf("got %v", err)
			}
			before, after = nil, errors.New("after")
			if err := put(2); !errors.Is(err, after) {
				t.Errorf("got %v", err)
			}
			view(t, s, func(tx *Tx) error {
				all, err := tx.Cases(CaseFilter{})
				if len(all) != 1 || all[0].No != sampleCase(2).No {
					t.Errorf("stored: %+v", all)
				}
				return err
			})
		})
	}
}

// TestCancelled: a cancelled transaction stores nothing, and the next one works.
func TestCancelled(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		ctx, cancel := context.WithCancel(t.Context())
		c := sampleCase(1)
		err := s.Tx(ctx, func(tx *Tx) error {
			err := tx.InsertCase(&c)
			cancel()
			_, cerr := tx.Case(c.No)
			return steps(err, cerr)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if err := s.Tx(ctx, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		write(t, s, func(tx *Tx) error { return tx.InsertCase(&c) })
	})
}
