package iso20022

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// TestPassedOver: what a bank tells and nobody can use is noted, and the rest counts.
func TestPassedOver(t *testing.T) {
	const ntry, status = "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/", "CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/TxSts"
	batch := "<NtryDtls><Btch><MsgId>M1</MsgId><NbOfTxs>2</NbOfTxs></Btch></NtryDtls><NtryDtls><Btch><MsgId>M2</MsgId><NbOfTxs>3</NbOfTxs></Btch></NtryDtls>"
	for _, c := range []struct {
		what, kind, old, new string
		records              int
		note                 string
	}{
		{"a status outside our list", StatusName, "<TxSts>PDNG<", "<TxSts>ACFC<", 2, "unknown-code " + status},
		{"the order's status, outside our list", StatusName, "<GrpSts>PART</GrpSts>", "<GrpSts>ACIS</GrpSts>", 3, "unknown-code CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts"},
		{"an entry's status outside our list", NotificationName, "<Cd>BOOK</Cd>", "<Cd>BOOKED</Cd>", 5, "unknown-code BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry"},
		{"a booking of nothing", NotificationName, `<Ntry><Amt Ccy="CNY">1000.50</Amt>`, `<Ntry><Amt Ccy="CNY">0.00</Amt>`, 5, "amount BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry"},
		{"a booking in dollars", NotificationName, `<Ntry><Amt Ccy="CNY">1000.50</Amt>`, `<Ntry><Amt Ccy="USD">1000.50</Amt>`, 5, "amount " + ntry + "Amt"},
		{"an account in dollars", StatementName, "<Ccy>CNY</Ccy>", "<Ccy>USD</Ccy>", 0, "unknown-code BkToCstmrStmt/Stmt/Acct/Ccy"},
		{"an amount with its sign", NotificationName, `<Ntry><Amt Ccy="CNY">1000.50</Amt>`, `<Ntry><Amt Ccy="CNY">+1000.50</Amt>`, 6, "amount " + ntry + "Amt"},
		{"the end of a day", NotificationName, "<BookgDt><Dt>2026-02-13</Dt></BookgDt>", "<BookgDt><DtTm>2026-02-13T24:00:00</DtTm></BookgDt>", 6, ""},
		{"several lists of transfers", NotificationName, "</Ntry>", batch + "</Ntry>", 6, "duplicate-in-file " + ntry + "NtryDtls/Btch"},
	} {
		t.Run(c.what, func(t *testing.T) {
			message := good(t)[c.kind]
			odd := bytes.Replace(message, []byte(c.old), []byte(c.new), 1)
			if bytes.Equal(odd, message) {
				t.Fatal("nothing changed")
			}
			records, faults, err := readAny(c.kind, bytes.NewReader(odd), Limits{})
			must(t, err)
			var notes []string
			for _, n := range faults.Notes {
				notes = append(notes, string(n.Code)+" "+n.Field)
			}
			if faults.Total > 0 || records != c.records || (c.note != "") != slices.Contains(notes, c.note) {
				t.Errorf("%d records, faults %v, notes %q", records, faults.List, notes)
			}
		})
	}
}

// TestEncodings: a message in another encoding, which it declares, says the same.
func TestEncodings(t *testing.T) {
	message := string(good(t)[NotificationName])
	want := entriesOf(t, []byte(message))
	for label, e := range map[string]encoding.Encoding{
		"UTF8": nil, "utf_8": nil, "GBK": simplifiedchinese.GBK, "gb2312": simplifiedchinese.GBK, "GB18030": simplifiedchinese.GB18030,
		"UTF-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	} {
		text := strings.Replace(message, `encoding="UTF-8"`, `encoding="`+label+`"`, 1)
		content := []byte(text)
		if e != nil {
			var err error
			content, err = encoding.ReplaceUnsupported(e.NewEncoder()).Bytes([]byte(text))
			must(t, err)
		}
		if got := entriesOf(t, content); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", label, got, want)
		}
	}
	plain := strings.Map(func(r rune) rune {
		if r > 0x7E {
			return 0xE9
		}
		return r
	}, message)
	latin, err := charmap.ISO8859_1.NewEncoder().Bytes([]byte(strings.Replace(plain, "UTF-8", "ISO-8859-1", 1)))
	must(t, err)
	if got := entriesOf(t, latin); !slices.Equal(got, entriesOf(t, []byte(plain))) {
		t.Errorf("ISO-8859-1: %v", got)
	}
}

// entriesOf are the entries of a notification without a fault.
func entriesOf(t *testing.T, content []byte) (list []Entry) {
	t.Helper()
	_, faults, err := ReadNotification(bytes.NewReader(content), Limits{}, func(_ *Statement, e Entry) error {
		list = append(list, e)
		return nil
	})
	if err != nil || faults.Total > 0 {
		t.Errorf("%v, %v", faults.List, err)
	}
	return list
}

// TestAllTexts: what a bank says anywhere of a payment is kept, beside the remittance text.
func TestAllTexts(t *testing.T) {
	const first = `<Ntry><Amt Ccy="CNY">1000.50</Amt>`
	message := string(good(t)[NotificationName])
	at := strings.Index(message, first)
	entry := message[at : at+strings.Index(message[at:], "</Ntry>")]
	told := strings.Replace(entry, "<Refs>", "<Refs><InstrId>I1</InstrId><TxId>T1</TxId><UETR>U1</UETR>", 1)
	told = strings.Replace(told, "</Ustrd>", "</Ustrd><Strd><RfrdDocInf><Nb>D1</Nb></RfrdDocInf><CdtrRefInf><Ref>C1</Ref></CdtrRefInf><AddtlRmtInf>附注</AddtlRmtInf></Strd>", 1)
	told = strings.Replace(told, "</TxDtls>", "<AddtlTxInf>交易附言</AddtlTxInf></TxDtls>", 1) + "<AddtlNtryInf>入账附言</AddtlNtryInf>"
	want := entriesOf(t, []byte(message))
	got := entriesOf(t, []byte(strings.Replace(message, entry, told, 1)))
	if len(got) != len(want) {
		t.Fatalf("%d entries of %d", len(got), len(want))
	}
	want[0].Also, want[0].Refs = "D1 C1 附注 交易附言 入账附言", "I1 T1 U1"
	if got[0] != want[0] {
		t.Errorf("%+v, want %+v", got[0], want[0])
	}
}
