package iso20022

import (
	"bytes"
	"strings"
	"testing"
)

// A whole order booked as one sum, and the bank's own charge, are valid and
// read back as they were.
func TestLumpAndCharge(t *testing.T) {
	head, _ := statement()
	lump := Entry{
		Ref: "L1", Part: 1, Parts: 1, Amount: 300_153, Total: -300_153, Status: Booked, Booked: day("2026-02-13"), MsgID: "PAY1", PmtInfID: "PAY1", Transfers: 3,
	}
	charge := Entry{Ref: "C1", Part: 1, Parts: 1, Amount: 500, Total: -500, Status: Booked, Booked: day("2026-02-13"), Charge: true}
	var b bytes.Buffer
	n, err := NewNotificationWriter(&b, head)
	must(t, err)
	must(t, n.Write(lump))
	must(t, n.Write(charge))
	must(t, n.Close())
	lint(t, NotificationName, b.Bytes())
	_, got := readNotification(t, b.Bytes())
	same(t, got, []Entry{lump, charge})
}

// Charges that are part of a booking come as a part of their own, so that the
// parts still make the booking.
func TestChargesIncluded(t *testing.T) {
	const charges = `<Chrgs><Rcrd><Amt Ccy="CNY">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs><NtryDtls>`
	for _, c := range []struct {
		what, old, new string
		want           string // signed amounts, charges with c
	}{
		{"debit", `<Ntry><Amt Ccy="CNY">50.00</Amt><CdtDbtInd>DBIT`, `<Ntry><Amt Ccy="CNY">52.00</Amt><CdtDbtInd>DBIT`, "-50.00 c-2.00"},
		{"credit", `<Ntry><Amt Ccy="CNY">1000.50</Amt>`, `<Ntry><Amt Ccy="CNY">998.50</Amt>`, "1000.50 c-2.00"},
		{"told twice", `<Ntry><Amt Ccy="CNY">50.00</Amt><CdtDbtInd>DBIT`, `<Ntry><Amt Ccy="CNY">50.00</Amt><CdtDbtInd>DBIT`, "-50.00"},
	} {
		before, after, _ := strings.Cut(string(writeNotification(t)), c.old)
		message := before + c.new + strings.Replace(after, "<NtryDtls>", charges, 1)
		var parts []string
		_, faults, err := ReadNotification(strings.NewReader(message), Limits{}, func(_ *Statement, e Entry) error {
			if n := e.Signed().String(); e.Charge {
				parts = append(parts, "c"+n)
			} else {
				parts = append(parts, n)
			}
			return nil
		})
		clean(t, faults, err)
		if got := strings.Join(parts, " "); !strings.Contains(got, c.want) || (c.what == "told twice" && strings.Contains(got, "c")) {
			t.Errorf("%s: %s", c.what, got)
		}
	}
}

// A booking whose payments do not add up to it, or one of which has no amount, is the
// entry itself: all that they say, and no name of one of them.
func TestPaymentsThatDoNotAddUp(t *testing.T) {
	second := `<Amt Ccy="CNY">200.02<`
	for what, message := range map[string]string{
		"another sum": strings.Replace(string(writeNotification(t)), second, `<Amt Ccy="CNY">200.03<`, 1),
		"no amount":   strings.Replace(string(writeNotification(t)), second+"/Amt>", "", 1),
	} {
		entries := 0
		_, faults, err := ReadNotification(strings.NewReader(message), Limits{}, func(_ *Statement, e Entry) error {
			if entries++; e.Ref != "R5" {
				return nil
			}
			if e.Amount != 30_003 || e.Total != 30_003 || e.Part != 1 || e.Parts != 1 || e.EndToEndID != "" || strings.Count(e.Text, "31010020260202000001") != 2 {
				t.Errorf("%s: %+v", what, e)
			}
			return nil
		})
		clean(t, faults, err)
		if entries != 5 {
			t.Errorf("%s: %d entries", what, entries)
		}
	}
}

// A bank's own count must agree with its entries.
func TestSummary(t *testing.T) {
	summary := func(s string) string {
		return strings.Replace(string(writeNotification(t)), "<Ntry>", "<TxsSummry>"+s+"</TxsSummry><Ntry>", 1)
	}
	for text, field := range map[string]string{
		"<TtlNtries><NbOfNtries>5</NbOfNtries><Sum>1401.30</Sum></TtlNtries>":                                      "",
		"<TtlNtries><TtlNetNtry><Amt>1301.30</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry></TtlNtries>":            "",
		"<TtlCdtNtries><NbOfNtries>4</NbOfNtries><Sum>1351.30</Sum></TtlCdtNtries>":                                "",
		"<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>50.00</Sum></TtlDbtNtries>":                                  "",
		"<TtlNtries><NbOfNtries>4</NbOfNtries></TtlNtries>":                                                        "TtlNtries/NbOfNtries",
		"<TtlNtries><NbOfNtries>0</NbOfNtries></TtlNtries>":                                                        "TtlNtries/NbOfNtries",
		"<TtlNtries><Sum>1401.31</Sum></TtlNtries>":                                                                "TtlNtries/Sum",
		"<TtlCdtNtries><NbOfNtries>3</NbOfNtries></TtlCdtNtries>":                                                  "TtlCdtNtries/NbOfNtries",
		"<TtlDbtNtries><Sum>0</Sum></TtlDbtNtries>":                                                                "TtlDbtNtries/Sum",
		"<TtlNtries><TtlNetNtry><Amt>1301.30</Amt><CdtDbtInd>DBIT</CdtDbtInd></TtlNetNtry></TtlNtries>":            "TtlNtries/TtlNetNtry",
		"<TtlNtries><TtlNetNtry><Amt>-1301.30</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry></TtlNtries>":           "TtlNtries/TtlNetNtry/Amt",
		"<TtlNtries><NbOfNtries>5</NbOfNtries></TtlNtries><TtlDbtNtries><NbOfNtries>2</NbOfNtries></TtlDbtNtries>": "TtlDbtNtries/NbOfNtries",
	} {
		_, faults, err := readAny(NotificationName, strings.NewReader(summary(text)), Limits{})
		must(t, err)
		got := ""
		if faults.Total > 0 {
			got = strings.TrimPrefix(faults.List[0].Field, "BkToCstmrDbtCdtNtfctn/Ntfctn/TxsSummry/")
		}
		if got != field {
			t.Errorf("%s: %v", text, faults.List)
		}
	}
}
