// Package droptest is test support for drops: the conformance suite that every
// kind of drop passes, a drop that fails on command, and a TCP proxy that
// behaves as bad networks do.
package droptest

import (
	"context"
	"io"
	"time"

	"carryover/exchange/drop"
)

// Faulty returns a drop that calls hook before and after each operation of d,
// with "put:before", "put:after" and so on for list, get, put, stat, move, remove and
// probe, and the file's name (the folder's path for list and probe). An error
// from hook before the operation takes its place; an error after it means that
// the operation took place and its answer was lost.
func Faulty(d drop.Drop, hook func(op, name string) error) drop.Drop {
	return &faulty{d, hook}
}

type faulty struct {
	d    drop.Drop
	hook func(op, name string) error
}

func (f *faulty) around(op, name string, call func() error) error {
	if err := f.hook(op+":before", name); err != nil {
		return err
	}
	if err := call(); err != nil {
		return err
	}
	return f.hook(op+":after", name)
}

func (f *faulty) List(ctx context.Context, folder drop.Folder) (l drop.Listing, err error) {
	err = f.around("list", folder.String(), func() (err error) {
		l, err = f.d.List(ctx, folder)
		return err
	})
	return l, err
}

func (f *faulty) Get(ctx context.Context, folder drop.Folder, e drop.Entry, w io.Writer) (n int64, err error) {
	err = f.around("get", e.Name, func() (err error) {
		n, err = f.d.Get(ctx, folder, e, w)
		return err
	})
	return n, err
}

func (f *faulty) Put(ctx context.Context, folder drop.Folder, name string, src io.ReaderAt, size int64, opt drop.PutOptions) error {
	return f.around("put", name, func() error { return f.d.Put(ctx, folder, name, src, size, opt) })
}

func (f *faulty) Stat(ctx context.Context, folder drop.Folder, name string) (e drop.Entry, err error) {
	err = f.around("stat", name, func() (err error) {
		e, err = f.d.Stat(ctx, folder, name)
		return err
	})
	return e, err
}

func (f *faulty) Move(ctx context.Context, from drop.Folder, e drop.Entry, to drop.Folder) error {
	return f.around("move", e.Name, func() error { return f.d.Move(ctx, from, e, to) })
}

func (f *faulty) Remove(ctx context.Context, folder drop.Folder, e drop.Entry) error {
	return f.around("remove", e.Name, func() error { return f.d.Remove(ctx, folder, e) })
}

func (f *faulty) Probe(ctx context.Context) (a drop.Abilities, err error) {
	err = f.around("probe", drop.Out.String(), func() (err error) {
		a, err = f.d.Probe(ctx)
		return err
	})
	return a, err
}

func (f *faulty) Clock(ctx context.Context) (at time.Time, err error) {
	err = f.around("clock", drop.Out.String(), func() (err error) {
		at, err = f.d.Clock(ctx)
		return err
	})
	return at, err
}

func (f *faulty) Close() error { return f.d.Close() }
