package story

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// ListedPayment is a payment, or a part that waits for one, as the list of
// payments tells it.
type ListedPayment struct {
	exchange.Payment               // without Ref: no payment is made up yet
	Since            calendar.Date // of its track; none of one that another has taken the place of
	Cases            []string
}

// ListPayments lists parts of remittances to be paid, and payments that are
// not settled, those first that somebody must look at. A track that none can
// have is a *FilterError.
func ListPayments(d *office.Desk, f Filter) ([]ListedPayment, error) {
	if err := f.check(exchange.MoneyTerms(exchange.Out)); err != nil {
		return nil, err
	}
	tracks := []exchange.MoneyTrack{
		exchange.MoneyReturned, exchange.MoneyDue, exchange.MoneyUnknown, exchange.MoneyOrdered, exchange.MoneyReleased, exchange.MoneySubmitted,
	}
	if f.All || f.State != "" {
		tracks = append(tracks, exchange.MoneySettled)
	}
	if f.State != "" {
		tracks = slices.DeleteFunc(tracks, func(t exchange.MoneyTrack) bool { return string(t) != f.State })
	}
	return gathered(f.Limit, func(visit func(ListedPayment) error) error {
		for _, t := range tracks {
			if err := f.eachPayment(d.Tx, t, visit); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachPayment visits the payments on a track; on due the parts that are not in a
// payment yet. A returned payment that was paid anew needs nobody.
func (f Filter) eachPayment(tx *store.Tx, track exchange.MoneyTrack, visit func(ListedPayment) error) error {
	if track == exchange.MoneyDue {
		return f.eachDue(tx, visit)
	}
	return tx.EachPayment(track, func(p exchange.Payment) error {
		if (f.Partner != "" && p.Partner != f.Partner) || (track == exchange.MoneyReturned && !f.All && f.State == "" && superseded(tx, p)) {
			return nil
		}
		r := ListedPayment{Payment: p}
		for _, it := range p.Items {
			r.Cases = append(r.Cases, it.CaseNo)
		}
		var err error
		if r.Since, err = trackSince(tx, p); err != nil {
			return err
		}
		return visit(r)
	})
}

// trackSince is since when a payment stands where it does: its parts, or the refund, know,
// unless they go in a later one by now.
func trackSince(tx *store.Tx, p exchange.Payment) (calendar.Date, error) {
	for _, it := range p.Items {
		r, err := tx.Remittance(it.CaseNo, it.Part)
		if err != nil || r.Ref == p.Ref {
			return r.Since, err
		}
	}
	if p.Purpose != string(code.PurposeRefund) {
		return 0, nil
	}
	f, err := tx.RefundByRef(p.Ref)
	return f.Since, office.IgnoreNotFound(err)
}

// superseded reports whether every part that a returned payment carried has a
// later attempt. One that cannot be read counts as not: the payment is listed.
func superseded(tx *store.Tx, p exchange.Payment) bool {
	for _, it := range p.Items {
		r, err := tx.Remittance(it.CaseNo, it.Part)
		if err != nil || r.Ref == p.Ref {
			return false
		}
	}
	return true
}

// eachDue visits the parts that wait to be put into a payment.
func (f Filter) eachDue(tx *store.Tx, visit func(ListedPayment) error) error {
	return tx.EachRemittance(exchange.Out, exchange.MoneyDue, func(r exchange.Remittance) error {
		c, err := tx.Case(r.CaseNo)
		if err != nil || (f.Partner != "" && c.Partner != f.Partner) {
			return err
		}
		due := exchange.Payment{Partner: c.Partner, Purpose: "transfer", Amount: r.Amount, Payee: r.Payee, Track: r.Track, Reason: r.Reason}
		return visit(ListedPayment{due, r.Since, []string{r.CaseNo}})
	})
}
