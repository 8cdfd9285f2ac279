package main

import (
	"cmp"
	"slices"
	"strconv"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/jobs/story"
)

// caseRow is a case as list cases tells it.
type caseRow struct {
	CaseNo      string        `json:"case_no"`
	Side        exchange.Side `json:"side"`
	SideWord    string        `json:"side_word"`
	Partner     string        `json:"partner"`
	PartnerName string        `json:"partner_name"`
	Name        string        `json:"name"`
	IDNo        string        `json:"id_no"`
	State       string        `json:"state"`
	StateWord   string        `json:"state_word"`
	Form        string        `json:"form"`
	FormWord    string        `json:"form_word"`
	Money       string        `json:"money"`
	MoneyWord   string        `json:"money_word"`
	Reason      string        `json:"reason,omitempty"`
	Turn        *story.Turn   `json:"turn"`
	Limit       *story.Due    `json:"limit"`
	LetterNo    string        `json:"letter_no,omitempty"`
	// Ruling is the limit that decides how urgent the case is: legal, own, or
	// none; Due and Left (working days) are that limit's.
	Ruling string        `json:"ruling,omitempty"`
	Due    calendar.Date `json:"due"`
	Left   *int          `json:"left"` // null: no limit runs
}

// The kinds of limits.
const (
	rulingLegal = "legal"
	rulingOwn   = "own"
)

func (l *listing) row(c exchange.Case) caseRow {
	s := l.env.Outline(c)
	r := caseRow{
		CaseNo: s.CaseNo, Side: s.Side, SideWord: s.SideWord, Partner: s.Partner, PartnerName: s.PartnerName, Name: s.Person.Name, IDNo: s.Person.IDNo,
		State: s.State, StateWord: s.StateWord, Form: s.Form, FormWord: s.FormWord, Money: s.Money, MoneyWord: s.MoneyWord,
		Reason: s.Reason, Turn: s.Turn, Limit: s.Limit, LetterNo: s.LetterNo,
	}
	r.rule()
	return r
}

// rule chooses the limit that decides: one that has passed before one that has
// not, the legal one before our own.
func (r *caseRow) rule() {
	legal := r.Limit != nil && r.Limit.Due != 0
	own := r.Turn != nil && r.Turn.Due != 0
	switch {
	case legal && (r.Limit.Left < 0 || !own || r.Turn.Left >= 0):
		r.Ruling, r.Due, r.Left = rulingLegal, r.Limit.Due, &r.Limit.Left
	case own:
		r.Ruling, r.Due, r.Left = rulingOwn, r.Turn.Due, &r.Turn.Left
	}
}

func (r caseRow) cells(s screen) []string {
	who, wait, until := "", "", ""
	if r.Turn != nil {
		who, wait, until = r.Turn.OwnerWord, r.Turn.Wait, r.Turn.Due.String()+s.provisional(r.Turn.Provisional)
	}
	return []string{r.CaseNo, r.SideWord, r.Partner, r.Name, r.StateWord, r.FormWord, r.MoneyWord, who, wait, until, short(r.Reason, 24)}
}

func (l *listing) cases() error {
	f, err := l.caseFilter()
	if err != nil {
		return err
	}
	return l.tx.EachCase(f, func(c exchange.Case) error {
		if r := l.row(c); l.wanted(r) {
			return l.add(r)
		}
		return nil
	})
}

// wanted minds what the store does not.
func (l *listing) wanted(r caseRow) bool {
	return (l.turn == "" || (r.Turn != nil && r.Turn.Owner == l.turn)) && (!l.overdue || (r.Left != nil && *r.Left < 0))
}

// deadlineRow is a case as list deadlines tells it.
type deadlineRow struct{ caseRow }

func (r deadlineRow) cells(s screen) []string {
	left, limit, due, who, wait, counted := "", "", "", "", "", ""
	if r.Left != nil {
		left = strconv.Itoa(*r.Left)
	}
	if r.Turn != nil {
		who, wait = r.Turn.OwnerWord, r.Turn.Wait
		counted = s.sayf("自 %s 起 %d 个工作日", "from %s, %d working days", r.Turn.Since, r.Turn.WD)
	}
	switch r.Ruling {
	case rulingLegal:
		limit, due, counted = s.say("法定", "legal"), r.Due.String()+s.provisional(r.Limit.Provisional), r.Limit.Basis
	case rulingOwn:
		limit, due = s.say("本方", "own"), r.Due.String()+s.provisional(r.Turn.Provisional)
	}
	if r.Limit != nil && r.Limit.Stopped {
		counted = s.sayf("法定时限停计，还剩 %d 个工作日", "the legal limit stands still with %d working days left", r.Limit.Left)
	}
	return []string{left, limit, due, who, wait, r.CaseNo, r.SideWord, r.Partner, r.Name, r.StateWord, counted}
}

func (l *listing) deadlines() error {
	f, err := l.caseFilter()
	if err != nil {
		return err
	}
	f.OpenOnly = false // a final case may still have an unpaid part
	var found []deadlineRow
	err = l.tx.EachCase(f, func(c exchange.Case) error {
		if r := l.row(c); (r.Turn != nil || r.Limit != nil) && l.wanted(r) {
			found = append(found, deadlineRow{r})
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b deadlineRow) int { return byUrgency(a.caseRow, b.caseRow) })
	for _, r := range found {
		if err := l.add(r); err != nil {
			return err
		}
	}
	return nil
}

// byUrgency: what is overdue first, a legal limit before one of our own, then
// by the due date and the working days left; what has no limit comes last.
func byUrgency(a, b caseRow) int {
	return cmp.Or(
		cmp.Compare(a.rank(), b.rank()),
		cmp.Compare(a.Due, b.Due),
		cmp.Compare(a.left(), b.left()),
	)
}

func (r caseRow) left() int {
	if r.Left == nil {
		return 0
	}
	return *r.Left
}

func (r caseRow) rank() int {
	switch {
	case r.Left == nil:
		return 4
	case *r.Left < 0 && r.Ruling == rulingLegal:
		return 0
	case *r.Left < 0:
		return 1
	case r.Ruling == rulingLegal:
		return 2
	}
	return 3
}
