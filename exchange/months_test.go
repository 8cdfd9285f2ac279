package exchange_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "carryover/exchange"
	"carryover/exchange/calendar"
)

func stay(area string, from, to calendar.Month, kind string) Stay {
	return Stay{Area: area, Scheme: "310", From: from, To: to, Kind: kind}
}

func TestCountMonths(t *testing.T) {
	for _, v := range []struct {
		name  string
		stays []Stay
		want  Months
	}{
		{"none", nil, Months{}},
		{"one month", []Stay{stay("320500", 202003, 202003, StayActual)}, Months{First: 202003, Last: 202003, Actual: 1}},
		{"over a year's end", []Stay{stay("320500", 201911, 202002, StayActual)}, Months{First: 201911, Last: 202002, Actual: 4}},
		{
			"a gap, and a month in two stays",
			[]Stay{stay("320500", 202001, 202006, StayActual), stay("310100", 202006, 202008, StayActual), stay("310100", 202101, 202101, StayActual)},
			Months{First: 202001, Last: 202101, Actual: 9, Gap: 4},
		},
		{
			"actual before back-paid before deemed, in whatever order",
			[]Stay{stay("320500", 201001, 201012, StayDeemed), stay("320500", 201007, 201009, StayBackpaid), stay("320500", 201009, 201010, StayActual)},
			Months{First: 201001, Last: 201012, Actual: 2, Backpaid: 2, Deemed: 8},
		},
		{"a gap filled by a later back-payment", []Stay{stay("320500", 202001, 202003, StayActual), stay("320500", 202005, 202005, StayActual), stay("320500", 202004, 202004, StayBackpaid)}, Months{First: 202001, Last: 202005, Actual: 4, Backpaid: 1}},
	} {
		if got := CountMonths(v.stays); got != v.want {
			t.Errorf("%s: %+v, want %+v", v.name, got, v.want)
		}
		turned := slices.Clone(v.stays)
		slices.Reverse(turned)
		if got := CountMonths(turned); got != v.want {
			t.Errorf("%s, turned round: %+v, want %+v", v.name, got, v.want)
		}
	}
	if got := (Months{Actual: 1, Backpaid: 2, Deemed: 4}).Total(); got != 7 {
		t.Errorf("total %d", got)
	}
	if got := stay("", 201911, 202002, StayActual).Months(); got != 4 {
		t.Errorf("months of a stay %d", got)
	}
}

func TestCreditMonths(t *testing.T) {
	for _, v := range []struct {
		name        string
		form, own   []Stay
		want        []Stay
		overlapping int
	}{
		{"nothing of our own", []Stay{stay("320500", 202001, 202012, StayActual)}, nil, []Stay{stay("320500", 202001, 202012, StayActual)}, 0},
		{"nothing new", []Stay{stay("320500", 202001, 202003, StayActual)}, []Stay{stay("310100", 201912, 202004, StayActual)}, nil, 3},
		{
			"our months in the middle split a stay",
			[]Stay{stay("320500", 202001, 202012, StayActual)},
			[]Stay{stay("310100", 202005, 202006, StayActual)},
			[]Stay{stay("320500", 202001, 202004, StayActual), stay("320500", 202007, 202012, StayActual)},
			2,
		},
		{
			"a month twice on the form is credited once, as actual",
			[]Stay{stay("320500", 202001, 202003, StayDeemed), stay("320500", 202003, 202004, StayActual)},
			nil,
			[]Stay{stay("320500", 202001, 202002, StayDeemed), stay("320500", 202003, 202004, StayActual)},
			0,
		},
		{
			"our deemed month counts against theirs, though theirs is actual",
			[]Stay{stay("320500", 202001, 202002, StayActual)},
			[]Stay{stay("310100", 202001, 202001, StayDeemed)},
			[]Stay{stay("320500", 202002, 202002, StayActual)},
			1,
		},
		{
			"overlapping counts a month once, though two stays name it",
			[]Stay{stay("320500", 202001, 202002, StayActual), stay("440100", 202002, 202003, StayBackpaid)},
			[]Stay{stay("310100", 202002, 202002, StayActual)},
			[]Stay{stay("320500", 202001, 202001, StayActual), stay("440100", 202003, 202003, StayBackpaid)},
			1,
		},
	} {
		got, overlapping := CreditMonths(v.form, v.own)
		if d := cmp.Diff(v.want, got); d != "" || overlapping != v.overlapping {
			t.Errorf("%s: overlapping %d, want %d; %s", v.name, overlapping, v.overlapping, d)
		}
	}
}

// A→B→C: C gets A's stays through B's form, each month once, also where C
// had stays of its own in between.
func TestThreePlaces(t *testing.T) {
	a := []Stay{stay("440100", 201001, 201412, StayActual), stay("440100", 200901, 200912, StayDeemed)}
	ownB := []Stay{stay("320500", 201412, 201912, StayActual)}
	toB, lapping := CreditMonths(a, ownB)
	if m := CountMonths(toB); lapping != 1 || m.Actual != 59 || m.Deemed != 12 {
		t.Fatalf("A to B: %+v, overlapping %d", m, lapping)
	}
	formB := append(slices.Clone(ownB), toB...)
	ownC := []Stay{stay("310100", 201201, 201202, StayActual), stay("310100", 202001, 202003, StayActual)}
	toC, lapping := CreditMonths(formB, ownC)
	m, form := CountMonths(toC), CountMonths(formB)
	if lapping != 2 || m.Total()+lapping != form.Total() || form.Total() != 60+12+60 {
		t.Errorf("B to C: %+v of %+v, overlapping %d", m, form, lapping)
	}
	atC := CountMonths(append(slices.Clone(ownC), toC...))
	if atC.First != 200901 || atC.Last != 202003 || atC.Gap != 0 || atC.Total() != 12*11+3 {
		t.Errorf("at C: %+v", atC)
	}
	areas := map[string]bool{}
	for _, s := range toC {
		areas[s.Area] = true
	}
	if !areas["440100"] || !areas["320500"] || areas["310100"] {
		t.Errorf("the stays keep the places where they were earned: %v", areas)
	}
}

func TestAddedStays(t *testing.T) {
	before := []Stay{stay("320500", 202001, 202006, StayActual)}
	for _, v := range []struct {
		name  string
		now   []Stay
		added []Stay
		kept  bool
	}{
		{"the same", []Stay{stay("320500", 202001, 202006, StayActual)}, nil, true},
		{"the same, in two rows", []Stay{stay("320500", 202004, 202006, StayActual), stay("320500", 202001, 202003, StayActual)}, nil, true},
		{"longer", []Stay{stay("320500", 202001, 202008, StayActual)}, []Stay{stay("320500", 202007, 202008, StayActual)}, true},
		{"one more", append(slices.Clone(before), stay("320500", 201912, 201912, StayBackpaid)), []Stay{stay("320500", 201912, 201912, StayBackpaid)}, true},
		{"shorter", []Stay{stay("320500", 202002, 202006, StayActual)}, nil, false},
		{"of another kind", []Stay{stay("320500", 202001, 202006, StayBackpaid)}, nil, false},
		{"earned elsewhere", []Stay{stay("320600", 202001, 202006, StayActual)}, nil, false},
		{"one month moved", []Stay{stay("320500", 202002, 202007, StayActual)}, []Stay{stay("320500", 202007, 202007, StayActual)}, false},
		{"a deemed month beside is none", append(slices.Clone(before), stay("320500", 202003, 202003, StayDeemed)), nil, true},
		{"all gone", nil, nil, false},
	} {
		added, kept := AddedStays(before, v.now)
		if d := cmp.Diff(v.added, added); d != "" || kept != v.kept {
			t.Errorf("%s: kept %v, want %v; %s", v.name, kept, v.kept, d)
		}
	}
}

func staysDrawn(t *rapid.T, label string) []Stay {
	kinds := []string{StayActual, StayBackpaid, StayDeemed}
	gen := rapid.Custom(func(t *rapid.T) Stay {
		from := calendar.Month(201801).Add(rapid.IntRange(0, 40).Draw(t, "from"))
		return Stay{
			Area: rapid.SampledFrom([]string{"320500", "310100", "440100"}).Draw(t, "area"), Scheme: rapid.SampledFrom([]string{"310", "390"}).Draw(t, "scheme"),
			From: from, To: from.Add(rapid.IntRange(0, 20).Draw(t, "length")), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
		}
	})
	return rapid.SliceOfN(gen, 0, 6).Draw(t, label)
}

// naive counts months one by one, in the plainest way.
func naive(stays []Stay) map[calendar.Month]string {
	kinds := map[calendar.Month]string{}
	for _, kind := range []string{StayDeemed, StayBackpaid, StayActual} { // the last wins
		for _, s := range stays {
			for m := s.From; m <= s.To; m = m.Add(1) {
				if s.Kind == kind {
					kinds[m] = kind
				}
			}
		}
	}
	return kinds
}

func TestMonthsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form, own := staysDrawn(t, "form"), staysDrawn(t, "own")
		count, kinds := CountMonths(form), naive(form)
		byKind := map[string]int{}
		for _, k := range kinds {
			byKind[k]++
		}
		if count.Actual != byKind[StayActual] || count.Backpaid != byKind[StayBackpaid] || count.Deemed != byKind[StayDeemed] {
			t.Fatalf("counted %+v, one by one %v", count, byKind)
		}
		if count.First != 0 && count.Total()+count.Gap != count.Last.Sub(count.First)+1 {
			t.Fatalf("%+v does not fill first to last", count)
		}
		credit, overlapping := CreditMonths(form, own)
		if got := CountMonths(credit).Total() + overlapping; got != count.Total() {
			t.Fatalf("months on the form %d, credited and overlapping %d", count.Total(), got)
		}
		sum := 0
		ours := naive(own)
		for i, s := range credit {
			sum += s.Months()
			if i > 0 && credit[i-1].To >= s.From {
				t.Fatalf("%v and %v lap or are out of order", credit[i-1], s)
			}
			for m := s.From; m <= s.To; m = m.Add(1) {
				if ours[m] != "" || kinds[m] != s.Kind {
					t.Fatalf("%s credited as %s: ours %q, on the form %q", m, s.Kind, ours[m], kinds[m])
				}
			}
		}
		if sum != CountMonths(credit).Total() {
			t.Fatalf("a month is credited twice: %v", credit)
		}
		// Credited once, a form credits nothing more.
		if again, all := CreditMonths(form, append(slices.Clone(own), credit...)); len(again) != 0 || all != count.Total() {
			t.Fatalf("credited again: %v, overlapping %d of %d", again, all, count.Total())
		}
	})
}

// The order of stays in a file decides nothing.
func TestOrderOfStaysDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form, own := staysDrawn(t, "form"), staysDrawn(t, "own")
		shuffled := rapid.Permutation(form).Draw(t, "shuffled")
		if CountMonths(form) != CountMonths(shuffled) {
			t.Fatal("counted differently")
		}
		a, _ := CreditMonths(form, own)
		b, _ := CreditMonths(shuffled, own)
		if d := cmp.Diff(a, b); d != "" {
			t.Fatal(d)
		}
		if added, kept := AddedStays(form, shuffled); !kept || len(added) != 0 {
			t.Fatalf("shuffled, but added %v, kept %v", added, kept)
		}
	})
}

// What was added to what was there makes what is there now, if it was kept.
func TestAddedStaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, more := staysDrawn(t, "before"), staysDrawn(t, "more")
		now := append(slices.Clone(before), more...)
		added, kept := AddedStays(before, now)
		if !kept {
			return // a better kind, or an earlier place, took a month
		}
		if a, b := CountMonths(append(slices.Clone(before), added...)), CountMonths(now); a != b {
			t.Fatalf("%+v, want %+v (%s)", a, b, fmt.Sprint(added))
		}
	})
}
