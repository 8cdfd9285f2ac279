package jobs_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs"
)

// settleNetted agrees with a partner that money is netted.
func settleNetted(p *exchange.Partner) { p.Settlement = exchange.SettleNetted }

// nettingLine is a line of the partner's statement.
func nettingLine(month calendar.Month, direction code.Direction, letter, form string, amount money.Fen) *formats.Netting {
	return &formats.Netting{Month: month, Direction: direction, LetterNo: letter, FormNo: form, Amount: amount}
}

// bothWaysNetted takes one person out and one in during March, both NETTED, and
// goes to the day on which the statements are made.
func bothWaysNetted(o *testOffice) (out, in *formats.Form) {
	o.tb.Helper()
	out = o.answerLetter(leaver(us, 0), 1)
	p := leaver(them, 1)
	l := o.sendLetter(p)
	in = o.form(p, l, func(f *formats.Form) { f.Money = code.Netted })
	o.put(them, formats.KindForm, in)
	o.passUntil(exchange.In, p, "completed/posted/not_due")
	o.skipDays(31)
	return out, in
}

func TestNettingStatements(t *testing.T) {
	for name, c := range map[string]struct {
		theirs func(f *formats.Form) []any
		open   int
	}{
		"equal": {func(f *formats.Form) []any {
			return []any{&formats.Netting{Month: 202603, Direction: code.In, LetterNo: f.LetterNo, FormNo: f.FormNo, Amount: f.Amount}}
		}, 1}, // its net sum is to be tied
		"another amount": {func(f *formats.Form) []any {
			return []any{&formats.Netting{Month: 202603, Direction: code.In, LetterNo: f.LetterNo, FormNo: f.FormNo, Amount: f.Amount + 1}}
		}, 1},
		"one more": {func(f *formats.Form) []any {
			return []any{
				&formats.Netting{Month: 202603, Direction: code.In, LetterNo: f.LetterNo, FormNo: f.FormNo, Amount: f.Amount},
				&formats.Netting{Month: 202603, Direction: code.In, LetterNo: f.LetterNo, FormNo: "F999", Amount: 5},
			}
		}, 1},
		"empty": {func(*formats.Form) []any { return nil }, 1},
	} {
		for _, late := range []int{0, 40} {
			t.Run(fmt.Sprintf("%s, %d days late", name, late), func(t *testing.T) {
				o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.Settlement = exchange.SettleNetted }))
				p := leaver(us, 0)
				o.pass()
				if j := o.latest(them, formats.KindNetting); len(j.records) != 0 {
					t.Errorf("the statement of the month before has %d lines", len(j.records))
				}
				f := o.answerLetter(p, 1)
				o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260303))
				o.pass()
				o.skipDays(31)
				o.pass()
				j := requireOne[formats.Netting](o, them, formats.KindNetting)
				if j.Amount != f.Amount || j.Direction != code.Out || j.Month != 202603 {
					t.Errorf("statement %+v", *j)
				}
				created := o.now
				o.skipDays(late)
				o.sequence[them+formats.KindNetting]++
				now := o.now
				o.now = created
				nameOf := o.putAs(them, formats.KindNetting, o.sequence[them+formats.KindNetting], "", c.theirs(f)...)
				o.now = now
				o.pass()
				if v := o.verdicts(them, nameOf); len(v) == 0 || v[0] != "accepted" {
					t.Errorf("the receipt says %q", v)
				}
				if n := len(o.openDifferences()); n != c.open {
					t.Errorf("open: %q", o.openDifferences())
				}
				o.nextNight()
				if n := len(o.openDifferences()); n != c.open {
					t.Errorf("open a night later: %q", o.openDifferences())
				}
			})
		}
	}
}

// A form that comes after the statement was made, and one that is annulled
// since, follow as changed lines; a correction after the tie is tied for itself.
func TestNettingStatementsThatChange(t *testing.T) {
	o := newOffice(t, withPartner(them, settleNetted))
	keys := staffWithKeys(o)
	p := leaver(them, 1)
	l := o.sendLetter(p)
	f := o.form(p, l, func(f *formats.Form) { f.Money = code.Netted })
	f.IssuedOn = 20260331
	o.skipDays(31)
	o.pass()
	o.skipDays(1)
	o.put(them, formats.KindNetting, nettingLine(202603, code.Out, l.LetterNo, f.FormNo, f.Amount))
	o.pass()
	if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], f.FormNo) {
		t.Errorf("open: %q", open)
	}
	o.put(them, formats.KindForm, f)
	o.pass()
	j := requireOne[formats.Netting](o, them, formats.KindNetting)
	if j.FormNo != f.FormNo || j.Amount != f.Amount || j.Month != 202603 {
		t.Errorf("added %+v", *j)
	}
	if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], "net sum") {
		t.Errorf("open: %q", open)
	}
	o.decide(keys, "li.na", exchange.ActTieNetting, "2026-03", "partner="+them, "voucher=V1")
	o.requireNoDifferences()
	more := o.form(p, l, func(f *formats.Form) {
		f.Money, f.Version, f.Nature, f.Principal = code.Netted, 2, code.NatureCorrected, f.Principal+700
	})
	more.IssuedOn = 20260331
	o.put(them, formats.KindForm, more)
	o.pass()
	if j := requireOne[formats.Netting](o, them, formats.KindNetting); j.Amount != f.Amount+700 {
		t.Errorf("changed to %+v", *j)
	}
	o.put(them, formats.KindNetting, nettingLine(202603, code.Out, l.LetterNo, f.FormNo, f.Amount+700))
	o.pass()
	o.decide(keys, "li.na", exchange.ActTieNetting, "2026-03", "partner="+them, "voucher=V2")
	o.requireNoDifferences()
	if o.balanceOf(ledger.InNetted) != f.Amount+700 {
		t.Errorf("netted %s", o.balanceOf(ledger.InNetted))
	}
}

// Months that were missed follow, each in a batch of its own; months that the
// partner passed over were empty.
func TestMissedNettingMonthsFollow(t *testing.T) {
	o := newOffice(t, withPartner(them, settleNetted))
	o.pass() // February's, the first
	f := o.answerLetter(leaver(us, 0), 1)
	o.skipDays(31 + 30 + 31)
	o.passes(4)
	var batches []int
	for _, x := range o.files {
		if x.party == them && x.header.Kind == formats.KindNetting {
			batches = append(batches, len(x.records))
		}
	}
	if len(batches) != 4 || batches[0] != 0 || batches[1] != 1 || batches[2] != 0 || batches[3] != 0 {
		t.Errorf("lines in the batches of February to May: %v", batches)
	}
	o.put(them, formats.KindNetting, nettingLine(202603, code.In, f.LetterNo, f.FormNo, f.Amount))
	o.pass()
	o.put(them, formats.KindNetting) // made in June: nothing in April and May
	o.pass()
	if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], "2026-03 net sum") {
		t.Errorf("open: %q", open)
	}
}

func TestNetSumIsTied(t *testing.T) {
	for _, by := range []string{"entry", "voucher"} {
		t.Run(by, func(t *testing.T) {
			o := newOffice(t, withPartner(them, settleNetted), func(e *jobs.Env) { e.Rules.StatementWD = 2 })
			keys := staffWithKeys(o)
			out, in := bothWaysNetted(o)
			o.pass()
			if n := len(take[formats.Netting](o, them, formats.KindNetting)); n != 0 {
				t.Fatalf("%d lines were sent before the month's last forms can be here", n)
			}
			for len(take[formats.Netting](o, them, formats.KindNetting)) != 2 {
				if o.nextNight(); calendar.DateOf(o.now) > 20260410 {
					t.Fatal("no statement was made")
				}
			}
			if _, err := o.tryDecide(keys, "li.na", exchange.ActTieNetting, "2026-03", "partner="+them, "voucher=V1"); !errors.Is(err, exchange.ErrDecision) {
				t.Errorf("before both agree: %v", err)
			}
			o.put(them, formats.KindNetting, nettingLine(202603, code.In, out.LetterNo, out.FormNo, out.Amount), nettingLine(202603, code.Out, in.LetterNo, in.FormNo, in.Amount))
			o.pass()
			if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], "owe") {
				t.Errorf("open: %q", open)
			}
			if o.balanceOf(ledger.OutNetting) != out.Amount || o.balanceOf(ledger.InNetting) != in.Amount || o.balanceOf(ledger.OutNetted) != 0 {
				t.Errorf("netting %s and %s", o.balanceOf(ledger.OutNetting), o.balanceOf(ledger.InNetting))
			}
			if _, err := o.tryDecide(keys, "li.na", exchange.ActTieNetting, "2026-03", "partner="+them); !errors.Is(err, exchange.ErrDecision) {
				t.Errorf("by nothing: %v", err)
			}
			arg := "voucher=V1"
			if by == "entry" {
				net := creditEntry("N1", in.Amount-out.Amount, "三月轧差", "")
				if net.Amount < 0 {
					net.Amount, net.Credit = -net.Amount, false
				}
				wrong := net
				wrong.Ref, wrong.Amount = "N2", net.Amount+1
				o.leaveNotification(net, wrong)
				o.pass()
				if _, err := o.tryDecide(keys, "li.na", exchange.ActTieNetting, "2026-03", "partner="+them, "entry=N2"); !errors.Is(err, exchange.ErrDecision) {
					t.Errorf("by another sum: %v", err)
				}
				arg = "entry=N1"
			}
			o.decide(keys, "li.na", exchange.ActTieNetting, "2026-03", "partner="+them, arg)
			if o.balanceOf(ledger.OutNetted) != out.Amount || o.balanceOf(ledger.InNetted) != in.Amount || o.balanceOf(ledger.OutNetting)+o.balanceOf(ledger.InNetting) != 0 {
				t.Errorf("netted %s and %s", o.balanceOf(ledger.OutNetted), o.balanceOf(ledger.InNetted))
			}
			o.pass()
			for _, open := range o.openDifferences() {
				if strings.Contains(open, "netting") || strings.Contains(open, "N1") {
					t.Errorf("open: %q", open)
				}
			}
			if _, err := o.tryDecide(keys, "wang.min", exchange.ActTieNetting, "2026-03", "partner="+them, "voucher=V2"); !errors.Is(err, exchange.ErrDecision) {
				t.Errorf("twice: %v", err)
			}
			// What is settled is not annulled any more, whoever proposes it, and the receipt says so.
			ours := o.put(portal, formats.KindCancellation, cancellationOf(in.LetterNo, code.PhaseProposeVoid))
			theirs := o.put(them, formats.KindCancellation, cancellationOf(out.LetterNo, code.PhaseProposeVoid))
			o.pass()
			o.requireReceipt(portal, ours, "partly", in.LetterNo+" refused not-allowed-in-state")
			o.requireReceipt(them, theirs, "partly", out.LetterNo+" refused not-allowed-in-state")
			if c := o.caseBy(exchange.Out, leaver(us, 0)); c.Wish != exchange.WishNone {
				t.Errorf("wish %q", c.Wish)
			}
		})
	}
}

// A month is not tied while a case of it may be annulled: one side would settle
// what the other takes back.
func TestNetSumWaitsForAnAnnulment(t *testing.T) {
	o := newOffice(t, withPartner(them, settleNetted))
	keys := staffWithKeys(o)
	out, in := bothWaysNetted(o)
	o.put(them, formats.KindNetting, nettingLine(202603, code.In, out.LetterNo, out.FormNo, out.Amount), nettingLine(202603, code.Out, in.LetterNo, in.FormNo, in.Amount))
	o.pass()
	ties := func(when, why string) {
		t.Helper()
		_, err := o.tryDecide(keys, "li.na", exchange.ActTieNetting, "2026-03", "partner="+them, "voucher=V1")
		if !errors.Is(err, exchange.ErrDecision) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", when, err)
		}
	}
	o.put(portal, formats.KindCancellation, cancellationOf(in.LetterNo, code.PhaseProposeVoid))
	o.put(them, formats.KindCancellation, cancellationOf(out.LetterNo, code.PhaseProposeVoid))
	o.pass()
	ties("both proposed", "under way")
	if !slices.ContainsFunc(o.todoRows(), func(r todoRow) bool { return strings.Contains(r.rest, "先不要付款") }) {
		t.Error("nobody is told not to pay")
	}
	o.put(them, formats.KindCancellation, cancellationOf(in.LetterNo, code.PhaseRefuse))
	o.pass()
	ties("one is asked", out.LetterNo)
	o.slow = true
	o.put(portal, formats.KindCancellation, cancellationOf(out.LetterNo, code.PhaseAgree))
	o.pass()
	ties("one is being undone", out.LetterNo)
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	o.pass()
	if c := o.caseBy(exchange.Out, leaver(us, 0)); c.State != exchange.Void {
		t.Fatalf("case stands at %s %s", c.State, c.Wish)
	}
	o.pass()
	o.put(them, formats.KindNetting, nettingLine(202603, code.In, out.LetterNo, out.FormNo, 0))
	o.pass()
	o.decide(keys, "li.na", exchange.ActTieNetting, "2026-03", "partner="+them, "voucher=V1")
	if o.balanceOf(ledger.OutNetted) != 0 || o.balanceOf(ledger.InNetted) != in.Amount {
		t.Errorf("netted %s and %s", o.balanceOf(ledger.OutNetted), o.balanceOf(ledger.InNetted))
	}
	o.requireNoDifferences()
}

// A month is not tied by a workbook that is worked in the same run as the form
// that changes it, before our statement says so: the sides would settle two sums.
func TestNetSumWaitsForOurStatement(t *testing.T) {
	o := newOffice(t, withPartner(them, settleNetted))
	_, finance, _ := staffWithFolders(o)
	out, in := bothWaysNetted(o)
	o.put(them, formats.KindNetting, nettingLine(202603, code.In, out.LetterNo, out.FormNo, out.Amount), nettingLine(202603, code.Out, in.LetterNo, in.FormNo, in.Amount))
	o.passAndReport()
	month := "2026-03 " + them
	form := o.openWorkbook(finance, o.workbookName("财务"))
	form.decide(month, "轧差结算", "凭证号=V1")
	more := *in
	more.Version, more.Nature, more.Principal, more.Amount, more.IssuedOn = 2, code.NatureCorrected, in.Principal+700, in.Amount+700, 20260331
	o.put(them, formats.KindForm, &more)
	if got := verdict(o.handIn(finance, "轧差.xlsx", form.bytes(), finance), month); !strings.Contains(got, "本方对账单有变更尚未发出") {
		t.Errorf("the answer is %q", got)
	}
	if o.balanceOf(ledger.InNetted) != 0 {
		t.Errorf("netted %s", o.balanceOf(ledger.InNetted))
	}
	o.put(them, formats.KindNetting, nettingLine(202603, code.Out, in.LetterNo, in.FormNo, more.Amount))
	o.passAndReport()
	form = o.openWorkbook(finance, strings.Replace(o.workbookName("财务"), ".xlsx", ".2.xlsx", 1))
	form.decide(month, "轧差结算", "凭证号=V1")
	o.requireVerdict(verdict(o.handIn(finance, "再结算.xlsx", form.bytes(), finance), month), "已接受")
	if o.balanceOf(ledger.InNetted) != more.Amount {
		t.Errorf("netted %s, want %s", o.balanceOf(ledger.InNetted), more.Amount)
	}
	o.requireNoDifferences()
}
