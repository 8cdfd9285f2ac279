package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// rewindable is a writer that can start again, as an *os.File can.
type rewindable interface {
	io.Writer
	io.Seeker
	Truncate(size int64) error
}

// Get implements Drop.
func (d *folders) Get(ctx context.Context, f Folder, e Entry, w io.Writer) (int64, error) {
	p, err := d.file(f, e.Name)
	if err != nil {
		return 0, fmt.Errorf("get: %w", err)
	}
	n, err := d.get(ctx, p, e, w)
	if err != nil {
		return n, fmt.Errorf("get %s: %w", p, err)
	}
	return n, nil
}

func (d *folders) get(ctx context.Context, p string, e Entry, w io.Writer) (int64, error) {
	if err := d.still(ctx, p, e); err != nil {
		return 0, err
	}
	start, back, err := place(w)
	if err != nil {
		return 0, err
	}
	n, err := d.fetch(ctx, p, e.Size, w, false)
	if err == nil && n == e.Size {
		return n, d.unchanged(ctx, p, e)
	}
	if err != nil && !errors.Is(err, ErrShort) {
		return n, err
	}
	// Fewer bytes than the server says there are: either the file is another one
	// by now, or the server cannot do several reads at once.
	if err := d.unchanged(ctx, p, e); err != nil {
		return n, err
	}
	if back == nil || d.host.readOnce() {
		return n, fmt.Errorf("%w: %d of %d came", ErrShort, n, e.Size)
	}
	return d.again(ctx, p, e, back, start)
}

// again reads the file once more, sequentially, over what came before.
func (d *folders) again(ctx context.Context, p string, e Entry, w rewindable, start int64) (int64, error) {
	if _, err := w.Seek(start, io.SeekStart); err != nil {
		return 0, fmt.Errorf("start again: %w", err)
	}
	if err := w.Truncate(start); err != nil {
		return 0, fmt.Errorf("start again: %w", err)
	}
	n, err := d.fetch(ctx, p, e.Size, w, true)
	if err != nil {
		return n, err
	}
	if err := d.unchanged(ctx, p, e); err != nil {
		return n, err
	}
	if n != e.Size {
		return n, fmt.Errorf("%w: %d of %d came, one block after the other too", ErrShort, n, e.Size)
	}
	d.host.foundShort()
	return n, nil
}

// unchanged looks at the file after it was read. A server that hands out a file
// only once has nothing to look at any more.
func (d *folders) unchanged(ctx context.Context, p string, e Entry) error {
	if d.host.readOnce() {
		return nil
	}
	err := d.still(ctx, p, e)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: gone after it was read", ErrChanged)
	}
	return err
}

// fetch copies up to size bytes of the file.
func (d *folders) fetch(ctx context.Context, p string, size int64, w io.Writer, sequential bool) (int64, error) {
	src, err := d.host.open(ctx, p)
	if err != nil {
		return 0, err
	}
	defer src.close(ctx)
	return src.writeTo(ctx, w, size, sequential || d.host.oneAtATime())
}

// place returns where w stands and w itself, if it can come back there.
func place(w io.Writer) (int64, rewindable, error) {
	back, ok := w.(rewindable)
	if !ok {
		return 0, nil, nil
	}
	start, err := back.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, nil, nil // a pipe behind an *os.File: it cannot be rewound after all
	}
	return start, back, nil
}

// GetAll picks up several files of a folder, at most parallel at a time, over
// the one session of d. open returns where a file goes; the writer is closed
// when the file is there or has failed. The errors stand in the order of files,
// nil for each that arrived and whose writer closed without an error: one bad
// file stops no other. What a failed file has written so far is the caller's
// to throw away.
func GetAll(ctx context.Context, d Drop, f Folder, files []Entry, parallel int, open func(Entry) (io.WriteCloser, error)) []error {
	errs := make([]error, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, min(parallel, len(files))) {
		wg.Go(func() {
			for i := range next {
				errs[i] = getOne(ctx, d, f, files[i], open)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
	return errs
}

func getOne(ctx context.Context, d Drop, f Folder, e Entry, open func(Entry) (io.WriteCloser, error)) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("get %s: %w", e.Name, err)
	}
	w, err := open(e)
	if err != nil {
		return fmt.Errorf("get %s: %w", e.Name, err)
	}
	_, err = d.Get(ctx, f, e, w)
	if cerr := w.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("get %s: %w", e.Name, cerr)
	}
	return err
}
