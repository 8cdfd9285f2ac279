package jobs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
)

// TestChangedRows: whoever changes a number in the store does not get it paid. The case
// whose money does not agree with what the core debited, the form says and the ledger has
// is held; the other person is paid.
func TestChangedRows(t *testing.T) {
	const of = " WHERE case_no = (SELECT case_no FROM letters WHERE letter_no = $1)"
	for name, c := range map[string]struct {
		before string // the step before which somebody changes them
		change []string
		file   bool // that leaves all the same in this pass
		made   bool // anew, over what is right
	}{
		"a part, before it is ordered": {
			before: "remit", change: []string{"UPDATE remittances SET amount = 99000000" + of}, file: true,
		},
		"a part and its form": {
			before: "remit", change: []string{"UPDATE remittances SET amount = 99000000" + of, "UPDATE forms SET amount = 99000000, principal = 99000000, interest = 0" + of}, file: true,
		},
		"a part, its form and the core's result": {
			before: "remit", change: []string{
				"UPDATE remittances SET amount = 99000000" + of, "UPDATE forms SET amount = 99000000, principal = 99000000, interest = 0" + of,
				"UPDATE postings SET amount = 99000000" + of,
			},
			file: true,
		},
		"a part in a payment file": {before: "push", change: []string{"UPDATE remittances SET amount = 99000000" + of}},
		"a payment in a payment file": {
			before: "push", change: []string{"UPDATE payments SET amount = 99000000 WHERE ref = (SELECT ref FROM payment_items" + of + ")"}, made: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "office.db")
			if err := os.WriteFile(dsn, emptyStore(), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Parallel()
			o := newOfficeOn(t, dsn)
			o.unproved = true
			p, q := leaver(us, 0), leaver(us, 1)
			o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
			o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
			o.pass()
			o.passInSteps("second", func(step string, run func()) {
				if step == c.before {
					db := openPlain(t, dsn)
					for _, text := range c.change {
						r, err := db.Exec(text, letterNo(them, 1))
						if err != nil {
							t.Fatal(err)
						}
						if n, err := r.RowsAffected(); err != nil || n < 1 {
							t.Fatalf("%s: %d rows, %v", text, n, err)
						}
					}
				}
				run()
			})
			if c.file != (len(o.orders) == 1) {
				t.Errorf("ordered from the bank: %v", o.orders)
			}
			if err := o.tryPass(); err != nil { // the total may differ: then nothing more is paid
				t.Log(err)
			}
			o.forged = true
			if r, err := o.env.Store.VerifyJournal(t.Context(), nil); err != nil || r.OK() {
				t.Errorf("the journal does not know: %+v, %v", r, err)
			}
			for _, x := range o.orders {
				if x.Amount > 1_000_000 || !c.made && strings.HasPrefix(x.EndToEndID, letterNo(them, 1)) {
					t.Errorf("%s is paid %s", x.EndToEndID, x.Amount)
				}
			}
			if got := o.caseBy(exchange.Out, p); !c.made && (got.State != exchange.Held || got.Hold != code.HoldAmountDiffers) {
				t.Errorf("the case is %s, %s", got.State, got.Hold)
			}
		})
	}
}
