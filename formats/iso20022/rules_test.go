package iso20022

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange/money"
)

// told are the faults of a message, each as "code field", and how many records
// were handed over.
func told(t *testing.T, kind, message string, limits Limits) (faults []string, records int) {
	t.Helper()
	records, all, err := readAny(kind, strings.NewReader(message), limits)
	must(t, err)
	for _, f := range all.List {
		faults = append(faults, string(f.Code)+" "+f.Field)
	}
	return faults, records
}

// Each change to a good message makes exactly these faults: what a head lacks
// is told once, however many records follow.
func TestFaultsOfOneChange(t *testing.T) {
	const (
		order  = "CstmrCdtTrfInitn/"
		status = "CstmrPmtStsRpt/"
		stmt   = "BkToCstmrStmt/"
		entry  = "BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/"
		part   = `<Ntry><Amt Ccy="CNY">300.03</Amt>`
		second = `<Amt Ccy="CNY">200.02</Amt><CdtDbtInd>CRDT</CdtDbtInd>`
		out    = `<Ntry><Amt Ccy="CNY">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>`
		outer  = `<Refs><MsgId>PAY1</MsgId>`
	)
	charges := func(amount, direction string) string {
		return `<Chrgs><Rcrd><Amt Ccy="CNY">` + amount + `</Amt><CdtDbtInd>` + direction + `</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>`
	}
	for _, c := range []struct {
		what, kind, old, new string
		records              int
		faults               []string
	}{
		{"order without a number", PaymentName, "<MsgId>PAY320500202602130001</MsgId>", "", 0, []string{"missing " + order + "GrpHdr/MsgId"}},
		{"second list", PaymentName, "</PmtInf>", "</PmtInf><PmtInf><PmtMtd>TRF</PmtMtd></PmtInf>", 3, []string{"malformed " + order + "PmtInf"}},
		{"bank by name", PaymentName, "<ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>301290000007</MmbId></ClrSysMmbId>", "", 3, nil},
		{"bank by number", PaymentName, "<Nm>交通银行上海分行</Nm>", "", 3, nil},
		{"nothing to pay", PaymentName, "1000.50</Inst", "0.00</Inst", 2, []string{"amount " + order + "PmtInf/CdtTrfTxInf/Amt/InstdAmt", "total " + order + "GrpHdr/CtrlSum", "total " + order + "PmtInf/CtrlSum"}},
		{"list without its sum", PaymentName, "<CtrlSum>3001.53</CtrlSum><Req", "<Req", 3, nil},
		{"list with another sum", PaymentName, "<CtrlSum>3001.53</CtrlSum><Req", "<CtrlSum>3001.52</CtrlSum><Req", 3, []string{"total " + order + "PmtInf/CtrlSum"}},
		{"status without a number", StatusName, "<MsgId>STS1</MsgId>", "", 0, []string{"missing " + status + "GrpHdr/MsgId"}},
		{"second list of statuses", StatusName, "</OrgnlPmtInfAndSts>", "</OrgnlPmtInfAndSts><OrgnlPmtInfAndSts/>", 3, []string{"malformed " + status + "OrgnlPmtInfAndSts"}},
		{"transfer without a status", StatusName, "<TxSts>PDNG</TxSts>", "", 2, []string{"missing " + status + "OrgnlPmtInfAndSts/TxInfAndSts/TxSts"}},
		{"element in a text", StatusName, "<MsgId>STS1</MsgId>", "<MsgId>ST<b>x<c/></b>S1</MsgId>", 0, []string{"malformed " + status + "GrpHdr/MsgId"}},
		{"statement without an account", StatementName, "<Id>310066771018800054321</Id>", "", 0, []string{"missing " + stmt + "Stmt/Acct/Id"}},
		{"nothing booked", NotificationName, out, strings.Replace(out, "50.00", "0.00", 1), 5, nil},
		{"part without a direction", NotificationName, second, strings.Replace(second, "<CdtDbtInd>CRDT</CdtDbtInd>", "", 1), 6, nil},
		{"part of another direction", NotificationName, second, strings.Replace(second, "CRDT", "DBIT", 1), 4, []string{"malformed " + entry + "NtryDtls/TxDtls/CdtDbtInd"}},
		{"part without an amount", NotificationName, second, strings.TrimPrefix(second, `<Amt Ccy="CNY">200.02</Amt>`), 5, nil},
		{"all of it in charges", NotificationName, out, out + charges("50.00", "DBIT"), 5, []string{"amount " + entry + "Chrgs"}},
		{"more than it in charges", NotificationName, out, out + charges("60.00", "DBIT"), 5, []string{"amount " + entry + "Chrgs"}},
		{"charges given back", NotificationName, out, out + charges("1.00", "CRDT"), 5, []string{"amount " + entry + "Chrgs"}},
		{"a list of 3 whose order is told", NotificationName, outer, outer + "<InstrId>7</InstrId>", 6, nil},
		{"only part without an amount", NotificationName, `<Amt Ccy="CNY">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RltdPties>`, `<CdtDbtInd>DBIT</CdtDbtInd><RltdPties>`, 6, nil},
		{"flag in digits", NotificationName, out, out + strings.Replace(charges("1.00", "DBIT"), "true", "0", 1), 6, nil},
		{"flag in words", NotificationName, out, out + strings.Replace(charges("1.00", "DBIT"), "true", "false", 1), 6, nil},
		{"flag set in digits", NotificationName, out, out + strings.Replace(charges("50.00", "DBIT"), "true", "1", 1), 5, []string{"amount " + entry + "Chrgs"}},
		{"no flag", NotificationName, out, out + strings.Replace(charges("1.00", "DBIT"), "true", "yes", 1), 5, []string{"malformed " + entry + "Chrgs/Rcrd/ChrgInclInd"}},
		{"day in UTC", StatementName, "<BookgDt><Dt>2026-02-13</Dt>", "<BookgDt><Dt>2026-02-13Z</Dt>", 6, nil},
		{"day in no zone", StatementName, "<BookgDt><Dt>2026-02-13</Dt>", "<BookgDt><Dt>2026-02-13X</Dt>", 5, []string{"impossible-date " + stmt + "Stmt/Ntry/BookgDt/Dt"}},
	} {
		message := string(good(t)[c.kind])
		changed := strings.Replace(message, c.old, c.new, 1)
		if changed == message {
			t.Errorf("%s: nothing changed", c.what)
		}
		if faults, records := told(t, c.kind, changed, Limits{}); !slices.Equal(faults, c.faults) || records != c.records {
			t.Errorf("%s: %d records, %q\nwant %d, %q", c.what, records, faults, c.records, c.faults)
		}
	}
}

// An account without entries tells what its head lacks as well, once.
func TestHeadWithoutEntries(t *testing.T) {
	message := string(writeStatement(t))
	begin, end := strings.Index(message, "<Ntry>"), strings.LastIndex(message, "</Ntry>")+len("</Ntry>")
	empty := message[:begin] + message[end:]
	for _, c := range []struct {
		old  string
		want []string
	}{
		{"", []string{"total BkToCstmrStmt/Stmt/Bal"}},
		{"<MsgId>NTF1</MsgId>", []string{"missing BkToCstmrStmt/GrpHdr/MsgId", "total BkToCstmrStmt/Stmt/Bal"}},
	} {
		if faults, _ := told(t, StatementName, strings.Replace(empty, c.old, "", 1), Limits{}); !slices.Equal(faults, c.want) {
			t.Errorf("without %q: %q", c.old, faults)
		}
	}
}

// What is as large as a limit is read, what is larger by one is refused.
func TestRecordsAtTheLimit(t *testing.T) {
	for kind, records := range map[string]int{PaymentName: 3, StatusName: 3, StatementName: 6, NotificationName: 6} { // a booking counts as its parts
		if faults, _ := told(t, kind, string(good(t)[kind]), Limits{Records: records}); faults != nil {
			t.Errorf("%s, %d records: %q", kind, records, faults)
		}
		if faults, _ := told(t, kind, string(good(t)[kind]), Limits{Records: records - 1}); len(faults) == 0 || !strings.HasPrefix(faults[0], "too-large") {
			t.Errorf("%s, %d records at most: %q", kind, records-1, faults)
		}
	}
	message := string(writeNotification(t))
	last := strings.LastIndex(message, "<Ntry>")
	message = message[:last] + message[strings.LastIndex(message, "</Ntry>")+len("</Ntry>"):]
	if faults, records := told(t, NotificationName, message, Limits{Records: 4}); faults != nil || records != 4 {
		t.Errorf("4 single bookings: %d, %q", records, faults)
	}
	if faults, records := told(t, NotificationName, message, Limits{Records: 3}); len(faults) != 1 || records != 3 {
		t.Errorf("4 single bookings, 3 at most: %d, %q", records, faults)
	}
	for parts, tooMany := range map[int]bool{6: false, 7: true} {
		booking := strings.Replace(string(writeNotification(t)), "<TxDtls>", strings.Repeat("<TxDtls></TxDtls>", parts-1)+"<TxDtls>", 1)
		faults, _ := told(t, NotificationName, booking, Limits{Records: 6})
		if got := len(faults) > 0 && strings.HasPrefix(faults[0], "too-large"); got != tooMany {
			t.Errorf("%d parts in the first booking: %q", parts, faults)
		}
	}
	for _, c := range []struct {
		what, text string
		limits     Limits
		want       string
	}{
		{"depth", "<A><B><C/></B></A>", Limits{Depth: 15}, ""},
		{"depth", "<A><B><C><D/></C></B></A>", Limits{Depth: 6}, "too-large CstmrPmtStsRpt/GrpHdr/A"},
		{"depth", "<A><B><C/></B></A>", Limits{Depth: 6}, ""},
		{"token", "<MsgId><![CDATA[" + strings.Repeat("x", 100) + "]]><![CDATA[" + strings.Repeat("x", 100) + "]]></MsgId>", Limits{Token: 200}, "too-long CstmrPmtStsRpt/GrpHdr/MsgId"},
		{"token", "<MsgId><![CDATA[" + strings.Repeat("x", 100) + "]]><![CDATA[" + strings.Repeat("x", 101) + "]]></MsgId>", Limits{Token: 200}, "too-large CstmrPmtStsRpt/GrpHdr/MsgId"},
	} {
		message := string(writeStatus(t))
		if strings.HasPrefix(c.text, "<MsgId>") {
			message = strings.Replace(message, "<MsgId>STS1</MsgId>", c.text, 1)
		} else {
			message = strings.Replace(message, "<GrpHdr>", "<GrpHdr>"+c.text, 1)
		}
		faults, _ := told(t, StatusName, message, c.limits)
		if c.want == "" && faults != nil || c.want != "" && !slices.Contains(faults, c.want) {
			t.Errorf("%s %+v: %q, want %s", c.what, c.limits, faults, c.want)
		}
	}
}

// The meter gives as many bytes as it was told, by either way of reading.
func TestMeter(t *testing.T) {
	for _, c := range []struct {
		token int
		left  int64
		want  error
	}{{3, 9, errToken}, {9, 3, errBytes}, {9, 9, io.EOF}} {
		for _, read := range []func(*meter) (byte, error){
			(*meter).ReadByte,
			func(m *meter) (byte, error) {
				var b [1]byte
				n, err := m.Read(b[:])
				if (n == 1) == (err != nil) {
					t.Errorf("%d bytes and %v", n, err)
				}
				return b[0], err
			},
		} {
			m := newScanner(strings.NewReader("abc"), Limits{}).src
			m.token, m.left = c.token, c.left
			for _, want := range []byte("abc") {
				if got, err := read(m); got != want || err != nil {
					t.Errorf("%q %v", got, err)
				}
			}
			if _, err := read(m); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		}
	}
	if n, err := newScanner(strings.NewReader("abc"), Limits{}).src.Read(nil); n != 0 || err != nil {
		t.Error(n, err)
	}
}

// A balance at the beginning of a page, or of the day before, stands for what is not told.
func TestBalancesThatStandIn(t *testing.T) {
	bal := func(kind string, day, fen int) string {
		return fmt.Sprintf(`<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-%02d</Dt></Dt></Bal>`, kind, money.Fen(fen), day)
	}
	page := func(n int, last bool) string {
		return fmt.Sprintf(`<StmtPgntn><PgNb>%d</PgNb><LastPgInd>%v</LastPgInd></StmtPgntn>`, n, last)
	}
	const missing = "missing BkToCstmrStmt/Stmt/Bal"
	for _, c := range []struct {
		what, pages, balances string
		faults                []string
		opening, closing      int
		from                  string
	}{
		{"whole", "", bal("OPBD", 13, 100) + bal("CLBD", 13, 100), nil, 100, 100, "2026-02-13"},
		{"the day before", "", bal("PRCD", 12, 100) + bal("CLBD", 13, 100), nil, 100, 100, "2026-02-13"},
		{"the day before, and this", "", bal("OPBD", 13, 100) + bal("PRCD", 12, 90) + bal("CLBD", 13, 100), nil, 100, 100, "2026-02-13"},
		{"this, and the day before", "", bal("PRCD", 12, 90) + bal("OPBD", 13, 100) + bal("CLBD", 13, 100), nil, 100, 100, "2026-02-13"},
		{"interim but no page", "", bal("ITBD", 13, 100) + bal("ITBD", 13, 100), []string{missing}, 0, 0, ""},
		{"first page", page(1, false), bal("OPBD", 13, 100) + bal("ITBD", 13, 100), nil, 100, 100, "2026-02-13"},
		{"first page cannot begin within", page(1, false), bal("ITBD", 13, 100) + bal("ITBD", 13, 100), []string{missing}, 0, 100, ""},
		{"page between", page(2, false), bal("ITBD", 13, 70) + bal("ITBD", 13, 70) + bal("ITBD", 13, 90), nil, 70, 70, ""},
		{"last page", page(3, true), bal("ITBD", 13, 100) + bal("CLBD", 13, 100), nil, 100, 100, ""},
		{"last page cannot end within", page(3, true), bal("ITBD", 13, 100) + bal("ITBD", 13, 100), []string{missing}, 100, 0, ""},
		{"only page cannot end within", page(1, true), bal("OPBD", 13, 100) + bal("ITBD", 13, 100), []string{missing}, 100, 0, "2026-02-13"},
		{"its own opening counts", page(2, false), bal("OPBD", 13, 100) + bal("ITBD", 13, 70) + bal("ITBD", 13, 100), nil, 100, 100, "2026-02-13"},
		{"its own closing counts", page(2, false), bal("ITBD", 13, 100) + bal("ITBD", 13, 70) + bal("CLBD", 13, 100), nil, 100, 100, ""},
		{"page without balances", page(2, false), "", []string{missing}, 0, 0, ""},
		{"no direction", "", strings.Replace(bal("OPBD", 13, 100), "<CdtDbtInd>CRDT</CdtDbtInd>", "", 1) + bal("CLBD", 13, 100), []string{"missing BkToCstmrStmt/Stmt/Bal/CdtDbtInd"}, 100, 100, "2026-02-13"},
		{"two closings", "", bal("OPBD", 13, 100) + bal("CLBD", 13, 100) + bal("CLBD", 13, 100), nil, 100, 100, "2026-02-13"},
		{"two closings of which the second is explained", "", bal("OPBD", 13, 100) + bal("CLBD", 13, 120) + bal("CLBD", 13, 100), nil, 100, 100, "2026-02-13"},
		{"two closings that nothing explains", "", bal("OPBD", 13, 100) + bal("CLBD", 13, 120) + bal("CLBD", 13, 130), []string{"total BkToCstmrStmt/Stmt/Bal"}, 100, 120, "2026-02-13"},
	} {
		message := string(writeStatement(t))
		message = message[:strings.Index(message, "<Bal>")] + c.balances + message[strings.LastIndex(message, "</Ntry>")+len("</Ntry>"):]
		message = strings.Replace(message, "<Acct>", c.pages+"<Acct>", 1)
		faults, _ := told(t, StatementName, message, Limits{})
		if !slices.Equal(faults, c.faults) {
			t.Errorf("%s: %q, want %q", c.what, faults, c.faults)
		}
		heads, _, err := ReadStatement(strings.NewReader(message), Limits{}, func(*Statement, Entry) error { return nil })
		must(t, err)
		from := ""
		if heads[0].From != 0 {
			from = heads[0].From.String()
		}
		if h := heads[0]; int(h.Opening.Amount) != c.opening || int(h.Closing.Amount) != c.closing || from != c.from {
			t.Errorf("%s: from %s, %s to %s", c.what, from, h.Opening.Amount, h.Closing.Amount)
		}
	}
}

// The other side of a booking is the one that is not ours.
func TestOther(t *testing.T) {
	ours, theirs, nobody := Account{Name: "a", Number: "1"}, Account{Name: "b", Number: "2"}, Account{}
	for _, c := range []struct {
		payee, payer Account
		credit       bool
		want         Account
	}{
		{theirs, ours, false, theirs},
		{ours, theirs, true, theirs},
		{ours, theirs, false, theirs}, // told the wrong way round
		{nobody, theirs, false, theirs},
		{nobody, ours, false, nobody}, // ours is nobody's other side
		{ours, nobody, false, ours},
		{theirs, Account{Name: "c", Number: "3"}, false, theirs},
		{ours, ours, false, ours},
	} {
		if got := other(detail{payee: c.payee, payer: c.payer}, c.credit, "1"); got != c.want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// Elements that may be left out are left out.
func TestWritesNothingOfNothing(t *testing.T) {
	write := func(head StatusReport) string {
		var b bytes.Buffer
		s, err := NewStatusWriter(&b, head)
		must(t, err)
		must(t, s.Close())
		return b.String()
	}
	head, _ := statusReport()
	head.Transfers, head.Reason, head.Text = 0, "", ""
	if got := write(head); strings.Contains(got, "OrgnlNbOfTxs") || strings.Contains(got, "StsRsnInf") || strings.Contains(got, "OrgnlPmtInfAndSts") {
		t.Error(got)
	}
	head.Transfers, head.Reason, head.ListStatus = 1, "AC01", Rejected
	if got := write(head); !strings.Contains(got, "<OrgnlNbOfTxs>1<") || !strings.Contains(got, "<Cd>AC01</Cd>") || strings.Contains(got, "AddtlInf") || !strings.Contains(got, "<PmtInfSts>RJCT<") {
		t.Error(got)
	}
	head.Reason, head.Text = "", "账号不存在"
	if got := write(head); !strings.Contains(got, "<AddtlInf>账号不存在<") || strings.Contains(got, "<Rsn>") {
		t.Error(got)
	}

	notify := func(n Entry) string {
		var b bytes.Buffer
		account, _ := statement()
		e, err := NewNotificationWriter(&b, account)
		must(t, err)
		n.Amount, n.Status, n.Booked = 100, Booked, day("2026-02-13")
		must(t, e.Write(n))
		must(t, e.Close())
		return b.String()
	}
	for _, c := range []struct {
		entry    Entry
		has, not string
	}{
		{Entry{MsgID: "PAY1", PmtInfID: "PAY1"}, "<Btch>", "NbOfTxs"},
		{Entry{MsgID: "PAY1", PmtInfID: "PAY1", Transfers: 1}, "<NbOfTxs>1<", "<Refs>"},
		{Entry{MsgID: "PAY1"}, "<Refs><MsgId>PAY1</MsgId></Refs>", "EndToEndId"},
		{Entry{EndToEndID: "A-1"}, "<Refs><EndToEndId>A-1</EndToEndId></Refs>", "<MsgId>PAY1"},
		{Entry{}, "<TxDtls>", "<Refs>"},
	} {
		if got := notify(c.entry); !strings.Contains(got, c.has) || strings.Contains(got, c.not) {
			t.Errorf("%+v: %s", c.entry, got)
		}
	}
}

// Amounts are written up to the largest; sums that overflow are refused for it.
func TestLargestAmounts(t *testing.T) {
	head, list := payment(1)
	head.Total, list[0].Amount = money.Max, money.Max
	must(t, writeAll(io.Discard, head, list))
	for _, total := range []money.Fen{0, money.Max + 1} {
		head.Total = total
		if _, err := NewPaymentWriter(io.Discard, head); err == nil || !strings.Contains(err.Error(), "transfers of") {
			t.Errorf("an order over %s: %v", total, err)
		}
	}
	head, list = payment(2)
	list[0].Amount = 0
	p, err := NewPaymentWriter(io.Discard, head)
	must(t, err)
	if err := p.Write(list[0]); err == nil || !strings.Contains(err.Error(), "not an amount to be paid") {
		t.Error(err)
	}

	var b bytes.Buffer
	account, _ := statement()
	account.Opening.Amount, account.Closing.Amount = 0, money.Max
	e, err := NewStatementWriter(&b, account)
	must(t, err)
	must(t, e.Write(Entry{Amount: money.Max, Credit: true, Status: Booked, Booked: day("2026-02-13")}))
	must(t, e.Close())
	if zero := `<Amt Ccy="CNY">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>`; !strings.Contains(b.String(), zero) {
		t.Errorf("an empty account is in credit: %s", b.String())
	}

	n, err := NewNotificationWriter(io.Discard, account)
	must(t, err)
	if err := n.WriteBatch([]Entry{{Amount: math.MaxInt64}, {Amount: 1}}); !errors.Is(err, money.ErrOverflow) {
		t.Error(err)
	}
	n, err = NewNotificationWriter(io.Discard, account)
	must(t, err)
	for err == nil {
		err = n.Write(Entry{Amount: money.Max, Credit: true, Status: Booked, Booked: day("2026-02-13")})
	}
	if !errors.Is(err, money.ErrOverflow) {
		t.Error(err)
	}
}

// What a bank says of the order as a whole.
func TestVerdict(t *testing.T) {
	for _, c := range []struct{ status, list, want string }{
		{"", "", ""}, {Partly, "", Partly}, {"", Pending, Pending}, {Partly, Rejected, Rejected}, {Partly, Pending, Partly}, {Received, InSettlement, Received},
	} {
		if got := (StatusReport{Status: c.status, ListStatus: c.list}).Verdict(); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	head, _ := statusReport()
	for _, c := range []struct {
		status, list string
		want         []string
	}{
		{"", "", []string{"missing CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts"}}, {Partly, "", nil}, {"", Rejected, nil}, {Partly, Rejected, nil},
	} {
		head.Status, head.ListStatus = c.status, c.list
		var b bytes.Buffer
		s, err := NewStatusWriter(&b, head)
		must(t, err)
		must(t, s.Close())
		if faults, _ := told(t, StatusName, b.String(), Limits{}); !slices.Equal(faults, c.want) {
			t.Errorf("%+v: %q", c, faults)
		}
	}
}

// A bank's own code counts like the scheme's; anything else there does not.
func TestReasons(t *testing.T) {
	message := string(writeStatus(t))
	for inner, want := range map[string]string{"<Cd>AC01</Cd>": "AC01", "<Prtry>X9</Prtry>": "X9", "<Other>X9</Other>": ""} {
		changed := strings.Replace(message, "<Cd>AC01</Cd>", inner, 1)
		var got []string
		_, faults, err := ReadStatus(strings.NewReader(changed), Limits{}, func(_ *StatusReport, s TransferStatus) error {
			got = append(got, s.Reason)
			return nil
		})
		clean(t, faults, err)
		if !slices.Equal(got, []string{"", want, ""}) {
			t.Errorf("%s: %q", inner, got)
		}
	}
	// Words stand behind one another, as long as a token may be.
	const token = 300
	for size, tooLarge := range map[int]bool{97: false, 98: true} {
		words := strings.Repeat("<AddtlInf>"+strings.Repeat("x", 100)+"</AddtlInf>", 2) + "<AddtlInf>" + strings.Repeat("x", size+1) + "</AddtlInf>"
		faults, _ := told(t, StatusName, strings.Replace(message, "<AddtlInf>账号不存在</AddtlInf>", words, 1), Limits{Token: token})
		if (len(faults) > 0) != tooLarge {
			t.Errorf("%d bytes: %q", 2*101+size+1, faults)
		}
	}
}

// A time that names no zone is China's.
func TestTimeOfChina(t *testing.T) {
	for text, want := range map[string]int64{"2026-02-13T12:00:05": 1770955205, "2026-02-13T12:00:05+08:00": 1770955205, "2026-02-13T12:00:05Z": 1770984005} {
		if got, err := parseTime(text); err != nil || got.Unix() != want {
			t.Errorf("%s: %s %v", text, got.UTC().Format(time.RFC3339), err)
		}
	}
}

// A stranger's text is told up to sixty bytes.
func TestQuoted(t *testing.T) {
	if got := quoted(strings.Repeat("x", 60)); got != `"`+strings.Repeat("x", 60)+`"` {
		t.Error(got)
	}
	if got := quoted(strings.Repeat("x", 61)); got != `"`+strings.Repeat("x", 60)+`…"` {
		t.Error(got)
	}
}

// Amounts have up to 18 digits, up to five of them behind the point.
func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]money.Fen{
		"1": 100, "1.5": 150, "1.50": 150, "1.500": 150, "007.25000": 725, "0": 0, "1234567890123.00000": 123456789012300, "00000000000000001.5": 150,
	} {
		if got, err := parseDecimal(text); got != want || err != nil {
			t.Errorf("%s: %s %v", text, got, err)
		}
	}
	for _, text := range []string{"", ".5", "1.", "1.000000", "12345678901234.00000", "0000000000000000001.5", "1.005", "1.00005", "-1", "1e3"} {
		if got, err := parseDecimal(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

// Numbers are found where they are run together, and are not where one letter
// before them makes them something else's.
func TestNumbersRunTogether(t *testing.T) {
	const letter, id = "31010020260202000001", "110105194912310021"
	for _, c := range []struct{ text, letter, id string }{
		{letter + id, letter, id},
		{id + letter, letter, id},
		{"F" + letter + id, "", ""},
		{"F" + letter, "", ""},
		{"AC" + letter, letter, ""},
		{"ZC" + letter, letter, ""},
		{"@C" + letter, "", ""},
		{"[C" + letter, "", ""},
		{"X" + letter, letter, ""},
	} {
		if no, person := ParseRemittance(c.text); no != c.letter || person != c.id {
			t.Errorf("%s: %q %q", c.text, no, person)
		}
	}
	for wide, want := range map[rune]rune{'！': '!', '～': '~', '９': '9', 'ａ': 'A', '　': ' ', '\uFF00': '\uFF00', '｟': '｟'} {
		if got := halfWidth(wide); got != want {
			t.Errorf("%q: %q", wide, got)
		}
	}
	if got := fitting("王建国", 100, UTF8); got != len("王建国") {
		t.Error(got)
	}
}

// Charges in a booking are its last part, and every part knows how many there are.
func TestChargesAreThePartBehindTheOthers(t *testing.T) {
	const out = `<Ntry><Amt Ccy="CNY">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>`
	message := strings.Replace(string(writeNotification(t)), out, `<Ntry><Amt Ccy="CNY">52.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>`+
		`<Chrgs><Rcrd><Amt Ccy="CNY">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>`, 1)
	var got []string
	_, faults, err := ReadNotification(strings.NewReader(message), Limits{}, func(_ *Statement, n Entry) error {
		got = append(got, fmt.Sprintf("%s %d of %d %s %v", n.Ref, n.Part, n.Parts, n.Amount, n.Charge))
		return nil
	})
	clean(t, faults, err)
	if want := []string{"R2 1 of 2 50.00 false", "R2 2 of 2 2.00 true"}; !slices.Equal(got[1:3], want) {
		t.Errorf("%q, want %q", got, want)
	}
}
