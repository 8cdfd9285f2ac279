package exchange_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	. "carryover/exchange"
	"carryover/exchange/code"
)

func goodDecision() (Decision, Rule) {
	r := Rule{Action: ActConfirmAccount, Chinese: "确认账户", Needs: []string{"account", "cnaps"}, May: []string{"holder"}}
	d := Decision{
		Action: ActConfirmAccount, Subject: "T32050020260302000001", Reason: "电话核实", Officer: "wang.min", On: 20260302,
		Args: map[string]string{"account": "1", "cnaps": "102100099996"},
	}
	return d, r
}

func TestCheckDecision(t *testing.T) {
	d, r := goodDecision()
	if err := d.Check(r); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]struct {
		change func(*Decision)
		want   string // what the error says; empty: none
	}{
		"an argument that may be given":      {func(d *Decision) { d.Args["holder"] = "某中心" }, ""},
		"an empty one that says nothing":     {func(d *Decision) { d.Args["entry"] = "" }, ""},
		"no subject":                         {func(d *Decision) { d.Subject = "" }, "what it is about, why, and who decides"},
		"no reason":                          {func(d *Decision) { d.Reason = "" }, "what it is about, why, and who decides"},
		"a reason of blanks":                 {func(d *Decision) { d.Reason = " 　" }, "what it is about, why, and who decides"},
		"no officer":                         {func(d *Decision) { d.Officer = "" }, "what it is about, why, and who decides"},
		"no date":                            {func(d *Decision) { d.On = 0 }, "what it is about, why, and who decides"},
		"an argument is missing":             {func(d *Decision) { delete(d.Args, "cnaps") }, "cnaps is needed"},
		"an argument is empty":               {func(d *Decision) { d.Args["account"] = "" }, "account is needed"},
		"an argument that is not asked":      {func(d *Decision) { d.Args["entry"] = "x" }, "entry says nothing here"},
		"a control character in the reason":  {func(d *Decision) { d.Reason = "a\nofficer: li" }, "holds a control character"},
		"a control character in an argument": {func(d *Decision) { d.Args["holder"] = "a\x00" }, "holds a control character"},
		"a control character in the subject": {func(d *Decision) { d.Subject = "T\t1" }, "holds a control character"},
		"a control character in the officer": {func(d *Decision) { d.Officer = "wang\x7f" }, "holds a control character"},
	} {
		d, r := goodDecision()
		v.change(&d)
		err := d.Check(r)
		if v.want == "" && err != nil || v.want != "" && (!errors.Is(err, ErrDecision) || !strings.Contains(err.Error(), v.want)) {
			t.Errorf("%s: %v, want %q", name, err, v.want)
		}
	}
}

// What an officer signs holds everything that was given, in a fixed order, and
// nothing that was not.
func TestTextOfADecision(t *testing.T) {
	d, _ := goodDecision()
	const head = "carryover decision 1\nagency: 320500\naction: confirm-account\nsubject: T32050020260302000001\n"
	const tail = "account: 1\ncnaps: 102100099996\nreason: 电话核实\nofficer: wang.min\ndate: 2026-03-02\n"
	if got := d.Given("320500"); got != head+tail {
		t.Errorf("%s", got)
	}
	d.Row, d.Args["bank"] = "7", ""
	if got := d.Given("320500"); got != head+tail+"row: 7\n" {
		t.Errorf("of a workbook: %s", got)
	}
	if got := d.Text("320500", []string{"100.00", "再付"}); got != head+tail+"row: 7\ncomes to: 100.00\ncomes to: 再付\n" {
		t.Errorf("what it comes to: %s", got)
	}
}

func TestRulings(t *testing.T) {
	for _, want := range Rules() {
		x := Decision{Action: want.Action, Args: map[string]string{}}
		if slices.Contains(want.Needs, "day") {
			x.Args["day"] = "2026-03-02"
		}
		got, ok := RuleOf(x)
		if !ok || got.Action != want.Action || got.Chinese != want.Chinese {
			t.Errorf("%s is found as %+v", want.Action, got)
		}
	}
	if _, ok := RuleOf(Decision{Action: ActRefund, Args: map[string]string{"day": "2026-03-02"}}); ok {
		t.Error("a refund of a day is found")
	}
	if r, ok := FindRule("nonsense"); ok || r.Action != "" {
		t.Errorf("nonsense is found as %+v", r)
	}
}

// A ruling fits by side, by the state of a case (a held one's being that which
// it left) and by the reason of a hold.
func TestRulingFits(t *testing.T) {
	free := Case{Side: Out, State: Requested}
	held := Case{Side: Out, State: Held, HeldFrom: Requested, Hold: code.HoldArrears}
	let := held
	let.State, let.HeldFrom = Requested, "" // its reason is of yesterday
	other := Case{Side: In, State: Answered}
	for _, v := range []struct {
		name string
		r    Rule
		fits []bool // free, held, let go, other
	}{
		{"whatever", Rule{}, []bool{true, true, true, true}},
		{"of the old place", Rule{Side: Out}, []bool{true, true, true, false}},
		{"of the new place", Rule{Side: In}, []bool{false, false, false, true}},
		{"requested", Rule{States: []State{Requested}}, []bool{true, true, true, false}},
		{"answered", Rule{States: []State{Confirmed, Answered}}, []bool{false, false, false, true}},
		{"in no state", Rule{States: []State{}}, []bool{false, false, false, false}},
		{"held for arrears", Rule{Holds: []code.Hold{code.HoldArrears}}, []bool{false, true, false, false}},
		{"held for something else", Rule{Holds: []code.Hold{code.HoldQueryOpen}}, []bool{false, false, false, false}},
		{"all of it", Rule{Side: Out, States: []State{Requested}, Holds: []code.Hold{code.HoldArrears}}, []bool{false, true, false, false}},
	} {
		got := []bool{v.r.Fits(free), v.r.Fits(held), v.r.Fits(let), v.r.Fits(other)}
		if !slices.Equal(got, v.fits) {
			t.Errorf("%s: %v, want %v", v.name, got, v.fits)
		}
	}
}

// An error says where the case stands, and of a held one where it stood.
func TestNotAllowedSaysWhere(t *testing.T) {
	c := at(In, Applied)
	if _, err := c.Next(AllPosted); !errors.Is(err, ErrNotAllowed) || strings.Contains(err.Error(), "held") || !strings.Contains(err.Error(), "in applied") {
		t.Errorf("%v", err)
	}
	c.State, c.HeldFrom, c.Hold = Held, Applied, code.HoldArrears
	if _, err := c.Next(AllPosted); !errors.Is(err, ErrNotAllowed) || !strings.Contains(err.Error(), "in applied (held)") {
		t.Errorf("held: %v", err)
	}
}

// Only a cancellation and an annulment end the wish for one.
func TestWishesEnd(t *testing.T) {
	for _, v := range []struct {
		from State
		on   Happening
		wish Wish
	}{
		{Requested, CancelAgreed, WishNone},
		{Requested, LetterDeclined, WishCancel},
	} {
		c := at(Out, v.from)
		c.Wish = WishCancel
		if err := c.Apply(v.on, 20260302); err != nil {
			t.Fatal(err)
		}
		if c.Wish != v.wish {
			t.Errorf("%s on %s: wish %q, want %q", v.on, v.from, c.Wish, v.wish)
		}
	}
}

// Which cases may be stored without a letter: at the new place those for which
// none was written, at the old place none, since a letter opens it.
func TestCasesWithoutALetter(t *testing.T) {
	for _, v := range []struct {
		side  Side
		state State
		money MoneyTrack
		good  bool
	}{
		{In, Applied, MoneyNone, true},
		{In, Accepted, MoneyNone, true},
		{In, Cancelled, MoneyNone, true},
		{In, Requested, MoneyNone, false},
		{Out, Requested, MoneyNotDue, false},
		{Out, Cancelled, MoneyNotDue, false},
	} {
		c := Case{No: "T1", Side: v.side, State: v.state, FormTrack: FormNone, MoneyTrack: v.money}
		if err := c.Check(); (err == nil) != v.good || err != nil && !errors.Is(err, ErrInvariant) {
			t.Errorf("%s %s: %v", v.side, v.state, err)
		}
		c.LetterNo, c.LetterVersion = "1", 1
		if err := c.Check(); err != nil {
			t.Errorf("%s %s with a letter: %v", v.side, v.state, err)
		}
	}
}
