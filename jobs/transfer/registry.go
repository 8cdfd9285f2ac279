package transfer

import (
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
)

// Registry takes one person of the core's extract, and lets go on what waited for it.
func Registry(d *office.Desk, r *formats.RegistryRecord) (office.Outcome, error) {
	p := exchange.RegistryPerson{
		PersonalNo: r.PersonalNo, AsOf: r.AsOf, Person: personOf(r.Person), Household: string(r.Household), Scheme: string(r.Scheme),
		FirstMonth: r.FirstMonth, PaidTo: r.PaidTo, Status: string(r.Status), StoppedOn: r.StoppedOn, ArrearsMonths: r.ArrearsMonths.Value,
		Arrears: r.ArrearsAmount.Value, AccountOpened: r.AccountOpened, Principal: r.Principal, Interest: r.Interest,
		Stays: staysOf(r.Stays), FileID: d.File.ID, FileDate: d.Date,
	}
	if err := d.Tx.PutRegistry(p); err != nil {
		return office.Outcome{}, err
	}
	cases, err := d.Tx.CasesByPerson(p.Person.IDKey)
	if err != nil {
		return office.Outcome{}, err
	}
	for _, c := range cases {
		if err := registered(d, d.OpenCase(c), p); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), nil
}

// registered lets a case go on with what the registry now says.
func registered(d *office.Desk, c *office.Case, r exchange.RegistryPerson) error {
	if c.State == exchange.Held && c.Hold == code.HoldRefusedByCore {
		if err := askAgain(c); err != nil {
			return err
		}
		return c.Save()
	}
	if c.Side != exchange.Out || c.PersonalNo != r.PersonalNo || r.Status != exchange.StatusEnded {
		return nil
	}
	if (c.State != exchange.Answered && c.State != exchange.Confirmed) || c.Wish == exchange.WishVoid {
		return nil
	}
	ended, err := endedOn(c)
	if err != nil || r.AsOf < ended {
		return err
	}
	return supplement(c, r)
}

// supplement starts a further form when the registry has new months or a new
// balance after the end: B alone is asked for.
func supplement(c *office.Case, r exchange.RegistryPerson) error {
	forms, err := c.Tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	var issued []exchange.Stay
	for _, f := range forms {
		if f.Current {
			issued = append(issued, f.Stays...)
		}
	}
	balance, err := r.Balance()
	if err != nil {
		return err
	}
	added, kept := exchange.AddedStays(issued, r.Stays)
	if kept && len(added) == 0 && balance == 0 {
		return nil
	}
	if err := c.Move(exchange.SupplementStarted, "终止后登记信息有新增或更正", map[string]any{"stays": len(added), "balance": balance.String()}); err != nil {
		return err
	}
	if err := requestPosting(c, exchange.Posting{Row: exchange.PostDebit}, nil, "补充清算"); err != nil {
		return err
	}
	return c.Save()
}

// TakeFullRegistry is called when a full extract was taken in whole: who is not
// named is not there. It says so of the day on which it was made.
func TakeFullRegistry(d *office.Desk, created time.Time) error {
	if _, err := d.Tx.DropRegistryNotIn(d.File.ID); err != nil {
		return err
	}
	return d.Tx.MarkWholeRegistry(d.File.ID, min(d.Date, calendar.DateOf(created.In(d.Agency.Zone))))
}

// waitingHolds are the reasons that new information may remove.
var waitingHolds = []code.Hold{
	code.HoldAwaitingRegistry, code.HoldInHospitalOrFrozen, code.HoldArrears, code.HoldAccountNotRegistered,
	code.HoldPossibleDuplicate, code.HoldCertificateMissing, code.HoldCap,
}

// Rejudge looks again at a case that waits for information.
func Rejudge(d *office.Desk, found exchange.Case) error {
	c := d.OpenCase(found)
	switch {
	case c.Side == exchange.In && c.HeldFrom == exchange.Applied:
		a, err := c.ApplicationInForce()
		if err != nil {
			return err
		}
		return audit(c, a)
	case c.Side == exchange.In && c.HeldFrom == exchange.Accepted:
		a, err := c.ApplicationInForce()
		if err != nil {
			return err
		}
		if _, ok := c.Agency.FindAccount(c.Date, c.SchemeTo); !ok {
			return nil
		}
		if err := c.Resume("收款账户已登记"); err != nil {
			return err
		}
		if err := IssueLetter(c, a); err != nil {
			return err
		}
		return c.Save()
	case c.Side == exchange.Out && c.HeldFrom == exchange.Requested:
		l, err := d.Tx.Letter(c.LetterNo, c.LetterVersion)
		if err != nil {
			return err
		}
		return judge(c, l)
	case c.Side == exchange.Out && (c.Hold == code.HoldAccountNotRegistered || c.Hold == code.HoldCap):
		return payableAgain(c)
	}
	return nil
}

// WaitingFilter lists the cases that rejudge looks at.
func WaitingFilter() store.CaseFilter {
	return store.CaseFilter{States: []exchange.State{exchange.Held}, Holds: waitingHolds}
}
