// Package nightly gathers the night's workbook and the list of what needs a
// person, and looks back at days that are past.
//
// It promises that every row comes from the store as it is, page by page, and
// that a case stands once on the list of things to do. It decides nothing;
// which cells a sheet has is jobs/report's.
package nightly

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/decision"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/paper"
	"carryover/jobs/payment"
	"carryover/jobs/proof"
	"carryover/jobs/report"
)

// reportDays is how long closed cases, files and runs stay in the nightly workbook.
const reportDays = 30

// Report makes the batches that officers review, writes the nightly workbook
// reports/<date>.xlsx, takes a checkpoint of the journal, puts the decisions
// workbooks into the officers' folders and proves the ledger: a difference is
// an error of the run.
func Report(ctx context.Context, o *office.Office) (office.Counts, error) {
	rerr := outbox.ComposeReviews(ctx, o)
	err := o.Store.View(ctx, func(tx *store.Tx) error {
		n, err := night(o, tx)
		if err != nil {
			return err
		}
		return o.CallOutside("report.save", ReportPath(o), func() error { return report.Nightly(n).Save(ReportPath(o)) })
	})
	if err != nil {
		return nil, fmt.Errorf("report: %w", errors.Join(rerr, err))
	}
	err = o.Store.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.WriteCheckpoint(o.Now(), o.Date)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if info, err := os.Stat(ReportPath(o)); err == nil {
		o.Log.Info("workbook written", "file", ReportPath(o), "bytes", info.Size())
	}
	desks, derr := decision.WriteDecisions(ctx, o)
	posted, perr := paper.Post(ctx, o)
	err = o.Store.View(ctx, func(tx *store.Tx) error { return proof.CheckBalanced(o, tx) })
	if err = errors.Join(rerr, derr, perr, err); err != nil {
		err = fmt.Errorf("report: %w", err)
	}
	counts := office.Counts{"workbooks": 1}
	counts.Add(posted)
	if desks > 0 {
		counts["decisions workbooks"] = desks
	}
	return counts, err
}

// ReportPath is where the business date's workbook lies.
func ReportPath(o *office.Office) string { return filepath.Join(o.Reports, o.Date.String()+".xlsx") }

// night gathers a workbook: what the first sheets count at once, the rows of
// the lists while they are written.
func night(o *office.Office, tx *store.Tx) (n report.Night, err error) {
	n = decision.WorkbookOf(o)
	if n.Todo, err = todos(o, tx); err != nil {
		return n, err
	}
	if err := summarise(o, tx, &n); err != nil {
		return n, err
	}
	if n.Reconciliation, err = reconciliation(o, tx); err != nil {
		return n, err
	}
	order, err := byUrgency(o, tx)
	if err != nil {
		return n, err
	}
	n.Places = placesOf(n.Todo, order)
	since := o.Date.AddDays(-reportDays)
	n.Cases = func(yield func(exchange.Case, error) bool) {
		for _, no := range order {
			c, err := tx.Case(no)
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
	n.Applications = applications(o, tx, since)
	n.Certificates = certificates(tx, since)
	n.Letters = perCase(tx, since, func(c exchange.Case) ([]report.Letter, error) {
		if c.LetterNo == "" {
			return nil, nil
		}
		list, err := tx.Letters(c.LetterNo)
		return withCase(list, func(l exchange.Letter) report.Letter { return report.Letter{Letter: l, Case: c} }), err
	})
	n.Forms = perCase(tx, since, func(c exchange.Case) ([]report.Form, error) {
		list, err := tx.FormsByCase(c.No)
		return withCase(list, func(f exchange.Form) report.Form { return report.Form{Form: f, Case: c} }), err
	})
	n.Remittances = perCase(tx, since, func(c exchange.Case) ([]report.Remittance, error) { return partsOf(o, tx, c) })
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

// applications are all versions of what was applied for here, and what was
// relayed to the new place.
func applications(o *office.Office, tx *store.Tx, since calendar.Date) iter.Seq2[report.Application, error] {
	ours := perCase(tx, since, func(c exchange.Case) ([]report.Application, error) {
		if c.ApplicationNo == "" {
			return nil, nil
		}
		list, err := tx.Applications(c.ApplicationSender, c.ApplicationNo)
		return withCase(list, func(a exchange.Application) report.Application { return report.Application{Application: a, Case: c} }), err
	})
	relayed := listed(func() ([]report.Application, error) {
		list, err := tx.RelayedApplications(since)
		return withCase(list, func(a exchange.Application) report.Application { return report.Application{Application: a} }), err
	})
	return chained(ours, relayed)
}

// certificates are the requests that wait, and what was issued.
func certificates(tx *store.Tx, since calendar.Date) iter.Seq2[report.Certificate, error] {
	waiting := listed(func() ([]report.Certificate, error) {
		list, err := tx.OpenCertificateRequests()
		return withCase(list, func(q exchange.CertificateRequest) report.Certificate { return report.Certificate{Request: &q} }), err
	})
	issued := func(yield func(report.Certificate, error) bool) {
		err := tx.EachCertificate(since, func(c exchange.Certificate) error {
			if !yield(report.Certificate{Certificate: c}, nil) {
				return office.ErrStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, office.ErrStop) {
			yield(report.Certificate{}, err)
		}
	}
	return chained(waiting, issued)
}

// partsOf are the parts of a case's money, with who released them.
func partsOf(o *office.Office, tx *store.Tx, c exchange.Case) ([]report.Remittance, error) {
	list, err := tx.RemittancesByCase(c.No)
	if err != nil {
		return nil, err
	}
	rows := withCase(list, func(r exchange.Remittance) report.Remittance { return report.Remittance{Remittance: r, Case: c} })
	for i := range rows {
		if err := payment.ReleasedBy(o, tx, &rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// chained yields one source after the other.
func chained[T any](sources ...iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, source := range sources {
			for x, err := range source {
				if !yield(x, err) || err != nil {
					return
				}
			}
		}
	}
}

func withCase[T, R any](list []T, with func(T) R) []R {
	out := make([]R, len(list))
	for i, x := range list {
		out[i] = with(x)
	}
	return out
}

// listed makes a list an iterator that is read when it is needed.
func listed[T any](read func() ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		list, err := read()
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// byUrgency are the numbers of the cases about which somebody has something to
// do, those due first before the others; cases without a limit of their own
// come last.
func byUrgency(o *office.Office, tx *store.Tx) ([]string, error) {
	type place struct {
		due calendar.Date
		no  string
	}
	var order []place
	seen := map[string]bool{} // of the ended ones, which more than one filter may find
	for _, f := range awaitingFilters() {
		err := tx.EachCase(f, func(c exchange.Case) error {
			if !report.Awaits(o.Turns, c) || seen[c.No] {
				return nil
			}
			if !f.OpenOnly {
				seen[c.No] = true
			}
			due := c.Due
			if due == 0 {
				due = 99991231
			}
			order = append(order, place{due, c.No})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(order, func(a, b place) int { return cmp.Compare(a.due, b.due) })
	list := make([]string, len(order))
	for i, p := range order {
		list[i] = p.no
	}
	return list, nil
}

// placesOf finds on which row the cases that need a person stand.
func placesOf(todo []report.Todo, order []string) map[string]int {
	places := map[string]int{}
	for _, t := range todo {
		if t.CaseNo != "" {
			places[t.CaseNo] = -1
		}
	}
	for i, no := range order {
		if _, wanted := places[no]; wanted {
			places[no] = i
		}
	}
	maps.DeleteFunc(places, func(_ string, row int) bool { return row < 0 })
	return places
}

// recentCases are the cases that are open or were closed lately.
func recentCases(tx *store.Tx, since calendar.Date) iter.Seq2[exchange.Case, error] {
	return func(yield func(exchange.Case, error) bool) {
		err := tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error {
			if c.State.Final(c.Side) && c.StateSince < since && c.MoneySince < since {
				return nil
			}
			if !yield(c, nil) {
				return office.ErrStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, office.ErrStop) {
			yield(exchange.Case{}, err)
		}
	}
}

func perCase[T any](tx *store.Tx, since calendar.Date, rows func(exchange.Case) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for c, err := range recentCases(tx, since) {
			if err != nil {
				yield(none, err)
				return
			}
			list, err := rows(c)
			if err != nil {
				yield(none, err)
				return
			}
			for _, x := range list {
				if !yield(x, nil) {
					return
				}
			}
		}
	}
}

// summarise counts the cases, proves the ledger, and says what to look at first.
func summarise(o *office.Office, tx *store.Tx, n *report.Night) error {
	s := &n.Summary
	s.Tally = report.NewTally(o.Date, o.Calendar, o.Turns, o.Profiles)
	trend := newTrend(o.Date)
	err := tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error {
		s.Tally.Add(c)
		trend.add(c)
		return nil
	})
	if err != nil {
		return err
	}
	s.Trend = trend.days()
	s.Warnings = warnings(o, n.Todo)
	s.Proofs, err = proof.Proofs(o, tx)
	return err
}

// mostWarnings is how many lines the Summary begins with.
const mostWarnings = 12

// warnings are what the Summary names first: what is urgent, and with whom
// nothing is signed.
func warnings(o *office.Office, todo []report.Todo) (lines []string) {
	urgent := 0
	for _, t := range todo {
		k := report.TodoKindOf(t.Kind)
		switch {
		case t.Kind == report.TodoUnsigned:
			lines = append(lines, t.What)
		case k.Urgency != report.Urgent:
		case urgent < mostWarnings:
			lines = append(lines, strings.TrimSpace(k.Word(o.Language())+o.Say("：", ": ")+strings.TrimSpace(t.No+" "+t.What)))
			urgent++
		default:
			urgent++
		}
	}
	if urgent > mostWarnings {
		lines = append(lines, o.Sayf("另有 %d 项紧急事项，见“待办”", "%d more that are urgent, see To do", urgent-mostWarnings))
	}
	return lines
}

// trend counts, day by day, what was opened, completed and open.
type trend struct {
	from             calendar.Date
	opened, finished map[calendar.Date]int
	before           int // open when the first day began
}

func newTrend(today calendar.Date) *trend {
	return &trend{from: today.AddDays(1 - reportDays), opened: map[calendar.Date]int{}, finished: map[calendar.Date]int{}}
}

func (t *trend) add(c exchange.Case) {
	closed := c.State.Final(c.Side) && c.ClosedOn != 0
	switch {
	case closed && c.ClosedOn < t.from:
		return
	case c.OpenedOn < t.from:
		t.before++
	default:
		t.opened[c.OpenedOn]++
	}
	if closed {
		t.finished[c.ClosedOn]++
	}
}

func (t *trend) days() []report.Day {
	var out []report.Day
	open := t.before
	for i := range reportDays {
		d := t.from.AddDays(i)
		open += t.opened[d] - t.finished[d]
		out = append(out, report.Day{Date: d, Opened: t.opened[d], Completed: t.finished[d], Open: open})
	}
	return out
}
