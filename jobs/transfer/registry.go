package transfer

import (
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/office"
)

// Registry stores one person of the core's extract, and resumes the person's
// cases that waited for it. The extract is the core's, so that nothing of it is
// refused.
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
		if err := resumeRegistered(d, d.OpenCase(c), p); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), nil
}

// resumeRegistered continues a case with what the registry now says: postings
// that the core refused are asked again, and an Out case whose form is issued may
// get a supplement. An extract older than the end tells nothing new.
func resumeRegistered(d *office.Desk, c *office.Case, r exchange.RegistryPerson) error {
	if c.State == exchange.Held && c.Hold == code.HoldRefusedByCore {
		if err := retryRefused(c); err != nil {
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
// balance after the end (SPEC 2.10). B alone is asked for: participation has
// ended already. The form follows from the debit, in makeForm.
func supplement(c *office.Case, r exchange.RegistryPerson) error {
	forms, err := c.Forms()
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
	facts := map[string]any{"stays": len(added), "balance": balance.String()}
	if err := c.Move(exchange.SupplementStarted, code.Say("registry-changed"), facts); err != nil {
		return err
	}
	if err := requestPosting(c, exchange.Posting{Row: exchange.PostDebit}, nil, "补充清算"); err != nil {
		return err
	}
	return c.Save()
}

// TakeFullRegistry finishes a full extract, once every record of it was stored:
// persons that it does not name are dropped. The registry is complete as of the
// day on which the extract was made, or today when its clock is ahead.
func TakeFullRegistry(d *office.Desk, created time.Time) error {
	if _, err := d.Tx.DropRegistryNotIn(d.File.ID); err != nil {
		return err
	}
	return d.Tx.MarkWholeRegistry(d.File.ID, min(d.Date, calendar.DateOf(created.In(d.Agency.Zone))))
}
