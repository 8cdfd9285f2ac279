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
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/story"
)

// openFiles are the states of files that wait, or that somebody must look at.
func openFiles() []exchange.FileState {
	return []exchange.FileState{
		exchange.FileFetched, exchange.FileRejected, exchange.FileQuarantined, exchange.FilePrepared, exchange.FileReview, exchange.FileReturned,
		exchange.FileQueued, exchange.FileSending, exchange.FileSent, exchange.FileRefused,
	}
}

func (l *listing) files() error {
	f := store.FileFilter{Dir: exchange.Side(l.side), Party: l.partner, Kind: l.kind, States: openFiles()}
	if l.all {
		f.States = nil
	}
	if l.state != "" {
		if !slices.ContainsFunc(exchange.FileStateTerms(), func(t exchange.Term) bool { return t.Code == l.state }) {
			return usageError{fmt.Errorf("--state %q: one of %s", l.state, codesOf(exchange.FileStateTerms()))}
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
	return f.State == exchange.FileSent && (f.Kind == "receipt" || f.Kind == office.KindPayment || f.Kind == office.KindCorrections || staff)
}

// fileRow is a file as list files tells it.
type fileRow struct {
	story.FileRow
	Records  int    `json:"records"`
	Accepted int    `json:"accepted"`
	Held     int    `json:"held"`
	Refused  int    `json:"refused"`
	Code     string `json:"code,omitempty"`
	Text     string `json:"text,omitempty"`
}

func (l *listing) file(f exchange.File) error {
	return l.add(fileRow{l.env.StoryFile(f), f.Records, f.Accepted, f.Held, f.Refused, f.Code, l.env.InWords(f.Text)})
}

func (r fileRow) cells(s screen) []string {
	return []string{
		strconv.FormatInt(r.ID, 10), s.way(r.Dir), r.Party, r.KindWord, r.Name, r.StateWord,
		count(r.Records), count(r.Accepted), count(r.Held), count(r.Refused), minute(r.At), short(join(" ", r.Code, r.Text), 36),
	}
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
		return l.add(r)
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
	return l.add(paymentRow{
		Partner: c.Partner, Purpose: "transfer", Amount: r.Amount.String(), Payee: r.Payee.Holder, Account: r.Payee.No,
		Track: string(r.Track), TrackWord: l.money(r.Track), Since: r.Since, Cases: []string{r.CaseNo}, Reason: r.Reason,
	})
}

func (r paymentRow) cells(screen) []string {
	cases, file := strings.Join(r.Cases, " "), ""
	if len(r.Cases) > 2 {
		cases = fmt.Sprintf("%s … (%d)", r.Cases[0], len(r.Cases))
	}
	if r.FileID != 0 {
		file = strconv.FormatInt(r.FileID, 10)
	}
	return []string{r.Ref, r.Partner, r.TrackWord, r.Amount, r.Payee, r.Account, r.Since.String(), cases, file, short(r.Reason, 40)}
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
	Stands   string         `json:"state_word"`
	Started  *time.Time     `json:"started"` // null: missed
	Seconds  float64        `json:"seconds"`
	Attempts int            `json:"attempts"`
	Step     string         `json:"step,omitempty"`
	Counts   map[string]int `json:"counts"`
	Notes    []string       `json:"notes"`
}

func (l *listing) runs() error {
	f := store.RunFilter{Limit: 20}
	if l.all || l.limit > 0 {
		f.Limit = l.limit
	}
	if l.state != "" {
		if !slices.ContainsFunc(exchange.RunStateTerms(), func(t exchange.Term) bool { return t.Code == l.state }) {
			return usageError{fmt.Errorf("--state %q: one of %s", l.state, codesOf(exchange.RunStateTerms()))}
		}
		f.States = []string{l.state}
	}
	found, err := l.tx.Runs(f)
	if err != nil {
		return err
	}
	for _, x := range found {
		if err := l.add(runRowOf(x, l.env.Agency.Zone, l.env.Lang)); err != nil {
			return err
		}
	}
	return nil
}

// runRowOf is a run for programs, its times in a zone.
func runRowOf(x exchange.Run, zone *time.Location, lang string) runRow {
	r := runRow{
		ID: x.ID, Date: x.Date, Window: x.Window, Jobs: x.Job, State: x.State, Stands: exchange.TermOf(exchange.RunStateTerms(), x.State).Word(lang), Attempts: x.Attempts, Step: x.Step,
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

func (r runRow) cells(s screen) []string {
	started, seconds := "", ""
	if r.Started != nil {
		started = r.Started.Format("2006-01-02 15:04:05")
	}
	if r.Seconds > 0 {
		seconds = strconv.FormatFloat(r.Seconds, 'f', 1, 64)
	}
	var result []string
	for name, n := range r.Counts {
		result = append(result, fmt.Sprintf("%s %d", report.CounterWord(name, s.lang), n))
	}
	sort.Strings(result)
	result = append(result, r.Notes...)
	return []string{
		strconv.FormatInt(r.ID, 10), r.Date.String(), r.Window, r.Jobs, r.Stands, started, seconds, count(r.Attempts), short(strings.Join(result, ", "), 90),
	}
}
