package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
)

// ask asks all that is named in a, and says what was answered.
func ask(t *testing.T, tx *Tx, a Ahead) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	say := func(what string, value any, err error) {
		if err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatal(what, err)
		}
		all[what] = append(all[what], fmt.Sprintf("%+v %v", value, err != nil))
	}
	each(a.Cases, func(no string) { c, err := tx.Case(no); say("Case", c, err) })
	each(a.OfLetters, func(no string) {
		for _, side := range []exchange.Side{exchange.In, exchange.Out} {
			c, err := tx.CaseByLetter(side, no)
			say("CaseByLetter", c, err)
		}
	})
	each(a.Applications, func(no string) {
		c, err := tx.CaseByApplication("320500p", no)
		say("CaseByApplication", c, err)
		cases, err := tx.CasesByApplication(no)
		say("CasesByApplication", cases, err)
		latest, err := tx.LatestApplication("320500p", no)
		say("LatestApplication", latest, err)
		several, err := tx.LatestApplications(no)
		say("LatestApplications", several, err)
		versions, err := tx.Applications("320500p", no)
		say("Applications", versions, err)
	})
	each(a.OfPersons, func(key string) { cases, err := tx.CasesByPerson(key); say("CasesByPerson", cases, err) })
	each(a.Registry, func(key string) { r, err := tx.RegistryByID(key); say("RegistryByID", r, err) })
	each(a.Certificates, func(no string) { c, err := tx.Certificate(no); say("Certificate", c, err) })
	each(a.Letters, func(no string) {
		l, err := tx.Letter(no, 1)
		say("Letter", l, err)
		list, err := tx.Letters(no)
		say("Letters", list, err)
	})
	each(a.FormNos, func(no string) { f, err := tx.Form(no, 1); say("Form", f, err) })
	each(a.Forms, func(no string) { f, err := tx.FormsByCase(no); say("FormsByCase", f, err) })
	each(a.Parts, func(no string) {
		list, err := tx.RemittancesByCase(no)
		say("RemittancesByCase", list, err)
		m, err := tx.Remittance(no, 1)
		say("Remittance", m, err)
	})
	each(a.Postings, func(no string) { list, err := tx.PostingsByCase(no); say("PostingsByCase", list, err) })
	each(a.Refunds, func(no string) { list, err := tx.RefundsByCase(no); say("RefundsByCase", list, err) })
	for _, about := range a.Proposals {
		list, err := tx.DifferencesAbout("proposal", about)
		say("DifferencesAbout", list, err)
	}
	each(a.Ledger, func(no string) { list, err := tx.LedgerOf(no); say("LedgerOf", list, err) })
	each(a.Records, func(no string) { list, err := tx.OutgoingByRecord(1, no); say("OutgoingByRecord", list, err) })
	each(a.Payments, func(ref string) { p, err := tx.Payment(ref); say("Payment", p, err) })
	each(a.Advices, func(no string) { list, err := tx.AdvicesByLetter(no); say("AdvicesByLetter", list, err) })
	each(a.Debits, func(f money.Fen) { list, err := tx.UnmatchedDebits(a.Account, f); say("UnmatchedDebits", list, err) })
	each(a.Entries, func(as string) { list, err := tx.BankEntriesKnownAs(as); say("BankEntriesKnownAs", list, err) })
	return all
}

func each[T any](list []T, fn func(T)) {
	for _, x := range list {
		fn(x)
	}
}

// world is what is stored of the i-th person.
type world struct {
	c        exchange.Case
	app      exchange.Application
	letter   exchange.Letter
	form     exchange.Form
	part     exchange.Remittance
	posting  exchange.Posting
	payment  exchange.Payment
	advice   exchange.Advice
	entry    exchange.BankEntry
	reg      exchange.RegistryPerson
	cert     exchange.Certificate
	out      exchange.Outgoing
	claim    Claim
	refund   exchange.Refund
	proposal exchange.Difference
}

func worldOf(i int) (w world) {
	w.c = sampleCase(i)
	w.c.Side, w.c.ApplicationNo, w.c.ApplicationSender = exchange.In, fmt.Sprint("A", i), "320500p"
	w.c.State = exchange.Applied
	w.c.MoneyTrack = exchange.MoneyNone
	w.app = exchange.Application{Sender: "320500p", No: w.c.ApplicationNo, Version: 1, CaseNo: w.c.No, Person: w.c.Person}
	w.letter = exchange.Letter{No: w.c.LetterNo, Version: 1, CaseNo: w.c.No, Side: exchange.In}
	w.form = exchange.Form{No: fmt.Sprint("F", i), Version: 1, CaseNo: w.c.No, Side: exchange.In, Nature: "original", Track: exchange.FormReceived, Current: true, Money: "ZERO"}
	w.part = exchange.Remittance{CaseNo: w.c.No, Part: 1, Side: exchange.Out, Track: exchange.MoneyDue, Amount: money.Fen(i)}
	w.posting = exchange.Posting{No: fmt.Sprint("P", i), CaseNo: w.c.No, Row: "N", State: exchange.PostingQueued}
	w.payment = exchange.Payment{
		Ref: fmt.Sprint("R", i), Partner: "310100", Purpose: "transfer", Amount: money.Fen(i), Track: exchange.MoneyOrdered,
		Items: []exchange.PaymentItem{{CaseNo: w.c.No, Part: 1, Amount: money.Fen(i)}},
	}
	w.advice = exchange.Advice{Ref: w.payment.Ref, LetterNo: w.c.LetterNo, Side: exchange.In, Partner: "310100", Purpose: "transfer", Amount: money.Fen(i)}
	w.entry = exchange.BankEntry{Key: fmt.Sprint("E", i), Account: "62", Ref: fmt.Sprint("B", i), Parts: i, Amount: money.Fen(i), BookedOn: 20260302, State: exchange.EntryUnmatched}
	w.reg = exchange.RegistryPerson{PersonalNo: fmt.Sprint(i), AsOf: 20260301, Person: w.c.Person, Status: "active", FileID: 1, FileDate: 20260301}
	w.cert = exchange.Certificate{No: fmt.Sprint("C", i), PersonalNo: fmt.Sprint(i), IssuedOn: 20260301}
	w.out = exchange.Outgoing{Party: "310100", Kind: "contact-letter", RecordNo: w.c.LetterNo, CaseNo: w.c.No, Rows: []byte("D\n"), RowCount: 1, FileID: 1}
	w.refund = exchange.Refund{LetterNo: w.c.LetterNo, Part: 1, CaseNo: w.c.No, Partner: "310100", Amount: money.Fen(i), Track: exchange.MoneyDue}
	w.proposal = exchange.Difference{Kind: "proposal", Partner: "310100", CaseNo: w.c.No, Subject: code.Text(w.c.LetterNo), FoundOn: 20260302}
	w.claim = Claim{"contact-letter", "310100", fmt.Sprint(i)}
	return w
}

func (w world) store(tx *Tx) error {
	head := ledger.Head{Date: 20260302, CaseNo: w.c.No, Partner: w.c.Partner}
	_, _, err := tx.ClaimKey(w.claim.Kind, w.claim.Party, w.claim.Key, 1)
	return steps(err, tx.InsertCase(&w.c), tx.InsertApplication(w.app), tx.InsertLetter(w.letter), tx.InsertForm(w.form), tx.InsertRemittance(w.part),
		tx.InsertPosting(w.posting), tx.InsertPayment(w.payment), tx.InsertAdvice(w.advice), tx.InsertBankEntry(w.entry), tx.PutRegistry(w.reg),
		tx.InsertCertificate(w.cert), tx.InsertOutgoing(w.out), tx.InsertRefund(&w.refund), tx.OpenDifference(w.proposal), tx.Book(ledger.Liquidate(head, money.Fen(w.form.Version))))
}

func (w world) name(a *Ahead) {
	a.Cases, a.OfLetters, a.Applications = append(a.Cases, w.c.No), append(a.OfLetters, w.c.LetterNo), append(a.Applications, w.c.ApplicationNo)
	a.OfPersons, a.Registry = append(a.OfPersons, w.c.Person.IDKey), append(a.Registry, w.c.Person.IDKey)
	a.Certificates, a.Letters, a.FormNos = append(a.Certificates, w.cert.No), append(a.Letters, w.letter.No), append(a.FormNos, w.form.No)
	a.Forms, a.Parts, a.Postings, a.Ledger = append(a.Forms, w.c.No), append(a.Parts, w.c.No), append(a.Postings, w.c.No), append(a.Ledger, w.c.No)
	a.Records, a.Payments, a.Advices = append(a.Records, w.out.RecordNo), append(a.Payments, w.payment.Ref), append(a.Advices, w.c.LetterNo)
	a.Entries, a.Account = append(a.Entries, w.entry.KnownAs()), w.entry.Account
	a.Refunds, a.Proposals = append(a.Refunds, w.c.No), append(a.Proposals, w.proposal.Subject)
	a.Debits, a.Claims = append(a.Debits, w.entry.Amount), append(a.Claims, w.claim)
}

// changed changes a thing and calls update with it before and after.
func changed[T any](x T, change func(*T), update func(before, after T) error) error {
	y := x
	change(&y)
	return update(x, y)
}

// TestReadAhead: what was read ahead is what would have been asked for, also
// after the transaction has written, or taken back, something that changes it, and
// nothing is asked for again that nothing has changed.
func TestReadAhead(t *testing.T) {
	const n = 150 // more than one list
	undone := errors.New("undone")
	var a, some Ahead
	for i := 1; i <= 2*n; i++ { // half of them are not there
		worldOf(i).name(&a)
		if slices.Contains([]int{1, 2, n, n + 1, 2 * n}, i) {
			worldOf(i).name(&some)
		}
	}
	w, fresh := worldOf(1), worldOf(n+1)
	first := func(i int, name string) string { return fmt.Sprint(name, i) }
	changes := map[string]func(tx *Tx) error{
		"nothing":         func(*Tx) error { return nil },
		"a person stored": fresh.store,
		"a person taken back": func(tx *Tx) error {
			mark, ahead := tx.Mark(), tx.known[claims] != nil
			_, ok, err := tx.ClaimKey(fresh.claim.Kind, fresh.claim.Party, fresh.claim.Key, 1)
			err = steps(err, tx.InsertCase(&fresh.c), tx.InsertForm(fresh.form), tx.InsertBankEntry(fresh.entry), tx.InsertAdvice(fresh.advice))
			if tx.TakeBack(mark) != ahead || !ok {
				t.Error("not taken back")
			}
			return err
		},
		"a person undone": func(tx *Tx) error {
			if err := tx.Savepoint(func() error { return steps(fresh.store(tx), undone) }); !errors.Is(err, undone) {
				return err
			}
			return nil
		},
		"a case of another person": func(tx *Tx) error {
			before, err := tx.Case(w.c.No)
			after := before
			after.Person.IDKey, after.ApplicationNo = fresh.c.Person.IDKey, fresh.c.ApplicationNo
			return steps(err, tx.UpdateCase(before, &after))
		},
		"further versions": func(tx *Tx) error {
			w := w
			w.app.Version, w.letter.Version, w.form.Version, w.form.Current = 2, 2, 2, false
			return steps(tx.InsertApplication(w.app), tx.InsertLetter(w.letter), tx.InsertForm(w.form))
		},
		"form, part and posting changed": func(tx *Tx) error {
			return steps(
				changed(w.form, func(f *exchange.Form) { f.Track = exchange.FormChecked }, tx.UpdateForm),
				changed(w.part, func(m *exchange.Remittance) { m.Track = exchange.MoneyOrdered }, tx.UpdateRemittance),
				changed(w.posting, func(p *exchange.Posting) { p.State = exchange.PostingDone }, tx.UpdatePosting))
		},
		"payment and entry changed": func(tx *Tx) error {
			return steps(
				changed(w.payment, func(p *exchange.Payment) { p.BankRef = "x" }, tx.UpdatePayment),
				changed(w.entry, func(e *exchange.BankEntry) { e.State = exchange.EntryMatched }, tx.UpdateBankEntry))
		},
		"a proposal closed, a refund paid": func(tx *Tx) error {
			open, err := tx.DifferencesAbout("proposal", w.proposal.Subject)
			refunds, rerr := tx.RefundsByCase(w.c.No)
			if err := steps(err, rerr); err != nil {
				return err
			}
			return steps(tx.CloseDifference(open[0].ID), changed(refunds[0], func(f *exchange.Refund) { f.Track = exchange.MoneyOrdered }, tx.UpdateRefund))
		},
		"another entry known as one, and of an amount": func(tx *Tx) error {
			one, two := fresh.entry, w.entry
			two.Key = "E1b"
			return steps(tx.InsertBankEntry(one), tx.InsertBankEntry(two))
		},
		"a record put": func(tx *Tx) error {
			r := w.reg
			r.PersonalNo = "new"
			return tx.PutRegistry(r)
		},
		"records dropped": func(tx *Tx) error {
			r := w.reg
			r.PersonalNo, r.FileDate = "new", 20260302
			_, err := tx.DropRegistryNotIn(2)
			return steps(tx.PutRegistry(r), err)
		},
		"a certificate void": func(tx *Tx) error { return tx.VoidCertificate("C1", "C2") },
		"a batch freed":      func(tx *Tx) error { return tx.FreeOutgoing(1, n) },
		"booked": func(tx *Tx) error {
			return tx.Book(ledger.Liquidate(ledger.Head{Date: 20260302, CaseNo: w.c.No, Partner: w.c.Partner}, 7))
		},
		"keys": func(tx *Tx) error {
			for key, want := range map[string]bool{first(1, ""): false, first(n+1, ""): true, "elsewhere": true} {
				if _, ok, err := tx.ClaimKey("contact-letter", "310100", key, 1); err != nil || ok != want {
					t.Errorf("key %s: %v, %v", key, ok, err)
				}
			}
			by, ok, err := tx.ClaimKey("contact-letter", "310100", first(n+1, ""), 1)
			if ok || by != 1 {
				t.Error("claimed twice")
			}
			rerr := tx.ReleaseKey("contact-letter", "310100", first(n+1, ""), 1)
			_, ok, cerr := tx.ClaimKey("contact-letter", "310100", first(n+1, ""), 1)
			if !ok {
				t.Error("a key that was given back cannot be claimed")
			}
			return steps(err, rerr, cerr)
		},
	}
	onEngines(t, func(t *testing.T, s *Store) {
		f := sampleFile(1)
		write(t, s, func(tx *Tx) error {
			err := tx.InsertFile(&f)
			for i := 1; i <= n; i++ {
				err = steps(err, worldOf(i).store(tx))
			}
			return err
		})
		for how, know := range map[string]func(tx *Tx) error{
			"asked before": func(tx *Tx) error { ask(t, tx, some); return nil },
			"read ahead":   func(tx *Tx) error { return tx.ReadAhead(a) },
		} {
			for name, change := range changes {
				err := s.Tx(t.Context(), func(tx *Tx) error {
					if err := know(tx); err != nil {
						return err
					}
					asked := tx.count.Reads
					if err := change(tx); err != nil {
						return err
					}
					got := ask(t, tx, some)
					if name == "nothing" && how == "read ahead" && tx.count.Reads != asked {
						t.Errorf("%d statements more", tx.count.Reads-asked)
					}
					tx.ForgetAhead()
					if diff := cmp.Diff(ask(t, tx, some), got); diff != "" {
						t.Errorf("%s, %s (-asked anew +known): %s", how, name, diff)
					}
					return undone
				})
				if !errors.Is(err, undone) {
					t.Fatalf("%s, %s: %v", how, name, err)
				}
			}
		}
	})
}
