package story

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// ListedPayment is a payment, or a part that waits for one, as the list of
// payments tells it.
type ListedPayment struct {
	exchange.Payment               // without Ref: no payment is made up yet
	Since            calendar.Date // value date, or since when it is due
	Cases            []string
}

// paymentsList is a list of payments being gathered.
type paymentsList struct {
	Filter
	list[ListedPayment]
	tx *store.Tx
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
	l := paymentsList{Filter: f, list: list[ListedPayment]{limit: f.Limit}, tx: d.Tx}
	for _, t := range tracks {
		if err := l.addTrack(t); err != nil {
			return l.result(err)
		}
	}
	return l.rows, nil
}

// addTrack adds the payments on a track; on due the parts that are not in a
// payment yet. A returned payment that was paid anew needs nobody.
func (l *paymentsList) addTrack(track exchange.MoneyTrack) error {
	if track == exchange.MoneyDue {
		return l.tx.EachRemittance(exchange.Out, track, l.duePart)
	}
	return l.tx.EachPayment(track, func(p exchange.Payment) error {
		if (l.Partner != "" && p.Partner != l.Partner) || (track == exchange.MoneyReturned && !l.All && l.State == "" && l.superseded(p)) {
			return nil
		}
		r := ListedPayment{Payment: p, Since: p.ValueOn}
		for _, it := range p.Items {
			r.Cases = append(r.Cases, it.CaseNo)
		}
		return l.add(r)
	})
}

// superseded reports whether every part that a returned payment carried has a
// later attempt. One that cannot be read counts as not: the payment is listed.
func (l *paymentsList) superseded(p exchange.Payment) bool {
	for _, it := range p.Items {
		r, err := l.tx.Remittance(it.CaseNo, it.Part)
		if err != nil || r.Ref == p.Ref {
			return false
		}
	}
	return true
}

// duePart adds a part that waits to be put into a payment.
func (l *paymentsList) duePart(r exchange.Remittance) error {
	c, err := l.tx.Case(r.CaseNo)
	if err != nil || (l.Partner != "" && c.Partner != l.Partner) {
		return err
	}
	due := exchange.Payment{Partner: c.Partner, Purpose: "transfer", Amount: r.Amount, Payee: r.Payee, Track: r.Track, Reason: r.Reason}
	return l.add(ListedPayment{due, r.Since, []string{r.CaseNo}})
}
