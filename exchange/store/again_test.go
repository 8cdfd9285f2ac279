package store

import (
	"fmt"
	"slices"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// heldCase is a letter of a person that waits for the registry.
func heldCase(n, person int) exchange.Case {
	c := sampleCase(n)
	c.Person.IDKey = fmt.Sprint("person ", person)
	c.State, c.HeldFrom, c.Hold, c.TurnDue = exchange.Held, exchange.Requested, code.HoldAwaitingRegistry, 20260310
	c.MoneyTrack = exchange.MoneyNotDue
	return c
}

// again lists who is to be looked at again, by the last digits of the case number.
func again(t *testing.T, s *Store) (last []string) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		all, err := tx.CasesAgain("", 100)
		for _, no := range all {
			last = append(last, no[len(no)-1:])
		}
		return err
	})
	return last
}

// TestLookAgain: what a case on hold waits for lets it be looked at again, and nothing
// else does. Cases 1 and 2 are person 1's, case 3 is person 2's.
func TestLookAgain(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		file := sampleFile(1)
		var cases [4]exchange.Case
		write(t, s, func(tx *Tx) error {
			if err := tx.InsertFile(&file); err != nil {
				return err
			}
			for n, person := range []int{0, 1, 1, 2} {
				cases[n] = heldCase(n, person)
				if n == 0 {
					continue
				}
				if err := tx.InsertCase(&cases[n]); err != nil {
					return err
				}
			}
			return nil
		})
		registered := func(no string, person int) exchange.RegistryPerson {
			p := exchange.RegistryPerson{PersonalNo: no, AsOf: 20260301, Status: exchange.StatusActive, FileID: file.ID, FileDate: 20260301}
			p.Person.IDKey = fmt.Sprint("person ", person)
			return p
		}
		for _, c := range []struct {
			what string
			do   func(tx *Tx) error
			want []string
		}{
			{"two letters of one person came", func(*Tx) error { return nil }, []string{"1", "2"}}, // each is the other's rival
			{"a stranger is registered", func(tx *Tx) error { return tx.PutRegistry(registered("9", 9)) }, nil},
			{"a person is registered", func(tx *Tx) error { return tx.PutRegistry(registered("1", 1)) }, []string{"1", "2"}},
			{"the number turns out to be another's", func(tx *Tx) error { return tx.PutRegistry(registered("1", 2)) }, []string{"1", "2", "3"}},
			{"and is said once more", func(tx *Tx) error { return tx.PutRegistry(registered("1", 2)) }, []string{"3"}},
			{"certified", func(tx *Tx) error {
				return tx.InsertCertificate(exchange.Certificate{No: "Z1", PersonalNo: "1", Person: cases[3].Person, IssuedOn: 20260301})
			}, []string{"3"}},
			{"a rival goes on", func(tx *Tx) error {
				next := cases[2]
				next.State, next.HeldFrom, next.Hold = exchange.Accepted, "", ""
				return tx.UpdateCase(cases[2], &next)
			}, []string{"1"}},
			{"a limit changes", func(tx *Tx) error {
				next := cases[3]
				next.Due = 20260401
				return tx.UpdateCase(cases[3], &next)
			}, nil},
			{"the whole registry came", func(tx *Tx) error { _, err := tx.DropRegistryNotIn(file.ID); return err }, []string{"1", "3"}},
			{"one alone", func(tx *Tx) error { return tx.LookAt(cases[2].No) }, []string{"2"}},
			{"twice", func(tx *Tx) error { return steps(tx.LookAt(cases[2].No), tx.LookAt(cases[2].No)) }, []string{"2"}},
			{"a limit has ended", func(tx *Tx) error { return tx.LookAgain(CaseFilter{Ended: Ended{From: 20260310, Before: 20260311}}) }, []string{"1", "2", "3"}},
			{"that of the law, too", func(tx *Tx) error { return tx.LookAgain(CaseFilter{Ended: Ended{From: 20260401, Before: 20260402}}) }, []string{"3"}},
			{"no limit has ended", func(tx *Tx) error { return tx.LookAgain(CaseFilter{Ended: Ended{From: 20260311, Before: 20260401}}) }, nil},
		} {
			write(t, s, c.do)
			if got := again(t, s); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q are looked at again, want %q", c.what, got, c.want)
			}
			write(t, s, func(tx *Tx) error {
				all, err := tx.CasesAgain("", 100)
				return steps(err, tx.Looked(all))
			})
		}
		if got := again(t, s); got != nil {
			t.Errorf("%q were looked at, and are to be again", got)
		}
	})
}

// TestWaits: what waits is found, and where nothing does, nothing.
func TestWaits(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		var w Waits
		var pays bool
		look := func() {
			t.Helper()
			view(t, s, func(tx *Tx) (err error) {
				if w, err = tx.Waits(); err != nil {
					return err
				}
				pays, err = tx.Pays()
				return err
			})
		}
		if look(); w != (Waits{}) || pays {
			t.Errorf("of an empty store waits %+v, %t", w, pays)
		}
		swept := Swept{Date: 20260302, Settings: "x", AbsentOn: 20260301}
		write(t, s, func(tx *Tx) error { return tx.PutSwept(swept) })
		if look(); w != (Waits{Swept: swept}) {
			t.Errorf("swept %+v", w.Swept)
		}
		c := heldCase(1, 1)
		write(t, s, func(tx *Tx) error {
			return steps(tx.InsertCase(&c), tx.OpenDifference(exchange.Difference{Kind: "proposal", CaseNo: c.No, Subject: code.Text("1"), FoundOn: 20260302}))
		})
		if look(); w.Any || w.Absent {
			t.Errorf("a case that waits makes %+v", w)
		}
		next := c
		next.Hold = code.HoldArrears
		write(t, s, func(tx *Tx) error { return steps(tx.UpdateCase(c, &next), tx.LookAt(c.No)) })
		if look(); !w.Any || !w.Absent {
			t.Errorf("one that is in the registry after all, and due, makes %+v", w)
		}
		f := sampleFile(1)
		write(t, s, func(tx *Tx) error { return steps(tx.InsertFile(&f), tx.MarkWholeRegistry(f.ID, 20260302)) })
		if look(); w.Swept.AbsentOn != 0 || w.Swept.Date != swept.Date {
			t.Errorf("after a whole registry: %+v", w.Swept)
		}
		f.Dir, f.State, f.Kind = exchange.Out, exchange.FilePrepared, "pain.001"
		write(t, s, func(tx *Tx) error { return tx.InsertFile(&f) })
		if look(); !pays {
			t.Error("a payment file that waits for its release is overlooked")
		}
	})
}

// TestPressingCases: the filter finds what may press, of what somebody has the turn.
func TestPressingCases(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		write(t, s, func(tx *Tx) error {
			for n, change := range []func(c *exchange.Case){
				1: func(*exchange.Case) {},
				2: func(c *exchange.Case) { c.TurnDue = 20260301 },
				3: func(c *exchange.Case) { c.Due = 20260301 },
				4: func(c *exchange.Case) { c.Hold = code.HoldCap },
				5: func(c *exchange.Case) { c.TurnDue, c.Due = 0, 20260301 }, // nobody has the turn
				6: func(*exchange.Case) {},                                   // a difference about it
				7: func(*exchange.Case) {},                                   // a query about it
				8: func(*exchange.Case) {},
			} {
				if change == nil {
					continue
				}
				c := heldCase(n, n)
				change(&c)
				if err := tx.InsertCase(&c); err != nil {
					return err
				}
			}
			about := func(n int, closed bool) exchange.Difference {
				return exchange.Difference{Kind: "money", CaseNo: heldCase(n, n).No, Subject: code.Text(fmt.Sprint(n)), FoundOn: 20260302, Closed: closed}
			}
			query := func(n int, state string) exchange.Query {
				return exchange.Query{No: fmt.Sprint("Q", n), Side: "sent", CaseNo: heldCase(n, n).No, State: state}
			}
			return steps(tx.OpenDifference(about(6, false)), tx.OpenDifference(about(1, true)), tx.InsertQuery(query(7, "open")), tx.InsertQuery(query(8, "closed")))
		})
		for _, c := range []struct {
			p    Pressing
			want string
		}{
			{Pressing{On: 20260301}, "67"},
			{Pressing{On: 20260302}, "2367"},
			{Pressing{On: 20260302, Holds: []code.Hold{code.HoldCap}}, "23467"},
			{Pressing{On: calendar.Date(20260311)}, "1234678"},
		} {
			for _, f := range []CaseFilter{{Pressing: &c.p}, {Pressing: &c.p, OpenOnly: true}, {Pressing: &c.p, States: []exchange.State{exchange.Held}}} {
				got := ""
				view(t, s, func(tx *Tx) error {
					return tx.EachCase(f, func(c exchange.Case) error { got += c.No[len(c.No)-1:]; return nil })
				})
				if got != c.want {
					t.Errorf("%+v: %s press, want %s", c.p, got, c.want)
				}
			}
		}
	})
}
