package jobs_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/jobs/restore"
	"carryover/jobs/story"
)

// needy brings an office to where something of a kind needs a person.
type needy struct {
	change func(*jobs.Env) // nil: as it is
	make   func(o *testOffice)
	after  int    // in so many days it presses; 0: it does at once, or never does
	row    string // a decision that its row of a workbook offers; empty: it has none
}

// expecting has a party's files expected by a clock.
func expecting(party, kind, by string) func(*jobs.Env) {
	return withParty(party, func(p *office.Party) { p.Expected = []office.Expected{{Kind: kind, By: by}} })
}

// needyOffices has one of every kind of what needs a person.
func needyOffices() map[string]needy {
	all := needyMoney()
	for kind, n := range needyCases() {
		all[kind] = n
	}
	for kind, n := range needyFiles() {
		all[kind] = n
	}
	return all
}

func needyCases() map[string]needy {
	unregistered := func(o *testOffice) {
		o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
		o.put(them, formats.KindLetter, o.letter(them, 1, leaver(us, 0), withAccount(secondAccount(them))))
		o.pass()
	}
	return map[string]needy{
		exchange.TodoHeld:  {make: unregistered, row: "确认账户"},
		exchange.TodoLegal: {make: func(o *testOffice) { unregistered(o); o.skipDays(60) }, row: "确认账户"},
		exchange.TodoCase:  {make: func(o *testOffice) { bringLetterTo(o, leaver(us, 0), "returned") }, after: 9, row: "重新付款"},
		exchange.TodoOverdue: {make: func(o *testOffice) {
			bringLetterTo(o, leaver(us, 0), "accepted")
			o.skipDays(9)
		}},
		exchange.TodoQuery: {make: func(o *testOffice) {
			o.put(them, formats.KindQuery, &formats.Query{
				QueryNo: "Z31010020260302000001", About: code.AboutOther, Text: "何时办结", AskedOn: 20260302, DueOn: 20260309,
			})
			o.pass()
			o.skipDays(9)
		}},
	}
}

func needyMoney() map[string]needy {
	netting := func(more money.Fen) func(o *testOffice) {
		return func(o *testOffice) {
			f := o.answerLetter(leaver(us, 0), 1)
			o.skipDays(31)
			o.pass()
			o.put(them, formats.KindNetting, nettingLine(202603, code.In, f.LetterNo, f.FormNo, f.Amount+more))
			o.pass()
		}
	}
	netted := withPartner(them, settleNetted)
	return map[string]needy{
		exchange.TodoProof: {make: func(o *testOffice) {
			o.unproved = true
			err := o.env.Store.Tx(o.tb.Context(), func(tx *store.Tx) error { return tx.Book(unexplainedEntries(them, "")["liquidated"][0]) })
			if err != nil {
				o.tb.Fatal(err)
			}
		}},
		exchange.TodoSettings: {make: func(o *testOffice) {
			o.setDualRelease(wang(o.tb), li(o.tb))
			o.pass()
			o.env.Agency.PaymentCap = 1 << 40
			o.pass()
		}},
		exchange.TodoDay:     {change: func(e *jobs.Env) { e.Agency.PartnerDayCap = 1 }, make: func(o *testOffice) { o.answerLetter(leaver(us, 0), 1) }, row: "单日超限放行"},
		exchange.TodoClock:   {make: func(o *testOffice) { o.setMachine(20*time.Minute, bank, them); o.pass() }, row: "确认本机时钟无误"},
		exchange.TodoUnknown: {make: func(o *testOffice) { o.paymentOfUnknownFate() }, row: "认定已送达银行"},
		exchange.TodoBankDay: {make: func(o *testOffice) {
			o.leaveStatement(firstDay, 1000, creditEntry("X1", 900, "", ""))
			o.pass()
		}},
		exchange.TodoStatement: {make: func(o *testOffice) {
			o.leaveStatement(firstDay, 1000)
			o.pass()
			o.skipDays(2)
		}},
		exchange.TodoSign: {make: func(o *testOffice) { o.preparePayment(wang(o.tb), li(o.tb)) }, after: 4},
		exchange.TodoCredit: {make: func(o *testOffice) {
			o.leaveNotification(creditEntry("K1", 12_345, "no words", ""))
			o.pass()
		}, after: 15, row: "退款"},
		exchange.TodoDebit: {make: func(o *testOffice) {
			o.leaveNotification(debitEntry(order{Transfer: transfer("X-1-1", 900)}))
			o.pass()
		}, row: "对应本方付款"},
		exchange.TodoMonth:      {change: netted, make: netting(0), row: "轧差结算"},
		exchange.TodoDifference: {change: netted, make: netting(1), row: "核销差异"},
	}
}

func needyFiles() map[string]needy {
	return map[string]needy{
		exchange.TodoReview: {change: withReview(formats.KindLetter, exchange.ReviewOne), make: func(o *testOffice) {
			o.takeApplications(them, leaver(them, 0))
			o.passAndReport()
		}, after: 4, row: "批准发出"},
		exchange.TodoFile: {make: func(o *testOffice) {
			o.leaveFile(bank, "camt054_empty.xml", nil)
			o.passes(2)
		}, row: "解除隔离、重新处理"},
		exchange.TodoRejected: {make: func(o *testOffice) {
			name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
			o.leaveFile(them, name, bytes.Replace(content, []byte("echo-1"), []byte("echo-2"), 1))
			o.pass()
		}},
		exchange.TodoGap: {make: func(o *testOffice) {
			o.sequence[them+formats.KindLetter]++
			o.put(them, formats.KindLetter, o.letter(them, 1, leaver(us, 0)))
			o.pass()
		}},
		exchange.TodoAlone: {make: func(o *testOffice) {
			o.leaveFile(them, "contact-letter_310100_320500_20260302_000009.csv"+seal.Suffix, []byte("signed"))
			o.passes(2)
		}},
		exchange.TodoMissing:  {change: expecting(core, formats.KindRegistry, "09:00"), make: func(*testOffice) {}},
		exchange.TodoAwaited:  {change: expecting(core, formats.KindRegistry, "12:00"), make: func(*testOffice) {}},
		exchange.TodoUnsigned: {make: func(*testOffice) {}},
		exchange.TodoRestored: {make: func(o *testOffice) {
			if _, err := restore.Restore(o.tb.Context(), o.env.Office, ""); err != nil {
				o.tb.Fatal(err)
			}
		}},
		exchange.TodoFinding: {make: func(o *testOffice) { o.find(journal.Fault{N: 1, What: "events were replaced"}) }},
		exchange.TodoCheckpoint: {change: withAuditor, make: func(o *testOffice) {
			o.passAndReport()
			o.skipDays(9)
		}},
	}
}

// TestEveryKindInEveryView: something of every kind is found, and stands in every
// view of what needs a person: list, sheet, metrics, decisions workbook where it
// can be decided, and what presses, from its day on.
func TestEveryKindInEveryView(t *testing.T) {
	offices := needyOffices()
	for _, k := range exchange.TodoKinds() {
		n, ok := offices[k.Code]
		if !ok {
			t.Errorf("nothing here is of kind %s", k.Code)
			continue
		}
		delete(offices, k.Code)
		t.Run(k.Code, func(t *testing.T) {
			change := []func(*jobs.Env){func(*jobs.Env) {}}
			if n.change != nil {
				change[0] = n.change
			}
			o := newOffice(t, change...)
			var checker *signer
			if n.row != "" {
				_, _, checker = staffWithFolders(o)
			}
			n.make(o)
			requireInEveryView(o, k)
			if n.row != "" {
				o.requireRowOf(checker, o.todoOf(k.Code)[0].No, n.row)
			}
			if got := len(o.pressing(k.Code)) > 0; got != (n.after == 0 && k.Press != exchange.Never) {
				t.Errorf("presses: %v", got)
			}
			if n.after > 0 {
				o.skipDays(n.after)
				if len(o.pressing(k.Code)) == 0 {
					t.Errorf("does not press %d days later: %+v", n.after, o.todoOf(k.Code))
				}
			}
		})
	}
	for kind := range offices {
		t.Errorf("%s is not in the table of kinds", kind)
	}
}

// requireInEveryView requires that what there is of a kind has all that it needs,
// and that list, sheet and metrics count the same.
func requireInEveryView(o *testOffice, k exchange.TodoKind) {
	o.tb.Helper()
	onSheet := len(o.todoNumbers(k.Chinese))
	list := o.todoOf(k.Code)
	if len(list) == 0 || onSheet != len(list) {
		o.tb.Errorf("%d found, %d on the sheet", len(list), onSheet)
	}
	for _, x := range list {
		if x.About == "" || x.Owner == "" || x.What == "" || x.Do == "" || x.No == "" && x.About != exchange.AboutLedger {
			o.tb.Errorf("lacks something: %+v", x)
		}
	}
	err := o.env.View(o.tb.Context(), func(d *office.Desk) error {
		chosen, err := story.ListTodo(d, story.Filter{Kind: k.Code})
		if len(chosen) != len(list) {
			o.tb.Errorf("%d listed", len(chosen))
		}
		return err
	})
	if err != nil {
		o.tb.Error(err)
	}
	figures, err := story.Measure(o.tb.Context(), o.env.Office)
	if err != nil || figures.Todo[k.Code] != len(list) {
		o.tb.Errorf("%d counted: %v", figures.Todo[k.Code], err)
	}
}

// todoOf is what of a kind needs a person on the day.
func (o *testOffice) todoOf(kind string) (list []exchange.Todo) {
	o.tb.Helper()
	for _, t := range o.todoList() {
		if t.Kind == kind {
			list = append(list, t)
		}
	}
	return list
}

// requireRowOf requires that one of the workbooks left for an officer has a row
// about a subject that offers a decision.
func (o *testOffice) requireRowOf(s *signer, no, decision string) {
	o.tb.Helper()
	var offered []string
	for _, f := range o.outgoing(exchange.FileQueued, exchange.FileSent) {
		if f.Kind != office.KindDecisions || f.Party != exchange.OfficerParty(s.Name) {
			continue
		}
		book, err := o.env.OpenSpool(context.Background(), f.Spool)
		if err != nil {
			o.tb.Fatal(err)
		}
		content, err := io.ReadAll(book)
		book.Close()
		if err != nil {
			o.tb.Fatal(err)
		}
		form := o.readWorkbook(content)
		for line := range form.rows() {
			if form.cell(line, "编号") == no {
				offered = append(offered, form.offeredDecisions(no)...)
			}
		}
	}
	if !slices.Contains(offered, decision) {
		o.tb.Errorf("about %s %q is offered, not %s", no, offered, decision)
	}
}

// TestHoldsPress: a hold that nobody but an officer ends presses at once, one
// that a file may end when its limit is past; then it is reported instead of the
// limit that it makes the case miss.
func TestHoldsPress(t *testing.T) {
	for name, atOnce := range map[string]bool{"account not registered": true, "not in the registry": false} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			if atOnce {
				o.put(core, formats.KindRegistry, o.insured(p))
			}
			o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(secondAccount(them))))
			o.pass()
			kind := map[bool]string{true: exchange.TodoHeld, false: exchange.TodoCase}[atOnce]
			if got := o.todoOf(kind); len(got) != 1 || got[0].Due == 0 {
				t.Fatalf("needs a person: %+v", got)
			}
			if got := o.pressing(kind); len(got) > 0 != atOnce {
				t.Errorf("on the first day: %+v", got)
			}
			o.skipDays(9)
			if got := o.pressing(kind); len(got) != 1 || len(o.todoOf(exchange.TodoOverdue)) > 0 {
				t.Errorf("past its limit: %+v, %+v", got, o.todoOf(exchange.TodoOverdue))
			}
		})
	}
}

// TestDifferenceStandsBesideItsItem: what has an open difference is one item, on
// which the difference has no row of its own, that presses at once; the
// workbooks offer what can be decided about either.
func TestDifferenceStandsBesideItsItem(t *testing.T) {
	for kind, n := range map[string]needy{
		exchange.TodoFile: {make: func(o *testOffice) { // no receipt comes
			o.env.Rules.ResendAfter, o.env.Rules.EscalateAfter = 20*time.Hour, 40*time.Hour
			o.answerLetter(leaver(us, 0), 1)
			o.nights(2)
		}, row: "重新发送"},
		exchange.TodoHeld: {make: func(o *testOffice) {
			p := leaver(them, 0)
			l := o.sendLetter(p)
			f := o.form(p, l)
			o.put(them, formats.KindForm, f)
			o.creditArrives(l, p, f.Amount-250)
			o.pass()
		}, row: "金额已核实、继续办理"},
		exchange.TodoDebit: {make: func(o *testOffice) {
			o.leaveNotification(debitEntry(order{Transfer: transfer("X-1-1", 900)}))
			o.pass()
		}, row: "对应本方付款"},
		exchange.TodoBankDay: {make: func(o *testOffice) {
			o.leaveStatement(firstDay, 1000, creditEntry("X1", 900, "", ""))
			o.pass()
		}},
	} {
		t.Run(kind, func(t *testing.T) {
			o := newOffice(t)
			_, _, checker := staffWithFolders(o)
			n.make(o)
			if on := o.todoNumbers("差异待核"); len(on) > 0 {
				t.Errorf("differences on the sheet: %q", on)
			}
			list := o.pressing(kind)
			if len(list) == 0 || len(list) != len(o.openDifferences()) {
				t.Fatalf("%d items of %d differences", len(list), len(o.openDifferences()))
			}
			for _, x := range list {
				if len(x.Also) != 1 || !x.Also[0].Decides(exchange.ActAcceptDifference) {
					t.Fatalf("beside it: %+v", x.Also)
				}
				o.requireRowOf(checker, x.Also[0].No, "核销差异")
				if n.row != "" {
					o.requireRowOf(checker, x.No, n.row)
				}
			}
		})
	}
}
