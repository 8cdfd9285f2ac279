package batch

import "fmt"

// RecordNo is the record_no of a record (a pointer to its struct); "" when
// no row type of the kind holds it.
func (k *Kind) RecordNo(rec any) string {
	layout := k.RowOf(rec)
	if layout == nil {
		return ""
	}
	return Clip(layout.ops.recordNo(rec))
}

// KeyOf is the duplicate key of a record, "" when its row type has none that
// counts beyond one batch.
func (k *Kind) KeyOf(rec any) string {
	layout := k.RowOf(rec)
	if layout == nil || layout.PerBatch {
		return ""
	}
	return string(layout.ops.keyOf(rec))
}

// Parse reads back one record that Append encoded. The error is *Invalid
// when the rows are not a record without faults.
func (k *Kind) Parse(rows []byte) (any, error) {
	e := NewEncoder(k)
	if faults := e.judge(string(rows)); len(faults) > 0 {
		return nil, fmt.Errorf("%s: %w", k.Name, &Invalid{Faults: faults})
	}
	return e.back.record.Value, nil
}
