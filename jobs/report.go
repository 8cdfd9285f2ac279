package jobs

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sort"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/report"
)

// reportDays is how long closed cases, files and runs stay in the nightly workbook.
const reportDays = 30

// Report writes the nightly workbook reports/<date>.xlsx, takes a checkpoint of
// the journal and proves the ledger: a difference is an error of the run.
func (e *Env) Report(ctx context.Context) (Counts, error) {
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		n := e.night(tx)
		if err := e.summarise(tx, &n.Summary); err != nil {
			return err
		}
		return e.outside("report.save", e.ReportPath(), func() error { return report.Nightly(n).Save(e.ReportPath()) })
	})
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.WriteCheckpoint(e.Now(), e.Date)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if info, err := os.Stat(e.ReportPath()); err == nil {
		e.Log.Info("workbook written", "file", e.ReportPath(), "bytes", info.Size())
	}
	if err := e.Store.View(ctx, func(tx *store.Tx) error { return e.closes(tx) }); err != nil {
		return Counts{"workbooks": 1}, fmt.Errorf("report: %w", err)
	}
	counts, err := e.post(ctx)
	if err != nil {
		return counts, fmt.Errorf("report: %w", err)
	}
	counts["workbooks"] = 1
	return counts, nil
}

// ReportPath is where the business date's workbook lies.
func (e *Env) ReportPath() string { return filepath.Join(e.Reports, e.Date.String()+".xlsx") }

func (e *Env) night(tx *store.Tx) report.Night {
	since := e.Date.AddDays(-reportDays)
	lang := code.Chinese
	if e.Lang == string(code.English) {
		lang = code.English
	}
	return report.Night{
		Agency: e.Agency, Partners: e.Partners, Profiles: e.Profiles, Turns: e.Turns, Calendar: e.Calendar, Date: e.Date,
		Made: e.Now().In(e.Agency.Zone), Lang: lang,
		Cases: byUrgency(tx),
		Letters: perCase(tx, since, func(c exchange.Case) ([]report.Letter, error) {
			if c.LetterNo == "" {
				return nil, nil
			}
			list, err := tx.Letters(c.LetterNo)
			return withCase(list, func(l exchange.Letter) report.Letter { return report.Letter{Letter: l, Case: c} }), err
		}),
		Forms: perCase(tx, since, func(c exchange.Case) ([]report.Form, error) {
			list, err := tx.FormsByCase(c.No)
			return withCase(list, func(f exchange.Form) report.Form { return report.Form{Form: f, Case: c} }), err
		}),
		Remittances: perCase(tx, since, func(c exchange.Case) ([]report.Remittance, error) {
			list, err := tx.RemittancesByCase(c.No)
			if err != nil {
				return nil, err
			}
			rows := withCase(list, func(r exchange.Remittance) report.Remittance { return report.Remittance{Remittance: r, Case: c} })
			for i := range rows {
				if err := e.releasedBy(tx, &rows[i]); err != nil {
					return nil, err
				}
			}
			return rows, nil
		}),
		Bank:  listed(func() ([]report.BankItem, error) { return e.bankItems(tx, since) }),
		Files: listed(func() ([]exchange.File, error) { return tx.Files(store.FileFilter{Since: since}) }),
		Runs:  listed(func() ([]exchange.Run, error) { return tx.Runs(store.RunFilter{From: since, To: e.Date}) }),
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

// byUrgency are the open cases, those due first before the others; cases
// without a limit of their own come last.
func byUrgency(tx *store.Tx) iter.Seq2[exchange.Case, error] {
	type place struct {
		due calendar.Date
		no  string
	}
	return func(yield func(exchange.Case, error) bool) {
		var order []place
		err := tx.EachCase(store.CaseFilter{OpenOnly: true}, func(c exchange.Case) error {
			due := c.Due
			if due == 0 {
				due = 99991231
			}
			order = append(order, place{due, c.No})
			return nil
		})
		if err != nil {
			yield(exchange.Case{}, err)
			return
		}
		sort.SliceStable(order, func(i, j int) bool { return order[i].due < order[j].due })
		for _, p := range order {
			c, err := tx.Case(p.no)
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// errStop ends a walk whose reader wants no more.
var errStop = errors.New("enough")

// recentCases are the cases that are open or were closed lately.
func recentCases(tx *store.Tx, since calendar.Date) iter.Seq2[exchange.Case, error] {
	return func(yield func(exchange.Case, error) bool) {
		err := tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error {
			if c.State.Final(c.Side) && c.StateSince < since && c.MoneySince < since {
				return nil
			}
			if !yield(c, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
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
func (e *Env) summarise(tx *store.Tx, s *report.Summary) error {
	s.Tally = report.NewTally(e.Date, e.Calendar, e.Turns)
	trend := newTrend(e.Date)
	err := tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error {
		s.Tally.Add(c)
		trend.add(c)
		return nil
	})
	if err != nil {
		return err
	}
	s.Trend = trend.days()
	if s.Proofs, err = e.proofs(tx); err != nil {
		return err
	}
	return e.warnings(tx, s)
}

// warnings are what the Summary names first.
func (e *Env) warnings(tx *store.Tx, s *report.Summary) error {
	say := func(zh, en string, args ...any) {
		if e.Lang == string(code.English) {
			zh = en
		}
		s.Warnings = append(s.Warnings, fmt.Sprintf(zh, args...))
	}
	for _, p := range e.unsignedPartners() {
		say("与%s（%s）之间未启用签名（seal: off）", "nothing is signed between us and %s (%s): seal: off", p.Name, p.Code)
	}
	open, err := tx.Differences(true)
	if err != nil {
		return err
	}
	for i, d := range open {
		if i == 20 {
			say("另有 %d 项差异，见各表", "and %d more differences", len(open)-i)
			break
		}
		say("%s 差异（%s）：本方 %s，对方 %s", "difference, %s (%s): ours %s, theirs %s", d.Kind, d.Subject, d.Ours, d.Theirs)
	}
	late, err := e.missing(tx)
	if err != nil {
		return err
	}
	for _, m := range late {
		say("%s 应于 %s %s 前送达的 %s 未到", "%s: %[4]s expected by %[2]s %[3]s has not come", m.Party, m.On, m.By, m.Kind)
	}
	soon, err := e.awaited(tx)
	if err != nil {
		return err
	}
	for _, m := range soon {
		say("%s 的 %s 应于今日 %s 前送达，尚未收到", "%s: %s is expected by %s today and has not come yet", m.Party, m.Kind, m.By)
	}
	for _, p := range e.Parties {
		alone, err := e.lonelySignatures(tx, p)
		if err != nil {
			return err
		}
		for _, name := range alone {
			say("%s 的交换目录中有签名而无文件：%s", "%s: a signature lies in the drop without its file: %s", p.Code, name)
		}
		for _, k := range kinds {
			gaps, err := tx.SequenceGaps(exchange.In, p.Code, k.Name)
			if err != nil {
				return err
			}
			if len(gaps) > 0 {
				say("%s 的 %s 缺少序号 %v", "%s: %s lacks the sequences %v", p.Code, k.Name, gaps)
			}
		}
	}
	return nil
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
