package jobs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs"
	"carryover/samples"
)

// BenchmarkMatching matches as many credits as there are open cases, told by
// one camt.054: half by letter number, a quarter by ID and amount, a quarter
// by EndToEndId; and as many again that nobody knows. CARRYOVER_CREDITS asks
// for more (100000 is the size that the limits are stated for: linear, under
// 256 MiB).
func BenchmarkMatching(b *testing.B) {
	n := 2000
	if s := os.Getenv("CARRYOVER_CREDITS"); s != "" {
		fmt.Sscan(s, &n)
	}
	for b.Loop() {
		dir := b.TempDir()
		e := oldPlace(b, dir)
		ctx := context.Background()
		account := receiving(us)
		e.Agency.Payer, e.Agency.Accounts = account, []exchange.Account{account}
		root := filepath.Join(dir, bank)
		if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
			b.Fatal(err)
		}
		e.Parties = append(e.Parties, jobs.Party{Code: bank, Role: jobs.RoleBank, After: jobs.AfterMove, Open: func(context.Context) (drop.Drop, error) {
			return drop.OpenLocal(root, drop.Paths{}, drop.Options{})
		}})
		openCases(b, e, n)
		notify(b, filepath.Join(root, "in", "camt054.xml"), n)
		if _, err := e.Pull(ctx); err != nil {
			b.Fatal(err)
		}
		peak, start := watchHeap(), time.Now()
		if _, err := e.Process(ctx); err != nil {
			b.Fatal(err)
		}
		took, most := time.Since(start), peak()
		again := time.Now()
		if _, err := e.Process(ctx); err != nil { // the waiting ones cost nothing
			b.Fatal(err)
		}
		b.ReportMetric(float64(took.Microseconds())/float64(2*n), "µs/credit")
		b.ReportMetric(time.Since(again).Seconds()*1000, "ms-next-pass")
		b.ReportMetric(float64(most)/(1<<20), "peak-heap-MiB")
		matched := 0
		err := e.Store.View(ctx, func(tx *store.Tx) error {
			return tx.EachRemittance(exchange.In, exchange.MoneyMatched, func(exchange.Remittance) error { matched++; return nil })
		})
		if err != nil || matched != n {
			b.Fatalf("%d of %d matched: %v", matched, n, err)
		}
	}
}

func benchLetter(i int) string { return fmt.Sprintf("%s20260302%06d", us, i) }

// openCases stores n cases that wait for their money.
func openCases(b *testing.B, e *jobs.Env, n int) {
	b.Helper()
	for from := 0; from < n; from += 500 {
		err := e.Store.Tx(context.Background(), func(tx *store.Tx) error {
			for i := from; i < min(n, from+500); i++ {
				if err := openCase(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func openCase(tx *store.Tx, i int) error {
	id := benchID(i)
	c := exchange.Case{
		No: fmt.Sprintf("T%s", benchLetter(i)), Side: exchange.In, Partner: them, Profile: "2021", State: exchange.Answered, FormTrack: exchange.FormChecked,
		MoneyTrack: exchange.MoneyNone, Person: exchange.Person{IDType: "01", IDNo: id, IDKey: id, Name: "张三", NameKey: "张三"},
		SchemeFrom: "310", SchemeTo: "310", LetterNo: benchLetter(i), LetterVersion: 1, LetterOn: 20260302, FormOn: 20260310, OpenedOn: 20260302, StateSince: 20260310,
	}
	form := exchange.Form{
		No: "F" + benchLetter(i), Version: 1, CaseNo: c.No, Side: exchange.In, Nature: exchange.NatureOriginal, LetterNo: c.LetterNo, LetterVersion: 1,
		Track: exchange.FormChecked, Current: true, Person: c.Person, Money: exchange.MoneyREMITTED, Principal: benchAmount(i), Amount: benchAmount(i), Part: 1,
	}
	part := exchange.Remittance{
		CaseNo: c.No, Part: 1, Side: exchange.In, LetterNo: c.LetterNo, FormNo: form.No, Amount: form.Amount, Track: exchange.MoneyNone, Since: 20260310,
	}
	if err := tx.InsertCase(&c); err != nil {
		return err
	}
	if err := tx.InsertForm(form); err != nil {
		return err
	}
	return tx.InsertRemittance(part)
}

// benchID is the ID number of a person of the generator's.
func benchID(i int) string { return samples.NewPopulation(7, us, 20260302).At(i).IDNo }

func benchAmount(i int) money.Fen { return money.Fen(1000000 + i) }

// notify writes a camt.054 with the money of n cases, and as much for nobody.
func notify(b *testing.B, path string, n int) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	own := receiving(us)
	w, err := iso20022.NewNotificationWriter(f, iso20022.Statement{
		MsgID: "bench", Created: time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC), ID: "bench", Account: iso20022.Account{Name: own.Holder, Number: own.No, Bank: own.Bank, CNAPS: own.CNAPS},
	})
	for i := range 2 * n {
		e := comes(fmt.Sprintf("C%d", i), benchAmount(i), benchLetter(i), "")
		switch {
		case i >= n:
			e.Text = fmt.Sprintf("%s20260302%06d", others, i%1000000)
		case i%4 == 2:
			e.Text = benchID(i)
		case i%4 == 3:
			e.Text, e.EndToEndID = "", benchLetter(i)+"-1-1"
		}
		e.Booked, e.Value = calendar.Date(20260316), calendar.Date(20260316)
		if err == nil {
			err = w.Write(e)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
}
