package store

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/store/shape"
)

var updateRows = flag.Bool("update-rows", false, "write what stores keep: only when it is meant to change")

// goldenTables are those whose rows the store makes of a domain type.
var goldenTables = []string{
	"advices", "applications", "bank_days", "bank_entries", "cases", "certificate_requests", "certificates", "decisions", "differences", "files", "forms",
	"judgements", "letters", "looks", "money_settings", "outgoing", "payees", "payment_items", "payments", "postings", "queries", "refunds", "registry", "remittances",
	"reviews", "runs", "signatures", "stated_bookings",
}

// TestRowsAsKept holds what stores in use are made of: every column, and every
// byte of the documents, of a value with all fields and of one with none but
// what the schema demands.
func TestRowsAsKept(t *testing.T) {
	const golden = "testdata/rows.golden"
	onEngines(t, func(t *testing.T, s *Store) {
		f, c := fullFile(t), fullCase(t)
		write(t, s, func(tx *Tx) error {
			return steps(tx.InsertFile(&f), tx.InsertCase(&c), keepPapers(t, tx, f, c), keepMoney(t, tx, f, c), keepBank(t, tx, f, c), keepWork(t, tx, f, c))
		})
		empty := exchange.Case{No: "T", Side: exchange.Out, State: exchange.Requested, FormTrack: exchange.FormNone, MoneyTrack: exchange.MoneyNotDue}
		write(t, s, func(tx *Tx) error { return steps(tx.InsertCase(&empty), keepEmpty(tx, f.ID)) })
		got := rowsAsText(t, s)
		if *updateRows {
			if err := steps(os.MkdirAll("testdata", 0o755), os.WriteFile(golden, []byte(got), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
			t.Errorf("rows of stores in use and what is written now differ (-in use +now):\n%s", d)
		}
	})
}

// rowsAsText is a line for each column of each row.
func rowsAsText(t *testing.T, s *Store) string {
	var b strings.Builder
	view(t, s, func(tx *Tx) error {
		for _, table := range goldenTables {
			rows, err := tx.sql.QueryContext(context.Background(), "SELECT * FROM "+table+" ORDER BY 1, 2, 3")
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for n := 1; rows.Next(); n++ {
				values, to := make([]any, len(columns)), make([]any, len(columns))
				for i := range values {
					to[i] = &values[i]
				}
				if err := rows.Scan(to...); err != nil {
					return err
				}
				for i, v := range values {
					if raw, ok := v.([]byte); ok {
						v = string(raw)
					}
					fmt.Fprintf(&b, "%s %d %s %q\n", table, n, columns[i], fmt.Sprint(v))
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return b.String()
}

func keepPapers(t *testing.T, tx *Tx, f exchange.File, c exchange.Case) error {
	l, form, a := fill[exchange.Letter](t), fullForm(t, c), fill[exchange.Application](t)
	l.CaseNo, l.Side, l.No, a.CaseNo = c.No, c.Side, c.LetterNo, c.No
	p, cert, q := fill[exchange.RegistryPerson](t), fill[exchange.Certificate](t), fill[exchange.CertificateRequest](t)
	p.Status, p.FileID, q.FileID = "stopped", f.ID, f.ID
	ask := fill[exchange.Query](t)
	ask.Side, ask.State, ask.CaseNo = "received", "open", c.No
	d := fill[exchange.Recorded](t)
	d.Action, d.CaseNo, d.Args = exchange.ActRefund, c.No, map[string]string{"part": "1", "amount": "<2>"}
	return steps(tx.InsertLetter(l), tx.InsertForm(form), tx.InsertApplication(a), tx.PutRegistry(p), tx.InsertCertificate(cert),
		tx.InsertCertificateRequest(q), tx.InsertQuery(ask), tx.InsertDecision(d))
}

func keepMoney(t *testing.T, tx *Tx, f exchange.File, c exchange.Case) error {
	p, m, a := fill[exchange.Posting](t), fullRemittance(t, c), fill[exchange.Advice](t)
	p.CaseNo, p.Row, p.State = c.No, exchange.PostUndo, exchange.PostingQueued
	pay, to, r := fullPayment(t, m, f.ID), fill[exchange.Payee](t), fill[exchange.Refund](t)
	diff := fill[exchange.Difference](t)
	diff.Kind, diff.Closed = "money", false
	a.Side, a.Purpose = exchange.Out, "refund"
	to.CaseNo, to.Relation, to.ShareNum, to.ShareDen = c.No, "heir", 1, 3
	r.CaseNo, r.EntryKey, r.Track = c.No, "", exchange.MoneyDue
	s := fill[exchange.MoneySettings](t)
	s.State, s.FileID = exchange.SettingsVoid, f.ID
	return steps(tx.OpenDifference(diff), tx.InsertPosting(p), tx.InsertRemittance(m), tx.InsertPayment(pay), tx.InsertAdvice(a), tx.PutPayee(to), tx.InsertRefund(&r), tx.InsertMoneySettings(s))
}

func keepBank(t *testing.T, tx *Tx, f exchange.File, c exchange.Case) error {
	e, d, l := fill[exchange.BankEntry](t), fill[exchange.BankDay](t), fill[exchange.StatedBooking](t)
	e.State, e.CaseNo = exchange.EntryMatched, c.No
	d.State, d.FileID, d.From, d.Closing = exchange.DayDiffers, f.ID, d.Day, d.Opening+d.Credits-d.Debits
	l.Account, l.Day, l.Page = d.Account, d.Day, d.Page
	return steps(tx.InsertBankEntry(e), tx.InsertBankDay(d), tx.InsertStatedBooking(l))
}

func keepWork(t *testing.T, tx *Tx, f exchange.File, c exchange.Case) error {
	l, j, o := fill[exchange.Look](t), fill[exchange.Judgement](t), fill[exchange.Outgoing](t)
	l.FileID, l.After = f.ID, "move"
	j.FileID, j.Verdict, j.Code = f.ID, "held", "unknown-letter"
	o.CaseNo, o.FileID = c.No, f.ID
	s, v, r := fill[exchange.Signature](t), fill[exchange.Reviewed](t), fill[exchange.Run](t)
	s.FileID, v.FileID, v.Verdict = f.ID, f.ID, exchange.ReviewReturned
	_, _, err := tx.StartRun(r)
	return steps(err, tx.PutLook(l), tx.InsertJudgement(j), tx.InsertOutgoing(o), tx.InsertSignature(s), tx.InsertReview(v))
}

// keepEmpty stores one of everything with nothing but what the schema demands.
func keepEmpty(tx *Tx, fileID int64) error {
	_, _, err := tx.StartRun(exchange.Run{})
	return steps(
		err,
		tx.InsertFile(&exchange.File{Dir: exchange.In, State: exchange.FileFetched}),
		tx.InsertLetter(exchange.Letter{Version: 1, CaseNo: "T", Side: exchange.Out}),
		tx.InsertForm(exchange.Form{Version: 1, CaseNo: "T", Side: exchange.Out, Nature: exchange.NatureOriginal, Track: exchange.FormNone, Money: exchange.MoneyZERO}),
		tx.InsertApplication(exchange.Application{Version: 1, Sender: "S"}),
		tx.PutRegistry(exchange.RegistryPerson{Status: exchange.StatusActive, FileID: fileID}),
		tx.InsertCertificate(exchange.Certificate{}),
		tx.InsertCertificateRequest(exchange.CertificateRequest{}),
		tx.InsertQuery(exchange.Query{Side: "sent", State: "open"}),
		tx.InsertDecision(exchange.Recorded{Decision: exchange.Decision{Action: exchange.ActMatch}}),
		tx.InsertPosting(exchange.Posting{CaseNo: "T", Row: exchange.PostEnd, State: exchange.PostingQueued}),
		tx.InsertRemittance(exchange.Remittance{CaseNo: "T", Part: 1, Side: exchange.Out, Track: exchange.MoneyDue}),
		tx.InsertPayment(exchange.Payment{
			Purpose: "transfer", Amount: 1, Track: exchange.MoneyDue,
			Items: []exchange.PaymentItem{{CaseNo: "T", Part: 1, Amount: 1}},
		}),
		tx.InsertAdvice(exchange.Advice{Side: exchange.In, Purpose: "transfer"}),
		tx.PutPayee(exchange.Payee{CaseNo: "T", Relation: "self", ShareNum: 1, ShareDen: 1}),
		tx.OpenDifference(exchange.Difference{Kind: "file"}),
		tx.InsertRefund(&exchange.Refund{Part: 1, Amount: 1, Track: exchange.MoneyDue}),
		tx.InsertMoneySettings(exchange.MoneySettings{N: 1, State: exchange.SettingsApproved}),
		tx.InsertBankEntry(exchange.BankEntry{State: exchange.EntryUnmatched}),
		tx.InsertBankDay(exchange.BankDay{State: exchange.DayProved, FileID: fileID}),
		tx.InsertStatedBooking(exchange.StatedBooking{N: 1}),
		tx.PutLook(exchange.Look{}),
		tx.InsertJudgement(exchange.Judgement{FileID: fileID, Verdict: "accepted"}),
		tx.InsertOutgoing(exchange.Outgoing{Rows: []byte{}}),
		tx.InsertSignature(exchange.Signature{FileID: fileID}),
		tx.InsertReview(exchange.Reviewed{FileID: fileID, Verdict: exchange.ReviewApproved}),
	)
}

// TestEveryFieldIsKeptOnce: a field of a kept type is a column or a key, never
// both and never neither.
func TestEveryFieldIsKeptOnce(t *testing.T) {
	checked := []string{
		keptOnce(t, adviceRows), keptOnce(t, applicationRows), keptOnce(t, dayRows), keptOnce(t, entryRows), keptOnce(t, caseRows),
		keptOnce(t, requestRows), keptOnce(t, certificateRows), keptOnce(t, decisionRows), keptOnce(t, differenceRows), keptOnce(t, fileRows), keptOnce(t, formRows),
		keptOnce(t, judgementRows), keptOnce(t, letterRows), keptOnce(t, lookRows), keptOnce(t, settingsRows), keptOnce(t, outgoingRows),
		keptOnce(t, payeeRows), keptOnce(t, itemRows), keptOnce(t, paymentRows, "Items"), keptOnce(t, postingRows), keptOnce(t, queryRows), keptOnce(t, refundRows),
		keptOnce(t, registryRows), keptOnce(t, remittanceRows), keptOnce(t, reviewRows), keptOnce(t, runRows), keptOnce(t, signatureRows), keptOnce(t, statedRows),
	}
	var kept []string
	names, err := filepath.Glob("*.go")
	for _, name := range names {
		text, rerr := os.ReadFile(name)
		err = errors.Join(err, rerr)
		for _, m := range regexp.MustCompile(`Rows += keep\("(\w+)"`).FindAllSubmatch(text, -1) {
			kept = append(kept, string(m[1]))
		}
	}
	slices.Sort(kept)
	if err != nil || !slices.Equal(kept, goldenTables) || !slices.Equal(kept, checked) {
		t.Errorf("kept are %v, in the golden file %v, here %v; %v", kept, goldenTables, checked, err)
	}
}

// keptOnce looks at one type, and returns its table. apart are the fields that
// have a table of their own.
func keptOnce[T any](t *testing.T, k *kept[T], apart ...string) string {
	t.Helper()
	type place struct {
		at uintptr
		of reflect.Type
	}
	var x T
	columns, keys := map[uintptr]int{}, map[place]int{}
	for _, f := range k.shape.Columns(&x) {
		to := reflect.ValueOf(f.To)
		if to.Kind() == reflect.Struct { // optional, moment, roles
			to = to.Field(0)
		}
		if _, follows := f.To.(shape.Derived); !follows {
			columns[to.Pointer()]++
		}
	}
	for _, path := range k.shape.Keys() {
		of := reflect.ValueOf(&x).Elem().FieldByIndex(path)
		keys[place{of.Addr().Pointer(), of.Type()}]++
	}
	var walk func(v reflect.Value, within bool)
	walk = func(v reflect.Value, within bool) {
		for i := range v.NumField() {
			f, field := v.Field(i), v.Type().Field(i)
			at := f.Addr().Pointer()
			n, parts := keys[place{at, f.Type()}], f.Kind() == reflect.Struct && f.Type() != reflect.TypeFor[time.Time]()
			if !parts {
				n += columns[at]
			}
			want := 1
			if within && field.Tag.Get("json") != "-" || slices.Contains(apart, field.Name) {
				want = 0
			}
			if parts && n == 0 && !within {
				walk(f, false)
				continue
			}
			if n != want {
				t.Errorf("%s: %s.%s is kept %d times, want %d", k.table, v.Type(), field.Name, n, want)
			}
			if parts {
				walk(f, true)
			}
		}
	}
	walk(reflect.ValueOf(&x).Elem(), false)
	return k.table
}
