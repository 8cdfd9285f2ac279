package ledger

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"carryover/exchange/money"
)

var update = flag.Bool("update", false, "write the tables of README.md")

var head = Head{Date: 20260302, CaseNo: "T32050020260302000001", Partner: "310100", Memo: "test"}

func TestEveryEventBalances(t *testing.T) {
	entries := map[Event]Entry{
		Liquidated: Liquidate(head, 5), Ordered: Order(head, 5), OrderVoided: VoidOrder(head, 5),
		Submitted: Submit(head, 5), Settled: Settle(head, 5, 4), SettledToPerson: SettleToPerson(head, 5, 5),
		RefusedByBank: RefuseByBank(head, 5), Returned: Return(head, 5), ReturnedByPerson: ReturnByPerson(head, 5),
		OrderedAgain: OrderAgain(head, 5), Confirmed: Confirm(head, 5, 6), NettedOut: Net(head, 5),
		NotMovedOut: NotMove(head, 5), AnnouncedRemitted: Announce(head, 5), AnnouncedNetted: AnnounceNetted(head, 5),
		AnnouncedNotMoved: AnnounceNotMoved(head, 5), AnnouncedPaid: AnnouncePaidToPerson(head, 5),
		Received: Receive(head, 5), Matched: Match(head, "", 5, 3), Credited: Credit(head, 5),
		Refunded: Refund(head, "", 5), NettingTied: TieNetting(head, 5, 7), Reversed: Reverse(Settle(head, 5, 4), 20260303, "wrong"),
	}
	if len(entries) != len(Rules()) {
		t.Errorf("%d events are tested, %d exist", len(entries), len(Rules()))
	}
	for event, e := range entries {
		if err := e.Check(); err != nil || e.Empty() || e.Event != event {
			t.Errorf("%s: %v, %+v", event, err, e)
		}
		if event.Word(true) == string(event) || event.Word(false) == "" {
			t.Errorf("%s has no words", event)
		}
	}
}

func TestNothingToBook(t *testing.T) {
	for _, e := range []Entry{Liquidate(head, 0), Settle(head, 0, 0), Match(head, "", 0, 0), TieNetting(head, 0, 0)} {
		if !e.Empty() || e.Check() != nil {
			t.Errorf("%s over 0.00: %+v, %v", e.Event, e, e.Check())
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	due, liquidated := OutDue.Of("310100"), OutLiquidated.Of("310100")
	cases := map[string]Entry{
		"do not sum to zero": {head, Liquidated, []Posting{{liquidated, -5}, {due, 4}}},
		"not on the chart":   {head, Liquidated, []Posting{{"out:pocket:310100", -5}, {due, 5}}},
		"named twice":        {head, Liquidated, []Posting{{due, -5}, {due, 5}}},
		"gets nothing":       {head, Liquidated, []Posting{{liquidated, 0}}},
		"date 0":             {Head{}, Liquidated, nil},
		"not listed":         {head, "gone", nil},
		"overflows":          {head, Liquidated, []Posting{{liquidated, math.MaxInt64}, {due, 1}}},
	}
	for want, e := range cases {
		if err := e.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := cases["do not sum to zero"].Check(); !errors.Is(err, ErrUnbalanced) {
		t.Errorf("%v is not ErrUnbalanced", err)
	}
}

func TestApplyIsWholeOrNotAtAll(t *testing.T) {
	b := Balances{OutDue.Of("310100"): math.MaxInt64}
	before := b.Clone()
	if err := b.Apply(Liquidate(head, 1)); !errors.Is(err, money.ErrOverflow) {
		t.Fatal(err)
	}
	if len(b) != 1 || b[OutDue.Of("310100")] != before[OutDue.Of("310100")] {
		t.Errorf("half booked: %v", b)
	}
}

func TestAccountNames(t *testing.T) {
	a := InUnmatched.Of("")
	if a.Title() != InUnmatched || a.Partner() != "" || Account("x").Title() != "" {
		t.Errorf("%s: %s, %s", a, a.Title(), a.Partner())
	}
	b := Balances{}
	for _, e := range []Entry{Receive(Head{Date: 20260302}, 7), Receive(head, 5)} {
		if err := b.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	all, err := b.Total(InUnmatched, All)
	if one, _ := b.Total(InUnmatched, "310100"); err != nil || all != 12 || one != 5 {
		t.Errorf("all %s, one %s: %v", all, one, err)
	}
	if err := b.Apply(Refund(head, head.Partner, 6)); err != nil || len(b.Overdrawn()) != 1 {
		t.Errorf("overdrawn %v, %v", b.Overdrawn(), err)
	}
}

// world is two agencies, a person's cases between them, and what cores, forms
// and banks would tell if they were asked: the figures outside the ledgers.
type world struct {
	old, new    Balances
	at          map[Title]money.Fen // of the old place, by hand
	in          map[Title]money.Fen // of the new place, by hand
	liquidated  money.Fen           // the old core's books
	announced   money.Fen           // the forms
	credited    money.Fen           // the new core's books
	differences money.Fen           // what the sources contradict each other by
}

func (w *world) book(t *rapid.T, b Balances, e Entry) {
	if err := b.Apply(e); err != nil {
		t.Fatal(err)
	}
}

// take draws an amount of what lies in a place, and moves it by hand.
func take(t *rapid.T, m map[Title]money.Fen, from, to Title) money.Fen {
	f := money.Fen(rapid.Int64Range(0, int64(m[from])).Draw(t, string(from)))
	m[from] -= f
	m[to] += f
	return f
}

func (w *world) step(t *rapid.T) {
	old := Head{Date: 20260302, Partner: "310100"}
	new := Head{Date: 20260302, Partner: "320500"}
	a, b := w.old, w.new
	fresh := money.Fen(rapid.Int64Range(1, 1_000_000).Draw(t, "amount"))
	switch rapid.IntRange(0, 17).Draw(t, "event") {
	case 0:
		w.at[OutDue] += fresh
		w.liquidated += fresh
		w.book(t, a, Liquidate(old, fresh))
	case 1:
		w.book(t, a, Order(old, take(t, w.at, OutDue, OutOrdered)))
	case 2:
		w.book(t, a, VoidOrder(old, take(t, w.at, OutOrdered, OutDue)))
	case 3:
		w.book(t, a, Submit(old, take(t, w.at, OutOrdered, OutAtBank)))
	case 4:
		f := take(t, w.at, OutAtBank, OutSettled)
		w.book(t, a, Settle(old, f, f))
	case 5:
		f := take(t, w.at, OutAtBank, OutPaidToPerson)
		w.book(t, a, SettleToPerson(old, f, f))
	case 6:
		w.book(t, a, RefuseByBank(old, take(t, w.at, OutAtBank, OutReturned)))
	case 7:
		w.book(t, a, OrderAgain(old, take(t, w.at, OutReturned, OutOrdered)))
	case 8:
		w.book(t, a, Net(old, take(t, w.at, OutDue, OutNetting)))
	case 9:
		w.book(t, a, NotMove(old, take(t, w.at, OutDue, OutNotMoved)))
	case 10: // the bank debits a fen too much or too little
		f := take(t, w.at, OutAtBank, OutSettled)
		if f > 0 {
			less := money.Fen(rapid.Int64Range(-1, 1).Draw(t, "less"))
			w.at[OutSettled] -= less
			w.differences += less
			w.book(t, a, Settle(old, f, f-less))
		}
	case 11:
		w.in[InReceivable] += fresh
		w.announced += fresh
		w.book(t, b, Announce(new, fresh))
	case 12:
		e := rapid.SampledFrom([]func(Head, money.Fen) Entry{AnnounceNetted, AnnounceNotMoved, AnnouncePaidToPerson}).Draw(t, "kind")
		w.announced += fresh
		w.book(t, b, e(new, fresh))
	case 13: // settled money arrives
		f := take(t, w.at, OutSettled, "arrived")
		w.in[InUnmatched] += f
		w.book(t, b, Receive(Head{Date: 20260302}, f))
	case 14: // a claim is met to the fen
		f := money.Fen(rapid.Int64Range(0, int64(min(w.in[InUnmatched], w.in[InReceivable]))).Draw(t, "claim"))
		w.in[InUnmatched], w.in[InReceivable], w.in[InMatched] = w.in[InUnmatched]-f, w.in[InReceivable]-f, w.in[InMatched]+f
		w.book(t, b, Match(new, "", f, f))
	case 15:
		f := take(t, w.in, InMatched, InCredited)
		w.credited += f
		w.book(t, b, Credit(new, f))
	case 16: // money goes back
		f := take(t, w.in, InUnmatched, "refunded")
		w.at["arrived"] -= f
		w.at[OutReturned] += f
		w.book(t, b, Refund(Head{Date: 20260302}, "", f))
		w.book(t, a, Return(old, f))
	case 17:
		out, in := a[OutNetting.Of("310100")], b[InNetting.Of("320500")]
		w.book(t, a, TieNetting(old, out, 0))
		w.book(t, b, TieNetting(new, 0, in))
	}
}

func TestTheEquationHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{old: Balances{}, new: Balances{}, at: map[Title]money.Fen{}, in: map[Title]money.Fen{}}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			w.step(t)
		}
		for _, b := range []Balances{w.old, w.new} {
			var sum money.Fen
			for _, f := range b {
				sum += f
			}
			if sum != 0 {
				t.Fatalf("the ledger sums to %s: %v", sum, b)
			}
			if o := b.Overdrawn(); len(o) > 0 {
				t.Fatalf("overdrawn %v: %v", o, b)
			}
		}
		out, err := ProveOut(w.old, "310100", w.liquidated, 0)
		if err != nil || out.Difference != w.differences {
			t.Fatalf("old place: %+v, %v, want the difference %s", out, err, w.differences)
		}
		in, err := ProveIn(w.new, "320500", w.announced, w.credited)
		if err != nil || in.Difference != 0 || in.Credited != w.credited {
			t.Fatalf("new place: %+v, %v", in, err)
		}
		both, err := ProveBoth(w.liquidated, w.credited, w.old, w.new)
		if err != nil || both.Difference != w.differences {
			t.Fatalf("both: %+v, %v, want the difference %s", both, err, w.differences)
		}
	})
}

// A figure that the ledger does not know is a difference of that figure.
func TestProofFindsWhatTheLedgerMisses(t *testing.T) {
	b := Balances{}
	for _, e := range []Entry{Liquidate(head, 100), Order(head, 100), Submit(head, 100), Settle(head, 100, 100)} {
		if err := b.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	if p, _ := ProveOut(b, All, 101, 0); p.Difference != 1 || p.InTransit != 100 {
		t.Errorf("a liquidation that is not booked: %+v", p)
	}
	if p, _ := ProveOut(b, All, 100, 7); p.Difference != -7 {
		t.Errorf("a completion that is not booked: %+v", p)
	}
	for name, e := range map[string]Entry{
		"confirmed without a completion":   Confirm(head, 100, 100),
		"from one end to the other":        {head, Liquidated, []Posting{{OutLiquidated.Of("310100"), -7}, {OutCredited.Of("310100"), 7}}},
		"paid to the person by no payment": {head, SettledToPerson, []Posting{{OutCredited.Of("310100"), -7}, {OutPaidToPerson.Of("310100"), 7}}},
	} {
		odd := maps.Clone(b)
		if err := odd.Apply(e); err != nil {
			t.Fatal(err)
		}
		if p, err := ProveOut(odd, All, 100, 0); err != nil || p.Difference == 0 {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	if p, _ := ProveBoth(100, 3, b); p.Difference != -3 {
		t.Errorf("a credit that no money funded: %+v", p)
	}
	if _, err := ProveOut(Balances{OutDue.Of("1"): math.MinInt64, OutSettled.Of("1"): -1}, All, 0, 0); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("overflow: %v", err)
	}
}

// Less money than announced: a difference until it is found, and not in transit.
func TestLessMoneyThanAnnounced(t *testing.T) {
	old, now := Balances{}, Balances{}
	back := Head{Date: 20260302, Partner: "320500"}
	for _, e := range []Entry{Liquidate(head, 100), Order(head, 100), Submit(head, 100), Settle(head, 100, 100)} {
		if err := old.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	match := Match(back, "", 100, 99)
	for _, e := range []Entry{Announce(back, 100), Receive(Head{Date: 20260302}, 99), match} {
		if err := now.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	if p, _ := ProveIn(now, All, 100, 0); p.Difference != 1 || p.InTransit != 99 {
		t.Errorf("new place: %+v", p)
	}
	if p, err := ProveAllIn(now, 100, 0, 99); p.Gap != (Gap{Equation: 1}) || err != nil {
		t.Errorf("received: %+v, %v", p, err)
	}
	if p, _ := ProveAllIn(now, 99, 0, 104); p.Gap != (Gap{Source: -1, Received: 5}) || p.Difference != -1 {
		t.Errorf("a bank entry that is not booked: %+v", p)
	}
	if p, _ := ProveIn(now, All, 100, 7); p.Difference != -6 {
		t.Errorf("a credit that no money funded: %+v", p)
	}
	if p, _ := ProveBoth(100, 0, old, now); p.Difference != 1 || p.InTransit != 99 {
		t.Errorf("both: %+v", p)
	}
	if err := now.Apply(Reverse(match, 20260303, "the rest came")); err != nil {
		t.Fatal(err)
	}
	if p, _ := ProveIn(now, All, 100, 0); p.Difference != 0 || p.InTransit != 100 {
		t.Errorf("after the reversal: %+v", p)
	}
}

const mark = "<!-- made from the tables by go test -update -->\n"

func TestREADMEIsFresh(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text, _, found := strings.Cut(string(b), mark)
	if !found {
		t.Fatal("README.md has no mark")
	}
	want := text + mark + tables()
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(b) {
		t.Error("README.md is stale: go test ./exchange/ledger -update")
	}
}

func tables() string {
	var b strings.Builder
	b.WriteString("\n## Chart of accounts\n\n| title | 科目 | name | side of zero | what lies there |\n|---|---|---|---|---|\n")
	for _, h := range Chart() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", h.Title, h.Chinese, h.English, h.Kind.Word(false)+" / "+h.Kind.Word(true), h.Meaning)
	}
	b.WriteString("\n## Entries\n\n| event | 事项 | what happened | from | to | besides |\n|---|---|---|---|---|---|\n")
	for _, r := range Rules() {
		from, to := "`"+string(r.From)+"`", "`"+string(r.To)+"`"
		if r.From == "" {
			from, to = "", ""
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", r.Event, r.Chinese, r.English, from, to, r.More)
	}
	return b.String()
}
