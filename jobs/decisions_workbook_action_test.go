package jobs_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/samples"
)

// holdForArrears makes letters about people with arrears wait.
func holdForArrears(o *testOffice) {
	p := o.env.Profiles["2016"]
	p.Arrears = exchange.ArrearsHold
	o.env.Profiles["2016"] = p
}

func inArrears(r *formats.RegistryRecord) { r.ArrearsMonths.Value, r.ArrearsMonths.Given = 3, true }

// What waits for a clerk stands in the business workbook with what may be
// decided about it, and what is chosen there is done, without a signature.
func TestBusinessDecisions(t *testing.T) {
	p := leaver(us, 0)
	held := func(o *testOffice) { o.put(them, formats.KindLetter, o.letter(them, 1, p)) }
	arrears := func(o *testOffice) {
		holdForArrears(o)
		o.put(core, formats.KindRegistry, o.insured(p, inArrears))
		held(o)
	}
	annulment := func(o *testOffice) {
		o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20261231}}
		o.answerLetter(p, 1)
		o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 1), code.PhaseProposeVoid))
	}
	applied := func(o *testOffice) { o.put(portal, formats.KindApplication, o.application(leaver(them, 0))) }
	letter, audit, annul := []string{"不予转出"}, []string{"退回补正", "不予受理"}, []string{"同意作废", "不同意作废"}
	for name, c := range map[string]struct {
		start  func(*testOffice)
		side   exchange.Side
		offers []string
		choose string
		more   string
		want   string
		end    string // after two more passes, where that is another
	}{
		"decline somebody unknown":   {held, exchange.Out, letter, "不予转出", "原因代码=未查到参保信息", "declined/none/not_due", ""},
		"accept in spite of arrears": {arrears, exchange.Out, []string{"同意受理", "不予转出"}, "同意受理", "", "accepted/none/not_due", ""},
		"agree to an annulment":      {annulment, exchange.Out, annul, "同意作废", "", "answered/sent/due", "void/sent/not_due"},
		"refuse an annulment":        {annulment, exchange.Out, annul, "不同意作废", "", "answered/sent/due", ""},
		"return an application":      {applied, exchange.In, audit, "退回补正", "", "returned/none/none", ""},
		"refuse an application":      {applied, exchange.In, audit, "不予受理", "原因代码=不属于转移接续范围", "refused/none/none", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			clerk, _, _ := staffWithFolders(o)
			c.start(o)
			o.passAndReport()
			who := map[exchange.Side]samples.Person{exchange.Out: p, exchange.In: leaver(them, 0)}[c.side]
			no := o.caseBy(c.side, who).No
			form := o.openWorkbook(clerk, o.workbookName("业务"))
			if got := form.offeredDecisions(no); !slices.Equal(got, c.offers) {
				t.Fatalf("offers %q", got)
			}
			var more []string
			if c.more != "" {
				more = []string{c.more}
			}
			form.decide(no, c.choose, more...)
			if v := verdict(o.handIn(clerk, o.workbookName("业务"), form.bytes(), nil), no); !strings.HasPrefix(v, "已接受") {
				t.Fatalf("answer %q", v)
			}
			o.requireState(c.side, who, c.want)
			o.passes(2)
			if c.end != "" {
				o.requireState(c.side, who, c.end)
			}
			o.passAndReport()
			if o.officerFile(clerk, o.workbookName("业务")) != nil || o.officerFile(clerk, strings.Replace(o.workbookName("业务"), ".xlsx", ".2.xlsx", 1)) != nil {
				t.Errorf("there is still something to decide: %q", o.officerFiles(clerk))
			}
		})
	}
}

// What concerns files is decided by workbook too, with a signature.
func TestDecisionsAboutFiles(t *testing.T) {
	t.Run("set aside", func(t *testing.T) {
		o := newOffice(t)
		_, finance, _ := staffWithFolders(o)
		o.leaveFile(bank, "odd.xml", []byte("<Document"))
		o.passAndReport()
		no := o.fileNo(exchange.In, exchange.FileQuarantined)
		form := o.openWorkbook(finance, o.workbookName("财务"))
		if got := form.offeredDecisions(no); !slices.Equal(got, []string{"解除隔离、重新处理", "不予处理"}) {
			t.Fatalf("offers %q", got)
		}
		form.decide(no, "不予处理")
		if v := verdict(o.handIn(finance, "x.xlsx", form.bytes(), finance), no); !strings.HasPrefix(v, "已接受") {
			t.Errorf("answer %q", v)
		}
		o.requireNoDifferences()
	})
	t.Run("unknown fate", func(t *testing.T) {
		o := newOffice(t)
		_, finance, _ := staffWithFolders(o)
		p, _ := o.paymentOfUnknownFate()
		o.passAndReport()
		no := o.fileNo(exchange.Out, exchange.FileSending)
		form := o.openWorkbook(finance, o.workbookName("财务"))
		form.decide(no, "认定已送达银行", "理由=银行柜台张三电话答复")
		if v := verdict(o.handIn(finance, "x.xlsx", form.bytes(), finance), no); !strings.HasPrefix(v, "已接受") {
			t.Errorf("answer %q", v)
		}
		o.requireState(exchange.Out, p, "answered/sent/submitted")
	})
}

// fileNo is the number of the one file in a state.
func (o *testOffice) fileNo(dir exchange.Side, state exchange.FileState) (no string) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: dir, States: []exchange.FileState{state}})
		if err == nil && len(files) == 1 {
			no = strconv.FormatInt(files[0].ID, 10)
		}
		return err
	})
	return no
}
