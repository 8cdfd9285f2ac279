package drop

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
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
	if err := d.put(ctx, f, name, src, size, opt); err != nil {
		return fmt.Errorf("put %s: %w", p, err)
	}
	return nil
}

func (d *folders) put(ctx context.Context, f Folder, name string, src io.ReaderAt, size int64, opt PutOptions) error {
	if err := d.sweep(ctx, f, name); err != nil {
		return err
	}
	if there, err := d.standing(ctx, d.at(f, name), src, size); there || err != nil {
		return err
	}
	temp := d.at(f, TempName(name))
	err := d.upload(ctx, temp, src, size, opt)
	if err == nil {
		err = d.land(ctx, temp, d.at(f, name), src, size, opt)
	}
	if err != nil {
		d.discard(ctx, f, temp)
	}
	return err
}

// standing reports whether the file stands there already with this content; other
// content is ErrExists.
func (d *folders) standing(ctx context.Context, p string, src io.ReaderAt, size int64) (bool, error) {
	e, err := d.look(ctx, p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, ErrOdd):
		return false, fmt.Errorf("%w: %w", ErrExists, err)
	case err != nil:
		return false, err
	case e.Size != size:
		return false, fmt.Errorf("%w: it has %d bytes, ours %d", ErrExists, e.Size, size)
	}
	want, err := digestOf(src, size)
	if err != nil {
		return false, err
	}
	got, err := d.digestAt(ctx, p, size)
	if err != nil {
		return false, err
	}
	if got != want {
		return false, fmt.Errorf("%w: same size, other content", ErrExists)
	}
	return true, nil
}

// upload writes the temporary file and looks at what the other side made of it.
func (d *folders) upload(ctx context.Context, temp string, src io.ReaderAt, size int64, opt PutOptions) error {
	if err := d.write(ctx, temp, src, size); err != nil {
		return err
	}
	e, err := d.look(ctx, temp)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the upload was confirmed but nothing is there", ErrShort)
	}
	if err != nil {
		return err
	}
	if e.Size != size {
		return fmt.Errorf("%w: the upload was confirmed but %d of %d bytes are there", ErrShort, e.Size, size)
	}
	if !opt.ReadBack {
		return nil
	}
	want, err := digestOf(src, size)
	if err != nil {
		return err
	}
	got, err := d.digestAt(ctx, temp, size)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	if got != want {
		return ErrReadBack
	}
	return nil
}

func (d *folders) write(ctx context.Context, temp string, src io.ReaderAt, size int64) error {
	dst, err := d.host.create(ctx, temp)
	if err != nil {
		return fmt.Errorf("temporary file: %w", err)
	}
	err = dst.writeFrom(ctx, src, size)
	if err == nil {
		_, err = dst.sync(ctx)
	}
	if cerr := dst.close(ctx); err == nil {
		err = cerr
	}
	return err
}

// land gives the finished file its name.
func (d *folders) land(ctx context.Context, temp, p string, src io.ReaderAt, size int64, opt PutOptions) error {
	// Somebody may have put a file there while ours was on its way.
	if there, err := d.standing(ctx, p, src, size); err != nil {
		return err
	} else if there {
		return d.host.remove(ctx, temp)
	}
	if err := d.host.publish(ctx, temp, p, opt.PlainRename); err != nil {
		return d.doubtful(ctx, temp, p, src, size, err)
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
	case e.Size != size:
		return fmt.Errorf("%w: %d of %d bytes after the rename", ErrShort, e.Size, size)
	}
	return nil
}

// doubtful decides about a rename that came back with an error: it may have
// taken place. When the line is down nothing can be seen; then cause is
// returned, and the next Put decides.
func (d *folders) doubtful(ctx context.Context, temp, p string, src io.ReaderAt, size int64, cause error) error {
	if _, err := d.look(ctx, temp); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("rename: %w", cause)
	}
	there, err := d.standing(ctx, p, src, size)
	if err != nil {
		return fmt.Errorf("rename: %w, then %w", cause, err)
	}
	if !there {
		return fmt.Errorf("rename: %w", cause)
	}
	return nil
}

// digestAt reads the file at a path, which must have size bytes.
func (d *folders) digestAt(ctx context.Context, p string, size int64) (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	n, err := d.fetch(ctx, p, size, h, false)
	if err == nil && n != size && !d.host.oneAtATime() {
		h.Reset()
		n, err = d.fetch(ctx, p, size, h, true)
	}
	if err == nil && n != size {
		err = fmt.Errorf("%w: %d of %d came", ErrShort, n, size)
	}
	return [sha256.Size]byte(h.Sum(nil)), err
}

// digestOf hashes what is to be put down.
func digestOf(src io.ReaderAt, size int64) (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(src, 0, size))
	if err == nil && n != size {
		err = fmt.Errorf("%w: our own file has %d of %d bytes", ErrShort, n, size)
	}
	return [sha256.Size]byte(h.Sum(nil)), err
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
