package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// account tells people, in plain lines, what happens night by night.
type account struct {
	d      *demo
	out    io.Writer
	before map[string]int // figures of the night before
}

func newAccount(d *demo) *account {
	out := d.Out
	if out == nil {
		out = io.Discard
	}
	return &account{d: d, out: out, before: map[string]int{}}
}

func (a *account) line(format string, args ...any) { fmt.Fprintf(a.out, format+"\n", args...) }

func (a *account) opening() {
	w := a.d.w
	a.line("Two agencies exchange: 320500 (苏州, profile 2016) and 310100 (上海, profile 2021), over SFTP on %s and %s.",
		w.agencies[0].addr, w.agencies[1].addr)
	a.line("Around them: their cores, portals and banks; 330100 (netted), 510100 (workbooks), 440300 (lump sums).")
	a.line("%d people move in all: %d plain ones, %d for the exceptions.", len(w.people), a.d.People, len(w.people)-a.d.People)
	a.line("")
}

// night says in one line what a working day and its night brought.
func (a *account) night(ctx context.Context) error {
	return a.d.gather(ctx, func(e *evidence) error {
		var parts []string
		for _, ag := range a.d.w.agencies {
			counts, err := e.tx[ag.code].CountCases()
			if err != nil {
				return err
			}
			total, closed := 0, 0
			for side, states := range counts {
				for state, n := range states {
					total += n
					if state.Final(side) {
						closed += n
					}
				}
			}
			was := a.before[ag.code]
			a.before[ag.code] = closed
			parts = append(parts, fmt.Sprintf("%s: %d cases, %d closed (%+d)", ag.code, total, closed, closed-was))
		}
		a.line("night %2d  %s  %s%s", a.d.nights, a.d.w.today, strings.Join(parts, " · "), a.remark())
		return nil
	})
}

// remark tells what was special about the day.
func (a *account) remark() string {
	switch a.d.w.day {
	case downDay:
		return "  (320500 could not be reached in the night)"
	case closingDay:
		return "  (310100's old account was closed at its bank)"
	}
	return ""
}

func (a *account) closing(r *Result) {
	a.line("")
	a.line("Exceptions:")
	for _, name := range exceptionNames() {
		x, ok := r.Exceptions[name]
		if !ok {
			a.line("  %-50s MISSING", name)
			continue
		}
		a.line("  %-50s %s %s: %s", name, x.Case, x.Ended, x.Evidence)
	}
	a.line("")
	a.line("Money (yuan): liquidated %s = credited %s + paid to the person %s + netted %s + not moved %s + in transit %s + difference %s",
		r.Money.Liquidated, r.Money.Credited, r.Money.PaidToPerson, r.Money.Netted, r.Money.NotMoved, r.Money.InTransit, r.Money.Difference)
	a.line("Banks (yuan): %s left, %s reached another bank, %s came back", r.Banks.Left, r.Banks.Reached, r.Banks.CameBack)
	a.line("Files: %d sent, %d receipted; %d received, %d rejected, %d delivered twice", r.Files.Sent, r.Files.Receipted, r.Files.Received, r.Files.Rejected, r.Files.Duplicates)
	for _, agency := range slices.Sorted(maps.Keys(r.Cases)) {
		var parts []string
		for _, state := range slices.Sorted(maps.Keys(r.Cases[agency])) {
			parts = append(parts, fmt.Sprintf("%s %d", state, r.Cases[agency][state]))
		}
		a.line("Cases at %s: %s", agency, strings.Join(parts, ", "))
	}
	if n := len(r.Workbooks); n > 0 {
		a.line("Workbooks: %d, the last %s", n, r.Workbooks[n-1])
	}
	for _, f := range r.Faults {
		a.line("FAULT: %s", f)
	}
	if r.OK {
		a.line("All cases ended as they were meant to, after %d nights.", r.Nights)
	}
}
