package formats_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// reseal puts the right count and digest under rows that were changed.
func reseal(file string) string {
	body := file[:strings.LastIndex(file, "\nT,")+1]
	fields := strings.Split(strings.TrimRight(file[len(body):], "\r\n"), ",")
	sum := sha256.Sum256([]byte(body))
	return fmt.Sprintf("%sT,%d,%s,%s\n", body, strings.Count(body, "\n")-1, fields[2], hex.EncodeToString(sum[:]))
}

// want is one fault: line, row, field, code.
type want struct {
	line  int
	row   string
	field string
	code  code.Fault
}

func wants(faults []batch.Fault) (all []want) {
	for _, f := range faults {
		all = append(all, want{f.Line, f.Row, f.Field, f.Code})
	}
	return all
}

func check(t *testing.T, file []byte, o batch.Options, verdict code.FileVerdict, expected ...want) {
	t.Helper()
	_, faults, res := readBatch(t, file, o)
	if fmt.Sprint(wants(faults)) != fmt.Sprint(expected) || res.Verdict != verdict {
		t.Errorf("got %s %v\nwant %s %v\n%+v", res.Verdict, wants(faults), verdict, expected, faults)
	}
}

func letterFile(t testing.TB, n int) string {
	var b bytes.Buffer
	letters(t, &b, n)
	return b.String()
}

func TestFileFaults(t *testing.T) {
	good := letterFile(t, 2)
	known := func(c string) bool { return c == "320500" || c == "310100" }
	cases := []struct {
		name string
		file string
		o    batch.Options
		want []want
	}{
		{"empty", "", batch.Options{}, []want{{0, "", "", code.Unreadable}}},
		{"binary", "\x7fELF\x00\x00\x01\x02", batch.Options{}, []want{{0, "", "", code.Unreadable}}},
		{"utf-16", "\xff\xfeH\x00,\x00", batch.Options{}, []want{{0, "", "", code.Unreadable}}},
		{"encrypted workbook", "\xD0\xCF\x11\xE0\xA1\xB1", batch.Options{}, []want{{0, "", "", code.Unreadable}}},
		{"half a zip", "PK\x03\x04junk", batch.Options{}, []want{{0, "", "", code.Unreadable}}},
		{"no header", "L,1\n", batch.Options{}, []want{{0, "", "", code.WrongEnvelope}}},
		{"cut off in T", good[:len(good)-70], batch.Options{}, []want{{4, "T", "", code.WrongEnvelope}}},
		{"cut off before T", good[:strings.LastIndex(good, "T,2")], batch.Options{}, []want{{0, "", "", code.WrongEnvelope}}},
		{"more behind T", good + "L\n", batch.Options{}, []want{{4, "T", "", code.WrongEnvelope}}},
		{"blank line behind T", good + "\n", batch.Options{}, []want{{4, "T", "", code.WrongEnvelope}}},
		{"count", strings.Replace(good, "\nT,2,", "\nT,3,", 1), batch.Options{}, []want{{4, "T", "rows", code.Count}}},
		{"total", strings.Replace(good, "\nT,2,0.00", "\nT,2,0.01", 1), batch.Options{}, []want{{4, "T", "total", code.Total}}},
		{"total not an amount", strings.Replace(good, "\nT,2,0.00", "\nT,2,0", 1), batch.Options{}, []want{{4, "T", "total", code.WrongEnvelope}}},
		{"digest", strings.Replace(good, "欧阳", "欧杨", 1), batch.Options{}, []want{{4, "T", "digest", code.Digest}}},
		{"kind", strings.Replace(good, "H,contact-letter", "H,letter", 1), batch.Options{}, []want{{1, "H", "kind", code.KindUnknown}}},
		{"version", strings.Replace(good, "letter,1,", "letter,2,", 1), batch.Options{}, []want{{1, "H", "version", code.VersionUnknown}}},
		{"sender", strings.Replace(good, ",320500,310100,17", ",32050,310100,17", 1), batch.Options{}, []want{{1, "H", "sender", code.WrongEnvelope}}},
		{"sender's role", strings.Replace(good, ",320500,310100,17", ",320500c,310100,17", 1), batch.Options{}, []want{{1, "H", "sender", code.WrongEnvelope}}},
		{"sequence", strings.Replace(good, ",17,", ",017,", 1), batch.Options{}, []want{{1, "H", "sequence", code.WrongEnvelope}}},
		{"sequence 0", strings.Replace(good, ",17,", ",0,", 1), batch.Options{}, []want{{1, "H", "sequence", code.WrongEnvelope}}},
		{"created", strings.Replace(good, "T08:30:00+08:00", " 08:30:00", 1), batch.Options{}, []want{{1, "H", "created", code.WrongEnvelope}}},
		{"extent", strings.Replace(good, ",2021\n", ",2021,full\n", 1), batch.Options{}, []want{{1, "H", "extent", code.WrongEnvelope}}},
		{"not for us", good, batch.Options{Self: "330100"}, []want{{1, "H", "receiver", code.NotForUs}}},
		{"not from this party", good, batch.Options{From: "330100"}, []want{{1, "H", "sender", code.NotFromThisParty}}},
		{"name", good, batch.Options{Name: "contact-letter_320500_310100_20260302_000018.csv"}, []want{{1, "H", "", code.WrongEnvelope}}},
		{"too large", good, batch.Options{MaxBytes: 500}, []want{{0, "", "", code.TooLarge}}},
		{"too many rows", good, batch.Options{MaxRows: 1}, []want{{0, "", "", code.TooLarge}}},
		{"areas", good, batch.Options{Areas: known}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := c.file
			if len(c.want) > 0 && c.want[0].row == "H" {
				file = reseal(file)
			}
			verdict := code.FileRejected
			if c.want == nil {
				verdict = code.FileAccepted
			}
			check(t, []byte(file), c.o, verdict, c.want...)
		})
	}
}

func TestWarningsRejectNothing(t *testing.T) {
	check(t, []byte(letterFile(t, 1)), batch.Options{Profile: "2016"}, code.FileAccepted, want{1, "H", "profile", code.ProfileDiffers})
}

func TestLineEndsAndMark(t *testing.T) {
	good := letterFile(t, 3)
	body := good[:strings.LastIndex(good, "T,3")]
	for name, made := range map[string]string{
		"crlf":         strings.ReplaceAll(body, "\n", "\r\n"),
		"mark":         "\uFEFF" + body,
		"mark, crlf":   "\uFEFF" + strings.ReplaceAll(body, "\n", "\r\n"),
		"quoted field": strings.Replace(body, ",310,310,", `,"310","310",`, 1),
	} {
		sum := sha256.Sum256([]byte(made))
		trailer := "T,3,0.00," + hex.EncodeToString(sum[:])
		for _, end := range []string{"", "\n", "\r\n"} {
			check(t, []byte(made+trailer+end), batch.Options{}, code.FileAccepted)
			if t.Failed() {
				t.Fatalf("%s with end %q", name, end)
			}
		}
	}
}

func TestRecordFaults(t *testing.T) {
	base := letterFile(t, 1)
	goodID := sampleLetter(0).Person.IDNo
	cases := []struct {
		name, old, new string
		want           []want
	}{
		{"missing", "2026-03-02,2026-02-27", ",2026-02-27", []want{{2, "L", "letter_date", code.Missing}}},
		{"impossible date", "2026-03-02,2026-02-27", "2026-02-30,2026-02-27", []want{{2, "L", "letter_date", code.ImpossibleDate}}},
		{"malformed date", "2026-03-02,2026-02-27", "2026/03/02,2026-02-27", []want{{2, "L", "letter_date", code.Malformed}}},
		{"order of dates", "2026-03-02,2026-02-27", "2026-03-02,2026-03-03", []want{{2, "L", "letter_date", code.ImpossibleDate}}},
		{"check digit", goodID, goodID[:17] + "Z", []want{{2, "L", "id_no", code.Malformed}}},
		{"other check digit", goodID, goodID[:16] + "3" + goodID[17:], []want{{2, "L", "id_no", code.CheckDigit}}},
		{"day in the number", goodID, "320508195102300" + goodID[15:], []want{{2, "L", "id_no", code.ImpossibleDate}}},
		{"sex", ",2,1950-01-01", ",1,1950-01-01", []want{{2, "L", "sex", code.ContradictsID}}},
		{"sex not stated", ",2,1950-01-01", ",9,1950-01-01", []want{{2, "L", "sex", code.ContradictsID}}},
		{"birth date", ",1950-01-01", ",1950-01-02", []want{{2, "L", "birth_date", code.ContradictsID}}},
		{"unknown code", ",10,310,310,", ",10,311,310,", []want{{2, "L", "scheme_from", code.UnknownCode}}},
		{"full-width digit", ",2026-02,31", ",2026-0２,31", []want{{2, "L", "enrolled_from", code.Malformed}}},
		{"small letter", "C31010020260201", "c31010020260201", []want{{2, "L", "certificate_no", code.Malformed}}},
		{"too long", "王经办", strings.Repeat("王", 21), []want{{2, "L", "to_contact", code.TooLong}}},
		{"as long as allowed", "王经办", strings.Repeat("王", 20), nil},
		{"control character", "王经办", "王\x07办", []want{{2, "L", "to_contact", code.Malformed}}},
		{"line separator", "王经办", "王\u2028办", []want{{2, "L", "to_contact", code.Malformed}}},
		{"next line", "王经办", "王\u0085办", []want{{2, "L", "to_contact", code.Malformed}}},
		{"nul", "王经办", "王\x00办", []want{{2, "L", "to_contact", code.Malformed}}},
		{"cnaps", "102100099996", "102100099997", []want{{2, "L", "cnaps", code.CheckDigit}}},
		{"cnaps length", "102100099996", "10210009999", []want{{2, "L", "cnaps", code.Malformed}}},
		{"conditional", ",Y,苏州市社会保险基金财政专户", ",Y,", []want{{2, "L", "account_name", code.Missing}}},
		{"conditional, spaces", ",Y,苏州市社会保险基金财政专户", ",Y,  　", []want{{2, "L", "account_name", code.Missing}}},
		{"not needed", ",Y,苏州市社会保险基金财政专户", ",N,", nil},
		{"bool", ",Y,苏州", ",y,苏州", []want{{2, "L", "account_moves", code.UnknownCode}}},
		{"version 0", ",1,2026-03-02,", ",0,2026-03-02,", []want{{2, "L", "version", code.Malformed}}},
		{"exponent", ",1,2026-03-02,", ",1e0,2026-03-02,", []want{{2, "L", "version", code.Malformed}}},
		{"plus", ",1,2026-03-02,", ",+1,2026-03-02,", []want{{2, "L", "version", code.Malformed}}},
		{"agency", ",320500,苏州", ",320508,苏州", []want{{2, "L", "to_code", code.WrongAgency}}},
		{"quotes", "王经办", `王"经办`, []want{{2, "L", "", code.Malformed}}},
		{"quotes open", "王经办", `"王经办`, []want{{2, "L", "", code.Malformed}}},
		{"quotes inside quotes", "王经办", `"王""经办"""`, nil},
		{"field too many", "\nT", ",\nT", []want{{2, "L", "", code.Malformed}}},
		{"row type", "\nL,", "\nLL,", []want{{2, "LL", "row", code.UnknownCode}}},
		{"blank line", "\nL,", "\n\nL,", []want{{2, "", "row", code.UnknownCode}}},
		{"row of another kind", "\nL,", "\nS,", []want{{2, "S", "row", code.UnknownCode}}},
		{"two at once", ",10,310,310,", ",11,310,399,", []want{{2, "L", "household", code.UnknownCode}, {2, "L", "scheme_to", code.UnknownCode}}},
		{"long line", "王经办", strings.Repeat("王", 30000), []want{{2, "L", "", code.TooLong}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(base, c.old) {
				t.Fatalf("the sample has no %q", c.old)
			}
			verdict := code.FileAccepted
			if len(c.want) > 0 {
				verdict = code.FilePartly
			}
			check(t, []byte(reseal(strings.Replace(base, c.old, c.new, 1))), batch.Options{}, verdict, c.want...)
		})
	}
}

func TestDuplicateInFile(t *testing.T) {
	one, two, three := sampleLetter(1), sampleLetter(1), sampleLetter(1)
	three.Version = 2
	file, _ := writeBatch(t, kindOf(formats.KindLetter), batch.UTF8, &one, &two, &three)
	check(t, file, batch.Options{Repeats: true}, code.FilePartly, want{3, "L", "", code.DuplicateInFile})
	check(t, file, batch.Options{}, code.FileAccepted)
}

// A refused record leaves no key behind: the right one after it is accepted.
func TestRefusedRecordLeavesNoKey(t *testing.T) {
	one, two := sampleLetter(1), sampleLetter(1)
	file, _ := writeBatch(t, kindOf(formats.KindLetter), batch.UTF8, &one, &two)
	broken := reseal(strings.Replace(string(file), ",10,310,310,", ",10,311,310,", 1))
	check(t, []byte(broken), batch.Options{Repeats: true}, code.FilePartly, want{2, "L", "scheme_from", code.UnknownCode})
}

func TestFormFaults(t *testing.T) {
	base, _ := writeBatch(t, kindOf(formats.KindForm), batch.UTF8, sampleForm())
	cases := []struct {
		name, old, new string
		want           []want
	}{
		{"amount", ",1242.45,", ",1242.46,", []want{{2, "F", "amount", code.Amount}}},
		{"amount with letters", ",1242.45,", ",00000123A5,", []want{{2, "F", "amount", code.Amount}}},
		{"negative", ",1242.45,", ",-1242.45,", []want{{2, "F", "amount", code.Amount}}},
		{"overflow", ",1242.45,", ",999999999999999.99,", []want{{2, "F", "amount", code.Amount}}},
		{"months of a stay", ",2010-01,2011-12,24,", ",2010-01,2011-12,23,", []want{{3, "S", "months", code.MonthsDoNotAddUp}}},
		{"stay backwards", ",2012-07,2012-08,2,", ",2012-08,2012-07,2,", []want{{5, "S", "to_month", code.ImpossibleDate}}},
		{"months actual", ",24,3,2,3,", ",25,3,2,3,", []want{{2, "F", "months_actual", code.MonthsDoNotAddUp}}},
		{"overlap counts once", ",24,3,2,3,", ",24,6,2,3,", []want{{2, "F", "months_backpaid", code.MonthsDoNotAddUp}}},
		{"gap", ",24,3,2,3,", ",24,3,2,4,", []want{{2, "F", "months_gap", code.MonthsDoNotAddUp}}},
		{"zero with money", ",REMITTED,", ",ZERO,", []want{{2, "F", "amount", code.Amount}}},
		{"parent", "S,F32050020260302000001", "S,F32050020260302000002", []want{{3, "S", "parent", code.Malformed}}},
		{"field of a stay", ",actual\n", ",real\n", []want{{3, "S", "kind", code.UnknownCode}}},
		{"supplement of what", ",original,", ",supplement,", []want{{2, "F", "of_form_no", code.Missing}}},
		{"lost stay", "\nF,", "\nS,x,y\nF,", []want{{2, "S", "", code.Malformed}}},
		{"payment reference", "31010020260227000001-1-1", "", []want{{2, "F", "payment_ref", code.Missing}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !bytes.Contains(base, []byte(c.old)) {
				t.Fatalf("the sample has no %q", c.old)
			}
			check(t, []byte(reseal(strings.Replace(string(base), c.old, c.new, 1))), batch.Options{}, code.FilePartly, c.want...)
		})
	}
}

func TestStaysBehindARowThatHasNone(t *testing.T) {
	decline := samples()[formats.KindForm][1]
	file, _ := writeBatch(t, kindOf(formats.KindForm), batch.UTF8, decline)
	text := strings.Replace(string(file), "\nT,", "\nS,31010020260227000002,320500,310,2010-01,2010-02,2,actual\nT,", 1)
	check(t, []byte(reseal(text)), batch.Options{}, code.FilePartly, want{3, "S", "", code.Malformed})
}

func TestTooManyDetails(t *testing.T) {
	form := sampleForm()
	file, _ := writeBatch(t, kindOf(formats.KindForm), batch.UTF8, form)
	check(t, file, batch.Options{MaxDetails: 2}, code.FilePartly, want{5, "S", "", code.TooLong})
}

func TestReceiptBeginsWithR(t *testing.T) {
	file, _ := writeBatch(t, kindOf(formats.KindReceipt), batch.UTF8, samples()[formats.KindReceipt][1])
	check(t, file, batch.Options{}, code.FilePartly, want{2, "V", "row", code.Malformed})
}

func TestGB18030Faults(t *testing.T) {
	l := sampleLetter(1)
	l.To.Contact = "QQQQ"
	file, _ := writeBatch(t, kindOf(formats.KindLetter), batch.GB18030, &l)
	for name, bad := range map[string]string{
		"broken":      "Q\xFFQQ",
		"private use": "Q\xAA\xA1Q",
		"cut short":   "QQQ\x81",
		"four bytes":  "\x81\x30\x81Q",
		"unassigned":  "\xFE\x39\xFE\x39",
	} {
		t.Run(name, func(t *testing.T) {
			at := bytes.Index(file, []byte("QQQQ"))
			text := reseal(strings.Replace(string(file), "QQQQ", bad, 1))
			_, faults, _ := readBatch(t, []byte(text), batch.Options{Encoding: batch.GB18030})
			if len(faults) == 0 || faults[0].Field != "to_contact" || faults[0].Code != code.Malformed {
				t.Fatalf("%+v", faults)
			}
			var offset int
			for i := range len(bad) {
				if bad[i] >= 0x80 {
					offset = at + i + 1
					break
				}
			}
			if !strings.Contains(faults[0].Text, fmt.Sprintf("byte %d", offset)) {
				t.Errorf("%q does not name byte %d", faults[0].Text, offset)
			}
		})
	}
}

func TestEncodingIsFoundOut(t *testing.T) {
	l := sampleLetter(1)
	k := kindOf(formats.KindLetter)
	gb, _ := writeBatch(t, k, batch.GB18030, &l)
	check(t, gb, batch.Options{}, code.FileAccepted)
	r, err := sheet.NewReader(io.MultiReader(bytes.NewReader(gb)), formats.Kinds(), batch.Options{})
	if err != nil || !r.Next() || r.Record().Value.(*formats.Letter).Person.Name != l.Person.Name {
		t.Errorf("as a stream: %v %v", err, r.Faults())
	}
	utf, _ := writeBatch(t, k, batch.UTF8, &l)
	_, faults, _ := readBatch(t, bytes.Replace(utf, []byte("王经办"), []byte("王\xFF办"), 1), batch.Options{Encoding: batch.UTF8})
	if len(faults) == 0 || faults[0].Field != "to_contact" {
		t.Errorf("%+v", faults)
	}
}

// A line of gigabytes does not fill the memory and hides nothing behind it.
func TestHugeLine(t *testing.T) {
	good := letterFile(t, 2)
	cut := strings.Index(good, "\nL,") + 1
	huge := io.MultiReader(strings.NewReader(good[:cut]), io.LimitReader(filler{}, 64<<20), strings.NewReader("\n"+good[cut:]))
	r, err := sheet.NewReader(huge, formats.Kinds(), batch.Options{Encoding: batch.UTF8})
	if err != nil {
		t.Fatal(err)
	}
	records := 0
	for r.Next() {
		records++
	}
	res, err := r.Result()
	if err != nil || records != 3 || res.Refused != 1 {
		t.Errorf("%d records, %+v, %v", records, res, err)
	}
}

type filler struct{}

func (filler) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}
