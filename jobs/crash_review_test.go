package jobs_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
)

// TestReviewBetweenAgencies: the new place has letters reviewed by two, the old
// one forms by one; the case is carried over all the same, and nothing of those
// kinds came that was not reviewed.
func TestReviewBetweenAgencies(t *testing.T) {
	t.Parallel()
	clerk, checker := newSigner(t, "zhao.lei", "赵蕾", exchange.RoleClerk), newSigner(t, "wang.min", "王敏", exchange.RoleChecker)
	w := newWorld(t, t.TempDir(), func(s *config.Settings) {
		for _, o := range []*signer{clerk, checker} {
			role := string(o.Roles[0])
			s.Staff.Officers = append(s.Staff.Officers, config.OfficerSetting{Name: o.Name, FullName: o.FullName, Roles: []string{role}})
		}
		s.Review = map[string]string{formats.KindForm: string(exchange.ReviewOne)}
		if s.Agency.Code == newCode {
			s.Review = map[string]string{formats.KindLetter: string(exchange.ReviewTwo)}
		}
	})
	for _, agency := range []string{oldCode, newCode} {
		if err := os.WriteFile(filepath.Join(w.stage(), agency, "allowed_signers"), []byte(clerk.line+"\n"+checker.line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cal, day := calendarOf(t, w), firstDay
	for ended := 0; ended < 3; day = cal.Next(day) { // the last receipts come after the end
		if day > firstDay.AddDays(2*maxMoments) {
			break // proveEnd says what has not ended
		}
		for _, agency := range []string{oldCode, newCode} {
			l := legOn(day, agency)
			if agency == oldCode {
				readOutside(t, w.stage()).turn(l.at.Add(-time.Hour))
			}
			if err := w.pass(agency, l.at, &recorder{}); err != nil {
				t.Fatalf("%s on %s: %v", agency, day, err)
			}
			approve(t, w, l.agency, l.at.Add(time.Minute), checker, clerk)
		}
		cases := openPlain(t, filepath.Join(w.stage(), oldCode, "store", "carryover.db"))
		if slices.Equal(textRows(t, cases, "SELECT state FROM cases ORDER BY state"), []string{"confirmed", "declined"}) {
			ended++
		}
	}
	requireStoryEnd(t, w.stage())
	for agency, want := range map[string][]string{
		newCode: {"contact-letter wang.min approved", "contact-letter zhao.lei approved"}, oldCode: {"information-form wang.min approved"},
	} {
		db := openPlain(t, filepath.Join(w.stage(), agency, "store", "carryover.db"))
		got := textRows(t, db, "SELECT DISTINCT f.kind || ' ' || r.officer || ' ' || r.verdict FROM reviews r JOIN files f ON f.id = r.file_id ORDER BY 1")
		if !slices.Equal(got, want) {
			t.Errorf("%s was reviewed by %q, want %q", agency, got, want)
		}
		for _, name := range textRows(t, db, "SELECT name FROM files WHERE dir = 'out' AND kind = '"+strings.Fields(want[0])[0]+"' AND id NOT IN (SELECT file_id FROM reviews)") {
			t.Errorf("%s left %s unreviewed", agency, name)
		}
	}
	db := openPlain(t, filepath.Join(w.stage(), newCode, "store", "carryover.db"))
	for _, doc := range textRows(t, db, "SELECT doc FROM forms") {
		if !strings.Contains(doc, `"clerk":"系统自动办理","checker":"王敏"`) {
			t.Errorf("a form came with other names: %s", doc)
		}
	}
}

// approve lets officers approve, one after the other, what waits at an agency
// for them, and sees that it leaves in the pass that follows.
func approve(tb testing.TB, w *world, agency string, at time.Time, officers ...*signer) {
	tb.Helper()
	e, err := w.env(agency, at, &recorder{})
	if err != nil {
		tb.Fatal(err)
	}
	defer e.Store.Close()
	ctx := context.Background()
	for _, o := range officers {
		var files []exchange.File
		err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
			files, err = tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{exchange.FileReview}})
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range files {
			x := exchange.Decision{
				Action: exchange.ActApproveBatch, Subject: f.Name, Reason: "已核对", Officer: o.Name, On: calendar.DateOf(at), Args: map[string]string{},
			}
			p, err := e.PrepareDecision(ctx, x)
			if err != nil {
				tb.Fatal(err)
			}
			sig, err := o.key.Sign(strings.NewReader(p.Text), seal.NamespaceDecision)
			if err == nil {
				_, err = e.Decide(ctx, x, sig)
			}
			if err != nil {
				tb.Fatal(err)
			}
		}
	}
}

// TestReviewCutShort: the making of a batch, its approval and its sending fail
// at every call to the outside, before and after it; what follows is as if
// nothing had happened: one batch, approved once, the same bytes in the drop as
// in the store.
func TestReviewCutShort(t *testing.T) {
	t.Parallel()
	apart := 1
	if !long() {
		apart = 7 // they are in pairs, before a call and after it: both come up
	}
	for _, step := range []string{"made", "approved"} {
		for n := 0; ; n += apart {
			calls := cutShort(t, step, n)
			if n >= calls {
				t.Logf("%s: %d calls", step, calls)
				break
			}
		}
	}
}

// cutShort lets the n-th call to the outside fail while a batch is made, or
// approved and sent, and counts the calls.
func cutShort(t *testing.T, step string, n int) (calls int) {
	t.Helper()
	t.Run(fmt.Sprint(step, " ", n), func(t *testing.T) {
		o := newOffice(&sequential{t}, withReview(formats.KindForm, exchange.ReviewOne))
		o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20261231}}
		_, _, checker := staffWithFolders(o)
		p := leaver(us, 0)
		o.put(core, formats.KindRegistry, o.insured(p))
		o.put(them, formats.KindLetter, o.letter(them, 1, p))
		o.pass()
		o.pass()
		cut := func(call, name string) error {
			if calls++; calls == n+1 {
				return errInjected
			}
			return nil
		}
		if step == "made" {
			o.env.Outside = cut
		}
		o.env.Date = calendar.DateOf(o.now)
		_, err := o.env.Report(t.Context())
		if n < calls && err == nil {
			t.Error("the report did not fail")
		}
		o.env.Outside = nil
		o.passAndReport()
		f := o.batchInState(formats.KindForm, exchange.FileReview)
		form := o.businessWorkbook(checker)
		form.decide(fileNumber(f), "批准发出")
		o.leaveFile(exchange.OfficerParty(checker.Name), "决定.xlsx", form.bytes())
		if step == "approved" {
			calls = 0
			o.env.Outside = cut
		}
		_ = o.tryPass() // it fails, or a file that could not be worked waits
		o.env.Outside = nil
		o.pass()
		o.pass()
		sent := requireOne[formats.Form](o, them, formats.KindForm)
		now, got := o.storedFile(f.ID), o.latest(them, formats.KindForm)
		if now.State != exchange.FileSent || now.Sequence != 1 || got.name != f.Name || sent.Checker != "王敏" {
			t.Errorf("%s is %s, sequence %d, sent as %s, checked by %s", f.Name, now.State, now.Sequence, got.name, sent.Checker)
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256(got.content)); sum != now.StoredSHA || sum == f.SHA256 {
			t.Errorf("sent %s, stored %s", sum, now.StoredSHA)
		}
		o.view(func(tx *store.Tx) error {
			said, err := tx.Reviews(f.ID)
			if len(said) != 1 {
				t.Errorf("reviews: %+v", said)
			}
			return err
		})
	})
	return calls
}

// sequential is a test whose office does not run beside others.
type sequential struct{ testing.TB }
