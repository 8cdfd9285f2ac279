package ledger_test

import (
	"fmt"

	"carryover/exchange/ledger"
	"carryover/exchange/money"
)

// The old place's money of one case: the core took it from the person's
// account, it was ordered and submitted, and the bank settled it. The proof
// compares the ledger with what the core and the new place say.
func Example() {
	const amount money.Fen = 1_234_560
	head := ledger.Head{Date: 20260302, CaseNo: "O3205002026030200001", Partner: "310100", Memo: "posting-result 7, record 3"}
	balances := ledger.Balances{}
	for _, e := range []ledger.Entry{
		ledger.Liquidate(head, amount), ledger.Order(head, amount), ledger.Submit(head, amount), ledger.Settle(head, amount, amount),
	} {
		if err := balances.Apply(e); err != nil {
			fmt.Println(err)
			return
		}
	}
	proof, err := ledger.ProveOut(balances, "310100", amount, 0)
	fmt.Println("in transit", proof.InTransit, "credited", proof.Credited, "difference", proof.Difference, err)

	// The bank sends it back: it lies with us, to be ordered again.
	if err := balances.Apply(ledger.Return(head, amount)); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ledger.OutReturned.Of("310100"), balances[ledger.OutReturned.Of("310100")])
	// Output:
	// in transit 12345.60 credited 0.00 difference 0.00 <nil>
	// out:returned:310100 12345.60
}

// An entry whose postings do not sum to zero is refused.
func ExampleEntry_Check() {
	e := ledger.Liquidate(ledger.Head{Date: 20260302, CaseNo: "O3205002026030200001", Partner: "310100"}, 100)
	e.Postings[0].Amount++
	fmt.Println(e.Check())
	// Output:
	// ledger entry liquidated O3205002026030200001: postings do not sum to zero but to 0.01
}
