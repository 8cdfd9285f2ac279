package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"carryover/jobs/office"
	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
)

// exceptionNames are the exceptions that a demo promises.
func exceptionNames() []string {
	return []string{
		"arrears", "unknown person", "still participating then stopped and asked again", "already transferred",
		"other place first", "zero balance", "netted", "paid to the person", "lost certificate", "overlapping months",
		"a third place in the history", "corrected form", "supplement", "cancelled in time",
		"payment returned and sent again", "money before form", "lump sum", "rare-character name",
		"balance changed between extract and debit", "posting refused by the core", "a file with two bad records",
		"a file delivered twice", "a sequence gap later filled", "a partner down one night", "a partner who uses workbooks",
		"payment rejected", "notice twice", "day proved",
	}
}

// conclude proves how the demo went.
func (d *demo) conclude(ctx context.Context) (*Result, error) {
	r := &Result{People: d.People, Nights: d.nights, Cases: map[string]map[string]int{}, Exceptions: map[string]Exception{}, Faults: []string{}}
	if !d.w.idle() {
		r.fault("after %d nights somebody still has something to do", d.nights)
	}
	err := d.gather(ctx, func(e *evidence) error {
		for _, check := range []func(*evidence) error{
			r.countCases, r.checkEndings, r.checkExceptions, r.checkFiles, r.checkReleases, r.checkDecisions, r.checkMoney, r.checkBanks, r.checkMonths,
		} {
			if err := check(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := r.checkJournals(ctx, d); err != nil {
		return nil, err
	}
	if err := r.findWorkbooks(d); err != nil {
		return nil, err
	}
	r.OK = len(r.Faults) == 0
	d.say.closing(r)
	return r, nil
}

func (r *Result) fault(format string, args ...any) {
	r.Faults = append(r.Faults, identity.MaskIn(fmt.Sprintf(format, args...)))
}

func (r *Result) countCases(e *evidence) error {
	for _, a := range e.w.agencies {
		counts, err := e.tx[a.code].CountCases()
		if err != nil {
			return err
		}
		r.Cases[a.code] = map[string]int{}
		for _, states := range counts {
			for state, n := range states {
				r.Cases[a.code][string(state)] += n
			}
		}
	}
	return nil
}

// checkEndings compares where everybody's cases stand with where they were
// meant to end, and that there are no others.
func (r *Result) checkEndings(e *evidence) error {
	meant := 0
	for _, p := range e.w.people {
		meant += len(p.want)
		for _, want := range p.want {
			cases, err := e.cases(want.agency, want.side, p)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(cases, func(c exchange.Case) bool { return want.met(c) }) {
				r.fault("%s%s: %s at %s should have ended %s, is %s", p.Name, p.label(), want.side, want.agency, want.state, standing(cases))
			}
		}
	}
	have := 0
	for _, states := range r.Cases {
		for _, n := range states {
			have += n
		}
	}
	if have != meant {
		r.fault("%d cases, %d were meant to be", have, meant)
	}
	return nil
}

func (p *person) label() string {
	if p.exception == "" {
		return ""
	}
	return " (" + p.exception + ")"
}

// met reports whether a case ended so.
func (want ending) met(c exchange.Case) bool {
	return c.State == want.state && (c.State != exchange.Held || c.Hold != "")
}

func standing(cases []exchange.Case) string {
	if len(cases) == 0 {
		return "not there"
	}
	text := ""
	for _, c := range cases {
		text += fmt.Sprintf("%s %s/%s/%s %s %s; ", c.No, c.State, c.FormTrack, c.MoneyTrack, c.Hold, c.HoldText)
	}
	return text
}

// checkExceptions proves that every promised exception occurred.
func (r *Result) checkExceptions(e *evidence) error {
	for _, p := range e.w.people {
		if p.exception == "" {
			continue
		}
		text, err := p.proof(e, p)
		if err != nil {
			r.fault("%s: %v", p.exception, err)
			continue
		}
		last := p.want[len(p.want)-1]
		cases, err := e.cases(last.agency, last.side, p)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(cases, last.met)
		if i < 0 {
			continue // told by checkEndings
		}
		c := cases[i]
		x := Exception{Case: c.No, Agency: last.agency, Ended: string(c.State), Evidence: identity.MaskIn(text)}
		if c.State == exchange.Held {
			x.Ended += ": " + string(c.Hold)
		}
		r.Exceptions[p.exception] = x
	}
	for _, name := range exceptionNames() {
		if _, ok := r.Exceptions[name]; !ok {
			r.fault("exception %q did not occur as it should", name)
		}
	}
	return nil
}

// checkFiles counts batches and makes sure that each was receipted, by the
// agencies and by everybody around them.
func (r *Result) checkFiles(e *evidence) error {
	for _, a := range e.w.agencies {
		files, err := e.tx[a.code].Files(store.FileFilter{})
		if err != nil {
			return err
		}
		for _, f := range files {
			r.countFile(a.code, f)
		}
		open, err := e.tx[a.code].Differences(true)
		if err != nil {
			return err
		}
		for _, x := range open {
			if x.Kind == "netting" && x.Theirs.Is("net-agreed") {
				continue // a month's net sum, for an officer to tie to its payment
			}
			r.fault("%s: %s difference with %s on %s: %q and %q", a.code, x.Kind, x.Partner, x.Subject, x.Ours, x.Theirs)
		}
	}
	for _, box := range e.w.boxes {
		for _, v := range box.Refusals {
			if e.w.mistyped[v.RecordNo] {
				continue
			}
			r.fault("%s refused %s %s of %s: %s %s %s", box.Agency, v.Row, v.RecordNo, box.Self, v.Code, v.Field, v.Text)
		}
		for _, id := range slices.Sorted(maps.Keys(box.Unreceipted)) {
			r.fault("%s never got a receipt for %s", box.Self, box.Unreceipted[id])
		}
	}
	return nil
}

func (r *Result) countFile(agency string, f exchange.File) {
	if _, staff := exchange.OfficerOf(f.Party); staff {
		if f.State == exchange.FileRejected {
			r.fault("%s: %s of %s: %s", agency, f.Name, f.Party, f.Text)
		}
		return // officers get no receipts
	}
	switch {
	case f.Kind == formats.KindReceipt || f.Carrier == "xml":
	case f.Kind == office.KindMoneySettings:
		if f.State != exchange.FileApproved {
			r.fault("%s: %s is %s", agency, f.Name, f.State)
		}
	case f.Party == agency+"b": // what a bank keys, and what it is asked by list, has no receipt
		if f.State != exchange.FileWorked && f.State != exchange.FileSent {
			r.fault("%s: %s of the bank is %s: %s", agency, f.Name, f.State, f.Text)
		}
	case f.Dir == exchange.Out:
		r.Files.Sent++
		if f.State != exchange.FileReceipted {
			r.fault("%s: %s to %s is %s", agency, f.Name, f.Party, f.State)
			return
		}
		r.Files.Receipted++
		if f.Refused > 0 {
			r.fault("%s: %d records of %s were refused by %s", agency, f.Refused, f.Name, f.Party)
		}
	case f.State == exchange.FileDuplicate:
		r.Files.Duplicates++
	default:
		r.Files.Received++
		switch {
		case f.State == exchange.FileRejected:
			r.Files.Rejected++
		case f.Receipt == 0 || f.State != exchange.FileWorked:
			r.fault("%s: %s from %s is %s and has receipt %d", agency, f.Name, f.Party, f.State, f.Receipt)
		case f.Records != f.Accepted+f.Held+f.Refused:
			r.fault("%s: %s: %d records, %d accepted, %d held, %d refused", agency, f.Name, f.Records, f.Accepted, f.Held, f.Refused)
		}
	}
}

// checkMoney proves the equation where the two agencies net nothing between
// themselves.
func (r *Result) checkMoney(e *evidence) error { return r.proveMoney(e, 0) }

// proveMoney proves the equation over both agencies and their partners, with
// what was liquidated and credited from the cores' own books. netted is what the
// two agencies' cores credited without a bank credit, beside the small partners'.
func (r *Result) proveMoney(e *evidence, netted money.Fen) error {
	var liquidated, credited money.Fen
	var ledgers []ledger.Balances
	for _, area := range e.w.places() {
		s, err := e.w.booksAt(area).Sum()
		if err != nil {
			return err
		}
		liquidated += s.Debited
		credited += s.Credited
	}
	for _, a := range e.w.agencies {
		b, err := e.tx[a.code].Balances("")
		if err != nil {
			return err
		}
		ledgers = append(ledgers, b)
	}
	for _, area := range slices.Sorted(maps.Keys(e.w.partners)) {
		p := e.w.partners[area]
		ledgers = append(ledgers, p.Ledger)
		netted += p.NettedCredits()
		for _, f := range p.Faults {
			r.fault("%v", f)
		}
	}
	proof, err := ledger.ProveBoth(liquidated, credited-netted, ledgers...)
	if err != nil {
		return err
	}
	r.Money = moneyOf(proof)
	if proof.Difference != 0 {
		r.fault("the difference is %s", proof.Difference)
	}
	return nil
}

// checkBanks proves that what left one bank reached another, or came back: by
// the lines of their books, and all balances together are what they were on
// the first day.
func (r *Result) checkBanks(e *evidence) error {
	var opening, closing money.Fen
	var left, reached, back money.Fen
	for _, cnaps := range slices.Sorted(maps.Keys(e.w.clearing.Banks)) {
		b := e.w.clearing.Banks[cnaps]
		for _, a := range b.Accounts {
			opening, closing = opening+a.Opening, closing+a.Balance
		}
		err := outside.ReadBookFile(b.Books, func(line outside.BankLine) {
			switch {
			case line.EndToEnd == "" && line.Credit: // others' business, which came from nowhere
				opening += line.Amount
			case line.EndToEnd == "":
				opening -= line.Amount
			case !line.Credit:
				left += line.Amount
			case line.Return != "":
				back += line.Amount
			default:
				reached += line.Amount
			}
		})
		if err != nil {
			return err
		}
	}
	r.Banks = Banks{Left: left.String(), Reached: reached.String(), CameBack: back.String()}
	if opening != closing || left != reached+back {
		r.fault("the banks held %s at first, %s at last; %s left them, %s reached another, %s came back", opening, closing, left, reached, back)
	}
	return nil
}

// checkMonths proves: months on forms = credited + counted here already, and
// that the cores counted as many.
func (r *Result) checkMonths(e *evidence) error {
	for _, a := range e.w.agencies {
		credited := 0
		err := e.tx[a.code].EachCase(store.CaseFilter{Side: exchange.In}, func(c exchange.Case) error {
			if c.State == exchange.Void {
				return nil // what it credited was undone
			}
			forms, err := e.tx[a.code].FormsByCase(c.No)
			for _, f := range forms {
				if !f.Current || f.Track != exchange.FormPosted {
					continue
				}
				credited += f.MonthsCredited
				if on := f.Actual + f.Backpaid + f.Deemed; on != f.MonthsCredited+f.MonthsOverlapping {
					r.fault("form %s: %d months, %d credited, %d counted already", f.No, on, f.MonthsCredited, f.MonthsOverlapping)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		s, err := e.w.cores[a.code].Books.Sum()
		if err != nil {
			return err
		}
		if s.MonthsCredited != credited {
			r.fault("%s: forms credit %d months, the core's books %d", a.code, credited, s.MonthsCredited)
		}
	}
	return nil
}

func (r *Result) checkJournals(ctx context.Context, d *demo) error {
	for _, a := range d.w.agencies {
		s, err := a.openStore(ctx)
		if err != nil {
			return err
		}
		report, err := s.VerifyJournal(ctx, nil)
		if err = errors.Join(err, s.Close()); err != nil {
			return err
		}
		for _, f := range report.Faults {
			r.fault("%s: journal %s event %d: %s", a.code, f.Chain, f.N, f.What)
		}
	}
	return nil
}

// findWorkbooks lists the workbooks that the agencies' nights have left.
func (r *Result) findWorkbooks(d *demo) error {
	for _, a := range d.w.agencies {
		list, err := filepath.Glob(filepath.Join(a.dir, "reports", "*.xlsx"))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			r.fault("%s: no workbook", a.code)
		}
		for _, path := range list {
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				r.fault("%s is empty", path)
			}
		}
		r.Workbooks = append(r.Workbooks, list...)
	}
	return nil
}

// places are all agencies, the small partners included.
func (w *world) places() []string {
	return append(slices.Sorted(maps.Keys(w.cores)), slices.Sorted(maps.Keys(w.partners))...)
}
