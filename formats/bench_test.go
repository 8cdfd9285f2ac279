package formats_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats"
	"carryover/formats/batch"
)

// letters writes one batch of n contact letters of people that differ.
func letters(tb testing.TB, to io.Writer, n int) {
	tb.Helper()
	kind := batch.Find(formats.Kinds(), formats.KindLetter)
	header := batch.Header{
		Sender: "320500", Receiver: "310100", Sequence: 17, Profile: "2021",
		Created: time.Date(2026, 3, 2, 8, 30, 0, 0, time.FixedZone("", 8*3600)),
	}
	w, err := batch.NewWriter(to, kind, header, batch.UTF8)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		l := sampleLetter(i)
		if err := w.Write(&l); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		tb.Fatal(err)
	}
}

func sampleLetter(i int) formats.Letter {
	id := fmt.Sprintf("320508%04d%02d%02d%03d", 1950+i%50, 1+i%12, 1+i%28, i/7%1000)
	id += string(identity.IDCheckDigit(id))
	facts := identity.Read("01", id)
	return formats.Letter{
		LetterNo: fmt.Sprintf("32050020260302%06d", i%1000000), Version: 1 + i/1000000,
		LetterDate: 20260302, AcceptedOn: 20260227, CertificateNo: fmt.Sprintf("C31010020260201%06d", i%1000000),
		Person: formats.Person{
			IDType: code.IDResident, IDNo: id, Name: "欧阳" + string(rune('一'+i%5000)), Sex: code.Sex(string(facts.Sex)),
			BirthDate: calendar.Date(facts.Birth), Phone: fmt.Sprintf("138%08d", i),
		},
		Household: code.HouseholdNonAgricultural, SchemeFrom: code.SchemeEmployee, SchemeTo: code.SchemeEmployee,
		EnrolledFrom: 202602, OldPersonalNo: fmt.Sprintf("31%010d", i), FromAgency: "310100",
		To: formats.AgencyBlock{
			Code: "320500", Name: "苏州市医疗保险基金管理中心", Address: "苏州市姑苏区平泷路251号", PostCode: "215002",
			Contact: "王经办", ContactPhone: "0512-12393",
		},
		AccountMoves: true, AccountName: "苏州市社会保险基金财政专户", BankName: "中国工商银行苏州分行营业部",
		AccountNo: "1102020309000012345", CNAPS: "102100099996", Echo: fmt.Sprintf("T32050020260227%06d", i%1000000),
	}
}

// readPlainly is the least any reader must do: encoding/csv with ReuseRecord.
func readPlainly(tb testing.TB, src io.Reader) {
	r := csv.NewReader(src)
	r.ReuseRecord, r.FieldsPerRecord = true, -1
	for {
		if _, err := r.Read(); err == io.EOF {
			return
		} else if err != nil {
			tb.Fatal(err)
		}
	}
}

// validate reads a batch to its verdict and expects it to be accepted.
func validate(tb testing.TB, src io.Reader, records int) {
	r, err := batch.NewReader(src, formats.Kinds(), batch.Options{Encoding: batch.UTF8, Repeats: true, Judge: true})
	if err != nil {
		tb.Fatal(err)
	}
	for r.Next() {
		if rec := r.Record(); !rec.OK() {
			tb.Fatalf("line %d: %v", rec.Line, rec.Faults)
		}
	}
	res, err := r.Result()
	if err != nil || res.Verdict != code.FileAccepted || res.Records != records {
		tb.Fatalf("%+v, %v", res, err)
	}
}

// BenchmarkLetters compares parsing and validating contact letters, digest
// and duplicates included, with encoding/csv merely reading the same bytes.
// The target is a ratio of at least 0.5.
func BenchmarkLetters(b *testing.B) {
	const n = 20000
	var file bytes.Buffer
	letters(b, &file, n)
	data := file.Bytes()
	var plain, ours time.Duration
	b.SetBytes(int64(2 * len(data)))
	for b.Loop() {
		start := time.Now()
		readPlainly(b, bytes.NewReader(data))
		middle := time.Now()
		validate(b, bytes.NewReader(data), n)
		plain, ours = plain+middle.Sub(start), ours+time.Since(middle)
	}
	rate := func(d time.Duration) float64 { return float64(len(data)) * float64(b.N) / 1e6 / d.Seconds() }
	b.ReportMetric(rate(plain), "csv-MB/s")
	b.ReportMetric(rate(ours), "batch-MB/s")
	b.ReportMetric(plain.Seconds()/ours.Seconds(), "ratio")
}
