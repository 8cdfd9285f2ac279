package demo

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/signing"
	"carryover/samples/demo/outside"
)

// mistake is a credit that a bank books by mistake, in the words of a payment of the
// agency's, and takes back some nights later.
type mistake struct {
	account string
	entry   iso20022.Entry
	day     int // of the credit
	back    int // of its reversal
}

// mistakeAbout lets a bank book a payment that it was ordered as a credit to its payer,
// too, now and then: it names the payment, and is no return. A keyed sheet has no column
// for what the bank took back.
func (l *life) mistakeAbout(code string, t outside.Transfer) {
	if l.w.day >= calmDay || t.Order == counterOrder || !l.w.banks[code].GivesMessages() || l.wrong.IntN(100) >= 8 {
		return
	}
	m := mistake{account: t.Debtor.Number, day: l.w.day + l.wrong.IntN(3)}
	m.back = m.day + 1 + l.wrong.IntN(3)
	m.entry = iso20022.Entry{Amount: t.Amount, Credit: true, Counterparty: t.Creditor, Text: "误入账 " + t.EndToEnd + " " + t.Text}
	l.mistakes[code] = append(l.mistakes[code], m)
	l.tell("%sb: will credit %s by mistake on day %d, until day %d", code, t.EndToEnd, m.day, m.back)
	l.occur("mistaken credit")
}

// mistaken are the credits that a bank books by mistake tonight, and what it takes back.
func (l *life) mistaken(code, account string) (list []iso20022.Entry) {
	for _, m := range l.mistakes[code] {
		if m.account != account {
			continue
		}
		if m.day == l.w.day {
			list = append(list, m.entry)
		}
		if m.back == l.w.day {
			e := m.entry
			e.Credit, e.Reversal = false, true
			list = append(list, e)
		}
	}
	return list
}

// mistakesLeft reports whether a bank has a mistake to book or to take back still.
func (l *life) mistakesLeft() bool {
	for _, list := range l.mistakes {
		if slices.ContainsFunc(list, func(m mistake) bool { return m.back >= l.w.day }) {
			return true
		}
	}
	return false
}

// byMistake reports whether a difference is about a mistaken credit, taken for the partner's
// refund, of a case that was annulled since: what the bank took back is one half of it, the
// partner's refund the other.
func (l *life) byMistake(code string, d exchange.Difference) bool {
	return (d.Ours.Is("noted") || d.Ours.Is("nothing-settled")) && slices.ContainsFunc(l.mistakes[code], func(m mistake) bool {
		return d.Theirs.Arg(0) == m.entry.Amount.String()
	})
}

// changedRow is an amount to be paid that somebody changed in an agency's store.
type changedRow struct {
	caseNo  string
	part    int
	was     money.Fen
	changed money.Fen
	day     int // on which it was
}

// byHand: somebody changes what a case is to be paid; who restores it does so some days
// later, and finance lets the case go on. What is wrong in between is paid to nobody:
// the proof of the transfers would find it.
func (h *house) byHand() error {
	if err := h.restoreRows(); err != nil {
		return err
	}
	if h.l.w.day >= calmDay || h.l.wrong.IntN(100) >= 8 {
		return nil
	}
	var due []exchange.Remittance
	err := h.view(func(tx *store.Tx) error {
		return tx.EachCase(store.CaseFilter{Side: exchange.Out}, func(c exchange.Case) error {
			parts, err := tx.RemittancesByCase(c.No)
			for _, r := range parts {
				if r.To != exchange.ToPerson && (r.Track == exchange.MoneyDue || r.Track == exchange.MoneyOrdered) {
					due = append(due, r)
				}
			}
			return err
		})
	})
	if err != nil || len(due) == 0 {
		return err
	}
	r := due[h.l.wrong.IntN(len(due))]
	if slices.ContainsFunc(h.rows, func(x changedRow) bool { return x.caseNo == r.CaseNo && x.part == r.Part }) {
		return nil
	}
	x := changedRow{r.CaseNo, r.Part, r.Amount, r.Amount * 99, h.l.w.day}
	if _, err := h.setAmount(x, x.was, x.changed); err != nil {
		return err
	}
	h.rows, h.touched[x.caseNo] = append(h.rows, x), true
	h.l.tell("%s: somebody makes %s of %s, part %d of %s", h.code, x.changed, x.was, x.part, x.caseNo)
	h.l.occur("row changed")
	return nil
}

// restoreRows restores what was changed on a day before, and has finance settle the case.
func (h *house) restoreRows() error {
	rest := h.rows[:0]
	for _, x := range h.rows {
		if x.day == h.l.w.day || h.l.w.day < calmDay && h.l.wrong.IntN(2) == 0 {
			rest = append(rest, x)
			continue
		}
		n, err := h.setAmount(x, x.changed, x.was)
		if err != nil {
			return err
		}
		h.l.tell("%s: %d rows of %s restored", h.code, n, x.caseNo)
		h.settle = append(h.settle, x.caseNo)
	}
	h.rows = rest
	return nil
}

// settleAmounts lets cases go on whose amounts were restored.
func (h *house) settleAmounts() error {
	for _, no := range h.settle {
		if err := h.decide(exchange.ActSettleAmount, no, nil); err != nil {
			return err
		}
	}
	h.settle = nil
	return nil
}

// acceptFindings ends what the proof found of rows that are restored: 复核 and 审计 sign it.
func (h *house) acceptFindings() error {
	if len(h.rows) > 0 {
		return nil
	}
	var found []signing.Finding
	err := h.view(func(tx *store.Tx) (err error) {
		found, err = signing.ReadFindings(h.env.Office, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range found {
		if f.Accepted != nil || !h.touched[f.Chain] {
			continue
		}
		h.env.Date = h.l.w.today
		file, err := signing.Accept(h.l.ctx, h.env.Office, f.N, "原数已恢复，逐笔核对无误")
		if err != nil {
			return err
		}
		h.l.tell("%s: finding %d is accepted: %s: %s", h.code, f.N, f.Where(), f.What)
		h.l.occur("finding accepted")
		if file.Name == "" {
			continue
		}
		for _, o := range append(h.officers[:1:1], h.auditor()) {
			if err := h.signHere(o, file); err != nil {
				return err
			}
		}
	}
	return nil
}

// setAmount changes a row behind the program's back.
func (h *house) setAmount(x changedRow, from, to money.Fen) (n int64, err error) {
	db, err := sql.Open("sqlite", h.dsn+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return 0, err
	}
	r, err := db.Exec("UPDATE remittances SET amount = $1 WHERE case_no = $2 AND part = $3 AND amount = $4", int64(to), x.caseNo, x.part, int64(from))
	if err == nil {
		n, err = r.RowsAffected()
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return 0, fmt.Errorf("change %s: %w", x.caseNo, err)
	}
	return n, nil
}
