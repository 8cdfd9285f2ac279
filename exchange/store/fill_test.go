package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"carryover/exchange/calendar"
)

// fill gives every field of a struct a value of its own, so that a field
// which the store loses, or mixes up with another, shows in a comparison.
func fill[T any](t testing.TB) T {
	t.Helper()
	var x T
	n := 0
	if err := fillValue(reflect.ValueOf(&x).Elem(), &n, ""); err != nil {
		t.Fatal(err)
	}
	return x
}

func fillValue(v reflect.Value, n *int, name string) error {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 3, 2, 10, 0, *n, 123456000, time.UTC)))
		return nil
	case calendar.Date:
		v.SetInt(int64(calendar.Date(20260101).AddDays(*n)))
		return nil
	case calendar.Month:
		v.SetInt(int64(calendar.Month(201001).Add(*n)))
		return nil
	case []byte:
		v.SetBytes([]byte(fmt.Sprintf("%s\x00%d", name, *n)))
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s·㐂'%d", name, *n))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := fillValue(v.Field(i), n, v.Type().Field(i).Name); err != nil {
				return err
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			if err := fillValue(v.Index(i), n, name); err != nil {
				return err
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		if value.Kind() == reflect.String {
			value.SetString(fmt.Sprintf("value%d", *n))
		} else {
			value.Set(reflect.ValueOf(*n))
		}
		v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("key%d", *n)), value)
	default:
		return fmt.Errorf("%s: cannot fill %s", name, v.Type())
	}
	return nil
}
