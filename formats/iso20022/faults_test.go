package iso20022

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"carryover/exchange/code"
)

// readAny reads a message with the reader of its kind and counts what is
// handed over.
func readAny(name string, r io.Reader, limits Limits) (records int, faults Faults, err error) {
	switch name {
	case PaymentName:
		_, faults, err = ReadPayment(r, limits, func(*Payment, Transfer) error { records++; return nil })
	case StatusName:
		_, faults, err = ReadStatus(r, limits, func(*StatusReport, TransferStatus) error { records++; return nil })
	case NotificationName:
		_, faults, err = ReadNotification(r, limits, func(*Statement, Entry) error { records++; return nil })
	case StatementName:
		_, faults, err = ReadStatement(r, limits, func(*Statement, Entry) error { records++; return nil })
	}
	return records, faults, err
}

func good(t testing.TB) map[string][]byte {
	return map[string][]byte{
		PaymentName: writePayment(t, 3), StatusName: writeStatus(t),
		NotificationName: writeNotification(t), StatementName: writeStatement(t),
	}
}

// One change to a good message makes one fault, at its place.
func TestOneFault(t *testing.T) {
	for _, c := range []struct {
		what, kind, old, new string
		code                 Code
		field                string
		records              int
	}{
		{"amount with a letter", PaymentName, "1000.50</Inst", "00000123A5</Inst", BadAmount, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt", 2},
		{"exponent", PaymentName, "1000.50</Inst", "1e3</Inst", BadAmount, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt", 2},
		{"sign", PaymentName, "1000.50</Inst", "-5</Inst", BadAmount, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt", 2},
		{"part of a fen", PaymentName, "1000.50</Inst", "1000.501</Inst", BadAmount, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt", 2},
		{"full width", PaymentName, "1000.50</Inst", "１０００.50</Inst", BadAmount, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt", 2},
		{"currency", PaymentName, `Ccy="CNY">1000.50<`, `Ccy="USD">1000.50<`, BadAmount, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt", 2},
		{"sum off by a fen", PaymentName, "<CtrlSum>3001.53</CtrlSum><Init", "<CtrlSum>3001.54</CtrlSum><Init", Total, "CstmrCdtTrfInitn/GrpHdr/CtrlSum", 3},
		{"count", PaymentName, "<NbOfTxs>3</NbOfTxs><CtrlSum>3001.53</CtrlSum><Req", "<NbOfTxs>4</NbOfTxs><CtrlSum>3001.53</CtrlSum><Req", Count, "CstmrCdtTrfInitn/PmtInf/NbOfTxs", 3},
		{"same transfer twice", PaymentName, "31010020260202000002-1-1", "31010020260202000001-1-1", Duplicate, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/PmtId/EndToEndId", 2},
		{"no account", PaymentName, "<CdtrAcct><Id><Othr><Id>310066771018800054321</Id></Othr></Id></CdtrAcct>", "", Missing, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/CdtrAcct/Id", 2},
		{"two accounts", PaymentName, "<Id>310066771018800054321</Id>", "<Id>310066771018800054321</Id><Id>1</Id>", Malformed, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/Id", 2},
		{"impossible day", PaymentName, "<Dt>2026-02-14</Dt>", "<Dt>2026-02-30</Dt>", BadDate, "CstmrCdtTrfInitn/PmtInf/ReqdExctnDt/Dt", 0},
		{"cheque", PaymentName, "<PmtMtd>TRF<", "<PmtMtd>CHK<", UnknownCode, "CstmrCdtTrfInitn/PmtInf/PmtMtd", 0},
		{"text too long", PaymentName, "<EndToEndId>3", "<EndToEndId>333333333333333", TooLong, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/PmtId/EndToEndId", 2},
		{"no transfer id", StatusName, "<OrgnlEndToEndId>31010020260202000003-1-1</OrgnlEndToEndId>", "", Missing, "CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId", 2},
		{"another order", StatusName, "<OrgnlMsgNmId>pain.001.001.09<", "<OrgnlMsgNmId>pain.008.001.08<", UnknownCode, "CstmrPmtStsRpt/OrgnlGrpInfAndSts/OrgnlMsgNmId", 0},
		{"no direction", NotificationName, "<Ntry><Amt Ccy=\"CNY\">1000.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "<Ntry><Amt Ccy=\"CNY\">1000.50</Amt>", Missing, "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/CdtDbtInd", 5},
		{"no booking date", NotificationName, "<BookgDt><Dt>2026-02-13</Dt></BookgDt>", "", Missing, "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/BookgDt", 5},
		{"entry status that makes the balance untrue", StatementName, "<Cd>BOOK</Cd>", "<Cd>BOOKED</Cd>", Total, "BkToCstmrStmt/Stmt/Bal", 5},
		{"closing balance", StatementName, "11300.53", "11300.54", Total, "BkToCstmrStmt/Stmt/Bal", 6},
		{"no opening balance", StatementName, "<Cd>OPBD</Cd>", "<Cd>OPAV</Cd>", Missing, "BkToCstmrStmt/Stmt/Bal", 6},
		{"other version", PaymentName, "pain.001.001.09", "pain.001.001.12", WrongVersion, "", 0},
		{"other message", StatusName, "pain.002.001.10", "pain.001.001.09", WrongKind, "", 0},
		{"cut off", NotificationName, "</Document>", "", Unreadable, "", 6},
		{"cut off inside", StatementName, "</Stmt>\n</BkToCstmrStmt></Document>\n", "", Unreadable, "BkToCstmrStmt/Stmt", 6},
		{"doctype", PaymentName, "<Document", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Document", Unreadable, "", 0},
		{"entity", PaymentName, "买买提", "&bomb;", Unreadable, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/RmtInf/Ustrd", 0},
		{"encoding that the bytes are not", StatusName, `encoding="UTF-8"`, `encoding="GBK"`, Unreadable, "", 0},
		{"encoding that is not read", StatusName, `encoding="UTF-8"`, `encoding="Big5"`, Unreadable, "", 0},
		{"broken bytes", StatusName, "账号不存在", "\xb2\xe2", Unreadable, "CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/AddtlInf", 1},
		{"trailer", StatusName, "</Document>", "</Document><Document/>", Unreadable, "", 3},
	} {
		t.Run(c.what, func(t *testing.T) {
			message := good(t)[c.kind]
			bad := bytes.Replace(message, []byte(c.old), []byte(c.new), 1)
			if bytes.Equal(bad, message) {
				t.Fatal("nothing changed")
			}
			records, faults, err := readAny(c.kind, bytes.NewReader(bad), Limits{})
			must(t, err)
			// A wrong amount also spoils the proof of the sum.
			if n := len(faults.List); n == 0 || (n > 1 && !proofs(faults.List[1:])) {
				t.Fatalf("faults: %v", faults.List)
			}
			f := faults.List[0]
			if f.Code != c.code || f.Field != c.field || records != c.records || f.Line < 1 || f.Column < 1 {
				t.Errorf("got %v with %d records, want %s at %s with %d", f, records, c.code, c.field, c.records)
			}
		})
	}
}

// Every code of a fault is one of the closed lists.
func TestCodes(t *testing.T) {
	for _, c := range []Code{
		Unreadable, WrongKind, WrongVersion, TooLarge, Count, Total, Missing,
		Malformed, TooLong, UnknownCode, BadDate, BadAmount, Duplicate,
	} {
		if !code.Faults().Known(string(c)) {
			t.Errorf("%s is on no list", c)
		}
	}
}

func proofs(faults []Fault) bool {
	for _, f := range faults {
		if f.Code != Total && f.Code != Missing {
			return false
		}
	}
	return true
}

// What the schemas allow and Carryover does not need changes nothing.
func TestTolerance(t *testing.T) {
	for _, c := range []struct{ what, kind, old, new string }{
		{"comment", StatusName, "<GrpHdr>", "<!-- made by a bank --><GrpHdr>"},
		{"byte order mark", NotificationName, "<?xml", "\ufeff<?xml"},
		{"line ends", NotificationName, "<Ntry>", "\r\n\t<Ntry>\r\n  "},
		{"spaces in a text", NotificationName, "<Cd>BOOK</Cd>", "<Cd>\n BOOK </Cd>"},
		{"unknown element", NotificationName, "<NtryDtls>", "<AddtlInfInd><MsgNmId>x</MsgNmId></AddtlInfInd><NtryDtls>"},
		{"element of another namespace", NotificationName, "<NtryDtls>", `<b:Amt xmlns:b="urn:bank">7</b:Amt><NtryDtls>`},
		{"empty optional element", StatusName, "<TxSts>PDNG", "<AcctSvcrRef/><TxSts>PDNG"},
		{"amount without decimals", StatementName, "<Amt Ccy=\"CNY\">50.00<", "<Amt Ccy=\"CNY\">50<"},
		{"amount with five", StatementName, "<Amt Ccy=\"CNY\">50.00<", "<Amt Ccy=\"CNY\">050.00000<"},
		{"time instead of a date", StatementName, "<BookgDt><Dt>2026-02-13</Dt>", "<BookgDt><DtTm>2026-02-13T09:00:00</DtTm>"},
		{"date with a zone", StatementName, "<BookgDt><Dt>2026-02-13</Dt>", "<BookgDt><Dt>2026-02-13+08:00</Dt>"},
		{"available balance", StatementName, "<Bal>", "<Bal><Tp><CdOrPrtry><Cd>CLAV</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-13</Dt></Dt></Bal><Bal>"},
		{"number of entries", StatementName, "<Ntry>", "<TxsSummry><TtlNtries><NbOfNtries>5</NbOfNtries></TtlNtries></TxsSummry><Ntry>"},
		{"CDATA", StatusName, "账号不存在", "<![CDATA[账号不存在]]>"},
	} {
		t.Run(c.what, func(t *testing.T) {
			message := good(t)[c.kind]
			changed := bytes.Replace(message, []byte(c.old), []byte(c.new), 1)
			if bytes.Equal(changed, message) {
				t.Fatal("nothing changed")
			}
			want, _, _ := readAny(c.kind, bytes.NewReader(message), Limits{})
			got, faults, err := readAny(c.kind, bytes.NewReader(changed), Limits{})
			clean(t, faults, err)
			if got != want {
				t.Errorf("%d records, want %d", got, want)
			}
		})
	}
}

// A message whose elements all carry a prefix is the same message.
func TestPrefix(t *testing.T) {
	for name, message := range good(t) {
		s := strings.ReplaceAll(string(message), "</", "</d:")
		s = strings.ReplaceAll(s, "<", "<d:")
		s = strings.ReplaceAll(s, "<d:/d:", "</d:")
		s = strings.ReplaceAll(s, "<d:?xml", "<?xml")
		s = strings.Replace(s, "xmlns=", "xmlns:d=", 1)
		want, _, _ := readAny(name, bytes.NewReader(message), Limits{})
		got, faults, err := readAny(name, strings.NewReader(s), Limits{})
		clean(t, faults, err)
		if got != want {
			t.Errorf("%s: %d records, want %d", name, got, want)
		}
	}
}

// Each limit stops the reading with a fault.
func TestLimits(t *testing.T) {
	for name, message := range good(t) {
		for what, limits := range map[string]Limits{
			"bytes": {Bytes: 700}, "token": {Token: 30}, "depth": {Depth: 2}, "records": {Records: 1},
		} {
			_, faults, err := readAny(name, bytes.NewReader(message), limits)
			if err != nil || faults.Total == 0 || faults.List[len(faults.List)-1].Code != TooLarge {
				t.Errorf("%s %s: %v %v", name, what, err, faults.List)
			}
		}
	}
}

// endless is a text, or a heap of elements, without an end.
type endless struct {
	head, again string
	sent        int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for n < len(p) {
		n += copy(p[n:], e.again[int(e.sent)%len(e.again):])
		e.sent++
	}
	return n, nil
}

// Endless texts, tags, depths and records end at a limit.
func TestEndless(t *testing.T) {
	root := `<Document xmlns="` + namespace + StatusName + `"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>`
	for what, again := range map[string]string{
		"text": "a", "depth": "<a>", "elements": "<a/>", "spaces": " ", "attributes": ` a="1"`,
	} {
		head := root
		if what == "attributes" {
			head += "<TxInfAndSts"
		}
		if what == "text" {
			head += "<TxInfAndSts><OrgnlEndToEndId>"
		}
		_, faults, err := readAny(StatusName, &endless{head: head, again: again}, Limits{Bytes: 1 << 20})
		if err != nil || faults.Total == 0 || len(faults.List) > keptFaults {
			t.Errorf("%s: %v %d", what, err, faults.Total)
		}
	}
}

// The reader's own error and that of the function come back as they are.
func TestErrors(t *testing.T) {
	broken, refused := errors.New("line broken"), errors.New("not mine")
	for name, message := range good(t) {
		r := io.MultiReader(bytes.NewReader(message[:len(message)-20]), iotest.ErrReader(broken))
		if _, _, err := readAny(name, r, Limits{}); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err := ReadStatus(bytes.NewReader(writeStatus(t)), Limits{}, func(*StatusReport, TransferStatus) error { return refused })
	if !errors.Is(err, refused) {
		t.Error(err)
	}
}
