package formats_test

import (
	"time"

	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

func kindOf(name string) *batch.Kind { return batch.Find(formats.Kinds(), name) }

// headerOf is a header that suits a kind.
func headerOf(k *batch.Kind) batch.Header {
	h := batch.Header{
		Sender: "320500" + string(k.Senders[0]), Receiver: "310100" + string(k.Receivers[0]), Sequence: 17, Profile: "2021",
		Created: time.Date(2026, 3, 2, 8, 30, 0, 0, time.FixedZone("", 8*3600)),
	}
	if k.Scoped {
		h.Extent = code.ExtentFull
	}
	return h
}

func samplePerson() formats.Person {
	return formats.Person{
		IDType: code.IDResident, IDNo: "11010519491231002X", Name: "欧阳·𠮷", Sex: code.Female, BirthDate: 19491231, Phone: "13800000001",
	}
}

func sampleStays() []formats.Stay {
	return []formats.Stay{
		{Area: "320500", Scheme: code.SchemeEmployee, From: 201001, To: 201112, Months: 24, Kind: code.StayActual},
		{Area: "320500", Scheme: code.SchemeEmployee, From: 201110, To: 201203, Months: 6, Kind: code.StayBackpaid},
		{Area: "320500", Scheme: code.SchemeEmployee, From: 201207, To: 201208, Months: 2, Kind: code.StayDeemed},
	}
}

func sampleForm() *formats.Form {
	return &formats.Form{
		FormNo: "F32050020260302000001", Version: 1, Nature: code.NatureOriginal, LetterNo: "31010020260227000001", LetterVersion: 1,
		Person: samplePerson(), PersonalNo: "320500123", Scheme: code.SchemeEmployee, EndedOn: 20260228,
		FirstMonth: 201001, PaidTo: 201203, DeemedTo: 201208, AccountOpened: 201001,
		MonthsActual: 24, MonthsBackpaid: 3, MonthsDeemed: 2, MonthsGap: batch.Some(3),
		Money: code.Remitted, Principal: 123456, Interest: 789, Amount: 124245,
		PayerName: "苏州市社会保险基金财政专户", PayerAccount: "1102020309000012345", PaymentRef: "31010020260227000001-1-1",
		Agency:   formats.AgencyBlock{Code: "320500", Name: "苏州市医疗保险基金管理中心", Contact: "王经办"},
		IssuedOn: 20260302, Clerk: "王经办", Checker: "李复核", Stays: sampleStays(),
	}
}

// samples are records without a fault: of every row type at least one.
func samples() map[string][]any {
	letter := sampleLetter(1)
	form := sampleForm()
	plain := *form
	plain.FormNo, plain.Stays, plain.MonthsGap = "F32050020260302000002", nil, batch.Maybe[int]{}
	plain.MonthsActual, plain.MonthsBackpaid, plain.MonthsDeemed = 0, 0, 0
	plain.Money, plain.Principal, plain.Interest, plain.Amount = code.Zero, 0, 0, 0
	plain.PayerName, plain.PayerAccount, plain.PaymentRef = "", "", ""
	posting := func(row code.PostingRow, no string) *formats.Posting {
		return &formats.Posting{
			Row: row, PostingNo: no, CaseNo: "T32050020260302000001", PersonalNo: "320500123", IDType: code.IDResident,
			IDNo: "11010519491231002X", Name: "欧阳·𠮷", Scheme: code.SchemeEmployee, Date: 20260302,
		}
	}
	credit, months, undo := posting("N", "P3"), posting("Y", "P4"), posting("U", "P5")
	credit.FormNo, credit.FormVersion, credit.Amount = form.FormNo, batch.Some(1), batch.Some(money.Fen(124245))
	months.FormNo, months.FormVersion, months.Stays = form.FormNo, batch.Some(1), sampleStays()
	undo.Undoes = "P3"
	return map[string][]any{
		formats.KindApplication: {&formats.Application{
			ApplicationNo: "A1", Version: 1, LodgedAt: code.LodgedNew, AppliedOn: 20260301, Applicant: code.ByEmployer,
			EmployerCode: "91350100M000100Y43", EmployerName: "苏州,\"某\"公司", Person: samplePerson(), SchemeFrom: code.SchemeEmployee,
			SchemeTo: code.SchemeEmployee, FromAgency: "320500", ToAgency: "310100", Materials: "id;certificate", Echo: "-1+1",
		}},
		formats.KindRegistry: {&formats.RegistryRecord{
			PersonalNo: "320500123", AsOf: 20260301, Person: samplePerson(), Scheme: code.SchemeEmployee, Status: code.RegistryStopped,
			StoppedOn: 20260228, ArrearsMonths: batch.Some(0), ArrearsAmount: batch.Some(money.Fen(0)), Principal: 123456, Interest: 789,
			Stays: sampleStays(),
		}},
		formats.KindCertificateRequest: {&formats.CertificateRequest{
			RequestNo: "G1", RequestedOn: 20260301, Reason: code.ReasonLost, Applicant: code.ByPerson, PersonalNo: "320500123", Person: samplePerson(),
		}},
		formats.KindCertificate: {&formats.Certificate{
			CertificateNo: "C32050020260302000001", PersonalNo: "320500123", Person: samplePerson(), Scheme: code.SchemeEmployee,
			FirstMonth: 201001, LastMonth: 201208, MonthsActual: 24, MonthsBackpaid: 3, MonthsDeemed: 2, Balance: 124245,
			Agency: form.Agency, IssuedOn: 20260302, Clerk: "王经办", Stays: sampleStays(),
		}},
		formats.KindLetter: {&letter},
		formats.KindForm: {form, &formats.Decline{
			LetterNo: "31010020260227000002", LetterVersion: 1, Code: code.DeclineArrears, Text: "=1+1", DeclinedOn: 20260302,
		}, &plain},
		formats.KindAdvice: {&formats.Advice{
			PaymentRef: "31010020260227000001-1-1", Purpose: code.PurposeTransfer, LetterNo: "31010020260227000001", FormNo: form.FormNo,
			PersonID: "11010519491231002X", Name: "欧阳·𠮷", Amount: 124245, ValueDate: 20260303,
		}},
		formats.KindCompletion: {&formats.Completion{
			LetterNo: "31010020260227000001", FormNo: form.FormNo, FormVersion: 1, Outcome: code.OutcomeCompleted, CompletedOn: 20260310,
			Credited: 124245, MonthsCredited: 27, MonthsOverlapping: 2,
		}},
		formats.KindCancellation: {&formats.Cancellation{
			LetterNo: "31010020260227000001", Phase: code.PhaseCancel, Reason: "本人撤回", CancelledOn: 20260303,
		}},
		formats.KindQuery: {&formats.Query{
			QueryNo: "Z1", About: code.AboutAmount, Ours: "1242.45", Theirs: "1242.40", Text: "金额不符", AskedOn: 20260303,
		}},
		formats.KindPosting: {posting("E", "P1"), posting("B", "P2"), credit, months, undo},
		formats.KindPostingResult: {&formats.PostingResult{
			PostingNo: "P2", CaseNo: "T32050020260302000001", Row: code.PostingDebit, Result: code.ResultDone, DoneOn: 20260303,
			Principal: batch.Some(money.Fen(123456)), Interest: batch.Some(money.Fen(789)), Amount: batch.Some(money.Fen(124245)),
		}},
		formats.KindPayee: {&formats.Payee{
			CaseNo: "T32050020260302000001", IDNo: "11010519491231002X", Relation: code.RelationHeir, Name: "王某", PayeeIDType: code.IDForeignPassport,
			PayeeIDNo: "E12345678", AccountName: "王某", BankName: "中国工商银行", AccountNo: "4000000000000002", Share: "1/2", Evidence: "公证书",
		}},
		formats.KindNotice: {&formats.Notice{
			Recipient: code.ToPerson, IDNo: "11010519491231002X", Name: "欧阳·𠮷", Milestone: code.MilestoneArrears, Date: 20260303, Text: "@请先补缴",
		}},
		formats.KindReconciliation: {&formats.Reconciliation{
			LetterNo: "31010020260227000001", State: code.ReconcileAnswered, Amount: batch.Some(money.Fen(124245)), LastEventOn: 20260303,
		}},
		formats.KindNetting: {&formats.Netting{
			Month: 202603, Direction: code.Out, LetterNo: "31010020260227000001", FormNo: form.FormNo, Amount: 9_999_999_999_999_999,
		}},
		formats.KindReceipt: {&formats.Receipt{
			File: "x.csv", SHA256: "394dd47c4a799370edea6a00a9202d5d495d811827a80f006a0505c6a953f906", Kind: formats.KindLetter,
			Sequence: batch.Some(3), Verdict: code.FilePartly, Records: batch.Some(2), ReceivedOn: 20260303,
		}, &formats.ReceiptVerdict{
			Line: 3, Row: "L", RecordNo: "1", Verdict: code.Refused, Code: string(code.CheckDigit), Field: "id_no", Text: "校验位不符",
		}},
	}
}
