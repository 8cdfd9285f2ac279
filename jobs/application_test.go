package jobs_test

import (
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
)

func TestApplicationIsAudited(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*formats.Application)
		registry func(*formats.RegistryRecord)
		env      func(*jobs.Env)
		want     string
		told     string
	}{
		"no id":     {change: func(a *formats.Application) { a.Materials = "other" }, want: "returned/none/none", told: "returned"},
		"no proxy":  {change: func(a *formats.Application) { a.ProxyName, a.ProxyPhone = "代办人", "1" }, want: "returned/none/none", told: "returned"},
		"military":  {change: func(a *formats.Application) { a.Person.IDType, a.Person.IDNo = "02", "12345678" }, want: "refused/none/none", told: "refused"},
		"same area": {change: func(a *formats.Application) { a.FromAgency = "320506" }, want: "refused/none/none", told: "refused"},
		"retired": {
			registry: func(r *formats.RegistryRecord) { r.Status = code.RegistryRetired }, env: by2021, want: "refused/none/none", told: "refused",
		},
		"not here yet": {registry: func(r *formats.RegistryRecord) { r.Status, r.StoppedOn = code.RegistryStopped, 20260101 }, want: "held/none/none awaiting-registry"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			if c.env != nil {
				c.env(o.env)
			}
			p := leaver(them, 0)
			a := o.application(p)
			if c.change != nil {
				c.change(a)
			}
			change := []func(*formats.RegistryRecord){}
			if c.registry != nil {
				change = append(change, c.registry)
			}
			o.put(core, formats.KindRegistry, o.newcomer(p, change...))
			file := o.put(portal, formats.KindApplication, a)
			o.pass()
			o.requireReceipt(portal, file, "accepted", a.ApplicationNo+" accepted")
			q := p
			q.IDNo = a.Person.IDNo
			o.requireState(exchange.In, q, c.want)
			if got := takeMilestones(o, code.ToPerson); c.told != "" && (len(got) != 1 || got[0] != c.told) {
				t.Errorf("told %v", got)
			}
			if !strings.HasPrefix(c.want, "returned") {
				return
			}
			o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.Version, a.Materials = 2, "id;proxy" }))
			o.pass()
			o.requireState(exchange.In, p, "requested/none/none")
		})
	}
}

func TestRelayedApplication(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(us, 0)
	o.put(core, formats.KindRegistry, o.newcomer(p))
	// Lodged at the old place, relayed to us.
	o.put(them, formats.KindApplication, o.application(p, func(a *formats.Application) { a.LodgedAt = code.LodgedOld }))
	// Lodged with us, who are the old place: we relay it.
	name := o.put(portal, formats.KindApplication, o.application(q, func(a *formats.Application) {
		a.LodgedAt, a.FromAgency, a.ToAgency = code.LodgedOld, us, them
	}))
	// A partner relays what is not its own.
	wrong := o.put(others, formats.KindApplication, o.application(leaver(them, 1), func(a *formats.Application) { a.LodgedAt = code.LodgedOld }))
	o.pass()
	o.requireState(exchange.In, p, "requested/none/none")
	o.requireReceipt(portal, name, "accepted", "A-"+q.PersonalNo+" accepted")
	relayed := requireOne[formats.Application](o, them, formats.KindApplication)
	if relayed.ApplicationNo != "A-"+q.PersonalNo {
		t.Errorf("relayed %+v", *relayed)
	}
	if v := o.verdicts(others, wrong); len(v) != 2 || !strings.Contains(v[1], "refused wrong-agency") {
		t.Errorf("the receipt says %q", v)
	}
	// The new place does not take it: somebody has to know.
	o.leaveReceipt(o.latest(them, formats.KindApplication), "refused", "malformed")
	o.pass()
	if len(o.openDifferences()) == 0 {
		t.Error("nobody hears of the relayed application that was refused")
	}
}

func TestDeclinedAndAskedAgain(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	d := func(version int) *formats.Decline {
		return &formats.Decline{LetterNo: l.LetterNo, LetterVersion: version, Echo: l.Echo, Code: code.DeclineStillParticipating, Text: "未停保", DeclinedOn: 20260302}
	}
	o.put(them, formats.KindForm, d(1))
	o.pass()
	o.requireState(exchange.In, p, "declined/none/none")
	again := o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.Version = 2 }))
	o.pass()
	o.requireReceipt(portal, again, "accepted", "A-"+p.PersonalNo+" accepted")
	second := requireOne[formats.Letter](o, them, formats.KindLetter)
	if second.LetterNo != l.LetterNo || second.Version != 2 {
		t.Errorf("letter %s version %d", second.LetterNo, second.Version)
	}
	// A decline for the older version changes nothing, even if it comes under another text.
	old := d(1)
	old.Text = "另"
	name := o.put(them, formats.KindForm, old)
	o.pass()
	o.requireReceipt(them, name, "partly", l.LetterNo+" refused duplicate-earlier")
	o.requireState(exchange.In, p, "requested/none/none")
	o.put(them, formats.KindForm, o.form(p, second))
	o.pass()
	o.requireState(exchange.In, p, "answered/checked/none")
}

// TestApplicationNumbersPerSender: a number is its sender's own. Versions,
// cancellations and what is said again find the right one.
func TestApplicationNumbersPerSender(t *testing.T) {
	o := newOffice(t)
	p, q, r := leaver(them, 0), leaver(them, 1), leaver(them, 2)
	same := func(a *formats.Application) { a.ApplicationNo = "A-1" }
	short := func(a *formats.Application) { a.ApplicationNo, a.Materials = "A-1", "other" }
	relayed := func(a *formats.Application) { a.ApplicationNo, a.LodgedAt = "A-1", code.LodgedOld }
	o.put(core, formats.KindRegistry, o.newcomer(p), o.newcomer(q), o.newcomer(r))
	o.put(portal, formats.KindApplication, o.application(p, same))
	counter := o.put(core, formats.KindApplication, o.application(q, short))
	theirs := o.put(them, formats.KindApplication, o.application(r, relayed))
	o.pass()
	o.requireReceipt(core, counter, "accepted", "A-1 accepted")
	o.requireReceipt(them, theirs, "accepted", "A-1 accepted")
	o.requireState(exchange.In, p, "requested/none/none")
	o.requireState(exchange.In, q, "returned/none/none")
	o.requireState(exchange.In, r, "requested/none/none")

	// The same again is a duplicate, of each by itself.
	again := o.put(core, formats.KindApplication, o.application(q, short))
	o.pass()
	o.requireReceipt(core, again, "partly", "A-1 refused duplicate-earlier")

	// q mends it at the portal, where A-1 is p's.
	mended := o.put(portal, formats.KindApplication, o.application(q, same, func(a *formats.Application) { a.Version = 2 }))
	o.pass()
	o.requireReceipt(portal, mended, "accepted", "A-1 accepted")
	o.requireState(exchange.In, q, "requested/none/none")
	if c := o.caseBy(exchange.In, q); c.ApplicationVersion != 2 || c.ApplicationSender != core {
		t.Errorf("version %d of %s", c.ApplicationVersion, c.ApplicationSender)
	}

	// A third place mends nobody's application.
	wrong := o.put(others, formats.KindApplication, o.application(q, relayed, func(a *formats.Application) { a.Version = 3 }))
	o.pass()
	o.requireReceipt(others, wrong, "partly", "A-1 refused wrong-agency")

	// The portal cancels its own.
	o.put(portal, formats.KindCancellation, &formats.Cancellation{ApplicationNo: "A-1", Phase: code.PhaseCancel, Reason: "不转了", CancelledOn: 20260302})
	o.pass()
	if c := o.caseBy(exchange.In, p); c.Wish != exchange.WishCancel {
		t.Errorf("p wishes %q", c.Wish)
	}
	if c := o.caseBy(exchange.In, q); c.Wish != exchange.WishNone {
		t.Errorf("q wishes %q", c.Wish)
	}
}

// TestCancellationByAnotherSendersNumber: whoever applied at the counter
// cancels by the portal, unless the number leaves open which one.
func TestCancellationByAnotherSendersNumber(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(them, 1)
	number := func(no string) func(*formats.Application) {
		return func(a *formats.Application) { a.ApplicationNo, a.LodgedAt = no, code.LodgedOld }
	}
	cancelled := func(no string) string {
		return o.put(portal, formats.KindCancellation, &formats.Cancellation{ApplicationNo: no, Phase: code.PhaseCancel, Reason: "不转了", CancelledOn: 20260302})
	}
	o.put(core, formats.KindApplication, o.application(p, number("A-1")))
	o.pass()
	first := cancelled("A-1")
	o.pass()
	o.requireReceipt(portal, first, "accepted", "A-1 accepted")
	o.requireState(exchange.In, p, "cancelled/none/none")
	o.put(core, formats.KindApplication, o.application(p, number("A-2")))
	o.put(them, formats.KindApplication, o.application(q, number("A-2")))
	o.pass()
	second := cancelled("A-2")
	o.pass()
	o.requireReceipt(portal, second, "partly", "A-2 refused missing")
}

// TestRelayedNumbersOfTwoSenders: the new place sees us as the sender of what
// we relay, so that one number is relayed for one of our own senders only.
func TestRelayedNumbersOfTwoSenders(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	away := func(version int) func(*formats.Application) {
		return func(a *formats.Application) {
			a.ApplicationNo, a.Version, a.LodgedAt, a.FromAgency, a.ToAgency = "A-1", version, code.LodgedOld, us, them
		}
	}
	o.put(portal, formats.KindApplication, o.application(p, away(1)))
	o.pass()
	counter := o.put(core, formats.KindApplication, o.application(q, away(1)))
	second := o.put(portal, formats.KindApplication, o.application(p, away(2)))
	o.pass()
	o.requireReceipt(core, counter, "partly", "A-1 refused duplicate-earlier")
	o.requireReceipt(portal, second, "accepted", "A-1 accepted")
	if n := len(o.got[them+" "+formats.KindApplication]); n != 2 {
		t.Errorf("%d applications were relayed", n)
	}
	o.view(func(tx *store.Tx) error {
		found, err := o.env.Find(tx, "A-1")
		if len(found.Applications) != 1 || found.Applications[0].Version != 2 || found.Applications[0].To != them {
			t.Errorf("A-1 names %+v", found.Applications)
		}
		return err
	})
}

func TestSupplementForAnotherPersonIsRefused(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(them, 1)
	o.put(core, formats.KindRegistry, o.newcomer(p), o.newcomer(q))
	o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.Materials = "other" }))
	o.pass()
	a := o.application(q, func(a *formats.Application) { a.ApplicationNo, a.Version = "A-"+p.PersonalNo, 2 })
	name := o.put(portal, formats.KindApplication, a)
	o.pass()
	o.requireReceipt(portal, name, "partly", a.ApplicationNo+" refused person-differs")
}
