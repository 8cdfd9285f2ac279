package jobs_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs"
	"carryover/samples"
)

// bankByWorkbook makes the bank one that takes lists and sends sheets.
func bankByWorkbook(e *jobs.Env) { e.Agency.BankByWorkbook = true }

// clerk keys the bank's movements into a sheet as they happen.
type clerk struct {
	*testOffice
	balance money.Fen
	opening money.Fen
	lines   []formats.StatementLine
}

// keyLine keys a movement below the others, with the balance after it.
func (c *clerk) keyLine(on calendar.Date, side code.BankSide, status code.BankStatus, amount money.Fen, remark, ref string) {
	l := formats.StatementLine{BookedOn: on, Side: side, Status: status, Amount: amount, Remark: remark, BankRef: ref, Counterparty: "对方", Account: "62"}
	c.balance += l.Signed()
	l.Balance = c.balance
	c.lines = append(c.lines, l)
}

// leaveSheet puts the sheet into the drop, and begins the next one when it is
// new.
func (c *clerk) leaveSheet(name string, fresh bool) {
	c.tb.Helper()
	var b bytes.Buffer
	if err := formats.StatementTable().Write(&b, formats.StatementHead{OwnAccount: receiving(us).No, Opening: batch.Some(c.opening)}, c.lines); err != nil {
		c.tb.Fatal(err)
	}
	c.leaveFile(bank, name, b.Bytes())
	if fresh {
		c.lines, c.opening = nil, c.balance
	}
}

// A bank that knows workbooks only: a list goes out, a keyed sheet comes back;
// one payment is made, one fails, one comes back, and money comes in.
func TestBankByWorkbook(t *testing.T) {
	for name, refs := range map[string]bool{"with the bank's numbers": true, "without": false} {
		t.Run(name, func(t *testing.T) { workByWorkbook(t, refs) })
	}
}

// workByWorkbook works a day and the next with such a bank; refs says whether its
// lines carry the bank's own numbers.
func workByWorkbook(t *testing.T, refs bool) {
	o := &clerk{testOffice: newOffice(t, bankByWorkbook), balance: 90_000_000, opening: 90_000_000}
	ref := func(s string) string {
		if refs {
			return s
		}
		return ""
	}
	p, q, in := leaver(us, 0), leaver(us, 1), leaver(them, 0)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	o.pass()
	l := o.sendLetter(in)
	o.put(them, formats.KindForm, o.form(in, l))
	o.pass()
	if len(o.orders) != 2 || len(o.books) != 1 {
		t.Fatalf("%d payments in %d lists", len(o.orders), len(o.books))
	}
	a, b := o.orders[0], o.orders[1]
	o.keyLine(firstDay, code.BankDebit, code.BankBooked, a.Amount, a.Text, ref("S1"))
	o.keyLine(firstDay, code.BankDebit, code.BankRejected, b.Amount, b.Text, ref("S2"))
	o.keyLine(firstDay, code.BankCredit, code.BankBooked, in.Total(), remittanceText(l, in), ref("S3"))
	o.leaveSheet("流水-上午.xlsx", false)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	o.requireState(exchange.Out, q, "answered/sent/returned")
	if c := o.caseBy(exchange.In, in); c.MoneyTrack != exchange.MoneyMatched && c.MoneyTrack != exchange.MoneyPosted {
		t.Errorf("money in stands at %s", c.MoneyTrack)
	}
	if got := o.dayState(firstDay); got != "proved" {
		t.Error(got)
	}
	// The sheet of the day grows, and holds what came before; then the next day.
	o.keyLine(firstDay, code.BankCredit, code.BankBooked, 5, "存款利息", ref("S4"))
	o.leaveSheet("流水-全天.xlsx", true)
	o.skipDays(1)
	next := calendar.DateOf(o.now)
	o.keyLine(next, code.BankCredit, code.BankReturned, a.Amount, "退汇 账号有误 "+a.Text, ref("S5"))
	o.leaveSheet("流水-次日.xlsx", false)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/returned")
	o.leaveSheet("流水-次日-再发.xlsx", true)
	o.pass()
	for _, on := range []calendar.Date{firstDay, next} {
		if got := o.dayState(on); got != "proved" {
			t.Errorf("%s: %s", on, got)
		}
	}
	o.requireNoDifferences()
}

// orderByList is a clerk at a bank that has the list of one payment.
func orderByList(t *testing.T) (*clerk, samples.Person, order) {
	o := &clerk{testOffice: newOffice(t, bankByWorkbook), balance: 90_000_000, opening: 90_000_000}
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.pass()
	return o, p, o.orders[0]
}

// A refused payment goes out again, and its number is new; the row that refused
// the first, read once more, says nothing about the second, however the clerk
// keys it on the second day.
func TestRefusalReadTwice(t *testing.T) {
	o, p, first := orderByList(t)
	refused := func(remark string) {
		o.keyLine(firstDay, code.BankDebit, code.BankRejected, first.Amount, remark, "")
	}
	refused(first.Text)
	o.keyLine(firstDay, code.BankCredit, code.BankBooked, 100, "结息", "") // the day's balance proves that it was not debited
	o.leaveSheet("流水-上午.xlsx", false)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/returned")
	o.confirmAccounts()
	o.pass()
	second := o.orders[len(o.orders)-1]
	if !strings.HasSuffix(second.EndToEndID, "-1-2") {
		t.Fatalf("ordered %+v", second)
	}
	o.leaveSheet("流水-下午.xlsx", true)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	o.requireNoDifferences()

	o.skipDays(1)
	o.pass()
	o.keyLine(firstDay.AddDays(-1), code.BankDebit, code.BankRejected, first.Amount, "付款失败 "+first.Text, "")
	o.leaveSheet("流水-补录.xlsx", true)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	if open := o.openDifferences(); len(open) != 1 {
		t.Errorf("a refusal before the payment was ordered is not named: %q", open)
	}
	o.keyLine(calendar.DateOf(o.now), code.BankDebit, code.BankBooked, second.Amount, second.Text, "")
	o.leaveSheet("流水-次日.xlsx", true)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
}

// The sheet with a payment's debit comes after that with its return, which waits for it:
// the day says which attempt each row is about.
func TestDebitAfterItsReturn(t *testing.T) {
	o, p, first := orderByList(t)
	day := calendar.DateOf(o.now)
	o.skipDays(1)
	o.balance -= first.Amount // the sheet of the day before is not here yet
	o.opening = o.balance
	o.keyLine(day.AddDays(1), code.BankCredit, code.BankReturned, first.Amount, "退汇 "+first.Text, "B2")
	o.leaveSheet("流水-次日.xlsx", true)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	o.balance, o.opening = 90_000_000, 90_000_000
	o.keyLine(day, code.BankDebit, code.BankBooked, first.Amount, first.Text, "B1")
	o.leaveSheet("流水-当日.xlsx", true)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/returned")
	o.confirmAccounts()
	o.skipDays(1)
	o.pass()
	second := o.orders[len(o.orders)-1]
	if !strings.HasSuffix(second.EndToEndID, "-1-2") {
		t.Fatalf("ordered %+v", second)
	}
	o.balance, o.opening = 90_000_000, 90_000_000
	o.keyLine(calendar.DateOf(o.now), code.BankDebit, code.BankBooked, second.Amount, second.Text, "B3")
	o.leaveSheet("流水-第三日.xlsx", true)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	for _, x := range o.openDifferences() {
		if strings.HasPrefix(x, "money") {
			t.Errorf("open: %s", x)
		}
	}
}

// A lump sum's reference stands in its remark.
func TestLumpSumByWorkbook(t *testing.T) {
	o := &clerk{testOffice: newOffice(t, bankByWorkbook, withPartner(them, func(p *exchange.Partner) { p.LumpSum = true })), balance: 90_000_000, opening: 90_000_000}
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	o.pass()
	o.keyLine(firstDay, code.BankDebit, code.BankBooked, o.orders[0].Amount, o.orders[0].Text, "")
	o.leaveSheet("流水.xlsx", false)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	o.requireState(exchange.Out, q, "answered/sent/settled")
	o.requireNoDifferences()
}

// What a sheet says that cannot be: nothing of it counts.
func TestSheetsQuarantined(t *testing.T) {
	o := &clerk{testOffice: newOffice(t, bankByWorkbook), balance: 90_000_000, opening: 90_000_000}
	people := payTwo(o.testOffice)
	o.keyLine(firstDay, code.BankDebit, code.BankBooked, people[0].order.Amount, people[0].order.Text, "S1")
	o.keyLine(firstDay, code.BankDebit, code.BankBooked, people[1].order.Amount, people[1].order.Text, "S2")
	o.lines[1].Balance++
	o.leaveSheet("余额不符.xlsx", false)
	o.lines[1].Balance--
	var b bytes.Buffer
	if err := formats.StatementTable().Write(&b, formats.StatementHead{OwnAccount: "6222000000000000"}, o.lines); err != nil {
		t.Fatal(err)
	}
	o.leaveFile(bank, "别家账户.xlsx", b.Bytes())
	o.pass()
	for _, p := range people {
		o.requireState(exchange.Out, p.Person, "answered/sent/submitted")
	}
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: bank, States: []exchange.FileState{exchange.FileQuarantined}})
		if len(files) != 2 || len(o.openDifferences()) != 2 {
			t.Errorf("%d quarantined, open %q", len(files), o.openDifferences())
		}
		for _, f := range files {
			if f.Name == "余额不符.xlsx" && !strings.Contains(f.Text, "行 balance") {
				t.Errorf("%s: %s", f.Name, f.Text)
			}
		}
		return err
	})
	// Both come back with what is wrong; one of them has no fault of its own.
	for name, want := range map[string]string{"余额不符.answer.xlsx": "银行流水!I6", "别家账户.answer.xlsx": "不是本机构账户"} {
		list, err := o.openCorrections(name).GetRows("问题清单")
		if err != nil || !strings.Contains(strings.Join(list[len(list)-1], "|"), want) {
			t.Errorf("%s: %v %v", name, list, err)
		}
	}
	o.leaveSheet("流水.xlsx", false)
	o.pass()
	o.requireState(exchange.Out, people[0].Person, "answered/sent/settled")
}

// The request and the list print: amount in capitals, transfers, boxes to sign.
func TestPaymentRequestPrinted(t *testing.T) {
	for _, name := range []string{"soffice", "pdftotext"} {
		droptest.Require(t, name)
	}
	o := newOffice(t, bankByWorkbook)
	people := payTwo(o)
	dir := t.TempDir()
	book := filepath.Join(dir, "list.xlsx")
	if err := os.WriteFile(book, o.books[0], 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, book).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	printed, err := exec.Command("pdftotext", "-layout", filepath.Join(dir, "list.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	total := people[0].order.Amount + people[1].order.Amount
	flat := strings.Join(strings.Fields(string(printed)), "")
	for _, want := range []string{"个人账户金转出通知书", total.Capitals(), "付款清单", people[1].order.EndToEndID, "单位印章", "财务负责人"} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is not in print", want)
		}
	}
	if strings.Contains(string(printed), "###") {
		t.Error("a column is too narrow")
	}
}
