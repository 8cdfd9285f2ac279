package jobs_test

import (
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
)

// takeNotices takes what everybody was told since the last time, by milestone
// and recipient.
func takeNotices(o *testOffice) map[code.Milestone]map[code.Recipient][]formats.Notice {
	o.tb.Helper()
	all := map[code.Milestone]map[code.Recipient][]formats.Notice{}
	for _, n := range take[formats.Notice](o, portal, formats.KindNotice) {
		if all[n.Milestone] == nil {
			all[n.Milestone] = map[code.Recipient][]formats.Notice{}
		}
		all[n.Milestone][n.Recipient] = append(all[n.Milestone][n.Recipient], *n)
	}
	return all
}

// takeMilestones takes the milestones that a recipient was told of since it was
// last asked.
func takeMilestones(o *testOffice, to code.Recipient) (list []string) {
	o.tb.Helper()
	for _, n := range take[formats.Notice](o, portal, formats.KindNotice) {
		if n.Recipient == to {
			list = append(list, string(n.Milestone))
		}
	}
	return list
}

// byEmployer is an application that an employer lodged, through a proxy.
func byEmployer(a *formats.Application) {
	a.Applicant, a.EmployerCode, a.EmployerName = code.ByEmployer, "91320500MA1MXXXX00", "某公司"
	a.ProxyName, a.ProxyPhone, a.Materials = "代办人", "13800000000", "id;proxy"
}

// TestNoticeInTheWordsOfEachRecipient: person, employer and proxy are told of
// every milestone, in words of their own and with what is known of it; the
// employer of no amount.
func TestNoticeInTheWordsOfEachRecipient(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p, byEmployer)
	all := takeNotices(o)
	limit := calendar.Date(20260323)
	for _, r := range code.Recipients() {
		sent := all[code.MilestoneLetterSent][code.Recipient(r.Code)]
		if len(all[code.MilestoneAccepted][code.Recipient(r.Code)]) != 1 || len(sent) != 1 || sent[0].Due != limit {
			t.Fatalf("%s: %+v", r.Code, all)
		}
	}
	o.put(them, formats.KindForm, o.form(p, l))
	o.creditArrives(l, p, p.Total())
	o.passUntil(exchange.In, p, "completed/posted/posted")
	all = takeNotices(o)
	for _, m := range []code.Milestone{code.MilestoneFormReceived, code.MilestoneMoneyReceived, code.MilestoneCompleted} {
		for _, r := range code.Recipients() {
			to := code.Recipient(r.Code)
			if len(all[m][to]) != 1 {
				t.Fatalf("%s told %d times to the %s", m, len(all[m][to]), to)
			}
			n := all[m][to][0]
			amount := strings.Contains(n.Text, p.Total().String()+"元")
			if strings.Contains(n.Text, p.IDNo) || amount != (to != code.ToEmployer) || strings.Contains(n.Text, p.Name) != (to != code.ToPerson) {
				t.Errorf("%s to the %s: %s", m, to, n.Text)
			}
		}
	}
}

func TestEmployerAndProxyAreTold(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p, func(a *formats.Application) {
		a.Applicant, a.EmployerCode, a.EmployerName = code.ByEmployer, "91320500MA1MXXXX00", "某公司"
		a.ProxyName, a.ProxyPhone, a.Materials = "代办人", "13800000000", "id;proxy"
	})
	notices := take[formats.Notice](o, portal, formats.KindNotice)
	count := map[code.Recipient]int{}
	for _, n := range notices {
		count[n.Recipient]++
	}
	if count[code.ToPerson] != 2 || count[code.ToEmployer] != 2 || count[code.ToProxy] != 2 {
		t.Errorf("told %v", count)
	}
	_ = l
}

// TestDelayIsToldOncePerLimit: however many nights a case waits, each recipient
// hears once of each limit that has passed: the legal one, then that of
// whoever has the turn.
func TestDelayIsToldOncePerLimit(t *testing.T) {
	o := newOffice(t)
	o.sendLetter(leaver(them, 0), byEmployer)
	takeNotices(o)
	count := map[code.Recipient]int{}
	texts := map[string]bool{}
	for range 40 {
		o.skipDays(1)
		o.pass()
		for to, list := range takeNotices(o)[code.MilestoneDelayed] {
			count[to] += len(list)
			for _, n := range list {
				texts[n.Text] = true
				if n.Due != 0 || !strings.Contains(n.Text, "应不晚于2026年3月23日") {
					t.Errorf("delayed: due %s, %s", n.Due, n.Text)
				}
			}
		}
	}
	for _, r := range code.Recipients() {
		if count[code.Recipient(r.Code)] != 1 {
			t.Errorf("the %s heard %d times", r.Code, count[code.Recipient(r.Code)])
		}
	}
	if len(texts) != 3 {
		t.Errorf("texts %v", texts)
	}
}

// TestDelayAtTheOldPlace: the person hears from us when it is we who are late,
// and from the new place when that is.
func TestDelayAtTheOldPlace(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.slow = true // the core of the first does not answer
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.slow = false
	o.put(them, formats.KindLetter, o.letter(them, 2, q))
	o.pass()
	o.pass()
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, q, "answered/sent/settled")
	takeNotices(o)
	var told []formats.Notice
	for range 45 {
		o.skipDays(1)
		o.pass()
		told = append(told, takeNotices(o)[code.MilestoneDelayed][code.ToPerson]...)
	}
	for _, n := range told {
		if n.IDNo != p.IDNo || !strings.Contains(n.Text, "转往") || !strings.Contains(n.Text, "业务系统") && !strings.Contains(n.Text, "我们") {
			t.Errorf("%s was told %s", n.Name, n.Text)
		}
	}
	if len(told) == 0 {
		t.Error("nobody was told")
	}
}

func TestDelayOfThePartnersMoneyIsToldOnce(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l))
	o.pass()
	takeMilestones(o, code.ToPerson)
	told := 0
	for range 6 {
		o.skipDays(7)
		o.pass()
		for _, m := range takeMilestones(o, code.ToPerson) {
			if m == string(code.MilestoneDelayed) {
				told++
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times that the partner's money does not come", told)
	}
}

// TestArrearsAreToldWhenTheTransferWaits: with what is owed, once.
func TestArrearsAreToldWhenTheTransferWaits(t *testing.T) {
	o := newOffice(t)
	profile := o.env.Profiles["2016"]
	profile.Arrears = exchange.ArrearsHold
	o.env.Profiles["2016"] = profile
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) {
		r.ArrearsMonths.Value, r.ArrearsMonths.Given = 2, true
		r.ArrearsAmount.Value, r.ArrearsAmount.Given = 123456, true
	}))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	for range 4 {
		o.pass()
		o.skipDays(1)
	}
	o.requireState(exchange.Out, p, "held/none/not_due arrears")
	list := takeNotices(o)[code.MilestoneArrears][code.ToPerson]
	if len(list) != 1 || !strings.Contains(list[0].Text, "尚有欠费2个月、1234.56元，") || !strings.Contains(list[0].Text, "缴清后转移会自动继续办理。") {
		t.Errorf("told %+v", list)
	}
}

// TestClosedFundsAreToldOnce: however many passes find the payment waiting.
func TestClosedFundsAreToldOnce(t *testing.T) {
	o := newOffice(t)
	o.env.Agency.FundsClosed = []exchange.Span{{From: 20260302, To: 20260310}}
	o.answerLetter(leaver(us, 0), 1)
	for range 5 {
		o.skipDays(1)
		o.pass()
	}
	list := takeNotices(o)[code.MilestoneMoneyWaiting][code.ToPerson]
	if len(list) != 1 || list[0].Due != 20260311 || !strings.Contains(list[0].Text, "（2026年3月11日起）拨付") {
		t.Errorf("told %+v", list)
	}
}
