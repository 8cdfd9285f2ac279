package payment

import (
	"strings"
	"testing"
)

// TestAdviceAtFault: a record that cannot be read names no lump sum, and ends nothing.
func TestAdviceAtFault(t *testing.T) {
	const file = "H,remittance-advice,1,320500,310100,1,2026-03-03T18:30:00+08:00,2021\nW,x\nT,1,0.00,\n"
	l := Lumps{}
	if err := l.Read(strings.NewReader(file)); err != nil || len(l) > 0 {
		t.Errorf("%v, %v", l, err)
	}
}
