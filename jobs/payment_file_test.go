package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/samples"
)

// payer is an old place whose cases are all debited and due to one partner.
func payer(tb testing.TB, amounts []money.Fen, change ...func(*jobs.Env)) *jobs.Env {
	tb.Helper()
	e := oldPlace(tb, tb.TempDir())
	e.Agency.Payer, e.Rules.AutomaticRelease = receiving(samples.OldPlace), true
	e.Partners[samples.NewPlace] = partnerOf(samples.NewPlace, "2021")
	for _, c := range change {
		c(e)
	}
	for from := 0; from < len(amounts); from += 500 {
		err := e.Store.Tx(context.Background(), func(tx *store.Tx) error {
			for i := from; i < min(from+500, len(amounts)); i++ {
				if err := dueCase(tx, e, i+1, amounts[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return e
}

// dueCase stores a case whose form is sent and whose money is due.
func dueCase(tx *store.Tx, e *jobs.Env, n int, amount money.Fen) error {
	no, date := fmt.Sprintf("%s20260302%06d", samples.NewPlace, n), e.Date
	c := exchange.Case{
		No: fmt.Sprintf("T%s20260302%06d", samples.OldPlace, n), Side: exchange.Out, Partner: samples.NewPlace, Profile: "2021", State: exchange.Answered,
		FormTrack: exchange.FormSent, MoneyTrack: exchange.MoneyDue, LetterNo: no, LetterVersion: 1, OpenedOn: date, SchemeFrom: "310", SchemeTo: "310",
		StateSince: date, FormSince: date, MoneySince: date, LetterOn: date, AnsweredOn: date,
		Person: exchange.Person{IDType: "01", IDNo: "11010519491231002X", Name: "买买提·阿不都热合曼", IDKey: fmt.Sprint(n), NameKey: "张三"},
	}
	l := exchange.Letter{
		No: no, Version: 1, CaseNo: c.No, Side: exchange.Out, Date: date, Person: c.Person, From: samples.OldPlace, To: samples.NewPlace,
		AccountMoves: true, Account: receiving(samples.NewPlace), ReceivedOn: date, SchemeFrom: "310", SchemeTo: "310",
	}
	f := exchange.Form{
		No: "F" + c.No[1:], Version: 1, CaseNo: c.No, Side: exchange.Out, Nature: "original", LetterNo: no, LetterVersion: 1, Track: exchange.FormSent,
		Current: true, Person: c.Person, Money: exchange.MoneyREMITTED, Principal: amount, Amount: amount, IssuedOn: date, Part: 1,
	}
	debit := exchange.Posting{No: "P" + c.No[1:], CaseNo: c.No, Row: exchange.PostDebit, State: exchange.PostingDone, Principal: amount, Amount: amount, QueuedOn: date, DoneOn: date}
	r := exchange.Remittance{CaseNo: c.No, Part: 1, Side: exchange.Out, LetterNo: no, FormNo: f.No, Amount: amount, Track: exchange.MoneyDue, To: exchange.ToPartner, Since: date}
	return errors.Join(tx.InsertCase(&c), tx.InsertLetter(l), tx.InsertForm(f), tx.InsertPosting(debit), tx.InsertRemittance(r),
		tx.Book(ledger.Liquidate(ledger.Head{Date: int(date), CaseNo: c.No, Partner: c.Partner}, amount)))
}

// orderedFiles reads the payment files of the spool: what each orders.
func orderedFiles(tb testing.TB, e *jobs.Env) (files [][]iso20022.Transfer) {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join(spoolFolder(e), "out-pain.001_*.xml"))
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		var list []iso20022.Transfer
		_, faults, err := iso20022.ReadPayment(f, iso20022.Limits{}, func(_ *iso20022.Payment, t iso20022.Transfer) error {
			list = append(list, t)
			return nil
		})
		if f.Close(); err != nil || faults.Total > 0 {
			tb.Fatal(err, faults.List)
		}
		files = append(files, list)
	}
	return files
}

// TestFilesUnderTheCap: whatever is due and whatever the caps, every part is
// ordered exactly once, to the fen, in files and lump sums under their caps,
// and its advice waits beside its lump sum's others.
func TestFilesUnderTheCap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		amounts := rapid.SliceOfN(rapid.Map(rapid.Int64Range(1, 1000), func(n int64) money.Fen { return money.Fen(n) }), 1, 30).Draw(r, "amounts")
		limit := money.Fen(rapid.Int64Range(1000, 5000).Draw(r, "cap"))
		lump := rapid.Bool().Draw(r, "lump sum")
		e := payer(t, amounts, func(e *jobs.Env) {
			e.Agency.FileCap = limit
			p := e.Partners[samples.NewPlace]
			p.LumpSum = lump
			e.Partners[samples.NewPlace] = p
		})
		counts, err := e.Remit(t.Context())
		if err != nil {
			r.Fatal(err)
		}
		seen, total, paid := map[string]money.Fen{}, money.Fen(0), 0
		for _, list := range orderedFiles(t, e) {
			sum := money.Fen(0)
			for _, x := range list {
				if _, twice := seen[x.EndToEndID]; twice {
					r.Fatalf("%s is paid twice", x.EndToEndID)
				}
				seen[x.EndToEndID] = x.Amount
				sum += x.Amount
				paid++
			}
			if total += sum; sum > limit {
				r.Fatalf("a file of %s, the cap is %s", sum, limit)
			}
		}
		want := money.Fen(0)
		for _, f := range amounts {
			want += f
		}
		if total != want || counts["released"] != paid || !lump && paid != len(amounts) {
			r.Fatalf("%d transfers of %s in place of %d of %s: %v", paid, total, len(amounts), want, counts)
		}
		requireAdvices(t, r, e, seen, len(amounts))
	})
}

// requireAdvices: the advices of a payment add up to it, and there is one per
// part.
func requireAdvices(t *testing.T, r *rapid.T, e *jobs.Env, paid map[string]money.Fen, parts int) {
	n, sums := 0, map[string]money.Fen{}
	err := e.Store.View(t.Context(), func(tx *store.Tx) error {
		waiting, err := gather(func(party string, fn func(exchange.Outgoing) error) error {
			return tx.EachOutgoingFor(party, "remittance-advice", fn)
		}, samples.NewPlace)
		for _, o := range waiting {
			n++
			sums[strings.Split(string(o.Rows), ",")[1]] += o.Amount
		}
		return err
	})
	if err != nil || n != parts {
		r.Fatalf("%d advices for %d parts: %v", n, parts, err)
	}
	for ref, amount := range paid {
		if sums[ref] != amount {
			r.Fatalf("payment %s of %s is advised with %s", ref, amount, sums[ref])
		}
	}
}

// TestPaymentFileIsReadBack: a payment file whose bytes are not what was
// ordered is not registered, nothing is queued, and the next pass makes it
// whole.
func TestPaymentFileIsReadBack(t *testing.T) {
	for name, change := range map[string]func(text string) string{
		"an amount":       func(s string) string { return strings.Replace(s, ">5.00<", ">6.00<", 1) },
		"a sum":           func(s string) string { return strings.Replace(s, "<CtrlSum>12.00<", "<CtrlSum>13.00<", 1) },
		"all that counts": func(s string) string { return strings.NewReplacer(">5.00<", ">6.00<", "12.00", "13.00").Replace(s) },
		"an account": func(s string) string {
			return strings.Replace(s, receiving(samples.NewPlace).No, "6217000000000000000", 1)
		},
		"its end": func(s string) string { return s[:len(s)-20] },
	} {
		t.Run(name, func(t *testing.T) {
			e := payer(t, []money.Fen{500, 700})
			changed := false
			e.Outside = func(call, _ string) error {
				if call != "spool.read:before" {
					return nil
				}
				for _, part := range must(filepath.Glob(filepath.Join(spoolFolder(e), ".tmp-*"))) {
					text := must(os.ReadFile(part))
					other := change(string(text))
					changed = changed || other != string(text)
					if err := os.WriteFile(part, []byte(other), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				return nil
			}
			_, err := e.Remit(t.Context())
			if err == nil || !strings.Contains(err.Error(), "read back") || !changed {
				t.Errorf("changed %v: %v", changed, err)
			}
			if left := must(filepath.Glob(filepath.Join(spoolFolder(e), "out-*"))); len(left) > 0 || len(queued(t, e)) > 0 {
				t.Errorf("left in the spool: %v, queued: %v", left, queued(t, e))
			}
			e.Outside = nil
			if _, err := e.Remit(t.Context()); err != nil || len(queued(t, e)) != 1 || len(orderedFiles(t, e)[0]) != 2 {
				t.Errorf("the next pass: %v", err)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func queued(t *testing.T, e *jobs.Env) (files []exchange.File) {
	t.Helper()
	err := e.Store.View(t.Context(), func(tx *store.Tx) (err error) {
		files, err = tx.Files(store.FileFilter{Dir: exchange.Out, Kind: office.KindPayment})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
