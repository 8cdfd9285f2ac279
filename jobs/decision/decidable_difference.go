package decision

import (
	"errors"
	"slices"
	"strconv"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/jobs/netting"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// EachMonth walks the months of netting on which both sides agree and whose net
// sum is not settled: each is an open difference until a payment matches it.
func EachMonth(d *office.Desk, emit func(exchange.Todo) error) error {
	open, err := d.Tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		month, text := netMonth(x)
		if month == 0 {
			continue
		}
		out, in, _, err := netting.NetSums(d, x.Partner, month)
		if err != nil {
			return err
		}
		t := exchange.Todo{
			About: exchange.AboutMonth, No: text + " " + x.Partner, Party: x.Partner, Who: x.Partner, Amount: max(out-in, in-out), Since: x.FoundOn,
			What:  d.Sayf("双方对账一致，净额待结算（转出 %s，转入 %s）", "both statements agree, the net sum is to be settled (out %s, in %s)", out, in),
			Do:    d.Sayf("填写净额的银行流水或凭证号后结算。", "Give the bank entry or the voucher of the net sum."),
			Stamp: x.Partner + " " + x.Ours.String(),
		}
		// A month that must wait keeps its item and decisions: the officer sees why, and
		// the planner refuses until the reason is gone.
		var wait *office.Refusal
		if err := netting.CheckStable(d, x.Partner, month); errors.As(err, &wait) {
			t.Do = d.Sayf("先不要付款：%s。", "Do not pay yet: %s.", d.Say(wait.Chinese, wait.English))
		} else if err != nil {
			return err
		}
		if p, ok := d.Partners[x.Partner]; ok {
			t.Who = p.Name + " " + x.Partner
		}
		for _, r := range exchange.Rules() {
			if slices.Contains(r.About, exchange.AboutMonth) {
				t.Decisions = append(t.Decisions, r)
			}
		}
		if err := emit(t); err != nil {
			return err
		}
	}
	return nil
}

// netMonth is the month whose net sum a difference keeps open, and its text as
// the subject has it; 0 and empty for any other difference.
func netMonth(x exchange.Difference) (calendar.Month, string) {
	if !x.Subject.Is("net-sum") {
		return 0, ""
	}
	month, err := calendar.ParseMonth(x.Subject.Arg(0))
	if err != nil {
		return 0, ""
	}
	return month, x.Subject.Arg(0)
}

// Explainable lists the open differences that are closed by being explained.
func Explainable(d *office.Desk) ([]exchange.Difference, error) {
	open, err := d.Tx.Differences(true)
	return slices.DeleteFunc(open, func(x exchange.Difference) bool { return !explainable(d, x) }), err
}

// explainable reports whether an open difference is closed by being explained.
// Proposals about a case or a credit, months to be settled and quarantined files
// have items of their own.
func explainable(d *office.Desk, x exchange.Difference) bool {
	proposed := x.Kind == "proposal" && !x.Subject.Is("registry") // that one is about the extract as a whole
	month, _ := netMonth(x)
	return !proposed && month == 0 && !ofQuarantined(d, x) && !acceptedClock(d, x)
}

// acceptedClock reports whether a difference is about the machine's clock and accepted. One of which
// that cannot be read counts as not.
func acceptedClock(d *office.Desk, x exchange.Difference) bool {
	if !signing.OfClock(x) {
		return false
	}
	lack, _, err := signing.ClockLacks(d.Tx, x)
	return err == nil && len(lack) == 0
}

// unsignedWD is for how many working days an unsigned query may wait for finance.
const unsignedWD = 3

// OfDifference is the item of a difference that is closed by being explained.
func OfDifference(d *office.Desk, x exchange.Difference) (t exchange.Todo, err error) {
	who := x.Partner
	if p, ok := d.Partners[x.Partner]; ok {
		who = p.Name + " " + x.Partner
	}
	about, ours, theirs := d.Sides(x)
	t = exchange.Todo{
		About: exchange.AboutDifference, No: strconv.FormatInt(x.ID, 10), CaseNo: x.CaseNo, Party: x.Partner, Who: who, Since: x.FoundOn,
		What: office.OneLine(d.Sayf("%s %s：本方 %s，对方 %s", "%s %s: ours %s, theirs %s", d.DifferenceWord(x.Kind), about, ours, theirs), 500),
		Do:   d.Sayf("查明差异；已有解释的可核销，核销不动资金。", "Find out why; once explained, accept it. That moves no money."),
		// Other figures are another difference, which nobody has explained.
		Stamp: x.Ours.String() + " " + x.Theirs.String(),
	}
	switch {
	case signing.OfClock(x):
		k := exchange.TodoKindOf(exchange.TodoClock)
		t.Kind, t.Owner, t.Do = k.Code, k.Owner, k.Doing(d.Language())
		t.What = d.Sayf("本机时钟%s，对比 %s；付款全部停止", "the machine's clock is %s, against %s; all payments stop", ours, theirs)
	case OfUnsigned(x):
		by := d.Calendar.Due(x.FoundOn, unsignedWD, calendar.DueOptions{})
		t.Owner, t.Due, t.Provisional = exchange.OwnerFinance, by.Date, by.Provisional
		t.Do = d.Say("用已知的电话向对方核实：确为对方所发的确认（is-genuine），否则核销，不予办理。",
			"Ask the partner on a number known before: say that it is the partner's (is-genuine), else accept the difference, and nothing follows.")
	}
	s := subject{kind: exchange.AboutDifference, no: t.No, id: x.ID}
	t.Decisions, err = offers(d, s, func(exchange.Rule) bool { return true })
	return t, err
}

// ofQuarantined reports whether a difference is about a file in quarantine, which
// has an item of its own. One that cannot be read counts as none: the difference
// then keeps its item here, rather than none.
func ofQuarantined(d *office.Desk, x exchange.Difference) bool {
	if x.Kind != "file" {
		return false
	}
	f, err := d.Tx.FileByName(exchange.In, x.Partner, x.Subject.Arg(0))
	return err == nil && f.State == exchange.FileQuarantined
}
