package iso20022

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"carryover/exchange/drop/droptest"
	"carryover/exchange/money"

	"carryover/exchange/calendar"
)

var noon = time.Date(2026, 2, 13, 12, 0, 5, 0, china)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func payment(n int) (Payment, []Transfer) {
	head := Payment{
		MsgID: "PAY320500202602130001", Created: noon, Initiator: "苏州市医疗保险基金管理中心",
		Debtor: Account{
			Name: "苏州市社会保险基金财政专户", Number: "1102020409000012345",
			Bank: "中国工商银行苏州分行", CNAPS: "102305000018",
		},
		Execution: day("2026-02-14"), Transfers: n,
	}
	var list []Transfer
	for i := range n {
		letter := fmt.Sprintf("31010020260202%06d", i+1)
		t := Transfer{
			EndToEndID: letter + "-1-1", Amount: money.Fen(100_050 + i),
			Creditor: Account{Name: "上海市医疗保险事业管理中心 <收入户>", Number: "310066771018800054321", Bank: "交通银行上海分行", CNAPS: "301290000007"},
			Text:     RemittanceText(letter, "11010519491231002X", "买买提·阿不都热合曼", 60, UTF8),
		}
		head.Total += t.Amount
		list = append(list, t)
	}
	return head, list
}

func writePayment(t testing.TB, n int) []byte {
	t.Helper()
	head, list := payment(n)
	var b bytes.Buffer
	p, err := NewPaymentWriter(&b, head)
	must(t, err)
	for _, one := range list {
		must(t, p.Write(one))
	}
	must(t, p.Close())
	return b.Bytes()
}

func statusReport() (StatusReport, []TransferStatus) {
	head := StatusReport{
		MsgID: "STS1", Created: noon, OriginalMsgID: "PAY320500202602130001", OriginalName: PaymentName,
		Transfers: 3, Total: 300_153, Status: Partly, Reason: "NARR", Text: "部分接受 & 部分拒绝",
	}
	transfers := []TransferStatus{
		{EndToEndID: "31010020260202000001-1-1", Status: InSettlement, BankRef: "B001"},
		{EndToEndID: "31010020260202000002-1-1", Status: Rejected, Reason: "AC01", Text: "账号不存在"},
		{EndToEndID: "31010020260202000003-1-1", Status: Pending},
	}
	return head, transfers
}

func writeStatus(t testing.TB) []byte {
	t.Helper()
	head, list := statusReport()
	var b bytes.Buffer
	s, err := NewStatusWriter(&b, head)
	must(t, err)
	for _, one := range list {
		must(t, s.Write(one))
	}
	must(t, s.Close())
	return b.Bytes()
}

func statement() (Statement, [][]Entry) {
	ours := Account{Name: "上海市医疗保险事业管理中心", Number: "310066771018800054321", Bank: "交通银行上海分行", CNAPS: "301290000007"}
	suzhou := Account{Name: "苏州市社会保险基金财政专户", Number: "1102020409000012345", CNAPS: "102305000018"}
	head := Statement{
		MsgID: "NTF1", Created: noon, ID: "NTF1-1", Account: ours,
		Opening: Balance{Date: day("2026-02-13"), Amount: 1_000_000},
		Closing: Balance{Date: day("2026-02-13"), Amount: 1_000_000 + 100_050 - 5_000 + 5_000 + 30_003},
	}
	book := Entry{Part: 1, Parts: 1, Status: Booked, Booked: day("2026-02-13"), Value: day("2026-02-13"), Counterparty: suzhou}
	in, out, back, pending := book, book, book, book
	in.Ref, in.Amount, in.Credit, in.EndToEndID, in.Text = "R1", 100_050, true, "31010020260202000001-1-1", "31010020260202000001 11010519491231002X 张三"
	out.Ref, out.Amount, out.EndToEndID, out.MsgID = "R2", 5_000, "32050020260202000001-1-1", "PAY1"
	back.Ref, back.Amount, back.Credit, back.EndToEndID = "R3", 5_000, true, "32050020260202000001-1-1"
	back.Returned, back.ReturnCode, back.ReturnReason = true, "AC01", "账号与户名不符"
	pending.Ref, pending.Amount, pending.Status, pending.Booked, pending.Credit = "R4", 77, PendingEntry, 0, true
	one, two := in, in
	one.Ref, one.Amount, one.Part, one.Parts = "R5", 10_001, 1, 2
	two.Ref, two.Amount, two.Part, two.Parts, two.EndToEndID = "R5", 20_002, 2, 2, "31010020260202000002-1-1"
	all := [][]Entry{{in}, {out}, {back}, {pending}, {one, two}}
	for _, booking := range all {
		var total money.Fen
		for _, e := range booking {
			total += e.Signed()
		}
		for i := range booking {
			booking[i].Total = total
		}
	}
	return head, all
}

func writeEntries(t testing.TB, begin func(b *bytes.Buffer, head Statement) (*EntryWriter, error)) []byte {
	t.Helper()
	head, list := statement()
	var b bytes.Buffer
	e, err := begin(&b, head)
	must(t, err)
	for _, one := range list {
		must(t, e.WriteBatch(one))
	}
	must(t, e.Close())
	return b.Bytes()
}

func writeNotification(t testing.TB) []byte {
	return writeEntries(t, func(b *bytes.Buffer, head Statement) (*EntryWriter, error) { return NewNotificationWriter(b, head) })
}

func writeStatement(t testing.TB) []byte {
	return writeEntries(t, func(b *bytes.Buffer, head Statement) (*EntryWriter, error) { return NewStatementWriter(b, head) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func lint(t *testing.T, name string, message []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "message.xml")
	must(t, os.WriteFile(file, message, 0o600))
	out, err := exec.Command(droptest.Require(t, "xmllint"), "--noout", "--schema", filepath.Join("testdata", "xsd", name+".xsd"), file).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %s\n%s", name, out, message)
	}
}
