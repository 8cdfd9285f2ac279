package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/jobs/story"
	"carryover/samples"
)

// allButReport are the jobs of a pass without its workbooks.
var allButReport = []string{"pull", "process", "remit", "push"}

// dueOut is a person whose money is due, on the next morning.
func (o *testOffice) dueOut() samples.Person {
	o.tb.Helper()
	o.env.Agency.FundsClosed = []exchange.Span{{From: 20260302, To: 20260302}}
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	o.env.Agency.FundsClosed = nil
	o.requireState(exchange.Out, p, "answered/sent/due")
	o.skipDays(1)
	return p
}

// runOn makes a pass on a business date, by hand or for a window, whatever the clock says.
func (o *testOffice) runOn(day calendar.Date, window string) exchange.Run {
	o.tb.Helper()
	e := jobs.Env{Office: o.env.On(day)}
	run, err := e.Run(context.Background(), jobs.Pass{Steps: allButReport, Window: window, Dated: window == ""})
	if err != nil {
		o.tb.Fatal(err)
	}
	o.collect()
	return run
}

// beganRun records a run that was begun, and cut short.
func (o *testOffice) beganRun(r exchange.Run) {
	o.tb.Helper()
	r.Job, r.State = strings.Join(allButReport, "+"), exchange.RunRunning
	err := o.env.Store.Tx(context.Background(), func(tx *store.Tx) error {
		_, _, err := tx.StartRun(r)
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
}

// TestPastDatePaysNothing: a pass begun by hand for a day that is over does everything
// but pay, and says so once.
func TestPastDatePaysNothing(t *testing.T) {
	o := newOffice(t)
	p := o.dueOut()
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 1)))
	run := o.runOn(20260302, "")
	o.requireState(exchange.Out, p, "answered/sent/due")
	if !run.Backdated || len(run.Notes) != 1 || run.Notes[0] != office.ErrBackdated.Error() || run.Counts["pull files"]+run.Counts["process files"] == 0 {
		t.Errorf("run %+v", run)
	}
	if run = o.runOn(20260303, ""); run.Backdated || len(run.Notes) > 0 {
		t.Errorf("run of today %+v", run)
	}
	o.requireState(exchange.Out, p, "answered/sent/submitted")
}

// TestPastDateSendsNothing: nor does it send what was released before.
func TestPastDateSendsNothing(t *testing.T) {
	o := newOffice(t)
	p := o.dueOut()
	o.env.Date = 20260303
	if _, err := o.env.Remit(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.requireState(exchange.Out, p, "answered/sent/released")
	o.runOn(20260302, "")
	if o.requireState(exchange.Out, p, "answered/sent/released"); len(o.orders) > 0 {
		t.Errorf("the bank has %+v", o.orders)
	}
	o.runOn(20260303, "")
	o.requireState(exchange.Out, p, "answered/sent/submitted")
}

// TestPastDateReleasesNothing: signatures that come in are kept for the next pass, and so
// is their file, which could not have been paid on that day.
func TestPastDateReleasesNothing(t *testing.T) {
	o := newOffice(t, func(e *jobs.Env) { e.Agency.FundsClosed = []exchange.Span{{From: 20260302, To: 20260302}} })
	o.skipDays(1)
	w, l := wang(t), li(t)
	p, f, content := o.preparePayment(w, l)
	o.leaveSignature(w, f.Name, content)
	o.leaveSignature(l, f.Name, content)
	o.runOn(20260302, "")
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	if n := len(o.signaturesOn(f)); n != 2 {
		t.Errorf("%d signatures are kept", n)
	}
	o.runOn(20260303, "")
	o.requireState(exchange.Out, p, "answered/sent/submitted")
}

// TestMidnightPays: what was begun in time and taken up after midnight, by the schedule
// or by hand, is no pass for a past day; nor is what the schedule catches up.
func TestMidnightPays(t *testing.T) {
	for name, window := range map[string]string{"by hand": "m1", "scheduled": "22:00"} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := o.dueOut()
			o.beganRun(exchange.Run{Date: 20260302, Window: window, Started: o.now.Add(-11 * time.Hour)})
			run := o.runOn(20260302, window)
			if run.Backdated || run.Attempts != 2 {
				t.Errorf("run %+v", run)
			}
			o.requireState(exchange.Out, p, "answered/sent/submitted")
		})
	}
	o := newOffice(t)
	p := o.dueOut()
	o.runOn(20260302, "22:00")
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	today := jobs.Env{Office: o.env.On(20260302)} // opened before midnight, begun after it
	if run, err := today.Run(t.Context(), jobs.Pass{Steps: allButReport}); err != nil || run.Backdated {
		t.Errorf("run %+v, %v", run, err)
	}
}

// TestPastDateStaysPast: one for a past day that was cut short pays nothing when the
// schedule takes it up, either.
func TestPastDateStaysPast(t *testing.T) {
	o := newOffice(t)
	p := o.dueOut()
	o.beganRun(exchange.Run{Date: 20260302, Window: "m1", Started: o.now, Backdated: true, Notes: []string{office.ErrBackdated.Error()}})
	if run := o.runOn(20260302, "m1"); !run.Backdated || run.Attempts != 2 || len(run.Notes) != 1 {
		t.Errorf("run %+v", run)
	}
	o.requireState(exchange.Out, p, "answered/sent/due")
}

// TestJudgedByBothDays: funds that are closed, or an account that is not valid, on the
// business date or on the clock's day, let a payment wait.
func TestJudgedByBothDays(t *testing.T) {
	account := func(from, to calendar.Date) func(*testOffice) {
		return func(o *testOffice) {
			partner := o.env.Partners[them]
			a := receiving(them)
			a.ValidFrom, a.ValidTo = from, to
			partner.Accounts = []exchange.Account{a}
			o.env.Partners = map[string]exchange.Partner{them: partner}
		}
	}
	closed := func(on calendar.Date) func(*testOffice) {
		return func(o *testOffice) { o.env.Agency.FundsClosed = []exchange.Span{{From: on, To: on}} }
	}
	for name, c := range map[string]struct {
		change func(*testOffice)
		want   string
	}{
		"funds closed on the business date": {closed(20260302), "answered/sent/due"},
		"funds closed on the clock's day":   {closed(20260303), "answered/sent/due"},
		"funds closed on another day":       {closed(20260304), "answered/sent/submitted"},
		"account ended with yesterday":      {account(20200101, 20260302), "held/sent/due account-not-registered"},
		"account begins today":              {account(20260303, 0), "held/sent/due account-not-registered"},
		"our own account ended":             {func(o *testOffice) { o.env.Agency.Payer.ValidTo = 20260302 }, "answered/sent/due"},
		"account valid on both":             {account(20260302, 20260303), "answered/sent/submitted"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := o.dueOut()
			c.change(o)
			o.runOn(20260302, "22:00") // caught up in the morning after
			o.requireState(exchange.Out, p, c.want)
		})
	}
}

// TestRehearsal: the date that is given is the clock of everything.
func TestRehearsal(t *testing.T) {
	o := newOffice(t, func(e *jobs.Env) { e.Agency.Rehearsal = true })
	p := o.dueOut()
	for _, day := range []calendar.Date{20260302, 20260511} {
		then := o.env.On(day)
		at := then.Now().In(china)
		if calendar.DateOf(at) != day || at.Format("15:04") != o.now.Format("15:04") || then.On(day).Now() != then.Now() || len(then.Days()) != 1 {
			t.Errorf("on %s it is %s", day, at)
		}
	}
	if run := o.runOn(20260302, ""); run.Backdated || calendar.DateOf(run.Started.In(china)) != 20260302 {
		t.Errorf("run %+v", run)
	}
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	for _, x := range o.outgoing(exchange.FileSent) {
		if x.Kind == office.KindPayment && calendar.DateOf(x.SentAt.In(china)) != 20260302 {
			t.Errorf("%s was sent at %s", x.Name, x.SentAt)
		}
	}
}

// TestKeysOnBothDays: the signature of a key that is not valid yet on the business date,
// or no more by the clock, does not count.
func TestKeysOnBothDays(t *testing.T) {
	for name, c := range map[string]struct {
		span string
		want string
	}{
		"valid on both":       {`valid-after="20260302",valid-before="20260304"`, "answered/sent/submitted"},
		"begins today":        {`valid-after="20260303"`, "answered/sent/ordered"},
		"ended with the date": {`valid-before="20260303"`, "answered/sent/ordered"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			w, l := wang(t), li(t)
			principals, key, _ := strings.Cut(l.line, " ")
			l.line = principals + " " + c.span + " " + key
			p, f, content := o.preparePayment(w, zhao(t), l) // whose key may not be valid yet
			o.leaveSignature(w, f.Name, content)
			o.leaveSignature(l, f.Name, content)
			o.skipDays(1)
			o.runOn(20260302, "22:00")
			o.requireState(exchange.Out, p, c.want)
		})
	}
}

// TestTimesOfStates: the time beside a file's or payment's state is that state's.
func TestTimesOfStates(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	_, f, content := o.preparePayment(w, l)
	at := func() (file story.ListedFile, pay story.ListedPayment) {
		o.desk(func(d *office.Desk) error {
			files, err := story.ListFiles(d, story.Filter{Kind: office.KindPayment, All: true})
			if err != nil {
				return err
			}
			payments, err := story.ListPayments(d, story.Filter{All: true})
			if file, pay = files[0], payments[0]; len(files)+len(payments) != 2 || file.ID != f.ID {
				t.Errorf("%d files, %d payments", len(files), len(payments))
			}
			return err
		})
		return file, pay
	}
	require := func(state exchange.FileState, when time.Time, track exchange.MoneyTrack, since calendar.Date) {
		t.Helper()
		file, pay := at()
		if file.File.State != state || !file.StateAt.Equal(when) || pay.Track != track || pay.Since != since {
			t.Errorf("%s at %s, %s since %s; want %s at %s, %s since %s", file.File.State, file.StateAt, pay.Track, pay.Since, state, when, track, since)
		}
	}
	require(exchange.FilePrepared, f.At, exchange.MoneyOrdered, 20260302)
	o.skipDays(1)
	o.env.Date = 20260303
	o.leaveSignature(w, f.Name, content)
	o.leaveSignature(l, f.Name, content)
	released := o.now
	for _, step := range []func(context.Context) (office.Counts, error){o.env.Pull, o.env.Process, o.env.Remit} {
		if _, err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	require(exchange.FileQueued, released, exchange.MoneyReleased, 20260303)
	o.skipDays(1)
	o.env.Date = 20260304
	sent := o.now
	if _, err := o.env.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	require(exchange.FileSent, sent, exchange.MoneySubmitted, 20260304)
}

// TestTimesOfABatch: it is sent since it lies in the drop, which was out of reach when it
// was made, and receipted since the receipt came.
func TestTimesOfABatch(t *testing.T) {
	o := newOffice(t)
	require := func(state exchange.FileState, when time.Time) {
		t.Helper()
		o.desk(func(d *office.Desk) error {
			files, err := story.ListFiles(d, story.Filter{Kind: formats.KindForm, All: true})
			if len(files) != 1 || files[0].File.State != state || !files[0].StateAt.Equal(when) {
				t.Errorf("want %s at %s: %+v", state, when, files)
			}
			return err
		})
	}
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	var open func(context.Context) (drop.Drop, error)
	withParty(them, func(x *office.Party) {
		open, x.Open = x.Open, func(context.Context) (drop.Drop, error) { return nil, errors.New("no route") }
	})(o.env)
	made := o.now
	if o.tryPass() == nil {
		t.Fatal("the partner was to be out of reach")
	}
	require(exchange.FileQueued, made)
	withParty(them, func(x *office.Party) { x.Open = open })(o.env)
	o.skipDays(1)
	sent := o.now
	o.pass()
	require(exchange.FileSent, sent)
	o.skipDays(1)
	o.leaveReceipt(o.latest(them, formats.KindForm), "accepted", "")
	came := o.now
	o.pass()
	require(exchange.FileReceipted, came)
}

// desk looks at the store as a command does.
func (o *testOffice) desk(look func(d *office.Desk) error) {
	o.tb.Helper()
	if err := o.env.View(context.Background(), look); err != nil {
		o.tb.Fatal(err)
	}
}

// TestCreatedInTheAgencysZone: a payment file says when it was made by the agency's
// clock, wherever the machine stands.
func TestCreatedInTheAgencysZone(t *testing.T) {
	o := newOffice(t, func(e *jobs.Env) {
		at := e.Now
		e.Now = func() time.Time { return at().UTC() }
	})
	_, _, content := o.preparePayment(wang(t), li(t))
	if !strings.Contains(string(content), "<CreDtTm>2026-03-02T10:30:00+08:00</CreDtTm>") {
		t.Errorf("%.400s", content)
	}
}

// TestSignersSeeTheRehearsal: what officers sign by says first that nothing is meant.
func TestSignersSeeTheRehearsal(t *testing.T) {
	for _, rehearses := range []bool{true, false} {
		t.Run(fmt.Sprint(rehearses), func(t *testing.T) {
			o := newOffice(t, func(e *jobs.Env) { e.Agency.Rehearsal = rehearses })
			w := wang(t)
			_, f, _ := o.preparePayment(w, li(t))
			if list := string(o.officerFile(w, f.Name+".txt")); strings.HasPrefix(list, "\uFEFF【演练 / REHEARSAL】\r\n付款文件放行清单") != rehearses {
				t.Errorf("begins with %.80q", list)
			}
		})
	}
}
