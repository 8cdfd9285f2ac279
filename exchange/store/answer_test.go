package store

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store/sqltext"
)

// TestFilesToAnswer: a file waits for its receipt, and again when a held
// record was decided; receipts and the bank's messages are never answered.
func TestFilesToAnswer(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		worked, receipt, bank, fetched, rejected := sampleFile(1), sampleFile(2), sampleFile(3), sampleFile(4), sampleFile(6)
		answer := exchange.File{Dir: exchange.Out, Party: "310100", Kind: "receipt", Sequence: 1, State: exchange.FileQueued}
		worked.State, receipt.State, bank.State, rejected.State = exchange.FileWorked, exchange.FileWorked, exchange.FileWorked, exchange.FileRejected
		receipt.Kind, bank.Carrier = "receipt", "xml"
		held := exchange.Judgement{Ordinal: 1, Verdict: "held", Reported: true}
		write(t, s, func(tx *Tx) error {
			err := steps(tx.InsertFile(&worked), tx.InsertFile(&receipt), tx.InsertFile(&bank), tx.InsertFile(&fetched), tx.InsertFile(&rejected), tx.InsertFile(&answer))
			held.FileID = worked.ID
			return steps(err, tx.InsertJudgement(held))
		})
		expect := func(want ...int64) {
			t.Helper()
			view(t, s, func(tx *Tx) error {
				files, err := tx.FilesToAnswer()
				var got []int64
				for _, f := range files {
					got = append(got, f.ID)
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("to answer: %v, want %v", got, want)
				}
				return err
			})
		}
		expect(worked.ID, rejected.ID)
		answered := worked
		answered.Receipt = answer.ID
		write(t, s, func(tx *Tx) error { return tx.UpdateFile(worked, answered) })
		expect(rejected.ID)
		held.Verdict, held.Reported = "accepted", false
		write(t, s, func(tx *Tx) error { return tx.UpdateJudgement(held) })
		expect(worked.ID, rejected.ID)
		view(t, s, func(tx *Tx) error {
			open, err := tx.OpenGaps("310100")
			none, nerr := tx.OpenGaps("440300")
			if fmt.Sprint(open) != "[contact-letter receipt]" || len(none) > 0 {
				t.Errorf("gaps: %v, %v", open, none)
			}
			return steps(err, nerr)
		})
	})
}

// TestStatements: a month's statement is begun once, and consists of what
// each form version of the month added.
func TestStatements(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 2)
		forms := []exchange.Form{
			{No: "F1", Version: 1, Principal: 1000, IssuedOn: 20260210},
			{No: "F1", Version: 2, Principal: 1500, IssuedOn: 20260310},
			{No: "F1", Version: 3, Principal: 1600, IssuedOn: 20260331, Current: true},
			{No: "F2", Version: 1, Principal: 300, IssuedOn: 20260301, Current: true},
			{No: "F3", Version: 1, Principal: 77, IssuedOn: 20260401, Current: true},
		}
		write(t, s, func(tx *Tx) error {
			for _, f := range forms {
				f.CaseNo, f.LetterNo, f.Side, f.Nature, f.Track, f.Money = sampleCase(1).No, "L", exchange.Out, "original", exchange.FormQueued, "NETTED"
				f.Amount = f.Principal
				if err := tx.InsertForm(f); err != nil {
					return err
				}
			}
			return nil
		})
		write(t, s, func(tx *Tx) error {
			got, err := tx.NettedForms("310100", 202603)
			if len(got) != 2 || got[0].FormNo != "F1" || got[0].Amount != 600 || got[1].Amount != 300 || got[0].Direction != "out" {
				t.Errorf("netted: %+v", got)
			}
			first, ferr := tx.BeginStatement("310100", 202603)
			again, aerr := tx.BeginStatement("310100", 202603)
			if !first || again {
				t.Errorf("begun %v, then %v", first, again)
			}
			return steps(err, ferr, aerr)
		})
	})
}

// TestFigures: what the proof compares the ledger with.
func TestFigures(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 2)
		in := sampleCase(3)
		in.Side, in.State, in.MoneyTrack, in.Partner = exchange.In, exchange.Applied, exchange.MoneyNone, "440300"
		form := exchange.Form{No: "F1", Version: 1, CaseNo: in.No, Side: exchange.In, Nature: "original", Track: exchange.FormReceived, Money: "REMITTED", Principal: 40, Interest: 2, Amount: 42}
		next := form
		next.Version, next.Current, next.Principal, next.Amount = 2, true, 50, 52
		write(t, s, func(tx *Tx) error {
			err := steps(tx.InsertCase(&in), tx.InsertForm(form), tx.InsertForm(next))
			for i, state := range []string{exchange.PostingDone, exchange.PostingDone, exchange.PostingRefused} {
				err = steps(err, tx.InsertPosting(exchange.Posting{No: fmt.Sprint("P", i), CaseNo: sampleCase(1 + i%2).No, Row: "B", State: state, Amount: 100}))
			}
			return err
		})
		told := func(no string, version int, said string, credited, back money.Fen, m string) exchange.Form {
			return exchange.Form{
				No: no, Version: version, CaseNo: sampleCase(1).No, Side: exchange.Out, Nature: "original", Track: exchange.FormSent, Money: m,
				LastCompletion: said, Credited: credited, SentBack: back,
			}
		}
		said := [][]exchange.Form{
			{told("F2", 1, "completed", 30, 30, "REMITTED"), told("F2", 2, "completed", 50, 40, "REMITTED"), told("F2", 3, "relation_done", 0, 0, "REMITTED")},
			{told("F3", 1, "completed", 7, 0, "NETTED"), told("F3", 2, "", 0, 0, "REMITTED")},
			{told("F4", 1, "completed", 9, 0, "REMITTED"), told("F4", 2, "void", 0, 0, "REMITTED")},
			{told("F5", 1, "completed", 100, 0, "REMITTED"), told("F5", 2, "completed", 80, 0, "REMITTED")},
		}
		write(t, s, func(tx *Tx) (err error) {
			for _, f := range slices.Concat(said...) {
				err = steps(err, tx.InsertForm(f))
			}
			for i, state := range []string{
				exchange.EntryUnmatched, exchange.EntryMatched, exchange.EntryRefund, exchange.EntryReturned, exchange.EntryNetted, exchange.EntryOwn, exchange.EntryReversed,
			} {
				err = steps(err, tx.InsertBankEntry(exchange.BankEntry{Key: state, Credit: true, Amount: 1 << i, State: state}))
			}
			return steps(err, tx.InsertBankEntry(exchange.BankEntry{Key: "debit", Amount: 1000, State: exchange.EntryMatched}))
		})
		view(t, s, func(tx *Tx) error {
			var want money.Fen
			for _, versions := range said {
				want += exchange.ConfirmedBy(versions)
			}
			confirmed, cerr := tx.Confirmed()
			if want != 110 || fmt.Sprint(confirmed) != "map[310100:1.10]" {
				t.Errorf("confirmed %v, want %s", confirmed, want)
			}
			received, rerr := tx.BankReceived()
			if received != 7 {
				t.Errorf("received %s", received)
			}
			return steps(cerr, rerr)
		})
		view(t, s, func(tx *Tx) error {
			out, err := tx.Liquidated()
			announced, aerr := tx.Announced()
			if fmt.Sprint(out) != "map[310100:2.00]" || fmt.Sprint(announced) != "map[440300:0.52]" {
				t.Errorf("liquidated %v, announced %v", out, announced)
			}
			return steps(err, aerr)
		})
	})
}

// TestPlans: what is asked for every record is found by an index, however
// much the store holds.
func TestPlans(t *testing.T) {
	s := openMigrated(t, Options{DSN: t.TempDir() + "/plans.db"})
	open := streamsOf(CaseFilter{OpenOnly: true, Partner: "310100", MoneyTracks: []exchange.MoneyTrack{exchange.MoneyNone}, After: "T", Limit: 500})
	cases, _ := open[0].Query()
	pages, _ := firstPages(open, 500)
	all, _ := CaseFilter{After: "T", Limit: 500}.Query()
	person, _ := CaseFilter{IDKey: "x"}.Query()
	texts := map[string]string{
		"Cases by state": caseRows.query + cases, "Cases of all states": caseRows.query + pages, "all Cases": caseRows.query + all, "Cases by person": caseRows.query + person,
		"UpdateCase": moveCase.Into + sqltext.ListOf(24, 0) + moveCase.Behind, "head": selectHeads[0] + sqltext.RowsOf(2, 0) + selectHeads[1], "claim": claimant,
		"UpdateJudgement":      updateJudgement,
		"HeldJudgements":       judgementRows.query + heldJudgements + sqltext.AtMost(pageSize),
		"HeldRecords":          judgementRows.query + heldRecords,
		"UnreportedJudgements": judgementRows.query + "WHERE told = 0 AND file_id = $1 ORDER BY ordinal, part",
		"JudgementsByFile":     judgementRows.query + "WHERE file_id = $1 AND (ordinal, part) > ($2, $3) ORDER BY ordinal, part" + sqltext.AtMost(pageSize),
		"OutgoingFor":          outgoingRows.query + "WHERE file_id IS NULL AND party = $1 AND kind = $2 AND id > $3 ORDER BY id" + sqltext.AtMost(pageSize),
		"OutgoingByFile":       outgoingRows.query + "WHERE file_id = $1 AND id > $2 ORDER BY id" + sqltext.AtMost(pageSize),
		"CertificateSent":      outgoingRows.query + sentCertificate,
		"OutgoingByCase":       outgoingRows.query + "WHERE case_no = $1 ORDER BY id",
		"EachRemittance":       remittanceRows.query + "WHERE side = $1 AND " + sqltext.Is("track", exchange.MoneyDue) + " AND (case_no, part) > ($2, $3) ORDER BY case_no, part" + sqltext.AtMost(pageSize),
		"ExpectedParts":        remittanceRows.query + "WHERE track = 'none' AND amount = $1 ORDER BY case_no, part" + sqltext.AtMost(pageSize),
		"EachPayment":          paymentRows.query + "WHERE track = $1 AND ref > $2 ORDER BY ref" + sqltext.AtMost(pageSize),
		"EachPaymentOf":        paymentRows.query + "WHERE file_id = $1 AND ref > $2 ORDER BY ref" + sqltext.AtMost(pageSize),
		"EachUnfiledUpTo":      paymentRows.query + "WHERE track = 'ordered' AND file_id IS NULL AND ref <= $1 AND ref > $2 ORDER BY ref" + sqltext.AtMost(pageSize),
		"FirstSettled":         paymentRows.query + "WHERE payee_no = $1 AND track = 'settled' ORDER BY value_on LIMIT 1",
		"Deciders":             strings.ReplaceAll(deciders, "WHICH", "p.file_id = $1"),
		"Deciders of unfiled":  strings.ReplaceAll(deciders, "WHICH", unfiled),
		"UnmatchedEntries":     entryRows.query + "WHERE state = 'unmatched' AND entry_key > $1 ORDER BY entry_key" + sqltext.AtMost(pageSize),
		"AllUnmatchedDebits":   entryRows.query + allUnmatchedDebits,
		"EntriesToRetry":       entryRows.query + entriesToRetry,
		"journal by chain":     selectEvent + "WHERE (chain, n) > ($1, $2) ORDER BY chain, n" + sqltext.AtMost(pageSize),
		"LedgerOf":             selectBooked,
		"claims ahead":         aheadClaims + sqltext.ListOf(16, 2),
	}
	plans(texts, caseRows)
	plans(texts, applicationRows)
	plans(texts, letterRows)
	plans(texts, formRows)
	plans(texts, remittanceRows)
	plans(texts, postingRows)
	plans(texts, paymentRows)
	plans(texts, itemRows)
	plans(texts, adviceRows)
	plans(texts, entryRows)
	plans(texts, registryRows)
	plans(texts, certificateRows)
	plans(texts, outgoingRows)
	ended, _ := CaseFilter{Ended: Ended{From: 1, Before: 2}}.Query()
	texts["Waits"], texts["Pays"], texts["CasesAgain"], texts["LookAgain"] = waits, pays, casesAgain, caseRows.query+strings.TrimSuffix(ended, " ORDER BY case_no")
	texts["chainEnds"] = chainEnds
	texts["stirPeople"], texts["stirRivals"] = stirPeople.Into+sqltext.ListOf(2, 0)+stirPeople.Behind, stirRivals.Into+sqltext.ListOf(2, 0)+stirRivals.Behind
	texts["WorkedBefore"], texts["FilesToWork"] = fileRows.query+workedBefore, fileRows.query+"WHERE state = 'fetched' ORDER BY id"
	// Values of the statement itself, and what has no more rows than there is to do.
	harmless := regexp.MustCompile(`^SCAN (page\d+|moved|of|ends|again|swept|CONSTANT ROW|.* VALUES CLAUSE` +
		`|.* INDEX (files_to_work|files_prepared|bank_entries_odd|entry_marks_again|judgements_held|bank_days_differ))$`)
	for name, text := range texts {
		rows, err := s.writers.DB().Query("EXPLAIN QUERY PLAN "+text, make([]any, strings.Count(text, "$"))...)
		if err != nil {
			t.Fatal(name, err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(name, "Held") && strings.Contains(detail, " judgements ") && !strings.Contains(detail, "judgements_held") {
				t.Errorf("%s: %s", name, detail) // what is held is little of all that was judged
			}
			if strings.HasPrefix(detail, "SCAN") && !harmless.MatchString(detail) || strings.Contains(detail, "TEMP B-TREE") && !strings.HasPrefix(name, "stir") && name != "chainEnds" {
				t.Errorf("%s: %s", name, detail)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// plans adds the lookups of a table, for one key and for many.
func plans[T any](texts map[string]string, k *kept[T]) {
	for i, l := range k.lookups {
		name := fmt.Sprintf("lookup %d of %s", i, k.table)
		texts[name], texts[name+", ahead"] = k.query+l.condition(0), k.query+l.condition(16)
	}
}
