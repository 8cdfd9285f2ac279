package decision

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/payment"
)

// EachDay walks the daily caps for which money waits today.
func EachDay(d *office.Desk, emit func(exchange.Todo) error) error {
	caps, err := payment.DayCaps(d)
	for _, x := range caps {
		if x.Count == 0 {
			continue
		}
		if err := emit(ofDay(d, x)); err != nil {
			return err
		}
	}
	return err
}

// openDay is the item of a daily cap as it would be made now.
func openDay(d *office.Desk, no string) (found exchange.Todo, err error) {
	err = EachDay(d, func(t exchange.Todo) error {
		if t.No == no {
			found = t
		}
		return nil
	})
	return found, err
}

// ofDay is the item of a daily cap: which cap, what is ordered, what waits, what ends it.
// A decision about it depends on the cap and on what was allowed, not on how much waits:
// it names its amount.
func ofDay(d *office.Desk, x payment.DayCap) exchange.Todo {
	t := exchange.Todo{
		About: exchange.AboutDay, No: x.Subject(), Party: x.Partner, Who: strings.TrimSpace(d.PartyName(x.Partner) + " " + x.Key),
		Amount: money.Clamped(x.Ordered, x.Waiting), Since: x.On, Due: x.On, Stamp: x.Most.String() + " " + x.Allowed.String(),
	}
	name := d.Say("对方机构单日限额", "the daily cap of a partner")
	if x.To == store.ByAccount {
		name = d.Say("新账户单日限额", "the daily cap of a new account")
	}
	t.What = d.Sayf("%[1]s %[2]s：%[3]s 已制单 %[4]s，另有 %[5]d 笔 %[6]s 等待", "%[1]s, %[2]s: %[4]s is ordered on %[3]s, %[5]d more of %[6]s wait",
		name, x.Most, x.On, x.Ordered, x.Count, x.Waiting)
	if x.Allowed > 0 {
		t.What += d.Sayf("；当日已放行至 %s", "; up to %s is allowed", x.Allowed)
	}
	if x.Largest > x.Most {
		t.What += d.Sayf("；其中一笔 %s 超过限额，不放行不会付款", "; one of %s is above the cap by itself and is never paid unless it is allowed", x.Largest)
	}
	for _, r := range exchange.Rules() {
		if slices.Contains(r.About, exchange.AboutDay) && (r.Action != exchange.ActTakeBack || x.Allowed > 0) {
			t.Decisions = append(t.Decisions, r)
		}
	}
	return t
}

// dayOf is what a decision about a day is about: a partner's code or an account's number,
// with or without the day behind it.
func dayOf(d *office.Desk, x exchange.Decision) (s subject, err error) {
	key, _, _ := strings.Cut(x.Subject, " ")
	on, err := calendar.ParseDate(x.Args["day"])
	if err != nil {
		return s, office.Undecidable("日期 "+x.Args["day"]+" 有误", "the day is none: "+err.Error())
	}
	caps, err := payment.DayCaps(d)
	if err != nil {
		return s, err
	}
	s = subject{kind: exchange.AboutDay, no: exchange.DaySubject(key, on)}
	if at := slices.IndexFunc(caps, func(c payment.DayCap) bool { return c.Subject() == s.no }); at >= 0 {
		s.day = caps[at]
		return s, nil
	}
	if s.day, err = payment.DayCapOf(d, key, on); err == nil && s.day.Most == 0 {
		err = office.Undecidable("没有 "+key+" 的单日限额", "there is no daily cap for "+key+": it is no partner with one, or no new account")
	}
	return s, err
}

// argsOfDay are the arguments of a decision about a day, with the amount that is allowed
// where none is given: what is ordered and waits now. Nobody allows more than was seen.
func (s subject) argsOfDay(x exchange.Decision) map[string]string {
	args := maps.Clone(x.Args)
	if sum := money.Clamped(s.day.Ordered, s.day.Waiting); x.Action == exchange.ActAllowCap && sum > 0 {
		args["amount"] = cmp.Or(args["amount"], sum.String())
	}
	return args
}

// allowDayPlan plans to let more than a daily cap be ordered on a day, up to an amount. As
// with a confirmed account the decision itself is what counts (payment.DayCap).
func allowDayPlan(d *office.Desk, x payment.DayCap, by exchange.Decision) (office.Plan, error) {
	switch {
	case x.On < d.Date:
		return office.Plan{}, office.Undecidable(x.On.String()+" 已过，等待的款项按当日限额制单", x.On.String()+" is over: what waits is ordered within the cap of today")
	case by.Args["amount"] == "":
		return office.Plan{}, office.Undecidable("当日没有款项等待；预先放行的须写明金额", "nothing waits on that day: to allow it ahead give the amount")
	}
	amount, err := office.AmountOf(by.Args["amount"])
	if err == nil && amount <= x.Most {
		err = office.Undecidable("没有超过限额 "+x.Most.String(), "that is not above the cap, "+x.Most.String())
	}
	if err != nil {
		return office.Plan{}, err
	}
	return office.Plan{
		Effects: []string{d.Sayf("%[2]s 付给 %[1]s 的款项合计 %[3]s 以内可以制单（限额 %[4]s，已制单 %[5]s，等待 %[6]d 笔 %[7]s）",
			"up to %[3]s may be ordered to %[1]s on %[2]s (the cap is %[4]s, ordered is %[5]s, %[6]d more of %[7]s wait)",
			x.Key, x.On, amount, x.Most, x.Ordered, x.Count, x.Waiting)},
		Apply: func() error { return nil },
	}, nil
}
