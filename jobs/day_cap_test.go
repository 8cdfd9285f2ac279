package jobs_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
	"carryover/samples"
)

// threeLeave is an office whose partner asks for three people in one night. caps sets the
// daily caps by what each of the three gets.
func threeLeave(t *testing.T, caps func(a *exchange.Agency, sums [3]money.Fen), change ...func(*jobs.Env)) (o *testOffice, people [3]samples.Person, keys map[string]*seal.Key) {
	t.Helper()
	o = newOffice(t, change...)
	people = [3]samples.Person{leaver(us, 0), leaver(us, 1), leaver(us, 2)}
	caps(&o.env.Agency, [3]money.Fen{people[0].Total(), people[1].Total(), people[2].Total()})
	keys = staffWithKeys(o)
	for i, p := range people {
		o.put(core, formats.KindRegistry, o.insured(p))
		o.put(them, formats.KindLetter, o.letter(them, i+1, p))
	}
	o.passes(2)
	return o, people, keys
}

// requirePaid compares whom the bank has been told to pay.
func (o *testOffice) requirePaid(want ...samples.Person) {
	o.tb.Helper()
	var sums, wanted []money.Fen
	for _, x := range o.orders {
		sums = append(sums, x.Amount)
	}
	for _, p := range want {
		wanted = append(wanted, p.Total())
	}
	slices.Sort(sums)
	slices.Sort(wanted)
	if !slices.Equal(sums, wanted) {
		o.tb.Errorf("ordered %v, want %v", sums, wanted)
	}
}

// TestPartnerDayCap: what is above the cap of a day waits as it stands, and is ordered on
// the next day by itself, within that day's cap.
func TestPartnerDayCap(t *testing.T) {
	for name, account := range map[string]bool{"partner": false, "new account": true} {
		t.Run(name, func(t *testing.T) {
			o, people, _ := threeLeave(t, func(a *exchange.Agency, sums [3]money.Fen) {
				a.PartnerDayCap = sums[0] + sums[1]
				if account {
					a.PartnerDayCap, a.NewAccountDayCap = 0, a.PartnerDayCap
				}
			})
			o.requirePaid(people[0], people[1])
			o.requireState(exchange.Out, people[2], "answered/sent/due")
			key := map[bool]string{false: them, true: receiving(them).No}[account]
			list := o.pressing(exchange.TodoDay)
			if len(list) != 1 || list[0].No != key+" 2026-03-02" || list[0].Owner != exchange.OwnerChecker || list[0].Due != 20260302 ||
				!strings.Contains(list[0].What, "已制单 "+(people[0].Total()+people[1].Total()).String()+"，另有 1 笔 "+people[2].Total().String()) {
				t.Fatalf("to be done: %+v", list)
			}
			no := o.caseBy(exchange.Out, people[2]).No
			o.requireJournaled(no, "waits_day_cap", "2026-03-02 付")
			o.passes(3)
			o.requirePaid(people[0], people[1])
			o.skipDays(1)
			o.pass()
			o.requirePaid(people[:]...)
			if list := o.todoOf(exchange.TodoDay); len(list) > 0 {
				t.Errorf("still to be done: %+v", list)
			}
		})
	}
}

// TestOldAccountHasNoDayCap: an account to which something was settled 30 days ago is new
// no more.
func TestOldAccountHasNoDayCap(t *testing.T) {
	o := newOffice(t)
	o.payLetter(leaver(us, 3), 9)
	o.skipDays(exchange.NewAccountDays - 1)
	o.env.Agency.NewAccountDayCap = 1
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	o.requireState(exchange.Out, p, "answered/sent/due")
	o.skipDays(1)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
}

// TestDayCapAllowed: a checker allows one day as far as the sum was seen. It is signed, by
// no one else, for no day that is over, and not for the next one.
func TestDayCapAllowed(t *testing.T) {
	o, people, keys := threeLeave(t, func(a *exchange.Agency, sums [3]money.Fen) { a.PartnerDayCap = sums[0] })
	first := people[0]
	o.requirePaid(first)
	for _, x := range []struct{ who, key, day, amount string }{
		{"li.na", them, "2026-03-02", ""},
		{"wang.min", them, "2026-03-01", ""},
		{"wang.min", them, "2026-03-02", "0.01"},
		{"wang.min", them, "2026-03-03", ""}, // nothing waits on that day
		{"wang.min", them, "yesterday", ""},
		{"wang.min", us, "2026-03-02", ""},
		{"wang.min", receiving(them).No, "2026-03-02", ""}, // there is no cap of new accounts
	} {
		_, err := o.tryDecide(keys, x.who, exchange.ActAllowCap, x.key, "day="+x.day, "amount="+x.amount)
		if !errors.Is(err, exchange.ErrDecision) && x.who == "wang.min" || err == nil {
			t.Errorf("%+v: %v", x, err)
		}
	}
	o.pass()
	o.requirePaid(first)
	p := o.decide(keys, "wang.min", exchange.ActAllowCap, them, "day=2026-03-02")
	sum := people[0].Total() + people[1].Total() + people[2].Total()
	if p.Args["amount"] != sum.String() || !strings.Contains(p.Text, "amount: "+sum.String()+"\n") || !strings.Contains(p.Text, "subject: "+them+" 2026-03-02\n") {
		t.Errorf("signed: %s", p.Text)
	}
	if again := o.decide(keys, "wang.min", exchange.ActAllowCap, them, "day=2026-03-02"); !again.Already {
		t.Errorf("the same once more is another decision: %s", again.Text)
	}
	o.pass()
	o.requirePaid(people[:]...)
	late := leaver(us, 3) // whom nobody has seen when the day was allowed
	o.put(core, formats.KindRegistry, o.insured(late))
	o.put(them, formats.KindLetter, o.letter(them, 4, late))
	o.passes(2)
	o.requireState(exchange.Out, late, "answered/sent/due")
	o.skipDays(1)
	o.pass()
	o.requirePaid(append(people[:], late)...)
}

// TestOneAboveTheDayCap: what is above the cap by itself is never ordered by itself.
func TestOneAboveTheDayCap(t *testing.T) {
	o, people, keys := threeLeave(t, func(a *exchange.Agency, sums [3]money.Fen) { a.PartnerDayCap = min(sums[0], sums[1], sums[2]) - 1 })
	o.nights(3)
	o.requirePaid()
	list := o.todoOf(exchange.TodoDay)
	if len(list) != 1 || !strings.Contains(list[0].What, "不放行不会付款") {
		t.Fatalf("to be done: %+v", list)
	}
	o.env.Date = calendar.DateOf(o.now)
	o.decide(keys, "wang.min", exchange.ActAllowCap, them, "day="+o.env.Date.String(), "amount="+people[0].Total().String())
	o.pass()
	o.requirePaid(people[0])
}

// TestDayCapOfLumpSums: a lump sum has what fits, one of its own what a decision allows.
func TestDayCapOfLumpSums(t *testing.T) {
	o, people, keys := threeLeave(t, func(a *exchange.Agency, sums [3]money.Fen) { a.PartnerDayCap = sums[0] + sums[1] },
		withPartner(them, func(p *exchange.Partner) { p.LumpSum = true }))
	within := people[0].Total() + people[1].Total()
	if len(o.orders) != 1 || o.orders[0].Amount != within {
		t.Fatalf("ordered %+v", o.orders)
	}
	o.decide(keys, "wang.min", exchange.ActAllowCap, them, "day=2026-03-02")
	o.pass()
	if len(o.orders) != 2 || o.orders[1].Amount != people[2].Total() {
		t.Fatalf("ordered %+v", o.orders)
	}
}

// TestDayCapCountsRefunds: a refund counts to the partner that gets it, and waits like the
// rest.
func TestDayCapCountsRefunds(t *testing.T) {
	p := leaver(them, 0)
	o := newOffice(t, by2021, func(e *jobs.Env) { e.Agency.PartnerDayCap = p.Total() - 1 })
	keys := staffWithKeys(o)
	l, f := bringTo(o, p, "posting")
	o.creditArrives(l, p, f.Amount)
	agreeToAnnul(o, l.LetterNo, true)
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	c := o.passUntil(exchange.In, p, "void")
	o.decide(keys, "li.na", exchange.ActRefund, c.No)
	o.nights(2)
	o.view(func(tx *store.Tx) error {
		made, err := tx.PaymentsByCase(c.No)
		if len(made) > 0 {
			t.Fatalf("paid back %+v", made)
		}
		return err
	})
	if list := o.todoOf(exchange.TodoDay); len(list) != 1 || list[0].Amount != f.Amount {
		t.Errorf("to be done: %+v", list)
	}
	o.env.Date = calendar.DateOf(o.now)
	o.decide(keys, "wang.min", exchange.ActAllowCap, them, "day="+o.env.Date.String())
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Amount != f.Amount {
		t.Errorf("paid back %+v", o.orders)
	}
	q := leaver(us, 1)
	o.answerLetter(q, 1)
	o.requireState(exchange.Out, q, "answered/sent/due") // the day has the refund
}

// TestWhoAllowsADayDoesNotSign: what passed by a decision alone goes into a file of its
// own, which the checker who took it cannot sign; taken back, it waits again.
func TestWhoAllowsADayDoesNotSign(t *testing.T) {
	o := newOffice(t)
	w, l, z := wang(t), li(t), zhao(t)
	second := newSigner(t, "sun.yu", "孙玉", exchange.RoleChecker)
	o.setDualRelease(w, l, z, second)
	o.pass()
	p, q := leaver(us, 0), leaver(us, 1)
	o.env.Agency.PartnerDayCap = max(p.Total(), q.Total())
	o.approveSettings(w, l)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.passes(2)
	keys := map[string]*seal.Key{w.Name: w.key}
	o.decide(keys, w.Name, exchange.ActAllowCap, them, "day=2026-03-02")
	o.passes(2)
	decided, rest := o.decidedFiles(w)
	if decided.Records != 1 || rest.Records != 1 {
		t.Fatalf("%d payments because of it, %d others", decided.Records, rest.Records)
	}
	o.requireListed(decided, l, "首次向上海市医疗保险基金管理中心付款，收款账户尚无付讫记录",
		"超过单日限额，由王敏（wang.min）放行：310100 2026-03-02，"+(p.Total()+q.Total()).String()+" 以内，理由：已核实")
	o.release(rest, w, l)
	o.requirePaid(p)
	o.release(decided, w)
	if a := string(o.officerFile(w, decided.Name+".wang.min.sig.txt")); !strings.Contains(a, "作过决定") {
		t.Errorf("answer: %s", a)
	}
	o.decide(keys, w.Name, exchange.ActTakeBack, them, "day=2026-03-02")
	o.pass()
	o.requireState(exchange.Out, q, "answered/sent/due")
	o.skipDays(1)
	o.pass()
	o.release(o.waitingFile(), second, l)
	o.requirePaid(p, q)
}

// TestDayCapLowered: what is above a cap of today is not uploaded although it was ordered.
func TestDayCapLowered(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	p, f, _ := o.preparePayment(w, l)
	o.env.Agency.PartnerDayCap = p.Total() - 1
	o.approveSettings(w, l)
	o.passes(2)
	o.requireState(exchange.Out, p, "answered/sent/due")
	if now := o.storedFile(f.ID); now.State != exchange.FileVoid || !strings.Contains(now.Text, "单日限额") {
		t.Errorf("the file is %s: %s", now.State, now.Text)
	}
	if list := o.todoOf(exchange.TodoDay); len(list) != 1 {
		t.Errorf("to be done: %+v", list)
	}
}

// TestVoidPaymentsDoNotCount: what was void is ordered again on the same day.
func TestVoidPaymentsDoNotCount(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	p := leaver(us, 0)
	o.env.Agency.PartnerDayCap = p.Total()
	_, f, _ := o.preparePayment(w, l)
	o.exchangeInSpool(f.Name)
	o.passes(2)
	next := o.waitingFile()
	if next.ID == f.ID || next.Total != p.Total() {
		t.Errorf("made anew: %+v", next)
	}
}

// TestDayCapByWorkbook: the same decision in the workbook; the row says day and amount.
func TestDayCapByWorkbook(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	o.env.Agency.PartnerDayCap = max(p.Total(), q.Total())
	_, _, checker := staffWithFolders(o)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	o.passAndReport()
	o.requirePaid(p)
	no := them + " 2026-03-02"
	form := o.openWorkbook(checker, o.workbookName("财务"))
	if offered := form.offeredDecisions(no); !slices.Equal(offered, []string{"单日超限放行"}) {
		t.Errorf("offered: %q", offered)
	}
	form.decide(no, "单日超限放行")
	if v := verdict(o.handIn(checker, o.workbookName("财务"), form.bytes(), checker), no); !strings.HasPrefix(v, "已接受") {
		t.Fatalf("answer %q", v)
	}
	o.requirePaid(p, q)
	if v := verdict(o.handIn(checker, o.workbookName("财务"), form.bytes(), checker), no); !strings.HasPrefix(v, "此前已") {
		t.Errorf("the same workbook again: %q", v)
	}
	o.view(func(tx *store.Tx) error {
		list, err := tx.DecisionsAbout(no, exchange.ActAllowCap)
		if len(list) != 1 || list[0].Args["amount"] != (p.Total()+q.Total()).String() || list[0].Signature == "" {
			t.Errorf("recorded: %+v", list)
		}
		return err
	})
}
