package iso20022

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"carryover/exchange/money"
)

// The status codes that a bank may give for an order, its list or one
// transfer. Only Rejected ends a transfer; none of them says that money has
// moved for good: that is a debit in camt.054.
const (
	Received          = "RCVD"
	Pending           = "PDNG"
	TechnicallyOK     = "ACTC" // 格式与权限检查通过
	CustomerOK        = "ACCP" // 客户检查通过
	AcceptedChanged   = "ACWC"
	AcceptedNotPosted = "ACWP"
	InSettlement      = "ACSP"
	DebitSettled      = "ACSC"
	CreditSettled     = "ACCC"
	Partly            = "PART"
	PartlyTechnically = "PATC"
	Cancelled         = "CANC"
	Rejected          = "RJCT"
)

// statusCodes is the closed list.
func statusCodes() []string {
	return []string{
		Received, Pending, TechnicallyOK, CustomerOK, AcceptedChanged, AcceptedNotPosted,
		InSettlement, DebitSettled, CreditSettled, Partly, PartlyTechnically, Cancelled, Rejected,
	}
}

// duplicates are the reasons (ExternalStatusReason1Code) by which a bank
// refuses what it has already.
func duplicates() []string { return []string{"AM05", "DU01", "DU02", "DU03", "DU04", "DU05"} }

// SaysDuplicate reports whether a reason, which begins with its code, is that
// the bank has the order or the transfer already: what it had before stands.
func SaysDuplicate(reason string) bool {
	code, _, _ := strings.Cut(reason, " ")
	return slices.Contains(duplicates(), code)
}

// StatusReport is the head of a status message: what became of one order.
type StatusReport struct {
	MsgID         string
	Created       time.Time
	OriginalMsgID string // the order's MsgID
	// OriginalName is the order's message name, pain.001.001.09.
	OriginalName string
	Transfers    int       // of the order, 0 when not told
	Total        money.Fen // of the order, 0 when not told
	// Status is the order's; ListStatus that of its only list of transfers.
	// One of them, or the transfers' own, must be given.
	Status, ListStatus string
	Reason, Text       string // why, as code and in words
}

// Verdict is what the bank said of the order as a whole: Status unless the
// list was refused alone; "" when only the transfers have one.
func (s StatusReport) Verdict() string {
	if s.Status == "" || s.ListStatus == Rejected {
		return s.ListStatus
	}
	return s.Status
}

// TransferStatus is what became of one transfer.
type TransferStatus struct {
	EndToEndID   string
	Status       string
	Reason, Text string // code and words; the text at most 105 characters when written
	BankRef      string // AcctSvcrRef, if told
}

const statusRoot = "CstmrPmtStsRpt"

// StatusWriter writes a status message.
type StatusWriter struct {
	encoder
	head   StatusReport
	listed bool
}

// NewStatusWriter begins a status message.
func NewStatusWriter(w io.Writer, head StatusReport) (*StatusWriter, error) {
	s := &StatusWriter{encoder: encoder{w: w}, head: head}
	if head.Created.IsZero() {
		return nil, errors.New("status report: no time of creation")
	}
	s.start(StatusName, statusRoot)
	s.open("GrpHdr")
	s.text("MsgId", head.MsgID, maxID)
	s.moment("CreDtTm", head.Created)
	s.close("GrpHdr")
	s.line()
	s.open("OrgnlGrpInfAndSts")
	s.text("OrgnlMsgId", head.OriginalMsgID, maxID)
	s.text("OrgnlMsgNmId", head.OriginalName, maxID)
	if head.Transfers > 0 {
		s.fixed("OrgnlNbOfTxs", strconv.Itoa(head.Transfers))
		s.fixed("OrgnlCtrlSum", head.Total.String())
	}
	s.optional("GrpSts", head.Status, maxCode)
	s.reason("StsRsnInf", head.Reason, head.Text)
	s.close("OrgnlGrpInfAndSts")
	s.line()
	if head.ListStatus != "" {
		s.list()
	}
	if s.err != nil {
		return nil, fmt.Errorf("status report: %w", s.err)
	}
	return s, nil
}

func (s *StatusWriter) list() {
	s.listed = true
	s.open("OrgnlPmtInfAndSts")
	s.text("OrgnlPmtInfId", s.head.OriginalMsgID, maxID)
	s.optional("PmtInfSts", s.head.ListStatus, maxCode)
	s.line()
}

// reason writes why, under the element's name; nothing when nothing is said.
func (e *encoder) reason(name, code, text string) {
	if code == "" && text == "" {
		return
	}
	e.open(name)
	if code != "" {
		e.open("Rsn")
		e.text("Cd", code, maxCode)
		e.close("Rsn")
	}
	e.optional("AddtlInf", text, maxReason)
	e.close(name)
}

// Write adds a transfer's status.
func (s *StatusWriter) Write(t TransferStatus) error {
	if s.err != nil {
		return s.err
	}
	if !s.listed {
		s.list()
	}
	s.open("TxInfAndSts")
	s.text("OrgnlEndToEndId", t.EndToEndID, maxID)
	s.text("TxSts", t.Status, maxCode)
	s.reason("StsRsnInf", t.Reason, t.Text)
	s.optional("AcctSvcrRef", t.BankRef, maxID)
	s.close("TxInfAndSts")
	s.line()
	s.flush(flushAt)
	if s.err != nil {
		s.err = fmt.Errorf("status of %s: %w", t.EndToEndID, s.err)
	}
	return s.err
}

// Close ends the message.
func (s *StatusWriter) Close() error {
	if s.err != nil {
		return s.err
	}
	if s.listed {
		s.close("OrgnlPmtInfAndSts")
		s.line()
	}
	return s.finish(statusRoot)
}
