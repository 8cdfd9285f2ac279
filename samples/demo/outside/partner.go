package outside

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/samples"
)

// Partner is a third agency that has a program of its own and exchanges with
// one of the two by nothing but the files that the manual describes. It is
// old place and new place, keeps its books and its ledger, and pays through
// its own bank.
type Partner struct {
	samples.Place
	Box        *Mailbox
	Books      *Books
	Bank       *Bank
	Settlement code.MoneyKind // what was agreed: remitted, unless it is set
	FormsLate  int            // working days that its forms come after its money
	Ledger     ledger.Balances
	Faults     []error // of its own books, to be reported at the end

	cases   map[string]*smallCase // by letter_no
	advices map[string][]formats.Advice
	outbox  map[string][]any // by kind, to be sent
	due     []dueForm
	netted  []formats.Netting
	month   calendar.Month // statements of earlier months were sent
	numbers int
}

// smallCase is a transfer as the partner's own program keeps it.
type smallCase struct {
	letter   formats.Letter
	form     *formats.Form
	personal string // personal_no at the partner
	money    money.Fen
	done     bool
}

// dueForm is a form that is still to be sent.
type dueForm struct {
	on   int // working day of the demo
	form *formats.Form
}

// NewPartner is a small partner at a place, with its end of a drop, its core's
// books and its bank, of which it is told by OnCredit.
func NewPartner(place samples.Place, box *Mailbox, b *Books, bk *Bank) *Partner {
	return &Partner{
		Place: place, Box: box, Books: b, Bank: bk, Settlement: code.Remitted, Ledger: ledger.Balances{},
		cases: map[string]*smallCase{}, advices: map[string][]formats.Advice{}, outbox: map[string][]any{},
	}
}

func (p *Partner) number(letter string, on calendar.Date) string {
	p.numbers++
	return fmt.Sprintf("%s%s%s%06d", letter, p.Area, on.Compact(), p.numbers)
}

func (p *Partner) block() formats.AgencyBlock {
	return formats.AgencyBlock{Code: p.Area, Name: p.Name, Address: p.Address, PostCode: p.PostCode, Contact: p.Contact, ContactPhone: p.Phone}
}

func (p *Partner) queue(kind string, rec any) { p.outbox[kind] = append(p.outbox[kind], rec) }

// book keeps the partner's ledger; a fault is reported at the end.
func (p *Partner) book(e ledger.Entry) {
	if e.Empty() {
		return
	}
	if err := p.Ledger.Apply(e); err != nil {
		p.Faults = append(p.Faults, fmt.Errorf("%s: ledger: %w", p.Area, err))
	}
}

func (p *Partner) head(caseNo string, on calendar.Date) ledger.Head {
	return ledger.Head{Date: int(on), CaseNo: caseNo, Partner: p.Box.Agency}
}

// Receive works what the agency sent. day counts the working days since the
// first, by which its forms are late.
func (p *Partner) Receive(ctx context.Context, now time.Time, day int) error {
	on := calendar.DateOf(now)
	return p.Box.receive(ctx, now, func(rec any) (verdict, error) {
		switch r := rec.(type) {
		case *formats.Letter:
			return p.letter(r, on, day)
		case *formats.Form:
			return verdict{}, p.form(r, on)
		case *formats.Advice:
			p.advices[r.PaymentRef] = append(p.advices[r.PaymentRef], *r)
		case *formats.Completion:
			p.completed(r, on)
		}
		return verdict{}, nil
	})
}

// Arrival is a person who comes to a new place and wants to be carried over
// to it: what they bring, and their numbers at both places.
type Arrival struct {
	Person        formats.Person
	Household     code.Household
	CertificateNo string
	SchemeFrom    code.Scheme
	SchemeTo      code.Scheme
	OldPersonalNo string // at the agency
	PersonalNo    string // at the partner
}

// Ask queues a contact letter for somebody who came to the partner.
func (p *Partner) Ask(who Arrival, on calendar.Date) {
	l := formats.Letter{
		LetterNo: p.number("", on), Version: 1, LetterDate: on, AcceptedOn: on, CertificateNo: who.CertificateNo, Person: who.Person,
		Household: who.Household, SchemeFrom: who.SchemeFrom, SchemeTo: who.SchemeTo, EnrolledFrom: on.Month(),
		OldPersonalNo: who.OldPersonalNo, FromAgency: p.Box.Agency, To: p.block(), AccountMoves: true,
		AccountName: p.AccountName, BankName: p.BankName, AccountNo: p.AccountNo, CNAPS: p.CNAPS,
	}
	p.cases[l.LetterNo] = &smallCase{letter: l, personal: who.PersonalNo}
	p.queue(formats.KindLetter, &l)
}

// letter answers a contact letter: end, debit, form, money.
func (p *Partner) letter(l *formats.Letter, on calendar.Date, day int) (verdict, error) {
	m := p.Books.byID[l.Person.IDNo]
	if m == nil {
		return verdict{code.PersonDiffers, "查无此人"}, nil
	}
	c := &smallCase{letter: *l, personal: m.PersonalNo}
	p.cases[l.LetterNo] = c
	debit, err := p.endAndDebit(c, m, on)
	if err != nil || debit == nil {
		return verdict{}, err
	}
	c.form = p.formOf(c, m, debit, on)
	p.due = append(p.due, dueForm{day + p.FormsLate, c.form})
	amount := debit.Amount.Value
	h := p.head(l.LetterNo, on)
	p.book(ledger.Liquidate(h, amount))
	switch c.form.Money {
	case code.Netted:
		p.book(ledger.Net(h, amount))
		p.netted = append(p.netted, formats.Netting{
			Month: on.Month(), Direction: code.Out, LetterNo: l.LetterNo, FormNo: c.form.FormNo, Amount: amount,
		})
	case code.Remitted:
		p.pay(c, h)
	}
	return verdict{}, nil
}

// endAndDebit posts E and B to the partner's own books; nil when they refuse.
func (p *Partner) endAndDebit(c *smallCase, m *Member, on calendar.Date) (*formats.PostingResult, error) {
	var last formats.PostingResult
	for _, row := range []code.PostingRow{code.PostingEnd, code.PostingDebit} {
		var err error
		last, err = p.post(c, m, row, on)
		if err != nil || last.Result != code.ResultDone {
			return nil, err
		}
	}
	return &last, nil
}

func (p *Partner) post(c *smallCase, m *Member, row code.PostingRow, on calendar.Date) (formats.PostingResult, error) {
	return p.Books.post(&formats.Posting{
		Row: row, PostingNo: p.number("P", on), CaseNo: c.letter.LetterNo, PersonalNo: m.PersonalNo, IDType: m.Person.IDType,
		IDNo: m.Person.IDNo, Name: m.Person.Name, Scheme: m.Scheme, Date: on,
	}, on)
}

func (p *Partner) formOf(c *smallCase, m *Member, debit *formats.PostingResult, on calendar.Date) *formats.Form {
	count := exchange.CountMonths(domainStays(m.Stays))
	f := &formats.Form{
		FormNo: p.number("F", on), Version: 1, Nature: code.NatureOriginal, LetterNo: c.letter.LetterNo, LetterVersion: c.letter.Version,
		Echo: c.letter.Echo, Person: m.Person, PersonalNo: m.PersonalNo, Scheme: m.Scheme, EndedOn: on, FirstMonth: count.First,
		PaidTo: count.Last, AccountOpened: m.AccountOpened, MonthsActual: count.Actual, MonthsBackpaid: count.Backpaid,
		MonthsDeemed: count.Deemed, MonthsGap: batch.Some(count.Gap), Money: p.Settlement, Principal: debit.Principal.Value,
		Interest: debit.Interest.Value, Amount: debit.Amount.Value, Agency: p.block(), IssuedOn: on,
		Clerk: "陆敏", Checker: "沈国华", Stays: m.Stays,
	}
	for _, s := range m.Stays {
		if s.Kind == code.StayDeemed {
			f.DeemedTo = max(f.DeemedTo, s.To)
		}
	}
	if f.Amount == 0 {
		f.Money = code.Zero
	}
	if f.Money == code.Remitted {
		f.PayerName, f.PayerAccount, f.PaymentRef = p.AccountName, p.AccountNo, c.letter.LetterNo+"-1-1"
	}
	return f
}

// pay orders the transfer and tells the new place of it.
func (p *Partner) pay(c *smallCase, h ledger.Head) {
	f, l := c.form, &c.letter
	p.book(ledger.Order(h, f.Amount))
	p.book(ledger.Submit(h, f.Amount))
	p.Bank.PayAtCounter(Transfer{
		Order: f.FormNo, EndToEnd: f.PaymentRef, Amount: f.Amount,
		Debtor:   iso20022.Account{Name: p.AccountName, Number: p.AccountNo, Bank: p.BankName, CNAPS: p.CNAPS},
		Creditor: iso20022.Account{Name: l.AccountName, Number: l.AccountNo, Bank: l.BankName, CNAPS: l.CNAPS},
		Text:     iso20022.RemittanceText(l.LetterNo, l.Person.IDNo, l.Person.Name, 60, iso20022.UTF8),
	})
	p.book(ledger.Settle(h, f.Amount, f.Amount))
	p.queue(formats.KindAdvice, &formats.Advice{
		PaymentRef: f.PaymentRef, Purpose: code.PurposeTransfer, LetterNo: l.LetterNo, FormNo: f.FormNo, PersonID: l.Person.IDNo,
		Name: l.Person.Name, Amount: f.Amount, ValueDate: f.IssuedOn,
	})
}

// completed takes the new place's word that it has credited.
func (p *Partner) completed(k *formats.Completion, on calendar.Date) {
	c := p.cases[k.LetterNo]
	if c == nil || c.form == nil || k.Outcome != code.OutcomeCompleted {
		return
	}
	c.done = true
	if c.form.Money == code.Remitted {
		p.book(ledger.Confirm(p.head(k.LetterNo, on), c.form.Amount, k.Credited))
	}
}

// form takes an information form for one of our letters.
func (p *Partner) form(f *formats.Form, on calendar.Date) error {
	c := p.cases[f.LetterNo]
	if c == nil {
		return fmt.Errorf("form %s for letter %s that was never sent", f.FormNo, f.LetterNo)
	}
	c.form = f
	h := p.head(f.LetterNo, on)
	switch f.Money {
	case code.Netted:
		p.book(ledger.AnnounceNetted(h, f.Amount))
		p.netted = append(p.netted, formats.Netting{
			Month: f.IssuedOn.Month(), Direction: code.In, LetterNo: f.LetterNo, FormNo: f.FormNo, Amount: f.Amount,
		})
	case code.Remitted:
		p.book(ledger.Announce(h, f.Amount))
	}
	return p.close(c, on)
}

// Credit takes what the bank says has come: by the letter number in its text, or
// a lump sum by its advices.
func (p *Partner) Credit(t Transfer, on calendar.Date) {
	p.book(ledger.Receive(p.head("", on), t.Amount))
	if letterNo, _ := iso20022.ParseRemittance(t.Text); p.cases[letterNo] != nil && !strings.HasPrefix(t.EndToEnd, "L") {
		p.cases[letterNo].money += t.Amount
		return
	}
	var sum money.Fen
	for _, m := range p.advices[t.EndToEnd] {
		sum += m.Amount
	}
	if sum != t.Amount {
		p.Faults = append(p.Faults, fmt.Errorf("%s: %s of %s, advices add up to %s", p.Area, t.EndToEnd, t.Amount, sum))
		return
	}
	for _, m := range p.advices[t.EndToEnd] {
		if c := p.cases[m.LetterNo]; c != nil {
			c.money += m.Amount
		}
	}
}

// close credits months and account once form and money are here, and says so.
func (p *Partner) close(c *smallCase, on calendar.Date) error {
	f := c.form
	if f == nil || c.done || f.Agency.Code == p.Area || (f.Money == code.Remitted && c.money != f.Amount) {
		return nil
	}
	h := p.head(f.LetterNo, on)
	m := p.Books.People[c.personal]
	if m == nil {
		return fmt.Errorf("form %s is about nobody here", f.FormNo)
	}
	own := domainStays(m.Stays)
	added, lapping := exchange.CreditMonths(domainStays(f.Stays), own)
	post := formats.Posting{
		Row: code.PostingMonths, PostingNo: p.number("P", on), CaseNo: f.LetterNo, PersonalNo: m.PersonalNo, IDNo: m.Person.IDNo,
		FormNo: f.FormNo, FormVersion: batch.Some(f.Version), Stays: fileStays(added),
	}
	months, err := p.Books.post(&post, on)
	if err != nil {
		return err
	}
	k := &formats.Completion{
		LetterNo: f.LetterNo, FormNo: f.FormNo, FormVersion: f.Version, Outcome: code.OutcomeCompleted, CompletedOn: on,
		MonthsCredited: months.Months.Value, MonthsOverlapping: lapping, Echo: f.Echo,
	}
	if f.Money == code.Remitted || f.Money == code.Netted {
		post.Row, post.PostingNo, post.Stays, post.Amount = code.PostingCredit, p.number("P", on), nil, batch.Some(f.Amount)
		if _, err := p.Books.post(&post, on); err != nil {
			return err
		}
		k.Credited = f.Amount
	}
	if f.Money == code.Remitted {
		p.book(ledger.Match(h, p.Box.Agency, f.Amount, f.Amount))
		p.book(ledger.Credit(h, f.Amount))
	}
	c.done = true
	p.queue(formats.KindCompletion, k)
	return nil
}

// Send puts down what is queued and what has become due.
func (p *Partner) Send(ctx context.Context, now time.Time, day int) error {
	on := calendar.DateOf(now)
	for _, no := range slices.Sorted(maps.Keys(p.cases)) {
		if err := p.close(p.cases[no], on); err != nil {
			return err
		}
	}
	waiting := p.due[:0]
	for _, d := range p.due {
		if d.on > day {
			waiting = append(waiting, d)
			continue
		}
		p.queue(formats.KindForm, d.form)
	}
	p.due = waiting
	p.statement(on)
	for _, kind := range slices.Sorted(maps.Keys(p.outbox)) {
		records := p.outbox[kind]
		delete(p.outbox, kind)
		if err := p.Box.send(ctx, now, kind, "", records); err != nil {
			return err
		}
	}
	return nil
}

// statement queues the netting statement of the month that has ended.
func (p *Partner) statement(on calendar.Date) {
	if p.month == 0 || p.Settlement != code.Netted {
		p.month = on.Month()
		return
	}
	if on.Month() == p.month {
		return
	}
	for i := range p.netted {
		if p.netted[i].Month == p.month {
			p.queue(formats.KindNetting, &p.netted[i])
		}
	}
	p.month = on.Month()
}

// NettedCredits is what cores credited with the partner that no bank credit
// funded, in either direction.
func (p *Partner) NettedCredits() (sum money.Fen) {
	for _, n := range p.netted {
		sum += n.Amount
	}
	return sum
}

// Idle reports whether the partner and its bank have nothing left to do.
func (p *Partner) Idle() bool { return len(p.due) == 0 && p.Bank.Idle() }

func domainStays(in []formats.Stay) []exchange.Stay {
	out := make([]exchange.Stay, len(in))
	for i, s := range in {
		out[i] = exchange.Stay{Area: s.Area, Scheme: string(s.Scheme), From: s.From, To: s.To, Kind: string(s.Kind)}
	}
	return out
}

func fileStays(in []exchange.Stay) []formats.Stay {
	out := make([]formats.Stay, len(in))
	for i, s := range in {
		out[i] = NewStay(s.Area, code.Scheme(s.Scheme), s.From, s.To, code.StayKind(s.Kind))
	}
	return out
}
