package jobs_test

import (
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
)

// TestReturnTakenBack: a bank that returns a payment by mistake takes the return back. The
// payment is paid as before, and nobody pays it again.
func TestReturnTakenBack(t *testing.T) {
	back := func(e iso20022.Entry) iso20022.Entry {
		e.Ref, e.Credit, e.Returned, e.Reversal, e.ReturnCode, e.ReturnReason = "X-"+e.Ref, false, false, true, "", ""
		return e
	}
	for name, c := range map[string]struct {
		completed bool
		credit    func(order, exchange.Form) iso20022.Entry
		after     string // the credit
		end       string
	}{
		"a return": {
			false, func(x order, _ exchange.Form) iso20022.Entry { return returnEntry(x) },
			"answered/sent/returned", "answered/sent/settled",
		},
		"a return after the completion": {
			true, func(x order, _ exchange.Form) iso20022.Entry { return returnEntry(x) },
			"held/sent/returned officers-decision", "confirmed/sent/settled",
		},
		"what looks like the partner's refund": {
			true, func(x order, f exchange.Form) iso20022.Entry {
				return creditEntry("M1", f.Amount, "误入账 "+x.Text, "")
			},
			"held/sent/returned officers-decision", "confirmed/sent/settled",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			f := o.answerLetter(p, 1)
			paid := o.orders[0]
			o.debitAll()
			if c.completed {
				o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260303))
			}
			o.pass()
			credit := c.credit(paid, exchange.Form{Amount: f.Amount})
			o.leaveNotification(credit)
			o.pass()
			o.requireState(exchange.Out, p, c.after)
			o.leaveNotification(back(credit))
			o.pass()
			o.requireState(exchange.Out, p, c.end)
			if returned, credited := o.balanceOf(ledger.OutReturned), o.balanceOf(ledger.OutCredited); returned != 0 || c.completed != (credited == f.Amount) {
				t.Errorf("returned %s, credited %s", returned, credited)
			}
			if o.confirmAccounts(); len(o.orders) != 0 {
				t.Errorf("ordered %v", o.orders)
			}
			o.stateDay()
			o.nextNight()
			o.requireState(exchange.Out, p, c.end)
			if len(o.orders) > 0 {
				t.Errorf("paid again: %v", o.orders)
			}
			o.requireNoDifferences()
		})
	}
}

// TestReturnTakenBackTooLate: what was paid again meanwhile is two payments; nothing more
// is paid before somebody has looked.
func TestReturnTakenBackTooLate(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.payLetter(p, 1)
	x := order{Transfer: iso20022.Transfer{EndToEndID: letterNo(them, 1) + "-1-1", Amount: p.Total()}}
	o.leaveNotification(returnEntry(x))
	o.stateDay()
	o.nextNight()
	o.confirmAccounts()
	o.pass()
	if len(o.orders) != 1 {
		t.Fatalf("ordered %v", o.orders)
	}
	e := returnEntry(x)
	e.Ref, e.Credit, e.Returned, e.Reversal, e.ReturnCode, e.ReturnReason = "X1", false, false, true, "", ""
	o.leaveNotification(e)
	o.pass()
	if c := o.caseBy(exchange.Out, p); c.State != exchange.Held || c.Hold != code.HoldAmountDiffers {
		t.Errorf("the case stands at %s, %s", c.State, c.Hold)
	}
}

// TestReversalNumberedAsAnother: numbers begin anew each day, so that the words of a reversal
// say which of two credits it takes back; where it has none of either, its number does.
func TestReversalNumberedAsAnother(t *testing.T) {
	for text, want := range map[string]string{"乙方来款": "4", "冲正": "3"} {
		t.Run(text, func(t *testing.T) {
			o := newOffice(t)
			o.unproved = true
			o.leaveNotification(creditEntry("3", 700, "甲方来款", ""), creditEntry("4", 700, "乙方来款", ""))
			o.pass()
			e := creditEntry("3", 700, text, "")
			e.Credit, e.Reversal = false, true
			o.leaveNotification(e)
			o.pass()
			for _, ref := range []string{"3", "4"} {
				var all []exchange.BankEntry
				o.view(func(tx *store.Tx) (err error) {
					all, err = tx.BankEntriesBooked(receiving(us).No, firstDay, firstDay)
					return err
				})
				for _, x := range all {
					if x.Credit && x.Ref == ref && (x.State == exchange.EntryReversed) != (ref == want) {
						t.Errorf("%s is %s", ref, x.State)
					}
				}
			}
		})
	}
}

// takenBack is the reversal of a credit.
func takenBack(e iso20022.Entry) iso20022.Entry {
	e.Ref, e.Credit, e.Returned, e.Reversal, e.ReturnCode, e.ReturnReason = "X-"+e.Ref, false, false, true, "", ""
	return e
}

// TestReversalBeforeItsCredit: whatever the credit looks like, a return, a refund or a remittance to us,
// neither was ever there when its reversal is told first.
func TestReversalBeforeItsCredit(t *testing.T) {
	for name, credit := range map[string]func(order, *formats.Form) iso20022.Entry{
		"a return": func(x order, _ *formats.Form) iso20022.Entry { return returnEntry(x) },
		"a refund": func(x order, f *formats.Form) iso20022.Entry {
			return creditEntry("M1", f.Amount, "误入账 "+x.Text, "")
		},
		"nobody's": func(_ order, f *formats.Form) iso20022.Entry { return creditEntry("M1", f.Amount, "误入账", "") },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			f := o.answerLetter(p, 1)
			paid := o.orders[0]
			o.debitAll()
			o.pass()
			e := credit(paid, f)
			o.leaveNotification(takenBack(e))
			o.pass()
			o.leaveNotification(e)
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/settled")
			o.requireNoDifferences()
		})
	}
}

// TestReturnBesideAMistake: the bank credits by mistake, which looks like the partner's refund, returns
// the payment as well, and takes the mistake back: the money is back once, and is paid again once.
func TestReturnBesideAMistake(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := leaver(us, 0)
	f := o.answerLetter(p, 1)
	paid := o.orders[0]
	o.debitAll()
	o.pass()
	wrong := creditEntry("M1", f.Amount, "误入账 "+paid.Text, "")
	o.leaveNotification(wrong)
	o.pass()
	o.leaveNotification(returnEntry(paid))
	o.pass()
	o.leaveNotification(takenBack(wrong))
	o.pass()
	if got := o.caseBy(exchange.Out, p).MoneyTrack; got != exchange.MoneyReturned || o.balanceOf(ledger.OutReturned) != f.Amount {
		t.Errorf("the money is %s, %s returned", got, o.balanceOf(ledger.OutReturned))
	}
	o.stateDay()
	o.nextNight()
	o.decide(keys, "li.na", exchange.ActPayAgain, o.caseBy(exchange.Out, p).No)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].EndToEndID != letterNo(them, 1)+"-1-2" {
		t.Errorf("ordered %v", o.orders)
	}
}
