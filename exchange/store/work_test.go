package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// TestUpdateFile: a file that somebody else has worked on is not finished by
// who comes late.
func TestUpdateFile(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f := sampleFile(1)
		write(t, s, func(tx *Tx) error { return tx.InsertFile(&f) })
		further, done := f, f
		further.Worked = 100
		done.State = exchange.FileWorked
		write(t, s, func(tx *Tx) error { return tx.UpdateFile(f, further) })
		for _, late := range []exchange.File{done, further} {
			if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.UpdateFile(f, late) }); !errors.Is(err, ErrStale) {
				t.Errorf("got %v, want ErrStale", err)
			}
		}
	})
}

// TestFilesByContent: a rejected file may come again, a worked one counts;
// of several the first.
func TestFilesByContent(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		states := []exchange.FileState{exchange.FileRejected, exchange.FileFetched, exchange.FileWorked, exchange.FileWorked, exchange.FileDuplicate}
		ids := make([]int64, len(states))
		write(t, s, func(tx *Tx) error {
			for i, state := range states {
				f := sampleFile(1)
				f.State = state
				if err := tx.InsertFile(&f); err != nil {
					return err
				}
				ids[i] = f.ID
			}
			return nil
		})
		view(t, s, func(tx *Tx) error {
			f := sampleFile(1)
			bySHA, err1 := tx.FileBySHA(f.Dir, f.Party, f.SHA256)
			bySeq, err2 := tx.FileBySequence(f.Dir, f.Party, f.Kind, f.Sequence)
			byName, err3 := tx.FileByName(f.Dir, f.Party, f.Name)
			if bySHA.ID != ids[2] || bySeq.ID != ids[3] || byName.ID != ids[4] {
				t.Errorf("by content %d, sequence %d, name %d of %v", bySHA.ID, bySeq.ID, byName.ID, ids)
			}
			work, err4 := tx.FilesToWork()
			if len(work) != 1 || work[0].ID != ids[1] {
				t.Errorf("to work: %+v", work)
			}
			some, err5 := tx.Files(FileFilter{AfterID: ids[0], States: []exchange.FileState{exchange.FileWorked, exchange.FileRejected}})
			if len(some) != 2 {
				t.Errorf("%d files listed", len(some))
			}
			return steps(err1, err2, err3, err4, err5)
		})
	})
}

// TestJudgements: verdicts come back in the order of the records, each fault
// behind the others of its record, over more than a page and several
// transactions; held ones change once and for good.
func TestJudgements(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f := sampleFile(1)
		write(t, s, func(tx *Tx) error { return tx.InsertFile(&f) })
		var want []string
		const records = pageSize + 300
		for from := 1; from <= records; from += 100 {
			write(t, s, func(tx *Tx) error {
				for n := from; n < from+100; n++ {
					for k := range 1 + n%3 {
						j := exchange.Judgement{FileID: f.ID, Ordinal: n, Line: n, RecordNo: fmt.Sprint(n), Verdict: "refused", Field: fmt.Sprint(k), Reported: true}
						if n%3 == 0 && n%2 == 0 {
							j.Verdict, j.Raw, j.Code = "held", []byte("L,1\n"), "unknown-letter"
						}
						want = append(want, j.RecordNo+"/"+j.Field)
						if err := tx.InsertJudgement(j); err != nil {
							return err
						}
					}
				}
				return nil
			})
		}
		var held []exchange.Judgement
		view(t, s, func(tx *Tx) error {
			var got []string
			err := tx.JudgementsByFile(f.ID, func(j exchange.Judgement) error {
				got = append(got, j.RecordNo+"/"+j.Field)
				return nil
			})
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("order: got %d, want %d", len(got), len(want))
			}
			var herr error
			held, herr = tx.HeldJudgements(exchange.Judgement{}, records)
			if len(held) != records/6 || string(held[0].Raw) != "L,1\n" {
				t.Errorf("%d held", len(held))
			}
			rest, rerr := tx.HeldJudgements(held[0], records/6-2)
			if diff := cmp.Diff(held[1:len(held)-1], rest); diff != "" {
				t.Errorf("behind the first: %s", diff)
			}
			return steps(err, herr, rerr)
		})
		later, night := held[0], held[1]
		later.Verdict, later.Code, later.Reported = "accepted", "", false
		night.Nights++
		write(t, s, func(tx *Tx) error { return steps(tx.UpdateJudgement(later), tx.UpdateJudgement(night)) })
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.UpdateJudgement(later) }); !errors.Is(err, ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
		write(t, s, func(tx *Tx) error {
			untold, err := tx.UnreportedJudgements(f.ID)
			if len(untold) != 1 || untold[0].RecordNo != later.RecordNo {
				t.Errorf("untold %+v", untold)
			}
			merr := tx.MarkReported(f.ID)
			untold, uerr := tx.UnreportedJudgements(f.ID)
			if len(untold) != 0 {
				t.Errorf("still untold: %+v", untold)
			}
			return steps(err, merr, uerr)
		})
	})
}

// TestClaims: a key belongs to the first file that takes it, until it gives it back.
func TestClaims(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		a, b := sampleFile(1), sampleFile(2)
		write(t, s, func(tx *Tx) error { return steps(tx.InsertFile(&a), tx.InsertFile(&b)) })
		claim := func(f exchange.File, kind, key string, wantBy int64, wantOK bool) {
			t.Helper()
			write(t, s, func(tx *Tx) error {
				by, ok, err := tx.ClaimKey(kind, f.Party, key, f.ID)
				if by != wantBy || ok != wantOK {
					t.Errorf("claim %s %s by file %d: %d %v", kind, key, f.ID, by, ok)
				}
				return err
			})
		}
		claim(a, a.Kind, "k1", a.ID, true)
		claim(a, a.Kind, "k2", a.ID, true)
		claim(b, b.Kind, "k1", a.ID, false)
		claim(b, "other", "k1", b.ID, true)
		write(t, s, func(tx *Tx) error { return tx.ReleaseKey(a.Kind, a.Party, "k1", b.ID) }) // not its own
		claim(b, b.Kind, "k1", a.ID, false)
		write(t, s, func(tx *Tx) error { return tx.ReleaseKey(a.Kind, a.Party, "k1", a.ID) })
		claim(b, b.Kind, "k1", b.ID, true)
		write(t, s, func(tx *Tx) error { return tx.ReleaseKey(a.Kind, a.Party, "k2", a.ID) })
		claim(b, b.Kind, "k2", b.ID, true)
		claim(a, b.Kind, "k1", b.ID, false)
	})
}

// TestOutgoing: records wait per party and kind, in order, and go into one
// batch; a batch that was made from other records than wait is stale.
func TestOutgoing(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		const n = pageSize + 20
		batch := exchange.File{Dir: exchange.Out, Party: "310100", Kind: "receipt", Name: "b", Sequence: 1, State: exchange.FileQueued}
		write(t, s, func(tx *Tx) error {
			for i := range n {
				for _, kind := range []string{"receipt", "notice"} {
					if err := tx.InsertOutgoing(exchange.Outgoing{Party: "310100", Kind: kind, RecordNo: fmt.Sprint(i), Rows: []byte("V\n"), RowCount: 1}); err != nil {
						return err
					}
				}
			}
			return tx.InsertFile(&batch)
		})
		var last int64
		seen := 0
		view(t, s, func(tx *Tx) error {
			waiting, err := tx.WaitingOutgoing()
			if fmt.Sprint(waiting) != fmt.Sprintf("[{310100 notice %d false} {310100 receipt %d false}]", n, n) {
				t.Errorf("waiting: %v", waiting)
			}
			two, terr := tx.OutgoingFor("310100", "receipt", 0, 2)
			if len(two) != 2 || two[0].RecordNo != "0" || two[1].RecordNo != "1" {
				t.Errorf("first two: %+v", two)
			}
			eerr := tx.EachOutgoingFor("310100", "receipt", func(o exchange.Outgoing) error {
				if o.RecordNo != fmt.Sprint(seen) {
					t.Errorf("record %s at %d", o.RecordNo, seen)
				}
				seen, last = seen+1, o.ID
				return nil
			})
			return steps(err, terr, eerr)
		})
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.AssignOutgoing("310100", "receipt", last, batch.ID, n-1) }); !errors.Is(err, ErrStale) {
			t.Errorf("got %v, want ErrStale", err)
		}
		write(t, s, func(tx *Tx) error { return tx.AssignOutgoing("310100", "receipt", last, batch.ID, seen) })
		view(t, s, func(tx *Tx) error {
			in, err := tx.OutgoingByFile(batch.ID)
			waiting, werr := tx.WaitingOutgoing()
			if len(in) != n || len(waiting) != 1 {
				t.Errorf("%d in the batch, waiting %v", len(in), waiting)
			}
			return steps(err, werr)
		})
	})
}

// TestRuns: one run per job, date and window; unfinished ones are taken over.
func TestRuns(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		r := exchange.Run{Job: "pull", Date: 20260302, Window: "02:00", Started: time.Unix(100, 0).UTC(), Counts: map[string]int{"files": 3}}
		var first, second exchange.Run
		start := func(to *exchange.Run, want bool) {
			t.Helper()
			write(t, s, func(tx *Tx) error {
				got, resumed, err := tx.StartRun(r)
				if resumed != want {
					t.Errorf("resumed: %v", resumed)
				}
				*to = got
				return err
			})
		}
		start(&first, false)
		start(&second, true)
		if second.ID != first.ID || second.Attempts != 2 || second.Counts["files"] != 3 {
			t.Errorf("resumed as %+v", second)
		}
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.UpdateRun(first) }); !errors.Is(err, ErrStale) {
			t.Errorf("who was taken over: got %v, want ErrStale", err)
		}
		second.State = exchange.RunDone
		write(t, s, func(tx *Tx) error { return tx.UpdateRun(second) })
		err := s.Tx(t.Context(), func(tx *Tx) error {
			_, _, err := tx.StartRun(r)
			return err
		})
		if !errors.Is(err, ErrDuplicate) {
			t.Errorf("a finished run: got %v, want ErrDuplicate", err)
		}
		missed := exchange.Run{Job: "pull", Date: 20260303, Window: "02:00"}
		write(t, s, func(tx *Tx) error {
			return steps(tx.InsertMissedRun(r), tx.InsertMissedRun(missed), tx.InsertMissedRun(missed))
		})
		r = missed
		start(&first, true) // caught up
		view(t, s, func(tx *Tx) error {
			all, err := tx.Runs(RunFilter{})
			if len(all) != 2 || all[0].Date != 20260303 || all[1].State != exchange.RunDone {
				t.Errorf("runs: %+v", all)
			}
			return err
		})
	})
}

// day is a day of March 2026.
func day(n int) calendar.Date { return calendar.Date(20260300 + n) }

// TestRegistry: newer rows win whatever the order, a full file drops whom it
// does not name, and spares what a later file said.
func TestRegistry(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		full, delta := sampleFile(1), sampleFile(2)
		write(t, s, func(tx *Tx) error { return steps(tx.InsertFile(&full), tx.InsertFile(&delta)) })
		put := func(no string, asOf int, f exchange.File, date int) {
			t.Helper()
			write(t, s, func(tx *Tx) error {
				p := exchange.RegistryPerson{PersonalNo: no, Status: "active", FileID: f.ID, Household: fmt.Sprint(asOf)}
				p.AsOf, p.FileDate = day(asOf), day(date)
				return tx.PutRegistry(p)
			})
		}
		put("stays", 1, delta, 1)
		put("goes", 1, delta, 1)
		put("newer", 9, delta, 1)
		put("later", 8, delta, 7)
		put("stays", 5, full, 5)
		put("newer", 5, full, 5) // named, though what it says is old
		write(t, s, func(tx *Tx) error {
			dropped, err := tx.DropRegistryNotIn(full.ID)
			if dropped != 1 {
				t.Errorf("%d dropped", dropped)
			}
			return steps(err, tx.MarkWholeRegistry(full.ID, day(5)), tx.MarkWholeRegistry(full.ID, day(5)))
		})
		view(t, s, func(tx *Tx) error {
			for no, want := range map[string]string{"stays": "5", "newer": "9", "later": "8"} {
				p, err := tx.RegistryByNo(no)
				if err != nil || p.Household != want {
					t.Errorf("%s: as of %s, want %s (%v)", no, p.Household, want, err)
				}
			}
			if _, err := tx.RegistryByNo("goes"); !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
			on, err := tx.LastWholeRegistry()
			if on != day(5) {
				t.Errorf("last whole registry %s", on)
			}
			return err
		})
	})
}

// TestBankEntryTwice: a key is the key of one entry.
func TestBankEntryTwice(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		e := exchange.BankEntry{Key: "k", State: exchange.EntryUnmatched, Amount: 5}
		write(t, s, func(tx *Tx) error { return tx.InsertBankEntry(e) })
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.InsertBankEntry(e) }); err == nil {
			t.Error("taken twice")
		}
	})
}

// TestDifferences: an open difference is opened once; a closed one may come again.
func TestDifferences(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		d := exchange.Difference{Kind: "netting", Partner: "310100", Subject: code.Text("L1"), Ours: code.Text("1.00"), Theirs: code.Text("2.00"), FoundOn: 20260302}
		later := d
		later.Theirs, later.FoundOn = code.Text("3.00"), 20260402
		write(t, s, func(tx *Tx) error { return steps(tx.OpenDifference(d), tx.OpenDifference(later)) })
		write(t, s, func(tx *Tx) error {
			open, err := tx.Differences(true)
			if len(open) != 1 || open[0].Theirs != code.Text("3.00") || open[0].FoundOn != d.FoundOn {
				t.Fatalf("open: %+v, %v", open, err)
			}
			cerr := tx.CloseDifference(open[0].ID)
			if again := steps(tx.CloseDifference(open[0].ID), tx.send()); !errors.Is(again, ErrStale) {
				t.Errorf("got %v, want ErrStale", again)
			}
			oerr := tx.OpenDifference(d)
			all, aerr := tx.Differences(false)
			if len(all) != 2 || !all[0].Closed || all[1].Closed {
				t.Errorf("all: %+v", all)
			}
			return steps(err, cerr, oerr, aerr)
		})
	})
}

// TestPaymentItems: what a payment carries must add up to it.
func TestPaymentItems(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		p := exchange.Payment{Ref: "R", Purpose: "transfer", Amount: 10, Track: exchange.MoneyOrdered, Items: []exchange.PaymentItem{{CaseNo: "T1", Part: 1, Amount: 9}}}
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.InsertPayment(p) }); err == nil {
			t.Error("a payment of 0.10 with items of 0.09 was stored")
		}
	})
}

// TestHeldRecords: only what is held, of one party and row type.
func TestHeldRecords(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f := sampleFile(1)
		write(t, s, func(tx *Tx) error {
			if err := tx.InsertFile(&f); err != nil {
				return err
			}
			for i, j := range []exchange.Judgement{
				{Row: "X", RecordNo: "1", Verdict: "held", Raw: []byte("X")},
				{Row: "X", RecordNo: "2", Verdict: "accepted"},
				{Row: "K", RecordNo: "3", Verdict: "held", Raw: []byte("K")},
			} {
				j.FileID, j.Ordinal = f.ID, i+1
				if err := tx.InsertJudgement(j); err != nil {
					return err
				}
			}
			return nil
		})
		view(t, s, func(tx *Tx) error {
			got, err := tx.HeldRecords(f.Party, "X")
			if len(got) != 1 || got[0].RecordNo != "1" || string(got[0].Raw) != "X" {
				t.Errorf("got %+v", got)
			}
			if got, _ := tx.HeldRecords("999999", "X"); len(got) != 0 {
				t.Errorf("of another party: %+v", got)
			}
			return err
		})
	})
}
