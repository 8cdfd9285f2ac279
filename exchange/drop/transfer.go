package drop

import (
	"context"
	"errors"
	"io"

	"github.com/pkg/sftp"
)

// remoteFile is a file of the server, open for reading.
type remoteFile struct {
	r *remote
	f *wireFile
}

// block is a piece of a file that was asked for.
type block struct {
	buf  *[]byte
	want int
	n    int // valid once done has spoken
	done <-chan error
}

// ask requests the bytes at off. Each block is asked for until it is complete or
// the file ends, so that short answers alone lose nothing.
func (f *remoteFile) ask(off int64, want int) *block {
	b := &block{buf: f.r.bufs.Get().(*[]byte), want: want}
	f.r.account(want)
	b.done = f.r.start(func() (err error) {
		b.n, err = f.f.ReadAt((*b.buf)[:want], off)
		return err
	})
	return b
}

// writeTo keeps several blocks under way and writes them in order. Blocks that
// nobody waits for any more keep their buffers to themselves.
func (f *remoteFile) writeTo(ctx context.Context, w io.Writer, size int64, sequential bool) (int64, error) {
	depth := f.r.depth
	if sequential {
		depth = 1
	}
	var under []*block
	var asked, written int64
	for written < size {
		for len(under) < depth && asked < size {
			want := int(min(int64(f.r.chunk), size-asked))
			under = append(under, f.ask(asked, want))
			asked += int64(want)
		}
		b := under[0]
		under = under[1:]
		err := f.r.wait(ctx, b.done)
		if err != nil && !errors.Is(err, errEnd) {
			return written, err
		}
		n, werr := w.Write((*b.buf)[:b.n])
		written += int64(n)
		if werr != nil || b.n < b.want {
			return written, werr
		}
		f.r.bufs.Put(b.buf)
	}
	return written, nil
}

// close gives the handle back. The request is sent even when ctx is over; nothing
// depends on its answer, since what was read is compared with Stat.
func (f *remoteFile) close(ctx context.Context) { _ = f.r.wait(ctx, f.r.start(f.f.Close)) }

// readerAt reads within ctx.
func (f *remoteFile) readerAt(ctx context.Context) io.ReaderAt {
	return readerAtFunc(func(p []byte, off int64) (n int, err error) {
		for n < len(p) && err == nil {
			want := min(f.r.chunk, len(p)-n)
			b := f.ask(off+int64(n), want)
			if err = f.r.wait(ctx, b.done); errors.Is(err, errEnd) {
				err = io.EOF
			} else if err != nil {
				return n, err
			}
			n += copy(p[n:], (*b.buf)[:b.n])
			f.r.bufs.Put(b.buf)
		}
		return n, err
	})
}

type readerAtFunc func(p []byte, off int64) (int, error)

// ReadAt implements io.ReaderAt.
func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// remoteSink is a file of the server, open for writing.
type remoteSink struct {
	r *remote
	f *sftp.File
}

// writeFrom keeps several blocks under way. When one fails the others may have
// left holes; the file is then thrown away as a whole.
func (f *remoteSink) writeFrom(ctx context.Context, src io.ReaderAt, size int64) error {
	var under []*block
	var off int64
	for off < size || len(under) > 0 {
		if off < size && len(under) < f.r.depth {
			want := int(min(int64(f.r.chunk), size-off))
			b, err := f.send(src, off, want)
			if err != nil {
				return err
			}
			under = append(under, b)
			off += int64(want)
			continue
		}
		b := under[0]
		under = under[1:]
		if err := f.r.wait(ctx, b.done); err != nil {
			return err
		}
		f.r.bufs.Put(b.buf)
	}
	return nil
}

func (f *remoteSink) send(src io.ReaderAt, off int64, want int) (*block, error) {
	b := &block{buf: f.r.bufs.Get().(*[]byte), want: want}
	n, err := src.ReadAt((*b.buf)[:want], off)
	if n < want {
		if err == nil || errors.Is(err, io.EOF) {
			err = ErrShort // our own file is shorter than was said
		}
		return nil, err
	}
	f.r.account(want)
	b.done = f.r.start(func() error {
		_, err := f.f.WriteAt((*b.buf)[:want], off)
		return err
	})
	return b, nil
}

func (f *remoteSink) sync(ctx context.Context) (bool, error) {
	err := f.r.step(ctx, f.f.Sync)
	if isUnsupported(err) {
		return false, nil
	}
	return err == nil, err
}

func (f *remoteSink) close(ctx context.Context) error { return f.r.step(ctx, f.f.Close) }
