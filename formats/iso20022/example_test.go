package iso20022_test

import (
	"bytes"
	"fmt"
	"time"

	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// A payment order for the bank with one transfer, and what reading it gives.
func ExamplePaymentWriter() {
	head := iso20022.Payment{
		MsgID: "PAY320500202603020001", Created: time.Date(2026, 3, 2, 17, 0, 0, 0, time.FixedZone("", 8*60*60)),
		Initiator: "苏州市医疗保险基金管理中心", Execution: 2026_03_03, Transfers: 1, Total: 1_234_560,
		Debtor: iso20022.Account{Name: "苏州市社会保险基金财政专户", Number: "1102020409000012345", CNAPS: "102305000018"},
	}
	text := iso20022.RemittanceText("31010020260302000017", "11010519491231002X", "王建国", 60, iso20022.UTF8)
	var file bytes.Buffer
	w, err := iso20022.NewPaymentWriter(&file, head)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := w.Write(iso20022.Transfer{
		EndToEndID: "31010020260302000017-1-1", Amount: 1_234_560, Text: text,
		Creditor: iso20022.Account{Name: "上海市社会保障基金财政专户", Number: "110231010020000018", CNAPS: "105290000019"},
	}); err != nil {
		fmt.Println(err)
		return
	}
	if err := w.Close(); err != nil { // proves number and sum
		fmt.Println(err)
		return
	}

	read, faults, err := iso20022.ReadPayment(&file, iso20022.Limits{}, func(p *iso20022.Payment, t iso20022.Transfer) error {
		letter, id := iso20022.ParseRemittance(t.Text)
		fmt.Println(p.MsgID, t.EndToEndID, t.Amount, letter, id)
		return nil
	})
	fmt.Println(read.Transfers, read.Total, faults.Total, err)
	// Output:
	// PAY320500202603020001 31010020260302000017-1-1 12345.60 31010020260302000017 11010519491231002X
	// 1 12345.60 0 <nil>
}

// The day's statement of an account. Entries count only once the reader has
// come back without faults.
func ExampleReadStatement() {
	var file bytes.Buffer
	w, err := iso20022.NewStatementWriter(&file, iso20022.Statement{
		MsgID: "STMT20260303", ID: "STMT20260303-1", Created: time.Date(2026, 3, 3, 20, 0, 0, 0, time.UTC),
		Account: iso20022.Account{Number: "110231010020000018"},
		Opening: iso20022.Balance{Date: 2026_03_03, Amount: 50_000}, Closing: iso20022.Balance{Date: 2026_03_03, Amount: 1_284_560},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := w.Write(iso20022.Entry{
		Ref: "B1", Amount: 1_234_560, Credit: true, Status: iso20022.Booked, Booked: 2026_03_03, EndToEndID: "31010020260302000017-1-1",
	}); err != nil {
		fmt.Println(err)
		return
	}
	if err := w.Close(); err != nil { // opening, entries and closing add up
		fmt.Println(err)
		return
	}

	var credits money.Fen
	statements, faults, err := iso20022.ReadStatement(&file, iso20022.Limits{}, func(s *iso20022.Statement, e iso20022.Entry) error {
		fmt.Println(s.Account.Number, e.Booked, e.EndToEndID, e.Amount)
		credits += e.Amount
		return nil
	})
	fmt.Println(len(statements), statements[0].Closing.Amount, credits, faults.Total, err)
	// Output:
	// 110231010020000018 2026-03-03 31010020260302000017-1-1 12345.60
	// 1 12845.60 12345.60 0 <nil>
}
