package story

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// phoneEnv is an agency that can answer the phone: no store, no drops.
func phoneEnv(t *testing.T) *office.Office {
	t.Helper()
	cal, err := calendar.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &office.Office{
		Agency: exchange.Agency{Code: "320500"}, Turns: exchange.Turns(), Calendar: cal, Date: 20260410,
		Partners: map[string]exchange.Partner{"310100": {Code: "310100", Name: "上海市医疗保险事业管理中心", Profile: "2016"}},
		Profiles: map[string]exchange.Profile{"2016": {Name: "2016", LetterWD: 15, AnswerWD: 15, CloseWD: 15, CountFromNextDay: true}},
	}
}

// everyCase calls f for a case of every allowed triple, held ones for every
// reason, declined and refused ones for every code.
func everyCase(o *office.Office, f func(exchange.Case)) {
	for _, t := range exchange.AllowedTriples() {
		for _, form := range t.Forms {
			for _, money := range t.Monies {
				c := exchange.Case{
					No: "T32050020260316000001", Side: t.Side, Partner: "310100", Profile: "2016", State: t.State, FormTrack: form, MoneyTrack: money,
					Person: exchange.Person{IDNo: "11010519491231002X", Name: "董柏"}, OpenedOn: 20260302, AcceptedOn: 20260302, LetterOn: 20260303,
					FormOn: 20260310, MoneyOn: 20260311, ClosedOn: 20260312, StateSince: 20260312, FormSince: 20260312, MoneySince: 20260312,
				}
				c.SetDue(o.Profiles["2016"], o.Calendar)
				switch t.State {
				case exchange.Held:
					for _, h := range code.Holds() {
						c.HeldFrom, c.Hold, c.HeldOn = exchange.Requested, code.Hold(h.Code), 20260311
						f(c)
					}
				case exchange.Declined, exchange.Refused:
					for _, d := range code.Declines() {
						c.Decline = code.Decline(d.Code)
						f(c)
					}
				default:
					f(c)
				}
			}
		}
	}
}

// TestReplyOfEveryCase: whatever a case's columns, there is something to read
// out, complete and without a number that identifies the person.
func TestReplyOfEveryCase(t *testing.T) {
	e := phoneEnv(t)
	said := map[string]bool{}
	everyCase(e, func(c exchange.Case) {
		s := &Case{Outline: OutlineOf(e, c)}
		text := reply(e, c, s)
		said[text] = true
		for _, bad := range []string{"{", "}", "%", "。。", "，。", "，，", "11010519491231002X", "  ", "原因是。", "接下来，", "接下来。"} {
			if strings.Contains(text, bad) {
				t.Fatalf("%s %s %s %s: %q in %s", c.Side, c.State, c.FormTrack, c.MoneyTrack, bad, text)
			}
		}
		if !strings.HasPrefix(text, "您好，董柏") || !strings.HasSuffix(text, "。") || strings.Count(text, "。") < 3 {
			t.Fatalf("%s %s %s %s: %s", c.Side, c.State, c.FormTrack, c.MoneyTrack, text)
		}
		if s.Limit != nil && notice.ClockWords(c.Side)[s.Limit.Clock] == "" {
			t.Fatalf("no words for the clock %s", s.Limit.Clock)
		}
		if s.Turn != nil && s.Turn.Due != 0 && !strings.Contains(text, "不晚于20") {
			t.Fatalf("%s %s: says no date: %s", c.Side, c.State, text)
		}
	})
	if len(said) < 100 {
		t.Fatalf("only %d different replies", len(said))
	}
}

func TestReplyText(t *testing.T) {
	e := phoneEnv(t)
	c := exchange.Case{
		No: "T1", Side: exchange.In, Partner: "310100", Profile: "2016", State: exchange.Requested, FormTrack: exchange.FormNone, MoneyTrack: exchange.MoneyNone,
		Person: exchange.Person{Name: "董柏"}, LetterOn: 20260407, StateSince: 20260407,
	}
	c.SetDue(e.Profiles["2016"], e.Calendar)
	want := "您好，董柏从上海市医疗保险事业管理中心转入本地的医保关系，目前的进度是“联系函已发”。" +
		"联系函已于2026年4月7日发往上海市医疗保险事业管理中心，信息表还没有收到。" +
		"接下来由上海市医疗保险事业管理中心核对参保记录，出具信息表并划转个人账户资金。" +
		"按规定，上海市医疗保险事业管理中心答复应不晚于2026年4月28日，还有12个工作日（这一年的放假安排尚未公布，日期可能调整）。" +
		"您目前不需要办理任何手续，有进展我们会通知您。"
	if got := reply(e, c, &Case{Outline: OutlineOf(e, c)}); got != want {
		t.Errorf("said %s\nwant %s", got, want)
	}
	e.Date = 20260506
	if got := reply(e, c, &Case{Outline: OutlineOf(e, c)}); !strings.Contains(got, "现已超过6个工作日，很抱歉让您久等了，我们正在催办") {
		t.Errorf("overdue: %s", got)
	}
}

// TestPhoneWords: every turn, hold and decline has its words, and no others.
func TestPhoneWords(t *testing.T) {
	turns := map[string]bool{}
	for _, r := range exchange.Turns() {
		turns[r.Key] = true
		if notice.TurnWords()[r.Key] == "" {
			t.Errorf("turn %s has no words", r.Key)
		}
	}
	if len(notice.TurnWords()) != len(turns) {
		t.Errorf("%d turns, words for %d", len(turns), len(notice.TurnWords()))
	}
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		for _, h := range code.Holds() {
			if notice.HoldAdvice(side)[code.Hold(h.Code)] == "" {
				t.Errorf("hold %s has no words", h.Code)
			}
		}
	}
	for h := range notice.HoldReasons() {
		if !h.Known() {
			t.Errorf("words for %s, which is no reason of a hold", h)
		}
	}
	for _, d := range code.Declines() {
		if notice.DeclineAdvice()[code.Decline(d.Code)] == "" {
			t.Errorf("decline %s has no words", d.Code)
		}
	}
}

// TestEventsHaveWords reads this package's own source: whatever is journaled
// under a fixed name has words, and every Happening has.
func TestEventsHaveWords(t *testing.T) {
	words := map[string]bool{}
	for _, w := range office.EventTerms() {
		if w.Chinese == "" || w.English == "" || words[w.Code] {
			t.Errorf("event %s: words missing, or listed twice", w.Code)
		}
		words[w.Code] = true
	}
	seen := 0
	for _, name := range journaled(t) {
		seen++
		if strings.HasSuffix(name, "_") { // completed by a code
			if !hasPrefix(words, name) {
				t.Errorf("no event begins with %s", name)
			}
		} else if !words[name] {
			t.Errorf("event %s has no words", name)
		}
	}
	if seen < 25 {
		t.Errorf("only %d names found in the source", seen)
	}
	for _, s := range exchange.Steps() {
		if !words[string(s.On)] {
			t.Errorf("%s has no words", s.On)
		}
	}
}

func hasPrefix(words map[string]bool, prefix string) bool {
	for w := range words {
		if strings.HasPrefix(w, prefix) {
			return true
		}
	}
	return false
}

// journaled finds the literal event names in calls of Note and Journal, in all rooms.
func journaled(t *testing.T) (names []string) {
	t.Helper()
	files, err := fs.Glob(os.DirFS(".."), "*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`^[a-z]+(_[a-z]*)+$|^[a-z]+$`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			arg, ok := map[string]int{"Note": 0, "Journal": 1}[sel.Sel.Name]
			if !ok || len(call.Args) <= arg {
				return true
			}
			expr := call.Args[arg]
			if sum, ok := expr.(*ast.BinaryExpr); ok {
				expr = sum.X
			}
			if lit, ok := expr.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && name.MatchString(s) {
					names = append(names, s)
				}
			}
			return true
		})
	}
	return names
}

// TestReasonWith: what was written about a reason is told where it says more,
// and no number in it identifies anybody.
func TestReasonWith(t *testing.T) {
	for _, x := range []struct{ word, from, text, want string }{
		{"尚未终止参保", notice.PartnerQuote, "", "尚未终止参保"},
		{"尚未终止参保", notice.PartnerQuote, "仍在本地参保", "尚未终止参保（对方说明：仍在本地参保）"},
		{"尚未终止参保", "", "：尚未终止参保。", "尚未终止参保"},
		{"其他原因", "", "档案在整理，请8月后再发", "其他原因（档案在整理，请8月后再发）"},
		{"关系已转出", "", "关系已转出至 110000", "关系已转出至 110000"},
		{"姓名或证件号码不一致", "", "登记为 11010519491231002X", "姓名或证件号码不一致（登记为 110105********002X）"},
	} {
		if got := notice.ReasonWith(x.word, x.from, x.text); got != x.want {
			t.Errorf("%s, %s: said %s, want %s", x.word, x.text, got, x.want)
		}
	}
	for reason, want := range map[string]string{"AC01 户名与账号不符": "户名与账号不符", "退汇": "", "": "", "RJCT: 账户110231010020000018已销户": "账户已销户"} {
		if got := spokenReason(reason); got != want {
			t.Errorf("%s: said %q, want %q", reason, got, want)
		}
	}
}
