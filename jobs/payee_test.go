package jobs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/samples"
)

// payeeOf names who takes a share of the money of a letter about p.
func payeeOf(p samples.Person, letter string, to samples.Person, share string) *formats.Payee {
	return &formats.Payee{
		LetterNo: letter, IDNo: p.IDNo, Relation: code.RelationHeir, Name: to.Name, PayeeIDType: to.IDType, PayeeIDNo: to.IDNo, AccountName: to.Name,
		BankName: "中国银行", AccountNo: "0001" + to.IDNo[8:17], Share: share, Evidence: "公证书",
	}
}

func TestPaidToPerson(t *testing.T) {
	for _, early := range []bool{false, true} {
		t.Run(fmt.Sprintf("payee early %v", early), func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			stays := func(l *formats.Letter) {
				l.AccountMoves, l.AccountName, l.BankName, l.AccountNo, l.CNAPS = false, "", "", "", ""
			}
			o.put(core, formats.KindRegistry, o.insured(p))
			o.put(them, formats.KindLetter, o.letter(them, 1, p, stays))
			o.pass()
			if early {
				o.put(portal, formats.KindPayee, payeeOf(p, letterNo(them, 1), p, "1/1"))
				o.pass()
			}
			o.pass()
			if f := requireOne[formats.Form](o, them, formats.KindForm); f.Money != code.PaidToPerson || f.Amount != p.Total() {
				t.Errorf("form %+v", *f)
			}
			if !early {
				o.pass()
				o.requireState(exchange.Out, p, "held/sent/due payee-missing")
				o.put(portal, formats.KindPayee, payeeOf(p, letterNo(them, 1), p, "1/1"))
				o.pass()
			}
			if len(o.orders) != 1 || o.orders[0].Amount != p.Total() {
				t.Fatalf("ordered %+v", o.orders)
			}
			o.debitAll()
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/settled")
			if n := len(take[formats.Advice](o, them, formats.KindAdvice)); n != 0 {
				t.Errorf("%d advices about money that the partner does not get", n)
			}
		})
	}
}

func TestOfficerPaysToThePerson(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := leaver(us, 0)
	f := o.payLetter(p, 1)
	c := o.caseBy(exchange.Out, p)
	if _, err := o.tryDecide(keys, "li.na", exchange.ActPaidToPerson, c.No); !errors.Is(err, exchange.ErrDecision) {
		t.Errorf("while the partner has the money: %v", err)
	}
	o.leaveNotification(returnEntry(order{Transfer: transfer(f.LetterNo+"-1-1", f.Amount)}))
	o.stateDay()
	o.pass()
	o.decide(keys, "li.na", exchange.ActPaidToPerson, c.No)
	o.pass()
	next := requireOne[formats.Form](o, them, formats.KindForm)
	if next.FormNo != f.FormNo || next.Version != 2 || next.Money != code.PaidToPerson || next.Amount != f.Amount || next.PaymentRef != "" {
		t.Errorf("form %+v", *next)
	}
	o.requireState(exchange.Out, p, "held/sent/due payee-missing")
	self := payeeOf(p, f.LetterNo, p, "1/1")
	self.Relation = code.RelationSelf
	o.put(portal, formats.KindPayee, self)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Amount != f.Amount || o.orders[0].EndToEndID != f.LetterNo+"-1-2" || o.orders[0].Creditor.Name != p.Name {
		t.Errorf("paid %+v", o.orders)
	}
	o.skipDays(1)
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	o.put(them, formats.KindCompletion, completion(next, code.OutcomeCompleted, 20260303))
	o.pass()
	o.requireState(exchange.Out, p, "confirmed/sent/settled")
	o.requireNoDifferences()
}

func TestPaymentsToHeirs(t *testing.T) {
	for _, shares := range [][]string{{"1/2", "1/2"}, {"1/3", "2/3"}, {"1/3", "1/3", "1/3"}} {
		t.Run(strings.ReplaceAll(strings.Join(shares, " "), "/", "-"), func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			odd := p.Total() | 1
			o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status = code.RegistryDeceased }))
			o.balance[p.PersonalNo] = odd
			o.put(them, formats.KindLetter, o.letter(them, 1, p))
			o.pass()
			if d := requireOne[formats.Decline](o, them, formats.KindForm); d.Code != code.DeclineDeceased {
				t.Errorf("declined as %s", d.Code)
			}
			o.pass()
			o.requireState(exchange.Out, p, "held/none/due payee-missing")
			for i, s := range shares {
				o.put(core, formats.KindPayee, payeeOf(p, letterNo(them, 1), leaver(us, i+1), s))
			}
			o.pass()
			var total money.Fen
			for _, x := range o.orders {
				total += x.Amount
			}
			if len(o.orders) != len(shares) || total != odd {
				t.Errorf("%d payments over %s in place of %d over %s", len(o.orders), total, len(shares), odd)
			}
			o.debitAll()
			o.pass()
			o.requireState(exchange.Out, p, "declined/none/settled")
			if n := len(take[formats.Form](o, them, formats.KindForm)); n != 0 {
				t.Error("a form was issued")
			}
		})
	}
}

func TestSecondLetterForTheDeceased(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status = code.RegistryDeceased }))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.put(others, formats.KindLetter, o.letter(others, 1, p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2)))
	o.pass()
	o.pass()
	if n := len(take[formats.Posting](o, core, formats.KindPosting)); n != 2 {
		t.Errorf("%d postings were asked of the core for one death", n)
	}
}

func TestHeirsPaymentComesBack(t *testing.T) {
	o := newOffice(t)
	p, heir := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status = code.RegistryDeceased }))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.put(core, formats.KindPayee, payeeOf(p, letterNo(them, 1), heir, "1/1"))
	o.pass()
	o.pass()
	paid := o.orders[0]
	o.debitAll()
	o.pass()
	o.leaveNotification(returnEntry(paid))
	o.stateDay()
	o.pass()
	o.requireState(exchange.Out, p, "held/none/returned payee-missing")
	if n := len(take[formats.Query](o, them, formats.KindQuery)); n != 0 {
		t.Error("the partner was asked about an heir's account")
	}
	other := payeeOf(p, letterNo(them, 1), heir, "1/1")
	other.AccountNo = "000299999"
	o.put(core, formats.KindPayee, other)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Creditor.Number != "000299999" || o.orders[0].EndToEndID == paid.EndToEndID {
		t.Fatalf("ordered %+v", o.orders)
	}
	o.skipDays(1)
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "declined/none/settled")
	o.requireNoDifferences()
}

func TestPayeeBeforeTheDebit(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status = code.RegistryDeceased }), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.slow = true
	o.pass()
	o.put(core, formats.KindPayee, payeeOf(p, letterNo(them, 1), leaver(us, 2), "1/2"), payeeOf(p, letterNo(them, 1), leaver(us, 3), "1/2"))
	wrong := o.put(core, formats.KindPayee, payeeOf(q, letterNo(them, 1), q, "1/1"), payeeOf(q, letterNo(them, 9), q, "1/1"))
	o.pass()
	o.requireReceipt(core, wrong, "partly", letterNo(them, 1)+" refused person-differs", letterNo(them, 9)+" refused unknown-letter")
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	o.pass()
	o.pass()
	if len(o.orders) != 2 || o.orders[0].Amount+o.orders[1].Amount != p.Total() {
		t.Errorf("ordered %+v", o.orders)
	}
}

// TestPortalReplacesNoAccountOfTheCore: what the person types at the portal does not
// replace what the core knows; finance confirms which of the two is paid.
func TestPortalReplacesNoAccountOfTheCore(t *testing.T) {
	for name, portals := range map[string]bool{"the core's is confirmed": false, "the portal's is confirmed": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			keys := staffWithKeys(o)
			o.env.Agency.FundsClosed = []exchange.Span{{From: 20260302, To: 20260302}}
			p, heir := leaver(us, 0), leaver(us, 1)
			o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status = code.RegistryDeceased }))
			o.put(them, formats.KindLetter, o.letter(them, 1, p))
			o.pass()
			cores := payeeOf(p, letterNo(them, 1), heir, "1/1")
			o.put(core, formats.KindPayee, cores)
			o.pass()
			other := *cores
			other.AccountNo = "000299999"
			o.put(portal, formats.KindPayee, &other)
			o.env.Agency.FundsClosed = nil
			o.pass()
			o.pass()
			o.requireState(exchange.Out, p, "held/none/due account-not-registered")
			if len(o.orders) != 0 {
				t.Fatalf("paid %+v", o.orders)
			}
			want := cores
			if portals {
				want = &other
			}
			no := o.caseBy(exchange.Out, p).No
			if _, err := o.tryDecide(keys, "li.na", exchange.ActConfirmAccount, no, "account=123", "cnaps="+receiving(us).CNAPS); !errors.Is(err, exchange.ErrDecision) {
				t.Errorf("neither of them: %v", err)
			}
			o.decide(keys, "li.na", exchange.ActConfirmAccount, no, "account="+want.AccountNo, "cnaps="+receiving(us).CNAPS)
			o.pass()
			if len(o.orders) != 1 || o.orders[0].Creditor.Number != want.AccountNo {
				t.Errorf("paid %+v", o.orders)
			}
		})
	}
}
