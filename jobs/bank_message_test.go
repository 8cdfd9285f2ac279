package jobs_test

import (
	"os"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/samples"
)

// paidPerson is somebody whose payment the bank has.
type paidPerson struct {
	samples.Person
	order order
}

func someAmount(f money.Fen) batch.Maybe[money.Fen] { return batch.Some(f) }

func someOne() batch.Maybe[int] { return batch.Some(1) }

// payTwo takes two people to payments in one file at the bank.
func payTwo(o *testOffice) [2]paidPerson {
	o.tb.Helper()
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	return [2]paidPerson{{p, o.orders[0]}, {q, o.orders[1]}}
}

func TestStatusReportOfAPaymentFile(t *testing.T) {
	for name, c := range map[string]struct {
		head      iso20022.StatusReport
		transfers func([2]paidPerson) []iso20022.TransferStatus
		want      [2]string
	}{
		"accepted":        {head: iso20022.StatusReport{Status: iso20022.CustomerOK}, want: [2]string{"submitted", "submitted"}},
		"rejected":        {head: iso20022.StatusReport{Status: iso20022.Rejected, Reason: "AM04", Text: "余额不足"}, want: [2]string{"returned", "returned"}},
		"a copy rejected": {head: iso20022.StatusReport{Status: iso20022.Rejected, Reason: "DU01", Text: "报文标识重复"}, want: [2]string{"submitted", "submitted"}},
		"partly": {
			head: iso20022.StatusReport{Status: iso20022.Partly},
			transfers: func(p [2]paidPerson) []iso20022.TransferStatus {
				return []iso20022.TransferStatus{
					{EndToEndID: p[0].order.EndToEndID, Status: iso20022.Rejected, Reason: "AC01", Text: "账号不存在"},
					{EndToEndID: p[1].order.EndToEndID, Status: iso20022.InSettlement},
				}
			}, want: [2]string{"returned", "submitted"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			people := payTwo(o)
			c.head.OriginalMsgID = people[0].order.file
			var transfers []iso20022.TransferStatus
			if c.transfers != nil {
				transfers = c.transfers(people)
				c.head.ListStatus = ""
			}
			for range 2 { // reported twice
				o.leaveStatusReport(c.head, transfers...)
				o.pass()
			}
			asked := 0
			for i, p := range people {
				o.requireState(exchange.Out, p.Person, "answered/sent/"+c.want[i])
				if c.want[i] == "returned" {
					asked++
				}
			}
			if n := len(take[formats.Query](o, them, formats.KindQuery)); n != asked {
				t.Errorf("%d queries about accounts, %d payments came back", n, asked)
			}
			o.requireNoDifferences()
		})
	}
}

func TestStatusReportOfAnUnknownFile(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: "320500000000000999", Status: iso20022.Rejected})
	o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: people[0].order.file, Status: iso20022.Partly},
		iso20022.TransferStatus{EndToEndID: "31010020260302000777-1-1", Status: iso20022.Rejected})
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/submitted")
	if n := len(o.openDifferences()); n != 2 {
		t.Errorf("open: %q", o.openDifferences())
	}
}

func TestRejectedAfterItWasSettled(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	o.debitAll()
	o.pass()
	o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: people[0].order.file, Status: iso20022.Rejected})
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/settled")
	if len(o.openDifferences()) != 2 {
		t.Errorf("open: %q", o.openDifferences())
	}
}

func TestNotificationTwiceAndContradicted(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	a, b := debitEntry(people[0].order), debitEntry(people[1].order)
	o.leaveNotification(a, b)
	o.leaveNotification(a, b) // under another name
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/settled")
	o.requireNoDifferences()
	a.Amount++ // the same booking with another amount
	o.leaveNotification(a)
	b.Ref = "D-2" // a second debit of the same payment
	o.leaveNotification(b)
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/settled")
	if len(o.openDifferences()) != 2 {
		t.Errorf("open: %q", o.openDifferences())
	}
}

// TestDebitOfAnUnsentPayment: a debit of a payment that has not left stays
// unmatched and is named; the others of its file count all the same.
func TestDebitOfAnUnsentPayment(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	checker, finance := wang(t), li(t)
	o.setDualRelease(checker, finance)
	o.approveSettings(checker, finance)
	late := leaver(us, 2)
	o.put(core, formats.KindRegistry, o.insured(late))
	o.put(them, formats.KindLetter, o.letter(them, 3, late))
	o.pass()
	o.pass()
	o.requireState(exchange.Out, late, "answered/sent/ordered")
	var kept exchange.Payment
	o.view(func(tx *store.Tx) error {
		list, err := gather(tx.EachPayment, exchange.MoneyOrdered)
		if len(list) == 1 {
			kept = list[0]
		}
		return err
	})
	early := debitEntry(people[0].order)
	early.Ref, early.EndToEndID, early.Amount = "D-0", kept.Ref, kept.Amount
	o.leaveNotification(debitEntry(people[0].order), early, debitEntry(people[1].order))
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/settled")
	o.requireState(exchange.Out, people[1].Person, "answered/sent/settled")
	o.requireState(exchange.Out, late, "answered/sent/ordered")
	if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], "D-0") {
		t.Errorf("open: %q", open)
	}
}

// TestReturnBeforeItsDebit: what came early is kept, and booked with its other half.
func TestReturnBeforeItsDebit(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	o.leaveNotification(returnEntry(people[0].order))
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/submitted")
	if got := o.todoNumbers("到账待认领"); len(got) != 1 {
		t.Errorf("to be done about credits: %q", got)
	}
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/returned")
	o.requireState(exchange.Out, people[1].Person, "answered/sent/settled")
	o.requireNoDifferences()
	var unmatched []exchange.BankEntry
	o.view(func(tx *store.Tx) (err error) {
		unmatched, err = unmatchedEntries(tx)
		return err
	})
	if len(unmatched) > 0 {
		t.Errorf("unmatched: %+v", unmatched)
	}
}

func TestReturnedPayments(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*iso20022.Entry)
		want   string
		open   int
	}{
		"plain":           {func(*iso20022.Entry) {}, "returned", 0},
		"by its text":     {func(e *iso20022.Entry) { e.EndToEndID = "" }, "returned", 0},
		"another amount":  {func(e *iso20022.Entry) { e.Amount -= 100 }, "settled", 1},
		"unknown":         {func(e *iso20022.Entry) { e.EndToEndID, e.Text = "31010020260302000999-1-1", "退汇" }, "settled", 0},
		"twice":           {func(*iso20022.Entry) {}, "returned", 1},
		"no money of its": {func(e *iso20022.Entry) { e.Status = iso20022.PendingEntry }, "settled", 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			people := payTwo(o)
			o.debitAll()
			o.pass()
			e := returnEntry(people[0].order)
			c.change(&e)
			o.leaveNotification(e)
			if name == "twice" {
				e.Ref = "R-2"
				o.leaveNotification(e)
			}
			o.pass()
			o.requireState(exchange.Out, people[0].Person, "answered/sent/"+c.want)
			if n := len(o.openDifferences()); n != c.open {
				t.Errorf("open: %q", o.openDifferences())
			}
		})
	}
}

func TestUnreadableBankMessagesAreQuarantined(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	name := o.leaveNotification(debitEntry(people[0].order), debitEntry(people[1].order))
	content, err := os.ReadFile(o.dropPath(bank, "in", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(o.dropPath(bank, "in", name)); err != nil {
		t.Fatal(err)
	}
	own := receiving(us).No
	for name, bad := range map[string]string{
		"cut.xml":     string(content[:len(content)*2/3]),
		"version.xml": strings.ReplaceAll(string(content), "camt.054.001.08", "camt.054.001.02"),
		"amount.xml":  strings.Replace(string(content), people[1].order.Amount.String()+"<", "1e3<", 1),
		"entity.xml":  strings.Replace(string(content), "<Document", `<!DOCTYPE x [<!ENTITY a "b">]><Document`, 1),
		"account.xml": strings.ReplaceAll(string(content), own, "6222000000000000"),
		"empty.xml":   "",
	} {
		o.leaveFile(bank, name, []byte(bad))
	}
	o.pass()
	o.pass()
	for _, p := range people {
		o.requireState(exchange.Out, p.Person, "answered/sent/submitted")
	}
	var set int
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: bank, States: []exchange.FileState{exchange.FileQuarantined}})
		set = len(files)
		return err
	})
	if set != 6 || len(o.openDifferences()) != 6 {
		t.Errorf("%d messages quarantined, open: %q", set, o.openDifferences())
	}
	for _, name := range []string{"cut.xml", "empty.xml"} {
		if !o.hasFile(bank, "in/bad", name) {
			t.Errorf("%s does not lie in in/bad", name)
		}
	}
	o.leaveFile(bank, "again.xml", content)
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/settled")
}

func TestBankReasonsOfAnyLength(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	o.debitAll()
	o.pass()
	e := returnEntry(people[0].order)
	e.ReturnReason = strings.Repeat("账号不存在", 20)
	e.Text = strings.Repeat("说明", 60)
	o.leaveNotification(e)
	o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: people[1].order.file, Status: iso20022.Rejected, Reason: "AC01", Text: strings.Repeat("长", 100)})
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/returned")
}
