package jobs_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/formats"
)

// twoUnconfirmedAccounts brings two letters to where finance has to confirm an account.
func twoUnconfirmedAccounts(o *testOffice) (first, second string, account exchange.Account) {
	p, q := leaver(us, 0), leaver(us, 1)
	account = secondAccount(them)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(account)), o.letter(them, 2, q, withAccount(account)))
	o.passAndReport()
	return o.caseBy(exchange.Out, p).No, o.caseBy(exchange.Out, q).No, account
}

// Every row of a workbook gets the verdict that it deserves, and the right one
// beside it counts all the same.
func TestVerdictOnEveryDecisionRow(t *testing.T) {
	o := newOffice(t)
	clerk, finance, checker := staffWithFolders(o)
	one, two, a := twoUnconfirmedAccounts(o)
	name := o.workbookName("财务")
	right := []string{"账号=" + a.No, "行号=" + a.CNAPS}
	signedBy := func(key *signer) func(*decisionsForm) []string {
		return func(f *decisionsForm) []string { return o.handIn(finance, name, f.bytes(), key) }
	}
	for what, c := range map[string]struct {
		fill func(*decisionsForm)
		hand func(*decisionsForm) []string
		want string
	}{
		"no reason":        {func(f *decisionsForm) { f.decide(one, "确认账户", append(right, "理由=")...) }, nil, "不予接受 未写理由"},
		"no account":       {func(f *decisionsForm) { f.decide(one, "确认账户") }, nil, "须给出 账号"},
		"another account":  {func(f *decisionsForm) { f.decide(one, "确认账户", "账号=1", "行号="+a.CNAPS) }, nil, "联系函所列账户为"},
		"an odd argument":  {func(f *decisionsForm) { f.decide(one, "退款", append(right, "理由=x")...) }, nil, "现在不能作“退款”"},
		"no such decision": {func(f *decisionsForm) { f.decide(one, "随便", right...) }, nil, "不是可选的决定"},
		"not of the row":   {func(f *decisionsForm) { f.decide(one, "核销差异") }, nil, "现在不能作“核销差异”"},
		"not of the role":  {func(f *decisionsForm) { f.decide(one, "不予转出") }, nil, "没有作此决定所需的角色"},
		"the subject": {func(f *decisionsForm) {
			f.decide(one, "确认账户", right...)
			f.set(f.line(one), "情况", "没问题")
		}, nil, "锁定的单元格被改动"},
		"the key": {func(f *decisionsForm) {
			f.decide(one, "确认账户", right...)
			f.set(f.line(one), "行标识", f.cell(f.line(two), "行标识"))
		}, nil, "锁定的单元格被改动"},
		"key gone":          {func(f *decisionsForm) { f.decide(one, "确认账户", right...); f.set(f.line(one), "行标识", "") }, nil, "增加的行不予接受"},
		"no signature":      {func(f *decisionsForm) { f.decide(one, "确认账户", right...) }, signedBy(nil), "该决定须签名"},
		"another's key":     {func(f *decisionsForm) { f.decide(one, "确认账户", right...) }, signedBy(checker), "没有为 li.na 登记所需角色"},
		"an unknown key":    {func(f *decisionsForm) { f.decide(one, "确认账户", right...) }, signedBy(newSigner(t, "li.na", "李娜", exchange.RoleFinance)), "不在已批准的 allowed_signers 中"},
		"reason, no choice": {func(f *decisionsForm) { f.set(f.line(one), "理由", "再看看") }, nil, "未作决定 写了内容但未选决定"},
	} {
		form := o.openWorkbook(finance, name)
		c.fill(form)
		hand := c.hand
		if hand == nil {
			hand = signedBy(finance)
		}
		answers := hand(form)
		if v := verdict(answers, one); !strings.Contains(v, c.want) {
			t.Errorf("%s: %q, want %q", what, v, c.want)
		}
		if v := verdict(answers, two); v != "未作决定" {
			t.Errorf("%s: the other row: %q", what, v)
		}
	}
	form := o.openWorkbook(finance, name)
	if answers := o.handIn(clerk, name, form.bytes(), clerk); verdict(answers, one) != "未作决定" {
		t.Errorf("an empty one: %q", answers)
	}
	form.decide(one, "确认账户", right...)
	form.set(form.line(two)+1, "决定", "退款")
	if answers := o.handIn(clerk, name, form.bytes(), clerk); !strings.Contains(verdict(answers, one), "赵蕾 没有作此决定所需的角色") {
		t.Errorf("by a clerk: %q", answers)
	}
	answers := o.handIn(finance, name, form.bytes(), finance)
	if !strings.HasPrefix(verdict(answers, one), "已接受") || !strings.Contains(strings.Join(answers, "\n"), "不予接受 增加的行") {
		t.Errorf("right at last: %q", answers)
	}
}

// What is no workbook of ours, or not fit to be read, is refused as a whole,
// in words.
func TestUnfitDecisionsWorkbooksAreRefused(t *testing.T) {
	o := newOffice(t)
	_, finance, _ := staffWithFolders(o)
	one, _, a := twoUnconfirmedAccounts(o)
	form := o.openWorkbook(finance, o.workbookName("财务"))
	form.decide(one, "确认账户", "账号="+a.No, "行号="+a.CNAPS)
	good := form.bytes()
	formula := o.readWorkbook(good)
	if err := formula.book.SetCellFormula(formula.sheet, "C30", "1+1"); err != nil {
		t.Fatal(err)
	}
	var other bytes.Buffer
	if err := excelize.NewFile().Write(&other); err != nil {
		t.Fatal(err)
	}
	twice := o.readWorkbook(good)
	n, err := twice.book.NewSheet("again")
	if err == nil {
		err = twice.book.CopySheet(0, n)
	}
	if err != nil {
		t.Fatal(err)
	}
	for want, content := range map[string][]byte{
		"含公式":      formula.bytes(),
		"含宏":       withPart(t, good, "xl/vbaProject.bin", []byte("x")),
		"解压后过大":    withPart(t, good, "xl/media/zeros.bin", make([]byte, 97<<20)),
		"重名的部件":    withPart(t, good, "XL/Workbook.xml", []byte("x")),
		"名称不合规":    withPart(t, good, "../xl/workbook.xml", []byte("x")),
		"已加密":      append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, good...),
		"可能已损坏":    good[:len(good)/2],
		"没有决定表":    other.Bytes(),
		"有两张决定表":   twice.bytes(),
		"不是可读的工作簿": []byte("编号,决定\n1,2\n"),
	} {
		answers := o.handIn(finance, "x.xlsx", content, finance)
		if len(answers) != 1 || !strings.Contains(answers[0], want) || !strings.Contains(answers[0], "均未办理") {
			t.Errorf("want %q: %q", want, answers)
		}
	}
	if answers := o.handIn(finance, "x.xlsx", good, finance); !strings.HasPrefix(verdict(answers, one), "已接受") {
		t.Errorf("the good one: %q", answers)
	}
}

// withPart adds a part to a workbook.
func withPart(t *testing.T, book []byte, name string, content []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		if err := out.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	w, err := out.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	if err = errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A workbook that was cut short is worked to its end by the next pass: what
// was taken counts once, and the verdicts are as if nothing had happened.
func TestDecisionsCutShort(t *testing.T) {
	for _, call := range []string{"spool.rename:before", "spool.rename:after"} {
		t.Run(call, func(t *testing.T) {
			o := newOffice(t)
			_, finance, _ := staffWithFolders(o)
			one, two, a := twoUnconfirmedAccounts(o)
			form := o.openWorkbook(finance, o.workbookName("财务"))
			for _, no := range []string{one, two} {
				form.decide(no, "确认账户", "账号="+a.No, "行号="+a.CNAPS)
			}
			content := form.bytes()
			party := exchange.OfficerParty(finance.Name)
			o.leaveFile(party, "x.xlsx", content)
			sig, err := finance.key.Sign(bytes.NewReader(content), "carryover-decision")
			if err != nil {
				t.Fatal(err)
			}
			o.leaveFile(party, "x.xlsx.sig", sig)
			cut := errors.New("the plug was pulled")
			o.env.Outside = func(c, name string) error {
				if c == call && strings.Contains(name, "x.answer.xlsx") {
					return cut
				}
				return nil
			}
			if err := o.tryPass(); !errors.Is(err, cut) {
				t.Fatalf("the pass: %v", err)
			}
			o.env.Outside = nil
			o.pass()
			answers := o.verdictsIn(o.officerFile(finance, "x.answer.xlsx"))
			for _, no := range []string{one, two} {
				if !strings.HasPrefix(verdict(answers, no), "已接受") {
					t.Errorf("%q", answers)
				}
			}
			o.pass()
			if o.officerFile(finance, "x.answer.2.xlsx") != nil {
				t.Error("answered twice")
			}
		})
	}
}

// The list is made again only when something has changed, and the old one is
// taken away then.
func TestDecisionsMadeAgain(t *testing.T) {
	o := newOffice(t)
	_, finance, _ := staffWithFolders(o)
	one, _, a := twoUnconfirmedAccounts(o)
	name := o.workbookName("财务")
	before := o.officerFiles(finance)
	o.env.Date = calendar.DateOf(o.now)
	if _, err := o.env.Report(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.pass()
	if now := o.officerFiles(finance); len(now) != len(before) {
		t.Errorf("had %q, has %q", before, now)
	}
	form := o.openWorkbook(finance, name)
	form.decide(one, "确认账户", "账号="+a.No, "行号="+a.CNAPS)
	o.handIn(finance, name, form.bytes(), finance)
	o.passAndReport()
	if o.officerFile(finance, name) != nil || o.officerFile(finance, strings.Replace(name, ".xlsx", ".2.xlsx", 1)) == nil {
		t.Errorf("has %q", o.officerFiles(finance))
	}
}
