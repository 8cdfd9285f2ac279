package jobs_test

import (
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
)

// TestLumpSumsWithoutDecidedParts: of a lump sum a part about which an officer decided goes
// apart, so that the officer can release the others.
func TestLumpSumsWithoutDecidedParts(t *testing.T) {
	o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.LumpSum = true }))
	w, l, z := wang(t), li(t), zhao(t)
	o.setDualRelease(w, l, z)
	p, q, r := leaver(us, 0), leaver(us, 1), leaver(us, 2)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q), o.insured(r))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q), o.letter(them, 3, r))
	o.pass()
	o.journalActor(o.caseBy(exchange.Out, p).No, l)
	o.pass()
	decided, rest := o.decidedFiles(l)
	if decided.Total != p.Total() || rest.Total != q.Total()+r.Total() {
		t.Errorf("%s of %s decided about, %s of %s not", decided.Total, p.Total(), rest.Total, q.Total()+r.Total())
	}
}

// decidedOffice is an office of three with a letter to an account that was changed, which an
// officer of finance has confirmed, and one to the registered account: both are ordered.
func decidedOffice(t *testing.T) (o *testOffice, w, l, z *signer) {
	t.Helper()
	o = newOffice(t)
	w, l, z = wang(t), li(t), zhao(t)
	o.setDualRelease(w, l, z)
	o.pass() // takes the officers over
	p, q, r := leaver(us, 0), leaver(us, 1), leaver(us, 2)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q), o.insured(r))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(secondAccount(them))))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
	a := secondAccount(them)
	o.decide(map[string]*seal.Key{l.Name: l.key}, l.Name, exchange.ActConfirmAccount, o.caseBy(exchange.Out, p).No, "account="+a.No, "cnaps="+a.CNAPS)
	o.put(them, formats.KindLetter, o.letter(them, 2, q), o.letter(them, 3, r))
	o.pass()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	o.requireState(exchange.Out, q, "answered/sent/ordered")
	return o, w, l, z
}

// release leaves the signatures of officers on a file and makes a pass.
func (o *testOffice) release(f exchange.File, signers ...*signer) {
	o.tb.Helper()
	for _, s := range signers {
		o.leaveSignature(s, f.Name, o.officerFile(s, f.Name))
	}
	o.pass()
}

// TestDecidedPaymentsHaveAFileOfTheirOwn: in an office of three, who confirmed an account
// releases all the rest.
func TestDecidedPaymentsHaveAFileOfTheirOwn(t *testing.T) {
	o, w, l, z := decidedOffice(t)
	decided, rest := o.decidedFiles(l)
	if decided.Records != 1 || rest.Records != 2 {
		t.Fatalf("%d payments about which %s decided, %d others", decided.Records, l.Name, rest.Records)
	}
	o.release(rest, w, l)
	o.requireState(exchange.Out, leaver(us, 1), "answered/sent/submitted")
	o.requireState(exchange.Out, leaver(us, 2), "answered/sent/submitted")
	o.release(decided, l)
	if a := string(o.officerFile(l, decided.Name+".li.qiang.sig.txt")); !strings.Contains(a, "作过决定") {
		t.Errorf("answer: %s", a)
	}
	o.requireState(exchange.Out, leaver(us, 0), "answered/sent/ordered")
	o.release(decided, w, z)
	o.requireState(exchange.Out, leaver(us, 0), "answered/sent/submitted")
	o.requireNoDifferences()
}

// decidedFiles are the payment files that wait: the one about whose payments an officer
// decided, and the one of all others.
func (o *testOffice) decidedFiles(s *signer) (decided, rest exchange.File) {
	o.tb.Helper()
	files := slices.DeleteFunc(o.outgoing(exchange.FilePrepared), func(f exchange.File) bool { return f.Kind != office.KindPayment })
	if len(files) != 2 {
		o.tb.Fatalf("%d payment files wait for signatures: %+v", len(files), files)
	}
	err := o.env.Store.View(o.tb.Context(), func(tx *store.Tx) error {
		list, err := tx.Deciders(files[0].ID)
		decided, rest = files[1], files[0]
		if len(list) > 0 {
			decided, rest = rest, decided
		}
		for _, x := range list {
			if x.Officer != s.Name {
				o.tb.Errorf("decided by %s", x.Officer)
			}
		}
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	return decided, rest
}

// TestListLeadsWithWhatIsUnusual reads the list as a signer does. A payment came back, the
// partner changed its account, an officer confirmed that, and it is much money: all of that
// stands before the list of payments.
func TestListLeadsWithWhatIsUnusual(t *testing.T) {
	o := newOffice(t)
	w, l, z := wang(t), li(t), zhao(t)
	p, q := leaver(us, 0), leaver(us, 1)
	o.env.Agency.NoticeCap = p.Total() - 1
	o.setDualRelease(w, l, z)
	o.answerLetter(p, 1)
	first := o.waitingFile()
	o.requireListed(first, l, "首次向上海市医疗保险基金管理中心付款，收款账户尚无付讫记录", "金额 6334.80，超过提示金额 6334.79")
	o.release(first, w, l)
	paid := o.orders[0]
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")

	o.answerLetter(q, 2)
	o.requireListed(o.waitingFile(), l, "新账户：首笔付款为 2026-03-02，未满 30 天")
	o.release(o.waitingFile(), w, l)
	o.debitAll()
	o.skipDays(40)
	o.pass()
	r := leaver(us, 2)
	o.answerLetter(r, 3)
	o.requireListed(o.waitingFile(), l)
	o.release(o.waitingFile(), w, l)
	o.debitAll()
	o.pass()

	a := secondAccount(them)
	o.leaveNotification(returnEntry(paid))
	o.leaveStatement(calendar.DateOf(o.now), 90_000_000, returnEntry(paid))
	o.nextNight()
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), withAccount(a)))
	o.pass()
	c := o.caseBy(exchange.Out, p)
	o.decide(map[string]*seal.Key{l.Name: l.key}, l.Name, exchange.ActConfirmAccount, c.No, "account="+a.No, "cnaps="+a.CNAPS)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	o.requireListed(o.waitingFile(), l,
		"新账户：此前从未有款项付讫到该账户；付给上海市医疗保险基金管理中心的首笔款项付至 110231010020000018",
		"收款账户已变更：联系函 31010020260302000001 第 1 版为 110231010020000018 上海市社会保障基金财政专户，第 2 版改为现账户",
		"李强（li.qiang）于 2026-04-12 决定“确认账户”，理由：已核实",
		"再次付款：前次 31010020260302000001-1-1，6334.80，退汇；扣款流水 2026-03-02 D-31010020260302000001-1-1；退回流水 2026-04-11 R-31010020260302000001-1-1；原因：AC01 账号不存在",
		"收款账户已变更：前次付至 110231010020000018 上海市社会保障基金财政专户",
		"金额 6334.80，超过提示金额 6334.79")
	text := string(o.officerFile(l, o.waitingFile().Name+".txt"))
	for _, want := range []string{
		"不得签名 not to sign: 李强（li.qiang）", "徐红霞  310101********3726  办件 T32050020260302000001  金额 6334.80",
		"6334.80  1 笔  310100 上海市医疗保险基金管理中心", o.waitingFile().SHA256,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the list lacks %q:\n%s", want, text)
		}
	}
}

// requireListed compares the reasons in the list beside a payment file, and looks that they
// stand before its payments.
func (o *testOffice) requireListed(f exchange.File, s *signer, want ...string) {
	o.tb.Helper()
	text := string(o.officerFile(s, f.Name+".txt"))
	head, _, ok := strings.Cut(text, "二、逐笔清单")
	var got []string
	for line := range strings.Lines(head) {
		if _, why, marked := strings.Cut(line, "◆ "); marked {
			got = append(got, strings.TrimSpace(why))
		}
	}
	if !ok || !slices.Equal(got, want) || len(want) == 0 && !strings.Contains(head, "无 / nothing") {
		o.tb.Errorf("unusual is %q, want %q, in\n%s", got, want, text)
	}
}

// TestListNamesPersons: a payment to the person says so, and adds to no partner's total.
func TestListNamesPersons(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	o.setDualRelease(w, l)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, func(l *formats.Letter) {
		l.AccountMoves, l.AccountName, l.BankName, l.AccountNo, l.CNAPS = false, "", "", "", ""
	}))
	o.pass()
	o.put(portal, formats.KindPayee, payeeOf(p, letterNo(them, 1), p, "1/1"))
	o.pass()
	o.pass()
	o.requireListed(o.waitingFile(), l, "付给个人（本人或继承人），收款账户尚无付讫记录")
	if text := string(o.officerFile(l, o.waitingFile().Name+".txt")); !strings.Contains(text, "1 笔  付给本人（继承人）") {
		t.Errorf("totals:\n%s", text)
	}
}
