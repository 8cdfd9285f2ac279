package jobs_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// dayState is the state of a day of our account: "proved", or how it differs.
func (o *testOffice) dayState(on calendar.Date) string {
	o.tb.Helper()
	text := ""
	o.view(func(tx *store.Tx) error {
		d, err := tx.BankDay(receiving(us).No, on, 0)
		text = d.State
		for _, f := range d.Faults {
			text += fmt.Sprintf(" %s %s/%s", f.Kind, f.Ours, f.Theirs)
		}
		return err
	})
	return text
}

// balances is every balance of the ledger in one line.
func (o *testOffice) balances() string {
	o.tb.Helper()
	text := ""
	o.view(func(tx *store.Tx) error {
		b, err := tx.Balances("")
		text = fmt.Sprint(b)
		return err
	})
	return text
}

func TestDayIsProved(t *testing.T) {
	const today = firstDay
	for name, c := range map[string]struct {
		first  bool // the statement comes before the notification
		change func(notified, stated []iso20022.Entry) (_, _ []iso20022.Entry)
		want   string
	}{
		"proved":           {want: "proved"},
		"statement before": {first: true, want: "proved"},
		"not notified": {want: "differs unexplained 0.00/9.00", change: func(notified, stated []iso20022.Entry) (_, _ []iso20022.Entry) {
			return notified, append(stated, creditEntry("X1", 900, "", ""))
		}},
		"another amount": {want: "differs unexplained 0.00/9.00 absent 5.00/0.00", change: func(notified, stated []iso20022.Entry) (_, _ []iso20022.Entry) {
			return append(notified, creditEntry("X1", 500, "", "")), append(stated, creditEntry("X1", 900, "", ""))
		}},
		"not stated": {want: "differs absent 5.00/0.00", change: func(notified, stated []iso20022.Entry) (_, _ []iso20022.Entry) {
			return append(notified, creditEntry("X1", 500, "", "")), stated
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			people := payTwo(o)
			notified := []iso20022.Entry{debitEntry(people[0].order), debitEntry(people[1].order)}
			stated := append([]iso20022.Entry(nil), notified...)
			if c.change != nil {
				notified, stated = c.change(notified, stated)
			}
			if c.first {
				o.leaveStatement(today, 90_000_000, stated...)
				o.pass()
				if got := o.dayState(today); !strings.HasPrefix(got, "differs unexplained") || len(o.openDifferences()) != 1 {
					t.Errorf("before the notification: %s, open %q", got, o.openDifferences())
				}
				o.requireState(exchange.Out, people[0].Person, "answered/sent/submitted") // a statement books nothing
				o.leaveNotification(notified...)
			} else {
				o.leaveNotification(notified...)
				o.leaveStatement(today, 90_000_000, stated...)
			}
			o.pass()
			if got := o.dayState(today); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if n := len(o.openDifferences()); (n == 0) != (c.want == "proved") {
				t.Errorf("open: %q", o.openDifferences())
			}
		})
	}
}

// Each day begins where the one before ended; a day whose statement comes late
// closes the gap.
func TestDaysFollowOneAnother(t *testing.T) {
	o := newOffice(t)
	a, b := creditEntry("A", 100, "", ""), creditEntry("B", 200, "", "")
	a.Booked, b.Booked = firstDay, firstDay.AddDays(1)
	o.skipDays(3)
	o.leaveNotification(a, b)
	o.leaveStatement(firstDay, 1000, a)
	o.leaveStatement(firstDay.AddDays(2), 1300)
	o.pass()
	if got := o.dayState(firstDay.AddDays(2)); got != "differs opening 11.00/13.00" {
		t.Errorf("with a day missing: %s", got)
	}
	o.leaveStatement(firstDay.AddDays(1), 1100, b)
	o.pass()
	for i := range 3 {
		if got := o.dayState(firstDay.AddDays(i)); got != "proved" {
			t.Errorf("day %d: %s", i+1, got)
		}
	}
	o.requireNoDifferences()
	o.leaveStatement(firstDay.AddDays(1), 1100, b) // again
	o.pass()
	o.requireNoDifferences()
	b.Amount++
	o.leaveStatement(firstDay.AddDays(1), 1100, b) // another one of the same day
	o.pass()
	if got := o.dayState(firstDay.AddDays(1)); got != "differs restated 13.00/13.01" || len(o.openDifferences()) != 1 {
		t.Errorf("restated: %s, open %q", got, o.openDifferences())
	}
	if _, err := o.env.Report(t.Context()); err != nil {
		t.Error(err)
	}
}

// What the bank books for itself concerns no case and is explained.
func TestBankChargesConcernNoCase(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	fee := iso20022.Entry{Ref: "FEE", Amount: 350, Status: iso20022.Booked, Charge: true}
	all := []iso20022.Entry{debitEntry(people[0].order), debitEntry(people[1].order), fee}
	o.leaveNotification(all...)
	o.leaveStatement(firstDay, 90_000_000, all...)
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/settled")
	if got := o.dayState(firstDay); got != "proved" {
		t.Error(got)
	}
	o.requireNoDifferences()
}

// A whole payment file debited as one sum, with or without what was refused.
func TestOrderBookedAsOneSum(t *testing.T) {
	for name, c := range map[string]struct {
		refused bool // the second transfer, by a report before
		sum     func(a, b money.Fen) money.Fen
		order   func(string) (msg, list string)
		want    [2]string
		open    int
	}{
		"all":             {sum: func(a, b money.Fen) money.Fen { return a + b }, want: [2]string{"settled", "settled"}},
		"by its list":     {sum: func(a, b money.Fen) money.Fen { return a + b }, order: func(id string) (string, string) { return "", id }, want: [2]string{"settled", "settled"}},
		"but the refused": {refused: true, sum: func(a, _ money.Fen) money.Fen { return a }, want: [2]string{"settled", "returned"}},
		"refused and all": {refused: true, sum: func(a, b money.Fen) money.Fen { return a + b }, want: [2]string{"settled", "settled"}, open: 1},
		"another sum":     {sum: func(a, b money.Fen) money.Fen { return a + b - 1 }, want: [2]string{"submitted", "submitted"}, open: 1},
		"another file": {
			sum: func(a, b money.Fen) money.Fen { return a + b }, order: func(string) (string, string) { return "X", "X" },
			want: [2]string{"submitted", "submitted"}, open: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			people := payTwo(o)
			id := people[0].order.file
			if c.refused {
				o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: id, Status: iso20022.Partly},
					iso20022.TransferStatus{EndToEndID: people[1].order.EndToEndID, Status: iso20022.Rejected, Reason: "AC01"})
				o.pass()
			}
			msg, list := id, id
			if c.order != nil {
				msg, list = c.order(id)
			}
			lump := iso20022.Entry{Ref: "L", Amount: c.sum(people[0].order.Amount, people[1].order.Amount), Status: iso20022.Booked, MsgID: msg, PmtInfID: list}
			for range 2 {
				o.leaveNotification(lump)
				o.pass()
			}
			if lump.Amount == people[0].order.Amount+people[1].order.Amount {
				// Notified again with its transfers: it stays booked once.
				o.leaveBatchBooking(lump.Ref, debitEntry(people[0].order), debitEntry(people[1].order))
				o.pass()
			}
			for i, p := range people {
				o.requireState(exchange.Out, p.Person, "answered/sent/"+c.want[i])
			}
			if n := len(o.openDifferences()); n != c.open {
				t.Errorf("open: %q", o.openDifferences())
			}
		})
	}
}

// TestOrderTakenBackBeforeItsDebit: the reversal of a whole payment file that was booked as
// one sum waits for the debit, and is booked with it; another sum is finance's to find out.
func TestOrderTakenBackBeforeItsDebit(t *testing.T) {
	for name, c := range map[string]struct {
		refused bool // the second transfer, by a report before
		less    money.Fen
		debits  func(whole iso20022.Entry, people [2]paidPerson) []iso20022.Entry
		want    [2]string
		open    int // differences, in the end
	}{
		"one sum": {debits: oneSum, want: [2]string{"returned", "returned"}},
		"one sum, one refused": {
			refused: true, debits: oneSum, want: [2]string{"returned", "returned"},
		},
		"payment by payment": {debits: func(_ iso20022.Entry, people [2]paidPerson) []iso20022.Entry {
			return []iso20022.Entry{debitEntry(people[0].order), debitEntry(people[1].order)}
		}, want: [2]string{"returned", "returned"}},
		"another sum": {less: 1, debits: oneSum, want: [2]string{"settled", "settled"}, open: 1},
		"not debited": {debits: func(iso20022.Entry, [2]paidPerson) []iso20022.Entry { return nil }, want: [2]string{"submitted", "submitted"}, open: 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			people := payTwo(o)
			id := people[0].order.file
			whole := iso20022.Entry{Ref: "L", Amount: people[0].order.Amount + people[1].order.Amount, Status: iso20022.Booked, MsgID: id, PmtInfID: id}
			if c.refused {
				o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: id, Status: iso20022.Partly},
					iso20022.TransferStatus{EndToEndID: people[1].order.EndToEndID, Status: iso20022.Rejected, Reason: "AC01"})
				o.pass()
				whole.Amount = people[0].order.Amount
			}
			back := whole
			back.Ref, back.Credit, back.Reversal, back.Amount = "R", true, true, whole.Amount-c.less
			o.leaveNotification(back)
			o.pass()
			o.requireState(exchange.Out, people[0].Person, "answered/sent/submitted")
			if waits := o.todoOf(exchange.TodoCredit); len(waits) != 1 || waits[0].Due != 20260305 {
				t.Errorf("finance is told %+v", waits)
			}
			if lies := o.balanceOf(ledger.InUnmatched); lies != back.Amount {
				t.Errorf("unmatched %s", lies)
			}
			for _, e := range c.debits(whole, people) {
				o.leaveNotification(e)
				o.pass()
			}
			o.leaveNotification(back) // told again
			o.pass()
			for i, p := range people {
				o.requireState(exchange.Out, p.Person, "answered/sent/"+c.want[i])
			}
			if open := o.openDifferences(); len(open) != c.open {
				t.Errorf("open: %q", open)
			}
			if lies := o.balanceOf(ledger.InUnmatched); (lies != 0) != (c.open > 0) {
				t.Errorf("unmatched %s", lies)
			}
		})
	}
}

func oneSum(whole iso20022.Entry, _ [2]paidPerson) []iso20022.Entry { return []iso20022.Entry{whole} }

// The bank takes a credit back, in a message after the credit's or before it:
// nothing is left of either in the ledger.
func TestCreditTakenBack(t *testing.T) {
	credit := creditEntry("C1", 5_000, "来款", "")
	back := credit
	back.Ref, back.Credit, back.Reversal = "C2", false, true
	for name, order := range map[string][]iso20022.Entry{"after it": {credit, back, credit, back}, "before it": {back, credit, credit, back}} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			for _, e := range order {
				o.leaveNotification(e)
				o.pass()
			}
			o.requireNoDifferences()
			if strings.Contains(o.balances(), "50.00") {
				t.Errorf("ledger %s", o.balances())
			}
		})
	}
}

// When the credit was a case's, the case is held and a difference says so.
func TestCreditOfACaseTakenBack(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	paid := creditEntry("C1", p.Total(), remittanceText(l, p), l.LetterNo+"-1-1")
	o.leaveNotification(paid)
	o.pass()
	paid.Ref, paid.Credit, paid.Reversal = "C2", false, true
	o.leaveNotification(paid)
	o.pass()
	if c := o.caseBy(exchange.In, p); c.State != exchange.Held || len(o.openDifferences()) != 1 {
		t.Errorf("case %s, open %q", c.State, o.openDifferences())
	}
}

// Report, debit and return of a payment that the bank refused and debited all
// the same come in any order, some twice: the ledger is the same.
func TestContradictoryBankMessagesInAnyOrder(t *testing.T) {
	for _, order := range []string{"rdc", "rcd", "drc", "dcr", "crd", "cdr", "rrdcc", "ddrcr"} {
		t.Run(order, func(t *testing.T) { requireReturned(t, order) })
	}
}

// requireReturned lets report (r), debit (d) and credit (c) of one payment come in
// an order, and requires that it is returned in the end.
func requireReturned(t *testing.T, order string) {
	o := newOffice(t)
	people := payTwo(o)
	for _, what := range order {
		switch what {
		case 'r':
			o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: people[0].order.file, Status: iso20022.Partly},
				iso20022.TransferStatus{EndToEndID: people[0].order.EndToEndID, Status: iso20022.Rejected, Reason: "AC01"})
		case 'd':
			o.leaveNotification(debitEntry(people[0].order))
		case 'c':
			o.leaveNotification(returnEntry(people[0].order))
		}
		o.pass()
	}
	o.requireState(exchange.Out, people[0].Person, "answered/sent/returned")
	o.requireNoDifferences()
	due := people[0].order.Amount.String()
	if books := o.balances(); !strings.Contains(books, "out:returned:"+them+":"+due) {
		t.Errorf("%s is not returned: %s", due, books)
	}
}

// Money that is only announced stands in the text of its file and is not booked.
func TestPendingMoneyIsNotBooked(t *testing.T) {
	o := newOffice(t)
	e := creditEntry("P1", 700, "", "")
	e.Status = iso20022.PendingEntry
	name := o.leaveNotification(e)
	o.pass()
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: bank})
		if len(files) != 1 || files[0].State != exchange.FileWorked || !strings.Contains(files[0].Text, "7.00") {
			t.Errorf("%s: %+v", name, files)
		}
		return err
	})
	o.requireNoDifferences()
}

// TestPassedOverIsNoted: what of a message is of no use to us is noted on its file, and the rest counts:
// an entry in dollars, one of a status that we do not know, one of an account that is not ours.
func TestPassedOverIsNoted(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	text := o.takeBankFile(o.leaveNotification(debitEntry(people[0].order), debitEntry(people[1].order)))
	other := strings.Index(text, "<Ntfctn>")
	stranger := strings.ReplaceAll(text[other:strings.Index(text, "</BkToCstmr")], us+"b", "x")
	for what, content := range map[string]string{
		"dollars":           strings.Replace(text, `<Ntry><Amt Ccy="CNY">`, `<Ntry><Amt Ccy="USD">`, 1),
		"another's status":  strings.Replace(text, "<Cd>BOOK</Cd>", "<Cd>XXXX</Cd>", 1),
		"another's account": strings.Replace(text, "</Ntfctn>", "</Ntfctn>"+strings.ReplaceAll(stranger, o.env.Agency.Payer.No, "6222000000000000"), 1),
	} {
		o.leaveFile(bank, strings.ReplaceAll(what, " ", "-")+".xml", []byte(content))
	}
	o.pass()
	for _, p := range people {
		o.requireState(exchange.Out, p.Person, "answered/sent/settled")
	}
	o.requireNoDifferences()
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: bank, States: []exchange.FileState{exchange.FileWorked}})
		for _, f := range files {
			if !strings.Contains(f.Text, "passed over") && !strings.Contains(f.Text, "6222000000000000") {
				t.Errorf("%s: %q", f.Name, f.Text)
			}
		}
		if len(files) != 3 {
			t.Errorf("%d files were worked", len(files))
		}
		return err
	})
}

// One thing wrong with a file of the bank, and none of it counts: it is
// quarantined with its reason.
func TestBankFilesQuarantined(t *testing.T) {
	o := newOffice(t)
	people := payTwo(o)
	name := o.leaveNotification(debitEntry(people[0].order), debitEntry(people[1].order))
	notification := o.takeBankFile(name)
	o.leaveStatement(firstDay, 90_000_000, debitEntry(people[0].order))
	statement := o.takeBankFile(fmt.Sprintf("camt053_%sT%06d.xml", us, o.messages))
	id := people[0].order.file
	reports := map[string]iso20022.StatusReport{
		"another count":   {OriginalMsgID: id, Status: iso20022.CustomerOK, Transfers: 3, Total: people[0].order.Amount + people[1].order.Amount},
		"another sum":     {OriginalMsgID: id, Status: iso20022.Rejected, Transfers: 2, Total: 1},
		"no file of ours": {OriginalMsgID: us + "000000000999", Status: iso20022.Rejected},
	}
	for _, head := range reports {
		o.leaveStatusReport(head)
	}
	o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: id, Status: iso20022.Rejected}, iso20022.TransferStatus{EndToEndID: people[0].order.EndToEndID, Status: iso20022.InSettlement})
	bad := map[string]string{
		"foreign statement": strings.ReplaceAll(statement, receiving(us).No, "6222000000000000"),
		"does not add up":   strings.Replace(statement, ">900000.00<", ">900000.01<", 1),
		"negative":          strings.Replace(notification, ">"+people[1].order.Amount.String()+"<", ">-"+people[1].order.Amount.String()+"<", 1),
		"count of entries":  strings.Replace(notification, "<Ntry>", "<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries></TxsSummry><Ntry>", 1),
		"sum of entries":    strings.Replace(notification, "<Ntry>", "<TxsSummry><TtlNtries><Sum>1.00</Sum></TtlNtries></TxsSummry><Ntry>", 1),
		"another message":   strings.NewReplacer("camt.054.001.08", "camt.052.001.08").Replace(notification),
		"another version":   strings.NewReplacer("camt.053.001.08", "camt.053.001.02").Replace(statement),
		"a payment order":   strings.NewReplacer("camt.054.001.08", iso20022.PaymentName).Replace(notification),
		"no message":        "<html/>",
		"external entity":   strings.Replace(notification, "<Document", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document`, 1),
	}
	for what, content := range bad {
		o.leaveFile(bank, strings.ReplaceAll(what, " ", "-")+".xml", []byte(content))
	}
	o.leaveFile(bank, "流水.csv", []byte("日期,金额\n2026-03-02,5\n"))
	o.leaveFile(bank, "流水.xlsx", []byte("PK\x03\x04 not a workbook"))
	want := len(bad) + 2 + len(reports) + 1
	before := o.balances()
	o.pass()
	o.pass()
	for _, p := range people {
		o.requireState(exchange.Out, p.Person, "answered/sent/submitted")
	}
	if o.balances() != before {
		t.Error("money moved")
	}
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: bank, States: []exchange.FileState{exchange.FileQuarantined}})
		if len(files) != want || len(o.openDifferences()) != want {
			t.Errorf("%d files quarantined, want %d; open %q", len(files), want, o.openDifferences())
		}
		for _, f := range files {
			if f.Text == "" || !o.hasFile(bank, "in/bad", f.Name) {
				t.Errorf("%s: %q", f.Name, f.Text)
			}
		}
		return err
	})
}
