package jobs_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
)

func TestFullAndDeltaExtracts(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	put := func(extent string, records ...any) {
		o.sequence[core+formats.KindRegistry]++
		o.putAs(core, formats.KindRegistry, o.sequence[core+formats.KindRegistry], extent, records...)
		o.pass()
	}
	put("full", o.insured(p), o.insured(q))
	o.skipDays(1)
	put("", o.insured(p)) // delta: q stays
	o.put(them, formats.KindLetter, o.letter(them, 1, q))
	o.pass()
	o.requireState(exchange.Out, q, "accepted/none/not_due")
	o.skipDays(1)
	put("full", o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 2, p))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due awaiting-registry")
}

func TestOlderExtractChangesNothing(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.putAs(core, formats.KindRegistry, 2, "", o.insured(p))
	o.pass()
	old := o.insured(p, func(r *formats.RegistryRecord) { r.Status, r.StoppedOn, r.AsOf = code.RegistryActive, 0, 20260201 })
	o.putAs(core, formats.KindRegistry, 1, "", old)
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.requireState(exchange.Out, p, "accepted/none/not_due")
}

func TestNotFoundIsProposed(t *testing.T) {
	for _, n := range []int{1, 25} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			o := newOffice(t)
			var letters []any
			for i := range n {
				letters = append(letters, o.letter(them, i, leaver(us, i+1)))
			}
			o.put(them, formats.KindLetter, letters...)
			o.pass()
			o.skipDays(10)
			o.putAs(core, formats.KindRegistry, 1, "full", o.insured(leaver(us, 0)))
			o.pass()
			open := o.openDifferences()
			if len(open) != 1 || n == 1 && !strings.Contains(open[0], letterNo(them, 0)) || n > 1 && !strings.Contains(open[0], "registry") {
				t.Errorf("proposed %q", open)
			}
			o.requireState(exchange.Out, leaver(us, 1), "held/none/not_due awaiting-registry")
			if n > 1 {
				if got := o.pressing(exchange.TodoDifference); len(got) != 1 || !got[0].Decides(exchange.ActAcceptDifference) {
					t.Errorf("needs a person: %+v", got)
				}
				return
			}
			// The person turns up after all.
			o.sequence[core+formats.KindRegistry] = 1
			o.put(core, formats.KindRegistry, o.insured(leaver(us, 1)))
			o.pass()
			o.pass()
			o.requireState(exchange.Out, leaver(us, 1), "answered/sent/submitted")
			o.requireNoDifferences()
		})
	}
}

func TestCorePostsWhileTheFullExtractForgetsThePerson(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.skipDays(1)
	o.sequence[core+formats.KindRegistry]++
	o.putAs(core, formats.KindRegistry, o.sequence[core+formats.KindRegistry], "full", o.insured(leaver(us, 1)))
	o.pass()
	f := requireOne[formats.Form](o, them, formats.KindForm)
	if f.Amount != p.Total() {
		t.Errorf("form over %s", f.Amount)
	}
	// And now the person is not in the registry for others.
	o.put(others, formats.KindLetter, o.letter(others, 5, p))
	o.pass()
	for _, c := range o.casesBy(exchange.Out, p) {
		if c.Partner == others && c.State != exchange.Held && c.State != exchange.Declined {
			t.Errorf("the second letter stands at %s", c.State)
		}
	}
}

func TestPersonMatchesOldIDAndOtherMiddleDot(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	p.Name = "阿卜杜·买买提"
	o.put(core, formats.KindRegistry, o.insured(p))
	l := o.letter(them, 1, p)
	l.Person.Name = "阿卜杜•买买提"
	if strings.HasPrefix(p.IDNo[6:], "19") {
		l.Person.IDNo = p.IDNo[:6] + p.IDNo[8:17]
	}
	o.put(them, formats.KindLetter, l)
	o.pass()
	o.pass()
	requireOne[formats.Form](o, them, formats.KindForm)
}

func TestManyRecordsGoOverSeveralTransactions(t *testing.T) {
	o := newOffice(t)
	const n = 1203
	var records []any
	for i := range n {
		p := leaver(us, 0)
		p.PersonalNo = fmt.Sprintf("%s%09d", us, i)
		records = append(records, o.insured(p))
	}
	file := o.put(core, formats.KindRegistry, records...)
	o.pass()
	if v := o.verdicts(core, file); len(v) != n+1 {
		t.Errorf("%d verdicts", len(v)-1)
	}
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: core})
		if len(files) != 1 || files[0].Accepted != n {
			t.Errorf("%+v", files)
		}
		return err
	})
}
