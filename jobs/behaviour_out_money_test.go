package jobs_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/samples"
)

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

func payeeOf(p samples.Person, letter string, to samples.Person, share string) *formats.Payee {
	return &formats.Payee{
		LetterNo: letter, IDNo: p.IDNo, Relation: code.RelationHeir, Name: to.Name, PayeeIDType: to.IDType, PayeeIDNo: to.IDNo, AccountName: to.Name,
		BankName: "中国银行", AccountNo: "0001" + to.IDNo[8:17], Share: share, Evidence: "公证书",
	}
}

func TestHeirs(t *testing.T) {
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
	o.put(them, formats.KindLetter, o.letter(them, 1, p, version(2)))
	o.pass()
	o.pass()
	if n := len(take[formats.Posting](o, core, formats.KindPosting)); n != 2 {
		t.Errorf("%d postings were asked of the core for one death", n)
	}
}

func TestSettlements(t *testing.T) {
	for settlement, c := range map[string]struct {
		money code.MoneyKind
		want  string
	}{exchange.SettleNetted: {code.Netted, "answered/sent/not_due"}, exchange.SettleNotMoved: {code.NotMoved, "answered/sent/not_due"}} {
		t.Run(settlement, func(t *testing.T) {
			o := newOffice(t, with(them, func(p *exchange.Partner) { p.Settlement = settlement }))
			p := leaver(us, 0)
			f := o.answerLetter(p, 1)
			if f.Money != c.money || f.Amount != p.Total() {
				t.Errorf("form %+v", *f)
			}
			o.requireState(exchange.Out, p, c.want)
			o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260302))
			o.pass()
			o.requireState(exchange.Out, p, "confirmed/sent/not_due")
			o.requireNoDifferences()
		})
	}
}

func TestNothingToPay(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.balance[p.PersonalNo] = 0
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.pass()
	if f := requireOne[formats.Form](o, them, formats.KindForm); f.Money != code.Zero {
		t.Errorf("form says %s", f.Money)
	}
	o.requireState(exchange.Out, p, "answered/sent/not_due")
}

func TestLumpSumReturned(t *testing.T) {
	o := newOffice(t, with(them, func(p *exchange.Partner) { p.LumpSum = true }))
	people := []samples.Person{leaver(us, 0), leaver(us, 1), leaver(us, 2)}
	var records, letters []any
	for i, p := range people {
		records = append(records, o.insured(p))
		letters = append(letters, o.letter(them, i, p))
	}
	o.put(core, formats.KindRegistry, records...)
	o.put(them, formats.KindLetter, letters...)
	o.pass()
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Amount != people[0].Total()+people[1].Total()+people[2].Total() || !strings.Contains(o.orders[0].Text, "3人") {
		t.Fatalf("ordered %+v", o.orders)
	}
	lump := o.orders[0]
	if n := len(take[formats.Advice](o, them, formats.KindAdvice)); n != 3 {
		t.Errorf("%d advices", n)
	}
	o.debitAll()
	o.pass()
	o.leaveNotification(returnEntry(lump))
	o.pass()
	for i, z := range take[formats.Query](o, them, formats.KindQuery) {
		o.put(them, formats.KindQuery, &formats.Query{
			QueryNo: fmt.Sprintf("Z3101002026030300000%d", i+1), Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: 20260303,
		})
	}
	o.pass()
	if len(o.orders) != 3 {
		t.Fatalf("%d transfers after the return of the lump sum", len(o.orders))
	}
	for _, x := range o.orders {
		if !strings.HasSuffix(x.EndToEndID, "-1-2") {
			t.Errorf("next attempt %s", x.EndToEndID)
		}
	}
	o.debitAll()
	o.pass()
	for _, p := range people {
		o.requireState(exchange.Out, p, "answered/sent/settled")
	}
	o.requireNoDifferences()
}

func TestCaps(t *testing.T) {
	o := newOffice(t)
	p, q, r := leaver(us, 0), leaver(us, 1), leaver(us, 2)
	o.env.Agency.PaymentCap = max(p.Total(), q.Total())
	o.env.Agency.FileCap = o.env.Agency.PaymentCap + 1
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q), o.insured(r))
	o.balance[r.PersonalNo] = o.env.Agency.PaymentCap + 1
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q), o.letter(them, 3, r))
	o.pass()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	o.requireState(exchange.Out, r, "held/sent/due cap")
	if o.orders[0].file == o.orders[1].file {
		t.Error("one payment file above the cap")
	}
	o.env.Agency.PaymentCap += 10 // the agency decided on a higher one
	o.env.Agency.FileCap += 10
	o.pass()
	o.requireState(exchange.Out, r, "answered/sent/submitted")
}

func TestFundsClosed(t *testing.T) {
	o := newOffice(t)
	o.env.Agency.FundsClosed = []exchange.Span{{From: 20260302, To: 20260305}}
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	o.requireState(exchange.Out, p, "answered/sent/due")
	told := 0
	for _, n := range take[formats.Notice](o, portal, formats.KindNotice) {
		if n.Milestone == code.MilestoneMoneyWaiting {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d notices that payments wait", told)
	}
	o.skipDays(4)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
}

func TestSupplementAndCorrection(t *testing.T) {
	for name, c := range map[string]struct {
		stays  func(*formats.RegistryRecord)
		more   money.Fen
		nature code.Nature
	}{
		"more months": {func(r *formats.RegistryRecord) {
			last := r.Stays[len(r.Stays)-1].To
			r.Stays = append(r.Stays, stay(us, last.Add(1), last.Add(2), code.StayBackpaid))
		}, 0, code.NatureSupplement},
		"more money": {func(*formats.RegistryRecord) {}, 12345, code.NatureSupplement},
		"both": {func(r *formats.RegistryRecord) {
			last := r.Stays[len(r.Stays)-1].To
			r.Stays = append(r.Stays, stay(us, last.Add(1), last.Add(2), code.StayBackpaid))
		}, 777, code.NatureSupplement},
		"other months": {func(r *formats.RegistryRecord) {
			r.Stays[0].To = r.Stays[0].To.Add(-2)
			r.Stays[0].Months -= 2
		}, 0, code.NatureCorrected},
		"other months, more money": {func(r *formats.RegistryRecord) {
			r.Stays[0].To = r.Stays[0].To.Add(-2)
			r.Stays[0].Months -= 2
		}, 500, code.NatureCorrected},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			first := o.payLetter(p, 1)
			o.acceptAll(them)
			o.put(them, formats.KindCompletion, completion(first, code.OutcomeCompleted, 20260302))
			o.pass()
			o.requireState(exchange.Out, p, "confirmed/delivered/settled")
			take[formats.Advice](o, them, formats.KindAdvice)
			o.skipDays(3)
			o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) {
				r.Status, r.StoppedOn, r.Principal, r.Interest = code.RegistryEnded, p.StoppedOn, c.more, 0
				c.stays(r)
			}))
			o.balance[p.PersonalNo] = c.more
			o.pass()
			o.pass()
			f := requireOne[formats.Form](o, them, formats.KindForm)
			if f.Nature != c.nature || (f.Nature == code.NatureCorrected) != (f.FormNo == first.FormNo) {
				t.Errorf("%s form %s, the first was %s", f.Nature, f.FormNo, first.FormNo)
			}
			want := c.more
			if f.Nature == code.NatureCorrected {
				want += first.Amount
			}
			if f.Amount != want {
				t.Errorf("form over %s instead of %s", f.Amount, want)
			}
			if f.Nature == code.NatureSupplement && (c.more == 0) != (f.Money == code.Zero) {
				t.Errorf("money %s", f.Money)
			}
			if c.more > 0 {
				if len(o.orders) != 1 || o.orders[0].Amount != c.more || o.orders[0].EndToEndID != letterNo(them, 1)+"-2-1" {
					t.Fatalf("ordered %+v", o.orders)
				}
				if f.PaymentRef != letterNo(them, 1)+"-2-1" {
					t.Errorf("payment_ref %s", f.PaymentRef)
				}
			}
			o.debitAll()
			o.pass()
			o.acceptAll(them)
			o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260306))
			o.pass()
			o.requireState(exchange.Out, p, "confirmed/delivered/settled")
			o.requireNoDifferences()
		})
	}
}

func TestCertificates(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	ask := func(n int, reason code.CertificateReason) string {
		return o.put(portal, formats.KindCertificateRequest, &formats.CertificateRequest{
			RequestNo: fmt.Sprint("G", n), RequestedOn: 20260302, Reason: reason, Applicant: code.ByPerson, PersonalNo: p.PersonalNo, Person: blockOf(p), Echo: fmt.Sprint("g", n),
		})
	}
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status, r.StoppedOn = code.RegistryActive, 0 }))
	name := ask(1, code.ReasonFirst)
	o.pass()
	o.requireReceipt(portal, name, "accepted", "G1 held still-participating")
	o.nextNight()
	if n := len(o.receipts(portal)); n != 1 {
		t.Errorf("%d receipts", n)
	}
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.ArrearsMonths.Value, r.ArrearsMonths.Given = 2, true }))
	o.pass()
	o.requireReceipt(portal, name, "accepted", "G1 accepted")
	first := requireOne[formats.Certificate](o, portal, formats.KindCertificate)
	if first.Echo != "g1" || first.Balance != p.Total() {
		t.Errorf("certificate %+v", *first)
	}
	if ns := take[formats.Notice](o, portal, formats.KindNotice); len(ns) != 1 || ns[0].Milestone != code.MilestoneArrears {
		t.Errorf("notices %v", ns)
	}
	ask(2, code.ReasonLost)
	o.pass()
	second := requireOne[formats.Certificate](o, portal, formats.KindCertificate)
	if second.Replaces != first.CertificateNo || second.CertificateNo == first.CertificateNo || second.Balance != first.Balance {
		t.Errorf("reissued %+v", *second)
	}
	o.put(them, formats.KindLetter, o.letter(them, 1, p, func(l *formats.Letter) { l.CertificateNo = first.CertificateNo }))
	o.put(them, formats.KindQuery, &formats.Query{QueryNo: "Z31010020260302000001", CertificateNo: first.CertificateNo, About: code.AboutCertificate, Text: "有效吗", AskedOn: 20260302, Echo: "z1"})
	o.pass()
	if d := requireOne[formats.Decline](o, them, formats.KindForm); d.Code != code.DeclineCertificateVoid {
		t.Errorf("declined as %s", d.Code)
	}
	if z := requireOne[formats.Query](o, them, formats.KindQuery); z.Answers != "Z31010020260302000001" || z.Echo != "z1" || !strings.Contains(z.Text, second.CertificateNo) {
		t.Errorf("answer %+v", *z)
	}
	o.put(them, formats.KindLetter, o.letter(them, 1, p, version(2), func(l *formats.Letter) { l.CertificateNo = second.CertificateNo }))
	o.pass()
	o.pass()
	requireOne[formats.Form](o, them, formats.KindForm)
}

func transfer(ref string, amount money.Fen) iso20022.Transfer {
	return iso20022.Transfer{EndToEndID: ref, Amount: amount}
}
