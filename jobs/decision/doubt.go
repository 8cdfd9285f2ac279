package decision

import (
	"carryover/exchange"
	"carryover/jobs/bank"
	"carryover/jobs/office"
)

// isNewPlan plans to book a doubtful entry: the bank booked it beside the one that it is
// like.
func isNewPlan(d *office.Desk, e exchange.BankEntry, _ exchange.Decision) (office.Plan, error) {
	if e.State != exchange.EntryDoubtful {
		return notDoubtful()
	}
	return office.Plan{
		Effects: []string{d.Sayf("该笔流水记为另一笔：%s", "the entry is another one: %s", office.SignedAmount(e))},
		Apply:   func() error { return bank.EndDoubt(d, e) },
	}, nil
}

// isRepeatPlan plans never to book a doubtful entry: it tells another one again, which
// the officer names.
func isRepeatPlan(d *office.Desk, e exchange.BankEntry, x exchange.Decision) (office.Plan, error) {
	if e.State != exchange.EntryDoubtful {
		return notDoubtful()
	}
	of, err := d.EntryCalled(x.Args["entry"])
	if office.IsNotFound(err) {
		return office.Plan{}, office.Undecidable("没有流水 "+x.Args["entry"], "there is no such entry")
	}
	if err != nil {
		return office.Plan{}, err
	}
	if of.KnownAs() != e.KnownAs() || of.State == exchange.EntryDoubtful || of.State == exchange.EntryRepeat {
		return office.Plan{}, office.Undecidable("流水 "+of.Key+" 不是同一账户同日同额同号的已记流水",
			"that is no booked entry of the same account, day, amount and number")
	}
	return office.Plan{
		Effects: []string{d.Sayf("该笔为重复通知，不记账；原流水 %s", "it is not booked: it tells %s again", of.Key)},
		Apply:   func() error { return bank.Repetition(d, e, of.Key) },
	}, nil
}

func notDoubtful() (office.Plan, error) {
	return office.Plan{}, office.Undecidable("该笔流水不存疑", "the entry is in no doubt")
}
