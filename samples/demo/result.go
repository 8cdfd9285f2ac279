package demo

import (
	"carryover/exchange/ledger"
	"carryover/exchange/money"
)

// Result is how a demo went.
type Result struct {
	OK         bool                      `json:"ok"`
	People     int                       `json:"people"` // plain ones, as asked for
	Nights     int                       `json:"nights"`
	Cases      map[string]map[string]int `json:"cases"` // agency → state → number
	Money      Money                     `json:"money"`
	Banks      Banks                     `json:"banks"`
	Files      Files                     `json:"files"`
	Exceptions map[string]Exception      `json:"exceptions"`
	Workbooks  []string                  `json:"workbooks"`
	Faults     []string                  `json:"faults"` // what did not go as it was meant to
}

// Money is the equation of SPEC 4 over all agencies, in yuan.
type Money struct {
	Liquidated   string `json:"liquidated"`
	Credited     string `json:"credited"`
	PaidToPerson string `json:"paid_to_person"`
	Netted       string `json:"netted"`
	NotMoved     string `json:"not_moved"`
	InTransit    string `json:"in_transit"`
	Difference   string `json:"difference"`
}

func moneyOf(p ledger.Proof) Money {
	y := money.Fen.String
	return Money{
		Liquidated: y(p.Liquidated), Credited: y(p.Credited), PaidToPerson: y(p.PaidToPerson), Netted: y(p.Netted),
		NotMoved: y(p.NotMoved), InTransit: y(p.InTransit), Difference: y(p.Difference),
	}
}

// Banks is what the banks' own books say of all transfers, in yuan: what left
// one of them reached another or came back, to the fen.
type Banks struct {
	Left     string `json:"left"`
	Reached  string `json:"reached"`
	CameBack string `json:"came_back"`
}

// Files counts both agencies' batches, receipts and resends excluded.
type Files struct {
	Sent       int `json:"sent"`
	Received   int `json:"received"`
	Receipted  int `json:"receipted"` // of those sent
	Rejected   int `json:"rejected"`  // of those received
	Duplicates int `json:"duplicates"`
}

// Exception is one of the promised exceptions, as it occurred.
type Exception struct {
	Case     string `json:"case"`
	Agency   string `json:"agency"`
	Ended    string `json:"ended"`
	Evidence string `json:"evidence"`
}
