// Package nightly gathers the night's workbook, and finds what is kept of earlier
// nights.
//
// It promises that every row comes from the store as it is, page by page, and
// that the sheet To do and the decisions workbooks of a night are made from one
// list (jobs/todo). It decides nothing; which cells a sheet has is jobs/report's.
package nightly

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/audit"
	"carryover/jobs/decision"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/paper"
	"carryover/jobs/payment"
	"carryover/jobs/proof"
	"carryover/jobs/report"
	"carryover/jobs/todo"
)

// reportDays is how many calendar days closed cases, files and runs stay in the
// nightly workbook, and how far its trend and its gaps look back.
const reportDays = 30

// Report makes the batches that officers review, writes the nightly workbook
// reports/<date>.xlsx, takes a checkpoint of the journal, puts the decisions
// workbooks into the officers' folders and proves the ledger: a difference is
// an error of the run. Before all of that it proves the store (audit.Verify). Without a workbook nothing that follows is done; a fault
// of what follows stops none of the rest, and all of them come back joined.
// Made again on the same day, it replaces that day's workbook.
func Report(ctx context.Context, o *office.Office) (office.Counts, error) {
	// Reviews first: the workbook lists what waits for review.
	reviewErr := outbox.ComposeReviews(ctx, o)
	// What is wrong with the store stands in the workbook of the night that found it.
	found, err := audit.Verify(ctx, o)
	reviewErr = errors.Join(reviewErr, err)
	// One read transaction for all sheets, so that they agree with each other
	// though the rows are read while they are written.
	var list []exchange.Todo
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		n, err := night(o, tx)
		if err != nil {
			return err
		}
		list = n.Todo
		return o.CallOutside("report.save", reportPath(o), func() error { return report.Nightly(n).Save(reportPath(o)) })
	})
	if err != nil {
		return nil, fmt.Errorf("report: %w", errors.Join(reviewErr, err))
	}
	if err := audit.Checkpoint(ctx, o); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if info, err := os.Stat(reportPath(o)); err == nil {
		o.Log.Info("workbook written", "file", reportPath(o), "bytes", info.Size())
	}
	written, decisionsErr := decision.WriteDecisions(ctx, o, list)
	posted, postErr := paper.Post(ctx, o)
	// The proof comes last: a ledger that does not balance must not keep the
	// officers from the workbooks by which they find out why.
	err = o.Store.View(ctx, func(tx *store.Tx) error { return proof.CheckBalanced(o, tx) })
	if err = errors.Join(reviewErr, decisionsErr, postErr, err); err != nil {
		err = fmt.Errorf("report: %w", err)
	}
	counts := office.Counts{"workbooks": 1}
	counts.Add(posted)
	if found > 0 {
		counts["findings"] = found
	}
	if written > 0 {
		counts["decisions workbooks"] = written
	}
	return counts, err
}

// reportPath is the file of the business date's nightly workbook; it may not be there yet.
func reportPath(o *office.Office) string { return filepath.Join(o.Reports, o.Date.String()+".xlsx") }

// night gathers a workbook: what the first sheets count at once, the rows of
// the lists while they are written, so that memory does not grow with the
// agency. The iterators are good only as long as tx is open.
func night(o *office.Office, tx *store.Tx) (n report.Night, err error) {
	n = decision.WorkbookOf(o)
	if n.Todo, err = todo.List(o.Reading(tx)); err != nil {
		return n, err
	}
	if err := summarise(o, tx, &n); err != nil {
		return n, err
	}
	if n.Reconciliation, err = reconciliation(o, tx); err != nil {
		return n, err
	}
	// Only the numbers of the open cases are kept: the links from the sheet To do
	// need to know a case's row before that row is written.
	order, err := byDue(o, tx)
	if err != nil {
		return n, err
	}
	n.Places = rowsOf(n.Todo, order)
	since := o.Date.AddDays(-reportDays)
	n.Cases = casesOf(o, tx, order)
	n.Applications = applications(o, tx, since)
	n.Certificates = certificates(tx, since)
	n.Letters = letters(o, tx, since)
	n.Forms = forms(o, tx, since)
	n.Remittances = remittances(o, tx, since)
	n.Files = listed(func() ([]exchange.File, error) {
		files, err := tx.Files(store.FileFilter{Since: since})
		for i := range files {
			files[i].Text = o.InWords(files[i].Text)
		}
		return files, err
	})
	n.Runs = listed(func() ([]exchange.Run, error) { return tx.Runs(store.RunFilter{From: since, To: o.Date}) })
	return n, nil
}

// applications yields all versions of the applications of recent cases, then
// those that were relayed to the new place, which are no case of ours.
func applications(o *office.Office, tx *store.Tx, since calendar.Date) iter.Seq2[report.Application, error] {
	ahead := func(page []exchange.Case) error {
		return tx.ReadAhead(store.Ahead{Applications: present(page, func(c exchange.Case) string { return c.ApplicationNo })})
	}
	ours := perCase(o, tx, "applications", since, ahead, func(c exchange.Case) ([]report.Application, error) {
		if c.ApplicationNo == "" {
			return nil, nil
		}
		list, err := tx.Applications(c.ApplicationSender, c.ApplicationNo)
		return mapped(list, func(a exchange.Application) report.Application { return report.Application{Application: a, Case: c} }), err
	})
	relayed := listed(func() ([]report.Application, error) {
		list, err := tx.RelayedApplications(since)
		return mapped(list, func(a exchange.Application) report.Application { return report.Application{Application: a} }), err
	})
	return chained(ours, relayed)
}

// letters yields all versions of the letters of recent cases.
func letters(o *office.Office, tx *store.Tx, since calendar.Date) iter.Seq2[report.Letter, error] {
	ahead := func(page []exchange.Case) error {
		return tx.ReadAhead(store.Ahead{Letters: present(page, func(c exchange.Case) string { return c.LetterNo })})
	}
	return perCase(o, tx, "letters", since, ahead, func(c exchange.Case) ([]report.Letter, error) {
		list, err := tx.Letters(c.LetterNo)
		return mapped(list, func(l exchange.Letter) report.Letter { return report.Letter{Letter: l, Case: c} }), err
	})
}

// forms yields all versions of the forms of recent cases.
func forms(o *office.Office, tx *store.Tx, since calendar.Date) iter.Seq2[report.Form, error] {
	ahead := func(page []exchange.Case) error { return tx.ReadAhead(store.Ahead{Forms: mapped(page, caseNo)}) }
	return perCase(o, tx, "forms", since, ahead, func(c exchange.Case) ([]report.Form, error) {
		list, err := tx.FormsByCase(c.No)
		return mapped(list, func(f exchange.Form) report.Form { return report.Form{Form: f, Case: c} }), err
	})
}

// certificates yields the requests that wait, however old, then what was issued
// since a day.
func certificates(tx *store.Tx, since calendar.Date) iter.Seq2[report.Certificate, error] {
	pending := listed(func() ([]report.Certificate, error) {
		list, err := tx.OpenCertificateRequests()
		return mapped(list, func(q exchange.CertificateRequest) report.Certificate { return report.Certificate{Request: &q} }), err
	})
	issued := office.Walk(func(visit func(report.Certificate) error) error {
		return tx.EachCertificate(since, func(c exchange.Certificate) error {
			return visit(report.Certificate{Certificate: c})
		})
	})
	return chained(pending, issued)
}

// remittances yields the parts of the remittances of recent cases, each with the
// officers who released its payment.
func remittances(o *office.Office, tx *store.Tx, since calendar.Date) iter.Seq2[report.Remittance, error] {
	released := payment.NewReleases(o, tx)
	ahead := func(page []exchange.Case) error {
		if err := tx.ReadAhead(store.Ahead{Parts: mapped(page, caseNo)}); err != nil {
			return err
		}
		var refs []string
		for _, c := range page {
			parts, err := tx.RemittancesByCase(c.No)
			if err != nil {
				return err
			}
			refs = append(refs, present(parts, func(r exchange.Remittance) string { return r.Ref })...)
		}
		return tx.ReadAhead(store.Ahead{Payments: refs})
	}
	return perCase(o, tx, "remittances", since, ahead, func(c exchange.Case) ([]report.Remittance, error) {
		list, err := tx.RemittancesByCase(c.No)
		rows := mapped(list, func(r exchange.Remittance) report.Remittance { return report.Remittance{Remittance: r, Case: c} })
		for i := 0; i < len(rows) && err == nil; i++ {
			err = released.Fill(&rows[i])
		}
		return rows, err
	})
}

// byDue lists the numbers of the cases about which somebody has something to do,
// by their legal limit (exchange.CompareDue): the order of the sheet Deadlines.
func byDue(o *office.Office, tx *store.Tx) ([]string, error) {
	type awaited struct {
		no  string
		due calendar.Date
	}
	var order []awaited // no more of a case is held in memory
	count := o.Counting("cases put in order", 0)
	err := todo.EachOpenCase(tx, func(c exchange.Case) error {
		count()
		if report.Awaits(o.Turns, c) {
			order = append(order, awaited{c.No, c.Due})
		}
		return nil
	})
	slices.SortStableFunc(order, func(a, b awaited) int { return exchange.CompareDue(a.due, b.due) })
	return mapped(order, func(a awaited) string { return a.no }), err
}

// rowsOf gives the row on the sheet of deadlines, from 0, of each case that needs
// a person; one that is not on that sheet is missing, and gets no link.
func rowsOf(list []exchange.Todo, order []string) map[string]int {
	wanted := map[string]bool{}
	for _, t := range list {
		if t.CaseNo != "" {
			wanted[t.CaseNo] = true
		}
	}
	rows := map[string]int{}
	for i, no := range order {
		if wanted[no] {
			rows[no] = i
		}
	}
	return rows
}
