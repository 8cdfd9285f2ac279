// Package netting is the monthly statements between two agencies: the lines of
// balances that are netted, the reconciliation of all cases, and the tie of a
// month to the sum that was paid for it. To tie a month is to settle its net sum
// by the bank entry, or the voucher, with which it was paid outside Carryover
// (SPEC 4, NETTED).
//
// It promises that a line is stated once and corrected by further lines, and
// that a month is tied only when both sides state the same. It moves no money.
package netting

import (
	"cmp"
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

// Sources of a netting line, as the store keeps them. Direction is in or out as the
// source sees the money: theirs is the mirror of ours.
const (
	SourceOurs   = "ours"   // stated by us: one line per form
	SourceTheirs = "theirs" // stated by the partner
	SourceTied   = "tied"   // settled by an officer: the sums of a month, as we see the money
)

// nettingStatement queues the statement of a month: a line for each of its NETTED forms,
// as we see the money. One without lines is queued as well, since the partner compares
// nothing before it has ours.
func nettingStatement(d *office.Desk, partner string, month calendar.Month) error {
	if err := markStatement(d, partner, month, SourceOurs); err != nil {
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

// nettingChanges queues what has changed of statements made before, back to a year: a
// form that came late, or was corrected or annulled since. One month in each pass, the
// latest first, so that a batch is of one month.
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

// stateNetting queues the lines of a month that were not stated yet, or with another
// amount, and returns how many. A form that is gone is stated with 0.00: a statement is
// corrected by further lines, never taken back. Nothing is queued for a month that was
// never stated.
func stateNetting(d *office.Desk, partner string, month calendar.Month) (changed int, err error) {
	stated, err := d.Tx.NettingLines(month, partner, SourceOurs)
	if err != nil || len(stated) == 0 {
		return 0, err
	}
	now, err := d.Tx.NettedForms(partner, month)
	if err != nil {
		return 0, err
	}
	type key struct{ direction, letter, form string }
	before := map[key]money.Fen{}
	for _, l := range stated {
		before[key{l.Direction, l.LetterNo, l.FormNo}] = l.Amount
	}
	state := func(k key, amount money.Fen) error {
		if amount < 0 { // a correction that gives less than before: its case is held for officers
			amount = 0
		}
		// The line without a form only marks the statement; what is stated so, or never
		// was and is nothing, needs no line.
		if was, ok := before[k]; k.form == "" || (ok && was == amount) || (!ok && amount == 0) {
			return nil
		}
		changed++
		line := exchange.NettingLine{
			Month: month, Partner: partner, Source: SourceOurs, Direction: k.direction, LetterNo: k.letter, FormNo: k.form, Amount: amount,
		}
		if err := d.Tx.PutNettingLine(line); err != nil {
			return err
		}
		return d.Send(partner, "", &formats.Netting{
			Month: month, Direction: code.Direction(k.direction), LetterNo: k.letter, FormNo: k.form, Amount: amount,
		})
	}
	for _, l := range now {
		k := key{l.Direction, l.LetterNo, l.FormNo}
		if err := state(k, l.Amount); err != nil {
			return changed, err
		}
		delete(before, k)
	}
	for _, l := range stated { // what is left in before is gone since
		if k := (key{l.Direction, l.LetterNo, l.FormNo}); before[k] > 0 {
			if err := state(k, 0); err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}

// statementPending reports whether lines for a partner wait for their batch: until it is
// made no others may join them, or it would be of two months.
func statementPending(d *office.Desk, partner string) (bool, error) {
	waiting, err := d.Tx.WaitingOutgoing()
	for _, w := range waiting {
		if w.Party == partner && w.Kind == formats.KindNetting {
			return true, err
		}
	}
	return false, err
}

// StoreLine stores a line of the partner's statement. It is compared only once the whole
// statement is here (WholeStatement); a partner with whom netting is not agreed is
// refused.
func StoreLine(d *office.Desk, j *formats.Netting) (office.Outcome, error) {
	if d.Partners[d.File.Party].Settlement != exchange.SettleNetted {
		return office.Refused(code.NotAllowedInState, "month", "未约定轧差结算 / netting is not agreed"), nil
	}
	return office.Accepted(), d.Tx.PutNettingLine(exchange.NettingLine{
		Month: j.Month, Partner: d.File.Party, Source: SourceTheirs, Direction: string(j.Direction),
		LetterNo: j.LetterNo, FormNo: j.FormNo, Amount: j.Amount,
	})
}

// markStatement records that a statement was made or has come, by a line that names no
// form: a statement may have no others.
func markStatement(d *office.Desk, partner string, month calendar.Month, source string) error {
	return d.Tx.PutNettingLine(exchange.NettingLine{Month: month, Partner: partner, Source: source, Direction: string(code.In)})
}

// WholeStatement marks and compares the months of a netting statement, once all of its
// records are worked. It is about the months that it names, an empty one about the month
// before the one in which it was made; and it says of the months since the last statement
// that there was nothing in them.
func WholeStatement(d *office.Desk) error {
	months, created, err := statedMonths(d)
	if err != nil {
		return err
	}
	before, err := d.Tx.LastNetting(d.File.Party, SourceTheirs)
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
		if err := markStatement(d, d.File.Party, m, SourceTheirs); err != nil {
			return err
		}
		if err := compareNetting(d, d.File.Party, m); err != nil {
			return err
		}
	}
	return nil
}

// statedMonths are the months that the statement in the desk's file names, and when it was
// made. It is read again from the spool: what a crash left half worked has no memory.
func statedMonths(d *office.Desk) (months map[calendar.Month]bool, created time.Time, err error) {
	src, err := d.OpenSpoolIn(d.Tx, d.File.Spool)
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

// compareNetting compares both statements of a month to the fen, line by line, once both
// are here: what one sends, the other receives. Lines that differ become differences,
// lines that agree close theirs. A month that agrees is listed to be tied.
func compareNetting(d *office.Desk, partner string, month calendar.Month) error {
	ours, err := nettingLines(d, month, partner, SourceOurs)
	if err != nil || ours == nil {
		return err
	}
	theirs, err := nettingLines(d, month, partner, SourceTheirs)
	if err != nil || theirs == nil {
		return err
	}
	keys, differs := map[lineKey]bool{}, false
	for k := range ours {
		keys[k] = true
	}
	for k := range theirs {
		keys[k] = true
	}
	for _, k := range slices.SortedFunc(maps.Keys(keys), lineKey.compare) {
		subject := code.Say("net-line", month, k.direction, k.formNo)
		if ours[k] == theirs[k] {
			err = d.CloseDifference("netting", partner, subject)
		} else {
			err = d.RecordDifference("netting", partner, "", subject, code.Text(ours[k].String()), code.Text(theirs[k].String()))
		}
		if err != nil {
			return err
		}
		differs = differs || ours[k] != theirs[k]
	}
	return listToTie(d, partner, month, differs)
}

// nettingLines are the amounts of a statement by its lines, directions as we see the money
// whoever stated them; nil when the statement has not been made or has not come, empty
// when it has no lines.
func nettingLines(d *office.Desk, month calendar.Month, partner, source string) (map[lineKey]money.Fen, error) {
	lines, err := d.Tx.NettingLines(month, partner, source)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	mirror := map[string]string{string(code.In): string(code.Out), string(code.Out): string(code.In)}
	amounts := map[lineKey]money.Fen{}
	for _, l := range lines {
		if l.FormNo == "" {
			continue
		}
		direction := l.Direction
		if source == SourceTheirs {
			direction = mirror[direction]
		}
		sum, err := amounts[lineKey{direction, l.FormNo}].Add(l.Amount)
		if err != nil {
			return nil, err
		}
		amounts[lineKey{direction, l.FormNo}] = sum
	}
	return amounts, nil
}

// lineKey names a line of a statement by its direction and form.
type lineKey struct{ direction, formNo string }

func (k lineKey) compare(other lineKey) int {
	return cmp.Or(cmp.Compare(k.direction, other.direction), cmp.Compare(k.formNo, other.formNo))
}
