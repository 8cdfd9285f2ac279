package store

import (
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store/storetest"
)

// ofSchema1 is the DSN of a store as the program of schema 1 left it after the demo (4 plain
// people, agency 310100), compressed: an SQLite file, and a dump of PostgreSQL.
func ofSchema1(t testing.TB, engine string) string {
	t.Helper()
	unpacked := func(name string) []byte {
		f, err := os.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if engine == "sqlite" {
		path := filepath.Join(t.TempDir(), "store.db")
		if err := os.WriteFile(path, unpacked("schema1.db.gz"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return storetest.Restored(t, unpacked("schema1.sql.gz"))
}

// oldProse are rows that the demo does not end with: every shape of sentence that
// schema 2 reads, and one that a person wrote.
var oldProse = []struct {
	kind, subject, ours, theirs string
	want                        [3]code.Phrase
}{
	{
		"netting", "2026-03 net sum", "we owe 3318.02 (out 10420.78, in 7102.76)", "agreed, to be tied (tie-netting)",
		[3]code.Phrase{code.Say("net-sum", "2026-03"), code.Say("net-we-owe", "3318.02", "10420.78", "7102.76"), code.Say("net-agreed")},
	},
	{
		"netting", "2026-04 net sum", "they owe 1.00 (in 3.00, out 2.00)", "nothing owed (out 2.00, in 2.00)",
		[3]code.Phrase{code.Say("net-sum", "2026-04"), code.Say("net-they-owe", "1.00", "2.00", "3.00"), code.Say("net-even", "2.00", "2.00")},
	},
	{
		"netting", "2026-03 out F1", "5.00", "6.00",
		[3]code.Phrase{code.Say("net-line", "2026-03", "out", "F1"), code.Text("5.00"), code.Text("6.00")},
	},
	{
		"money", "refund 3 32050020260316000001-R1", "we owe 12.00", "returned 32050020260316000001-R1-1 AC04 已销户",
		[3]code.Phrase{
			code.Say("refund", 3, "32050020260316000001", 1), code.Say("we-owe", "12.00"),
			code.Say("money-at", "returned", "32050020260316000001-R1-1", code.Text("AC04 已销户")),
		},
	},
	{
		"money", "32050020260316000001-2", "form 100.00", "received 97.50: they owe 2.50",
		[3]code.Phrase{code.Say("part", "32050020260316000001", 2), code.Say("form-amount", "100.00"), code.Say("they-owe", "97.50", "2.50")},
	},
	{
		"money", "32050020260316000001-1-1 T31010020260316000002", "came back: AC01", "credited 9.00",
		[3]code.Phrase{
			code.Say("payment-of-case", "32050020260316000001-1-1", "T31010020260316000002"), code.Say("came-back", code.Text("AC01")), code.Say("credited", "9.00"),
		},
	},
	{
		"money", "110231010020000091|2026-03-20|7.00|划转 某人", "", "rejected 7.00",
		[3]code.Phrase{code.Say("sheet-row", "110231010020000091", "2026-03-20", "7.00", "划转 某人"), {}, code.Say("rejected", "7.00")},
	},
	{
		"money", "B20260316-7", "refused by the bank: AC04", "debited all the same, 77",
		[3]code.Phrase{code.Text("B20260316-7"), code.Say("bank-refused", code.Text("AC04")), code.Say("debited-all-the-same", "77")},
	},
	{
		"reconciliation", "32050020260316000009", "accepted no such form", "answered F1 version 2 5.00",
		[3]code.Phrase{
			code.Text("32050020260316000009"), code.Say("stated", "accepted", code.Text("no such form")), code.Say("stated", "answered", code.Text("F1 version 2 5.00")),
		},
	},
	{
		"bank", "110231010020000091 2026-03-20 #2", "多记 1", "closing 9.00",
		[3]code.Phrase{code.Say("bank-page", "110231010020000091", "2026-03-20", 2), code.Text("多记 1"), code.Say("closing", "9.00")},
	},
	{
		"file", "receipt_320500_310100_20260316_000001.csv", "sent", "unreadable 文件打不开 / cannot be opened",
		[3]code.Phrase{code.Text("receipt_320500_310100_20260316_000001.csv"), code.Say("sent"), code.Say("coded", "unreadable", "文件打不开 / cannot be opened")},
	},
	{
		"file", "information-form F1", "not sent", "character cannot be written in this encoding",
		[3]code.Phrase{code.Say("record", "information-form", "F1"), code.Say("not-sent"), code.Say("character-lacks")},
	},
	{
		"proposal", "registry", "23 people not found", "the extract is probably broken",
		[3]code.Phrase{code.Say("registry"), code.Say("not-found-many", 23), code.Say("extract-broken")},
	},
	{
		"money", "E1", "我们的备注", "account 1 is not registered any more: confirm-account",
		[3]code.Phrase{code.Text("E1"), code.Text("我们的备注"), code.Say("account-gone", "1")},
	},
}

// TestMigrateFromSchema1: stores of both engines, written by the program of schema
// 1, are brought to the schema of now. The journal proves as it did; what the
// program reads back is data; what a person wrote, or the journal has hashed, is
// kept as a text; and the same again changes nothing.
func TestMigrateFromSchema1(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			ctx := context.Background()
			s := open(t, Options{DSN: ofSchema1(t, e.name)})
			if have, want, err := s.Version(ctx); err != nil || have != 1 || want != 13 {
				t.Fatalf("version %d of %d, %v", have, want, err)
			}
			for _, p := range oldProse {
				err := raw(t, s, "INSERT INTO differences (kind, partner, case_no, subject, ours, theirs, found_on, closed) VALUES ($1, 'p', '', $2, $3, $4, '2026-03-20', 0)",
					p.kind, p.subject, p.ours, p.theirs)
				if err != nil {
					t.Fatal(err)
				}
			}
			const held = "T31010020260316000002" // 查无此人 in the demo
			if err := raw(t, s, "UPDATE cases SET hold = 'officers-decision', doc = replace(doc, '参保登记库中查无此人，待核实', '信息表不符：月数与明细不符') WHERE case_no = $1", held); err != nil {
				t.Fatal(err)
			}
			const doubtful = "UPDATE bank_entries SET state = 'doubtful' WHERE entry_key IN (SELECT entry_key FROM bank_entries LIMIT 1)"
			if err := raw(t, s, doubtful); err == nil {
				t.Error("schema 1 knows doubtful entries")
			}
			before := events(t, s)
			for range 2 {
				if err := s.Migrate(ctx); err != nil {
					t.Fatal(err)
				}
			}
			write(t, s, func(tx *Tx) error { return tx.Journal(event(held, "after")) })
			report, err := s.VerifyJournal(ctx, nil)
			if err != nil || len(report.Faults) > 0 || report.Chains == 0 {
				t.Errorf("the journal does not prove: %+v, %v", report, err)
			}
			// A migration that was killed before all rows were taken over goes on.
			if err := raw(t, s, "UPDATE proofs SET taken_over = 0"); err != nil {
				t.Fatal(err)
			}
			if have, want, err := s.Version(ctx); err != nil || have != want-1 {
				t.Errorf("version %d of %d, %v", have, want, err)
			}
			err = s.Migrate(ctx)
			report, again := s.VerifyJournal(ctx, nil)
			if steps(err, again) != nil || len(report.Faults) > 0 {
				t.Errorf("taken over twice, the journal does not prove: %+v, %v, %v", report, err, again)
			}
			view(t, s, func(tx *Tx) error {
				if n, err := tx.number("taken over", "SELECT count(*) FROM journal WHERE what = $1", RowsTakenOver); n != 2 || err != nil {
					t.Errorf("rows were taken over %d times, %v", n, err)
				}
				checkDifferences(t, tx)
				checkBankDays(t, tx)
				c, err := tx.Case(held)
				if err != nil || c.HoldText != code.Say("form-differs", code.Text("月数与明细不符")) {
					t.Errorf("held for %s, %v", c.HoldText, err)
				}
				payments, err := tx.payments("payments", "")
				for _, p := range payments {
					to, terr := many(tx, "payee", func(r row, no *string) error { return r.Scan(no) }, "SELECT payee_no FROM payments WHERE ref = $1", p.Ref)
					if terr != nil || len(to) != 1 || to[0] != p.Payee.No || to[0] == "" {
						t.Errorf("payment %s to %s has payee_no %q, %v", p.Ref, p.Payee.No, to, terr)
					}
				}
				if err != nil || len(payments) == 0 {
					t.Errorf("%d payments, %v", len(payments), err)
				}
				keys, err := many(tx, "claims", func(r row, k *string) error { return r.Scan(k) }, "SELECT claim_key FROM claims WHERE kind = 'delayed' ORDER BY claim_key")
				if want := []string{exchange.LimitKey(held, "answer", "2026-03-16", 0), exchange.LimitKey(held, "out_held", "2026-03-16", 0)}; !slices.Equal(keys, want) || err != nil {
					t.Errorf("told of %q, want %q, %v", keys, want, err)
				}
				chain, err := tx.JournalOf(held)
				if err != nil || len(chain) < 3 {
					t.Fatal(chain, err)
				}
				for i, v := range chain {
					if last := i == len(chain)-1; v.Prose == last || !v.Why.IsZero() && !v.Why.Is("text") {
						t.Errorf("event %d: prose %v, %s", v.N, v.Prose, v.Why)
					}
				}
				return nil
			})
			if err := raw(t, s, doubtful); err != nil {
				t.Error(err)
			}
			if err := raw(t, s, strings.Replace(doubtful, "'doubtful'", "'else'", 1)); err == nil {
				t.Error("any state is taken")
			}
			if after := events(t, s); after != before+1 {
				t.Errorf("%d events, %d before", after, before)
			}
		})
	}
}

func events(t testing.TB, s *Store) (n int64) {
	t.Helper()
	view(t, s, func(tx *Tx) (err error) {
		n, err = tx.number("events", "SELECT count(*) FROM journal WHERE what NOT LIKE 'rows_%'")
		return err
	})
	return n
}

func checkDifferences(t *testing.T, tx *Tx) {
	t.Helper()
	open, err := tx.Differences(true)
	if err != nil {
		t.Fatal(err)
	}
	var found [][3]code.Phrase
	for _, x := range open {
		if x.Partner == "p" {
			found = append(found, [3]code.Phrase{x.Subject, x.Ours, x.Theirs})
		}
	}
	if len(found) != len(oldProse) {
		t.Fatalf("%d differences, want %d", len(found), len(oldProse))
	}
	for i, p := range oldProse {
		if found[i] != p.want {
			t.Errorf("%s: %v, want %v", p.subject, found[i], p.want)
		}
		if about, err := tx.DifferencesAbout(p.kind, p.want[0]); err != nil || len(about) != 1 {
			t.Errorf("%s: not found by its subject: %v", p.want[0], err)
		}
	}
}

// checkBankDays: what was booked before the key of entries changed is known by it, the
// days that were proved still are, and what is new may be stored.
func checkBankDays(t *testing.T, tx *Tx) {
	t.Helper()
	days, err := many(tx, "days", func(r row, d *exchange.BankDay) error { return r.Scan(&d.Account, &d.Day, &d.From) }, "SELECT account, day, from_day FROM bank_days")
	if err != nil || len(days) < 3 {
		t.Fatal(days, err)
	}
	booked := 0
	for _, d := range days {
		if uneven, err := tx.UnevenBookings(d); err != nil || len(uneven) > 0 {
			t.Errorf("%s: %v, %v", d.Day, uneven, err)
		}
		list, err := tx.BankEntriesBooked(d.Account, d.From, d.Day)
		if err != nil {
			t.Error(err)
		}
		booked += len(list)
		for _, e := range list {
			if known, err := tx.BankEntriesKnownAs(e.KnownAs()); err != nil || !slices.Contains(known, e) || e.Ref == "" || e.Total != e.Signed() {
				t.Errorf("%+v is not known: %v", e, err)
			}
		}
	}
	if booked < 4 {
		t.Errorf("%d entries", booked)
	}
	doubtful, err := tx.number("doubtful", "SELECT count(*) FROM bank_entries WHERE state = 'doubtful'")
	if err != nil || doubtful != 0 {
		t.Error(doubtful, err)
	}
}

// A hold in fixed words is the same hold to the program of now.
func TestMigrateFixedHold(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := openMigrated(t, Options{DSN: ofSchema1(t, e.name)})
			view(t, s, func(tx *Tx) error {
				c, err := tx.Case("T31010020260316000002")
				if c.HoldText != code.Say("person-unknown") {
					t.Errorf("held for %s", c.HoldText)
				}
				return err
			})
		})
	}
}
