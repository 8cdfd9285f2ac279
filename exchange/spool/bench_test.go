package spool_test

import (
	"fmt"
	"io"
	"testing"

	"carryover/exchange/drop/droptest"
	"carryover/exchange/spool"
	"carryover/exchange/store"
)

// BenchmarkSpool keeps and reads files of both spools, and reads the parts alone, which
// is the least that reading from a database can cost.
func BenchmarkSpool(b *testing.B) {
	for name, at := range engines {
		for _, size := range []int{20 << 10, 100 << 20} {
			w := open(b, at(b))
			content := droptest.Content(size, 1)
			b.Run(fmt.Sprintf("%s/%d KiB/keep", name, size>>10), func(b *testing.B) {
				for b.Loop() {
					f := w.begin(b, content)
					if err := w.keep(f, "x", nil); err != nil {
						b.Fatal(err)
					}
					f.Discard()
				}
				b.SetBytes(int64(size))
			})
			b.Run(fmt.Sprintf("%s/%d KiB/read", name, size>>10), func(b *testing.B) {
				for b.Loop() {
					var f *spool.File
					w.view(b, func(tx *store.Tx) (err error) {
						f, err = w.Open(tx, "x")
						return err
					})
					if _, err := io.Copy(io.Discard, f); err != nil {
						b.Fatal(err)
					}
					f.Close()
				}
				b.SetBytes(int64(size))
			})
			if !w.store.Shared() {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d KiB/parts", name, size>>10), func(b *testing.B) {
				for b.Loop() {
					w.view(b, func(tx *store.Tx) error {
						for n := 0; ; n++ {
							if _, last, err := tx.SpoolPart("x", n); last || err != nil {
								return err
							}
						}
					})
				}
				b.SetBytes(int64(size))
			})
		}
	}
}
