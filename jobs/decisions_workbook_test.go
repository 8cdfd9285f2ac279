package jobs_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/formats"
)

// A letter with an account that is not ours, one to be decided by finance:
// the workbooks hold what each officer may decide, and nothing else.
func TestDecisionsWorkbooks(t *testing.T) {
	o := newOffice(t)
	clerk, finance, checker := staffWithFolders(o)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	a := secondAccount(them)
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(a)))
	o.pass()
	o.leaveNotification(creditEntry("C1", 5000, "张三 转移款", ""))
	o.passAndReport()
	c := o.caseBy(exchange.Out, p)
	money, business := o.workbookName("财务"), o.workbookName("业务")
	for _, x := range []struct {
		who      *signer
		book, no string
		want     []string
	}{
		{finance, money, c.No, []string{"确认账户"}},
		{checker, money, c.No, []string{"确认账户"}},
		{checker, business, c.No, []string{"不予转出"}},
		{clerk, business, c.No, []string{"不予转出"}},
		{finance, money, o.unmatchedEntryKey(), []string{"退款", "认领到账", "拆分认领", "确认为退汇", "确认账户", "不属转移业务"}},
	} {
		if got := o.openWorkbook(x.who, x.book).offeredDecisions(x.no); !slices.Equal(got, x.want) {
			t.Errorf("%s, %s about %s offers %q, want %q", x.who.Name, x.book, x.no, got, x.want)
		}
	}
	if o.officerFile(clerk, money) != nil || o.officerFile(finance, business) != nil {
		t.Errorf("clerk has %q, finance %q", o.officerFiles(clerk), o.officerFiles(finance))
	}

	form := o.openWorkbook(finance, money)
	form.decide(c.No, "确认账户", "账号="+a.No, "行号="+a.CNAPS)
	answers := o.handIn(finance, "我的决定.xlsx", form.bytes(), nil)
	if v := verdict(answers, c.No); !strings.HasPrefix(v, "不予接受 该决定须签名") {
		t.Errorf("unsigned: %q", answers)
	}
	answers = o.handIn(finance, "我的决定.xlsx", form.bytes(), finance)
	if v := verdict(answers, c.No); !strings.HasPrefix(v, "已接受") {
		t.Errorf("signed: %q", answers)
	}
	if v := verdict(answers, o.unmatchedEntryKey()); v != "未作决定" {
		t.Errorf("left open: %q", answers)
	}
	o.requireState(exchange.Out, p, "accepted/none/not_due")
	o.requireJournaled(c.No, "decided_"+exchange.ActConfirmAccount, "已核实")
	answers = o.handIn(finance, "再交一次.xlsx", form.bytes(), finance)
	if v := verdict(answers, c.No); !strings.HasPrefix(v, "此前已作") {
		t.Errorf("twice: %q", answers)
	}
	late := o.openWorkbook(checker, business)
	late.decide(c.No, "不予转出", "原因代码=其他原因")
	answers = o.handIn(checker, business, late.bytes(), nil)
	if v := verdict(answers, c.No); !strings.HasPrefix(v, "不予接受 制表后情况已变化") || !strings.Contains(v, "li.na 已作决定：确认账户") {
		t.Errorf("too late: %q", answers)
	}
}

// TestDecisionsWorkbooksAreNotSentAgain: officers give no receipts.
func TestDecisionsWorkbooksAreNotSentAgain(t *testing.T) {
	o := newOffice(t)
	o.env.Rules.ResendAfter, o.env.Rules.EscalateAfter = 20*time.Hour, 40*time.Hour
	staffWithFolders(o)
	o.pass()
	o.leaveNotification(creditEntry("C1", 5000, "张三 转移款", ""))
	o.passAndReport()
	o.skipDays(3)
	o.pass()
	books := 0
	for _, f := range o.outgoing(exchange.FileSent, exchange.FileQueued) {
		if strings.HasPrefix(f.Name, "decisions-") {
			books++
			if f.Resent > 0 {
				t.Errorf("%s was sent again", f.Name)
			}
		}
	}
	if books == 0 {
		t.Error("there is no decisions workbook")
	}
	for _, text := range o.openDifferences() {
		if strings.Contains(text, "decisions-") {
			t.Errorf("open: %s", text)
		}
	}
}
