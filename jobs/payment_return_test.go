package jobs_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/samples"
)

func TestReturnIsPaidAgainWhenConfirmed(t *testing.T) {
	for _, changed := range []bool{false, true} {
		t.Run(fmt.Sprintf("account changed %v", changed), func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			registerAccount(o, secondAccount(them))
			o.payLetter(p, 1)
			o.leaveNotification(returnEntry(order{Transfer: iso20022.Transfer{EndToEndID: letterNo(them, 1) + "-1-1", Amount: p.Total()}}))
			o.stateDay()
			o.nextNight()
			o.requireState(exchange.Out, p, "answered/sent/returned")
			z := requireOne[formats.Query](o, them, formats.KindQuery)
			if z.About != code.AboutAccount || z.Ours != receiving(them).No {
				t.Errorf("query %+v", *z)
			}
			account := receiving(them)
			answer := &formats.Query{QueryNo: "Z31010020260303000001", Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Text: "无误", AskedOn: 20260303, Echo: z.Echo}
			if changed {
				account = secondAccount(them)
				o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), withAccount(account)))
			}
			answer.Ours = account.No
			o.put(them, formats.KindQuery, answer)
			o.pass()
			if len(o.orders) != 1 || o.orders[0].EndToEndID != letterNo(them, 1)+"-1-2" || o.orders[0].Creditor.Number != account.No {
				t.Fatalf("ordered %+v", o.orders)
			}
			o.debitAll()
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/settled")
			ms := take[formats.Advice](o, them, formats.KindAdvice)
			if len(ms) != 2 || ms[1].PaymentRef != letterNo(them, 1)+"-1-2" {
				t.Errorf("%d advices", len(ms))
			}
			o.requireNoDifferences()
		})
	}
}

// TestReturnAfterCompletion: the bank returns what the new place says it has
// credited. The credit is taken back, an officer hears of the contradiction,
// and when it is paid again the completion stands as before.
func TestReturnAfterCompletion(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := leaver(us, 0)
	f := o.answerLetter(p, 1)
	paid := o.orders[0]
	o.debitAll()
	o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260303))
	o.pass()
	o.requireState(exchange.Out, p, "confirmed/sent/settled")
	o.leaveNotification(returnEntry(paid))
	o.pass()
	o.requireState(exchange.Out, p, "held/sent/returned officers-decision")
	if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], paid.EndToEndID) {
		t.Errorf("open: %q", open)
	}
	if back, credited := o.balanceOf(ledger.OutReturned), o.balanceOf(ledger.OutCredited); back != f.Amount || credited != 0 {
		t.Errorf("returned %s, credited %s", back, credited)
	}
	if o.confirmAccounts() != 1 {
		t.Error("the partner was not asked")
	}
	o.pass()
	if len(o.orders) != 0 {
		t.Fatalf("paid again before an officer has looked: %+v", o.orders)
	}
	o.decide(keys, "li.na", exchange.ActReleaseHold, o.caseBy(exchange.Out, p).No)
	o.stateDay()
	o.pass()
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "confirmed/sent/settled")
	if credited, settled := o.balanceOf(ledger.OutCredited), o.balanceOf(ledger.OutSettled); credited != f.Amount || settled != 0 {
		t.Errorf("credited %s, settled %s", credited, settled)
	}
}

func TestLumpSumReturned(t *testing.T) {
	o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.LumpSum = true }))
	people := []samples.Person{leaver(us, 0), leaver(us, 1), leaver(us, 2)}
	var records, letters []any
	for i, p := range people {
		records = append(records, o.insured(p))
		letters = append(letters, o.letter(them, i, p))
	}
	o.put(core, formats.KindRegistry, records...)
	o.put(them, formats.KindLetter, letters...)
	o.pass()
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Amount != people[0].Total()+people[1].Total()+people[2].Total() || !strings.Contains(o.orders[0].Text, "3人") {
		t.Fatalf("ordered %+v", o.orders)
	}
	lump := o.orders[0]
	if n := len(take[formats.Advice](o, them, formats.KindAdvice)); n != 3 {
		t.Errorf("%d advices", n)
	}
	o.debitAll()
	o.pass()
	o.leaveNotification(returnEntry(lump))
	o.stateDay()
	o.pass()
	for i, z := range take[formats.Query](o, them, formats.KindQuery) {
		o.put(them, formats.KindQuery, &formats.Query{
			QueryNo: fmt.Sprintf("Z3101002026030300000%d", i+1), Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: 20260303,
		})
	}
	o.pass()
	if len(o.orders) != 3 {
		t.Fatalf("%d transfers after the return of the lump sum", len(o.orders))
	}
	for _, x := range o.orders {
		if !strings.HasSuffix(x.EndToEndID, "-1-2") {
			t.Errorf("next attempt %s", x.EndToEndID)
		}
	}
	o.skipDays(1)
	o.debitAll()
	o.pass()
	for _, p := range people {
		o.requireState(exchange.Out, p, "answered/sent/settled")
	}
	o.requireNoDifferences()
}

// confirmAccounts answers every question about an account with the account
// asked about.
func (o *testOffice) confirmAccounts() int {
	o.tb.Helper()
	asked := take[formats.Query](o, them, formats.KindQuery)
	for _, z := range asked {
		o.messages++
		o.put(them, formats.KindQuery, &formats.Query{
			QueryNo: fmt.Sprintf("Z31010020260303%06d", o.messages), Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: 20260303,
		})
	}
	return len(asked)
}

// TestLumpSumReturnedTwice: every case of a returned lump sum is reopened, goes
// out alone from then on, and may come back again; attempts count the lump sum.
func TestLumpSumReturnedTwice(t *testing.T) {
	o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.LumpSum = true }))
	people := []samples.Person{leaver(us, 0), leaver(us, 1)}
	for i, p := range people {
		o.put(core, formats.KindRegistry, o.insured(p))
		o.put(them, formats.KindLetter, o.letter(them, i, p))
	}
	o.pass()
	o.pass()
	forms := take[formats.Form](o, them, formats.KindForm)
	lump := o.orders[0]
	o.debitAll()
	o.leaveNotification(returnEntry(lump))
	o.stateDay()
	o.pass()
	for _, p := range people {
		o.requireState(exchange.Out, p, "answered/sent/returned")
	}
	if n := o.confirmAccounts(); n != 2 {
		t.Errorf("%d accounts were asked about", n)
	}
	o.pass()
	alone := o.orders
	if len(alone) != 2 {
		t.Fatalf("%d transfers", len(alone))
	}
	o.skipDays(1)
	o.debitAll()
	twice := returnEntry(alone[0])
	twice.Ref = "R-2"
	o.leaveNotification(returnEntry(alone[0]), twice)
	o.stateDay()
	o.pass()
	back, stays := people[0], people[1]
	if !strings.Contains(alone[0].Text, back.IDNo) {
		back, stays = stays, back
	}
	o.requireState(exchange.Out, back, "answered/sent/returned")
	o.requireState(exchange.Out, stays, "answered/sent/settled")
	if open := o.openDifferences(); len(open) != 1 {
		t.Errorf("the second return of one payment is not named: %q", open)
	}
	o.confirmAccounts()
	o.pass()
	if len(o.orders) != 1 || !strings.HasSuffix(o.orders[0].EndToEndID, "-1-3") || o.orders[0].Amount != alone[0].Amount {
		t.Fatalf("ordered %+v", o.orders)
	}
	o.debitAll()
	for _, f := range forms {
		o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260303))
	}
	o.pass()
	for _, p := range people {
		o.requireState(exchange.Out, p, "confirmed/sent/settled")
	}
}

// TestPayeeChangesItsAccount: of a payment that has not left, that has left,
// and that came back.
func TestPayeeChangesItsAccount(t *testing.T) {
	o := newOffice(t)
	p, one, two := leaver(us, 0), leaver(us, 1), leaver(us, 2)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status = code.RegistryDeceased }))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	first, second := payeeOf(p, letterNo(them, 1), one, "1/2"), payeeOf(p, letterNo(them, 1), two, "1/2")
	o.put(core, formats.KindPayee, first, second)
	o.pass()
	o.pass()
	if len(o.orders) != 2 {
		t.Fatalf("ordered %+v", o.orders)
	}
	other := *first
	other.AccountNo = "000299999"
	late := o.put(core, formats.KindPayee, &other)
	o.pass()
	if v := o.verdicts(core, late); len(v) != 2 || !strings.HasSuffix(v[1], "refused not-allowed-in-state") {
		t.Errorf("the receipt says %q", v)
	}
	var mine order
	for _, x := range o.orders {
		if x.Creditor.Number == first.AccountNo {
			mine = x
		}
	}
	o.debitAll()
	o.leaveNotification(returnEntry(mine))
	o.stateDay()
	o.pass()
	o.put(core, formats.KindPayee, &other)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Creditor.Number != other.AccountNo || o.orders[0].Amount != mine.Amount {
		t.Fatalf("ordered %+v", o.orders)
	}
	o.skipDays(1)
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "declined/none/settled")
	o.requireNoDifferences()
}
