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

// lies is what lies in an account.
func (o *testOffice) liesIn(title ledger.Title) (sum money.Fen) {
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
	keys := staff(o)
	p := leaver(them, 0)
	l, f := arrived(o, p, "posting")
	o.pays(l, p, f.Amount)
	agree(o, l.LetterNo, true)
	o.slow = false
	o.answer(anyOf(take[formats.Posting](o, core, formats.KindPosting)))
	for range 4 {
		o.pass()
	}
	c := o.caseBy(exchange.In, p)
	if c.State != exchange.Void {
		t.Fatalf("case stands at %s/%s/%s %s", c.State, c.FormTrack, c.MoneyTrack, c.Wish)
	}
	if _, err := o.decides(keys, "zhao.lei", exchange.ActRefund, c.No); !errors.Is(err, exchange.ErrDecision) {
		t.Errorf("a clerk pays back: %v", err)
	}
	o.decided(keys, "li.na", exchange.ActRefund, c.LetterNo)
	o.decided(keys, "li.na", exchange.ActRefund, c.LetterNo) // once more: the same decision
	o.pass()
	if len(o.orders) != 1 || o.orders[0].EndToEndID != l.LetterNo+"-R1-1" || o.orders[0].Amount != f.Amount ||
		o.orders[0].Creditor.Number != receiving(them).No {
		t.Fatalf("paid back %+v", o.orders)
	}
	m := only[formats.Advice](o, them, formats.KindAdvice)
	if m.Purpose != code.PurposeRefund || m.PaymentRef != l.LetterNo+"-R1-1" || m.Amount != f.Amount || m.FormNo != f.FormNo || m.Reason == "" {
		t.Errorf("advice %+v", *m)
	}
	if n := len(o.open()); n != 1 {
		t.Errorf("open: %q", o.open())
	}
	paid := o.orders[0]
	o.settle()
	o.pass()
	o.quiet()
	if o.liesIn(ledger.InRefunded) != f.Amount || o.liesIn(ledger.InUnmatched) != 0 {
		t.Errorf("refunded %s, unmatched %s", o.liesIn(ledger.InRefunded), o.liesIn(ledger.InUnmatched))
	}
	// The refund comes back: it is with us again, and paid again by decision only.
	o.booked(returnOf(paid))
	o.night()
	if o.liesIn(ledger.InRefunded) != 0 || len(o.orders) != 0 || len(o.open()) != 1 {
		t.Errorf("refunded %s, paid %+v, open: %q", o.liesIn(ledger.InRefunded), o.orders, o.open())
	}
	o.decided(keys, "wang.min", exchange.ActPayAgain, c.No)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].EndToEndID != l.LetterNo+"-R1-2" {
		t.Fatalf("paid back %+v", o.orders)
	}
	o.settle()
	o.pass()
	o.quiet()
}

// TestRefundByTwoOfficers: a refund leaves by two signatures like any payment,
// and not by that of the officer who decided it.
func TestRefundByTwoOfficers(t *testing.T) {
	o := newOffice(t, by2021)
	w, l, z := wang(t), li(t), zhao(t)
	o.dual(w, l, z)
	keys := map[string]*seal.Key{w.Name: w.key, l.Name: l.key, z.Name: z.key}
	p := leaver(them, 0)
	letter, f := arrived(o, p, "posting")
	o.pays(letter, p, f.Amount)
	agree(o, letter.LetterNo, true)
	o.slow = false
	o.answer(anyOf(take[formats.Posting](o, core, formats.KindPosting)))
	for range 4 {
		o.pass()
	}
	o.decided(keys, l.Name, exchange.ActRefund, letter.LetterNo)
	o.pass()
	file := o.waiting()
	content := o.paper(w, file.Name)
	if len(o.orders) != 0 || len(content) == 0 {
		t.Fatalf("sent %+v, and %d bytes lie with the officers", o.orders, len(content))
	}
	o.signs(w, file.Name, content)
	o.signs(l, file.Name, content)
	o.pass()
	if why := string(o.paper(l, file.Name+"."+l.Name+".sig.txt")); len(o.orders) != 0 || !strings.Contains(why, "决定") {
		t.Fatalf("sent %+v; the officer who decided is told %q", o.orders, why)
	}
	o.signs(z, file.Name, content)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].EndToEndID != letter.LetterNo+"-R1-1" {
		t.Fatalf("sent %+v", o.orders)
	}
	o.settle()
	o.pass()
	o.quiet()
	if o.liesIn(ledger.InRefunded) != f.Amount {
		t.Errorf("refunded %s", o.liesIn(ledger.InRefunded))
	}
}

// TestRefundDebitedByItsText: a bank that works by lists gives the remark of a
// debit and no reference; it names the letter of the case that is paid back.
func TestRefundDebitedByItsText(t *testing.T) {
	o := newOffice(t, by2021)
	keys := staff(o)
	p := leaver(them, 0)
	l, f := arrived(o, p, "posting")
	o.pays(l, p, f.Amount)
	agree(o, l.LetterNo, true)
	o.slow = false
	o.answer(anyOf(take[formats.Posting](o, core, formats.KindPosting)))
	for range 4 {
		o.pass()
	}
	o.decided(keys, "li.na", exchange.ActRefund, l.LetterNo)
	o.pass()
	e := debitOf(o.orders[0])
	e.MsgID, e.EndToEndID = "", ""
	o.booked(e)
	o.pass()
	o.quiet()
	if o.liesIn(ledger.InRefunded) != f.Amount {
		t.Errorf("refunded %s of %s", o.liesIn(ledger.InRefunded), f.Amount)
	}
}

func TestRefundOfTooMuch(t *testing.T) {
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
			keys := staff(o)
			p := leaver(them, 0)
			l := o.applied(p)
			f := o.form(p, l)
			o.put(them, formats.KindForm, f)
			o.pass()
			if c.before == "completed" {
				o.pays(l, p, f.Amount)
				o.pass()
				o.pass()
				o.stands(exchange.In, p, "completed/posted/posted")
				o.pays(l, p, c.extra)
			} else {
				o.pays(l, p, f.Amount+c.extra)
			}
			o.pass()
			x := o.caseBy(exchange.In, p)
			if x.Hold != code.HoldAmountDiffers {
				t.Fatalf("case stands at %s %s", x.State, x.Hold)
			}
			o.decided(keys, "li.na", exchange.ActRefund, x.No)
			if o.caseBy(exchange.In, p).State == exchange.Held {
				o.decided(keys, "li.na", exchange.ActSettleAmount, x.No)
			}
			for range 3 {
				o.pass()
			}
			back := c.extra
			if back < 0 {
				back += f.Amount
			}
			if len(o.orders) != 1 || o.orders[0].Amount != back {
				t.Errorf("paid back %+v, want %s", o.orders, back)
			}
			o.settle()
			o.pass()
			o.stands(exchange.In, p, c.want)
			o.quiet()
			if o.liesIn(ledger.InRefunded) != back {
				t.Errorf("refunded %s", o.liesIn(ledger.InRefunded))
			}
		})
	}
}

func TestRefundOfMoneyForNobody(t *testing.T) {
	o := newOffice(t)
	keys := staff(o)
	known := comes("C1", 5000, "张三 转移款", "")
	stranger := known
	stranger.Ref, stranger.Counterparty = "C2", iso20022.Account{Name: "某公司", Number: "6222020200112233"}
	o.booked(known, stranger)
	o.pass()
	own := receiving(us).No
	o.decided(keys, "li.na", exchange.ActRefund, own+"|C1")
	if _, err := o.decides(keys, "li.na", exchange.ActRefund, own+"|C2"); !errors.Is(err, exchange.ErrDecision) || !strings.Contains(err.Error(), "confirm-account") {
		t.Errorf("to an account that nobody has registered: %v", err)
	}
	o.decided(keys, "li.na", exchange.ActConfirmAccount, own+"|C2", "account=6222020200112233", "cnaps=102100099996", "holder=某公司", "bank=工商银行")
	o.decided(keys, "li.na", exchange.ActRefund, own+"|C2")
	o.pass()
	if len(o.orders) != 2 || o.orders[0].Creditor.Number != receiving(them).No || o.orders[1].Creditor.CNAPS != "102100099996" {
		t.Fatalf("paid back %+v", o.orders)
	}
	if n := len(take[formats.Advice](o, them, formats.KindAdvice)); n != 0 {
		t.Errorf("%d advices about no letter", n)
	}
	o.settle()
	o.pass()
	o.quiet()
	if o.liesIn(ledger.InRefunded) != 10000 || o.liesIn(ledger.InUnmatched) != 0 {
		t.Errorf("refunded %s, unmatched %s", o.liesIn(ledger.InRefunded), o.liesIn(ledger.InUnmatched))
	}
}

// refundComes is money of ours that the new place sends back.
func refundComes(ref, letter string, p samples.Person, amount money.Fen, endToEnd string) iso20022.Entry {
	return comes(ref, amount, letter+" "+p.IDNo+" "+p.Name, endToEnd)
}

func TestTheNewPlaceSendsMoneyBack(t *testing.T) {
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
			keys := staff(o)
			p := leaver(us, 0)
			f := o.paid(p, 1)
			if c.confirmed {
				o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260303))
				o.pass()
				o.stands(exchange.Out, p, "confirmed/sent/settled")
			}
			ref := c.endToEnd
			if ref != "" {
				ref = f.LetterNo + ref
			}
			o.put(them, formats.KindAdvice, &formats.Advice{
				PaymentRef: f.LetterNo + "-R1-1", Purpose: code.PurposeRefund, LetterNo: f.LetterNo, FormNo: f.FormNo, PersonID: p.IDNo, Name: p.Name,
				Amount: f.Amount - c.less, ValueDate: 20260303, Reason: "本人未在此地参保",
			})
			o.booked(refundComes("C7", f.LetterNo, p, f.Amount-c.less, ref))
			o.pass()
			o.stands(exchange.Out, p, c.want)
			if n := len(o.open()); n != c.open {
				t.Errorf("open: %q", o.open())
			}
			if c.open > 0 {
				return
			}
			if h := o.caseBy(exchange.Out, p).HoldText; !strings.Contains(h, "退") {
				t.Errorf("held for %q", h)
			}
			if o.liesIn(ledger.OutReturned) != f.Amount || o.liesIn(ledger.OutCredited)+o.liesIn(ledger.OutSettled) != 0 {
				t.Errorf("returned %s", o.liesIn(ledger.OutReturned))
			}
			o.decided(keys, "li.na", exchange.ActPayAgain, o.caseBy(exchange.Out, p).No)
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
			return refundComes("C7", f.LetterNo, p, f.Amount, f.LetterNo+"-R1-1")
		},
		"returned by the bank": func(_ *testOffice, f *formats.Form, _ samples.Person) iso20022.Entry {
			return returnOf(order{Transfer: transfer(f.LetterNo+"-1-1", f.Amount)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			f := o.paid(p, 1)
			take[formats.Posting](o, core, formats.KindPosting)
			agree(o, f.LetterNo, false)
			o.pass()
			o.stands(exchange.Out, p, "answered/sent/settled")
			if n := len(take[formats.Posting](o, core, formats.KindPosting)); n != 0 {
				t.Errorf("%d postings were undone before the money was back", n)
			}
			o.booked(back(o, f, p))
			for range 4 {
				o.pass()
			}
			c := o.caseBy(exchange.Out, p)
			if c.State != exchange.Void {
				t.Fatalf("case stands at %s/%s/%s %s", c.State, c.FormTrack, c.MoneyTrack, c.Wish)
			}
			o.voided()
			o.quiet()
		})
	}
}
