package jobs_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// entriesOn are how the entries of a day stand: the bank's number, signed amount, text
// and state of each, by key.
func (o *testOffice) entriesOn(day calendar.Date) (list []string) {
	o.tb.Helper()
	err := o.env.Store.View(o.tb.Context(), func(tx *store.Tx) error {
		entries, err := tx.BankEntriesBooked(receiving(us).No, day, day)
		for _, e := range entries {
			list = append(list, strings.Join(strings.Fields(fmt.Sprint(e.Ref, " ", e.Signed(), " ", e.Text, " ", e.State)), " "))
		}
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// TestIdentityOfEntries: a number that the bank issues is never the whole identity. What
// is told again is booked once, what is told beside it is another one, and what may be
// either is not booked until the day's statement, or an officer, says so.
func TestIdentityOfEntries(t *testing.T) {
	credit := func(ref string, amount money.Fen, text string) iso20022.Entry {
		return creditEntry(ref, amount, text, "")
	}
	debit := func(ref string, amount money.Fen) iso20022.Entry {
		return iso20022.Entry{Ref: ref, Amount: amount, Status: iso20022.Booked}
	}
	taken := func(e iso20022.Entry) iso20022.Entry {
		e.Credit, e.Reversal = false, true
		return e
	}
	type says = []iso20022.Entry
	for name, c := range map[string]struct {
		told   []says // messages
		stated says   // nil: no statement
		want   string
	}{
		"two with a filler for a number": {
			told: []says{{credit("0", 1000, "甲"), credit("0", 1000, "乙")}, {credit("0", 1000, "甲"), credit("0", 1000, "乙")}},
			want: "10.00 乙 unmatched, 10.00 甲 unmatched",
		},
		"three fillers of three amounts": {
			told:   []says{{credit("NONREF", 1, "甲")}, {credit("NOTPROVIDED", 2, "甲")}, {credit("000", 3, "甲")}},
			stated: says{credit("", 1, "甲"), credit("", 2, "甲"), credit("0", 3, "甲")},
			want:   "0.01 甲 unmatched, 0.02 甲 unmatched, 0.03 甲 unmatched; proved",
		},
		"one number for a debit and a credit": {
			told: []says{{debit("S1", 500)}, {credit("S1", 500, "甲")}}, stated: says{debit("S1", 500), credit("S1", 500, "甲")},
			want: "S1 -5.00 unmatched, S1 5.00 甲 unmatched; proved",
		},
		"a reversal with the number that it reverses": {
			told: []says{{credit("S1", 500, "甲")}, {taken(credit("S1", 500, "甲"))}}, stated: says{credit("S1", 500, "甲"), taken(credit("S1", 500, "甲"))},
			want: "S1 -5.00 甲 reversed, S1 5.00 甲 reversed; proved",
		},
		"three equals, of which one is taken back": {
			told: []says{{credit("", 500, "甲"), credit("", 500, "甲"), credit("", 500, "甲")}, {taken(credit("", 500, "甲"))}},
			want: "-5.00 甲 reversed, 5.00 甲 reversed, 5.00 甲 unmatched, 5.00 甲 unmatched",
		},
		"a reversal that fits two of different persons": {
			told: []says{{credit("S1", 500, "甲"), credit("S1", 500, "乙")}, {taken(credit("S1", 500, "冲正"))}},
			want: "S1 -5.00 冲正 unmatched, S1 5.00 乙 unmatched, S1 5.00 甲 unmatched",
		},
		"a reversal in other words, by its number": {
			told: []says{{credit("S1", 500, "甲"), credit("S2", 500, "甲")}, {taken(credit("S2", 500, "冲正"))}},
			want: "S1 5.00 甲 unmatched, S2 -5.00 冲正 reversed, S2 5.00 甲 reversed",
		},
		"other words for one, or another one": {
			told: []says{{credit("S1", 500, "甲")}, {credit("S1", 500, "乙")}},
			want: "S1 5.00 乙 doubtful, S1 5.00 甲 unmatched",
		},
		"as many as one message tells": {
			told: []says{{credit("S1", 500, "甲")}, {credit("S1", 500, "乙")}, {credit("S1", 500, "乙"), credit("S1", 500, "甲")}},
			want: "S1 5.00 乙 unmatched, S1 5.00 甲 unmatched",
		},
		"the statement has both": {
			told: []says{{credit("S1", 500, "甲")}, {credit("S1", 500, "乙")}}, stated: says{credit("S1", 500, ""), credit("S1", 500, "")},
			want: "S1 5.00 乙 unmatched, S1 5.00 甲 unmatched; proved",
		},
		"the statement has one": {
			told: []says{{credit("S1", 500, "甲")}, {credit("S1", 500, "乙")}}, stated: says{credit("S1", 500, "丙")},
			want: "S1 5.00 乙 repeat, S1 5.00 甲 unmatched; proved",
		},
		"the statement says which": {
			told:   []says{{credit("S1", 500, "甲")}, {credit("S1", 500, "乙")}, {credit("S1", 500, "丙")}},
			stated: says{credit("S1", 500, "甲"), credit("S1", 500, "丙")},
			want:   "S1 5.00 丙 unmatched, S1 5.00 乙 repeat, S1 5.00 甲 unmatched; proved",
		},
		"the statement does not say which": {
			told:   []says{{credit("S1", 500, "甲")}, {credit("S1", 500, "乙")}, {credit("S1", 500, "丙")}},
			stated: says{credit("S1", 500, "甲"), credit("S1", 500, "")},
			want:   "S1 5.00 丙 doubtful, S1 5.00 乙 doubtful, S1 5.00 甲 unmatched; differs unexplained 5.00/10.00",
		},
		"the statement gives numbers, the message none": {
			told: []says{{credit("0", 500, "甲")}, {credit("0", 500, "乙")}}, stated: says{credit("S1", 500, "甲"), credit("S2", 500, "乙")},
			want: "5.00 乙 unmatched, 5.00 甲 unmatched; proved",
		},
		"spaces and widths are no other words": {
			told: []says{{credit("S1", 500, "医保转移 ＡＢ")}, {credit("S1", 500, "医保转移AB")}},
			want: "S1 5.00 医保转移 ＡＢ unmatched",
		},
		"what one does not say": {
			told: []says{{credit("S1", 500, "")}, {credit("S1", 500, "甲")}, {credit("S1", 500, "")}},
			want: "S1 5.00 甲 unmatched",
		},
		"two transfers of the payer": {
			told: []says{{creditEntry("0", 500, "甲", "E1")}, {creditEntry("0", 500, "乙", "E2")}},
			want: "5.00 乙 unmatched, 5.00 甲 unmatched",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			for _, m := range c.told {
				o.leaveNotification(m...)
				o.pass()
			}
			got := strings.Join(o.entriesOn(firstDay), ", ")
			if c.stated != nil {
				o.leaveStatement(firstDay, 90_000_000, c.stated...)
				o.pass()
				got = strings.Join(o.entriesOn(firstDay), ", ") + "; " + o.dayState(firstDay)
			}
			if got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

// TestNumberUsedAgain: serials start anew each day. Both credits are booked, and each day
// is proved by its own.
func TestNumberUsedAgain(t *testing.T) {
	o := newOffice(t)
	for i, text := range []string{"甲", "乙"} {
		on := firstDay.AddDays(i)
		e := creditEntry("000009", 50_000, "医保转移 "+text, "")
		e.Booked = on
		o.leaveNotification(e)
		o.leaveStatement(on, money.Fen(i)*50_000, e)
		o.pass()
		if got := o.dayState(on); got != "proved" {
			t.Errorf("%s: %s", on, got)
		}
		if got, want := o.entriesOn(on), "000009 500.00 医保转移 "+text+" unmatched"; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", on, got, want)
		}
	}
}

// TestDoubtEndedByOfficers: finance says whether a doubtful entry is another one or a
// repetition; its money counts then, or never.
func TestDoubtEndedByOfficers(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	key := func(n int, amount money.Fen) string {
		return exchange.BankEntry{Account: receiving(us).No, Ref: "S1", Credit: true, Amount: amount, BookedOn: firstDay}.KeyOf(n)
	}
	for _, text := range []string{"甲", "乙"} {
		o.leaveNotification(creditEntry("S1", 500, text, ""), creditEntry("S1", 700, text, ""))
		o.pass()
	}
	if got := o.todoNumbers("到账待认领"); len(got) != 4 {
		t.Errorf("to be done: %q", got)
	}
	for what, args := range map[string][]string{
		"a match before it is booked": {exchange.ActRefund, key(2, 500)},
		"no doubt":                    {exchange.ActIsNew, key(1, 500)},
		"a repetition of nothing":     {exchange.ActIsRepeat, key(2, 500), "entry=S9"},
		"of another amount":           {exchange.ActIsRepeat, key(2, 500), "entry=" + key(1, 700)},
		"of itself":                   {exchange.ActIsRepeat, key(2, 500), "entry=" + key(2, 500)},
	} {
		if _, err := o.tryDecide(keys, "li.na", args[0], args[1], args[2:]...); err == nil {
			t.Errorf("%s is decided", what)
		}
	}
	o.decide(keys, "li.na", exchange.ActIsNew, key(2, 500))
	o.decide(keys, "li.na", exchange.ActIsRepeat, key(2, 700), "entry="+key(1, 700))
	want := "S1 5.00 乙 unmatched, S1 5.00 甲 unmatched, S1 7.00 乙 repeat, S1 7.00 甲 unmatched"
	if got := strings.Join(o.entriesOn(firstDay), ", "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	o.leaveStatement(firstDay, 0, creditEntry("S1", 500, "", ""), creditEntry("S1", 500, "", ""), creditEntry("S1", 700, "", ""))
	o.pass()
	if got := o.dayState(firstDay); got != "proved" {
		t.Error(got)
	}
}

// TestAnyTelling: however a bank tells the bookings of a day, each at most once in a
// message and not always with all that it knows, never more of them are booked than there
// are; and the statement of the day, which lists them all, leaves none doubtful that it
// can tell apart.
func TestAnyTelling(t *testing.T) {
	seeds := uint64(3)
	if long() {
		seeds = 100
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { tellAnyhow(t, rand.New(rand.NewPCG(1, seed))) })
	}
}

func tellAnyhow(t *testing.T, r *rand.Rand) {
	const kinds, messages = 300, 6
	o := newOffice(t)
	truth := make([][]iso20022.Entry, kinds)
	for k := range truth { // each kind has an amount of its own, and so nothing to do with the others
		for n := range 1 + r.IntN(3) {
			text, endToEnd, ref := string(rune('甲'+r.IntN(3))), "", ""
			if r.IntN(3) == 0 {
				endToEnd = fmt.Sprintf("E%d-%d", k, n)
			}
			if k%2 == 0 {
				ref = "S"
			}
			truth[k] = append(truth[k], creditEntry(ref, money.Fen(1000+k), text, endToEnd))
		}
	}
	check := func(when string) (booked int) {
		count := map[money.Fen]int{}
		err := o.env.Store.View(t.Context(), func(tx *store.Tx) error {
			entries, err := tx.BankEntriesBooked(receiving(us).No, firstDay, firstDay)
			for _, e := range entries {
				if e.State != exchange.EntryDoubtful && e.State != exchange.EntryRepeat {
					count[e.Amount]++
					booked++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for k, of := range truth {
			if n := count[money.Fen(1000+k)]; n > len(of) {
				t.Errorf("%s: kind %d: %d booked of %d", when, k, n, len(of))
			}
		}
		return booked
	}
	for m := range messages {
		var told []iso20022.Entry
		for _, of := range truth {
			for _, i := range r.Perm(len(of)) {
				e := of[i]
				if r.IntN(4) == 0 {
					e.Text = ""
				}
				if r.IntN(4) == 0 {
					e.EndToEndID = ""
				}
				if r.IntN(3) > 0 {
					told = append(told, e)
				}
			}
		}
		r.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
		o.leaveNotification(told...)
		o.pass()
		check(fmt.Sprint("message ", m))
	}
	all := slices.Concat(truth...)
	o.leaveNotification(all...) // one that tells all of them
	o.leaveStatement(firstDay, 0, all...)
	o.pass()
	if booked := check("statement"); booked != len(all) || o.dayState(firstDay) != "proved" {
		t.Errorf("%d booked of %d, %.200s", booked, len(all), o.dayState(firstDay))
	}
}

// TestKeyedNumbersRepeat: in a keyed sheet a number may stand on several rows, and the
// sheet that grows during its day tells the rows of before again.
func TestKeyedNumbersRepeat(t *testing.T) {
	o := &clerk{testOffice: newOffice(t, bankByWorkbook)}
	key := func(side code.BankSide, amount money.Fen, remark, ref string) {
		o.keyLine(firstDay, side, code.BankBooked, amount, remark, ref)
	}
	key(code.BankCredit, 500, "甲", "1")
	key(code.BankCredit, 500, "乙", "1")
	key(code.BankCredit, 700, "甲", "1")
	o.leaveSheet("noon.xlsx", false)
	o.pass()
	key(code.BankDebit, 500, "甲", "1")
	key(code.BankCredit, 500, "乙", "1")
	key(code.BankCredit, 500, "丙", "0")
	key(code.BankCredit, 500, "丙", "")
	o.leaveSheet("evening.xlsx", false)
	o.pass()
	o.leaveSheet("evening-again.xlsx", true)
	o.pass()
	want := "1 -5.00 甲 unmatched, 1 5.00 乙 unmatched, 1 5.00 乙 unmatched, 1 5.00 甲 unmatched, 1 7.00 甲 unmatched, 5.00 丙 unmatched, 5.00 丙 unmatched"
	if got := strings.Join(o.entriesOn(firstDay), ", "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := o.dayState(firstDay); got != "proved" {
		t.Error(got)
	}
}
