package demo

import (
	"path/filepath"
	"testing"
	"time"

	"carryover/samples/demo/outside"

	"carryover/exchange/drop"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/samples"
)

// peopled is a world with books and people, but nobody to exchange with.
func peopled(t *testing.T, seed int64, plain int) *world {
	t.Helper()
	w := newWorld(t.TempDir(), time.UTC, nil)
	t.Cleanup(func() { w.close() })
	for _, area := range []string{suzhou, shanghai, hangzhou, chengdu, shenzhen} {
		file, err := w.openBooks(area)
		if err != nil {
			t.Fatal(err)
		}
		b := outside.NewBooks(area, file)
		if area == suzhou || area == shanghai {
			w.cores[area] = outside.NewCore(b, nil)
			continue
		}
		w.partners[area] = outside.NewPartner(samples.PlaceOf(area), outside.NewMailbox(area, suzhou, nil), b, nil)
	}
	c := newCast(w, seed)
	c.exceptions()
	c.plain(plain)
	return w
}

func TestEveryExceptionHasSomebody(t *testing.T) {
	w := peopled(t, 7, 1)
	have := map[string]int{}
	for _, p := range w.people {
		have[p.exception]++
		if len(p.want) == 0 || len(p.script) == 0 || (p.exception != "" && p.proof == nil) {
			t.Errorf("%s %q: nothing to do, to reach or to prove", p.Name, p.exception)
		}
	}
	for _, name := range exceptionNames() {
		if have[name] != 1 {
			t.Errorf("%q: %d persons", name, have[name])
		}
	}
}

// Registries and applications must be in order for any seed: what a demo
// sends wrongly it sends wrongly on purpose.
func TestPeopleAreInOrder(t *testing.T) {
	for seed := range int64(5) {
		w := peopled(t, seed, 300)
		if len(w.byID) != len(w.people) {
			t.Errorf("seed %d: %d people share an ID number", seed, len(w.people)-len(w.byID))
		}
		for area, c := range w.cores {
			for _, r := range c.Books.Extract(true, firstDay) {
				valid(t, formats.KindRegistry, r, area)
			}
		}
		for _, p := range w.people {
			a := p.application
			a.ApplicationNo, a.Version, a.AppliedOn = "A1", 1, firstDay
			valid(t, formats.KindApplication, &a, p.exception)
		}
	}
}

func valid(t *testing.T, kind string, rec any, who string) {
	t.Helper()
	var rows batch.Rows
	if err := batch.Find(formats.Kinds(), kind).Append(&rows, rec); err != nil {
		t.Errorf("%s: %v", who, err)
	}
}

func TestTheSameSeedMakesTheSamePeople(t *testing.T) {
	a, b := peopled(t, 3, 50), peopled(t, 3, 50)
	for i := range a.people {
		if p, q := a.people[i], b.people[i]; p.IDNo != q.IDNo || p.Name != q.Name || p.hereNo != q.hereNo || p.Principal != q.Principal {
			t.Fatalf("%d: %s and %s", i, p.Name, q.Name)
		}
	}
	if c := peopled(t, 4, 50); c.people[0].IDNo == a.people[0].IDNo {
		t.Error("another seed makes the same people")
	}
}

func TestOtherEndFitsADrop(t *testing.T) {
	root := filepath.Join(t.TempDir(), "d")
	if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
		t.Fatal(err)
	}
	if err := outside.MakeOtherEnd(root); err != nil {
		t.Fatal(err)
	}
	d, err := outside.LocalDrop(root)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
