package jobs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/samples"
)

func TestCreditIsMatchedByItsText(t *testing.T) {
	for name, c := range map[string]struct {
		text func(*formats.Letter, samples.Person) string
		e2e  func(*formats.Letter) string
		want string
	}{
		"letter number": {text: func(l *formats.Letter, _ samples.Person) string { return "医保 " + l.LetterNo }, want: "completed/posted/posted"},
		"id and amount": {text: func(_ *formats.Letter, p samples.Person) string { return "转移 " + p.IDNo }, want: "completed/posted/posted"},
		"EndToEndId": {
			text: func(*formats.Letter, samples.Person) string { return "个账转移" }, e2e: func(l *formats.Letter) string { return l.LetterNo + "-1-1" },
			want: "completed/posted/posted",
		},
		"name and amount only": {text: func(_ *formats.Letter, p samples.Person) string { return p.Name }, want: "answered/checked/none"},
		"nothing":              {text: func(*formats.Letter, samples.Person) string { return "" }, want: "answered/checked/none"},
		"another's id": {
			text: func(l *formats.Letter, _ samples.Person) string { return l.LetterNo + " " + leaver(them, 5).IDNo }, want: "held/checked/none amount-differs",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(them, 0)
			l := o.sendLetter(p)
			o.put(them, formats.KindForm, o.form(p, l))
			o.pass()
			e2e := ""
			if c.e2e != nil {
				e2e = c.e2e(l)
			}
			o.leaveNotification(creditEntry("C1", p.Total(), c.text(l, p), e2e))
			o.pass()
			o.pass()
			o.requireState(exchange.In, p, c.want)
			o.nextNight()
			o.requireState(exchange.In, p, c.want)
		})
	}
}

// TestOrderOfMatching gives credits every combination of what they can be
// matched by, each pointing to a case of its own, and expects SPEC 4's order:
// letter number; ID and exact amount; lump sum by its advice; EndToEndId.
func TestOrderOfMatching(t *testing.T) {
	o := newOffice(t)
	type combination struct{ letter, id, exact, lump, endToEnd bool }
	var all []combination
	for i := range 32 {
		all = append(all, combination{i&1 > 0, i&2 > 0, i&4 > 0, i&8 > 0, i&16 > 0})
	}
	const each = 4 // cases a credit can point to: by letter, person, advice, EndToEndId
	people := make([]samples.Person, len(all)*each)
	forms := make([]*formats.Form, len(people))
	var insured, applications, answers []any
	for i := range people {
		people[i] = leaver(them, i)
		insured, applications = append(insured, o.newcomer(people[i])), append(applications, o.application(people[i]))
	}
	o.put(core, formats.KindRegistry, insured...)
	o.put(portal, formats.KindApplication, applications...)
	o.pass()
	letters := map[string]*formats.Letter{}
	for _, l := range take[formats.Letter](o, them, formats.KindLetter) {
		letters[l.Person.IDNo] = l
	}
	for i, p := range people {
		forms[i] = o.form(p, letters[p.IDNo])
		answers = append(answers, forms[i])
	}
	o.put(them, formats.KindForm, answers...)
	o.pass()
	want := map[string]int{} // by key of the entry: the person whose case it belongs to, or -1
	var credits []iso20022.Entry
	var advices []any
	for i, c := range all {
		first := i * each
		amount := forms[first+1].Amount
		if !c.exact {
			amount += money.Fen(100000 + i)
		}
		var words []string
		e := creditEntry(fmt.Sprintf("K%d", i), amount, "", "")
		if c.letter {
			words = append(words, letters[people[first].IDNo].LetterNo)
		}
		if c.id {
			words = append(words, people[first+1].IDNo)
		}
		if c.lump {
			ref := fmt.Sprintf("L%s%s20260302%04d", them, us, i+1)
			words = append(words, ref)
			f := forms[first+2]
			advices = append(advices, &formats.Advice{
				PaymentRef: ref, Purpose: code.PurposeTransfer, LetterNo: f.LetterNo, FormNo: f.FormNo, PersonID: people[first+2].IDNo, Name: people[first+2].Name,
				Amount: amount, ValueDate: 20260302,
			})
		}
		if c.endToEnd {
			e.EndToEndID = letters[people[first+3].IDNo].LetterNo + "-1-1"
		}
		e.Text = strings.Join(words, " ")
		credits = append(credits, e)
		switch {
		case c.letter && c.id: // another person's: a difference
			want[e.Ref] = -1
		case c.letter:
			want[e.Ref] = first
		case c.id && c.exact:
			want[e.Ref] = first + 1
		case c.lump:
			want[e.Ref] = first + 2
		case c.endToEnd:
			want[e.Ref] = first + 3
		default:
			want[e.Ref] = -1
		}
	}
	o.put(them, formats.KindAdvice, advices...)
	o.leaveNotification(credits...)
	o.pass()
	o.pass()
	received := map[string]money.Fen{}
	for i, p := range people {
		o.view(func(tx *store.Tx) error {
			parts, err := tx.RemittancesByCase(o.caseBy(exchange.In, p).No)
			for _, r := range parts {
				received[fmt.Sprint(i)] += r.Received
			}
			return err
		})
	}
	for i, c := range all {
		e := credits[i]
		for j := range each {
			n := i*each + j
			var expect money.Fen
			if want[e.Ref] == n {
				expect = e.Amount
			}
			if received[fmt.Sprint(n)] != expect {
				t.Errorf("%+v: case %d of the credit got %s, want %s", c, j, received[fmt.Sprint(n)], expect)
			}
		}
	}
	o.unproved = true // what was paid too much has no form
}

func TestCreditIsMatchedOnceFormOrAdviceComes(t *testing.T) {
	for _, by := range []string{"form", "advice"} {
		t.Run(by, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(them, 0)
			l := o.sendLetter(p)
			f := o.form(p, l)
			ref := "L" + them + us + "202603020001"
			if by == "form" {
				o.leaveNotification(creditEntry("K1", f.Amount, p.IDNo, ""))
			} else {
				o.put(them, formats.KindForm, f)
				o.leaveNotification(creditEntry("K1", f.Amount, "集中划转 "+ref, ""))
			}
			o.nights(3)
			if o.caseBy(exchange.In, p).MoneyTrack != exchange.MoneyNone {
				t.Fatal("matched by nothing")
			}
			if by == "form" {
				o.put(them, formats.KindForm, f)
			} else {
				o.put(them, formats.KindAdvice, &formats.Advice{
					PaymentRef: ref, Purpose: code.PurposeTransfer, LetterNo: l.LetterNo, FormNo: f.FormNo, PersonID: p.IDNo, Name: p.Name, Amount: f.Amount, ValueDate: 20260302,
				})
			}
			o.passUntil(exchange.In, p, "completed/posted/posted")
			o.requireNoDifferences()
		})
	}
}

func TestNameAndAmountAreOnlyProposed(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	f := o.form(p, l)
	o.put(them, formats.KindForm, f)
	o.pass()
	o.leaveNotification(creditEntry("K1", f.Amount, "转移接续 "+p.Name, ""))
	o.pass()
	o.requireState(exchange.In, p, "answered/checked/none")
	if open := o.openDifferences(); len(open) != 1 || !strings.HasPrefix(open[0], "proposal ") || !strings.Contains(open[0], o.caseBy(exchange.In, p).No) {
		t.Errorf("open: %q", open)
	}
	if got := o.pressing(exchange.TodoCredit); len(got) != 1 { // at once: an officer can match it
		t.Errorf("needs a person: %+v", got)
	}
	o.nextNight() // a proposal about a credit stays
	o.decide(keys, "li.na", exchange.ActMatch, "K1", "case="+l.LetterNo)
	o.passUntil(exchange.In, p, "completed/posted/posted")
	o.requireNoDifferences()
}

// An officer says which payment of ours an entry is about when nothing in it
// does: the debit of one, and the credit by which one came back.
func TestOfficerMatchesAPayment(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	people := payTwo(o)
	a, b := people[0], people[1]
	nameless := func(e iso20022.Entry, ref string) iso20022.Entry {
		e.Ref, e.MsgID, e.EndToEndID, e.Text, e.Counterparty = ref, "", "", "批量业务", iso20022.Account{}
		return e
	}
	wrong := func(why, ref string, p order) {
		t.Helper()
		action := exchange.ActMatchPayment
		if ref != "X1" {
			action = exchange.ActIsReturn
		}
		if _, err := o.tryDecide(keys, "wang.min", action, ref, "payment="+p.EndToEndID); !errors.Is(err, exchange.ErrDecision) {
			t.Errorf("%s: %v", why, err)
		}
	}
	o.leaveNotification(nameless(debitEntry(a.order), "X1"))
	o.pass()
	if got := o.todoNumbers("扣款待核对"); len(got) != 1 || exchange.BankNumber(got[0]) != "X1" {
		t.Errorf("to be done about debits: %q", got)
	}
	wrong("a payment of another sum", "X1", b.order)
	o.decide(keys, "li.na", exchange.ActMatchPayment, "X1", "payment="+a.order.EndToEndID)
	o.requireState(exchange.Out, a.Person, "answered/sent/settled")
	wrong("an entry that is tied", "X1", a.order)
	o.requireNoDifferences()

	o.leaveNotification(nameless(returnEntry(b.order), "X2"), nameless(returnEntry(a.order), "X3"))
	o.pass()
	if got := o.todoNumbers("到账待认领"); len(got) != 2 {
		t.Errorf("to be done about credits: %q", got)
	}
	wrong("a payment that is not out", "X2", b.order)
	o.decide(keys, "li.na", exchange.ActIsReturn, "X3", "payment="+a.order.EndToEndID)
	o.requireState(exchange.Out, a.Person, "answered/sent/returned")
	if lies := o.balanceOf(ledger.OutReturned); lies != a.order.Amount {
		t.Errorf("returned %s", lies)
	}
	if lies := o.balanceOf(ledger.InUnmatched); lies != b.order.Amount {
		t.Errorf("unmatched %s", lies)
	}
}

func TestUnmatchedMoneyIsNamed(t *testing.T) {
	o := newOffice(t)
	o.leaveNotification(creditEntry("C1", 12345, "", ""))
	o.pass()
	o.skipDays(20)
	o.pass()
	if got := o.pressing(exchange.TodoCredit); len(got) != 1 || got[0].Amount != 12345 {
		t.Errorf("needs a person: %+v", got)
	}
}

func TestSecondCreditAndCorrectedForm(t *testing.T) {
	for _, stage := range []string{"matched", "completed"} {
		t.Run(stage, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(them, 0)
			l := o.sendLetter(p)
			o.put(them, formats.KindForm, o.form(p, l))
			o.slow = stage == "matched"
			o.creditArrives(l, p, p.Total())
			o.pass()
			o.pass()
			o.creditArrives(l, p, 50)
			o.pass()
			c := o.caseBy(exchange.In, p)
			if c.Hold != code.HoldAmountDiffers {
				t.Fatalf("case stands at %s %s", c.State, c.Hold)
			}
			o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) { f.Version, f.Nature, f.Principal = 2, code.NatureCorrected, f.Principal+50 }))
			o.pass()
			if o.slow {
				o.slow = false
				o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
			}
			o.passUntil(exchange.In, p, "completed/posted/posted")
			o.requireNoDifferences()
		})
	}
}

func TestDifferenceNamesWhoOwesWhom(t *testing.T) {
	for name, c := range map[string]struct {
		by   money.Fen
		want string
	}{"too little": {-250, "they owe 2.50"}, "too much": {250, "we owe 2.50"}} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(them, 0)
			l := o.sendLetter(p)
			f := o.form(p, l)
			o.put(them, formats.KindForm, f)
			o.creditArrives(l, p, f.Amount+c.by)
			o.pass()
			if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], c.want) {
				t.Errorf("open: %q", open)
			}
			if c.by < 0 {
				o.creditArrives(l, p, -c.by)
				o.pass()
				o.requireNoDifferences()
			}
		})
	}
}
