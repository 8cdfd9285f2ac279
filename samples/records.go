package samples

import (
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// maker writes the i-th record of a batch of n.
type maker func(s *scene, i, n int) any

// makers is a maker for every kind.
func makers() map[string]maker {
	return map[string]maker{
		formats.KindApplication:        (*scene).application,
		formats.KindRegistry:           (*scene).registry,
		formats.KindCertificateRequest: (*scene).certificateRequest,
		formats.KindCertificate:        (*scene).certificate,
		formats.KindLetter:             (*scene).letter,
		formats.KindForm:               (*scene).formOrDecline,
		formats.KindAdvice:             (*scene).advice,
		formats.KindCompletion:         (*scene).completion,
		formats.KindCancellation:       (*scene).cancellation,
		formats.KindQuery:              (*scene).query,
		formats.KindPosting:            (*scene).posting,
		formats.KindPostingResult:      (*scene).postingResult,
		formats.KindPayee:              (*scene).payee,
		formats.KindNotice:             (*scene).notice,
		formats.KindReconciliation:     (*scene).reconciliation,
		formats.KindNetting:            (*scene).netting,
		formats.KindReceipt:            (*scene).receipt,
	}
}

func (s *scene) application(i, _ int) any {
	p := s.leaving.At(i)
	a := &formats.Application{
		ApplicationNo: s.applicationNo(i), Version: 1, LodgedAt: code.LodgedNew, AppliedOn: s.today,
		Applicant: code.ByPerson, Person: block(&p), Household: p.Household,
		SchemeFrom: p.Scheme, SchemeTo: code.SchemeEmployee, FromAgency: s.oldArea, ToAgency: s.newArea,
		OldPersonalNo: p.PersonalNo, CertificateNo: s.certificateNo(i), EnrolledFrom: s.enrolledFrom(&p),
		Materials: "id;certificate", Echo: echo("A", i),
	}
	switch i % 10 {
	case 3:
		employer := employerOf(i)
		a.Applicant, a.EmployerCode, a.EmployerName = code.ByEmployer, employer.code, employer.name
		a.Materials = "id;certificate;employer_letter"
	case 7:
		proxy := s.relative(i)
		a.ProxyName, a.ProxyPhone, a.Materials = proxy.Name, proxy.Phone, "id;proxy"
		a.CertificateNo = ""
	}
	return a
}

func (s *scene) certificateRequest(i, _ int) any {
	p := s.leaving.At(i)
	g := &formats.CertificateRequest{
		RequestNo: s.oldArea + "-G" + s.day(i).Compact() + pad(i+1, 8), RequestedOn: s.today,
		Reason: code.ReasonFirst, Applicant: code.ByPerson, PersonalNo: p.PersonalNo, Person: block(&p), Echo: echo("G", i),
	}
	if i%12 == 5 {
		g.Reason = code.ReasonLost
	}
	return g
}

func (s *scene) certificate(i, _ int) any {
	p := s.leaving.At(i)
	actual, backpaid, deemed, _, _ := monthTotals(&p)
	return &formats.Certificate{
		CertificateNo: s.certificateNo(i), RequestNo: s.oldArea + "-G" + s.day(i).Compact() + pad(i+1, 8),
		PersonalNo: p.PersonalNo, Person: block(&p), Household: p.Household, Scheme: p.Scheme,
		FirstMonth: p.Stays[0].From, LastMonth: p.Stays[len(p.Stays)-1].To,
		MonthsActual: actual, MonthsBackpaid: backpaid, MonthsDeemed: deemed,
		AccountOpened: p.AccountOpened, Balance: p.Total(), Agency: agencyBlock(s.at),
		IssuedOn: s.today, Clerk: "系统自动办理", Echo: echo("G", i), Stays: stayRows(&p),
	}
}

func (s *scene) letter(i, _ int) any {
	p := s.leaving.At(i)
	return &formats.Letter{
		LetterNo: s.letterNo(i), Version: 1, LetterDate: s.day(i), AcceptedOn: s.day(i),
		CertificateNo: s.certificateNo(i), Person: block(&p), Household: p.Household,
		SchemeFrom: p.Scheme, SchemeTo: code.SchemeEmployee, EnrolledFrom: s.enrolledFrom(&p),
		OldPersonalNo: p.PersonalNo, FromAgency: s.oldArea, To: agencyBlock(s.to), AccountMoves: true,
		AccountName: s.to.AccountName, BankName: s.to.BankName, AccountNo: s.to.AccountNo, CNAPS: s.to.CNAPS,
		Echo: echo("L", i),
	}
}

// formOrDecline declines one letter in twenty.
func (s *scene) formOrDecline(i, _ int) any {
	if i%20 == 13 {
		return &formats.Decline{
			LetterNo: s.letterNo(i), LetterVersion: 1, Echo: echo("L", i), Code: code.DeclineStillParticipating,
			Text: "参保状态为正常参保，请先办理停保。", DeclinedOn: s.today,
		}
	}
	p := s.leaving.At(i)
	f := &formats.Form{
		FormNo: s.formNo(i), Version: 1, Nature: code.NatureOriginal, LetterNo: s.letterNo(i), LetterVersion: 1,
		Echo: echo("L", i), Person: block(&p), PersonalNo: p.PersonalNo, Scheme: p.Scheme, EndedOn: p.StoppedOn,
		FirstMonth: p.Stays[0].From, PaidTo: p.Stays[len(p.Stays)-1].To, AccountOpened: p.AccountOpened,
		Money: moneyKind(p.Total()), Principal: p.Principal, Interest: p.Interest, Amount: p.Total(),
		Agency: agencyBlock(s.at), IssuedOn: s.today, Clerk: "系统自动办理", Checker: "复核员", Stays: stayRows(&p),
	}
	var gap int
	f.MonthsActual, f.MonthsBackpaid, f.MonthsDeemed, gap, f.DeemedTo = monthTotals(&p)
	f.MonthsGap = batch.Some(gap)
	if f.Money == code.Remitted {
		f.PayerName, f.PayerAccount, f.PaymentRef = s.at.AccountName, s.at.AccountNo, s.paymentRef(i)
	}
	return f
}

// advice tells of a payment, of one fen when nothing was left.
func (s *scene) advice(i, _ int) any {
	p := s.leaving.At(i)
	return &formats.Advice{
		PaymentRef: s.paymentRef(i), Purpose: code.PurposeTransfer, LetterNo: s.letterNo(i), FormNo: s.formNo(i),
		PersonID: p.IDNo, Name: p.Name, Amount: max(p.Total(), 1), ValueDate: s.today,
	}
}

func (s *scene) completion(i, _ int) any {
	p := s.leaving.At(i)
	actual, backpaid, deemed, _, _ := monthTotals(&p)
	k := &formats.Completion{
		LetterNo: s.letterNo(i), FormNo: s.formNo(i), FormVersion: 1, Outcome: code.OutcomeCompleted,
		CompletedOn: s.today, Credited: p.Total(), MonthsCredited: actual + backpaid + deemed, Echo: echo("L", i),
	}
	if i%5 == 2 {
		k.Outcome, k.Credited = code.OutcomeRelationDone, 0
	}
	return k
}

func (s *scene) cancellation(i, _ int) any {
	x := &formats.Cancellation{
		LetterNo: s.letterNo(i), Phase: code.PhaseCancel, Reason: "参保人申请撤销转移", CancelledOn: s.today, Echo: echo("X", i),
	}
	if i%4 == 1 {
		x.Phase, x.Reason = code.PhaseProposeVoid, "重复办理，提议作废"
	}
	return x
}

func (s *scene) query(i, _ int) any {
	p := s.leaving.At(i)
	return &formats.Query{
		QueryNo: s.number("Z", s.newArea, i), LetterNo: s.letterNo(i), FormNo: s.formNo(i), About: code.AboutMonths,
		Ours: p.Stays[0].From.String(), Text: "请核实首次缴费月份。", AskedOn: s.today, DueOn: s.today.AddDays(7), Echo: echo("Z", i),
	}
}

// payee names somebody to be paid instead of the new place.
func (s *scene) payee(i, _ int) any {
	p := s.leaving.At(i)
	b := &formats.Payee{
		CaseNo: s.number("T", s.oldArea, i), LetterNo: s.letterNo(i), IDNo: p.IDNo, Relation: code.RelationSelf,
		Name: p.Name, PayeeIDType: p.IDType, PayeeIDNo: p.IDNo, AccountName: p.Name,
		BankName: s.at.BankName, AccountNo: cardOf(i), CNAPS: s.at.CNAPS, Share: "1/1",
		Evidence: "本人身份证件及银行卡复印件", Echo: echo("B", i),
	}
	if i%6 == 4 {
		heir := s.relative(i)
		b.Relation, b.Name, b.PayeeIDType, b.PayeeIDNo = code.RelationHeir, heir.Name, heir.IDType, heir.IDNo
		b.AccountName, b.Evidence = heir.Name, "死亡证明、亲属关系公证书"
	}
	return b
}

func (s *scene) notice(i, _ int) any {
	p := s.leaving.At(i)
	return &formats.Notice{
		Recipient: code.ToPerson, IDNo: p.IDNo, Name: p.Name, Phone: p.Phone, ApplicationNo: s.applicationNo(i),
		CaseNo: s.caseNo(i), Milestone: code.MilestoneLetterSent, Date: s.today, Due: s.today.AddDays(21),
		Text: "联系函已发往原参保地，请留意后续通知，无需另行办理。", Echo: echo("A", i),
	}
}

func (s *scene) reconciliation(i, _ int) any {
	p := s.leaving.At(i)
	q := &formats.Reconciliation{LetterNo: s.letterNo(i), State: code.ReconcileRequested, LastEventOn: s.today}
	if i%3 > 0 {
		q.State, q.FormNo, q.FormVersion = code.ReconcileAnswered, s.formNo(i), batch.Some(1)
		q.Amount = batch.Some(p.Total())
	}
	return q
}

func (s *scene) netting(i, _ int) any {
	p := s.leaving.At(i)
	return &formats.Netting{
		Month: s.today.Month().Add(-1), Direction: code.Out, LetterNo: s.letterNo(i), FormNo: s.formNo(i), Amount: p.Total(),
	}
}
