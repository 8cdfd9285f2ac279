package exchange_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "carryover/exchange"
)

// The words of SPEC 3, as they stand there; cancelled and void of the
// transfer-out read as those of the transfer-in.
var specWords = map[string]string{
	"in state": "applied 已申请 · returned 退回补正 · refused 不予受理 · accepted 已受理 · requested 联系函已发 · answered 信息表已收 · posting 入账中 · " +
		"relation_done 关系已办结 · completed 已办结 · declined 对方不予转出 · held 暂缓办理 · cancelled 已撤销 · void 已作废",
	"out state": "requested 联系函已收 · held 暂缓办理 · declined 不予转出 · accepted 已受理 · ended 已终止参保 · liquidated 已清算 · " +
		"answered 信息表已发 · confirmed 对方已办结 · cancelled 已撤销 · void 已作废",
	"in form":   "none 未到 · received 已收待核 · differs 不符 · checked 核对一致 · posted 已入账",
	"out form":  "none 未出具 · queued 待发 · sent 已发待回执 · delivered 对方已收 · refused 对方退回",
	"in money":  "none 未到账 · received 到账待核 · matched 核对一致 · differs 金额不符 · not_due 无需划转 · posted 已入账",
	"out money": "due 待制单 · ordered 已制单待复核 · released 已复核 · submitted 已提交银行 · unknown 结果待查 · settled 已付讫 · returned 退汇 · not_due 无需划转",
}

func TestWordsAreThoseOfTheSpecification(t *testing.T) {
	lists := map[string][]Term{
		"in state": StateTerms(In), "out state": StateTerms(Out), "in form": FormTerms(In), "out form": FormTerms(Out),
		"in money": MoneyTerms(In), "out money": MoneyTerms(Out),
	}
	for name, text := range specWords {
		want, got := map[string]string{}, map[string]string{}
		for _, pair := range strings.Split(text, " · ") {
			code, word, _ := strings.Cut(pair, " ")
			want[code] = word
		}
		for _, term := range lists[name] {
			if term.English == "" || got[term.Code] != "" {
				t.Errorf("%s: %q has no English word, or stands twice", name, term.Code)
			}
			got[term.Code] = term.Chinese
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestTerm(t *testing.T) {
	term := TermOf(StateTerms(In), "posting")
	if term.Word("zh") != "入账中" || term.Word("en") != "posting" {
		t.Errorf("posting reads %q, %q", term.Word("zh"), term.Word("en"))
	}
	if got := TermOf(StateTerms(In), "ended"); got != (Term{Code: "ended", Chinese: "ended", English: "ended"}) {
		t.Errorf("an unknown code is its own word, not %v", got)
	}
}

func TestFinal(t *testing.T) {
	want := map[Side]string{
		In:  "refused completed declined cancelled void",
		Out: "declined confirmed cancelled void",
	}
	for side, text := range want {
		var got []string
		for _, term := range StateTerms(side) {
			if State(term.Code).Final(side) {
				got = append(got, term.Code)
			}
		}
		if strings.Join(got, " ") != text {
			t.Errorf("%s: final are %v, want %s", side, got, text)
		}
	}
}

func TestLeastAdvanced(t *testing.T) {
	if got := LeastForm(In, nil); got != FormNone {
		t.Errorf("no form: %s", got)
	}
	if got := LeastMoney(In, nil); got != MoneyNone {
		t.Errorf("no part, in: %s", got)
	}
	if got := LeastMoney(Out, nil); got != MoneyNotDue {
		t.Errorf("no part, out: %s", got)
	}
	if got := LeastForm(Out, []FormTrack{FormDelivered, FormSent}); got != FormSent {
		t.Errorf("delivered and sent: %s", got)
	}
	if got := LeastMoney(In, []MoneyTrack{MoneyNotDue, MoneyPosted}); got != MoneyPosted {
		t.Errorf("not due and posted: %s", got)
	}
	if got := LeastMoney(Out, []MoneyTrack{MoneySettled, MoneyReturned, MoneyDue}); got != MoneyReturned {
		t.Errorf("settled, returned, due: %s", got)
	}
}

// The least of two lists is the least of their leasts, in whatever order.
func TestLeastIsALeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.SampledFrom([]Side{In, Out}).Draw(t, "side")
		var all []MoneyTrack
		for _, term := range MoneyTerms(side) {
			all = append(all, MoneyTrack(term.Code))
		}
		a := rapid.SliceOfN(rapid.SampledFrom(all), 1, 4).Draw(t, "a")
		b := rapid.SliceOfN(rapid.SampledFrom(all), 1, 4).Draw(t, "b")
		whole := LeastMoney(side, append(append([]MoneyTrack{}, b...), a...))
		if whole != LeastMoney(side, []MoneyTrack{LeastMoney(side, a), LeastMoney(side, b)}) {
			t.Fatalf("least of %v and %v is %s", a, b, whole)
		}
	})
}
