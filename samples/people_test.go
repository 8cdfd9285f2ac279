package samples

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"carryover/exchange/calendar"
	"carryover/exchange/identity"
	"carryover/formats"
	"carryover/formats/batch"
)

func TestPeopleAreValidAndDistinct(t *testing.T) {
	const n = 30_000
	p := NewPopulation(11, OldPlace, calendar.Date(20260302))
	ids, numbers := make(map[string]bool, n), make(map[string]bool, n)
	rare, dotted, documents := 0, 0, map[string]int{}
	for i := range n {
		who := p.At(i)
		if err := identity.CheckID(string(who.IDType), who.IDNo); err != nil {
			t.Fatalf("%s %s: %v", who.IDType, who.IDNo, err)
		}
		facts := identity.Read(string(who.IDType), who.IDNo)
		if !facts.AgreesBirth(int(who.Birth)) || !facts.AgreesSex(string(who.IDType), who.Sex[0]) {
			t.Fatalf("%s is not of %s, %s", who.IDNo, who.Birth, who.Sex)
		}
		if ids[who.IDNo] || numbers[who.PersonalNo] {
			t.Fatalf("%s or %s stands twice", who.IDNo, who.PersonalNo)
		}
		ids[who.IDNo], numbers[who.PersonalNo] = true, true
		documents[string(who.IDType)]++
		if strings.Contains(who.Name, "·") {
			dotted++
		}
		if strings.ContainsFunc(who.Name, func(r rune) bool { return r > 0xFFFF || (r >= 0x3400 && r < 0x4E00) }) {
			rare++
		}
		if err := batch.CanEncode(batch.GB18030, []byte(who.Name)); err != nil || utf8.RuneCountInString(who.Name) < 2 {
			t.Fatalf("name %q: %v", who.Name, err)
		}
		checkStays(t, who)
	}
	if rare == 0 || dotted == 0 || len(documents) != 3 {
		t.Errorf("%d rare names, %d dotted ones, documents %v", rare, dotted, documents)
	}
}

// checkStays: in order, no month twice, the last where the person left.
func checkStays(t *testing.T, who Person) {
	t.Helper()
	var end calendar.Month
	for _, s := range who.Stays {
		if s.From <= end || s.To < s.From {
			t.Fatalf("person %d: %+v", who.Index, who.Stays)
		}
		end = s.To
	}
	last := who.Stays[len(who.Stays)-1]
	if last.Area != OldPlace || who.StoppedOn.Month() != last.To || who.Principal < 0 || who.Interest < 0 {
		t.Fatalf("person %d: %+v", who.Index, who)
	}
}

// TestPeopleFollowFromSeedAndIndex: in any order, the same person.
func TestPeopleFollowFromSeedAndIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, i := rapid.Int64().Draw(t, "seed"), rapid.IntRange(0, 5_000_000).Draw(t, "index")
		one := NewPopulation(seed, OldPlace, calendar.Date(20260302))
		one.At(rapid.IntRange(0, 100).Draw(t, "another"))
		a, b := one.At(i), NewPopulation(seed, OldPlace, calendar.Date(20260302)).At(i)
		if a.IDNo != b.IDNo || a.Name != b.Name || a.Principal != b.Principal {
			t.Errorf("%+v\n%+v", a, b)
		}
	})
}

// TestEveryKindAsWorkbook: the same batch in the other carrier.
func TestEveryKindAsWorkbook(t *testing.T) {
	for _, k := range formats.Kinds() {
		var book, again bytes.Buffer
		for _, to := range []*bytes.Buffer{&book, &again} {
			if err := Generate(to, k.Name, 6, 2, Options{Carrier: batch.Workbook}); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(book.Bytes(), again.Bytes()) {
			t.Errorf("%s: another workbook the second time", k.Name)
		}
		var csv bytes.Buffer
		if err := Generate(&csv, k.Name, 6, 2, Options{}); err != nil {
			t.Fatal(err)
		}
		a, b := judge(t, &book, batch.Options{}), judge(t, &csv, batch.Options{})
		if a.Identity != b.Identity || a.Records != 6 {
			t.Errorf("%s: the workbook holds another batch", k.Name)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	var out bytes.Buffer
	for name, err := range map[string]error{
		"kind":     Generate(&out, "letter", 1, 1, Options{}),
		"records":  Generate(&out, formats.KindLetter, -1, 1, Options{}),
		"sender":   Generate(&out, formats.KindLetter, 1, 1, Options{Sender: "310100c"}),
		"sequence": Generate(&out, formats.KindLetter, 1, 1, Options{Sequence: batch.MaxSequence + 1}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
