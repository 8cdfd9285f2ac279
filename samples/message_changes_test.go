package samples

import (
	"bytes"
	"io"
	"testing"

	"carryover/exchange/code"
	"carryover/formats/iso20022"
)

// messageChange makes a bad bank message out of the good one by replacing a
// text once.
type messageChange struct {
	kind, name string
	old, with  string
	code       iso20022.Code
	line       int
	field      string
	about      string
}

// readMessage reads a bank message of a kind and returns its faults.
func readMessage(t testing.TB, kind string, file []byte) iso20022.Faults {
	t.Helper()
	var (
		faults iso20022.Faults
		err    error
		src    io.Reader = bytes.NewReader(file)
		limits iso20022.Limits
	)
	switch kind {
	case iso20022.PaymentName:
		_, faults, err = iso20022.ReadPayment(src, limits, func(*iso20022.Payment, iso20022.Transfer) error { return nil })
	case iso20022.StatusName:
		_, faults, err = iso20022.ReadStatus(src, limits, func(*iso20022.StatusReport, iso20022.TransferStatus) error { return nil })
	case iso20022.NotificationName:
		_, faults, err = iso20022.ReadNotification(src, limits, func(*iso20022.Statement, iso20022.Entry) error { return nil })
	case iso20022.StatementName:
		_, faults, err = iso20022.ReadStatement(src, limits, func(*iso20022.Statement, iso20022.Entry) error { return nil })
	default:
		t.Fatalf("no message %s", kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

func messageKinds() []string {
	return []string{iso20022.PaymentName, iso20022.StatusName, iso20022.NotificationName, iso20022.StatementName}
}

// everyMessage are the changes that each of the four messages is given; end
// is the line that the good one ends in.
func everyMessage(kind string, end int) []messageChange {
	return []messageChange{
		{kind, "truncated", "</Document>\n", "", iso20022.Unreadable, end, "", "文件不完整 / cut off"},
		{kind, "version-other", kind, kind[:len(kind)-2] + "99", iso20022.WrongVersion, 2, "", "另一版本 / another version"},
		{kind, "not-iso20022", "urn:iso:std:iso:20022:tech:xsd:", "urn:bank:", iso20022.WrongKind, 2, "", "不是 ISO 20022 报文 / no ISO 20022 message"},
		{kind, "encoding-gbk", `encoding="UTF-8"`, `encoding="GBK"`, iso20022.Unreadable, 1, "", "不是 UTF-8 / declares GBK"},
		{kind, "entity-external", "<Document", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>\n<Document", iso20022.Unreadable, 2, "", "外部实体 / declares an external entity"},
		{kind, "behind-the-end", "</Document>\n", "</Document>\n<Document/>\n", iso20022.Unreadable, end + 1, "", "结束后还有内容 / more behind the end"},
	}
}

func messageChanges(goods map[string][]byte) []messageChange {
	const (
		pay, sts, ntf, stm = iso20022.PaymentName, iso20022.StatusName, iso20022.NotificationName, iso20022.StatementName
		tx                 = "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/"
	)
	var list []messageChange
	for _, kind := range messageKinds() {
		list = append(list, everyMessage(kind, bytes.Count(goods[kind], []byte("\n")))...)
	}
	return append(list,
		messageChange{pay, "sum-wrong", "<CtrlSum>18565.41</CtrlSum><Init", "<CtrlSum>18565.42</CtrlSum><Init", iso20022.Total, 11, "CstmrCdtTrfInitn/GrpHdr/CtrlSum", "总额差一分 / the control sum is off by a fen"},
		messageChange{pay, "count-wrong", "<NbOfTxs>2</NbOfTxs><CtrlSum>18565.41</CtrlSum><Req", "<NbOfTxs>3</NbOfTxs><CtrlSum>18565.41</CtrlSum><Req", iso20022.Count, 11, "CstmrCdtTrfInitn/PmtInf/NbOfTxs", "笔数不符 / another number of transfers"},
		messageChange{pay, "transfer-twice", "31010020260303000001-2-1", "31010020260303000001-1-1", iso20022.Duplicate, 7, tx + "PmtId/EndToEndId", "同一付款编号出现两次 / one reference twice"},
		messageChange{pay, "account-missing", "<CdtrAcct><Id><Othr><Id>110231010020000018</Id></Othr></Id></CdtrAcct>", "", iso20022.Missing, 6, tx + "CdtrAcct/Id", "没有收款账号 / no account to pay to"},
		messageChange{sts, "reference-missing", "<OrgnlEndToEndId>31010020260303000001-1-1</OrgnlEndToEndId>", "", iso20022.Missing, 7, "CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId", "未写付款编号 / the status of no transfer"},
		messageChange{ntf, "direction-missing", "<Amt Ccy=\"CNY\">18565.40</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Amt Ccy=\"CNY\">18565.40</Amt><Sts>", iso20022.Missing, 6, "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/CdtDbtInd", "未写借贷方向 / neither debit nor credit"},
		messageChange{ntf, "amount-exponent", `</Refs><Amt Ccy="CNY">18565.40`, `</Refs><Amt Ccy="CNY">1.85654e4`, iso20022.BadAmount, 6, "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/Amt", "金额用科学计数法 / an amount with an exponent"},
		messageChange{ntf, "date-impossible", "<BookgDt><Dt>2026-03-16</Dt>", "<BookgDt><Dt>2026-02-30</Dt>", iso20022.BadDate, 6, "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/BookgDt/Dt", "日期不存在 / a day that does not exist"},
		messageChange{ntf, "booking-date-missing", "<BookgDt><Dt>2026-03-16</Dt></BookgDt>", "", iso20022.Missing, 6, "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/BookgDt", "未写记账日期 / booked on no day"},
		messageChange{stm, "closing-balance-wrong", "981522.60", "981522.61", iso20022.Total, 10, "BkToCstmrStmt/Stmt/Bal", "期末余额与明细不符 / the entries make another closing balance"},
		messageChange{stm, "opening-balance-missing", "<Cd>OPBD</Cd>", "<Cd>OPAV</Cd>", iso20022.Missing, 10, "BkToCstmrStmt/Stmt/Bal", "没有期初余额 / no opening balance"},
	)
}

func (c messageChange) build(t testing.TB, good []byte) []byte {
	t.Helper()
	if !bytes.Contains(good, []byte(c.old)) {
		t.Fatalf("%s/%s: %q is not in the good message", c.kind, c.name, c.old)
	}
	return bytes.Replace(good, []byte(c.old), []byte(c.with), 1)
}

func (c messageChange) vector() Vector {
	v := messageVector(c.kind, c.name, c.about)
	v.Verdict, v.Line, v.Field, v.Code, v.MadeBy = code.FileRejected, c.line, c.field, code.Fault(c.code), "go"
	return v
}

func messageVector(kind, name, about string) Vector {
	return Vector{
		File: kind + "/" + name + ".xml", Kind: kind, Carrier: XML, Encoding: "utf-8", Needs: NeedsFile,
		Verdict: code.FileAccepted, MadeBy: "python", About: about,
	}
}
