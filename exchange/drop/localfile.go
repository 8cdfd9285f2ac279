package drop

import (
	"context"
	"errors"
	"io"
	"os"
)

// blockSize is how much is copied between two looks at the context.
const blockSize = 256 << 10

// localFile is a file of this machine, open for writing.
type localFile struct{ f *os.File }

// localSource is one open for reading.
type localSource struct{ f *os.File }

func (l *localSource) writeTo(ctx context.Context, w io.Writer, size int64, _ bool) (int64, error) {
	return copyBlocks(ctx, w, io.NewSectionReader(l.f, 0, size))
}

func (l *localSource) readerAt(context.Context) io.ReaderAt { return l.f }

func (l *localSource) close(context.Context) { l.f.Close() }

func (l *localFile) writeFrom(ctx context.Context, src io.ReaderAt, size int64) error {
	n, err := copyBlocks(ctx, l.f, io.NewSectionReader(src, 0, size))
	if err == nil && n != size {
		return ErrShort
	}
	return plainError(err)
}

func (l *localFile) sync(context.Context) (bool, error) { return true, plainError(l.f.Sync()) }

func (l *localFile) close(context.Context) error { return plainError(l.f.Close()) }

// copyBlocks copies until src ends, block by block, as long as ctx lasts.
func copyBlocks(ctx context.Context, w io.Writer, src *io.SectionReader) (n int64, err error) {
	buf := make([]byte, min(blockSize, max(src.Size(), 1)))
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		r, err := src.Read(buf)
		if r > 0 {
			m, werr := w.Write(buf[:r])
			n += int64(m)
			if werr != nil {
				return n, werr
			}
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
