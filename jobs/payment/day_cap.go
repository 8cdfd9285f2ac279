package payment

import (
	"context"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// Daily caps (SPEC 4): what is ordered on a business date to a partner, and to an account
// that is new, stays under the agency's caps. What would be above is due on the next day
// and ordered then by itself, within that day's cap; or the same day, as far as an officer
// allows it (allow-cap of the day). What goes to persons counts to the partner whose
// letter it answers, a refund to the partner that gets it.

// DayCap is what is ordered on a day to a partner or a new account, and how much may be.
type DayCap struct {
	To      store.PaymentsBy
	Key     string // the partner's code, or the account's number
	On      calendar.Date
	Most    money.Fen
	Allowed money.Fen // up to which officers let it be passed; 0: none did
	Ordered money.Fen // and neither void nor returned since
	Gone    money.Fen // of it what may have left

	Count            int // of those that wait for it, what waits, and the largest; as DayCaps finds it
	Waiting, Largest money.Fen
	Partner          string // to which what waits for an account's cap belongs

	known bool                // it is complete
	by    []exchange.Recorded // the decisions
}

// Subject is how decisions name it.
func (x DayCap) Subject() string { return exchange.DaySubject(x.Key, x.On) }

// DayCapOf finds the daily cap of a partner's code or an account's number; Most is 0 when
// there is none: no such setting, or an account that is not new.
func DayCapOf(d *office.Desk, key string, on calendar.Date) (DayCap, error) {
	to := store.ByAccount
	if _, ok := d.Partners[key]; ok {
		to = store.ByPartner
	}
	x, err := readDayCap(d, to, key, on)
	if err == nil {
		err = x.complete(d)
	}
	return x, err
}

// readDayCap reads what is ordered, which is all that is asked while it is not much.
func readDayCap(d *office.Desk, to store.PaymentsBy, key string, on calendar.Date) (x DayCap, err error) {
	x = DayCap{To: to, Key: key, On: on, Most: d.Agency.PartnerDayCap}
	if to == store.ByAccount {
		x.Most = d.Agency.NewAccountDayCap
	}
	if key == "" || x.Most == 0 {
		return DayCap{}, nil
	}
	sums, err := d.Tx.PaidOn(to, key, on)
	for text, sum := range sums {
		track := exchange.MoneyTrack(text)
		switch place := track.Place(); {
		case track == exchange.MoneyDue || place == exchange.PlaceBack || place == exchange.PlaceNone:
			continue
		case place != exchange.PlaceHere:
			x.Gone = money.Clamped(x.Gone, sum)
		}
		x.Ordered = money.Clamped(x.Ordered, sum)
	}
	return x, err
}

// complete reads what is asked once a sum is above the cap: whether an account is new
// (Most is 0 if not), and what officers allowed.
func (x *DayCap) complete(d *office.Desk) (err error) {
	if x.known || x.Most == 0 {
		return nil
	}
	if x.known = true; x.To == store.ByAccount {
		first, err := d.Tx.FirstSettled(x.To, x.Key)
		if err = office.IgnoreNotFound(err); err != nil {
			return err
		}
		if !exchange.NewAccount(first.ValueOn, x.On) {
			x.Most = 0
			return nil
		}
	}
	x.by, err = d.Allowances(x.Subject())
	for _, a := range x.by {
		x.Allowed = max(x.Allowed, allowedBy(a))
	}
	return err
}

// allowedBy is the amount of a decision, checked when it was taken: what is none allows
// nothing.
func allowedBy(a exchange.Recorded) money.Fen {
	f, err := office.AmountOf(a.Args["amount"])
	if err != nil {
		return 0
	}
	return f
}

// fits reports by which decisions an amount that comes above the cap may be ordered, too.
func (x DayCap) fits(amount money.Fen) (by []exchange.Recorded, ok bool) {
	sum := money.Clamped(x.Ordered, amount)
	by = slices.DeleteFunc(slices.Clone(x.by), func(a exchange.Recorded) bool { return sum > allowedBy(a) })
	return by, len(by) > 0
}

// why says that an amount would be above the cap.
func (x DayCap) why(amount money.Fen) code.Phrase {
	if x.To == store.ByAccount {
		return code.Say("above-account-day", x.On, x.Key, x.Ordered, amount, x.Most)
	}
	return code.Say("above-partner-day", x.On, x.Key, x.Ordered, amount, x.Most)
}

// dayCaps are the daily caps as a pass knows them, each read once, by DayCap.Subject.
type dayCaps map[string]DayCap

// of are the caps that a payment on a day, its partner's and its account's, comes above by
// an amount more; whether officers allow that is known then.
func (m dayCaps) of(d *office.Desk, p exchange.Payment, on calendar.Date, more money.Fen) (caps []DayCap, err error) {
	for _, to := range []store.PaymentsBy{store.ByPartner, store.ByAccount} {
		key := p.Partner
		if to == store.ByAccount {
			key = p.Payee.No
		}
		x, known := m[exchange.DaySubject(key, on)]
		if !known {
			if x, err = readDayCap(d, to, key, on); err != nil {
				return nil, err
			}
		}
		if money.Clamped(x.Ordered, more) > x.Most {
			err = x.complete(d)
		}
		if m[exchange.DaySubject(key, on)] = x; err != nil {
			return nil, err
		}
		if x.Most > 0 && money.Clamped(x.Ordered, more) > x.Most {
			caps = append(caps, x)
		}
	}
	return caps, nil
}

// ask reports whether a payment may be ordered today: above are the caps that it would
// pass, by the decisions without which it would pass one.
func (m dayCaps) ask(d *office.Desk, p exchange.Payment) (by []exchange.Recorded, above []DayCap, err error) {
	caps, err := m.of(d, p, d.Date, p.Amount)
	for _, x := range caps {
		some, ok := x.fits(p.Amount)
		if by = append(by, some...); !ok {
			above = append(above, x)
		}
	}
	return by, above, err
}

// add counts a payment that is ordered today.
func (m dayCaps) add(p exchange.Payment, on calendar.Date) {
	for _, key := range []string{p.Partner, p.Payee.No} {
		x := m[exchange.DaySubject(key, on)]
		x.Ordered = money.Clamped(x.Ordered, p.Amount)
		m[exchange.DaySubject(key, on)] = x
	}
}

// whyNotNow is why a payment that was ordered may not leave: by its cases
// (transfer.StillPayable), or because what was ordered on its day is above a cap and no
// decision allows that (any more). None when it may.
func (m dayCaps) whyNotNow(d *office.Desk, p exchange.Payment) (why code.Phrase, err error) {
	if ok, err := transfer.StillPayable(d, p); err != nil || !ok {
		return code.Say("payment-not-payable", p.Ref), err
	}
	caps, err := m.of(d, p, p.ValueOn, 0)
	for _, x := range caps {
		if x.Ordered > x.Allowed {
			return x.why(0), nil
		}
	}
	return why, err
}

// noteCapped journals, once a day, that a case's money waits for a daily cap.
func noteCapped(d *office.Desk, caseNo string, part int, amount money.Fen, above []DayCap) error {
	if len(above) == 0 {
		return nil
	}
	_, first, err := d.Tx.ClaimKey("day-cap", d.Agency.Code, exchange.DaySubject(caseNo, d.Date), 0)
	if err != nil || !first {
		return err
	}
	return d.Journal(caseNo, "waits_day_cap", above[0].why(amount), map[string]any{"part": part, "amount": amount.String()})
}

// allowedDayCap is the event of noteAllowed.
const allowedDayCap = "allowed_day_cap"

// noteAllowed journals for a case, on behalf of the officers, by whose decisions its
// payment was ordered above a daily cap: they decided about it, and cannot sign for it.
func noteAllowed(d *office.Desk, caseNo, ref string, by []exchange.Recorded) error {
	for _, x := range by {
		officer := d.Reading(d.Tx)
		officer.Actor = exchange.OfficerParty(x.Officer)
		if err := officer.Journal(caseNo, allowedDayCap, code.Text(x.Reason), map[string]any{"subject": x.Subject, "payment": ref}); err != nil {
			return err
		}
	}
	return nil
}

// lumpShare are parts of a lump sum that are ordered together: within the daily caps, or
// because of the same decisions.
type lumpShare struct {
	parts []exchange.PaymentItem
	by    []exchange.Recorded
}

// divide takes of the parts of a lump sum those that may be ordered today, in their order:
// first those within the caps, then those that decisions allow. caps counts them.
func (m dayCaps) divide(ctx context.Context, o *office.Office, key lumpKey, parts []exchange.PaymentItem) (shares []lumpShare, err error) {
	caps := m
	err = o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) error {
		caps = maps.Clone(m) // anew: the work may be done twice
		shares = make([]lumpShare, 2)
		for _, it := range parts {
			p := exchange.Payment{Partner: key.partner, Payee: exchange.Account{No: key.account}, Amount: it.Amount}
			by, above, err := caps.ask(d, p)
			if err != nil {
				return err
			}
			if len(above) > 0 {
				if err := noteCapped(d, it.CaseNo, it.Part, it.Amount, above); err != nil {
					return err
				}
				continue
			}
			caps.add(p, d.Date)
			share := &shares[min(len(by), 1)]
			share.parts, share.by = append(share.parts, it), by // of the last one, which the most is ordered with
		}
		return nil
	})
	maps.Copy(m, caps)
	return slices.DeleteFunc(shares, func(s lumpShare) bool { return len(s.parts) == 0 }), err
}

// DayCaps are the daily caps of what is due now, once remit has ordered what fits today
// (Ordered counts it): of those with a Count something waits.
func DayCaps(d *office.Desk) (list []DayCap, err error) {
	if d.Agency.PartnerDayCap == 0 && d.Agency.NewAccountDayCap == 0 {
		return nil, nil
	}
	caps := dayCaps{}
	err = eachDue(d, func(p exchange.Payment) error {
		_, above, err := caps.ask(d, p)
		if err == nil && len(above) == 0 {
			caps.add(p, d.Date)
		}
		for _, x := range above {
			x.Count, x.Waiting, x.Largest, x.Partner = x.Count+1, money.Clamped(x.Waiting, p.Amount), max(x.Largest, p.Amount), p.Partner
			caps[x.Subject()] = x
		}
		return err
	})
	for _, subject := range slices.Sorted(maps.Keys(caps)) {
		x := caps[subject]
		if err := x.complete(d); err != nil {
			return nil, err
		}
		if x.Most > 0 {
			list = append(list, x)
		}
	}
	return list, err
}

// eachDue calls visit for what may be ordered now, parts first, as a payment without a
// reference.
func eachDue(d *office.Desk, visit func(exchange.Payment) error) error {
	var last exchange.Remittance
	for more := true; more; {
		due, _, err := duePage(d, last)
		if err != nil {
			return err
		}
		for i := range due {
			c, err := d.CaseByNo(due[i].CaseNo)
			if err != nil {
				return err
			}
			payee, ok, err := transfer.MayBePaid(c, &due[i])
			if err == nil && ok {
				err = visit(exchange.Payment{Partner: c.Partner, Payee: payee, Amount: due[i].Amount})
			}
			if err != nil {
				return err
			}
			last = due[i]
		}
		more = len(due) == office.Chunk
	}
	refunds, err := d.Tx.RefundsByTrack(exchange.MoneyDue)
	for _, f := range refunds {
		why, err := transfer.RefundObstacle(d, f)
		if err == nil && why.IsZero() {
			err = visit(exchange.Payment{Partner: f.Partner, Payee: f.Payee, Amount: f.Amount})
		}
		if err != nil {
			return err
		}
	}
	return err
}
