package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
)

// proveFiles: every batch has its receipt, in both directions.
func (l *life) proveFiles(e *evidence) error {
	for _, h := range l.houses {
		files, err := e.tx[h.code].Files(store.FileFilter{})
		if err != nil {
			return err
		}
		for _, f := range files {
			l.proveFile(h.code, f)
		}
	}
	for _, box := range l.w.boxes {
		for _, v := range box.Refusals {
			if v.Row != "X" || (v.Code != string(code.NotAllowedInState) && v.Code != string(code.UnknownLetter)) { // a wish that came too late, or too early
				l.fault("%s refused %s %s of %s: %s %s %s", box.Agency, v.Row, v.RecordNo, box.Self, v.Code, v.Field, v.Text)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(box.Unreceipted)) {
			l.fault("%s never got a receipt for %s", box.Self, box.Unreceipted[id])
		}
	}
	return nil
}

func (l *life) proveFile(agency string, f exchange.File) {
	_, staff := exchange.OfficerOf(f.Party)
	switch {
	case staff: // officers get no receipts; what they sign badly is refused
		if f.State == exchange.FileFetched || f.State == exchange.FileQuarantined || f.State == exchange.FileQueued {
			l.fault("%s: %s of %s is %s", agency, f.Name, f.Party, f.State)
		}
	case f.Dir == exchange.In && f.State == exchange.FileRejected && f.Code == string(code.SignatureMissing):
		l.occur("rejected without its signature")
	case f.Kind == office.KindCheckpoint: // weekly is enough
	case f.Kind == office.KindFinding && f.State == exchange.FileVoid:
	case f.Kind == office.KindMoneySettings || f.Kind == office.KindFinding:
		if f.State != exchange.FileApproved {
			l.fault("%s: %s is %s", agency, f.Name, f.State)
		}
	case f.Dir == exchange.Out && (f.Kind == formats.KindReceipt || f.Kind == office.KindPayment):
		if f.State != exchange.FileSent && f.State != exchange.FileVoid {
			l.fault("%s: %s is %s", agency, f.Name, f.State)
		}
	case f.Dir == exchange.Out:
		if f.State != exchange.FileReceipted {
			l.fault("%s: %s to %s is %s", agency, f.Name, f.Party, f.State)
		}
	case f.State != exchange.FileWorked && f.State != exchange.FileDuplicate:
		l.fault("%s: %s from %s is %s: %s %s", agency, f.Name, f.Party, f.State, f.Code, f.Text)
	case f.State == exchange.FileWorked && f.Records != f.Accepted+f.Held+f.Refused:
		l.fault("%s: %s: %d records, %d accepted, %d held, %d refused", agency, f.Name, f.Records, f.Accepted, f.Held, f.Refused)
	}
}

// proveDays: the banks' statements prove every day of every account.
func (l *life) proveDays(e *evidence) error {
	for _, h := range l.houses {
		for _, account := range h.accounts() {
			days, err := e.tx[h.code].BankDays(account.AccountNo, firstDay)
			if err != nil {
				return err
			}
			for _, d := range days {
				if d.State != exchange.DayProved {
					l.fault("%s: %s on %s: %s %+v %+v", h.code, account.AccountNo, d.Day, d.State, d.Faults, d.Other)
				}
			}
			if len(days) == 0 && l.w.banks[h.code].GivesMessages() {
				l.fault("%s: no statement of %s", h.code, account.AccountNo)
			}
		}
	}
	return nil
}

// proveDifferences: what is open has a reason that a person can act on.
func (l *life) proveDifferences(e *evidence) error {
	for _, h := range l.houses {
		open, err := e.tx[h.code].Differences(true)
		if err != nil {
			return err
		}
		for _, d := range open {
			text := fmt.Sprintf("%s: open difference %s %s %s: %q and %q", h.code, d.Kind, d.CaseNo, d.Subject, d.Ours, d.Theirs)
			l.tell("%s", text)
			l.occur("difference " + d.Kind)
			if !explained(d) && !l.byMistake(h.code, d) && !l.refused(e, d) {
				l.fault("%s", text)
			}
		}
	}
	return nil
}

// refused reports whether a difference of a month's statement is about a form that we refused: the
// partner's case is on hold for it, and its officers see what to do.
func (l *life) refused(e *evidence, d exchange.Difference) bool {
	if d.Kind != "reconciliation" {
		return false
	}
	for _, h := range l.houses {
		c, err := e.tx[h.code].CaseByLetter(exchange.Out, d.Subject.Arg(0))
		if err == nil && c.Hold == code.HoldRefusedByPartner {
			return true
		}
	}
	return false
}

// explained reports whether a difference names money that came for a case
// that had ended, an agreed annulment that came too late, or a month of netting
// of which more was tied than is stated since.
func explained(d exchange.Difference) bool {
	if d.Kind == "netting" && d.Subject.Is("net-sum") && strings.Contains(d.Ours.String(), `"-`) {
		return true
	}
	return d.Kind == "money" && (d.Ours.Arg(0) == "void" || d.Theirs.Is("they-owe") || d.Theirs.Is("we-owe-rest"))
}
