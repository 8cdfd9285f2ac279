package office

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

// Send queues a record for a party, in the transaction of the data it concerns;
// outbox makes a batch of what waits. The record is encoded now: one that the
// party cannot be sent fails here (batch.ErrUnencodable) and stops no batch later.
func (d *Desk) Send(party, caseNo string, rec any) error {
	o, err := d.Encode(party, caseNo, rec)
	if err != nil {
		return err
	}
	return d.Tx.InsertOutgoing(o)
}

// Encode is a record as it waits for a party: its rows in UTF-8. For a party that
// reads GB18030 every character is tried out first; workbooks hold all of them.
func (d *Desk) Encode(party, caseNo string, rec any) (o exchange.Outgoing, err error) {
	kind, ok := KindOf(rec)
	if !ok {
		return o, fmt.Errorf("no kind of batch has %T", rec)
	}
	var rows batch.Rows
	if err := d.Encoder(kind).Append(&rows, rec); err != nil {
		return o, fmt.Errorf("%s for %s: %w", kind.Name, party, err)
	}
	if to, ok := d.Party(party); ok && to.Encoding == string(batch.GB18030) && to.Carrier != string(batch.Workbook) {
		if err := batch.CanEncode(batch.GB18030, rows.Bytes); err != nil {
			return o, fmt.Errorf("%s for %s: %w", kind.Name, party, err)
		}
	}
	return exchange.Outgoing{
		Party: party, Kind: kind.Name, RecordNo: kind.RecordNo(rec), CaseNo: caseNo,
		Rows: rows.Bytes, RowCount: rows.Count, Amount: rows.Amount,
	}, nil
}

// Encoder returns the desk's encoder of a kind, made once per transaction.
func (d *Desk) Encoder(k *batch.Kind) *batch.Encoder {
	if d.encoders == nil {
		d.encoders = map[string]*batch.Encoder{}
	}
	if d.encoders[k.Name] == nil {
		d.encoders[k.Name] = batch.NewEncoder(k)
	}
	return d.encoders[k.Name]
}

// ParseOutgoing reads back a record that we queued: a pointer to the type of its
// row in formats. It fails for a kind that is no batch.
func ParseOutgoing(o exchange.Outgoing) (any, error) {
	kind := batch.Find(Kinds, o.Kind)
	if kind == nil {
		return nil, fmt.Errorf("record %s: no kind %q", o.RecordNo, o.Kind)
	}
	return kind.Parse(o.Rows)
}

// IsDecline reports whether a queued record is a decline: it lies among the forms, in
// a row of its own type.
func IsDecline(o exchange.Outgoing) bool {
	return o.Kind == formats.KindForm && batch.RowType(o.Rows) == "D"
}

// SomeFen is an amount in a field that may be empty; 0.00 is an amount too.
func SomeFen(f money.Fen) batch.Maybe[money.Fen] { return batch.Some(f) }
