package drop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
)

// Put implements Drop.
func (d *folders) Put(ctx context.Context, f Folder, name string, src io.ReaderAt, size int64, opt PutOptions) error {
	p, err := d.file(f, name)
	if err != nil {
		return fmt.Errorf("put: %w", err)
	}
	if size < 0 {
		return fmt.Errorf("put %s: negative size %d", p, size)
	}
	w, err := newPutting(src, size, opt)
	if err == nil {
		err = d.put(ctx, f, name, w)
	}
	if err != nil {
		return fmt.Errorf("put %s: %w", p, err)
	}
	return nil
}

// putting is one file on its way: where its bytes come from, and what they are.
type putting struct {
	PutOptions
	src  io.ReaderAt
	size int64
	sum  *digest // nil: not known yet
}

type digest = [sha256.Size]byte

func newPutting(src io.ReaderAt, size int64, opt PutOptions) (*putting, error) {
	w := &putting{PutOptions: opt, src: src, size: size}
	if opt.SHA256 == "" {
		return w, nil
	}
	sum, err := hex.DecodeString(opt.SHA256)
	if err != nil || len(sum) != sha256.Size {
		return nil, fmt.Errorf("%q is no SHA-256", opt.SHA256)
	}
	w.sum = (*digest)(sum)
	return w, nil
}

// is reports whether a digest is that of the file, which is hashed if it was not yet.
func (w *putting) is(sum digest) (bool, error) {
	if w.sum == nil {
		own, err := digestOf(w.src, w.size)
		if err != nil {
			return false, err
		}
		w.sum = &own
	}
	return sum == *w.sum, nil
}

// naming is called right before the file is given its name.
func (w *putting) naming() error {
	if w.Naming == nil {
		return nil
	}
	return w.Naming()
}

func (d *folders) put(ctx context.Context, f Folder, name string, w *putting) error {
	if err := d.host.canPublish(w.PlainRename); err != nil {
		return err
	}
	if err := d.sweep(ctx, f, name); err != nil {
		return err
	}
	if there, err := d.standing(ctx, d.at(f, name), w); err != nil {
		return err
	} else if there {
		return w.naming()
	}
	temp := d.at(f, TempName(name))
	err := d.upload(ctx, temp, w)
	if err == nil {
		err = d.land(ctx, temp, d.at(f, name), w)
	}
	if err != nil {
		d.discard(ctx, f, temp)
	}
	return err
}

// standing reports whether the file stands there already with this content; other
// content is ErrExists.
func (d *folders) standing(ctx context.Context, p string, w *putting) (bool, error) {
	e, err := d.look(ctx, p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, ErrOdd):
		return false, fmt.Errorf("%w: %w", ErrExists, err)
	case err != nil:
		return false, err
	case e.Size != w.size:
		return false, fmt.Errorf("%w: it has %d bytes, ours %d", ErrExists, e.Size, w.size)
	}
	got, err := d.digestAt(ctx, p, w.size)
	if err != nil {
		return false, err
	}
	same, err := w.is(got)
	if err == nil && !same {
		err = fmt.Errorf("%w: same size, other content", ErrExists)
	}
	return same, err
}

// upload writes the temporary file and looks at what the other side made of it.
func (d *folders) upload(ctx context.Context, temp string, w *putting) error {
	if err := d.write(ctx, temp, w); err != nil {
		return err
	}
	e, err := d.look(ctx, temp)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the upload was confirmed but nothing is there", ErrShort)
	}
	if err != nil {
		return err
	}
	if e.Size != w.size {
		return fmt.Errorf("%w: the upload was confirmed but %d of %d bytes are there", ErrShort, e.Size, w.size)
	}
	return d.readBack(ctx, temp, w)
}

// readBack compares what stands at a path with what was to be put down, where that was
// asked for and a look takes nothing away.
func (d *folders) readBack(ctx context.Context, p string, w *putting) error {
	if !w.ReadBack || d.host.readOnce() {
		return nil
	}
	got, err := d.digestAt(ctx, p, w.size)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	same, err := w.is(got)
	if err == nil && !same {
		err = ErrReadBack
	}
	return err
}

// write sends the bytes and compares those that were sent: what src held before, or
// holds again afterwards, does not count.
func (d *folders) write(ctx context.Context, temp string, w *putting) error {
	dst, err := d.host.create(ctx, temp)
	if err != nil {
		return fmt.Errorf("temporary file: %w", err)
	}
	sent := &sentBytes{src: w.src, sum: sha256.New()}
	err = dst.writeFrom(ctx, sent, w.size)
	if err == nil {
		err = w.sent(digest(sent.sum.Sum(nil)))
	}
	if err == nil {
		_, err = dst.sync(ctx)
	}
	if cerr := dst.close(ctx); err == nil {
		err = cerr
	}
	return err
}

// sent compares the digest of what was sent with what it should be; when nothing is
// known of that, it is what was sent.
func (w *putting) sent(sum digest) error {
	if w.sum == nil {
		w.sum = &sum
	}
	if sum != *w.sum {
		return ErrSource
	}
	return nil
}

// sentBytes hashes what is read of a file, once and in order, as sinks do.
type sentBytes struct {
	src io.ReaderAt
	sum hash.Hash
	off int64
}

// ReadAt implements io.ReaderAt.
func (s *sentBytes) ReadAt(p []byte, off int64) (int, error) {
	if off != s.off {
		return 0, fmt.Errorf("%w: read at %d instead of %d", ErrSource, off, s.off)
	}
	n, err := s.src.ReadAt(p, off)
	s.sum.Write(p[:n])
	s.off += int64(n)
	return n, err
}

// land gives the finished file its name.
func (d *folders) land(ctx context.Context, temp, p string, w *putting) error {
	// Somebody may have put a file there while ours was on its way.
	there, err := d.standing(ctx, p, w)
	if err != nil {
		return err
	}
	if err := w.naming(); err != nil {
		return err
	}
	if there {
		return d.host.remove(ctx, temp)
	}
	if err := d.host.publish(ctx, temp, p, w.PlainRename); err != nil {
		return d.doubtful(ctx, temp, p, w, err)
	}
	e, err := d.look(ctx, p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := d.look(ctx, temp); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: the rename was confirmed but did not take place", ErrShort)
		}
		return nil // the partner took it the instant it landed
	case err != nil:
		return fmt.Errorf("after the rename: %w", err)
	case e.Size != w.size:
		return fmt.Errorf("%w: %d of %d bytes after the rename", ErrShort, e.Size, w.size)
	}
	if err := d.readBack(ctx, p, w); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("after the rename: %w", err)
	}
	return nil
}

// doubtful decides about a rename that came back with an error: it may have
// taken place. When the line is down nothing can be seen; then cause is
// returned, and the next Put decides.
func (d *folders) doubtful(ctx context.Context, temp, p string, w *putting, cause error) error {
	if _, err := d.look(ctx, temp); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("rename: %w", cause)
	}
	there, err := d.standing(ctx, p, w)
	if err != nil {
		return fmt.Errorf("rename: %w, then %w", cause, err)
	}
	if !there {
		return fmt.Errorf("rename: %w", cause)
	}
	return nil
}

// digestAt reads the file at a path, which must have size bytes.
func (d *folders) digestAt(ctx context.Context, p string, size int64) (sum digest, err error) {
	h := sha256.New()
	n, err := d.fetch(ctx, p, size, h, false)
	if err == nil && n != size && !d.host.oneAtATime() {
		h.Reset()
		n, err = d.fetch(ctx, p, size, h, true)
	}
	if err == nil && n != size {
		err = fmt.Errorf("%w: %d of %d came", ErrShort, n, size)
	}
	return digest(h.Sum(nil)), err
}

// digestOf hashes what is to be put down.
func digestOf(src io.ReaderAt, size int64) (sum digest, err error) {
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(src, 0, size))
	if err == nil && n != size {
		err = fmt.Errorf("%w: our own file has %d of %d bytes", ErrShort, n, size)
	}
	return digest(h.Sum(nil)), err
}

// discard removes the temporary file of an attempt that failed; its name belongs
// to that attempt alone. What cannot be removed now is removed by the next Put
// of the same name.
func (d *folders) discard(ctx context.Context, f Folder, temp string) {
	err := d.host.remove(ctx, temp)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if left, seen := d.leftovers[f]; seen {
		d.leftovers[f] = append(left, path.Base(temp))
	}
}

// sweep removes what attempts of ours to put this name, in earlier sessions or
// in this one, have left behind. The folder is listed once per session; where
// an account may write but not list, leftovers stay.
func (d *folders) sweep(ctx context.Context, f Folder, name string) error {
	left, err := d.leftover(ctx, f)
	if err != nil {
		return fmt.Errorf("look for leftovers: %w", err)
	}
	for _, temp := range left {
		if !ownTemp(temp, name) {
			continue
		}
		if err := d.host.remove(ctx, d.at(f, temp)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove leftover %s: %w", temp, err)
		}
	}
	return nil
}

// leftover returns the temporary names of ours in a folder.
func (d *folders) leftover(ctx context.Context, f Folder) ([]string, error) {
	d.mu.Lock()
	left, seen := d.leftovers[f]
	d.mu.Unlock()
	if seen {
		return left, nil
	}
	items, _, err := d.host.list(ctx, d.dirs[f], d.opt.MaxNames)
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		return nil, err
	}
	for _, it := range items {
		if it.mode.IsRegular() && looksOurs(it.name) {
			left = append(left, it.name)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leftovers[f] = left
	return left, nil
}
