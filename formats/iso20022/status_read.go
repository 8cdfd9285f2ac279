package iso20022

import (
	"io"
	"strings"
)

type statusReader struct {
	*scanner
	head  StatusReport
	lists int
	count int
	other int // statuses outside our list, which were noted
	codes []string
	each  func(*StatusReport, TransferStatus) error
}

// ReadStatus reads what a bank says became of an order. The order's own
// status is known when each is called, because it stands first.
func ReadStatus(r io.Reader, limits Limits, each func(*StatusReport, TransferStatus) error) (StatusReport, Faults, error) {
	s := &statusReader{scanner: newScanner(r, limits), codes: statusCodes(), each: each}
	err := s.message(StatusName, statusRoot, func(name string) error {
		switch name {
		case "GrpHdr":
			return s.children(s.group)
		case "OrgnlGrpInfAndSts":
			return s.children(s.original)
		case "OrgnlPmtInfAndSts":
			if s.lists++; s.lists > 1 {
				s.fault(Malformed, "more than one list of transfers")
				return s.skip()
			}
			return s.children(s.list)
		}
		return s.skip()
	})
	s.record = 0
	if err == nil && s.count == 0 {
		s.path = append(s.path, statusRoot)
		s.headComplete()
		s.decided()
	}
	return s.head, s.faults, ended(err)
}

func (s *statusReader) group(name string) error {
	switch name {
	case "MsgId":
		return s.text(&s.head.MsgID, maxID)
	case "CreDtTm":
		return s.moment(&s.head.Created)
	}
	return s.skip()
}

func (s *statusReader) original(name string) error {
	switch name {
	case "OrgnlMsgId":
		return s.text(&s.head.OriginalMsgID, maxID)
	case "OrgnlMsgNmId":
		return s.text(&s.head.OriginalName, maxID)
	case "OrgnlNbOfTxs":
		return s.number(&s.head.Transfers)
	case "OrgnlCtrlSum":
		return s.sum(&s.head.Total)
	case "GrpSts":
		return s.status(&s.head.Status)
	case "StsRsnInf":
		return s.reason(&s.head.Reason, &s.head.Text)
	}
	return s.skip()
}

func (s *statusReader) list(name string) error {
	switch name {
	case "PmtInfSts":
		return s.status(&s.head.ListStatus)
	case "StsRsnInf":
		return s.reason(&s.head.Reason, &s.head.Text)
	case "TxInfAndSts":
		return s.transfer()
	}
	return s.skip()
}

func (s *statusReader) transfer() error {
	if s.count == 0 {
		s.at(1, s.headComplete)
	}
	if s.count++; s.count > s.limits.Records {
		return s.stop(TooLarge, "too many transfers")
	}
	s.record = s.count
	before, others := s.faults.Total, s.other
	var t TransferStatus
	err := s.children(func(name string) error {
		switch name {
		case "OrgnlEndToEndId":
			return s.text(&t.EndToEndID, maxID)
		case "TxSts":
			return s.status(&t.Status)
		case "StsRsnInf":
			return s.reason(&t.Reason, &t.Text)
		case "AcctSvcrRef":
			return s.text(&t.BankRef, maxID)
		}
		return s.skip()
	})
	if err != nil {
		return err
	}
	s.require("OrgnlEndToEndId", t.EndToEndID)
	if s.other > others {
		return nil
	}
	if s.faults.Total == before && t.Status == "" {
		s.faultAt("TxSts", Missing, "required")
	}
	if !s.sound(before) {
		return nil
	}
	return s.each(&s.head, t)
}

// status reads one of our list; another one is noted and says nothing.
func (s *statusReader) status(dst *string) error {
	var other string
	err := s.listed(dst, &other, s.codes)
	if other != "" {
		s.other++
		s.note(UnknownCode, quoted(other)+" is passed over")
	}
	return err
}

// reason reads a code, the scheme's or the bank's own, and words; several
// stand behind one another.
func (x *scanner) reason(code, text *string) error {
	return x.children(func(name string) error {
		switch name {
		case "Rsn":
			return x.children(func(kind string) error {
				if kind != "Cd" && kind != "Prtry" {
					return x.skip()
				}
				return x.joined(code, maxID)
			})
		case "AddtlInf":
			return x.joined(text, maxReason)
		}
		return x.skip()
	})
}

// headComplete records what the head lacks, before the first transfer or,
// without one, at the end.
func (s *statusReader) headComplete() {
	s.require("GrpHdr/MsgId", s.head.MsgID, "OrgnlGrpInfAndSts/OrgnlMsgId", s.head.OriginalMsgID)
	if s.head.Created.IsZero() {
		s.faultAt("GrpHdr/CreDtTm", Missing, "required")
	}
	if n := s.head.OriginalName; n != "" && !strings.HasPrefix(n, "pain.001") {
		s.faultAt("OrgnlGrpInfAndSts/OrgnlMsgNmId", UnknownCode, quoted(n))
	}
}

// decided demands a status in the head when no transfer has one.
func (s *statusReader) decided() {
	if s.head.Status == "" && s.head.ListStatus == "" && s.other == 0 {
		s.faultAt("OrgnlGrpInfAndSts/GrpSts", Missing, "no status at any level")
	}
}
