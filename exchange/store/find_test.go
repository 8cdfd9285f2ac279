package store

import (
	"testing"

	"carryover/exchange"
)

// TestCasesNamed: each kind of number finds its case, and only that.
func TestCasesNamed(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 3)
		c := sampleCase(2)
		write(t, s, func(tx *Tx) error {
			known := c
			known.PersonalNo = "320500000000002"
			return tx.UpdateCase(c, &known)
		})
		form := fullForm(t, c)
		posting := exchange.Posting{No: "P32050020260302000001", CaseNo: c.No, Row: exchange.PostEnd, State: exchange.PostingQueued}
		letter := exchange.Letter{No: c.LetterNo, Version: 1, CaseNo: c.No, Side: c.Side, CertificateNo: "C31010020260302000009"}
		remittance := fullRemittance(t, c)
		payment := exchange.Payment{
			Ref: c.LetterNo + "-1-1", Purpose: "transfer", Amount: 5, Track: exchange.MoneySubmitted,
			Items: []exchange.PaymentItem{{CaseNo: c.No, Part: remittance.Part, Amount: 5}},
		}
		advice := exchange.Advice{Ref: "L310100320500202603020001", LetterNo: c.LetterNo, Side: exchange.In, Purpose: "transfer"}
		query := exchange.Query{No: "Z32050020260302000001", Side: "sent", State: "open", CaseNo: c.No}
		write(t, s, func(tx *Tx) error {
			return steps(tx.InsertForm(form), tx.InsertPosting(posting), tx.InsertLetter(letter), tx.InsertRemittance(remittance),
				tx.InsertPayment(payment), tx.InsertAdvice(advice), tx.InsertQuery(query))
		})
		for _, number := range []string{
			c.No, c.LetterNo, form.No, posting.No, letter.CertificateNo, payment.Ref, advice.Ref, query.No, "320500000000002",
		} {
			view(t, s, func(tx *Tx) error {
				got, err := tx.CasesNamed(number, "")
				if len(got) != 1 || got[0] != c.No {
					t.Errorf("%s names %v", number, got)
				}
				return err
			})
		}
		view(t, s, func(tx *Tx) error {
			byID, err1 := tx.CasesNamed("no number", c.Person.IDKey)
			none, err2 := tx.CasesNamed("C%", "")
			if len(byID) != 1 || byID[0] != c.No || len(none) != 0 {
				t.Errorf("by ID %v, by a pattern %v", byID, none)
			}
			return steps(err1, err2)
		})
	})
}

// TestCountFiles counts by direction and state; a name finds files of both.
func TestCountFiles(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		in, out := sampleFile(1), sampleFile(2)
		out.Dir, out.State, out.Name = exchange.Out, exchange.FileQueued, in.Name
		write(t, s, func(tx *Tx) error { return steps(tx.InsertFile(&in), tx.InsertFile(&out)) })
		view(t, s, func(tx *Tx) error {
			n, err1 := tx.CountFiles()
			named, err2 := tx.FilesNamed(in.Name)
			if n[exchange.In][exchange.FileFetched] != 1 || n[exchange.Out][exchange.FileQueued] != 1 || len(named) != 2 {
				t.Errorf("counted %v, named %d", n, len(named))
			}
			return steps(err1, err2)
		})
	})
}
