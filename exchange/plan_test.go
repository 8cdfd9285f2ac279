package exchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "carryover/exchange"
	"carryover/exchange/money"
)

// asked writes a plan down: row, form and version, amount or what is undone.
func asked(asks []Ask) string {
	var rows []string
	for _, a := range asks {
		row := fmt.Sprintf("%s %s.%d", a.Row, a.Form.No, a.Form.Version)
		if a.Row == PostUndo {
			row += " undoes " + a.Undoes
		}
		if a.Row == PostCredit {
			row += " " + a.Amount.String()
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, ", ")
}

func planForm(no string, version int, word string, amount money.Fen, track FormTrack, stays ...Stay) Form {
	return Form{No: no, Version: version, Money: word, Amount: amount, Track: track, Current: true, Stays: stays}
}

func done(no, row, form string, version int, amount money.Fen) Posting {
	return Posting{No: no, Row: row, FormNo: form, FormVersion: version, Amount: amount, State: PostingDone}
}

func in(state string, p Posting) Posting { p.State = state; return p }

func money1(form string, track MoneyTrack) Remittance {
	return Remittance{FormNo: form, Part: 1, Track: track}
}

func TestPlanCredits(t *testing.T) {
	year := stay("320500", 202001, 202012, StayActual)
	month := stay("320500", 202101, 202101, StayActual)
	remitted := planForm("F1", 1, MoneyREMITTED, 500, FormChecked, year)
	replaced := remitted
	replaced.Current, replaced.Track = false, FormPosted
	y, n := done("P1", PostMonths, "F1", 1, 0), done("P2", PostCredit, "F1", 1, 500)
	for _, v := range []struct {
		name       string
		f          CreditFacts
		of16, of21 string
	}{
		{"no form", CreditFacts{}, "", ""},
		{"form, no money", CreditFacts{Forms: []Form{remitted}, Remittances: []Remittance{money1("F1", MoneyNone)}}, "", "Y F1.1"},
		{"form, its part not made yet", CreditFacts{Forms: []Form{remitted}}, "", "Y F1.1"},
		{"form, money not compared", CreditFacts{Forms: []Form{remitted}, Remittances: []Remittance{money1("F1", MoneyReceived)}}, "", "Y F1.1"},
		{"form and money", CreditFacts{Forms: []Form{remitted}, Remittances: []Remittance{money1("F1", MoneyMatched)}}, "Y F1.1, N F1.1 5.00", "Y F1.1, N F1.1 5.00"},
		{"one of two parts is missing", CreditFacts{Forms: []Form{remitted}, Remittances: []Remittance{money1("F1", MoneyMatched), {FormNo: "F1", Part: 2, Track: MoneyNone}}}, "", "Y F1.1"},
		{"somebody else's part does not count", CreditFacts{Forms: []Form{remitted}, Remittances: []Remittance{money1("F9", MoneyMatched)}}, "", "Y F1.1"},
		{"form not checked", CreditFacts{Forms: []Form{planForm("F1", 1, MoneyREMITTED, 500, FormReceived, year)}, Remittances: []Remittance{money1("F1", MoneyMatched)}}, "", ""},
		{"form differs", CreditFacts{Forms: []Form{planForm("F1", 1, MoneyZERO, 0, FormDiffers, year)}}, "", ""},
		{"netted: asked without bank money", CreditFacts{Forms: []Form{planForm("F1", 1, MoneyNETTED, 500, FormChecked, year)}}, "Y F1.1, N F1.1 5.00", "Y F1.1, N F1.1 5.00"},
		{"zero", CreditFacts{Forms: []Form{planForm("F1", 1, MoneyZERO, 0, FormChecked, year)}}, "Y F1.1", "Y F1.1"},
		{"not moved", CreditFacts{Forms: []Form{planForm("F1", 1, MoneyNOTMOVED, 500, FormChecked, year)}}, "Y F1.1", "Y F1.1"},
		{"paid to the person", CreditFacts{Forms: []Form{planForm("F1", 1, MoneyPAIDTOPERSON, 500, FormChecked, year)}}, "Y F1.1", "Y F1.1"},
		{"an answer is awaited", CreditFacts{Forms: []Form{remitted}, Postings: []Posting{in(PostingQueued, y)}, Remittances: []Remittance{money1("F1", MoneyMatched)}}, "", ""},
		{"months done, money here", CreditFacts{Forms: []Form{remitted}, Postings: []Posting{y}, Remittances: []Remittance{money1("F1", MoneyMatched)}}, "N F1.1 5.00", "N F1.1 5.00"},
		{"the core refused the months", CreditFacts{Forms: []Form{remitted}, Postings: []Posting{in(PostingRefused, y), n}, Remittances: []Remittance{money1("F1", MoneyPosted)}}, "Y F1.1", "Y F1.1"},
		{"all done", CreditFacts{Forms: []Form{remitted}, Postings: []Posting{y, n}, Remittances: []Remittance{money1("F1", MoneyPosted)}}, "", ""},
		{
			"corrected, nothing that was booked",
			CreditFacts{Forms: []Form{replaced, planForm("F1", 2, MoneyREMITTED, 500, FormChecked, year)}, Postings: []Posting{y, n}, Remittances: []Remittance{money1("F1", MoneyPosted)}},
			"", "",
		},
		{
			"corrected months: undone and posted anew",
			CreditFacts{Forms: []Form{replaced, planForm("F1", 2, MoneyREMITTED, 500, FormChecked, year, month)}, Postings: []Posting{y, n}, Remittances: []Remittance{money1("F1", MoneyPosted)}},
			"U F1.2 undoes P1, Y F1.2", "U F1.2 undoes P1, Y F1.2",
		},
		{
			"corrected months, undone already",
			CreditFacts{Forms: []Form{replaced, planForm("F1", 2, MoneyREMITTED, 500, FormChecked, year, month)}, Postings: []Posting{in(PostingUndone, y), n}, Remittances: []Remittance{money1("F1", MoneyPosted)}},
			"Y F1.2", "Y F1.2",
		},
		{
			"more money, its second part not here",
			CreditFacts{Forms: []Form{replaced, planForm("F1", 2, MoneyREMITTED, 700, FormChecked, year)}, Postings: []Posting{y, n}, Remittances: []Remittance{money1("F1", MoneyPosted), {FormNo: "F1", Part: 2, Track: MoneyNone}}},
			"", "",
		},
		{
			"more money, all here: the total replaces the first",
			CreditFacts{Forms: []Form{replaced, planForm("F1", 2, MoneyREMITTED, 700, FormChecked, year)}, Postings: []Posting{y, n}, Remittances: []Remittance{money1("F1", MoneyPosted), {FormNo: "F1", Part: 2, Track: MoneyMatched}}},
			"U F1.2 undoes P2, N F1.2 7.00", "U F1.2 undoes P2, N F1.2 7.00",
		},
		{
			"no longer credited at all",
			CreditFacts{Forms: []Form{replaced, planForm("F1", 2, MoneyPAIDTOPERSON, 500, FormChecked, year)}, Postings: []Posting{y, n}},
			"U F1.2 undoes P2", "U F1.2 undoes P2",
		},
		{
			"a supplement is credited beside the original",
			CreditFacts{Forms: []Form{remitted, planForm("F2", 1, MoneyREMITTED, 200, FormChecked, month)}, Postings: []Posting{y, n}, Remittances: []Remittance{money1("F1", MoneyPosted), {FormNo: "F2", Part: 2, Track: MoneyMatched}}},
			"Y F2.1, N F2.1 2.00", "Y F2.1, N F2.1 2.00",
		},
		{
			"a supplement without its money",
			CreditFacts{Forms: []Form{remitted, planForm("F2", 1, MoneyREMITTED, 200, FormChecked, month)}, Postings: []Posting{y, n}, Remittances: []Remittance{money1("F1", MoneyPosted), {FormNo: "F2", Part: 2, Track: MoneyNone}}},
			"", "Y F2.1",
		},
	} {
		for together, want := range map[bool]string{true: v.of16, false: v.of21} {
			v.f.Together = together
			if got := asked(PlanCredits(v.f)); got != want {
				t.Errorf("%s (together %v): %q, want %q", v.name, together, got, want)
			}
		}
	}
}

func TestPosted(t *testing.T) {
	year := stay("320500", 202001, 202012, StayActual)
	f := planForm("F1", 1, MoneyREMITTED, 500, FormPosted, year)
	facts := CreditFacts{Forms: []Form{f}, Remittances: []Remittance{money1("F1", MoneyNone)}}
	if facts.MonthsPosted(f) || facts.AccountPosted(f) {
		t.Error("nothing is posted yet")
	}
	facts.Postings = []Posting{done("P1", PostMonths, "F1", 1, 0)}
	if !facts.MonthsPosted(f) || facts.AccountPosted(f) {
		t.Error("the months are")
	}
	facts.Postings = append(facts.Postings, done("P2", PostCredit, "F1", 1, 500))
	if facts.AccountPosted(f) {
		t.Error("an account is not credited while its money is missing")
	}
	facts.Remittances[0].Track = MoneyPosted
	if !facts.AccountPosted(f) {
		t.Error("months and account are")
	}
	facts.Postings[1].Amount = 499
	if facts.AccountPosted(f) {
		t.Error("credited with another amount")
	}
	zero := planForm("F1", 1, MoneyZERO, 0, FormPosted, year)
	if !(CreditFacts{Forms: []Form{zero}}).AccountPosted(zero) {
		t.Error("nothing to credit")
	}
}

func TestUndoable(t *testing.T) {
	postings := []Posting{
		done("P1", PostEnd, "", 0, 0), done("P2", PostDebit, "", 0, 500), in(PostingRefused, done("P3", PostDebit, "", 0, 0)),
		in(PostingUndone, done("P4", PostMonths, "F1", 1, 0)), done("P5", PostUndo, "F1", 1, 0), in(PostingQueued, done("P6", PostMonths, "F1", 2, 0)),
		done("P7", PostMonths, "F1", 3, 0),
	}
	var nos []string
	for _, p := range Undoable(postings) {
		nos = append(nos, p.No)
	}
	if !slices.Equal(nos, []string{"P7", "P2", "P1"}) {
		t.Errorf("to be undone: %v", nos)
	}
}
