package jobs

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

// nettingStatement queues what a month's NETTED forms add up to, as we see it.
func (d *desk) nettingStatement(partner string, month calendar.Month) error {
	lines, err := d.tx.NettedForms(partner, month)
	if err != nil {
		return err
	}
	for _, l := range lines {
		l.Source = NettingOurs
		if err := d.tx.PutNettingLine(l); err != nil {
			return err
		}
		rec := formats.Netting{Month: month, Direction: code.Direction(l.Direction), LetterNo: l.LetterNo, FormNo: l.FormNo, Amount: l.Amount}
		if err := d.send(partner, "", &rec); err != nil {
			return err
		}
	}
	if err := d.statementCame(partner, month, NettingOurs); err != nil {
		return err
	}
	if len(lines) == 0 {
		if err := d.tx.InsertOutgoing(exchange.Outgoing{Party: partner, Kind: formats.KindNetting, Rows: []byte{}}); err != nil {
			return err
		}
	}
	return d.compareNetting(partner, month)
}

// Sources of a netting line.
const (
	NettingOurs   = "ours"
	NettingTheirs = "theirs"
)

// netting stores a line of the partner's statement.
func (d *desk) netting(j *formats.Netting) (outcome, error) {
	if d.Partners[d.file.Party].Settlement != exchange.SettleNetted {
		return refused(code.NotAllowedInState, "month", "未约定轧差结算 / netting is not agreed"), nil
	}
	return accepted(), d.tx.PutNettingLine(exchange.NettingLine{
		Month: j.Month, Partner: d.file.Party, Source: NettingTheirs, Direction: string(j.Direction), LetterNo: j.LetterNo, FormNo: j.FormNo, Amount: j.Amount,
	})
}

// statementCame remembers that a statement was made or came, by a line that
// names no form: it may have no others.
func (d *desk) statementCame(partner string, month calendar.Month, source string) error {
	return d.tx.PutNettingLine(exchange.NettingLine{Month: month, Partner: partner, Source: source, Direction: string(code.In)})
}

// wholeStatement is called when a netting statement was taken in whole. An
// empty one is about the month before the one in which it was made.
func (d *desk) wholeStatement() error {
	src, err := d.openSpool(d.file.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	r, err := batch.NewReader(src, kinds, batch.Options{})
	if err != nil {
		return err
	}
	months := map[string]calendar.Month{}
	for r.Next() {
		if j, ok := r.Record().Value.(*formats.Netting); ok {
			months[j.Month.String()] = j.Month
		}
	}
	if len(months) == 0 {
		m := calendar.DateOf(r.Header().Created).Month().Add(-1)
		months[m.String()] = m
	}
	for _, key := range sortedKeys(months) {
		if err := d.statementCame(d.file.Party, months[key], NettingTheirs); err != nil {
			return err
		}
		if err := d.compareNetting(d.file.Party, months[key]); err != nil {
			return err
		}
	}
	return nil
}

// compareNetting compares both statements of a month to the fen, once both are
// here: what one sends, the other receives.
func (d *desk) compareNetting(partner string, month calendar.Month) error {
	ours, err := d.nettingLines(month, partner, NettingOurs)
	if err != nil || ours == nil {
		return err
	}
	theirs, err := d.nettingLines(month, partner, NettingTheirs)
	if err != nil || theirs == nil {
		return err
	}
	keys := map[string]bool{}
	for k := range ours {
		keys[k] = true
	}
	for k := range theirs {
		keys[k] = true
	}
	for _, k := range sortedKeys(keys) {
		subject := month.String() + " " + k
		if ours[k] == theirs[k] {
			err = d.closeDifference("netting", partner, subject)
		} else {
			err = d.difference("netting", partner, "", subject, ours[k].String(), theirs[k].String())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nettingLines are the amounts of a statement by direction, as we see it, and
// form; nil when the statement has not been made or has not come.
func (d *desk) nettingLines(month calendar.Month, partner, source string) (map[string]money.Fen, error) {
	lines, err := d.tx.NettingLines(month, partner, source)
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
		amounts[direction+" "+l.FormNo] += l.Amount
	}
	return amounts, nil
}
