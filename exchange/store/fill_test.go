package store

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"strings"
	"testing"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// fill gives every field of a struct a value of its own, so that a field
// which the store loses, or mixes up with another, shows in a comparison.
func fill[T any](t testing.TB) T {
	t.Helper()
	var x T
	if err := fillValue(reflect.ValueOf(&x).Elem(), ""); err != nil {
		t.Fatal(err)
	}
	return x
}

// fillValue gives a value that follows from the path to it alone: it stays when
// another field is added.
func fillValue(v reflect.Value, path string) error {
	hash := fnv.New32()
	hash.Write([]byte(path))
	n, name := int(hash.Sum32()%9000)+1, path[strings.LastIndexByte(path, '.')+1:]
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 3, 2, 10, 0, n, 123456000, time.UTC)))
		return nil
	case calendar.Date:
		v.SetInt(int64(calendar.Date(20260101).AddDays(n)))
		return nil
	case calendar.Month:
		v.SetInt(int64(calendar.Month(201001).Add(n % 600)))
		return nil
	case code.Phrase:
		v.Set(reflect.ValueOf(code.Text(fmt.Sprintf("%s·㐂'%d", name, n))))
		return nil
	case []byte:
		v.SetBytes([]byte(fmt.Sprintf("%s\x00%d", name, n)))
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s·㐂'%d", name, n))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			if err := fillValue(v.Field(i), path+"."+v.Type().Field(i).Name); err != nil {
				return err
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			if err := fillValue(v.Index(i), fmt.Sprint(path, i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		if value.Kind() == reflect.String {
			value.SetString(fmt.Sprintf("value%d", n))
		} else {
			value.Set(reflect.ValueOf(n))
		}
		v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("key%d", n)), value)
	default:
		return fmt.Errorf("%s: cannot fill %s", name, v.Type())
	}
	return nil
}
