package jobs

import (
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
)

// registry takes one person of the core's extract, and lets go on what waited for it.
func (d *desk) registry(r *formats.RegistryRecord) (outcome, error) {
	p := exchange.RegistryPerson{
		PersonalNo: r.PersonalNo, AsOf: r.AsOf, Person: personOf(r.Person), Household: string(r.Household), Scheme: string(r.Scheme),
		FirstMonth: r.FirstMonth, PaidTo: r.PaidTo, Status: string(r.Status), StoppedOn: r.StoppedOn, ArrearsMonths: r.ArrearsMonths.Value,
		Arrears: r.ArrearsAmount.Value, AccountOpened: r.AccountOpened, Principal: r.Principal, Interest: r.Interest,
		Stays: staysOf(r.Stays), FileID: d.file.ID, FileDate: d.Date,
	}
	if err := d.tx.PutRegistry(p); err != nil {
		return outcome{}, err
	}
	cases, err := d.tx.CasesByPerson(p.Person.IDKey)
	if err != nil {
		return outcome{}, err
	}
	for _, c := range cases {
		if err := d.registered(d.open(c), p); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), nil
}

// registered lets a case go on with what the registry now says.
func (d *desk) registered(c *casework, r exchange.RegistryPerson) error {
	if c.State == exchange.Held && c.Hold == code.HoldRefusedByCore {
		if err := c.askAgain(); err != nil {
			return err
		}
		return c.save()
	}
	if c.Side != exchange.Out || c.PersonalNo != r.PersonalNo || r.Status != exchange.StatusEnded {
		return nil
	}
	if (c.State != exchange.Answered && c.State != exchange.Confirmed) || c.Wish == exchange.WishVoid {
		return nil
	}
	ended, err := c.endedOn()
	if err != nil || r.AsOf < ended {
		return err
	}
	return c.supplement(r)
}

// supplement starts a further form when the registry has new months or a new
// balance after the end: B alone is asked for.
func (c *casework) supplement(r exchange.RegistryPerson) error {
	forms, err := c.tx.FormsByCase(c.No)
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
	if err := c.move(exchange.SupplementStarted, "终止后登记信息有新增或更正", map[string]any{"stays": len(added), "balance": balance.String()}); err != nil {
		return err
	}
	if err := c.ask(exchange.Posting{Row: exchange.PostDebit}, nil, "补充清算"); err != nil {
		return err
	}
	return c.save()
}

// wholeRegistry is called when a full extract was taken in whole: who is not
// named is not there. It says so of the day on which it was made.
func (d *desk) wholeRegistry(created time.Time) error {
	if _, err := d.tx.DropRegistryNotIn(d.file.ID); err != nil {
		return err
	}
	return d.tx.MarkWholeRegistry(d.file.ID, min(d.Date, calendar.DateOf(created.In(d.Agency.Zone))))
}

// waitingHolds are the reasons that new information may remove.
var waitingHolds = []code.Hold{
	code.HoldAwaitingRegistry, code.HoldInHospitalOrFrozen, code.HoldArrears, code.HoldAccountNotRegistered,
	code.HoldPossibleDuplicate, code.HoldCertificateMissing, code.HoldCap,
}

// rejudge looks again at a case that waits for information.
func (d *desk) rejudge(found exchange.Case) error {
	c := d.open(found)
	switch {
	case c.Side == exchange.In && c.HeldFrom == exchange.Applied:
		a, err := c.lodgement()
		if err != nil {
			return err
		}
		return c.audit(a)
	case c.Side == exchange.In && c.HeldFrom == exchange.Accepted:
		a, err := c.lodgement()
		if err != nil {
			return err
		}
		if _, ok := c.Agency.FindAccount(c.Date, c.SchemeTo); !ok {
			return nil
		}
		if err := c.release("收款账户已登记"); err != nil {
			return err
		}
		if err := c.issueLetter(a); err != nil {
			return err
		}
		return c.save()
	case c.Side == exchange.Out && c.HeldFrom == exchange.Requested:
		l, err := d.tx.Letter(c.LetterNo, c.LetterVersion)
		if err != nil {
			return err
		}
		return c.judge(l)
	case c.Side == exchange.Out && (c.Hold == code.HoldAccountNotRegistered || c.Hold == code.HoldCap):
		return c.payableAgain()
	}
	return nil
}

// waiting lists the cases that rejudge looks at.
func waiting() store.CaseFilter {
	return store.CaseFilter{States: []exchange.State{exchange.Held}, Holds: waitingHolds}
}
