package notice

import (
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// everyNews calls f for every milestone with all that it may tell: for a
// decline and a refusal every code, for a delay every hold and every turn.
func everyNews(f func(m code.Milestone, more News)) {
	for _, w := range noticeTable() {
		for _, due := range []calendar.Date{0, 20260428} {
			more := News{Variant: w.variant, Due: due, Amount: money.Fen(1094016), Some: true, Months: 141, account: "个人账户转入10940.16元", turn: "由上海市医疗保险事业管理中心出具信息表"}
			switch {
			case w.milestone == code.MilestoneDeclined, w.milestone == code.MilestoneRefused:
				for _, d := range code.Declines() {
					for _, text := range []string{"", "登记为 11010519491231002X，账户 110231010020000018，请8月后再办。", strings.Repeat("情况说明，", 100)} {
						f(w.milestone, DeclineNews(code.Decline(d.Code), text))
						f(w.milestone, PartnersNews(code.Decline(d.Code), text))
					}
				}
			case w.variant == variantHeld, w.variant == variantOutHeld:
				side := exchange.In
				if w.variant == variantOutHeld {
					side = exchange.Out
				}
				for _, h := range code.Holds() {
					more.Reason, more.todo = HoldReason(code.Hold(h.Code)), HoldAdvice(side)[code.Hold(h.Code)]
					f(w.milestone, more)
				}
			case w.milestone == code.MilestoneDelayed:
				for _, turn := range exchange.Turns() {
					out := w.variant == variantOut
					if (turn.Side == exchange.Out) != out || turn.Owner == exchange.OwnerPerson || out && turn.Owner == exchange.OwnerPartner {
						continue // no delay is told then
					}
					more.turn = turnNews(turn, "上海市医疗保险事业管理中心")
					f(w.milestone, more)
				}
			case w.milestone == code.MilestoneArrears:
				for _, r := range []exchange.RegistryPerson{{}, {ArrearsMonths: 2}, {ArrearsMonths: 2, Arrears: 123456}} {
					f(w.milestone, ArrearsNews(r, w.variant))
				}
			case w.milestone == code.MilestoneReturned:
				for _, text := range []string{"", "缺少有效身份证件，请补交后重新申请"} {
					more.Reason = text
					f(w.milestone, more)
				}
			default:
				f(w.milestone, more)
			}
		}
	}
}

// TestNoticeOfEverything: every milestone, to every recipient, for every
// reason, is a whole text that says what to do and where to ask, and neither
// an ID number nor an account.
func TestNoticeOfEverything(t *testing.T) {
	e := phoneEnv(t)
	e.Agency.Name = "苏州市医疗保险基金管理中心"
	seen := map[code.Milestone]map[string]bool{}
	everyNews(func(m code.Milestone, more News) {
		for _, phone := range []string{"", "0512-12393"} {
			e.Agency.Phone = phone
			for _, r := range code.Recipients() {
				to := code.Recipient(r.Code)
				text := NoticeText(e, to, m, "董柏", "上海市医疗保险事业管理中心", more)
				if bad := unwhole(text); bad != "" || len([]rune(text)) > 500 || strings.Contains(text, "110231010020000018") || strings.ContainsAny(text, "[]") {
					t.Fatalf("%s to %s: %q in %s", m, to, bad, text)
				}
				if !strings.HasSuffix(text, "如有疑问，请到苏州市医疗保险基金管理中心窗口咨询。") && !strings.HasSuffix(text, "如有疑问，请拨打苏州市医疗保险基金管理中心咨询电话0512-12393。") {
					t.Fatalf("%s to %s does not say where to ask: %s", m, to, text)
				}
				if !strings.Contains(text, "请") && !strings.Contains(text, "不需要") {
					t.Fatalf("%s to %s does not say what to do: %s", m, to, text)
				}
				if seen[m] == nil {
					seen[m] = map[string]bool{}
				}
				seen[m][text] = true
				addressed(t, to, m, text)
			}
		}
	})
	for _, m := range code.Milestones() {
		if len(seen[code.Milestone(m.Code)]) < 6 { // three recipients, with a phone and without
			t.Errorf("%s has only %d texts", m.Code, len(seen[code.Milestone(m.Code)]))
		}
	}
}

// addressed: each recipient is spoken to as what they are, and the employer
// reads of no amount.
func addressed(t *testing.T, to code.Recipient, m code.Milestone, text string) {
	t.Helper()
	switch to {
	case code.ToEmployer:
		if strings.Contains(text, "您") || !strings.Contains(text, "董柏") || strings.Contains(text, "10940.16") {
			t.Fatalf("%s to the employer: %s", m, text)
		}
	case code.ToProxy:
		if !strings.Contains(text, "董柏") {
			t.Fatalf("%s to the proxy: %s", m, text)
		}
	case code.ToPerson:
		if strings.Contains(text, "贵单位") || strings.Contains(text, "转告") && !strings.Contains(text, "家属") {
			t.Fatalf("%s to the person: %s", m, text)
		}
	}
}

func TestNoticeText(t *testing.T) {
	e := phoneEnv(t)
	e.Agency.Name, e.Agency.Phone = "苏州市医疗保险基金管理中心", "0512-12393"
	ask := "如有疑问，请拨打苏州市医疗保险基金管理中心咨询电话0512-12393。"
	arrears := PartnersNews(code.DeclineArrears, "欠2025年11月至12月")
	for _, x := range []struct {
		to   code.Recipient
		m    code.Milestone
		more News
		want string
	}{
		{
			code.ToPerson, code.MilestoneAccepted,
			News{Due: 20260428},
			"您从上海市医保中心转入的医保关系转移申请已于2026年4月10日受理，我们将向上海市医保中心发出联系函，按规定不晚于2026年4月28日。您目前不需要办理任何手续，有进展我们会再通知您。",
		},
		{
			code.ToEmployer, code.MilestoneDeclined, arrears,
			"上海市医保中心于2026年4月10日答复，暂不能为贵单位职工董柏办理医保关系转出，原因是存在欠费。请贵单位转告本人或者原用人单位先在原参保地补缴欠费，缴清后重新提交申请。",
		},
		{
			code.ToProxy, code.MilestoneDeclined, arrears,
			"上海市医保中心于2026年4月10日答复，暂不能为您代办的董柏办理医保关系转出，原因是存在欠费（对方说明：欠2025年11月至12月）。请您转告本人或者原用人单位先在原参保地补缴欠费，缴清后重新提交申请。",
		},
		{
			code.ToPerson, code.MilestoneArrears,
			News{Reason: "2个月、1234.56元"},
			"您在苏州市医疗保险基金管理中心尚有欠费2个月、1234.56元。请您或者原用人单位尽快到苏州市医疗保险基金管理中心补缴，缴清后补缴的月份可以随本次转移或者以后补充转移。",
		},
		{
			code.ToPerson, code.MilestoneDelayed,
			News{Due: 20260407, turn: turnNews(exchange.Turn{Key: "in_money_without_form", Owner: exchange.OwnerPartner}, "上海市医保中心")},
			"您从上海市医保中心转入的医保关系转移没有按时办完（应不晚于2026年4月7日），给您带来不便，请您谅解。目前需要由上海市医保中心出具信息表，我们正在催办。您目前不需要办理任何手续，有进展我们会再通知您。",
		},
		{
			code.ToPerson, code.MilestoneDelayed,
			News{Variant: variantOut, Due: 20260407, turn: turnNews(exchange.Turn{Key: "out_due", Owner: exchange.OwnerFinance}, "上海市医保中心")},
			"您转往上海市医保中心的医保关系转移没有按时办完（应不晚于2026年4月7日），给您带来不便，请您谅解。目前需要由我们的财务人员办理付款，我们正在抓紧办理。您目前不需要办理任何手续，有进展我们会再通知您。",
		},
	} {
		if got := NoticeText(e, x.to, x.m, "董柏", "上海市医保中心", x.more); got != x.want+ask {
			t.Errorf("%s to %s:\n%s\nwant\n%s", x.m, x.to, got, x.want+ask)
		}
	}
}

// TestNoticeStaysShort: the longest names and reasons that a file can bring
// still make a notice that the portal takes.
func TestNoticeStaysShort(t *testing.T) {
	e := phoneEnv(t)
	e.Agency.Name, e.Agency.Phone = strings.Repeat("苏州", 20), strings.Repeat("1", 20)
	e.Agency.Zone = time.UTC
	everyNews(func(m code.Milestone, more News) {
		for _, partner := range []string{strings.Repeat("上海", 20), strings.Repeat("上海", 50)} {
			for _, r := range code.Recipients() {
				text := NoticeText(e, code.Recipient(r.Code), m, strings.Repeat("董柏", 30), partner, more)
				if n := len([]rune(text)); n > noticeBound || !strings.HasSuffix(text, "。") {
					t.Fatalf("%s to %s takes %d characters: %s", m, r.Code, n, text)
				}
			}
		}
	})
}

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

// unwhole reports what is wrong with a text that is read out or sent: an open
// placeholder, doubled punctuation, a missing end.
func unwhole(text string) string {
	for _, bad := range []string{"{", "}", "%", "。。", "，。", "，，", "；。", "：。", "、。", "，；", "。，", "（）", "“”", "  ", "近日", "原因是。", "0001年", "11010519491231002X"} {
		if strings.Contains(text, bad) {
			return bad
		}
	}
	if !strings.HasSuffix(text, "。") {
		return "no end"
	}
	return ""
}
