package jobs_test

import (
	"errors"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/samples"
)

// balanceOf is what lies under a title of the ledger.
func (o *testOffice) balanceOf(title ledger.Title) (sum money.Fen) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		b, err := tx.Balances("")
		for a, amount := range b {
			if a.Title() == title {
				sum += amount
			}
		}
		return err
	})
	return sum
}

func TestRefundOfAnAnnulledCase(t *testing.T) {
	o := newOffice(t, by2021)
	keys := staffWithKeys(o)
	p := leaver(them, 0)
	l, f := bringTo(o, p, "posting")
	o.creditArrives(l, p, f.Amount)
	agreeToAnnul(o, l.LetterNo, true)
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	c := o.passUntil(exchange.In, p, "void")
	if _, err := o.tryDecide(keys, "zhao.lei", exchange.ActRefund, c.No); !errors.Is(err, exchange.ErrDecision) {
		t.Errorf("a clerk pays back: %v", err)
	}
	o.decide(keys, "li.na", exchange.ActRefund, c.LetterNo)
	o.decide(keys, "li.na", exchange.ActRefund, c.LetterNo) // once more: the same decision
	o.pass()
	if len(o.orders) != 1 || o.orders[0].EndToEndID != l.LetterNo+"-R1-1" || o.orders[0].Amount != f.Amount ||
		o.orders[0].Creditor.Number != receiving(them).No {
		t.Fatalf("paid back %+v", o.orders)
	}
	m := requireOne[formats.Advice](o, them, formats.KindAdvice)
	if m.Purpose != code.PurposeRefund || m.PaymentRef != l.LetterNo+"-R1-1" || m.Amount != f.Amount || m.FormNo != f.FormNo || m.Reason == "" {
		t.Errorf("advice %+v", *m)
	}
	if n := len(o.openDifferences()); n != 1 {
		t.Errorf("open: %q", o.openDifferences())
	}
	paid := o.orders[0]
	o.debitAll()
	o.pass()
	o.requireNoDifferences()
	if o.balanceOf(ledger.InRefunded) != f.Amount || o.balanceOf(ledger.InUnmatched) != 0 {
		t.Errorf("refunded %s, unmatched %s", o.balanceOf(ledger.InRefunded), o.balanceOf(ledger.InUnmatched))
	}
	// The refund comes back: it is with us again, and paid again by decision only.
	o.leaveNotification(returnEntry(paid))
	o.nextNight()
	if o.balanceOf(ledger.InRefunded) != 0 || len(o.orders) != 0 || len(o.openDifferences()) != 1 {
		t.Errorf("refunded %s, paid %+v, open: %q", o.balanceOf(ledger.InRefunded), o.orders, o.openDifferences())
	}
	o.decide(keys, "wang.min", exchange.ActPayAgain, c.No)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].EndToEndID != l.LetterNo+"-R1-2" {
		t.Fatalf("paid back %+v", o.orders)
	}
	o.debitAll()
	o.pass()
	o.requireNoDifferences()
}

// TestRefundByTwoOfficers: a refund leaves by two signatures like any payment,
// and not by that of the officer who decided it.
func TestRefundByTwoOfficers(t *testing.T) {
	o := newOffice(t, by2021)
	w, l, z := wang(t), li(t), zhao(t)
	o.setDualRelease(w, l, z)
	keys := map[string]*seal.Key{w.Name: w.key, l.Name: l.key, z.Name: z.key}
	p := leaver(them, 0)
	letter, f := bringTo(o, p, "posting")
	o.creditArrives(letter, p, f.Amount)
	agreeToAnnul(o, letter.LetterNo, true)
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	o.passUntil(exchange.In, p, "void")
	o.decide(keys, l.Name, exchange.ActRefund, letter.LetterNo)
	o.pass()
	file := o.waitingFile()
	content := o.officerFile(w, file.Name)
	if len(o.orders) != 0 || len(content) == 0 {
		t.Fatalf("sent %+v, and %d bytes lie with the officers", o.orders, len(content))
	}
	o.leaveSignature(w, file.Name, content)
	o.leaveSignature(l, file.Name, content)
	o.pass()
	if why := string(o.officerFile(l, file.Name+"."+l.Name+".sig.txt")); len(o.orders) != 0 || !strings.Contains(why, "决定") {
		t.Fatalf("sent %+v; the officer who decided is told %q", o.orders, why)
	}
	o.leaveSignature(z, file.Name, content)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].EndToEndID != letter.LetterNo+"-R1-1" {
		t.Fatalf("sent %+v", o.orders)
	}
	o.debitAll()
	o.pass()
	o.requireNoDifferences()
	if o.balanceOf(ledger.InRefunded) != f.Amount {
		t.Errorf("refunded %s", o.balanceOf(ledger.InRefunded))
	}
}

// TestRefundDebitedByItsText: a bank that works by lists gives the remark of a
// debit and no reference; it names the letter of the case that is paid back.
func TestRefundDebitedByItsText(t *testing.T) {
	o := newOffice(t, by2021)
	keys := staffWithKeys(o)
	p := leaver(them, 0)
	l, f := bringTo(o, p, "posting")
	o.creditArrives(l, p, f.Amount)
	agreeToAnnul(o, l.LetterNo, true)
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	o.passUntil(exchange.In, p, "void")
	o.decide(keys, "li.na", exchange.ActRefund, l.LetterNo)
	o.pass()
	e := debitEntry(o.orders[0])
	e.MsgID, e.EndToEndID = "", ""
	o.leaveNotification(e)
	o.pass()
	o.requireNoDifferences()
	if o.balanceOf(ledger.InRefunded) != f.Amount {
		t.Errorf("refunded %s of %s", o.balanceOf(ledger.InRefunded), f.Amount)
	}
}

func TestRefundOfMoneyThatDiffers(t *testing.T) {
	for name, c := range map[string]struct {
		before string // where the case stands before the excess comes
		extra  money.Fen
		want   string
	}{
		"before it is posted": {"answered", 4711, "completed/posted/posted"},
		"after completion":    {"completed", 4711, "completed/posted/posted"},
		"too little":          {"answered", -100, "answered/checked/none"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			keys := staffWithKeys(o)
			p := leaver(them, 0)
			l := o.sendLetter(p)
			f := o.form(p, l)
			o.put(them, formats.KindForm, f)
			o.pass()
			if c.before == "completed" {
				o.creditArrives(l, p, f.Amount)
				o.pass()
				o.pass()
				o.requireState(exchange.In, p, "completed/posted/posted")
				o.creditArrives(l, p, c.extra)
			} else {
				o.creditArrives(l, p, f.Amount+c.extra)
			}
			o.pass()
			x := o.caseBy(exchange.In, p)
			if x.Hold != code.HoldAmountDiffers {
				t.Fatalf("case stands at %s %s", x.State, x.Hold)
			}
			o.decide(keys, "li.na", exchange.ActRefund, x.No)
			if o.caseBy(exchange.In, p).State == exchange.Held {
				o.decide(keys, "li.na", exchange.ActSettleAmount, x.No)
			}
			o.passes(3)
			back := c.extra
			if back < 0 {
				back += f.Amount
			}
			if len(o.orders) != 1 || o.orders[0].Amount != back {
				t.Errorf("paid back %+v, want %s", o.orders, back)
			}
			o.debitAll()
			o.pass()
			o.requireState(exchange.In, p, c.want)
			o.requireNoDifferences()
			if o.balanceOf(ledger.InRefunded) != back {
				t.Errorf("refunded %s", o.balanceOf(ledger.InRefunded))
			}
		})
	}
}

func TestRefundOfUnmatchedMoney(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	known := creditEntry("C1", 5000, "张三 转移款", "")
	stranger := known
	stranger.Ref, stranger.Counterparty = "C2", iso20022.Account{Name: "某公司", Number: "6222020200112233"}
	o.leaveNotification(known, stranger)
	o.pass()
	o.decide(keys, "li.na", exchange.ActRefund, "C1")
	if _, err := o.tryDecide(keys, "li.na", exchange.ActRefund, "C2"); !errors.Is(err, exchange.ErrDecision) || !strings.Contains(err.Error(), "confirm-account") {
		t.Errorf("to an account that nobody has registered: %v", err)
	}
	o.decide(keys, "li.na", exchange.ActConfirmAccount, "C2", "account=6222020200112233", "cnaps=102100099996", "holder=某公司", "bank=工商银行")
	o.decide(keys, "li.na", exchange.ActRefund, "C2")
	o.pass()
	if len(o.orders) != 2 || o.orders[0].Creditor.Number != receiving(them).No || o.orders[1].Creditor.CNAPS != "102100099996" {
		t.Fatalf("paid back %+v", o.orders)
	}
	if n := len(take[formats.Advice](o, them, formats.KindAdvice)); n != 0 {
		t.Errorf("%d advices about no letter", n)
	}
	o.debitAll()
	o.pass()
	o.requireNoDifferences()
	if o.balanceOf(ledger.InRefunded) != 10000 || o.balanceOf(ledger.InUnmatched) != 0 {
		t.Errorf("refunded %s, unmatched %s", o.balanceOf(ledger.InRefunded), o.balanceOf(ledger.InUnmatched))
	}
}

// refundEntry is money of ours that the new place sends back.
func refundEntry(ref, letter string, p samples.Person, amount money.Fen, endToEnd string) iso20022.Entry {
	return creditEntry(ref, amount, letter+" "+p.IDNo+" "+p.Name, endToEnd)
}

func TestRefundFromTheNewPlace(t *testing.T) {
	for name, c := range map[string]struct {
		endToEnd  string
		confirmed bool
		less      money.Fen
		want      string
		open      int
	}{
		"by its reference":      {"-R1-1", false, 0, "held/sent/returned officers-decision", 0},
		"by the letter alone":   {"", false, 0, "held/sent/returned officers-decision", 0},
		"after it was credited": {"-R1-1", true, 0, "held/sent/returned officers-decision", 0},
		"another amount":        {"-R1-1", false, 1, "answered/sent/settled", 1},
		"of another part":       {"-R2-1", false, 0, "answered/sent/settled", 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			keys := staffWithKeys(o)
			p := leaver(us, 0)
			f := o.payLetter(p, 1)
			if c.confirmed {
				o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260303))
				o.pass()
				o.requireState(exchange.Out, p, "confirmed/sent/settled")
			}
			ref := c.endToEnd
			if ref != "" {
				ref = f.LetterNo + ref
			}
			o.put(them, formats.KindAdvice, &formats.Advice{
				PaymentRef: f.LetterNo + "-R1-1", Purpose: code.PurposeRefund, LetterNo: f.LetterNo, FormNo: f.FormNo, PersonID: p.IDNo, Name: p.Name,
				Amount: f.Amount - c.less, ValueDate: 20260303, Reason: "本人未在此地参保",
			})
			o.leaveNotification(refundEntry("C7", f.LetterNo, p, f.Amount-c.less, ref))
			o.pass()
			o.requireState(exchange.Out, p, c.want)
			if n := len(o.openDifferences()); n != c.open {
				t.Errorf("open: %q", o.openDifferences())
			}
			if c.open > 0 {
				return
			}
			if h := o.caseBy(exchange.Out, p).HoldText; !h.Is("partner-refunded") {
				t.Errorf("held for %q", h)
			}
			if o.balanceOf(ledger.OutReturned) != f.Amount || o.balanceOf(ledger.OutCredited)+o.balanceOf(ledger.OutSettled) != 0 {
				t.Errorf("returned %s", o.balanceOf(ledger.OutReturned))
			}
			o.decide(keys, "li.na", exchange.ActPayAgain, o.caseBy(exchange.Out, p).No)
			o.pass()
			if len(o.orders) != 1 || o.orders[0].EndToEndID != f.LetterNo+"-1-2" {
				t.Errorf("paid again: %+v", o.orders)
			}
		})
	}
}

func TestAnnulmentWaitsForTheMoney(t *testing.T) {
	for name, back := range map[string]func(o *testOffice, f *formats.Form, p samples.Person) iso20022.Entry{
		"refunded": func(_ *testOffice, f *formats.Form, p samples.Person) iso20022.Entry {
			return refundEntry("C7", f.LetterNo, p, f.Amount, f.LetterNo+"-R1-1")
		},
		"returned by the bank": func(_ *testOffice, f *formats.Form, _ samples.Person) iso20022.Entry {
			return returnEntry(order{Transfer: transfer(f.LetterNo+"-1-1", f.Amount)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			f := o.payLetter(p, 1)
			take[formats.Posting](o, core, formats.KindPosting)
			agreeToAnnul(o, f.LetterNo, false)
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/settled")
			if n := len(take[formats.Posting](o, core, formats.KindPosting)); n != 0 {
				t.Errorf("%d postings were undone before the money was back", n)
			}
			o.leaveNotification(back(o, f, p))
			o.passUntil(exchange.Out, p, "void")
			o.requireEmptyLedger()
			o.requireNoDifferences()
		})
	}
}
