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
	"carryover/jobs/office"
	"carryover/samples"
)

// BenchmarkMatching matches as many credits as there are open cases, told by
// one camt.054: half by letter number, a quarter by ID and amount, a quarter
// by EndToEndId; and as many again that nobody knows. Then the cases of those
// become known, and they are matched too. At last a camt.053 with all of them
// proves the day. The first step is compared with plain inserts and updates of the same
// rows. CARRYOVER_CREDITS asks for more
// (100000 is the size that the limits are stated for: linear, under 256 MiB).
func BenchmarkMatching(b *testing.B) {
	n := 2000
	if s := os.Getenv("CARRYOVER_CREDITS"); s != "" {
		fmt.Sscan(s, &n)
	}
	process := func(e *jobs.Env) {
		if _, err := e.Process(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	begin := func(n int) (e *jobs.Env, inbox string) {
		e = oldPlace(b, b.TempDir())
		inbox = filepath.Join(addBank(b, e), "in")
		openCases(b, e, n, us)
		notify(b, filepath.Join(inbox, "camt054.xml"), n)
		if _, err := e.Pull(context.Background()); err != nil {
			b.Fatal(err)
		}
		return e, inbox
	}
	changes := changesOf(b, 200, func(few int) (*jobs.Env, func()) {
		e, _ := begin(few / 2) // as many again are known to nobody
		return e, func() { process(e) }
	})
	for b.Loop() {
		e, inbox := begin(n)
		m := measure(b, e, 2*n, changes)
		process(e)
		m.report(b, "credit")
		peak := watchHeap()
		per := func(what string, credits int) {
			start, cpu := time.Now(), cpuTime()
			process(e)
			b.ReportMetric(float64(time.Since(start).Microseconds())/float64(credits), "µs/"+what)
			b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(credits), "cpu-µs/"+what)
		}
		per("waiting-credit", n) // a pass in which nothing becomes known
		requireMatched(b, e, n)
		openCases(b, e, n, others)
		per("late-credit", n)
		requireMatched(b, e, 2*n)
		b.ReportMetric(float64(peak())/(1<<20), "peak-heap-MiB-of-late-credits")
		closeDay(b, filepath.Join(inbox, "camt053.xml"), n)
		if _, err := e.Pull(context.Background()); err != nil {
			b.Fatal(err)
		}
		peak = watchHeap()
		per("entry-of-the-day", 2*n)
		requireDayProved(b, e)
		b.ReportMetric(float64(peak())/(1<<20), "peak-heap-MiB-of-the-day")
	}
}

// addBank gives an agency a bank that leaves messages in a local drop, and
// returns the drop's folder.
func addBank(tb testing.TB, e *jobs.Env) (root string) {
	tb.Helper()
	account := receiving(us)
	e.Agency.Payer, e.Agency.Accounts = account, []exchange.Account{account}
	return addParty(tb, e, bank, office.RoleBank)
}

// addParty gives an agency a party with a local drop, and returns its folder.
func addParty(tb testing.TB, e *jobs.Env, code string, role office.Role) (root string) {
	tb.Helper()
	root = filepath.Join(filepath.Dir(spoolFolder(e)), code)
	if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
		tb.Fatal(err)
	}
	e.Parties = append(e.Parties, office.Party{Code: code, Role: role, After: office.AfterMove, Open: func(context.Context) (drop.Drop, error) {
		return drop.OpenLocal(root, drop.Paths{}, drop.Options{})
	}})
	return root
}

// requireMatched fails unless n parts have their money.
func requireMatched(b *testing.B, e *jobs.Env, n int) {
	b.Helper()
	matched := 0
	err := e.Store.View(context.Background(), func(tx *store.Tx) error {
		return tx.EachRemittance(exchange.In, exchange.MoneyMatched, func(exchange.Remittance) error { matched++; return nil })
	})
	if err != nil || matched != n {
		b.Fatalf("%d of %d matched: %v", matched, n, err)
	}
}

func benchLetter(of string, i int) string { return fmt.Sprintf("%s20260302%06d", of, i) }

// openCases stores n cases that wait for their money, their letters numbered
// by an agency, and requeues the credits that may have come for them.
func openCases(b *testing.B, e *jobs.Env, n int, of string) {
	b.Helper()
	for from := 0; from < n; from += 500 {
		err := e.Store.Tx(context.Background(), func(tx *store.Tx) error {
			for i := from; i < min(n, from+500); i++ {
				if err := openCase(tx, of, i); err != nil {
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

func openCase(tx *store.Tx, of string, i int) error {
	id, letter := benchID(i), benchLetter(of, i)
	c := exchange.Case{
		No: "T" + letter, Side: exchange.In, Partner: them, Profile: "2021", State: exchange.Answered, FormTrack: exchange.FormChecked,
		MoneyTrack: exchange.MoneyNone, Person: exchange.Person{IDType: "01", IDNo: id, IDKey: id, Name: "张三", NameKey: "张三"},
		SchemeFrom: "310", SchemeTo: "310", LetterNo: letter, LetterVersion: 1, LetterOn: 20260302, FormOn: 20260310, OpenedOn: 20260302, StateSince: 20260310,
	}
	form := exchange.Form{
		No: "F" + letter, Version: 1, CaseNo: c.No, Side: exchange.In, Nature: exchange.NatureOriginal, LetterNo: c.LetterNo, LetterVersion: 1,
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
	if err := tx.InsertRemittance(part); err != nil {
		return err
	}
	return tx.RequeueMatching("L " + letter)
}

// benchID is the ID number of a person of the generator's.
func benchID(i int) string { return samples.NewPopulation(7, us, 20260302).At(i).IDNo }

func benchAmount(i int) money.Fen { return money.Fen(1000000 + i) }

// notify writes a camt.054 with the money of n cases, and as much for nobody.
func notify(b *testing.B, path string, n int) {
	b.Helper()
	own := receiving(us)
	writeAll(b, path, n, func(f *os.File) (*iso20022.EntryWriter, error) {
		return iso20022.NewNotificationWriter(f, iso20022.Statement{
			MsgID: "bench", Created: time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC), ID: "bench", Account: iso20022.Account{Name: own.Holder, Number: own.No, Bank: own.Bank, CNAPS: own.CNAPS},
		})
	})
}

// closeDay writes the camt.053 of the day of that money.
func closeDay(b *testing.B, path string, n int) {
	b.Helper()
	sum := money.Fen(0)
	for i := range 2 * n {
		sum += benchCredit(n, i).Amount
	}
	writeAll(b, path, n, func(f *os.File) (*iso20022.EntryWriter, error) {
		return iso20022.NewStatementWriter(f, iso20022.Statement{
			MsgID: "day", Created: time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC), ID: "day", Account: iso20022.Account{Number: receiving(us).No},
			Opening: iso20022.Balance{Date: benchDay}, Closing: iso20022.Balance{Date: benchDay, Amount: sum},
		})
	})
}

const benchDay calendar.Date = 20260316

func writeAll(b *testing.B, path string, n int, begin func(*os.File) (*iso20022.EntryWriter, error)) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w, err := begin(f)
	for i := range 2 * n {
		if err == nil {
			err = w.Write(benchCredit(n, i))
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
}

// benchCredit is the i-th credit: the money of n cases, and as much for nobody.
func benchCredit(n, i int) iso20022.Entry {
	e := creditEntry(fmt.Sprintf("C%d", i), benchAmount(i), benchLetter(us, i), "")
	switch {
	case i >= n:
		e.Text, e.Amount = benchLetter(others, i-n), benchAmount(i-n)
	case i%4 == 2:
		e.Text = benchID(i)
	case i%4 == 3:
		e.Text, e.EndToEndID = "", benchLetter(us, i)+"-1-1"
	}
	e.Booked, e.Value = benchDay, benchDay
	return e
}

// requireDayProved fails unless the day of the money was proved.
func requireDayProved(b *testing.B, e *jobs.Env) {
	b.Helper()
	err := e.Store.View(context.Background(), func(tx *store.Tx) error {
		day, err := tx.BankDay(receiving(us).No, benchDay, 0)
		if err == nil && day.State != exchange.DayProved {
			err = fmt.Errorf("the day is %s: %d faults", day.State, len(day.Faults))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
