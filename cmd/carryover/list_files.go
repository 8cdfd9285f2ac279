package main

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/jobs/report"
)

// openFiles are the states of files that wait, or that somebody must look at.
func openFiles() []exchange.FileState {
	return []exchange.FileState{
		exchange.FileFetched, exchange.FileRejected, exchange.FileQuarantined, exchange.FilePrepared,
		exchange.FileQueued, exchange.FileSending, exchange.FileSent, exchange.FileRefused,
	}
}

func (l *listing) files() error {
	l.head = l.screen.heads("序号||对方|种类|文件名|状态|记录|接收|待核|退回|时间|原因",
		"id||party|kind|name|state|records|accepted|held|refused|when|why")
	f := store.FileFilter{Dir: exchange.Side(l.side), Party: l.partner, Kind: l.kind, States: openFiles()}
	if l.all {
		f.States = nil
	}
	if l.state != "" {
		if !slices.ContainsFunc(report.FileStates(), func(t exchange.Term) bool { return t.Code == l.state }) {
			return usageError{fmt.Errorf("--state %q: one of %s", l.state, codesOf(report.FileStates()))}
		}
		f.States = []exchange.FileState{exchange.FileState(l.state)}
	}
	for {
		f.Limit = 500
		page, err := l.tx.Files(f)
		if err != nil {
			return err
		}
		for _, x := range page {
			if !l.all && l.state == "" && unanswered(x) {
				continue
			}
			if err := l.file(x); err != nil {
				return err
			}
		}
		if len(page) < f.Limit {
			return nil
		}
		f.AfterID = page[len(page)-1].ID
	}
}

// unanswered files are never receipted: once sent they are done.
func unanswered(f exchange.File) bool {
	_, staff := exchange.OfficerOf(f.Party)
	return f.State == exchange.FileSent && (f.Kind == "receipt" || f.Kind == jobs.KindPayment || f.Kind == jobs.KindAnswer || staff)
}

// fileRow is a file as list files tells it.
type fileRow struct {
	jobs.StoryFile
	Records  int    `json:"records"`
	Accepted int    `json:"accepted"`
	Held     int    `json:"held"`
	Refused  int    `json:"refused"`
	Code     string `json:"code,omitempty"`
	Text     string `json:"text,omitempty"`
}

func (l *listing) file(f exchange.File) error {
	r := fileRow{l.env.StoryFile(f), f.Records, f.Accepted, f.Held, f.Refused, f.Code, f.Text}
	return l.add(r, strconv.FormatInt(f.ID, 10), direction(f.Dir), f.Party, r.KindWord, f.Name, r.StateWord,
		count(f.Records), count(f.Accepted), count(f.Held), count(f.Refused), r.At.Format("2006-01-02 15:04"), short(join(" ", f.Code, f.Text), 50))
}

func codesOf(terms []exchange.Term) string {
	var out []string
	for _, t := range terms {
		out = append(out, t.Code)
	}
	return strings.Join(out, ", ")
}

// paymentRow is a payment, or a part that waits for one.
type paymentRow struct {
	Ref       string        `json:"payment_ref"` // empty: no payment is made up yet
	Partner   string        `json:"partner"`
	Purpose   string        `json:"purpose"`
	Lump      bool          `json:"lump"`
	Amount    string        `json:"amount"`
	Payee     string        `json:"payee"`
	Account   string        `json:"account_no"`
	Track     string        `json:"track"`
	TrackWord string        `json:"track_word"`
	Since     calendar.Date `json:"since"` // value date, or since when it is due
	Cases     []string      `json:"cases"`
	FileID    int64         `json:"file_id,omitempty"`
	Reason    string        `json:"reason,omitempty"`
}

func (l *listing) payments() error {
	l.head = l.screen.heads("付款编号|对方|进度|金额|收款户名|账号|日期|办件|文件|原因", "reference|partner|track|amount|payee|account|date|cases|file|reason")
	tracks := []exchange.MoneyTrack{
		exchange.MoneyReturned, exchange.MoneyDue, exchange.MoneyUnknown, exchange.MoneyOrdered, exchange.MoneyReleased, exchange.MoneySubmitted,
	}
	if l.all {
		tracks = append(tracks, exchange.MoneySettled)
	}
	if l.state != "" {
		if tracks = slices.DeleteFunc(append(tracks, exchange.MoneySettled), func(t exchange.MoneyTrack) bool { return string(t) != l.state }); len(tracks) == 0 {
			return usageError{fmt.Errorf("--state %q: one of %s", l.state, codesOf(exchange.MoneyTerms(exchange.Out)))}
		}
	}
	for _, t := range slices.Compact(tracks) {
		if err := l.paymentsOn(t); err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) paymentsOn(track exchange.MoneyTrack) error {
	if track == exchange.MoneyDue {
		return l.tx.EachRemittance(exchange.Out, track, l.duePart)
	}
	return l.tx.EachPayment(track, func(p exchange.Payment) error {
		if (l.partner != "" && p.Partner != l.partner) || (track == exchange.MoneyReturned && !l.all && l.state == "" && l.paidAnew(p)) {
			return nil
		}
		r := paymentRow{
			Ref: p.Ref, Partner: p.Partner, Purpose: p.Purpose, Lump: p.Lump, Amount: p.Amount.String(), Payee: p.Payee.Holder, Account: p.Payee.No,
			Track: string(track), TrackWord: l.money(track), Since: p.ValueOn, FileID: p.FileID, Reason: p.Reason,
		}
		for _, it := range p.Items {
			r.Cases = append(r.Cases, it.CaseNo)
		}
		return l.payment(r)
	})
}

// paidAnew: every part that a returned payment carried has a later attempt.
func (l *listing) paidAnew(p exchange.Payment) bool {
	for _, it := range p.Items {
		r, err := l.tx.Remittance(it.CaseNo, it.Part)
		if err != nil || r.Ref == p.Ref {
			return false
		}
	}
	return true
}

// duePart is a part that waits to be put into a payment.
func (l *listing) duePart(r exchange.Remittance) error {
	c, err := l.tx.Case(r.CaseNo)
	if err != nil || (l.partner != "" && c.Partner != l.partner) {
		return err
	}
	return l.payment(paymentRow{
		Partner: c.Partner, Purpose: "transfer", Amount: r.Amount.String(), Payee: r.Payee.Holder, Account: r.Payee.No,
		Track: string(r.Track), TrackWord: l.money(r.Track), Since: r.Since, Cases: []string{r.CaseNo}, Reason: r.Reason,
	})
}

func (l *listing) payment(r paymentRow) error {
	cases, file := strings.Join(r.Cases, " "), ""
	if len(r.Cases) > 2 {
		cases = fmt.Sprintf("%s … (%d)", r.Cases[0], len(r.Cases))
	}
	if r.FileID != 0 {
		file = strconv.FormatInt(r.FileID, 10)
	}
	return l.add(r, r.Ref, r.Partner, r.TrackWord, r.Amount, r.Payee, r.Account, r.Since.String(), cases, file, short(r.Reason, 40))
}

func (l *listing) money(t exchange.MoneyTrack) string {
	return exchange.TermOf(exchange.MoneyTerms(exchange.Out), string(t)).Word(l.env.Lang)
}

// runRow is a run as list runs tells it.
type runRow struct {
	ID       int64          `json:"id"`
	Date     calendar.Date  `json:"date"`
	Window   string         `json:"window"`
	Jobs     string         `json:"jobs"`
	State    string         `json:"state"`
	Started  *time.Time     `json:"started"` // null: missed
	Seconds  float64        `json:"seconds"`
	Attempts int            `json:"attempts"`
	Step     string         `json:"step,omitempty"`
	Counts   map[string]int `json:"counts"`
	Notes    []string       `json:"notes"`
}

func (l *listing) runs() error {
	l.head = l.screen.heads("序号|业务日期|班次|任务|状态|开始|秒|次数|结果", "id|date|window|jobs|state|started|seconds|attempts|result")
	f := store.RunFilter{Limit: 20}
	if l.all || l.limit > 0 {
		f.Limit = l.limit
	}
	if l.state != "" {
		if !slices.ContainsFunc(report.RunStates(), func(t exchange.Term) bool { return t.Code == l.state }) {
			return usageError{fmt.Errorf("--state %q: one of %s", l.state, codesOf(report.RunStates()))}
		}
		f.States = []string{l.state}
	}
	found, err := l.tx.Runs(f)
	if err != nil {
		return err
	}
	for _, x := range found {
		if err := l.runOf(x); err != nil {
			return err
		}
	}
	return nil
}

// runRowOf is a run for programs, its times in a zone.
func runRowOf(x exchange.Run, zone *time.Location) runRow {
	r := runRow{
		ID: x.ID, Date: x.Date, Window: x.Window, Jobs: x.Job, State: x.State, Attempts: x.Attempts, Step: x.Step,
		Counts: x.Counts, Notes: append([]string{}, x.Notes...),
	}
	if !x.Started.IsZero() {
		at := x.Started.In(zone)
		r.Started = &at
		if x.Ended.After(x.Started) {
			r.Seconds = x.Ended.Sub(x.Started).Seconds()
		}
	}
	return r
}

func (l *listing) runOf(x exchange.Run) error {
	r := runRowOf(x, l.env.Agency.Zone)
	started, seconds := "", ""
	if r.Started != nil {
		started = r.Started.Format("2006-01-02 15:04:05")
	}
	if r.Seconds > 0 {
		seconds = strconv.FormatFloat(r.Seconds, 'f', 1, 64)
	}
	var result []string
	for name, n := range x.Counts {
		result = append(result, fmt.Sprintf("%s %d", name, n))
	}
	sort.Strings(result)
	result = append(result, x.Notes...)
	return l.add(r, strconv.FormatInt(x.ID, 10), x.Date.String(), x.Window, x.Job,
		exchange.TermOf(report.RunStates(), x.State).Word(l.env.Lang), started, seconds, count(x.Attempts), short(strings.Join(result, ", "), 90))
}
