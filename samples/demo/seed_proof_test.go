package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
)

// prove holds what both agencies believe at the end against the books of the
// cores and banks, and against each other.
func (l *life) prove() error {
	return l.houses[0].view(func(a *store.Tx) error {
		return l.houses[1].view(func(b *store.Tx) error {
			e := &evidence{w: l.w, tx: map[string]*store.Tx{suzhou: a, shanghai: b}}
			for _, check := range []func(*evidence) error{
				l.proveTotals, l.proveJournals, l.proveTransfers, l.proveCases, l.provePairs, l.proveFiles, l.proveDays, l.proveDifferences,
				l.proveNetting,
			} {
				if err := check(e); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// proveTotals: the ledgers against the cores' books, over both sides; no
// money came from nowhere or went nowhere; months too.
func (l *life) proveTotals(e *evidence) error {
	r := &Result{}
	netted, err := l.nettedBetween(e)
	if err != nil {
		return err
	}
	money := func(e *evidence) error { return r.proveMoney(e, netted) }
	for _, check := range []func(*evidence) error{money, r.checkBanks, r.checkMonths} {
		if err := check(e); err != nil {
			return err
		}
	}
	l.faults = append(l.faults, r.Faults...)
	return nil
}

func (l *life) proveJournals(e *evidence) error {
	for _, h := range l.houses {
		faults, err := e.tx[h.code].LedgerFaults()
		if err != nil {
			return err
		}
		for _, f := range faults {
			l.fault("%s: ledger: %s", h.code, f)
		}
		report, err := h.env.Store.VerifyJournal(l.ctx, nil)
		if err != nil {
			return err
		}
		for _, f := range report.Faults {
			if h.touched[f.Chain] {
				continue
			}
			l.fault("%s: journal %s event %d: %s", h.code, f.Chain, f.N, f.What)
		}
	}
	return nil
}

// wire is what the banks' books say about one transfer.
type wire struct {
	bank                       string
	debits                     int
	debited, arrived, cameBack money.Fen
}

func (w wire) gone() money.Fen { return w.debited - w.cameBack }

// wires reads both banks' books.
func (l *life) wires() (map[string]*wire, error) {
	all := map[string]*wire{}
	of := func(ref string) *wire {
		if all[ref] == nil {
			all[ref] = &wire{}
		}
		return all[ref]
	}
	for _, area := range slices.Sorted(maps.Keys(l.w.banks)) {
		err := outside.ReadBookFile(l.w.banks[area].Books, func(line outside.BankLine) {
			if line.EndToEnd == "" {
				return // others' business
			}
			w := of(line.EndToEnd)
			switch {
			case !line.Credit:
				w.debits++
				w.bank = area
				w.debited += line.Amount
			case line.Return != "":
				w.cameBack += line.Amount
			default:
				w.arrived += line.Amount
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// proveTransfers: a transfer is debited once at most; what left one bank
// reached another or came back; and of all attempts to pay a part of a case
// one at most is out of the bank.
func (l *life) proveTransfers(e *evidence) error {
	wires, err := l.wires()
	if err != nil {
		return err
	}
	for _, ref := range slices.Sorted(maps.Keys(wires)) {
		w := wires[ref]
		l.debits += w.debits
		if w.debits > 1 {
			l.fault("%s was debited %d times", ref, w.debits)
		}
		if w.debited != w.arrived+w.cameBack {
			l.fault("%s: %s debited, %s arrived, %s came back", ref, w.debited, w.arrived, w.cameBack)
		}
	}
	for _, h := range l.houses {
		if err := l.proveParts(e, h.code, wires); err != nil {
			return err
		}
	}
	return nil
}

// refunds is what the banks' books say was paid back, by letter and part.
func refunds(wires map[string]*wire) map[string]money.Fen {
	sums := map[string]money.Fen{}
	for ref, w := range wires {
		if letterNo, part, ok := exchange.SplitRefund(ref); ok {
			sums[fmt.Sprint(letterNo, part)] += w.gone()
		}
	}
	return sums
}

// proveParts compares what an agency believes about each payment with the
// banks' books, and what it debited from accounts with what it paid.
func (l *life) proveParts(e *evidence, agency string, wires map[string]*wire) error {
	tx := e.tx[agency]
	for _, ref := range slices.Sorted(maps.Keys(wires)) {
		if wires[ref].bank != agency || strings.HasPrefix(ref, counterOrder) {
			continue // or paid at the bank's counter
		}
		if _, err := tx.Payment(ref); err != nil {
			l.fault("%s: the bank paid %s: %v", agency, ref, err)
		}
	}
	back := refunds(wires)
	return tx.EachCase(store.CaseFilter{Side: exchange.Out}, func(c exchange.Case) error {
		parts, err := tx.RemittancesByCase(c.No)
		if err != nil {
			return err
		}
		payments, err := tx.PaymentsByCase(c.No)
		if err != nil {
			return err
		}
		gone := map[int]money.Fen{}
		for _, r := range parts {
			gone[r.Part] = -back[fmt.Sprint(c.LetterNo, r.Part)]
		}
		for _, p := range payments {
			w := wires[p.Ref]
			if w == nil {
				w = &wire{}
			}
			refunded := money.Fen(0)
			for _, item := range p.Items {
				if item.CaseNo != c.No {
					continue
				}
				refunded += back[fmt.Sprint(c.LetterNo, item.Part)]
				if w.gone() > 0 {
					gone[item.Part] += item.Amount
				}
			}
			l.comparePayment(agency, p, w, refunded)
		}
		return l.compareParts(agency, tx, c, parts, gone)
	})
}

func (l *life) comparePayment(agency string, p exchange.Payment, w *wire, refunded money.Fen) {
	out := w.gone() > 0
	switch p.Track {
	case exchange.MoneySettled:
		if !out || w.gone() != p.Amount {
			l.fault("%s: %s of %s is settled, %s is out of the bank", agency, p.Ref, p.Amount, w.gone())
		}
	case exchange.MoneyUnknown, exchange.MoneySubmitted:
		l.fault("%s: %s is still %s, %s is out of the bank", agency, p.Ref, p.Track, w.gone())
	default:
		if out && refunded == 0 {
			l.fault("%s: %s is %s, yet %s is out of the bank", agency, p.Ref, p.Track, w.gone())
		}
	}
}

// compareParts: every fen that the core debited for a case lies in a part;
// what is settled of it left once, what is not did not.
func (l *life) compareParts(agency string, tx *store.Tx, c exchange.Case, parts []exchange.Remittance, gone map[int]money.Fen) error {
	for _, r := range parts {
		want := money.Fen(0)
		if r.Track == exchange.MoneySettled {
			want = r.Amount
		}
		if gone[r.Part] != want {
			l.fault("%s: case %s part %d of %s is %s, %s was paid", agency, c.No, r.Part, r.Amount, r.Track, gone[r.Part])
		}
	}
	postings, err := tx.PostingsByCase(c.No)
	if err != nil {
		return err
	}
	debited := money.Fen(0)
	for _, p := range postings {
		k := l.w.cores[agency].Books.Answered[p.No]
		if k == nil || p.Row != exchange.PostDebit || k.Refused != "" || k.Undone {
			continue
		}
		debited += k.Amount
	}
	owed, err := nettedOf(tx, c)
	if err != nil {
		return err
	}
	for _, r := range parts {
		if r.Track != exchange.MoneyNotDue {
			owed += r.Amount
		}
	}
	if debited != owed {
		l.fault("%s: case %s %s: the core debited %s, the parts are %s", agency, c.No, c.State, debited, owed)
	}
	return nil
}

// nettedOf is what the forms of a case that was not annulled say is netted.
func nettedOf(tx *store.Tx, c exchange.Case) (sum money.Fen, err error) {
	if c.State == exchange.Void {
		return 0, nil
	}
	forms, err := tx.FormsByCase(c.No)
	for _, f := range forms {
		if f.Current && f.Money == exchange.MoneyNETTED {
			sum += f.Amount
		}
	}
	return sum, err
}

// proveCases: a case is at its end, or somebody in particular has to do
// something about it.
func (l *life) proveCases(e *evidence) error {
	for _, h := range l.houses {
		turns := h.env.Turns
		err := e.tx[h.code].EachCase(store.CaseFilter{}, func(c exchange.Case) error {
			l.occur(string(c.State))
			if c.State == exchange.Held {
				l.tell("%s: %s is held: %s", h.code, c.No, c.HoldText)
			}
			turn, waits := exchange.TurnOf(turns, c)
			if !waits && !c.State.Final(c.Side) {
				l.fault("%s: case %s %s %s/%s/%s is nobody's turn", h.code, c.No, c.Side, c.State, c.FormTrack, c.MoneyTrack)
			}
			if waits {
				l.tell("%s: case %s %s %s/%s/%s %s %s waits: %s, %s", h.code, c.No, c.Side, c.State, c.FormTrack, c.MoneyTrack, c.Hold, c.Wish, turn.Owner, turn.Wait.English)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// restingPairs are the pairs of states in which both sides of a letter may rest.
func restingPairs() map[exchange.State][]exchange.State {
	return map[exchange.State][]exchange.State{
		exchange.Completed: {exchange.Confirmed},
		exchange.Declined:  {exchange.Declined},
		exchange.Cancelled: {exchange.Cancelled},
		exchange.Void:      {exchange.Void},
	}
}

// provePairs: both sides of a letter have ended alike, or one of them is held
// for a reason; and the new place has got what the old one paid.
func (l *life) provePairs(e *evidence) error {
	wires, err := l.wires()
	if err != nil {
		return err
	}
	for _, in := range l.houses {
		err := e.tx[in.code].EachCase(store.CaseFilter{Side: exchange.In}, func(c exchange.Case) error {
			if c.LetterNo == "" {
				return nil
			}
			out, err := e.tx[c.Partner].CaseByLetter(exchange.Out, c.LetterNo)
			if err != nil {
				return fmt.Errorf("letter %s at %s: %w", c.LetterNo, c.Partner, err)
			}
			l.comparePair(c, out)
			return l.compareMoney(e, in.code, c, out, wires)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *life) comparePair(in, out exchange.Case) {
	if in.State == exchange.Held || out.State == exchange.Held {
		l.occur("held for " + string(in.Hold+out.Hold))
		return
	}
	for _, state := range restingPairs()[in.State] {
		if out.State == state {
			return
		}
	}
	l.fault("letter %s: in %s %s/%s/%s %s, out %s %s/%s/%s %s", in.LetterNo, in.No, in.State, in.FormTrack, in.MoneyTrack, in.Wish,
		out.No, out.State, out.FormTrack, out.MoneyTrack, out.Wish)
}

// compareMoney: what arrived for a letter is what its parts have received, or
// lies unmatched; and what the core credited is what the forms say it did.
func (l *life) compareMoney(e *evidence, agency string, in, out exchange.Case, wires map[string]*wire) error {
	payments, err := e.tx[in.Partner].PaymentsByCase(out.No)
	if err != nil {
		return err
	}
	toPerson, err := personsParts(e.tx[in.Partner], out)
	if err != nil {
		return err
	}
	arrived := money.Fen(0)
	for _, p := range payments {
		w := wires[p.Ref]
		if w == nil || w.gone() == 0 {
			continue
		}
		for _, item := range p.Items {
			if item.CaseNo == out.No && !toPerson[item.Part] {
				arrived += item.Amount
			}
		}
	}
	parts, err := e.tx[agency].RemittancesByCase(in.No)
	if err != nil {
		return err
	}
	received := money.Fen(0)
	for _, r := range parts {
		received += r.Received
	}
	list, err := e.tx[agency].RefundsByCase(in.No)
	if err != nil {
		return err
	}
	for _, r := range list {
		received += r.Amount
		if w := wires[r.Ref]; r.Track != exchange.MoneySettled || w == nil || w.gone() != r.Amount {
			l.fault("%s: refund %s of %s is %s", agency, r.Ref, r.Amount, r.Track)
		}
	}
	if arrived != received {
		l.fault("letter %s: %s arrived at the bank, %s has got, and paid back, %s", in.LetterNo, arrived, in.No, received)
	}
	return l.compareCredits(e, agency, in)
}

// personsParts are the parts of a case that go to the person or the heirs.
func personsParts(tx *store.Tx, out exchange.Case) (map[int]bool, error) {
	parts, err := tx.RemittancesByCase(out.No)
	to := map[int]bool{}
	for _, r := range parts {
		to[r.Part] = r.To == exchange.ToPerson
	}
	return to, err
}

// compareCredits: the core's credits for a case are what its forms say was
// credited.
func (l *life) compareCredits(e *evidence, agency string, in exchange.Case) error {
	forms, err := e.tx[agency].FormsByCase(in.No)
	if err != nil {
		return err
	}
	said := money.Fen(0)
	for _, f := range forms {
		if f.Current {
			said += f.Credited
		}
	}
	postings, err := e.tx[agency].PostingsByCase(in.No)
	if err != nil {
		return err
	}
	booked := money.Fen(0)
	for _, p := range postings {
		k := l.w.cores[agency].Books.Answered[p.No]
		if k != nil && p.Row == exchange.PostCredit && k.Refused == "" && !k.Undone {
			booked += k.Amount
		}
	}
	if said != booked {
		l.fault("%s: case %s: the forms say %s was credited, the core booked %s", agency, in.No, said, booked)
	}
	return nil
}
