package store

import (
	"fmt"
	"testing"
	"time"

	"carryover/exchange"
)

func TestQuick(t *testing.T) {
	ctx := t.Context()
	s, err := Open(ctx, Options{DSN: t.TempDir() + "/x.db"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	t0 := time.Now()
	const n = 20000
	for b := 0; b < n/1000; b++ {
		err = s.Tx(ctx, func(tx *Tx) error {
			for i := 0; i < 1000; i++ {
				no, err := tx.NextNumber("T", "320500", 20260302)
				if err != nil {
					return err
				}
				c := exchange.Case{No: no, Side: exchange.Out, Partner: "310100", State: exchange.Requested, FormTrack: exchange.FormNone, MoneyTrack: exchange.MoneyNotDue,
					LetterNo: fmt.Sprintf("31010020260302%06d", b*1000+i), Person: exchange.Person{IDType: "01", IDNo: "11010519491231002X", Name: "张三", IDKey: no}}
				if err := tx.InsertCase(&c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	d := time.Since(t0)
	t.Log(d, d/n, float64(n)/d.Seconds())
}
