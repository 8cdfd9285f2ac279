// Package netting is the monthly statements between two agencies: the lines of
// balances that are netted, the reconciliation of all cases, and the tie of a
// month to the sum that was paid for it.
//
// It promises that a line is stated once and corrected by further lines, and
// that a month is tied only when both sides state the same. It moves no money.
package netting

import (
	"maps"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/jobs/office"
)

// Sources of a netting line.
const (
	NettingOurs   = "ours"
	NettingTheirs = "theirs"
	NettingTied   = "tied" // settled by an officer: a month's sums, as we see the money
)

// nettingStatement queues what a month's NETTED forms add up to, as we see it.
func nettingStatement(d *office.Desk, partner string, month calendar.Month) error {
	if err := statementCame(d, partner, month, NettingOurs); err != nil {
		return err
	}
	changed, err := stateNetting(d, partner, month)
	if err != nil {
		return err
	}
	if changed == 0 {
		if err := d.Tx.InsertOutgoing(exchange.Outgoing{Party: partner, Kind: formats.KindNetting, Rows: []byte{}}); err != nil {
			return err
		}
	}
	return compareNetting(d, partner, month)
}

// nettingChanges queues what has changed of statements made before: a form
// that came late, or was corrected or annulled since. One month at a time, so
// that a batch is of one month.
func nettingChanges(d *office.Desk, partner string, stated calendar.Month) error {
	for m := stated; m > stated.Add(-12); m = m.Add(-1) {
		changed, err := stateNetting(d, partner, m)
		if err != nil {
			return err
		}
		if changed > 0 {
			return compareNetting(d, partner, m)
		}
	}
	return nil
}

// stateNetting queues the lines of a month that the partner was not told of
// yet, or not so, and returns how many.
func stateNetting(d *office.Desk, partner string, month calendar.Month) (changed int, err error) {
	told, err := d.Tx.NettingLines(month, partner, NettingOurs)
	if err != nil || len(told) == 0 {
		return 0, err // nothing was stated of this month
	}
	now, err := d.Tx.NettedForms(partner, month)
	if err != nil {
		return 0, err
	}
	type key struct{ direction, letter, form string }
	before := map[key]money.Fen{}
	for _, l := range told {
		before[key{l.Direction, l.LetterNo, l.FormNo}] = l.Amount
	}
	state := func(k key, amount money.Fen) error {
		if amount < 0 { // a form that gives less: the case is held for officers
			amount = 0
		}
		if was, ok := before[k]; k.form == "" || (ok && was == amount) || (!ok && amount == 0) {
			return nil
		}
		changed++
		line := exchange.NettingLine{
			Month: month, Partner: partner, Source: NettingOurs, Direction: k.direction, LetterNo: k.letter, FormNo: k.form, Amount: amount,
		}
		if err := d.Tx.PutNettingLine(line); err != nil {
			return err
		}
		return d.Send(partner, "", &formats.Netting{Month: month, Direction: code.Direction(k.direction), LetterNo: k.letter, FormNo: k.form, Amount: amount})
	}
	for _, l := range now {
		k := key{l.Direction, l.LetterNo, l.FormNo}
		if err := state(k, l.Amount); err != nil {
			return changed, err
		}
		delete(before, k)
	}
	for _, l := range told { // what is left has gone since
		if k := (key{l.Direction, l.LetterNo, l.FormNo}); before[k] > 0 {
			if err := state(k, 0); err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}

// nettingWaits reports whether lines for a partner wait for their batch.
func nettingWaits(d *office.Desk, partner string) (bool, error) {
	waiting, err := d.Tx.WaitingOutgoing()
	for _, w := range waiting {
		if w.Party == partner && w.Kind == formats.KindNetting {
			return true, err
		}
	}
	return false, err
}

// Netting stores a line of the partner's statement.
func Netting(d *office.Desk, j *formats.Netting) (office.Outcome, error) {
	if d.Partners[d.File.Party].Settlement != exchange.SettleNetted {
		return office.Refused(code.NotAllowedInState, "month", "未约定轧差结算 / netting is not agreed"), nil
	}
	return office.Accepted(), d.Tx.PutNettingLine(exchange.NettingLine{
		Month: j.Month, Partner: d.File.Party, Source: NettingTheirs, Direction: string(j.Direction), LetterNo: j.LetterNo, FormNo: j.FormNo, Amount: j.Amount,
	})
}

// statementCame remembers that a statement was made or came, by a line that
// names no form: it may have no others.
func statementCame(d *office.Desk, partner string, month calendar.Month, source string) error {
	return d.Tx.PutNettingLine(exchange.NettingLine{Month: month, Partner: partner, Source: source, Direction: string(code.In)})
}

// WholeStatement is called when a netting statement was taken in whole. It
// speaks of the months that it names, an empty one of the month before the one
// in which it was made; and says of the months since the last statement that
// there was nothing in them.
func WholeStatement(d *office.Desk) error {
	months, created, err := statedMonths(d)
	if err != nil {
		return err
	}
	before, err := d.Tx.LastNetting(d.File.Party, NettingTheirs)
	if err != nil {
		return err
	}
	last := calendar.DateOf(created).Month().Add(-1)
	if len(months) > 0 {
		last = slices.Max(slices.Collect(maps.Keys(months)))
	}
	if before != 0 {
		for m := before.Add(1); m < last; m = m.Add(1) {
			months[m] = true
		}
	}
	months[last] = true
	for _, m := range slices.Sorted(maps.Keys(months)) {
		if err := statementCame(d, d.File.Party, m, NettingTheirs); err != nil {
			return err
		}
		if err := compareNetting(d, d.File.Party, m); err != nil {
			return err
		}
	}
	return nil
}

// statedMonths are the months that a statement names, and when it was made.
func statedMonths(d *office.Desk) (months map[calendar.Month]bool, created time.Time, err error) {
	src, err := d.OpenSpool(d.File.Spool)
	if err != nil {
		return nil, created, err
	}
	defer src.Close()
	r, err := sheet.NewReader(src, office.Kinds, batch.Options{})
	if err != nil {
		return nil, created, err
	}
	months = map[calendar.Month]bool{}
	for r.Next() {
		if j, ok := r.Record().Value.(*formats.Netting); ok {
			months[j.Month] = true
		}
	}
	return months, r.Header().Created, nil
}

// compareNetting compares both statements of a month to the fen, once both are
// here: what one sends, the other receives.
func compareNetting(d *office.Desk, partner string, month calendar.Month) error {
	ours, err := nettingLines(d, month, partner, NettingOurs)
	if err != nil || ours == nil {
		return err
	}
	theirs, err := nettingLines(d, month, partner, NettingTheirs)
	if err != nil || theirs == nil {
		return err
	}
	keys, differs := map[string]bool{}, false
	for k := range ours {
		keys[k] = true
	}
	for k := range theirs {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		subject := month.String() + " " + k
		if ours[k] == theirs[k] {
			err = d.CloseDifference("netting", partner, subject)
		} else {
			err = d.RecordDifference("netting", partner, "", subject, ours[k].String(), theirs[k].String())
		}
		if err != nil {
			return err
		}
		differs = differs || ours[k] != theirs[k]
	}
	return toTie(d, partner, month, differs)
}

// nettingLines are the amounts of a statement by direction, as we see it, and
// form; nil when the statement has not been made or has not come.
func nettingLines(d *office.Desk, month calendar.Month, partner, source string) (map[string]money.Fen, error) {
	lines, err := d.Tx.NettingLines(month, partner, source)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	mirror := map[string]string{string(code.In): string(code.Out), string(code.Out): string(code.In)}
	amounts := map[string]money.Fen{}
	for _, l := range lines {
		if l.FormNo == "" {
			continue
		}
		direction := l.Direction
		if source == NettingTheirs {
			direction = mirror[direction]
		}
		amounts[lineKey(direction, l.FormNo)] += l.Amount
	}
	return amounts, nil
}

// lineKey names a line of a statement.
func lineKey(direction, formNo string) string { return direction + " " + formNo }
