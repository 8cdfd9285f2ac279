// Package formats knows the columns of every kind of batch that Carryover
// exchanges: one file per kind, holding its record types, its columns as
// data and what its fields must tell together.
//
// Kinds is the registry. Everything else is done from that data: reading and
// writing by formats/batch, workbooks, templates and what people key without
// a batch by formats/sheet, the partner's manual by Manual.
//
// Fields stand in the order of FILES.md. Text is kept as given; amounts are
// money.Fen, dates calendar.Date, months calendar.Month, values of closed
// lists the types of exchange/code. A batch.Maybe may be left out.
package formats

import "carryover/formats/batch"

// The names of the kinds, as they stand in headers and file names.
const (
	KindApplication        = "application"
	KindRegistry           = "registry"
	KindCertificateRequest = "certificate-request"
	KindCertificate        = "certificate"
	KindLetter             = "contact-letter"
	KindForm               = "information-form"
	KindAdvice             = "remittance-advice"
	KindCompletion         = "completion"
	KindCancellation       = "cancellation"
	KindQuery              = "query"
	KindPosting            = "posting"
	KindPostingResult      = "posting-result"
	KindPayee              = "payee"
	KindNotice             = "notice"
	KindReconciliation     = "reconciliation"
	KindNetting            = "netting"
	KindReceipt            = "receipt"
)

// KindNames are the names of all kinds, in the order of the manual.
func KindNames() (names []string) {
	for _, k := range Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// Kinds lists every kind, in the order of the manual.
func Kinds() []*batch.Kind {
	return []*batch.Kind{
		applicationKind(),
		registryKind(),
		certificateRequestKind(),
		certificateKind(),
		letterKind(),
		formKind(),
		adviceKind(),
		completionKind(),
		cancellationKind(),
		queryKind(),
		postingKind(),
		postingResultKind(),
		payeeKind(),
		noticeKind(),
		reconciliationKind(),
		nettingKind(),
		receiptKind(),
	}
}

// The order of working, FILES.md "Order": lower is worked first.
const (
	orderReceipt = iota
	orderCancellation
	orderOpening
	orderLetter
	orderForm
	orderAdvice
	orderCompletion
	orderOther
)
