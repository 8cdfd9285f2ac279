package nightly

import (
	"iter"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// recentCases yields the cases that are open, or whose state or money changed
// since a day.
func recentCases(tx *store.Tx, since calendar.Date) iter.Seq2[exchange.Case, error] {
	return office.Walk(func(visit func(exchange.Case) error) error {
		return tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error {
			if c.State.Final(c.Side) && c.StateSince < since && c.MoneySince < since {
				return nil
			}
			return visit(c)
		})
	})
}

// perCase reads the rows of each recent case, for the sheet of that name. A page of
// cases is in memory at a time, with what ahead has read for all of them; the first error
// ends it.
func perCase[T any](
	o *office.Office, tx *store.Tx, sheet string, since calendar.Date, ahead func([]exchange.Case) error, rows func(exchange.Case) ([]T, error),
) iter.Seq2[T, error] {
	return office.Walk(func(visit func(T) error) error {
		count := o.Counting("sheet "+sheet, 0)
		return office.InPages(tx, recentCases(tx, since), ahead, func(c exchange.Case) error {
			count()
			list, err := rows(c)
			if err != nil {
				return err
			}
			for _, x := range list {
				if err := visit(x); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// casesOf yields the cases of some numbers, in their order.
func casesOf(o *office.Office, tx *store.Tx, numbers []string) iter.Seq2[exchange.Case, error] {
	return office.Walk(func(visit func(exchange.Case) error) error {
		count := o.Counting("sheet deadlines", len(numbers))
		for page := range slices.Chunk(numbers, office.Chunk) {
			tx.ForgetAhead()
			if err := tx.ReadAhead(store.Ahead{Cases: page}); err != nil {
				return err
			}
			for _, no := range page {
				count()
				c, err := tx.Case(no)
				if err != nil {
					return err
				}
				if err := visit(c); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func caseNo(c exchange.Case) string { return c.No }

// present are the texts of a list's items that are not empty.
func present[T any](list []T, text func(T) string) []string {
	return slices.DeleteFunc(mapped(list, text), func(s string) bool { return s == "" })
}

// listed makes an iterator of a list that is read only when it is needed: the
// sheet that shows it is written long after the workbook was gathered.
func listed[T any](read func() ([]T, error)) iter.Seq2[T, error] {
	return office.Walk(func(visit func(T) error) error {
		list, err := read()
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := visit(x); err != nil {
				return err
			}
		}
		return nil
	})
}

// chained yields one source after the other, up to the first error.
func chained[T any](sources ...iter.Seq2[T, error]) iter.Seq2[T, error] {
	return office.Walk(func(visit func(T) error) error {
		for _, source := range sources {
			for x, err := range source {
				if err != nil {
					return err
				}
				if err := visit(x); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// mapped makes a list of rows of a list.
func mapped[T, R any](list []T, row func(T) R) []R {
	out := make([]R, len(list))
	for i, x := range list {
		out[i] = row(x)
	}
	return out
}
