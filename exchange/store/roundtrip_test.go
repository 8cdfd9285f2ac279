package store

import (
	"errors"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
)

// same fails unless what was read is what was stored.
func same[T any](t *testing.T, what string, want T) func(got T, err error) error {
	t.Helper()
	return func(got T, err error) error {
		t.Helper()
		if err != nil {
			return err
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: stored and read differ (-stored +read):\n%s", what, d)
		}
		return nil
	}
}

// gather is all that a walk over the rows of one thing comes by.
func gather[Of, T any](each func(Of, func(T) error) error, of Of) (all []T, err error) {
	err = each(of, func(row T) error {
		all = append(all, row)
		return nil
	})
	return all, err
}

func steps(errs ...error) error { return errors.Join(errs...) }

// fullCase, fullFile … have a value in every field.
func fullFile(t *testing.T) exchange.File {
	f := fill[exchange.File](t)
	f.ID, f.Dir, f.State, f.Verdict = 0, exchange.In, exchange.FileWorked, "partly"
	f.Records, f.Accepted, f.Held, f.Refused = 6, 1, 2, 3
	f.Receipt, f.DupOf = 0, 0
	return f
}

func fullCase(t *testing.T) exchange.Case {
	c := fill[exchange.Case](t)
	c.Side, c.State, c.FormTrack, c.MoneyTrack = exchange.Out, exchange.Held, exchange.FormSent, exchange.MoneySettled
	c.HeldFrom, c.Hold, c.Wish = exchange.Answered, "cap", exchange.WishProposed
	return c
}

func fullForm(t *testing.T, c exchange.Case) exchange.Form {
	f := fill[exchange.Form](t)
	f.CaseNo, f.LetterNo, f.Side, f.Nature, f.Track, f.Money = c.No, c.LetterNo, c.Side, "supplement", exchange.FormQueued, "NETTED"
	f.Amount, f.Credited, f.SentBack, f.LastCompletion = f.Principal+f.Interest, f.Principal, 1, "completed"
	return f
}

func fullRemittance(t *testing.T, c exchange.Case) exchange.Remittance {
	m := fill[exchange.Remittance](t)
	m.CaseNo, m.Side, m.Track, m.To = c.No, c.Side, exchange.MoneySettled, exchange.ToPerson
	return m
}

func fullPayment(t *testing.T, m exchange.Remittance, fileID int64) exchange.Payment {
	p := fill[exchange.Payment](t)
	p.FileID, p.Purpose, p.Track, p.Amount = fileID, "supplement", exchange.MoneyOrdered, 700
	p.Items = []exchange.PaymentItem{{CaseNo: m.CaseNo, Part: m.Part, Amount: 700}}
	return p
}

// TestRoundTrip stores one of everything with a value in every field, and
// reads it back in every way.
func TestRoundTrip(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f, c := fullFile(t), fullCase(t)
		write(t, s, func(tx *Tx) error { return steps(tx.InsertFile(&f), tx.InsertCase(&c)) })
		for _, test := range []struct {
			name string
			run  func(t *testing.T, s *Store, f exchange.File, c exchange.Case)
		}{
			{"file", roundTripFile},
			{"case", roundTripCase},
			{"letter, form, application", roundTripPapers},
			{"registry, certificate", roundTripRegistry},
			{"posting, remittance, payment", roundTripMoney},
			{"bank, payee, query, netting, difference", roundTripOthers},
			{"decision, refund", roundTripDecisions},
			{"look, judgement, outgoing, run", roundTripWork},
			{"ledger", roundTripLedger},
		} {
			t.Run(test.name, func(t *testing.T) { test.run(t, s, f, c) })
		}
	})
}

func roundTripFile(t *testing.T, s *Store, f exchange.File, _ exchange.Case) {
	after := f
	after.State, after.Receipt, after.DupOf, after.Text = exchange.FileDuplicate, f.ID, f.ID, "again"
	view(t, s, func(tx *Tx) error {
		return steps(
			same(t, "File", f)(tx.File(f.ID)),
			same(t, "FileByName", f)(tx.FileByName(f.Dir, f.Party, f.Name)),
			same(t, "FileBySHA", f)(tx.FileBySHA(f.Dir, f.Party, f.SHA256)),
			same(t, "FileBySequence", f)(tx.FileBySequence(f.Dir, f.Party, f.Kind, f.Sequence)),
			same(t, "Files", []exchange.File{f})(tx.Files(FileFilter{
				Dir: f.Dir, Party: f.Party, Kind: f.Kind, States: []exchange.FileState{f.State}, Since: f.Seen, Limit: 3,
			})),
		)
	})
	write(t, s, func(tx *Tx) error {
		return steps(tx.UpdateFile(f, after), same(t, "File", after)(tx.File(f.ID)), tx.UpdateFile(after, f))
	})
}

func roundTripCase(t *testing.T, s *Store, _ exchange.File, c exchange.Case) {
	view(t, s, func(tx *Tx) error {
		return steps(
			same(t, "Case", c)(tx.Case(c.No)),
			same(t, "CaseByLetter", c)(tx.CaseByLetter(c.Side, c.LetterNo)),
			same(t, "CasesByPerson", []exchange.Case{c})(tx.CasesByPerson(c.Person.IDKey)),
			same(t, "Cases", []exchange.Case{c})(tx.Cases(CaseFilter{
				Side: c.Side, Partner: c.Partner, States: []exchange.State{c.State}, OpenOnly: true, FormTracks: []exchange.FormTrack{c.FormTrack},
				MoneyTracks: []exchange.MoneyTrack{c.MoneyTrack}, PersonalNo: c.PersonalNo, IDKey: c.Person.IDKey, Ended: Ended{From: c.Due, Before: c.Due.AddDays(1)}, Limit: 2,
			})),
		)
	})
	in := sampleCase(900)
	in.Side, in.State, in.MoneyTrack, in.ApplicationNo, in.ApplicationSender = exchange.In, exchange.Applied, exchange.MoneyNone, "A-1", "320500p"
	write(t, s, func(tx *Tx) error {
		return steps(tx.InsertCase(&in), same(t, "CaseByApplication", in)(tx.CaseByApplication("320500p", "A-1")),
			same(t, "CasesByApplication", []exchange.Case{in})(tx.CasesByApplication("A-1")))
	})
}

func roundTripPapers(t *testing.T, s *Store, _ exchange.File, c exchange.Case) {
	l, f, a := fill[exchange.Letter](t), fullForm(t, c), fill[exchange.Application](t)
	l.CaseNo, l.Side, l.No, a.CaseNo = c.No, c.Side, c.LetterNo, c.No
	l2, a2 := l, a
	l2.Version, l2.Remark, a2.Version, a2.CaseNo = l.Version+1, "second", a.Version+1, ""
	a3 := a
	a3.Sender += "2"
	f2 := f
	f2.Track, f2.Current, f2.Credited, f2.SentBack = exchange.FormSent, false, 99, 98
	write(t, s, func(tx *Tx) error {
		return steps(tx.InsertLetter(l), tx.InsertLetter(l2), tx.InsertForm(f), tx.InsertApplication(a), tx.InsertApplication(a2), tx.InsertApplication(a3))
	})
	view(t, s, func(tx *Tx) error {
		return steps(
			same(t, "Letter", l)(tx.Letter(l.No, l.Version)),
			same(t, "Letters", []exchange.Letter{l, l2})(tx.Letters(l.No)),
			same(t, "Form", f)(tx.Form(f.No, f.Version)), same(t, "FormsByCase", []exchange.Form{f})(tx.FormsByCase(c.No)),
			same(t, "Application", a)(tx.Application(a.Sender, a.No, a.Version)),
			same(t, "LatestApplication", a2)(tx.LatestApplication(a.Sender, a.No)),
			same(t, "LatestApplications", []exchange.Application{a2, a3})(tx.LatestApplications(a.No)),
		)
	})
	write(t, s, func(tx *Tx) error { return steps(tx.UpdateForm(f, f2), same(t, "Form", f2)(tx.Form(f.No, f.Version))) })
}

func roundTripRegistry(t *testing.T, s *Store, f exchange.File, _ exchange.Case) {
	p, c, q := fill[exchange.RegistryPerson](t), fill[exchange.Certificate](t), fill[exchange.CertificateRequest](t)
	p.Status, p.FileID = "stopped", f.ID
	c.ReplacedBy = ""
	q.FileID, q.CertificateNo = f.ID, ""
	void, done := c, q
	void.ReplacedBy, done.CertificateNo = "C2", c.No
	write(t, s, func(tx *Tx) error {
		return steps(tx.PutRegistry(p), tx.InsertCertificate(c), tx.InsertCertificateRequest(q))
	})
	write(t, s, func(tx *Tx) error {
		return steps(
			same(t, "RegistryByNo", p)(tx.RegistryByNo(p.PersonalNo)), same(t, "RegistryByID", []exchange.RegistryPerson{p})(tx.RegistryByID(p.Person.IDKey)),
			same(t, "Certificate", c)(tx.Certificate(c.No)), same(t, "CertificateByPerson", c)(tx.CertificateByPerson(c.PersonalNo)),
			tx.VoidCertificate(c.No, "C2"), same(t, "Certificate", void)(tx.Certificate(c.No)),
			same(t, "CertificateRequest", q)(tx.CertificateRequest(q.No)),
			same(t, "OpenCertificateRequests", []exchange.CertificateRequest{q})(tx.OpenCertificateRequests()),
			tx.UpdateCertificateRequest(done), same(t, "CertificateRequest", done)(tx.CertificateRequest(q.No)),
			same(t, "OpenCertificateRequests", []exchange.CertificateRequest(nil))(tx.OpenCertificateRequests()),
		)
	})
}

func roundTripMoney(t *testing.T, s *Store, f exchange.File, c exchange.Case) {
	p, m := fill[exchange.Posting](t), fullRemittance(t, c)
	p.CaseNo, p.Row, p.State = c.No, exchange.PostUndo, exchange.PostingQueued
	pay := fullPayment(t, m, f.ID)
	p2, m2, pay2 := p, m, pay
	p2.State, p2.Text = exchange.PostingRefused, "no"
	m2.Track, m2.Attempts, m2.Reason = exchange.MoneyReturned, m.Attempts+1, code.Text("AC01")
	pay2.Track, pay2.FileID, pay2.BankRef = exchange.MoneySubmitted, 0, "B7"
	write(t, s, func(tx *Tx) error { return steps(tx.InsertPosting(p), tx.InsertRemittance(m), tx.InsertPayment(pay)) })
	write(t, s, func(tx *Tx) error {
		return steps(
			same(t, "Posting", p)(tx.Posting(p.No)), tx.UpdatePosting(p, p2), same(t, "PostingsByCase", []exchange.Posting{p2})(tx.PostingsByCase(c.No)),
			same(t, "Remittance", m)(tx.Remittance(c.No, m.Part)), same(t, "RemittancesAfter", []exchange.Remittance{m})(tx.RemittancesAfter(m.Side, m.Track, exchange.Remittance{}, 9)),
			tx.UpdateRemittance(m, m2), same(t, "RemittancesByCase", []exchange.Remittance{m2})(tx.RemittancesByCase(c.No)),
			same(t, "Payment", pay)(tx.Payment(pay.Ref)), same(t, "EachPaymentOf", []exchange.Payment{pay})(gather(tx.EachPaymentOf, f.ID)),
			same(t, "EachPayment", []exchange.Payment{pay})(gather(tx.EachPayment, pay.Track)),
			tx.UpdatePayment(pay, pay2), same(t, "PaymentsByCase", []exchange.Payment{pay2})(tx.PaymentsByCase(c.No)),
		)
	})
}

func roundTripOthers(t *testing.T, s *Store, _ exchange.File, c exchange.Case) {
	a, e, p := fill[exchange.Advice](t), fill[exchange.BankEntry](t), fill[exchange.Payee](t)
	a.Side, a.Purpose = exchange.Out, "refund"
	e.State, e.CaseNo = exchange.EntryUnmatched, ""
	p.CaseNo, p.Relation, p.ShareNum, p.ShareDen = c.No, "heir", 1, 3
	e2, p2 := e, p
	e2.State, e2.CaseNo = exchange.EntryMatched, c.No
	p2.Evidence = "court"
	q, n, d := fill[exchange.Query](t), fill[exchange.NettingLine](t), fill[exchange.Difference](t)
	q.Side, q.State, q.CaseNo = "received", "open", c.No
	q2 := q
	q2.State = "answered"
	n.Source, n.Direction = "theirs", "out"
	d.ID, d.Kind, d.Closed = 1, "netting", false
	write(t, s, func(tx *Tx) error {
		return steps(
			tx.InsertAdvice(a), same(t, "Advices", []exchange.Advice{a})(tx.Advices(a.Ref)), same(t, "AdvicesByLetter", []exchange.Advice{a})(tx.AdvicesByLetter(a.LetterNo)),
			tx.InsertBankEntry(e), same(t, "BankEntry", e)(tx.BankEntry(e.Key)), same(t, "EachUnmatchedEntry", []exchange.BankEntry{e})(gather((*Tx).EachUnmatchedEntry, tx)),
			tx.UpdateBankEntry(e, e2), same(t, "BankEntriesByCase", []exchange.BankEntry{e2})(tx.BankEntriesByCase(c.No)),
			tx.PutPayee(p), tx.PutPayee(p2), same(t, "Payees", []exchange.Payee{p2})(tx.Payees(c.No)),
			tx.InsertQuery(q), same(t, "Query", q)(tx.Query(q.No)), same(t, "QueriesOpen", []exchange.Query{q})(tx.QueriesOpen(q.Side)),
			tx.UpdateQuery(q2), same(t, "QueriesByCase", []exchange.Query{q2})(tx.QueriesByCase(c.No)),
			tx.PutNettingLine(n), same(t, "NettingLines", []exchange.NettingLine{n})(tx.NettingLines(n.Month, n.Partner, n.Source)),
			tx.OpenDifference(d), tx.OpenDifference(d), same(t, "Differences", []exchange.Difference{d})(tx.Differences(true)),
			same(t, "Difference", d)(tx.Difference(d.ID)),
		)
	})
}

func roundTripDecisions(t *testing.T, s *Store, _ exchange.File, c exchange.Case) {
	d, r := fill[exchange.Recorded](t), fill[exchange.Refund](t)
	d.ID, d.Action, d.CaseNo, d.Args = 1, exchange.ActRefund, c.No, map[string]string{"part": "1"}
	r.CaseNo, r.EntryKey, r.Track, r.Attempts = c.No, "", exchange.MoneyDue, 0
	write(t, s, func(tx *Tx) error { return steps(tx.InsertDecision(d), tx.InsertRefund(&r)) })
	sent := r
	sent.Track, sent.Attempts, sent.Ref = exchange.MoneyOrdered, 1, "X-R1-1"
	write(t, s, func(tx *Tx) error {
		if err := tx.InsertDecision(d); !errors.Is(err, ErrDuplicate) {
			t.Errorf("the same decision again: %v", err)
		}
		if err := steps(tx.UpdateRefund(sent, r), tx.send()); !errors.Is(err, ErrStale) {
			t.Errorf("a refund that has moved on: %v", err)
		}
		return steps(
			same(t, "DecisionByDigest", d)(tx.DecisionByDigest(d.Digest)), same(t, "DecisionsAbout", []exchange.Recorded{d})(tx.DecisionsAbout(d.Subject, d.Action)),
			same(t, "RefundsByTrack", []exchange.Refund{r})(tx.RefundsByTrack(exchange.MoneyDue)), tx.UpdateRefund(r, sent),
			same(t, "RefundsByCase", []exchange.Refund{sent})(tx.RefundsByCase(c.No)), same(t, "RefundByRef", sent)(tx.RefundByRef("X-R1-1")),
			same(t, "RefundsByEntry", []exchange.Refund(nil))(tx.RefundsByEntry("x")), same(t, "RefundAttempts", 0)(tx.RefundAttempts("X", 1)),
		)
	})
}

func roundTripWork(t *testing.T, s *Store, f exchange.File, c exchange.Case) {
	l, j, o := fill[exchange.Look](t), fill[exchange.Judgement](t), fill[exchange.Outgoing](t)
	l.FileID, l.After = f.ID, "move"
	j.FileID, j.Verdict, j.Code = f.ID, "held", "unknown-letter"
	o.ID, o.CaseNo, o.FileID = 1, c.No, f.ID
	r := fill[exchange.Run](t)
	r.ID, r.State, r.Attempts = 1, exchange.RunRunning, 1
	done := r
	done.State, done.Notes = exchange.RunDone, []string{"well"}
	write(t, s, func(tx *Tx) error {
		started, resumed, err := tx.StartRun(r)
		if resumed {
			t.Error("a new run counts as resumed")
		}
		return steps(
			tx.PutLook(l), tx.PutLook(l), same(t, "Look", l)(tx.Look(l.Party, l.Name)), same(t, "Looks", []exchange.Look{l})(tx.Looks()),
			tx.InsertJudgement(j), same(t, "HeldJudgements", []exchange.Judgement{j})(tx.HeldJudgements(exchange.Judgement{FileID: f.ID}, 9)),
			tx.InsertOutgoing(o), same(t, "OutgoingByFile", []exchange.Outgoing{o})(tx.OutgoingByFile(f.ID)),
			same(t, "OutgoingByCase", []exchange.Outgoing{o})(tx.OutgoingByCase(c.No)),
			same(t, "StartRun", r)(started, err), same(t, "Runs", []exchange.Run{r})(tx.Runs(RunFilter{Job: r.Job})), tx.UpdateRun(done),
			same(t, "Runs", []exchange.Run{done})(tx.Runs(RunFilter{Job: r.Job, From: r.Date, To: r.Date, States: []string{exchange.RunDone}, Limit: 2})),
		)
	})
}

func roundTripLedger(t *testing.T, s *Store, _ exchange.File, c exchange.Case) {
	e := ledger.Match(ledger.Head{Date: 20260302, CaseNo: c.No, Partner: "310100", Memo: "bank entry 7"}, "", 1000, 900)
	received := ledger.Receive(ledger.Head{Date: 20260302, Memo: "bank entry 7"}, 900)
	want := ledger.Balances{}
	if err := steps(want.Apply(received), want.Apply(e)); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(want, func(_ ledger.Account, f money.Fen) bool { return f == 0 })
	write(t, s, func(tx *Tx) error {
		return steps(tx.Book(received), tx.Book(e), same(t, "Balances", want)(tx.Balances("")))
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.LedgerOf(c.No)
		if err != nil {
			return err
		}
		again := ledger.Balances{}
		for _, e := range append(got, received) {
			err = steps(err, again.Apply(e))
		}
		maps.DeleteFunc(again, func(_ ledger.Account, f money.Fen) bool { return f == 0 })
		if len(got) != 1 || got[0].Head != e.Head || got[0].Event != e.Event {
			t.Errorf("got %+v, want %+v", got, e)
		}
		return steps(err, same(t, "applied again", want)(again, nil), same(t, "Balances", want)(tx.Balances("")))
	})
}
