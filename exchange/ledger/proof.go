package ledger

import (
	"cmp"

	"carryover/exchange/money"
)

// Proof is the equation of the report, per partner or over all:
//
//	Liquidated = Credited + PaidToPerson + Netted + NotMoved + InTransit + Difference
//
// Liquidated and Credited come from outside the ledger; the middle is what lies
// in the ledger's places; Difference is what Gap shows: zero only when both
// agree.
type Proof struct {
	Liquidated   money.Fen // at the old place; announced, at the new
	Credited     money.Fen
	PaidToPerson money.Fen
	Netted       money.Fen
	NotMoved     money.Fen
	InTransit    money.Fen
	Difference   money.Fen
	Gap          Gap
}

// Gap is by how much documents and ledger disagree: what remains of the
// equation, and what the documents say more than the ledger has at its ends,
// since an entry from one end to another does not touch the equation.
type Gap struct {
	Equation money.Fen
	Source   money.Fen // liquidated, or announced
	Credited money.Fen
	Received money.Fen // by the bank, for whomever: of all partners only
	Debited  money.Fen // by the bank, less what came back of it: of all partners only
}

// Shown is the first figure that is not zero.
func (g Gap) Shown() money.Fen {
	return cmp.Or(g.Equation, g.Source, g.Credited, g.Received, g.Debited)
}

// Less is what of g remains beside h.
func (g Gap) Less(h Gap) Gap {
	return Gap{g.Equation - h.Equation, g.Source - h.Source, g.Credited - h.Credited, g.Received - h.Received, g.Debited - h.Debited}
}

// Plus is both together.
func (g Gap) Plus(h Gap) Gap { return g.Less(Gap{}.Less(h)) }

// adder sums titles and keeps the first overflow.
type adder struct {
	ledgers []Balances
	partner string
	err     error
}

func (a *adder) sum(titles ...Title) money.Fen {
	var sum money.Fen
	for _, t := range titles {
		for _, b := range a.ledgers {
			f, err := b.Total(t, a.partner)
			a.keep(err)
			sum = a.add(sum, f)
		}
	}
	return sum
}

func (a *adder) add(f, g money.Fen) money.Fen {
	s, err := f.Add(g)
	a.keep(err)
	return s
}

func (a *adder) keep(err error) {
	if a.err == nil {
		a.err = err
	}
}

// rest fills in what remains of the equation, and the difference.
func (a *adder) rest(p Proof) (Proof, error) {
	d := p.Liquidated
	for _, f := range []money.Fen{p.Credited, p.PaidToPerson, p.Netted, p.NotMoved, p.InTransit} {
		d = a.add(d, -f)
	}
	p.Gap.Equation = d
	p.Difference = p.Gap.Shown()
	return p, a.err
}

// ProveOut proves the cases in which we are the old place, with one partner
// or with All. liquidated is the sum of the core's accepted posting results,
// credited that of the partners' completions: read from those and not from the
// ledger.
func ProveOut(b Balances, partner string, liquidated, credited money.Fen) (Proof, error) {
	return proveOut(&adder{ledgers: []Balances{b}, partner: partner}, liquidated, credited, Gap{})
}

// ProveAllOut is ProveOut with all partners, and compares debited, what the bank's
// entries paid for us less what came back, with what is booked so: settled, and what
// became of it, with the money of others that was sent back.
func ProveAllOut(b Balances, liquidated, credited, debited money.Fen) (Proof, error) {
	a := &adder{ledgers: []Balances{b}, partner: All}
	return proveOut(a, liquidated, credited, Gap{Debited: a.add(debited, -a.sum(OutSettled, OutCredited, OutPaidToPerson, InRefunded))})
}

func proveOut(a *adder, liquidated, credited money.Fen, g Gap) (Proof, error) {
	g.Source, g.Credited = a.add(liquidated, a.sum(OutLiquidated)), a.add(credited, -a.sum(OutCredited))
	return a.rest(Proof{
		Liquidated:   liquidated,
		Credited:     credited,
		PaidToPerson: a.sum(OutPaidToPerson),
		Netted:       a.sum(OutNetting, OutNetted),
		NotMoved:     a.sum(OutNotMoved),
		InTransit:    a.sum(OutDue, OutOrdered, OutAtBank, OutSettled, OutReturned),
		Gap:          g,
	})
}

// ProveIn proves the cases in which we are the new place. announced is the
// sum of the current forms' amounts, credited that of the core's accepted
// credits without the NETTED ones: read from forms and posting results, not
// from the ledger. So what our core credited without a bank credit that funded
// it is a difference. In transit is what has not come and what is not posted;
// money that belongs to no case yet is not part of it.
func ProveIn(b Balances, partner string, announced, credited money.Fen) (Proof, error) {
	return proveIn(&adder{ledgers: []Balances{b}, partner: partner}, announced, credited, Gap{})
}

// ProveAllIn is ProveIn with all partners, and compares received, what the
// bank's entries credited to us for whomever, with what is booked so: which
// partner it came from may not be known yet.
func ProveAllIn(b Balances, announced, credited, received money.Fen) (Proof, error) {
	a := &adder{ledgers: []Balances{b}, partner: All}
	return proveIn(a, announced, credited, Gap{Received: a.add(received, a.sum(InReceived))})
}

func proveIn(a *adder, announced, credited money.Fen, g Gap) (Proof, error) {
	g.Source, g.Credited = a.add(announced, a.sum(InAnnounced)), a.add(credited, -a.sum(InCredited)) // a source is negative
	return a.rest(Proof{
		Liquidated:   announced,
		Credited:     credited,
		PaidToPerson: a.sum(InPaidToPerson),
		Netted:       a.sum(InNetting, InNetted),
		NotMoved:     a.sum(InNotMoved),
		InTransit:    a.sum(InReceivable, InMatched),
		Gap:          g,
	})
}

// ProveBoth proves several agencies' ledgers together, each figure taken from
// the side that knows it: liquidated and credited (only what a bank credit
// funded, so nothing NETTED) from the cores' own books, what is paid, netted or not moved from the old place, what is received and
// not posted from the new one, and what is on its way between two banks as
// settled there less received here.
func ProveBoth(liquidated, credited money.Fen, ledgers ...Balances) (Proof, error) {
	a := &adder{ledgers: ledgers, partner: All}
	wire := a.sum(OutSettled, OutCredited, InReceived, InRefunded) // received is a source: negative
	wire = a.add(wire, -a.sum(InDifference))
	here := a.sum(OutDue, OutOrdered, OutAtBank, OutReturned, InMatched, InUnmatched)
	return a.rest(Proof{
		Liquidated:   liquidated,
		Credited:     credited,
		PaidToPerson: a.sum(OutPaidToPerson),
		Netted:       a.sum(OutNetting, OutNetted),
		NotMoved:     a.sum(OutNotMoved),
		InTransit:    a.add(here, wire),
	})
}
