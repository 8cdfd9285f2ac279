package jobs_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/story"
	"carryover/samples"
)

// withReview asks for the review of a kind.
func withReview(kind string, how exchange.Review) func(*jobs.Env) {
	return func(e *jobs.Env) {
		e.Rules.Review, e.Rules.ReviewWD = map[string]exchange.Review{kind: how}, 2
	}
}

// batchInState is the one batch of a kind in one of the states.
func (o *testOffice) batchInState(kind string, states ...exchange.FileState) (f exchange.File) {
	o.tb.Helper()
	for _, x := range o.outgoing(states...) {
		if x.Kind == kind {
			if f.ID != 0 {
				o.tb.Fatalf("two of %s: %s and %s", kind, f.Name, x.Name)
			}
			f = x
		}
	}
	if f.ID == 0 {
		o.tb.Fatalf("no %s in %v", kind, states)
	}
	return f
}

// decideBatch takes up the business workbook, decides about a file, and gives the
// verdict on it.
func (o *testOffice) decideBatch(s *signer, f exchange.File, word string, more ...string) string {
	o.tb.Helper()
	return o.decideBatchIn(s, o.businessWorkbook(s), f, word, more...)
}

// businessWorkbook is the business workbook that lies in an officer's folder.
func (o *testOffice) businessWorkbook(s *signer) *decisionsForm {
	o.tb.Helper()
	for _, name := range o.officerFiles(s) {
		if strings.HasPrefix(name, "decisions-") && strings.Contains(name, "-业务.") {
			return o.openWorkbook(s, name)
		}
	}
	o.tb.Fatalf("%s has no business workbook, but %q", s.Name, o.officerFiles(s))
	return nil
}

// decideBatchIn decides about a file in a workbook that is open.
func (o *testOffice) decideBatchIn(s *signer, form *decisionsForm, f exchange.File, word string, more ...string) string {
	o.tb.Helper()
	form.decide(fileNumber(f), word, more...)
	return verdict(o.handIn(s, "决定.xlsx", form.bytes(), nil), fileNumber(f))
}

// fileNumber is the number by which a decision names a file.
func fileNumber(f exchange.File) string { return strconv.FormatInt(f.ID, 10) }

// requireVerdict requires how a verdict begins.
func (o *testOffice) requireVerdict(got, want string) {
	o.tb.Helper()
	if !strings.HasPrefix(got, want) {
		o.tb.Errorf("the answer is %q, want %q…", got, want)
	}
}

// takeApplications takes applications of people in who are coming from a partner.
func (o *testOffice) takeApplications(from string, people ...samples.Person) {
	o.tb.Helper()
	for _, p := range people {
		o.put(core, formats.KindRegistry, o.newcomer(p))
		o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.FromAgency = from }))
	}
}

// TestReviewByOne: a letter waits until one officer has approved its batch,
// which everything else passes by; what comes meanwhile goes into the next batch.
func TestReviewByOne(t *testing.T) {
	o := newOffice(t, withReview(formats.KindLetter, exchange.ReviewOne))
	clerk, finance, checker := staffWithFolders(o)
	p, q, r := leaver(them, 0), leaver(them, 1), leaver(others, 0)
	o.takeApplications(them, p)
	o.pass()
	if got := take[formats.Letter](o, them, formats.KindLetter); len(got) > 0 {
		t.Fatalf("%d letters left unreviewed", len(got))
	}
	o.passAndReport()
	f := o.batchInState(formats.KindLetter, exchange.FileReview)
	o.takeApplications(them, q)
	o.takeApplications(others, r)
	o.passAndReport()
	if got := len(o.outgoing(exchange.FileReview)); got != 2 { // one for each partner
		t.Errorf("%d batches wait", got)
	}
	for _, s := range []*signer{clerk, checker} {
		if got := o.businessWorkbook(s).offeredDecisions(fileNumber(f)); !slices.Equal(got, []string{"批准发出", "退回"}) {
			t.Errorf("%s is offered %q", s.Name, got)
		}
	}
	shown := "review-" + strings.TrimSuffix(f.Name, ".csv") + ".xlsx"
	if o.officerFile(clerk, shown) == nil || o.officerFile(checker, shown) == nil || o.officerFile(finance, shown) != nil {
		t.Errorf("%s lies wrong: %q %q %q", shown, o.officerFiles(clerk), o.officerFiles(checker), o.officerFiles(finance))
	}
	old := o.businessWorkbook(checker)
	o.requireVerdict(o.decideBatch(clerk, f, "批准发出"), "已接受")
	letter := requireOne[formats.Letter](o, them, formats.KindLetter)
	if letter.Person.Name != p.Name {
		t.Errorf("the letter is about %s", letter.Person.Name)
	}
	if text, err := o.printForm("letter", letter.LetterNo); err != nil || !strings.Contains(text, "经办人\n赵蕾\n") || !strings.Contains(text, "复核人\n周建平") {
		t.Errorf("printed: %v %s", err, text)
	}
	o.requireVerdict(o.decideBatchIn(checker, old, f, "批准发出"), "不予接受 制表后情况已变化")
	o.pass()
	if o.officerFile(clerk, shown) != nil {
		t.Errorf("%s still lies in the folder", shown)
	}
	sent := o.latest(them, formats.KindLetter)
	o.requireJournaled("agency", "batch_reviewed", "赵蕾（经办）")
	now := o.storedFile(f.ID)
	if now.State != exchange.FileSent || sent.name != f.Name || sent.header.Sequence != 1 {
		t.Errorf("%s is %s, sent as %s, sequence %d", f.Name, now.State, sent.name, sent.header.Sequence)
	}
	o.passAndReport()
	next := o.batchForParty(formats.KindLetter, them)
	if next.Sequence != 2 || next.Records != 1 {
		t.Errorf("the next batch has sequence %d and %d records", next.Sequence, next.Records)
	}
}

// storedFile is a file as the store knows it.
func (o *testOffice) storedFile(id int64) (f exchange.File) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) (err error) {
		f, err = tx.File(id)
		return err
	})
	return f
}

// batchForParty is the batch of a kind that waits for review for a party.
func (o *testOffice) batchForParty(kind, party string) (f exchange.File) {
	o.tb.Helper()
	for _, x := range o.outgoing(exchange.FileReview) {
		if x.Kind == kind && x.Party == party {
			return x
		}
	}
	o.tb.Fatalf("no %s for %s waits", kind, party)
	return f
}

// TestReviewedLetterOnThePhone: while a letter waits for review it is our turn,
// whatever became of its batch; once it has left, the partner's.
func TestReviewedLetterOnThePhone(t *testing.T) {
	o := newOffice(t, withReview(formats.KindLetter, exchange.ReviewOne))
	clerk, _, _ := staffWithFolders(o)
	p := leaver(them, 0)
	o.takeApplications(them, p)
	o.pass()
	ours := func(when string) {
		t.Helper()
		s := o.storyOf(exchange.In, p)
		if s.State.Word != "联系函待审核" || s.Turn == nil || s.Turn.Owner != exchange.OwnerStaff || s.Turn.Wait != "审核并发出联系函" ||
			s.Limit == nil || s.Limit.Clock != "letter" {
			t.Errorf("%s: %s, turn %+v, limit %+v", when, s.State.Word, s.Turn, s.Limit)
		}
		if !strings.Contains(s.Reply, "目前的进度是“已受理”") || !strings.Contains(s.Reply, "联系函还没有发出。接下来由我们向") {
			t.Errorf("%s: said %s", when, s.Reply)
		}
	}
	ours("before its batch")
	o.passAndReport()
	f := o.batchInState(formats.KindLetter, exchange.FileReview)
	ours("in its batch")
	o.requireVerdict(o.decideSigned(clerk, f, exchange.ActReturnBatch), "")
	ours("sent back")
	o.passAndReport()
	o.requireVerdict(o.decideSigned(clerk, f, exchange.ActApproveBatch), "")
	o.pass()
	if s := o.storyOf(exchange.In, p); s.State.Word != "联系函已发" || s.Turn.Owner != exchange.OwnerPartner || !strings.Contains(s.Reply, "信息表还没有收到") {
		t.Errorf("sent: %s, turn %+v, said %s", s.State.Word, s.Turn, s.Reply)
	}
}

// storyOf is what show tells of a person's case.
func (o *testOffice) storyOf(side exchange.Side, p samples.Person) (s *story.Case) {
	o.tb.Helper()
	c := o.caseBy(side, p)
	o.env.Date = calendar.DateOf(o.now)
	o.view(func(tx *store.Tx) (err error) {
		s, err = o.env.Story(tx, c)
		return err
	})
	return s
}

// formForReview lets a form of this place wait for review.
func formForReview(o *testOffice) exchange.File {
	o.tb.Helper()
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.pass()
	o.passAndReport()
	o.requireState(exchange.Out, p, "liquidated/queued/due")
	return o.batchInState(formats.KindForm, exchange.FileReview)
}

// TestReviewByTwo: two different officers, one of them a checker, approve a
// form; they stand on it as clerk and checker, whoever was first.
func TestReviewByTwo(t *testing.T) {
	for name, checkerFirst := range map[string]bool{"clerk first": false, "checker first": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, withReview(formats.KindForm, exchange.ReviewTwo))
			o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20261231}}
			clerk, finance, checker := staffWithFolders(o)
			first, second := clerk, checker
			if checkerFirst {
				first, second = checker, clerk
			}
			f := formForReview(o)
			late := o.businessWorkbook(second)
			o.requireVerdict(o.decideBatch(first, f, "批准发出"), "已接受")
			if got := o.storedFile(f.ID); got.State != exchange.FileReview {
				t.Fatalf("after one approval it is %s", got.State)
			}
			o.requireVerdict(o.decideBatch(first, f, "批准发出"), "此前已作")
			o.skipDays(1)
			o.passAndReport()
			o.requireVerdict(o.decideBatch(first, f, "批准发出"), "不予接受 您已批准过该批次，须由另一名人员审核")
			o.requireVerdict(o.decideBatchIn(second, late, f, "批准发出"), "已接受")
			form := requireOne[formats.Form](o, them, formats.KindForm)
			if form.Clerk != "赵蕾" || form.Checker != "王敏" {
				t.Errorf("clerk %s, checker %s", form.Clerk, form.Checker)
			}
			o.view(func(tx *store.Tx) error {
				kept, err := tx.Form(form.FormNo, form.Version)
				if kept.Clerk != form.Clerk || kept.Checker != form.Checker {
					t.Errorf("kept: clerk %s, checker %s", kept.Clerk, kept.Checker)
				}
				return err
			})
			o.requireVerdict(o.decideSigned(second, f, exchange.ActApproveBatch), "决定无效 / not a decision that can be taken: the batch was sent: it is not reviewed any more / 该批次已发出，不能再审核")
			o.requireVerdict(o.decideSigned(finance, f, exchange.ActReturnBatch), "决定无效 / not a decision that can be taken: the batch was sent: it is not reviewed any more / 该批次已发出")
		})
	}
}

// decideSigned takes a decision about a file as the command does, by the file's
// name; what is not empty is why it is not taken.
func (o *testOffice) decideSigned(s *signer, f exchange.File, action string) string {
	o.tb.Helper()
	if _, err := o.tryDecide(map[string]*seal.Key{s.Name: s.key}, s.Name, action, f.Name); err != nil {
		return err.Error()
	}
	return ""
}

// TestReviewRoles: two clerks do not do for two, finance does not review.
func TestReviewRoles(t *testing.T) {
	o := newOffice(t, withReview(formats.KindForm, exchange.ReviewTwo))
	o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20261231}}
	one, two := newSigner(t, "zhao.lei", "赵蕾", exchange.RoleClerk), newSigner(t, "sun.li", "孙丽", exchange.RoleClerk)
	checker, finance := wang(t), li(t)
	o.setDualRelease(one, two, checker, finance)
	o.pass()
	f := formForReview(o)
	o.requireVerdict(o.decideSigned(finance, f, exchange.ActApproveBatch), "决定无效 / not a decision that can be taken: li.qiang is not on the approved list of officers")
	o.requireVerdict(o.decideSigned(one, f, exchange.ActApproveBatch), "")
	o.requireVerdict(o.decideSigned(two, f, exchange.ActApproveBatch), "决定无效 / not a decision that can be taken: a clerk has approved it: the other one must be a checker / 已由一名经办批准，另一名须为复核")
	o.requireVerdict(o.decideSigned(checker, f, exchange.ActApproveBatch), "")
	o.pass()
	if form := requireOne[formats.Form](o, them, formats.KindForm); form.Clerk != "赵蕾" || form.Checker != "王敏" {
		t.Errorf("clerk %s, checker %s", form.Clerk, form.Checker)
	}
}

// TestReviewSentBack: a batch that was sent back for a case is made anew
// without it, under its number, and needs new approvals; the case is held
// until it is released, and then goes into the next batch.
func TestReviewSentBack(t *testing.T) {
	o := newOffice(t, withReview(formats.KindLetter, exchange.ReviewTwo))
	clerk, _, checker := staffWithFolders(o)
	p, q := leaver(them, 0), leaver(them, 1)
	o.takeApplications(them, p, q)
	o.passAndReport()
	f := o.batchInState(formats.KindLetter, exchange.FileReview)
	o.requireVerdict(o.decideBatch(clerk, f, "批准发出"), "已接受")
	o.requireVerdict(o.decideBatch(checker, f, "退回", "办件=T99"), "不予接受 该批次中没有办件 T99")
	bad := o.caseBy(exchange.In, p)
	o.requireVerdict(o.decideBatch(checker, f, "退回", "办件="+bad.LetterNo), "已接受")
	o.requireState(exchange.In, p, "held/none/none officers-decision")
	if got := o.caseBy(exchange.In, p); got.HoldText != code.Say("review-returned", "已核实") {
		t.Errorf("held for %q", got.HoldText)
	}
	o.requireVerdict(o.decideSigned(clerk, f, exchange.ActApproveBatch), "决定无效 / not a decision that can be taken: the batch was sent back")
	o.pass()
	if got := take[formats.Letter](o, them, formats.KindLetter); len(got) > 0 {
		t.Fatalf("%d letters left although they were sent back", len(got))
	}
	o.skipDays(1)
	o.passAndReport()
	again := o.batchInState(formats.KindLetter, exchange.FileReview)
	if again.ID != f.ID || again.Sequence != 1 || again.Records != 1 || again.SHA256 == f.SHA256 {
		t.Fatalf("made anew: %+v", again)
	}
	o.requireVerdict(o.decideBatch(checker, again, "批准发出"), "已接受")
	if now := o.storedFile(f.ID); now.State != exchange.FileReview {
		t.Fatalf("the approval of before counts: it is %s", now.State)
	}
	o.requireVerdict(o.decideBatch(clerk, again, "批准发出"), "已接受")
	if letter := requireOne[formats.Letter](o, them, formats.KindLetter); letter.Person.Name != q.Name {
		t.Errorf("the letter is about %s", letter.Person.Name)
	}
	o.skipDays(1)
	o.passAndReport()
	if n := len(o.outgoing(exchange.FileReview)); n > 0 {
		t.Errorf("%d batches wait for a case that is held", n)
	}
	form := o.businessWorkbook(clerk)
	form.decide(bad.No, "解除暂缓")
	o.requireVerdict(verdict(o.handIn(clerk, "解除.xlsx", form.bytes(), nil), bad.No), "已接受")
	o.passAndReport()
	if next := o.batchInState(formats.KindLetter, exchange.FileReview); next.Sequence != 2 || next.Records != 1 {
		t.Errorf("the next one has sequence %d and %d records", next.Sequence, next.Records)
	}
}

// TestReviewIsSwitchedOff: when the configuration asks for no review any more,
// what waits leaves, and what was sent back too, in the order of its numbers.
func TestReviewIsSwitchedOff(t *testing.T) {
	o := newOffice(t, withReview(formats.KindLetter, exchange.ReviewOne))
	clerk, _, _ := staffWithFolders(o)
	o.takeApplications(them, leaver(them, 0))
	o.takeApplications(others, leaver(others, 0))
	o.passAndReport()
	o.requireVerdict(o.decideSigned(clerk, o.batchForParty(formats.KindLetter, others), exchange.ActReturnBatch), "")
	o.env.Rules.Review = nil
	o.pass()
	for _, party := range []string{them, others} {
		requireOne[formats.Letter](o, party, formats.KindLetter)
		if f := o.latest(party, formats.KindLetter); f.header.Sequence != 1 {
			t.Errorf("%s got sequence %d", party, f.header.Sequence)
		}
	}
}

// TestReviewOnTheSheetToDo: a batch stands on the sheet To do with its limit,
// past which it is named; sent back, it stands there with why.
func TestReviewOnTheSheetToDo(t *testing.T) {
	o := newOffice(t, withReview(formats.KindLetter, exchange.ReviewOne))
	clerk, _, _ := staffWithFolders(o)
	o.takeApplications(them, leaver(them, 0))
	o.passAndReport()
	f := o.batchInState(formats.KindLetter, exchange.FileReview)
	if got := o.todoNumbers("批次待审核"); !slices.Equal(got, []string{f.Name}) {
		t.Errorf("to do: %q", got)
	}
	if got := o.pressing(exchange.TodoReview); len(got) > 0 {
		t.Errorf("named too early: %+v", got)
	}
	o.skipDays(4)
	o.passAndReport()
	if got := o.pressing(exchange.TodoReview); len(got) != 1 || got[0].Name != f.Name {
		t.Errorf("not named: %+v", got)
	}
	o.requireVerdict(o.decideSigned(clerk, f, exchange.ActReturnBatch), "")
	o.passAndReport()
	form := o.businessWorkbook(clerk)
	if what := form.cell(form.line(fileNumber(f)), "情况"); what != "待审核发出："+o.storedFile(f.ID).Name+"，联系函 1 条；上次由赵蕾退回：已核实" {
		t.Errorf("the row says %q", what)
	}
}
