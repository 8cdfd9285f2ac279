package outside

import (
	"fmt"
	"path/filepath"
	"testing"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

const someday = calendar.Date(20260316)

// oneInBooks is a core with one person who stopped and has 1000.00.
func oneInBooks(t *testing.T) (*Books, *Member) {
	t.Helper()
	file, err := OpenBookFile(filepath.Join(t.TempDir(), "core.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	b := NewBooks(suzhou, file)
	m := &Member{AccruedTo: someday, RegistryRecord: formats.RegistryRecord{
		PersonalNo: "1", Person: formats.Person{IDNo: "11010519491231002X"}, Status: code.RegistryStopped, StoppedOn: 20260131,
		Principal: 90_000, Interest: 10_000, Stays: []formats.Stay{NewStay(suzhou, "310", 202401, 202412, code.StayActual)},
	}}
	b.Enrol(m)
	return b, m
}

// asker numbers postings for the person in the books.
type asker struct {
	t *testing.T
	b *Books
	n int
}

func (a *asker) ask(row code.PostingRow, change func(*formats.Posting)) formats.PostingResult {
	a.t.Helper()
	a.n++
	p := formats.Posting{Row: row, PostingNo: fmt.Sprintf("P%06d", a.n), CaseNo: "T1", PersonalNo: "1", IDNo: "11010519491231002X"}
	if change != nil {
		change(&p)
	}
	r, err := a.b.post(&p, someday)
	if err != nil {
		a.t.Fatal(err)
	}
	return r
}

func (a *asker) refused(want string, r formats.PostingResult) {
	a.t.Helper()
	if r.Result != code.ResultRefused || r.Code != want {
		a.t.Errorf("result %s %s, want refused %s", r.Result, r.Code, want)
	}
}

func (a *asker) done(r formats.PostingResult) formats.PostingResult {
	a.t.Helper()
	if r.Result != code.ResultDone {
		a.t.Fatalf("refused: %s %s", r.Code, r.Text)
	}
	return r
}

func form(no string, version int) func(*formats.Posting) {
	return func(p *formats.Posting) {
		p.FormNo, p.FormVersion, p.Amount = no, batch.Some(version), batch.Some(money.Fen(5_000))
	}
}

func months(no string, version int, from, to calendar.Month) func(*formats.Posting) {
	return func(p *formats.Posting) {
		p.FormNo, p.FormVersion = no, batch.Some(version)
		p.Stays = []formats.Stay{NewStay(shanghai, "310", from, to, code.StayActual)}
	}
}

func TestCoreRefuses(t *testing.T) {
	b, m := oneInBooks(t)
	a := &asker{t: t, b: b}
	a.refused(CoreNotEnded, a.ask(code.PostingDebit, nil))
	m.Claims = true
	a.refused(CoreClaims, a.ask(code.PostingEnd, nil))
	m.Claims = false
	a.done(a.ask(code.PostingEnd, nil))
	a.refused(CoreEnded, a.ask(code.PostingEnd, nil))
	a.refused(CoreUnknown, a.ask(code.PostingEnd, func(p *formats.Posting) { p.IDNo = "X" }))

	a.done(a.ask(code.PostingCredit, form("F1", 1)))
	a.refused(CoreBooked, a.ask(code.PostingCredit, form("F1", 1)))
	a.refused(CoreLapping, a.ask(code.PostingMonths, months("F1", 1, 202412, 202503)))
	a.done(a.ask(code.PostingMonths, months("F1", 1, 202501, 202503)))
	a.refused(CoreBooked, a.ask(code.PostingMonths, months("F1", 1, 202504, 202504)))
	a.refused(CoreNothing, a.ask(code.PostingUndo, func(p *formats.Posting) { p.Undoes = "P999999" }))
}

func TestCoreSumsComeFromItsBooks(t *testing.T) {
	b, _ := oneInBooks(t)
	a := &asker{t: t, b: b}
	a.done(a.ask(code.PostingEnd, nil))
	debit := a.done(a.ask(code.PostingDebit, nil))
	if debit.Amount.Value != 100_000 {
		t.Errorf("debited %s", debit.Amount.Value)
	}
	first := a.done(a.ask(code.PostingMonths, months("F1", 1, 202501, 202503)))
	a.done(a.ask(code.PostingUndo, func(p *formats.Posting) { p.Undoes = first.PostingNo }))
	a.done(a.ask(code.PostingMonths, months("F1", 2, 202501, 202502)))
	a.done(a.ask(code.PostingCredit, form("F1", 2)))
	s, err := b.Sum()
	if err != nil {
		t.Fatal(err)
	}
	if s.Debited != 100_000 || s.Credited != 5_000 || s.MonthsCredited != 2 {
		t.Errorf("%+v", s)
	}
}

func TestCoreAnswersTheSamePostingTheSame(t *testing.T) {
	b, m := oneInBooks(t)
	a := &asker{t: t, b: b}
	first := a.done(a.ask(code.PostingEnd, nil))
	a.n--
	if again := a.ask(code.PostingEnd, nil); again != first {
		t.Errorf("%+v, first %+v", again, first)
	}
	if m.Status != code.RegistryEnded {
		t.Error(m.Status)
	}
}

func TestInterestGrowsBetweenExtractAndDebit(t *testing.T) {
	b, m := oneInBooks(t)
	list := b.Extract(true, someday)
	if len(list) != 1 || list[0].Principal+list[0].Interest != 100_000 {
		t.Fatalf("%+v", list)
	}
	m.accrue(someday.AddDays(73))
	if m.Interest != 10_000+90_000*150*73/(10_000*365) {
		t.Error(m.Interest)
	}
	if len(b.Extract(false, someday)) != 0 {
		t.Error("interest is not told before the next whole extract")
	}
}
