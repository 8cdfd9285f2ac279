package drop

import (
	"context"
	"io"
)

// stepped calls Options.Step before and after each call to a host.
type stepped struct {
	host
	step func(call, path string) error
}

// do makes one call between its two steps.
func (s *stepped) do(call, p string, f func() error) error {
	if err := s.step(call+":before", p); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return s.step(call+":after", p)
}

func (s *stepped) list(ctx context.Context, dir string, limit int) (items []item, more bool, err error) {
	err = s.do("list", dir, func() (err error) {
		items, more, err = s.host.list(ctx, dir, limit)
		return err
	})
	return items, more, err
}

func (s *stepped) lstat(ctx context.Context, p string) (it item, err error) {
	err = s.do("lstat", p, func() (err error) {
		it, err = s.host.lstat(ctx, p)
		return err
	})
	return it, err
}

func (s *stepped) open(ctx context.Context, p string) (src source, err error) {
	err = s.do("open", p, func() (err error) {
		src, err = s.host.open(ctx, p)
		return err
	})
	if err != nil {
		if src != nil {
			src.close(ctx)
		}
		return nil, err
	}
	return &steppedSource{src, s, p}, nil
}

func (s *stepped) create(ctx context.Context, p string) (dst sink, err error) {
	err = s.do("create", p, func() (err error) {
		dst, err = s.host.create(ctx, p)
		return err
	})
	if err != nil {
		if dst != nil {
			_ = dst.close(ctx)
		}
		return nil, err
	}
	return &steppedSink{dst, s, p}, nil
}

func (s *stepped) publish(ctx context.Context, temp, name string, plain bool) error {
	return s.do("rename", name, func() error { return s.host.publish(ctx, temp, name, plain) })
}

func (s *stepped) move(ctx context.Context, from, to string) error {
	return s.do("move", to, func() error { return s.host.move(ctx, from, to) })
}

func (s *stepped) remove(ctx context.Context, p string) error {
	return s.do("remove", p, func() error { return s.host.remove(ctx, p) })
}

type steppedSource struct {
	source
	s *stepped
	p string
}

func (f *steppedSource) writeTo(ctx context.Context, w io.Writer, size int64, sequential bool) (n int64, err error) {
	err = f.s.do("read", f.p, func() (err error) {
		n, err = f.source.writeTo(ctx, w, size, sequential)
		return err
	})
	return n, err
}

type steppedSink struct {
	sink
	s *stepped
	p string
}

func (f *steppedSink) writeFrom(ctx context.Context, src io.ReaderAt, size int64) error {
	return f.s.do("write", f.p, func() error { return f.sink.writeFrom(ctx, src, size) })
}

func (f *steppedSink) sync(ctx context.Context) (offered bool, err error) {
	err = f.s.do("sync", f.p, func() (err error) {
		offered, err = f.sink.sync(ctx)
		return err
	})
	return offered, err
}
