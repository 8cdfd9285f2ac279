package formats_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// One change to a good record of each kind, and the fault it makes.
func TestRecordFaultsOfOtherKinds(t *testing.T) {
	const hash = "394dd47c4a799370edea6a00a9202d5d495d811827a80f006a0505c6a953f906"
	cases := []struct {
		kind, old, new string
		want           want
	}{
		{formats.KindApplication, "id;certificate", "id;;certificate", want{2, "A", "materials", code.UnknownCode}},
		{formats.KindApplication, "id;certificate", strings.Repeat("id;", 70), want{2, "A", "materials", code.TooLong}},
		{formats.KindApplication, "91350100M000100Y43", "91350100M000100Y4", want{2, "A", "employer_code", code.Malformed}},
		{formats.KindApplication, "91350100M000100Y43", "", want{2, "A", "employer_code", code.Missing}},
		{formats.KindApplication, ",320500,310100,,", ",310100,320500,,", want{2, "A", "to_agency", code.WrongAgency}},
		{formats.KindApplication, ",320500,310100,,", ",330100,330200,,", want{2, "A", "to_agency", code.WrongAgency}},
		{formats.KindRegistry, ",2026-02-28,", ",,", want{2, "R", "stopped_on", code.Missing}},
		{formats.KindRegistry, ",0,0.00,", ",0,0,", want{2, "R", "arrears_amount", code.Amount}},
		{formats.KindCertificate, ",24,3,2,", ",24,3,3,", want{2, "C", "months_deemed", code.MonthsDoNotAddUp}},
		{formats.KindCertificate, "2010-01,2012-08", "2012-09,2012-08", want{2, "C", "last_month", code.ImpossibleDate}},
		{formats.KindCompletion, ",completed,", ",relation_done,", want{2, "K", "credited", code.Amount}},
		{formats.KindCancellation, "31010020260227000001", "", want{2, "X", "letter_no", code.Missing}},
		{formats.KindCancellation, "31010020260227000001,cancel", ",agree", want{2, "X", "letter_no", code.Missing}},
		{formats.KindQuery, "金额不符", " ", want{2, "Z", "text", code.Missing}},
		{formats.KindPosting, "U,P5,P3", "U,P5,", want{9, "U", "undoes", code.Missing}},
		{formats.KindPosting, ",,,1242.45,", ",1.00,1.00,1242.45,", want{4, "N", "amount", code.Amount}},
		{formats.KindPosting, ",,,1242.45,", ",,,,", want{4, "N", "amount", code.Missing}},
		{formats.KindPostingResult, ",1242.45,", ",,", want{2, "P", "amount", code.Missing}},
		{formats.KindPayee, "T32050020260302000001,,", ",,", want{2, "B", "case_no", code.Missing}},
		{formats.KindPayee, "4000000000000002", "4000000000000003", want{2, "B", "account_no", code.CheckDigit}},
		{formats.KindPayee, ",1/2,", ",2/1,", want{2, "B", "share", code.Malformed}},
		{formats.KindPayee, ",1/2,", ",01/2,", want{2, "B", "share", code.Malformed}},
		{formats.KindPayee, ",1/2,", ",0/2,", want{2, "B", "share", code.Malformed}},
		{formats.KindNotice, ",arrears,", ",late,", want{2, "N", "milestone", code.UnknownCode}},
		{formats.KindReconciliation, ",1242.45,", ",1242.450,", want{2, "Q", "amount", code.Amount}},
		{formats.KindNetting, ",99999999999999.99", ",100000000000000.00", want{2, "J", "amount", code.Amount}},
		{formats.KindReceipt, hash, strings.ToUpper(hash), want{2, "R", "sha256", code.Malformed}},
		{formats.KindReceipt, hash, hash[1:], want{2, "R", "sha256", code.Malformed}},
		{formats.KindReceipt, ",2026-03-03", ",", want{2, "R", "received_on", code.Missing}},
		{formats.KindReceipt, ",check-digit,", ",checkdigit,", want{3, "V", "code", code.UnknownCode}},
	}
	for _, c := range cases {
		t.Run(c.kind+" "+c.want.field, func(t *testing.T) {
			file, _ := writeBatch(t, kindOf(c.kind), batch.UTF8, samples()[c.kind]...)
			if !bytes.Contains(file, []byte(c.old)) {
				t.Fatalf("the sample has no %q:\n%s", c.old, file)
			}
			text := strings.Replace(string(file), c.old, c.new, 1)
			_, faults, res := readBatch(t, []byte(reseal(text)), batch.Options{})
			if len(res.Faults) > 0 && res.Faults[0].Code == code.Total {
				faults = faults[:len(faults)-1] // what was left out no longer adds up
			}
			if len(faults) != 1 || wants(faults)[0] != c.want {
				t.Errorf("got %+v, want %v", faults, c.want)
			}
		})
	}
}

// An early official credit code fails its check: told, not refused.
func TestCreditCodeWarns(t *testing.T) {
	file, _ := writeBatch(t, kindOf(formats.KindApplication), batch.UTF8, samples()[formats.KindApplication]...)
	text := strings.Replace(string(file), "91350100M000100Y43", "91350100M000100Y44", 1)
	check(t, []byte(reseal(text)), batch.Options{}, code.FileAccepted, want{2, "A", "employer_code", code.CreditCode})
}

// What a receipt repeats of a broken record is fit to be written.
func TestWhatIsToldOfABrokenRecord(t *testing.T) {
	file, _ := writeBatch(t, kindOf(formats.KindAdvice), batch.UTF8, samples()[formats.KindAdvice]...)
	long := strings.Repeat("长", 70)
	text := reseal(strings.Replace(string(file), "31010020260227000001-1-1", "\x01"+long, 1))
	r, err := batch.NewReader(strings.NewReader(text), formats.Kinds(), batch.Options{})
	if err != nil || !r.Next() {
		t.Fatal(err)
	}
	rec := r.Record()
	if rec.OK() || rec.Amount() != 124245 || rec.No() != "" || rec.Echo() != "" {
		t.Errorf("%q %q %s", rec.No(), rec.Echo(), rec.Amount())
	}
	text = reseal(strings.Replace(string(file), "31010020260227000001-1-1", long, 1))
	r, err = batch.NewReader(strings.NewReader(text), formats.Kinds(), batch.Options{})
	if err != nil || !r.Next() || r.Record().No() != strings.Repeat("长", 64) {
		t.Errorf("%v %q", err, r.Record().No())
	}
}

func TestEchoAndAmount(t *testing.T) {
	for name, expected := range map[string]struct{ echo, amount string }{
		formats.KindLetter: {"T32050020260227000001", "0.00"}, formats.KindRegistry: {"", "1242.45"},
		formats.KindForm: {"", "1242.45"}, formats.KindReconciliation: {"", "1242.45"},
	} {
		file, _ := writeBatch(t, kindOf(name), batch.UTF8, samples()[name]...)
		r, err := batch.NewReader(bytes.NewReader(file), formats.Kinds(), batch.Options{})
		if err != nil || !r.Next() {
			t.Fatal(err)
		}
		if rec := r.Record(); rec.Echo() != expected.echo || rec.Amount().String() != expected.amount || r.Carrier() != batch.CSV || len(r.Faults()) > 0 {
			t.Errorf("%s: %q %s", name, rec.Echo(), rec.Amount())
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	k := kindOf(formats.KindLetter)
	for name, change := range map[string]func(*batch.Header){
		"sender":   func(h *batch.Header) { h.Sender = "320500c" },
		"receiver": func(h *batch.Header) { h.Receiver = "" },
		"sequence": func(h *batch.Header) { h.Sequence = 0 },
		"extent":   func(h *batch.Header) { h.Extent = code.ExtentFull },
	} {
		h := headerOf(k)
		change(&h)
		if _, err := batch.NewWriter(io.Discard, k, h, batch.UTF8); err == nil {
			t.Errorf("%s: a header that nobody would accept was written", name)
		}
	}
	w, err := batch.NewWriter(io.Discard, k, headerOf(k), batch.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	var invalid *batch.Invalid
	l := sampleLetter(1)
	l.CNAPS, l.Remark = "1", "a\nb"
	if err := w.Write(&l); !errors.As(err, &invalid) || len(invalid.Faults) == 0 {
		t.Errorf("%v", err)
	}
	if err := w.Write(sampleForm()); err == nil {
		t.Error("a form among letters")
	}
	if trailer, err := w.Close(); err != nil || trailer.Rows != 0 {
		t.Errorf("%+v %v", trailer, err)
	}
	good := sampleLetter(1)
	if err := w.Write(&good); err == nil {
		t.Error("written after the trailer")
	}
}
