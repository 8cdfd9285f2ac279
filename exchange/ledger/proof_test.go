package ledger

import (
	"testing"

	"pgregory.net/rapid"

	"carryover/exchange/money"
)

// oldHead and newHead are the two ends of one transfer.
var (
	oldHead = Head{Date: 20260302, CaseNo: "T32050020260302000001", Partner: "310100"}
	newHead = Head{Date: 20260302, CaseNo: "T31010020260302000001", Partner: "320500"}
)

// ends is what the documents say on both sides, beside the two ledgers.
type ends struct {
	old, new                         Balances
	liquidated, completed            money.Fen // the old core's books, the partners' completions
	announced, credited, bankCredits money.Fen // forms, the new core's books, the new place's bank
}

func (e *ends) proofs(t *testing.T) (out, in, both Proof) {
	t.Helper()
	out, err1 := ProveOut(e.old, "310100", e.liquidated, e.completed)
	in, err2 := ProveAllIn(e.new, e.announced, e.credited, e.bankCredits)
	both, err3 := ProveBoth(e.liquidated, e.credited, e.old, e.new)
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	one, err := ProveIn(e.new, "320500", e.announced, e.credited)
	if one != in || err != nil {
		t.Errorf("with the one partner %+v, with all %+v, %v", one, in, err)
	}
	return out, in, both
}

// One transfer of 7.00 from the core's debit to the partner's completion: after
// every step each side's proof shows where the money lies, and no gap.
func TestProofsOnTheWayOfATransfer(t *testing.T) {
	e := &ends{old: Balances{}, new: Balances{}}
	for _, step := range []struct {
		name                    string
		old, new                []Entry
		told                    func()
		outTransit, outCredited money.Fen
		inTransit, inCredited   money.Fen
		bothTransit             money.Fen
	}{
		{name: "liquidated", old: []Entry{Liquidate(oldHead, 700)}, told: func() { e.liquidated = 700 }, outTransit: 700, bothTransit: 700},
		{name: "announced", new: []Entry{Announce(newHead, 700)}, told: func() { e.announced = 700 }, outTransit: 700, inTransit: 700, bothTransit: 700},
		{name: "ordered", old: []Entry{Order(oldHead, 700)}, outTransit: 700, inTransit: 700, bothTransit: 700},
		{name: "submitted", old: []Entry{Submit(oldHead, 700)}, outTransit: 700, inTransit: 700, bothTransit: 700},
		{name: "settled", old: []Entry{Settle(oldHead, 700, 700)}, outTransit: 700, inTransit: 700, bothTransit: 700},
		{name: "received", new: []Entry{Receive(Head{Date: 20260302, Partner: "320500"}, 700)}, told: func() { e.bankCredits = 700 }, outTransit: 700, inTransit: 700, bothTransit: 700},
		{name: "matched", new: []Entry{Match(newHead, "320500", 700, 700)}, outTransit: 700, inTransit: 700, bothTransit: 700},
		{name: "credited", new: []Entry{Credit(newHead, 700)}, told: func() { e.credited = 700 }, outTransit: 700, inCredited: 700},
		{name: "confirmed", old: []Entry{Confirm(oldHead, 700, 700)}, told: func() { e.completed = 700 }, outCredited: 700, inCredited: 700},
	} {
		for _, x := range step.old {
			if err := e.old.Apply(x); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range step.new {
			if err := e.new.Apply(x); err != nil {
				t.Fatal(err)
			}
		}
		if step.told != nil {
			step.told()
		}
		out, in, both := e.proofs(t)
		if want := (Proof{Liquidated: e.liquidated, Credited: step.outCredited, InTransit: step.outTransit}); out != want {
			t.Errorf("%s, old place: %+v, want %+v", step.name, out, want)
		}
		if want := (Proof{Liquidated: e.announced, Credited: step.inCredited, InTransit: step.inTransit}); in != want {
			t.Errorf("%s, new place: %+v, want %+v", step.name, in, want)
		}
		if want := (Proof{Liquidated: e.liquidated, Credited: step.inCredited, InTransit: step.bothTransit}); both != want {
			t.Errorf("%s, both: %+v, want %+v", step.name, both, want)
		}
	}
}

// Each document that says more or less than the ledger has is a gap of its own.
func TestGapsNameTheDocument(t *testing.T) {
	e := &ends{old: Balances{}, new: Balances{}, liquidated: 700, completed: 300, announced: 700, credited: 300, bankCredits: 300}
	for _, x := range []Entry{Liquidate(oldHead, 700), Order(oldHead, 300), Submit(oldHead, 300), Settle(oldHead, 300, 300), Confirm(oldHead, 300, 300)} {
		if err := e.old.Apply(x); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []Entry{Announce(newHead, 700), Receive(newHead, 300), Match(newHead, "320500", 300, 300), Credit(newHead, 300)} {
		if err := e.new.Apply(x); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name              string
		liquidated        money.Fen // more than the ledgers have
		completed         money.Fen
		announced         money.Fen
		credited, arrived money.Fen
		out, in           Gap
	}{
		{name: "all agree"},
		{name: "a liquidation is not booked", liquidated: 5, out: Gap{Equation: 5, Source: 5}},
		{name: "a completion is not booked", completed: 5, out: Gap{Equation: -5, Credited: 5}},
		{name: "a completion is booked that did not come", completed: -5, out: Gap{Equation: 5, Credited: -5}},
		{name: "liquidation and completion, the equation holds", liquidated: 5, completed: 5, out: Gap{Source: 5, Credited: 5}},
		{name: "a form is not booked", announced: 5, in: Gap{Equation: 5, Source: 5}},
		{name: "a credit is not booked", credited: 5, in: Gap{Equation: -5, Credited: 5}},
		{name: "form and credit, the equation holds", announced: 5, credited: 5, in: Gap{Source: 5, Credited: 5}},
		{name: "a bank entry is not booked", arrived: 5, in: Gap{Received: 5}},
		{name: "a bank entry is booked that did not come", arrived: -5, in: Gap{Received: -5}},
	} {
		said := *e
		said.liquidated, said.completed = e.liquidated+c.liquidated, e.completed+c.completed
		said.announced, said.credited, said.bankCredits = e.announced+c.announced, e.credited+c.credited, e.bankCredits+c.arrived
		out, err := ProveOut(said.old, "310100", said.liquidated, said.completed)
		if err != nil || out.Gap != c.out || out.Difference != c.out.Shown() {
			t.Errorf("%s, old place: %+v, %v, want the gap %+v", c.name, out, err, c.out)
		}
		in, err := ProveAllIn(said.new, said.announced, said.credited, said.bankCredits)
		if err != nil || in.Gap != c.in || in.Difference != c.in.Shown() {
			t.Errorf("%s, new place: %+v, %v, want the gap %+v", c.name, in, err, c.in)
		}
	}
}

func anyGap() *rapid.Generator[Gap] {
	return rapid.Custom(func(t *rapid.T) Gap {
		fen := func(name string) money.Fen { return money.Fen(rapid.Int64Range(-1e15, 1e15).Draw(t, name)) }
		return Gap{fen("equation"), fen("source"), fen("credited"), fen("received"), fen("debited")}
	})
}

func TestGapsAddUp(t *testing.T) {
	if got, want := (Gap{1, 20, 300, 4000, 5}).Plus(Gap{5, 60, 700, 8000, 6}), (Gap{6, 80, 1000, 12000, 11}); got != want {
		t.Errorf("sum %+v, want %+v", got, want)
	}
	if got, want := (Gap{5, 60, 700, 8000, 6}).Less(Gap{1, 20, 300, 4000, 5}), (Gap{4, 40, 400, 4000, 1}); got != want {
		t.Errorf("rest %+v, want %+v", got, want)
	}
	for g, want := range map[Gap]money.Fen{{}: 0, {1, 2, 3, 4, 5}: 1, {0, 2, 3, 4, 5}: 2, {0, 0, -3, 4, 5}: -3, {0, 0, 0, 4, 5}: 4, {0, 0, 0, 0, 5}: 5} {
		if got := g.Shown(); got != want {
			t.Errorf("%+v shows %s, want %s", g, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		g, h := anyGap().Draw(t, "g"), anyGap().Draw(t, "h")
		if g.Plus(h).Less(h) != g || g.Plus(h) != h.Plus(g) || g.Less(g) != (Gap{}) {
			t.Fatalf("%+v and %+v", g, h)
		}
	})
}

// Money of an unknown partner becomes the partner's when it is matched or sent
// back; money that is already the partner's stays so.
func TestUnknownMoneyFindsItsPartner(t *testing.T) {
	for _, from := range []string{"", "320500", "330100"} {
		for name, book := range map[string]func() Entry{
			"matched":  func() Entry { return Match(newHead, from, 700, 700) },
			"refunded": func() Entry { return Refund(newHead, from, 700) },
		} {
			b := Balances{}
			for _, e := range []Entry{Announce(newHead, 700), Receive(Head{Date: 20260302, Partner: from}, 700), book()} {
				if err := b.Apply(e); err != nil {
					t.Fatalf("%s from %q: %v", name, from, err)
				}
			}
			if got := b[InReceived.Of("320500")]; got != -700 {
				t.Errorf("%s from %q: %s received from the partner", name, from, got)
			}
			for account, lies := range b {
				if account.Partner() != "320500" && lies != 0 {
					t.Errorf("%s from %q: %s lies in %s", name, from, lies, account)
				}
			}
		}
	}
}

func TestWordsOfEvents(t *testing.T) {
	for _, r := range Rules() {
		if r.Event.Word(true) != r.English || r.Event.Word(false) != r.Chinese {
			t.Errorf("%s: %s, %s", r.Event, r.Event.Word(true), r.Event.Word(false))
		}
	}
	if got := Event("gone").Word(true); got != "gone" {
		t.Errorf("an event that is not listed is called %s", got)
	}
}

// Dates have four digits of year.
func TestDatesOfEntries(t *testing.T) {
	for date, good := range map[int]bool{0: false, 9991231: false, 10000100: false, 10000101: true, 20260302: true, 99991231: true, 99991232: false, 100000101: false} {
		h := oldHead
		h.Date = date
		if err := Liquidate(h, 1).Check(); (err == nil) != good {
			t.Errorf("date %d: %v", date, err)
		}
	}
}

// What goes too far in a place is found on either side of zero.
func TestOverdrawn(t *testing.T) {
	for account, amounts := range map[Account]map[money.Fen]bool{
		OutDue.Of("310100"):        {-1: true, 0: false, 1: false},
		OutLiquidated.Of("310100"): {-1: false, 0: false, 1: true},
		OutDifference.Of("310100"): {-1: false, 0: false, 1: false},
		InReceivable.Of("310100"):  {-1: false, 0: false, 1: false},
		InReceived.Of(""):          {-1: false, 0: false, 1: true},
	} {
		for amount, want := range amounts {
			if got := (Balances{account: amount}).Overdrawn(); (len(got) == 1) != want {
				t.Errorf("%s in %s: overdrawn %v", amount, account, got)
			}
		}
	}
}
