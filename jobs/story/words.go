package story

import (
	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// technicalEvents are steps of the works: they stand in a case's story, but nobody
// asks about them on the phone.
func technicalEvents() []string {
	return []string{
		"posting_asked", "posting_done", "posting_undone", "payment_ordered", "money_due", "money_ordered", "money_released", "money_unknown",
		"form_issued", "form_delivered", "advice_received", "query_answer_received", "decline_of_older_letter",
	}
}

// wishTerms are the wishes of a case with their words.
func wishTerms() []exchange.Term {
	return []exchange.Term{
		{Code: string(exchange.WishCancel), Chinese: "已申请撤销，待对方答复", English: "cancellation asked, the partner's answer awaited"},
		{Code: string(exchange.WishProposed), Chinese: "已提议作废，待对方答复", English: "annulment proposed, the partner's answer awaited"},
		{Code: string(exchange.WishAsked), Chinese: "对方提议作废，待本方决定", English: "the partner proposes an annulment, ours to decide"},
		{Code: string(exchange.WishVoid), Chinese: "双方同意作废，正在撤销记账", English: "annulment agreed, postings are being undone"},
	}
}

// caseRef is the row of a case that another story names by its number.
func caseRef(o *office.Office, tx *store.Tx, no string) (CaseRow, error) {
	c, err := tx.Case(no)
	if err != nil {
		return CaseRow{}, err
	}
	return Outline(o, c).Row(), nil
}

// Row is a case as the story of something else names it.
func (s *Case) Row() CaseRow {
	return CaseRow{
		CaseNo: s.CaseNo, Side: s.Side, SideWord: s.SideWord, Partner: s.Partner, PartnerName: s.PartnerName, LetterNo: s.LetterNo,
		Name: s.Person.Name, IDNo: s.Person.IDNo, State: s.State, StateWord: s.StateWord, FormWord: s.FormWord, MoneyWord: s.MoneyWord, Turn: s.Turn,
	}
}

// CaseRow is a case in the story of something else.
type CaseRow struct {
	CaseNo      string        `json:"case_no"`
	Side        exchange.Side `json:"side"`
	SideWord    string        `json:"side_word"`
	Partner     string        `json:"partner"`
	PartnerName string        `json:"partner_name"`
	LetterNo    string        `json:"letter_no,omitempty"`
	Name        string        `json:"name"`
	IDNo        string        `json:"id_no"`
	State       string        `json:"state"`
	StateWord   string        `json:"state_word"`
	FormWord    string        `json:"form_word"`
	MoneyWord   string        `json:"money_word"`
	Turn        *Turn         `json:"turn"`
	Part        int           `json:"part,omitempty"`   // of a payment: which part of the case's remittance
	Amount      string        `json:"amount,omitempty"` // of a payment: how much of it
}
