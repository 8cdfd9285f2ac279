package decision

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/jobs/netting"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// openMonths walks the months of netting on which both sides agree and whose net
// sum is not settled: each is an open difference until a payment matches it.
func openMonths(d *office.Desk, emit func(report.Open) error) error {
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
		o := report.Open{
			About: exchange.AboutMonth, No: text + " " + x.Partner, Who: x.Partner, Amount: max(out-in, in-out), Since: x.FoundOn,
			What:  d.Sayf("双方对账一致，净额待结算（转出 %s，转入 %s）", "both statements agree, the net sum is to be settled (out %s, in %s)", out, in),
			Todo:  d.Sayf("填写净额的银行流水或凭证号后结算。", "Give the bank entry or the voucher of the net sum."),
			Stamp: x.Partner + " " + x.Ours,
		}
		// A month that must wait keeps its row and offers: the officer sees why, and
		// the planner refuses until the reason is gone.
		var wait *office.Refusal
		if err := netting.CheckStable(d, x.Partner, month); errors.As(err, &wait) {
			o.Todo = d.Sayf("先不要付款：%s。", "Do not pay yet: %s.", d.Say(wait.Chinese, wait.English))
		} else if err != nil {
			return err
		}
		if p, ok := d.Partners[x.Partner]; ok {
			o.Who = p.Name + " " + x.Partner
		}
		for _, r := range exchange.Rules() {
			if slices.Contains(r.About, exchange.AboutMonth) {
				o.Offers = append(o.Offers, r)
			}
		}
		if err := emit(o); err != nil {
			return err
		}
	}
	return nil
}

// netMonth is the month whose net sum a difference keeps open, and its text as
// the subject has it; 0 and empty for any other difference.
func netMonth(x exchange.Difference) (calendar.Month, string) {
	text, ok := strings.CutSuffix(x.Subject, office.NetSum)
	if x.Kind != "netting" || !ok {
		return 0, ""
	}
	month, err := calendar.ParseMonth(text)
	if err != nil {
		return 0, ""
	}
	return month, text
}

// openDifferences walks the differences that are closed by being explained;
// proposals, months to be settled and quarantined files have rows of their own.
func openDifferences(d *office.Desk, emit func(report.Open) error) error {
	open, err := d.Tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		if month, _ := netMonth(x); x.Kind == "proposal" || month != 0 || ofQuarantined(d, x) {
			continue
		}
		who := x.Partner
		if p, ok := d.Partners[x.Partner]; ok {
			who = p.Name + " " + x.Partner
		}
		about, ours, theirs := d.Sides(x)
		o := report.Open{
			About: exchange.AboutDifference, No: strconv.FormatInt(x.ID, 10), Who: who, Since: x.FoundOn,
			What: office.OneLine(d.Sayf("%s %s：本方 %s，对方 %s", "%s %s: ours %s, theirs %s", d.DifferenceWord(x.Kind), about, ours, theirs), 500),
			Todo: d.Sayf("查明差异；已有解释的可核销，核销不动资金。", "Find out why; once explained, accept it. That moves no money."),
			// Other figures are another difference, which nobody has explained.
			Stamp: x.Ours + " " + x.Theirs,
		}
		s := subject{kind: exchange.AboutDifference, no: o.No, id: x.ID}
		if o.Offers, err = offers(d, s, func(exchange.Rule) bool { return true }); err != nil {
			return err
		}
		if err := emit(o); err != nil {
			return err
		}
	}
	return nil
}

// ofQuarantined reports whether a difference is about a file in quarantine, which
// has a row of its own. One that cannot be read counts as none: the difference
// then keeps its row here, rather than none.
func ofQuarantined(d *office.Desk, x exchange.Difference) bool {
	if x.Kind != "file" {
		return false
	}
	f, err := d.Tx.FileByName(exchange.In, x.Partner, x.Subject)
	return err == nil && f.State == exchange.FileQuarantined
}
